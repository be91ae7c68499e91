/*
 * Forgiveness that the program's own rules make (semantics 6): at the end of the first day, up to
 * the deadline, on which its conditions hold, by the version in force that day.
 *
 * Each rule acts once on a loan.  Its conditions change by events, by the use of held credit and by
 * new versions of the rules only, so that the ends of other days need not be looked at.
 */
#ifndef NOL_FORGIVENESS_H
#define NOL_FORGIVENESS_H

#include "account.h"

/** forgiveness_watch(account, date): the beginning of ${date}: has a row become late? */
void forgiveness_watch(struct account *account, struct date date);

/** forgiveness_open(account, date): taken over on ${date}: no row counts as having been late
 * before, but one that it leaves unpaid is late from its own due date. */
void forgiveness_open(struct account *account, struct date date);

/** forgiveness_act(account, day): the end of ${day}: rules act until none does any more, so that a
 * second look at the same day finds nothing left. */
void forgiveness_act(struct account *account, struct date day);

/**
 * forgiveness_amount(arena, rule, disbursed):
 * What an entry of the list `forgiveness` would forgive of ${disbursed}, in minor units, however
 * little is outstanding; rounded once.
 */
struct amount forgiveness_amount(struct arena *arena, const struct rule_scope *rule,
                                 struct amount disbursed);

#endif
