/* amend.h, by way of whole rule files: what a dated change may change, and what `was` must say. */
#include "lend.h"

#define SET(set) LEND_RULES "amendments:\n  - {from: 2024-07-01, set: [" set "]}\n"

struct amend_case {
    const char *set, *slugs;
};

static const struct rule_scope *amended(const char *yaml)
{
    const struct program *program =
        program_read(&expect_arena, &lend_file, text_of(yaml), &expect_faults);
    return program == NULL ? NULL : program_at(program, D("2024-07-01"));
}

static void check_all(const struct amend_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char yaml[4000];
        (void)snprintf(yaml, sizeof yaml, SET("%s"), cases[i].set);
        const struct rule_scope *rules = amended(yaml);
        const char *slugs = slugs_string();
        if (strcmp(slugs, cases[i].slugs) != 0)
            fail_msg("%s: '%s', expected '%s'", cases[i].set, slugs, cases[i].slugs);
        assert_true((rules == NULL) == (*slugs != '\0'));
    }
}

/* `was` is compared by value, however it is written. */
static void test_was_by_value(void **state)
{
    static const struct amend_case cases[] = {
        {"{path: principal.max, was: 1_000_000, value: 5}",
         "rule-limits"}, /* a version is checked like any other */
        {"{path: principal.max, was: 1000000, value: 5_000}", ""},
        {"{path: principal.max, was: '1_000_000.0', value: 5_000}", ""},
        {"{path: principal.max, was: 1_000_001, value: 5_000}", "amendment-was"},
        {"{path: principal.max, was: [1], value: 5_000}", "amendment-was"},
        {"{path: principal.max, was: a million, value: 5_000}", "amendment-was"},
        {"{path: schedule.every, was: 01 months, value: 2 months}", ""},
        {"{path: schedule.every, was: 1 week, value: 2 months}", "amendment-was"},
        {"{path: schedule.installments.default, was: 03, value: 4}", ""},
        {"{path: arrears.classes.good.range, was: 00..030, value: 0..30}", ""},
        {"{path: arrears.classes.good.range, was: 0..31, value: 0..30}", "amendment-was"},
        {"{path: allocation.excess, was: hold, value: next}", ""},
        {"{path: allocation.excess, was: next, value: last}", "amendment-was"},
        {"{path: schedule.due.latest, was: absent, value: 24 months},"
         "{path: schedule.due.latest, was: 2 years, value: 2030-12-31},"
         "{path: schedule.due.latest, was: 2030-12-31, value: absent}",
         ""},
        {"{path: schedule.due.latest, was: absent, value: 24 months},"
         "{path: schedule.due.latest, was: 2026-01-01, value: absent}",
         "amendment-was"},
        {"{path: schedule.installments, was: {min: 1, max: 36, default: 3}, value: absent},"
         "{path: schedule.split, was: equal, value: {shares: [50%, 50%]}},"
         "{path: schedule.split.shares, was: [1/2, 0.5], value: [40%, 60%]}",
         ""},
        {"{path: schedule.installments, was: {min: 1, max: 36, default: 3}, value: absent},"
         "{path: schedule.split, was: equal, value: {shares: [50%, 50%]}},"
         "{path: schedule.split.shares, was: [1/2, half], value: [40%, 60%]}",
         "amendment-was"},
        {"{path: principal.by, was: absent, value: {column: c, max: {a: 1_000}}},"
         "{path: principal.by.max.a, was: 1000, value: 2_000},"
         "{path: principal.by.max.b, was: absent, value: 500},"
         "{path: principal.by.max, was: {b: 5_00, a: 2000}, value: {a: 3}}",
         "rule-limits"},
        {"{path: principal.by, was: absent, value: {column: c, max: {a: 1_000}}},"
         "{path: principal.by.max.a, was: 1001, value: 2_000}",
         "amendment-was"},
    };
    (void)state;
    check_all(cases, COUNT_OF(cases));
}

static void test_maps_and_lists(void **state)
{
    static const struct amend_case cases[] = {
        /* a map by its keys in any order, a list in its order */
        {"{path: principal, was: {max: 1000000, min: 100}, value: {min: 200, max: 300}}", ""},
        {"{path: principal, was: {max: 1000000}, value: {min: 200, max: 300}}", "amendment-was"},
        {"{path: principal, was: {max: 1000000, min: 100, multiple_of: 1}, value: {min: 200, max: "
         "300}}",
         "amendment-was"},
        {"{path: arrears.non_performing, was: [bad], value: [good, bad]}", ""},
        {"{path: arrears.non_performing, was: [good], value: [bad]}", "amendment-was"},
        {"{path: arrears.non_performing, was: [], value: [bad]}", "amendment-was"},
        {"{path: arrears.classes, was: [{id: good, range: 0..30}, {id: bad, range: 31..}], value: "
         "[{id: bad, range: 0..}]}",
         ""},
        {"{path: arrears.classes, was: [{id: bad, range: 31..}, {id: good, range: 0..30}], value: "
         "[{id: bad, range: 0..}]}",
         "amendment-was"},
        {"{path: arrears.classes.bad, was: {range: 31.., id: bad}, value: {id: bad, range: "
         "'31..'}}",
         ""},
        {"{path: schedule.rounding, was: {unit: 1, mode: down, residual: last}, value: {unit: 1, "
         "residual: leading}}",
         ""},
    };
    (void)state;
    check_all(cases, COUNT_OF(cases));
}

