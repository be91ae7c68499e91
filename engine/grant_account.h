/*
 * The account of a grant: its events applied in order (semantics 9).
 */
#ifndef NOL_GRANT_ACCOUNT_H
#define NOL_GRANT_ACCOUNT_H

#include "account.h"
#include "grant_state.h"

/** grant_account_exists(grant, as_of, known_at): whether it is in any file or count. */
bool grant_account_exists(const struct grant *grant, struct date as_of, struct date known_at);

/**
 * grant_account_apply(state, events, count, event, refusal):
 * Apply ${event}, which counts, after all before it.  ${events} are all of the account, resolved.
 * False when it is refused: the state is no longer meaningful then.
 */
bool grant_account_apply(struct grant_state *state, struct event *const *events, size_t count,
                         const struct event *event, struct account_refusal *refusal);

#endif
