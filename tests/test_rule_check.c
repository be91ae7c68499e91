/* rule_check.h: what a version must fulfil beyond the types of its keys.  One line a case: what is
 * wrong with it. */
#include "lend.h"

#include "rule_check.h"

#define SCHEDULE(schedule)                                                                         \
    LEND_HEAD LEND_PRINCIPAL "schedule: {" schedule "}\n" LEND_ALLOCATION LEND_ARREARS
#define PRINCIPAL(principal)                                                                       \
    LEND_HEAD "principal: {" principal "}\n" LEND_SCHEDULE LEND_ALLOCATION LEND_ARREARS
#define ARREARS(arrears)                                                                           \
    LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE LEND_ALLOCATION "arrears: {" arrears "}\n"
#define MONTHS "every: 1 month, due: {missing_day: last-of-month}"
#define DOWN "rounding: {unit: 1, mode: down, residual: last}"
#define TWO "classes: [{id: good, range: 0..30}, {id: bad, range: 31..}]"

struct check_case {
    const char *yaml, *slugs;
};

static const struct rule_scope *check(const char *yaml)
{
    struct yaml_node *root = yaml_read(&expect_arena, &lend_file, text_of(yaml), &expect_faults);
    assert_non_null(root);
    const struct rule_scope *rules = rule_compile(&expect_arena, root, &expect_faults);
    if (rules == NULL || expect_faults.total > 0)
        fail_msg("%s: %s", yaml, faults_string());
    rule_check(&expect_arena, rules, &expect_faults);
    return rules;
}

static void check_all(const struct check_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        (void)check(cases[i].yaml);
        const char *slugs = slugs_string();
        if (strcmp(slugs, cases[i].slugs) != 0)
            fail_msg("case %zu: '%s', expected '%s'", i, slugs, cases[i].slugs);
    }
}

static void test_principal(void **state)
{
    static const struct check_case cases[] = {
        {LEND_RULES, ""},
        {PRINCIPAL("min: 1000, max: 1000"), ""},
        {PRINCIPAL("min: 1000, max: 999"), "rule-limits"},
        {PRINCIPAL("min: 0, max: 999"), "amount-zero"},
        {PRINCIPAL("min: 0, max: 0"), "amount-zero amount-zero"},
        {PRINCIPAL("min: 1000, max: 2000, multiple_of: 0"), "amount-zero"},
        {PRINCIPAL("min: 1001, max: 1999, multiple_of: 1000"), "rule-limits"},
        {PRINCIPAL("min: 1001, max: 2000, multiple_of: 1000"), ""},
        {PRINCIPAL("min: 1001, max: 3000, by: {column: c, max: {a: 1001, b: 3000}}"), ""},
        {PRINCIPAL("min: 1001, max: 3000, by: {column: c, max: {a: 1000, b: 3001}}"),
         "rule-limits rule-limits"},
        {PRINCIPAL("min: 1001, max: 3000, multiple_of: 1000, by: {column: c, max: {a: 1999}}"),
         "rule-limits"},
    };
    (void)state;
    check_all(cases, COUNT_OF(cases));
}

static void test_installments(void **state)
{
    static const struct check_case cases[] = {
        {SCHEDULE("installments: 3, " MONTHS ", split: equal, " DOWN), ""},
        {SCHEDULE(MONTHS ", split: equal, " DOWN), "rule-key-missing"},
        {SCHEDULE(MONTHS ", split: bullet"), "rule-key-missing"},
        {SCHEDULE(MONTHS ", split: custom"), ""},
        {SCHEDULE("installments: 3, " MONTHS ", split: custom"), ""},
        {SCHEDULE("installments: {min: 3, max: 4}, " MONTHS ", split: custom"), "rule-conflict"},
        {SCHEDULE(MONTHS ", split: custom, down_payment: 10%"), "rounding-missing"},
        {SCHEDULE(MONTHS ", split: custom, down_payment: 0.1%, " DOWN), "rows-vanish"},
        {SCHEDULE("installments: {min: 5, max: 4}, " MONTHS ", split: equal, " DOWN),
         "rule-limits"},
        {SCHEDULE("installments: {min: 3, max: 5}, " MONTHS ", split: equal, " DOWN), ""},
        {SCHEDULE("installments: {min: 3, max: 5, default: 6}, " MONTHS ", split: equal, " DOWN),
         "rule-limits"},
        {SCHEDULE("installments: {min: 3, max: 5, default: 2}, " MONTHS ", split: equal, " DOWN),
         "rule-limits"},
        {SCHEDULE("installments: {min: 3, max: 5, default: 5}, " MONTHS ", split: equal, " DOWN),
         ""},
    };
    (void)state;
    check_all(cases, COUNT_OF(cases));
}

