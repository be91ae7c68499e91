/* position.h: every figure of arrears.csv by hand (semantics 8). */
#include "lend.h"

static struct account account;
static struct position position;

#define WITH_ARREARS(arrears)                                                                      \
    LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE LEND_ALLOCATION "arrears: {" arrears "}\n"
#define CLASSES                                                                                    \
    "classes: [{id: good, range: 0..30, provision: 0.5%}, {id: poor, range: 31..60, provision: "   \
    "1/3}, "                                                                                       \
    "{id: bad, range: 61.., provision: 100%}], non_performing: [poor, bad]"
#define PROVISION "provision: {rounding: {unit: 1, mode: half-up}}"
#define USUAL WITH_ARREARS("count_from: day-after-due, " CLASSES ", " PROVISION)

/* 1000 on 10 January 2024: 333, 333, 334 due on 10 February, March, April. */
static void at(const char *yaml, const char *as_of)
{
    lend_account(&account, lend_loan(yaml, "1000", "2024-01-10", "", 3), as_of);
    position_of(&account, D(as_of), &position);
}

static const char *figure(enum figure figure)
{
    return amount_string(position.figure[figure]);
}

static void assert_lateness(int32_t days, const char *class, int32_t installments,
                            const char *oldest)
{
    assert_int_equal(position.days_past_due, days);
    assert_text(position_class(&position), class);
    assert_int_equal(position.installments_overdue, installments);
    assert_date(position.oldest_due, oldest);
}

static void test_before_and_on_the_due_date(void **state)
{
    (void)state;
    at(USUAL, "2024-02-09");
    assert_int_equal(position.status, STATUS_ACTIVE);
    assert_lateness(0, "good", 0, "");
    assert_string_equal(figure(FIGURE_DUE_TO_DATE), "0");
    assert_string_equal(figure(FIGURE_PROVISION), "5"); /* 0.5 % of 1000 */
    at(USUAL, "2024-02-10");
    assert_lateness(0, "good", 0, ""); /* due, not overdue */
    assert_string_equal(figure(FIGURE_DUE_TO_DATE), "333");
    assert_string_equal(figure(FIGURE_OVERDUE), "0");
}

static void test_late(void **state)
{
    (void)state;
    (void)lend_event("p", EVENT_REPAY, "2024-02-20", "100");
    at(USUAL, "2024-02-11");
    assert_lateness(1, "good", 1, "2024-02-10");
    at(USUAL, "2024-03-11"); /* 29 February: 30 days */
    assert_lateness(30, "good", 2, "2024-02-10");
    assert_string_equal(figure(FIGURE_OVERDUE), "566");
    assert_string_equal(figure(FIGURE_DUE_TO_DATE), "666");
    assert_string_equal(figure(FIGURE_PAID_TO_DATE), "100");
    assert_string_equal(figure(FIGURE_NON_PERFORMING), "0");
    assert_string_equal(figure(FIGURE_PAR0), "900");
    assert_string_equal(figure(FIGURE_PAR30), "0");
    assert_string_equal(figure(FIGURE_PROVISION), "5"); /* 4.5: a tie goes up */
    at(USUAL, "2024-03-12");
    assert_lateness(31, "poor", 2, "2024-02-10");
    assert_string_equal(figure(FIGURE_PAR30), "900");
    assert_string_equal(figure(FIGURE_NON_PERFORMING), "900");
    assert_string_equal(figure(FIGURE_PROVISION), "300");
    assert_string_equal(figure(FIGURE_NET_VALUE), "600");
    at(USUAL, "2024-04-11"); /* 61 days */
    assert_lateness(61, "bad", 3, "2024-02-10");
    assert_string_equal(figure(FIGURE_PAR60), "900");
    assert_string_equal(figure(FIGURE_PAR90), "0");
    assert_string_equal(figure(FIGURE_PROVISION), "900");
    at(USUAL, "2024-05-11");
    assert_string_equal(figure(FIGURE_PAR90), "900");
}

