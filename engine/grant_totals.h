/*
 * What groups add up of grants: the columns of grant_portfolio.csv.  Exact, and the same in
 * whatever order grants are added and parts are merged.
 */
#ifndef NOL_GRANT_TOTALS_H
#define NOL_GRANT_TOTALS_H

#include "grant_position.h"

/* A program and a year of agreement, with its budget as the rules stood when the latest of its
 * grants was agreed. */
struct grant_year {
    struct text program;
    int32_t year;
    struct date agreed; /* that day */
    bool budgeted;      /* whether the program had a budget then */
    struct amount budget;
};

/* Begins as {0}; lists belong to the arena that the functions are given, always the same. */
struct grant_totals {
    uint64_t count;
    struct amount_sum figure[GRANT_FIGURES];
    struct grant_year *years; /* those in which there are grants, each once */
    size_t year_count, year_room;
};

/** grant_year_of(grant): the grant's year, with the budget of its own rules. */
struct grant_year grant_year_of(const struct grant *grant);

/** grant_totals_add(totals, arena, position, year): one grant more; ${year}: NULL adds none. */
void grant_totals_add(struct grant_totals *totals, struct arena *arena,
                      const struct amount figure[GRANT_FIGURES], const struct grant_year *year);

/** grant_totals_add_year(totals, arena, year): once; of two of a year the later agreed stays. */
void grant_totals_add_year(struct grant_totals *totals, struct arena *arena,
                           const struct grant_year *year);

/** grant_totals_merge(into, arena, from): add another part; ${from} is unchanged. */
void grant_totals_merge(struct grant_totals *into, struct arena *arena,
                        const struct grant_totals *from);

/** grant_totals_year(totals, year): the same program and year in ${totals}, NULL if it is not
 * there.
 */
const struct grant_year *grant_totals_year(const struct grant_totals *totals,
                                           const struct grant_year *year);

/** grant_totals_sort(totals): years by program, bytewise, then year. */
void grant_totals_sort(struct grant_totals *totals);

/** grant_totals_clear(totals): give back what its sums own. */
void grant_totals_clear(struct grant_totals *totals);

#endif
