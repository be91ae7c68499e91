/* amount.h: whole numbers of any size; words and limbs are one thing to the caller. */
#include "expect.h"

/* Values around every border: zero, the word's ends, one and two limbs, thirty digits. */
static const char *const samples[] = {
    "0",
    "1",
    "-1",
    "9",
    "10",
    "99999",
    "-99999",
    "2147483647",
    "2147483648",
    "-2147483649",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "-18446744073709551616",
    "999999999999999999999999999999",
    "-999999999999999999999999999999",
    "340282366920938463463374607431768211456",
    "-340282366920938463463374607431768211457",
};

typedef void gmp_operation(mpz_ptr, mpz_srcptr, mpz_srcptr);

static void check_pair(const char *left, const char *right)
{
    static const struct {
        struct amount (*ours)(struct arena *, struct amount, struct amount);
        gmp_operation *gmp;
    } operations[] = {{amount_add, mpz_add}, {amount_sub, mpz_sub}, {amount_times, mpz_mul}};
    mpz_t a, b, c;
    mpz_init_set_str(a, left, 10);
    mpz_init_set_str(b, right, 10);
    mpz_init(c);
    for (size_t i = 0; i < COUNT_OF(operations); i++) {
        char expected[200];
        operations[i].gmp(c, a, b);
        (void)mpz_get_str(expected, 10, c);
        assert_amount(operations[i].ours(&expect_arena, A(left), A(right)), expected);
    }
    int order = mpz_cmp(a, b);
    int ours = amount_compare(A(left), A(right));
    assert_int_equal((ours > 0) - (ours < 0), (order > 0) - (order < 0));
    assert_amount(amount_least(A(left), A(right)), order <= 0 ? left : right);
    mpz_clears(a, b, c, NULL);
}

static void test_arithmetic_on_all_pairs(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(samples); i++)
        for (size_t j = 0; j < COUNT_OF(samples); j++)
            check_pair(samples[i], samples[j]);
}

static void test_word_ends(void **state)
{
    (void)state;
    struct amount most = amount_of(INT64_MAX), least = amount_of(INT64_MIN);
    assert_amount(amount_add(&expect_arena, most, amount_of(1)), "9223372036854775808");
    assert_amount(amount_sub(&expect_arena, least, amount_of(1)), "-9223372036854775809");
    assert_amount(amount_negate(&expect_arena, least), "9223372036854775808");
    assert_amount(least, "-9223372036854775808");
    /* the same value by another way is equal */
    struct amount same = amount_negate(&expect_arena, A("9223372036854775808"));
    assert_int_equal(amount_compare(same, least), 0);
    struct amount back =
        amount_sub(&expect_arena, A("9223372036854775808"), A("9223372036854775808"));
    assert_true(amount_is_zero(back));
    assert_int_equal(amount_sign(A("-18446744073709551616")) < 0, 1);
    assert_int_equal(amount_sign(AMOUNT_ZERO), 0);
}

static void test_mpz_and_copy(void **state)
{
    struct arena other;
    mpz_t value;
    (void)state;
    arena_init(&other, NULL);
    mpz_init(value);
    for (size_t i = 0; i < COUNT_OF(samples); i++) {
        struct amount copy = amount_copy(&other, A(samples[i]));
        arena_reset(&expect_arena); /* what it was copied from is gone */
        amount_to_mpz(value, copy);
        char *text = mpz_get_str(NULL, 10, value);
        assert_string_equal(text, samples[i]);
        free(text);
    }
    mpz_clear(value);
    arena_free(&other);
}

