#include "account.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "allocation.h"
#include "fee.h"
#include "forgiveness.h"
#include "owed.h"
#include "penalty.h"
#include "plan.h"
#include "relief.h"
#include "reschedule.h"
#include "rule_check.h"
#include "tranche.h"

bool account_exists(const struct loan *loan, struct event *const *events, size_t count,
                    struct date as_of, struct date known_at)
{
    if (date_before(as_of, loan->agreed) || date_before(known_at, loan->recorded))
        return false;
    for (size_t i = 0; i < count; i++) {
        const struct event *event = events[i];
        if (event->type == EVENT_OPENING && event->known && event->removed_by == NULL &&
            date_before(as_of, event->date))
            return false;
    }
    return true;
}

void account_begin(struct account *account, struct arena *arena, const struct loan *loan,
                   struct event **events, size_t count)
{
    *account = (struct account){
        .arena = arena,
        .loan = loan,
        .events = events,
        .event_count = count,
        .day = DATE_NONE,
        .collateral = loan->collateral,
        /* each event makes at most one of each */
        .payouts = arena_alloc(arena, (count + 1) * sizeof(struct account_payout)),
        .credits = arena_alloc(arena, (count + 1) * sizeof(struct account_credit)),
        .opening = DATE_NONE,
        .assessed = DATE_NONE,
    };
    for (size_t i = 0; i < count; i++)
        if (events[i]->type == EVENT_OPENING && events[i]->counts)
            account->opening = events[i]->date;
    for (unsigned i = 0; i < loan->program->count; i++)
        account->has_small_amounts |=
            rule_is_set(loan->program->versions[i].rules, RULE_SMALL_AMOUNTS);
    account->is_ruled_daily = account->has_small_amounts || loan->relief_count > 0 ||
                              loan->program->has_penalty || loan->program->has_forgiveness ||
                              loan->program->looks_back;
    if (loan->relief_count > 0)
        relief_freeze(account);
    account->has_frozen_days = account->relieved.count > 0;
}

