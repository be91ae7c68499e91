/* forgiveness.h: how much, and on which day. */
#include "lend.h"

#include "forgiveness.h"

static struct account account;

#define CLAUSE(item)                                                                               \
    LEND_RULES "forgiveness: [{id: f, rounding: {unit: 1, mode: half-up}, " item "}]\n"

static const char *would(const char *forgive, const char *disbursed)
{
    char yaml[1024];
    (void)snprintf(yaml, sizeof yaml, CLAUSE("when: {repaid: rest, by: 2030-01-01}, forgive: %s"),
                   forgive);
    const struct rule_scope *rules = lend_program(yaml)->versions[0].rules;
    return amount_string(
        forgiveness_amount(&expect_arena, rules->value[RULE_FORGIVENESS].items[0], A(disbursed)));
}

/* 25 % of the first 400 and 50 % of the next 200, below, on and above each border. */
static void test_amount(void **state)
{
    static const char bands[] = "{bands: [{up_to: 400, share: 25%}, {up_to: 600, share: 50%}]}";
    (void)state;
    assert_string_equal(would("{share: 1/3}", "100"), "33");
    assert_string_equal(would("{share: 1/2}", "101"), "51");
    assert_string_equal(would(bands, "0"), "0");
    assert_string_equal(would(bands, "396"), "99");
    assert_string_equal(would(bands, "400"), "100");
    assert_string_equal(would(bands, "402"), "101");
    assert_string_equal(would(bands, "600"), "200");
    assert_string_equal(would(bands, "900"), "200");
}

/* Forgiven by the end of ${as_of} of 30,000 in rows of 10,000 due on the 10th from February 2024.
 */
static const char *forgiven(const char *yaml, const char *as_of)
{
    lend_account(&account, lend_loan(yaml, "30000", "2024-01-10", "", 3), as_of);
    return amount_string(account.totals.forgiven);
}

static void test_deadline(void **state)
{
    static const char by[] = CLAUSE("when: {repaid: 1/3, by: 2024-02-10}, forgive: {share: 10%}");
    static const char within[] =
        CLAUSE("when: {repaid: 1/3, within: 1 month}, forgive: {share: 10%}");
    (void)state;
    lend_event_count = 0;
    (void)lend_event("p", EVENT_REPAY, "2024-02-10", "10000");
    assert_string_equal(forgiven(by, "2024-02-09"), "0");
    assert_string_equal(forgiven(by, "2024-02-10"), "3000");
    assert_string_equal(forgiven(within, "2024-06-10"), "3000");
    lend_event_count = 0;
    (void)lend_event("p", EVENT_REPAY, "2024-02-10", "9999");
    (void)lend_event("q", EVENT_REPAY, "2024-02-11", "1");
    assert_string_equal(forgiven(by, "2024-06-10"), "0");
    assert_string_equal(forgiven(within, "2024-06-10"), "0");
}

/* Held credit makes the share full on the day on which it pays a row, without an event. */
static void test_by_credit(void **state)
{
    static const char yaml[] =
        CLAUSE("when: {repaid: 2/3, by: 2030-01-01, never_late: true}, forgive: {share: 10%}");
    (void)state;
    lend_event_count = 0;
    (void)lend_event("p", EVENT_REPAY, "2024-02-10", "20000");
    assert_string_equal(forgiven(yaml, "2024-03-09"), "0");
    assert_string_equal(forgiven(yaml, "2024-03-10"), "3000");
    assert_string_equal(forgiven(yaml, "2024-12-31"), "3000");
}

/* A row that an opening leaves unpaid was late, even when it is paid that very day. */
static void test_after_opening(void **state)
{
    static const char yaml[] =
        CLAUSE("when: {repaid: 1/3, by: 2030-01-01, never_late: true}, forgive: {share: 10%}");
    (void)state;
    lend_event_count = 0;
    (void)lend_event("o", EVENT_OPENING, "2024-02-20", "0");
    (void)lend_event("p", EVENT_REPAY, "2024-02-20", "10000");
    assert_string_equal(forgiven(yaml, "2024-12-31"), "0");
    lend_event_count = 0;
    (void)lend_event("o", EVENT_OPENING, "2024-02-20", "10000");
    assert_string_equal(forgiven(yaml, "2024-12-31"), "3000");
}

/* A version that asks for less acts on its first day; the same id does not act again. */
static void test_by_version(void **state)
{
    static const char yaml[] = CLAUSE(
        "when: {repaid: 2/3, by: 2030-01-01}, forgive: {share: 10%}") "amendments:\n  - {from: "
                                                                      "2024-05-01, set: [{path: "
                                                                      "forgiveness.f.when.repaid, "
                                                                      "was: 2/3, value: 1/3}]}\n"
                                                                      "  - {from: 2024-06-01, set: "
                                                                      "[{path: "
                                                                      "forgiveness.f.forgive.share,"
                                                                      " was: 10%, value: 20%}]}\n";
    (void)state;
    lend_event_count = 0;
    (void)lend_event("p", EVENT_REPAY, "2024-02-10", "10000");
    assert_string_equal(forgiven(yaml, "2024-04-30"), "0");
    assert_string_equal(forgiven(yaml, "2024-05-01"), "3000");
    assert_string_equal(forgiven(yaml, "2024-12-31"), "3000");
}

/* b forgives a quarter once a third is repaid: 7,500; with 12,500 left, no more than the half that
 * a would forgive, a takes the rest at the end of the same day, whether or not that day is looked
 * at. */
static void test_chain(void **state)
{
    static const char chain[] =
        LEND_RULES "forgiveness: [{id: a, rounding: {unit: 1, mode: down}, "
                   "when: {repaid: rest, by: 2025-01-01}, forgive: {share: 1/2}}, "
                   "{id: b, rounding: {unit: 1, mode: down}, when: {repaid: 1/3, by: 2025-01-01}, "
                   "forgive: {share: 25%}}]\n";
    (void)state;
    lend_event_count = 0;
    (void)lend_event("p", EVENT_REPAY, "2024-02-10", "10000");
    assert_string_equal(forgiven(chain, "2024-02-10"), "20000");
    assert_string_equal(forgiven(chain, "2024-06-30"), "20000");
    assert_true(date_equal(account.rows[2].paid_on, D("2024-02-10")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_amount),        LEND_TEST(test_deadline),   LEND_TEST(test_by_credit),
        LEND_TEST(test_after_opening), LEND_TEST(test_by_version), LEND_TEST(test_chain),
    };
    return RUN(tests);
}
