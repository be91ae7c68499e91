/* account_law(): it holds for a sound account and names each figure that is off by one. */
#include "lend.h"

static struct account account;

static void make(void)
{
    lend_event_count = 0;
    (void)lend_event("p", EVENT_REPAY, "2024-02-10", "400");
    (void)lend_event("r", EVENT_REFUND, "2024-02-11", "7");
    lend_account(&account, lend_loan(LEND_RULES, "1000", "2024-01-10", "", 3), "2024-02-28");
    assert_null(account_law(&account));
}

static void test_every_total(void **state)
{
    struct amount *const totals[] = {
        &account.totals.disbursed,
        &account.totals.repaid,
        &account.totals.written_off,
        &account.totals.outstanding,
        &account.totals.received,
        &account.totals.refunded,
        &account.totals.credit,
        &account.totals.recovered_principal,
        &account.totals.forgiven,
        &account.totals.charged_back[COMPONENT_PRINCIPAL],
        &account.totals.charged_back[COMPONENT_FEE],
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(totals); i++)
        for (int by = -1; by <= 1; by += 2) {
            make();
            *totals[i] = amount_add(&expect_arena, *totals[i], amount_of(by));
            assert_non_null(account_law(&account));
        }
}

static void test_every_row(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 3; i++)
        for (unsigned c = 0; c < COMPONENTS; c++) {
            make();
            account.rows[i].paid[c] =
                amount_add(&expect_arena, account.rows[i].paid[c], amount_of(1));
            assert_non_null(account_law(&account));
            make();
            account.rows[i].due_of[COMPONENT_PRINCIPAL] = amount_add(
                &expect_arena, account.rows[i].due_of[COMPONENT_PRINCIPAL], amount_of(1));
            assert_non_null(account_law(&account));
            make();
            account.rows[i].paid[c] = amount_of(-1);
            assert_non_null(account_law(&account));
        }
}

/* Figures that cancel each other out are still seen. */
static void test_pairs(void **state)
{
    (void)state;
    make();
    account.totals.disbursed = amount_of(1001);
    account.totals.outstanding =
        amount_add(&expect_arena, account.totals.outstanding, amount_of(1));
    assert_non_null(account_law(&account));
    make();
    account.totals.outstanding = amount_of(-1);
    account.totals.repaid = amount_of(1001);
    assert_non_null(account_law(&account));
    make();
    account.totals.credit = amount_of(-1);
    account.totals.refunded = amount_of(68);
    assert_non_null(account_law(&account));
}

static void test_pending_account(void **state)
{
    (void)state;
    lend_account(&account, lend_loan(LEND_RULES, "1000", "", "2024-01-10", 3), "2024-02-28");
    assert_null(account_law(&account));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_every_total),
        LEND_TEST(test_every_row),
        LEND_TEST(test_pairs),
        LEND_TEST(test_pending_account),
    };
    return RUN(tests);
}
