#include "tranche.h"

#include "owed.h"
#include "plan.h"
#include "replan.h"
#include "rule_check.h"
#include "split.h"

/* The rows over which a tranche is split, and what each is to hold. */
struct tranche {
    struct account *account;
    struct row **rows;
    struct amount *parts; /* planned principal */
    unsigned count;
};

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
        if (replan_is_of_plan(&account->rows[i]) && date_before(date, account->rows[i].due))
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
    struct row *row = replan_insert(account, date, date, NULL);
    row->extra = row->down_payment = true;
    row->due_of[COMPONENT_PRINCIPAL] = *down;
    return true;
}

/* Continue the count of the last row's date; the last row of all falls due by `latest`, as in any
 * plan. */
static enum tranche_outcome add_rows(struct tranche *tranche, unsigned more)
{
    struct account *account = tranche->account;
    const struct loan *loan = account->loan;
    const struct row *last = tranche->rows[tranche->count - 1];
    struct row_count count = replan_count_of(account, last);
    struct date disbursed = account->payouts[0].date;
    struct date latest = plan_latest(loan, disbursed), before = last->due_nominal;
    replan_make_room(account, more);
    for (unsigned i = 0; i < more; i++) {
        count.k++;
        struct date nominal = replan_date(account, &count);
        if (date_before(latest, nominal)) {
            if (i + 1 < more || !date_before(before, latest))
                return TRANCHE_LATEST;
            nominal = latest;
        }
        if (!date_in_range(nominal))
            return TRANCHE_TOO_LATE;
        struct date due = plan_business_day(loan->rules, nominal, disbursed, latest);
        if (!date_in_range(due))
            return TRANCHE_TOO_LATE;
        (void)replan_insert(account, nominal, due, &count);
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
    replan_set_principal(account, row, amount_add(arena, row->due_of[COMPONENT_PRINCIPAL], more),
                         date);
}

/* Rows that a reschedule made know no shares, no fixed amount: all are equal then. */
static bool any_is_remade(const struct tranche *tranche)
{
    for (unsigned i = 0; i < tranche->count; i++)
        if (tranche->rows[i]->remade)
            return true;
    return false;
}

/* Tell whoever explains what each row got; ${which}: of the plan's, NULL: equally. */
static void note(const struct tranche *tranche, struct amount total, const unsigned *which,
                 struct date date)
{
    struct account *account = tranche->account;
    const struct rule_scope *rules = account->loan->rules;
    enum rule_split kind = which == NULL ? RULE_SPLIT_EQUAL : rule_split(rules);
    struct account_part part = {
        .whole = total,
        .rows = tranche->count,
        .rounding = {amount_of(1), ROUNDING_DOWN, RESIDUAL_LAST},
    };
    if (account->parts == NULL)
        return;
    if (kind == RULE_SPLIT_FIXED)
        part.fixed = rule_amount(rules, RULE_SCHEDULE_SPLIT_FIXED);
    else if (kind != RULE_SPLIT_BULLET)
        part.rounding = replan_rounding(account, date);
    if (kind == RULE_SPLIT_SHARES)
        part.shares = plan_shares(account->arena, rules, which, tranche->count);
    for (unsigned i = 0; i < tranche->count; i++) {
        part.n = tranche->rows[i]->n;
        part.part = tranche->parts[i];
        part.k = i + 1;
        replan_note(account, &part);
    }
}

static void split(struct tranche *tranche, struct amount total, struct date date)
{
    struct arena *arena = tranche->account->arena;
    unsigned *which = arena_alloc(arena, tranche->count * sizeof *which);
    tranche->parts = arena_alloc(arena, tranche->count * sizeof *tranche->parts);
    if (any_is_remade(tranche)) {
        struct split_rounding rounding = replan_rounding(tranche->account, date);
        split_equal(arena, total, tranche->count, &rounding, tranche->parts);
        note(tranche, total, NULL, date);
        return;
    }
    for (unsigned i = 0; i < tranche->count; i++)
        which[i] = (unsigned)tranche->rows[i]->n - 1;
    plan_split(arena, tranche->account->loan, total, which, tranche->count, tranche->parts);
    note(tranche, total, which, date);
}

enum tranche_outcome tranche_join(struct account *account, struct date date, struct amount amount)
{
    struct arena *arena = account->arena;
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
    unsigned wanted = any_is_remade(&tranche)
                          ? tranche.count
                          : plan_rows_of(arena, account->loan, total, tranche.count);
    if (wanted > tranche.count) {
        enum tranche_outcome added = add_rows(&tranche, wanted - tranche.count);
        if (added != TRANCHE_JOINED)
            return added;
        collect(&tranche, date);
    }
    split(&tranche, total, date);
    if (!split_is_positive(tranche.parts, tranche.count) || !settle(&tranche))
        return TRANCHE_VANISHES;
    for (unsigned i = 0; i < tranche.count; i++)
        set_part(account, tranche.rows[i], tranche.parts[i], date);
    totals->disbursed = amount_add(arena, totals->disbursed, amount);
    totals->outstanding = amount_add(arena, totals->outstanding, amount);
    owed_add_payout(account, date, amount);
    return TRANCHE_JOINED;
}
