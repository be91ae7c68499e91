#include "rule_check.h"

#define NOTE(faults, code, at, ...) fault_add_once((faults), (code), (at), __VA_ARGS__)

static void check_above_zero(const struct rule_scope *fee, enum rule_key key, struct faults *faults)
{
    const struct rule_value *value = &fee->value[key];
    if (!value->given || value->node->kind == YAML_MAP)
        return;
    bool share = rule_row(key)->type == RULE_TYPE_FRACTION;
    if (amount_is_zero(share ? value->fraction.num : value->amount))
        NOTE(faults, FAULT_AMOUNT_ZERO, value->at, "%s must be above zero", rule_row(key)->path);
}

static void check_rounding(const struct rule_scope *fee, struct faults *faults)
{
    const struct rule_value *amount = &fee->value[RULE_FEES_AMOUNT];
    const struct rule_value *rounding = &fee->value[RULE_FEES_ROUNDING];
    if (!amount->set)
        return;
    bool divides = amount->node->kind == YAML_MAP;
    if (divides && rounding->node == NULL)
        NOTE(faults, FAULT_ROUNDING_MISSING, amount->at,
             "a rate divides: fees[].rounding {unit, mode} is missing");
    if (!divides && rounding->given)
        NOTE(faults, FAULT_RULE_CONFLICT, rounding->at,
             "an amount is not rounded: `rounding` goes with `amount: {rate, of}` only");
}

/* What is taken at the disbursement belongs to no row of the plan. */
static void check_collect(const struct rule_scope *fee, struct faults *faults)
{
    const struct rule_value *collect = &fee->value[RULE_FEES_COLLECT];
    const struct rule_value *when = &fee->value[RULE_FEES_WHEN];
    const struct rule_value *of = &fee->value[RULE_FEES_AMOUNT_OF];
    if (!collect->set || collect->number == RULE_COLLECT_WITH_INSTALLMENT)
        return;
    if (when->set && when->number != RULE_FEE_AT_DISBURSEMENT)
        NOTE(faults, FAULT_RULE_CONFLICT, collect->at,
             "`collect: %.*s` goes with `when: disbursement` only", (int)collect->text.len,
             collect->text.ptr);
    if (of->set && of->number == RULE_FEE_OF_INSTALLMENT)
        NOTE(faults, FAULT_RULE_CONFLICT, of->at,
             "`of: installment` goes with `collect: with-installment` only");
}

void rule_check_fees(const struct rule_scope *rules, struct faults *faults)
{
    const struct rule_value *fees = &rules->value[RULE_FEES];
    for (unsigned i = 0; i < fees->count; i++) {
        const struct rule_scope *fee = fees->items[i];
        check_above_zero(fee, RULE_FEES_AMOUNT, faults);
        check_above_zero(fee, RULE_FEES_AMOUNT_RATE, faults);
        check_above_zero(fee, RULE_FEES_ROUNDING_UNIT, faults);
        check_rounding(fee, faults);
        check_collect(fee, faults);
    }
}
