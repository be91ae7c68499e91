/* split.h: the parts add up to the whole, the residual is where the rule says. */
#include "expect.h"

#include "split.h"

enum { ROWS_MAX = 400 };

static const char *joined(const struct amount *parts, unsigned rows)
{
    char *out = arena_alloc(&expect_arena, rows * 48 + 1);
    size_t len = 0;
    *out = '\0';
    for (unsigned i = 0; i < rows; i++)
        len += (size_t)snprintf(out + len, 48, "%s%s", i == 0 ? "" : " ", amount_string(parts[i]));
    return out;
}

static const char *split(const char *whole, unsigned rows, const char *unit,
                         enum rounding_mode mode, enum split_residual residual)
{
    struct amount parts[ROWS_MAX];
    struct split_rounding rounding = {A(unit), mode, residual};
    split_equal(&expect_arena, A(whole), rows, &rounding, parts);
    return joined(parts, rows);
}

/* 100.00 in three: 33.333... */
static void test_a_hundred_in_three(void **state)
{
    (void)state;
    assert_string_equal(split("10000", 3, "1", ROUNDING_DOWN, RESIDUAL_LAST), "3333 3333 3334");
    assert_string_equal(split("10000", 3, "1", ROUNDING_UP, RESIDUAL_LAST), "3334 3334 3332");
    assert_string_equal(split("10000", 3, "1", ROUNDING_HALF_UP, RESIDUAL_LAST), "3333 3333 3334");
    assert_string_equal(split("10000", 3, "1", ROUNDING_DOWN, RESIDUAL_FIRST), "3334 3333 3333");
    assert_string_equal(split("10000", 3, "1", ROUNDING_UP, RESIDUAL_FIRST), "3332 3334 3334");
    assert_string_equal(split("10000", 3, "1", ROUNDING_DOWN, RESIDUAL_LEADING), "3334 3333 3333");
    /* 3333.33 6666.67 10000 */
    assert_string_equal(split("10000", 3, "1", ROUNDING_DOWN, RESIDUAL_CUMULATIVE),
                        "3333 3333 3334");
    assert_string_equal(split("10000", 3, "1", ROUNDING_UP, RESIDUAL_CUMULATIVE), "3334 3333 3333");
    assert_string_equal(split("10000", 3, "1", ROUNDING_HALF_UP, RESIDUAL_CUMULATIVE),
                        "3333 3334 3333");
    assert_string_equal(split("10000", 3, "1", ROUNDING_HALF_EVEN, RESIDUAL_CUMULATIVE),
                        "3333 3334 3333");
}

static void test_ties(void **state)
{
    (void)state;
    /* 10 in 4: 2.5 */
    assert_string_equal(split("10", 4, "1", ROUNDING_HALF_UP, RESIDUAL_LAST), "3 3 3 1");
    assert_string_equal(split("10", 4, "1", ROUNDING_HALF_EVEN, RESIDUAL_LAST), "2 2 2 4");
    assert_string_equal(split("10", 4, "1", ROUNDING_HALF_EVEN, RESIDUAL_FIRST), "4 2 2 2");
    /* 2.5 5 7.5 10: 3 5 8 10, or to even 2 5 8 10 */
    assert_string_equal(split("10", 4, "1", ROUNDING_HALF_UP, RESIDUAL_CUMULATIVE), "3 2 3 2");
    assert_string_equal(split("10", 4, "1", ROUNDING_HALF_EVEN, RESIDUAL_CUMULATIVE), "2 3 3 2");
}

static void test_units(void **state)
{
    (void)state;
    /* 25 000 000 in 36 to 1000: 694 444.4, 35 x 694 000 = 24 290 000 */
    struct amount parts[36];
    struct split_rounding rounding = {amount_of(1000), ROUNDING_DOWN, RESIDUAL_LAST};
    split_equal(&expect_arena, amount_of(25000000), 36, &rounding, parts);
    assert_amount(parts[0], "694000");
    assert_amount(parts[34], "694000");
    assert_amount(parts[35], "710000");
    /* 10 050 in 3 to 100: 3 350 -> 3 300; 150 left: one unit to row 1, 50 to the last */
    assert_string_equal(split("10050", 3, "100", ROUNDING_DOWN, RESIDUAL_LEADING),
                        "3400 3300 3350");
    assert_string_equal(split("10050", 3, "100", ROUNDING_DOWN, RESIDUAL_LAST), "3300 3300 3450");
    assert_string_equal(split("10150", 3, "100", ROUNDING_DOWN, RESIDUAL_LEADING),
                        "3400 3400 3350");
    /* nothing left over */
    assert_string_equal(split("900", 3, "100", ROUNDING_DOWN, RESIDUAL_LEADING), "300 300 300");
    assert_string_equal(split("7", 1, "1000", ROUNDING_UP, RESIDUAL_LAST), "7");
    assert_string_equal(split("7", 1, "1000", ROUNDING_UP, RESIDUAL_CUMULATIVE), "7");
    assert_string_equal(split("0", 3, "1", ROUNDING_UP, RESIDUAL_FIRST), "0 0 0");
}

