#include "cli.h"
#include "table.h"

static const struct cli_option options[] = {
    CLI_BOOK_OPTIONS,
    {"--reform", "FILE", true, false, "a reform file with a `sweep`"},
    {"--measure", "NAME", false, false, CLI_MEASURES},
    {"--out", "DIR", false, false, "where sweep.csv goes"},
};

enum { FIXED = 5, COLUMNS_MAX = REFORM_SWEEPS_MAX + FIXED + SWEEP_MEASURES };

static const char *text_of_value(struct arena *arena, struct text value)
{
    return value.len == 0 ? "as it is" : arena_copy(arena, value.ptr, value.len);
}

static void print_cell(struct table *table, struct sweep *sweep, struct arena *arena, unsigned cell)
{
    struct impact *impact = &sweep->impacts[cell];
    struct group_key **groups = group_table_sorted(&impact->groups);
    for (size_t g = 0; g < impact->groups.count && groups[g]->by == 0; g++) {
        const struct impact_group *group = (const struct impact_group *)groups[g];
        const char *cells[COLUMNS_MAX];
        unsigned n = 0;
        for (unsigned i = 0; i < sweep->reform.sweep_count; i++)
            cells[n++] = text_of_value(arena, sweep_value(sweep, cell, i));
        cells[n++] = arena_copy(arena, group->key.code.ptr, group->key.code.len);
        cells[n++] = cli_amount(arena, amount_of((int64_t)group->accounts), 0);
        cells[n++] = cli_amount(arena, amount_of((int64_t)group->refused_after), 0);
        cells[n++] = cli_amount(arena, amount_of((int64_t)group->winners), 0);
        cells[n++] = cli_amount(arena, amount_of((int64_t)group->losers), 0);
        for (unsigned m = 0; m < SWEEP_MEASURES; m++)
            cells[n++] =
                cli_amount(arena, amount_sum_value(arena, &group->figure[sweep_measures[m]].after),
                           group->key.decimals);
        table_row(table, cells);
    }
}

static void print_sweep(struct sweep *sweep, struct arena *arena)
{
    const struct reform *reform = &sweep->reform;
    const char *heads[COLUMNS_MAX];
    unsigned n = 0;
    char as_of[DATE_TEXT_LEN + 1];
    struct table table;
    printf("reform %.*s of %.*s, as of %s; winners and losers by %s\n\n", (int)reform->id.len,
           reform->id.ptr, (int)reform->base.len, reform->base.ptr,
           date_text(as_of, sweep->run->as_of), outcome_name(sweep->measure));
    for (unsigned i = 0; i < reform->sweep_count; i++)
        heads[n++] = arena_copy(arena, reform->sweep[i].path.ptr, reform->sweep[i].path.len);
    heads[n++] = "currency";
    heads[n++] = "accounts";
    heads[n++] = "refused";
    heads[n++] = "winners";
    heads[n++] = "losers";
    for (unsigned m = 0; m < SWEEP_MEASURES; m++)
        heads[n++] = outcome_name(sweep_measures[m]);
    table_begin(&table, arena, heads, n, reform->sweep_count + 1);
    for (unsigned cell = 0; cell < sweep->cells; cell++)
        print_cell(&table, sweep, arena, cell);
    table_print(&table);
}

static int run(const struct cli_arguments *arguments)
{
    struct out_dir out = OUT_DIR_NONE;
    struct memory memory;
    struct run_options wanted;
    enum outcome_figure measure;
    struct sweep sweep;
    struct arena arena;
    struct faults faults;
    if (!cli_view_read(arguments, &wanted) || !cli_measure(arguments, &measure))
        return EXIT_USAGE;
    wanted.memory = cli_memory(&memory, &out);
    cli_watch(&wanted);
    arena_init(&arena, wanted.memory);
    faults_init(&faults);
    if (sweep_run(&sweep, &wanted, cli_value(arguments, "--reform"), measure, &arena, &out,
                  &faults) != RUN_REFUSED)
        print_sweep(&sweep, &arena);
    sweep_free(&sweep);
    int status = cli_report(&faults);
    faults_free(&faults);
    arena_free(&arena);
    return status;
}

const struct cli_command cli_sweep = {
    .name = "sweep",
    .arguments = "--reform FILE --rules DIR --loans FILE [--events FILE] --as-of DATE [...]",
    .meaning = "what each of several values of a rule would come to",
    .more = "example:\n"
            "\n"
            "  nol sweep --reform examples/tighter-classes.reform.yaml --measure provision \\\n"
            "          --rules rules --loans examples/loans.csv --events examples/events.csv \\\n"
            "          --ignore district --ignore sector --as-of 2026-10-31 --out swept\n"
            "\n"
            "prints a line for the rules as they are, then one for each value; swept/sweep.csv\n"
            "has the same.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
