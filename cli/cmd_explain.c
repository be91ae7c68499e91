#include <stdlib.h>

#include "cli.h"

static const struct cli_option options[] = {
    CLI_BOOK_OPTIONS,
    {"--from", "DATE", false, false, "first day of the period: movement.csv, migration.csv"},
    {"--from-known-at", "DATE", false, false, "the opening as it was known on this day"},
    {"--carry", "COLUMN", false, true, "explain where this copied column comes from, too"},
    {"--row", "N", false, false, "a row: n of the schedule, a month, a tranche, an event's id"},
    {"--group", "BY[=VALUE]", false, false, "instead of accounts: all, program or an attribute"},
    {"--figure", "NAME", false, false, "a column, or FILE.COLUMN; else the position's figures"},
    {"--reform", "FILE", false, false, "a reform file: as it would be by its rules"},
    {"--all", NULL, false, false, "every cell of the account or group, zeros and copies too"},
    {"--format", "FORMAT", false, false, "text (else) or json: one object to a line"},
};

/* What is asked for: of accounts, or of groups. */
struct wanted {
    struct run_options run;
    struct explain_options accounts;
    struct explain_group_options groups;
    bool of_groups;
};

static bool refuse_figure(const char *name, struct text nearest)
{
    if (nearest.len == 0)
        return cli_usage("--figure '%s' is no column of any file", name), false;
    return cli_usage("--figure '%s' is no column of any file; did you mean '%.*s'?", name,
                     (int)nearest.len, nearest.ptr),
           false;
}

static bool read_figure(const struct cli_arguments *arguments, struct wanted *wanted)
{
    const char *name = cli_value(arguments, "--figure");
    struct explain_figure *figure = &wanted->accounts.figure;
    struct text nearest;
    if (name == NULL)
        return true;
    if (wanted->of_groups) {
        if (!explain_find_of_group(text_of(name), &wanted->run, figure, &nearest))
            return refuse_figure(name, nearest);
        wanted->groups.file = figure->loans;
        wanted->groups.figure = figure->figure;
        return true;
    }
    for (unsigned i = 0; i < wanted->run.carried.count; i++)
        if (text_is(wanted->run.carried.list[i], name)) {
            *figure = (struct explain_figure){.figure = name};
            return true;
        }
    return explain_find(text_of(name), wanted->accounts.row != NULL, figure, &nearest) ||
           refuse_figure(name, nearest);
}

static bool read_group(const struct cli_arguments *arguments, struct wanted *wanted)
{
    const char *value = cli_value(arguments, "--group");
    wanted->of_groups = value != NULL;
    if (value == NULL)
        return arguments->plain.count > 0 ||
               (cli_usage("which account? its account_id is missing"), false);
    const char *equals = strchr(value, '=');
    wanted->groups.by = text_of(value);
    if (equals != NULL) {
        wanted->groups.by.len = (size_t)(equals - value);
        wanted->groups.value = text_of(equals + 1);
    }
    if (arguments->plain.count > 0 || wanted->accounts.row != NULL)
        return cli_usage("--group goes neither with accounts nor with --row"), false;
    if (cli_value(arguments, "--figure") == NULL && !wanted->accounts.all)
        return cli_usage("--group asks for a --figure, or for --all"), false;
    if (explain_group_knows(&wanted->run, wanted->groups.by))
        return true;
    return cli_usage("--group '%.*s' is neither all, program, loans-forgiven nor an --attribute",
                     (int)wanted->groups.by.len, wanted->groups.by.ptr),
           false;
}

static bool read_options(const struct cli_arguments *arguments, struct wanted *wanted)
{
    const char *format = cli_value(arguments, "--format");
    struct explain_options *of = &wanted->accounts;
    struct text *accounts = ARENA_ARRAY(arguments->arena, struct text, arguments->plain.count);
    if (!cli_run_read(arguments, &wanted->run))
        return false;
    for (unsigned i = 0; i < arguments->plain.count; i++)
        accounts[i] = text_of(arguments->plain.list[i]);
    if (format != NULL && strcmp(format, "text") != 0 && strcmp(format, "json") != 0)
        return cli_usage("--format is text or json, not '%s'", format), false;
    if (cli_has(arguments, "--all") &&
        (cli_has(arguments, "--figure") || cli_has(arguments, "--row")))
        return cli_usage("--all goes neither with --figure nor with --row"), false;
    wanted->run.temporary = cli_temporary(arguments, "");
    of->accounts = accounts;
    of->account_count = arguments->plain.count;
    of->reform = wanted->groups.reform = cli_value(arguments, "--reform");
    of->row = cli_value(arguments, "--row");
    of->all = cli_has(arguments, "--all");
    of->json = wanted->groups.json = format != NULL && strcmp(format, "json") == 0;
    return read_group(arguments, wanted) && read_figure(arguments, wanted);
}

static void print(const struct buffer *text)
{
    if (text->len > 0)
        (void)fwrite(text->bytes, 1, text->len, stdout);
}

static void explain_groups(const struct wanted *wanted, struct arena *arena, struct faults *faults)
{
    struct explain_group group;
    if (explain_group_run(&group, &wanted->run, &wanted->groups, arena, faults) != RUN_REFUSED)
        print(&group.text);
    explain_group_free(&group);
}

static void explain_accounts(const struct wanted *wanted, struct arena *arena,
                             struct faults *faults)
{
    struct explain explain;
    if (explain_run(&explain, &wanted->run, &wanted->accounts, arena, faults) != RUN_REFUSED)
        print(&explain.text);
    explain_free(&explain);
}

static int run(const struct cli_arguments *arguments)
{
    struct memory memory;
    struct wanted wanted = {.of_groups = false};
    struct arena arena;
    struct faults faults;
    if (!read_options(arguments, &wanted))
        return EXIT_USAGE;
    wanted.run.memory = cli_memory(&memory, NULL);
    cli_watch(&wanted.run);
    arena_init(&arena, wanted.run.memory);
    faults_init(&faults);
    if (wanted.of_groups)
        explain_groups(&wanted, &arena, &faults);
    else
        explain_accounts(&wanted, &arena, &faults);
    int status = cli_report(&faults);
    faults_free(&faults);
    arena_free(&arena);
    return status;
}

const struct cli_command cli_explain = {
    .name = "explain",
    .arguments = "ACCOUNT... [--row N] [--figure NAME] --rules DIR --loans FILE [--events FILE] "
                 "--as-of DATE [...]",
    .meaning = "why a figure is what it is: its events, rules and roundings",
    .more =
        "example:\n"
        "\n"
        "  nol explain DB-0001 --rules rules --loans examples/loans.csv \\\n"
        "          --events examples/events.csv --attribute district --attribute sector \\\n"
        "          --as-of 2026-10-31\n"
        "\n"
        "prints the figures of arrears.csv (of a grant: of grant_positions.csv) that are not\n"
        "zero, each with what it is made of: events and rows with FILE:LINE, every rounding with\n"
        "the exact value before it, the rules with their source and why that version applies,\n"
        "and what would have led to another class.  --figure class, --figure portfolio.par30;\n"
        "--row 3 for a row of the schedule, --figure due --row 3 for one cell of it;\n"
        "--group all --figure portfolio.overdue for the accounts that make up a total.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
