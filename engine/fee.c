#include "fee.h"

#include <string.h>

#include "owed.h"
#include "replan.h"
#include "rounding.h"
#include "rule_check.h"

/* One amount paid out. */
struct payout {
    struct account *account;
    struct date date;
    struct amount amount;
    bool first;
    struct amount deducted;
};

static enum rule_collect collect_of(const struct rule_scope *fee)
{
    return (enum rule_collect)rule_number(fee, RULE_FEES_COLLECT);
}

static bool is_share(const struct rule_scope *fee)
{
    return rule_is_set(fee, RULE_FEES_AMOUNT_RATE);
}

static enum rule_fee_of share_of(const struct rule_scope *fee)
{
    return (enum rule_fee_of)rule_number(fee, RULE_FEES_AMOUNT_OF);
}

static struct amount base_of(const struct payout *payout, const struct rule_scope *fee,
                             const struct row *row)
{
    switch (share_of(fee)) {
    case RULE_FEE_OF_PRINCIPAL:
        return payout->account->loan->principal;
    case RULE_FEE_OF_DISBURSED:
        return payout->amount;
    case RULE_FEE_OF_INSTALLMENT:
        return row->due_of[COMPONENT_PRINCIPAL];
    }
    return AMOUNT_ZERO;
}

/* ${row}: where it goes, of which alone a share of an installment asks. */
static struct amount amount_of_fee(const struct payout *payout, const struct rule_scope *fee,
                                   const struct row *row)
{
    if (!is_share(fee))
        return rule_amount(fee, RULE_FEES_AMOUNT);
    struct fraction rate = fee->value[RULE_FEES_AMOUNT_RATE].fraction;
    return rounding_quotient(payout->account->arena, base_of(payout, fee, row), rate.num, rate.den,
                             rule_amount(fee, RULE_FEES_ROUNDING_UNIT),
                             (enum rounding_mode)rule_number(fee, RULE_FEES_ROUNDING_MODE));
}

/* Of a fee due at once: a relief may still move other rows past the opening. */
static bool is_free(const struct account *account, struct date due)
{
    return date_is_set(account->opening) && !date_before(account->opening, due);
}

static void add_to_row(struct payout *payout, const struct rule_scope *fee, struct row *row,
                       struct amount amount)
{
    struct account *account = payout->account;
    struct arena *arena = account->arena;
    unsigned index = (unsigned)(row - account->rows);
    replan_note(account,
                &(struct account_part){.n = row->n,
                                       .part = amount,
                                       .whole = is_share(fee) ? base_of(payout, fee, row) : amount,
                                       .fee = fee});
    row->due_of[COMPONENT_FEE] = amount_add(arena, row->due_of[COMPONENT_FEE], amount);
    if (collect_of(fee) == RULE_COLLECT_DEDUCT) {
        row->paid[COMPONENT_FEE] = amount_add(arena, row->paid[COMPONENT_FEE], amount);
        payout->deducted = amount_add(arena, payout->deducted, amount);
    }
    bool open = account_row_is_open(row);
    if (open || !date_is_set(row->paid_on))
        row->paid_on = open ? DATE_NONE : payout->date;
    if (open && index < account->first_open)
        account->first_open = index;
}

/* --- the row of the day itself --- */

/* Row 0, which only a down payment has made before. */
static struct row *row_0(struct account *account, struct date date)
{
    struct row *row = account->rows;
    if (row->n == 0)
        return row;
    memmove(row + 1, row, account->row_count * sizeof *row);
    *row = (struct row){.due_nominal = date, .due = date, .paid_on = DATE_NONE};
    account->row_count++;
    return row;
}

/* The down payment's row of a later tranche, the last one of its day, else an extra row. */
static struct row *row_of_tranche(struct account *account, struct date date)
{
    bool pays_down = rule_is_set(account->loan->rules, RULE_SCHEDULE_DOWN_PAYMENT);
    for (unsigned i = account->row_count; i-- > 0;) {
        struct row *row = &account->rows[i];
        if (date_equal(row->due, date) && row->extra && row->down_payment == pays_down)
            return row;
    }
    struct row *row = owed_insert_row(account, date, date);
    row->extra = true;
    return row;
}

