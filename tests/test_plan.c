/* plan.h: contract -> rows, every date and amount by hand. */
#include "lend.h"

#include "plan.h"

#define WITH(schedule)                                                                             \
    LEND_HEAD LEND_PRINCIPAL "schedule: {" schedule "}\n" LEND_ALLOCATION LEND_ARREARS
#define EQUAL "split: equal, rounding: {unit: 1, mode: down, residual: last}"
#define MONTHLY "every: 1 month, " EQUAL ", due: {missing_day: last-of-month}"

/* Rows as `n nominal principal`; a fault as its slug. */
static const char *plan_of(const struct loan *loan, const char *amount, const char *disbursed)
{
    unsigned room = plan_rows_max(&expect_arena, loan, A(amount)), count = 0;
    struct row *rows = ARENA_ARRAY(&expect_arena, struct row, room);
    char *out = arena_alloc(&expect_arena, room * 80 + 1), *end = out;
    enum fault_code code = plan_make(&expect_arena, loan, D(disbursed), A(amount), rows, &count);
    if (code != FAULT_NONE)
        return fault_slug(code);
    assert_true(count <= room);
    *out = '\0';
    for (unsigned i = 0; i < count; i++) {
        assert_true(date_equal(rows[i].due, rows[i].due_nominal));
        assert_false(date_is_set(rows[i].paid_on));
        if (rows[i].n == ROW_UNNUMBERED)
            end += sprintf(end, "%s- %s", i == 0 ? "" : "; ", date_string(rows[i].due));
        else
            end +=
                sprintf(end, "%s%d %s %s", i == 0 ? "" : "; ", rows[i].n, date_string(rows[i].due),
                        amount_string(rows[i].due_of[COMPONENT_PRINCIPAL]));
    }
    return out;
}

static const char *plan(const char *yaml, const char *principal, const char *disbursed,
                        int32_t installments)
{
    return plan_of(lend_loan(yaml, principal, disbursed, "", installments), principal, disbursed);
}

static void test_month_ends(void **state)
{
    (void)state;
    assert_string_equal(plan(LEND_RULES, "1000", "2026-01-31", 3),
                        "1 2026-02-28 333; 2 2026-03-31 333; 3 2026-04-30 334");
    assert_string_equal(
        plan(WITH("installments: 3, every: 1 month, " EQUAL ", due: {missing_day: first-of-next}"),
             "1000", "2026-01-31", 3),
        "1 2026-03-01 333; 2 2026-03-31 333; 3 2026-05-01 334");
    assert_string_equal(plan(LEND_RULES, "1000", "2024-01-30", 3),
                        "1 2024-02-29 333; 2 2024-03-30 333; 3 2024-04-30 334");
}

static void test_other_periods(void **state)
{
    (void)state;
    assert_string_equal(
        plan(WITH("installments: 3, every: 10 days, " EQUAL), "1000", "2024-02-20", 3),
        "1 2024-03-01 333; 2 2024-03-11 333; 3 2024-03-21 334");
    assert_string_equal(
        plan(WITH("installments: 2, every: 2 weeks, " EQUAL), "1000", "2024-12-25", 2),
        "1 2025-01-08 500; 2 2025-01-22 500");
    assert_string_equal(
        plan(WITH("installments: 2, every: 1 year, " EQUAL ", due: {missing_day: last-of-month}"),
             "1000", "2024-02-29", 2),
        "1 2025-02-28 500; 2 2026-02-28 500");
    assert_string_equal(
        plan(WITH("installments: 2, every: 3 months, " EQUAL ", due: {missing_day: last-of-month}"),
             "1000", "2024-11-30", 2),
        "1 2025-02-28 500; 2 2025-05-30 500");
}

