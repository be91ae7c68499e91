/* arrears.h: what the ranges of the classes count, by hand (semantics 8). */
#include "lend.h"

#include "arrears.h"

static struct account account;

#define CLASSES                                                                                    \
    "count_from: day-after-due, classes: [{id: c0, range: 0..0}, {id: c1, range: 1..1}, "          \
    "{id: c2, range: 2..2}, {id: c3, range: 3..9}, {id: c10, range: 10..}]"
#define BY(basis, more)                                                                            \
    LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE LEND_ALLOCATION "arrears: {basis: " basis               \
                                                           ", " more CLASSES "}\n"

/* The class of 1000 disbursed on 31 December 2023: 333, 333, 334 due on 31 January, 29 February, 31
 * March. */
static const char *class_at(const char *yaml, const char *as_of)
{
    struct position position;
    lend_account(&account, lend_loan(yaml, "1000", "2023-12-31", "", 3), as_of);
    position_of(&account, D(as_of), &position);
    return text_string(position_class(&position));
}

static void test_days(void **state)
{
    (void)state;
    assert_string_equal(class_at(BY("days-past-due", ""), "2024-01-31"), "c0");
    assert_string_equal(class_at(BY("days-past-due", ""), "2024-02-02"), "c2");
    assert_string_equal(class_at(BY("days-past-due", ""), "2024-02-10"), "c10");
}

