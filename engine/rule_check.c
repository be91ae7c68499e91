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

struct amount rule_down_payment(struct arena *arena, const struct rule_scope *rules,
                                struct amount amount)
{
    const struct rule_value *share = &rules->value[RULE_SCHEDULE_DOWN_PAYMENT];
    if (!share->set)
        return AMOUNT_ZERO;
    struct split_rounding rounding = rule_rounding(rules);
    return rounding_quotient(arena, amount, share->fraction.num, share->fraction.den, rounding.unit,
                             rounding.mode);
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

enum rule_split rule_split(const struct rule_scope *rules)
{
    int32_t word = rule_number(rules, RULE_SCHEDULE_SPLIT);
    if (word < 0)
        return rule_is_set(rules, RULE_SCHEDULE_SPLIT_SHARES) ? RULE_SPLIT_SHARES
                                                              : RULE_SPLIT_FIXED;
    return (enum rule_split)word;
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

/* Whether each of principal.by.max leaves a principal, and narrows what is allowed. */
static bool check_by(const struct check *check, const struct proof_limits *limits)
{
    const struct rule_value *by = value_of(check, RULE_PRINCIPAL_BY_MAX);
    struct amount least = proof_least(check->arena, limits);
    bool sane = true;
    for (unsigned i = 0; i < by->count; i++) {
        const struct rule_value *max = &by->items[i]->value[RULE_PRINCIPAL_BY_MAX_ANY];
        char quoted[TEXT_QUOTE_MAX];
        bool above = max->set && amount_compare(max->amount, limits->max) > 0;
        if (!max->set || (!above && amount_compare(max->amount, least) >= 0))
            continue;
        NOTE(check, FAULT_RULE_LIMITS, max->at, "principal.by.max of %s %s",
             text_quote(quoted, by->items[i]->name),
             above ? "is above principal.max" : "allows no principal from principal.min on");
        sane = false;
    }
    return sane;
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
    return check_by(check, &limits);
}

static bool check_installments(const struct check *check)
{
    const struct rule_value *value = value_of(check, RULE_SCHEDULE_INSTALLMENTS);
    enum rule_split split = rule_split(check->rules);
    bool own = split < RULE_SPLIT_EQUAL || split == RULE_SPLIT_CUSTOM;
    if (!value->set) {
        if (!own && absent(check, RULE_SCHEDULE_INSTALLMENTS))
            NOTE(check, FAULT_RULE_KEY_MISSING, value_of(check, RULE_SCHEDULE)->at,
                 "key `schedule.installments` is missing");
        return own;
    }
    if (value->number > 0)
        return true;
    int32_t min = rule_number(check->rules, RULE_SCHEDULE_INSTALLMENTS_MIN);
    int32_t max = rule_number(check->rules, RULE_SCHEDULE_INSTALLMENTS_MAX);
    int32_t chosen = rule_number(check->rules, RULE_SCHEDULE_INSTALLMENTS_DEFAULT);
    if (min == 0 || max == 0)
        return false; /* already reported */
    if (own)
        NOTE(check, FAULT_RULE_CONFLICT, value->at,
             "`split` with `fixed`, `shares` or `custom` sets the number of installments itself; "
             "no range "
             "goes with it");
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
    else if (within && rule_split(check->rules) != RULE_SPLIT_EQUAL)
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
    const struct rule_value *holiday = value_of(check, RULE_SCHEDULE_DUE_HOLIDAY);
    if (holiday->number > RULE_HOLIDAY_NONE && absent(check, RULE_SCHEDULE_DUE_CALENDAR))
        NOTE(check, FAULT_RULE_KEY_MISSING, holiday->at,
             "key `schedule.due.calendar` is missing: which days are no business days");
    if (!every->set)
        return;
    if (every->span.count == 0)
        NOTE(check, FAULT_NUMBER_RANGE, every->at, "schedule.every must be at least one period");
    const struct rule_value *latest = value_of(check, RULE_SCHEDULE_DUE_LATEST);
    if (latest->set && !date_is_set(latest->date) && latest->span.count == 0)
        NOTE(check, FAULT_NUMBER_RANGE, latest->at, "schedule.due.latest leaves no time");
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

/* What of the schedule divides, for a message; NULL: nothing does. */
static const char *divides(const struct check *check)
{
    if (given(check, RULE_SCHEDULE_DOWN_PAYMENT))
        return "`down_payment`";
    switch (rule_split(check->rules)) {
    case RULE_SPLIT_EQUAL:
        return "`split: equal`";
    case RULE_SPLIT_SHARES:
        return "`split: {shares: [...]}`";
    case RULE_SPLIT_FIXED:
    case RULE_SPLIT_BULLET:
    case RULE_SPLIT_CUSTOM:
        break;
    }
    return NULL;
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
        if (absent(check, RULE_SCHEDULE_ROUNDING) && divides(check) != NULL)
            NOTE(check, FAULT_ROUNDING_MISSING, value_of(check, RULE_SCHEDULE)->at,
                 "%s divides: schedule.rounding {unit, mode, residual} is missing", divides(check));
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

/* How many rows split.fixed makes of a principal, its down payment aside; a run judges each loan.
 */
static unsigned fixed_rows(const struct check *check, struct amount principal, unsigned most)
{
    struct amount down = rule_down_payment(check->arena, check->rules, principal);
    struct amount rest = amount_sub(check->arena, principal, down);
    return amount_sign(rest) <= 0
               ? 0
               : split_fixed_rows(check->arena, rest,
                                  value_of(check, RULE_SCHEDULE_SPLIT_FIXED)->amount, most);
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
    unsigned fewest = fixed_rows(check, least, most_allowed);
    unsigned most = fixed_rows(check, limits.max, most_allowed);
    if (most > most_allowed)
        NOTE(check, FAULT_RULE_LIMITS, fixed->at,
             "principal.max takes more than %u rows of this amount", most_allowed);
    else if (number->number > 0 &&
             (fewest != (unsigned)number->number || most != (unsigned)number->number))
        NOTE(check, FAULT_RULE_CONFLICT, number->at,
             "%d installments, but the principals allowed take %u..%u rows of split.fixed",
             number->number, fewest, most);
}

/* Whether the shares are above zero, add up to 1, and are as many as the installments. */
static bool check_shares(const struct check *check)
{
    const struct rule_value *shares = value_of(check, RULE_SCHEDULE_SPLIT_SHARES);
    const struct rule_value *number = value_of(check, RULE_SCHEDULE_INSTALLMENTS);
    struct amount sum = AMOUNT_ZERO;
    bool above = true;
    for (unsigned i = 0; i < shares->count; i++) {
        above = above && amount_sign(shares->fractions[i].num) > 0;
        sum = amount_add(check->arena, sum, shares->fractions[i].num);
    }
    if (shares->count == 0 || shares->count > RULE_INSTALLMENTS_MAX)
        NOTE(check, FAULT_RULE_LIMITS, shares->at, "%u shares; there are 1..%d", shares->count,
             RULE_INSTALLMENTS_MAX);
    else if (!above)
        NOTE(check, FAULT_RULE_LIMITS, shares->at, "each of split.shares must be above zero");
    else if (amount_compare(sum, shares->fractions[0].den) != 0)
        NOTE(check, FAULT_RULE_LIMITS, shares->at, "split.shares do not add up to 100%%");
    else if (number->number > 0 && (unsigned)number->number != shares->count)
        NOTE(check, FAULT_RULE_CONFLICT, number->at, "%d installments, but %u split.shares",
             number->number, shares->count);
    else
        return true;
    return false;
}

static void note_vanishing(const struct check *check, struct amount principal, unsigned rows)
{
    char *text = arena_alloc(check->arena, amount_text_size(principal) + 1);
    *amount_write(text, principal, (unsigned)rule_number(check->rules, RULE_CURRENCY_DECIMALS)) =
        '\0';
    NOTE(check, FAULT_ROWS_VANISH, value_of(check, RULE_SCHEDULE_ROUNDING)->at,
         "a principal of %s in %u row%s%s, inside the program's limits, leaves a row of zero or "
         "less",
         text, rows, rows == 1 ? "" : "s",
         given(check, RULE_SCHEDULE_DOWN_PAYMENT) ? " and a down payment" : "");
}

/* False when a row vanishes, or nobody can tell. */
static bool check_parts(const struct check *check, const struct fraction *list, unsigned rows,
                        unsigned *budget)
{
    const struct rule_value *down = value_of(check, RULE_SCHEDULE_DOWN_PAYMENT);
    struct proof_limits limits = limits_of(check);
    struct split_rounding rounding = rule_rounding(check->rules);
    struct proof_shares shares = {list, rows, down->set ? &down->fraction : NULL};
    struct amount principal;
    switch (proof_of_shares(check->arena, &limits, &shares, &rounding, budget, &principal)) {
    case PROOF_WELL:
        return true;
    case PROOF_VANISHES:
        note_vanishing(check, principal, rows);
        break;
    case PROOF_TOO_LONG:
        NOTE(check, FAULT_RULE_LIMITS, place_of(check, RULE_SCHEDULE_ROUNDING, RULE_SCHEDULE),
             "so coarse for so small a principal.min and so many or so uneven rows: whether each "
             "loan keeps its rows takes too long to find out");
        break;
    }
    return false;
}

/* Rows of equal shares after a down payment; 1 for those that are not divided. */
static bool check_equal_parts(const struct check *check, unsigned rows, unsigned *budget)
{
    struct fraction *list = ARENA_ARRAY(check->arena, struct fraction, rows);
    for (unsigned i = 0; i < rows; i++)
        list[i] = (struct fraction){amount_of(1), amount_of(rows)};
    return check_parts(check, list, rows, budget);
}

static bool check_down_payment(const struct check *check)
{
    const struct rule_value *down = value_of(check, RULE_SCHEDULE_DOWN_PAYMENT);
    struct fraction whole = {amount_of(1), amount_of(1)};
    if (!down->set)
        return absent(check, RULE_SCHEDULE_DOWN_PAYMENT);
    if (amount_sign(down->fraction.num) > 0 &&
        fraction_compare(check->arena, down->fraction, whole) < 0)
        return true;
    NOTE(check, FAULT_RULE_LIMITS, down->at,
         "a down payment of '%.*s' is not between nothing and everything", (int)down->text.len,
         down->text.ptr);
    return false;
}

static void check_rows(const struct check *check)
{
    struct proof_limits limits = limits_of(check);
    struct split_rounding rounding = rule_rounding(check->rules);
    unsigned budget = PROOF_BUDGET;
    bool down = given(check, RULE_SCHEDULE_DOWN_PAYMENT);
    int32_t min = rule_installments(check->rules, RULE_SCHEDULE_INSTALLMENTS_MIN);
    int32_t max = rule_installments(check->rules, RULE_SCHEDULE_INSTALLMENTS_MAX);
    const struct rule_value *place = value_of(check, RULE_SCHEDULE_GRACE_PLACE);
    if (place->set && place->number == RULE_GRACE_WITHIN_TERM) {
        min -= rule_grace(check->rules, RULE_SCHEDULE_GRACE_LENGTH_MAX);
        max -= rule_grace(check->rules, RULE_SCHEDULE_GRACE_LENGTH_MIN);
    }
    for (int32_t n = min; n <= max; n++) {
        struct amount principal;
        if (down && !check_equal_parts(check, (unsigned)n, &budget))
            return;
        if (down || !proof_vanishing(check->arena, &limits, (unsigned)n, &rounding, &principal))
            continue;
        note_vanishing(check, principal, (unsigned)n);
        return;
    }
}

/* Whether a split that is a map says exactly one thing. */
static bool check_split(const struct check *check)
{
    const struct rule_value *split = value_of(check, RULE_SCHEDULE_SPLIT);
    bool fixed = !absent(check, RULE_SCHEDULE_SPLIT_FIXED);
    bool shares = !absent(check, RULE_SCHEDULE_SPLIT_SHARES);
    if (split->number >= 0)
        return true;
    if (fixed && shares)
        NOTE(check, FAULT_RULE_CONFLICT, split->at, "`fixed` and `shares` do not go together");
    else if (!fixed && !shares)
        NOTE(check, FAULT_RULE_KEY_MISSING, split->at,
             "key `schedule.split.fixed` or `schedule.split.shares` is missing");
    else
        return given(check, fixed ? RULE_SCHEDULE_SPLIT_FIXED : RULE_SCHEDULE_SPLIT_SHARES);
    return false;
}

static void check_schedule(const struct check *check)
{
    bool principal = check_principal(check);
    check_due(check);
    if (!value_of(check, RULE_SCHEDULE_SPLIT)->set || !value_of(check, RULE_SCHEDULE_EVERY)->set)
        return;
    bool whole = check_installments(check) & check_grace(check) & check_rounding(check) &
                 check_down_payment(check) & principal;
    bool down = given(check, RULE_SCHEDULE_DOWN_PAYMENT);
    unsigned budget = PROOF_BUDGET;
    const struct rule_value *shares = value_of(check, RULE_SCHEDULE_SPLIT_SHARES);
    if (!check_split(check))
        return;
    switch (rule_split(check->rules)) {
    case RULE_SPLIT_FIXED:
        if (whole || (principal && !down))
            check_fixed(check);
        if (whole && down)
            (void)check_equal_parts(check, 1, &budget);
        break;
    case RULE_SPLIT_SHARES:
        if (check_shares(check) && whole)
            (void)check_parts(check, shares->fractions, shares->count, &budget);
        break;
    case RULE_SPLIT_EQUAL:
        if (whole)
            check_rows(check);
        break;
    case RULE_SPLIT_BULLET:
    case RULE_SPLIT_CUSTOM:
        if (whole && down)
            (void)check_equal_parts(check, 1, &budget);
        break;
    }
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

/* The class whose ${key}, a range, covers ${number}, count if none does. */
static unsigned class_covering(const struct rule_value *classes, enum rule_key key, int32_t number)
{
    unsigned i = 0;
    for (; i < classes->count; i++) {
        const struct rule_value *range = class_value(classes, i, key);
        if (range->set && range->from <= number && number <= range->upto)
            break;
    }
    return i;
}

/* What the classes count, in one word. */
static const char *class_unit(const struct check *check)
{
    switch ((enum rule_basis)value_of(check, RULE_ARREARS_BASIS)->number) {
    case RULE_MONTHS_PAST_DUE:
        return "month";
    case RULE_MISSED_INSTALLMENTS:
        return "installment";
    case RULE_DEMAND_LETTERS:
        return "letter";
    case RULE_DAYS_PAST_DUE:
    case RULE_DAYS_PAST_MATURITY:
        break;
    }
    return "day";
}

/* Each number is in one class at most, and the numbers have no gap above the least. */
static void check_ranges(const struct check *check, const struct rule_value *classes,
                         enum rule_key key, const char *unit)
{
    for (unsigned i = 0; i < classes->count; i++) {
        const struct rule_value *range = class_value(classes, i, key);
        if (!range->set)
            continue;
        if (class_covering(classes, key, range->from) < i)
            NOTE(check, FAULT_CLASSES_COVER, range->at, "%s %d is in two classes", unit,
                 range->from);
        for (unsigned j = 0; j < i; j++) {
            const struct rule_value *other = class_value(classes, j, key);
            if (other->set && range->from < other->from && other->from <= range->upto)
                NOTE(check, FAULT_CLASSES_COVER, range->at, "%s %d is in two classes", unit,
                     other->from);
        }
        if (range->upto != RULE_RANGE_OPEN &&
            class_covering(classes, key, range->upto + 1) == classes->count)
            NOTE(check, FAULT_CLASSES_COVER, range->at,
                 "%s %d is in no class; the last class is open, such as %d..", unit,
                 range->upto + 1, range->upto + 1);
    }
}

/* Whether a class has something at fault for this key: that has been reported already. */
static bool any_unread(const struct rule_value *classes, enum rule_key key)
{
    for (unsigned i = 0; i < classes->count; i++) {
        const struct rule_value *value = class_value(classes, i, key);
        if (!value->set && (value->node != NULL || rule_row(key)->required))
            return true;
    }
    return false;
}

static void check_cover(const struct check *check, const struct rule_value *classes)
{
    const char *unit = class_unit(check);
    if (any_unread(classes, RULE_ARREARS_CLASSES_RANGE))
        return;
    check_ranges(check, classes, RULE_ARREARS_CLASSES_RANGE, unit);
    if (class_covering(classes, RULE_ARREARS_CLASSES_RANGE, 0) == classes->count)
        NOTE(check, FAULT_CLASSES_COVER, classes->at, "%s 0 is in no class", unit);
}

/* 0 days past maturity are those of every loan that has not matured: only the best class may have
 * them, or no loan could ever be better. */
static void check_matured(const struct check *check, const struct rule_value *classes)
{
    if (any_unread(classes, RULE_ARREARS_CLASSES_MATURED))
        return;
    check_ranges(check, classes, RULE_ARREARS_CLASSES_MATURED, "matured day");
    for (unsigned i = 1; i < classes->count; i++) {
        const struct rule_value *range = class_value(classes, i, RULE_ARREARS_CLASSES_MATURED);
        if (range->set && range->from == 0)
            NOTE(check, FAULT_CLASSES_COVER, range->at,
                 "matured day 0 is every loan's before its last due date; begin with 1");
    }
}

/* Whether the classes stand in the order of what they count. */
static bool ascends(const struct rule_value *classes, enum rule_key key)
{
    int32_t last = -1;
    for (unsigned i = 0; i < classes->count; i++) {
        const struct rule_value *range = class_value(classes, i, key);
        if (range->set && range->from < last)
            return false;
        if (range->set)
            last = range->from;
    }
    return true;
}

/* arrears.c takes the last day of a time without events for its worst. */
static void check_cure(const struct check *check, const struct rule_value *classes)
{
    const struct rule_value *cure = value_of(check, RULE_ARREARS_CURE);
    if (cure->given && cure->number != RULE_CURE_IMMEDIATE &&
        (!ascends(classes, RULE_ARREARS_CLASSES_RANGE) ||
         !ascends(classes, RULE_ARREARS_CLASSES_MATURED)))
        NOTE(check, FAULT_RULE_CONFLICT, cure->at,
             "`cure` keeps the worst class: list the classes by rising ranges");
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
    if (!classes->set || classes->count == 0)
        return; /* already reported */
    check_cover(check, classes);
    check_matured(check, classes);
    check_cure(check, classes);
    check_class_ids(check, RULE_ARREARS_NON_PERFORMING);
    check_class_ids(check, RULE_ARREARS_PROVISION_LESS_NOT_FOR);
    check_provision(check);
}

static void check_subsidy(const struct check *check)
{
    const struct rule_value *basis = value_of(check, RULE_SUBSIDY_BASIS);
    const struct rule_value *count = value_of(check, RULE_SUBSIDY_DAY_COUNT);
    if (given(check, RULE_SUBSIDY_ROUNDING))
        (void)above_zero(check, RULE_SUBSIDY_ROUNDING_UNIT);
    if (value_of(check, RULE_ARREARS_CLASSES)->set)
        check_class_ids(check, RULE_SUBSIDY_ONLY_CLASSES);
    if (basis->set && count->set && basis->number == RULE_SUBSIDY_DAILY &&
        (count->number == RULE_MONTH || count->number == RULE_30_360))
        NOTE(check, FAULT_RULE_CONFLICT, count->at,
             "`basis: daily` counts days: it goes with actual/360 or actual/365 only");
}

void rule_check(struct arena *arena, const struct rule_scope *rules, struct faults *faults)
{
    struct check check = {arena, rules, faults};
    if (rule_number(rules, RULE_KIND) == RULE_GRANT) {
        rule_check_grant(arena, rules, faults);
        check_arrears(&check);
        return;
    }
    check_schedule(&check);
    check_types(&check);
    check_arrears(&check);
    check_subsidy(&check);
    rule_check_budget(rules, RULE_PRINCIPAL_BUDGET, faults);
    rule_check_fees(rules, faults);
    rule_check_penalty(rules, faults);
    rule_check_forgiveness(rules, faults);
    rule_check_relief(rules, faults);
    rule_check_reschedule(rules, faults);
}
