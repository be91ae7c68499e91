/*
 * The proof that no loan inside a program's own limits loses a row to rounding (design 2): not a
 * sample, an exact decision over every principal min, min + multiple_of, ..., max and every number
 * of rows.
 */
#ifndef NOL_RULE_PROOF_H
#define NOL_RULE_PROOF_H

#include "split.h"

/* The principals a program lends, all > 0. */
struct proof_limits {
    struct amount min, max, multiple_of;
};

/**
 * proof_vanishing(arena, limits, rows, rounding, principal):
 * Whether some principal inside ${limits}, split equally over ${rows}, gives a row <= 0; if so
 * ${principal} is the smallest found such one.
 */
bool proof_vanishing(struct arena *arena, const struct proof_limits *limits, unsigned rows,
                     const struct split_rounding *rounding, struct amount *principal);

enum proof_outcome { PROOF_WELL, PROOF_VANISHES, PROOF_TOO_LONG };

/* A split into rows by shares (see split_shares()). */
struct proof_shares {
    const struct fraction *list;
    unsigned rows;
    const struct fraction *down; /* what is taken off before, rounded alike; NULL: nothing */
};

enum { PROOF_BUDGET = 2000000 }; /* rows that are looked at for one version of a program */

/**
 * proof_of_shares(arena, limits, shares, rounding, budget, principal):
 * The same of a principal split by ${shares}, its down payment included.  PROOF_TOO_LONG when more
 * rows would have to be looked at than ${budget}, which is lowered by those that were.
 */
enum proof_outcome proof_of_shares(struct arena *arena, const struct proof_limits *limits,
                                   const struct proof_shares *shares,
                                   const struct split_rounding *rounding, unsigned *budget,
                                   struct amount *principal);

/** proof_least(arena, limits): the smallest principal that is allowed, above max if none is. */
struct amount proof_least(struct arena *arena, const struct proof_limits *limits);

#endif
