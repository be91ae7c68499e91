#include "rule_check.h"

#define NOTE(faults, code, at, ...) fault_add_once((faults), (code), (at), __VA_ARGS__)

bool rule_allows_reschedule(const struct rule_scope *rules, enum rule_reschedule kind)
{
    const struct rule_value *kinds = &rules->value[RULE_RESCHEDULE_KINDS];
    for (unsigned i = 0; kinds->set && i < kinds->count; i++)
        if (kinds->order[i] == kind)
            return true;
    return false;
}

bool rule_reschedule_splits(const struct rule_scope *rules)
{
    return rule_allows_reschedule(rules, RULE_RESCHEDULE_EXTEND) ||
           rule_allows_reschedule(rules, RULE_RESCHEDULE_RE_AGE) ||
           rule_allows_reschedule(rules, RULE_RESCHEDULE_RE_AMORTIZE);
}

void rule_check_reschedule(const struct rule_scope *rules, struct faults *faults)
{
    const struct rule_value *most = &rules->value[RULE_RESCHEDULE_MAX_GRACE];
    const struct rule_value *every = &rules->value[RULE_SCHEDULE_EVERY];
    if (rules->value[RULE_SCHEDULE_ROUNDING].node == NULL && rule_reschedule_splits(rules))
        NOTE(
            faults, FAULT_ROUNDING_MISSING, rules->value[RULE_RESCHEDULE_KINDS].at,
            "`extend`, `re-age` and `re-amortize` divide: schedule.rounding {unit, mode, residual} "
            "is missing");
    if (most->set && every->set && span_has_months(most->span) != span_has_months(every->span))
        NOTE(faults, FAULT_RULE_CONFLICT, most->at,
             "reschedule.max_grace '%.*s' is not measured in periods of '%.*s'",
             (int)most->text.len, most->text.ptr, (int)every->text.len, every->text.ptr);
}
