/* loan_budget.h: what a loan claims of its program's budget. */
#include "lend.h"

#include "loan_budget.h"

#define LIMITED                                                                                    \
    LEND_HEAD "principal: {min: 100, max: 1_000_000, budget: {2024: 1_500}}\n" LEND_SCHEDULE       \
        LEND_ALLOCATION LEND_ARREARS

static struct buffer claims;

static void claim_as(const char *account_id, struct loan *loan, const char *as_of)
{
    struct account account;
    struct budget_claim claim;
    loan->account_id = text_of(account_id);
    lend_account(&account, loan, as_of);
    loan_budget_claim(&claim, &account);
    budget_pack(&claims, &claim, 1);
    lend_event_count = 0;
}

/* What of the budget stood against L2, of 1000, `none` where it fits; judged after the claims. */
static const char *taken_before(struct loan *loan)
{
    struct faults unheard;
    struct budget budget;
    const char *found = "none";
    faults_init(&unheard);
    struct sorter *sorter = sorter_new(NULL, SORTER_BYTES_MIN, "/tmp", &unheard);
    claim_as("L2", loan, "2024-12-31");
    assert_true(sorter_add_packed(sorter, (struct text){claims.bytes, claims.len}));
    budget_init(&budget, NULL, 1);
    assert_true(budget_judge(&budget, sorter));
    const struct budget_refusal *refusal = budget_refused(&budget, 0, text_of("L2"));
    if (refusal != NULL)
        found = amount_string(refusal->taken);
    budget_free(&budget);
    sorter_free(sorter);
    faults_free(&unheard);
    claims.len = 0;
    return found;
}

static void test_claims(void **state)
{
    (void)state;
    claim_as("L1", lend_loan(LIMITED, "600", "2024-01-10", "", 3), "2024-12-31");
    assert_string_equal(taken_before(lend_loan(LIMITED, "1000", "2024-02-10", "", 3)), "600");
    /* all that was agreed, paid out or not */
    lend_event("a", EVENT_DISBURSE, "2024-01-10", "100");
    claim_as("L1", lend_loan(LIMITED, "600", "", "2024-01-10", 3), "2024-12-31");
    assert_string_equal(taken_before(lend_loan(LIMITED, "1000", "2024-02-10", "", 3)), "600");
    /* cancelled by then, and only then */
    lend_event("c", EVENT_CANCEL, "2024-02-10", "");
    claim_as("L1", lend_loan(LIMITED, "600", "", "2024-01-10", 3), "2024-12-31");
    assert_string_equal(taken_before(lend_loan(LIMITED, "1000", "2024-02-10", "", 3)), "none");
    lend_event("c", EVENT_CANCEL, "2024-02-11", "");
    claim_as("L1", lend_loan(LIMITED, "600", "", "2024-01-10", 3), "2024-12-31");
    assert_string_equal(taken_before(lend_loan(LIMITED, "1000", "2024-02-10", "", 3)), "600");
}

/* A cancel excused by a later record has no effect, and frees nothing. */
static void test_cancel_without_effect(void **state)
{
    (void)state;
    lend_event("c", EVENT_CANCEL, "2024-02-01", "");
    lend_event("p", EVENT_REPAY, "2024-01-20", "5")->recorded = D("2024-03-01");
    claim_as("L1", lend_loan(LIMITED, "600", "2024-01-10", "", 3), "2024-12-31");
    assert_string_equal(taken_before(lend_loan(LIMITED, "1000", "2024-02-10", "", 3)), "600");
}

static void test_years(void **state)
{
    (void)state;
    claim_as("L1", lend_loan(LIMITED, "600", "2023-12-31", "", 3), "2024-12-31");
    assert_string_equal(taken_before(lend_loan(LIMITED, "1000", "2024-02-10", "", 3)), "none");
    /* 2023 is not named: nothing to give */
    assert_string_equal(taken_before(lend_loan(LIMITED, "1000", "2023-12-31", "", 3)), "0");
    assert_string_equal(taken_before(lend_loan(LEND_RULES, "1000", "2023-12-31", "", 3)), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_claims),
        LEND_TEST(test_cancel_without_effect),
        LEND_TEST(test_years),
    };
    buffer_init(&claims, NULL);
    int failed = RUN(tests);
    buffer_free(&claims);
    return failed;
}
