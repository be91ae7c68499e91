#include "owed.h"

#include <assert.h>
#include <string.h>

#include "allocation.h"

/* --- rows --- */

/* After the last row: whatever needs an extra row of the same date finds this one. */
static struct row *add_extra_row(struct account *account, struct date due)
{
    struct row *extra = &account->rows[account->row_count];
    assert(date_before(extra[-1].due, due));
    *extra = (struct row){.n = ++account->highest_n,
                          .due_nominal = due,
                          .due = due,
                          .paid_on = DATE_NONE,
                          .extra = true};
    account->row_count++;
    return extra;
}

/* Rows stand by due date, then n, and the new one has the highest n. */
struct row *owed_insert_row(struct account *account, struct date nominal, struct date due)
{
    unsigned at = account->row_count;
    while (at > 0 && date_before(due, account->rows[at - 1].due))
        at--;
    struct row *row = &account->rows[at];
    memmove(row + 1, row, (account->row_count - at) * sizeof *row);
    *row = (struct row){
        .n = ++account->highest_n, .due_nominal = nominal, .due = due, .paid_on = DATE_NONE};
    account->row_count++;
    if (at < account->first_open)
        account->first_open = at;
    return row;
}

/* The row in which money lent anew on ${date} falls due. */
static struct row *row_after(struct account *account, struct date date)
{
    struct row *last = &account->rows[account->row_count - 1];
    for (unsigned i = 0; i < account->row_count; i++)
        if (date_before(date, account->rows[i].due) && account->rows[i].n != ROW_UNNUMBERED)
            return &account->rows[i];
    return date_equal(last->due, date) ? last : add_extra_row(account, date);
}

/* The row of a charge that falls due on ${date} or with the next row; row 0 and later down payments
 * take none. */
static struct row *row_from(struct account *account, struct date date)
{
    for (unsigned i = 0; i < account->row_count; i++)
        if (!date_before(account->rows[i].due, date) && account->rows[i].n > 0 &&
            !account->rows[i].down_payment)
            return &account->rows[i];
    return add_extra_row(account, date);
}

static void make_due(struct account *account, struct row *row, enum component component,
                     struct amount amount)
{
    unsigned index = (unsigned)(row - account->rows);
    row->due_of[component] = amount_add(account->arena, row->due_of[component], amount);
    row->paid_on = DATE_NONE;
    if (component == COMPONENT_PRINCIPAL && !row->extra) {
        struct amount *added = &row_beside_of(account->arena, row)->added;
        *added = amount_add(account->arena, *added, amount);
    }
    if (index < account->first_open)
        account->first_open = index;
}

/* --- more --- */

/* Each event has one at most: what a chargeback makes due and what it lends anew are of one day. */
void owed_add_payout(struct account *account, struct date date, struct amount amount)
{
    struct account_payout *last = account->payouts + account->payout_count - 1;
    if (date_equal(last->date, date))
        last->amount = amount_add(account->arena, last->amount, amount);
    else
        account->payouts[account->payout_count++] = (struct account_payout){date, amount};
}

void owed_lend_anew(struct account *account, struct date date, struct amount amount)
{
    struct arena *arena = account->arena;
    struct account_totals *totals = &account->totals;
    make_due(account, row_after(account, date), COMPONENT_PRINCIPAL, amount);
    totals->disbursed = amount_add(arena, totals->disbursed, amount);
    if (account->stage == ACCOUNT_WRITTEN_OFF)
        totals->written_off = amount_add(arena, totals->written_off, amount);
    else
        totals->outstanding = amount_add(arena, totals->outstanding, amount);
    owed_add_payout(account, date, amount);
}

void owed_charge(struct account *account, struct event *event)
{
    struct date due = date_before(event->date, event->due) ? event->due : event->date;
    struct row *row = row_from(account, due);
    make_due(account, row, event->component, event->amount);
    event->charged_n = row->n;
}

/* --- chargebacks --- */

/* What the payment has paid of each component, later use of its credit included, less what was
 * charged back of it.  False when it neither paid anything nor became credit. */
static bool paid_by(const struct account *account, const struct event *payment,
                    struct amount paid[COMPONENTS])
{
    bool any = false;
    for (unsigned c = 0; c < COMPONENTS; c++)
        paid[c] = AMOUNT_ZERO;
    for (size_t i = 0; i < account->line_count; i++) {
        const struct account_line *line = &account->lines[i];
        for (unsigned c = 0; c < COMPONENTS && line->event == payment; c++)
            paid[c] = amount_add(account->arena, paid[c], line->part[c]);
        any = any || line->event == payment;
    }
    for (unsigned i = 0; i < account->chargeback_count; i++) {
        const struct account_chargeback *before = &account->chargebacks[i];
        for (unsigned c = 0; c < COMPONENTS && before->payment == payment; c++)
            paid[c] = amount_sub(account->arena, paid[c], before->part[c]);
    }
    return any;
}

