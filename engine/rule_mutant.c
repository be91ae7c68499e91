#include "rule_mutant.h"

#include <stdio.h>

/* How far a number goes to one side: the first that makes lawful rules. */
static const int32_t steps[] = {1, 2, 3, 6, 12};

enum { STEPS = sizeof steps / sizeof *steps, POWERS = 7 };

struct making {
    struct arena *arena;
    const struct rule_leaf *leaf;
    const struct rule_found *found;
    struct rule_mutant *list;
    size_t count, room;
    unsigned groups; /* finished */
};

/* --- mutants of one value --- */

static const struct yaml_node *scalar(struct arena *arena, struct place at, const char *text)
{
    struct yaml_node *node = ARENA_ARRAY(arena, struct yaml_node, 1);
    *node = (struct yaml_node){
        .kind = YAML_TEXT, .at = at, .text = text_of(arena_copy(arena, text, strlen(text)))};
    return node;
}

static struct rule_mutant *add(struct making *making, enum rule_side side)
{
    making->list =
        arena_grow(making->arena, making->list, making->count, &making->room, sizeof *making->list);
    struct rule_mutant *mutant = &making->list[making->count++];
    *mutant = (struct rule_mutant){
        .group = making->groups, .side = side, .from = DATE_NONE, .to = DATE_NONE};
    return mutant;
}

static void add_edit(struct rule_mutant *mutant, const struct yaml_node *node,
                     const struct yaml_node *with)
{
    mutant->edits[mutant->edit_count++] = (struct rule_edit){node->at, node->kind, with};
}

/* The value as another text, in the group that is open. */
static void add_text(struct making *making, enum rule_side side, const char *text)
{
    const struct yaml_node *node = making->found->node;
    const struct yaml_node *with = scalar(making->arena, node->at, text);
    struct rule_mutant *mutant = add(making, side);
    add_edit(mutant, node, with);
    mutant->shown = with->text.ptr;
}

/* The value in a group of its own. */
static void add_other(struct making *making, const char *text)
{
    add_text(making, RULE_SIDE_NONE, text);
    making->groups++;
}

static void add_drop(struct making *making, const struct yaml_node *node)
{
    add_edit(add(making, RULE_SIDE_NONE), node, NULL);
    making->groups++;
}

static const char *amount_text(struct arena *arena, struct amount amount, unsigned decimals)
{
    char *text = arena_alloc(arena, amount_text_size(amount) + 1);
    *amount_write(text, amount, decimals) = '\0';
    return text;
}

/* The least by which the value can differ: of a limit of principals what they are multiples of. */
static struct amount unit_of(const struct rule_found *found)
{
    bool limit = found->key == RULE_PRINCIPAL_MIN || found->key == RULE_PRINCIPAL_MAX ||
                 found->key == RULE_PRINCIPAL_BY_MAX_ANY;
    return limit && rule_is_set(found->version, RULE_PRINCIPAL_MULTIPLE_OF)
               ? rule_amount(found->version, RULE_PRINCIPAL_MULTIPLE_OF)
               : amount_of(1);
}

static void mutate_amount(struct making *making)
{
    struct arena *arena = making->arena;
    struct amount value = making->found->value->amount;
    unsigned decimals = (unsigned)rule_number(making->found->version, RULE_CURRENCY_DECIMALS);
    for (int side = -1; side <= 1; side += 2) {
        struct amount step = unit_of(making->found);
        for (unsigned i = 0; i < POWERS; i++) {
            struct amount other =
                side < 0 ? amount_sub(arena, value, step) : amount_add(arena, value, step);
            if (amount_sign(other) >= 0)
                add_text(making, (enum rule_side)side, amount_text(arena, other, decimals));
            step = amount_times(arena, step, amount_of(10));
        }
        making->groups++;
    }
}

/* By one in the last digit of a percentage as written, by a hundredth of a part of others. */
static const char *fraction_beside(struct arena *arena, struct fraction fraction, int side)
{
    enum { FINE = 100 };
    struct amount num = fraction.num, den = fraction.den;
    if (amount_compare(den, amount_of(FINE)) < 0) {
        num = amount_times(arena, num, amount_of(FINE));
        den = amount_times(arena, den, amount_of(FINE));
    }
    num = amount_add(arena, num, amount_of(side));
    if (amount_sign(num) < 0)
        return NULL;
    enum { ROOM = 2 * (AMOUNT_DIGITS_MAX + 8) };
    unsigned decimals = 0;
    while (amount_compare(amount_power10(arena, 2 + decimals), den) < 0)
        decimals++;
    char *text = arena_alloc(arena, ROOM);
    if (amount_compare(amount_power10(arena, 2 + decimals), den) == 0)
        (void)snprintf(text, ROOM, "%s%%", amount_text(arena, num, decimals));
    else
        (void)snprintf(text, ROOM, "%s/%s", amount_text(arena, num, 0), amount_text(arena, den, 0));
    return text;
}

