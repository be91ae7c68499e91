/*
 * What a loan owes beyond its plan, or no longer: money lent anew, charges, chargebacks, waivers
 * (semantics 5.5, 6).
 *
 * Whether an event may do so is the account's to judge; nothing here refuses.
 */
#ifndef NOL_OWED_H
#define NOL_OWED_H

#include "account.h"

/** owed_add_payout(account, date, amount): principal paid out, or charged back, on ${date}. */
void owed_add_payout(struct account *account, struct date date, struct amount amount);

/**
 * owed_insert_row(account, nominal, due):
 * A new row, empty, with the next number, among the rows by its due date; the account has room for
 * it.  Pointers to rows from there on no longer hold.
 */
struct row *owed_insert_row(struct account *account, struct date nominal, struct date due);

/**
 * owed_lend_anew(account, date, amount): ${amount} of a refund was no credit: it counts as paid out
 * on ${date} and falls due with the next row after it, on the last due date with that row, after it
 * in an extra row.
 */
void owed_lend_anew(struct account *account, struct date date, struct amount amount);

/**
 * owed_charge(account, event): a charge falls due with the first row due on or after its `due`,
 * else in an extra row; the row's n is kept in the event.
 */
void owed_charge(struct account *account, struct event *event);

/**
 * owed_left_of_payment(account, payment, left): what no chargeback has taken back yet: what is left
 * of its credit, what it paid, what was refunded of it.  False when the payment had no effect.
 */
bool owed_left_of_payment(const struct account *account, const struct event *payment,
                          struct amount *left);

/**
 * owed_charge_back(account, event, amount): take back ${amount}, at most what is left, of the
 * payment that the event refers to: first its credit; then what it paid is due again, in the
 * reverse order in which the payment pays components, where money lent anew would be; then what was
 * refunded of it is lent anew.
 */
void owed_charge_back(struct account *account, const struct event *event, struct amount amount);

/** owed_unpaid(account, component): what is unpaid of it in all rows. */
struct amount owed_unpaid(const struct account *account, enum component component);

/**
 * owed_waive(account, event, amount): waive ${amount}, at most what is unpaid, of the event's
 * component: in the row of the charge that the event refers to first, then oldest row first.
 */
void owed_waive(struct account *account, const struct event *event, struct amount amount);

/** owed_forgive(account, date, amount): forgive ${amount}, at most what is outstanding, of the
 * principal, from the last row backwards. */
void owed_forgive(struct account *account, struct date date, struct amount amount);

/**
 * owed_settle(account, day): at the end of ${day}, on which or before which the last row is due, do
 * with small rests what the rules of that day say.
 */
void owed_settle(struct account *account, struct date day);

#endif
