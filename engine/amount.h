/*
 * Amounts: whole numbers of any size, mostly of a currency's minor units.
 *
 * An amount is an immutable 16-byte value.  One that fits a 64-bit word is kept in the word; a
 * larger one is a frozen GMP number in an arena.  Nobody outside amount.c can tell the difference.
 * An amount stays valid as long as the arena of the operation that made it (and of its operands).
 *
 * There is no division here: see rounding.h, where every division names its rounding.
 */
#ifndef NOL_AMOUNT_H
#define NOL_AMOUNT_H

#include <gmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "arena.h"
#include "text.h"

struct amount_limbs; /* a frozen number that no word can hold */

struct amount {
    int64_t word; /* the value when limbs is NULL */
    const struct amount_limbs *limbs;
};

enum {
    AMOUNT_DIGITS_MAX = 30,                   /* digits of an amount in a file */
    AMOUNT_TEXT_MAX = AMOUNT_DIGITS_MAX + 16, /* bytes of such an amount as text */
    AMOUNT_TOTAL_DIGITS_MAX = 80,             /* digits of a total of any number of them */
};

#define AMOUNT_ZERO ((struct amount){0, NULL})

static inline struct amount amount_of(int64_t word)
{
    return (struct amount){word, NULL};
}

/* The general forms, right for every operand; the inline forms below spare words the detour. */
struct amount amount_add_any(struct arena *arena, struct amount a, struct amount b);
struct amount amount_sub_any(struct arena *arena, struct amount a, struct amount b);
int amount_compare_any(struct amount a, struct amount b);

#ifdef NOL_AMOUNT_LIMBS_ONLY /* a build that never takes the short way, for the differential test  \
                              */
#define AMOUNT_BOTH_WORDS(a, b) false
#else
#define AMOUNT_BOTH_WORDS(a, b) ((a).limbs == NULL && (b).limbs == NULL)
#endif

static inline struct amount amount_add(struct arena *arena, struct amount a, struct amount b)
{
    int64_t sum;
    if (AMOUNT_BOTH_WORDS(a, b) && !__builtin_add_overflow(a.word, b.word, &sum))
        return amount_of(sum);
    return amount_add_any(arena, a, b);
}

static inline struct amount amount_sub(struct arena *arena, struct amount a, struct amount b)
{
    int64_t difference;
    if (AMOUNT_BOTH_WORDS(a, b) && !__builtin_sub_overflow(a.word, b.word, &difference))
        return amount_of(difference);
    return amount_sub_any(arena, a, b);
}

/** amount_compare(a, b): <0, 0, >0. */
static inline int amount_compare(struct amount a, struct amount b)
{
    if (AMOUNT_BOTH_WORDS(a, b))
        return (a.word > b.word) - (a.word < b.word);
    return amount_compare_any(a, b);
}

static inline int amount_sign(struct amount a)
{
    return amount_compare(a, AMOUNT_ZERO);
}

static inline bool amount_is_zero(struct amount a)
{
    return a.limbs == NULL && a.word == 0;
}

static inline struct amount amount_least(struct amount a, struct amount b)
{
    return amount_compare(a, b) <= 0 ? a : b;
}

/** amount_negate(arena, a): -a. */
static inline struct amount amount_negate(struct arena *arena, struct amount a)
{
    return amount_sub(arena, AMOUNT_ZERO, a);
}

/** amount_times(arena, a, b): a * b. */
struct amount amount_times(struct arena *arena, struct amount a, struct amount b);

/** amount_power10(arena, exponent): 10^exponent, 0 <= exponent. */
struct amount amount_power10(struct arena *arena, unsigned exponent);

/** amount_copy(arena, a): the same amount, valid as long as ${arena}. */
struct amount amount_copy(struct arena *arena, struct amount a);

/** amount_to_mpz(out, a): set the initialised ${out} to a. */
void amount_to_mpz(mpz_t out, struct amount a);

/** amount_from_mpz(arena, value): the amount of ${value}. */
struct amount amount_from_mpz(struct arena *arena, const mpz_t value);

/** amount_from_digits(arena, digits): of 1..AMOUNT_DIGITS_MAX plain decimal digits, checked by the
 * caller. */
struct amount amount_from_digits(struct arena *arena, struct text digits);

/** amount_text_size_any(a): the general form of amount_text_size(); not for callers. */
size_t amount_text_size_any(struct amount a);

enum { AMOUNT_WORD_TEXT_MAX = 24 }; /* sign, point and the digits of a word */

/**
 * amount_parse_total(arena, text, out): read a whole number, [-]DIGITS, of at most
 * AMOUNT_TOTAL_DIGITS_MAX digits.  False when it is none; ${out} is untouched then.
 */
bool amount_parse_total(struct arena *arena, struct text text, struct amount *out);

/**
 * amount_text_size(a): at most so many bytes does amount_write(..., a, decimals) write, for
 * decimals <= 9.
 */
static inline size_t amount_text_size(struct amount a)
{
    return a.limbs == NULL ? AMOUNT_WORD_TEXT_MAX : amount_text_size_any(a);
}

/* Of limbs and of words; not for callers. */
char *amount_write_limbs(char *out, struct amount a, unsigned decimals);
char *amount_write_word(char *out, int64_t word, unsigned decimals);

/**
 * amount_write(out, a, decimals):
 * Write ${a} minor units as a plain decimal with exactly ${decimals} <= 9 decimals.  Returns the
 * end; no NUL.
 */
static inline char *amount_write(char *out, struct amount a, unsigned decimals)
{
    return a.limbs == NULL ? amount_write_word(out, a.word, decimals)
                           : amount_write_limbs(out, a, decimals);
}

/*
 * A running total.  It owns memory once it outgrows a word: amount_sum_clear() it.
 * A cleared struct is the total 0.
 */
struct amount_sum {
    int64_t word;
    bool spilled;
    mpz_t rest; /* initialised when spilled; the total is word + rest */
};

/** amount_sum_spill(sum, a): the slow path of amount_sum_add(); not for callers. */
void amount_sum_spill(struct amount_sum *sum, struct amount a);

static inline void amount_sum_add(struct amount_sum *sum, struct amount a)
{
    int64_t word;
    if (a.limbs == NULL && !__builtin_add_overflow(sum->word, a.word, &word))
        sum->word = word;
    else
        amount_sum_spill(sum, a);
}

/** amount_sum_merge(sum, other): add another total; ${other} is unchanged. */
void amount_sum_merge(struct amount_sum *sum, const struct amount_sum *other);

/** amount_sum_value(arena, sum): the total as an amount. */
struct amount amount_sum_value(struct arena *arena, const struct amount_sum *sum);

void amount_sum_clear(struct amount_sum *sum);

#endif
