/*
 * Whether a condition of a grant holds (semantics 9).
 */
#ifndef NOL_GRANT_CONDITION_H
#define NOL_GRANT_CONDITION_H

#include "grant_state.h"
#include "rule_condition.h"

/**
 * grant_condition_failed(state, condition, day):
 * What of ${condition} does not hold on ${day}, all that happened so far being in ${state}: a part
 * of it, or, where none of an `any` holds, that; NULL: it holds.
 */
const struct rule_scope *grant_condition_failed(const struct grant_state *state,
                                                const struct rule_scope *condition,
                                                struct date day);

/** grant_condition_event(state, condition): the first event that makes a condition {event: NAME}
 * hold; NULL: none. */
const struct event *grant_condition_event(const struct grant_state *state,
                                          const struct rule_scope *condition);

#endif
