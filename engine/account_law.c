#include "account.h"

/* What all rows add up to. */
struct row_sums {
    struct amount principal_due;
    struct amount principal_paid;
    struct amount paid; /* all components */
    struct amount forgiven;
};

/* Whether what is paid of a component is at least zero and at most what is due. */
static bool is_within(const struct row *row, enum component component)
{
    struct amount due = row->due_of[component], paid = row->paid[component];
    return amount_sign(paid) >= 0 && amount_compare(paid, due) <= 0;
}

/* Add one row; false when something in it is negative or paid beyond what is due. */
static bool add_row(struct arena *arena, const struct row *row, struct row_sums *sums)
{
    struct amount paid = row->paid[COMPONENT_PRINCIPAL];
    if (row->beside != NULL)
        sums->forgiven =
            amount_add(arena, sums->forgiven, row->beside->waived[COMPONENT_PRINCIPAL]);
    for (unsigned c = 0; c < COMPONENTS && row->beside != NULL; c++)
        if (amount_sign(row->beside->waived[c]) < 0)
            return false;
    sums->principal_due =
        amount_add(arena, sums->principal_due, row_due(arena, row, COMPONENT_PRINCIPAL));
    sums->principal_paid = amount_add(arena, sums->principal_paid, paid);
    sums->paid = amount_add(arena, sums->paid, paid);
    for (unsigned c = 0; c < COMPONENT_PRINCIPAL; c++) {
        if (amount_is_zero(row->due_of[c]) && amount_is_zero(row->paid[c]))
            continue;
        sums->paid = amount_add(arena, sums->paid, row->paid[c]);
        if (!is_within(row, (enum component)c))
            return false;
    }
    return is_within(row, COMPONENT_PRINCIPAL);
}

const char *account_law_of_totals(const struct account *account)
{
    struct arena *arena = account->arena;
    const struct account_totals *t = &account->totals;
    struct amount accounted =
        amount_add(arena, amount_add(arena, t->outstanding, t->repaid), t->written_off);
    if (amount_compare(amount_add(arena, accounted, t->forgiven), t->disbursed) != 0)
        return "law 2: outstanding + repaid + written off + forgiven is not what was disbursed";
    if (amount_sign(t->outstanding) < 0 || amount_sign(t->credit) < 0 ||
        amount_sign(t->repaid) < 0 || amount_sign(t->refunded) < 0 || amount_sign(t->funded) < 0 ||
        amount_compare(t->funded, t->repaid) > 0)
        return "law 2: a figure is negative";
    return NULL;
}

const char *account_law(const struct account *account)
{
    struct arena *arena = account->arena;
    const struct account_totals *t = &account->totals;
    struct row_sums sums = {AMOUNT_ZERO, AMOUNT_ZERO, AMOUNT_ZERO, AMOUNT_ZERO};
    const char *broken = account_law_of_totals(account);
    if (broken != NULL)
        return broken;
    for (unsigned i = 0; i < account->row_count; i++)
        if (!add_row(arena, &account->rows[i], &sums))
            return "law 2: a row is negative or paid beyond what is due";

    /* Rows stay paid where a payment is charged back: what they hold of it is due elsewhere. */
    struct amount again = amount_add(
        arena, t->charged_back[COMPONENT_PENALTY],
        amount_add(arena, t->charged_back[COMPONENT_FEE], t->charged_back[COMPONENT_PRINCIPAL]));
    struct amount placed = amount_add(arena, amount_add(arena, sums.paid, t->credit), t->refunded);
    struct amount came = amount_add(arena, amount_add(arena, t->received, t->deducted), again);
    if (amount_sign(t->deducted) < 0 || amount_compare(t->deducted, t->disbursed) > 0)
        return "law 2: the fees deducted are not part of what was disbursed";
    if (amount_compare(placed, came) != 0)
        return "law 3: money received is not allocated, held or refunded";
    if (amount_compare(sums.forgiven, t->forgiven) != 0)
        return "law 2: the rows' forgiven principal is not what was forgiven";
    struct amount again_principal = t->charged_back[COMPONENT_PRINCIPAL];
    if (amount_compare(sums.principal_due, amount_add(arena, t->disbursed, again_principal)) != 0)
        return "law 3: the rows' principal is not what was disbursed and charged back";
    struct amount counted = amount_add(arena, t->repaid, t->recovered_principal);
    if (amount_compare(sums.principal_paid, amount_add(arena, counted, again_principal)) != 0 ||
        amount_compare(t->recovered, t->recovered_principal) < 0)
        return "law 3: the rows' payments are not what was repaid and recovered";
    return NULL;
}
