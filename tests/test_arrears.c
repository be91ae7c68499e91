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

/* --- cure --- */

#define CURED(cure, more)                                                                          \
    LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE LEND_ALLOCATION                                         \
        "arrears: {" cure more "count_from: day-after-due, ignore_below: 20, "                     \
        "classes: [{id: c0, range: 0..2, matured: 0..7}, {id: c1, range: 3..9, matured: 8..20}, "  \
        "{id: c2, range: 10..40, matured: 21..}, {id: c3, range: 41..}]}\n"

static void test_cleared(void **state)
{
    const char *yaml = CURED("cure: cleared, ", "");
    (void)state;
    (void)lend_event("p", EVENT_REPAY, "2024-02-12", "300"); /* 33 of row 1 stay overdue */
    (void)lend_event("q", EVENT_REPAY, "2024-03-11", "333"); /* row 1, and 300 of row 2 */
    (void)lend_event("r", EVENT_REPAY, "2024-03-12", "33");
    assert_string_equal(class_at(yaml, "2024-02-03"), "c1");
    assert_string_equal(class_at(yaml, "2024-02-12"), "c2");
    assert_string_equal(class_at(yaml, "2024-03-10"), "c2"); /* 39 days */
    assert_string_equal(class_at(yaml, "2024-03-11"), "c2"); /* 11 days of row 2, not cleared */
    assert_string_equal(class_at(yaml, "2024-03-12"), "c0");
    assert_string_equal(class_at(yaml, "2024-04-02"), "c0");
}

static void test_clean(void **state)
{
    const char *yaml = CURED("cure: {clean: 1 month}, ", "");
    (void)state;
    (void)lend_event("p", EVENT_REPAY, "2024-02-05", "333"); /* 5 days late: c1 */
    (void)lend_event("q", EVENT_REPAY, "2024-02-29", "333");
    (void)lend_event("r", EVENT_REPAY, "2024-04-01", "333"); /* 1 is left, and late: c0 */
    assert_string_equal(class_at(yaml, "2024-02-05"), "c1");
    assert_string_equal(class_at(yaml, "2024-03-04"), "c1");
    assert_string_equal(class_at(yaml, "2024-03-05"), "c0"); /* clean from 5 February on */
    assert_string_equal(class_at(yaml, "2024-04-02"), "c0");
    lend_find("q")->amount = A("100"); /* row 2 is late by 1 March: nothing is clean for a month */
    (void)lend_event("s", EVENT_REPAY, "2024-03-02", "233");
    assert_string_equal(class_at(yaml, "2024-03-05"), "c1");
    assert_string_equal(class_at(yaml, "2024-03-31"), "c1");
    assert_string_equal(class_at(yaml, "2024-04-01"), "c1"); /* 2 March to 31 March */
}

/* The same from the positions of every day, made one by one under rules without a cure. */
static int32_t slow_class(const struct loan *plain, struct date day, bool cleared)
{
    int32_t worst = -1, clean_days = 0;
    bool cured = false;
    for (struct date d = day; !cured && !date_before(d, plain->disbursed); d.day--) {
        struct position position;
        lend_account(&account, plain, date_string(d));
        position_of(&account, d, &position);
        bool clean = amount_is_zero(position.figure[FIGURE_OVERDUE]);
        clean_days = clean ? clean_days + 1 : 0;
        cured = clean_days == (cleared ? 1 : 11);
        if (position.class_index > worst && (!cured || date_equal(d, day)))
            worst = position.class_index;
    }
    return worst;
}

static void test_against_every_day(void **state)
{
    static const char *const bases[][3] = {
        {CURED("", ""), CURED("cure: cleared, ", ""), CURED("cure: {clean: 10 days}, ", "")},
        {CURED("", "basis: missed-installments, "),
         CURED("cure: cleared, ", "basis: missed-installments, "),
         CURED("cure: {clean: 10 days}, ", "basis: missed-installments, ")},
        {CURED("", "basis: demand-letters, "), CURED("cure: cleared, ", "basis: demand-letters, "),
         CURED("cure: {clean: 10 days}, ", "basis: demand-letters, ")},
    };
    static const enum event_type types[] = {EVENT_REPAY, EVENT_REPAY, EVENT_REPAY, EVENT_LETTER,
                                            EVENT_FREEZE};
    static const char *const ids[] = {"a", "b", "c", "d", "e", "f"};
    (void)state;
    (void)chance_seed();
    for (unsigned round = 0; round < 60; round++) {
        const char *const *rules = bases[chance() % COUNT_OF(bases)];
        struct date start = D("2024-01-31");
        bool frozen = false;
        lend_event_count = 0;
        for (unsigned i = 0; i < COUNT_OF(ids); i++) {
            enum event_type type = types[chance() % COUNT_OF(types)];
            if (type == EVENT_FREEZE && frozen)
                continue;
            frozen = frozen || type == EVENT_FREEZE;
            struct date date = date_add_days(start, (int32_t)chance_in(0, 120));
            struct event *event = lend_event(ids[i], type, date_string(date), "");
            event->amount = amount_of(chance_in(1, 9) * 37);
        }
        struct loan *plain = lend_loan(rules[0], "1000", "2024-01-31", "", 3);
        struct date day = date_add_days(start, (int32_t)chance_in(20, 130));
        for (unsigned cure = 1; cure < 3; cure++) {
            struct position position;
            struct loan *cured = lend_loan(rules[cure], "1000", "2024-01-31", "", 3);
            lend_account(&account, cured, date_string(day));
            position_of(&account, day, &position);
            if (position.status == STATUS_ACTIVE)
                assert_int_equal(position.class_index, slow_class(plain, day, cure == 1));
        }
        expect_teardown(NULL);
        expect_setup(NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_days),
        LEND_TEST(test_months),
        LEND_TEST(test_installments),
        LEND_TEST(test_maturity),
        LEND_TEST(test_letters),
        LEND_TEST(test_frozen),
        LEND_TEST(test_matured),
        LEND_TEST(test_judged),
        LEND_TEST(test_cleared),
        LEND_TEST(test_clean),
        LEND_TEST(test_against_every_day),
    };
    return RUN(tests);
}
