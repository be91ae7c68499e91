/*
 * Payment holidays by decree: days that do not count, rows that move (semantics 6).
 */
#ifndef NOL_RELIEF_H
#define NOL_RELIEF_H

#include "account.h"

/** relief_freeze(account): once, at the beginning: the days that its reliefs freeze. */
void relief_freeze(struct account *account);

/** relief_next(account): the next day after the account's on which a relief moves rows,
 * DATE_UNLIMITED: none. */
struct date relief_next(const struct account *account);

/**
 * relief_act(account):
 * At the beginning of the account's day: the reliefs that begin on it move the rows of a running
 * loan.  A row that would fall due after 2199-12-31 stays and sets account->overshoots.
 */
void relief_act(struct account *account);

#endif
