/*
 * The work on one account at a time: rows -> loan and events -> account -> positions -> report rows
 * and portfolio.
 *
 * A struct work is one worker's: it shares nothing that it writes to.  What several workers made is
 * merged by run.c.
 */
#ifndef NOL_WORK_H
#define NOL_WORK_H

#include "borrowers.h"
#include "budget.h"
#include "computation.h"
#include "outcome.h"
#include "report.h"
#include "tally.h"

/* What all workers read. */
struct work_job {
    const struct memory *memory;
    const struct program *const *programs; /* sorted by id */
    unsigned program_count;
    const struct portfolio_states *states;
    const struct book_input *inputs;
    unsigned input_count;
    unsigned attribute_count, carried_count;
    bool loans, grants;       /* whether there are files of them */
    const struct text *ruled; /* columns that rules use */
    unsigned ruled_count;
    struct date as_of, known_at;
    struct date from; /* DATE_NONE: no period */
    struct date from_known_at;
    /* A pass before the one that writes: nothing but the borrowers' worst classes and what accounts
     * claim of budgets is found out. */
    bool survey;
    const struct borrowers *borrowers; /* what it found; NULL: no program asks */
    const struct budget *budget;       /* the same, of all sides */
    unsigned side;                     /* whose rules these are, in there */
    /* Of other sides than the first, by program: how far its program of that id is another. */
    const struct program_difference *differences;
    bool figures; /* the account's figures are wanted, in work->outcome, and no reports */
    bool periods; /* beside them those of the period, in work->made->entry */
    bool traces;  /* and how they came to be, in work->made */
    const struct text *chosen; /* the only accounts that are worked on, surveys apart; none: all */
    unsigned chosen_count;
};

/* What the figures of a loan were made from. */
struct work_loan {
    struct computation run;
    bool apart;                   /* the opening was published with other knowledge: */
    struct computation published; /* what was known then, at the day before the period */
    struct portfolio_entry entry;
};

struct work {
    const struct work_job *job;
    struct arena scratch; /* of the account at hand */
    struct faults faults;
    struct tallies tallies;
    struct portfolio portfolio;
    struct buffer line; /* scratch */
    /* The caller's, of the batch at hand: */
    struct buffer *out;          /* by report_file, up to REPORT_ARREARS */
    struct buffer *rejects;      /* rows set aside, packed for a sorter; NULL: nobody asks */
    struct buffer *unidentified; /* the same of money that nobody can place */
    struct budget_claim *claim;  /* of the account at hand, by a survey */
    struct borrowers borrowers;  /* of a survey */
    /* Of the account just worked on, until the next one, where the job wants figures: */
    struct outcome_owner owner;
    struct outcome outcome;
    struct loan loan;       /* of a loan; its program is NULL when the rows do not make one */
    struct grant grant;     /* of a grant; the same */
    struct account account; /* of a loan that exists */
    const struct load_row *contract;       /* the loan's or the grant's row, read without a fault */
    const struct work_loan *made;          /* NULL: no loan that could be computed */
    const struct grant_result *made_grant; /* NULL: no grant that exists */
    const char *broken_law;                /* NULL: none; a fault in nol itself */
    struct buffer broken_account;
};

/** work_asks_budget(job): whether some program has a budget, so that a survey of all accounts,
 * those of other shards too, has to come first. */
bool work_asks_budget(const struct work_job *job);

/** work_asks_borrowers(job): whether some program wants the borrowers' worst classes, so that a
 * survey has to come first. */
bool work_asks_borrowers(const struct work_job *job);

void work_init(struct work *work, const struct work_job *job);
void work_free(struct work *work);

/** work_merge(into, from): add what another worker found; ${from} is unchanged. */
void work_merge(struct work *into, const struct work *from);

/** work_account(work, bundle): all of one account; its report rows are added to work->out, and the
 * finished lines of rejects.csv and unidentified.csv, in the order of which they will be sorted, to
 * the two others. */
void work_account(struct work *work, const struct book_bundle *bundle);

/**
 * work_beside(work, first, bundle):
 * The same account, which ${first} has worked on, under other rules, for its figures alone.  What
 * the rules do not make different is not computed again: nothing, where those that bind this
 * account are the same; the position alone, where of a loan only classification is another.
 */
void work_beside(struct work *work, const struct work *first, const struct book_bundle *bundle);

#endif
