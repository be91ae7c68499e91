/* allocation.h: where money goes (semantics 5), by hand.  1000 in three rows of 333, 333, 334, due
 * on the 10th. */
#include "lend.h"

#include "allocation.h"

#define RULES_WITH(allocation) LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE allocation LEND_ARREARS
#define RULES_NEXT RULES_WITH("allocation: {excess: next}\n")
#define RULES_LAST RULES_WITH("allocation: {excess: last}\n")

static struct account account;

static void pay(const char *id, const char *date, const char *amount)
{
    (void)lend_event(id, EVENT_REPAY, date, amount);
}

static void run(const char *yaml, const char *as_of)
{
    lend_account(&account, lend_loan(yaml, "1000", "2024-01-10", "", 3), as_of);
}

static void test_on_the_day(void **state)
{
    (void)state;
    pay("p1", "2024-02-10", "333");
    run(LEND_RULES, "2024-02-10");
    assert_string_equal(lend_rows(&account),
                        "1 2024-02-10 333/333; 2 2024-03-10 333/0; 3 2024-04-10 334/0");
    assert_string_equal(lend_lines(&account), "p1 2024-02-10 1 333 0");
    assert_date(account.rows[0].paid_on, "2024-02-10");
    assert_amount(account.rows[0].paid_in_advance, "0");
    assert_amount(account.rows[0].paid_late, "0");
    assert_string_equal(lend_totals(&account), "1000 333 0 0 667 333 0 0");
}

static void test_hold_waits_for_the_due_date(void **state)
{
    (void)state;
    pay("p1", "2024-02-01", "400");
    run(LEND_RULES, "2024-02-09");
    assert_string_equal(lend_lines(&account), "p1 2024-02-01 -1 0 400");
    assert_string_equal(lend_totals(&account), "1000 0 0 0 1000 400 0 400");
    run(LEND_RULES, "2024-02-10");
    assert_string_equal(lend_lines(&account), "p1 2024-02-01 -1 0 400; p1 2024-02-10 1 333 -333");
    assert_date(account.rows[0].paid_on, "2024-02-10");
    assert_amount(account.rows[0].paid_in_advance, "0"); /* credit pays on the day it is used */
    assert_string_equal(lend_totals(&account), "1000 333 0 0 667 400 0 67");
    run(LEND_RULES, "2024-03-15");
    assert_string_equal(lend_lines(&account),
                        "p1 2024-02-01 -1 0 400; p1 2024-02-10 1 333 -333; p1 2024-03-10 2 67 -67");
    assert_string_equal(lend_totals(&account), "1000 400 0 0 600 400 0 0");
}

static void test_late_and_partly(void **state)
{
    (void)state;
    pay("p1", "2024-02-20", "100");
    pay("p2", "2024-03-12", "600");
    run(LEND_RULES, "2024-03-31");
    assert_string_equal(lend_rows(&account),
                        "1 2024-02-10 333/333; 2 2024-03-10 333/333; 3 2024-04-10 334/0");
    assert_string_equal(lend_lines(&account), "p1 2024-02-20 1 100 0; p2 2024-03-12 1 233 0; p2 "
                                              "2024-03-12 2 333 0; p2 2024-03-12 -1 0 34");
    assert_amount(account.rows[0].paid_late, "333");
    assert_amount(account.rows[1].paid_late, "333");
    assert_date(account.rows[0].paid_on, "2024-03-12");
}

static void test_next(void **state)
{
    (void)state;
    pay("p1", "2024-02-10", "700");
    run(RULES_NEXT, "2024-02-10");
    assert_string_equal(lend_rows(&account),
                        "1 2024-02-10 333/333; 2 2024-03-10 333/333; 3 2024-04-10 334/34");
    assert_string_equal(lend_lines(&account),
                        "p1 2024-02-10 1 333 0; p1 2024-02-10 2 333 0; p1 2024-02-10 3 34 0");
    assert_amount(account.rows[1].paid_in_advance, "333");
    assert_amount(account.rows[2].paid_in_advance, "34");
    assert_date(account.rows[1].paid_on, "2024-02-10");
    assert_date(account.rows[2].paid_on, "");
}