static struct account_credit *credit_of(const struct account *account, const struct event *payment)
{
    for (unsigned i = 0; i < account->credit_count; i++)
        if (account->credits[i].event == payment)
            return &account->credits[i];
    return NULL;
}

bool owed_left_of_payment(const struct account *account, const struct event *payment,
                          struct amount *left)
{
    struct arena *arena = account->arena;
    struct amount paid[COMPONENTS];
    const struct account_credit *credit = credit_of(account, payment);
    bool any = paid_by(account, payment, paid);
    *left = credit == NULL ? AMOUNT_ZERO : amount_add(arena, credit->left, credit->refunded);
    for (unsigned c = 0; c < COMPONENTS; c++)
        *left = amount_add(arena, *left, paid[c]);
    return any;
}

/* What was paid of a component is due again: it was repaid, or recovered after the write-off. */
static void uncount(struct account *account, const struct event *payment, enum component component,
                    struct amount amount)
{
    struct arena *arena = account->arena;
    struct account_totals *t = &account->totals;
    bool recovered =
        account->written_off_by != NULL && event_compare(account->written_off_by, payment) < 0;
    t->charged_back[component] = amount_add(arena, t->charged_back[component], amount);
    if (recovered)
        t->recovered = amount_sub(arena, t->recovered, amount);
    if (component != COMPONENT_PRINCIPAL)
        return;
    if (recovered) {
        t->recovered_principal = amount_sub(arena, t->recovered_principal, amount);
        return;
    }
    t->repaid = amount_sub(arena, t->repaid, amount);
    if (allocation_is_funded(payment))
        t->funded = amount_sub(arena, t->funded, amount);
    if (account->stage == ACCOUNT_WRITTEN_OFF)
        t->written_off = amount_add(arena, t->written_off, amount);
    else
        t->outstanding = amount_add(arena, t->outstanding, amount);
}

static struct account_chargeback *add_chargeback(struct account *account,
                                                 const struct event *payment)
{
    if (account->chargebacks == NULL)
        account->chargebacks =
            ARENA_ARRAY(account->arena, struct account_chargeback, account->event_count);
    struct account_chargeback *chargeback = &account->chargebacks[account->chargeback_count++];
    chargeback->payment = payment;
    return chargeback;
}

/* What the payment had paid, and then what was refunded of it, is due from now on. */
static void make_due_again(struct account *account, const struct event *event, struct amount amount)
{
    const struct event *payment = event->target;
    struct arena *arena = account->arena;
    const uint8_t *order = allocation_said(account, payment, RULE_ALLOCATION_COMPONENTS,
                                           RULE_ALLOCATION_TYPES_COMPONENTS)
                               ->order;
    struct amount paid[COMPONENTS];
    (void)paid_by(account, payment, paid);
    struct account_chargeback *chargeback = add_chargeback(account, payment);
    struct row *row = row_after(account, event->date);
    struct account_line *line = allocation_line(account, event, event->date, row->n);
    for (unsigned i = COMPONENTS; i-- > 0;) {
        enum component component = (enum component)order[i];
        struct amount part = amount_least(paid[component], amount);
        if (amount_is_zero(part))
            continue;
        make_due(account, row, component, part);
        uncount(account, payment, component, part);
        if (component == COMPONENT_PRINCIPAL)
            owed_add_payout(account, event->date, part);
        chargeback->part[component] = part;
        line->part[component] = amount_negate(arena, part);
        amount = amount_sub(arena, amount, part);
    }
    if (amount_is_zero(amount))
        return;
    struct account_credit *credit = credit_of(account, payment);
    credit->refunded = amount_sub(arena, credit->refunded, amount);
    account->totals.refunded = amount_sub(arena, account->totals.refunded, amount);
    owed_lend_anew(account, event->date, amount);
    line->part[COMPONENT_PRINCIPAL] = amount_sub(arena, line->part[COMPONENT_PRINCIPAL], amount);
}

void owed_charge_back(struct account *account, const struct event *event, struct amount amount)
{
    struct arena *arena = account->arena;
    struct account_totals *totals = &account->totals;
    struct account_credit *credit = credit_of(account, event->target);
    struct amount held = credit == NULL ? AMOUNT_ZERO : amount_least(credit->left, amount);
    totals->received = amount_sub(arena, totals->received, amount);
    if (!amount_is_zero(held)) {
        credit->left = amount_sub(arena, credit->left, held);
        totals->credit = amount_sub(arena, totals->credit, held);
        allocation_line(account, event, event->date, ROW_UNNUMBERED)->credit =
            amount_negate(arena, held);
        amount = amount_sub(arena, amount, held);
    }
    if (!amount_is_zero(amount))
        make_due_again(account, event, amount);
}

