/*
 * Exact fractions: rates, shares, percentages.
 */
#ifndef NOL_FRACTION_H
#define NOL_FRACTION_H

#include "decimal.h"

struct fraction {
    struct amount num; /* >= 0 */
    struct amount den; /* > 0, not necessarily in lowest terms */
};

/**
 * fraction_parse(arena, text, out):
 * Read `0.5%`, `1/3`, `0.05` or `2`.  Returns FAULT_NONE or FAULT_FRACTION_FORM; ${out} is
 * untouched on a fault.
 */
enum fault_code fraction_parse(struct arena *arena, struct text text, struct fraction *out);

/**
 * fraction_common(arena, fractions, count):
 * Bring all to one common denominator.  False, and nothing changed, when it would have more than
 * AMOUNT_DIGITS_MAX digits.
 */
bool fraction_common(struct arena *arena, struct fraction *fractions, unsigned count);

/** fraction_add(arena, a, b): a + b, exactly, however large the common denominator. */
struct fraction fraction_add(struct arena *arena, struct fraction a, struct fraction b);

/** fraction_compare(arena, a, b): <0, 0, >0. */
int fraction_compare(struct arena *arena, struct fraction a, struct fraction b);

#endif
