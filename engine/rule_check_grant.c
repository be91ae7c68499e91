#include "rule_check.h"

#include "rule_condition.h"

struct check {
    struct arena *arena;
    const struct rule_scope *rules;
    struct faults *faults;
};

#define NOTE(check, code, at, ...) fault_add_once((check)->faults, (code), (at), __VA_ARGS__)

static const struct rule_value *value_of(const struct check *check, enum rule_key key)
{
    return &check->rules->value[key];
}

/* Whether an amount was read, and not one of zero. */
static bool above_zero(const struct check *check, const struct rule_scope *scope, enum rule_key key)
{
    const struct rule_value *value = &scope->value[key];
    if (!value->set)
        return false;
    if (amount_sign(value->amount) > 0)
        return true;
    NOTE(check, FAULT_AMOUNT_ZERO, value->at, "%s must be above zero", rule_row(key)->path);
    return false;
}

/* Not in the file at all: what is there and at fault has been reported already. */
static bool absent(const struct rule_scope *scope, enum rule_key key)
{
    return scope->value[key].node == NULL;
}

static struct fraction whole(void)
{
    return (struct fraction){amount_of(1), amount_of(1)};
}

/* Whether a share lies above nothing and not above everything. */
static bool is_share(const struct check *check, const struct rule_scope *scope, enum rule_key key)
{
    const struct rule_value *share = &scope->value[key];
    if (!share->set)
        return false;
    if (amount_sign(share->fraction.num) > 0 &&
        fraction_compare(check->arena, share->fraction, whole()) <= 0)
        return true;
    NOTE(check, FAULT_RULE_LIMITS, share->at, "%s: '%.*s' is not above 0%% and up to 100%%",
         rule_row(key)->path, (int)share->text.len, share->text.ptr);
    return false;
}

/* --- names of tranches and reports --- */

struct names {
    const struct rule_value *list;
    enum rule_key id;
};

static struct text nth_name(const void *context, size_t i)
{
    const struct names *names = context;
    return names->list->items[i]->value[names->id].text;
}

static void check_name(const struct check *check, enum rule_key list, enum rule_key id,
                       struct text name, struct place at)
{
    const struct names names = {value_of(check, list), id};
    char quoted[TEXT_QUOTE_MAX];
    for (unsigned i = 0; i < names.list->count; i++)
        if (text_equal(nth_name(&names, i), name))
            return;
    struct text near = text_nearest(name, names.list->count, nth_name, &names);
    const char *what = list == RULE_TRANCHES ? "tranche" : "report";
    (void)text_quote(quoted, name);
    if (near.len > 0)
        NOTE(check, FAULT_RULE_NAME_UNKNOWN, at, "the program has no %s %s; did you mean '%.*s'?",
             what, quoted, (int)near.len, near.ptr);
    else
        NOTE(check, FAULT_RULE_NAME_UNKNOWN, at, "the program has no %s %s", what, quoted);
}

static void check_tranche(const struct check *check, struct text name, struct place at)
{
    check_name(check, RULE_TRANCHES, RULE_TRANCHES_ID, name, at);
}

static void check_report(const struct check *check, struct text name, struct place at)
{
    check_name(check, RULE_REPORTS, RULE_REPORTS_ID, name, at);
}

static void check_date_name(const struct check *check, const struct rule_value *value)
{
    if (!value->set)
        return;
    switch ((enum rule_date_name)value->number) {
    case RULE_DATE_AGREED:
    case RULE_DATE_LAST_PAID:
        break;
    case RULE_DATE_PAID:
        check_tranche(check, value->ids[0], value->at);
        break;
    case RULE_DATE_SUBMITTED:
    case RULE_DATE_ACCEPTED:
        check_report(check, value->ids[0], value->at);
        break;
    }
}

/* --- conditions --- */

/* A key that stands beside another one only, and perhaps must. */
static void check_beside(const struct check *check, const struct rule_scope *scope,
                         enum rule_key key, enum rule_key other, bool must)
{
    if (!absent(scope, key) && absent(scope, other))
        NOTE(check, FAULT_RULE_CONFLICT, scope->value[key].node->at, "%s goes with %s only",
             rule_row(key)->path, rule_row(other)->path);
    if (must && absent(scope, key) && !absent(scope, other))
        NOTE(check, FAULT_RULE_KEY_MISSING, scope->at, "key `%s` is missing beside `%s`",
             rule_row(key)->path, rule_row(other)->path);
}

static void check_condition(const struct check *check, const struct rule_scope *scope);

