#include "cli.h"

static const struct cli_option options[] = {
    CLI_RUN_OPTIONS,
    {"--out", "DIR", true, false, "where the reports go: a new folder, or that of an earlier run"},
};

static int run(const struct cli_arguments *arguments)
{
    struct out_dir out = OUT_DIR_NONE;
    struct memory memory;
    struct run_options wanted;
    struct arena arena;
    struct faults faults;
    if (arguments->plain.count > 0)
        return cli_usage("'%s' is no option of nol run", arguments->plain.list[0]);
    if (!cli_run_read(arguments, &wanted))
        return EXIT_USAGE;
    wanted.out = cli_value(arguments, "--out");
    wanted.temporary = cli_temporary(arguments, wanted.out);
    wanted.memory = cli_memory(&memory, &out);
    cli_watch(&wanted);
    arena_init(&arena, wanted.memory);
    faults_init(&faults);
    (void)run_month(&wanted, &arena, &out, &faults);
    int status = cli_report(&faults);
    faults_free(&faults);
    arena_free(&arena);
    return status;
}

const struct cli_command cli_run = {
    .name = "run",
    .arguments =
        "--rules DIR [--loans FILE] [--grants FILE] [--events FILE] --as-of DATE [...] --out DIR",
    .meaning = "the month: schedules, arrears and totals from rules, book and events",
    .more =
        "example:\n"
        "\n"
        "  nol run --rules rules --loans examples/loans.csv --events examples/events.csv \\\n"
        "          --attribute district --attribute sector \\\n"
        "          --from 2026-10-01 --as-of 2026-10-31 --out october\n"
        "\n"
        "october/ then holds schedule.csv, allocations.csv, arrears.csv, portfolio.csv, "
        "classes.csv,\n"
        "movement.csv, migration.csv, unidentified.csv, subsidy.csv (when a program has that "
        "clause),\n"
        "manifest.yaml and SHA256SUMS; with --grants grant_positions.csv, grant_tranches.csv and\n"
        "grant_portfolio.csv; without --loans no files of loans.  It appears whole or not at all; "
        "any fault in the input is\n"
        "listed and leaves an earlier october/ as it was.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
