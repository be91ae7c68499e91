/*
 * A fund that lends anew what comes back, month by month, on the totals: what is lent at a month's
 * end returns by the program's own schedule for one contract of that amount, as far as it is
 * assumed to be paid.
 */
#ifndef NOL_RELEND_H
#define NOL_RELEND_H

#include "outlook.h"

/* One month: what comes back of earlier lending, what is lent at its end, the cash after that.
 * start + received from the book + returned - lent = fund, in each month. */
struct relend_month {
    struct amount expected; /* from the book */
    struct amount returned;
    struct amount lent;
    struct amount fund;
};

struct relend {
    const struct assume_program *assumed;
    struct relend_month *months; /* by line of the outlook: [0] has the fund at as-of; the last only
                                    what returns after the months */
    struct amount lent;          /* in all */
    unsigned last_lent;          /* the last month in which it lends, 0: none */
};

/**
 * relend_run(arena, assumed, months, group, relend):
 * The fund of a program, whose unpaid rows are ${group}.  All belongs to ${arena}.  A month in
 * which less could be lent than the program's smallest principal, or whose plan the program could
 * not make, lends nothing.
 */
void relend_run(struct arena *arena, const struct assume_program *assumed,
                const struct outlook_months *months, const struct outlook_group *group,
                struct relend *relend);

#endif
