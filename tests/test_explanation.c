/* explanation.h: an explanation comes to its figure, or is not given. */
#include "lend.h"

#include "explanation.h"

static struct buffer out;
static struct explanation_wanted wanted;
static struct explanation e;

static void begin_as(bool json)
{
    buffer_init(&out, NULL);
    wanted = (struct explanation_wanted){.json = json};
    e = (struct explanation){.out = &out, .wanted = &wanted, .as_of = D("2024-06-30")};
    explanation_account(&e, &expect_arena, text_of("L1"), lend_program(LEND_RULES),
                        D("2024-01-10"));
    assert_true(explanation_begin(&e, "arrears.csv", 1, "", "overdue"));
}

static void begin(void)
{
    begin_as(false);
}

/* What was written; the explanation is over. */
static const char *written(void)
{
    const char *text = arena_copy(&expect_arena, out.bytes, out.len);
    buffer_free(&out);
    return text;
}

static bool comes_to(enum explanation_how how, const char *value)
{
    explanation_end_money(&e, how, A(value));
    (void)written();
    return e.broken == NULL;
}

static void test_sums(void **state)
{
    (void)state;
    begin();
    explanation_term(&e, A("50"), "a");
    explanation_minus(&e, A("8"), "b");
    assert_true(comes_to(EXPLANATION_SUM, "42"));
    begin();
    explanation_term(&e, A("50"), "a");
    assert_false(comes_to(EXPLANATION_SUM, "51"));
    assert_string_equal(e.broken, "arrears.csv  overdue");
    begin();
    assert_true(comes_to(EXPLANATION_SUM, "0"));
    begin();
    explanation_term(&e, A("50"), "a");
    explanation_term(&e, A("49"), "b");
    assert_true(comes_to(EXPLANATION_LEAST, "49"));
    begin();
    explanation_term(&e, A("50"), "a");
    explanation_term(&e, A("49"), "b");
    assert_false(comes_to(EXPLANATION_LARGEST, "49"));
    begin(); /* of nothing there is no least */
    assert_false(comes_to(EXPLANATION_LEAST, "0"));
}

/* 100 x 1/3 + 7 x 2 = 47.33...; at most 45 where there is a cap. */
static bool rounds(const char *cap, enum rounding_mode mode, const char *unit, const char *value)
{
    const struct explanation_product products[] = {
        {A("100"), {A("1"), A("3")}, 1},
        {A("7"), {A("1"), A("1")}, 2},
    };
    begin();
    struct explanation_rounded rounded = {
        .products = products, .count = COUNT_OF(products), .unit = A(unit), .mode = mode};
    if (*cap != '\0')
        rounded.cap = (struct fraction){A(cap), A("1")};
    explanation_of_rounded(&e, explanation_term(&e, A(value), "rounded"), &rounded);
    return comes_to(EXPLANATION_SUM, value);
}

static void test_roundings(void **state)
{
    (void)state;
    assert_true(rounds("", ROUNDING_DOWN, "1", "47"));
    assert_true(rounds("", ROUNDING_UP, "5", "50"));
    assert_true(rounds("45", ROUNDING_UP, "1", "45"));
    assert_false(rounds("", ROUNDING_UP, "1", "47"));
    assert_false(rounds("45", ROUNDING_DOWN, "1", "47"));
}

static bool splits(const char *value, unsigned k)
{
    begin();
    explanation_of_split(
        &e, explanation_term(&e, A(value), "part"),
        &(struct explanation_split){.whole = A("100"),
                                    .rows = 3,
                                    .k = k,
                                    .rounding = {A("1"), ROUNDING_DOWN, RESIDUAL_LAST}});
    return comes_to(EXPLANATION_SUM, value);
}

static void test_splits(void **state)
{
    (void)state;
    assert_true(splits("33", 1));
    assert_true(splits("34", 3));
    assert_false(splits("34", 1));
}

static bool dated(const char *date, int32_t times)
{
    begin();
    explanation_of_counted(&e, explanation_dated(&e, D(date), "counted"),
                           &(struct explanation_counted){.anchor = D("2024-01-31"),
                                                         .every = {1, SPAN_MONTHS},
                                                         .times = times,
                                                         .day = RULE_DAY_SAME,
                                                         .missing = MISSING_LAST_OF_MONTH});
    explanation_end_date(&e, EXPLANATION_DATE, D(date));
    (void)written();
    return e.broken == NULL;
}

