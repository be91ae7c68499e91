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

/* The cell of a side of the pass at hand; the first is always the book as it is. */
static unsigned cell_of(const struct sweep *sweep, unsigned side)
{
    return side == 0 ? 0 : sweep->first + side - 1;
}

static bool apply_cell(const struct sweep *sweep, struct arena *arena, unsigned cell,
                       const struct rules *rules, struct rules *reformed, struct faults *faults)
{
    unsigned choice[REFORM_SWEEPS_MAX];
    choose(&sweep->reform, cell, choice);
    return reform_apply(arena, &sweep->reform, choice, rules, reformed, faults);
}

static bool make_rules(void *context, struct arena *arena, const struct rules *rules,
                       struct rules *sides, struct faults *faults)
{
    const struct sweep *sweep = context;
    struct rules known = *rules; /* with the columns that any cell reads */
    bool well = true;
    for (unsigned i = 0; i < sweep->column_count; i++)
        load_rules_column(&known, sweep->columns[i]);
    for (unsigned side = 1; side < sweep->sides && well; side++) {
        well = apply_cell(sweep, arena, cell_of(sweep, side), &known, &sides[side], faults);
        known.column_count = sides[side].column_count;
    }
    return well;
}

/* --- as many cells in a pass as the memory holds the rules of --- */

static void keep_columns(struct sweep *sweep, struct arena *arena, const struct rules *rules)
{
    for (unsigned i = 0; i < rules->column_count; i++) {
        const struct text name = rules->columns[i];
        unsigned known = 0;
        while (known < sweep->column_count && !text_equal(sweep->columns[known], name))
            known++;
        if (known < sweep->column_count)
            continue;
        sweep->columns = arena_grow(arena, sweep->columns, sweep->column_count, &sweep->column_room,
                                    sizeof *sweep->columns);
        sweep->columns[sweep->column_count++] =
            (struct text){arena_copy(arena, name.ptr, name.len), name.len};
    }
}

/*
 * How many cells beside the first a pass has: all of them, if the memory holds their rules, or if
 * rules are at fault somewhere, which that pass tells before it reads the book.  ${arena} gets the
 * columns that rules of any cell read: each pass has to know them.
 */
static unsigned cells_at_once(struct sweep *sweep, struct arena *arena)
{
    struct arena base, scratch;
    struct faults unheard;
    struct rules rules, reformed;
    unsigned all = sweep->cells - 1, fit = all;
    faults_init(&unheard);
    arena_init(&base, sweep->run->memory);
    arena_init(&scratch, sweep->run->memory);
    bool well = load_rules(&base, &sweep->run->rules, 1, 0, &rules, &unheard) &&
                apply_cell(sweep, &scratch, 1, &rules, &reformed, &unheard);
    if (well)
        fit = run_sides_fit(sweep->run, arena_bytes(&scratch));
    for (unsigned cell = 1; cell < sweep->cells && well && fit < all; cell++) {
        arena_reset(&scratch);
        well = apply_cell(sweep, &scratch, cell, &rules, &reformed, &unheard);
        if (well)
            keep_columns(sweep, arena, &reformed);
    }
    arena_free(&scratch);
    arena_free(&base);
    faults_free(&unheard);
    return well && fit < all ? fit : all;
}

bool sweep_has(const struct sweep *sweep, enum outcome_of of)
{
    return (of == OUTCOME_OF_LOANS ? sweep->run->loans.count : sweep->run->grants.count) > 0;
}

/* --- accounts --- */

static void end_pass(struct sweep *sweep)
{
    for (unsigned worker = 0; worker < sweep->workers; worker++)
        for (unsigned side = 0; side < sweep->sides; side++)
            impact_free(&sweep->impacts[worker * sweep->cells + cell_of(sweep, side)]);
    sweep->workers = 0;
}

static void begin(void *context, unsigned workers)
{
    struct sweep *sweep = context;
    end_pass(sweep);
    sweep->workers = workers;
    for (unsigned worker = 0; worker < workers; worker++)
        for (unsigned side = 0; side < sweep->sides; side++)
            impact_init(&sweep->impacts[worker * sweep->cells + cell_of(sweep, side)],
                        sweep->run->memory, 1, sweep->measure);
}

