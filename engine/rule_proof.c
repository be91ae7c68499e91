#include "rule_proof.h"

/* The smallest multiple of ${step} that is at least ${from}. */
static struct amount multiple_from(struct arena *arena, struct amount from, struct amount step)
{
    return rounding_quotient(arena, from, amount_of(1), amount_of(1), step, ROUNDING_UP);
}

struct amount proof_least(struct arena *arena, const struct proof_limits *limits)
{
    return multiple_from(arena, limits->min, limits->multiple_of);
}

/*
 * With `last` and `first`, n - 1 rows carry the share q = j units and one row carries P - (n-1) q.
 * That row is <= 0 exactly when P <= (n-1) q.  The principals whose share is j units and that
 * satisfy this are an interval:
 *
 *   up         P / n in (j-1, j] units         P in [n (j-1) u + 1,      (n-1) j u]
 *   half-up    P / n in [j-1/2, j+1/2) units   P in [n (2j-1) u / 2 up,  (n-1) j u]
 *   half-even  the same, the lower end only for even j
 *
 * It is empty once j >= n.  An allowed principal inside one of them is a counterexample.
 */
static bool residual_row_vanishes(struct arena *arena, const struct proof_limits *limits,
                                  unsigned rows, const struct split_rounding *rounding,
                                  struct amount *principal)
{
    struct amount n = amount_of(rows), one = amount_of(1);
    for (unsigned j = 1; j < rows; j++) {
        struct amount q = amount_times(arena, amount_of(j), rounding->unit);
        struct amount upper = amount_times(arena, amount_of((int64_t)rows - 1), q);
        struct amount lower;
        if (amount_compare(upper, limits->min) < 0)
            continue;
        if (rounding->mode == ROUNDING_UP) {
            struct amount below = amount_times(arena, amount_of((int64_t)j - 1), rounding->unit);
            lower = amount_add(arena, amount_times(arena, n, below), one);
        } else {
            struct amount halves =
                amount_times(arena, amount_of(2 * (int64_t)j - 1), rounding->unit);
            struct amount twice = amount_times(arena, n, halves);
            bool tie_goes_below = rounding->mode == ROUNDING_HALF_EVEN && j % 2 == 1;
            lower = rounding_quotient(arena, twice, one, amount_of(2), one, ROUNDING_UP);
            if (tie_goes_below &&
                amount_compare(amount_times(arena, lower, amount_of(2)), twice) == 0)
                lower = amount_add(arena, lower, one);
        }
        if (amount_compare(lower, limits->max) > 0)
            return false; /* both ends grow with j */
        if (amount_compare(lower, limits->min) < 0)
            lower = limits->min;
        lower = multiple_from(arena, lower, limits->multiple_of);
        if (amount_compare(lower, upper) <= 0 && amount_compare(lower, limits->max) <= 0) {
            *principal = lower;
            return true;
        }
    }
    return false;
}

/*
 * In every other way a row vanishes exactly for the principals below some bound, so that the
 * smallest allowed one decides: a share that rounds to 0 does so for all smaller principals too;
 *   leading: a row is 0 exactly when P <= (n-1) u;
 *   cumulative: for P >= n u neighbouring multiples of P/n are a unit apart and so are their
 * roundings, and the last row keeps P/n >= u less than a unit off; below that each of the n - 1
 * first rows must be exactly one unit, which a larger P < n u only makes easier, in every mode.
 */
bool proof_vanishing(struct arena *arena, const struct proof_limits *limits, unsigned rows,
                     const struct split_rounding *rounding, struct amount *principal)
{
    struct amount least = proof_least(arena, limits);
    if (rows <= 1 || amount_compare(least, limits->max) > 0)
        return false;
    struct amount *parts = ARENA_ARRAY(arena, struct amount, rows);
    split_equal(arena, least, rows, rounding, parts);
    if (!split_is_positive(parts, rows)) {
        *principal = least;
        return true;
    }
    bool one_rest = rounding->residual == RESIDUAL_LAST || rounding->residual == RESIDUAL_FIRST;
    return one_rest && rounding->mode != ROUNDING_DOWN &&
           residual_row_vanishes(arena, limits, rows, rounding, principal);
}
