#include "reform.h"

#include <stdio.h>

#include "amend.h"
#include "decimal.h"

/* --- the values of a sweep --- */

/* One end of a range: a number and what stands behind it, such as `%` or ` months`. */
struct bound {
    struct decimal number;
    struct text unit;
};

static bool is_of_number(char c)
{
    return (c >= '0' && c <= '9') || c == '.' || c == '_';
}

static struct text trimmed(struct text text)
{
    while (text.len > 0 && text.ptr[0] == ' ')
        text = (struct text){text.ptr + 1, text.len - 1};
    while (text.len > 0 && text.ptr[text.len - 1] == ' ')
        text.len--;
    return text;
}

static bool read_bound(struct arena *arena, struct text text, struct bound *bound)
{
    text = trimmed(text);
    char *digits = arena_alloc(arena, text.len + 1);
    size_t len = 0, taken = 0;
    for (; taken < text.len && is_of_number(text.ptr[taken]); taken++)
        if (text.ptr[taken] != '_')
            digits[len++] = text.ptr[taken];
    bound->unit = trimmed((struct text){text.ptr + taken, text.len - taken});
    return decimal_parse(arena, (struct text){digits, len}, &bound->number) == FAULT_NONE;
}

/* Unit words take an optional s: `1 month..6 months`. */
static bool same_unit(struct text a, struct text b)
{
    if (a.len > 1 && a.ptr[a.len - 1] == 's')
        a.len--;
    if (b.len > 1 && b.ptr[b.len - 1] == 's')
        b.len--;
    return text_equal(a, b);
}

/* In units of the last decimal that any of them has. */
static struct amount scaled(struct arena *arena, struct decimal number, unsigned scale)
{
    return amount_times(arena, number.digits, amount_power10(arena, scale - number.scale));
}

static const struct yaml_node *value_of(struct arena *arena, struct place at, struct amount number,
                                        unsigned scale, struct text unit)
{
    struct yaml_node *node = ARENA_ARRAY(arena, struct yaml_node, 1);
    size_t size = amount_text_size(number) + unit.len + 2;
    char *text = arena_alloc(arena, size);
    char *end = amount_write(text, number, scale);
    bool word = unit.len > 0 && unit.ptr[0] != '%';
    (void)snprintf(end, size - (size_t)(end - text), "%s%.*s", word ? " " : "", (int)unit.len,
                   unit.ptr);
    *node = (struct yaml_node){.kind = YAML_TEXT, .at = at, .text = text_of(text)};
    return node;
}

static bool refuse(struct faults *faults, struct place at, const char *why)
{
    fault_add(faults, FAULT_SWEEP_VALUES, at, "%s", why);
    return false;
}

static bool read_range(struct arena *arena, struct reform_sweep *sweep, struct faults *faults)
{
    const struct rule_value *range = &sweep->scope->value[RULE_REFORM_SWEEP_RANGE];
    const struct rule_value *step = &sweep->scope->value[RULE_REFORM_SWEEP_STEP];
    struct bound from, upto, by;
    const char *dots = NULL;
    for (size_t i = 0; i + 1 < range->text.len && dots == NULL; i++)
        if (range->text.ptr[i] == '.' && range->text.ptr[i + 1] == '.')
            dots = range->text.ptr + i;
    if (!step->set)
        return refuse(faults, range->at, "a range of a sweep needs a `step`");
    if (dots == NULL)
        return refuse(faults, range->at, "a range is written FIRST..LAST, such as `12..36`");
    size_t head = (size_t)(dots - range->text.ptr);
    if (!read_bound(arena, (struct text){range->text.ptr, head}, &from) ||
        !read_bound(arena, (struct text){dots + 2, range->text.len - head - 2}, &upto))
        return refuse(faults, range->at, "a range of a sweep goes from a number to a number");
    if (!read_bound(arena, step->text, &by) || amount_is_zero(by.number.digits))
        return refuse(faults, step->at, "the step of a sweep is a number above zero");
    if (from.unit.len == 0)
        from.unit = upto.unit;
    if (by.unit.len == 0)
        by.unit = upto.unit;
    if (!same_unit(from.unit, upto.unit) || !same_unit(by.unit, upto.unit))
        return refuse(faults, step->at, "the range and the step of a sweep differ in their units");
    unsigned scale = from.number.scale;
    scale = scale < upto.number.scale ? upto.number.scale : scale;
    scale = scale < by.number.scale ? by.number.scale : scale;
    struct amount last = scaled(arena, upto.number, scale);
    struct amount width = scaled(arena, by.number, scale);
    struct amount value = scaled(arena, from.number, scale);
    for (; amount_compare(value, last) <= 0; value = amount_add(arena, value, width)) {
        if (sweep->count == REFORM_VALUES_MAX)
            return refuse(faults, range->at, "a sweep has at most 64 values");
        sweep->values[sweep->count++] = value_of(arena, range->at, value, scale, upto.unit);
    }
    return sweep->count > 0 || refuse(faults, range->at, "a range whose first value is the larger");
}

