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

/** allocation_components(account, payment): the order in which the payment paid the components of a
 * row: that of its own date and type. */
const uint8_t *allocation_components(const struct account *account, const struct event *payment);

/** allocation_refund(account, event, money): pay ${money}, at most the credit held, out of credit,
 * oldest first. */
void allocation_refund(struct account *account, const struct event *event, struct amount money);

/** allocation_is_funded(event): whether the program itself pays it. */
bool allocation_is_funded(const struct event *event);

#endif
