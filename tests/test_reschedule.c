/* reschedule.h: the five kinds in which the rest of a plan is changed (semantics 6). */
#include "lend.h"

#include "reschedule.h"

static struct account account;

#define KINDS "kinds: [move, extend, grace, re-age, re-amortize]"
#define WITH(clause) LEND_RULES "reschedule: {" clause "}\n"
#define ANY WITH(KINDS)

static struct event_terms *reschedule(const char *date, enum rule_reschedule kind, const char *due)
{
    struct event_terms *terms = ARENA_ARRAY(&expect_arena, struct event_terms, 1);
    struct event *event = lend_event("r", EVENT_RESCHEDULE, date, "");
    terms->kind = kind;
    event->terms = terms;
    event->due = D(due);
    return terms;
}

static const char *rows_as(const char *yaml, const char *as_of)
{
    lend_account(&account, lend_loan(yaml, "300", "2024-01-31", "", 3), as_of);
    return lend_rows(&account);
}

static const char *refusal_as(const char *yaml)
{
    return lend_refusal(lend_loan(yaml, "300", "2024-01-31", "", 3), "2024-03-31", "");
}

/* From the moved row on all follow with its day; without a row the first one due after the event.
 */
static void test_move(void **state)
{
    (void)state;
    struct event_terms *terms = reschedule("2024-02-29", RULE_RESCHEDULE_MOVE, "2024-03-15");
    assert_string_equal(rows_as(ANY, "2024-02-29"),
                        "1 2024-02-29 100/0; 2 2024-03-15 100/0; 3 2024-04-15 100/0");
    terms->row = 3;
    assert_string_equal(refusal_as(ANY), "reschedule-due");
    lend_find("r")->due = D("2024-05-31");
    assert_string_equal(rows_as(ANY, "2024-02-29"),
                        "1 2024-02-29 100/0; 2 2024-03-31 100/0; 3 2024-05-31 100/0");
    terms->row = 4;
    assert_string_equal(refusal_as(ANY), "nothing-to-reschedule");
    lend_find("r")->due = D("2024-02-28");
    assert_string_equal(refusal_as(ANY), "reschedule-due");
}

/* A row keeps the period it was made with: the monthly rows are counted from the moved one, those
 * of two months from the last monthly one. */
static void test_move_keeps_periods(void **state)
{
    (void)state;
    struct event_terms *terms = reschedule("2024-02-10", RULE_RESCHEDULE_EXTEND, "");
    terms->installments = 2;
    terms->every = (struct span){2, SPAN_MONTHS};
    assert_string_equal(rows_as(ANY, "2024-02-10"),
                        "1 2024-02-29 60/0; 2 2024-03-31 60/0; 3 2024-04-30 60/0; "
                        "4 2024-06-30 60/0; 5 2024-08-30 60/0");
    lend_event_count = 1;
    (void)reschedule("2024-02-11", RULE_RESCHEDULE_MOVE, "2024-03-31");
    assert_string_equal(rows_as(ANY, "2024-02-11"),
                        "1 2024-03-31 60/0; 2 2024-04-30 60/0; 3 2024-05-31 60/0; "
                        "4 2024-07-31 60/0; 5 2024-09-30 60/0");
}

/* Months are counted from the anchor: the 31st comes back. */
static void test_grace(void **state)
{
    (void)state;
    struct event_terms *terms = reschedule("2024-02-29", RULE_RESCHEDULE_GRACE, "");
    terms->grace = (struct span){2, SPAN_MONTHS};
    assert_string_equal(rows_as(ANY, "2024-02-29"),
                        "1 2024-02-29 100/0; 2 2024-05-31 100/0; 3 2024-06-30 100/0");
    assert_string_equal(rows_as(WITH(KINDS ", max_grace: 2 months"), "2024-02-29"),
                        "1 2024-02-29 100/0; 2 2024-05-31 100/0; 3 2024-06-30 100/0");
    assert_string_equal(refusal_as(WITH(KINDS ", max_grace: 1 month")), "reschedule-grace");
    terms->grace = (struct span){30, SPAN_DAYS};
    assert_string_equal(refusal_as(ANY), "reschedule-periods");
    terms->grace = (struct span){2200, SPAN_MONTHS};
    assert_string_equal(refusal_as(ANY), "plan-too-late");
    terms->grace = (struct span){9999, SPAN_YEARS};
    assert_string_equal(refusal_as(ANY), "plan-too-late");
}

/* The rows due after the event share what is unpaid with the new ones. */
static void test_extend(void **state)
{
    (void)state;
    lend_event("p", EVENT_REPAY, "2024-02-29", "140");
    struct event_terms *terms = reschedule("2024-02-29", RULE_RESCHEDULE_EXTEND, "");
    lend_find("r")->seq = 1;
    terms->installments = 1;
    /* the credit of 40 is held, and pays on the next due date: 200 unpaid over three rows */
    assert_string_equal(rows_as(ANY, "2024-02-29"),
                        "1 2024-02-29 100/100; 2 2024-03-31 66/0; 3 2024-04-30 66/0; "
                        "4 2024-05-31 68/0");
    assert_string_equal(rows_as(ANY, "2024-03-31"),
                        "1 2024-02-29 100/100; 2 2024-03-31 66/40; 3 2024-04-30 66/0; "
                        "4 2024-05-31 68/0");
    assert_string_equal(rows_as(WITH(KINDS ", max_installments: 4"), "2024-02-29"),
                        "1 2024-02-29 100/100; 2 2024-03-31 66/0; 3 2024-04-30 66/0; "
                        "4 2024-05-31 68/0");
    assert_string_equal(refusal_as(WITH(KINDS ", max_installments: 3")), "reschedule-installments");
    terms->installments = 300;
    assert_string_equal(refusal_as(ANY), "plan-row-vanishes");
    terms->row = 3;
    terms->installments = 1;
    assert_string_equal(rows_as(ANY, "2024-02-29"),
                        "1 2024-02-29 100/100; 2 2024-03-31 100/0; 3 2024-04-30 50/0; "
                        "4 2024-05-31 50/0");
}