static void check_leaf(const struct check *check, const struct rule_scope *scope,
                       enum rule_condition condition)
{
    const struct rule_value *value = &scope->value[rule_condition_key(condition)];
    switch (condition) {
    case RULE_IF_SUBMITTED:
    case RULE_IF_ACCEPTED:
    case RULE_IF_MISSING:
        check_report(check, value->text, value->at);
        break;
    case RULE_IF_ACCOUNTED:
        check_tranche(check, value->text, value->at);
        if (scope->value[RULE_CONDITION_AT_LEAST].set)
            (void)is_share(check, scope, RULE_CONDITION_AT_LEAST);
        break;
    case RULE_IF_ALL:
    case RULE_IF_ANY:
        for (unsigned i = 0; i < value->count; i++)
            check_condition(check, value->items[i]);
        break;
    case RULE_IF_AGREEMENT:
    case RULE_IF_EVENT:
    case RULE_IF_AFTER:
        break;
    }
}

static void check_condition(const struct check *check, const struct rule_scope *scope)
{
    unsigned found = 0;
    if (scope->value[RULE_CONDITION_OF].set)
        check_date_name(check, &scope->value[RULE_CONDITION_OF]);
    for (unsigned i = RULE_IF_SUBMITTED; i <= RULE_IF_ANY; i++)
        found += !absent(scope, rule_condition_key((enum rule_condition)i));
    check_beside(check, scope, RULE_CONDITION_FOR, RULE_CONDITION_MISSING, true);
    check_beside(check, scope, RULE_CONDITION_AT_LEAST, RULE_CONDITION_ACCOUNTED, true);
    check_beside(check, scope, RULE_CONDITION_WITHIN, RULE_CONDITION_EVENT, false);
    check_beside(check, scope, RULE_CONDITION_OF, RULE_CONDITION_WITHIN, true);
    if (found == 0 && scope->name.len == 0)
        NOTE(check, FAULT_RULE_KEY_MISSING, scope->at,
             "a condition says one of submitted, accepted, missing, accounted, event, after, all, "
             "any");
    else if (found > 1)
        NOTE(check, FAULT_RULE_CONFLICT, scope->at,
             "a condition says one thing; several stand in a list of `all` or `any`");
    else if (found == 1 && rule_condition_of(scope) != RULE_IF_AGREEMENT)
        check_leaf(check, scope, rule_condition_of(scope));
}

static void check_condition_of(const struct check *check, const struct rule_value *value)
{
    if (value->set && value->count == 1)
        check_condition(check, value->items[0]);
}

/* --- award and tranches --- */

static bool check_award(const struct check *check)
{
    bool sane = above_zero(check, check->rules, RULE_AWARD_MIN) &
                above_zero(check, check->rules, RULE_AWARD_MAX);
    const struct rule_value *min = value_of(check, RULE_AWARD_MIN);
    const struct rule_value *max = value_of(check, RULE_AWARD_MAX);
    if (!sane || amount_compare(min->amount, max->amount) <= 0)
        return sane;
    NOTE(check, FAULT_RULE_LIMITS, max->at, "award.max is below award.min");
    return false;
}

static bool is_remainder(const struct rule_scope *tranche)
{
    return tranche->value[RULE_TRANCHES_REMAINDER].number == 1;
}

/* Whether it says how much it is, once and well. */
static bool check_size(const struct check *check, const struct rule_scope *tranche)
{
    bool share = !absent(tranche, RULE_TRANCHES_SHARE);
    bool amount = !absent(tranche, RULE_TRANCHES_AMOUNT);
    bool rounding = !absent(tranche, RULE_TRANCHES_ROUNDING);
    if (share + amount + is_remainder(tranche) != 1)
        NOTE(check, share + amount == 0 ? FAULT_RULE_KEY_MISSING : FAULT_RULE_CONFLICT, tranche->at,
             "a tranche says one of `share`, `amount` and `remainder: true`");
    else if (share && !rounding)
        NOTE(check, FAULT_ROUNDING_MISSING, tranche->value[RULE_TRANCHES_SHARE].node->at,
             "a share divides: tranches[].rounding {unit, mode} is missing");
    else if (!share && rounding)
        NOTE(check, FAULT_RULE_CONFLICT, tranche->value[RULE_TRANCHES_ROUNDING].node->at,
             "tranches[].rounding goes with `share` only");
    else if (share)
        return is_share(check, tranche, RULE_TRANCHES_SHARE) &
               above_zero(check, tranche, RULE_TRANCHES_ROUNDING_UNIT) &
               tranche->value[RULE_TRANCHES_ROUNDING_MODE].set;
    else
        return is_remainder(tranche) || above_zero(check, tranche, RULE_TRANCHES_AMOUNT);
    return false;
}

