/* rounding.h: the one division.  By hand, then against GMP's own division on operands of every
 * size. */
#include "expect.h"

#include "rounding.h"

static const char *const mode_names[] = {"down", "up", "half-up", "half-even"};

static struct amount quotient(const char *a, const char *mul, const char *div, const char *unit,
                              enum rounding_mode mode)
{
    return rounding_quotient(&expect_arena, A(a), A(mul), A(div), A(unit), mode);
}

/* One row: a * mul / div to the unit, by the four modes. */
static void test_by_hand(void **state)
{
    static const struct {
        const char *a, *mul, *div, *unit, *result[4];
    } cases[] = {
        /*                         down    up    half-up  half-even */
        {"10", "1", "4", "1", {"2", "3", "3", "2"}},      /* 2.5: tie, 2 is even */
        {"14", "1", "4", "1", {"3", "4", "4", "4"}},      /* 3.5: tie, 4 is even */
        {"-10", "1", "4", "1", {"-2", "-3", "-3", "-2"}}, /* signs are symmetric */
        {"-14", "1", "4", "1", {"-3", "-4", "-4", "-4"}},
        {"9", "1", "4", "1", {"2", "3", "2", "2"}},  /* 2.25 */
        {"11", "1", "4", "1", {"2", "3", "3", "3"}}, /* 2.75 */
        {"12", "1", "4", "1", {"3", "3", "3", "3"}}, /* exact */
        {"0", "5", "7", "3", {"0", "0", "0", "0"}},
        {"5", "0", "7", "3", {"0", "0", "0", "0"}},
        {"1", "1", "2", "1", {"0", "1", "1", "0"}}, /* 0.5 */
        {"-1", "1", "2", "1", {"0", "-1", "-1", "0"}},
        {"1", "1", "3", "1", {"0", "1", "0", "0"}},
        {"25000000", "1", "36", "1000", {"694000", "695000", "694000", "694000"}}, /* 694 444.4 */
        {"2500",
         "1",
         "1",
         "1000",
         {"2000", "3000", "3000", "2000"}}, /* ties to the even multiple */
        {"3500", "1", "1", "1000", {"3000", "4000", "4000", "4000"}},
        {"2499", "1", "1", "1000", {"2000", "3000", "2000", "2000"}},
        {"2501", "1", "1", "1000", {"2000", "3000", "3000", "3000"}},
        {"7", "1", "2", "2", {"2", "4", "4", "4"}}, /* 3.5 -> 1.75 units of 2 */
        {"5", "1", "1", "2", {"4", "6", "6", "4"}}, /* 2.5 units */
        {"23612000", "1", "10", "1", {"2361200", "2361200", "2361200", "2361200"}},
        {"9223372036854775807",
         "1",
         "1",
         "10",
         {"9223372036854775800", "9223372036854775810", "9223372036854775810",
          "9223372036854775810"}},
        {"9223372036854775807",
         "9223372036854775807",
         "9223372036854775807",
         "1",
         {"9223372036854775807", "9223372036854775807", "9223372036854775807",
          "9223372036854775807"}},
        {"999999999999999999999999999999",
         "1",
         "2",
         "1",
         {"499999999999999999999999999999", "500000000000000000000000000000",
          "500000000000000000000000000000", "500000000000000000000000000000"}},
        {"-9223372036854775808",
         "1",
         "3",
         "1",
         {"-3074457345618258602", "-3074457345618258603", "-3074457345618258603",
          "-3074457345618258603"}},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        for (unsigned mode = 0; mode < 4; mode++) {
            const char *is = amount_string(quotient(cases[i].a, cases[i].mul, cases[i].div,
                                                    cases[i].unit, (enum rounding_mode)mode));
            if (strcmp(is, cases[i].result[mode]) != 0)
                fail_msg("%s * %s / %s to %s, %s: %s is not %s", cases[i].a, cases[i].mul,
                         cases[i].div, cases[i].unit, mode_names[mode], is, cases[i].result[mode]);
        }
}

/* A word that is also a word when it arrives as INT64_MIN. */
static void test_least_word(void **state)
{
    struct amount least = amount_of(INT64_MIN);
    (void)state;
    assert_amount(rounding_quotient(&expect_arena, least, amount_of(1), amount_of(1), amount_of(1),
                                    ROUNDING_DOWN),
                  "-9223372036854775808");
    assert_amount(rounding_quotient(&expect_arena, least, amount_of(1), amount_of(1), amount_of(10),
                                    ROUNDING_UP),
                  "-9223372036854775810");
}

/* Numbers of 1 to 100 bits, often near a border. */
static void random_number(mpz_t out, bool signs)
{
    unsigned bits = (unsigned)chance_in(1, 100);
    mpz_set_ui(out, 0);
    for (unsigned i = 0; i < 2; i++) {
        mpz_mul_2exp(out, out, 64);
        uint64_t word = chance();
        mpz_t part;
        mpz_init(part);
        mpz_import(part, 1, -1, sizeof word, 0, 0, &word);
        mpz_add(out, out, part);
        mpz_clear(part);
    }
    mpz_fdiv_r_2exp(out, out, bits);
    if (chance() % 4 == 0) { /* a power of two, give or take one */
        mpz_set_ui(out, 1);
        mpz_mul_2exp(out, out, bits);
        if (chance() % 2 == 0)
            mpz_sub_ui(out, out, 1);
    }
    if (signs && chance() % 2 == 0)
        mpz_neg(out, out);
}

/* The definition, by floor and ceiling of the magnitude and twice the remainder. */
static void expected_quotient(mpz_t out, const mpz_t n, const mpz_t d, const mpz_t unit,
                              unsigned mode)
{
    mpq_t exact, low, high;
    mpz_t floor;
    mpq_inits(exact, low, high, NULL);
    mpz_init(floor);
    mpz_abs(mpq_numref(exact), n);
    mpz_mul(mpq_denref(exact), d, unit);
    mpq_canonicalize(exact);
    mpz_fdiv_q(floor, mpq_numref(exact), mpq_denref(exact));
    mpq_set_z(low, floor);
    mpq_sub(low, exact, low); /* how far above the floor */
    mpq_set_ui(high, 1, 2);
    int half = mpq_cmp(low, high);
    bool up = (mode == ROUNDING_UP && mpq_sgn(low) > 0) ||
              (mode == ROUNDING_HALF_UP && half >= 0) ||
              (mode == ROUNDING_HALF_EVEN && (half > 0 || (half == 0 && mpz_odd_p(floor))));
    if (up)
        mpz_add_ui(floor, floor, 1);
    mpz_mul(out, floor, unit);
    if (mpz_sgn(n) < 0)
        mpz_neg(out, out);
    mpz_clear(floor);
    mpq_clears(exact, low, high, NULL);
}

static void check_random_case(void)
{
    mpz_t a, mul, div, unit, n, expected, is;
    mpz_inits(a, mul, div, unit, n, expected, is, NULL);
    random_number(a, true);
    random_number(mul, false);
    random_number(div, false);
    random_number(unit, false);
    if (chance() % 2 == 0)
        mpz_set_ui(mul, 1);
    if (chance() % 2 == 0)
        mpz_set_ui(unit, (unsigned long)chance_in(1, 1000));
    if (mpz_sgn(div) == 0)
        mpz_set_ui(div, 2);
    if (mpz_sgn(unit) == 0)
        mpz_set_ui(unit, 1);
    if (chance() % 3 == 0) { /* a tie: a = (2k + 1) * div * unit / 2, mul = 1 */
        mpz_set_ui(mul, 1);
        mpz_mul_2exp(div, div, 1);
        mpz_set_ui(a, 2 * (unsigned long)chance_in(0, 50) + 1);
        mpz_mul(a, a, div);
        mpz_mul(a, a, unit);
        mpz_divexact_ui(a, a, 2);
    }
    mpz_mul(n, a, mul);
    for (unsigned mode = 0; mode < 4; mode++) {
        expected_quotient(expected, n, div, unit, mode);
        struct amount result = rounding_quotient(
            &expect_arena, amount_from_mpz(&expect_arena, a), amount_from_mpz(&expect_arena, mul),
            amount_from_mpz(&expect_arena, div), amount_from_mpz(&expect_arena, unit),
            (enum rounding_mode)mode);
        amount_to_mpz(is, result);
        if (mpz_cmp(is, expected) != 0)
            fail_msg("%s: %s", mode_names[mode], amount_string(result));
    }
    mpz_clears(a, mul, div, unit, n, expected, is, NULL);
}

static void test_against_gmp(void **state)
{
    (void)state;
    (void)chance_seed();
    for (int i = 0; i < 10000; i++) {
        check_random_case();
        arena_reset(&expect_arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_by_hand),
        TEST(test_least_word),
        TEST(test_against_gmp),
    };
    return RUN(tests);
}
