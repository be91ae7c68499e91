#include "rule_check.h"

#include <assert.h>
#include <string.h>

#include "rule_proof.h"

struct check {
    struct arena *arena;
    const struct rule_scope *rules;
    struct faults *faults;
};

static const struct rule_value *value_of(const struct check *check, enum rule_key key)
{
    return &check->rules->value[key];
}

static bool given(const struct check *check, enum rule_key key)
{
    return value_of(check, key)->given;
}

/* Not in the file at all: what is there and at fault has been reported already. */
static bool absent(const struct check *check, enum rule_key key)
{
    return value_of(check, key)->node == NULL;
}

/* Where to point for a key: at its value, else at the clause around it. */
static struct place place_of(const struct check *check, enum rule_key key, enum rule_key clause)
{
    return given(check, key) ? value_of(check, key)->at : value_of(check, clause)->at;
}

#define NOTE(check, code, at, ...) fault_add_once((check)->faults, (code), (at), __VA_ARGS__)

struct split_rounding rule_rounding(const struct rule_scope *rules)
{
    enum split_residual residual =
        (enum split_residual)rule_number(rules, RULE_SCHEDULE_ROUNDING_RESIDUAL);
    bool named = rule_is_set(rules, RULE_SCHEDULE_ROUNDING_MODE);
    assert(named || residual == RESIDUAL_LEADING);
    return (struct split_rounding){
        .unit = rule_amount(rules, RULE_SCHEDULE_ROUNDING_UNIT),
        .mode = named ? (enum rounding_mode)rule_number(rules, RULE_SCHEDULE_ROUNDING_MODE)
                      : ROUNDING_DOWN,
        .residual = residual,
    };
}

/* The span that is the min, max or default of the grace: the plain length is all three. */
static const struct rule_value *grace_value(const struct rule_scope *rules, enum rule_key which)
{
    const struct rule_value *length = &rules->value[RULE_SCHEDULE_GRACE_LENGTH];
    return length->set && length->node->kind == YAML_TEXT ? length : &rules->value[which];
}

int32_t rule_grace(const struct rule_scope *rules, enum rule_key which)
{
    int32_t periods = 0;
    if (!rule_is_set(rules, RULE_SCHEDULE_GRACE))
        return 0;
    const struct rule_value *value = grace_value(rules, which);
    if (!value->set)
        return -1;
    (void)span_divide(value->span, rules->value[RULE_SCHEDULE_EVERY].span, &periods);
    return periods;
}

int32_t rule_installments(const struct rule_scope *rules, enum rule_key which)
{
    const struct rule_value *value = &rules->value[RULE_SCHEDULE_INSTALLMENTS];
    if (!value->set)
        return 0;
    if (value->number > 0)
        return value->number;
    return rules->value[which].set ? rule_number(rules, which) : 0;
}

static bool above_zero(const struct check *check, enum rule_key key)
{
    const struct rule_value *value = value_of(check, key);
    if (!value->set)
        return false;
    if (amount_sign(value->amount) > 0)
        return true;
    NOTE(check, FAULT_AMOUNT_ZERO, value->at, "%s must be above zero", rule_row(key)->path);
    return false;
}

static struct proof_limits limits_of(const struct check *check)
{
    const struct rule_value *multiple = value_of(check, RULE_PRINCIPAL_MULTIPLE_OF);
    return (struct proof_limits){
        .min = value_of(check, RULE_PRINCIPAL_MIN)->amount,
        .max = value_of(check, RULE_PRINCIPAL_MAX)->amount,
        .multiple_of = multiple->set ? multiple->amount : amount_of(1),
    };
}

static bool check_principal(const struct check *check)
{
    const struct rule_value *max = value_of(check, RULE_PRINCIPAL_MAX);
    bool sane = above_zero(check, RULE_PRINCIPAL_MIN) & above_zero(check, RULE_PRINCIPAL_MAX);
    if (given(check, RULE_PRINCIPAL_MULTIPLE_OF))
        sane &= above_zero(check, RULE_PRINCIPAL_MULTIPLE_OF);
    if (!sane)
        return false;
    struct proof_limits limits = limits_of(check);
    if (amount_compare(limits.min, limits.max) > 0) {
        NOTE(check, FAULT_RULE_LIMITS, max->at, "principal.max is below principal.min");
        return false;
    }
    if (amount_compare(proof_least(check->arena, &limits), limits.max) > 0) {
        NOTE(check, FAULT_RULE_LIMITS, value_of(check, RULE_PRINCIPAL_MULTIPLE_OF)->at,
             "no multiple of principal.multiple_of lies between principal.min and principal.max");
        return false;
    }
    return true;
}

