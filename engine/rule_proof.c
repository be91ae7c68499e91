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

/* --- shares, down payments --- */

/*
 * Shares differ and a down payment is rounded too, so that no bound decides.  But every rounded
 * part is a step function of the principal: between two steps all parts stay, and the one row that
 * takes what is left grows.  Each stretch between steps is therefore judged by its smallest allowed
 * principal, and from some principal on every row is safe: there is an end to them.
 */
struct walk {
    struct arena *arena;
    const struct proof_limits *limits;
    const struct proof_shares *shares;
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

/* The part of ${share}, rounded. */
static struct amount part_of(const struct walk *walk, struct fraction share, struct amount whole)
{
    return rounding_quotient(walk->arena, whole, share.num, share.den, walk->rounding->unit,
                             walk->rounding->mode);
}

/* The next step of ${share} after ${principal}. */
static struct amount next_step(const struct walk *walk, struct fraction share,
                               struct amount principal)
{
    struct amount is = part_of(walk, share, principal);
    return threshold(walk, share, amount_add(walk->arena, is, walk->rounding->unit));
}

/* The next step after ${whole} of any part of what is split. */
static struct amount next_of_parts(const struct walk *walk, struct amount whole)
{
    const struct proof_shares *shares = walk->shares;
    struct fraction one = {amount_of(1), amount_of(1)}, share = shares->list[0];
    bool cumulative = walk->rounding->residual == RESIDUAL_CUMULATIVE;
    /* the whole has steps under `leading`, which hands out whole units; for others it does no harm
     */
    struct amount next = next_step(walk, one, whole);
    for (unsigned i = 0; i < shares->rows; i++) {
        share.num = cumulative && i > 0 ? amount_add(walk->arena, share.num, shares->list[i].num)
                                        : shares->list[i].num;
        next = amount_least(next, next_step(walk, share, whole));
    }
    return next;
}

/* The next step after ${principal}, of which ${down} is not split. */
static struct amount next_of_all(const struct walk *walk, struct amount principal,
                                 struct amount down)
{
    struct arena *arena = walk->arena;
    struct amount next =
        amount_add(arena, next_of_parts(walk, amount_sub(arena, principal, down)), down);
    if (walk->shares->down != NULL)
        next = amount_least(next, next_step(walk, *walk->shares->down, principal));
    return next;
}

static struct amount greater(struct amount a, struct amount b)
{
    return amount_compare(a, b) < 0 ? b : a;
}

/* ${a} divided by ${share}, rounded up, and one more. */
static struct amount beyond(const struct walk *walk, struct amount a, struct fraction share)
{
    struct amount one = amount_of(1);
    return amount_add(walk->arena, one,
                      rounding_quotient(walk->arena, a, share.den, share.num, one, ROUNDING_UP));
}

/* From this principal on no row vanishes: each share is above a unit, and the row with the rest has
 * more than the units that rounding may give to the others. */
static struct amount safe_from(const struct walk *walk)
{
    struct arena *arena = walk->arena;
    const struct split_rounding *rounding = walk->rounding;
    const struct proof_shares *shares = walk->shares;
    struct fraction least = shares->list[0];
    for (unsigned i = 1; i < shares->rows; i++)
        least.num = amount_least(least.num, shares->list[i].num);
    struct amount safe = beyond(walk, rounding->unit, least);
    bool one_rest = rounding->residual == RESIDUAL_LAST || rounding->residual == RESIDUAL_FIRST;
    if (one_rest && rounding->mode != ROUNDING_DOWN) {
        unsigned rest_row = rounding->residual == RESIDUAL_FIRST ? 0 : shares->rows - 1;
        struct amount others =
            amount_times(arena, amount_of((int64_t)shares->rows - 1), rounding->unit);
        safe = greater(safe, beyond(walk, others, shares->list[rest_row]));
    }
    if (shares->down == NULL)
        return safe;
    struct fraction down = *shares->down;
    struct fraction split = {amount_sub(arena, down.den, down.num), down.den};
    /* a down payment is at most a unit more than its share */
    safe = beyond(walk, amount_add(arena, safe, rounding->unit), split);
    return greater(safe, beyond(walk, rounding->unit, down));
}

/* Whether ${whole}, what is left after ${down}, is well divided. */
static bool is_whole(const struct walk *walk, struct amount whole, struct amount down,
                     struct amount *parts)
{
    const struct proof_shares *shares = walk->shares;
    if (amount_sign(whole) <= 0 || (shares->down != NULL && amount_sign(down) <= 0))
        return false;
    split_shares(walk->arena, whole, shares->list, shares->rows, walk->rounding, parts);
    return split_is_positive(parts, shares->rows);
}

enum proof_outcome proof_of_shares(struct arena *arena, const struct proof_limits *limits,
                                   const struct proof_shares *shares,
                                   const struct split_rounding *rounding, unsigned *budget,
                                   struct amount *principal)
{
    struct arena scratch; /* of one stretch: there may be very many */
    struct walk walk = {arena, limits, shares, rounding};
    struct amount safe = safe_from(&walk), p = proof_least(arena, limits);
    struct amount *parts = ARENA_ARRAY(arena, struct amount, shares->rows);
    enum proof_outcome outcome = PROOF_WELL;
    arena_init(&scratch, arena->memory);
    walk.arena = &scratch;
    while (outcome == PROOF_WELL && amount_compare(p, limits->max) <= 0 &&
           amount_compare(p, safe) < 0) {
        struct amount down = shares->down == NULL ? AMOUNT_ZERO : part_of(&walk, *shares->down, p);
        if (*budget < shares->rows) {
            outcome = PROOF_TOO_LONG;
        } else if (!is_whole(&walk, amount_sub(&scratch, p, down), down, parts)) {
            *principal = p;
            outcome = PROOF_VANISHES;
        } else {
            struct amount next = next_of_all(&walk, p, down);
            p = amount_copy(arena, multiple_from(&scratch, next, limits->multiple_of));
            *budget -= shares->rows;
            arena_reset(&scratch);
        }
    }
    arena_free(&scratch);
    return outcome;
}