static void test_due_day(void **state)
{
    (void)state;
    /* day 15 of the month k months after the disbursement's */
    assert_string_equal(plan(WITH("installments: 2, every: 1 month, " EQUAL
                                  ", due: {day: 15, missing_day: last-of-month}"),
                             "1000", "2024-01-31", 2),
                        "1 2024-02-15 500; 2 2024-03-15 500");
    assert_string_equal(plan(WITH("installments: 3, every: 1 month, " EQUAL
                                  ", due: {day: 30, missing_day: last-of-month}"),
                             "900", "2024-12-05", 3),
                        "1 2025-01-30 300; 2 2025-02-28 300; 3 2025-03-30 300");
    assert_string_equal(plan(WITH("installments: 3, every: 1 month, " EQUAL
                                  ", due: {day: 30, missing_day: first-of-next}"),
                             "900", "2024-12-05", 3),
                        "1 2025-01-30 300; 2 2025-03-01 300; 3 2025-03-30 300");
    assert_string_equal(plan(WITH("installments: 3, every: 1 month, " EQUAL
                                  ", due: {day: last, missing_day: first-of-next}"),
                             "900", "2024-12-05", 3),
                        "1 2025-01-31 300; 2 2025-02-28 300; 3 2025-03-31 300");
}

static void test_min_gap(void **state)
{
    (void)state;
    /* row 1 on 1 February is 12 days after 20 January: the plan starts a period later */
    const char *gap = WITH("installments: 2, every: 1 month, " EQUAL
                           ", due: {day: 1, min_gap: 15 days, missing_day: last-of-month}");
    assert_string_equal(plan(gap, "1000", "2024-01-20", 2), "1 2024-03-01 500; 2 2024-04-01 500");
    assert_string_equal(plan(gap, "1000", "2024-01-17", 2),
                        "1 2024-02-01 500; 2 2024-03-01 500"); /* 15 days exactly */
    assert_string_equal(plan(gap, "1000", "2024-01-18", 2), "1 2024-03-01 500; 2 2024-04-01 500");
    /* two months' gap takes two periods more */
    assert_string_equal(plan(WITH("installments: 1, every: 1 month, " EQUAL
                                  ", due: {day: 1, min_gap: 2 months, missing_day: last-of-month}"),
                             "1000", "2024-01-20", 1),
                        "1 2024-04-01 1000");
}

static void test_agreed_anchor(void **state)
{
    (void)state;
    const char *yaml = WITH("installments: 2, every: 1 month, " EQUAL
                            ", due: {anchor: agreed, missing_day: last-of-month}");
    const struct loan *loan = lend_loan(yaml, "1000", "", "2024-01-15", 2);
    assert_string_equal(plan_of(loan, "1000", "2024-01-20"), "1 2024-02-15 500; 2 2024-03-15 500");
    /* disbursed on or after what would be row 1's date: later by as many periods as needed */
    assert_string_equal(plan_of(loan, "1000", "2024-02-15"), "1 2024-03-15 500; 2 2024-04-15 500");
    assert_string_equal(plan_of(loan, "1000", "2024-05-20"), "1 2024-06-15 500; 2 2024-07-15 500");
}

static void test_given_anchor(void **state)
{
    (void)state;
    const char *yaml = WITH("installments: 3, every: 1 month, " EQUAL
                            ", due: {anchor: given, missing_day: last-of-month}");
    struct loan *loan = lend_loan(yaml, "900", "2024-01-10", "", 3);
    loan->first_due = D("2024-03-31");
    assert_string_equal(plan_of(loan, "900", "2024-01-10"),
                        "1 2024-03-31 300; 2 2024-04-30 300; 3 2024-05-31 300");
    loan->first_due = D("2024-01-10"); /* on the day of the disbursement is not before it */
    assert_string_equal(plan_of(loan, "900", "2024-01-10"),
                        "1 2024-01-10 300; 2 2024-02-10 300; 3 2024-03-10 300");
}

static void test_grace_before_term(void **state)
{
    (void)state;
    const char *plain =
        WITH("installments: 2, " MONTHLY ", grace: {length: 3 months, place: before-term}");
    struct loan *loan = lend_loan(plain, "1000", "2024-01-31", "", 2);
    loan->grace = 3;
    assert_string_equal(plan_of(loan, "1000", "2024-01-31"), "1 2024-05-31 500; 2 2024-06-30 500");
    const char *listed = WITH("installments: 2, " MONTHLY
                              ", grace: {length: 2 months, place: before-term, list_rows: true}");
    loan = lend_loan(listed, "1000", "2024-01-31", "", 2);
    loan->grace = 2;
    assert_string_equal(plan_of(loan, "1000", "2024-01-31"),
                        "- 2024-02-29; - 2024-03-31; 1 2024-04-30 500; 2 2024-05-31 500");
    loan->grace = 0;
    assert_string_equal(plan_of(loan, "1000", "2024-01-31"), "1 2024-02-29 500; 2 2024-03-31 500");
}