static bool check_installments(const struct check *check)
{
    const struct rule_value *value = value_of(check, RULE_SCHEDULE_INSTALLMENTS);
    bool fixed = value_of(check, RULE_SCHEDULE_SPLIT)->number == RULE_SPLIT_FIXED;
    if (!value->set) {
        if (!fixed && absent(check, RULE_SCHEDULE_INSTALLMENTS))
            NOTE(check, FAULT_RULE_KEY_MISSING, value_of(check, RULE_SCHEDULE)->at,
                 "key `schedule.installments` is missing");
        return fixed;
    }
    if (value->number > 0)
        return true;
    int32_t min = rule_number(check->rules, RULE_SCHEDULE_INSTALLMENTS_MIN);
    int32_t max = rule_number(check->rules, RULE_SCHEDULE_INSTALLMENTS_MAX);
    int32_t chosen = rule_number(check->rules, RULE_SCHEDULE_INSTALLMENTS_DEFAULT);
    if (min == 0 || max == 0)
        return false; /* already reported */
    if (fixed)
        NOTE(check, FAULT_RULE_CONFLICT, value->at,
             "`split: {fixed: A}` sets the number of installments itself; no range goes with it");
    else if (min > max)
        NOTE(check, FAULT_RULE_LIMITS, value->at,
             "installments.max %d is below installments.min %d", max, min);
    else if (given(check, RULE_SCHEDULE_INSTALLMENTS_DEFAULT) && (chosen < min || chosen > max))
        NOTE(check, FAULT_RULE_LIMITS, value_of(check, RULE_SCHEDULE_INSTALLMENTS_DEFAULT)->at,
             "installments.default %d is outside %d..%d", chosen, min, max);
    else
        return true;
    return false;
}

/* Whether each of the grace's spans is a whole number of periods. */
static bool check_grace_spans(const struct check *check)
{
    static const enum rule_key keys[] = {RULE_SCHEDULE_GRACE_LENGTH_MIN,
                                         RULE_SCHEDULE_GRACE_LENGTH_MAX,
                                         RULE_SCHEDULE_GRACE_LENGTH_DEFAULT};
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct rule_value *value = grace_value(check->rules, keys[i]);
        int32_t periods;
        if (!value->set && keys[i] == RULE_SCHEDULE_GRACE_LENGTH_DEFAULT)
            continue;
        if (!value->set)
            return false; /* already reported */
        if (!span_divide(value->span, value_of(check, RULE_SCHEDULE_EVERY)->span, &periods)) {
            NOTE(check, FAULT_RULE_CONFLICT, value->at,
                 "a grace of %.*s is not a whole number of periods of schedule.every",
                 (int)value->text.len, value->text.ptr);
            return false;
        }
    }
    return true;
}

static bool check_grace(const struct check *check)
{
    const struct rule_scope *rules = check->rules;
    const struct rule_value *place = value_of(check, RULE_SCHEDULE_GRACE_PLACE);
    const struct rule_value *length = value_of(check, RULE_SCHEDULE_GRACE_LENGTH);
    if (!given(check, RULE_SCHEDULE_GRACE))
        return true;
    if (!length->set || !place->set || !check_grace_spans(check))
        return false;
    int32_t least = rule_grace(rules, RULE_SCHEDULE_GRACE_LENGTH_MIN);
    int32_t most = rule_grace(rules, RULE_SCHEDULE_GRACE_LENGTH_MAX);
    int32_t chosen = rule_grace(rules, RULE_SCHEDULE_GRACE_LENGTH_DEFAULT);
    int32_t fewest = rule_installments(rules, RULE_SCHEDULE_INSTALLMENTS_MIN);
    bool within = place->number == RULE_GRACE_WITHIN_TERM;
    if (least > most || (chosen >= 0 && (chosen < least || chosen > most)))
        NOTE(check, FAULT_RULE_LIMITS, length->at,
             "grace.length: min, default and max are not in this order");
    else if (within && value_of(check, RULE_SCHEDULE_SPLIT)->number != RULE_SPLIT_EQUAL)
        NOTE(check, FAULT_RULE_CONFLICT, place->at, "`within-term` goes with `split: equal` only");
    else if (within && most >= fewest)
        NOTE(check, FAULT_RULE_LIMITS, length->at,
             "a grace of %d periods leaves no row of %d installments", most, fewest);
    else
        return true;
    return false;
}