static struct amount planned_of(struct arena *arena, const struct rule_scope *tranche,
                                struct amount award)
{
    const struct rule_value *share = &tranche->value[RULE_TRANCHES_SHARE];
    if (!share->set)
        return rule_amount(tranche, RULE_TRANCHES_AMOUNT);
    return rounding_quotient(arena, award, share->fraction.num, share->fraction.den,
                             rule_amount(tranche, RULE_TRANCHES_ROUNDING_UNIT),
                             (enum rounding_mode)rule_number(tranche, RULE_TRANCHES_ROUNDING_MODE));
}

bool rule_tranches(struct arena *arena, const struct rule_scope *rules, struct amount award,
                   struct amount *planned)
{
    const struct rule_value *tranches = &rules->value[RULE_TRANCHES];
    struct amount rest = award;
    unsigned remainder = tranches->count;
    bool something = true;
    for (unsigned i = 0; i < tranches->count; i++) {
        if (is_remainder(tranches->items[i])) {
            remainder = i;
            continue;
        }
        planned[i] = planned_of(arena, tranches->items[i], award);
        rest = amount_sub(arena, rest, planned[i]);
        something = something && amount_sign(planned[i]) > 0;
    }
    if (remainder == tranches->count)
        return something && amount_is_zero(rest);
    planned[remainder] = rest;
    return something && amount_sign(rest) > 0;
}

/* The least and the largest award are divided; those between them when they are given. */
static void check_sums(const struct check *check)
{
    static const enum rule_key ends[] = {RULE_AWARD_MIN, RULE_AWARD_MAX};
    const struct rule_value *tranches = value_of(check, RULE_TRANCHES);
    struct amount *planned = ARENA_ARRAY(check->arena, struct amount, tranches->count);
    for (unsigned i = 0; i < sizeof ends / sizeof *ends; i++) {
        const struct rule_value *award = value_of(check, ends[i]);
        if (rule_tranches(check->arena, check->rules, award->amount, planned))
            continue;
        NOTE(check, FAULT_TRANCHES_SUM, tranches->at,
             "of an award of %.*s, which %s allows, the tranches do not add up to it or one of "
             "them gets nothing",
             (int)award->text.len, award->text.ptr, rule_row(ends[i])->path);
        return;
    }
}

static void check_tranches(const struct check *check)
{
    const struct rule_value *tranches = value_of(check, RULE_TRANCHES);
    bool sizes = check_award(check);
    unsigned remainders = 0;
    for (unsigned i = 0; i < tranches->count; i++) {
        const struct rule_scope *tranche = tranches->items[i];
        const struct rule_value *id = &tranche->value[RULE_TRANCHES_ID];
        sizes &= check_size(check, tranche);
        if (id->set && text_is(id->text, "last"))
            NOTE(check, FAULT_RULE_CONFLICT, id->at,
                 "a tranche cannot be called 'last': last.paid is the latest payment of all");
        if (is_remainder(tranche) && remainders++ > 0)
            NOTE(check, FAULT_RULE_CONFLICT, tranche->value[RULE_TRANCHES_REMAINDER].at,
                 "one tranche only can be the remainder");
        check_condition_of(check, &tranche->value[RULE_TRANCHES_RELEASE]);
        check_date_name(check, &tranche->value[RULE_TRANCHES_LAPSE_AFTER]);
    }
    if (sizes && remainders <= 1 && tranches->count > 0)
        check_sums(check);
}

/* --- reports --- */

static void check_calendar_date(const struct check *check, const struct rule_scope *report)
{
    enum { LEAP_YEAR = 2000 };
    const struct rule_value *month = &report->value[RULE_REPORTS_DUE_MONTH];
    const struct rule_value *day = &report->value[RULE_REPORTS_DUE_DAY];
    if (month->set && day->set && day->number > date_month_days(LEAP_YEAR, month->number))
        NOTE(check, FAULT_RULE_LIMITS, day->at, "month %d has no day %d", month->number,
             day->number);
}

static void check_due(const struct check *check, const struct rule_scope *report)
{
    static const enum rule_key dated[] = {RULE_REPORTS_DUE_MONTH, RULE_REPORTS_DUE_DAY,
                                          RULE_REPORTS_DUE_YEAR};
    const struct rule_value *due = &report->value[RULE_REPORTS_DUE];
    bool plus = !absent(report, RULE_REPORTS_DUE_PLUS);
    unsigned found = 0;
    if (!due->set)
        return;
    for (unsigned i = 0; i < sizeof dated / sizeof *dated; i++)
        found += !absent(report, dated[i]);
    check_date_name(check, &report->value[RULE_REPORTS_DUE_AFTER]);
    if (plus && found > 0)
        NOTE(check, FAULT_RULE_CONFLICT, due->at,
             "reports[].due: `plus` does not go with `month`, `day` and `year`");
    else if (!plus && found < sizeof dated / sizeof *dated)
        NOTE(check, FAULT_RULE_KEY_MISSING, due->at,
             "reports[].due says `plus`, or each of `month`, `day` and `year`");
    else
        check_calendar_date(check, report);
}

