/* grant_position.h: the figures of grant_positions.csv, on the day before, on and after each
 * deadline (semantics 9). */
#include "give.h"

/* 600 paid on 1 February 2024; R1 is due on 1 May, missing for the clawback from 1 July on. */
static const struct grant *paid_grant(void)
{
    const struct grant *grant = give_grant(GIVE_RULES, "1000");
    lend_event_count = 0;
    (void)give_event("1", EVENT_PAY, "2024-02-01", "600", "T1");
    return grant;
}

static void test_status(void **unused)
{
    (void)unused;
    const struct grant *grant = paid_grant();
    assert_int_equal(give(grant, "2024-01-31")->status, GRANT_STATUS_AGREED);
    assert_int_equal(give(grant, "2024-02-01")->status, GRANT_STATUS_ACTIVE);
    assert_false((give_try(grant, "2024-01-09"), give_result.exists));
    (void)give_event("2", EVENT_SPEND, "2024-03-01", "600", "R1");
    (void)give_event("3", EVENT_REPORT, "2024-03-01", "", "R1");
    (void)give_event("4", EVENT_ACCEPT, "2024-03-01", "", "R1");
    assert_int_equal(give(grant, "2024-08-01")->status, GRANT_STATUS_ACTIVE);
    assert_amount(give(grant, "2024-08-01")->lapsed, "0");
    assert_int_equal(give(grant, "2024-08-02")->status, GRANT_STATUS_COMPLETED);
    assert_amount(give(grant, "2024-08-02")->lapsed, "400");
}

static void test_reports(void **unused)
{
    static const struct {
        const char *as_of;
        int due, overdue, days;
    } cases[] = {{"2024-04-30", 0, 0, 0},
                 {"2024-05-01", 1, 0, 0},
                 {"2024-05-02", 1, 1, 1},
                 {"2025-01-10", 2, 1, 254},
                 {"2025-01-11", 2, 2, 255}};
    (void)unused;
    for (unsigned i = 0; i < COUNT_OF(cases); i++) {
        const struct grant_position *position = give(paid_grant(), cases[i].as_of);
        assert_int_equal(position->reports_due, cases[i].due);
        assert_int_equal(position->figure[GRANT_REPORTS_OVERDUE].word, cases[i].overdue);
        assert_int_equal(position->days_report_overdue, cases[i].days);
    }
}

/* 60 days after 1 May are 30 June. */
static void test_clawback_of_a_missing_report(void **unused)
{
    (void)unused;
    assert_amount(give(paid_grant(), "2024-06-30")->clawback, "0");
    const struct grant_position *position = give(paid_grant(), "2024-07-01");
    assert_amount(position->clawback, "600");
    assert_text(position->clause, "late");
    assert_int_equal(position->status, GRANT_STATUS_REFUND);
    assert_date(position->refund_due, "");
    assert_text(position->class_id, "good");
    assert_amount(position->figure[GRANT_PROVISION], "3");
}

/* Payable 30 days after the notice of 5 July: 4 August; bad from the 31st day after it, 4
 * September. */
static void test_refund(void **unused)
{
    static const struct {
        const char *as_of;
        int days;
        const char *class_id, *provision;
    } cases[] = {{"2024-08-04", 0, "good", "3"},
                 {"2024-08-05", 1, "good", "3"},
                 {"2024-09-03", 30, "good", "3"},
                 {"2024-09-04", 31, "bad", "500"}};
    (void)unused;
    for (unsigned i = 0; i < COUNT_OF(cases); i++) {
        const struct grant *grant = paid_grant();
        (void)give_event("2", EVENT_NOTICE, "2024-07-05", "", "late");
        (void)give_event("3", EVENT_NOTICE, "2024-07-01", "", "rest"); /* does not hold */
        (void)give_event("4", EVENT_RETURN, "2024-08-10", "100", "");
        const struct grant_position *position = give(grant, cases[i].as_of);
        assert_date(position->refund_due, "2024-08-04");
        assert_int_equal(position->days_refund_overdue, cases[i].days);
        assert_text(position->class_id, cases[i].class_id);
        if (i == 3)
            assert_amount(position->figure[GRANT_REFUND_OUTSTANDING], "500");
        if (i == 0)
            assert_amount(position->figure[GRANT_PROVISION], "3");
        if (i == 3)
            assert_amount(position->figure[GRANT_PROVISION], cases[i].provision);
    }
}

