#include "account.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "allocation.h"
#include "plan.h"

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
    };
    for (size_t i = 0; i < count; i++)
        if (events[i]->type == EVENT_OPENING && events[i]->counts)
            account->opening = events[i]->date;
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

static bool disburse(struct account *account, struct date date, struct amount amount,
                     struct account_refusal *refusal)
{
    char day[DATE_TEXT_LEN + 1];
    unsigned room = plan_rows_max(account->arena, account->loan, amount) +
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
    account->payouts[account->payout_count++] = (struct account_payout){date, amount};
    account->totals.disbursed = amount;
    account->totals.outstanding = amount;
    return true;
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

static bool apply_disburse(struct account *account, const struct event *event,
                           struct account_refusal *refusal)
{
    const struct loan *loan = account->loan;
    char agreed[DATE_TEXT_LEN + 1];
    if (date_is_set(loan->disbursed))
        return refuse(refusal, FAULT_DISBURSE_NOT_TAKEN,
                      "the loan's row in the book says when it was disbursed, %s",
                      date_text(agreed, loan->disbursed));
    if (account->stage != ACCOUNT_PENDING)
        return refuse(refusal, FAULT_DISBURSE_AGAIN, "the loan is disbursed already");
    if (is_before_agreed(account, event, refusal))
        return false;
    if (date_is_set(loan->first_due) && date_before(loan->first_due, event->date))
        return refuse(refusal, FAULT_FIRST_DUE_EARLY,
                      "the loan's first_due %s is before this disbursement",
                      date_text(agreed, loan->first_due));
    if (amount_compare(event->amount, loan->principal) > 0)
        return refuse_amount(account, refusal, FAULT_DISBURSE_ABOVE_PRINCIPAL, event->amount,
                             "the principal agreed", loan->principal);
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
    return true;
}

/* --- refunds --- */

/* How much of reversed payments this refund may still go beyond the credit (semantics 5.5). */
static struct amount uncovered_room(struct account *account, const struct event *refund,
                                    size_t index)
{
    const struct event *payment = account->events[index];
    if (payment->type != EVENT_REPAY || !payment->known || payment->removed_by == NULL ||
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

/* The row in which money lent anew on ${date} falls due: the next due after it, the last, or an
 * extra row. */
static struct row *row_for_new_principal(struct account *account, struct date date)
{
    struct row *last = &account->rows[account->row_count - 1];
    for (unsigned i = 0; i < account->row_count; i++)
        if (date_before(date, account->rows[i].due) && account->rows[i].n != ROW_UNNUMBERED)
            return &account->rows[i];
    if (date_equal(last->due, date))
        return last;
    struct row *extra = last + 1;
    *extra = (struct row){
        .n = ++account->highest_n, .due_nominal = date, .due = date, .paid_on = DATE_NONE};
    account->row_count++;
    return extra;
}

static void lend_anew(struct account *account, struct date date, struct amount amount)
{
    struct arena *arena = account->arena;
    struct account_totals *totals = &account->totals;
    struct row *row = row_for_new_principal(account, date);
    struct amount *due = &row->due_of[COMPONENT_PRINCIPAL];
    *due = amount_add(arena, *due, amount);
    row->paid_on = DATE_NONE;
    if ((unsigned)(row - account->rows) < account->first_open)
        account->first_open = (unsigned)(row - account->rows);
    totals->disbursed = amount_add(arena, totals->disbursed, amount);
    if (account->stage == ACCOUNT_WRITTEN_OFF)
        totals->written_off = amount_add(arena, totals->written_off, amount);
    else
        totals->outstanding = amount_add(arena, totals->outstanding, amount);
    account->payouts[account->payout_count++] = (struct account_payout){date, amount};
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
        lend_anew(account, event->date, uncovered);
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

/* --- any event --- */

/* Whether the account is in a stage that takes this type at all. */
static bool takes(struct account *account, const struct event *event,
                  struct account_refusal *refusal)
{
    const char *name = event_kind(event->type)->name;
    switch (account->stage) {
    case ACCOUNT_CANCELLED:
        return refuse(refusal, FAULT_AFTER_END, "%s after the account was cancelled", name);
    case ACCOUNT_WRITTEN_OFF:
        if (event->type == EVENT_DISBURSE || event->type == EVENT_OPENING)
            return refuse(refusal, FAULT_AFTER_WRITE_OFF, "%s after the write-off", name);
        return true;
    case ACCOUNT_PENDING:
        if (event->type != EVENT_DISBURSE && event->type != EVENT_CANCEL &&
            event->type != EVENT_COLLATERAL)
            return refuse(refusal, FAULT_BEFORE_DISBURSEMENT, "%s before the loan is disbursed",
                          name);
        return true;
    case ACCOUNT_RUNNING:
        return true;
    }
    return true;
}

bool account_apply(struct account *account, struct event *event, struct account_refusal *refusal)
{
    account_advance(account, event->date);
    if (date_is_set(account->opening) && date_before(event->date, account->opening) &&
        event->type != EVENT_DISBURSE && event->type != EVENT_OPENING)
        return refuse(refusal, FAULT_BEFORE_OPENING, "%s before the loan's opening",
                      event_kind(event->type)->name);
    if (!takes(account, event, refusal))
        return false;
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
    case EVENT_REPAY:
        allocation_pay(account, event, event->amount);
        return true;
    case EVENT_REFUND:
        return apply_refund(account, event, refusal);
    case EVENT_WRITE_OFF:
        return apply_write_off(account, event, refusal);
    case EVENT_RECOVER:
        return apply_recover(account, event, refusal);
    case EVENT_REVERSE:      /* acts through event_resolve() */
    case EVENT_UNIDENTIFIED: /* belongs to no account */
    case EVENT_TYPES:
        break;
    }
    return true;
}

void account_advance(struct account *account, struct date date)
{
    struct date before = account->day;
    account->day = date;
    if (amount_is_zero(account->totals.credit))
        return;
    for (unsigned i = account->first_open; i < account->row_count; i++) {
        struct date due = account->rows[i].due;
        if (date_before(date, due) || amount_is_zero(account->totals.credit))
            return;
        if (date_before(before, due) && account_row_is_open(&account->rows[i]))
            allocation_use_credit(account, due);
    }
}
