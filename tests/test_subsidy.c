/* subsidy.h: claims by hand, and against a sum over every day (semantics 10). */
#include "lend.h"

#include "subsidy.h"

static struct account account;
static struct subsidy subsidy;

#define CLAIMING(clause)                                                                           \
    LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE LEND_ALLOCATION LEND_ARREARS                            \
        "subsidy: {rate: 12%, " clause "}\n"
#define EXACT ", rounding: {unit: 1, mode: down}"

/* Bring a loan, made anew for each, to the end of every month from the disbursement to as-of. */
static void claim(const struct loan *loan, const char *as_of)
{
    subsidy = (struct subsidy){0};
    struct date end = subsidy_month_end(loan->disbursed);
    for (; !date_before(D(as_of), end); end = subsidy_month_end(date_add_days(end, 1))) {
        lend_account(&account, loan, date_string(end));
        subsidy_end_month(&subsidy, &account, end);
    }
}

/* Claims as `month base days amount`, joined by `; `: of 36000 disbursed on 15 January 2024, 12000
 * due on 15 February, March, April. */
static const char *claims(const char *yaml, const char *as_of)
{
    claim(lend_loan(yaml, "36000", "2024-01-15", "", 3), as_of);
    char *out = arena_alloc(&expect_arena, subsidy.count * 100 + 1), *end = out;
    *out = '\0';
    for (size_t i = 0; i < subsidy.count; i++) {
        const struct subsidy_claim *c = &subsidy.claims[i];
        end += sprintf(end, "%s%.7s %s %d %s", i == 0 ? "" : "; ", date_string(c->month),
                       amount_string(c->base), c->days, amount_string(c->amount));
    }
    return out;
}

static void test_month_end(void **state)
{
    (void)state;
    assert_date(subsidy_month_end(D("2024-02-01")), "2024-02-29");
    assert_date(subsidy_month_end(D("2023-02-28")), "2023-02-28");
    assert_date(subsidy_month_end(D("2024-12-31")), "2024-12-31");
}

static void test_opening(void **state)
{
    const char *yaml = CLAIMING("basis: opening, day_count: month" EXACT);
    (void)state;
    (void)lend_event("p", EVENT_REPAY, "2024-02-29", "12000");
    (void)lend_event("q", EVENT_REPAY, "2024-04-01", "24000");
    assert_string_equal(claims(yaml, "2024-02-28"), "");
    assert_string_equal(claims(yaml, "2024-02-29"), "2024-02 36000 30 360");
    assert_string_equal(claims(yaml, "2024-06-30"),
                        "2024-02 36000 30 360; 2024-03 24000 30 240; 2024-04 24000 30 240");
}

static void test_planned(void **state)
{
    (void)state; /* nobody pays, and nobody asks */
    assert_string_equal(
        claims(CLAIMING("basis: opening, on: planned, day_count: 30/360" EXACT), "2024-06-30"),
        "2024-02 36000 30 360; 2024-03 24000 30 240; 2024-04 12000 30 120");
    assert_string_equal(
        claims(CLAIMING("basis: original, on: planned, day_count: 30/360" EXACT), "2024-06-30"),
        "2024-02 36000 30 360; 2024-03 36000 30 360; 2024-04 36000 30 360");
    /* January 17 x 36000; February 14 x 36000 + 15 x 24000; March 14 x 24000 + 17 x 12000; ... */
    assert_string_equal(
        claims(CLAIMING("basis: daily, on: planned, day_count: actual/360" EXACT), "2024-06-30"),
        "2024-01 612000 31 204; 2024-02 864000 29 288; 2024-03 540000 31 180; "
        "2024-04 168000 30 56");
}

static void test_classes_and_small_claims(void **state)
{
    (void)state; /* good to 30 days: from 17 March on it is bad */
    assert_string_equal(
        claims(CLAIMING("basis: opening, day_count: month, only_classes: [good]" EXACT),
               "2024-06-30"),
        "2024-02 36000 30 360");
    assert_string_equal(
        claims(CLAIMING("basis: opening, day_count: month, rounding: {unit: 1000, mode: down}"),
               "2024-06-30"),
        ""); /* lines of 0 are none */
    assert_string_equal(
        claims(CLAIMING("basis: opening, day_count: month, rounding: {unit: 100, mode: half-up}"),
               "2024-03-31"),
        "2024-02 36000 30 400; 2024-03 36000 30 400");
}

/* The sum over the days of a month, each day computed on its own. */
static struct amount slow_base(const struct loan *loan, struct date end, int64_t cap)
{
    struct amount sum = AMOUNT_ZERO;
    struct date day = date_in_month(end, 0, 1, MISSING_LAST_OF_MONTH);
    for (; !date_before(end, day); day = date_add_days(day, 1)) {
        lend_account(&account, loan, date_string(day));
        struct amount part = amount_least(account.totals.outstanding, amount_of(cap));
        sum = amount_add(&expect_arena, sum, part);
    }
    return sum;
}

static void test_daily_against_every_day(void **state)
{
    static const char *const ids[] = {"a", "b", "c", "d", "e"};
    static const enum event_type types[] = {EVENT_REPAY, EVENT_REPAY, EVENT_REPAY, EVENT_REFUND,
                                            EVENT_COLLATERAL};
    (void)state;
    (void)chance_seed();
    for (unsigned round = 0; round < 60; round++) {
        struct loan *loan =
            lend_loan(CLAIMING("basis: daily, cap: 20_000, day_count: actual/365" EXACT), "36000",
                      "2024-01-15", "", 3);
        struct account_refusal refusal;
        lend_event_count = 0;
        for (unsigned i = 0; i < COUNT_OF(ids); i++) {
            struct date date = date_add_days(loan->disbursed, (int32_t)chance_in(0, 90));
            struct event *event =
                lend_event(ids[i], types[chance() % COUNT_OF(types)], date_string(date), "");
            event->amount = amount_of(chance_in(1, 9) * 1000);
        }
        if (chance() % 3 == 0)
            (void)lend_event("w", EVENT_WRITE_OFF, "2024-04-07", "");
        if (lend_try(&account, loan, "2024-05-31", "", &refusal)) {
            claim(loan, "2024-05-31");
            for (size_t i = 0; i < subsidy.count; i++) {
                struct amount base = slow_base(loan, subsidy.claims[i].month, 20000);
                assert_amount(subsidy.claims[i].base, amount_string(base));
            }
        }
        expect_teardown(NULL);
        expect_setup(NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_month_end),
        LEND_TEST(test_opening),
        LEND_TEST(test_planned),
        LEND_TEST(test_classes_and_small_claims),
        LEND_TEST(test_daily_against_every_day),
    };
    return RUN(tests);
}
