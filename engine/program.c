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
        versions->list[versions->count++] = (struct program_version){from->date, rules, root};
    }
}

static bool takes_place(const struct program *program, unsigned version,
                        const struct rule_scope *relief)
{
    return program_at(program, relief->value[RULE_RELIEF_FROM].date) ==
           program->versions[version].rules;
}

/* Those of a version stand before those of the next: only within one they need to be sorted. */
static void collect_reliefs(struct arena *arena, struct program *program)
{
    unsigned most = 0, count = 0;
    for (unsigned i = 0; i < program->count; i++)
        most += program->versions[i].rules->value[RULE_RELIEF].count;
    struct program_relief *list = ARENA_ARRAY(arena, struct program_relief, most);
    for (unsigned i = 0; i < program->count; i++) {
        const struct rule_value *reliefs = &program->versions[i].rules->value[RULE_RELIEF];
        for (unsigned j = 0; j < reliefs->count; j++) {
            const struct rule_scope *item = reliefs->items[j];
            struct date from = item->value[RULE_RELIEF_FROM].date;
            if (!takes_place(program, i, item))
                continue;
            unsigned at = count++;
            for (; at > 0 && date_before(from, list[at - 1].from); at--)
                list[at] = list[at - 1];
            list[at] = (struct program_relief){
                .from = from,
                .until = item->value[RULE_RELIEF_UNTIL].date,
                .shifts = rule_number(item, RULE_RELIEF_EFFECT) == RULE_RELIEF_SHIFT,
                .who = &item->value[RULE_RELIEF_WHO],
            };
        }
    }
    program->reliefs = list;
    program->relief_count = count;
}

static bool asks_for_past_days(const struct rule_scope *rules)
{
    return rule_number(rules, RULE_ARREARS_CURE) != RULE_CURE_IMMEDIATE ||
           (rule_is_set(rules, RULE_SUBSIDY) &&
            rule_number(rules, RULE_SUBSIDY_BASIS) == RULE_SUBSIDY_DAILY);
}

/* All of them are well. */
static const struct program *of_versions(struct arena *arena, const struct fault_file *file,
                                         const struct versions *versions)
{
    const struct rule_scope *base = versions->list[0].rules;
    struct program *program = ARENA_ARRAY(arena, struct program, 1);
    *program = (struct program){
        .id = base->value[RULE_ID].text,
        .code = base->value[RULE_CURRENCY_CODE].text,
        .decimals = (unsigned)rule_number(base, RULE_CURRENCY_DECIMALS),
        .in_force = base->value[RULE_IN_FORCE].date,
        .is_grant = rule_number(base, RULE_KIND) == RULE_GRANT,
        .file = file,
        .count = versions->count,
        .versions = versions->list,
    };
    for (unsigned i = 0; i < versions->count; i++) {
        const struct rule_scope *rules = versions->list[i].rules;
        program->has_budget = program->has_budget || rule_is_set(rules, RULE_AWARD_BUDGET) ||
                              rule_is_set(rules, RULE_PRINCIPAL_BUDGET);
        program->has_subsidy = program->has_subsidy || rule_is_set(rules, RULE_SUBSIDY);
        program->has_forgiveness = program->has_forgiveness || rule_is_set(rules, RULE_FORGIVENESS);
        program->has_penalty = program->has_penalty || rule_check_has_penalty(rules);
        program->looks_back = program->looks_back || asks_for_past_days(rules);
    }
    collect_reliefs(arena, program);
    return program;
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
    versions.list[0] = (struct program_version){base->value[RULE_IN_FORCE].date, base, root};
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
    return of_versions(arena, file, &versions);
}

const struct program *program_of_versions(struct arena *arena, const struct fault_file *file,
                                          const struct program_version *versions, unsigned count,
                                          const struct calendars *calendars, struct faults *faults)
{
    uint64_t before = faults->total;
    struct versions compiled = {calendars, ARENA_ARRAY(arena, struct program_version, count),
                                count};
    for (unsigned i = 0; i < count; i++) {
        struct rule_scope *rules = rule_compile(arena, versions[i].root, faults);
        if (rules == NULL)
            return NULL;
        bind_calendar(rules, calendars, faults);
        rule_check(arena, rules, faults);
        compiled.list[i] = versions[i];
        compiled.list[i].rules = rules;
    }
    if (faults->total != before)
        return NULL;
    compiled.list[0].from = compiled.list[0].rules->value[RULE_IN_FORCE].date;
    return of_versions(arena, file, &compiled);
}

const struct rule_scope *program_at(const struct program *program, struct date date)
{
    unsigned i = program->count - 1;
    while (i > 0 && date_before(date, program->versions[i].from))
        i--;
    return program->versions[i].rules;
}

const struct yaml_node *program_tree_at(struct arena *arena, const struct yaml_node *root,
                                        struct date date)
{
    struct faults unheard;
    faults_init(&unheard);
    const struct rule_scope *base = rule_compile(arena, root, &unheard);
    const struct rule_value *amendments = &base->value[RULE_AMENDMENTS];
    const struct rule_scope **sorted = in_order(arena, amendments);
    struct rule_context context = {
        .arena = arena,
        .faults = &unheard,
        .decimals = (unsigned)rule_number(base, RULE_CURRENCY_DECIMALS),
        .sources = &base->value[RULE_SOURCES],
    };
    for (unsigned i = 0; i < amendments->count; i++)
        if (!date_before(date, sorted[i]->value[RULE_AMENDMENTS_FROM].date))
            root = amend_all(&context, root, sorted[i]);
    faults_free(&unheard);
    return root;
}

static void differ_on(struct rule_context *context, struct date date, const struct program *a,
                      const struct program *b, struct program_difference *difference)
{
    const struct rule_scope *left = program_at(a, date), *right = program_at(b, date);
    for (unsigned key = 0; key < RULE_KEYS; key++) {
        const struct rule_row *row = rule_row((enum rule_key)key);
        struct date *from = &difference->from[row->bind];
        if (strchr(row->path, '.') == NULL && date_before(date, *from) &&
            !amend_is_same(context, text_of(row->path), left->value[key].node,
                           right->value[key].node))
            *from = date;
    }
}

struct program_difference program_differ(struct arena *arena, const struct program *a,
                                         const struct program *b)
{
    struct program_difference difference;
    struct faults unheard;
    faults_init(&unheard);
    struct rule_context context = {
        .arena = arena,
        .faults = &unheard,
        .decimals = a->decimals,
        .sources = &a->versions[0].rules->value[RULE_SOURCES],
    };
    for (unsigned bind = 0; bind < RULE_BINDS; bind++)
        difference.from[bind] = DATE_UNLIMITED;
    for (unsigned i = 0; i < a->count; i++)
        differ_on(&context, a->versions[i].from, a, b, &difference);
    for (unsigned i = 0; i < b->count; i++)
        differ_on(&context, b->versions[i].from, a, b, &difference);
    faults_free(&unheard);
    return difference;
}
