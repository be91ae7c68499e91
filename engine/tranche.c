#include "tranche.h"

#include <string.h>

#include "owed.h"
#include "plan.h"
#include "rule_check.h"
#include "split.h"

/* The rows over which a tranche is split, and what each is to hold. */
struct tranche {
    struct account *account;
    struct row **rows;
    struct amount *parts; /* planned principal */
    unsigned count;
};

static bool is_of_plan(const struct row *row)
{
    return row->n > 0 && !row->extra;
}

static struct amount added_to(const struct row *row)
{
    return row->beside == NULL ? AMOUNT_ZERO : row->beside->added;
}

/* What is planned in a row: without what was charged back or lent anew in it. */
static struct amount planned(struct arena *arena, const struct row *row)
{
    return amount_sub(arena, row_due(arena, row, COMPONENT_PRINCIPAL), added_to(row));
}

/* Paid or forgiven, beyond what was added. */
static struct amount held(struct arena *arena, const struct row *row)
{
    struct amount forgiven =
        row->beside == NULL ? AMOUNT_ZERO : row->beside->waived[COMPONENT_PRINCIPAL];
    struct amount all = amount_add(arena, row->paid[COMPONENT_PRINCIPAL], forgiven);
    return amount_sub(arena, all, added_to(row));
}

static void collect(struct tranche *tranche, struct date date)
{
    struct account *account = tranche->account;
    tranche->rows = arena_alloc(account->arena, account->row_count * sizeof(struct row *));
    tranche->count = 0;
    for (unsigned i = 0; i < account->row_count; i++)
        if (is_of_plan(&account->rows[i]) && date_before(date, account->rows[i].due))
            tranche->rows[tranche->count++] = &account->rows[i];
}

/* --- new rows --- */

/* The tranche's own down payment, due at once; false when it would be nothing or everything. */
static bool add_down_payment(struct account *account, struct date date, struct amount amount,
                             struct amount *down)
{
    const struct rule_scope *rules = account->loan->rules;
    *down = rule_down_payment(account->arena, rules, amount);
    if (!rule_is_set(rules, RULE_SCHEDULE_DOWN_PAYMENT))
        return true;
    if (amount_sign(*down) <= 0 || amount_compare(*down, amount) >= 0)
        return false;
    struct row *row = owed_insert_row(account, date, date);
    row->extra = row->down_payment = true;
    row->due_of[COMPONENT_PRINCIPAL] = *down;
    return true;
}

/* The last nominal date that the plan has. */
static struct date last_nominal(const struct account *account)
{
    struct date last = DATE_NONE;
    for (unsigned i = 0; i < account->row_count; i++)
        if (is_of_plan(&account->rows[i]) && date_before(last, account->rows[i].due_nominal))
            last = account->rows[i].due_nominal;
    return last;
}

/* Continue the plan's count of dates; the last row falls due by `latest`, as in any plan. */
static enum tranche_outcome add_rows(struct account *account, unsigned more)
{
    struct arena *arena = account->arena;
    const struct loan *loan = account->loan;
    const struct account_payout *first = &account->payouts[0];
    struct date latest = plan_latest(loan, first->date), before = last_nominal(account);
    size_t room = account->row_count + more + account->event_count; /* as when it was disbursed */
    struct row *rows = arena_alloc(arena, room * sizeof *rows);
    unsigned there = 0;
    int32_t shifted = 0;
    memcpy(rows, account->rows, account->row_count * sizeof *rows);
    account->rows = rows;
    for (unsigned i = 0; i < account->row_count; i++) {
        there += is_of_plan(&rows[i]);
        if (is_of_plan(&rows[i]) && rows[i].beside != NULL)
            shifted = rows[i].beside->shifted; /* in the end that of the last row */
    }
    for (unsigned k = there + 1; k <= there + more; k++) {
        struct date nominal =
            plan_due(arena, loan, first->date, first->amount, k + (unsigned)shifted);
        if (date_before(latest, nominal)) {
            if (k < there + more || !date_before(before, latest))
                return TRANCHE_LATEST;
            nominal = latest;
        }
        struct date due = plan_business_day(loan->rules, nominal, first->date, latest);
        if (!date_in_range(nominal) || !date_in_range(due))
            return TRANCHE_TOO_LATE;
        struct row *row = owed_insert_row(account, nominal, due);
        if (shifted > 0)
            row_beside_of(arena, row)->shifted = shifted;
        before = nominal;
    }
    return TRANCHE_JOINED;
}

