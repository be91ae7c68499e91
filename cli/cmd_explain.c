#include <stdlib.h>

#include "cli.h"

static const struct cli_option options[] = {
    CLI_BOOK_OPTIONS,
    {"--from", "DATE", false, false, "first day of the period: movement.csv, migration.csv"},
    {"--from-known-at", "DATE", false, false, "the opening as it was known on this day"},
    {"--carry", "COLUMN", false, true, "explain where this copied column comes from, too"},
    {"--row", "N", false, false, "a row: n of the schedule, a month, a tranche, an event's id"},
    {"--figure", "NAME", false, false, "a column, or FILE.COLUMN; else the position's figures"},
    {"--all", NULL, false, false, "every cell of the account, zeros and copies too"},
    {"--format", "FORMAT", false, false, "text (else) or json: one object to a line"},
};

static bool read_figure(const struct cli_arguments *arguments, const struct run_options *run,
                        struct explain_options *wanted)
{
    const char *name = cli_value(arguments, "--figure");
    struct text nearest;
    if (name == NULL)
        return true;
    for (unsigned i = 0; i < run->carried.count; i++)
        if (text_is(run->carried.list[i], name)) {
            wanted->figure = (struct explain_figure){.figure = name};
            return true;
        }
    if (explain_find(text_of(name), wanted->row != NULL, &wanted->figure, &nearest))
        return true;
    if (nearest.len == 0)
        return cli_usage("--figure '%s' is no column of any file", name), false;
    return cli_usage("--figure '%s' is no column of any file; did you mean '%.*s'?", name,
                     (int)nearest.len, nearest.ptr),
           false;
}

static bool read_options(const struct cli_arguments *arguments, struct run_options *run,
                         struct explain_options *wanted)
{
    const char *format = cli_value(arguments, "--format");
    struct text *accounts = ARENA_ARRAY(arguments->arena, struct text, arguments->plain.count);
    if (!cli_run_read(arguments, run))
        return false;
    if (arguments->plain.count == 0)
        return cli_usage("which account? its account_id is missing"), false;
    for (unsigned i = 0; i < arguments->plain.count; i++)
        accounts[i] = text_of(arguments->plain.list[i]);
    if (format != NULL && strcmp(format, "text") != 0 && strcmp(format, "json") != 0)
        return cli_usage("--format is text or json, not '%s'", format), false;
    if (cli_has(arguments, "--all") &&
        (cli_has(arguments, "--figure") || cli_has(arguments, "--row")))
        return cli_usage("--all goes neither with --figure nor with --row"), false;
    run->temporary = cli_temporary(arguments, "");
    wanted->accounts = accounts;
    wanted->account_count = arguments->plain.count;
    wanted->row = cli_value(arguments, "--row");
    wanted->all = cli_has(arguments, "--all");
    wanted->json = format != NULL && strcmp(format, "json") == 0;
    return read_figure(arguments, run, wanted);
}

static int run(const struct cli_arguments *arguments)
{
    struct memory memory;
    struct run_options of_run;
    struct explain_options wanted = {.json = false};
    struct explain explain;
    struct arena arena;
    struct faults faults;
    if (!read_options(arguments, &of_run, &wanted))
        return EXIT_USAGE;
    of_run.memory = cli_memory(&memory, NULL);
    cli_watch(&of_run);
    arena_init(&arena, of_run.memory);
    faults_init(&faults);
    if (explain_run(&explain, &of_run, &wanted, &arena, &faults) != RUN_REFUSED)
        (void)fwrite(explain.text.bytes, 1, explain.text.len, stdout);
    explain_free(&explain);
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
        "          --events examples/events.csv --as-of 2026-10-31\n"
        "\n"
        "prints the figures of arrears.csv (of a grant: of grant_positions.csv) that are not\n"
        "zero, each with what it is made of: events and rows with FILE:LINE, every rounding with\n"
        "the exact value before it, the rules with their source and why that version applies,\n"
        "and what would have led to another class.  --figure class, --figure portfolio.par30;\n"
        "--row 3 for a row of the schedule, --figure due --row 3 for one cell of it.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
