/*
 * The position of a grant at the as-of date: every figure of grant_positions.csv (semantics 9).
 */
#ifndef NOL_GRANT_POSITION_H
#define NOL_GRANT_POSITION_H

#include "grant_account.h"

enum grant_status {
    GRANT_STATUS_AGREED,
    GRANT_STATUS_ACTIVE,
    GRANT_STATUS_REFUND,
    GRANT_STATUS_COMPLETED,
    GRANT_STATUS_CANCELLED,
};

/* The amounts of a position that groups add up, in the order of grant_portfolio.csv; a count of
 * reports among them. */
enum grant_figure {
    GRANT_AWARDED, /* 0 once cancelled */
    GRANT_PAID,
    GRANT_IN_KIND,
    GRANT_ACCOUNTED,
    GRANT_RETURNED,
    GRANT_TO_ACCOUNT,
    GRANT_REPORTS_OVERDUE,
    GRANT_REFUND_OUTSTANDING,
    GRANT_PROVISION,
    GRANT_FIGURES
};

struct grant_position {
    enum grant_status status;
    struct amount figure[GRANT_FIGURES];
    struct amount *lapsed_of; /* by tranche */
    struct amount lapsed;
    struct amount clawback;
    struct text clause; /* the clauses that make it, with blanks between them */
    int32_t reports_due;
    int32_t days_report_overdue;
    struct date refund_due; /* DATE_NONE: no notice whose clause holds */
    int32_t days_refund_overdue;
    struct text class_id; /* empty: nothing to refund, or no classes */
};

/* What a clause of the clawback claims. */
struct grant_claim {
    bool holds;           /* else nothing below means anything */
    struct amount base;   /* before it declines */
    int32_t left, months; /* so much of it is left: 1 of 1 where it does not decline */
    struct amount amount;
};

/** grant_position_claim(state, clause, as_of): an element of `clawback.clauses`. */
struct grant_claim grant_position_claim(const struct grant_state *state,
                                        const struct rule_scope *clause, struct date as_of);

/** grant_position_of(state, as_of, position): all events up to ${as_of} have been applied. */
void grant_position_of(const struct grant_state *state, struct date as_of,
                       struct grant_position *position);

const char *grant_status_name(enum grant_status status);

/** grant_position_law(state, position): the laws of a grant: NULL when they hold, else the broken
 * one in words. */
const char *grant_position_law(const struct grant_state *state,
                               const struct grant_position *position);

/* One grant from its events to its position. */
struct grant_result {
    bool exists;
    struct grant_state state;
    struct grant_position position;
    struct event *const *events; /* all of the account, in order */
    size_t event_count;
    const struct event *refused; /* NULL: none; else why, and nothing more is meaningful */
    struct account_refusal refusal;
    const char *broken_law; /* NULL: none */
};

/** grant_compute(arena, grant, events, count, as_of, known_at, result): ${events} of the account,
 * linked, in any order: they are sorted and resolved.  False when one is refused or a law is
 * broken. */
bool grant_compute(struct arena *arena, const struct grant *grant, struct event **events,
                   size_t count, struct date as_of, struct date known_at,
                   struct grant_result *result);

#endif