static void mutate_fraction(struct making *making)
{
    for (int side = -1; side <= 1; side += 2) {
        const char *text = fraction_beside(making->arena, making->found->value->fraction, side);
        if (text != NULL)
            add_text(making, (enum rule_side)side, text);
        making->groups++;
    }
}

/* Shares add up: what one gets the next one loses. */
static void mutate_fractions(struct making *making)
{
    const struct rule_found *found = making->found;
    const struct yaml_pair *entry = found->node->first;
    for (unsigned i = 0; i + 1 < found->value->count; i++, entry = entry->next) {
        const char *less = fraction_beside(making->arena, found->value->fractions[i], -1);
        const char *more = fraction_beside(making->arena, found->value->fractions[i + 1], 1);
        if (less == NULL)
            continue;
        struct rule_mutant *mutant = add(making, RULE_SIDE_NONE);
        add_edit(mutant, entry->value, scalar(making->arena, entry->value->at, less));
        add_edit(mutant, entry->next->value, scalar(making->arena, entry->next->value->at, more));
        mutant->shown = less;
        making->groups++;
    }
}

static void mutate_span(struct making *making)
{
    char text[32];
    for (int side = -1; side <= 1; side += 2) {
        for (unsigned i = 0; i < STEPS; i++) {
            struct span span = making->found->value->span;
            span.count += side * steps[i];
            if (span.count >= 0)
                add_text(making, (enum rule_side)side, span_text(text, span));
        }
        making->groups++;
    }
}

static void mutate_number(struct making *making, int32_t number)
{
    char text[16];
    for (int side = -1; side <= 1; side += 2) {
        for (unsigned i = 0; i < STEPS; i++) {
            (void)snprintf(text, sizeof text, "%d", number + side * steps[i]);
            if (number + side * steps[i] >= 0)
                add_text(making, (enum rule_side)side, text);
        }
        making->groups++;
    }
}

static void mutate_date(struct making *making)
{
    char text[DATE_TEXT_LEN + 1];
    for (int side = -1; side <= 1; side += 2) {
        struct date date = making->found->value->date, other = date_add_days(date, side);
        if (date_in_range(other)) {
            add_text(making, (enum rule_side)side, date_text(text, other));
            struct rule_mutant *mutant = &making->list[making->count - 1];
            if (making->found->key == RULE_AMENDMENTS_FROM) {
                mutant->from = date;
                mutant->to = other;
            }
        }
        making->groups++;
    }
}

static void mutate_day(struct making *making)
{
    int32_t day = making->found->value->number;
    if (day != RULE_DAY_SAME && day != RULE_DAY_LAST) {
        mutate_number(making, day);
        return;
    }
    add_other(making, "1");
    add_other(making, "15");
    add_other(making, day == RULE_DAY_SAME ? "last" : "same");
}

/* --- ranges: what one loses the next one gets --- */

static const char *range_text(struct arena *arena, int32_t from, int32_t upto)
{
    char text[32];
    int len = snprintf(text, sizeof text, "%d..", from);
    if (upto != RULE_RANGE_OPEN)
        (void)snprintf(text + len, sizeof text - (size_t)len, "%d", upto);
    return arena_copy(arena, text, strlen(text));
}

/* The range of the list that begins where this one ends, or ends where it begins. */
static const struct rule_value *neighbour(const struct rule_found *found, bool above)
{
    const struct rule_value *value = found->value;
    for (unsigned i = 0; found->list != NULL && i < found->list->count; i++) {
        const struct rule_value *other = &found->list->items[i]->value[found->key];
        if (other->given &&
            (above ? value->upto != RULE_RANGE_OPEN && other->from == value->upto + 1
                   : other->upto != RULE_RANGE_OPEN && other->upto + 1 == value->from))
            return other;
    }
    return NULL;
}