static void check_due(const struct check *check)
{
    const struct rule_value *every = value_of(check, RULE_SCHEDULE_EVERY);
    bool months = span_has_months(every->span);
    if (!every->set)
        return;
    if (every->span.count == 0)
        NOTE(check, FAULT_NUMBER_RANGE, every->at, "schedule.every must be at least one period");
    if (months && absent(check, RULE_SCHEDULE_DUE_MISSING_DAY))
        NOTE(check, FAULT_RULE_KEY_MISSING, place_of(check, RULE_SCHEDULE_DUE, RULE_SCHEDULE),
             "key `schedule.due.missing_day` is missing: months lack days");
    if (!months && given(check, RULE_SCHEDULE_DUE_MISSING_DAY))
        NOTE(check, FAULT_RULE_CONFLICT, value_of(check, RULE_SCHEDULE_DUE_MISSING_DAY)->at,
             "`missing_day` goes with periods of months or years only");
    if (!months && value_of(check, RULE_SCHEDULE_DUE_DAY)->number != RULE_DAY_SAME)
        NOTE(check, FAULT_RULE_CONFLICT, value_of(check, RULE_SCHEDULE_DUE_DAY)->at,
             "`day` other than `same` goes with periods of months or years only");
}

static bool re_spreads(const struct check *check)
{
    const struct rule_value *types = value_of(check, RULE_ALLOCATION_TYPES);
    bool any = value_of(check, RULE_ALLOCATION_EXCESS)->number == RULE_EXCESS_RE_SPREAD;
    for (unsigned i = 0; i < types->count && !any; i++)
        any = types->items[i]->value[RULE_ALLOCATION_TYPES_EXCESS].set &&
              rule_number(types->items[i], RULE_ALLOCATION_TYPES_EXCESS) == RULE_EXCESS_RE_SPREAD;
    return any;
}

static bool check_rounding(const struct check *check)
{
    const struct rule_value *rounding = value_of(check, RULE_SCHEDULE_ROUNDING);
    const struct rule_value *mode = value_of(check, RULE_SCHEDULE_ROUNDING_MODE);
    const struct rule_value *residual = value_of(check, RULE_SCHEDULE_ROUNDING_RESIDUAL);
    if (!rounding->set) {
        if (absent(check, RULE_SCHEDULE_ROUNDING) && re_spreads(check))
            NOTE(
                check, FAULT_ROUNDING_MISSING, value_of(check, RULE_SCHEDULE)->at,
                "`excess: re-spread` divides: schedule.rounding {unit, mode, residual} is missing");
        if (absent(check, RULE_SCHEDULE_ROUNDING) &&
            value_of(check, RULE_SCHEDULE_SPLIT)->number == RULE_SPLIT_EQUAL)
            NOTE(check, FAULT_ROUNDING_MISSING, value_of(check, RULE_SCHEDULE)->at,
                 "`split: equal` divides: schedule.rounding {unit, mode, residual} is missing");
        return false;
    }
    if (!above_zero(check, RULE_SCHEDULE_ROUNDING_UNIT) || !residual->set)
        return false;
    bool leading = residual->number == RESIDUAL_LEADING;
    if (!mode->set && !leading && !absent(check, RULE_SCHEDULE_ROUNDING_MODE))
        return false;
    if (!mode->set && !leading)
        NOTE(check, FAULT_ROUNDING_MISSING, rounding->at, "schedule.rounding names no mode");
    else if (mode->set && leading && mode->number != ROUNDING_DOWN)
        NOTE(check, FAULT_RULE_CONFLICT, mode->at, "residual `leading` rounds down; mode is `%.*s`",
             (int)mode->text.len, mode->text.ptr);
    else
        return true;
    return false;
}

static void check_fixed(const struct check *check)
{
    const struct rule_value *fixed = value_of(check, RULE_SCHEDULE_SPLIT_FIXED);
    const struct rule_value *number = value_of(check, RULE_SCHEDULE_INSTALLMENTS);
    const unsigned most_allowed = RULE_INSTALLMENTS_MAX;
    if (!above_zero(check, RULE_SCHEDULE_SPLIT_FIXED))
        return;
    struct proof_limits limits = limits_of(check);
    struct amount least = proof_least(check->arena, &limits);
    unsigned fewest = split_fixed_rows(check->arena, least, fixed->amount, most_allowed);
    unsigned most = split_fixed_rows(check->arena, limits.max, fixed->amount, most_allowed);
    if (most > most_allowed)
        NOTE(check, FAULT_RULE_LIMITS, fixed->at,
             "principal.max takes more than %u rows of this amount", most_allowed);
    else if (number->number > 0 &&
             (fewest != (unsigned)number->number || most != (unsigned)number->number))
        NOTE(check, FAULT_RULE_CONFLICT, number->at,
             "%d installments, but the principals allowed take %u..%u rows of split.fixed",
             number->number, fewest, most);
}

