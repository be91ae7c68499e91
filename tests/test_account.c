/* account.h: events in order, what each refuses, and money lent anew (semantics 4 to 6). */
#include "lend.h"

static struct account account;

/* Disbursed by the book on 10 January 2024: 333, 333, 334 on the 10th of February to April. */
static struct loan *by_book(void)
{
    return lend_loan(LEND_RULES, "1000", "2024-01-10", "", 3);
}

/* Agreed on 10 January 2024, to be disbursed by an event. */
static struct loan *by_event(void)
{
    return lend_loan(LEND_RULES, "1000", "", "2024-01-10", 3);
}

static struct event *event(const char *id, enum event_type type, const char *date,
                           const char *amount)
{
    return lend_event(id, type, date, amount);
}

static const char *refusal(const struct loan *loan)
{
    const char *slug = lend_refusal(loan, "2025-12-31", "");
    lend_event_count = 0;
    return slug;
}

/* --- disbursement, opening, cancel --- */

static void test_disburse(void **state)
{
    (void)state;
    lend_account(&account, by_event(), "2024-01-31");
    assert_int_equal(account.stage, ACCOUNT_PENDING);
    assert_int_equal(account.row_count, 0);
    event("d", EVENT_DISBURSE, "2024-01-20", "600");
    lend_account(&account, by_event(), "2024-01-31");
    assert_int_equal(account.stage, ACCOUNT_RUNNING);
    assert_string_equal(lend_rows(&account),
                        "1 2024-02-20 200/0; 2 2024-03-20 200/0; 3 2024-04-20 200/0");
    assert_int_equal(account.highest_n, 3);
    assert_int_equal(account.payout_count, 1);
    assert_string_equal(lend_totals(&account), "600 0 0 0 600 0 0 0");
    lend_account(&account, by_event(), "2024-01-19");
    assert_int_equal(account.stage, ACCOUNT_PENDING);
}

static void test_disburse_refusals(void **state)
{
    (void)state;
    event("d", EVENT_DISBURSE, "2024-01-20", "600");
    assert_string_equal(refusal(by_book()), "disburse-not-taken");
    event("d", EVENT_DISBURSE, "2024-01-20", "600");
    event("e", EVENT_DISBURSE, "2024-01-21", "401");
    assert_string_equal(refusal(by_event()), "disburse-above-principal");
    event("d", EVENT_DISBURSE, "2024-01-20", "600");
    event("e", EVENT_DISBURSE, "2024-04-20", "400");
    assert_string_equal(refusal(by_event()), "disburse-no-row");
    event("d", EVENT_DISBURSE, "2024-01-09", "600");
    assert_string_equal(refusal(by_event()), "before-agreed");
    event("d", EVENT_DISBURSE, "2024-01-10", "1001");
    assert_string_equal(refusal(by_event()), "disburse-above-principal");
    event("d", EVENT_DISBURSE, "2024-01-10", "2");
    assert_string_equal(refusal(by_event()), "plan-row-vanishes"); /* 2 / 3 rounds down to 0 */
    event("d", EVENT_DISBURSE, "2199-11-10", "1000");
    struct loan *late = lend_loan(LEND_RULES, "1000", "", "2199-10-31", 3);
    struct account_refusal why;
    assert_false(lend_try(&account, late, "2199-12-31", "", &why));
    assert_code(why.code, FAULT_PLAN_TOO_LATE);
    assert_true(strlen(why.text) > 0);
}

static void test_before_disbursement(void **state)
{
    static const enum event_type types[] = {EVENT_REPAY, EVENT_REFUND, EVENT_OPENING,
                                            EVENT_WRITE_OFF, EVENT_RECOVER};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        event("x", types[i], "2024-01-09", "1");
        assert_string_equal(refusal(by_book()), "before-disbursement");
        event("x", types[i], "2024-03-09", "1");
        assert_string_equal(refusal(by_event()), "before-disbursement");
    }
    event("c", EVENT_COLLATERAL, "2023-12-01", "500"); /* may come before the agreement */
    event("d", EVENT_DISBURSE, "2024-01-10", "1000");
    event("p", EVENT_REPAY, "2024-01-10", "10"); /* on the day, after the disbursement */
    lend_account(&account, by_event(), "2024-01-10");
    assert_amount(account.collateral, "500");
    assert_amount(account.totals.credit, "10");
}