static void test_last(void **state)
{
    (void)state;
    pay("p1", "2024-02-10", "700");
    run(RULES_LAST, "2024-02-10");
    assert_string_equal(lend_rows(&account),
                        "1 2024-02-10 333/333; 2 2024-03-10 333/33; 3 2024-04-10 334/334");
    assert_string_equal(lend_lines(&account),
                        "p1 2024-02-10 1 333 0; p1 2024-02-10 3 334 0; p1 2024-02-10 2 33 0");
}

/* What nothing can take is credit under any rule; the loan is paid and stays open for events. */
static void test_more_than_owed(void **state)
{
    (void)state;
    pay("p1", "2024-02-10", "1001");
    pay("p2", "2024-02-11", "5");
    run(RULES_NEXT, "2024-02-11");
    assert_string_equal(lend_totals(&account), "1000 1000 0 0 0 1006 0 6");
    assert_int_equal(account.credit_count, 2);
    run(RULES_LAST, "2024-02-11");
    assert_string_equal(lend_totals(&account), "1000 1000 0 0 0 1006 0 6");
}

/* Oldest payment first, each a line of its own. */
static void test_two_credits(void **state)
{
    (void)state;
    pay("p1", "2024-02-01", "200");
    pay("p2", "2024-02-02", "200");
    run(LEND_RULES, "2024-02-10");
    assert_string_equal(lend_lines(&account), "p1 2024-02-01 -1 0 200; p2 2024-02-02 -1 0 200; "
                                              "p1 2024-02-10 1 200 -200; p2 2024-02-10 1 133 -133");
    assert_amount(account.credits[1].left, "67");
}

/* Held credit acts at the start of the day, before the day's payment. */
static void test_credit_before_payment(void **state)
{
    (void)state;
    pay("p1", "2024-02-01", "100");
    pay("p2", "2024-02-10", "333");
    run(LEND_RULES, "2024-02-10");
    assert_string_equal(lend_lines(&account), "p1 2024-02-01 -1 0 100; p1 2024-02-10 1 100 -100; "
                                              "p2 2024-02-10 1 233 0; p2 2024-02-10 -1 0 100");
}

/* Credit keeps the rule of its payment's date when an amendment changes the rule. */
static void test_rule_of_the_payment(void **state)
{
    (void)state;
    const char *yaml = LEND_RULES
        "amendments:\n"
        "  - {from: 2024-02-05, set: [{path: allocation.excess, was: hold, value: next}]}\n";
    pay("p1", "2024-02-04", "100");
    pay("p2", "2024-02-05", "100");
    run(yaml, "2024-02-09");
    assert_string_equal(lend_lines(&account), "p1 2024-02-04 -1 0 100; p2 2024-02-05 1 100 0");
    run(yaml, "2024-02-10");
    assert_string_equal(lend_lines(&account),
                        "p1 2024-02-04 -1 0 100; p2 2024-02-05 1 100 0; p1 2024-02-10 1 100 -100");
    assert_amount(account.rows[0].paid_in_advance, "100");
}

static void test_refund_takes_the_oldest(void **state)
{
    (void)state;
    pay("p1", "2024-02-01", "100");
    pay("p2", "2024-02-02", "100");
    (void)lend_event("r", EVENT_REFUND, "2024-02-03", "150");
    run(LEND_RULES, "2024-02-09");
    assert_string_equal(lend_totals(&account), "1000 0 0 0 1000 200 150 50");
    assert_amount(account.credits[0].left, "0");
    assert_amount(account.credits[1].left, "50");
    assert_string_equal(lend_lines(&account),
                        "p1 2024-02-01 -1 0 100; p2 2024-02-02 -1 0 100; r 2024-02-03 -1 0 -150");
}

/* Components: rows with a fee and a penalty, as later rules will make them. */
static void give_fees(void)
{
    for (unsigned i = 0; i < 2; i++) {
        account.rows[i].due_of[COMPONENT_FEE] = amount_of(10);
        account.rows[i].due_of[COMPONENT_PENALTY] = amount_of(5);
    }
}