static void test_months(void **state)
{
    static const struct {
        const char *as_of, *class;
    } cases[] = {
        {"2024-01-31", "c0"},  {"2024-02-28", "c0"},  {"2024-02-29", "c1"}, {"2024-03-30", "c1"},
        {"2024-03-31", "c2"},  {"2024-04-29", "c2"},  {"2024-04-30", "c3"}, {"2024-11-29", "c3"},
        {"2024-11-30", "c10"}, {"2026-01-30", "c10"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_string_equal(class_at(BY("months-past-due", ""), cases[i].as_of), cases[i].class);
    assert_string_equal(class_at(BY("months-past-due", "tolerance: 40 days, "), "2024-03-10"),
                        "c0");
    assert_string_equal(class_at(BY("months-past-due", "tolerance: 40 days, "), "2024-03-31"),
                        "c2");
}

static void test_installments(void **state)
{
    (void)state;
    assert_string_equal(class_at(BY("missed-installments", ""), "2024-02-29"), "c1");
    assert_string_equal(class_at(BY("missed-installments", ""), "2024-03-01"), "c2");
    assert_string_equal(class_at(BY("missed-installments", "ignore_below: 334, "), "2024-02-29"),
                        "c0");
    (void)lend_event("p", EVENT_REPAY, "2024-02-29", "400"); /* row 1, and a part of row 2 */
    assert_string_equal(class_at(BY("missed-installments", ""), "2024-03-01"), "c1");
}

static void test_maturity(void **state)
{
    (void)state;
    assert_string_equal(class_at(BY("days-past-maturity", ""), "2024-03-31"), "c0");
    assert_string_equal(class_at(BY("days-past-maturity", ""), "2024-04-01"), "c1");
    assert_string_equal(class_at(BY("days-past-maturity", "ignore_below: 9_999, "), "2024-04-02"),
                        "c2"); /* nothing is late, but the term is over */
    (void)lend_event("p", EVENT_REPAY, "2024-04-01", "1000");
    assert_string_equal(class_at(BY("days-past-maturity", ""), "2024-04-02"), "");
}

static void test_letters(void **state)
{
    const char *yaml = BY("demand-letters", "ignore_below: 9_999, ");
    (void)state;
    (void)lend_event("1", EVENT_LETTER, "2024-01-31", ""); /* on the due date: too early */
    (void)lend_event("2", EVENT_LETTER, "2024-02-01", "");
    (void)lend_event("3", EVENT_LETTER, "2024-03-31", "");
    assert_string_equal(class_at(yaml, "2024-02-29"), "c0");
    assert_string_equal(class_at(yaml, "2024-03-01"), "c1");
    assert_string_equal(class_at(yaml, "2024-04-29"), "c1");
    assert_string_equal(class_at(yaml, "2024-04-30"), "c2");
    (void)lend_event("p", EVENT_REPAY, "2024-04-10", "400"); /* from then on row 2 is the oldest */
    assert_string_equal(class_at(yaml, "2024-04-30"), "c1");
    (void)lend_reverse("r", "2024-05-01", "3");
    assert_string_equal(class_at(yaml, "2024-05-01"), "c0");
}

static void test_frozen(void **state)
{
    (void)state;
    (void)lend_event("f", EVENT_FREEZE, "2024-02-01", "");
    assert_string_equal(class_at(BY("days-past-due", ""), "2024-03-31"), "c1");
    assert_string_equal(class_at(BY("months-past-due", ""), "2024-03-31"), "c0");
    assert_string_equal(class_at(BY("missed-installments", ""), "2024-03-31"), "c2");
    assert_string_equal(class_at(BY("missed-installments", "tolerance: 1 day, "), "2024-03-31"),
                        "c0");
    (void)lend_event("u", EVENT_UNFREEZE, "2024-04-02", ""); /* 61 days in all */
    assert_string_equal(class_at(BY("days-past-maturity", ""), "2024-04-04"), "c2");
    assert_string_equal(class_at(BY("months-past-due", ""), "2024-04-29"), "c0");
    assert_string_equal(class_at(BY("months-past-due", ""), "2024-04-30"), "c1");
}

#define MATURED                                                                                    \
    LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE LEND_ALLOCATION                                         \
        "arrears: {count_from: day-after-due, classes: [{id: c0, range: 0..40}, "                  \
        "{id: c1, range: 41..70, matured: 5..10}, {id: c2, range: 71.., matured: 11..}]}\n"

static void test_matured(void **state)
{
    (void)state;
    (void)lend_event("p", EVENT_REPAY, "2024-03-01", "666"); /* row 3 of 31 March is left */
    assert_string_equal(class_at(MATURED, "2024-04-04"), "c0");
    assert_string_equal(class_at(MATURED, "2024-04-05"), "c1");
    assert_string_equal(class_at(MATURED, "2024-04-10"), "c1");
    assert_string_equal(class_at(MATURED, "2024-04-11"), "c2");
    lend_event_count = 0;
    assert_string_equal(class_at(MATURED, "2024-03-31"), "c1"); /* 60 days, not matured */
    assert_string_equal(class_at(MATURED, "2024-04-10"), "c1"); /* 70 days: both say so */
    (void)lend_event("f", EVENT_FREEZE, "2024-04-02", "");
    assert_string_equal(class_at(MATURED, "2024-12-31"), "c1"); /* 62 days, 2 past maturity */
}

static void test_judged(void **state)
{
    (void)state;
    lend_event("k1", EVENT_CLASSIFY, "2024-01-10", "")->kind = text_of("c2");
    lend_event("k2", EVENT_CLASSIFY, "2024-02-03", "")->kind = text_of("c0");
    lend_event("k3", EVENT_CLASSIFY, "2024-02-20", "")->kind = text_of("gone");
    assert_string_equal(class_at(BY("days-past-due", ""), "2024-01-09"), "c0");
    assert_string_equal(class_at(BY("days-past-due", ""), "2024-01-10"), "c2");
    assert_string_equal(class_at(BY("days-past-due", ""), "2024-02-01"), "c2"); /* not c1 */
    assert_string_equal(class_at(BY("days-past-due", ""), "2024-02-03"), "c3"); /* counted: 3 */
    assert_string_equal(class_at(BY("days-past-due", ""), "2024-02-20"), "c10");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_days),     LEND_TEST(test_months),  LEND_TEST(test_installments),
        LEND_TEST(test_maturity), LEND_TEST(test_letters), LEND_TEST(test_frozen),
        LEND_TEST(test_matured),  LEND_TEST(test_judged),
    };
    return RUN(tests);
}
