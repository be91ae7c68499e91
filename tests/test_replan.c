/* replan.h: rows that get another date, or are made after the plan. */
#include "lend.h"

#include "replan.h"

static struct account account;

static void begin(const char *yaml)
{
    lend_account(&account, lend_loan(yaml, "300", "2024-01-31", "", 3), "2024-01-31");
}

static const char *dates(void)
{
    return lend_rows(&account);
}

static void test_counts(void **state)
{
    (void)state;
    begin(LEND_RULES);
    struct row_count count = replan_count_of(&account, &account.rows[1]);
    assert_false(date_is_set(count.anchor));
    assert_int_equal(count.k, 2);
    count.k = 5;
    assert_string_equal(date_string(replan_date(&account, &count)), "2024-06-30");
    count.k = 4000;
    assert_false(date_in_range(replan_date(&account, &count)));
    count = (struct row_count){D("2024-02-29"), {1, SPAN_YEARS}, 4};
    assert_string_equal(date_string(replan_date(&account, &count)), "2028-02-29");
    count.every = (struct span){9999, SPAN_YEARS};
    assert_false(replan_set_date(&account, &account.rows[1], &count));
    assert_string_equal(dates(), "1 2024-02-29 100/0; 2 2024-03-31 100/0; 3 2024-04-30 100/0");
}

/* Rows stand by date, then number; the first open row is found again. */
static void test_sort(void **state)
{
    (void)state;
    begin(LEND_RULES);
    struct row_count count = {D("2024-04-30"), {1, SPAN_MONTHS}, 0};
    account.rows[0].paid[COMPONENT_PRINCIPAL] = A("100");
    account.first_open = 1;
    assert_true(replan_set_date(&account, &account.rows[0], &count));
    replan_make_room(&account, 1);
    struct row *row = replan_append(&account);
    assert_true(replan_set_date(&account, row, &count));
    row->due_of[COMPONENT_PRINCIPAL] = A("5");
    replan_sort(&account);
    assert_string_equal(
        dates(), "2 2024-03-31 100/0; 1 2024-04-30 100/100; 3 2024-04-30 100/0; 4 2024-04-30 5/0");
    assert_int_equal(account.first_open, 0);
    assert_int_equal(replan_count_of(&account, &account.rows[1]).k, 0);
}

static void test_insert_and_principal(void **state)
{
    (void)state;
    begin(LEND_RULES);
    replan_make_room(&account, 1);
    account.first_open = 2;
    struct row *row = replan_insert(&account, D("2024-03-31"), D("2024-03-31"), NULL);
    assert_int_equal(row->n, 4);
    assert_true(row == &account.rows[2]);
    replan_set_principal(&account, row, A("7"), D("2024-02-01"));
    assert_false(date_is_set(row->paid_on));
    replan_set_principal(&account, row, AMOUNT_ZERO, D("2024-02-01"));
    assert_string_equal(date_string(row->paid_on), "2024-02-01");
    replan_set_principal(&account, &account.rows[0], A("101"), D("2024-02-01"));
    assert_int_equal(account.first_open, 0);
}

/* As signed, else as the program has it on the day, else as it last had it. */
static void test_rounding(void **state)
{
    (void)state;
    static const char yaml[] = LEND_HEAD LEND_PRINCIPAL
        "schedule: {installments: 3, every: 1 month, split: bullet,\n"
        "  due: {missing_day: last-of-month}}\n" LEND_ALLOCATION LEND_ARREARS "amendments:\n"
        "  - {from: 2024-03-01, set: [{path: schedule.rounding, was: absent,\n"
        "      value: {unit: 7, mode: down, residual: last}}]}\n"
        "  - {from: 2024-05-01, set: [{path: schedule.rounding.unit, was: 7, value: 9}]}\n"
        "  - {from: 2024-06-01, set: [{path: schedule.rounding,\n"
        "      was: {unit: 9, mode: down, residual: last}, value: absent}]}\n";
    begin(yaml);
    assert_string_equal(amount_string(replan_rounding(&account, D("2024-03-01")).unit), "7");
    assert_string_equal(amount_string(replan_rounding(&account, D("2024-05-01")).unit), "9");
    assert_string_equal(amount_string(replan_rounding(&account, D("2024-06-01")).unit), "9");
    begin(LEND_RULES);
    assert_string_equal(amount_string(replan_rounding(&account, D("2024-06-01")).unit), "1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_counts),
        LEND_TEST(test_sort),
        LEND_TEST(test_insert_and_principal),
        LEND_TEST(test_rounding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