/* Move one end of the range by ${by}. */
static void move_end(struct making *making, bool above, int32_t by)
{
    const struct rule_value *value = making->found->value;
    const struct rule_value *other = neighbour(making->found, above);
    int32_t from = value->from + (above ? 0 : by), upto = value->upto + (above ? by : 0);
    if (from < 0 || upto < from)
        return;
    add_text(making, by < 0 ? RULE_SIDE_BELOW : RULE_SIDE_ABOVE,
             range_text(making->arena, from, upto));
    if (other == NULL)
        return;
    int32_t other_from = other->from + (above ? by : 0),
            other_upto = other->upto + (above ? 0 : by);
    if (other_from < 0 || other_upto < other_from) {
        making->count--;
        return;
    }
    add_edit(
        &making->list[making->count - 1], other->node,
        scalar(making->arena, other->node->at, range_text(making->arena, other_from, other_upto)));
}

static void mutate_range(struct making *making)
{
    for (int above = 0; above <= 1; above++)
        for (int side = -1; side <= 1; side += 2) {
            if (!above || making->found->value->upto != RULE_RANGE_OPEN)
                move_end(making, above, side);
            making->groups++;
        }
}

/* --- words and lists --- */

static void mutate_choice(struct making *making)
{
    const struct rule_row *row = rule_row(making->found->key);
    unsigned others = 0;
    for (unsigned i = 0; rule_allowed(making->found->key, i).len > 0; i++) {
        struct text word = rule_allowed(making->found->key, i);
        if ((int32_t)i == making->found->value->number)
            continue;
        add_other(making, arena_copy(making->arena, word.ptr, word.len));
        others++;
    }
    if (others == 0 && !row->required && row->fallback[0] == '\0')
        add_drop(making, making->found->node);
}

static void mutate_elements(struct making *making)
{
    for (const struct yaml_pair *entry = making->found->node->first; entry != NULL;
         entry = entry->next)
        add_drop(making, entry->value);
}

/* Two neighbours of a list change places. */
static void mutate_order(struct making *making)
{
    const struct yaml_pair *entry = making->found->node->first;
    for (; entry != NULL && entry->next != NULL; entry = entry->next) {
        const struct yaml_node *a = entry->value, *b = entry->next->value;
        struct rule_mutant *mutant = add(making, RULE_SIDE_NONE);
        const char *first = arena_copy(making->arena, b->text.ptr, b->text.len);
        const char *second = arena_copy(making->arena, a->text.ptr, a->text.len);
        add_edit(mutant, a, scalar(making->arena, a->at, first));
        add_edit(mutant, b, scalar(making->arena, b->at, second));
        mutant->shown = first;
        making->groups++;
    }
}

/* Of a grant's dates those that any grant has. */
static void mutate_date_name(struct making *making)
{
    static const char *const names[] = {"agreed", "last.paid"};
    for (unsigned i = 0; i < 2; i++)
        if (!text_is(making->found->value->text, names[i]))
            add_other(making, names[i]);
}

/* What the value is of a type that allows several. */
static enum rule_type kind_of(const struct rule_value *value, enum rule_type type)
{
    switch (type) {
    case RULE_TYPE_CHOICE_OR_MAP:
        return RULE_TYPE_CHOICE;
    case RULE_TYPE_COUNT_OR_MAP:
        return RULE_TYPE_COUNT;
    case RULE_TYPE_AMOUNT_OR_MAP:
        return RULE_TYPE_AMOUNT;
    case RULE_TYPE_SPAN_OR_MAP:
        return RULE_TYPE_SPAN;
    case RULE_TYPE_DATE_OR_SPAN:
        return date_is_set(value->date) ? RULE_TYPE_DATE : RULE_TYPE_SPAN;
    case RULE_TYPE_AMOUNT_OR_FRACTION:
        return amount_sign(value->fraction.den) > 0 ? RULE_TYPE_FRACTION : RULE_TYPE_AMOUNT;
    case RULE_TYPE_CHOICE_OR_AMOUNT:
        return value->number >= 0 ? RULE_TYPE_CHOICE : RULE_TYPE_AMOUNT;
    case RULE_TYPE_CHOICE_OR_FRACTION:
        return value->number >= 0 ? RULE_TYPE_CHOICE : RULE_TYPE_FRACTION;
    default:
        return type;
    }
}

static void mutate_words(struct making *making, enum rule_type type)
{
    mutate_choice(making);
    if (type == RULE_TYPE_CHOICE_OR_AMOUNT)
        add_other(making, "1");
    if (type == RULE_TYPE_CHOICE_OR_FRACTION)
        add_other(making, "50%");
}