static void test_count_from(void **state)
{
    static const struct {
        const char *arrears, *as_of;
        int32_t days;
    } cases[] = {
        {"count_from: day-after-due, " CLASSES, "2024-02-10", 0},
        {"count_from: day-after-due, " CLASSES, "2024-02-15", 5},
        {"count_from: due-date, " CLASSES, "2024-02-10", 0}, /* not late on the day */
        {"count_from: due-date, " CLASSES, "2024-02-11", 2}, /* the due date was day 1 */
        {"count_from: end-of-tolerance, tolerance: 5 days, " CLASSES, "2024-02-15", 0},
        {"count_from: end-of-tolerance, tolerance: 5 days, " CLASSES, "2024-02-16", 1},
        {"count_from: day-after-due, tolerance: 5 days, " CLASSES, "2024-02-15", 0},
        {"count_from: day-after-due, tolerance: 5 days, " CLASSES, "2024-02-16", 6},
        {"count_from: due-date, tolerance: 5 days, " CLASSES, "2024-02-16", 7},
        {"count_from: day-after-due, ignore_below: 333, " CLASSES, "2024-02-15", 5},
        {"count_from: day-after-due, ignore_below: 334, " CLASSES, "2024-02-15", 0},
        {"count_from: day-after-due, ignore_below: 334, " CLASSES, "2024-03-11", 30},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char yaml[2000];
        (void)snprintf(yaml, sizeof yaml,
                       LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE LEND_ALLOCATION
                       "arrears: {%s, " PROVISION "}\n",
                       cases[i].arrears);
        at(yaml, cases[i].as_of);
        if (position.days_past_due != cases[i].days)
            fail_msg("%s at %s: %d", cases[i].arrears, cases[i].as_of, position.days_past_due);
        /* tolerated or ignored, it is still overdue (D2) */
        bool late = strcmp(cases[i].as_of, "2024-02-10") > 0;
        assert_int_equal(position.installments_overdue > 0, late);
    }
}

static void test_collateral(void **state)
{
    const char *yaml = WITH_ARREARS(
        "count_from: day-after-due, " CLASSES
        ", provision: {less: collateral, less_not_for: [good], rounding: {unit: 10, mode: up}}");
    (void)state;
    (void)lend_event("c", EVENT_COLLATERAL, "2024-02-01", "400");
    (void)lend_event("e", EVENT_COLLATERAL, "2024-04-20", "5000");
    at(yaml, "2024-02-15");
    assert_string_equal(figure(FIGURE_PROVISION_BASE), "1000");
    assert_string_equal(figure(FIGURE_PROVISION), "10"); /* 5, up to a multiple of 10 */
    at(yaml, "2024-03-31");
    assert_string_equal(figure(FIGURE_PROVISION_BASE), "600");
    assert_string_equal(figure(FIGURE_PROVISION), "200");
    at(yaml, "2024-04-30"); /* not below zero */
    assert_string_equal(figure(FIGURE_PROVISION_BASE), "0");
    assert_string_equal(figure(FIGURE_PROVISION), "0");
}

static void test_statuses(void **state)
{
    (void)state;
    (void)lend_event("p", EVENT_REPAY, "2024-04-10", "1000");
    at(USUAL, "2024-04-10");
    assert_int_equal(position.status, STATUS_CLOSED);
    assert_int_equal(position.class_index, POSITION_NO_CLASS);
    assert_text(position_class(&position), "");
    assert_string_equal(figure(FIGURE_PROVISION), "0");
    lend_event_count = 0;
    (void)lend_event("w", EVENT_WRITE_OFF, "2024-06-01", "");
    (void)lend_event("v", EVENT_RECOVER, "2024-07-01", "400");
    at(USUAL, "2024-07-01");
    assert_int_equal(position.status, STATUS_WRITTEN_OFF);
    assert_string_equal(figure(FIGURE_OUTSTANDING), "0");
    assert_string_equal(figure(FIGURE_WRITTEN_OFF), "1000");
    assert_string_equal(figure(FIGURE_RECOVERED), "400");
    assert_string_equal(figure(FIGURE_CLAIM), "600");
    assert_string_equal(figure(FIGURE_OVERDUE), "0");
    assert_string_equal(figure(FIGURE_DUE_TO_DATE), "1000");
    assert_string_equal(figure(FIGURE_PAID_TO_DATE), "400"); /* recoveries included */
    assert_lateness(0, "", 0, "");
    lend_event_count = 0;
    lend_account(&account, lend_loan(USUAL, "1000", "", "2024-01-10", 3), "2024-02-01");
    position_of(&account, D("2024-02-01"), &position);
    assert_int_equal(position.status, STATUS_PENDING);
    (void)lend_event("c", EVENT_CANCEL, "2024-02-01", "");
    lend_account(&account, lend_loan(USUAL, "1000", "", "2024-01-10", 3), "2024-02-01");
    position_of(&account, D("2024-02-01"), &position);
    assert_int_equal(position.status, STATUS_CANCELLED);
    assert_string_equal(position_status_name(STATUS_WRITTEN_OFF), "written-off");
}

