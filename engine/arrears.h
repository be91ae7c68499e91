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

/** arrears_number(account, rules, overdue, day): what the ranges of the classes are about. */
int32_t arrears_number(const struct account *account, const struct rule_scope *rules,
                       const struct account_overdue *overdue, struct date day);

/** arrears_matured(account, overdue, day): days past the last row's due date; 0: none. */
int32_t arrears_matured(const struct account *account, const struct account_overdue *overdue,
                        struct date day);

/** arrears_class_of(rules, key, number): the class whose ${key}, a range, has ${number} in it, -1
 * if none does. */
int32_t arrears_class_of(const struct rule_scope *rules, enum rule_key key, int32_t number);

/** arrears_judged(account, rules): the class that was judged last; -1: none, or one that these
 * rules do not have. */
int32_t arrears_judged(const struct account *account, const struct rule_scope *rules);

/** arrears_held(account, rules, overdue, day): the worst class of the days since the account was
 * last cured, ${day} apart; -1: none, or the rules cure at once. */
int32_t arrears_held(const struct account *account, const struct rule_scope *rules,
                     const struct account_overdue *overdue, struct date day);

/**
 * arrears_class(account, rules, overdue, day):
 * The class of the account, brought to the end of ${day}: its index in the rules' arrears.classes.
 * Where the rules have a cure, past days are judged by these rules too.
 */
int32_t arrears_class(const struct account *account, const struct rule_scope *rules,
                      const struct account_overdue *overdue, struct date day);

#endif