/* Of 24 months nothing, one and all have passed; 600 x 23/24 = 575. */
static void test_declining(void **unused)
{
    static const struct {
        const char *sold, *clawback;
    } cases[] = {{"2024-01-31", "0"},   {"2024-02-01", "600"}, {"2024-02-29", "600"},
                 {"2024-03-01", "575"}, {"2026-01-31", "25"},  {"2026-02-01", "0"},
                 {"2026-02-02", "0"}};
    (void)unused;
    for (unsigned i = 0; i < COUNT_OF(cases); i++) {
        const struct grant *grant = paid_grant();
        (void)give_event("2", EVENT_REPORT, "2024-02-01", "", "R1");
        (void)give_event("3", EVENT_EVENT, cases[i].sold, "", "sold");
        assert_amount(give(grant, "2026-12-31")->clawback, cases[i].clawback);
        assert_text(give_result.position.clause, i == 0 || i > 4 ? "" : "sold");
    }
}

#define SUMS                                                                                       \
    "clawback: {combine: sum, payable: 0 days, clauses: [\n"                                       \
    "  {id: none, when: {accepted: R1}, amount: 700},\n"                                           \
    "  {id: some, when: agreement, amount: 150},\n"                                                \
    "  {id: more, when: {after: 2024-03-01}, amount: unaccounted}]}\n"

/* 150, then 150 + 600 but no more than the 600 that were paid. */
static void test_sum(void **unused)
{
    (void)unused;
    const struct grant *grant = give_grant(GIVE_HEAD GIVE_TRANCHES GIVE_REPORTS SUMS, "1000");
    (void)give_event("1", EVENT_PAY, "2024-02-01", "600", "T1");
    assert_amount(give(grant, "2024-03-01")->clawback, "150");
    assert_text(give_result.position.clause, "some");
    assert_amount(give(grant, "2024-03-02")->clawback, "600");
    assert_text(give_result.position.clause, "some more");
    assert_text(give_result.position.class_id, "");
}

/* to_account is never below 0: 600 accounted for, 100 given back beside it. */
static void test_to_account(void **unused)
{
    (void)unused;
    const struct grant *grant = paid_grant();
    assert_amount(give(grant, "2024-02-01")->figure[GRANT_TO_ACCOUNT], "600");
    (void)give_event("2", EVENT_SPEND, "2024-03-01", "900", "R1");
    (void)give_event("3", EVENT_REPORT, "2024-03-01", "", "R1");
    (void)give_event("4", EVENT_ACCEPT, "2024-03-01", "550", "R1");
    assert_amount(give(grant, "2024-03-01")->figure[GRANT_TO_ACCOUNT], "50");
    (void)give_event("5", EVENT_RETURN, "2024-03-02", "100", "");
    assert_amount(give(grant, "2024-03-02")->figure[GRANT_TO_ACCOUNT], "0");
}

static void test_cancelled(void **unused)
{
    (void)unused;
    const struct grant *grant = give_grant(GIVE_RULES, "1000");
    (void)give_event("1", EVENT_CANCEL, "2024-02-01", "", "");
    const struct grant_position *position = give(grant, "2024-02-01");
    assert_int_equal(position->status, GRANT_STATUS_CANCELLED);
    assert_string_equal(grant_status_name(position->status), "cancelled");
    assert_amount(position->figure[GRANT_AWARDED], "0");
}

/* A law that is broken is told. */
static void test_law(void **unused)
{
    (void)unused;
    const struct grant_position *position = give(paid_grant(), "2024-02-01");
    assert_null(grant_position_law(&give_result.state, position));
    give_result.position.clawback = A("601");
    assert_non_null(grant_position_law(&give_result.state, position));
    give_result.position.clawback = A("0");
    give_result.position.figure[GRANT_TO_ACCOUNT] = A("599");
    assert_non_null(grant_position_law(&give_result.state, position));
    give_result.position.figure[GRANT_TO_ACCOUNT] = A("600");
    give_result.state.returned = A("601");
    assert_non_null(grant_position_law(&give_result.state, position));
    give_result.state.returned = A("0");
    give_result.state.tranches[0].accounted = A("601");
    assert_non_null(grant_position_law(&give_result.state, position));
    give_result.state.tranches[0].accounted = A("1");
    assert_non_null(grant_position_law(&give_result.state, position));
    give_result.state.tranches[0].accounted = A("0");
    give_result.state.tranches[0].planned = A("601");
    assert_non_null(grant_position_law(&give_result.state, position));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_status),     LEND_TEST(test_reports),
        LEND_TEST(test_refund),     LEND_TEST(test_clawback_of_a_missing_report),
        LEND_TEST(test_declining),  LEND_TEST(test_sum),
        LEND_TEST(test_to_account), LEND_TEST(test_cancelled),
        LEND_TEST(test_law),
    };
    return RUN(tests);
}