static void test_opening(void **state)
{
    (void)state;
    event("o", EVENT_OPENING, "2024-03-20", "400");
    event("p", EVENT_REPAY, "2024-04-01", "266");
    lend_account(&account, by_book(), "2024-04-01");
    assert_string_equal(lend_totals(&account), "1000 666 0 0 334 666 0 0");
    assert_amount(account.at_opening.outstanding, "600");
    assert_ptr_equal(account.taken_over_by, lend_find("o"));
    lend_event_count = 0;
    event("o", EVENT_OPENING, "2024-03-20", "0"); /* nothing repaid so far */
    lend_account(&account, by_book(), "2024-04-01");
    assert_string_equal(lend_totals(&account), "1000 0 0 0 1000 0 0 0");
    lend_event_count = 0;
    event("o", EVENT_OPENING, "2024-03-20", "1001");
    assert_string_equal(refusal(by_book()), "opening-above-principal");
    event("o", EVENT_OPENING, "2024-03-20", "400");
    event("q", EVENT_OPENING, "2024-03-21", "400");
    assert_string_equal(refusal(by_book()), "opening-again");
    event("p", EVENT_REPAY, "2024-03-19", "1");
    event("o", EVENT_OPENING, "2024-03-20", "400");
    assert_string_equal(refusal(by_book()), "before-opening");
}

static void test_exists(void **state)
{
    struct loan *loan = by_event();
    (void)state;
    loan->recorded = D("2024-01-15");
    assert_false(account_exists(loan, NULL, 0, D("2024-01-09"), DATE_UNLIMITED));
    assert_true(account_exists(loan, NULL, 0, D("2024-01-10"), DATE_UNLIMITED));
    assert_false(account_exists(loan, NULL, 0, D("2024-01-31"), D("2024-01-14")));
    assert_true(account_exists(loan, NULL, 0, D("2024-01-31"), D("2024-01-15")));
    event("o", EVENT_OPENING, "2024-03-20", "0");
    lend_resolve("2024-03-19", "");
    assert_false(account_exists(loan, lend_events, 1, D("2024-03-19"), DATE_UNLIMITED));
    lend_resolve("2024-03-20", "");
    assert_true(account_exists(loan, lend_events, 1, D("2024-03-20"), DATE_UNLIMITED));
    lend_resolve("2024-03-19", "2024-03-19"); /* the opening is not yet known */
    assert_true(account_exists(loan, lend_events, 1, D("2024-03-19"), D("2024-03-19")));
    lend_reverse("r", "2024-04-01", "o");
    lend_resolve("2024-03-19", "");
    assert_true(account_exists(loan, lend_events, 2, D("2024-03-19"), DATE_UNLIMITED));
}

static void test_cancel(void **state)
{
    (void)state;
    event("c", EVENT_CANCEL, "2024-02-01", "");
    lend_account(&account, by_event(), "2024-02-01");
    assert_int_equal(account.stage, ACCOUNT_CANCELLED);
    lend_event_count = 0;
    event("c", EVENT_CANCEL, "2024-01-09", "");
    assert_string_equal(refusal(by_event()), "before-agreed");
    event("c", EVENT_CANCEL, "2024-02-01", "");
    assert_string_equal(refusal(by_book()), "nothing-to-cancel");
    event("c", EVENT_CANCEL, "2024-02-01", "");
    event("k", EVENT_COLLATERAL, "2024-02-02", "1");
    assert_string_equal(refusal(by_event()), "after-end");
    event("d", EVENT_DISBURSE, "2024-02-01", "1000");
    event("c", EVENT_CANCEL, "2024-02-01", "");
    assert_string_equal(refusal(by_event()),
                        "nothing-to-cancel"); /* disburse comes first on a day */
    /* right when it was made: the disbursement before it was told of later */
    event("d", EVENT_DISBURSE, "2024-01-31", "1000")->recorded = D("2024-02-02");
    event("c", EVENT_CANCEL, "2024-02-01", "");
    lend_account(&account, by_event(), "2024-02-28");
    assert_int_equal(account.stage, ACCOUNT_RUNNING);
}