static void check_rows(const struct check *check)
{
    struct proof_limits limits = limits_of(check);
    struct split_rounding rounding = rule_rounding(check->rules);
    int32_t min = rule_installments(check->rules, RULE_SCHEDULE_INSTALLMENTS_MIN);
    int32_t max = rule_installments(check->rules, RULE_SCHEDULE_INSTALLMENTS_MAX);
    const struct rule_value *place = value_of(check, RULE_SCHEDULE_GRACE_PLACE);
    if (place->set && place->number == RULE_GRACE_WITHIN_TERM) {
        min -= rule_grace(check->rules, RULE_SCHEDULE_GRACE_LENGTH_MAX);
        max -= rule_grace(check->rules, RULE_SCHEDULE_GRACE_LENGTH_MIN);
    }
    for (int32_t n = min; n <= max; n++) {
        struct amount principal;
        if (!proof_vanishing(check->arena, &limits, (unsigned)n, &rounding, &principal))
            continue;
        char *text = arena_alloc(check->arena, amount_text_size(principal) + 1);
        *amount_write(text, principal,
                      (unsigned)rule_number(check->rules, RULE_CURRENCY_DECIMALS)) = '\0';
        NOTE(check, FAULT_ROWS_VANISH, value_of(check, RULE_SCHEDULE_ROUNDING)->at,
             "a principal of %s in %d rows, inside the program's limits, leaves a row of zero or "
             "less",
             text, n);
        return;
    }
}

static void check_schedule(const struct check *check)
{
    bool principal = check_principal(check);
    check_due(check);
    if (!value_of(check, RULE_SCHEDULE_SPLIT)->set || !value_of(check, RULE_SCHEDULE_EVERY)->set)
        return;
    bool whole = check_installments(check) & check_grace(check) & check_rounding(check) & principal;
    if (principal && value_of(check, RULE_SCHEDULE_SPLIT)->number == RULE_SPLIT_FIXED)
        check_fixed(check);
    if (whole && value_of(check, RULE_SCHEDULE_SPLIT)->number == RULE_SPLIT_EQUAL)
        check_rows(check);
}

/* --- allocation --- */

/* A payment type of the program's own has a name that no event type of nol has, and that can stand
 * in events.csv. */
static void check_types(const struct check *check)
{
    static const char *const names[] = {
#define EVENT(id, name, amount, columns, meaning) name,
#include "event.def"
#undef EVENT
    };
    enum { NAME_BYTES_MAX = 64 };
    const struct rule_value *types = value_of(check, RULE_ALLOCATION_TYPES);
    char quoted[TEXT_QUOTE_MAX];
    for (unsigned i = 0; i < types->count; i++) {
        struct text name = types->items[i]->name;
        (void)text_quote(quoted, name);
        for (unsigned j = 0; j < sizeof names / sizeof *names; j++)
            if (text_is(name, names[j]))
                NOTE(check, FAULT_RULE_CONFLICT, types->items[i]->at,
                     "allocation.types: %s is an event type that every program has", quoted);
        if (!text_is_plain(name))
            NOTE(check, FAULT_TEXT_CONTROL, types->items[i]->at,
                 "allocation.types: %s has control characters or outer blanks", quoted);
        if (name.len == 0 || name.len > NAME_BYTES_MAX)
            NOTE(check, FAULT_TEXT_LENGTH, types->items[i]->at,
                 "allocation.types: %s is not 1 to %d bytes long", quoted, NAME_BYTES_MAX);
    }
}

/* --- arrears --- */

static const struct rule_value *class_value(const struct rule_value *classes, unsigned i,
                                            enum rule_key key)
{
    return &classes->items[i]->value[key];
}

/* The class that covers ${day}, count if none does. */
static unsigned class_covering(const struct rule_value *classes, int32_t day)
{
    unsigned i = 0;
    for (; i < classes->count; i++) {
        const struct rule_value *range = class_value(classes, i, RULE_ARREARS_CLASSES_RANGE);
        if (range->set && range->from <= day && day <= range->upto)
            break;
    }
    return i;
}

