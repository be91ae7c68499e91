/*
 * Where money goes: due rows, then what the excess rule says, then credit (semantics 5).
 */
#ifndef NOL_ALLOCATION_H
#define NOL_ALLOCATION_H

#include "account.h"

/** allocation_pay(account, event, money): a payment or recovery of ${money} on the event's day. */
void allocation_pay(struct account *account, const struct event *event, struct amount money);

/** allocation_open(account, event): principal repaid before the books begin, oldest row first. */
void allocation_open(struct account *account, const struct event *event);

/** allocation_use_credit(account, day): apply held credit to what it may pay on ${day}. */
void allocation_use_credit(struct account *account, struct date day);

/** allocation_line(account, event, date, n): a new line of allocations.csv, all zero; valid until
 * the next. */
struct account_line *allocation_line(struct account *account, const struct event *event,
                                     struct date date, int32_t n);

/** allocation_spend_credit(account, day): the same with all held credit, whatever its rule. */
void allocation_spend_credit(struct account *account, struct date day);

/** allocation_said(account, payment, key, own_key): what holds for a payment: what its own type
 * says under ${own_key}, else what the allocation of its date says under ${key}. */
const struct rule_value *allocation_said(const struct account *account, const struct event *payment,
                                         enum rule_key key, enum rule_key own_key);

/** allocation_refund(account, event, money): pay ${money}, at most the credit held, out of credit,
 * oldest first. */
void allocation_refund(struct account *account, const struct event *event, struct amount money);

/** allocation_is_funded(event): whether the program itself pays it. */
bool allocation_is_funded(const struct event *event);

#endif
