#include "sweep.h"

#include "crew.h"
#include "manifest.h"
#include "work.h"

/* --- cells --- */

/* Which value of each sweep a cell takes: the last sweep's change fastest. */
static void choose(const struct reform *reform, unsigned cell, unsigned *choice)
{
    unsigned rest = cell - 1;
    for (unsigned i = reform->sweep_count; i-- > 0;) {
        choice[i] = rest % reform->sweep[i].count;
        rest /= reform->sweep[i].count;
    }
}

struct text sweep_value(const struct sweep *sweep, unsigned cell, unsigned i)
{
    unsigned choice[REFORM_SWEEPS_MAX];
    if (cell == 0)
        return (struct text){"", 0};
    choose(&sweep->reform, cell, choice);
    const struct yaml_node *value = sweep->reform.sweep[i].values[choice[i]];
    return value->kind == YAML_TEXT ? value->text : text_of("...");
}

static bool count_cells(struct sweep *sweep, struct faults *faults)
{
    const struct reform *reform = &sweep->reform;
    struct place at = {&reform->file->file, 1, 1};
    if (reform->sweep_count == 0) {
        fault_add(faults, FAULT_SWEEP_VALUES, at, "the reform has no `sweep`");
        return false;
    }
    sweep->cells = 1;
    for (unsigned i = 0; i < reform->sweep_count; i++)
        sweep->cells *= reform->sweep[i].count;
    sweep->cells++;
    if (sweep->cells <= SWEEP_CELLS_MAX)
        return true;
    fault_add(faults, FAULT_SWEEP_VALUES, at, "%u combinations of values, at most %d",
              sweep->cells - 1, SWEEP_CELLS_MAX - 1);
    return false;
}

static bool make_rules(void *context, struct arena *arena, const struct rules *rules,
                       struct rules *sides, struct faults *faults)
{
    struct sweep *sweep = context;
    bool well = true;
    for (unsigned cell = 1; cell < sweep->cells && well; cell++) {
        unsigned choice[REFORM_SWEEPS_MAX];
        choose(&sweep->reform, cell, choice);
        well = reform_apply(arena, &sweep->reform, choice, rules, &sides[cell], faults);
    }
    return well;
}

bool sweep_has(const struct sweep *sweep, enum outcome_of of)
{
    return (of == OUTCOME_OF_LOANS ? sweep->run->loans.count : sweep->run->grants.count) > 0;
}

/* --- accounts --- */

static void end_pass(struct sweep *sweep)
{
    for (unsigned i = 0; i < sweep->workers * sweep->cells; i++)
        impact_free(&sweep->impacts[i]);
    sweep->workers = 0;
}

static void begin(void *context, unsigned workers)
{
    struct sweep *sweep = context;
    end_pass(sweep);
    sweep->workers = workers;
    for (unsigned i = 0; i < workers * sweep->cells; i++)
        impact_init(&sweep->impacts[i], sweep->run->memory, 1, sweep->measure);
}

static void sweep_account(void *context, unsigned worker, struct work *works, struct buffer *out)
{
    struct sweep *sweep = context;
    const struct outcome *before = &works[0].outcome;
    unsigned there = 0;
    (void)out;
    while (there < sweep->cells && !works[there].outcome.exists)
        there++;
    if (there == sweep->cells) /* in no file yet, or in none at all */
        return;
    for (unsigned cell = 0; cell < sweep->cells; cell++)
        impact_add(&sweep->impacts[worker * sweep->cells + cell], &works[0].scratch,
                   &works[there].owner, before, &works[cell].outcome);
}

/* --- sweep.csv --- */

/* The total of a measure; empty where it is of the other kind of account. */
static void put_measure(struct sweep *sweep, struct buffer *out, const struct impact_group *group,
                        enum outcome_of of, enum outcome_figure measure)
{
    if (outcome_has(of, measure))
        csv_amount(out, amount_sum_value(&sweep->arena, &group->figure[measure].after),
                   group->key.decimals);
    else
        csv_empty(out);
}

