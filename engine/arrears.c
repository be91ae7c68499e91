#include "arrears.h"

#include <assert.h>

#include "rule_check.h"

/* Days from ${date} to ${day}, frozen ones left out; 0 before it. */
static int32_t days_since(const struct account *account, struct date date, struct date day)
{
    if (!date_before(date, day))
        return 0;
    return day.day - date.day - account_frozen_days(account, date, day);
}

int32_t arrears_days_past_due(const struct account *account, const struct rule_scope *rules,
                              const struct arrears_state *state)
{
    int32_t tolerance = rules->value[RULE_ARREARS_TOLERANCE].span.count;
    if (amount_is_zero(state->overdue) ||
        amount_compare(state->overdue, rule_amount(rules, RULE_ARREARS_IGNORE_BELOW)) < 0)
        return 0;
    int32_t days = days_since(account, state->oldest_due, state->day);
    if (days <= tolerance)
        return 0;
    switch ((enum rule_count_from)rule_number(rules, RULE_ARREARS_COUNT_FROM)) {
    case RULE_DAY_AFTER_DUE:
        return days;
    case RULE_DUE_DATE:
        return days + 1;
    case RULE_END_OF_TOLERANCE:
        return days - tolerance;
    }
    return days;
}

/* The largest m with date + m months <= upto; ${upto} is not before ${date}. */
static int32_t months_between(struct date date, struct date upto)
{
    int year, month, day, upto_year, upto_month, upto_day;
    date_split(date, &year, &month, &day);
    date_split(upto, &upto_year, &upto_month, &upto_day);
    int32_t months = (upto_year - year) * 12 + upto_month - month;
    if (date_before(upto, date_add_months(date, months)))
        months--;
    return months;
}

/* Letters sent since the oldest unpaid row fell due, at least a month ago. */
static int32_t letters_unanswered(const struct account *account, const struct arrears_state *state)
{
    int32_t letters = 0;
    if (!date_is_set(state->oldest_due))
        return 0;
    for (size_t i = 0; i < account->event_count; i++) {
        const struct event *event = account->events[i];
        if (event->type == EVENT_LETTER && event->counts &&
            date_before(state->oldest_due, event->date) &&
            !date_before(state->day, date_add_months(event->date, 1)))
            letters++;
    }
    return letters;
}

/* What the ranges of the classes are about. */
static int32_t count(const struct account *account, const struct rule_scope *rules,
                     const struct arrears_state *state)
{
    enum rule_basis basis = (enum rule_basis)rule_number(rules, RULE_ARREARS_BASIS);
    if (basis == RULE_DAYS_PAST_MATURITY)
        return days_since(account, state->last_due, state->day);
    if (basis == RULE_DEMAND_LETTERS)
        return letters_unanswered(account, state);
    int32_t days = arrears_days_past_due(account, rules, state);
    if (days == 0 || basis == RULE_DAYS_PAST_DUE)
        return days;
    if (basis == RULE_MISSED_INSTALLMENTS)
        return state->installments_overdue;
    int32_t frozen = account_frozen_days(account, state->oldest_due, state->day);
    return months_between(state->oldest_due, date_add_days(state->day, -frozen));
}

/* The class whose ${key}, a range, has ${number} in it, -1 if none does. */
static int32_t class_of(const struct rule_scope *rules, enum rule_key key, int32_t number)
{
    const struct rule_value *classes = &rules->value[RULE_ARREARS_CLASSES];
    for (unsigned i = 0; i < classes->count; i++) {
        const struct rule_value *range = &classes->items[i]->value[key];
        if (range->set && range->from <= number && number <= range->upto)
            return (int32_t)i;
    }
    return -1;
}

static int32_t worse(int32_t a, int32_t b)
{
    return a > b ? a : b;
}

/* What the account's own count says, and the days past maturity. */
static int32_t counted_class(const struct account *account, const struct rule_scope *rules,
                             const struct arrears_state *state)
{
    int32_t class = class_of(rules, RULE_ARREARS_CLASSES_RANGE, count(account, rules, state));
    assert(class >= 0); /* classes cover every number */
    int32_t matured = days_since(account, state->last_due, state->day);
    if (matured == 0)
        return class;
    return worse(class, class_of(rules, RULE_ARREARS_CLASSES_MATURED, matured));
}

/* The class that was judged last; -1: none, or one that these rules do not have. */
static int32_t judged_class(const struct account *account, const struct rule_scope *rules)
{
    const struct rule_value *classes = &rules->value[RULE_ARREARS_CLASSES];
    if (account->judged == NULL)
        return -1;
    for (unsigned i = 0; i < classes->count; i++)
        if (text_equal(classes->items[i]->value[RULE_ARREARS_CLASSES_ID].text,
                       account->judged->kind))
            return (int32_t)i;
    return -1;
}

int32_t arrears_class(const struct account *account, const struct rule_scope *rules,
                      const struct arrears_state *state)
{
    return worse(counted_class(account, rules, state), judged_class(account, rules));
}
