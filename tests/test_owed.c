/* owed.h: charges and waivers, by what the account makes of the events (semantics 6). */
#include "lend.h"

#include "owed.h"

static struct account account;

/* 333, 333, 334 on the 10th of February to April 2024. */
static const char *rows_on(const char *as_of)
{
    lend_account(&account, lend_loan(LEND_RULES, "1000", "2024-01-10", "", 3), as_of);
    return lend_rows(&account);
}

static const char *refusal_on(const char *as_of, const char *known_at)
{
    return lend_refusal(lend_loan(LEND_RULES, "1000", "2024-01-10", "", 3), as_of, known_at);
}

static struct event *charge(const char *id, const char *date, const char *amount, const char *due)
{
    struct event *event = lend_event(id, EVENT_CHARGE, date, amount);
    event->component = COMPONENT_FEE;
    event->due = D(due);
    return event;
}

static struct event *waive(const char *id, const char *date, const char *amount, const char *ref)
{
    struct event *event = lend_event(id, EVENT_WAIVE, date, amount);
    event->component = COMPONENT_FEE;
    if (*ref != '\0')
        event->target = lend_find(ref);
    return event;
}

/* --- charge --- */

static void test_where_a_charge_falls_due(void **state)
{
    static const struct {
        const char *due, *row;
    } cases[] = {
        {"", "1 2024-02-10"},           /* due by default on its date, 20 January */
        {"2024-01-01", "1 2024-02-10"}, /* never before its date */
        {"2024-02-10", "1 2024-02-10"}, /* due on the row's own date */
        {"2024-02-11", "2 2024-03-10"},
        {"2024-04-11", "4 2024-04-11"}, /* after the last row: an extra row */
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        lend_event_count = 0;
        charge("c", "2024-01-20", "7", cases[i].due);
        const char *rows = rows_on("2024-01-20"), *fee = strstr(rows, " fee 7/0");
        const char *row = strstr(rows, cases[i].row);
        if (fee == NULL || row == NULL || fee < row || fee - row > 30)
            fail_msg("case %zu: %s", i, rows);
    }
}

static void test_charges_share_an_extra_row(void **state)
{
    (void)state;
    charge("c", "2024-01-20", "7", "2024-05-01");
    charge("d", "2024-01-21", "5", "2024-05-01")->component = COMPONENT_PENALTY;
    charge("e", "2024-01-22", "3", "2024-04-20"); /* the first row on or after it is that one */
    charge("f", "2024-01-22", "2", "2024-05-02");
    assert_string_equal(rows_on("2024-01-31"),
                        "1 2024-02-10 333/0; 2 2024-03-10 333/0; 3 2024-04-10 334/0; "
                        "4 2024-05-01 0/0 fee 10/0 penalty 5/0; 5 2024-05-02 0/0 fee 2/0");
}

/* A charge on the day of a paid row opens it again; held credit pays at once what is due. */
static void test_charge_reopens(void **state)
{
    (void)state;
    lend_event("p", EVENT_REPAY, "2024-02-10", "333");
    charge("c", "2024-02-10", "7", "")->seq = 1;
    rows_on("2024-02-11");
    assert_date(account.rows[0].paid_on, "");
    assert_int_equal(account.first_open, 0);
    lend_event("q", EVENT_REPAY, "2024-02-12", "7");
    rows_on("2024-02-12");
    assert_date(account.rows[0].paid_on, "2024-02-12");
    assert_amount(account.rows[0].paid_late, "7");
    lend_event_count = 0;
    lend_event("p", EVENT_REPAY, "2024-02-10", "340");
    charge("c", "2024-02-10", "10", "")->seq = 1;
    rows_on("2024-02-10");
    assert_string_equal(lend_totals(&account), "1000 333 0 0 667 340 0 0");
    assert_string_equal(strstr(rows_on("2024-02-10"), " fee"),
                        " fee 10/7; 2 2024-03-10 333/0; 3 2024-04-10 334/0");
}