/* Rows with something paid stay as what was paid; the others disappear. */
static void test_re_age(void **state)
{
    (void)state;
    lend_event("p", EVENT_REPAY, "2024-02-29", "40");
    struct event_terms *terms = reschedule("2024-03-15", RULE_RESCHEDULE_RE_AGE, "2024-03-31");
    terms->installments = 2;
    assert_string_equal(rows_as(ANY, "2024-03-15"),
                        "1 2024-02-29 40/40; 4 2024-03-31 130/0; 5 2024-04-30 130/0");
    assert_true(date_equal(account.rows[0].paid_on, D("2024-03-15")));
    assert_int_equal(account.first_open, 1);
    terms->every = (struct span){2, SPAN_WEEKS};
    assert_string_equal(rows_as(ANY, "2024-03-15"),
                        "1 2024-02-29 40/40; 4 2024-03-31 130/0; 5 2024-04-14 130/0");
}

static void test_re_amortize(void **state)
{
    (void)state;
    lend_event("p", EVENT_REPAY, "2024-02-29", "39");
    (void)reschedule("2024-03-01", RULE_RESCHEDULE_RE_AMORTIZE, "");
    assert_string_equal(rows_as(ANY, "2024-03-01"),
                        "1 2024-02-29 39/39; 2 2024-03-31 130/0; 3 2024-04-30 131/0");
    lend_find("r")->date = lend_find("r")->recorded = D("2024-02-29");
    assert_string_equal(refusal_as(ANY), "nothing-to-reschedule");
    lend_find("r")->date = lend_find("r")->recorded = D("2024-05-01");
    assert_string_equal(lend_refusal(lend_loan(ANY, "300", "2024-01-31", "", 3), "2024-05-01", ""),
                        "reschedule-no-row");
}

/* What was right when it was booked does nothing once it was overtaken. */
static void test_overtaken(void **state)
{
    (void)state;
    (void)reschedule("2024-03-01", RULE_RESCHEDULE_RE_AMORTIZE, "");
    struct event *late = lend_event("p", EVENT_REPAY, "2024-02-29", "100");
    assert_string_equal(refusal_as(ANY), "nothing-to-reschedule");
    late->recorded = D("2024-03-02");
    assert_string_equal(rows_as(WITH(KINDS ", max_times: 1"), "2024-03-31"),
                        "1 2024-02-29 100/100; 2 2024-03-31 100/0; 3 2024-04-30 100/0");
    assert_int_equal(account.rescheduled, 0);
}

static void test_not_allowed(void **state)
{
    (void)state;
    struct event_terms *terms = reschedule("2024-02-29", RULE_RESCHEDULE_GRACE, "");
    terms->grace = (struct span){1, SPAN_MONTHS};
    assert_string_equal(refusal_as(LEND_RULES), "reschedule-not-allowed");
    assert_string_equal(refusal_as(WITH("kinds: [move]")), "reschedule-not-allowed");
    lend_event("s", EVENT_RESCHEDULE, "2024-03-01", "")->terms = terms;
    assert_string_equal(refusal_as(WITH(KINDS ", max_times: 1")), "reschedule-times");
    assert_string_equal(refusal_as(WITH(KINDS ", max_times: 2")), "none");
    lend_event("w", EVENT_WRITE_OFF, "2024-02-28", "");
    assert_string_equal(refusal_as(ANY), "after-write-off");
}

/* Once rows were made by a reschedule a later tranche makes all equal. */
static void test_tranche(void **state)
{
    (void)state;
    static const char yaml[] = LEND_HEAD LEND_PRINCIPAL
        "schedule: {every: 1 month, split: {shares: [10%, 20%, 70%]},\n"
        "  due: {missing_day: last-of-month}, rounding: {unit: 1, mode: down, residual: last}}\n"
        "reschedule: {" KINDS "}\n" LEND_ALLOCATION LEND_ARREARS;
    lend_event("a", EVENT_DISBURSE, "2024-01-31", "300");
    reschedule("2024-02-10", RULE_RESCHEDULE_EXTEND, "")->installments = 1;
    lend_event("b", EVENT_DISBURSE, "2024-03-01", "105");
    lend_account(&account, lend_loan(yaml, "600", "", "2024-01-31", 3), "2024-03-01");
    assert_string_equal(lend_rows(&account), "1 2024-02-29 75/0; 2 2024-03-31 110/0; "
                                             "3 2024-04-30 110/0; 4 2024-05-31 110/0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_move),      LEND_TEST(test_move_keeps_periods),
        LEND_TEST(test_grace),     LEND_TEST(test_extend),
        LEND_TEST(test_re_age),    LEND_TEST(test_re_amortize),
        LEND_TEST(test_overtaken), LEND_TEST(test_not_allowed),
        LEND_TEST(test_tranche),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