/* --- reversals --- */

static void test_reversed_is_as_if_never(void **state)
{
    (void)state;
    event("p", EVENT_REPAY, "2024-02-10", "333");
    event("q", EVENT_REPAY, "2024-03-10", "333");
    lend_reverse("r", "2024-04-01", "p");
    lend_account(&account, by_book(), "2024-03-31");
    assert_string_equal(lend_rows(&account),
                        "1 2024-02-10 333/333; 2 2024-03-10 333/0; 3 2024-04-10 334/0");
    assert_date(account.rows[0].paid_on, "2024-03-10");
    assert_string_equal(lend_lines(&account), "q 2024-03-10 1 333 0");
}

/* --- refunds beyond the credit --- */

static void test_refund_refused(void **state)
{
    (void)state;
    event("p", EVENT_REPAY, "2024-02-01", "100");
    event("r", EVENT_REFUND, "2024-02-02", "101");
    assert_string_equal(refusal(by_book()), "refund-above-credit");
}

/* A payment refunded in good faith, then reversed: the money went out, so it is lent anew. */
static void test_uncovered_refund(void **state)
{
    (void)state;
    event("p", EVENT_REPAY, "2024-02-01", "100");
    event("r", EVENT_REFUND, "2024-02-02", "100");
    lend_reverse("x", "2024-02-05", "p");
    lend_account(&account, by_book(), "2024-02-09");
    assert_string_equal(lend_totals(&account), "1100 0 0 0 1100 0 0 0");
    assert_string_equal(lend_rows(&account),
                        "1 2024-02-10 433/0; 2 2024-03-10 333/0; 3 2024-04-10 334/0");
    assert_string_equal(lend_lines(&account), ""); /* D14: nothing of it came out of credit */
    assert_int_equal(account.payout_count, 2);
    /* a reverse recorded before the refund does not excuse it */
    lend_find("x")->recorded = D("2024-02-01");
    assert_string_equal(lend_refusal(by_book(), "2024-02-09", ""), "refund-above-credit");
    lend_find("x")->recorded = D("2024-02-02"); /* on the day of the refund it does */
    assert_string_equal(lend_refusal(by_book(), "2024-02-09", ""), "none");
    assert_string_equal(lend_refusal(by_book(), "2024-02-09", "2024-02-04"),
                        "none"); /* before it was known */
}

/* One part from credit, the rest anew; what one refund has used no other uses. */
static void test_uncovered_in_parts(void **state)
{
    (void)state;
    event("p", EVENT_REPAY, "2024-02-01", "100");
    event("q", EVENT_REPAY, "2024-02-01", "30");
    event("r", EVENT_REFUND, "2024-02-02", "90");
    event("s", EVENT_REFUND, "2024-02-03", "40");
    lend_reverse("x", "2024-02-05", "p");
    lend_account(&account, by_book(), "2024-02-09");
    /* r takes the 30 of q and 60 of p; s the 40 left of p */
    assert_string_equal(lend_totals(&account), "1100 0 0 0 1100 30 30 0");
    assert_string_equal(lend_lines(&account), "q 2024-02-01 -1 0 30; r 2024-02-02 -1 0 -30");
    event("t", EVENT_REFUND, "2024-02-04", "1");
    assert_string_equal(lend_refusal(by_book(), "2024-02-09", ""), "refund-above-credit");
}

