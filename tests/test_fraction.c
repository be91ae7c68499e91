/* fraction.h: `0.5%`, `1/3`, `0.05`, `2`. */
#include "expect.h"

static struct fraction parse(const char *text)
{
    struct fraction fraction = {A("7"), A("7")};
    if (fraction_parse(&expect_arena, text_of(text), &fraction) != FAULT_NONE)
        fail_msg("'%s' was refused", text);
    return fraction;
}

static void test_parse(void **state)
{
    (void)state;
    assert_int_equal(fraction_compare(&expect_arena, parse("0.5%"), parse("1/200")), 0);
    assert_int_equal(fraction_compare(&expect_arena, parse("0.5 %"), parse("0.005")), 0);
    assert_int_equal(fraction_compare(&expect_arena, parse("100%"), parse("1")), 0);
    assert_int_equal(fraction_compare(&expect_arena, parse("2/6"), parse("1/3")), 0);
    assert_int_equal(fraction_compare(&expect_arena, parse("0/5"), parse("0%")), 0);
    assert_true(fraction_compare(&expect_arena, parse("1/3"), parse("33.333333333333333333%")) > 0);
    assert_true(fraction_compare(&expect_arena, parse("0.33"), parse("1/3")) < 0);
    struct fraction third = parse("1/3");
    assert_amount(third.num, "1");
    assert_amount(third.den, "3");
    assert_amount(parse("12.5%").den, "1000");
    struct fraction long_one =
        parse("999999999999999999999999999998/999999999999999999999999999999");
    assert_true(fraction_compare(&expect_arena, long_one, parse("1")) < 0);
}

static void test_refusals(void **state)
{
    static const char *const bad[] = {
        "",
        "%",
        " %",
        "/",
        "1/",
        "/3",
        "1/0",
        "-1/3",
        "1/-3",
        "-5%",
        "1.5/3",
        "1/3.5",
        "1/3%",
        "1 / 3",
        "0,5%",
        "5%%",
        "% 5",
        "1/2/3",
        "five",
        "+1/2",
        "1e2",
        "5  %",
        "9999999999999999999999999999999/1",
    };
    struct fraction fraction = {A("7"), A("8")};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (fraction_parse(&expect_arena, text_of(bad[i]), &fraction) != FAULT_FRACTION_FORM)
            fail_msg("'%s' was not refused", bad[i]);
    assert_code(fraction_parse(&expect_arena, (struct text){NULL, 0}, &fraction),
                FAULT_FRACTION_FORM);
    assert_amount(fraction.num, "7");
    assert_amount(fraction.den, "8");
}

static void test_common(void **state)
{
    struct fraction fractions[] = {{A("1"), A("3")}, {A("25"), A("100")}, {A("5"), A("1")}};
    struct fraction primes[] = {{A("1"), A("1000000000000007")}, {A("1"), A("1000000000000009")}};
    (void)state;
    assert_true(fraction_common(&expect_arena, fractions, 3));
    for (size_t i = 0; i < COUNT_OF(fractions); i++)
        assert_amount(fractions[i].den, "300");
    assert_amount(fractions[0].num, "100");
    assert_amount(fractions[1].num, "75");
    assert_amount(fractions[2].num, "1500");
    assert_false(fraction_common(&expect_arena, primes, 2)); /* 31 digits */
    assert_amount(primes[0].den, "1000000000000007");
    assert_true(fraction_common(&expect_arena, primes, 1));
    assert_true(fraction_common(&expect_arena, NULL, 0));
}

static void test_add(void **state)
{
    struct fraction sum = fraction_add(&expect_arena, (struct fraction){A("1"), A("6")},
                                       (struct fraction){A("3"), A("4")});
    struct fraction primes =
        fraction_add(&expect_arena, (struct fraction){A("1"), A("1000000000000000000000000000007")},
                     (struct fraction){A("1"), A("1000000000000000000000000000049")});
    (void)state;
    assert_amount(sum.num, "11");
    assert_amount(sum.den, "12");
    sum = fraction_add(&expect_arena, sum, (struct fraction){A("13"), A("12")});
    assert_amount(sum.num, "24");
    assert_amount(sum.den, "12");
    assert_amount(primes.num, "2000000000000000000000000000056");
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_parse), TEST(test_refusals), TEST(test_common),
                                       TEST(test_add)};
    return RUN(tests);
}