static void test_rounding(void **state)
{
    static const struct check_case cases[] = {
        {SCHEDULE("installments: 3, " MONTHS ", split: equal"), "rounding-missing"},
        {LEND_HEAD LEND_PRINCIPAL "schedule: {installments: 3, " MONTHS ", split: bullet}\n"
                                  "allocation: {excess: re-spread}\n" LEND_ARREARS,
         "rounding-missing"},
        {SCHEDULE("installments: 3, " MONTHS ", split: bullet"), ""},
        {SCHEDULE("installments: 3, " MONTHS ", split: equal, rounding: {unit: 1, residual: last}"),
         "rounding-missing"},
        {SCHEDULE("installments: 3, " MONTHS
                  ", split: equal, rounding: {unit: 1, residual: leading}"),
         ""},
        {SCHEDULE("installments: 3, " MONTHS
                  ", split: equal, rounding: {unit: 1, mode: down, residual: leading}"),
         ""},
        {SCHEDULE("installments: 3, " MONTHS
                  ", split: equal, rounding: {unit: 1, mode: up, residual: leading}"),
         "rule-conflict"},
        {SCHEDULE("installments: 3, " MONTHS
                  ", split: equal, rounding: {unit: 0, mode: up, residual: last}"),
         "amount-zero"},
        /* principals 100..1 000 000 in 3: 33 to a unit of 34 is nothing, to 33 it is something */
        {SCHEDULE("installments: 3, " MONTHS
                  ", split: equal, rounding: {unit: 33, mode: down, residual: last}"),
         ""},
        {SCHEDULE("installments: 3, " MONTHS
                  ", split: equal, rounding: {unit: 34, mode: down, residual: last}"),
         "rows-vanish"},
        {SCHEDULE("installments: {min: 3, max: 101}, " MONTHS ", split: equal, " DOWN),
         "rows-vanish"},
        {SCHEDULE("installments: {min: 3, max: 100}, " MONTHS ", split: equal, " DOWN), ""},
    };
    (void)state;
    check_all(cases, COUNT_OF(cases));
}

static void test_fixed(void **state)
{
    static const struct check_case cases[] = {
        {SCHEDULE(MONTHS ", split: {fixed: 1000}"), ""},
        {SCHEDULE(MONTHS ", split: {fixed: 0}"), "amount-zero"},
        {SCHEDULE(MONTHS ", split: {fixed: 250}"), ""}, /* 4000 rows of the largest */
        {SCHEDULE(MONTHS ", split: {fixed: 249}"), "rule-limits"},
        {SCHEDULE("installments: {min: 1, max: 9}, " MONTHS ", split: {fixed: 1000}"),
         "rule-conflict"},
        {SCHEDULE("installments: 10, " MONTHS ", split: {fixed: 1000}"), "rule-conflict"},
        {LEND_HEAD "principal: {min: 901, max: 1000}\nschedule: {installments: 10, " MONTHS
                   ", split: {fixed: 100}}\n" LEND_ALLOCATION LEND_ARREARS,
         ""},
        {LEND_HEAD "principal: {min: 900, max: 1000}\nschedule: {installments: 10, " MONTHS
                   ", split: {fixed: 100}}\n" LEND_ALLOCATION LEND_ARREARS,
         "rule-conflict"}, /* 900 takes 9 */
    };
    (void)state;
    check_all(cases, COUNT_OF(cases));
}