static void test_grace_within_term(void **state)
{
    (void)state;
    const char *yaml = WITH("installments: 5, " MONTHLY
                            ", grace: {length: 2 months, place: within-term, list_rows: true}");
    struct loan *loan = lend_loan(yaml, "1000", "2024-01-10", "", 5);
    loan->grace = 2;
    assert_string_equal(
        plan_of(loan, "1000", "2024-01-10"),
        "- 2024-02-10; - 2024-03-10; 1 2024-04-10 333; 2 2024-05-10 333; 3 2024-06-10 334");
}

/* Zero rows that are not after the disbursement are not listed. */
static void test_zero_rows_before_disbursement(void **state)
{
    (void)state;
    const char *yaml = WITH("installments: 1, every: 1 month, " EQUAL
                            ", due: {anchor: agreed, missing_day: last-of-month},"
                            " grace: {length: 3 months, place: before-term, list_rows: true}");
    struct loan *loan = lend_loan(yaml, "1000", "", "2024-01-10", 1);
    loan->grace = 3;
    assert_string_equal(plan_of(loan, "1000", "2024-03-10"), "- 2024-04-10; 1 2024-05-10 1000");
}

static void test_fixed(void **state)
{
    (void)state;
    const char *yaml =
        WITH("every: 1 month, split: {fixed: 300}, due: {missing_day: last-of-month}");
    assert_string_equal(plan(yaml, "1000", "2024-01-10", 4),
                        "1 2024-02-10 300; 2 2024-03-10 300; 3 2024-04-10 300; 4 2024-05-10 100");
    /* of a part disbursed there are fewer rows */
    struct loan *loan = lend_loan(yaml, "1000", "", "2024-01-10", 4);
    assert_string_equal(plan_of(loan, "600", "2024-01-10"), "1 2024-02-10 300; 2 2024-03-10 300");
}

static void test_shares(void **state)
{
    (void)state;
    const char *yaml = WITH("every: 1 month, split: {shares: [10%, 20%, 30%, 40%]},"
                            " rounding: {unit: 10, mode: down, residual: first},"
                            " due: {missing_day: last-of-month}");
    /* of 10 990: 2 198, 3 297, 4 396 down to 2 190, 3 290, 4 390; row 1 the rest */
    assert_string_equal(plan(yaml, "10990", "2024-01-31", 4),
                        "1 2024-02-29 1120; 2 2024-03-31 2190; 3 2024-04-30 3290; "
                        "4 2024-05-31 4390");
}

static void test_down_payment(void **state)
{
    (void)state;
    /* 15% of 1 000 000 is 150 000; the rest in three: 283 333 down to 283 000 */
    const char *equal = LEND_HEAD
        "principal: {min: 100_000, max: 1_000_000}\nschedule: {installments: 3, every: 1 month,"
        " split: equal, down_payment: 15%, rounding: {unit: 1_000, mode: down, residual: last},"
        " due: {missing_day: last-of-month}}\n" LEND_ALLOCATION LEND_ARREARS;
    assert_string_equal(plan(equal, "1000000", "2024-01-31", 3),
                        "0 2024-01-31 150000; 1 2024-02-29 283000; 2 2024-03-31 283000; "
                        "3 2024-04-30 284000");
    struct loan *loan = lend_loan(equal, "100000", "", "2024-01-10", 3);
    assert_string_equal(plan_of(loan, "6000", "2024-01-10"), "plan-row-vanishes"); /* 900: none */
    assert_string_equal(plan_of(loan, "7000", "2024-01-10"),
                        "0 2024-01-10 1000; 1 2024-02-10 2000; 2 2024-03-10 2000; "
                        "3 2024-04-10 2000");
    /* everything: 90% of 9 000 up to 10 000 */
    const char *fixed =
        LEND_HEAD "principal: {min: 100_000, max: 1_000_000}\nschedule: {every: 1 month,"
                  " split: {fixed: 40_000}, down_payment: 90%,"
                  " rounding: {unit: 10_000, mode: up, residual: last},"
                  " grace: {length: 1 month, place: before-term, list_rows: true},"
                  " due: {missing_day: last-of-month}}\n" LEND_ALLOCATION LEND_ARREARS;
    loan = lend_loan(fixed, "100000", "", "2024-01-10", 1);
    loan->grace = 1;
    assert_string_equal(plan_of(loan, "9000", "2024-01-10"), "plan-row-vanishes");
    assert_string_equal(plan_of(loan, "10000", "2024-01-10"), "plan-row-vanishes");
    /* 450 000 of 500 000; 50 000 left are two rows of 40 000 at most */
    assert_string_equal(plan_of(loan, "500000", "2024-01-10"),
                        "0 2024-01-10 450000; - 2024-02-10; 1 2024-03-10 40000; "
                        "2 2024-04-10 10000");
}

