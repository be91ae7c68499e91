/*
 * Plain decimals as they stand in files: digits, at most one point, nothing else.
 */
#ifndef NOL_DECIMAL_H
#define NOL_DECIMAL_H

#include "amount.h"
#include "fault.h"

struct decimal {
    struct amount digits; /* the number without its point, sign included */
    unsigned scale;       /* how many of the digits stand behind the point */
};

/**
 * decimal_parse(arena, text, out):
 * Read [-]DIGITS[.DIGITS] of at most AMOUNT_DIGITS_MAX digits in all.
 * Returns FAULT_NONE, FAULT_AMOUNT_FORM or FAULT_AMOUNT_DIGITS; ${out} is untouched on a fault.
 */
enum fault_code decimal_parse(struct arena *arena, struct text text, struct decimal *out);

/**
 * decimal_to_amount(arena, decimal, decimals, out):
 * The decimal in minor units of a currency with ${decimals} <= 9 decimals; further decimals must be
 * zero. Returns FAULT_NONE, FAULT_AMOUNT_NEGATIVE or FAULT_AMOUNT_DECIMALS; ${out} is untouched on
 * a fault.
 */
enum fault_code decimal_to_amount(struct arena *arena, struct decimal decimal, unsigned decimals,
                                  struct amount *out);

/* The exact total of decimals of any scale, one sum per scale; clear with decimal_sum_clear(). */
struct decimal_sum {
    struct amount_sum at_scale[AMOUNT_DIGITS_MAX + 1];
};

void decimal_sum_add(struct decimal_sum *sum, struct decimal decimal);
void decimal_sum_merge(struct decimal_sum *sum, const struct decimal_sum *other);
void decimal_sum_clear(struct decimal_sum *sum);

/**
 * decimal_sum_text(arena, sum): the total as a plain decimal without needless zeros,
 * NUL-terminated; it belongs to the arena.
 */
const char *decimal_sum_text(struct arena *arena, const struct decimal_sum *sum);

/** decimal_parse_total(arena, text, out): read what decimal_sum_text() wrote, of any number of
 * digits before the point; false when it is something else. */
bool decimal_parse_total(struct arena *arena, struct text text, struct decimal *out);

#endif
