#include "compare.h"

#include "crew.h"
#include "manifest.h"
#include "work.h"

enum { BEFORE, AFTER, SIDES };

/* --- the rules after --- */

/* Whether all programs that stand on both sides are of one currency. */
static bool check_currencies(const struct rules *before, const struct rules *after,
                             struct faults *faults)
{
    bool well = true;
    for (unsigned i = 0; i < before->program_count; i++) {
        const struct program *was = before->programs[i];
        for (unsigned k = 0; k < after->program_count; k++) {
            const struct program *is = after->programs[k];
            if (!text_equal(was->id, is->id) ||
                (text_equal(was->code, is->code) && was->decimals == is->decimals))
                continue;
            fault_add(faults, FAULT_COMPARE_CURRENCY,
                      is->versions[0].rules->value[RULE_CURRENCY_CODE].at,
                      "amounts in %.*s cannot be compared with those in %.*s", (int)is->code.len,
                      is->code.ptr, (int)was->code.len, was->code.ptr);
            well = false;
        }
    }
    return well;
}

static const struct program *find_program(const struct rules *rules, struct text id)
{
    for (unsigned i = 0; i < rules->program_count; i++)
        if (text_equal(rules->programs[i]->id, id))
            return rules->programs[i];
    return NULL;
}

/* The only other program, under the id by which the book knows its own. */
static const struct program *stand_in(struct arena *arena, const struct program *other,
                                      const struct program *own)
{
    struct program *program = ARENA_ARRAY(arena, struct program, 1);
    *program = *other;
    program->id = own->id;
    return program;
}

/* Whether the only other program can judge the accounts of the book's own. */
static bool may_stand_in(const struct program *other, const struct program *own)
{
    return other->is_grant == own->is_grant && text_equal(other->code, own->code) &&
           other->decimals == own->decimals;
}

/* The only other program takes the place of each of its kind and currency; the others stay. */
static bool take_all_places(struct arena *arena, const struct rules *before,
                            const struct program *other, struct rules *after, struct faults *faults)
{
    bool any = false;
    for (unsigned i = 0; i < before->program_count; i++) {
        const struct program *own = before->programs[i];
        bool takes = text_equal(own->id, other->id) || may_stand_in(other, own);
        after->programs[i] = takes ? stand_in(arena, other, own) : own;
        any = any || takes;
    }
    if (!any)
        fault_add(faults, FAULT_COMPARE_CURRENCY,
                  other->versions[0].rules->value[RULE_CURRENCY_CODE].at,
                  "no program of %s in %.*s is there that it could be compared with",
                  other->is_grant ? "grants" : "loans", (int)other->code.len, other->code.ptr);
    return any;
}

/*
 * Other rules take the place of the book's program by program, by id.  Where they are one program
 * only, it takes the place of each that it can.
 */
static bool take_place(struct arena *arena, const struct rules *before, const struct rules *with,
                       struct rules *after, struct faults *faults)
{
    bool well = true;
    *after = *with;
    after->programs = ARENA_ARRAY(arena, const struct program *, before->program_count + 1);
    after->program_count = before->program_count;
    if (with->program_count == 1)
        return take_all_places(arena, before, with->programs[0], after, faults);
    for (unsigned i = 0; i < before->program_count; i++) {
        const struct program *own = before->programs[i];
        const struct program *other = find_program(with, own->id);
        after->programs[i] = other == NULL ? own : other;
        if (other != NULL)
            continue;
        fault_add(faults, FAULT_COMPARE_PROGRAM, own->versions[0].rules->value[RULE_ID].at,
                  "the other rules have no program %.*s, and are more than one", (int)own->id.len,
                  own->id.ptr);
        well = false;
    }
    return well;
}

static bool make_rules(void *context, struct arena *arena, const struct rules *rules,
                       struct rules *sides, struct faults *faults)
{
    struct compare *compare = context;
    const struct compare_options *options = compare->options;
    unsigned order = rules->file_count + run_file_count(compare->run);
    if (options->reform != NULL)
        return reform_load(arena, options->reform, order, &compare->reform, faults) &&
               reform_apply(arena, &compare->reform, NULL, rules, &sides[AFTER], faults);
    return load_rules(arena, &options->with, 1, order, &compare->with, faults) &&
           take_place(arena, rules, &compare->with, &sides[AFTER], faults) &&
           check_currencies(rules, &sides[AFTER], faults);
}

/* --- accounts --- */

static void end_pass(struct compare *compare)
{
    for (unsigned i = 0; i < compare->workers; i++)
        impact_free(&compare->impacts[i]);
    compare->workers = 0;
}

static void begin(void *context, unsigned workers)
{
    struct compare *compare = context;
    end_pass(compare);
    for (; compare->workers < workers; compare->workers++)
        impact_init(&compare->impacts[compare->workers], compare->run->memory,
                    2 + compare->run->attributes.count, compare->options->measure);
}

static void put_value(struct buffer *out, enum outcome_kind kind, const struct outcome_value *value,
                      unsigned decimals)
{
    switch (kind) {
    case OUTCOME_IS_AMOUNT:
        csv_amount(out, value->number, decimals);
        return;
    case OUTCOME_IS_COUNT:
        csv_amount(out, value->number, 0);
        return;
    case OUTCOME_IS_DATE:
        csv_date(out, value->date);
        return;
    case OUTCOME_IS_TEXT:
        csv_text(out, value->text);
        return;
    }
}

/* What the figure moved by: in days between two dates; of texts, and of a date on one side only,
 * nothing can be said. */