/* --- less --- */

struct amount owed_unpaid(const struct account *account, enum component component)
{
    struct amount sum = AMOUNT_ZERO;
    for (unsigned i = account->first_open; i < account->row_count; i++)
        sum = amount_add(account->arena, sum,
                         account_row_unpaid(account->arena, &account->rows[i], component));
    return sum;
}

/* Waive up to ${amount} in the row; what is left of it is returned. */
static struct amount waive_in(struct account *account, struct row *row, enum component component,
                              struct date date, struct amount amount)
{
    struct arena *arena = account->arena;
    struct amount part = amount_least(account_row_unpaid(arena, row, component), amount);
    if (amount_is_zero(part))
        return amount;
    struct amount *waived = &row_beside_of(account->arena, row)->waived[component];
    *waived = amount_add(arena, *waived, part);
    row->due_of[component] = amount_sub(arena, row->due_of[component], part);
    if (!account_row_is_open(row))
        row->paid_on = date;
    return amount_sub(arena, amount, part);
}

void owed_waive(struct account *account, const struct event *event, struct amount amount)
{
    const struct event *charge = event->target;
    for (unsigned i = 0; i < account->row_count && charge != NULL; i++)
        if (account->rows[i].n == charge->charged_n)
            amount = waive_in(account, &account->rows[i], event->component, event->date, amount);
    for (unsigned i = account->first_open; i < account->row_count; i++)
        amount = waive_in(account, &account->rows[i], event->component, event->date, amount);
    assert(amount_is_zero(amount)); /* the caller asks for no more than is unpaid */
}

void owed_forgive(struct account *account, struct date date, struct amount amount)
{
    struct arena *arena = account->arena;
    struct account_totals *totals = &account->totals;
    totals->forgiven = amount_add(arena, totals->forgiven, amount);
    totals->outstanding = amount_sub(arena, totals->outstanding, amount);
    for (unsigned i = account->row_count; i-- > 0 && !amount_is_zero(amount);)
        amount = waive_in(account, &account->rows[i], COMPONENT_PRINCIPAL, date, amount);
    assert(amount_is_zero(amount)); /* what is outstanding is unpaid in the rows */
}

/* --- small rests --- */

static void forgo_rest(struct account *account, struct date day, struct amount below)
{
    struct arena *arena = account->arena;
    struct amount unpaid[COMPONENTS], all = AMOUNT_ZERO;
    for (unsigned c = 0; c < COMPONENTS; c++) {
        unpaid[c] = owed_unpaid(account, (enum component)c);
        all = amount_add(arena, all, unpaid[c]);
    }
    if (amount_is_zero(all) || amount_compare(all, below) >= 0)
        return;
    for (unsigned i = account->first_open; i < account->row_count; i++)
        for (unsigned c = 0; c < COMPONENT_PRINCIPAL; c++)
            unpaid[c] = waive_in(account, &account->rows[i], (enum component)c, day, unpaid[c]);
    owed_forgive(account, day, unpaid[COMPONENT_PRINCIPAL]);
}

/* It becomes a fee charged that day, which it pays. */
static void keep_credit(struct account *account, struct date day, struct amount below)
{
    struct amount credit = account->totals.credit;
    if (amount_is_zero(credit) || amount_compare(credit, below) >= 0)
        return;
    for (unsigned c = 0; c < COMPONENTS; c++)
        if (!amount_is_zero(owed_unpaid(account, (enum component)c)))
            return;
    /* No event has asked for room for this row. */
    size_t room = account->row_count + account->event_count + 1;
    struct row *rows = arena_alloc(account->arena, room * sizeof *rows);
    memcpy(rows, account->rows, account->row_count * sizeof *rows);
    account->rows = rows;
    make_due(account, row_from(account, day), COMPONENT_FEE, credit);
    allocation_spend_credit(account, day);
}

void owed_settle(struct account *account, struct date day)
{
    const struct rule_scope *rules = program_at(account->loan->program, day);
    if (account->stage != ACCOUNT_RUNNING ||
        date_before(day, account->rows[account->row_count - 1].due) ||
        date_before(day, account->opening)) /* what it was before is not known */
        return;
    if (rule_is_set(rules, RULE_SMALL_AMOUNTS_FORGIVE_BELOW))
        forgo_rest(account, day, rule_amount(rules, RULE_SMALL_AMOUNTS_FORGIVE_BELOW));
    if (rule_is_set(rules, RULE_SMALL_AMOUNTS_KEEP_CREDIT_BELOW))
        keep_credit(account, day, rule_amount(rules, RULE_SMALL_AMOUNTS_KEEP_CREDIT_BELOW));
}
