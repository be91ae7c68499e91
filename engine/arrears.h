/*
 * Arrears: how late an account is, counted as its program says, and the class that follows from it
 * (semantics 8).
 */
#ifndef NOL_ARREARS_H
#define NOL_ARREARS_H

#include "account.h"

/** arrears_days_past_due(account, rules, overdue, day): as the program counts at the end of ${day};
 * 0 when the account is not late. */
int32_t arrears_days_past_due(const struct account *account, const struct rule_scope *rules,
                              const struct account_overdue *overdue, struct date day);

/**
 * arrears_class(account, rules, overdue, day):
 * The class of the account, brought to the end of ${day}: its index in the rules' arrears.classes.
 * Where the rules have a cure, past days are judged by these rules too.
 */
int32_t arrears_class(const struct account *account, const struct rule_scope *rules,
                      const struct account_overdue *overdue, struct date day);

#endif
