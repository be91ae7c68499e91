/* account_keep_days() in account.h: how past days ended, where the program looks back. */
#include "lend.h"

static struct account account;

#define LOOKS_BACK                                                                                 \
    LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE LEND_ALLOCATION                                         \
        "arrears: {count_from: day-after-due, cure: cleared, classes: [{id: good, range: 0..}]}\n"

/* Stretches of 1000 disbursed on 10 January 2024 (333, 333, 334 due on 10 February, March, April)
 * as `from upto oldest installments amount last`. */
static const char *days(const char *as_of)
{
    lend_account(&account, lend_loan(LOOKS_BACK, "1000", "2024-01-10", "", 3), as_of);
    char *out = arena_alloc(&expect_arena, account.stretch_count * 100 + 1), *end = out;
    *out = '\0';
    for (size_t i = 0; i < account.stretch_count; i++) {
        const struct account_stretch *s = &account.stretches[i];
        end += sprintf(end, "%s%s %s %s %d %s", i == 0 ? "" : "; ", date_string(s->from),
                       date_string(s->upto), date_string(s->overdue.oldest_due),
                       s->overdue.installments, amount_string(s->overdue.amount));
    }
    return out;
}

static void test_rows_fall_due(void **state)
{
    (void)state;
    assert_string_equal(days("2024-01-10"), ""); /* the day at hand is not past */
    assert_string_equal(days("2024-01-11"), "2024-01-10 2024-01-10  0 0");
    assert_string_equal(days("2024-02-11"), "2024-01-10 2024-02-10  0 0");
    assert_string_equal(days("2024-02-12"),
                        "2024-01-10 2024-02-10  0 0; 2024-02-11 2024-02-11 2024-02-10 1 333");
    assert_string_equal(days("2024-04-12"),
                        "2024-01-10 2024-02-10  0 0; 2024-02-11 2024-03-10 2024-02-10 1 333; "
                        "2024-03-11 2024-04-10 2024-02-10 2 666; "
                        "2024-04-11 2024-04-11 2024-02-10 3 1000");
    assert_date(account.stretches[0].overdue.last_due, "2024-04-10");
}

static void test_events(void **state)
{
    (void)state;
    (void)lend_event("p", EVENT_REPAY, "2024-02-15", "400");
    (void)lend_event("q", EVENT_REPAY, "2024-02-15", "3");
    (void)lend_event("z", EVENT_REPAY, "2024-03-20", "300");
    /* 403 less 333 is credit, used on 10 March: 263 of row 2 are late from the 11th on. */
    assert_string_equal(days("2024-03-21"),
                        "2024-01-10 2024-02-10  0 0; 2024-02-11 2024-02-14 2024-02-10 1 333; "
                        "2024-02-15 2024-03-09  0 0; 2024-03-10 2024-03-10  0 0; "
                        "2024-03-11 2024-03-19 2024-03-10 1 263; 2024-03-20 2024-03-20  0 0");
    (void)lend_event("w", EVENT_WRITE_OFF, "2024-03-22", "");
    (void)days("2024-05-01");
    assert_date(account.stretches[account.stretch_count - 1].upto, "2024-03-21");
}

static void test_opening(void **state)
{
    (void)state;
    (void)lend_event("o", EVENT_OPENING, "2024-03-05", "100");
    assert_string_equal(days("2024-03-07"), "2024-03-05 2024-03-06 2024-02-10 1 233");
}

#define PENALTY                                                                                    \
    LOOKS_BACK "penalty: {kind: per-day, rate: 1%, after: 20 days, base: installment,\n"           \
               "  rounding: {unit: 1, mode: down}}\n"

/* Late rows cost 3.33 a day from the 21st day on: 2 March, 31 March. */
static void test_penalties_rise(void **state)
{
    (void)state;
    lend_account(&account, lend_loan(PENALTY, "1000", "2024-01-10", "", 3), "2024-04-12");
    const struct account_stretch *s = account.stretches;
    assert_int_equal(account.stretch_count, 4);
    assert_string_equal(amount_string(s[0].overdue.amount), "0");
    assert_date(s[1].upto, "2024-03-10"); /* row 1: nine days from 2 March on */
    assert_string_equal(amount_string(s[1].overdue.amount), "362");
    assert_date(s[2].upto, "2024-04-10"); /* 40 days of row 1, 11 of row 2 from 31 March on */
    assert_string_equal(amount_string(s[2].overdue.amount), "835");
    assert_date(s[3].upto, "2024-04-11");
    assert_string_equal(amount_string(s[3].overdue.amount), "1175");
    assert_int_equal(s[3].overdue.installments, 3);
}

static void test_only_where_asked(void **state)
{
    (void)state;
    lend_account(&account, lend_loan(LEND_RULES, "1000", "2024-01-10", "", 3), "2024-12-31");
    assert_int_equal(account.stretch_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_rows_fall_due),  LEND_TEST(test_events),           LEND_TEST(test_opening),
        LEND_TEST(test_penalties_rise), LEND_TEST(test_only_where_asked),
    };
    return RUN(tests);
}