/* A loan paid in advance is closed even with rows not yet due; credit does not count as paid. */
static void test_closed_needs_rows_paid(void **state)
{
    (void)state;
    (void)lend_event("p", EVENT_REPAY, "2024-02-01", "1000");
    at(USUAL, "2024-02-09");
    assert_int_equal(position.status, STATUS_ACTIVE);
    assert_string_equal(figure(FIGURE_CREDIT), "1000");
    assert_string_equal(figure(FIGURE_OUTSTANDING), "1000");
}

static void test_current_and_non_current(void **state)
{
    (void)state;
    /* 15 rows of 66 (the last 76) on the 31st or last: as of 29 February 2024, current is due by 28
     * February 2025 */
    lend_account(&account, lend_loan(USUAL, "1000", "2024-01-31", "", 15), "2024-02-29");
    position_of(&account, D("2024-02-29"), &position);
    /* rows 1..13 fall due 29 February 2024 .. 28 February 2025; rows 14, 15 later: 66 + 76 */
    assert_string_equal(figure(FIGURE_NON_CURRENT), "142");
    assert_string_equal(figure(FIGURE_CURRENT), "858");
}

/* The version in force at as-of classes the loan, whatever was signed. */
static void test_report_version(void **state)
{
    const char *yaml = USUAL "amendments:\n  - {from: 2024-03-01, set: ["
                             "{path: arrears.classes.good.provision, was: 1/200, value: 10%}]}\n";
    (void)state;
    at(yaml, "2024-02-29");
    assert_string_equal(figure(FIGURE_PROVISION), "5");
    at(yaml, "2024-03-01");
    assert_string_equal(figure(FIGURE_PROVISION), "100");
}

static void test_rows(void **state)
{
    static const enum row_status expected[] = {ROW_OVERDUE, ROW_DUE, ROW_FUTURE};
    (void)state;
    at(USUAL, "2024-03-10");
    for (unsigned i = 0; i < 3; i++) {
        assert_int_equal(position_row_status(&account, &account.rows[i], D("2024-03-10")),
                         expected[i]);
        assert_int_equal(
            position_row_days_late(&account, expected[i], &account.rows[i], D("2024-03-10")),
            i == 0 ? 29 : 0);
    }
    (void)lend_event("p", EVENT_REPAY, "2024-02-10", "333");
    (void)lend_event("w", EVENT_WRITE_OFF, "2024-03-10", "");
    at(USUAL, "2024-03-10");
    assert_int_equal(position_row_status(&account, &account.rows[0], D("2024-03-10")), ROW_PAID);
    assert_int_equal(position_row_status(&account, &account.rows[2], D("2024-03-10")),
                     ROW_WRITTEN_OFF);
    assert_string_equal(position_row_status_name(ROW_WRITTEN_OFF), "written-off");
    assert_string_equal(position_row_status_name(ROW_PAID), "paid");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_before_and_on_the_due_date),
        LEND_TEST(test_late),
        LEND_TEST(test_count_from),
        LEND_TEST(test_collateral),
        LEND_TEST(test_statuses),
        LEND_TEST(test_closed_needs_rows_paid),
        LEND_TEST(test_current_and_non_current),
        LEND_TEST(test_report_version),
        LEND_TEST(test_rows),
    };
    return RUN(tests);
}