static void put_line(struct sweep *sweep, struct buffer *out, unsigned cell,
                     const struct impact_group *group, enum outcome_of of)
{
    const struct impact_count *count = &group->count[of];
    bool measured = outcome_has(of, sweep->measure);
    for (unsigned i = 0; i < sweep->reform.sweep_count; i++)
        csv_text(out, sweep_value(sweep, cell, i));
    csv_text(out, group->key.code);
    if (sweep_has(sweep, OUTCOME_OF_GRANTS))
        csv_text(out, text_of(outcome_of_name(of)));
    csv_number(out, (int64_t)count->accounts);
    csv_number(out, (int64_t)count->refused_after);
    if (measured) {
        csv_number(out, (int64_t)group->winners);
        csv_number(out, (int64_t)group->losers);
    } else {
        csv_empty(out);
        csv_empty(out);
    }
    for (unsigned m = 0; m < IMPACT_MEASURES; m++)
        if (sweep_has(sweep, outcome_of_figure(impact_measures[m])))
            put_measure(sweep, out, group, of, impact_measures[m]);
    csv_end_row(out);
}

static void put_cell(struct sweep *sweep, struct buffer *out, unsigned cell)
{
    struct impact *impact = &sweep->impacts[cell];
    struct group_key **groups = group_table_sorted(&impact->groups);
    for (size_t g = 0; g < impact->groups.count; g++)
        for (unsigned of = 0; of < OUTCOME_OFS; of++) {
            const struct impact_group *group = (const struct impact_group *)groups[g];
            if (group->count[of].accounts > 0)
                put_line(sweep, out, cell, group, (enum outcome_of)of);
        }
    arena_reset(&sweep->arena);
}

static bool write_cells(struct sweep *sweep, struct out_dir *out)
{
    struct buffer text;
    struct out_file *file = out_dir_file(out, "sweep.csv");
    buffer_init(&text, sweep->run->memory);
    for (unsigned i = 0; i < sweep->reform.sweep_count; i++)
        csv_text(&text, sweep->reform.sweep[i].path);
    buffer_put_string(&text, "currency,");
    if (sweep_has(sweep, OUTCOME_OF_GRANTS))
        buffer_put_string(&text, "kind,");
    buffer_put_string(&text, "accounts,refused,winners,losers,");
    for (unsigned m = 0; m < IMPACT_MEASURES; m++)
        if (sweep_has(sweep, outcome_of_figure(impact_measures[m])))
            csv_text(&text, text_of(outcome_name(impact_measures[m])));
    csv_end_row(&text);
    for (unsigned cell = 0; cell < sweep->cells; cell++)
        put_cell(sweep, &text, cell);
    bool written = file != NULL && out_dir_write(out, file, (struct text){text.bytes, text.len});
    buffer_free(&text);
    return written;
}

static bool finish(void *context, struct out_dir *out, struct buffer *manifest)
{
    struct sweep *sweep = context;
    for (unsigned i = sweep->cells; i < sweep->workers * sweep->cells; i++)
        impact_merge(&sweep->impacts[i % sweep->cells], &sweep->impacts[i]);
    manifest_put_files(manifest, "reform", &sweep->reform.file, 1);
    buffer_printf(manifest, "measure: %s\n", outcome_name(sweep->measure));
    return out == NULL || write_cells(sweep, out);
}

/* --- the whole --- */

enum run_outcome sweep_run(struct sweep *sweep, const struct run_options *run, const char *file,
                           enum outcome_figure measure, struct arena *arena, struct out_dir *out,
                           struct faults *faults)
{
    *sweep = (struct sweep){.run = run, .measure = measure};
    arena_init(&sweep->arena, run->memory);
    if (!reform_load(arena, file, 0, &sweep->reform, faults) || !count_cells(sweep, faults))
        return RUN_REFUSED;
    const struct run_view view = {
        .context = sweep,
        .sides = sweep->cells,
        .make_rules = make_rules,
        .begin = begin,
        .account = sweep_account,
        .finish = finish,
    };
    sweep->impacts = ARENA_ARRAY(arena, struct impact, (size_t)CREW_THREADS_MAX * sweep->cells);
    return run_view(run, &view, arena, out, faults);
}

void sweep_free(struct sweep *sweep)
{
    end_pass(sweep);
    arena_free(&sweep->arena);
}