static void test_shares(void **state)
{
#define SHARES(shares, rounding) SCHEDULE(MONTHS ", split: {shares: [" shares "]}" rounding)
    static const struct check_case cases[] = {
        {SHARES("10%, 20%, 30%, 40%", ", " DOWN), ""},
        {SHARES("1/3, 1/3, 1/3", ", " DOWN), ""},
        {SHARES("50%, 1/2", ", " DOWN), ""},
        {SHARES("10%, 20%, 30%", ", " DOWN), "rule-limits"},
        {SHARES("60%, 0%, 40%", ", " DOWN), "rule-limits"},
        {SHARES("", ", " DOWN), "rule-limits"},
        {SHARES("60%, 40%", ""), "rounding-missing"},
        {SCHEDULE(MONTHS ", split: {}, " DOWN), "rule-key-missing"},
        {SCHEDULE(MONTHS ", split: {fixed: 500, shares: [100%]}, " DOWN), "rule-conflict"},
        {SCHEDULE("installments: 2, " MONTHS ", split: {shares: [60%, 40%]}, " DOWN), ""},
        {SCHEDULE("installments: 3, " MONTHS ", split: {shares: [60%, 40%]}, " DOWN),
         "rule-conflict"},
        {SCHEDULE("installments: {min: 2, max: 3}, " MONTHS ", split: {shares: [60%, 40%]}, " DOWN),
         "rule-conflict"},
        {SCHEDULE(MONTHS ", split: {shares: [60%, 40%]}, " DOWN
                         ", grace: {length: 1 month, place: within-term}"),
         "rule-conflict"},
        /* principals from 100 on: 1% of 100 is a unit, 0.9% of 111 is not, of 112 it is */
        {SHARES("1%, 99%", ", " DOWN), ""},
        {SHARES("0.9%, 99.1%", ", " DOWN), "rows-vanish"},
        {SHARES("0.9%, 99.1%", ", rounding: {unit: 1, mode: up, residual: first}"), "rows-vanish"},
        /* ten million of the least are more cases than are gone through */
        {SHARES("1/10000000, 1/10000000, 9999998/10000000",
                ", rounding: {unit: 1, mode: up, residual: last}"),
         "rule-limits"},
    };
    (void)state;
    check_all(cases, COUNT_OF(cases));
}

static void test_down_payment(void **state)
{
    /* principals 100..1 000 000 */
#define DOWN_PAYMENT(share, rest) SCHEDULE(MONTHS ", down_payment: " share ", " rest)
    static const struct check_case cases[] = {
        {DOWN_PAYMENT("20%", "installments: 3, split: equal, " DOWN), ""},
        {DOWN_PAYMENT("0%", "installments: 3, split: equal, " DOWN), "rule-limits"},
        {DOWN_PAYMENT("100%", "installments: 3, split: equal, " DOWN), "rule-limits"},
        {DOWN_PAYMENT("20%", "installments: 3, split: bullet"), "rounding-missing"},
        {DOWN_PAYMENT("20%", "installments: 3, split: bullet, " DOWN), ""},
        {DOWN_PAYMENT("20%", "split: {fixed: 500}, " DOWN), ""},
        {DOWN_PAYMENT("1%", "installments: 3, split: bullet, " DOWN), ""},
        {DOWN_PAYMENT("0.9%", "installments: 3, split: bullet, " DOWN), "rows-vanish"},
        {DOWN_PAYMENT("0.9%", "split: {fixed: 500}, " DOWN), "rows-vanish"},
        {DOWN_PAYMENT("99%", "installments: 3, split: bullet, " DOWN), ""},
        {DOWN_PAYMENT("99.1%", "installments: 3, split: bullet, rounding: {unit: 1, mode: up, "
                               "residual: last}"),
         "rows-vanish"},
        {DOWN_PAYMENT("60%", "split: {shares: [50%, 50%]}, " DOWN), ""},
        {DOWN_PAYMENT("60%", "split: {shares: [2%, 98%]}, " DOWN), "rows-vanish"},
        {DOWN_PAYMENT("60%", "installments: {min: 1, max: 40}, split: equal, " DOWN), ""},
        {DOWN_PAYMENT("60%", "installments: {min: 1, max: 41}, split: equal, " DOWN),
         "rows-vanish"},
        {DOWN_PAYMENT("60%", "installments: {min: 1, max: 4000}, split: equal, " DOWN),
         "rows-vanish"},
        /* 400 000 left are 4 000 rows of 100 */
        {DOWN_PAYMENT("60%", "split: {fixed: 100}, " DOWN), ""},
        {DOWN_PAYMENT("60%", "split: {fixed: 99}, " DOWN), "rule-limits"},
        {LEND_HEAD "principal: {min: 1000, max: 1000}\nschedule: {installments: 4, " MONTHS
                   ", down_payment: 60%, split: {fixed: 100}, " DOWN
                   "}\n" LEND_ALLOCATION LEND_ARREARS,
         ""},
    };
    (void)state;
    check_all(cases, COUNT_OF(cases));
}

