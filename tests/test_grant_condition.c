/* grant_condition.h: each condition on the day before, on and after what it is about. */
#include "give.h"

static struct grant_state state;

/* A release condition in a program of its own; T1 is paid on 2024-02-01. */
static const struct rule_scope *condition(const char *text)
{
    char *yaml = arena_alloc(&expect_arena, 2000);
    (void)snprintf(yaml, 2000,
                   GIVE_HEAD "tranches: [{id: T1, amount: 60, release: agreement},\n"
                             "  {id: T2, remainder: true, release: %s}]\n" GIVE_REPORTS,
                   text);
    grant_state_begin(&state, &expect_arena, give_grant(yaml, "100"), 8);
    state.tranches[0].paid = state.paid = A("60");
    state.tranches[0].paid_on = state.last_paid = D("2024-02-01");
    return state.tranches[1].rules->value[RULE_TRANCHES_RELEASE].items[0];
}

static bool holds(const struct rule_scope *scope, const char *day)
{
    return grant_condition_failed(&state, scope, D(day)) == NULL;
}

static void happen(const char *name, const char *date)
{
    struct event *event = give_event("E", EVENT_EVENT, date, "", name);
    state.happened[state.happened_count++] = event;
}

static void test_agreement(void **unused)
{
    (void)unused;
    assert_true(holds(condition("agreement"), "2024-01-10"));
}

static void test_reports(void **unused)
{
    (void)unused;
    const struct rule_scope *submitted = condition("{submitted: R1}");
    assert_false(holds(submitted, "2024-06-01"));
    state.reports[0].submitted = D("2024-03-01");
    assert_true(holds(submitted, "2024-03-01"));
    const struct rule_scope *accepted = condition("{accepted: R1}");
    state.reports[0].submitted = D("2024-03-01");
    assert_false(holds(accepted, "2024-03-01"));
    state.reports[0].accepted = D("2024-03-02");
    assert_true(holds(accepted, "2024-03-02"));
}

/* R1 is due 90 days after 1 February: 1 May; 10 days later is 11 May. */
static void test_missing(void **unused)
{
    (void)unused;
    const struct rule_scope *missing = condition("{missing: R1, for: 10 days}");
    assert_false(holds(missing, "2024-05-10"));
    assert_false(holds(missing, "2024-05-11"));
    assert_true(holds(missing, "2024-05-12"));
    state.reports[0].stage = GRANT_REPORT_SUBMITTED;
    assert_false(holds(missing, "2024-05-12"));
    state.reports[0].stage = GRANT_REPORT_REJECTED;
    assert_true(holds(missing, "2024-05-12"));
    state.reports[0].stage = GRANT_REPORT_ACCEPTED;
    assert_false(holds(missing, "2024-05-12"));
    state.reports[0].stage = GRANT_REPORT_AWAITED;
    state.tranches[0].paid_on = DATE_NONE; /* no due date */
    assert_false(holds(missing, "2024-05-12"));
}

/* 80 % of 60 are 48. */
static void test_accounted(void **unused)
{
    (void)unused;
    const struct rule_scope *accounted = condition("{accounted: T1, at_least: 80%}");
    state.tranches[0].accounted = A("47");
    assert_false(holds(accounted, "2024-05-01"));
    state.tranches[0].accounted = A("48");
    assert_true(holds(accounted, "2024-05-01"));
    state.tranches[0].paid = state.tranches[0].accounted = A("0");
    assert_false(holds(accounted, "2024-05-01"));
}

static void test_event(void **unused)
{
    (void)unused;
    const struct rule_scope *event = condition("{event: opened}");
    assert_false(holds(event, "2024-05-01"));
    happen("closed", "2024-04-01");
    assert_false(holds(event, "2024-05-01"));
    happen("opened", "2024-04-01");
    assert_true(holds(event, "2024-05-01"));
}

/* From the payment on 1 February to 1 March, both included. */
static void test_event_within(void **unused)
{
    static const char *const dates[] = {"2024-01-31", "2024-02-01", "2024-03-01", "2024-03-02"};
    (void)unused;
    for (unsigned i = 0; i < COUNT_OF(dates); i++) {
        const struct rule_scope *event = condition("{event: sold, within: 1 month, of: T1.paid}");
        happen("sold", dates[i]);
        assert_int_equal(holds(event, "2024-12-31"), i == 1 || i == 2);
        state.tranches[0].paid_on = DATE_NONE;
        assert_false(holds(event, "2024-12-31"));
    }
}

static void test_after(void **unused)
{
    (void)unused;
    const struct rule_scope *after = condition("{after: 2024-05-01}");
    assert_false(holds(after, "2024-04-30"));
    assert_false(holds(after, "2024-05-01"));
    assert_true(holds(after, "2024-05-02"));
}

/* What fails is named: the first of an `all`, an `any` as a whole. */
static void test_tree(void **unused)
{
    (void)unused;
    const struct rule_scope *tree = condition(
        "{all: [agreement, {any: [{accepted: R1}, {event: waived}]}, {after: 2024-05-01}]}");
    const struct rule_value *all = &tree->value[RULE_CONDITION_ALL];
    assert_ptr_equal(grant_condition_failed(&state, tree, D("2024-05-01")), all->items[1]);
    happen("waived", "2024-04-01");
    assert_ptr_equal(grant_condition_failed(&state, tree, D("2024-05-01")), all->items[2]);
    assert_null(grant_condition_failed(&state, tree, D("2024-05-02")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_agreement), LEND_TEST(test_reports), LEND_TEST(test_missing),
        LEND_TEST(test_accounted), LEND_TEST(test_event),   LEND_TEST(test_event_within),
        LEND_TEST(test_after),     LEND_TEST(test_tree),
    };
    return RUN(tests);
}
