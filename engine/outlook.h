/*
 * What unpaid rows will bring, month by month: what falls due by the contracts and, under
 * assumptions, what of it is received and when.  Accounts are folded into groups; like a portfolio,
 * parts made by several workers can be merged in any order.
 */
#ifndef NOL_OUTLOOK_H
#define NOL_OUTLOOK_H

#include "assume.h"
#include "group_table.h"
#include "position.h"

enum { OUTLOOK_MONTHS_MAX = 600 };

/* The figures of a line, in minor units; others follow from them. */
enum outlook_figure {
    OUTLOOK_PRINCIPAL, /* these three: what falls due and is unpaid */
    OUTLOOK_FEE,
    OUTLOOK_PENALTY,
    OUTLOOK_CREDIT,   /* of it, what money held already will pay */
    OUTLOOK_ON_TIME,  /* of the rest, what is received in the month in which it falls due */
    OUTLOOK_LATE,     /* and what is received later */
    OUTLOOK_LATE_IN,  /* received in this month, due in an earlier one */
    OUTLOOK_CONTRACT, /* from here on derived: due less paid by credit */
    OUTLOOK_NOT_PAID, /* of it neither on time nor late */
    OUTLOOK_EXPECTED, /* received in this month */
    OUTLOOK_FIGURES,
    OUTLOOK_SUMS = OUTLOOK_CONTRACT
};

/*
 * Months are counted from as-of in one step: month m is the days after upto[m-1] up to and
 * including upto[m], upto[0] = as-of.  Where as-of is the last day of its month so are all others.
 */
struct outlook_months {
    unsigned count;
    struct date upto[OUTLOOK_MONTHS_MAX + 1];
};

struct outlook_group {
    struct group_key key;
    uint64_t accounts;       /* that are active */
    struct amount_sum *sums; /* by line, then figure */
};

struct outlook {
    struct group_table groups;
    const struct outlook_months *months;
    unsigned attributes;
};

/** outlook_months_from(months, as_of, count): false when the last one would end after 2199. */
bool outlook_months_from(struct outlook_months *months, struct date as_of, unsigned count);

/** outlook_month_of(months, due): the line of what falls due on ${due}: 0 by as-of, 1.. the months,
 * count + 1 after them. */
unsigned outlook_month_of(const struct outlook_months *months, struct date due);

/** outlook_lines(months): how many lines there are. */
static inline unsigned outlook_lines(const struct outlook_months *months)
{
    return months->count + 2;
}

/** outlook_init(outlook, memory, months, attributes): empty; ${months} outlive it. */
void outlook_init(struct outlook *outlook, const struct memory *memory,
                  const struct outlook_months *months, unsigned attributes);
void outlook_free(struct outlook *outlook);

/**
 * outlook_add(outlook, account, position, assumed):
 * Fold an account brought to the end of as-of, if it is active.  Held credit is spent on what falls
 * due: the account means nothing afterwards.  ${assumed} is NULL where nothing is assumed.
 */
void outlook_add(struct outlook *outlook, struct account *account, const struct position *position,
                 const struct assume_program *assumed);

/** outlook_merge(into, from): add all of ${from}, which is unchanged. */
void outlook_merge(struct outlook *into, const struct outlook *from);

/** outlook_of_program(outlook, program): the group of a program, made when it has no account. */
struct outlook_group *outlook_of_program(struct outlook *outlook, const struct program *program);

/** outlook_value(arena, group, line, figure): one figure, derived ones too. */
struct amount outlook_value(struct arena *arena, const struct outlook_group *group, unsigned line,
                            enum outlook_figure figure);

#endif
