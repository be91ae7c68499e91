/*
 * Budgets: which accounts take what their program gives in a year above its budget (semantics 9).
 *
 * A survey of the book packs a claim for each account of a program that has a budget; sorted, they
 * are judged one after the other.  What is kept grows with the refused ones alone, and with those
 * cancelled.
 */
#ifndef NOL_BUDGET_H
#define NOL_BUDGET_H

#include "load.h"
#include "sorter.h"

/* What one account takes of its program's budget.  Amounts are in minor units. */
struct budget_claim {
    struct text program; /* without NUL */
    int year;            /* of the agreement */
    struct date agreed;
    struct text account_id;
    struct amount amount;
    bool limited;        /* whether the rules of its agreement have a budget */
    struct amount limit; /* for that year; 0: nothing to give */
    struct date freed;   /* the day of its cancellation; DATE_NONE: none */
};

/* An account that is refused. */
struct budget_refusal {
    struct text account_id;
    struct amount taken; /* of the budget, by those before it */
    struct amount limit;
};

struct budget {
    struct arena arena;
    struct budget_refusal *list; /* by account_id, bytewise */
    size_t count, room;
};

void budget_init(struct budget *budget, const struct memory *memory);
void budget_free(struct budget *budget);

/** budget_pack(buffer, claim): put a claim where it waits for sorter_add_packed(). */
void budget_pack(struct buffer *buffer, const struct budget_claim *claim);

/**
 * budget_judge(budget, sorter):
 * Judge all claims of ${sorter}, by program and year in order of agreement and account_id: one
 * that takes the total above the limit of its own agreement is refused and takes nothing; what was
 * cancelled counts until the day of its cancellation.  False when the sorter fails.
 */
bool budget_judge(struct budget *budget, struct sorter *sorter);

/** budget_refused(budget, account_id): why the account is refused; NULL: it is not. */
const struct budget_refusal *budget_refused(const struct budget *budget, struct text account_id);

/* What an account asks of a budget, for the message when it is refused. */
struct budget_bid {
    struct text account_id;
    int column;             /* of its row: the amount */
    const char *one, *many; /* `award`, `awards` */
    struct amount amount;
    unsigned decimals;
    int year;
};

/** budget_fits(budget, load, row, bid): false, with a fault of the row, when it is refused. */
bool budget_fits(const struct budget *budget, struct load *load, struct load_row *row,
                 const struct budget_bid *bid);

#endif