static void test_bullet(void **state)
{
    (void)state;
    const char *yaml =
        WITH("installments: 12, every: 1 month, split: bullet, due: {missing_day: last-of-month},"
             " grace: {length: 2 months, place: before-term}");
    struct loan *loan = lend_loan(yaml, "1000", "2024-01-31", "", 12);
    assert_string_equal(plan_of(loan, "1000", "2024-01-31"), "1 2025-01-31 1000");
    loan->grace = 2;
    assert_string_equal(plan_of(loan, "1000", "2024-01-31"), "1 2025-03-31 1000");
}

static void test_custom(void **state)
{
    (void)state;
    struct loan_row own[] = {{2, D("2024-02-11"), A("250")}, {7, D("2024-12-25"), A("650")}};
    struct loan *loan = lend_loan(WITH("every: 1 month, split: custom, down_payment: 10%,"
                                       " rounding: {unit: 1, mode: down, residual: last},"
                                       " grace: {length: 1 month, place: before-term,"
                                       " list_rows: true},"
                                       " due: {latest: 2024-03-01, missing_day: last-of-month}"),
                                  "1000", "2024-01-31", "", 2);
    loan->plan = own;
    loan->plan_count = 2;
    loan->grace = 1;
    assert_string_equal(plan_of(loan, "1000", "2024-01-31"),
                        "0 2024-01-31 100; 2 2024-02-11 250; 7 2024-12-25 650");
    /* a tenth of 999 is 99, and 900 are left; of 1 001 it is 100 */
    assert_string_equal(plan_of(loan, "999", "2024-01-31"),
                        "0 2024-01-31 99; 2 2024-02-11 250; 7 2024-12-25 650");
    assert_string_equal(plan_of(loan, "1001", "2024-01-31"), "plan-sum");
    assert_string_equal(plan_of(loan, "1000", "2024-02-10"),
                        "0 2024-02-10 100; 2 2024-02-11 250; 7 2024-12-25 650");
    assert_string_equal(plan_of(loan, "1000", "2024-02-11"), "plan-early");
}

static void test_latest(void **state)
{
    (void)state;
    const char *span = WITH("installments: 3, every: 1 month, " EQUAL
                            ", due: {day: 20, latest: 3 months, missing_day: last-of-month}");
    /* three months after 31 January is 30 April: row 3 on 20 April is no later */
    assert_string_equal(plan(span, "900", "2024-01-31", 3),
                        "1 2024-02-20 300; 2 2024-03-20 300; 3 2024-04-20 300");
    /* after 5 January it is 5 April */
    assert_string_equal(plan(span, "900", "2024-01-05", 3),
                        "1 2024-02-20 300; 2 2024-03-20 300; 3 2024-04-05 300");
    const char *date = WITH("installments: 3, every: 1 month, " EQUAL
                            ", due: {latest: 2024-04-01, missing_day: last-of-month}");
    assert_string_equal(plan(date, "900", "2024-01-31", 3),
                        "1 2024-02-29 300; 2 2024-03-31 300; 3 2024-04-01 300");
    /* row 2 on 1 April is not earlier */
    assert_string_equal(plan(date, "900", "2024-02-01", 3), "plan-latest");
    assert_string_equal(plan(date, "900", "2024-03-31", 1), "1 2024-04-01 900");
    assert_string_equal(plan(date, "900", "2024-04-01", 1), "plan-latest"); /* not after it */
    /* a row beyond the calendar comes back into it */
    assert_string_equal(plan(WITH("installments: 1, every: 1 month, " EQUAL
                                  ", due: {latest: 2199-12-31, missing_day: last-of-month}"),
                             "900", "2199-12-05", 1),
                        "1 2199-12-31 900");
    /* the anchor given is the first due date */
    struct loan *loan = lend_loan(WITH("installments: 2, every: 1 month, " EQUAL
                                       ", due: {anchor: given, latest: 20 days,"
                                       " missing_day: last-of-month}"),
                                  "900", "2024-01-10", "", 2);
    loan->first_due = D("2024-03-31");
    assert_string_equal(plan_of(loan, "900", "2024-01-10"), "1 2024-03-31 450; 2 2024-04-20 450");
}

