/* account_advance() and account_finish() in account.h: what happens by itself between two events.
 */
#include "lend.h"

static struct account account;

/* Disbursed on 10 January 2024 and brought to the end of ${as_of}. */
static void lend_1000(const char *yaml, const char *as_of)
{
    lend_account(&account, lend_loan(yaml, "1000", "2024-01-10", "", 3), as_of);
}

static void test_held_credit_meets_each_due_row(void **state)
{
    (void)state;
    (void)lend_event("p", EVENT_REPAY, "2024-01-20", "700");
    lend_1000(LEND_RULES, "2024-05-01");
    assert_string_equal(lend_lines(&account),
                        "p 2024-01-20 -1 0 700; p 2024-02-10 1 333 -333; p 2024-03-10 2 333 -333; "
                        "p 2024-04-10 3 34 -34");
}

static void test_steps_do_not_matter(void **state)
{
    (void)state;
    (void)lend_event("p", EVENT_REPAY, "2024-01-20", "700");
    (void)lend_event("c", EVENT_COLLATERAL, "2024-02-10", "1");
    (void)lend_event("d", EVENT_COLLATERAL, "2024-03-09", "1");
    (void)lend_event("e", EVENT_COLLATERAL, "2024-03-09", "2");
    lend_1000(LEND_RULES, "2024-03-10");
    assert_string_equal(lend_lines(&account),
                        "p 2024-01-20 -1 0 700; p 2024-02-10 1 333 -333; p 2024-03-10 2 333 -333");
}

#define RESTS                                                                                      \
    LEND_RULES "small_amounts: {forgive_below: 5}\n"                                               \
               "amendments: [{from: 2024-06-01, set: [{path: small_amounts.forgive_below, was: 5," \
               " value: 50}]}]\n"

/* What is outstanding after ${paid} on 1 February, at the end of ${as_of}. */
static const char *left(const char *paid, const char *as_of)
{
    lend_event_count = 0;
    (void)lend_event("p", EVENT_REPAY, "2024-02-01", paid);
    lend_1000(RESTS, as_of);
    return amount_string(account.totals.outstanding);
}

static void test_rests_go_at_ends(void **state)
{
    (void)state;
    assert_string_equal(left("996", "2024-04-09"), "334"); /* held for the last row */
    assert_string_equal(left("996", "2024-04-10"), "0");
    assert_string_equal(left("995", "2024-05-31"), "5");
    assert_string_equal(left("995", "2024-06-01"), "0"); /* the new rule's first day */
    assert_string_equal(left("950", "2024-12-31"), "50");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_held_credit_meets_each_due_row),
        LEND_TEST(test_steps_do_not_matter),
        LEND_TEST(test_rests_go_at_ends),
    };
    return RUN(tests);
}
