/*
 * The contract: what the loan book says of one loan, typed.
 */
#ifndef NOL_LOAN_H
#define NOL_LOAN_H

#include "program.h"

/* A row of plan.csv. */
struct loan_row {
    int32_t n;
    struct date due;
    struct amount amount; /* > 0 */
};

struct loan {
    struct text account_id;
    struct text borrower_id;
    const struct program *program;
    const struct rule_scope *rules; /* in force at the agreement: the frozen terms */
    struct date agreed;
    struct date disbursed; /* DATE_NONE: a disburse event will say */
    struct date recorded;
    struct date first_due; /* DATE_NONE unless the anchor is given */
    struct amount principal;
    struct amount collateral;
    int32_t installments;        /* chosen, or fixed by the program */
    int32_t grace;               /* in periods; chosen, or fixed by the program */
    const struct loan_row *plan; /* of a custom split: by n and by due, both increasing */
    unsigned plan_count;
    const struct program_relief *const
        *reliefs; /* the program's that hold for the loan, in order */
    unsigned relief_count;
    const struct text *attributes; /* in the order of --attribute */
    const struct text *carried;    /* in the order of --carry */
};

#endif
