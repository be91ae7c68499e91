/*
 * Conditions of grants: a small tree in the rules, whose leaves are about reports, tranches, events
 * and days (semantics 9).  Here is what stands in the file; grant_condition.h says whether it
 * holds.
 */
#ifndef NOL_RULE_CONDITION_H
#define NOL_RULE_CONDITION_H

#include "buffer.h"
#include "rule.h"

enum rule_condition {
    RULE_IF_AGREEMENT, /* always so */
    RULE_IF_SUBMITTED,
    RULE_IF_ACCEPTED,
    RULE_IF_MISSING,
    RULE_IF_ACCOUNTED,
    RULE_IF_EVENT,
    RULE_IF_AFTER,
    RULE_IF_ALL,
    RULE_IF_ANY,
};

/** rule_condition_of(scope): which it is; of several, which rule_check() refuses, the first. */
enum rule_condition rule_condition_of(const struct rule_scope *scope);

/** rule_condition_key(condition): the key that makes it; RULE_KEYS of RULE_IF_AGREEMENT. */
enum rule_key rule_condition_key(enum rule_condition condition);

/** rule_condition_put(buffer, scope): as it could stand in a file, on one line. */
void rule_condition_put(struct buffer *buffer, const struct rule_scope *scope);

#endif