static void check_reports(const struct check *check)
{
    const struct rule_value *reports = value_of(check, RULE_REPORTS);
    for (unsigned i = 0; i < reports->count; i++) {
        const struct rule_value *covers = &reports->items[i]->value[RULE_REPORTS_COVERS];
        check_due(check, reports->items[i]);
        if (covers->set && covers->count == 0)
            NOTE(check, FAULT_RULE_SHAPE, covers->at, "reports[].covers is empty");
        for (unsigned j = 0; j < covers->count; j++) {
            check_tranche(check, covers->ids[j], covers->at);
            for (unsigned k = 0; k < j; k++)
                if (text_equal(covers->ids[j], covers->ids[k]))
                    NOTE(check, FAULT_RULE_CONFLICT, covers->at,
                         "reports[].covers: '%.*s' stands twice", (int)covers->ids[j].len,
                         covers->ids[j].ptr);
        }
    }
}

static void check_eligible(const struct check *check)
{
    const struct rule_scope *rules = check->rules;
    bool share = !absent(rules, RULE_ELIGIBLE_SHARE_MAX);
    if (rules->value[RULE_ELIGIBLE_SHARE_MAX].set)
        (void)is_share(check, rules, RULE_ELIGIBLE_SHARE_MAX);
    if (share && absent(rules, RULE_ELIGIBLE_ROUNDING))
        NOTE(check, FAULT_ROUNDING_MISSING, rules->value[RULE_ELIGIBLE_SHARE_MAX].node->at,
             "a share divides: eligible.rounding {unit, mode} is missing");
    if (!share && !absent(rules, RULE_ELIGIBLE_ROUNDING))
        NOTE(check, FAULT_RULE_CONFLICT, rules->value[RULE_ELIGIBLE_ROUNDING].node->at,
             "eligible.rounding goes with `share_max` only");
    if (rules->value[RULE_ELIGIBLE_ROUNDING].set)
        (void)above_zero(check, rules, RULE_ELIGIBLE_ROUNDING_UNIT);
}

/* --- clawback --- */

static void check_declining(const struct check *check, const struct rule_scope *clause)
{
    const struct rule_value *declining = &clause->value[RULE_CLAWBACK_CLAUSES_DECLINING];
    const struct rule_value *when = &clause->value[RULE_CLAWBACK_CLAUSES_WHEN];
    if (!declining->set)
        return;
    check_date_name(check, &clause->value[RULE_CLAWBACK_CLAUSES_DECLINING_OF]);
    if (when->set && rule_condition_of(when->items[0]) != RULE_IF_EVENT)
        NOTE(check, FAULT_RULE_CONFLICT, declining->at,
             "`declining` counts up to an event: `when` must say {event: NAME}");
    if (absent(clause, RULE_CLAWBACK_CLAUSES_ROUNDING))
        NOTE(check, FAULT_ROUNDING_MISSING, declining->at,
             "`declining` divides: clawback.clauses[].rounding {unit, mode} is missing");
}

static void check_clawback(const struct check *check)
{
    const struct rule_value *clauses = value_of(check, RULE_CLAWBACK_CLAUSES);
    for (unsigned i = 0; i < clauses->count; i++) {
        const struct rule_scope *clause = clauses->items[i];
        const struct rule_value *amount = &clause->value[RULE_CLAWBACK_CLAUSES_AMOUNT];
        check_condition_of(check, &clause->value[RULE_CLAWBACK_CLAUSES_WHEN]);
        check_declining(check, clause);
        if (amount->set && amount->number == RULE_CLAWBACK_OTHER)
            (void)above_zero(check, clause, RULE_CLAWBACK_CLAUSES_AMOUNT);
        if (clause->value[RULE_CLAWBACK_CLAUSES_ROUNDING].set)
            (void)above_zero(check, clause, RULE_CLAWBACK_CLAUSES_ROUNDING_UNIT);
    }
}

void rule_check_grant(struct arena *arena, const struct rule_scope *rules, struct faults *faults)
{
    struct check check = {arena, rules, faults};
    rule_check_budget(check.rules, RULE_AWARD_BUDGET, check.faults);
    check_tranches(&check);
    check_reports(&check);
    check_eligible(&check);
    check_clawback(&check);
}