/* Too coarse for the whole: parts of zero or less are told, and still add up. */
static void test_vanishing(void **state)
{
    struct amount parts[3];
    struct split_rounding rounding = {amount_of(100), ROUNDING_UP, RESIDUAL_LAST};
    (void)state;
    split_equal(&expect_arena, amount_of(150), 3, &rounding, parts);
    assert_string_equal(joined(parts, 3), "100 100 -50");
    assert_false(split_is_positive(parts, 3));
    split_equal(&expect_arena, amount_of(200), 3, &rounding, parts);
    assert_string_equal(joined(parts, 3), "100 100 0");
    assert_false(split_is_positive(parts, 3));
    assert_true(split_is_positive(parts, 2));
    assert_string_equal(split("50", 3, "100", ROUNDING_DOWN, RESIDUAL_LEADING), "0 0 50");
}

static void test_fixed(void **state)
{
    struct amount parts[ROWS_MAX];
    (void)state;
    assert_int_equal(split_fixed_rows(&expect_arena, A("1000"), A("300"), 10), 4);
    assert_int_equal(split_fixed_rows(&expect_arena, A("900"), A("300"), 10), 3);
    assert_int_equal(split_fixed_rows(&expect_arena, A("1"), A("300"), 10), 1);
    assert_int_equal(split_fixed_rows(&expect_arena, A("3000"), A("300"), 10), 10);
    assert_int_equal(split_fixed_rows(&expect_arena, A("3001"), A("300"), 10), 11);
    assert_int_equal(
        split_fixed_rows(&expect_arena, A("999999999999999999999999999999"), A("1"), 4000), 4001);
    split_fixed(&expect_arena, A("1000"), A("300"), 4, parts);
    assert_string_equal(joined(parts, 4), "300 300 300 100");
    split_fixed(&expect_arena, A("900"), A("300"), 3, parts);
    assert_string_equal(joined(parts, 3), "300 300 300");
}

static const char *shared(const char *whole, const char *unit, enum rounding_mode mode,
                          enum split_residual residual)
{
    struct amount parts[3];
    struct split_rounding rounding = {A(unit), mode, residual};
    struct fraction shares[] = {{A("15"), A("100")}, {A("25"), A("100")}, {A("60"), A("100")}};
    split_shares(&expect_arena, A(whole), shares, 3, &rounding, parts);
    return joined(parts, 3);
}

static void test_shares(void **state)
{
    (void)state;
    /* 15, 25 and 60% of 10 110: 1 516.5, 2 527.5, 6 066 */
    assert_string_equal(shared("10110", "1", ROUNDING_DOWN, RESIDUAL_LAST), "1516 2527 6067");
    assert_string_equal(shared("10110", "1", ROUNDING_UP, RESIDUAL_LAST), "1517 2528 6065");
    assert_string_equal(shared("10110", "1", ROUNDING_HALF_EVEN, RESIDUAL_LAST), "1516 2528 6066");
    assert_string_equal(shared("10110", "1", ROUNDING_HALF_UP, RESIDUAL_FIRST), "1516 2528 6066");
    assert_string_equal(shared("10110", "1", ROUNDING_DOWN, RESIDUAL_LEADING), "1517 2527 6066");
    /* to 100: 1 500, 2 500, 6 000; 110 left: a unit to row 1, 10 to the last */
    assert_string_equal(shared("10110", "100", ROUNDING_DOWN, RESIDUAL_LEADING), "1600 2500 6010");
    /* up to row 1 1 516.5, up to row 2 (40%) 4 044 */
    assert_string_equal(shared("10110", "1", ROUNDING_UP, RESIDUAL_CUMULATIVE), "1517 2527 6066");
    assert_string_equal(shared("10110", "100", ROUNDING_DOWN, RESIDUAL_CUMULATIVE),
                        "1500 2500 6110");
    assert_string_equal(shared("1", "1", ROUNDING_DOWN, RESIDUAL_LEADING), "1 0 0");
}