static void test_grace(void **state)
{
#define GRACE(grace)                                                                               \
    SCHEDULE("installments: 6, " MONTHS ", split: equal, " DOWN ", grace: {" grace "}")
    static const struct check_case cases[] = {
        {GRACE("length: 6 months, place: before-term"), ""},
        {GRACE("length: 1 year, place: before-term"), ""},
        {GRACE("length: 30 days, place: before-term"), "rule-conflict"},
        {GRACE("length: 5 months, place: within-term"), ""},
        {GRACE("length: 6 months, place: within-term"), "rule-limits"},
        {GRACE("length: {min: 0 months, max: 3 months}, place: before-term"), ""},
        {GRACE("length: {min: 0 months, max: 3 months, default: 2 months}, place: before-term"),
         ""},
        {GRACE("length: {min: 4 months, max: 3 months}, place: before-term"), "rule-limits"},
        {GRACE("length: {min: 0 months, max: 3 months, default: 4 months}, place: before-term"),
         "rule-limits"},
        {GRACE("length: {min: 0 months, max: 45 days}, place: before-term"), "rule-conflict"},
        {SCHEDULE("installments: 6, " MONTHS
                  ", split: bullet, grace: {length: 1 month, place: within-term}"),
         "rule-conflict"},
        {SCHEDULE("installments: 6, every: 2 months, due: {missing_day: last-of-month}, split: "
                  "equal, " DOWN ", grace: {length: 3 months, place: before-term}"),
         "rule-conflict"},
    };
    (void)state;
    check_all(cases, COUNT_OF(cases));
}

static void test_due(void **state)
{
#define DUE(every, due)                                                                            \
    SCHEDULE("installments: 3, every: " every ", due: {" due "}, split: equal, " DOWN)
    static const struct check_case cases[] = {
        {SCHEDULE("installments: 3, every: 1 month, split: equal, " DOWN), "rule-key-missing"},
        {DUE("1 month", "anchor: agreed"), "rule-key-missing"},
        {SCHEDULE("installments: 3, every: 30 days, split: equal, " DOWN), ""},
        {DUE("30 days", "missing_day: last-of-month"), "rule-conflict"},
        {DUE("2 weeks", "day: 15"), "rule-conflict"},
        {DUE("2 weeks", "day: same"), ""},
        {DUE("1 year", "day: last, missing_day: first-of-next"), ""},
        {DUE("0 months", "missing_day: first-of-next"), "number-range"},
        {DUE("2 weeks", "holiday: next, calendar: c"), ""}, /* found or not when it is read */
        {DUE("2 weeks", "holiday: none, calendar: c"), ""},
        {DUE("2 weeks", "holiday: next"), "rule-key-missing"},
        {DUE("1 month", "latest: 2 months, missing_day: first-of-next"), ""},
        {DUE("1 month", "latest: 0 days, missing_day: first-of-next"), "number-range"},
    };
    (void)state;
    check_all(cases, COUNT_OF(cases));
}

static void test_classes(void **state)
{
#define RANGES(one, two, three)                                                                    \
    ARREARS("count_from: due-date, classes: [{id: a, range: " one "}, {id: b, range: " two         \
            "}, {id: c, range: " three "}]")
    static const struct check_case cases[] = {
        {ARREARS("count_from: due-date, classes: [{id: a, range: 0..}]"), ""},
        {ARREARS("count_from: due-date, classes: [{id: a, range: 1..}]"), "classes-cover"},
        {ARREARS("count_from: due-date, classes: [{id: a, range: 0..90}]"), "classes-cover"},
        {RANGES("0..30", "31..90", "91.."), ""},
        {RANGES("0..0", "1..1", "2.."), ""},
        {RANGES("0..30", "32..90", "91.."), "classes-cover"}, /* a gap: day 31 */
        {RANGES("0..30", "30..90", "91.."), "classes-cover"}, /* an overlap: day 30 */
        {RANGES("0..30", "31..", "91.."), "classes-cover"},
        {RANGES("0..30", "91..", "31..90"), ""},              /* any order covers */
        {RANGES("0..90", "10..20", "91.."), "classes-cover"}, /* one inside the other */
        {RANGES("10..20", "0..90", "91.."), "classes-cover"},
        {RANGES("0..30", "31..60", "61..90"), "classes-cover"}, /* no open end */
    };
    (void)state;
    check_all(cases, COUNT_OF(cases));
}

#define TYPES(types)                                                                               \
    LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE "allocation: {excess: hold, types: " types              \
                                           "}\n" LEND_ARREARS

static void test_types(void **state)
{
    static const struct check_case cases[] = {
        {TYPES("{goodwill: {funded_by: program}, fund: {by: component, excess: last}}"), ""},
        {TYPES("{repay: {excess: last}}"), "rule-conflict"},
        {TYPES("{own-type: {excess: last}}"), "rule-conflict"},
        {TYPES("{' goodwill': {excess: last}}"), "text-control"},
        {TYPES("{'': {excess: last}}"), "text-length"},
        {LEND_HEAD LEND_PRINCIPAL "schedule: {installments: 3, " MONTHS ", split: bullet}\n"
                                  "allocation: {excess: hold, types: {goodwill: {excess: "
                                  "re-spread}}}\n" LEND_ARREARS,
         "rounding-missing"},
    };
    (void)state;
    check_all(cases, COUNT_OF(cases));
}

