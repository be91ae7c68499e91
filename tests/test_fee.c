/* fee.h: what each amount paid out makes due (semantics 4, 7). */
#include "lend.h"

static struct account account;

#define ROUND ", rounding: {unit: 1, mode: half-up}"
#define FEE(id, amount, when, collect)                                                             \
    "  - {id: " id ", amount: " amount ", when: " when ", collect: " collect "}\n"
#define SHARE(id, rate, of, when, collect)                                                         \
    FEE(id, "{rate: " rate ", of: " of "}", when, collect ROUND)
#define DOWN                                                                                       \
    LEND_HEAD "principal: {min: 100, max: 1_000_000}\n"                                            \
              "schedule: {installments: 3, every: 1 month, split: equal, down_payment: 10%,\n"     \
              "  due: {missing_day: last-of-month}, rounding: {unit: 1, mode: down,\n"             \
              "  residual: last}}\n" LEND_ALLOCATION LEND_ARREARS
#define STEPS                                                                                      \
    LEND_HEAD "principal: {min: 400, max: 5000}\n"                                                 \
              "schedule: {every: 1 month, split: {fixed: 100}, due: {missing_day:\n"               \
              "  last-of-month}}\n" LEND_ALLOCATION LEND_ARREARS
#define NEXT LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE "allocation: {excess: next}\n" LEND_ARREARS

/* A loan of 1000 in 3 rows, disbursed on 10 January. */
static const char *rows_of(const char *yaml, const char *as_of)
{
    lend_account(&account, lend_loan(yaml, "1000", "2024-01-10", "", 3), as_of);
    return lend_rows(&account);
}

/* The same, paid out by events. */
static const char *tranches_of(const char *yaml, const char *as_of)
{
    lend_account(&account, lend_loan(yaml, "1000", "", "2024-01-01", 3), as_of);
    return lend_rows(&account);
}

static void test_each_way(void **state)
{
    (void)state;
    assert_string_equal(
        rows_of(LEND_RULES "fees:\n" FEE("a", "25", "disbursement", "deduct"), "2024-01-10"),
        "0 2024-01-10 0/0 fee 25/25; 1 2024-02-10 333/0; 2 2024-03-10 333/0; "
        "3 2024-04-10 334/0");
    assert_string_equal(amount_string(account.totals.deducted), "25");
    assert_string_equal(date_string(account.rows[0].paid_on), "2024-01-10");
    assert_string_equal(lend_totals(&account), "1000 0 0 0 1000 0 0 0");
    assert_string_equal(
        rows_of(LEND_RULES "fees:\n" FEE("a", "25", "disbursement", "upfront"), "2024-01-10"),
        "0 2024-01-10 0/0 fee 25/0; 1 2024-02-10 333/0; 2 2024-03-10 333/0; 3 2024-04-10 334/0");
    assert_string_equal(rows_of(LEND_RULES
                                "fees:\n" FEE("a", "25", "disbursement", "with-installment"),
                                "2024-01-10"),
                        "1 2024-02-10 333/0 fee 25/0; 2 2024-03-10 333/0; 3 2024-04-10 334/0");
    assert_string_equal(
        rows_of(LEND_RULES "fees:\n" FEE("a", "25", "each-installment", "with-installment"),
                "2024-01-10"),
        "1 2024-02-10 333/0 fee 25/0; 2 2024-03-10 333/0 fee 25/0; 3 2024-04-10 334/0 fee 25/0");
    assert_string_equal(rows_of(LEND_RULES
                                "fees:\n" FEE("a", "25", "{installment: 3}", "with-installment"),
                                "2024-01-10"),
                        "1 2024-02-10 333/0; 2 2024-03-10 333/0; 3 2024-04-10 334/0 fee 25/0");
    assert_string_equal(rows_of(LEND_RULES
                                "fees:\n" FEE("a", "25", "{installment: 4}", "with-installment"),
                                "2024-01-10"),
                        "1 2024-02-10 333/0; 2 2024-03-10 333/0; 3 2024-04-10 334/0");
}