/* Rows as `n nominal>due` of loans under a calendar: weekends of 2026, and 25 to 31 December. */
static const char *moved(const char *due, const char *every, const char *disbursed, int32_t rows)
{
    static const char calendar_yaml[] =
        "nol: calendar/1\nid: c\nfrom: 2026-01-01\nuntil: 2026-12-31\nweekend: [sat, sun]\n"
        "holidays: [{date: 2026-12-25}, {date: 2026-12-28}, {date: 2026-12-29},\n"
        "  {date: 2026-12-30}, {date: 2026-12-31}]\n";
    char yaml[1200];
    (void)snprintf(yaml, sizeof yaml,
                   LEND_HEAD LEND_PRINCIPAL "schedule: {installments: %d, every: %s, " EQUAL
                                            ", down_payment: 10%%, due: {%s, calendar: c}}\n%s",
                   rows, every, due, LEND_ALLOCATION LEND_ARREARS);
    struct yaml_node *root =
        yaml_read(&expect_arena, &lend_file, text_of(calendar_yaml), &expect_faults);
    const struct calendar *calendar = calendar_read(&expect_arena, root, &expect_faults);
    const struct calendars calendars = {&calendar, 1};
    char *kept = arena_copy(&expect_arena, yaml, strlen(yaml));
    root = yaml_read(&expect_arena, &lend_file, text_of(kept), &expect_faults);
    struct loan *loan = lend_loan(LEND_RULES, "900", disbursed, "", rows);
    loan->program = program_of_tree(&expect_arena, &lend_file, root, &calendars, &expect_faults);
    assert_faults("");
    loan->rules = program_at(loan->program, loan->agreed);
    struct row *row = ARENA_ARRAY(&expect_arena, struct row, 20);
    unsigned count = 0;
    enum fault_code code = plan_make(&expect_arena, loan, D(disbursed), A("900"), row, &count);
    if (code != FAULT_NONE)
        return fault_slug(code);
    char *out = arena_alloc(&expect_arena, 1000), *end = out;
    for (unsigned i = 0; i < count; i++)
        end += sprintf(end, "%s%d %s>%s", i == 0 ? "" : "; ", row[i].n,
                       date_string(row[i].due_nominal), date_string(row[i].due));
    return out;
}