static bool refuse(struct account_refusal *refusal, enum fault_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool refuse(struct account_refusal *refusal, enum fault_code code, const char *format, ...)
{
    va_list arguments;
    refusal->code = code;
    va_start(arguments, format);
    (void)vsnprintf(refusal->text, sizeof refusal->text, format, arguments);
    va_end(arguments);
    return false;
}

static bool refuse_amount(struct account *account, struct account_refusal *refusal,
                          enum fault_code code, struct amount amount, const char *wanted,
                          struct amount limit)
{
    unsigned decimals = account->loan->program->decimals;
    char *is = arena_alloc(account->arena, amount_text_size(amount) + 1);
    char *most = arena_alloc(account->arena, amount_text_size(limit) + 1);
    *amount_write(is, amount, decimals) = '\0';
    *amount_write(most, limit, decimals) = '\0';
    refusal->of_amount = true;
    return refuse(refusal, code, "%.45s is more than %s, %.45s", is, wanted, most);
}

/* --- disbursement --- */

static bool refuse_deduction(struct account *account, struct account_refusal *refusal,
                             struct amount deducted, struct amount amount)
{
    return refuse_amount(account, refusal, FAULT_FEE_ABOVE_DISBURSEMENT, deducted,
                         "what is paid out, of which it is to be deducted", amount);
}

static bool disburse(struct account *account, struct date date, struct amount amount,
                     struct account_refusal *refusal)
{
    char day[DATE_TEXT_LEN + 1];
    unsigned room = plan_rows_max(account->arena, account->loan, amount) +
                    1 +                             /* row 0, where the plan has none */
                    (unsigned)account->event_count; /* each event makes at most one extra row */
    account->rows = arena_alloc(account->arena, room * sizeof *account->rows);
    enum fault_code code =
        plan_make(account->arena, account->loan, date, amount, account->rows, &account->row_count);
    if (code == FAULT_PLAN_TOO_LATE)
        return refuse(refusal, code, "a row of the plan disbursed on %s falls due after 2199-12-31",
                      date_text(day, date));
    if (code == FAULT_PLAN_LATEST)
        return refuse(refusal, code,
                      "disbursed on %s, the last row cannot fall due by schedule.due.latest: it "
                      "would not come after what is before it",
                      date_text(day, date));
    if (code == FAULT_PLAN_EARLY)
        return refuse(refusal, code, "a row of plan.csv is not after the disbursement on %s",
                      date_text(day, date));
    if (code == FAULT_PLAN_SUM)
        return refuse(refusal, code,
                      "the rows of plan.csv do not add up to what is disbursed on %s, its down "
                      "payment aside",
                      date_text(day, date));
    if (code == FAULT_PLAN_ROW_VANISHES)
        return refuse(
            refusal, code,
            "so little disbursed leaves a row of zero or less under the schedule's rounding");
    account->highest_n = account->rows[account->row_count - 1].n;
    account->stage = ACCOUNT_RUNNING;
    account->tranches = amount;
    account->payouts[account->payout_count++] = (struct account_payout){date, amount};
    account->totals.disbursed = amount;
    account->totals.outstanding = amount;
    struct amount deducted;
    if (!rule_is_set(account->loan->rules, RULE_FEES))
        return true;
    return fee_charge(account, date, amount, &deducted) ||
           refuse_deduction(account, refusal, deducted, amount);
}

bool account_disburse_by_book(struct account *account, struct account_refusal *refusal)
{
    account_advance(account, account->loan->disbursed);
    return disburse(account, account->loan->disbursed, account->loan->principal, refusal);
}

static bool is_before_agreed(const struct account *account, const struct event *event,
                             struct account_refusal *refusal)
{
    char agreed[DATE_TEXT_LEN + 1];
    if (!date_before(event->date, account->loan->agreed))
        return false;
    (void)refuse(refusal, FAULT_BEFORE_AGREED, "the loan was agreed on %s only",
                 date_text(agreed, account->loan->agreed));
    return true;
}

/* A later tranche. */
static bool disburse_more(struct account *account, const struct event *event,
                          struct account_refusal *refusal)
{
    if (rule_split(account->loan->rules) == RULE_SPLIT_CUSTOM)
        return refuse(refusal, FAULT_DISBURSE_CUSTOM,
                      "the rows of a custom plan take one disbursement");
    switch (tranche_join(account, event->date, event->amount)) {
    case TRANCHE_JOINED:
        break;
    case TRANCHE_NO_ROW:
        return refuse(refusal, FAULT_DISBURSE_NO_ROW, "no principal row is due after this tranche");
    case TRANCHE_TOO_LATE:
        return refuse(refusal, FAULT_PLAN_TOO_LATE,
                      "a row of this tranche falls due after 2199-12-31");
    case TRANCHE_LATEST:
        return refuse(refusal, FAULT_PLAN_LATEST,
                      "no row that this tranche needs can fall due by schedule.due.latest");
    case TRANCHE_VANISHES:
        return refuse(refusal, FAULT_PLAN_ROW_VANISHES,
                      "with this tranche a row would be zero or less");
    }
    account->tranches = amount_add(account->arena, account->tranches, event->amount);
    struct amount deducted;
    if (!fee_charge_tranche(account, event->date, event->amount, &deducted))
        return refuse_deduction(account, refusal, deducted, event->amount);
    allocation_use_credit(account, event->date);
    return true;
}

static bool apply_disburse(struct account *account, const struct event *event,
                           struct account_refusal *refusal)
{
    const struct loan *loan = account->loan;
    char agreed[DATE_TEXT_LEN + 1];
    if (date_is_set(loan->disbursed))
        return refuse(refusal, FAULT_DISBURSE_NOT_TAKEN,
                      "the loan's row in the book says when it was disbursed, %s",
                      date_text(agreed, loan->disbursed));
    struct amount left = amount_sub(account->arena, loan->principal, account->tranches);
    if (amount_compare(event->amount, left) > 0)
        return refuse_amount(account, refusal, FAULT_DISBURSE_ABOVE_PRINCIPAL, event->amount,
                             amount_is_zero(account->tranches)
                                 ? "the principal agreed"
                                 : "what is left of the principal agreed",
                             left);
    if (account->stage != ACCOUNT_PENDING)
        return disburse_more(account, event, refusal);
    if (is_before_agreed(account, event, refusal))
        return false;
    if (date_is_set(loan->first_due) && date_before(loan->first_due, event->date))
        return refuse(refusal, FAULT_FIRST_DUE_EARLY,
                      "the loan's first_due %s is before this disbursement",
                      date_text(agreed, loan->first_due));
    return disburse(account, event->date, event->amount, refusal);
}

static bool apply_opening(struct account *account, const struct event *event,
                          struct account_refusal *refusal)
{
    if (account->taken_over_by != NULL)
        return refuse(refusal, FAULT_OPENING_AGAIN, "the loan has an opening already");
    if (amount_compare(event->amount, account->totals.outstanding) > 0)
        return refuse_amount(account, refusal, FAULT_OPENING_ABOVE_PRINCIPAL, event->amount,
                             "what is outstanding", account->totals.outstanding);
    allocation_open(account, event);
    account->taken_over_by = event;
    account->at_opening = account->totals;
    account->stretch_count = 0; /* no row counts as having been late before */
    if (account->loan->program->has_forgiveness)
        forgiveness_open(account, event->date);
    return true;
}

/* --- refunds --- */

/* How much of reversed payments this refund may still go beyond the credit (semantics 5.5). */
static struct amount uncovered_room(struct account *account, const struct event *refund,
                                    size_t index)
{
    const struct event *payment = account->events[index];
    if (!event_is_payment(payment->type) || !payment->known || payment->removed_by == NULL ||
        date_before(refund->date, payment->date) ||
        date_before(payment->removed_by->recorded, refund->recorded))
        return AMOUNT_ZERO;
    return amount_sub(account->arena, payment->amount, account->uncovered[index]);
}

/* Use up ${needed} of that; what could not be had is returned. */
static struct amount use_uncovered(struct account *account, const struct event *refund,
                                   struct amount needed)
{
    if (account->uncovered == NULL)
        account->uncovered = ARENA_ARRAY(account->arena, struct amount, account->event_count);
    for (size_t i = 0; i < account->event_count; i++) {
        struct amount part = amount_least(uncovered_room(account, refund, i), needed);
        account->uncovered[i] = amount_add(account->arena, account->uncovered[i], part);
        needed = amount_sub(account->arena, needed, part);
    }
    return needed;
}

static bool apply_refund(struct account *account, const struct event *event,
                         struct account_refusal *refusal)
{
    struct amount covered = amount_least(event->amount, account->totals.credit);
    struct amount uncovered = amount_sub(account->arena, event->amount, covered);
    struct amount held = account->totals.credit;
    if (!amount_is_zero(uncovered) && !amount_is_zero(use_uncovered(account, event, uncovered)))
        return refuse_amount(account, refusal, FAULT_REFUND_ABOVE_CREDIT, event->amount,
                             "the credit held", held);
    allocation_refund(account, event, covered);
    if (!amount_is_zero(uncovered))
        owed_lend_anew(account, event->date, uncovered);
    return true;
}

/* --- the end of a loan --- */

static bool anything_unpaid(const struct account *account)
{
    for (unsigned i = account->first_open; i < account->row_count; i++)
        if (account_row_is_open(&account->rows[i]))
            return true;
    return false;
}

static bool was_overtaken(const struct account *account, const struct event *event)
{
    return event_was_overtaken(account->events, account->event_count, event);
}

static bool apply_charge(struct account *account, struct event *event)
{
    owed_charge(account, event);
    allocation_use_credit(account, event->date);
    return true;
}

/* Whether the event that ${event} refers to has been applied before it. */
static bool stands(const struct event *event)
{
    return event->target->counts && event_compare(event->target, event) < 0;
}

static bool apply_chargeback(struct account *account, const struct event *event,
                             struct account_refusal *refusal)
{
    struct amount amount = amount_is_zero(event->amount) ? event->target->amount : event->amount;
    struct amount left;
    if (!stands(event) || !owed_left_of_payment(account, event->target, &left))
        return true;
    if (amount_compare(amount, left) > 0 && !was_overtaken(account, event))
        return refuse_amount(account, refusal, FAULT_CHARGEBACK_ABOVE_PAYMENT, amount,
                             "what is left of the payment", left);
    owed_charge_back(account, event, amount_least(amount, left));
    allocation_use_credit(account, event->date);
    return true;
}

static bool apply_waive(struct account *account, const struct event *event,
                        struct account_refusal *refusal)
{
    struct amount unpaid = owed_unpaid(account, event->component);
    if (event->target != NULL && !stands(event))
        return true;
    if (amount_compare(event->amount, unpaid) > 0 && !was_overtaken(account, event))
        return refuse_amount(
            account, refusal, FAULT_WAIVE_ABOVE_UNPAID, event->amount,
            event->component == COMPONENT_FEE ? "the fees unpaid" : "the penalties unpaid", unpaid);
    owed_waive(account, event, amount_least(event->amount, unpaid));
    return true;
}

static bool apply_write_off(struct account *account, const struct event *event,
                            struct account_refusal *refusal)
{
    struct account_totals *totals = &account->totals;
    bool already = account->stage == ACCOUNT_WRITTEN_OFF;
    if (already || !anything_unpaid(account))
        return was_overtaken(account, event) || refuse(refusal, FAULT_NOTHING_TO_WRITE_OFF,
                                                       already ? "the loan is written off already"
                                                               : "nothing of the loan is unpaid");
    account->stage = ACCOUNT_WRITTEN_OFF;
    account->written_off_by = event;
    totals->written_off = totals->outstanding;
    totals->outstanding = AMOUNT_ZERO;
    return true;
}

/* Whether a write-off that stood before ${event} in the order was reversed. */
static bool write_off_was_reversed(const struct account *account, const struct event *event)
{
    for (size_t i = 0; i < account->event_count; i++) {
        const struct event *other = account->events[i];
        if (other->type == EVENT_WRITE_OFF && other->known && other->removed_by != NULL &&
            event_compare(other, event) < 0)
            return true;
    }
    return false;
}

static bool apply_recover(struct account *account, const struct event *event,
                          struct account_refusal *refusal)
{
    if (account->stage == ACCOUNT_WRITTEN_OFF || write_off_was_reversed(account, event)) {
        allocation_pay(account, event, event->amount);
        return true;
    }
    return was_overtaken(account, event) ||
           refuse(refusal, FAULT_NOTHING_TO_RECOVER, "the loan is not written off");
}

static bool apply_forgive(struct account *account, const struct event *event,
                          struct account_refusal *refusal)
{
    struct amount outstanding = account->totals.outstanding;
    if (amount_compare(event->amount, outstanding) > 0 && !was_overtaken(account, event))
        return refuse_amount(account, refusal, FAULT_FORGIVE_ABOVE_OUTSTANDING, event->amount,
                             "what is outstanding", outstanding);
    owed_forgive(account, event->date, amount_least(event->amount, outstanding));
    return true;
}

/* The second step: at least the program's wait after the first. */
static bool apply_write_off_absolute(struct account *account, const struct event *event,
                                     struct account_refusal *refusal)
{
    const struct rule_value *wait =
        &program_at(account->loan->program, event->date)->value[RULE_WRITE_OFF_WAIT];
    char text[DATE_TEXT_LEN + 1];
    if (account->stage != ACCOUNT_WRITTEN_OFF)
        return was_overtaken(account, event) ||
               refuse(refusal, FAULT_NOTHING_TO_END, "the loan is not written off");
    struct date from = account->written_off_by->date;
    if (wait->set)
        from = date_add_span(from, wait->span, 1, MISSING_LAST_OF_MONTH);
    if (date_before(event->date, from))
        return refuse(refusal, FAULT_WRITE_OFF_WAIT,
                      "written off on %s, for good at the earliest %.*s after that",
                      date_text(text, account->written_off_by->date), (int)wait->text.len,
                      wait->text.ptr);
    account->stage = ACCOUNT_ENDED;
    return true;
}

static bool apply_cancel(struct account *account, const struct event *event,
                         struct account_refusal *refusal)
{
    if (is_before_agreed(account, event, refusal))
        return false;
    if (account->stage != ACCOUNT_PENDING || date_is_set(account->loan->disbursed))
        return was_overtaken(account, event) ||
               refuse(refusal, FAULT_NOTHING_TO_CANCEL, "the loan is disbursed");
    account->stage = ACCOUNT_CANCELLED;
    return true;
}

/* --- frozen days, days of inability --- */

static bool is_open(const struct account_periods *periods)
{
    return periods->count > 0 && date_equal(periods->list[periods->count - 1].upto, DATE_UNLIMITED);
}

/* The days after the event's. */
static bool begin_period(struct account *account, const struct event *event,
                         struct account_periods *periods, const struct account_refusal *already,
                         struct account_refusal *refusal)
{
    if (is_open(periods))
        return was_overtaken(account, event) || refuse(refusal, already->code, "%s", already->text);
    if (periods->list == NULL)
        periods->list = arena_alloc(account->arena, account->event_count * sizeof *periods->list);
    periods->list[periods->count++] = (struct account_period){event->date, DATE_UNLIMITED};
    return true;
}

/* The event's day is the last. */
static bool end_period(const struct account *account, const struct event *event,
                       struct account_periods *periods, const struct account_refusal *none,
                       struct account_refusal *refusal)
{
    if (!is_open(periods))
        return was_overtaken(account, event) || refuse(refusal, none->code, "%s", none->text);
    periods->list[periods->count - 1].upto = event->date;
    return true;
}

static bool apply_freeze(struct account *account, const struct event *event,
                         struct account_refusal *refusal)
{
    static const struct account_refusal already = {.code = FAULT_FROZEN_ALREADY,
                                                   .text = "the loan is frozen already"};
    account->has_frozen_days = true;
    return begin_period(account, event, &account->frozen, &already, refusal);
}

static bool apply_unfreeze(struct account *account, const struct event *event,
                           struct account_refusal *refusal)
{
    static const struct account_refusal none = {.code = FAULT_NOT_FROZEN,
                                                .text = "the loan is not frozen"};
    return end_period(account, event, &account->frozen, &none, refusal);
}

static bool apply_unable(struct account *account, const struct event *event,
                         struct account_refusal *refusal)
{
    static const struct account_refusal already = {.code = FAULT_UNABLE_ALREADY,
                                                   .text = "the borrower is unable already"};
    return begin_period(account, event, &account->unable, &already, refusal);
}

static bool apply_able(struct account *account, const struct event *event,
                       struct account_refusal *refusal)
{
    static const struct account_refusal none = {.code = FAULT_NOT_UNABLE,
                                                .text = "the borrower is not unable"};
    return end_period(account, event, &account->unable, &none, refusal);
}

/* How many of the days after ${after} up to ${upto} lie in the periods. */
static int32_t days_in(const struct account_periods *periods, struct date after, struct date upto)
{
    int32_t days = 0;
    for (unsigned i = 0; i < periods->count; i++) {
        const struct account_period *period = &periods->list[i];
        struct date from = date_before(period->after, after) ? after : period->after;
        struct date end = date_before(upto, period->upto) ? upto : period->upto;
        if (date_before(from, end))
            days += end.day - from.day;
    }
    return days;
}

int32_t account_frozen_days(const struct account *account, struct date after, struct date upto)
{
    const struct account_periods *relieved = &account->relieved;
    int32_t days = days_in(&account->frozen, after, upto) + days_in(relieved, after, upto);
    for (unsigned i = 0; i < relieved->count; i++) { /* no day counts twice */
        const struct account_period *period = &relieved->list[i];
        days -= days_in(&account->frozen, date_before(period->after, after) ? after : period->after,
                        date_before(upto, period->upto) ? upto : period->upto);
    }
    return days;
}

/* --- any event --- */

/* Whether the account is in a stage that takes this type at all, and was taken over by then. */
static bool takes(struct account *account, const struct event *event,
                  struct account_refusal *refusal)
{
    struct text type = event_name(event);
    int len = (int)type.len; /* at most an id's */
    if (date_is_set(account->opening) && date_before(event->date, account->opening) &&
        event->type != EVENT_DISBURSE && event->type != EVENT_OPENING)
        return refuse(refusal, FAULT_BEFORE_OPENING, "%.*s before the loan's opening", len,
                      type.ptr);
    switch (account->stage) {
    case ACCOUNT_CANCELLED:
        return refuse(refusal, FAULT_AFTER_END, "%.*s after the account was cancelled", len,
                      type.ptr);
    case ACCOUNT_ENDED:
        return refuse(refusal, FAULT_AFTER_END, "%.*s after the absolute write-off", len, type.ptr);
    case ACCOUNT_WRITTEN_OFF:
        if (event->type == EVENT_FORGIVE || event->type == EVENT_DISBURSE ||
            event->type == EVENT_OPENING || event->type == EVENT_CHARGE ||
            event->type == EVENT_RESCHEDULE)
            return refuse(refusal, FAULT_AFTER_WRITE_OFF, "%.*s after the write-off", len,
                          type.ptr);
        return true;
    case ACCOUNT_PENDING:
        if (event->type != EVENT_DISBURSE && event->type != EVENT_CANCEL &&
            event->type != EVENT_COLLATERAL)
            return refuse(refusal, FAULT_BEFORE_DISBURSEMENT, "%.*s before the loan is disbursed",
                          len, type.ptr);
        return true;
    case ACCOUNT_RUNNING:
        return true;
    }
    return true;
}

bool account_apply(struct account *account, struct event *event, struct account_refusal *refusal)
{
    account_advance(account, event->date);
    if (!takes(account, event, refusal))
        return false;
    if (account->loan->program->has_penalty && !event_is_payment(event->type))
        penalty_note_principal(account);
    switch (event->type) {
    case EVENT_DISBURSE:
        return apply_disburse(account, event, refusal);
    case EVENT_OPENING:
        return apply_opening(account, event, refusal);
    case EVENT_CANCEL:
        return apply_cancel(account, event, refusal);
    case EVENT_COLLATERAL:
        account->collateral = event->amount;
        return true;
    case EVENT_CLASSIFY:
        account->judged = event;
        return true;
    case EVENT_ABLE:
        return apply_able(account, event, refusal);
    case EVENT_UNABLE:
        return apply_unable(account, event, refusal);
    case EVENT_FREEZE:
        return apply_freeze(account, event, refusal);
    case EVENT_UNFREEZE:
        return apply_unfreeze(account, event, refusal);
    case EVENT_CHARGE:
        return apply_charge(account, event);
    case EVENT_WAIVE:
        return apply_waive(account, event, refusal);
    case EVENT_RESCHEDULE:
        return reschedule_apply(account, event, refusal);
    case EVENT_REPAY:
    case EVENT_OWN:
        allocation_pay(account, event, event->amount);
        return true;
    case EVENT_CHARGEBACK:
        return apply_chargeback(account, event, refusal);
    case EVENT_REFUND:
        return apply_refund(account, event, refusal);
    case EVENT_FORGIVE:
        return apply_forgive(account, event, refusal);
    case EVENT_WRITE_OFF_ABSOLUTE:
        return apply_write_off_absolute(account, event, refusal);
    case EVENT_WRITE_OFF:
        return apply_write_off(account, event, refusal);
    case EVENT_RECOVER:
        return apply_recover(account, event, refusal);
    case EVENT_LETTER:       /* counted by arrears.h */
    case EVENT_REVERSE:      /* acts through event_resolve() */
    case EVENT_UNIDENTIFIED: /* belongs to no account */
    case EVENT_EVENT:        /* from here on of grants: the loader refuses them */
    case EVENT_SPEND:
    case EVENT_REPORT:
    case EVENT_ACCEPT:
    case EVENT_REJECT:
    case EVENT_PAY:
    case EVENT_RETURN:
    case EVENT_NOTICE:
    case EVENT_TYPES:
        break;
    }
    return true;
}