/* Each is rounded alone: 0.25 % of 1000, 333 and 334 is 2.5, 0.8325 and 0.835. */
static void test_shares(void **state)
{
    (void)state;
    assert_string_equal(
        rows_of(LEND_RULES "fees:\n" SHARE("a", "0.25%", "principal", "disbursement", "upfront")
                    SHARE("b", "0.25%", "disbursed", "disbursement", "upfront")
                        SHARE("c", "0.25%", "installment", "each-installment", "with-installment"),
                "2024-01-10"),
        "0 2024-01-10 0/0 fee 6/0; 1 2024-02-10 333/0 fee 1/0; 2 2024-03-10 333/0 fee 1/0; "
        "3 2024-04-10 334/0 fee 1/0");
    /* 0.04 % of 1000 is 0.4: nothing, and no row for it */
    assert_string_equal(
        rows_of(LEND_RULES "fees:\n" SHARE("a", "0.04%", "principal", "disbursement", "upfront"),
                "2024-01-10"),
        "1 2024-02-10 333/0; 2 2024-03-10 333/0; 3 2024-04-10 334/0");
}

/* Row 0 has both; what is deducted does not pay for the rest of it. */
static void test_down_payment(void **state)
{
    (void)state;
    const char *rules = DOWN "fees:\n" FEE("a", "5", "disbursement", "deduct")
        FEE("b", "7", "disbursement", "upfront")
            FEE("c", "2", "each-installment", "with-installment");
    assert_string_equal(rows_of(rules, "2024-01-10"),
                        "0 2024-01-10 100/0 fee 12/5; 1 2024-02-10 300/0 fee 2/0; "
                        "2 2024-03-10 300/0 fee 2/0; 3 2024-04-10 300/0 fee 2/0");
    lend_event("p", EVENT_REPAY, "2024-01-10", "107");
    assert_string_equal(rows_of(rules, "2024-01-10"),
                        "0 2024-01-10 100/100 fee 12/12; "
                        "1 2024-02-10 300/0 fee 2/0; 2 2024-03-10 300/0 fee 2/0; "
                        "3 2024-04-10 300/0 fee 2/0");
}

/* Fees of the principal fall once, those of what is disbursed with each tranche. */
static void test_tranches(void **state)
{
    (void)state;
    const char *rules =
        LEND_RULES "fees:\n" SHARE("a", "1%", "principal", "disbursement", "upfront")
            SHARE("b", "2%", "disbursed", "disbursement", "deduct")
                SHARE("c", "10%", "disbursed", "disbursement", "with-installment")
                    SHARE("d", "1%", "installment", "each-installment", "with-installment");
    lend_event("a", EVENT_DISBURSE, "2024-01-10", "300");
    assert_string_equal(tranches_of(rules, "2024-01-10"),
                        "0 2024-01-10 0/0 fee 16/6; 1 2024-02-10 100/0 fee 31/0; "
                        "2 2024-03-10 100/0 fee 1/0; 3 2024-04-10 100/0 fee 1/0");
    lend_event("b", EVENT_DISBURSE, "2024-02-10", "400");
    assert_string_equal(tranches_of(rules, "2024-02-10"),
                        "0 2024-01-10 0/0 fee 16/6; 1 2024-02-10 100/0 fee 31/0; "
                        "4 2024-02-10 0/0 fee 8/8; "
                        "2 2024-03-10 300/0 fee 41/0; 3 2024-04-10 300/0 fee 1/0");
    assert_string_equal(amount_string(account.totals.deducted), "14");
    /* on the first one's day: an extra row, as row 0 is the first one's alone */
    lend_find("b")->date = lend_find("b")->recorded = D("2024-01-10");
    assert_string_equal(tranches_of(rules, "2024-01-10"),
                        "0 2024-01-10 0/0 fee 16/6; 4 2024-01-10 0/0 fee 8/8; "
                        "1 2024-02-10 233/0 fee 71/0; 2 2024-03-10 233/0 fee 1/0; "
                        "3 2024-04-10 234/0 fee 1/0");
}