static bool read_values(struct reform_sweep *sweep, struct faults *faults)
{
    const struct rule_value *values = &sweep->scope->value[RULE_REFORM_SWEEP_VALUES];
    if (values->node->kind != YAML_LIST)
        return refuse(faults, values->at, "the values of a sweep are a list");
    for (const struct yaml_pair *entry = values->node->first; entry != NULL; entry = entry->next) {
        if (sweep->count == REFORM_VALUES_MAX)
            return refuse(faults, entry->value->at, "a sweep has at most 64 values");
        sweep->values[sweep->count++] = entry->value;
    }
    return sweep->count > 0 || refuse(faults, values->at, "a sweep without values");
}

static bool read_sweep(struct arena *arena, struct reform_sweep *sweep,
                       const struct rule_scope *scope, struct faults *faults)
{
    bool list = scope->value[RULE_REFORM_SWEEP_VALUES].set;
    bool range = scope->value[RULE_REFORM_SWEEP_RANGE].set;
    sweep->scope = scope;
    sweep->path = scope->value[RULE_REFORM_SWEEP_PATH].text;
    if (list == range)
        return refuse(faults, scope->at,
                      "a sweep has either a list of `values`, or a `range` and a `step`");
    return list ? read_values(sweep, faults) : read_range(arena, sweep, faults);
}

/* --- the file --- */

static bool is_reform(const struct yaml_node *root)
{
    const struct yaml_node *version = yaml_find(root, text_of("nol"));
    return version != NULL && version->kind == YAML_TEXT &&
           text_equal(version->text, rule_allowed(RULE_REFORM_NOL, 0));
}

bool reform_load(struct arena *arena, const char *path, unsigned order, struct reform *reform,
                 struct faults *faults)
{
    uint64_t before = faults->total;
    const char *slash = strrchr(path, '/');
    *reform = (struct reform){
        .file = load_rules_file(arena, path, slash == NULL ? path : slash + 1, order, faults)};
    if (reform->file == NULL || reform->file->root == NULL)
        return false;
    const struct yaml_node *root = reform->file->root;
    if (!is_reform(root)) {
        fault_add(faults, FAULT_REFORM_FORM, root->at, "a reform says `nol: reform/1`");
        return false;
    }
    const struct rule_scope *scope = rule_compile_other(arena, root, "reform", faults);
    if (faults->total != before)
        return false;
    reform->id = scope->value[RULE_REFORM_ID].text;
    reform->base = scope->value[RULE_REFORM_BASE].text;
    reform->base_at = scope->value[RULE_REFORM_BASE].at;
    reform->because = scope->value[RULE_REFORM_BECAUSE].text;
    const struct rule_value *sweeps = &scope->value[RULE_REFORM_SWEEP];
    if (!scope->value[RULE_REFORM_AMENDMENTS].set && !sweeps->set)
        fault_add(faults, FAULT_REFORM_FORM, root->at, "neither `amendments` nor a `sweep`");
    if (sweeps->count > REFORM_SWEEPS_MAX)
        (void)refuse(faults, sweeps->items[REFORM_SWEEPS_MAX]->at,
                     "a sweep varies at most 2 values");
    for (unsigned i = 0; i < sweeps->count && i < REFORM_SWEEPS_MAX; i++)
        (void)read_sweep(arena, &reform->sweep[reform->sweep_count++], sweeps->items[i], faults);
    return faults->total == before;
}

/* --- grafting it onto the program's tree --- */

static struct yaml_node *new_node(struct arena *arena, enum yaml_kind kind, struct place at)
{
    struct yaml_node *node = ARENA_ARRAY(arena, struct yaml_node, 1);
    *node = (struct yaml_node){.kind = kind, .at = at};
    return node;
}

/* Add an entry at the end; trees that were read are never written to, only those made here. */
static void append(struct arena *arena, struct yaml_node *node, const char *key,
                   const struct yaml_node *value)
{
    struct yaml_pair *pair = ARENA_ARRAY(arena, struct yaml_pair, 1), **tail = &node->first;
    *pair = (struct yaml_pair){
        .key = text_of(key), .key_at = value->at, .value = (struct yaml_node *)(uintptr_t)value};
    while (*tail != NULL)
        tail = &(*tail)->next;
    *tail = pair;
}

static void append_all(struct arena *arena, struct yaml_node *list, const struct yaml_node *from)
{
    for (const struct yaml_pair *entry = from == NULL ? NULL : from->first; entry != NULL;
         entry = entry->next)
        append(arena, list, "", entry->value);
}