static const char *paid_of(unsigned row)
{
    char *out = arena_alloc(&expect_arena, 100);
    (void)snprintf(out, 100, "%s %s %s", amount_string(account.rows[row].paid[COMPONENT_PENALTY]),
                   amount_string(account.rows[row].paid[COMPONENT_FEE]),
                   amount_string(account.rows[row].paid[COMPONENT_PRINCIPAL]));
    return out;
}

static void test_components(void **state)
{
    static const struct {
        const char *yaml, *first, *second;
    } cases[] = {
        /* 400 on rows of 5 + 10 + 333: row 1 takes 348, row 2 the 52 left */
        {RULES_WITH("allocation: {excess: hold}\n"), "5 10 333", "5 10 37"},
        {RULES_WITH("allocation: {components: [principal, fee, penalty], excess: hold}\n"),
         "5 10 333", "0 0 52"},
        {RULES_WITH("allocation: {by: component, excess: hold}\n"), "5 10 333", "5 10 37"},
        {RULES_WITH(
             "allocation: {components: [principal, penalty, fee], by: component, excess: hold}\n"),
         "0 0 333", "0 0 67"},
        {RULES_WITH(
             "allocation: {components: [fee, principal, penalty], by: component, excess: hold}\n"),
         "0 10 333", "0 10 47"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        lend_event_count = 0;
        struct event *event = lend_event("p", EVENT_REPAY, "2024-03-20", "400");
        event->counts = false;
        struct loan *loan = lend_loan(cases[i].yaml, "1000", "2024-01-10", "", 3);
        lend_event_count = 0;
        lend_account(&account, loan, "2024-03-20");
        give_fees();
        allocation_pay(&account, event, event->amount);
        if (strcmp(paid_of(0), cases[i].first) != 0 || strcmp(paid_of(1), cases[i].second) != 0)
            fail_msg("case %zu: %s; %s", i, paid_of(0), paid_of(1));
        assert_int_equal(account.line_count,
                         2); /* one line a row, whatever the order of components */
    }
}

static void test_opening_is_oldest_first(void **state)
{
    (void)state;
    (void)lend_event("o", EVENT_OPENING, "2024-03-20", "400");
    run(LEND_RULES, "2024-03-20");
    assert_string_equal(lend_rows(&account),
                        "1 2024-02-10 333/333; 2 2024-03-10 333/67; 3 2024-04-10 334/0");
    assert_date(account.rows[0].paid_on, "2024-02-10"); /* as if on its due date */
    assert_amount(account.rows[0].paid_late, "0");
    assert_string_equal(lend_lines(&account), "o 2024-03-20 1 333 0; o 2024-03-20 2 67 0");
    lend_event_count = 0;
    (void)lend_event("o", EVENT_OPENING, "2024-02-20", "400");
    run(LEND_RULES, "2024-02-20");
    assert_amount(account.rows[1].paid_in_advance,
                  "67"); /* its own date is earlier than the due date */
}

/* --- excess --- */

static struct event *charge(const char *id, const char *date, const char *amount, const char *due)
{
    struct event *event = lend_event(id, EVENT_CHARGE, date, amount);
    event->component = COMPONENT_FEE;
    event->due = D(due);
    return event;
}

#define RE_SPREAD RULES_WITH("allocation: {excess: re-spread}\n")

static void test_re_spread(void **state)
{
    (void)state;
    pay("p1", "2024-02-10", "700"); /* 333 are due; 367 are 183 and the rest, 184 */
    run(RE_SPREAD, "2024-02-10");
    assert_string_equal(lend_rows(&account),
                        "1 2024-02-10 333/333; 2 2024-03-10 333/183; 3 2024-04-10 334/184");
    assert_amount(account.rows[1].paid_in_advance, "183");
    lend_event_count = 0;
    pay("p1", "2024-02-01", "2"); /* a third of it rounds down to 0: all for the last */
    run(RE_SPREAD, "2024-02-01");
    assert_string_equal(lend_lines(&account), "p1 2024-02-01 3 2 0");
    lend_event_count = 0;
    pay("p1", "2024-02-01", "1001"); /* 333 each and 335, of which row 3 takes 334 */
    run(RE_SPREAD, "2024-02-01");
    assert_string_equal(lend_totals(&account), "1000 1000 0 0 0 1001 0 1");
}

/* Paid rows take no part; what a row cannot take goes to the earliest that can. */
static void test_re_spread_beyond_a_row(void **state)
{
    (void)state;
    pay("p1", "2024-02-01", "30");                /* 10 each */
    charge("c", "2024-02-02", "5", "2024-05-01"); /* a fourth row, of 5 */
    pay("p2", "2024-02-03", "400");               /* 100 each: row 4 takes 5, row 1 the other 95 */
    run(RE_SPREAD, "2024-02-03");
    assert_string_equal(lend_rows(&account),
                        "1 2024-02-10 333/205; 2 2024-03-10 333/110; 3 2024-04-10 334/110; "
                        "4 2024-05-01 0/0 fee 5/5");
    pay("p3", "2024-02-04", "30"); /* row 4 is paid: 10 each */
    run(RE_SPREAD, "2024-02-04");
    assert_amount(account.rows[0].paid[COMPONENT_PRINCIPAL], "215");
    assert_amount(account.rows[2].paid[COMPONENT_PRINCIPAL], "120");
}

/* Rounded up, the parts may use the money up before the last row. */
static void test_re_spread_up(void **state)
{
    const char *yaml = LEND_HEAD
        "principal: {min: 1000, max: 5000}\n"
        "schedule: {installments: 4, every: 1 month, split: equal,\n"
        "  due: {missing_day: last-of-month}, rounding: {unit: 100, mode: up, residual: last}}\n"
        "allocation: {excess: re-spread}\n" LEND_ARREARS;
    (void)state;
    pay("p1", "2024-02-01", "5"); /* 1.25 is 2, 2, 1, 0: to the minor unit, not the schedule's */
    lend_account(&account, lend_loan(yaml, "1000", "2024-01-10", "", 4), "2024-02-01");
    assert_string_equal(lend_lines(&account),
                        "p1 2024-02-01 1 2 0; p1 2024-02-01 2 2 0; p1 2024-02-01 3 1 0");
}

/* Money under `refund` is owed back: no row takes it, but a refund does. */
static void test_owed_back(void **state)
{
    (void)state;
    pay("p1", "2024-02-10", "400");
    (void)lend_event("r", EVENT_REFUND, "2024-03-20", "60");
    run(RULES_WITH("allocation: {excess: refund}\n"), "2024-03-20");
    assert_string_equal(lend_totals(&account), "1000 333 0 0 667 400 60 7");
    assert_amount(account.rows[1].paid[COMPONENT_PRINCIPAL], "0");
}

/* What is not among them is not paid in advance, but when it is due. */
static void test_excess_components(void **state)
{
    (void)state;
    charge("c", "2024-01-20", "7", "2024-02-10");
    charge("d", "2024-01-20", "5", "2024-02-11");
    pay("p1", "2024-02-01", "20");
    run(RULES_WITH("allocation: {excess: next, excess_components: [fee]}\n"), "2024-02-01");
    assert_string_equal(lend_rows(&account), "1 2024-02-10 333/0 fee 7/7; "
                                             "2 2024-03-10 333/0 fee 5/5; 3 2024-04-10 334/0");
    assert_amount(account.totals.credit, "8");
    run(RULES_WITH("allocation: {excess: next, excess_components: [fee]}\n"), "2024-02-10");
    assert_amount(account.rows[0].paid[COMPONENT_PRINCIPAL], "8");
    run(RULES_WITH("allocation: {excess: last, excess_components: [principal, fee]}\n"),
        "2024-02-01");
    assert_amount(account.rows[2].paid[COMPONENT_PRINCIPAL], "20");
    lend_find("p1")->amount = amount_of(1008);
    run(RULES_WITH("allocation: {excess: re-spread, excess_components: [principal]}\n"),
        "2024-02-01");
    assert_string_equal(lend_rows(&account), "1 2024-02-10 333/333 fee 7/0; "
                                             "2 2024-03-10 333/333 fee 5/0; 3 2024-04-10 334/334");
    assert_amount(account.totals.credit, "8");
}

/* --- types of the program's own --- */

#define GOODWILL                                                                                   \
    RULES_WITH("allocation: {excess: next, components: [penalty, fee, principal], types: {\n"      \
               "  goodwill: {excess: last, funded_by: program},\n"                                 \
               "  fund: {components: [principal, fee, penalty], excess_components: [fee],\n"       \
               "    by: component}}}\n")

static struct event *own(const struct loan *loan, const char *id, const char *type,
                         const char *date, const char *amount)
{
    struct event *event = lend_event(id, EVENT_OWN, date, amount);
    const struct rule_value *types =
        &program_at(loan->program, event->date)->value[RULE_ALLOCATION_TYPES];
    for (unsigned i = 0; i < types->count; i++)
        if (text_is(types->items[i]->name, type))
            event->own = types->items[i];
    assert_non_null(event->own);
    return event;
}

static void test_own_type(void **state)
{
    (void)state;
    struct loan *loan = lend_loan(GOODWILL, "1000", "2024-01-10", "", 3);
    own(loan, "g", "goodwill", "2024-02-01", "100"); /* the last row first */
    pay("p", "2024-02-02", "100");                   /* the next row first */
    lend_account(&account, loan, "2024-02-02");
    assert_string_equal(lend_rows(&account),
                        "1 2024-02-10 333/100; 2 2024-03-10 333/0; 3 2024-04-10 334/100");
    assert_string_equal(lend_totals(&account), "1000 200 0 0 800 200 0 0");
    assert_amount(account.totals.funded, "100");
    assert_text(event_name(lend_find("g")), "goodwill");
    assert_text(event_name(lend_find("p")), "repay");
    lend_event("b", EVENT_CHARGEBACK, "2024-02-03", "40")->target = lend_find("g");
    lend_account(&account, loan, "2024-02-03");
    assert_amount(account.totals.funded, "60");
    lend_event("w", EVENT_WRITE_OFF, "2024-02-04", "");
    own(loan, "h", "goodwill", "2024-02-05", "50"); /* recovered, not repaid */
    lend_account(&account, loan, "2024-02-05");
    assert_amount(account.totals.funded, "60");
    assert_amount(account.totals.recovered, "50");
}

/* Components and what is paid in advance are its own; what it does not say is the allocation's. */
static void test_own_terms(void **state)
{
    (void)state;
    struct loan *loan = lend_loan(GOODWILL, "1000", "2024-01-10", "", 3);
    charge("c", "2024-01-20", "7", "");
    charge("d", "2024-01-20", "5", "2024-03-01");
    own(loan, "f", "fund", "2024-02-10", "350"); /* 333 + 7, then 5 in advance, 5 are credit */
    lend_account(&account, loan, "2024-02-10");
    assert_string_equal(lend_rows(&account), "1 2024-02-10 333/333 fee 7/7; "
                                             "2 2024-03-10 333/0 fee 5/5; 3 2024-04-10 334/0");
    assert_amount(account.totals.credit, "5");
    assert_amount(account.totals.funded, "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_on_the_day),
        LEND_TEST(test_hold_waits_for_the_due_date),
        LEND_TEST(test_late_and_partly),
        LEND_TEST(test_next),
        LEND_TEST(test_last),
        LEND_TEST(test_more_than_owed),
        LEND_TEST(test_two_credits),
        LEND_TEST(test_credit_before_payment),
        LEND_TEST(test_rule_of_the_payment),
        LEND_TEST(test_refund_takes_the_oldest),
        LEND_TEST(test_components),
        LEND_TEST(test_opening_is_oldest_first),
        LEND_TEST(test_re_spread),
        LEND_TEST(test_re_spread_beyond_a_row),
        LEND_TEST(test_re_spread_up),
        LEND_TEST(test_owed_back),
        LEND_TEST(test_excess_components),
        LEND_TEST(test_own_type),
        LEND_TEST(test_own_terms),
    };
    return RUN(tests);
}
