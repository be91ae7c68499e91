/* relend.h: a fund that lends anew what comes back; the turns of a fund are golden/forecast-relend.
 */
#include "lend.h"

#include "relend.h"

#define DOWN                                                                                       \
    LEND_HEAD LEND_PRINCIPAL                                                                       \
        "schedule: {installments: 2, every: 1 month, split: equal, down_payment: 20%,\n"           \
        "  due: {missing_day: last-of-month}, rounding: {unit: 1, mode: down, residual: "          \
        "last}}\n" LEND_ALLOCATION LEND_ARREARS

static struct outlook_months months;

/* A fund of 1,000 all of which is lent, and all of which comes back on time. */
static struct relend run(const char *yaml, int32_t installments, const char *as_of, unsigned count)
{
    const struct fraction all = {amount_of(1), amount_of(1)}, none = {AMOUNT_ZERO, amount_of(1)};
    struct assume_program assumed = {
        .program = lend_program(yaml),
        .unit = amount_of(1),
        .mode = ROUNDING_DOWN,
        .relend = {.wanted = true,
                   .fund = amount_of(1000),
                   .reserve = AMOUNT_ZERO,
                   .share = all,
                   .installments = installments,
                   .on_time = {true, all, none, 1}},
    };
    struct outlook outlook;
    struct relend relend;
    assert_true(outlook_months_from(&months, D(as_of), count));
    outlook_init(&outlook, NULL, &months, 0);
    relend_run(&expect_arena, &assumed, &months, outlook_of_program(&outlook, assumed.program),
               &relend);
    outlook_free(&outlook);
    return relend;
}

static const char *month_of(const struct relend *relend, unsigned line)
{
    const struct relend_month *month = &relend->months[line];
    char *out = arena_alloc(&expect_arena, 100);
    (void)sprintf(out, "%s %s %s", amount_string(month->returned), amount_string(month->lent),
                  amount_string(month->fund));
    return out;
}

/* A fifth is paid down on the day: it is there again, and lent the month after. */
static void test_down_payment(void **state)
{
    (void)state;
    struct relend relend = run(DOWN, 2, "2024-01-31", 2);
    assert_string_equal(month_of(&relend, 0), "0 0 1000");
    assert_string_equal(month_of(&relend, 1), "200 1000 200");
    /* 29 March: 400 of February's 800; 200 + 400 are lent, of which 120 come back at once */
    assert_string_equal(month_of(&relend, 2), "520 600 120");
    assert_string_equal(month_of(&relend, 3), "880 0 0"); /* 400, and 240 twice */
    assert_int_equal(relend.last_lent, 2);
    assert_string_equal(amount_string(relend.lent), "1600");
}

/* Before the program is in force, and where the plan would leave the calendar, nothing is lent. */
static void test_nothing(void **state)
{
    (void)state;
    struct relend relend = run(LEND_RULES, 2, "2019-10-31", 3);
    assert_string_equal(month_of(&relend, 1), "0 0 1000");
    assert_string_equal(month_of(&relend, 2), "0 0 1000");
    assert_string_equal(month_of(&relend, 3), "0 1000 0"); /* 31 January 2020 */
    relend = run(LEND_RULES, 2, "2199-10-31", 2);
    assert_string_equal(month_of(&relend, 1), "0 0 1000");
    assert_string_equal(month_of(&relend, 2), "0 0 1000");
    assert_int_equal(relend.last_lent, 0);
}

/* What the file does not say is the default of the day: three rows, from February on one.  What it
 * says must be allowed on the day. */
static void test_rules_of_the_day(void **state)
{
    static const char yaml[] =
        LEND_RULES "amendments: [{from: 2024-02-29, set: [\n"
                   "  {path: schedule.installments.default, was: 3, value: 1},\n"
                   "  {path: schedule.installments.max, was: 36, value: 1}]}]\n";
    (void)state;
    struct relend relend = run(yaml, 0, "2023-12-31", 3);
    assert_string_equal(month_of(&relend, 1), "0 1000 0");
    /* 29 February: 333; 29 March: 333 and 333; 30 April: 334 */
    assert_string_equal(month_of(&relend, 2), "333 333 0");
    assert_string_equal(month_of(&relend, 3), "666 666 0");
    assert_string_equal(month_of(&relend, 4), "1000 0 0");
    relend = run(yaml, 2, "2023-12-31", 3);
    assert_string_equal(month_of(&relend, 1), "0 1000 0");
    assert_string_equal(month_of(&relend, 2), "500 0 500"); /* two are no longer allowed */
    assert_int_equal(relend.last_lent, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_down_payment),
        TEST(test_nothing),
        TEST(test_rules_of_the_day),
    };
    return RUN(tests);
}
