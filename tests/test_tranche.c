/* tranche.h: later tranches join the plan (semantics 4). */
#include "lend.h"

#include "tranche.h"

static struct account account;

#define WITH(schedule)                                                                             \
    LEND_HEAD "principal: {min: 400, max: 5000}\n" schedule LEND_ALLOCATION LEND_ARREARS
#define LAST_ROWS LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE "allocation: {excess: last}\n" LEND_ARREARS
#define HUNDREDS                                                                                   \
    "schedule: {installments: 3, every: 1 month, split: equal,\n"                                  \
    "  due: {missing_day: last-of-month}, rounding: {unit: 100, mode: half-up, residual: last}}\n"
#define FIXED                                                                                      \
    WITH("schedule: {every: 1 month, split: {fixed: 100}, due: {missing_day: last-of-month}}\n")

static void tranche(const char *id, const char *date, const char *amount)
{
    lend_event(id, EVENT_DISBURSE, date, amount);
}

static const char *rows_of(const char *yaml, const char *as_of)
{
    lend_account(&account, lend_loan(yaml, "1000", "", "2024-01-01", 3), as_of);
    return lend_rows(&account);
}

static const char *refusal_of(const char *yaml, const char *as_of)
{
    return lend_refusal(lend_loan(yaml, "1000", "", "2024-01-01", 3), as_of, "");
}

/* The rows due strictly after it share what they had and the tranche. */
static void test_equal(void **state)
{
    (void)state;
    tranche("a", "2024-01-10", "300");
    tranche("b", "2024-01-20", "200");
    assert_string_equal(rows_of(LEND_RULES, "2024-01-20"),
                        "1 2024-02-10 166/0; 2 2024-03-10 166/0; 3 2024-04-10 168/0");
    lend_find("b")->date = lend_find("b")->recorded = D("2024-02-10");
    assert_string_equal(rows_of(LEND_RULES, "2024-02-10"),
                        "1 2024-02-10 100/0; 2 2024-03-10 200/0; 3 2024-04-10 200/0");
    assert_string_equal(lend_totals(&account), "500 0 0 0 500 0 0 0");
    assert_int_equal(account.payout_count, 2);
    lend_find("b")->date = lend_find("b")->recorded = D("2024-04-10");
    assert_string_equal(refusal_of(LEND_RULES, "2024-04-10"), "disburse-no-row");
}

static void test_three_tranches(void **state)
{
    (void)state;
    tranche("a", "2024-01-10", "300");
    tranche("b", "2024-02-15", "100");
    tranche("c", "2024-03-15", "600");
    assert_string_equal(rows_of(LEND_RULES, "2024-03-15"),
                        "1 2024-02-10 100/0; 2 2024-03-10 150/0; 3 2024-04-10 750/0");
    tranche("d", "2024-03-16", "1");
    assert_string_equal(refusal_of(LEND_RULES, "2024-03-16"), "disburse-above-principal");
}

/* `fixed` fills its rows in order, then makes more of them, which continue the count. */
static void test_fixed(void **state)
{
    (void)state;
    tranche("a", "2024-01-31", "250");
    tranche("b", "2024-02-29", "180");
    assert_string_equal(rows_of(FIXED, "2024-02-29"),
                        "1 2024-02-29 100/0; 2 2024-03-31 100/0; 3 2024-04-30 100/0; "
                        "4 2024-05-31 100/0; 5 2024-06-30 30/0");
    assert_int_equal(account.highest_n, 5);
}

/* Extra rows keep theirs, and the new rows come above the highest number, in order of date. */
static void test_fixed_and_extra_rows(void **state)
{
    (void)state;
    tranche("a", "2024-01-31", "150");
    struct event *charge = lend_event("c", EVENT_CHARGE, "2024-02-01", "7");
    charge->component = COMPONENT_FEE;
    charge->due = D("2024-05-05");
    tranche("b", "2024-02-10", "200");
    assert_string_equal(rows_of(FIXED, "2024-02-29"),
                        "1 2024-02-29 100/0; 2 2024-03-31 100/0; 4 2024-04-30 100/0; "
                        "3 2024-05-05 0/0 fee 7/0; 5 2024-05-31 50/0");
}

/* What was charged back is not planned: it stays in its row, and extra rows take no part. */
static void test_added_principal_stays(void **state)
{
    (void)state;
    tranche("a", "2024-01-10", "300");
    lend_event("p", EVENT_REPAY, "2024-02-10", "100");
    lend_event("q", EVENT_CHARGEBACK, "2024-02-11", "")->target = lend_find("p");
    tranche("b", "2024-02-12", "100");
    assert_string_equal(rows_of(LEND_RULES, "2024-02-12"),
                        "1 2024-02-10 100/100; 2 2024-03-10 250/0; 3 2024-04-10 150/0");
}

/* 600 in hundreds: 200, 200, 200, the last paid in advance.  700: 233 each is 200, 200, 300. */
static void test_paid_in_advance(void **state)
{
    (void)state;
    tranche("a", "2024-01-10", "600");
    lend_event("p", EVENT_REPAY, "2024-01-11", "200");
    tranche("b", "2024-01-20", "100");
    const char *yaml = LEND_HEAD "principal: {min: 400, max: 5000}\n" HUNDREDS
                                 "allocation: {excess: last}\n" LEND_ARREARS;
    assert_string_equal(rows_of(yaml, "2024-01-20"),
                        "1 2024-02-10 200/0; 2 2024-03-10 200/0; 3 2024-04-10 300/200");
    assert_date(account.rows[2].paid_on, ""); /* it was paid, and is open again */
}