/* --- shares --- */

/* A row that holds more than its part keeps it; the others, oldest first, have that much less.
 * False when one of them would be empty. */
static bool settle(struct tranche *tranche)
{
    struct arena *arena = tranche->account->arena;
    struct amount beyond = AMOUNT_ZERO;
    for (unsigned i = 0; i < tranche->count; i++) {
        struct amount has = held(arena, tranche->rows[i]);
        if (amount_compare(has, tranche->parts[i]) <= 0)
            continue;
        beyond = amount_add(arena, beyond, amount_sub(arena, has, tranche->parts[i]));
        tranche->parts[i] = has;
    }
    for (unsigned i = 0; i < tranche->count && !amount_is_zero(beyond); i++) {
        struct amount room = amount_sub(arena, tranche->parts[i], held(arena, tranche->rows[i]));
        struct amount less = amount_least(amount_least(room, tranche->parts[i]), beyond);
        tranche->parts[i] = amount_sub(arena, tranche->parts[i], less);
        beyond = amount_sub(arena, beyond, less);
        if (amount_is_zero(tranche->parts[i]))
            return false;
    }
    return amount_is_zero(beyond);
}

static void set_part(struct account *account, struct row *row, struct amount part, struct date date)
{
    struct arena *arena = account->arena;
    struct amount more = amount_sub(arena, part, planned(arena, row));
    bool was_open = account_row_is_open(row);
    struct amount *due = &row->due_of[COMPONENT_PRINCIPAL];
    *due = amount_add(arena, *due, more);
    bool open = account_row_is_open(row);
    if (open != was_open)
        row->paid_on = open ? DATE_NONE : date;
    if (open && (unsigned)(row - account->rows) < account->first_open)
        account->first_open = (unsigned)(row - account->rows);
}

enum tranche_outcome tranche_join(struct account *account, struct date date, struct amount amount)
{
    struct arena *arena = account->arena;
    const struct loan *loan = account->loan;
    struct account_totals *totals = &account->totals;
    struct tranche tranche = {.account = account};
    struct amount down;
    if (!add_down_payment(account, date, amount, &down))
        return TRANCHE_VANISHES;
    struct amount total = amount_sub(arena, amount, down);
    collect(&tranche, date);
    if (tranche.count == 0)
        return TRANCHE_NO_ROW;
    for (unsigned i = 0; i < tranche.count; i++)
        total = amount_add(arena, total, planned(arena, tranche.rows[i]));
    unsigned wanted = plan_rows_of(arena, loan, total, tranche.count);
    if (wanted > tranche.count) {
        enum tranche_outcome added = add_rows(account, wanted - tranche.count);
        if (added != TRANCHE_JOINED)
            return added;
        collect(&tranche, date);
    }
    tranche.parts = arena_alloc(arena, tranche.count * sizeof *tranche.parts);
    plan_split(arena, loan, total, (unsigned)tranche.rows[0]->n - 1, tranche.count, tranche.parts);
    if (!split_is_positive(tranche.parts, tranche.count) || !settle(&tranche))
        return TRANCHE_VANISHES;
    for (unsigned i = 0; i < tranche.count; i++)
        set_part(account, tranche.rows[i], tranche.parts[i], date);
    totals->disbursed = amount_add(arena, totals->disbursed, amount);
    totals->outstanding = amount_add(arena, totals->outstanding, amount);
    owed_add_payout(account, date, amount);
    return TRANCHE_JOINED;
}