static void check_cover(const struct check *check, const struct rule_value *classes)
{
    for (unsigned i = 0; i < classes->count; i++) {
        const struct rule_value *range = class_value(classes, i, RULE_ARREARS_CLASSES_RANGE);
        if (!range->set)
            return; /* already reported */
        if (class_covering(classes, range->from) < i)
            NOTE(check, FAULT_CLASSES_COVER, range->at, "day %d is in two classes", range->from);
        for (unsigned j = 0; j < i; j++) {
            const struct rule_value *other = class_value(classes, j, RULE_ARREARS_CLASSES_RANGE);
            if (range->from < other->from && other->from <= range->upto)
                NOTE(check, FAULT_CLASSES_COVER, range->at, "day %d is in two classes",
                     other->from);
        }
        if (range->upto != RULE_RANGE_OPEN &&
            class_covering(classes, range->upto + 1) == classes->count)
            NOTE(check, FAULT_CLASSES_COVER, range->at,
                 "day %d is in no class; the last class is open, such as %d..", range->upto + 1,
                 range->upto + 1);
    }
    if (class_covering(classes, 0) == classes->count)
        NOTE(check, FAULT_CLASSES_COVER, classes->at, "day 0 is in no class");
}

static struct text nth_class(const void *classes, size_t i)
{
    return class_value(classes, (unsigned)i, RULE_ARREARS_CLASSES_ID)->text;
}

static void check_class_ids(const struct check *check, enum rule_key key)
{
    const struct rule_value *ids = value_of(check, key);
    const struct rule_value *classes = value_of(check, RULE_ARREARS_CLASSES);
    for (unsigned i = 0; i < ids->count; i++) {
        bool known = false;
        for (unsigned j = 0; j < classes->count && !known; j++)
            known = text_equal(ids->ids[i], nth_class(classes, j));
        if (known)
            continue;
        char quoted[TEXT_QUOTE_MAX];
        struct text near = text_nearest(ids->ids[i], classes->count, nth_class, classes);
        (void)text_quote(quoted, ids->ids[i]);
        if (near.len > 0)
            NOTE(check, FAULT_CLASS_UNKNOWN, ids->at, "%s: no class %s; did you mean '%.*s'?",
                 rule_row(key)->path, quoted, (int)near.len, near.ptr);
        else
            NOTE(check, FAULT_CLASS_UNKNOWN, ids->at, "%s: no class %s", rule_row(key)->path,
                 quoted);
    }
}

static void check_provision(const struct check *check)
{
    const struct rule_value *classes = value_of(check, RULE_ARREARS_CLASSES);
    struct fraction whole = {amount_of(1), amount_of(1)};
    for (unsigned i = 0; i < classes->count; i++) {
        const struct rule_value *rate = class_value(classes, i, RULE_ARREARS_CLASSES_PROVISION);
        if (!rate->given)
            continue;
        if (fraction_compare(check->arena, rate->fraction, whole) > 0)
            NOTE(check, FAULT_RULE_LIMITS, rate->at, "a provision of '%.*s' is above 100%%",
                 (int)rate->text.len, rate->text.ptr);
        if (absent(check, RULE_ARREARS_PROVISION))
            NOTE(check, FAULT_ROUNDING_MISSING, rate->at,
                 "a provision divides: arrears.provision.rounding {unit, mode} is missing");
    }
    if (given(check, RULE_ARREARS_PROVISION_ROUNDING))
        (void)above_zero(check, RULE_ARREARS_PROVISION_ROUNDING_UNIT);
    if (given(check, RULE_ARREARS_PROVISION_LESS_NOT_FOR) &&
        !given(check, RULE_ARREARS_PROVISION_LESS))
        NOTE(check, FAULT_RULE_CONFLICT, value_of(check, RULE_ARREARS_PROVISION_LESS_NOT_FOR)->at,
             "`less_not_for` goes with `less` only");
}

static void check_arrears(const struct check *check)
{
    const struct rule_value *tolerance = value_of(check, RULE_ARREARS_TOLERANCE);
    const struct rule_value *classes = value_of(check, RULE_ARREARS_CLASSES);
    if (tolerance->set && tolerance->span.unit != SPAN_DAYS)
        NOTE(check, FAULT_RULE_CONFLICT, tolerance->at, "arrears.tolerance is counted in days");
    if (!classes->set)
        return;
    check_cover(check, classes);
    check_class_ids(check, RULE_ARREARS_NON_PERFORMING);
    check_class_ids(check, RULE_ARREARS_PROVISION_LESS_NOT_FOR);
    check_provision(check);
}

void rule_check(struct arena *arena, const struct rule_scope *rules, struct faults *faults)
{
    struct check check = {arena, rules, faults};
    check_schedule(&check);
    check_types(&check);
    check_arrears(&check);
}
