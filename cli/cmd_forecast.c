#include <stdlib.h>

#include "cli.h"
#include "table.h"

static const struct cli_option options[] = {
    CLI_BOOK_OPTIONS,
    {"--months", "N", true, false, "so many months after the as-of date, 1..600"},
    {"--assume", "FILE", false, false, "what is assumed to be paid; else contractual receipts"},
    {"--reform", "FILE", false, false, "a reform file: under its rules instead"},
    {"--out", "DIR", false, false, "where forecast.csv goes"},
};

struct summary {
    struct forecast *forecast;
    struct arena *arena;
};

/* --- the assumptions --- */

static void print_assumptions(const struct summary *summary)
{
    const struct forecast *forecast = summary->forecast;
    const struct assume *assume = &forecast->assume;
    struct buffer text;
    if (forecast->options->assume == NULL) {
        puts(
            "nothing is assumed: these are the receipts by the contracts, if all is paid when due");
        return;
    }
    printf("assumptions %.*s: %.*s\n\n", (int)assume->id.len, assume->id.ptr,
           (int)assume->because.len, assume->because.ptr);
    buffer_init(&text, forecast->run->memory);
    resolve_print_other(&text, summary->arena, assume->scope, "assume.");
    (void)fwrite(text.bytes, 1, text.len, stdout);
    buffer_free(&text);
}

/* --- the tables --- */

static const char *days_text(const struct summary *summary, struct date date)
{
    char text[DATE_TEXT_LEN + 1];
    if (!date_is_set(date))
        return "";
    return arena_copy(summary->arena, date_text(text, date), DATE_TEXT_LEN);
}

static const char *line_text(const struct summary *summary, unsigned line)
{
    if (line == 0)
        return "due by then";
    if (line > summary->forecast->months.count)
        return "later";
    return cli_amount(summary->arena, amount_of(line), 0);
}

enum { LINE_TEXTS = 3, LINE_COLUMNS_MAX = LINE_TEXTS + 9 };

/* The figures of the table: the last ones only where something is assumed. */
static const enum outlook_figure shown[] = {
    OUTLOOK_PRINCIPAL, OUTLOOK_FEE,  OUTLOOK_PENALTY,  OUTLOOK_CREDIT,   OUTLOOK_CONTRACT,
    OUTLOOK_ON_TIME,   OUTLOOK_LATE, OUTLOOK_NOT_PAID, OUTLOOK_EXPECTED,
};
enum { SHOWN_CONTRACTUAL = 5, SHOWN = sizeof shown / sizeof *shown };

static void print_group(const struct summary *summary, const struct outlook_group *group)
{
    static const char *const heads[LINE_COLUMNS_MAX] = {
        "month",  "from",        "upto",    "principal", "fee",      "penalty",
        "credit", "contractual", "on time", "late",      "not paid", "expected"};
    const struct forecast *forecast = summary->forecast;
    unsigned figures = forecast->options->assume == NULL ? SHOWN_CONTRACTUAL : SHOWN;
    struct amount total[SHOWN] = {0};
    const char *cells[LINE_COLUMNS_MAX];
    struct table table;
    table_begin(&table, summary->arena, heads, LINE_TEXTS + figures, LINE_TEXTS);
    for (unsigned line = 0; line < outlook_lines(&forecast->months); line++) {
        cells[0] = line_text(summary, line);
        cells[1] = days_text(summary, forecast_from(forecast, line));
        cells[2] = days_text(summary, forecast_upto(forecast, line));
        for (unsigned f = 0; f < figures; f++) {
            struct amount value = outlook_value(summary->arena, group, line, shown[f]);
            total[f] = amount_add(summary->arena, total[f], value);
            cells[LINE_TEXTS + f] = cli_grouped(summary->arena, value, group->key.decimals);
        }
        table_row(&table, cells);
    }
    cells[0] = "all";
    cells[1] = cells[2] = "";
    for (unsigned f = 0; f < figures; f++)
        cells[LINE_TEXTS + f] = cli_grouped(summary->arena, total[f], group->key.decimals);
    table_row(&table, cells);
    printf("\nall loans in %.*s, %llu active:\n\n", (int)group->key.code.len, group->key.code.ptr,
           (unsigned long long)group->accounts);
    table_print(&table);
}

