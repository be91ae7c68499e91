/*
 * Assumptions about what will be paid: by program, which part of what falls due is paid when, and
 * the fund that lends anew what comes back.  Nothing is assumed that the file does not say.
 */
#ifndef NOL_ASSUME_H
#define NOL_ASSUME_H

#include "load_rules.h"
#include "rounding.h"

/* Of an amount that falls due; both shares together are at most 1. */
struct assume_share {
    bool named; /* the file says so, for the class or for the others */
    struct fraction share, late;
    int32_t after; /* months from share to late, at least 1; of what is overdue: in how many */
};

struct assume_relend {
    bool wanted;
    struct amount fund, reserve; /* in the program's minor units */
    struct fraction share;
    int32_t installments; /* 0: the program's default on the day */
    struct span grace;    /* the same where has_grace is not set */
    bool has_grace;
    struct assume_share on_time;
};

/* What is assumed of one program. */
struct assume_program {
    const struct program *program;
    const struct rule_scope *rules; /* whose classes count: in force on the as-of date */
    struct amount unit;
    enum rounding_mode mode;
    const struct assume_share *on_time; /* by class of the rules */
    const struct assume_share *overdue; /* share alone, over `after` months */
    struct assume_relend relend;
};

struct assume {
    struct text id, because;
    const struct rules_file *file;
    const struct rule_scope *scope;
    struct assume_program *programs;
    unsigned program_count;
};

/**
 * assume_load(arena, path, order, assume, faults):
 * Read the file at ${path}, by its own form alone; it belongs to ${arena}.  False after a fault.
 */
bool assume_load(struct arena *arena, const char *path, unsigned order, struct assume *assume,
                 struct faults *faults);

/**
 * assume_bind(arena, assume, rules, as_of, faults):
 * What the file says of the programs of ${rules}, as they stand on ${as_of}.  False after a fault:
 * a program or class that is not there or not named, shares above 100 %, a fund that cannot lend.
 */
bool assume_bind(struct arena *arena, struct assume *assume, const struct rules *rules,
                 struct date as_of, struct faults *faults);

/** assume_of(assume, id): what is assumed of the program, NULL: nothing. */
const struct assume_program *assume_of(const struct assume *assume, struct text id);

/**
 * assume_terms(relend, rules, installments, grace):
 * The installments and grace, in periods, of what is lent anew under ${rules}: those of the file,
 * else the default.  NULL, else why the rules make no such loan.
 */
const char *assume_terms(const struct assume_relend *relend, const struct rule_scope *rules,
                         int32_t *installments, int32_t *grace);

/** assume_no_program(assume, id, faults): the fault that the book has unpaid money of a program
 * that the file does not name. */
void assume_no_program(const struct assume *assume, struct text id, struct faults *faults);

/**
 * assume_product(arena, assumed, amount, share): amount x share, rounded once by the program's
 * assumptions, but at most ${amount}, which is not negative.
 */
struct amount assume_product(struct arena *arena, const struct assume_program *assumed,
                             struct amount amount, struct fraction share);

#endif
