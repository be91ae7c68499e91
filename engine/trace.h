/*
 * What made an account what it is: each change of a row and of the totals, with the event or the
 * day that made it.  For whoever explains a figure; a run keeps no trace.
 *
 * A figure is the sum of its changes, by construction: whatever applies events need not know that
 * it is watched.  Penalties that rise from day to day are noted as one change when something else
 * happens, so that a trace grows with what happens and not with the days.
 */
#ifndef NOL_TRACE_H
#define NOL_TRACE_H

#include "account.h"

/* A row's figures as schedule.csv has them, then its dates. */
enum trace_field {
    TRACE_PRINCIPAL_DUE,
    TRACE_FEE_DUE,
    TRACE_PENALTY_DUE,
    TRACE_PRINCIPAL_PAID,
    TRACE_FEE_PAID,
    TRACE_PENALTY_PAID,
    TRACE_WAIVED, /* these three together */
    TRACE_PENALTY_WAIVED,
    TRACE_FEE_WAIVED,
    TRACE_PRINCIPAL_FORGIVEN,
    TRACE_PAID_IN_ADVANCE,
    TRACE_PAID_LATE,
    TRACE_AMOUNTS,
    TRACE_DUE_NOMINAL = TRACE_AMOUNTS,
    TRACE_DUE,
    TRACE_PAID_ON,
    TRACE_ROW_FIELDS,
    /* the totals' */
    TRACE_DISBURSED = TRACE_ROW_FIELDS,
    TRACE_REPAID,
    TRACE_FUNDED,
    TRACE_WRITTEN_OFF,
    TRACE_FORGIVEN,
    TRACE_RECOVERED,
    TRACE_OUTSTANDING,
    TRACE_CREDIT,
    TRACE_COLLATERAL,
    TRACE_FIELDS,
    TRACE_TOTALS = TRACE_FIELDS - TRACE_ROW_FIELDS,
};

enum trace_cause {
    TRACE_BY_BOOK,  /* the disbursement that the loan's own row says */
    TRACE_BY_EVENT, /* an event of the account */
    TRACE_BY_DAY,   /* what happens by itself: credit is used, rules act */
};

/* A moment at which something changed. */
struct trace_step {
    enum trace_cause cause;
    struct date date;
    const struct event *event; /* NULL: none */
    enum account_stage stage;  /* after it */
    struct text rule;          /* id of the rule that forgave, empty: none */
    size_t first_line, lines;  /* of account->lines, that it added */
    size_t first_part, parts;  /* the same of what was divided anew */
};

struct trace_change {
    size_t step;
    int32_t row; /* as trace_row_key() calls it; TRACE_NO_ROW: of the totals */
    enum trace_field field;
    struct amount before, after; /* of a date: its day */
};

/* What the program's penalty clause added to a row, alike at the end of each of some days. */
struct trace_penalty {
    struct date from, upto;
    int32_t row, times;
    struct fraction added; /* exact, each time */
};

enum { TRACE_NO_ROW = INT32_MIN };

struct trace_row;

struct trace {
    struct arena *arena;
    struct trace_step *steps;
    size_t step_count, step_room;
    struct trace_change *changes; /* by step, then row */
    size_t change_count, change_room;
    struct trace_penalty *penalties; /* of each row by date */
    size_t penalty_count, penalty_room;
    struct account_parts parts;     /* to be noted by the account */
    struct trace_row *last, *spare; /* rows as they were when last noted; room for as many */
    unsigned last_count, room;
    struct amount totals[TRACE_TOTALS];
    size_t lines, forgiven, parts_seen;
};

/** trace_begin(trace, arena): nothing has happened; all that it keeps belongs to ${arena}. */
void trace_begin(struct trace *trace, struct arena *arena);

/** trace_note(trace, account, cause, date, event): what has changed since it was last asked. */
void trace_note(struct trace *trace, const struct account *account, enum trace_cause cause,
                struct date date, const struct event *event);

/**
 * trace_advance(trace, account, date): account_advance(), one day after the other, each noted.
 * trace_finish(trace, account, date): the same for account_finish().
 */
void trace_advance(struct trace *trace, struct account *account, struct date date);
void trace_finish(struct trace *trace, struct account *account, struct date date);

/** trace_row_key(account, index): what the row is called in a trace, whatever is inserted before
 * it: its n; of zero rows, which have none, -1, -2, .... */
int32_t trace_row_key(const struct account *account, unsigned index);

/** trace_value(arena, row, field), trace_total(account, field): a figure as it stands. */
struct amount trace_value(struct arena *arena, const struct row *row, enum trace_field field);
struct amount trace_total(const struct account *account, enum trace_field field);

/** trace_at(trace, row, field, date): the figure at the end of ${date}: the sum of its changes. */
struct amount trace_at(const struct trace *trace, int32_t row, enum trace_field field,
                       struct date date);

#endif
