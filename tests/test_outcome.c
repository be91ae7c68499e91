/* outcome.h: an account's figures under names. */
#include "give.h"

#include "outcome.h"

static struct account account;

static struct outcome taken(const char *as_of)
{
    struct outcome outcome;
    struct position position;
    lend_event_count = 0;
    (void)lend_event("p", EVENT_REPAY, "2024-02-10", "10000");
    lend_account(&account, lend_loan(LEND_RULES, "30000", "2024-01-10", "", 3), as_of);
    position_of(&account, D(as_of), &position);
    outcome_take(&outcome, &account, D(as_of), &position);
    return outcome;
}

static const char *number(const struct outcome *outcome, const char *name)
{
    enum outcome_figure figure = outcome_find(text_of(name));
    assert_int_not_equal(figure, OUTCOME_FIGURES);
    return amount_string(outcome_value_of(outcome, figure).number);
}

/* Rows of 10,000 on 10 February (paid), March and April. */
static void test_figures(void **state)
{
    (void)state;
    struct outcome outcome = taken("2024-03-15");
    assert_string_equal(number(&outcome, "outstanding"), "20000");
    assert_string_equal(number(&outcome, "overdue"), "10000");
    assert_string_equal(number(&outcome, "next_12_months"), "10000");
    assert_string_equal(number(&outcome, "rows"), "3");
    assert_string_equal(number(&outcome, "days_past_due"), "5");
    assert_string_equal(date_string(outcome_value_of(&outcome, OUTCOME_LAST_DUE).date),
                        "2024-04-10");
    assert_string_equal(date_string(outcome_value_of(&outcome, OUTCOME_OLDEST_DUE).date),
                        "2024-03-10");
    assert_string_equal(text_string(outcome_value_of(&outcome, OUTCOME_CLASS).text), "good");
    outcome = taken("2023-04-10");
    assert_string_equal(number(&outcome, "next_12_months"), "0");
}

/* Twelve months to the day are within, the day after is not. */
static void test_next_12_months(void **state)
{
    (void)state;
    lend_event_count = 0;
    lend_account(&account, lend_loan(LEND_RULES, "26000", "2024-01-10", "", 26), "2024-01-10");
    struct position position;
    struct outcome outcome;
    position_of(&account, D("2024-01-10"), &position);
    outcome_take(&outcome, &account, D("2024-01-10"), &position);
    assert_string_equal(number(&outcome, "next_12_months"), "12000");
    outcome_take(&outcome, &account, D("2024-01-09"), &position);
    assert_string_equal(number(&outcome, "next_12_months"), "11000");
}

static void test_refused(void **state)
{
    (void)state;
    const struct outcome refused = {.refused = true, .code = FAULT_PRINCIPAL_MAX};
    assert_string_equal(text_string(outcome_value_of(&refused, OUTCOME_STATUS).text), "refused");
    assert_string_equal(text_string(outcome_value_of(&refused, OUTCOME_REFUSED).text),
                        "principal-max");
    assert_string_equal(number(&refused, "outstanding"), "0");
    const struct outcome absent = {.refused = false};
    assert_string_equal(text_string(outcome_value_of(&absent, OUTCOME_STATUS).text), "");
}

/* 600 of 1,000 paid on 31 January; R1, due on 30 April, is missing for more than 60 days on 30
 * June: all is to be given back. */
static void test_grant(void **state)
{
    const struct grant *grant = give_grant(GIVE_RULES, "1000");
    struct outcome outcome;
    (void)state;
    lend_event_count = 0;
    (void)give_event("p", EVENT_PAY, "2024-01-31", "600", "T1");
    outcome_take_grant(&outcome, grant, give(grant, "2024-06-30"));
    assert_string_equal(number(&outcome, "award"), "1000");
    assert_string_equal(number(&outcome, "paid"), "600");
    assert_string_equal(number(&outcome, "in_kind"), "0");
    assert_string_equal(number(&outcome, "lapsed"), "0");
    assert_string_equal(number(&outcome, "accounted"), "0");
    assert_string_equal(number(&outcome, "returned"), "0");
    assert_string_equal(number(&outcome, "to_account"), "600");
    assert_string_equal(number(&outcome, "reports_due"), "1");
    assert_string_equal(number(&outcome, "reports_overdue"), "1");
    assert_string_equal(number(&outcome, "days_report_overdue"), "61");
    assert_string_equal(number(&outcome, "clawback"), "600");
    assert_string_equal(number(&outcome, "refund_outstanding"), "600");
    assert_string_equal(number(&outcome, "days_refund_overdue"), "0");
    assert_string_equal(number(&outcome, "grant_provision"), "3");
    assert_string_equal(text_string(outcome_value_of(&outcome, OUTCOME_STATUS).text), "refund");
    assert_string_equal(text_string(outcome_value_of(&outcome, OUTCOME_CLAUSE).text), "late");
    assert_string_equal(text_string(outcome_value_of(&outcome, OUTCOME_CLASS).text), "good");
    assert_false(date_is_set(outcome_value_of(&outcome, OUTCOME_REFUND_DUE).date));
}

/* What can be added up is of loans or of grants; what both have is text. */
static void test_kinds(void **state)
{
    (void)state;
    for (unsigned f = 0; f < OUTCOME_FIGURES; f++) {
        enum outcome_figure figure = (enum outcome_figure)f;
        bool loans = outcome_has(OUTCOME_OF_LOANS, figure);
        bool grants = outcome_has(OUTCOME_OF_GRANTS, figure);
        assert_true(loans || grants);
        assert_true(!(loans && grants) || outcome_kind_of(figure) == OUTCOME_IS_TEXT);
        if (outcome_is_summed(figure))
            assert_int_equal(outcome_of_figure(figure),
                             loans ? OUTCOME_OF_LOANS : OUTCOME_OF_GRANTS);
    }
}

/* Every figure has a name of its own by which it is found. */
static void test_names(void **state)
{
    (void)state;
    for (unsigned f = 0; f < OUTCOME_FIGURES; f++)
        assert_int_equal(outcome_find(text_of(outcome_name((enum outcome_figure)f))), f);
    assert_int_equal(outcome_find(text_of("profit")), OUTCOME_FIGURES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_figures), LEND_TEST(test_next_12_months), LEND_TEST(test_refused),
        LEND_TEST(test_grant),   LEND_TEST(test_kinds),          LEND_TEST(test_names),
    };
    return RUN(tests);
}
