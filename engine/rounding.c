#include "rounding.h"

#include <assert.h>

/* Whether the quotient's magnitude goes up by one; twice the remainder against the divisor decides.
 */
static bool goes_up(enum rounding_mode mode, bool exact, int twice_to_divisor, bool odd)
{
    switch (mode) {
    case ROUNDING_DOWN:
        return false;
    case ROUNDING_UP:
        return !exact;
    case ROUNDING_HALF_UP:
        return twice_to_divisor >= 0;
    case ROUNDING_HALF_EVEN:
        return twice_to_divisor > 0 || (twice_to_divisor == 0 && odd);
    }
    assert(!"a rounding mode");
    return false;
}

static struct amount quotient_any(struct arena *arena, struct amount a, struct amount mul,
                                  struct amount div, struct amount unit, enum rounding_mode mode)
{
    mpz_t n, d, u, q, r;
    mpz_inits(n, d, u, q, r, NULL);
    amount_to_mpz(n, a);
    amount_to_mpz(d, mul);
    mpz_mul(n, n, d);
    amount_to_mpz(d, div);
    amount_to_mpz(u, unit);
    mpz_mul(d, d, u);
    bool negative = mpz_sgn(n) < 0;
    mpz_abs(n, n);
    mpz_tdiv_qr(q, r, n, d);
    bool exact = mpz_sgn(r) == 0;
    mpz_mul_2exp(r, r, 1);
    if (goes_up(mode, exact, mpz_cmp(r, d), mpz_odd_p(q)))
        mpz_add_ui(q, q, 1);
    mpz_mul(q, q, u);
    if (negative)
        mpz_neg(q, q);
    struct amount result = amount_from_mpz(arena, q);
    mpz_clears(n, d, u, q, r, NULL);
    return result;
}

#if defined(__SIZEOF_INT128__) && !defined(NOL_AMOUNT_LIMBS_ONLY)
#define WORDS_SUFFICE 1
__extension__ typedef unsigned __int128 double_word;

/* The same in machine words; false when a value along the way could outgrow them. */
static bool quotient_words(const int64_t *operand, enum rounding_mode mode, int64_t *result)
{
    bool negative = operand[0] < 0;
    uint64_t a = negative ? 0 - (uint64_t)operand[0] : (uint64_t)operand[0];
    double_word n = (double_word)a * (uint64_t)operand[1];
    double_word d = (double_word)(uint64_t)operand[2] * (uint64_t)operand[3];
    if (d > INT64_MAX)
        return false;
    double_word q, r;
    if (n <= UINT64_MAX) {
        q = (uint64_t)n / (uint64_t)d;
        r = (uint64_t)n % (uint64_t)d;
    } else {
        q = n / d;
        r = n % d;
    }
    double_word twice = 2 * r;
    if (goes_up(mode, r == 0, (twice > d) - (twice < d), q & 1))
        q++;
    if (q > INT64_MAX / (uint64_t)operand[3])
        return false;
    int64_t magnitude = (int64_t)q * operand[3];
    *result = negative ? -magnitude : magnitude;
    return true;
}
#endif

struct amount rounding_quotient(struct arena *arena, struct amount a, struct amount mul,
                                struct amount div, struct amount unit, enum rounding_mode mode)
{
    assert(amount_sign(div) > 0 && amount_sign(unit) > 0 && amount_sign(mul) >= 0);
#ifdef WORDS_SUFFICE
    if (AMOUNT_BOTH_WORDS(a, mul) && AMOUNT_BOTH_WORDS(div, unit)) {
        int64_t result;
        if (quotient_words((int64_t[]){a.word, mul.word, div.word, unit.word}, mode, &result))
            return amount_of(result);
    }
#endif
    return quotient_any(arena, a, mul, div, unit, mode);
}
