#include "program.h"

#include <string.h>

#include "amend.h"
#include "rule_check.h"

struct versions {
    const struct calendars *calendars;
    struct program_version *list;
    unsigned count;
};

/* Amendments by date, those of one date in file order: an insertion sort keeps it. */
static const struct rule_scope **in_order(struct arena *arena, const struct rule_value *amendments)
{
    const struct rule_scope **sorted =
        ARENA_ARRAY(arena, const struct rule_scope *, amendments->count);
    for (unsigned i = 0; i < amendments->count; i++) {
        unsigned j = i;
        struct date from = amendments->items[i]->value[RULE_AMENDMENTS_FROM].date;
        for (; j > 0 && date_before(from, sorted[j - 1]->value[RULE_AMENDMENTS_FROM].date); j--)
            sorted[j] = sorted[j - 1];
        sorted[j] = amendments->items[i];
    }
    return sorted;
}

static const struct yaml_node *amend_all(struct rule_context *context, const struct yaml_node *tree,
                                         const struct rule_scope *amendment)
{
    const struct rule_value *set = &amendment->value[RULE_AMENDMENTS_SET];
    for (unsigned i = 0; i < set->count; i++)
        tree = amend_apply(context, tree, set->items[i]);
    return tree;
}

static struct text nth_calendar(const void *calendars, size_t i)
{
    return ((const struct calendars *)calendars)->list[i]->id;
}

static void bind_calendar(struct rule_scope *rules, const struct calendars *calendars,
                          struct faults *faults)
{
    struct rule_value *value = &rules->value[RULE_SCHEDULE_DUE_CALENDAR];
    char quoted[TEXT_QUOTE_MAX];
    if (!value->set)
        return;
    value->calendar = calendar_find(calendars, value->text);
    if (value->calendar != NULL)
        return;
    struct text near = text_nearest(value->text, calendars->count, nth_calendar, calendars);
    (void)text_quote(quoted, value->text);
    if (near.len > 0)
        fault_add_once(faults, FAULT_CALENDAR_UNKNOWN, value->at,
                       "no calendar %s among the rule files; did you mean '%.*s'?", quoted,
                       (int)near.len, near.ptr);
    else
        fault_add_once(faults, FAULT_CALENDAR_UNKNOWN, value->at,
                       "no calendar %s among the rule files", quoted);
}

/* Compile and check the versions that the amendments make of ${root}. */
static void add_amended(struct rule_context *context, const struct yaml_node *root,
                        const struct rule_scope *base, struct versions *versions)
{
    const struct rule_value *amendments = &base->value[RULE_AMENDMENTS];
    const struct rule_scope **sorted = in_order(context->arena, amendments);
    for (unsigned i = 0; i < amendments->count; i++) {
        const struct rule_value *from = &sorted[i]->value[RULE_AMENDMENTS_FROM];
        if (date_before(from->date, base->value[RULE_IN_FORCE].date))
            fault_add(context->faults, FAULT_AMENDMENT_DATE, from->at,
                      "'%.*s' is before the program is in force", (int)from->text.len,
                      from->text.ptr);
        root = amend_all(context, root, sorted[i]);
        bool more = i + 1 < amendments->count &&
                    date_equal(sorted[i + 1]->value[RULE_AMENDMENTS_FROM].date, from->date);
        if (more)
            continue;
        struct rule_scope *rules = rule_compile(context->arena, root, context->faults);
        bind_calendar(rules, versions->calendars, context->faults);
        rule_check(context->arena, rules, context->faults);
        versions->list[versions->count++] = (struct program_version){from->date, rules};
    }
}

static bool asks_for_past_days(const struct rule_scope *rules)
{
    return rule_number(rules, RULE_ARREARS_CURE) != RULE_CURE_IMMEDIATE ||
           (rule_is_set(rules, RULE_SUBSIDY) &&
            rule_number(rules, RULE_SUBSIDY_BASIS) == RULE_SUBSIDY_DAILY);
}

const struct program *program_read(struct arena *arena, const struct fault_file *file,
                                   struct text bytes, struct faults *faults)
{
    const struct calendars none = {NULL, 0};
    const struct yaml_node *root = yaml_read(arena, file, bytes, faults);
    return root == NULL ? NULL : program_of_tree(arena, file, root, &none, faults);
}

const struct program *program_of_tree(struct arena *arena, const struct fault_file *file,
                                      const struct yaml_node *root,
                                      const struct calendars *calendars, struct faults *faults)
{
    uint64_t before = faults->total;
    struct rule_scope *base = rule_compile(arena, root, faults);
    if (base == NULL)
        return NULL;
    const struct rule_value *amendments = &base->value[RULE_AMENDMENTS];
    struct versions versions = {
        calendars, ARENA_ARRAY(arena, struct program_version, amendments->count + 1), 1};
    versions.list[0] = (struct program_version){base->value[RULE_IN_FORCE].date, base};
    bind_calendar(base, calendars, faults);
    rule_check(arena, base, faults);
    struct rule_context context = {
        .arena = arena,
        .faults = faults,
        .of = rule_number(base, RULE_KIND) == RULE_GRANT ? RULE_OF_GRANTS : RULE_OF_LOANS,
        .decimals = (unsigned)rule_number(base, RULE_CURRENCY_DECIMALS),
        .sources = &base->value[RULE_SOURCES],
    };
    if (faults->total == before)
        add_amended(&context, root, base, &versions);
    if (faults->total != before)
        return NULL;
    struct program *program = ARENA_ARRAY(arena, struct program, 1);
    *program = (struct program){
        .id = base->value[RULE_ID].text,
        .code = base->value[RULE_CURRENCY_CODE].text,
        .decimals = context.decimals,
        .in_force = base->value[RULE_IN_FORCE].date,
        .is_grant = rule_number(base, RULE_KIND) == RULE_GRANT,
        .file = file,
        .count = versions.count,
        .versions = versions.list,
    };
    for (unsigned i = 0; i < versions.count; i++) {
        const struct rule_scope *rules = versions.list[i].rules;
        program->has_subsidy = program->has_subsidy || rule_is_set(rules, RULE_SUBSIDY);
        program->has_budget = program->has_budget || rule_is_set(rules, RULE_PRINCIPAL_BUDGET) ||
                              rule_is_set(rules, RULE_AWARD_BUDGET);
        program->has_penalty = program->has_penalty || rule_check_has_penalty(rules);
        program->looks_back = program->looks_back || asks_for_past_days(rules);
    }
    return program;
}

const struct rule_scope *program_at(const struct program *program, struct date date)
{
    unsigned i = program->count - 1;
    while (i > 0 && date_before(date, program->versions[i].from))
        i--;
    return program->versions[i].rules;
}
