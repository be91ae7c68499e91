#include "owed.h"

#include <assert.h>

/* --- rows --- */

/* After the last row: whatever needs an extra row of the same date finds this one. */
static struct row *add_extra_row(struct account *account, struct date due)
{
    struct row *extra = &account->rows[account->row_count];
    assert(date_before(extra[-1].due, due));
    *extra = (struct row){
        .n = ++account->highest_n, .due_nominal = due, .due = due, .paid_on = DATE_NONE};
    account->row_count++;
    return extra;
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

/* The row of a charge that falls due on ${date} or with the next row; row 0 takes none. */
static struct row *row_from(struct account *account, struct date date)
{
    for (unsigned i = 0; i < account->row_count; i++)
        if (!date_before(account->rows[i].due, date) && account->rows[i].n > 0)
            return &account->rows[i];
    return add_extra_row(account, date);
}

static void make_due(struct account *account, struct row *row, enum component component,
                     struct amount amount)
{
    unsigned index = (unsigned)(row - account->rows);
    row->due_of[component] = amount_add(account->arena, row->due_of[component], amount);
    row->paid_on = DATE_NONE;
    if (index < account->first_open)
        account->first_open = index;
}

/* --- more --- */

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
    account->payouts[account->payout_count++] = (struct account_payout){date, amount};
}

void owed_charge(struct account *account, struct event *event)
{
    struct date due = date_before(event->date, event->due) ? event->due : event->date;
    struct row *row = row_from(account, due);
    make_due(account, row, event->component, event->amount);
    event->charged_n = row->n;
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
    if (row->waived == NULL)
        row->waived = ARENA_ARRAY(arena, struct amount, COMPONENTS);
    row->waived[component] = amount_add(arena, row->waived[component], part);
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
