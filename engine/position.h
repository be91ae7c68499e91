/*
 * The position of an account at the as-of date: every figure of arrears.csv (semantics 8).
 */
#ifndef NOL_POSITION_H
#define NOL_POSITION_H

#include "account.h"

enum position_status {
    STATUS_PENDING,
    STATUS_ACTIVE,
    STATUS_CLOSED,
    STATUS_WRITTEN_OFF,
    STATUS_ENDED,
    STATUS_CANCELLED,
    STATUSES
};

/* The amounts of a position, in the order of arrears.csv, then those that only summaries show. */
enum figure {
    FIGURE_DISBURSED,
    FIGURE_REPAID,
    FIGURE_FUNDED,
    FIGURE_WRITTEN_OFF,
    FIGURE_FORGIVEN,
    FIGURE_RECOVERED,
    FIGURE_OUTSTANDING,
    FIGURE_CLAIM,
    FIGURE_FEE_DUE,
    FIGURE_FEE_PAID,
    FIGURE_PENALTY_DUE,
    FIGURE_PENALTY_PAID,
    FIGURE_CREDIT,
    FIGURE_DUE_TO_DATE,
    FIGURE_PAID_TO_DATE,
    FIGURE_OVERDUE,
    FIGURE_PROVISION_BASE,
    FIGURE_PROVISION,
    FIGURE_PAR0,
    FIGURE_PAR30,
    FIGURE_PAR60,
    FIGURE_PAR90,
    FIGURE_NON_PERFORMING,
    FIGURE_CURRENT,
    FIGURE_NON_CURRENT,
    FIGURE_NET_VALUE,
    FIGURES
};

enum { POSITION_NO_CLASS = -1 };

enum { POSITION_CURRENT_MONTHS = 12 }; /* what is due later is not current */

struct position {
    enum position_status status;
    const struct rule_scope *rules; /* the report rules of the as-of date */
    struct amount figure[FIGURES];
    struct date oldest_due; /* DATE_NONE: nothing overdue */
    int32_t installments_overdue;
    int32_t days_past_due;
    int32_t class_index; /* in the rules' arrears.classes, or POSITION_NO_CLASS */
};

enum row_status { ROW_PAID, ROW_OVERDUE, ROW_DUE, ROW_FUTURE, ROW_WRITTEN_OFF, ROW_STATUSES };

/** position_of(account, as_of, position): the account has been brought to the end of ${as_of}. */
void position_of(const struct account *account, struct date as_of, struct position *position);

/** position_overdue(account, position): what the class of an active account is told by. */
struct account_overdue position_overdue(const struct account *account,
                                        const struct position *position);

/** position_class(position): the class's id, empty without one. */
struct text position_class(const struct position *position);

/** position_state_name(position): the class's id, else the status; of NULL `new`: as migration.csv
 * has it. */
struct text position_state_name(const struct position *position);

/** position_worsen(account, position, class): the class is at least this one; the figures that
 * follow from it are made again.  Not to be called after the account has gone on. */
void position_worsen(const struct account *account, struct position *position, int32_t class_index);

/** position_is_listed(position, key): whether its class is among the ids of a key of its rules. */
bool position_is_listed(const struct position *position, enum rule_key key);

const char *position_status_name(enum position_status status);

/** position_row_status(account, row, as_of): of a row of schedule.csv. */
enum row_status position_row_status(const struct account *account, const struct row *row,
                                    struct date as_of);

/** position_row_days_late(account, status, row, as_of): days past due of an unpaid late row, frozen
 * ones left out, else 0. */
int32_t position_row_days_late(const struct account *account, enum row_status status,
                               const struct row *row, struct date as_of);

const char *position_row_status_name(enum row_status status);

#endif
