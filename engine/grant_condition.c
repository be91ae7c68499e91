#include "grant_condition.h"

static bool is_submitted(const struct grant_state *state, struct text id)
{
    const struct grant_report *report = grant_state_report(state, id);
    return report != NULL && date_is_set(report->submitted);
}

static bool is_accepted(const struct grant_state *state, struct text id)
{
    const struct grant_report *report = grant_state_report(state, id);
    return report != NULL && date_is_set(report->accepted);
}

static bool has_been_missing(const struct grant_state *state, const struct rule_scope *condition,
                             struct date day)
{
    const struct rule_value *value = condition->value;
    const struct grant_report *report =
        grant_state_report(state, value[RULE_CONDITION_MISSING].text);
    if (report == NULL || !grant_report_is_missing(report))
        return false;
    struct date due = grant_state_due(state, report);
    return date_is_set(due) &&
           date_before(date_add_span(due, value[RULE_CONDITION_FOR].span, 1, MISSING_LAST_OF_MONTH),
                       day);
}

static bool is_accounted(const struct grant_state *state, const struct rule_scope *condition)
{
    const struct rule_value *share = &condition->value[RULE_CONDITION_AT_LEAST];
    const struct grant_tranche *tranche =
        grant_state_tranche(state, condition->value[RULE_CONDITION_ACCOUNTED].text);
    if (tranche == NULL || amount_is_zero(tranche->paid))
        return false;
    struct amount is = amount_times(state->arena, tranche->accounted, share->fraction.den);
    struct amount least = amount_times(state->arena, tranche->paid, share->fraction.num);
    return amount_compare(is, least) >= 0;
}

const struct event *grant_condition_event(const struct grant_state *state,
                                          const struct rule_scope *condition)
{
    const struct rule_value *value = condition->value;
    bool bound = value[RULE_CONDITION_WITHIN].set;
    struct date from = DATE_NONE, last = DATE_UNLIMITED;
    if (bound) {
        from = grant_state_date(state, &value[RULE_CONDITION_OF]);
        if (!date_is_set(from))
            return NULL;
        last = date_add_span(from, value[RULE_CONDITION_WITHIN].span, 1, MISSING_LAST_OF_MONTH);
    }
    for (size_t i = 0; i < state->happened_count; i++) {
        const struct event *event = state->happened[i];
        if (text_equal(event->ref, value[RULE_CONDITION_EVENT].text) &&
            !date_before(event->date, from) && !date_before(last, event->date))
            return event;
    }
    return NULL;
}

static const struct rule_scope *failed_of_all(const struct grant_state *state,
                                              const struct rule_value *list, struct date day)
{
    const struct rule_scope *failed = NULL;
    for (unsigned i = 0; i < list->count && failed == NULL; i++)
        failed = grant_condition_failed(state, list->items[i], day);
    return failed;
}

static bool holds_any(const struct grant_state *state, const struct rule_value *list,
                      struct date day)
{
    for (unsigned i = 0; i < list->count; i++)
        if (grant_condition_failed(state, list->items[i], day) == NULL)
            return true;
    return false;
}

static bool holds(const struct grant_state *state, const struct rule_scope *condition,
                  enum rule_condition kind, struct date day)
{
    const struct rule_value *value = condition->value;
    switch (kind) {
    case RULE_IF_AGREEMENT:
    case RULE_IF_ALL: /* told apart by grant_condition_failed() */
        return true;
    case RULE_IF_SUBMITTED:
        return is_submitted(state, value[RULE_CONDITION_SUBMITTED].text);
    case RULE_IF_ACCEPTED:
        return is_accepted(state, value[RULE_CONDITION_ACCEPTED].text);
    case RULE_IF_MISSING:
        return has_been_missing(state, condition, day);
    case RULE_IF_ACCOUNTED:
        return is_accounted(state, condition);
    case RULE_IF_EVENT:
        return grant_condition_event(state, condition) != NULL;
    case RULE_IF_AFTER:
        return date_before(value[RULE_CONDITION_AFTER].date, day);
    case RULE_IF_ANY:
        return holds_any(state, &value[RULE_CONDITION_ANY], day);
    }
    return false;
}

const struct rule_scope *grant_condition_failed(const struct grant_state *state,
                                                const struct rule_scope *condition, struct date day)
{
    enum rule_condition kind = rule_condition_of(condition);
    if (kind == RULE_IF_ALL)
        return failed_of_all(state, &condition->value[RULE_CONDITION_ALL], day);
    return holds(state, condition, kind, day) ? NULL : condition;
}
