/*
 * A later tranche: what is paid out after the first disbursement joins the plan (semantics 4).
 */
#ifndef NOL_TRANCHE_H
#define NOL_TRANCHE_H

#include "account.h"

enum tranche_outcome {
    TRANCHE_JOINED,
    TRANCHE_NO_ROW,   /* no principal row is due after it */
    TRANCHE_TOO_LATE, /* a new row would fall due after 2199-12-31 */
    TRANCHE_LATEST,   /* there is no room for a new row before `latest` */
    TRANCHE_VANISHES, /* a row would be zero or less */
};

/**
 * tranche_join(account, date, amount):
 * Split what is planned in the principal rows due after ${date}, and ${amount} > 0 with it, anew
 * over them; a down payment of it is due on ${date} instead.  A row keeps what it holds, paid or
 * forgiven, beyond its new share, at the cost of the others, oldest first.  Unless TRANCHE_JOINED
 * is returned the account is no longer meaningful.
 */
enum tranche_outcome tranche_join(struct account *account, struct date date, struct amount amount);

#endif
