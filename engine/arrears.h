/*
 * Arrears: how late an account is, counted as its program says, and the class that follows from it
 * (semantics 8).
 */
#ifndef NOL_ARREARS_H
#define NOL_ARREARS_H

#include "account.h"

/* What is overdue of an active account at the end of a day. */
struct arrears_state {
    struct date day;
    struct date oldest_due; /* DATE_NONE: nothing overdue */
    struct date last_due;   /* of the last row, which may lie ahead */
    int32_t installments_overdue;
    struct amount overdue;
};

/** arrears_days_past_due(account, rules, state): as the program counts; 0 when it is not late. */
int32_t arrears_days_past_due(const struct account *account, const struct rule_scope *rules,
                              const struct arrears_state *state);

/** arrears_class(account, rules, state): the class at the end of the state's day, its index in the
 * rules' arrears.classes. */
int32_t arrears_class(const struct account *account, const struct rule_scope *rules,
                      const struct arrears_state *state);

#endif
