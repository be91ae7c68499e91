/*
 * The subsidy: what a lender claims of a government, month by month, for the interest that the
 * borrower does not pay (semantics 10).
 */
#ifndef NOL_SUBSIDY_H
#define NOL_SUBSIDY_H

#include "position.h"

/* A line of subsidy.csv. */
struct subsidy_claim {
    struct date month;  /* its last day */
    struct amount base; /* what the rate is applied to */
    int32_t days;
    struct amount amount;
};

/* The claims of one account; begins as {0}, belongs to the account's arena. */
struct subsidy {
    struct subsidy_claim *claims;
    size_t count, room;
    /* at the end of the month before */
    struct amount outstanding, disbursed;
};

/**
 * subsidy_end_month(subsidy, account, last):
 * Claim for the month of which ${last} is the last day; the account has been brought to the end of
 * that day.  To be called for every month from the first disbursement on.  A claim of 0 is none.
 */
void subsidy_end_month(struct subsidy *subsidy, const struct account *account, struct date last);

/** subsidy_month_end(date): the last day of its month. */
struct date subsidy_month_end(struct date date);

#endif