static void print_fund(const struct summary *summary, const struct relend *relend)
{
    static const char *const heads[] = {"month",    "from", "upto", "from the book",
                                        "returned", "lent", "fund"};
    enum { COLUMNS = sizeof heads / sizeof *heads };
    const struct forecast *forecast = summary->forecast;
    const struct program *program = relend->assumed->program;
    unsigned decimals = program->decimals, count = forecast->months.count;
    struct table table;
    table_begin(&table, summary->arena, heads, COLUMNS, LINE_TEXTS);
    for (unsigned line = 0; line < outlook_lines(&forecast->months); line++) {
        const struct relend_month *month = &relend->months[line];
        const char *cells[COLUMNS] = {
            line == 0 ? "as of" : line_text(summary, line),
            days_text(summary, forecast_from(forecast, line)),
            days_text(summary, forecast_upto(forecast, line)),
            line == 0 ? "" : cli_grouped(summary->arena, month->expected, decimals),
            line == 0 ? "" : cli_grouped(summary->arena, month->returned, decimals),
            line == 0 || line > count ? "" : cli_grouped(summary->arena, month->lent, decimals),
            line > count ? "" : cli_grouped(summary->arena, month->fund, decimals),
        };
        table_row(&table, cells);
    }
    printf("\nthe fund of %.*s, %.*s:\n\n", (int)program->id.len, program->id.ptr,
           (int)program->code.len, program->code.ptr);
    table_print(&table);
    printf("\nit lends %s in all", cli_grouped(summary->arena, relend->lent, decimals));
    if (relend->last_lent == count)
        printf(", and still does in month %u\n", count);
    else if (relend->last_lent == 0)
        puts(": never enough for one loan");
    else
        printf("; from month %u on it can no longer\n", relend->last_lent + 1);
}

static void print_forecast(const struct summary *summary)
{
    struct forecast *forecast = summary->forecast;
    struct group_table *groups = &forecast->outlooks[0].groups;
    struct group_key **sorted = group_table_sorted(groups);
    const struct reform *reform = &forecast->reform;
    char as_of[DATE_TEXT_LEN + 1];
    printf("receipts to come from the book as of %s, %u month%s\n",
           date_text(as_of, forecast->run->as_of), forecast->months.count,
           forecast->months.count == 1 ? "" : "s");
    if (forecast->options->reform != NULL)
        printf("under the reform %.*s of %.*s%s%.*s; it refuses %llu account%s\n",
               (int)reform->id.len, reform->id.ptr, (int)reform->base.len, reform->base.ptr,
               reform->because.len > 0 ? ": " : "", (int)reform->because.len, reform->because.ptr,
               (unsigned long long)forecast->refused[0], forecast->refused[0] == 1 ? "" : "s");
    print_assumptions(summary);
    if (groups->count == 0)
        puts("\nno loan is active");
    for (size_t i = 0; i < groups->count && sorted[i]->by == 0; i++)
        print_group(summary, (const struct outlook_group *)sorted[i]);
    for (unsigned i = 0; i < forecast->relend_count; i++)
        print_fund(summary, &forecast->relends[i]);
}

/* --- the command --- */

static bool read_months(const struct cli_arguments *arguments, const struct run_options *run,
                        unsigned *months)
{
    const char *value = cli_value(arguments, "--months");
    char *end;
    unsigned long number = strtoul(value, &end, 10);
    struct outlook_months all;
    *months = (unsigned)number;
    if (*value < '0' || *value > '9' || *end != '\0' || number < 1 || number > OUTLOOK_MONTHS_MAX)
        return cli_usage("--months '%s' is not a number 1..%d", value, OUTLOOK_MONTHS_MAX), false;
    if (!outlook_months_from(&all, run->as_of, *months))
        return cli_usage("--months %lu from --as-of on end after 2199-12-31", number), false;
    return true;
}

static int run(const struct cli_arguments *arguments)
{
    struct out_dir out = OUT_DIR_NONE;
    struct memory memory;
    struct run_options wanted;
    struct forecast_options options_of = {
        .assume = cli_value(arguments, "--assume"),
        .reform = cli_value(arguments, "--reform"),
    };
    struct forecast forecast;
    struct arena arena;
    struct faults faults;
    if (!cli_view_read(arguments, &wanted) || !read_months(arguments, &wanted, &options_of.months))
        return EXIT_USAGE;
    wanted.memory = cli_memory(&memory, &out);
    cli_watch(&wanted);
    arena_init(&arena, wanted.memory);
    faults_init(&faults);
    const struct summary summary = {&forecast, &arena};
    if (forecast_run(&forecast, &wanted, &options_of, &arena, &out, &faults) != RUN_REFUSED)
        print_forecast(&summary);
    forecast_free(&forecast);
    int status = cli_report(&faults);
    faults_free(&faults);
    arena_free(&arena);
    return status;
}

const struct cli_command cli_forecast = {
    .name = "forecast",
    .arguments = "--months N [--assume FILE] --rules DIR --loans FILE [--events FILE] --as-of DATE "
                 "[...]",
    .meaning = "the receipts to come, by the contracts and under stated assumptions",
    .more =
        "example:\n"
        "\n"
        "  nol forecast --months 12 --assume examples/cautious.assume.yaml --rules rules \\\n"
        "          --loans examples/loans.csv --events examples/events.csv \\\n"
        "          --attribute district --attribute sector --as-of 2026-10-31 --out forecast\n"
        "\n"
        "prints every assumption with its line, what falls due and what is expected month by\n"
        "month, and the fund that lends it anew; forecast/forecast.csv has the same by program\n"
        "and attribute.  Without --assume: what falls due by the contracts alone.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
