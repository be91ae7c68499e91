/* grant_state.h: named dates, due dates, the filling of tranches (semantics 9). */
#include "give.h"

static struct grant_state state;

static void begin(const char *yaml)
{
    grant_state_begin(&state, &expect_arena, give_grant(yaml, "1000"), 8);
}

static struct rule_value name(enum rule_date_name date, const char *of)
{
    struct text *ids = ARENA_ARRAY(&expect_arena, struct text, 1);
    *ids = text_of(of);
    return (struct rule_value){.set = true, .number = (int32_t)date, .ids = ids};
}

static const char *date_of_name(enum rule_date_name date, const char *of)
{
    struct rule_value value = name(date, of);
    return date_string(grant_state_date(&state, &value));
}

static void test_dates(void **unused)
{
    (void)unused;
    begin(GIVE_RULES);
    assert_string_equal(date_of_name(RULE_DATE_AGREED, ""), "2024-01-10");
    assert_string_equal(date_of_name(RULE_DATE_LAST_PAID, ""), "");
    assert_string_equal(date_of_name(RULE_DATE_PAID, "T1"), "");
    assert_string_equal(date_of_name(RULE_DATE_PAID, "T9"), "");
    assert_string_equal(date_of_name(RULE_DATE_SUBMITTED, "R9"), "");
    state.tranches[0].paid_on = D("2024-02-01");
    state.last_paid = D("2024-03-01");
    state.reports[1].submitted = D("2024-04-01");
    state.reports[1].accepted = D("2024-05-01");
    assert_string_equal(date_of_name(RULE_DATE_PAID, "T1"), "2024-02-01");
    assert_string_equal(date_of_name(RULE_DATE_LAST_PAID, ""), "2024-03-01");
    assert_string_equal(date_of_name(RULE_DATE_SUBMITTED, "R2"), "2024-04-01");
    assert_string_equal(date_of_name(RULE_DATE_ACCEPTED, "R2"), "2024-05-01");
    assert_string_equal(date_of_name(RULE_DATE_ACCEPTED, "R1"), "");
}

/* 90 days after 1 February of a leap year are 1 May; the year after it 10 January is 2025's. */
static void test_due(void **unused)
{
    (void)unused;
    begin(GIVE_RULES);
    assert_date(grant_state_due(&state, &state.reports[0]), "");
    assert_date(grant_state_due(&state, &state.reports[1]), "");
    state.tranches[0].paid_on = D("2024-02-01");
    state.last_paid = D("2024-12-31");
    assert_date(grant_state_due(&state, &state.reports[0]), "2024-05-01");
    assert_date(grant_state_due(&state, &state.reports[1]), "2025-01-10");
    state.last_paid = D("2025-01-01");
    assert_date(grant_state_due(&state, &state.reports[1]), "2026-01-10");
}

/* `same` may lie before the date itself; 29 February becomes the 28th. */
static void test_due_of_the_year(void **unused)
{
    (void)unused;
    begin(GIVE_HEAD GIVE_TRANCHES
          "reports: [{id: R1, covers: [T1], due: {after: agreed, month: 2, day: 29, year: same}},\n"
          "  {id: R2, covers: [T1], due: {after: agreed, month: 2, day: 29, year: next}},\n"
          "  {id: R3, covers: [T1], due: {after: agreed, month: 1, day: 1, year: same}}]\n");
    assert_date(grant_state_due(&state, &state.reports[0]), "2024-02-29");
    assert_date(grant_state_due(&state, &state.reports[1]), "2025-02-28");
    assert_date(grant_state_due(&state, &state.reports[2]), "2024-01-01");
}

static void test_last_day(void **unused)
{
    (void)unused;
    begin(GIVE_RULES);
    assert_int_equal(grant_state_last_day(&state, &state.tranches[0]).day, INT32_MAX);
    assert_int_equal(grant_state_last_day(&state, &state.tranches[1]).day, INT32_MAX);
    state.tranches[0].paid_on = D("2024-08-31");
    assert_date(grant_state_last_day(&state, &state.tranches[1]), "2025-02-28");
}

static void accept(unsigned report, const char *amount)
{
    state.reports[report].stage = GRANT_REPORT_ACCEPTED;
    state.reports[report].accounted = A(amount);
}

static void assert_filled(const char *t1, const char *t2, const char *all)
{
    grant_state_fill(&state);
    assert_amount(state.tranches[0].accounted, t1);
    assert_amount(state.tranches[1].accounted, t2);
    assert_amount(state.accounted, all);
}

/* R1 fills T1, R2 what is left of it and then T2, never beyond what was paid. */
static void test_fill(void **unused)
{
    (void)unused;
    begin(GIVE_RULES);
    state.tranches[0].paid = A("600");
    accept(0, "500");
    assert_filled("500", "0", "500");
    accept(1, "300");
    assert_filled("600", "0", "600");
    state.tranches[1].paid = A("150");
    assert_filled("600", "150", "750");
    state.tranches[1].paid = A("400");
    assert_filled("600", "200", "800");
    state.reports[0].stage = GRANT_REPORT_SUBMITTED;
    assert_filled("300", "0", "300");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_dates),    LEND_TEST(test_due),  LEND_TEST(test_due_of_the_year),
        LEND_TEST(test_last_day), LEND_TEST(test_fill),
    };
    return RUN(tests);
}