static void test_where_new_principal_falls_due(void **state)
{
    static const struct {
        const char *refund, *rows;
    } cases[] = {
        {"2024-02-09", "1 2024-02-10 343/0; 2 2024-03-10 333/0; 3 2024-04-10 334/0"},
        {"2024-02-10",
         "1 2024-02-10 333/0; 2 2024-03-10 343/0; 3 2024-04-10 334/0"}, /* strictly after */
        {"2024-04-10",
         "1 2024-02-10 333/0; 2 2024-03-10 333/0; 3 2024-04-10 344/0"}, /* the last due date */
        {"2024-04-11",
         "1 2024-02-10 333/0; 2 2024-03-10 333/0; 3 2024-04-10 334/0; 4 2024-04-11 10/0"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        lend_event_count = 0;
        event("p", EVENT_REPAY, "2024-02-01", "10");
        event("r", EVENT_REFUND, cases[i].refund, "10");
        lend_reverse("x", "2024-06-01", "p");
        lend_account(&account, by_book(), "2024-06-01");
        assert_string_equal(lend_rows(&account), cases[i].rows);
    }
}

/* Two of one day share the extra row, a later one makes its own; a paid row is open again. */
static void test_extra_rows(void **state)
{
    (void)state;
    event("p", EVENT_REPAY, "2024-02-01", "30");
    event("q", EVENT_REPAY, "2024-04-10", "1000");
    event("r", EVENT_REFUND, "2024-04-11", "10");
    event("s", EVENT_REFUND, "2024-04-11", "5");
    event("t", EVENT_REFUND, "2024-04-12", "5");
    lend_reverse("x", "2024-06-01", "p");
    lend_account(&account, by_book(), "2024-06-01");
    assert_string_equal(lend_rows(&account),
                        "1 2024-02-10 333/333; 2 2024-03-10 333/333; 3 2024-04-10 334/334; "
                        "4 2024-04-11 15/0; 5 2024-04-12 5/0");
    lend_event_count = 0;
    event("p", EVENT_REPAY, "2024-02-01", "30");
    event("q", EVENT_REPAY, "2024-04-10", "1000");
    event("r", EVENT_REFUND, "2024-04-10",
          "10"); /* refund follows repay on the day: reopens row 3 */
    lend_reverse("x", "2024-06-01", "p");
    lend_account(&account, by_book(), "2024-06-01");
    assert_string_equal(lend_rows(&account),
                        "1 2024-02-10 333/333; 2 2024-03-10 333/333; 3 2024-04-10 344/334");
    assert_date(account.rows[2].paid_on, "");
    assert_int_equal(account.first_open, 2);
}

/* --- write-off and recovery --- */

static void test_write_off(void **state)
{
    (void)state;
    event("p", EVENT_REPAY, "2024-02-10", "333");
    event("w", EVENT_WRITE_OFF, "2024-06-01", "");
    event("v", EVENT_RECOVER, "2024-07-01", "400");
    event("q", EVENT_REPAY, "2024-08-01", "300");
    lend_account(&account, by_book(), "2024-06-30");
    assert_string_equal(lend_totals(&account), "1000 333 667 0 0 333 0 0");
    lend_account(&account, by_book(), "2024-07-01");
    assert_string_equal(lend_totals(&account), "1000 333 667 400 0 733 0 0");
    assert_string_equal(lend_rows(&account),
                        "1 2024-02-10 333/333; 2 2024-03-10 333/333; 3 2024-04-10 334/67");
    lend_account(&account, by_book(), "2024-08-01"); /* up to the claim, then credit */
    assert_string_equal(lend_totals(&account), "1000 333 667 667 0 1033 0 33");
}

/* After it every row counts as due, and held credit is not used. */
static void test_write_off_before_the_last_due_date(void **state)
{
    (void)state;
    event("p", EVENT_REPAY, "2024-02-01", "50");
    event("w", EVENT_WRITE_OFF, "2024-02-05", "");
    event("v", EVENT_RECOVER, "2024-02-06", "500");
    lend_account(&account, by_book(), "2024-05-01");
    assert_string_equal(lend_totals(&account), "1000 0 1000 500 0 550 0 50");
    assert_string_equal(lend_rows(&account),
                        "1 2024-02-10 333/333; 2 2024-03-10 333/167; 3 2024-04-10 334/0");
}

static void test_write_off_refusals(void **state)
{
    (void)state;
    event("p", EVENT_REPAY, "2024-04-10", "1000");
    event("w", EVENT_WRITE_OFF, "2024-06-01", "");
    assert_string_equal(refusal(by_book()), "nothing-to-write-off");
    event("w", EVENT_WRITE_OFF, "2024-06-01", "");
    event("z", EVENT_WRITE_OFF, "2024-07-01", "");
    assert_string_equal(refusal(by_book()), "nothing-to-write-off");
    event("v", EVENT_RECOVER, "2024-06-01", "10");
    assert_string_equal(refusal(by_book()), "nothing-to-recover");
    event("w", EVENT_WRITE_OFF, "2024-06-01", "");
    event("o", EVENT_OPENING, "2024-07-01", "0");
    assert_string_not_equal(refusal(by_book()), "none");
    event("d", EVENT_DISBURSE, "2024-01-10", "1000");
    event("w", EVENT_WRITE_OFF, "2024-06-01", "");
    event("e", EVENT_DISBURSE, "2024-07-01", "10");
    assert_string_equal(refusal(by_event()), "after-write-off");
}

/* Right when it was made, since a payment dated before it was told of later: it does nothing. */
static void test_overtaken_write_off(void **state)
{
    (void)state;
    event("p", EVENT_REPAY, "2024-05-01", "1000")->recorded = D("2024-06-02");
    event("w", EVENT_WRITE_OFF, "2024-06-01", "");
    lend_account(&account, by_book(), "2024-06-30");
    assert_int_equal(account.stage, ACCOUNT_RUNNING);
    assert_string_equal(lend_totals(&account), "1000 1000 0 0 0 1000 0 0");
}

/* The second step ends the claim, at the earliest when the program's wait is over. */
static void test_write_off_absolute(void **state)
{
    const char *yaml = LEND_RULES "write_off: {wait: 1 month}\n";
    (void)state;
    event("w", EVENT_WRITE_OFF, "2024-01-31", "");
    event("v", EVENT_RECOVER, "2024-02-10", "100");
    event("a", EVENT_WRITE_OFF_ABSOLUTE, "2024-02-29", "");
    lend_account(&account, lend_loan(yaml, "1000", "2024-01-10", "", 3), "2024-02-29");
    assert_int_equal(account.stage, ACCOUNT_ENDED);
    struct position position;
    position_of(&account, D("2024-02-29"), &position);
    assert_int_equal(position.status, STATUS_ENDED);
    assert_amount(position.figure[FIGURE_CLAIM], "0");
    assert_amount(position.figure[FIGURE_WRITTEN_OFF], "1000");
    assert_amount(position.figure[FIGURE_RECOVERED], "100");
    assert_int_equal(position_row_status(&account, &account.rows[0], D("2024-02-29")),
                     ROW_WRITTEN_OFF);
    event("x", EVENT_RECOVER, "2024-03-01", "1");
    assert_string_equal(
        lend_refusal(lend_loan(yaml, "1000", "2024-01-10", "", 3), "2024-03-01", ""), "after-end");
    lend_event_count = 0;
    event("w", EVENT_WRITE_OFF, "2024-01-31", "");
    event("a", EVENT_WRITE_OFF_ABSOLUTE, "2024-02-28", "");
    assert_string_equal(
        lend_refusal(lend_loan(yaml, "1000", "2024-01-10", "", 3), "2024-03-01", ""),
        "write-off-wait");
    assert_string_equal(refusal(by_book()), "none"); /* without the clause there is no wait */
    event("a", EVENT_WRITE_OFF_ABSOLUTE, "2024-02-28", "");
    assert_string_equal(refusal(by_book()), "nothing-to-end");
    event("w", EVENT_WRITE_OFF, "2024-01-31", "");
    event("a", EVENT_WRITE_OFF_ABSOLUTE, "2024-02-28", "");
    lend_reverse("r", "2024-03-05", "w")->date = D("2024-02-28"); /* excused: right when made */
    lend_account(&account, by_book(), "2024-03-31");
    assert_int_equal(account.stage, ACCOUNT_RUNNING);
}

/* A recovery whose write-off was reversed is a repayment. */
static void test_recover_after_reversed_write_off(void **state)
{
    (void)state;
    event("w", EVENT_WRITE_OFF, "2024-06-01", "");
    event("v", EVENT_RECOVER, "2024-07-01", "400");
    lend_reverse("x", "2024-08-01", "w");
    lend_account(&account, by_book(), "2024-08-31");
    assert_int_equal(account.stage, ACCOUNT_RUNNING);
    assert_string_equal(lend_totals(&account), "1000 400 0 0 600 400 0 0");
    lend_find("w")->date = D("2024-07-02"); /* a write-off behind it in the order is not its own */
    assert_string_equal(lend_refusal(by_book(), "2024-08-31", ""), "nothing-to-recover");
}

static void test_uncovered_refund_after_write_off(void **state)
{
    (void)state;
    event("p", EVENT_REPAY, "2024-02-01", "100");
    event("w", EVENT_WRITE_OFF, "2024-06-01", "");
    event("r", EVENT_REFUND, "2024-06-02", "100");
    lend_reverse("x", "2024-06-05", "p");
    lend_account(&account, by_book(), "2024-06-30");
    assert_string_equal(lend_totals(&account), "1100 0 1100 0 0 0 0 0");
}

static void test_freeze(void **state)
{
    (void)state;
    event("f", EVENT_FREEZE, "2024-02-10", "");
    event("u", EVENT_UNFREEZE, "2024-02-20", "");
    event("f2", EVENT_FREEZE, "2024-03-01", "");
    lend_account(&account, by_book(), "2024-03-31");
    static const struct {
        const char *after, *upto;
        int32_t days;
    } cases[] = {
        {"2024-01-31", "2024-02-10", 0},  {"2024-01-31", "2024-02-11", 1},
        {"2024-01-31", "2024-02-20", 10}, {"2024-02-10", "2024-02-29", 10},
        {"2024-02-15", "2024-02-18", 3},  {"2024-02-19", "2024-03-01", 1},
        {"2024-02-20", "2024-03-01", 0},  {"2024-01-31", "2024-03-31", 40},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(account_frozen_days(&account, D(cases[i].after), D(cases[i].upto)),
                         cases[i].days);
}

static void test_freeze_refusals(void **state)
{
    (void)state;
    event("f", EVENT_FREEZE, "2024-02-10", "");
    event("g", EVENT_FREEZE, "2024-02-12", "");
    assert_string_equal(lend_refusal(by_book(), "2024-03-31", ""), "frozen-already");
    event("e", EVENT_COLLATERAL, "2024-02-12", "1")->recorded = D("2024-03-01");
    assert_string_equal(lend_refusal(by_book(), "2024-03-31", ""), "none"); /* excused */
    lend_event_count = 0;
    event("u", EVENT_UNFREEZE, "2024-02-12", "");
    assert_string_equal(lend_refusal(by_book(), "2024-03-31", ""), "not-frozen");
    event("e", EVENT_COLLATERAL, "2024-02-12", "1")->recorded = D("2024-03-01");
    assert_string_equal(lend_refusal(by_book(), "2024-03-31", ""), "none");
    lend_event_count = 0;
    event("f", EVENT_FREEZE, "2024-01-01", "");
    assert_string_equal(lend_refusal(by_book(), "2024-03-31", ""), "before-disbursement");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_disburse),
        LEND_TEST(test_disburse_refusals),
        LEND_TEST(test_before_disbursement),
        LEND_TEST(test_opening),
        LEND_TEST(test_exists),
        LEND_TEST(test_cancel),
        LEND_TEST(test_reversed_is_as_if_never),
        LEND_TEST(test_refund_refused),
        LEND_TEST(test_uncovered_refund),
        LEND_TEST(test_uncovered_in_parts),
        LEND_TEST(test_where_new_principal_falls_due),
        LEND_TEST(test_extra_rows),
        LEND_TEST(test_write_off),
        LEND_TEST(test_write_off_before_the_last_due_date),
        LEND_TEST(test_write_off_refusals),
        LEND_TEST(test_overtaken_write_off),
        LEND_TEST(test_write_off_absolute),
        LEND_TEST(test_recover_after_reversed_write_off),
        LEND_TEST(test_uncovered_refund_after_write_off),
        LEND_TEST(test_freeze),
        LEND_TEST(test_freeze_refusals),
    };
    return RUN(tests);
}