static void test_dates(void **state)
{
    (void)state;
    assert_true(dated("2024-02-29", 1));
    assert_true(dated("2024-03-31", 2));
    assert_false(dated("2024-03-29", 2));
    begin();
    explanation_dated(&e, D("2024-02-28"), "from");
    explanation_dated(&e, D("2024-03-02"), "to");
    explanation_term(&e, A("1"), "a frozen day");
    explanation_end_count(&e, EXPLANATION_DAYS, 2);
    (void)written();
    assert_null(e.broken);
}

static void test_classes(void **state)
{
    const struct explanation_range good = {text_of("good"), 0, 12, 0, 30};
    const struct explanation_range judged = {text_of("bad"), 1, 0, 1, 0};
    struct explanation_range wrong = good;
    (void)state;
    begin();
    explanation_ranged(&e, &good, "days");
    explanation_ranged(&e, &judged, "judged");
    explanation_end_words(&e, EXPLANATION_CLASS, text_of("bad"));
    assert_null(e.broken);
    (void)written();
    begin(); /* 31 days are not in 0..30 */
    wrong.number = 31;
    explanation_ranged(&e, &wrong, "days");
    explanation_end_words(&e, EXPLANATION_CLASS, text_of("good"));
    assert_non_null(e.broken);
    (void)written();
}

static void test_text(void **state)
{
    (void)state;
    begin();
    explanation_term(&e, A("1234567"), "a");
    explanation_rule(&e, RULE_ARREARS_COUNT_FROM, D("2024-06-30"));
    explanation_rule(&e, RULE_ARREARS_TOLERANCE, D("2024-06-30"));
    explanation_rule(&e, RULE_ARREARS_COUNT_FROM, D("2024-06-30")); /* told once */
    explanation_say(&e, "%s", "so it is");
    explanation_end_money(&e, EXPLANATION_SUM, A("1234567"));
    assert_string_equal(written(),
                        "L1 arrears.csv overdue = 1234567\n"
                        "    + 1,234,567  a\n"
                        "    so it is\n"
                        "    rule arrears.count_from: day-after-due  [lend.yaml:12]\n"
                        "    rule arrears.tolerance: 0 days  [default]\n"
                        "      by the version of 2020-01-01, in force on the as-of date, "
                        "2024-06-30\n");
}

static void test_json(void **state)
{
    (void)state;
    begin_as(true);
    explanation_term(&e, A("7"), "a \"quoted\"\tword");
    explanation_end_money(&e, EXPLANATION_SUM, A("7"));
    assert_string_equal(
        written(), "{\"account\":\"L1\",\"file\":\"arrears.csv\",\"line\":1,\"row\":\"\","
                   "\"figure\":\"overdue\",\"value\":\"7\",\"how\":\"sum\",\"terms\":[{\"sign\":"
                   "\"+\",\"value\":\"7\",\"what\":\"a \\\"quoted\\\"\\u0009word\"}],\"rules\":[],"
                   "\"says\":[]}\n");
}

/* What is not asked for is not begun; briefly, zeros are left out. */
static void test_wanted(void **state)
{
    (void)state;
    begin();
    wanted.figure = "class";
    assert_false(explanation_begin(&e, "arrears.csv", 1, "", "overdue"));
    assert_true(explanation_begin(&e, "arrears.csv", 1, "", "class"));
    wanted = (struct explanation_wanted){.row = "2", .brief = true};
    assert_false(explanation_begin(&e, "schedule.csv", 1, "1", "due"));
    assert_true(explanation_begin(&e, "schedule.csv", 2, "2", "due"));
    explanation_end_money(&e, EXPLANATION_SUM, AMOUNT_ZERO);
    assert_int_equal(e.written, 0);
    (void)written();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_sums),  LEND_TEST(test_roundings), LEND_TEST(test_splits),
        LEND_TEST(test_dates), LEND_TEST(test_classes),   LEND_TEST(test_text),
        LEND_TEST(test_json),  LEND_TEST(test_wanted),
    };
    return RUN(tests);
}