static void test_absent(void **state)
{
    static const struct amend_case cases[] = {
        {"{path: principal.multiple_of, was: absent, value: 50}", ""},
        {"{path: principal.multiple_of, was: 1, value: 50}",
         "amendment-was"}, /* a default does not stand there */
        {"{path: principal.max, was: absent, value: 50}", "amendment-was"},
        {"{path: arrears.non_performing, was: [bad], value: absent}", ""},
        {"{path: principal.max, was: 1_000_000, value: absent}", "rule-key-missing"},
        {"{path: arrears.classes.worst, was: absent, value: {id: worst, range: 5..}}",
         "classes-cover classes-cover"},
        {"{path: arrears.classes.bad.provision, was: absent, value: 10%}", "rounding-missing"},
        {"{path: arrears.provision, was: absent, value: {rounding: {unit: 1, mode: up}}}", ""},
        {"{path: schedule.grace, was: absent, value: {length: 2 months, place: before-term}}", ""},
        {"{path: arrears.classes.bad.range, was: 31.., value: 31..60}, "
         "{path: arrears.classes.worst, was: absent, value: {id: worst, range: 61..}}",
         ""},
    };
    (void)state;
    check_all(cases, COUNT_OF(cases));
}

static void test_paths(void **state)
{
    static const struct amend_case cases[] = {
        {"{path: title, was: A lender, value: B}", "amendment-path"},
        {"{path: currency.decimals, was: 0, value: 2}", "amendment-path"},
        {"{path: in_force, was: 2020-01-01, value: 2021-01-01}", "amendment-path"},
        {"{path: amendments, was: absent, value: absent}", "amendment-path"},
        {"{path: nowhere, was: 1, value: 2}", "amendment-path"},
        {"{path: principal.maximum, was: 1, value: 2}", "amendment-path"},
        {"{path: principal.max.more, was: 1, value: 2}", "amendment-path"},
        {"{path: schedule.grace.length, was: absent, value: 1 month}",
         "amendment-path"}, /* no grace around it */
        {"{path: arrears.classes.worse.range, was: 1.., value: 2..}", "amendment-path"},
        {"{path: arrears..range, was: 1, value: 2}", "amendment-path"},
        {"{path: principal., was: 1, value: 2}", "amendment-path"},
        {"{path: principal.by.max.a, was: absent, value: 2}", "amendment-path"},
    };
    (void)state;
    check_all(cases, COUNT_OF(cases));
}

static void test_incomplete(void **state)
{
    static const struct amend_case cases[] = {
        {"{path: principal.max, value: 2000}", "rule-key-missing"},
        {"{path: principal.max, was: 1_000_000}", "rule-key-missing"},
        {"{was: 1, value: 2}", "rule-key-missing"},
    };
    (void)state;
    check_all(cases, COUNT_OF(cases));
}

/* The amended value is there, the rest and the version before are untouched. */
static void test_values(void **state)
{
    (void)state;
    const struct program *program = program_read(
        &expect_arena, &lend_file,
        text_of(SET(
            "{path: principal.max, was: 1_000_000, value: 2_000_000},"
            "{path: principal.max, was: 2_000_000, value: 3_000_000}, " /* one after the other */
            "{path: arrears.classes.bad.range, was: 31.., value: '31..60'},"
            "{path: arrears.classes.worst, was: absent, value: {id: worst, range: '61..'}},"
            "{path: arrears.non_performing, was: [bad], value: [bad, worst]}")),
        &expect_faults);
    assert_faults("");
    const struct rule_scope *before = program_at(program, D("2024-06-30"));
    const struct rule_scope *after = program_at(program, D("2024-07-01"));
    assert_amount(rule_amount(before, RULE_PRINCIPAL_MAX), "1000000");
    assert_amount(rule_amount(after, RULE_PRINCIPAL_MAX), "3000000");
    assert_amount(rule_amount(after, RULE_PRINCIPAL_MIN), "100");
    assert_int_equal(before->value[RULE_ARREARS_CLASSES].count, 2);
    assert_int_equal(after->value[RULE_ARREARS_CLASSES].count, 3);
    assert_int_equal(
        before->value[RULE_ARREARS_CLASSES].items[1]->value[RULE_ARREARS_CLASSES_RANGE].upto,
        RULE_RANGE_OPEN);
    assert_int_equal(
        after->value[RULE_ARREARS_CLASSES].items[1]->value[RULE_ARREARS_CLASSES_RANGE].upto, 60);
    assert_int_equal(after->value[RULE_ARREARS_NON_PERFORMING].count, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_was_by_value), TEST(test_maps_and_lists), TEST(test_absent),
        TEST(test_paths),        TEST(test_incomplete),     TEST(test_values),
    };
    return RUN(tests);
}