static void test_holidays(void **state)
{
    (void)state;
    /* 31 January 2026 is a Saturday and so is the 28th of February; row 0 stays */
    assert_string_equal(
        moved("holiday: next, missing_day: last-of-month", "1 month", "2026-01-31", 2),
        "0 2026-01-31>2026-01-31; 1 2026-02-28>2026-03-02; "
        "2 2026-03-31>2026-03-31");
    assert_string_equal(
        moved("holiday: previous, missing_day: last-of-month", "1 month", "2026-01-31", 1),
        "0 2026-01-31>2026-01-31; 1 2026-02-28>2026-02-27");
    /* Monday is in March: Friday; Sunday 15 March has its Monday */
    assert_string_equal(
        moved("holiday: modified-next, missing_day: last-of-month", "1 month", "2026-01-31", 1),
        "0 2026-01-31>2026-01-31; 1 2026-02-28>2026-02-27");
    assert_string_equal(
        moved("holiday: modified-next, missing_day: last-of-month", "1 month", "2026-02-15", 1),
        "0 2026-02-15>2026-02-15; 1 2026-03-15>2026-03-16");
    /* Friday is before a disbursement on Saturday, and is not before one on Friday */
    assert_string_equal(moved("holiday: previous", "1 day", "2026-02-28", 3),
                        "0 2026-02-28>2026-02-28; 1 2026-03-01>2026-03-02; "
                        "2 2026-03-02>2026-03-02; 3 2026-03-03>2026-03-03");
    assert_string_equal(moved("holiday: previous", "1 day", "2026-02-27", 2),
                        "0 2026-02-27>2026-02-27; 1 2026-02-28>2026-02-27; "
                        "2 2026-03-01>2026-02-27");
    /* Sunday 29 and Saturday 28 March: Monday is after the latest day */
    assert_string_equal(moved("holiday: next, latest: 2026-03-29", "1 day", "2026-03-26", 3),
                        "0 2026-03-26>2026-03-26; 1 2026-03-27>2026-03-27; "
                        "2 2026-03-28>2026-03-27; 3 2026-03-29>2026-03-27");
    /* modified-next goes back from the last days of May, but not before Saturday 30 May */
    assert_string_equal(moved("holiday: modified-next", "1 day", "2026-05-30", 1),
                        "0 2026-05-30>2026-05-30; 1 2026-05-31>2026-06-01");
    /* nowhere to go between Saturday and Sunday: it stays */
    assert_string_equal(moved("holiday: next, latest: 2026-03-29", "1 day", "2026-03-28", 1),
                        "0 2026-03-28>2026-03-28; 1 2026-03-29>2026-03-29");
    /* the year's end is past the calendar: Friday 1 January 2027 is a business day */
    assert_string_equal(moved("holiday: next", "1 day", "2026-12-24", 2),
                        "0 2026-12-24>2026-12-24; 1 2026-12-25>2027-01-01; "
                        "2 2026-12-26>2027-01-01");
}

/* Whatever is asked, due dates never decrease (asserted by plan_make()) nor leave their bounds. */
static void test_random_holidays(void **state)
{
    static const char *const ways[] = {"next", "previous", "modified-next"};
    (void)state;
    (void)chance_seed();
    for (int round = 0; round < 400; round++) {
        char due[100];
        struct date start = date_add_days(D("2025-12-20"), (int32_t)chance_in(0, 380));
        (void)snprintf(due, sizeof due, "holiday: %s, latest: %d days", ways[chance() % 3],
                       (int)chance_in(9, 12));
        (void)moved(due, chance() % 2 == 0 ? "1 day" : "2 days", date_string(start), 5);
        arena_reset(&expect_arena);
    }
}

static void test_refusals(void **state)
{
    (void)state;
    assert_string_equal(plan(LEND_RULES, "1000", "2199-10-31", 3), "plan-too-late");
    assert_string_equal(plan(LEND_RULES, "1000", "2199-09-30", 3),
                        "1 2199-10-30 333; 2 2199-11-30 333; 3 2199-12-30 334");
    assert_string_equal(plan(LEND_RULES, "1000", "2199-12-31", 1), "plan-too-late");
    struct loan *loan = lend_loan(LEND_RULES, "1000", "", "2024-01-10", 36);
    assert_string_equal(plan_of(loan, "35", "2024-01-10"),
                        "plan-row-vanishes"); /* 35 / 36 rounds to 0 */
    loan->installments = 35;
    assert_string_not_equal(plan_of(loan, "35", "2024-01-10"), "plan-row-vanishes");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_month_ends),
        TEST(test_other_periods),
        TEST(test_due_day),
        TEST(test_min_gap),
        TEST(test_agreed_anchor),
        TEST(test_given_anchor),
        TEST(test_grace_before_term),
        TEST(test_zero_rows_before_disbursement),
        TEST(test_grace_within_term),
        TEST(test_fixed),
        TEST(test_shares),
        TEST(test_down_payment),
        TEST(test_bullet),
        TEST(test_custom),
        TEST(test_latest),
        TEST(test_holidays),
        TEST(test_random_holidays),
        TEST(test_refusals),
    };
    return RUN(tests);
}
