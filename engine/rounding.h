/*
 * The only division in nol.  Whoever divides says to which unit and how the quotient is rounded.
 */
#ifndef NOL_ROUNDING_H
#define NOL_ROUNDING_H

#include "amount.h"

enum rounding_mode {
    ROUNDING_DOWN,      /* toward zero */
    ROUNDING_UP,        /* away from zero */
    ROUNDING_HALF_UP,   /* to the nearest, ties away from zero */
    ROUNDING_HALF_EVEN, /* to the nearest, ties to an even multiple of the unit */
};

/**
 * rounding_quotient(arena, a, mul, div, unit, mode):
 * a * mul / div, computed exactly, rounded once to a multiple of ${unit}.
 * Requires div > 0, unit > 0 and mul >= 0.
 */
struct amount rounding_quotient(struct arena *arena, struct amount a, struct amount mul,
                                struct amount div, struct amount unit, enum rounding_mode mode);

#endif