static void test_arrears(void **state)
{
    static const struct check_case cases[] = {
        {ARREARS("count_from: due-date, " TWO ", non_performing: [bad]"), ""},
        {ARREARS("count_from: due-date, " TWO ", non_performing: [worse]"), "class-unknown"},
        {ARREARS("count_from: due-date, tolerance: 5 days, " TWO), ""},
        {ARREARS("count_from: due-date, tolerance: 1 month, " TWO), "rule-conflict"},
        {ARREARS("count_from: due-date, tolerance: 1 week, " TWO), "rule-conflict"},
        {ARREARS("count_from: due-date, classes: [{id: a, range: 0.., provision: 1%}]"),
         "rounding-missing"},
        {ARREARS("count_from: due-date, classes: [{id: a, range: 0.., provision: 1%}],"
                 " provision: {rounding: {unit: 1, mode: up}}"),
         ""},
        {ARREARS("count_from: due-date, classes: [{id: a, range: 0.., provision: 101%}],"
                 " provision: {rounding: {unit: 1, mode: up}}"),
         "rule-limits"},
        {ARREARS("count_from: due-date, classes: [{id: a, range: 0.., provision: 100%}],"
                 " provision: {rounding: {unit: 0, mode: up}}"),
         "amount-zero"},
        {ARREARS("count_from: due-date, " TWO
                 ", provision: {less_not_for: [good], rounding: {unit: 1, mode: up}}"),
         "rule-conflict"},
        {ARREARS("count_from: due-date, " TWO ", provision: {less: collateral, less_not_for: "
                 "[goood], rounding: {unit: 1, mode: up}}"),
         "class-unknown"},
    };
    (void)state;
    check_all(cases, COUNT_OF(cases));
}

static void test_answers(void **state)
{
    (void)state;
    const struct rule_scope *rules = check(LEND_RULES);
    assert_int_equal(rule_installments(rules, RULE_SCHEDULE_INSTALLMENTS_MIN), 1);
    assert_int_equal(rule_installments(rules, RULE_SCHEDULE_INSTALLMENTS_MAX), 36);
    assert_int_equal(rule_installments(rules, RULE_SCHEDULE_INSTALLMENTS_DEFAULT), 3);
    assert_int_equal(rule_grace(rules, RULE_SCHEDULE_GRACE_LENGTH_MAX), 0);
    rules = check(GRACE("length: 1 year, place: before-term"));
    assert_int_equal(rule_installments(rules, RULE_SCHEDULE_INSTALLMENTS_DEFAULT), 6);
    assert_int_equal(rule_grace(rules, RULE_SCHEDULE_GRACE_LENGTH_MIN), 12);
    assert_int_equal(rule_grace(rules, RULE_SCHEDULE_GRACE_LENGTH_DEFAULT), 12);
    rules = check(GRACE("length: {min: 0 months, max: 3 months}, place: before-term"));
    assert_int_equal(rule_grace(rules, RULE_SCHEDULE_GRACE_LENGTH_MIN), 0);
    assert_int_equal(rule_grace(rules, RULE_SCHEDULE_GRACE_LENGTH_MAX), 3);
    assert_int_equal(rule_grace(rules, RULE_SCHEDULE_GRACE_LENGTH_DEFAULT), -1);
    rules = check(SCHEDULE("installments: 3, " MONTHS
                           ", split: equal, rounding: {unit: 5, residual: leading}"));
    struct split_rounding rounding = rule_rounding(rules);
    assert_amount(rounding.unit, "5");
    assert_int_equal(rounding.mode, ROUNDING_DOWN);
    assert_int_equal(rounding.residual, RESIDUAL_LEADING);
    rules = check(SCHEDULE(MONTHS ", split: {fixed: 1000}"));
    assert_int_equal(rule_installments(rules, RULE_SCHEDULE_INSTALLMENTS_MIN), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_principal), TEST(test_installments), TEST(test_rounding), TEST(test_fixed),
        TEST(test_shares),    TEST(test_down_payment), TEST(test_grace),    TEST(test_due),
        TEST(test_classes),   TEST(test_types),        TEST(test_arrears),  TEST(test_answers),
    };
    return RUN(tests);
}