static void put_delta(struct buffer *out, struct arena *arena, enum outcome_kind kind,
                      const struct outcome_value *before, const struct outcome_value *after,
                      unsigned decimals)
{
    bool dates = kind == OUTCOME_IS_DATE;
    if (kind == OUTCOME_IS_TEXT ||
        (dates && (!date_is_set(before->date) || !date_is_set(after->date))))
        csv_empty(out);
    else
        csv_amount(out, amount_sub(arena, after->number, before->number),
                   kind == OUTCOME_IS_AMOUNT ? decimals : 0);
}

static void put_changes(struct buffer *out, struct arena *arena, const struct outcome_owner *owner,
                        const struct outcome *before, const struct outcome *after)
{
    unsigned decimals = owner->program->decimals;
    for (unsigned f = 0; f < OUTCOME_FIGURES; f++) {
        enum outcome_figure figure = (enum outcome_figure)f;
        enum outcome_kind kind = outcome_kind_of(figure);
        struct outcome_value was = outcome_value_of(before, figure);
        struct outcome_value is = outcome_value_of(after, figure);
        if (!outcome_has(owner->of, figure) || outcome_same(kind, &was, &is))
            continue;
        csv_text(out, owner->account_id);
        csv_text(out, text_of(outcome_name(figure)));
        put_value(out, kind, &was, decimals);
        put_value(out, kind, &is, decimals);
        put_delta(out, arena, kind, &was, &is, decimals);
        csv_end_row(out);
    }
}

static void compare_account(void *context, unsigned worker, struct work *works, struct buffer *out)
{
    struct compare *compare = context;
    struct work *before = &works[BEFORE], *after = &works[AFTER];
    const struct work *there = before->outcome.exists ? before : after;
    if (!there->outcome.exists) /* in no file yet, or in none at all */
        return;
    impact_add(&compare->impacts[worker], &before->scratch, &there->owner, &before->outcome,
               &after->outcome);
    put_changes(out, &before->scratch, &there->owner, &before->outcome, &after->outcome);
}

/* --- impact.csv --- */

static const char *group_by(const struct compare *compare, unsigned by, struct text *attribute)
{
    *attribute = (struct text){"", 0};
    if (by < 2)
        return by == 0 ? "all" : "program";
    *attribute = compare->run->attributes.list[by - 2];
    return NULL;
}

/* Whether the figure is one that the group's accounts have, and that can be added up. */
static bool is_of_group(const struct impact_group *group, enum outcome_figure figure)
{
    return outcome_is_summed(figure) && group->count[outcome_of_figure(figure)].accounts > 0;
}

static void put_group(struct compare *compare, struct buffer *out, const struct impact_group *group)
{
    struct text attribute;
    const char *by = group_by(compare, group->key.by, &attribute);
    for (unsigned f = 0; f < OUTCOME_FIGURES; f++) {
        enum outcome_kind kind = outcome_kind_of((enum outcome_figure)f);
        const struct impact_figure *figure = &group->figure[f];
        if (!is_of_group(group, (enum outcome_figure)f))
            continue;
        unsigned decimals = kind == OUTCOME_IS_AMOUNT ? group->key.decimals : 0;
        struct amount before = amount_sum_value(&compare->arena, &figure->before);
        struct amount after = amount_sum_value(&compare->arena, &figure->after);
        csv_text(out, by != NULL ? text_of(by) : attribute);
        csv_text(out, group->key.name);
        csv_text(out, group->key.code);
        csv_text(out, text_of(outcome_name((enum outcome_figure)f)));
        csv_number(out, (int64_t)figure->up);
        csv_number(out, (int64_t)figure->down);
        csv_number(out, (int64_t)figure->unchanged);
        csv_amount(out, before, decimals);
        csv_amount(out, after, decimals);
        csv_amount(out, amount_sub(&compare->arena, after, before), decimals);
        csv_end_row(out);
    }
    arena_reset(&compare->arena);
}

static bool write_impact(struct compare *compare, struct out_dir *out)
{
    struct buffer text;
    struct impact *impact = &compare->impacts[0];
    struct group_key **groups = group_table_sorted(&impact->groups);
    struct out_file *file = out_dir_file(out, "impact.csv");
    buffer_init(&text, compare->run->memory);
    buffer_put_string(&text,
                      "group_by,group,currency,figure,up,down,unchanged,before,after,delta\n");
    for (size_t i = 0; i < impact->groups.count; i++)
        put_group(compare, &text, (const struct impact_group *)groups[i]);
    bool written = file != NULL && out_dir_write(out, file, (struct text){text.bytes, text.len});
    buffer_free(&text);
    return written;
}

static bool finish(void *context, struct out_dir *out, struct buffer *manifest)
{
    struct compare *compare = context;
    for (unsigned i = 1; i < compare->workers; i++)
        impact_merge(&compare->impacts[0], &compare->impacts[i]);
    if (compare->options->reform != NULL)
        manifest_put_files(manifest, "reform", &compare->reform.file, 1);
    else
        manifest_put_files(manifest, "with", compare->with.files, compare->with.file_count);
    return out == NULL || write_impact(compare, out);
}

/* --- the whole --- */

enum run_outcome compare_run(struct compare *compare, const struct run_options *run,
                             const struct compare_options *options, struct arena *arena,
                             struct out_dir *out, struct faults *faults)
{
    const struct run_view view = {
        .context = compare,
        .sides = SIDES,
        .name = "changes.csv",
        .header = "account_id,figure,before,after,delta",
        .make_rules = make_rules,
        .begin = begin,
        .account = compare_account,
        .finish = finish,
    };
    *compare = (struct compare){.run = run, .options = options};
    arena_init(&compare->arena, run->memory);
    compare->impacts = ARENA_ARRAY(arena, struct impact, CREW_THREADS_MAX);
    return run_view(run, &view, arena, out, faults);
}

void compare_free(struct compare *compare)
{
    end_pass(compare);
    arena_free(&compare->arena);
}