static void sweep_account(void *context, unsigned worker, struct work *works, struct buffer *out)
{
    struct sweep *sweep = context;
    const struct work *before = &works[0];
    struct impact *impacts = &sweep->impacts[worker * sweep->cells];
    (void)out;
    for (unsigned side = 0; side < sweep->sides; side++) {
        const struct work *there = before->outcome.exists ? before : &works[side];
        if (there->outcome.exists) /* else in no file yet, or in none at all */
            impact_add(&impacts[cell_of(sweep, side)], &works[0].scratch, &there->owner,
                       &before->outcome, &works[side].outcome);
    }
}

/* --- sweep.csv --- */

/* The total of a measure; empty where it is of the other kind of account. */
static void put_measure(struct sweep *sweep, struct buffer *out, const struct impact_group *group,
                        enum outcome_of of, enum outcome_figure measure)
{
    if (outcome_has(of, measure))
        csv_amount(out, amount_sum_value(&sweep->scratch, &group->figure[measure].after),
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
    arena_reset(&sweep->scratch);
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

/* At the end of each pass; only the last one writes. */
static bool finish(void *context, struct out_dir *out, struct buffer *manifest)
{
    struct sweep *sweep = context;
    for (unsigned worker = 1; worker < sweep->workers; worker++)
        for (unsigned side = 0; side < sweep->sides; side++) {
            unsigned cell = cell_of(sweep, side);
            struct impact *from = &sweep->impacts[worker * sweep->cells + cell];
            impact_merge(&sweep->impacts[cell], from);
            impact_free(from);
        }
    sweep->workers = 1;
    manifest_put_files(manifest, "reform", &sweep->reform.file, 1);
    buffer_printf(manifest, "measure: %s\n", outcome_name(sweep->measure));
    return out == NULL || write_cells(sweep, out);
}

/* --- the whole --- */

/* Cells first.. in one pass over the book; what it says is said by the last one for all. */
static enum run_outcome run_pass(struct sweep *sweep, struct out_dir *out, struct faults *faults)
{
    const struct run_view view = {
        .context = sweep,
        .sides = sweep->sides,
        .make_rules = make_rules,
        .begin = begin,
        .account = sweep_account,
        .finish = finish,
    };
    struct run_options options = *sweep->run;
    bool last = sweep->first + sweep->sides - 1 == sweep->cells;
    struct faults found;
    if (!last)
        options.out = NULL;
    arena_reset(&sweep->pass);
    faults_init(&found);
    enum run_outcome outcome = run_view(&options, &view, &sweep->pass, out, &found);
    if (last || outcome == RUN_REFUSED)
        faults_merge(faults, &found);
    faults_free(&found);
    return outcome;
}

enum run_outcome sweep_run(struct sweep *sweep, const struct run_options *run, const char *file,
                           enum outcome_figure measure, struct arena *arena, struct out_dir *out,
                           struct faults *faults)
{
    *sweep = (struct sweep){.run = run, .measure = measure};
    arena_init(&sweep->scratch, run->memory);
    arena_init(&sweep->pass, run->memory);
    if (!reform_load(arena, file, 0, &sweep->reform, faults) || !count_cells(sweep, faults))
        return RUN_REFUSED;
    sweep->impacts = ARENA_ARRAY(arena, struct impact, (size_t)run->threads * sweep->cells);
    unsigned most = cells_at_once(sweep, arena);
    enum run_outcome outcome = RUN_DONE;
    for (sweep->first = 1; sweep->first < sweep->cells && outcome != RUN_REFUSED;
         sweep->first += most) {
        unsigned left = sweep->cells - sweep->first;
        sweep->sides = 1 + (left < most ? left : most);
        outcome = run_pass(sweep, out, faults);
    }
    return outcome;
}

void sweep_free(struct sweep *sweep)
{
    for (unsigned i = 0; sweep->impacts != NULL && i < sweep->run->threads * sweep->cells; i++)
        impact_free(&sweep->impacts[i]);
    arena_free(&sweep->pass);
    arena_free(&sweep->scratch);
}
