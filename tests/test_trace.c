/* trace.h: what made an account what it is; account_copy(): an account that goes on by itself. */
#include "lend.h"

#include "allocation.h"
#include "trace.h"

static struct account account;
static struct trace trace;

#define PENALTY                                                                                    \
    LEND_RULES "penalty: {kind: per-day, rate: 1/1000, rounding: {unit: 1, mode: down}}\n"

/* 3,000 in three rows from 10 February on, 1,500 paid on 1 March; each step noted, up to ${as_of}.
 */
static void follow(const char *yaml, const char *as_of)
{
    struct account_refusal refusal;
    lend_event_count = 0;
    struct event *payment = lend_event("p", EVENT_REPAY, "2024-03-01", "1500");
    const struct loan *loan = lend_loan(yaml, "3000", "2024-01-10", "", 3);
    lend_resolve(as_of, "");
    account_begin(&account, &expect_arena, loan, lend_events, lend_event_count);
    trace_begin(&trace, &expect_arena);
    assert_true(account_disburse_by_book(&account, &refusal));
    trace_note(&trace, &account, TRACE_BY_BOOK, loan->disbursed, NULL);
    trace_advance(&trace, &account, payment->date);
    assert_true(account_apply(&account, payment, &refusal));
    trace_note(&trace, &account, TRACE_BY_EVENT, payment->date, payment);
    trace_finish(&trace, &account, D(as_of));
}

static const char *at(int32_t row, enum trace_field field, const char *date)
{
    return amount_string(trace_at(&trace, row, field, D(date)));
}

/* 500 of the payment are held for row 2, due on 10 March. */
static void test_changes(void **state)
{
    (void)state;
    follow(LEND_RULES, "2024-06-30");
    assert_string_equal(at(1, TRACE_PRINCIPAL_DUE, "2024-01-10"), "1000");
    assert_string_equal(at(1, TRACE_PRINCIPAL_PAID, "2024-02-29"), "0");
    assert_string_equal(at(1, TRACE_PRINCIPAL_PAID, "2024-03-01"), "1000");
    assert_string_equal(at(1, TRACE_PAID_LATE, "2024-03-01"), "1000");
    assert_string_equal(at(2, TRACE_PRINCIPAL_PAID, "2024-03-09"), "0");
    assert_string_equal(at(2, TRACE_PRINCIPAL_PAID, "2024-03-10"), "500");
    assert_string_equal(at(TRACE_NO_ROW, TRACE_CREDIT, "2024-03-09"), "500");
    assert_string_equal(at(TRACE_NO_ROW, TRACE_OUTSTANDING, "2024-03-09"), "2000");
    assert_string_equal(at(TRACE_NO_ROW, TRACE_OUTSTANDING, "2024-03-10"), "1500");
    const struct trace_step *last = &trace.steps[trace.step_count - 1];
    assert_int_equal(last->cause, TRACE_BY_DAY);
    assert_true(date_equal(last->date, D("2024-03-10")));
    assert_int_equal(last->lines, 1);
}

/* Row 1 was late for 20 days, up to 1 March; row 2 from 11 March on with 500. */
static void test_penalties(void **state)
{
    struct fraction sum[4] = {
        {AMOUNT_ZERO, A("1")}, {AMOUNT_ZERO, A("1")}, {AMOUNT_ZERO, A("1")}, {AMOUNT_ZERO, A("1")}};
    (void)state;
    follow(PENALTY, "2024-03-13");
    for (size_t i = 0; i < trace.penalty_count; i++) {
        const struct trace_penalty *penalty = &trace.penalties[i];
        for (int32_t k = 0; k < penalty->times; k++)
            sum[penalty->row] = fraction_add(&expect_arena, sum[penalty->row], penalty->added);
    }
    assert_int_equal(fraction_compare(&expect_arena, sum[1], (struct fraction){A("20"), A("1")}),
                     0);
    assert_int_equal(fraction_compare(&expect_arena, sum[3], (struct fraction){A("0"), A("1")}), 0);
    assert_string_equal(at(1, TRACE_PENALTY_DUE, "2024-03-13"), "20");
    assert_int_equal(trace.penalty_count, 2); /* of row 1 and of row 2, each day alike */
}

/* Rows have the names that schedule.csv gives them, zero rows others. */
static void test_names(void **state)
{
    static const char grace[] = LEND_HEAD LEND_PRINCIPAL
        "schedule: {installments: 3, every: 1 month, split: equal,\n"
        "  grace: {length: 2 months, place: before-term, list_rows: true},\n"
        "  due: {missing_day: last-of-month}, rounding: {unit: 1, mode: down, residual: "
        "last}}\n" LEND_ALLOCATION LEND_ARREARS;
    struct loan *loan = lend_loan(grace, "3000", "2024-01-10", "", 3);
    (void)state;
    loan->grace = 2;
    lend_event_count = 0;
    lend_account(&account, loan, "2024-02-01");
    assert_int_equal(account.row_count, 5);
    assert_int_equal(trace_row_key(&account, 0), -1);
    assert_int_equal(trace_row_key(&account, 1), -2);
    assert_int_equal(trace_row_key(&account, 2), 1);
}

static void test_copy(void **state)
{
    struct account copy;
    struct arena arena;
    const struct event payment = {.type = EVENT_REPAY, .date = D("2024-03-13"), .counts = true};
    (void)state;
    follow(PENALTY, "2024-03-13");
    struct amount outstanding = account.totals.outstanding;
    size_t lines = account.line_count;
    arena_init(&arena, NULL);
    account_copy(&copy, &account, &arena);
    allocation_pay(&copy, &payment, A("5000"));
    account_finish(&copy, D("2024-12-31"));
    assert_true(amount_is_zero(copy.totals.outstanding));
    assert_int_equal(amount_compare(account.totals.outstanding, outstanding), 0);
    assert_int_equal(account.line_count, lines);
    assert_true(account_row_is_open(&account.rows[2]));
    assert_string_equal(at(2, TRACE_PENALTY_DUE, "2024-03-13"),
                        amount_string(row_due(&expect_arena, &account.rows[1], COMPONENT_PENALTY)));
    arena_free(&arena);
    assert_null(account_law(&account));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_changes),
        LEND_TEST(test_penalties),
        LEND_TEST(test_names),
        LEND_TEST(test_copy),
    };
    return RUN(tests);
}