static void mutate(struct making *making)
{
    const struct rule_value *value = making->found->value;
    enum rule_type type = rule_row(making->found->key)->type;
    switch (kind_of(value, type)) {
    case RULE_TYPE_CHOICE:
        mutate_words(making, type);
        break;
    case RULE_TYPE_ORDER:
        mutate_order(making);
        break;
    case RULE_TYPE_SOME:
        mutate_order(making);
        mutate_elements(making);
        break;
    case RULE_TYPE_WORDS:
        mutate_elements(making);
        break;
    case RULE_TYPE_IDS:
    case RULE_TYPE_TEXTS:
        add_drop(making, making->found->node);
        break;
    case RULE_TYPE_FLAG:
        add_other(making, value->number ? "false" : "true");
        break;
    case RULE_TYPE_COUNT:
        mutate_number(making, value->number);
        break;
    case RULE_TYPE_AMOUNT:
        mutate_amount(making);
        break;
    case RULE_TYPE_FRACTION:
        mutate_fraction(making);
        break;
    case RULE_TYPE_FRACTIONS:
        mutate_fractions(making);
        break;
    case RULE_TYPE_SPAN:
        mutate_span(making);
        break;
    case RULE_TYPE_DATE:
        mutate_date(making);
        break;
    case RULE_TYPE_DATE_NAME:
        mutate_date_name(making);
        break;
    case RULE_TYPE_RANGE:
        mutate_range(making);
        break;
    case RULE_TYPE_DAY:
        mutate_day(making);
        break;
    default:
        break; /* nothing that lies beside it */
    }
}

static bool is_at(const struct yaml_node *node, struct place at)
{
    return node->at.line == at.line && node->at.col == at.col;
}

static void make(void *context, const struct rule_found *found)
{
    struct making *making = context;
    if (making->count > 0 || found->key != making->leaf->key ||
        !is_at(found->node, making->leaf->at))
        return;
    making->found = found;
    mutate(making);
}

const struct rule_mutant *rule_mutants(struct arena *arena, const struct program *program,
                                       const struct rule_leaf *leaf, unsigned *count)
{
    struct making making = {.arena = arena, .leaf = leaf};
    rule_mutant_walk(arena, program, make, &making);
    *count = (unsigned)making.count;
    return making.list;
}

/* --- the changed program --- */

/* The tree with the edits, which the nodes of an amendment stand in more than once. */
static const struct yaml_node *edited(struct arena *arena, const struct yaml_node *node,
                                      const struct rule_mutant *mutant)
{
    for (unsigned i = 0; i < mutant->edit_count; i++)
        if (is_at(node, mutant->edits[i].at) && node->kind == mutant->edits[i].kind)
            return mutant->edits[i].with;
    if (node->kind == YAML_TEXT)
        return node;
    struct yaml_node *copy = ARENA_ARRAY(arena, struct yaml_node, 1);
    struct yaml_pair **tail = &copy->first;
    *copy = (struct yaml_node){.kind = node->kind, .at = node->at};
    for (const struct yaml_pair *pair = node->first; pair != NULL; pair = pair->next) {
        const struct yaml_node *value = edited(arena, pair->value, mutant);
        if (value == NULL)
            continue;
        struct yaml_pair *kept = ARENA_ARRAY(arena, struct yaml_pair, 1);
        *kept = (struct yaml_pair){.key = pair->key, .key_at = pair->key_at, .value = value};
        *tail = kept;
        tail = &kept->next;
    }
    return copy;
}

const struct program *rule_mutant_program(struct arena *arena, const struct program *program,
                                          const struct calendars *calendars,
                                          const struct rule_mutant *mutant)
{
    struct program_version *versions = ARENA_ARRAY(arena, struct program_version, program->count);
    struct faults unheard;
    for (unsigned i = 0; i < program->count; i++) {
        versions[i] = program->versions[i];
        versions[i].root = edited(arena, versions[i].root, mutant);
        if (i > 0 && date_is_set(mutant->to) && date_equal(versions[i].from, mutant->from))
            versions[i].from = mutant->to;
        if (i > 0 && !date_before(versions[i - 1].from, versions[i].from))
            return NULL; /* the amendments would come in another order */
    }
    faults_init(&unheard);
    const struct program *changed =
        program_of_versions(arena, program->file, versions, program->count, calendars, &unheard);
    faults_free(&unheard);
    return changed;
}