static void charge_at_once(struct payout *payout, const struct rule_scope *fee)
{
    struct account *account = payout->account;
    struct amount amount = amount_of_fee(payout, fee, NULL);
    if (amount_is_zero(amount) || is_free(account, payout->date))
        return;
    struct row *row =
        payout->first ? row_0(account, payout->date) : row_of_tranche(account, payout->date);
    add_to_row(payout, fee, row, amount);
}

/* --- rows of the plan --- */

static void charge_row(struct payout *payout, const struct rule_scope *fee, struct row *row)
{
    add_to_row(payout, fee, row, amount_of_fee(payout, fee, row));
}

void fee_open(struct account *account, struct date date)
{
    for (unsigned i = 0; i < account->row_count && !date_before(date, account->rows[i].due); i++) {
        struct row *row = &account->rows[i];
        if (amount_is_zero(row->due_of[COMPONENT_FEE]))
            continue;
        row->due_of[COMPONENT_FEE] = AMOUNT_ZERO;
        if (!account_row_is_open(row))
            row->paid_on = row->due;
    }
}

static bool falls_in(const struct rule_scope *fee, const struct row *row, bool is_first)
{
    switch ((enum rule_fee_when)rule_number(fee, RULE_FEES_WHEN)) {
    case RULE_FEE_IN_ROW:
        return row->n == rule_number(fee, RULE_FEES_WHEN_INSTALLMENT);
    case RULE_FEE_AT_DISBURSEMENT:
        return is_first;
    case RULE_FEE_EACH_INSTALLMENT:
        return true;
    }
    return false;
}

static void charge_rows(struct payout *payout, const struct rule_scope *fee)
{
    const struct account *account = payout->account;
    bool is_first = true;
    for (unsigned i = 0; i < account->row_count; i++) {
        struct row *row = &account->rows[i];
        if (!replan_is_of_plan(row))
            continue;
        if (falls_in(fee, row, is_first))
            charge_row(payout, fee, row);
        is_first = false;
    }
}

/* A later tranche's goes with the first principal row due after it. */
static void charge_next_row(struct payout *payout, const struct rule_scope *fee)
{
    const struct account *account = payout->account;
    unsigned i = 0;
    while (!replan_is_of_plan(&account->rows[i]) ||
           !date_before(payout->date, account->rows[i].due))
        i++;
    charge_row(payout, fee, &account->rows[i]);
}

static bool charge_all(struct payout *payout, struct amount *deducted)
{
    struct account *account = payout->account;
    struct account_totals *totals = &account->totals;
    const struct rule_value *fees = &account->loan->rules->value[RULE_FEES];
    for (unsigned i = 0; i < fees->count; i++) {
        const struct rule_scope *fee = fees->items[i];
        if (!payout->first && !(is_share(fee) && share_of(fee) == RULE_FEE_OF_DISBURSED))
            continue;
        if (collect_of(fee) != RULE_COLLECT_WITH_INSTALLMENT)
            charge_at_once(payout, fee);
        else if (payout->first)
            charge_rows(payout, fee);
        else
            charge_next_row(payout, fee);
    }
    totals->deducted = amount_add(account->arena, totals->deducted, payout->deducted);
    *deducted = payout->deducted;
    return amount_compare(payout->deducted, payout->amount) <= 0;
}

bool fee_charge(struct account *account, struct date date, struct amount amount,
                struct amount *deducted)
{
    struct payout payout = {.account = account, .date = date, .amount = amount, .first = true};
    return charge_all(&payout, deducted);
}

bool fee_charge_tranche(struct account *account, struct date date, struct amount amount,
                        struct amount *deducted)
{
    struct payout payout = {.account = account, .date = date, .amount = amount};
    return charge_all(&payout, deducted);
}
