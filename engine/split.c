#include "split.h"

#include <assert.h>

static struct amount sum_of(struct arena *arena, const struct amount *parts, unsigned rows)
{
    struct amount sum = AMOUNT_ZERO;
    for (unsigned i = 0; i < rows; i++)
        sum = amount_add(arena, sum, parts[i]);
    return sum;
}

static void same_share(struct arena *arena, struct amount whole, unsigned rows, unsigned rest_row,
                       struct amount share, struct amount *out)
{
    for (unsigned i = 0; i < rows; i++)
        out[i] = share;
    struct amount others = amount_times(arena, share, amount_of((int64_t)rows - 1));
    out[rest_row] = amount_sub(arena, whole, others);
}

/* Hand ${rest} to rows that hold their shares rounded down: units from row 1 on, then to the last.
 */
static void hand_out(struct arena *arena, struct amount rest, unsigned rows, struct amount unit,
                     struct amount *out)
{
    for (unsigned i = 0; i < rows && amount_compare(rest, unit) >= 0; i++) {
        out[i] = amount_add(arena, out[i], unit);
        rest = amount_sub(arena, rest, unit);
    }
    out[rows - 1] = amount_add(arena, out[rows - 1], rest);
}

static void leading(struct arena *arena, struct amount whole, unsigned rows, struct amount unit,
                    struct amount share, struct amount *out)
{
    for (unsigned i = 0; i < rows; i++)
        out[i] = share;
    struct amount rest =
        amount_sub(arena, whole, amount_times(arena, share, amount_of((int64_t)rows)));
    hand_out(arena, rest, rows, unit, out);
}

static void cumulative(struct arena *arena, struct amount whole, unsigned rows,
                       const struct split_rounding *rounding, struct amount *out)
{
    struct amount before = AMOUNT_ZERO;
    for (unsigned k = 1; k <= rows; k++) {
        struct amount upto = whole;
        if (k < rows)
            upto = rounding_quotient(arena, whole, amount_of(k), amount_of(rows), rounding->unit,
                                     rounding->mode);
        out[k - 1] = amount_sub(arena, upto, before);
        before = upto;
    }
}

void split_equal(struct arena *arena, struct amount whole, unsigned rows,
                 const struct split_rounding *rounding, struct amount *out)
{
    assert(rows >= 1 && amount_sign(whole) >= 0);
    struct amount share = AMOUNT_ZERO;
    if (rounding->residual != RESIDUAL_CUMULATIVE)
        share = rounding_quotient(arena, whole, amount_of(1), amount_of(rows), rounding->unit,
                                  rounding->mode);
    switch (rounding->residual) {
    case RESIDUAL_LAST:
        same_share(arena, whole, rows, rows - 1, share, out);
        break;
    case RESIDUAL_FIRST:
        same_share(arena, whole, rows, 0, share, out);
        break;
    case RESIDUAL_LEADING:
        assert(rounding->mode == ROUNDING_DOWN);
        leading(arena, whole, rows, rounding->unit, share, out);
        break;
    case RESIDUAL_CUMULATIVE:
        cumulative(arena, whole, rows, rounding, out);
        break;
    }
    assert(amount_compare(sum_of(arena, out, rows), whole) == 0);
}

static void cumulative_shares(struct arena *arena, struct amount whole,
                              const struct fraction *shares, unsigned rows,
                              const struct split_rounding *rounding, struct amount *out)
{
    struct amount before = AMOUNT_ZERO, sum = AMOUNT_ZERO;
    for (unsigned i = 0; i < rows; i++) {
        struct amount upto = whole;
        sum = amount_add(arena, sum, shares[i].num);
        if (i + 1 < rows)
            upto =
                rounding_quotient(arena, whole, sum, shares[i].den, rounding->unit, rounding->mode);
        out[i] = amount_sub(arena, upto, before);
        before = upto;
    }
}

void split_shares(struct arena *arena, struct amount whole, const struct fraction *shares,
                  unsigned rows, const struct split_rounding *rounding, struct amount *out)
{
    assert(rows >= 1 && amount_sign(whole) >= 0);
    if (rounding->residual == RESIDUAL_CUMULATIVE) {
        cumulative_shares(arena, whole, shares, rows, rounding, out);
        return;
    }
    for (unsigned i = 0; i < rows; i++)
        out[i] = rounding_quotient(arena, whole, shares[i].num, shares[i].den, rounding->unit,
                                   rounding->mode);
    if (rounding->residual == RESIDUAL_LEADING) {
        assert(rounding->mode == ROUNDING_DOWN);
        hand_out(arena, amount_sub(arena, whole, sum_of(arena, out, rows)), rows, rounding->unit,
                 out);
    } else {
        unsigned rest_row = rounding->residual == RESIDUAL_FIRST ? 0 : rows - 1;
        out[rest_row] = AMOUNT_ZERO;
        out[rest_row] = amount_sub(arena, whole, sum_of(arena, out, rows));
    }
    assert(amount_compare(sum_of(arena, out, rows), whole) == 0);
}

unsigned split_fixed_rows(struct arena *arena, struct amount whole, struct amount part,
                          unsigned most)
{
    assert(amount_sign(whole) > 0 && amount_sign(part) > 0);
    struct amount rows =
        rounding_quotient(arena, whole, amount_of(1), part, amount_of(1), ROUNDING_UP);
    if (amount_compare(rows, amount_of(most)) > 0)
        return most + 1;
    return (unsigned)rows.word;
}

void split_fixed(struct arena *arena, struct amount whole, struct amount part, unsigned rows,
                 struct amount *out)
{
    assert(rows >= 1);
    same_share(arena, whole, rows, rows - 1, part, out);
}

bool split_is_positive(const struct amount *parts, unsigned rows)
{
    for (unsigned i = 0; i < rows; i++)
        if (amount_sign(parts[i]) <= 0)
            return false;
    return true;
}
