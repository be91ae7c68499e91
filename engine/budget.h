/*
 * Budgets: which accounts take what their program gives in a year above its budget (semantics 9).
 *
 * A survey of the book packs what each account of a program that has a budget claims of it; sorted,
 * accounts are judged one after the other.  What is kept grows with the refused ones alone, and
 * with those cancelled.
 *
 * Where a run has several sets of rules side by side, an account claims by each, or is refused by
 * one of them and claims nothing there; all sides are judged at once, each by its own budgets.
 */
#ifndef NOL_BUDGET_H
#define NOL_BUDGET_H

#include "load.h"
#include "sorter.h"

enum { BUDGET_SIDES_MAX = 256 };

/* What one account takes of its program's budget on one side.  Amounts are in minor units. */
struct budget_claim {
    bool made;           /* else nothing, and nothing else means anything */
    struct text program; /* without NUL */
    int year;            /* of the agreement */
    struct date agreed;
    struct text account_id;
    struct amount amount;
    bool limited;        /* whether the rules of its agreement have a budget */
    struct amount limit; /* for that year; 0: nothing to give */
    struct date freed;   /* the day of its cancellation; DATE_NONE: none */
};

/* An account that some side refuses. */
struct budget_refusal {
    struct text account_id;
    struct amount taken; /* of the budget, by those before it, on the first side that refuses it */
    struct amount limit; /* there */
    uint64_t *sides;     /* a bit for each side: whether it refuses the account */
};

struct budget {
    struct arena arena;
    unsigned sides;
    struct budget_refusal *list; /* by account_id, bytewise */
    size_t count, room;
};

/** budget_init(budget, memory, sides): of 1..BUDGET_SIDES_MAX sides; nobody is refused. */
void budget_init(struct budget *budget, const struct memory *memory, unsigned sides);
void budget_free(struct budget *budget);

/** budget_pack(buffer, claims, sides): put what one account claims, by side, where it waits for
 * sorter_add_packed(); nothing if it claims nothing.  Sides differ in what is made, limited and the
 * limit alone. */
void budget_pack(struct buffer *buffer, const struct budget_claim *claims, unsigned sides);

/**
 * budget_judge(budget, sorter):
 * Judge all claims of ${sorter}, side by side, by program and year in order of agreement and
 * account_id: one that takes the side's total above the limit of its own agreement is refused there
 * and takes nothing; what was cancelled counts until the day of its cancellation.  False when the
 * sorter fails.
 */
bool budget_judge(struct budget *budget, struct sorter *sorter);

/** budget_refused(budget, side, account_id): why the account is refused there; NULL: it is not. */
const struct budget_refusal *budget_refused(const struct budget *budget, unsigned side,
                                            struct text account_id);

/* What an account asks of a budget, for the message when it is refused. */
struct budget_bid {
    struct text account_id;
    int column;             /* of its row: the amount */
    const char *one, *many; /* `award`, `awards` */
    struct amount amount;
    unsigned decimals;
    int year;
};

/** budget_fits(budget, side, load, row, bid): false, with a fault of the row, when it is refused.
 */
bool budget_fits(const struct budget *budget, unsigned side, struct load *load,
                 struct load_row *row, const struct budget_bid *bid);

#endif
