/*
 * The program's fees, as signed (semantics 7): what each amount paid out makes due.
 *
 * A row due on or before the account's opening bears none: what was owed then is entered as a
 * charge.  A fee that rounds to nothing makes no row.
 */
#ifndef NOL_FEE_H
#define NOL_FEE_H

#include "account.h"

/**
 * fee_charge(account, date, amount, deducted):
 * The fees of ${amount}, disbursed first on ${date}, whose rows stand; there is room for row 0.
 * False when the fees to be deducted, ${deducted}, are more than ${amount}: the account is no
 * longer meaningful then.
 */
bool fee_charge(struct account *account, struct date date, struct amount amount,
                struct amount *deducted);

/**
 * fee_charge_tranche(account, date, amount, deducted):
 * The same for a later tranche that has joined the plan and bears fees of what is disbursed only;
 * there is room for one row, unless the tranche made a down payment's.
 */
bool fee_charge_tranche(struct account *account, struct date date, struct amount amount,
                        struct amount *deducted);

/** fee_open(account, date): rows due on or before ${date}, on which the loan is taken over, are as
 * if no fee of the program had been charged in them. */
void fee_open(struct account *account, struct date date);

#endif
