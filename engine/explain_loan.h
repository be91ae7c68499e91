/*
 * Why the figures of a loan are what they are: what the explain_*.c of loans share.
 */
#ifndef NOL_EXPLAIN_LOAN_H
#define NOL_EXPLAIN_LOAN_H

#include "explanation.h"
#include "run.h"
#include "work.h"

/* The account at hand. */
struct explain_loan {
    struct explanation *e;
    const struct run_options *options;
    const struct work *work;
    const struct work_loan *made;
    const struct computation *run;
    const struct account *account; /* the run's, at the end of as-of */
    const struct trace *trace;     /* the run's */
    const struct loan *loan;
};

/* Some steps of a trace: from one on, up to the end of a day. */
struct explain_steps {
    const struct trace *trace;
    size_t from;
    struct date upto;
};

/** explain_all_steps(x): all of the run; explain_steps_after(trace, date, upto): those after the
 * end of ${date}. */
struct explain_steps explain_all_steps(const struct explain_loan *x);
struct explain_steps explain_steps_after(const struct trace *trace, struct date date,
                                         struct date upto);

/** explain_changes(x, steps, row, field): a term for each event or cause that changed the figure.
 * explain_change(x, trace, change): one change as it stands. */
void explain_changes(const struct explain_loan *x, const struct explain_steps *steps, int32_t row,
                     enum trace_field field);
void explain_change(const struct explain_loan *x, const struct trace *trace,
                    const struct trace_change *change);

/** explain_row_name(x, index): what a row is called: its n, else its nominal date. */
const char *explain_row_name(const struct explain_loan *x, unsigned index);

/** explain_schedule(x), ...: all wanted cells of a file. */
void explain_schedule(const struct explain_loan *x);
void explain_allocations(const struct explain_loan *x);
void explain_subsidy(const struct explain_loan *x);
void explain_arrears(const struct explain_loan *x);
void explain_portfolio(const struct explain_loan *x);
void explain_forgiven(const struct explain_loan *x); /* of grant_portfolio.csv */
void explain_classes(const struct explain_loan *x);
void explain_movement(const struct explain_loan *x);
void explain_migration(const struct explain_loan *x);

/** explain_row_due(x, row): the due amounts of a plan: split, fees, penalties; part of
 * explain_schedule(). */
void explain_row_due(const struct explain_loan *x, unsigned index, enum trace_field field);

/** explain_class(x, position, account, as_of): terms for the class of a position. */
void explain_class(const struct explain_loan *x, const struct computation *run,
                   const struct position *position, struct date as_of);

/** explain_class_next(x): what would have led to another class than that at as-of. */
void explain_class_next(const struct explain_loan *x);

/** explain_provision(x, position, as_of): the term of a position's provision. */
void explain_provision(const struct explain_loan *x, const struct position *position,
                       struct date as_of);

#endif