/* The tree with these amendments instead of its own. */
static struct yaml_node *with_amendments(struct arena *arena, const struct yaml_node *root,
                                         const struct yaml_node *amendments)
{
    struct yaml_node *copy = new_node(arena, YAML_MAP, root->at);
    struct yaml_pair **tail = &copy->first;
    for (const struct yaml_pair *entry = root->first; entry != NULL; entry = entry->next) {
        if (text_is(entry->key, "amendments"))
            continue;
        *tail = ARENA_ARRAY(arena, struct yaml_pair, 1);
        **tail = *entry;
        (*tail)->next = NULL;
        tail = &(*tail)->next;
    }
    if (amendments->first != NULL)
        append(arena, copy, "amendments", amendments);
    return copy;
}

static const struct yaml_node *text_node(struct arena *arena, const char *text, struct place at)
{
    struct yaml_node *node = new_node(arena, YAML_TEXT, at);
    node->text = text_of(text);
    return node;
}

/* The amendment that a sweep's nth value is; what stood before, it takes from ${tree}. */
static const struct yaml_node *amendment_of(struct arena *arena, const struct reform_sweep *sweep,
                                            unsigned n, const struct yaml_node *tree)
{
    const struct rule_value *from = &sweep->scope->value[RULE_REFORM_SWEEP_FROM];
    const struct rule_value *path = &sweep->scope->value[RULE_REFORM_SWEEP_PATH];
    const struct yaml_node *was = amend_find(program_tree_at(arena, tree, from->date), path->text);
    struct place at = sweep->scope->at;
    struct yaml_node *amendment = new_node(arena, YAML_MAP, at);
    struct yaml_node *list = new_node(arena, YAML_LIST, at);
    struct yaml_node *set = new_node(arena, YAML_MAP, at);
    append(arena, set, "path", path->node);
    append(arena, set, "was", was != NULL ? was : text_node(arena, "absent", at));
    append(arena, set, "value", sweep->values[n]);
    append(arena, list, "", set);
    append(arena, amendment, "from", from->node);
    append(arena, amendment, "set", list);
    return amendment;
}

static const struct yaml_node *graft(struct arena *arena, const struct reform *reform,
                                     const unsigned *choice, const struct yaml_node *root)
{
    static const struct place nowhere;
    struct yaml_node *amendments = new_node(arena, YAML_LIST, nowhere);
    append_all(arena, amendments, yaml_find(root, text_of("amendments")));
    append_all(arena, amendments, yaml_find(reform->file->root, text_of("amendments")));
    if (amendments->first != NULL)
        amendments->at = amendments->first->value->at;
    struct yaml_node *tree = with_amendments(arena, root, amendments);
    for (unsigned i = 0; choice != NULL && i < reform->sweep_count; i++) {
        append(arena, amendments, "", amendment_of(arena, &reform->sweep[i], choice[i], tree));
        tree = with_amendments(arena, root, amendments);
    }
    return tree;
}

static const struct yaml_node *root_of(const struct rules *rules, const struct program *program)
{
    for (unsigned i = 0; i < rules->file_count; i++)
        if (&rules->files[i]->file == program->file)
            return rules->files[i]->root;
    return NULL;
}

static struct text nth_program(const void *rules, size_t i)
{
    return ((const struct rules *)rules)->programs[i]->id;
}

static void refuse_base(const struct reform *reform, const struct rules *rules,
                        struct faults *faults)
{
    char quoted[TEXT_QUOTE_MAX];
    struct text near = text_nearest(reform->base, rules->program_count, nth_program, rules);
    (void)text_quote(quoted, reform->base);
    if (near.len > 0)
        fault_add(faults, FAULT_REFORM_BASE, reform->base_at,
                  "no rule file of the program %s; did you mean '%.*s'?", quoted, (int)near.len,
                  near.ptr);
    else
        fault_add(faults, FAULT_REFORM_BASE, reform->base_at, "no rule file of the program %s",
                  quoted);
}

bool reform_apply(struct arena *arena, const struct reform *reform, const unsigned *choice,
                  const struct rules *rules, struct rules *reformed, struct faults *faults)
{
    const struct calendars calendars = {rules->calendars, rules->calendar_count};
    unsigned which = 0;
    while (which < rules->program_count && !text_equal(rules->programs[which]->id, reform->base))
        which++;
    if (which == rules->program_count) {
        refuse_base(reform, rules, faults);
        return false;
    }
    const struct program *base = rules->programs[which];
    const struct yaml_node *tree = graft(arena, reform, choice, root_of(rules, base));
    const struct program *program = program_of_tree(arena, base->file, tree, &calendars, faults);
    if (program == NULL)
        return false;
    *reformed = *rules;
    reformed->programs = ARENA_ARRAY(arena, const struct program *, rules->program_count);
    memcpy(reformed->programs, rules->programs, rules->program_count * sizeof *rules->programs);
    reformed->programs[which] = program;
    load_rules_columns(reformed, program);
    return true;
}