static void test_charge_refusals(void **state)
{
    (void)state;
    charge("c", "2024-01-09", "7", "");
    assert_string_equal(refusal_on("2024-02-01", ""), "before-disbursement");
    lend_event_count = 0;
    lend_event("w", EVENT_WRITE_OFF, "2024-06-01", "");
    charge("c", "2024-06-02", "7", "");
    assert_string_equal(refusal_on("2024-07-01", ""), "after-write-off");
}

/* --- waive --- */

static void test_waive_oldest_first(void **state)
{
    (void)state;
    charge("c", "2024-01-20", "7", "");
    charge("d", "2024-01-20", "5", "2024-03-10");
    waive("w", "2024-01-21", "9", "");
    assert_string_equal(rows_on("2024-01-31"),
                        "1 2024-02-10 333/0 fee 7/0 waived 7+0+0; "
                        "2 2024-03-10 333/0 fee 5/0 waived 2+0+0; 3 2024-04-10 334/0");
    assert_amount(owed_unpaid(&account, COMPONENT_FEE), "3");
    assert_amount(owed_unpaid(&account, COMPONENT_PENALTY), "0");
    assert_amount(owed_unpaid(&account, COMPONENT_PRINCIPAL), "1000");
}

static void test_waive_of_a_charge(void **state)
{
    (void)state;
    charge("c", "2024-01-20", "7", "");
    charge("d", "2024-01-20", "5", "2024-03-10");
    waive("w", "2024-01-21", "9", "d");
    assert_string_equal(rows_on("2024-01-31"),
                        "1 2024-02-10 333/0 fee 7/0 waived 4+0+0; "
                        "2 2024-03-10 333/0 fee 5/0 waived 5+0+0; 3 2024-04-10 334/0");
    lend_reverse("r", "2024-01-22", "d"); /* the charge does not count: nor has the waiver effect */
    assert_string_equal(rows_on("2024-01-31"), "1 2024-02-10 333/0 fee 7/0; 2 2024-03-10 333/0; "
                                               "3 2024-04-10 334/0");
}

/* A charge that comes only later in the order is none yet: the same at every as-of (law 6). */
static void test_waive_before_its_charge(void **state)
{
    (void)state;
    charge("c", "2024-01-20", "7", "");
    charge("d", "2024-01-25", "5", "");
    waive("w", "2024-01-21", "2", "d");
    assert_string_equal(rows_on("2024-01-21"), "1 2024-02-10 333/0 fee 7/0; 2 2024-03-10 333/0; "
                                               "3 2024-04-10 334/0");
    assert_string_equal(rows_on("2024-01-31"), "1 2024-02-10 333/0 fee 12/0; 2 2024-03-10 333/0; "
                                               "3 2024-04-10 334/0");
}

/* A waiver of all that is left of a row completes it. */
static void test_waive_completes_a_row(void **state)
{
    (void)state;
    charge("c", "2024-01-20", "7", "");
    lend_event("p", EVENT_REPAY, "2024-02-10", "335"); /* fee 7, principal 328 */
    charge("d", "2024-02-10", "5", "")->seq = -1;
    waive("w", "2024-02-20", "5", "");
    lend_event("q", EVENT_REPAY, "2024-02-15", "5");
    rows_on("2024-02-19");
    assert_date(account.rows[0].paid_on, "");
    assert_string_equal(refusal_on("2024-02-20", ""), "waive-above-unpaid"); /* fees come first */
    lend_event_count = 0;
    charge("c", "2024-01-20", "7", "");
    lend_event("p", EVENT_REPAY, "2024-02-10", "333");
    waive("w", "2024-02-20", "7", "");
    assert_string_equal(refusal_on("2024-02-20", ""), "waive-above-unpaid"); /* 7 of it were paid */
}

static void test_waive_in_the_end(void **state)
{
    (void)state;
    lend_event("p", EVENT_REPAY, "2024-04-10", "1000");
    charge("c", "2024-04-20", "7", "");
    waive("w", "2024-04-25", "7", "c");
    assert_string_equal(strstr(rows_on("2024-04-25"), "; 4"),
                        "; 4 2024-04-20 0/0 fee 7/0 waived 7+0+0");
    assert_date(account.rows[3].paid_on, "2024-04-25");
    struct position position;
    position_of(&account, D("2024-04-25"), &position);
    assert_int_equal(position.status, STATUS_CLOSED);
    assert_amount(position.figure[FIGURE_FEE_DUE], "7");
    assert_amount(position.figure[FIGURE_DUE_TO_DATE], "1000");
    position_of(&account, D("2024-04-24"), &position);
    assert_amount(position.figure[FIGURE_OVERDUE], "0");
}

