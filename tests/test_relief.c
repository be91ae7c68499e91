/* relief.h: rows that move, and how the days that reliefs freeze go together with others. */
#include "lend.h"

static struct account account;

#define HOLIDAY(items) LEND_RULES "relief: [" items "]\n"
#define SHIFT(id, from, until) "{id: " id ", from: " from ", until: " until ", effect: shift}"
#define FREEZE(id, from, until)                                                                    \
    "{id: " id ", from: " from ", until: " until ", effect: freeze-days}"

/* 900 disbursed on 31 January 2024, due at the end of February, March and April; all reliefs hold.
 */
static void lend_900(const char *yaml, const char *as_of)
{
    struct loan *loan = lend_loan(yaml, "900", "2024-01-31", "", 3);
    const struct program_relief **reliefs =
        ARENA_ARRAY(&expect_arena, const struct program_relief *, loan->program->relief_count);
    for (unsigned i = 0; i < loan->program->relief_count; i++)
        reliefs[i] = &loan->program->reliefs[i];
    loan->reliefs = reliefs;
    loan->relief_count = loan->program->relief_count;
    lend_account(&account, loan, as_of);
}

static void test_fewest_periods(void **state)
{
    (void)state;
    lend_900(HOLIDAY(SHIFT("a", "2024-03-01", "2024-03-30")), "2024-04-01");
    assert_string_equal(lend_rows(&account),
                        "1 2024-02-29 300/0; 2 2024-03-31 300/0; 3 2024-04-30 300/0");
    lend_900(HOLIDAY(SHIFT("a", "2024-03-01", "2024-03-31")), "2024-02-29");
    assert_date(account.rows[1].due, "2024-03-31"); /* not before the day */
    lend_900(HOLIDAY(SHIFT("a", "2024-03-01", "2024-03-31")), "2024-03-01");
    assert_string_equal(lend_rows(&account),
                        "1 2024-02-29 300/0; 2 2024-04-30 300/0; 3 2024-05-31 300/0");
    lend_900(HOLIDAY(SHIFT("a", "2024-05-01", "2024-05-31")), "2024-06-01"); /* none is left */
    assert_date(account.rows[2].due, "2024-04-30");
}

/* Counted from the anchor in one step both times: 31 May, not 30 May after 30 April. */
static void test_two_holidays(void **state)
{
    (void)state;
    lend_900(HOLIDAY(SHIFT("b", "2024-04-15", "2024-04-30") ", " /* the second in time */
                     SHIFT("a", "2024-03-01", "2024-03-31")),
             "2024-04-15");
    assert_string_equal(lend_rows(&account),
                        "1 2024-02-29 300/0; 2 2024-05-31 300/0; 3 2024-06-30 300/0");
}

/* A charge's own row does not move and stands before rows that do; a new row finds its place. */
static void test_rows_are_sorted_again(void **state)
{
    (void)state;
    struct event *charge = lend_event("c", EVENT_CHARGE, "2024-02-01", "5");
    charge->component = COMPONENT_FEE;
    charge->due = D("2024-05-10");
    lend_900(HOLIDAY(SHIFT("a", "2024-03-01", "2024-04-30")), "2024-03-02");
    assert_string_equal(lend_rows(&account), "1 2024-02-29 300/0; 4 2024-05-10 0/0 fee 5/0; "
                                             "2 2024-05-31 300/0; 3 2024-06-30 300/0");
}

static void test_frozen_days_overlap(void **state)
{
    (void)state;
    (void)lend_event("f", EVENT_FREEZE, "2024-03-05", "");
    (void)lend_event("g", EVENT_UNFREEZE, "2024-03-12", "");
    lend_900(HOLIDAY(FREEZE("a", "2024-03-02", "2024-03-07") ", " /* 6 days */
                     FREEZE("b", "2024-03-04", "2024-03-05") ", " /* none more */
                     FREEZE("c", "2024-03-07", "2024-03-08") ", " /* 1 more */
                     FREEZE("d", "2024-03-20", "2024-03-20")),    /* 1 */
             "2024-03-31");
    assert_int_equal(account_frozen_days(&account, D("2024-02-29"), D("2024-03-31")), 12);
    assert_int_equal(account_frozen_days(&account, D("2024-03-08"), D("2024-03-19")), 4);
    assert_int_equal(account_frozen_days(&account, D("2024-03-03"), D("2024-03-06")), 3);
    assert_int_equal(account_frozen_days(&account, D("2024-03-12"), D("2024-03-19")), 0);
}

/* What fell on a row before it moved stays, 5 days of 100; then 2 days of 300/7 after its new date,
 * by the version in force there: 585.71, the sum of both. */
static void test_penalty_of_a_moved_row(void **state)
{
    static const char *const yaml = LEND_RULES
        "penalty: {kind: per-day, rate: 1/3, rounding: {unit: 1, mode: down}}\n"
        "relief: [" SHIFT(
            "a", "2024-03-02",
            "2024-03-31") "]\n"
                          "amendments: [{from: 2024-04-15, set: [{path: penalty.rate, was: 1/3, "
                          "value: 1/7}]}]\n";
    (void)state;
    lend_900(yaml, "2024-03-05");
    assert_string_equal(lend_rows(&account), "1 2024-02-29 300/0 penalty 500/0; "
                                             "2 2024-04-30 300/0; 3 2024-05-31 300/0");
    account.rows[0].due = D("2024-04-15"); /* as a change of the plan would */
    account_finish(&account, D("2024-04-15"));
    assert_string_equal(amount_string(account.rows[0].due_of[COMPONENT_PENALTY]), "500");
    account_finish(&account, D("2024-04-17"));
    assert_string_equal(amount_string(account.rows[0].due_of[COMPONENT_PENALTY]), "585");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_fewest_periods),         LEND_TEST(test_two_holidays),
        LEND_TEST(test_rows_are_sorted_again),  LEND_TEST(test_frozen_days_overlap),
        LEND_TEST(test_penalty_of_a_moved_row),
    };
    return RUN(tests);
}
