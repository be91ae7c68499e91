/*
 * The penalty of late rows (semantics 7): cumulative and exact for each row, rounded once, from the
 * days on which it falls without going through them one by one.
 *
 * A row's days are counted from its due date (of a loan taken over: at the earliest from the
 * opening's), frozen ones left out.  Nothing here is a rate on a penalty: only principal bears one.
 */
#ifndef NOL_PENALTY_H
#define NOL_PENALTY_H

#include "account.h"

/**
 * penalty_assess(account, date):
 * Assess all rows for the days after those assessed before, up to ${date}; nothing has happened to
 * the account since the first of them began.  Returns what all rows together cost more, in minor
 * units.  To be called only where the program has a penalty.
 */
struct amount penalty_assess(struct account *account, struct date date);

/** penalty_sum(row): the exact sum of all days assessed so far, before cap and rounding; its
 * denominator is 0 when there are none. */
struct fraction penalty_sum(const struct row *row);

/** penalty_copy(arena, row): let the row, itself a copy, have its penalty to itself. */
void penalty_copy(struct arena *arena, struct row *row);

/** penalty_largest(row): the largest principal due that the row has had and may have no more. */
struct amount penalty_largest(const struct row *row);

/**
 * penalty_note_principal(account):
 * Before something that may lower what is due of the principal: remember the largest that each row
 * has had, which a cap may be a share of.
 */
void penalty_note_principal(struct account *account);

#endif
