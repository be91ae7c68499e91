/* decimal.h: plain decimals of at most 30 digits, exact totals of any scale. */
#include "expect.h"

static enum fault_code parse(const char *text, struct decimal *out)
{
    return decimal_parse(&expect_arena, text_of(text), out);
}

static void test_parse(void **state)
{
    static const struct {
        const char *text, *digits;
        unsigned scale;
    } cases[] = {
        {"0", "0", 0},
        {"-0", "0", 0},
        {"694000", "694000", 0},
        {"83.33", "8333", 2},
        {"-83.330", "-83330", 3},
        {"007.5", "75", 1},
        {"0.000000000000000000000000000001", "1", 30},
        {"123456789012345678901234567890", "123456789012345678901234567890", 0},
        {"-9.99999999999999999999999999999", "-999999999999999999999999999999", 29},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct decimal decimal;
        size_t digits = strlen(cases[i].text) - (strchr(cases[i].text, '.') != NULL);
        if (digits > AMOUNT_DIGITS_MAX && cases[i].text[0] != '-') {
            assert_code(parse(cases[i].text, &decimal), FAULT_AMOUNT_DIGITS);
            continue;
        }
        assert_code(parse(cases[i].text, &decimal), FAULT_NONE);
        assert_amount(decimal.digits, cases[i].digits);
        assert_int_equal(decimal.scale, cases[i].scale);
    }
}

static void test_refusals(void **state)
{
    static const char *const bad[] = {
        "",      "-",     "+5",  " 5",   "5 ",  ".5", "5.",  ".",   "-.5",          "1.2.3",
        "1,000", "1_000", "1e3", "0x10", "--5", "5-", "NaN", "1\n", "\xEF\xBC\x95",
    };
    struct decimal decimal = {A("42"), 7};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (parse(bad[i], &decimal) != FAULT_AMOUNT_FORM)
            fail_msg("'%s' was not refused", bad[i]);
    assert_code(decimal_parse(&expect_arena, (struct text){"1\0", 2}, &decimal), FAULT_AMOUNT_FORM);
    assert_code(decimal_parse(&expect_arena, (struct text){NULL, 0}, &decimal), FAULT_AMOUNT_FORM);
    assert_code(parse("1234567890123456789012345678901", &decimal), FAULT_AMOUNT_DIGITS);
    assert_code(parse("1.234567890123456789012345678901", &decimal), FAULT_AMOUNT_DIGITS);
    assert_code(parse("1234567890123456789012345678901x", &decimal), FAULT_AMOUNT_FORM);
    assert_amount(decimal.digits, "42"); /* untouched */
    assert_int_equal(decimal.scale, 7);
}

static void test_minor_units(void **state)
{
    static const struct {
        const char *text;
        unsigned decimals;
        enum fault_code code;
        const char *amount;
    } cases[] = {
        {"83.33", 2, FAULT_NONE, "8333"},
        {"83.3", 2, FAULT_NONE, "8330"},
        {"83", 2, FAULT_NONE, "8300"},
        {"83.330000000", 2, FAULT_NONE, "8333"}, /* further decimals that are zero */
        {"83.331", 2, FAULT_AMOUNT_DECIMALS, ""},
        {"83.0", 0, FAULT_NONE, "83"},
        {"83.5", 0, FAULT_AMOUNT_DECIMALS, ""},
        {"0.00", 0, FAULT_NONE, "0"},
        {"-0.00", 2, FAULT_NONE, "0"},
        {"-0.01", 2, FAULT_AMOUNT_NEGATIVE, ""},
        {"-1.001", 2, FAULT_AMOUNT_NEGATIVE, ""},
        {"999999999999999999999999999999", 4, FAULT_NONE, "9999999999999999999999999999990000"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct decimal decimal;
        struct amount amount = A("77");
        assert_code(parse(cases[i].text, &decimal), FAULT_NONE);
        assert_code(decimal_to_amount(&expect_arena, decimal, cases[i].decimals, &amount),
                    cases[i].code);
        assert_amount(amount, cases[i].code == FAULT_NONE ? cases[i].amount : "77");
    }
}

static const char *total_of(const char *const *texts, size_t count)
{
    struct decimal_sum halves[2] = {{.at_scale = {{0}}}, {.at_scale = {{0}}}};
    for (size_t i = 0; i < count; i++) {
        struct decimal decimal;
        assert_code(parse(texts[i], &decimal), FAULT_NONE);
        decimal_sum_add(&halves[i % 2], decimal);
    }
    decimal_sum_merge(&halves[0], &halves[1]);
    const char *text = decimal_sum_text(&expect_arena, &halves[0]);
    decimal_sum_clear(&halves[0]);
    decimal_sum_clear(&halves[1]);
    return text;
}

static void test_sums(void **state)
{
    (void)state;
    assert_string_equal(total_of(NULL, 0), "0");
    assert_string_equal(total_of((const char *const[]){"1.50", "2.5", "3"}, 3), "7");
    assert_string_equal(total_of((const char *const[]){"0.1", "0.02", "0.003"}, 3), "0.123");
    assert_string_equal(total_of((const char *const[]){"0.5", "-0.75"}, 2), "-0.25");
    assert_string_equal(total_of((const char *const[]){"-3", "3.00"}, 2), "0");
    assert_string_equal(total_of((const char *const[]){"100", "200"}, 2), "300");
    assert_string_equal(total_of((const char *const[]){"0.00000000000000000000000000001",
                                                       "999999999999999999999999999999"},
                                 2),
                        "999999999999999999999999999999.00000000000000000000000000001");
}

/* What decimal_sum_text() writes comes back as the same sum. */
static void test_totals_back(void **state)
{
    static const char *const well[] = {
        "0", "-0.25", "7", "999999999999999999999999999999.00000000000000000000000000001",
        "1234567890123456789012345678901234567890.5"};
    static const char *const bad[] = {"",      ".",   "1.",
                                      "1.2.3", "1,5", "0.1234567890123456789012345678901"};
    struct decimal decimal = {amount_of(7), 1};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(decimal_parse_total(&expect_arena, text_of(bad[i]), &decimal));
    assert_amount(decimal.digits, "7");
    for (size_t i = 0; i < COUNT_OF(well); i++) {
        struct decimal_sum sum = {0};
        assert_true(decimal_parse_total(&expect_arena, text_of(well[i]), &decimal));
        decimal_sum_add(&sum, decimal);
        assert_string_equal(decimal_sum_text(&expect_arena, &sum), well[i]);
        decimal_sum_clear(&sum);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_parse), TEST(test_refusals),    TEST(test_minor_units),
        TEST(test_sums),  TEST(test_totals_back),
    };
    return RUN(tests);
}