/* Equal shares are an equal split, in every way of rounding. */
static void test_equal_shares(void **state)
{
    struct amount equal[40], parts[40];
    struct fraction shares[40];
    (void)state;
    for (int round = 0; round < 2000; round++) {
        unsigned rows = (unsigned)chance_in(1, 40);
        struct split_rounding rounding = {amount_of(chance_in(1, 50)),
                                          (enum rounding_mode)(chance() % 4),
                                          (enum split_residual)(chance() % 4)};
        struct amount whole = amount_of(chance_in(0, 100000));
        if (rounding.residual == RESIDUAL_LEADING)
            rounding.mode = ROUNDING_DOWN;
        for (unsigned i = 0; i < rows; i++)
            shares[i] = (struct fraction){amount_of(1), amount_of(rows)};
        split_equal(&expect_arena, whole, rows, &rounding, equal);
        split_shares(&expect_arena, whole, shares, rows, &rounding, parts);
        assert_string_equal(joined(equal, rows), joined(parts, rows));
        arena_reset(&expect_arena);
    }
}

static struct amount random_whole(void)
{
    if (chance() % 5 > 0)
        return amount_of(chance_in(0, 100000000));
    struct amount high =
        amount_times(&expect_arena, A("100000000000000000000"), amount_of(chance_in(0, 999999999)));
    return amount_add(&expect_arena, high, amount_of(chance_in(0, 999999999)));
}

static void check_leading(const struct amount *parts, unsigned rows, struct amount unit)
{
    /* never rising but in the last row, which is less than a unit more */
    for (unsigned i = 1; i + 1 < rows; i++)
        assert_true(amount_compare(parts[i], parts[i - 1]) <= 0);
    struct amount spread = amount_sub(&expect_arena, parts[0], parts[rows > 1 ? rows - 2 : 0]);
    assert_true(amount_compare(spread, unit) <= 0);
}

/* The laws of design 2, whatever the numbers. */
static void check_random_split(void)
{
    struct amount parts[ROWS_MAX], sum = AMOUNT_ZERO, whole = random_whole();
    unsigned rows = (unsigned)chance_in(1, ROWS_MAX);
    struct split_rounding rounding = {amount_of(chance_in(1, 3000)),
                                      (enum rounding_mode)(chance() % 4),
                                      (enum split_residual)(chance() % 4)};
    if (rounding.residual == RESIDUAL_LEADING)
        rounding.mode = ROUNDING_DOWN;
    split_equal(&expect_arena, whole, rows, &rounding, parts);
    for (unsigned i = 0; i < rows; i++)
        sum = amount_add(&expect_arena, sum, parts[i]);
    assert_string_equal(amount_string(sum), amount_string(whole));
    struct amount share = rounding_quotient(&expect_arena, whole, amount_of(1), amount_of(rows),
                                            rounding.unit, rounding.mode);
    for (unsigned i = 0; i < rows; i++) {
        bool rest = (rounding.residual == RESIDUAL_LAST && i + 1 == rows) ||
                    (rounding.residual == RESIDUAL_FIRST && i == 0);
        bool same = rounding.residual == RESIDUAL_LAST || rounding.residual == RESIDUAL_FIRST;
        if (same && !rest)
            assert_int_equal(amount_compare(parts[i], share), 0);
    }
    if (rounding.residual == RESIDUAL_LEADING)
        check_leading(parts, rows, rounding.unit);
    struct amount upto = AMOUNT_ZERO;
    for (unsigned k = 1; k < rows && rounding.residual == RESIDUAL_CUMULATIVE; k++) {
        upto = amount_add(&expect_arena, upto, parts[k - 1]);
        struct amount rounded = rounding_quotient(&expect_arena, whole, amount_of(k),
                                                  amount_of(rows), rounding.unit, rounding.mode);
        assert_int_equal(amount_compare(upto, rounded), 0);
    }
}

static void test_random(void **state)
{
    (void)state;
    (void)chance_seed();
    for (int i = 0; i < 2000; i++) {
        check_random_split();
        arena_reset(&expect_arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_hundred_in_three), TEST(test_ties),   TEST(test_units),
        TEST(test_vanishing),          TEST(test_fixed),  TEST(test_shares),
        TEST(test_equal_shares),       TEST(test_random),
    };
    return RUN(tests);
}