/* More than is unpaid is refused, unless something recorded later has paid it: then what there is.
 */
static void test_waive_above_unpaid(void **state)
{
    (void)state;
    charge("c", "2024-01-20", "7", "");
    waive("w", "2024-02-20", "8", "");
    assert_string_equal(refusal_on("2024-03-01", ""), "waive-above-unpaid");
    lend_event_count = 0;
    charge("c", "2024-01-20", "7", "");
    waive("w", "2024-02-20", "7", "");
    lend_event("p", EVENT_REPAY, "2024-02-12", "4")->recorded = D("2024-02-21");
    assert_string_equal(refusal_on("2024-03-01", "2024-02-20"), "none");
    assert_string_equal(rows_on("2024-03-01"), "1 2024-02-10 333/0 fee 7/4 waived 3+0+0; "
                                               "2 2024-03-10 333/0; 3 2024-04-10 334/0");
}

/* --- chargeback --- */

static void charge_back(const char *date, const char *amount)
{
    lend_event("b", EVENT_CHARGEBACK, date, amount)->target = lend_find("p");
}

/* Due again in the next row strictly after; the rows it had paid stay paid. */
static void test_where_a_chargeback_falls_due(void **state)
{
    static const struct {
        const char *date, *rows;
    } cases[] = {
        {"2024-02-15", "1 2024-02-10 333/333; 2 2024-03-10 666/0; 3 2024-04-10 334/0"},
        {"2024-03-10", "1 2024-02-10 333/333; 2 2024-03-10 333/0; 3 2024-04-10 667/0"},
        {"2024-04-10", "1 2024-02-10 333/333; 2 2024-03-10 333/0; 3 2024-04-10 667/0"},
        {"2024-04-11",
         "1 2024-02-10 333/333; 2 2024-03-10 333/0; 3 2024-04-10 334/0; 4 2024-04-11 333/0"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        lend_event_count = 0;
        lend_event("p", EVENT_REPAY, "2024-02-10", "333");
        charge_back(cases[i].date, "");
        assert_string_equal(rows_on(cases[i].date), cases[i].rows);
        assert_string_equal(lend_totals(&account), "1000 0 0 0 1000 0 0 0");
        assert_amount(account.totals.charged_back[COMPONENT_PRINCIPAL], "333");
        assert_date(account.rows[0].paid_on, "2024-02-10");
    }
}

/* First the credit, then principal, fee and penalty, the reverse of the order of payment. */
static void test_chargeback_order(void **state)
{
    static const struct {
        const char *amount, *rows, *lines;
    } cases[] = {
        /* 363 pay 5 + 10 + 333, 15 are credit */
        {"15", "1 2024-02-10 333/333 fee 10/10 penalty 5/5; 2 2024-03-10 333/0",
         "b 2024-02-20 -1 0 -15"},
        {"16", "1 2024-02-10 333/333 fee 10/10 penalty 5/5; 2 2024-03-10 334/0",
         "b 2024-02-20 -1 0 -15; b 2024-02-20 2 -1 0"},
        {"352", "1 2024-02-10 333/333 fee 10/10 penalty 5/5; 2 2024-03-10 666/0 fee 4/0",
         "b 2024-02-20 -1 0 -15; b 2024-02-20 2 -333 0"},
        {"", "1 2024-02-10 333/333 fee 10/10 penalty 5/5; 2 2024-03-10 666/0 fee 10/0 penalty 5/0",
         "b 2024-02-20 -1 0 -15; b 2024-02-20 2 -333 0"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        lend_event_count = 0;
        charge("c", "2024-01-20", "10", "");
        charge("d", "2024-01-20", "5", "")->component = COMPONENT_PENALTY;
        lend_event("p", EVENT_REPAY, "2024-02-10", "363");
        charge_back("2024-02-20", cases[i].amount);
        const char *rows = rows_on("2024-02-20");
        if (strncmp(rows, cases[i].rows, strlen(cases[i].rows)) != 0)
            fail_msg("case %zu: %s", i, rows);
        assert_string_equal(strchr(lend_lines(&account), 'b'), cases[i].lines);
    }
}

/* Credit that was used counts with what it paid; what was refunded is lent anew. */
static void test_chargeback_of_used_and_refunded(void **state)
{
    (void)state;
    lend_event("p", EVENT_REPAY, "2024-02-01", "400");
    lend_event("r", EVENT_REFUND, "2024-02-12", "50");
    charge_back("2024-02-20", "");
    rows_on("2024-02-20");
    /* 333 used on 10 February, 50 refunded, 17 credit left; 50 lent anew */
    assert_string_equal(lend_totals(&account), "1050 0 0 0 1050 0 0 0");
    assert_string_equal(lend_rows(&account),
                        "1 2024-02-10 333/333; 2 2024-03-10 716/0; 3 2024-04-10 334/0");
    assert_string_equal(strchr(lend_lines(&account), 'b'),
                        "b 2024-02-20 -1 0 -17; b 2024-02-20 2 -383 0");
    assert_int_equal(account.payout_count, 2);
    assert_amount(account.payouts[1].amount, "383");
}

/* Other credit pays what is due again, when it may. */
static void test_chargeback_makes_room(void **state)
{
    (void)state;
    lend_event("p", EVENT_REPAY, "2024-04-10", "1000");
    lend_event("q", EVENT_REPAY, "2024-04-11", "40");
    charge_back("2024-04-12", "100");
    assert_string_equal(strstr(rows_on("2024-04-12"), "; 4"), "; 4 2024-04-12 100/40");
    assert_string_equal(lend_totals(&account), "1000 940 0 0 60 940 0 0");
}

static void test_chargeback_in_parts(void **state)
{
    (void)state;
    lend_event("p", EVENT_REPAY, "2024-02-10", "333");
    charge_back("2024-02-20", "200");
    lend_event("e", EVENT_CHARGEBACK, "2024-02-21", "133")->target = lend_find("p");
    rows_on("2024-02-21");
    assert_string_equal(lend_totals(&account), "1000 0 0 0 1000 0 0 0");
    lend_event("f", EVENT_CHARGEBACK, "2024-02-22", "1")->target = lend_find("p");
    assert_string_equal(refusal_on("2024-02-22", ""), "chargeback-above-payment");
    lend_find("e")->recorded = D("2024-02-23"); /* what was right when made acts on what there is */
    assert_string_equal(refusal_on("2024-02-22", ""), "none");
    lend_event_count = 0;
    lend_event("p", EVENT_REPAY, "2024-02-10", "333");
    charge_back("2024-02-20", "334");
    assert_string_equal(refusal_on("2024-02-22", ""), "chargeback-above-payment");
}

/* A payment that does not count, or comes only later, has nothing to be taken back. */
static void test_chargeback_of_nothing(void **state)
{
    (void)state;
    lend_event("p", EVENT_REPAY, "2024-02-10", "333");
    charge_back("2024-02-09", "");
    rows_on("2024-02-20");
    assert_string_equal(lend_totals(&account), "1000 333 0 0 667 333 0 0");
    lend_find("b")->date = lend_find("b")->recorded = D("2024-02-12");
    lend_reverse("r", "2024-02-15", "p");
    rows_on("2024-02-20");
    assert_string_equal(lend_totals(&account), "1000 0 0 0 1000 0 0 0");
}

/* After a write-off: of an earlier payment it adds to the claim, of a later one to nothing lost. */
static void test_chargeback_after_write_off(void **state)
{
    (void)state;
    lend_event("p", EVENT_REPAY, "2024-02-10", "333");
    lend_event("w", EVENT_WRITE_OFF, "2024-06-01", "");
    lend_event("v", EVENT_RECOVER, "2024-06-10", "100");
    charge_back("2024-06-20", "");
    rows_on("2024-06-20");
    assert_string_equal(lend_totals(&account), "1000 0 1000 100 0 100 0 0");
    struct position position;
    position_of(&account, D("2024-06-20"), &position);
    assert_amount(position.figure[FIGURE_CLAIM], "900");
    lend_event("x", EVENT_CHARGEBACK, "2024-06-21", "60")->target = lend_find("v");
    rows_on("2024-06-21");
    assert_string_equal(lend_totals(&account), "1000 0 1000 40 0 40 0 0");
    position_of(&account, D("2024-06-21"), &position);
    assert_amount(position.figure[FIGURE_CLAIM], "960");
}

/* --- forgive --- */

static void test_forgive_from_the_last_row(void **state)
{
    (void)state;
    lend_event("p", EVENT_REPAY, "2024-02-10", "333");
    lend_event("f", EVENT_FORGIVE, "2024-02-11", "400");
    assert_string_equal(rows_on("2024-02-11"), "1 2024-02-10 333/333; "
                                               "2 2024-03-10 333/0 waived 0+0+66; "
                                               "3 2024-04-10 334/0 waived 0+0+334");
    assert_string_equal(lend_totals(&account), "1000 333 0 0 267 333 0 0");
    assert_amount(account.totals.forgiven, "400");
    assert_date(account.rows[2].paid_on, "2024-02-11");
    assert_date(account.rows[1].paid_on, "");
    lend_event("q", EVENT_REPAY, "2024-03-10", "267");
    rows_on("2024-03-10");
    struct position position;
    position_of(&account, D("2024-03-10"), &position);
    assert_int_equal(position.status, STATUS_CLOSED);
    assert_amount(position.figure[FIGURE_FORGIVEN], "400");
    assert_amount(position.figure[FIGURE_DUE_TO_DATE], "600");
}

/* What a payment told of later leaves; more than is outstanding is refused otherwise. */
static void test_forgive_refusals(void **state)
{
    (void)state;
    lend_event("f", EVENT_FORGIVE, "2024-02-11", "1001");
    assert_string_equal(refusal_on("2024-02-11", ""), "forgive-above-outstanding");
    lend_find("f")->amount = amount_of(900);
    lend_event("p", EVENT_REPAY, "2024-02-10", "333")->recorded = D("2024-02-12");
    rows_on("2024-02-12");
    assert_amount(account.totals.forgiven, "667");
    lend_event_count = 0;
    lend_event("w", EVENT_WRITE_OFF, "2024-06-01", "");
    lend_event("f", EVENT_FORGIVE, "2024-06-02", "1");
    assert_string_equal(refusal_on("2024-06-02", ""), "after-write-off");
}

/* --- small rests --- */

#define SMALL LEND_RULES "small_amounts: {forgive_below: 10, keep_credit_below: 5}\n"

static const char *small_rows_on(const char *yaml, const char *as_of)
{
    lend_account(&account, lend_loan(yaml, "1000", "2024-01-10", "", 3), as_of);
    return lend_rows(&account);
}

static void test_rest_is_forgiven(void **state)
{
    (void)state;
    charge("c", "2024-01-20", "7", "2024-04-10");
    lend_event("p", EVENT_REPAY, "2024-03-01", "333");
    lend_event("q", EVENT_REPAY, "2024-03-10", "335");
    lend_event("r", EVENT_REPAY, "2024-04-01", "330");
    small_rows_on(SMALL, "2024-04-09"); /* not before the last row is due */
    assert_amount(account.totals.forgiven, "0");
    /* 998 paid on 1,007: 9 are left, less than 10, at the end of 10 April */
    assert_string_equal(small_rows_on(SMALL, "2024-04-10"),
                        "1 2024-02-10 333/333; 2 2024-03-10 333/333; "
                        "3 2024-04-10 334/325 fee 7/7 waived 0+0+9");
    assert_date(account.rows[2].paid_on, "2024-04-10");
    lend_event("s", EVENT_REPAY, "2024-05-01", "4"); /* nothing is left to pay: kept the same day */
    assert_string_equal(strstr(small_rows_on(SMALL, "2024-05-01"), "; 4"),
                        "; 4 2024-05-01 0/0 fee 4/4");
    assert_amount(account.totals.credit, "0");
    lend_find("r")->amount = amount_of(329); /* 10 left are not less than 10 */
    lend_event_count--;
    small_rows_on(SMALL, "2024-05-01");
    assert_amount(account.totals.forgiven, "0");
}

static void test_rest_of_charges_is_waived(void **state)
{
    (void)state;
    lend_event("p", EVENT_REPAY, "2024-04-10", "1000");
    charge("c", "2024-04-20", "7", "");
    assert_string_equal(strstr(small_rows_on(SMALL, "2024-04-20"), "; 4"),
                        "; 4 2024-04-20 0/0 fee 7/0 waived 7+0+0");
    assert_amount(account.totals.forgiven, "0");
}

/* The rule of the day: an amendment acts on its first day on what is there. */
static void test_rest_under_a_later_rule(void **state)
{
    const char *yaml = LEND_RULES
        "amendments:\n"
        "  - {from: 2024-06-01, set: [{path: small_amounts, was: absent, value: {forgive_below: "
        "10}}]}\n";
    (void)state;
    lend_event("p", EVENT_REPAY, "2024-04-10", "995");
    small_rows_on(yaml, "2024-05-31");
    assert_amount(account.totals.outstanding, "5");
    small_rows_on(yaml, "2024-07-31");
    assert_amount(account.totals.outstanding, "0");
    assert_date(account.rows[2].paid_on, "2024-06-01");
    lend_event("q", EVENT_REPAY, "2024-07-01", "5"); /* too late: it becomes credit, and stays */
    small_rows_on(yaml, "2024-07-31");
    assert_amount(account.totals.credit, "5");
}

/* Credit of any rule is kept, one fee for all of it, once the loan is paid and over. */
static void test_credit_is_kept(void **state)
{
    const char *yaml = LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE
        "allocation: {excess: refund}\n"
        "small_amounts: {keep_credit_below: 5}\n" LEND_ARREARS;
    (void)state;
    lend_event("p", EVENT_REPAY, "2024-02-10", "335");
    lend_event("q", EVENT_REPAY, "2024-03-10", "335");
    lend_event("r", EVENT_REPAY, "2024-04-10", "334");
    small_rows_on(yaml, "2024-04-09");
    assert_amount(account.totals.credit, "4");
    assert_string_equal(small_rows_on(yaml, "2024-04-10"),
                        "1 2024-02-10 333/333; 2 2024-03-10 333/333; "
                        "3 2024-04-10 334/334 fee 4/4");
    assert_string_equal(strstr(lend_lines(&account), "r "),
                        "r 2024-04-10 3 334 0; p 2024-04-10 3 0 -2; q 2024-04-10 3 0 -2");
    lend_find("r")->amount = amount_of(335); /* 5 are not less than 5 */
    small_rows_on(yaml, "2024-04-30");
    assert_amount(account.totals.credit, "5");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_where_a_charge_falls_due),
        LEND_TEST(test_charges_share_an_extra_row),
        LEND_TEST(test_charge_reopens),
        LEND_TEST(test_charge_refusals),
        LEND_TEST(test_waive_oldest_first),
        LEND_TEST(test_waive_of_a_charge),
        LEND_TEST(test_waive_before_its_charge),
        LEND_TEST(test_waive_completes_a_row),
        LEND_TEST(test_waive_in_the_end),
        LEND_TEST(test_waive_above_unpaid),
        LEND_TEST(test_where_a_chargeback_falls_due),
        LEND_TEST(test_chargeback_order),
        LEND_TEST(test_chargeback_of_used_and_refunded),
        LEND_TEST(test_chargeback_makes_room),
        LEND_TEST(test_chargeback_in_parts),
        LEND_TEST(test_chargeback_of_nothing),
        LEND_TEST(test_chargeback_after_write_off),
        LEND_TEST(test_forgive_from_the_last_row),
        LEND_TEST(test_forgive_refusals),
        LEND_TEST(test_rest_is_forgiven),
        LEND_TEST(test_rest_of_charges_is_waived),
        LEND_TEST(test_rest_under_a_later_rule),
        LEND_TEST(test_credit_is_kept),
    };
    return RUN(tests);
}
