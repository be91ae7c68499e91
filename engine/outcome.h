/*
 * What became of one account, as figures under names: those of arrears.csv and some that only a
 * comparison asks for.  The same account under two sets of rules is compared figure by figure.
 */
#ifndef NOL_OUTCOME_H
#define NOL_OUTCOME_H

#include "position.h"

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
    OUTCOME_CLASS,
    OUTCOME_FIGURES
};

enum outcome_kind {
    OUTCOME_IS_AMOUNT, /* in minor units */
    OUTCOME_IS_COUNT,
    OUTCOME_IS_DATE,
    OUTCOME_IS_TEXT,
};

struct outcome {
    bool refused; /* by these rules: only the code means anything */
    enum fault_code code;
    bool exists; /* in any file or count */
    struct position position;
    struct amount next_12_months; /* unpaid, all components, due within 12 months after as-of */
    struct amount subsidy;        /* claimed so far */
    int32_t rows;                 /* of the schedule */
    struct date last_due;         /* DATE_NONE: no rows */
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

const char *outcome_name(enum outcome_figure figure);
enum outcome_kind outcome_kind_of(enum outcome_figure figure);

/** outcome_value_of(outcome, figure): zero, or none, of an account that does not exist or was
 * refused; its status is then empty or `refused`. */
struct outcome_value outcome_value_of(const struct outcome *outcome, enum outcome_figure figure);

/** outcome_same(kind, a, b): whether two values are the same. */
bool outcome_same(enum outcome_kind kind, const struct outcome_value *a,
                  const struct outcome_value *b);

/** outcome_find(name): the figure of this name, OUTCOME_FIGURES: none. */
enum outcome_figure outcome_find(struct text name);

#endif
