/* outlook.h: what unpaid rows will bring, month by month; parts put together are the whole. */
#include "lend.h"

#include "outlook.h"

static struct outlook_months months;

static const char *days(const char *as_of, unsigned count)
{
    char *out = arena_alloc(&expect_arena, 16 * (count + 1)), *end = out;
    assert_true(outlook_months_from(&months, D(as_of), count));
    for (unsigned m = 0; m <= count; m++)
        end += sprintf(end, "%s%s", m == 0 ? "" : " ", date_string(months.upto[m]));
    return out;
}

/* In one step from as-of; from the last day of a month on they are calendar months. */
static void test_months(void **state)
{
    (void)state;
    assert_string_equal(days("2025-01-30", 2), "2025-01-30 2025-02-28 2025-03-30");
    assert_string_equal(days("2025-01-31", 3), "2025-01-31 2025-02-28 2025-03-31 2025-04-30");
    assert_string_equal(days("2024-02-29", 2), "2024-02-29 2024-03-31 2024-04-30");
    assert_string_equal(days("2024-02-28", 2), "2024-02-28 2024-03-28 2024-04-28");
    assert_true(outlook_months_from(&months, D("2149-12-31"), 600));
    assert_false(outlook_months_from(&months, D("2150-01-01"), 600));
}

static void test_month_of(void **state)
{
    static const struct {
        const char *due;
        unsigned line;
    } cases[] = {{"1999-01-01", 0}, {"2025-03-31", 0}, {"2025-04-01", 1}, {"2025-04-30", 1},
                 {"2025-05-01", 2}, {"2025-06-30", 3}, {"2025-07-01", 4}, {"2199-12-31", 4}};
    (void)state;
    assert_true(outlook_months_from(&months, D("2025-03-31"), 3));
    for (unsigned i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(outlook_month_of(&months, D(cases[i].due)), cases[i].line);
}

/* Of both classes. */
static struct assume_share on_time[2], overdue[2];
static struct assume_program assumed;

static void assume(const char *unit, enum rounding_mode mode, int64_t share, int64_t late,
                   int32_t after)
{
    for (unsigned i = 0; i < 2; i++) {
        on_time[i] = (struct assume_share){
            true, {amount_of(share), amount_of(100)}, {amount_of(late), amount_of(100)}, after};
        overdue[i] = (struct assume_share){
            true, {amount_of(50), amount_of(100)}, {AMOUNT_ZERO, amount_of(1)}, after};
    }
    assumed = (struct assume_program){
        .unit = A(unit), .mode = mode, .on_time = on_time, .overdue = overdue};
}

/* A loan of 30,000 in three rows from 10 February on, of which so much was repaid. */
static void add(struct outlook *outlook, const char *repaid, const char *as_of, bool assuming)
{
    struct account account;
    struct position position;
    lend_event_count = 0;
    if (*repaid != '\0')
        (void)lend_event("p", EVENT_REPAY, "2024-02-10", repaid);
    lend_account(&account, lend_loan(LEND_RULES, "30000", "2024-01-10", "", 3), as_of);
    position_of(&account, D(as_of), &position);
    outlook_add(outlook, &account, &position, assuming ? &assumed : NULL);
}

/* A line of the whole: principal less credit = on time + late + not paid; expected. */
static const char *line_of(struct outlook *outlook, unsigned line)
{
    static const enum outlook_figure shown[] = {OUTLOOK_PRINCIPAL, OUTLOOK_CREDIT,
                                                OUTLOOK_ON_TIME,   OUTLOOK_LATE,
                                                OUTLOOK_NOT_PAID,  OUTLOOK_EXPECTED};
    const struct outlook_group *all =
        (const struct outlook_group *)group_table_sorted(&outlook->groups)[0];
    char *out = arena_alloc(&expect_arena, 200), *end = out;
    for (unsigned i = 0; i < COUNT_OF(shown); i++)
        end += sprintf(end, "%s%s", i == 0 ? "" : " ",
                       amount_string(outlook_value(&expect_arena, all, line, shown[i])));
    return out;
}

/* As of 20 February 3,000 are unpaid of row 1; half of it comes in two months. 12,000 at once are
 * 2,000 more than row 1: held, and paid on 10 March. */
static void test_fold(void **state)
{
    struct outlook whole, part, other;
    (void)state;
    assert_true(outlook_months_from(&months, D("2024-02-20"), 1));
    assume("1", ROUNDING_DOWN, 90, 5, 2);
    outlook_init(&whole, NULL, &months, 0);
    outlook_init(&part, NULL, &months, 0);
    outlook_init(&other, NULL, &months, 0);
    add(&whole, "7000", "2024-02-20", true), add(&part, "7000", "2024-02-20", true);
    add(&whole, "12000", "2024-02-20", true), add(&other, "12000", "2024-02-20", true);
    add(&whole, "30000", "2024-02-20", true); /* held: it pays row 2, then row 3 */
    add(&other, "30000", "2024-02-20", true);
    outlook_merge(&other, &part);
    struct outlook *const both[] = {&whole, &other};
    for (unsigned i = 0; i < 2; i++) {
        assert_string_equal(line_of(both[i], 0), "3000 0 0 1500 1500 0");
        /* 10,000 and 8,000 on time by 90 %, late by 5 %; 750 of what is overdue */
        assert_string_equal(line_of(both[i], 1), "30000 12000 16200 900 900 16950");
        /* two times 10,000; 750 of what is overdue, 900 of March, 1,000 of the last rows */
        assert_string_equal(line_of(both[i], 2), "30000 10000 18000 1000 1000 20650");
    }
    outlook_free(&whole);
    outlook_free(&part);
    outlook_free(&other);
}

/* Rounded up to thousands each, both together are still no more than what falls due. */
static void test_rounding(void **state)
{
    struct outlook outlook;
    (void)state;
    assert_true(outlook_months_from(&months, D("2024-01-31"), 3));
    assume("7000", ROUNDING_UP, 60, 40, 1);
    outlook_init(&outlook, NULL, &months, 0);
    add(&outlook, "", "2024-01-31", true);
    assert_string_equal(line_of(&outlook, 1), "10000 0 7000 3000 0 7000");
    assert_string_equal(line_of(&outlook, 2), "10000 0 7000 3000 0 10000");
    assert_string_equal(line_of(&outlook, 4), "0 0 0 0 0 3000");
    outlook_free(&outlook);
    outlook_init(&outlook, NULL, &months, 0);
    add(&outlook, "", "2024-01-31", false);
    assert_string_equal(line_of(&outlook, 1), "10000 0 0 0 10000 0");
    outlook_free(&outlook);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_months),
        TEST(test_month_of),
        TEST(test_fold),
        TEST(test_rounding),
    };
    return RUN(tests);
}
