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

/* --- shares --- */

/*
 * Shares differ, so that no bound decides.  But every rounded part is a step function of the
 * principal: between two steps all parts stay, and the one row that takes what is left grows.  Each
 * stretch between steps is therefore judged by its smallest allowed principal, and from some
 * principal on every row is safe: there is an end to them.
 */
struct walk {
    struct arena *arena;
    const struct proof_limits *limits;
    const struct fraction *shares;
    unsigned rows;
    const struct split_rounding *rounding;
};

/* The smallest whole amount of which ${share}, rounded, is ${target}, a multiple of the unit, > 0.
 */
static struct amount threshold(const struct walk *walk, struct fraction share, struct amount target)
{
    struct arena *arena = walk->arena;
    struct amount unit = walk->rounding->unit, one = amount_of(1);
    enum rounding_mode mode = walk->rounding->mode;
    if (mode == ROUNDING_DOWN)
        return rounding_quotient(arena, target, share.den, share.num, one, ROUNDING_UP);
    struct amount divisor = share.num, least = amount_sub(arena, target, unit);
    bool above = mode == ROUNDING_UP; /* at the bound itself it is still a unit less */
    if (mode != ROUNDING_UP) {
        struct amount two = amount_of(2), pair = amount_times(arena, two, unit);
        divisor = amount_times(arena, two, share.num);
        least = amount_sub(arena, amount_times(arena, two, target), unit);
        above = mode == ROUNDING_HALF_EVEN &&
                amount_compare(rounding_quotient(arena, target, one, one, pair, ROUNDING_DOWN),
                               target) != 0;
    }
    struct amount bound = rounding_quotient(arena, least, share.den, divisor, one,
                                            above ? ROUNDING_DOWN : ROUNDING_UP);
    return above ? amount_add(arena, bound, one) : bound;
}

/* The next step of ${share} after ${principal}. */
static struct amount next_step(const struct walk *walk, struct fraction share,
                               struct amount principal)
{
    const struct split_rounding *rounding = walk->rounding;
    struct amount is = rounding_quotient(walk->arena, principal, share.num, share.den,
                                         rounding->unit, rounding->mode);
    return threshold(walk, share, amount_add(walk->arena, is, rounding->unit));
}

static struct amount next_of_all(const struct walk *walk, struct amount principal)
{
    struct fraction one = {amount_of(1), amount_of(1)}, share = walk->shares[0];
    enum split_residual residual = walk->rounding->residual;
    bool cumulative = residual == RESIDUAL_CUMULATIVE;
    /* the whole: steps of `leading`, which hands out whole units; elsewhere beyond all others */
    struct amount next = next_step(walk, one, principal);
    for (unsigned i = 0; i < walk->rows; i++) {
        share.num = cumulative && i > 0 ? amount_add(walk->arena, share.num, walk->shares[i].num)
                                        : walk->shares[i].num;
        next = amount_least(next, next_step(walk, share, principal));
    }
    return next;
}

/* From this principal on no row vanishes: each share is above a unit, and the row with the rest has
 * more than the units that rounding may give to the others. */
static struct amount safe_from(const struct walk *walk)
{
    struct arena *arena = walk->arena;
    const struct split_rounding *rounding = walk->rounding;
    struct amount least = walk->shares[0].num, one = amount_of(1);
    for (unsigned i = 1; i < walk->rows; i++)
        least = amount_least(least, walk->shares[i].num);
    struct amount safe =
        rounding_quotient(arena, rounding->unit, walk->shares[0].den, least, one, ROUNDING_DOWN);
    bool one_rest = rounding->residual == RESIDUAL_LAST || rounding->residual == RESIDUAL_FIRST;
    if (one_rest && rounding->mode != ROUNDING_DOWN) {
        unsigned rest_row = rounding->residual == RESIDUAL_FIRST ? 0 : walk->rows - 1;
        struct amount others =
            amount_times(arena, amount_of((int64_t)walk->rows - 1), rounding->unit);
        struct amount rest = rounding_quotient(arena, others, walk->shares[0].den,
                                               walk->shares[rest_row].num, one, ROUNDING_UP);
        safe = amount_compare(rest, safe) > 0 ? rest : safe;
    }
    return amount_add(arena, safe, one);
}

enum proof_outcome proof_of_shares(struct arena *arena, const struct proof_limits *limits,
                                   const struct fraction *shares, unsigned rows,
                                   const struct split_rounding *rounding, struct amount *principal)
{
    enum { ROWS_SEEN_MAX = 2000000 };
    struct arena scratch; /* of one stretch: there may be very many */
    struct walk walk = {arena, limits, shares, rows, rounding};
    struct amount safe = safe_from(&walk), p = proof_least(arena, limits);
    struct amount *parts = ARENA_ARRAY(arena, struct amount, rows);
    enum proof_outcome outcome = PROOF_WELL;
    unsigned seen = 0;
    arena_init(&scratch, arena->memory);
    walk.arena = &scratch;
    while (outcome == PROOF_WELL && amount_compare(p, limits->max) <= 0 &&
           amount_compare(p, safe) < 0) {
        split_shares(&scratch, p, shares, rows, rounding, parts);
        seen += rows;
        if (!split_is_positive(parts, rows)) {
            *principal = p;
            outcome = PROOF_VANISHES;
        } else if (seen > ROWS_SEEN_MAX) {
            outcome = PROOF_TOO_LONG;
        } else {
            struct amount next = next_of_all(&walk, p);
            p = amount_copy(arena, multiple_from(&scratch, next, limits->multiple_of));
            arena_reset(&scratch);
        }
    }
    arena_free(&scratch);
    return outcome;
}
