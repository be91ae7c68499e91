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
                              const struct account_overdue *overdue, struct date day)
{
    int32_t tolerance = rules->value[RULE_ARREARS_TOLERANCE].span.count;
    if (amount_is_zero(overdue->amount) ||
        amount_compare(overdue->amount, rule_amount(rules, RULE_ARREARS_IGNORE_BELOW)) < 0)
        return 0;
    int32_t days = days_since(account, overdue->oldest_due, day);
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

/* Letters sent since the oldest unpaid row fell due, at least a month ago. */
static int32_t letters_unanswered(const struct account *account,
                                  const struct account_overdue *overdue, struct date day)
{
    int32_t letters = 0;
    if (!date_is_set(overdue->oldest_due))
        return 0;
    for (size_t i = 0; i < account->event_count; i++) {
        const struct event *event = account->events[i];
        if (event->type == EVENT_LETTER && event->counts &&
            date_before(overdue->oldest_due, event->date) &&
            !date_before(day, date_add_months(event->date, 1)))
            letters++;
    }
    return letters;
}

int32_t arrears_number(const struct account *account, const struct rule_scope *rules,
                       const struct account_overdue *overdue, struct date day)
{
    enum rule_basis basis = (enum rule_basis)rule_number(rules, RULE_ARREARS_BASIS);
    if (basis == RULE_DAYS_PAST_MATURITY)
        return days_since(account, overdue->last_due, day);
    if (basis == RULE_DEMAND_LETTERS)
        return letters_unanswered(account, overdue, day);
    int32_t days = arrears_days_past_due(account, rules, overdue, day);
    if (days == 0 || basis == RULE_DAYS_PAST_DUE)
        return days;
    if (basis == RULE_MISSED_INSTALLMENTS)
        return overdue->installments;
    int32_t frozen = account_frozen_days(account, overdue->oldest_due, day);
    return date_months_between(overdue->oldest_due, date_add_days(day, -frozen));
}

int32_t arrears_class_of(const struct rule_scope *rules, enum rule_key key, int32_t number)
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

int32_t arrears_matured(const struct account *account, const struct account_overdue *overdue,
                        struct date day)
{
    return days_since(account, overdue->last_due, day);
}

/* What the account's own count says, and the days past maturity. */
static int32_t counted_class(const struct account *account, const struct rule_scope *rules,
                             const struct account_overdue *overdue, struct date day)
{
    int32_t class = arrears_class_of(rules, RULE_ARREARS_CLASSES_RANGE,
                                     arrears_number(account, rules, overdue, day));
    assert(class >= 0); /* classes cover every number */
    int32_t matured = arrears_matured(account, overdue, day);
    if (matured == 0)
        return class;
    return worse(class, arrears_class_of(rules, RULE_ARREARS_CLASSES_MATURED, matured));
}

int32_t arrears_judged(const struct account *account, const struct rule_scope *rules)
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

/* Whether the days ${from} to ${upto}, with nothing overdue, are as many as a cure wants. */
static bool cures(const struct rule_scope *rules, struct date from, struct date upto)
{
    struct span clean = {0, SPAN_DAYS};
    if (rule_number(rules, RULE_ARREARS_CURE) == RULE_CURE_CLEAN)
        clean = rules->value[RULE_ARREARS_CURE_CLEAN].span;
    return !date_before(date_add_span(upto, clean, -1, MISSING_LAST_OF_MONTH), from);
}

int32_t arrears_held(const struct account *account, const struct rule_scope *rules,
                     const struct account_overdue *overdue, struct date day)
{
    int32_t worst = -1;
    struct date clean = DATE_NONE; /* the last of the days with nothing overdue that we are in */
    if (rule_number(rules, RULE_ARREARS_CURE) == RULE_CURE_IMMEDIATE)
        return worst;
    if (!date_is_set(overdue->oldest_due)) {
        clean = day;
        if (cures(rules, day, day))
            return worst;
    }
    for (size_t i = account->stretch_count; i-- > 0;) {
        const struct account_stretch *stretch = &account->stretches[i];
        if (date_is_set(stretch->overdue.oldest_due)) {
            clean = DATE_NONE;
            worst = worse(worst, counted_class(account, rules, &stretch->overdue, stretch->upto));
            continue;
        }
        if (!date_is_set(clean))
            clean = stretch->upto;
        if (cures(rules, stretch->from, clean))
            break;
    }
    return worst;
}

int32_t arrears_class(const struct account *account, const struct rule_scope *rules,
                      const struct account_overdue *overdue, struct date day)
{
    int32_t class =
        worse(counted_class(account, rules, overdue, day), arrears_judged(account, rules));
    return worse(class, arrears_held(account, rules, overdue, day));
}