static void test_write(void **state)
{
    static const struct {
        const char *amount;
        unsigned decimals;
        const char *text;
    } cases[] = {
        {"0", 0, "0"},
        {"0", 2, "0.00"},
        {"0", 9, "0.000000000"},
        {"5", 2, "0.05"},
        {"-5", 2, "-0.05"},
        {"50", 2, "0.50"},
        {"100", 2, "1.00"},
        {"-12345", 2, "-123.45"},
        {"12345", 5, "0.12345"},
        {"12345", 4, "1.2345"},
        {"9223372036854775807", 2, "92233720368547758.07"},
        {"9223372036854775808", 2, "92233720368547758.08"},
        {"-9223372036854775808", 9, "-9223372036.854775808"},
        {"999999999999999999999999999999", 0, "999999999999999999999999999999"},
        {"-999999999999999999999999999999", 9, "-999999999999999999999.999999999"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct amount amount = A(cases[i].amount);
        size_t size = amount_text_size(amount);
        char *out = arena_alloc(&expect_arena, size + 1);
        char *end = amount_write(out, amount, cases[i].decimals);
        assert_true((size_t)(end - out) <= size);
        *end = '\0';
        assert_string_equal(out, cases[i].text);
    }
}

static void test_digits_and_powers(void **state)
{
    (void)state;
    assert_amount(amount_from_digits(&expect_arena, text_of("007")), "7");
    assert_amount(amount_from_digits(&expect_arena, text_of("999999999999999999")),
                  "999999999999999999");
    assert_amount(amount_from_digits(&expect_arena, text_of("9223372036854775807")),
                  "9223372036854775807");
    assert_amount(amount_from_digits(&expect_arena, text_of("000000000000000000000000000001")),
                  "1");
    assert_amount(amount_from_digits(&expect_arena, text_of("123456789012345678901234567890")),
                  "123456789012345678901234567890");
    assert_amount(amount_power10(&expect_arena, 0), "1");
    assert_amount(amount_power10(&expect_arena, 18), "1000000000000000000");
    assert_amount(amount_power10(&expect_arena, 30), "1000000000000000000000000000000");
}

/* Sums in any order and any number of parts are one sum. */
static void test_sums(void **state)
{
    struct amount_sum whole = {0}, parts[3] = {{0}, {0}, {0}};
    mpz_t expected, value;
    (void)state;
    (void)chance_seed();
    mpz_inits(expected, value, NULL);
    for (int i = 0; i < 2000; i++) {
        struct amount amount = A(samples[chance() % COUNT_OF(samples)]);
        amount_to_mpz(value, amount);
        mpz_add(expected, expected, value);
        amount_sum_add(&whole, amount);
        amount_sum_add(&parts[i % 3], amount);
    }
    amount_sum_merge(&parts[0], &parts[1]);
    amount_sum_merge(&parts[0], &parts[2]);
    char *text = mpz_get_str(NULL, 10, expected);
    assert_amount(amount_sum_value(&expect_arena, &whole), text);
    assert_amount(amount_sum_value(&expect_arena, &parts[0]), text);
    free(text);
    mpz_clears(expected, value, NULL);
    amount_sum_clear(&whole);
    for (int i = 0; i < 3; i++)
        amount_sum_clear(&parts[i]);
    assert_amount(amount_sum_value(&expect_arena, &whole), "0");
}

static void test_totals(void **state)
{
    static const char *const well[] = {
        "0", "-1", "9223372036854775807", "-9223372036854775808",
        "123456789012345678901234567890123456789012345678901234567890"
        "12345678901234567890"};
    static const char *const bad[] = {
        "",
        "-",
        "+1",
        "1 ",
        "1.0",
        "--1",
        "0x1",
        "1-",
        "1234567890123456789012345678901234567890123456789012345678901"
        "23456789012345678901"};
    struct amount amount = amount_of(7);
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(amount_parse_total(&expect_arena, text_of(bad[i]), &amount));
    assert_amount(amount, "7");
    for (size_t i = 0; i < COUNT_OF(well); i++) {
        assert_true(amount_parse_total(&expect_arena, text_of(well[i]), &amount));
        assert_amount(amount, well[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_arithmetic_on_all_pairs),
        TEST(test_word_ends),
        TEST(test_mpz_and_copy),
        TEST(test_write),
        TEST(test_sums),
        TEST(test_digits_and_powers),
        TEST(test_totals),
    };
    return RUN(tests);
}
