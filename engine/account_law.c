#include "account.h"

static struct amount row_sum(const struct account *account, bool paid, enum component component)
{
    struct amount sum = AMOUNT_ZERO;
    for (unsigned i = 0; i < account->row_count; i++) {
        const struct row *row = &account->rows[i];
        sum = amount_add(account->arena, sum, paid ? row->paid[component] : row->due_of[component]);
    }
    return sum;
}

static bool row_is_negative(const struct row *row)
{
    for (unsigned c = 0; c < COMPONENTS; c++)
        if (amount_sign(row->due_of[c]) < 0 || amount_sign(row->paid[c]) < 0 ||
            amount_compare(row->paid[c], row->due_of[c]) > 0)
            return true;
    return false;
}

const char *account_law(const struct account *account)
{
    struct arena *arena = account->arena;
    const struct account_totals *t = &account->totals;
    struct amount accounted =
        amount_add(arena, amount_add(arena, t->outstanding, t->repaid), t->written_off);
    if (amount_compare(accounted, t->disbursed) != 0)
        return "law 2: outstanding + repaid + written off is not what was disbursed";
    if (amount_sign(t->outstanding) < 0 || amount_sign(t->credit) < 0)
        return "law 2: a figure is negative";
    for (unsigned i = 0; i < account->row_count; i++)
        if (row_is_negative(&account->rows[i]))
            return "law 2: a row is negative or paid beyond what is due";

    struct amount allocated = AMOUNT_ZERO;
    for (unsigned c = 0; c < COMPONENTS; c++)
        allocated = amount_add(arena, allocated, row_sum(account, true, (enum component)c));
    struct amount placed =
        amount_add(arena, amount_add(arena, allocated, t->credit), t->refunded);
    if (amount_compare(placed, t->received) != 0)
        return "law 3: money received is not allocated, held or refunded";
    if (amount_compare(row_sum(account, false, COMPONENT_PRINCIPAL), t->disbursed) != 0)
        return "law 3: the rows' principal is not what was disbursed";
    struct amount others = amount_sub(arena, allocated, row_sum(account, true, COMPONENT_PRINCIPAL));
    struct amount principal = amount_sub(arena, amount_add(arena, t->repaid, t->recovered), others);
    if (amount_compare(row_sum(account, true, COMPONENT_PRINCIPAL), principal) > 0)
        return "law 3: the rows' principal paid is more than was repaid and recovered";
    return NULL;
}
