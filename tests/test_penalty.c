/* penalty.h: what late rows cost, day by day but not in steps of days. */
#include "lend.h"

static struct account account;

#define CLAUSE(keys) LEND_RULES "penalty: {rounding: {unit: 1, mode: down}, " keys "}\n"
#define PER_DAY CLAUSE("kind: per-day, rate: 1%")

/* The penalty of the first row (10,000 due on 10 February 2024) at the end of ${as_of}. */
static const char *penalty(const char *yaml, const char *as_of)
{
    lend_account(&account, lend_loan(yaml, "10000", "2024-01-10", "", 1), as_of);
    return amount_string(row_due(&expect_arena, &account.rows[0], COMPONENT_PENALTY));
}

static void test_first_day(void **state)
{
    (void)state;
    assert_string_equal(penalty(LEND_RULES, "2024-12-31"), "0");
    assert_string_equal(penalty(PER_DAY, "2024-02-10"), "0");
    assert_string_equal(penalty(PER_DAY, "2024-02-11"), "100");
    assert_string_equal(penalty(CLAUSE("kind: per-day, rate: 1%, after: 2 days"), "2024-02-12"),
                        "0");
    assert_string_equal(penalty(CLAUSE("kind: per-day, rate: 1%, after: 2 days"), "2024-02-13"),
                        "100");
    assert_string_equal(penalty(CLAUSE("kind: flat, amount: 7, after: 1 month"), "2024-03-10"),
                        "0");
    assert_string_equal(penalty(CLAUSE("kind: flat, amount: 7, after: 1 month"), "2024-03-11"),
                        "7");
}

/* Day by day, as where something happens each day, and in one step. */
static void test_steps_do_not_matter(void **state)
{
    static const char *const clauses[] = {
        CLAUSE("kind: per-day, rate: 1/7, after: 3 days, applies_if: able"),
        CLAUSE("kind: per-month, count: begun, rate: 1/7, applies_if: able"),
        CLAUSE("kind: per-month, count: whole, rate: 1/7, applies_if: able"),
        CLAUSE("kind: share, rate: 1/7, after: 13 days, applies_if: able"),
    };
    static const char *const expected[] = {
        "18571", /* 13 days: 14, 15 February, 1 to 5 and 26 to 31 March */
        "2857",  /* from 11 February, and from 11 March moved on by 20 days */
        "1428",  /* over on 31 March */
        "0",     /* 24 February */
    };
    (void)state;
    for (unsigned i = 0; i < COUNT_OF(clauses); i++) {
        lend_event_count = 0;
        (void)lend_event("u", EVENT_UNABLE, "2024-02-15", "");
        (void)lend_event("a", EVENT_ABLE, "2024-02-29", "");
        (void)lend_event("f", EVENT_FREEZE, "2024-03-05", "");
        (void)lend_event("g", EVENT_UNFREEZE, "2024-03-25", "");
        assert_string_equal(penalty(clauses[i], "2024-03-31"), expected[i]);
        char dates[60][DATE_TEXT_LEN + 1];
        struct date date = D("2024-02-01");
        for (unsigned j = 0; j < COUNT_OF(dates); j++, date = date_add_days(date, 1))
            (void)lend_event("c", EVENT_COLLATERAL, date_text(dates[j], date), "1");
        assert_string_equal(penalty(clauses[i], "2024-03-31"), expected[i]);
    }
}

/* A row that is planned lower keeps its cap and what it has been assessed. */
static void test_largest_principal(void **state)
{
    static const char *const yaml = LEND_HEAD LEND_PRINCIPAL LEND_ALLOCATION LEND_ARREARS
        "schedule: {every: 1 month, split: {shares: [10%, 90%]}, due: {missing_day: "
        "last-of-month},\n"
        "  rounding: {unit: 1, mode: down, residual: last}}\n"
        "penalty: {kind: per-day, rate: 50%, cap: 100%, rounding: {unit: 1, mode: down}}\n";
    (void)state;
    struct loan *loan = lend_loan(yaml, "2000", "", "2024-01-10", 2);
    (void)lend_event("a", EVENT_DISBURSE, "2024-01-10", "1000");
    (void)lend_event("b", EVENT_DISBURSE, "2024-01-20", "1000");
    lend_account(&account, loan, "2024-03-01");
    assert_string_equal(lend_rows(&account),
                        "1 2024-02-10 200/0 penalty 200/0; 2 2024-03-10 1800/0");
    account.rows[0].due_of[COMPONENT_PRINCIPAL] = A("50"); /* as a change of the plan would */
    account.rows[1].due_of[COMPONENT_PRINCIPAL] = A("1950");
    account_finish(&account, D("2024-03-02"));
    assert_string_equal(amount_string(account.rows[0].due_of[COMPONENT_PENALTY]), "200");
    account.rows[1].due_of[COMPONENT_PRINCIPAL] = A("1");
    account_finish(&account, D("2025-03-02"));
    assert_string_equal(amount_string(account.rows[1].due_of[COMPONENT_PENALTY]), "178");
}

/* Of the principal alone, at an unpaid penalty's side. */
static void test_no_penalty_on_charges(void **state)
{
    (void)state;
    struct event *charge = lend_event("c", EVENT_CHARGE, "2024-02-05", "5000");
    charge->component = COMPONENT_PENALTY;
    charge = lend_event("d", EVENT_CHARGE, "2024-02-05", "3000");
    charge->component = COMPONENT_FEE;
    assert_string_equal(penalty(PER_DAY, "2024-02-13"), "5300");
}

/* Exactly, at any size: 3 days of 1/7 of 10^24 + 1, rounded once. */
static void test_large(void **state)
{
    static const char *const yaml = LEND_HEAD
        "principal: {min: 100, max: 1000000000000000000000001}\n" LEND_SCHEDULE LEND_ALLOCATION
            LEND_ARREARS
        "penalty: {kind: per-day, rate: 1/7, rounding: {unit: 1, mode: half-up}}\n";
    (void)state;
    lend_account(&account, lend_loan(yaml, "1000000000000000000000001", "2024-01-10", "", 1),
                 "2024-02-13");
    assert_string_equal(amount_string(account.rows[0].due_of[COMPONENT_PENALTY]),
                        "428571428571428571428572");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_first_day),
        LEND_TEST(test_steps_do_not_matter),
        LEND_TEST(test_largest_principal),
        LEND_TEST(test_no_penalty_on_charges),
        LEND_TEST(test_large),
    };
    return RUN(tests);
}