/* A last row that was paid and would now be smaller keeps what it holds; row 1 has less. */
static void test_holds_too_much(void **state)
{
    const char *yaml = LEND_HEAD "principal: {min: 400, max: 5000}\n" HUNDREDS
                                 "allocation: {excess: last}\n" LEND_ARREARS;
    (void)state;
    tranche("a", "2024-01-10", "400");                 /* 133 rounds to 100: 100, 100, 200 */
    lend_event("p", EVENT_REPAY, "2024-01-11", "200"); /* all of row 3 */
    tranche("b", "2024-01-20", "100");                 /* 500: 167 rounds to 200: 200, 200, 100 */
    assert_string_equal(rows_of(yaml, "2024-01-20"),
                        "1 2024-02-10 100/0; 2 2024-03-10 200/0; 3 2024-04-10 200/200");
    assert_date(account.rows[2].paid_on, "2024-01-11");
    lend_event_count = 0;
    tranche("a", "2024-01-10", "800");                 /* 267 rounds to 300: 300, 300, 200 */
    lend_event("p", EVENT_REPAY, "2024-01-11", "550"); /* row 3, row 2, 50 of row 1 */
    tranche("b", "2024-01-20", "200");                 /* 1,000: 300, 300, 400 */
    assert_string_equal(rows_of(yaml, "2024-01-20"),
                        "1 2024-02-10 300/50; 2 2024-03-10 300/300; 3 2024-04-10 400/200");
}

/* What the last row holds too much comes from row 1, as long as it is not all of it. */
static void test_emptied(void **state)
{
    const char *yaml = LEND_HEAD "principal: {min: 400, max: 5000}\n" HUNDREDS
                                 "allocation: {excess: last}\n" LEND_ARREARS;
    (void)state;
    tranche("a", "2024-01-10", "440"); /* 147 rounds to 100: 100, 100, 240 */
    lend_event("p", EVENT_REPAY, "2024-01-11", "240");
    tranche("b", "2024-01-20", "11"); /* 451: 150.3 rounds to 200: 200, 200, 51 */
    assert_string_equal(rows_of(yaml, "2024-01-20"),
                        "1 2024-02-10 11/0; 2 2024-03-10 200/0; 3 2024-04-10 240/240");
    lend_event_count = 0;
    tranche("a", "2024-01-10", "449"); /* 100, 100, 249 */
    lend_event("p", EVENT_REPAY, "2024-01-11", "249");
    tranche("b", "2024-01-20", "1"); /* 450: 200, 200, 50: row 3 holds 199 more */
    assert_string_equal(rows_of(yaml, "2024-01-20"),
                        "1 2024-02-10 1/0; 2 2024-03-10 200/0; 3 2024-04-10 249/249");
    lend_event_count = 0;
    tranche("a", "2024-01-10", "549"); /* in 4 rows, 137 rounds to 100: 100, 100, 100, 249 */
    lend_event("p", EVENT_REPAY, "2024-01-11", "249");
    tranche("b", "2024-01-20", "52"); /* 601: 200, 200, 200, 1: row 4 holds 248 more */
    struct loan *loan = lend_loan(yaml, "1000", "", "2024-01-01", 4);
    assert_string_equal(lend_refusal(loan, "2024-01-20", ""), "plan-row-vanishes");
}

static void test_vanishes(void **state)
{
    (void)state;
    tranche("a", "2024-01-10", "300");
    tranche("b", "2024-01-20", "100"); /* 400: 133 rounds to 100: 100, 100, 200: well */
    assert_string_equal(refusal_of(WITH(HUNDREDS), "2024-01-20"), "none");
    lend_find("b")->date = lend_find("b")->recorded = D("2024-02-11");
    lend_find("b")->amount = amount_of(60); /* 260: 130 rounds to 100: 100, 160: well */
    assert_string_equal(refusal_of(WITH(HUNDREDS), "2024-02-11"), "none");
    lend_event_count = 0;
    tranche("a", "2199-10-31", "100"); /* row 1 on 30 November */
    tranche("b", "2199-11-01", "200"); /* row 3 would be in 2200 */
    struct account_refusal why;
    assert_false(
        lend_try(&account, lend_loan(FIXED, "1000", "", "2199-10-01", 3), "2199-12-31", "", &why));
    assert_code(why.code, FAULT_PLAN_TOO_LATE);
}

/* Held credit pays a row that a tranche opens again, as soon as its rule lets it. */
static void test_credit_takes_the_room(void **state)
{
    (void)state;
    tranche("a", "2024-01-10", "300");
    lend_event("p", EVENT_REPAY, "2024-01-11", "330");
    tranche("b", "2024-01-20", "90");
    assert_string_equal(rows_of(LAST_ROWS, "2024-01-20"),
                        "1 2024-02-10 130/100; 2 2024-03-10 130/100; 3 2024-04-10 130/130");
    assert_string_equal(lend_totals(&account), "390 330 0 0 60 330 0 0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_equal),
        LEND_TEST(test_three_tranches),
        LEND_TEST(test_fixed),
        LEND_TEST(test_fixed_and_extra_rows),
        LEND_TEST(test_added_principal_stays),
        LEND_TEST(test_paid_in_advance),
        LEND_TEST(test_holds_too_much),
        LEND_TEST(test_emptied),
        LEND_TEST(test_vanishes),
        LEND_TEST(test_credit_takes_the_room),
    };
    return RUN(tests);
}