/* A tranche with a down payment: its own row, also where two are of one day. */
static void test_tranches_down(void **state)
{
    (void)state;
    const char *rules = DOWN "fees:\n" SHARE("a", "2%", "disbursed", "disbursement", "upfront");
    lend_event("a", EVENT_DISBURSE, "2024-01-10", "300");
    lend_event("b", EVENT_DISBURSE, "2024-01-20", "400");
    lend_event("c", EVENT_DISBURSE, "2024-01-20", "300");
    assert_string_equal(tranches_of(rules, "2024-01-20"),
                        "0 2024-01-10 30/0 fee 6/0; 4 2024-01-20 40/0 fee 8/0; "
                        "5 2024-01-20 30/0 fee 6/0; 1 2024-02-10 300/0; 2 2024-03-10 300/0; "
                        "3 2024-04-10 300/0");
}

/* Rows that `fixed` makes for a later tranche bear no other fees of the program. */
static void test_new_rows(void **state)
{
    (void)state;
    const char *rules = STEPS "fees:\n" FEE("a", "3", "each-installment", "with-installment");
    lend_event("a", EVENT_DISBURSE, "2024-01-10", "200");
    lend_event("b", EVENT_DISBURSE, "2024-01-20", "100");
    assert_string_equal(tranches_of(rules, "2024-01-20"),
                        "1 2024-02-10 100/0 fee 3/0; 2 2024-03-10 100/0 fee 3/0; "
                        "3 2024-04-10 100/0");
}

/* A paid row that a tranche's fee reopens takes held credit at once under `next`. */
static void test_reopened(void **state)
{
    (void)state;
    const char *rules =
        NEXT "fees:\n" SHARE("a", "10%", "disbursed", "disbursement", "with-installment");
    lend_event("a", EVENT_DISBURSE, "2024-01-10", "300");
    lend_event("p", EVENT_REPAY, "2024-01-15", "335");
    lend_event("z", EVENT_DISBURSE, "2024-01-20", "30");
    assert_string_equal(tranches_of(rules, "2024-01-15"),
                        "1 2024-02-10 100/100 fee 30/30; "
                        "2 2024-03-10 100/100; 3 2024-04-10 100/100");
    assert_string_equal(tranches_of(rules, "2024-01-20"),
                        "1 2024-02-10 110/102 fee 33/33; 2 2024-03-10 110/100; "
                        "3 2024-04-10 110/100");
}

/* No fee in a row due on or before the opening, and no row for it. */
static void test_opening(void **state)
{
    (void)state;
    const char *rules = LEND_RULES "fees:\n" FEE("a", "25", "disbursement", "deduct")
        FEE("b", "9", "each-installment", "with-installment");
    lend_event("o", EVENT_OPENING, "2024-03-10", "500");
    assert_string_equal(rows_of(rules, "2024-03-10"), "1 2024-02-10 333/333; 2 2024-03-10 333/167; "
                                                      "3 2024-04-10 334/0 fee 9/0");
    assert_string_equal(amount_string(account.totals.deducted), "0");
}

static void test_refused(void **state)
{
    (void)state;
    const char *rules = LEND_RULES "fees:\n" FEE("a", "100", "disbursement", "deduct")
        SHARE("b", "90%", "disbursed", "disbursement", "deduct");
    const struct loan *loan = lend_loan(rules, "1000", "", "2024-01-01", 3);
    lend_event("a", EVENT_DISBURSE, "2024-01-10", "999"); /* 100 + 899.1 */
    assert_string_equal(lend_refusal(loan, "2024-01-10", ""), "none");
    lend_find("a")->amount = A("994"); /* 100 + 894.6, rounded up: one too much */
    assert_string_equal(lend_refusal(loan, "2024-01-10", ""), "fee-above-disbursement");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_each_way), LEND_TEST(test_shares),        LEND_TEST(test_down_payment),
        LEND_TEST(test_tranches), LEND_TEST(test_tranches_down), LEND_TEST(test_new_rows),
        LEND_TEST(test_reopened), LEND_TEST(test_opening),       LEND_TEST(test_refused),
    };
    return RUN(tests);
}
