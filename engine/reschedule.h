/*
 * The rest of a plan is changed: the five kinds of the event `reschedule` (semantics 6).
 *
 * `move` and `grace` give rows another date, `extend`, `re-age` and `re-amortize` spread unpaid
 * principal.  What is paid or forgiven stays in its row; a row in which nothing is left disappears.
 */
#ifndef NOL_RESCHEDULE_H
#define NOL_RESCHEDULE_H

#include "account.h"

/**
 * reschedule_apply(account, event, refusal):
 * Apply the event to a running account, by the rules of the event's date.  False when it is
 * refused: the account is no longer meaningful then.
 */
bool reschedule_apply(struct account *account, const struct event *event,
                      struct account_refusal *refusal);

#endif
