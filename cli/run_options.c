#include <stdlib.h>
#include <unistd.h>

#include "cli.h"

static struct run_paths paths_of(const struct cli_arguments *arguments, const char *name)
{
    const struct cli_values *values = cli_values_of(arguments, name);
    return (struct run_paths){values->list, values->count};
}

static struct run_names names_of(const struct cli_arguments *arguments, const char *name)
{
    const struct cli_values *values = cli_values_of(arguments, name);
    struct text *names = ARENA_ARRAY(arguments->arena, struct text, values->count);
    for (unsigned i = 0; i < values->count; i++)
        names[i] = text_of(values->list[i]);
    return (struct run_names){names, values->count};
}

static bool read_threads(const struct cli_arguments *arguments, unsigned *threads)
{
    const char *value = cli_value(arguments, "--threads");
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    *threads = processors < 1 ? 1 : (unsigned)processors;
    if (*threads > CREW_THREADS_MAX)
        *threads = CREW_THREADS_MAX;
    if (value == NULL)
        return true;
    char *end;
    unsigned long number = strtoul(value, &end, 10);
    if (*value < '0' || *value > '9' || *end != '\0' || number < 1 || number > CREW_THREADS_MAX)
        return cli_usage("--threads '%s' is not a number 1..%d", value, CREW_THREADS_MAX), false;
    *threads = (unsigned)number;
    return true;
}

static bool read_shard(const struct cli_arguments *arguments, struct shard *shard)
{
    const char *value = cli_value(arguments, "--shard");
    if (value == NULL || shard_parse(text_of(value), shard))
        return true;
    return cli_usage("--shard '%s' is not K/N with K in 1..N and N in 1..%d", value, SHARDS_MAX),
           false;
}

/* Digits and perhaps K, M or G; 0 when it is anything else. */
static uint64_t bytes_of(const char *value)
{
    enum { DIGITS_MAX = 12 };
    static const char units[] = "KMG";
    uint64_t bytes = 0;
    size_t digits = strspn(value, "0123456789");
    if (digits == 0 || digits > DIGITS_MAX)
        return 0;
    for (size_t i = 0; i < digits; i++)
        bytes = 10 * bytes + (uint64_t)(value[i] - '0');
    if (value[digits] == '\0')
        return bytes;
    const char *unit = strchr(units, value[digits]);
    bool ended = unit != NULL && value[digits + 1] == '\0';
    unsigned shift = unit == NULL ? 0 : 10 * (unsigned)(unit - units + 1);
    return ended && bytes <= RUN_MEMORY_MAX >> shift ? bytes << shift : 0;
}

static bool read_memory(const struct cli_arguments *arguments, uint64_t *bytes)
{
    const char *value = cli_value(arguments, "--memory");
    *bytes = value == NULL ? RUN_MEMORY_DEFAULT : bytes_of(value);
    if (*bytes >= RUN_MEMORY_MIN && *bytes <= RUN_MEMORY_MAX)
        return true;
    return cli_usage("--memory '%s' is not an amount of bytes 16M..64G, such as 256M", value),
           false;
}

const char *cli_temporary(const struct cli_arguments *arguments, const char *out)
{
    const char *temporary = getenv("TMPDIR");
    size_t len = strlen(out);
    if (temporary != NULL && *temporary != '\0')
        return temporary;
    while (len > 1 && out[len - 1] == '/')
        len--;
    while (len > 0 && out[len - 1] != '/')
        len--;
    return len == 0 ? "." : arena_copy(arguments->arena, out, len);
}

bool cli_run_read(const struct cli_arguments *arguments, struct run_options *options)
{
    *options = (struct run_options){
        .rules = cli_value(arguments, "--rules"),
        .loans = paths_of(arguments, "--loans"),
        .grants = paths_of(arguments, "--grants"),
        .events = paths_of(arguments, "--events"),
        .plan = paths_of(arguments, "--plan"),
        .attributes = names_of(arguments, "--attribute"),
        .carried = names_of(arguments, "--carry"),
        .ignored = names_of(arguments, "--ignore"),
        .quarantine = cli_has(arguments, "--quarantine"),
    };
    if (!cli_date(arguments, "--as-of", DATE_NONE, &options->as_of) ||
        !cli_date(arguments, "--known-at", DATE_UNLIMITED, &options->known_at) ||
        !cli_date(arguments, "--from", DATE_NONE, &options->from) ||
        !cli_date(arguments, "--from-known-at", DATE_NONE, &options->from_known_at) ||
        !read_threads(arguments, &options->threads) ||
        !read_memory(arguments, &options->memory_bytes) || !read_shard(arguments, &options->shard))
        return false;
    if (options->loans.count + options->grants.count == 0)
        return cli_usage("--loans or --grants is missing: there is no book"), false;
    if (date_is_set(options->from) && date_before(options->as_of, options->from))
        return cli_usage("--from is after --as-of"), false;
    if (date_is_set(options->from_known_at) && !date_is_set(options->from))
        return cli_usage("--from-known-at goes with --from only"), false;
    return true;
}

bool cli_view_read(const struct cli_arguments *arguments, struct run_options *options)
{
    if (arguments->plain.count > 0)
        return cli_usage("'%s' is no option of this command", arguments->plain.list[0]), false;
    if (!cli_run_read(arguments, options))
        return false;
    options->out = cli_value(arguments, "--out");
    options->temporary = cli_temporary(arguments, options->out == NULL ? "" : options->out);
    return true;
}

bool cli_measure(const struct cli_arguments *arguments, const struct run_options *options,
                 enum outcome_figure *measure)
{
    const char *name = cli_value(arguments, "--measure");
    if (name == NULL)
        name = options->loans.count > 0 ? "outstanding" : "refund_outstanding";
    *measure = impact_measure(text_of(name));
    return *measure != OUTCOME_FIGURES ||
           (cli_usage("--measure is one of " CLI_MEASURE_NAMES ", not '%s'", name), false);
}

const char *cli_amount(struct arena *arena, struct amount amount, unsigned decimals)
{
    char *text = arena_alloc(arena, amount_text_size(amount) + 1);
    *amount_write(text, amount, decimals) = '\0';
    return text;
}
