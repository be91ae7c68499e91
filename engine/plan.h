/*
 * The planned schedule: contract -> rows (design 3, semantics 1).
 */
#ifndef NOL_PLAN_H
#define NOL_PLAN_H

#include "loan.h"
#include "row.h"

/**
 * plan_rows_max(arena, loan, amount): at most so many rows does plan_make() write for ${amount} >
 * 0.
 */
unsigned plan_rows_max(struct arena *arena, const struct loan *loan, struct amount amount);

/**
 * plan_make(arena, loan, disbursed, amount, rows, count):
 * Write the rows of ${amount} > 0, disbursed on ${disbursed}, by date, to rows[0..count-1]: the
 * down payment as row 0, zero rows of a grace that is listed (those after the disbursement), then
 * the principal rows 1, 2, .... Returns FAULT_NONE, FAULT_PLAN_TOO_LATE when a row would lie after
 * 2199-12-31, FAULT_PLAN_LATEST when the last row, brought forward to the program's `latest`, would
 * not come after the one before or the disbursement, or FAULT_PLAN_ROW_VANISHES when a principal
 * row or the down payment would not be > 0; the rows are undefined then. A custom
 * split takes the loan's own rows as they are: FAULT_PLAN_EARLY when one is not after the
 * disbursement, FAULT_PLAN_SUM when they are not what is to be split. Principal adds up to
 * ${amount} and nominal dates strictly increase (design 8, law 1): asserted;
 * due dates, moved off holidays, never decrease: asserted too.
 */
enum fault_code plan_make(struct arena *arena, const struct loan *loan, struct date disbursed,
                          struct amount amount, struct row *rows, unsigned *count);

/**
 * plan_rows_of(arena, loan, amount, rows): into how many rows ${amount} > 0 is split where ${rows}
 * are there: more only where the split says so itself.
 */
unsigned plan_rows_of(struct arena *arena, const struct loan *loan, struct amount amount,
                      unsigned rows);

/**
 * plan_split(arena, loan, amount, which, rows, parts): divide ${amount} over ${rows} rows by the
 * program's split and rounding.  They are the plan's principal rows ${which}, from 0 on; NULL: the
 * first ones.  A part may come out <= 0.
 */
void plan_split(struct arena *arena, const struct loan *loan, struct amount amount,
                const unsigned *which, unsigned rows, struct amount *parts);

/** plan_shares(arena, rules, which, count): the program's shares of the plan's principal rows
 * ${which}, from 0 on (NULL: the first ones), scaled to 100 %. */
const struct fraction *plan_shares(struct arena *arena, const struct rule_scope *rules,
                                   const unsigned *which, unsigned count);

/** plan_latest(loan, disbursed): the day by which the last row falls due, DATE_UNLIMITED without
 * one. */
struct date plan_latest(const struct loan *loan, struct date disbursed);

/** plan_due(arena, loan, disbursed, amount, k): the nominal date of principal row ${k} >= 1 of the
 * plan that ${amount}, disbursed first, has made, or would have with more rows. */
struct date plan_due(struct arena *arena, const struct loan *loan, struct date disbursed,
                     struct amount amount, unsigned k);

/**
 * plan_business_day(rules, nominal, earliest, latest):
 * Where a row of ${nominal} falls due under the rules' `holiday`: not before ${earliest}, the
 * disbursement, nor after ${latest} (DATE_UNLIMITED: no bound); ${nominal} lies between them.
 */
struct date plan_business_day(const struct rule_scope *rules, struct date nominal,
                              struct date earliest, struct date latest);

#endif
