/* grant_account.h: each event, and when it is refused (semantics 3, 9). */
#include "give.h"

#define REFUSED(slug) assert_string_equal(give_try(grant, "2026-12-31"), slug)

static void test_pay(void **unused)
{
    (void)unused;
    const struct grant *grant = give_grant(GIVE_RULES, "1000");
    (void)give_event("1", EVENT_PAY, "2024-01-10", "250", "T1");
    (void)give_event("2", EVENT_PAY, "2024-03-01", "350", "T1");
    (void)give(grant, "2026-12-31");
    assert_amount(give_result.state.paid, "600");
    assert_date(give_result.state.tranches[0].paid_on, "2024-01-10");
    assert_date(give_result.state.last_paid, "2024-03-01");
    (void)give_event("3", EVENT_PAY, "2024-03-01", "1", "T1");
    REFUSED("pay-above-tranche");
}

/* Agreed on 10 January: the day before is too early. */
static void test_before_agreed(void **unused)
{
    (void)unused;
    const struct grant *grant = give_grant(GIVE_RULES, "1000");
    (void)give_event("1", EVENT_PAY, "2024-01-09", "250", "T1");
    REFUSED("before-agreed");
}

/* The report and its acceptance come before the payment of the same day. */
static void test_release(void **unused)
{
    (void)unused;
    const struct grant *grant = give_grant(GIVE_RULES, "1000");
    (void)give_event("1", EVENT_PAY, "2024-02-01", "600", "T1");
    (void)give_event("2", EVENT_PAY, "2024-03-01", "400", "T2");
    REFUSED("pay-not-released");
    assert_string_equal(give_result.refusal.text,
                        "tranche T2 is not released: {accepted: R1} does not hold");
    (void)give_event("3", EVENT_ACCEPT, "2024-03-01", "", "R1");
    (void)give_event("4", EVENT_REPORT, "2024-03-01", "", "R1");
    REFUSED("none");
}

/* Half a year after 1 February is 1 August: the last day of payment. */
static void test_lapse(void **unused)
{
    static const char *const dates[] = {"2024-07-31", "2024-08-01", "2024-08-02"};
    (void)unused;
    for (unsigned i = 0; i < COUNT_OF(dates); i++) {
        const struct grant *grant = give_grant(GIVE_RULES, "1000");
        lend_event_count = 0;
        (void)give_event("1", EVENT_PAY, "2024-02-01", "600", "T1");
        (void)give_event("2", EVENT_REPORT, "2024-03-01", "", "R1");
        (void)give_event("3", EVENT_ACCEPT, "2024-03-01", "", "R1");
        (void)give_event("4", EVENT_PAY, dates[i], "400", "T2");
        REFUSED(i < 2 ? "none" : "tranche-lapsed");
    }
}

static void test_reports(void **unused)
{
    (void)unused;
    const struct grant *grant = give_grant(GIVE_RULES, "1000");
    (void)give_event("1", EVENT_ACCEPT, "2024-02-01", "", "R1");
    REFUSED("report-not-submitted");
    (void)give_event("2", EVENT_REPORT, "2024-01-31", "", "R1");
    REFUSED("none");
    (void)give_event("3", EVENT_REJECT, "2024-02-02", "", "R1");
    REFUSED("report-not-submitted");
    struct event *again = give_event("4", EVENT_REPORT, "2024-02-01", "", "R1");
    REFUSED("report-submitted");
    again->date = again->recorded = D("2024-02-03");
    lend_find("3")->date = lend_find("3")->recorded = D("2024-01-31");
    lend_find("1")->date = lend_find("1")->recorded = D("2024-02-04");
    REFUSED("none");
    (void)give_event("5", EVENT_SPEND, "2024-02-05", "10", "R1");
    REFUSED("report-accepted");
}

/* A cost whose report was accepted with an earlier date later on does nothing. */
static void test_overtaken(void **unused)
{
    (void)unused;
    const struct grant *grant = give_grant(GIVE_RULES, "1000");
    (void)give_event("1", EVENT_PAY, "2024-01-15", "600", "T1");
    (void)give_event("2", EVENT_SPEND, "2024-02-01", "100", "R1");
    (void)give_event("3", EVENT_REPORT, "2024-02-02", "", "R1");
    (void)give_event("4", EVENT_SPEND, "2024-02-10", "50", "R1");
    struct event *accept = give_event("5", EVENT_ACCEPT, "2024-02-09", "", "R1");
    REFUSED("report-accepted");
    accept->recorded = D("2024-02-11");
    REFUSED("none");
    assert_amount(give_result.state.accounted, "100");
    (void)give_event("6", EVENT_RETURN, "2024-02-01", "700", "");
    REFUSED("return-above-paid");
    lend_find("1")->recorded = D("2024-02-02"); /* money is not excused */
    REFUSED("return-above-paid");
}

static void test_return(void **unused)
{
    (void)unused;
    const struct grant *grant = give_grant(GIVE_RULES, "1000");
    (void)give_event("1", EVENT_PAY, "2024-01-15", "600", "T1");
    (void)give_event("2", EVENT_RETURN, "2024-01-15", "600", "");
    REFUSED("none");
    (void)give_event("3", EVENT_RETURN, "2024-01-16", "1", "");
    REFUSED("return-above-paid");
}

static void test_cancel(void **unused)
{
    (void)unused;
    const struct grant *grant = give_grant(GIVE_RULES, "1000");
    (void)give_event("1", EVENT_CANCEL, "2024-01-15", "", "");
    REFUSED("none");
    assert_true(give_result.state.cancelled);
    struct event *pay = give_event("2", EVENT_PAY, "2024-01-16", "600", "T1");
    REFUSED("after-end");
    pay->date = pay->recorded = D("2024-01-15"); /* comes first on that day */
    REFUSED("nothing-to-cancel");
}

/* Reversing equals never having had it. */
static void test_reverse(void **unused)
{
    (void)unused;
    const struct grant *grant = give_grant(GIVE_RULES, "1000");
    (void)give_event("1", EVENT_PAY, "2024-01-15", "600", "T1");
    (void)give_event("2", EVENT_RETURN, "2024-01-16", "100", "");
    (void)lend_reverse("3", "2024-01-20", "2");
    (void)give(grant, "2024-12-31");
    assert_amount(give_result.state.returned, "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_pay),    LEND_TEST(test_before_agreed), LEND_TEST(test_release),
        LEND_TEST(test_lapse),  LEND_TEST(test_reports),       LEND_TEST(test_overtaken),
        LEND_TEST(test_return), LEND_TEST(test_cancel),        LEND_TEST(test_reverse),
    };
    return RUN(tests);
}
