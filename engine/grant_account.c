#include "grant_account.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "grant_condition.h"
#include "rounding.h"

/* One event on its way. */
struct applying {
    struct grant_state *state;
    struct event *const *events; /* all of the account */
    size_t count;
    const struct event *event;
    struct account_refusal *refusal;
};

bool grant_account_exists(const struct grant *grant, struct date as_of, struct date known_at)
{
    return !date_before(as_of, grant->agreed) && !date_before(known_at, grant->recorded);
}

/* Whether the event was right when it was made: it acts on what there is, or not at all. */
static bool was_overtaken(const struct applying *a)
{
    return event_was_overtaken(a->events, a->count, a->event);
}

static bool refuse(const struct applying *a, enum fault_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool refuse(const struct applying *a, enum fault_code code, const char *format, ...)
{
    va_list arguments;
    a->refusal->code = code;
    va_start(arguments, format);
    (void)vsnprintf(a->refusal->text, sizeof a->refusal->text, format, arguments);
    va_end(arguments);
    return false;
}

static const char *amount_string(const struct applying *a, struct amount amount)
{
    char *text = arena_alloc(a->state->arena, amount_text_size(amount) + 1);
    *amount_write(text, amount, a->state->grant->program->decimals) = '\0';
    return text;
}

static bool refuse_amount(const struct applying *a, enum fault_code code, struct amount amount,
                          const char *wanted, struct amount limit)
{
    a->refusal->of_amount = true;
    return refuse(a, code, "%.45s is more than %s, %.45s", amount_string(a, amount), wanted,
                  amount_string(a, limit));
}

/* --- payments --- */

static bool refuse_unreleased(const struct applying *a, const struct grant_tranche *tranche,
                              const struct rule_scope *failed)
{
    struct buffer text;
    buffer_init(&text, a->state->arena->memory);
    rule_condition_put(&text, failed);
    (void)refuse(a, FAULT_PAY_NOT_RELEASED, "tranche %.*s is not released: %.*s does not hold",
                 (int)tranche->id.len, tranche->id.ptr, (int)text.len, text.bytes);
    buffer_free(&text);
    return false;
}

static bool apply_pay(const struct applying *a)
{
    struct grant_state *state = a->state;
    const struct event *event = a->event;
    struct grant_tranche *tranche = grant_state_tranche(state, event->ref);
    struct date last_day = grant_state_last_day(state, tranche);
    struct amount left = amount_sub(state->arena, tranche->planned, tranche->paid);
    char day[DATE_TEXT_LEN + 1];
    if (date_before(last_day, event->date))
        return refuse(a, FAULT_TRANCHE_LAPSED, "what was unpaid of tranche %.*s lapsed after %s",
                      (int)tranche->id.len, tranche->id.ptr, date_text(day, last_day));
    const struct rule_scope *failed = grant_condition_failed(
        state, tranche->rules->value[RULE_TRANCHES_RELEASE].items[0], event->date);
    if (failed != NULL)
        return refuse_unreleased(a, tranche, failed);
    if (amount_compare(event->amount, left) > 0)
        return refuse_amount(a, FAULT_PAY_ABOVE_TRANCHE, event->amount,
                             "what is unpaid of the tranche", left);
    tranche->paid = amount_add(state->arena, tranche->paid, event->amount);
    if (!date_is_set(tranche->paid_on))
        tranche->paid_on = event->date;
    state->last_paid = event->date; /* events come by date */
    state->paid = amount_add(state->arena, state->paid, event->amount);
    if (tranche->in_kind)
        state->in_kind = amount_add(state->arena, state->in_kind, event->amount);
    grant_state_fill(state);
    return true;
}

static bool apply_return(const struct applying *a)
{
    struct grant_state *state = a->state;
    struct amount left = amount_sub(state->arena, state->paid, state->returned);
    struct amount amount = a->event->amount;
    if (amount_compare(amount, left) > 0)
        return refuse_amount(a, FAULT_RETURN_ABOVE_PAID, amount,
                             "what was paid and not yet returned", left);
    state->returned = amount_add(state->arena, state->returned, amount);
    return true;
}

/* --- reports --- */

static bool is_eligible(const struct grant_state *state, struct text category)
{
    const struct rule_value *listed = &state->grant->rules->value[RULE_ELIGIBLE_CATEGORIES];
    for (unsigned i = 0; i < listed->count; i++)
        if (text_equal(listed->ids[i], category))
            return true;
    return !listed->set;
}

/* Of an event that a report accepted already does not take. */
static bool refuse_accepted(const struct applying *a, const struct grant_report *report)
{
    char day[DATE_TEXT_LEN + 1];
    return was_overtaken(a) ||
           refuse(a, FAULT_REPORT_ACCEPTED, "report %.*s was accepted on %s", (int)report->id.len,
                  report->id.ptr, date_text(day, report->accepted));
}

static bool apply_spend(const struct applying *a)
{
    struct grant_report *report = grant_state_report(a->state, a->event->ref);
    if (report->stage == GRANT_REPORT_ACCEPTED)
        return refuse_accepted(a, report);
    if (is_eligible(a->state, a->event->kind))
        report->eligible = amount_add(a->state->arena, report->eligible, a->event->amount);
    return true;
}

static bool apply_report(const struct applying *a)
{
    struct grant_report *report = grant_state_report(a->state, a->event->ref);
    char day[DATE_TEXT_LEN + 1];
    if (report->stage == GRANT_REPORT_ACCEPTED)
        return refuse_accepted(a, report);
    if (report->stage == GRANT_REPORT_SUBMITTED)
        return was_overtaken(a) ||
               refuse(a, FAULT_REPORT_SUBMITTED, "report %.*s stands submitted since %s",
                      (int)report->id.len, report->id.ptr, date_text(day, report->submitted));
    report->stage = GRANT_REPORT_SUBMITTED;
    report->submitted = a->event->date;
    return true;
}

static bool refuse_unsubmitted(const struct applying *a, const struct grant_report *report)
{
    return was_overtaken(a) ||
           refuse(a, FAULT_REPORT_NOT_SUBMITTED, "report %.*s does not stand submitted",
                  (int)report->id.len, report->id.ptr);
}

static bool apply_accept(const struct applying *a)
{
    struct grant_state *state = a->state;
    struct grant_report *report = grant_state_report(state, a->event->ref);
    const struct rule_value *rules = state->grant->rules->value;
    if (report->stage != GRANT_REPORT_SUBMITTED)
        return refuse_unsubmitted(a, report);
    struct amount costs = report->eligible;
    if (!amount_is_zero(a->event->amount))
        costs = amount_least(costs, a->event->amount);
    if (rules[RULE_ELIGIBLE_SHARE_MAX].set)
        costs = rounding_quotient(state->arena, costs, rules[RULE_ELIGIBLE_SHARE_MAX].fraction.num,
                                  rules[RULE_ELIGIBLE_SHARE_MAX].fraction.den,
                                  rules[RULE_ELIGIBLE_ROUNDING_UNIT].amount,
                                  (enum rounding_mode)rules[RULE_ELIGIBLE_ROUNDING_MODE].number);
    report->stage = GRANT_REPORT_ACCEPTED;
    report->accepted = a->event->date;
    report->accounted = costs;
    grant_state_fill(state);
    return true;
}

static bool apply_reject(const struct applying *a)
{
    struct grant_report *report = grant_state_report(a->state, a->event->ref);
    if (report->stage != GRANT_REPORT_SUBMITTED)
        return refuse_unsubmitted(a, report);
    report->stage = GRANT_REPORT_REJECTED;
    report->submitted = DATE_NONE;
    return true;
}

/* --- any event --- */

static bool apply_cancel(const struct applying *a)
{
    if (!amount_is_zero(a->state->paid))
        return was_overtaken(a) ||
               refuse(a, FAULT_NOTHING_TO_CANCEL, "something of the grant is paid");
    a->state->cancelled = true;
    a->state->cancelled_on = a->event->date;
    return true;
}

/* Whether the account is at a point that takes events at all. */
static bool takes(const struct applying *a)
{
    struct text type = event_name(a->event);
    char day[DATE_TEXT_LEN + 1];
    if (date_before(a->event->date, a->state->grant->agreed))
        return refuse(a, FAULT_BEFORE_AGREED, "the grant was agreed on %s only",
                      date_text(day, a->state->grant->agreed));
    return !a->state->cancelled || refuse(a, FAULT_AFTER_END, "%.*s after the grant was cancelled",
                                          (int)type.len, type.ptr);
}

bool grant_account_apply(struct grant_state *state, struct event *const *events, size_t count,
                         const struct event *event, struct account_refusal *refusal)
{
    const struct applying a = {state, events, count, event, refusal};
    if (!takes(&a))
        return false;
    switch (event->type) {
    case EVENT_EVENT:
        state->happened[state->happened_count++] = event;
        return true;
    case EVENT_SPEND:
        return apply_spend(&a);
    case EVENT_REPORT:
        return apply_report(&a);
    case EVENT_ACCEPT:
        return apply_accept(&a);
    case EVENT_REJECT:
        return apply_reject(&a);
    case EVENT_PAY:
        return apply_pay(&a);
    case EVENT_RETURN:
        return apply_return(&a);
    case EVENT_NOTICE:
        state->notices[state->notice_count++] = event;
        return true;
    case EVENT_CANCEL:
        return apply_cancel(&a);
    default: /* of loans: the loader refuses them */
        assert(!"an event of grants");
        return true;
    }
}
