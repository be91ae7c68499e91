#include "rule_check.h"

#define NOTE(faults, code, at, ...) fault_add_once((faults), (code), (at), __VA_ARGS__)

static enum rule_penalty kind_of(const struct rule_scope *rules)
{
    return (enum rule_penalty)rule_number(rules, RULE_PENALTY_KIND);
}

static bool has_rate(enum rule_penalty kind)
{
    return kind == RULE_PENALTY_SHARE || kind == RULE_PENALTY_PER_DAY ||
           kind == RULE_PENALTY_PER_MONTH;
}

/* A key that this kind needs, or does not take. */
static void check_key(const struct rule_scope *rules, enum rule_key key, bool needed,
                      struct faults *faults)
{
    const struct rule_value *value = &rules->value[key], *kind = &rules->value[RULE_PENALTY_KIND];
    if (needed && value->node == NULL)
        NOTE(faults, FAULT_RULE_KEY_MISSING, kind->at, "key `%s` is missing: `%.*s` needs it",
             rule_row(key)->path, (int)kind->text.len, kind->text.ptr);
    else if (!needed && value->given)
        NOTE(faults, FAULT_RULE_CONFLICT, value->at, "`%s` does not go with `kind: %.*s`",
             rule_row(key)->path, (int)kind->text.len, kind->text.ptr);
}

static void check_above_zero(const struct rule_scope *rules, enum rule_key key,
                             struct faults *faults)
{
    const struct rule_value *value = &rules->value[key];
    bool share = amount_sign(value->fraction.den) > 0;
    if (value->given && amount_is_zero(share ? value->fraction.num : value->amount))
        NOTE(faults, FAULT_AMOUNT_ZERO, value->at, "%s must be above zero", rule_row(key)->path);
}

static void check_rounding(const struct rule_scope *rules, struct faults *faults)
{
    bool rate = has_rate(kind_of(rules));
    bool share = amount_sign(rules->value[RULE_PENALTY_CAP].fraction.den) > 0;
    check_above_zero(rules, RULE_PENALTY_ROUNDING_UNIT, faults);
    if (rules->value[RULE_PENALTY_ROUNDING].node == NULL && (rate || share))
        NOTE(faults, FAULT_ROUNDING_MISSING, rules->value[RULE_PENALTY].at,
             "a %s divides: penalty.rounding {unit, mode} is missing", rate ? "rate" : "cap");
}

bool rule_check_has_penalty(const struct rule_scope *rules)
{
    return rule_is_set(rules, RULE_PENALTY) && kind_of(rules) != RULE_PENALTY_NO_PENALTY;
}

void rule_check_penalty(const struct rule_scope *rules, struct faults *faults)
{
    enum rule_penalty kind = kind_of(rules);
    if (!rule_is_set(rules, RULE_PENALTY_KIND) || kind == RULE_PENALTY_NO_PENALTY)
        return; /* an amendment may end a penalty by its kind alone */
    check_key(rules, RULE_PENALTY_AMOUNT, kind == RULE_PENALTY_FLAT, faults);
    check_key(rules, RULE_PENALTY_RATE, has_rate(kind), faults);
    if (!has_rate(kind))
        check_key(rules, RULE_PENALTY_BASE, false, faults);
    check_key(rules, RULE_PENALTY_COUNT, kind == RULE_PENALTY_PER_MONTH, faults);
    check_above_zero(rules, RULE_PENALTY_AMOUNT, faults);
    check_above_zero(rules, RULE_PENALTY_RATE, faults);
    check_above_zero(rules, RULE_PENALTY_CAP, faults);
    check_rounding(rules, faults);
}
