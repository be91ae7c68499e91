#include "cli.h"
#include "table.h"

static const struct cli_option options[] = {
    CLI_BOOK_OPTIONS,
    {"--reform", "FILE", true, false, "a reform file with a `sweep`"},
    {"--measure", "NAME", false, false, CLI_MEASURES},
    {"--out", "DIR", false, false, "where sweep.csv goes"},
};

enum { FIXED = 5, COLUMNS_MAX = REFORM_SWEEPS_MAX + FIXED + IMPACT_MEASURES };

static const char *text_of_value(struct arena *arena, struct text value)
{
    return value.len == 0 ? "as it is" : arena_copy(arena, value.ptr, value.len);
}

/* Those of one kind of account: its measures, winners and losers if it has the measure. */
struct shown {
    struct sweep *sweep;
    struct arena *arena;
    enum outcome_of of;
    bool measured;
};

static const char *count_text(struct arena *arena, uint64_t count)
{
    return cli_amount(arena, amount_of((int64_t)count), 0);
}

static void print_cell(const struct shown *shown, struct table *table, unsigned cell)
{
    struct sweep *sweep = shown->sweep;
    struct arena *arena = shown->arena;
    struct impact *impact = &sweep->impacts[cell];
    struct group_key **groups = group_table_sorted(&impact->groups);
    for (size_t g = 0; g < impact->groups.count; g++) {
        const struct impact_group *group = (const struct impact_group *)groups[g];
        const struct impact_count *count = &group->count[shown->of];
        const char *cells[COLUMNS_MAX];
        unsigned n = 0;
        if (count->accounts == 0)
            continue;
        for (unsigned i = 0; i < sweep->reform.sweep_count; i++)
            cells[n++] = text_of_value(arena, sweep_value(sweep, cell, i));
        cells[n++] = arena_copy(arena, group->key.code.ptr, group->key.code.len);
        cells[n++] = count_text(arena, count->accounts);
        cells[n++] = count_text(arena, count->refused_after);
        if (shown->measured) {
            cells[n++] = count_text(arena, group->winners);
            cells[n++] = count_text(arena, group->losers);
        }
        for (unsigned m = 0; m < IMPACT_MEASURES; m++)
            if (outcome_has(shown->of, impact_measures[m]))
                cells[n++] = cli_amount(
                    arena, amount_sum_value(arena, &group->figure[impact_measures[m]].after),
                    group->key.decimals);
        table_row(table, cells);
    }
}

static void print_table(const struct shown *shown)
{
    struct sweep *sweep = shown->sweep;
    const struct reform *reform = &sweep->reform;
    const char *heads[COLUMNS_MAX];
    unsigned n = 0;
    struct table table;
    for (unsigned i = 0; i < reform->sweep_count; i++)
        heads[n++] = arena_copy(shown->arena, reform->sweep[i].path.ptr, reform->sweep[i].path.len);
    heads[n++] = "currency";
    heads[n++] = "accounts";
    heads[n++] = "refused";
    if (shown->measured) {
        heads[n++] = "winners";
        heads[n++] = "losers";
    }
    for (unsigned m = 0; m < IMPACT_MEASURES; m++)
        if (outcome_has(shown->of, impact_measures[m]))
            heads[n++] = outcome_name(impact_measures[m]);
    table_begin(&table, shown->arena, heads, n, reform->sweep_count + 1);
    for (unsigned cell = 0; cell < sweep->cells; cell++)
        print_cell(shown, &table, cell);
    table_print(&table);
}

/* Whether there is any account of this kind: the same in each cell. */
static bool is_there(struct sweep *sweep, enum outcome_of of)
{
    struct group_key **groups = group_table_sorted(&sweep->impacts[0].groups);
    for (size_t g = 0; g < sweep->impacts[0].groups.count; g++)
        if (((const struct impact_group *)groups[g])->count[of].accounts > 0)
            return true;
    return false;
}

static void print_sweep(struct sweep *sweep, struct arena *arena)
{
    const struct reform *reform = &sweep->reform;
    bool both = is_there(sweep, OUTCOME_OF_LOANS) && is_there(sweep, OUTCOME_OF_GRANTS);
    char as_of[DATE_TEXT_LEN + 1];
    printf("reform %.*s of %.*s, as of %s; winners and losers by %s\n", (int)reform->id.len,
           reform->id.ptr, (int)reform->base.len, reform->base.ptr,
           date_text(as_of, sweep->run->as_of), outcome_name(sweep->measure));
    for (unsigned of = 0; of < OUTCOME_OFS; of++) {
        const struct shown shown = {sweep, arena, (enum outcome_of)of,
                                    outcome_has((enum outcome_of)of, sweep->measure)};
        if (!shown.measured && !is_there(sweep, shown.of))
            continue;
        if (shown.measured)
            printf("\n%s%s", both ? outcome_of_name(shown.of) : "", both ? ":\n\n" : "");
        else
            printf("\n%s, of which there is no %s:\n\n", outcome_of_name(shown.of),
                   outcome_name(sweep->measure));
        print_table(&shown);
    }
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
    if (!cli_view_read(arguments, &wanted) || !cli_measure(arguments, &wanted, &measure))
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
