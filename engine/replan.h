/*
 * Rows that get another date, or are made after the plan was: by a later tranche, by a reschedule.
 *
 * A row keeps the count that its date comes from: that of the plan, or one from a date and with a
 * period of its own.  Rows stand by due date, then n, whatever moves.
 */
#ifndef NOL_REPLAN_H
#define NOL_REPLAN_H

#include "account.h"

/** replan_is_of_plan(row): one of rows 1..n and what continues them: no row 0, down payment, zero
 * row or extra row. */
static inline bool replan_is_of_plan(const struct row *row)
{
    return row->n > 0 && !row->extra;
}

/** replan_make_room(account, more): room for so many rows beside those that events may still need.
 * Pointers to rows are no longer valid. */
void replan_make_room(struct account *account, unsigned more);

/** replan_count_of(account, row): how the date of a row of the plan is counted. */
struct row_count replan_count_of(const struct account *account, const struct row *row);

/** replan_date(account, count): the nominal date; out of range (date_in_range()) when it is after
 * 2199-12-31. */
struct date replan_date(const struct account *account, const struct row_count *count);

/**
 * replan_set_date(account, row, count):
 * Let the row fall due on the count's date, moved off holidays, whatever the plan's `latest`.
 * False when that is after 2199-12-31; the row is unchanged then.  Rows may stand out of order
 * until replan_sort().
 */
bool replan_set_date(struct account *account, struct row *row, const struct row_count *count);

/**
 * replan_insert(account, nominal, due, count):
 * A new row in its place, with the next number and nothing due yet; ${count} is that of its date,
 * NULL: none, for a row that is no part of the plan.  There is room for it.  Pointers to other rows
 * are no longer valid.
 */
struct row *replan_insert(struct account *account, struct date nominal, struct date due,
                          const struct row_count *count);

/** replan_append(account): the same at the end, without a date: the caller sets it and sorts. */
struct row *replan_append(struct account *account);

/** replan_set_principal(account, row, due, date): what is due of its principal, less what was
 * forgiven, becomes ${due} >= what is paid, by an event of ${date}. */
void replan_set_principal(struct account *account, struct row *row, struct amount due,
                          struct date date);

/** replan_sort(account): rows by due date, then n, after any of them got another date. */
void replan_sort(struct account *account);

/** replan_rounding(account, date): the schedule's rounding as signed; where the loan was signed
 * without one, that of ${date}'s rules, else of the latest that have one. */
struct split_rounding replan_rounding(const struct account *account, struct date date);

/** replan_note(account, part): what a row got of an amount divided anew; nothing is done where
 * nobody explains. */
void replan_note(struct account *account, const struct account_part *part);

#endif
