/*
 * One computation of a loan: its contract and its events -> account -> positions, as of one date
 * and as known at one date.
 */
#ifndef NOL_COMPUTATION_H
#define NOL_COMPUTATION_H

#include "borrowers.h"
#include "portfolio.h"
#include "subsidy.h"
#include "trace.h"

struct computation {
    /* What is asked: */
    struct arena *arena;
    const struct loan *loan;
    struct event **events; /* all of the account, in order, linked */
    size_t event_count;
    struct date as_of, known_at;
    struct date snapshot_on;           /* a position on the way is wanted; DATE_NONE: none */
    const struct borrowers *borrowers; /* NULL: no program asks, or they are being surveyed */
    enum borrowers_moment moment;      /* of the position at as_of */
    bool claims;                       /* of each month, while it is passed */
    struct trace *trace;               /* NULL: nobody asks how it came to be */
    /* What came of it: */
    bool exists; /* else nothing below means anything, but the snapshot's own */
    struct account account;
    struct position position;
    bool snapshot_exists;
    struct position snapshot; /* at the end of snapshot_on */
    struct account_totals snapshot_totals;
    struct subsidy subsidy;
    /* Why nothing came of it: a broken law, or a refusal of an event, or of the book's row. */
    const char *broken_law; /* NULL: none; a fault in nol itself */
    const struct event *refused_event;
    struct account_refusal refusal;
    bool refused_by_relief; /* a row was moved too far */
};

/** computation_run(run): false when a law is broken or something is refused. */
bool computation_run(struct computation *run);

/** computation_is_by_borrower(rules): whether a class is the worst among a borrower's loans. */
bool computation_is_by_borrower(const struct rule_scope *rules);

/**
 * computation_base(run, from, taken_over):
 * What the movements of a period that begins on ${from} start from: the totals of the day before,
 * whose snapshot ${run} took, or of the moment after an opening within the period.
 */
const struct account_totals *computation_base(const struct computation *run, struct date from,
                                              bool *taken_over);

/** computation_movement(run, from, entry): fill entry->movement, whose other members are set. */
void computation_movement(const struct computation *run, struct date from,
                          struct portfolio_entry *entry);

#endif
