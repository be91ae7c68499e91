/*
 * Dividing a principal into installments without losing a unit (design 2).
 */
#ifndef NOL_SPLIT_H
#define NOL_SPLIT_H

#include "fraction.h"
#include "rounding.h"

enum split_residual {
    RESIDUAL_LAST,    /* rows 1..n-1 get the rounded share, the last row the rest */
    RESIDUAL_FIRST,   /* rows 2..n get it, the first row the rest */
    RESIDUAL_LEADING, /* shares rounded down, one unit more from row 1 on, below a unit: last row */
    RESIDUAL_CUMULATIVE, /* row k = R(P k/n) - R(P (k-1)/n), row n ends at P exactly */
};

struct split_rounding {
    struct amount unit;
    enum rounding_mode mode;
    enum split_residual residual;
};

/**
 * split_equal(arena, whole, rows, rounding, out):
 * Divide ${whole} >= 0 into ${rows} >= 1 parts out[0..rows-1] that add up to it exactly.
 * A part may come out <= 0 when the rounding is too coarse for the whole: split_is_positive()
 * tells.
 */
void split_equal(struct arena *arena, struct amount whole, unsigned rows,
                 const struct split_rounding *rounding, struct amount *out);

/**
 * split_shares(arena, whole, shares, rows, rounding, out):
 * The same by shares > 0 of one denominator that add up to 1: share k for 1/rows, the sum of the
 * first k for k/rows.
 */
void split_shares(struct arena *arena, struct amount whole, const struct fraction *shares,
                  unsigned rows, const struct split_rounding *rounding, struct amount *out);

/** split_fixed_rows(arena, whole, part, most): how many rows of ${part} > 0 pay ${whole} > 0; most
 * + 1 if more than ${most}. */
unsigned split_fixed_rows(struct arena *arena, struct amount whole, struct amount part,
                          unsigned most);

/** split_fixed(arena, whole, part, rows, out): rows-1 parts of ${part}, the last the rest. */
void split_fixed(struct arena *arena, struct amount whole, struct amount part, unsigned rows,
                 struct amount *out);

/** split_is_positive(parts, rows): whether every part is > 0. */
bool split_is_positive(const struct amount *parts, unsigned rows);

#endif
