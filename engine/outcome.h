/*
 * What became of one account, as figures under names: those of arrears.csv, or of a grant those of
 * grant_positions.csv, and some that only a comparison asks for.  The same account under two sets
 * of rules is compared figure by figure.
 *
 * Money lent and money given are never added up: each figure that can be is of loans or of grants,
 * and has a name of its own.
 */
#ifndef NOL_OUTCOME_H
#define NOL_OUTCOME_H

#include "grant_position.h"
#include "position.h"

enum outcome_of { OUTCOME_OF_LOANS, OUTCOME_OF_GRANTS, OUTCOME_OFS };

/* In the order in which they are listed. */
enum outcome_figure {
    OUTCOME_STATUS,
    OUTCOME_REFUSED, /* the slug of why */
    OUTCOME_AMOUNTS, /* the amounts of a position, by enum figure, up to FIGURE_PROVISION */
    OUTCOME_NEXT_12_MONTHS = OUTCOME_AMOUNTS + FIGURE_PROVISION + 1,
    OUTCOME_SUBSIDY,
    OUTCOME_ROWS,
    OUTCOME_LAST_DUE,
    OUTCOME_OLDEST_DUE,
    OUTCOME_INSTALLMENTS_OVERDUE,
    OUTCOME_DAYS_PAST_DUE,
    OUTCOME_AWARD,
    OUTCOME_PAID,
    OUTCOME_IN_KIND,
    OUTCOME_LAPSED,
    OUTCOME_ACCOUNTED,
    OUTCOME_RETURNED,
    OUTCOME_TO_ACCOUNT,
    OUTCOME_REPORTS_DUE,
    OUTCOME_REPORTS_OVERDUE,
    OUTCOME_DAYS_REPORT_OVERDUE,
    OUTCOME_CLAWBACK,
    OUTCOME_CLAUSE,
    OUTCOME_REFUND_DUE,
    OUTCOME_REFUND_OUTSTANDING,
    OUTCOME_DAYS_REFUND_OVERDUE,
    OUTCOME_CLASS,
    OUTCOME_GRANT_PROVISION, /* the provision of a refund */
    OUTCOME_FIGURES
};

enum outcome_kind {
    OUTCOME_IS_AMOUNT, /* in minor units */
    OUTCOME_IS_COUNT,
    OUTCOME_IS_DATE,
    OUTCOME_IS_TEXT,
};

/* Whose figures they are. */
struct outcome_owner {
    enum outcome_of of;
    struct text account_id;
    const struct program *program; /* NULL: the rows do not make a loan or a grant */
    const struct text *attributes; /* in the order of --attribute */
    struct date agreed;
};

struct outcome {
    bool refused; /* by these rules: only the code means anything */
    enum fault_code code;
    bool exists; /* in any file or count; never when refused */
    enum outcome_of of;
    /* Of a loan: */
    struct position position;
    struct amount next_12_months; /* unpaid, all components, due within 12 months after as-of */
    struct amount subsidy;        /* claimed so far */
    int32_t rows;                 /* of the schedule */
    struct date last_due;         /* DATE_NONE: no rows */
    /* Of a grant: */
    struct grant_position grant;
    struct amount award; /* as the book has it, cancelled or not */
};

/* A figure's value; which member means something follows from its kind. */
struct outcome_value {
    struct amount number; /* amounts and counts; of a date its day */
    struct text text;     /* empty: none */
    struct date date;     /* DATE_NONE: none */
};

/** outcome_take(outcome, account, as_of, position): of an account that exists, brought to the end
 * of ${as_of}; the subsidy is the caller's to fill in. */
void outcome_take(struct outcome *outcome, const struct account *account, struct date as_of,
                  const struct position *position);

/** outcome_take_grant(outcome, grant, position): of a grant that exists. */
void outcome_take_grant(struct outcome *outcome, const struct grant *grant,
                        const struct grant_position *position);

const char *outcome_name(enum outcome_figure figure);
enum outcome_kind outcome_kind_of(enum outcome_figure figure);

/** outcome_has(of, figure): whether loans, or grants, have the figure. */
bool outcome_has(enum outcome_of of, enum outcome_figure figure);

/** outcome_is_summed(figure): whether it can be added up: an amount or a count, of one kind of
 * account only. */
bool outcome_is_summed(enum outcome_figure figure);

/** outcome_of_figure(figure): the kind of account that a figure which can be added up is of. */
enum outcome_of outcome_of_figure(enum outcome_figure figure);

/** outcome_of_name(of): `loans`, `grants`. */
const char *outcome_of_name(enum outcome_of of);

/** outcome_value_of(outcome, figure): a figure that the account has; zero, or none, of one that
 * does not exist or was refused; its status is then empty or `refused`. */
struct outcome_value outcome_value_of(const struct outcome *outcome, enum outcome_figure figure);

/** outcome_same(kind, a, b): whether two values are the same. */
bool outcome_same(enum outcome_kind kind, const struct outcome_value *a,
                  const struct outcome_value *b);

/** outcome_find(name): the figure of this name, OUTCOME_FIGURES: none. */
enum outcome_figure outcome_find(struct text name);

#endif
