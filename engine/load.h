/*
 * Rows of the book become typed: one CSV record -> a loan or an event, every fault with file, line
 * and column.
 */
#ifndef NOL_LOAD_H
#define NOL_LOAD_H

#include "columns.h"
#include "decimal.h"
#include "event.h"
#include "grant.h"
#include "loan.h"

enum loan_column {
    LOAN_ACCOUNT_ID,
    LOAN_PROGRAM,
    LOAN_PRINCIPAL,
    LOAN_DISBURSED,
    LOAN_AGREED,
    LOAN_RECORDED,
    LOAN_BORROWER_ID,
    LOAN_INSTALLMENTS,
    LOAN_GRACE,
    LOAN_FIRST_DUE,
    LOAN_COLLATERAL,
    LOAN_COLUMNS
};

enum grant_column {
    GRANT_ACCOUNT_ID,
    GRANT_PROGRAM,
    GRANT_AGREED,
    GRANT_AWARD,
    GRANT_RECORDED,
    GRANT_BORROWER_ID,
    GRANT_COLUMNS
};

enum event_column {
    EVENT_EVENT_ID,
    EVENT_ACCOUNT_ID,
    EVENT_DATE,
    EVENT_TYPE,
    EVENT_AMOUNT,
    EVENT_RECORDED,
    EVENT_SEQ,
    EVENT_DOCUMENT,
    EVENT_REF,
    EVENT_COMPONENT,
    EVENT_KIND,
    EVENT_ROW,
    EVENT_INSTALLMENTS,
    EVENT_EVERY,
    EVENT_GRACE,
    EVENT_DUE,
    EVENT_NOTE,
    EVENT_COLUMNS
};

enum plan_column { PLAN_ACCOUNT_ID, PLAN_N, PLAN_DUE, PLAN_AMOUNT, PLAN_COLUMNS };

extern const struct column_spec load_plan_columns[PLAN_COLUMNS];
extern const struct column_spec load_grant_columns[GRANT_COLUMNS];
extern const struct column_spec load_loan_columns[LOAN_COLUMNS];
extern const struct column_spec load_event_columns[EVENT_COLUMNS];

/* The first fault of a row, for rejects.csv. */
struct row_fault {
    enum fault_code code;
    struct place at;
    char reason[FAULT_TEXT_MAX];
};

/* One row on its way from text to typed. */
struct load_row {
    struct csv_record record;
    const struct columns *columns;
    struct text *fields;     /* columns->count of them, once split */
    struct row_fault *fault; /* NULL: none so far */
    struct decimal amount;   /* for control totals: principal or amount, 0 when it cannot be read */
    bool has_amount;
};

struct load {
    struct arena *arena; /* for what the rows become */
    struct faults *faults;
    const struct program *const *programs; /* sorted by id */
    unsigned program_count;
    unsigned attribute_count, carried_count;
    const struct text *ruled; /* columns that rules use, as the header was read with */
    unsigned ruled_count;
};

/** load_split(load, row): split the record into fields; false (and a fault) when it is no row of
 * its file. */
bool load_split(struct load *load, struct load_row *row);

/** load_field(row, column): a known column's field, empty when the file lacks it. */
struct text load_field(const struct load_row *row, unsigned column);

/** load_fault(load, row, column, code, format, ...): note a fault of a row; column < 0: of the row
 * as a whole. */
void load_fault(struct load *load, struct load_row *row, int column, enum fault_code code,
                const char *format, ...) __attribute__((format(printf, 5, 6)));

/** load_row_place(row): its file and line; load_event_place(event): of the row it was read from. */
struct place load_row_place(const struct load_row *row);
struct place load_event_place(const struct event *event);

/** load_loan(load, row, loan): a split row of loans.csv; ${loan} is complete when row->fault is
 * NULL. */
void load_loan(struct load *load, struct load_row *row, struct loan *loan);

/** load_reliefs(load, row, loan): the program's payment holidays that hold for the loan by the
 * columns of its row; a part of load_loan(). */
void load_reliefs(struct load *load, struct load_row *row, struct loan *loan);

/** load_grant(load, row, grant): a split row of grants.csv; ${grant} is complete when row->fault is
 * NULL. */
void load_grant(struct load *load, struct load_row *row, struct grant *grant);

/** load_grant_limits(load, row, grant): judge a grant whose fields could be read by its program,
 * and plan its tranches; a part of load_grant(). */
void load_grant_limits(struct load *load, struct load_row *row, struct grant *grant);

/**
 * load_grant_event(load, row, grant, event):
 * Check what an event of a grant says of the grant's rules: tranches, reports, clauses, names and
 * categories.  ${event} was read by load_event(), perhaps with faults.
 */
void load_grant_event(struct load *load, struct load_row *row, const struct grant *grant,
                      const struct event *event);

/**
 * load_plan(load, rows, count, loan_row, loan):
 * All ${count} rows of plan.csv of one account, split here.  ${loan_row} and ${loan}: its loan,
 * complete unless its row has a fault; NULL without one.  Sets the loan's plan and installments.
 */
void load_plan(struct load *load, struct load_row *rows, size_t count, struct load_row *loan_row,
               struct loan *loan);

/**
 * load_event(load, row, program, event): a split row of events.csv; ${program} (NULL if unknown)
 * has the currency.
 * ${event}, which the caller has cleared, is complete when row->fault is NULL; its origin is
 * ${row}.
 */
void load_event(struct load *load, struct load_row *row, const struct program *program,
                struct event *event);

/** load_event_number(load, row, column, least, most, out): a whole number in a column of
 * events.csv; false (and a fault) when it is none within the two. */
bool load_event_number(struct load *load, struct load_row *row, enum event_column column,
                       int32_t least, int32_t most, int32_t *out);

/** load_reschedule(load, row, event): the columns that a reschedule takes, each by its kind; a part
 * of load_event(), which has read its `due`. */
void load_reschedule(struct load *load, struct load_row *row, struct event *event);

/**
 * load_link(load, events, rows, count):
 * Check ids and refs among all ${count} events of an account, sorted or not, and link targets.
 */
void load_link(struct load *load, struct event **events, size_t count);

#endif
