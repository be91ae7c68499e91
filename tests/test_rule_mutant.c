/* rule_mutant.h: which values rules have, and what becomes of them. */
#include "lend.h"

#include "rule_mutant.h"

static const struct calendars no_calendars = {NULL, 0};

static const struct rule_leaf *find(const struct program *program, const char *path)
{
    unsigned count;
    const struct rule_leaf *leaves = rule_leaves(&expect_arena, program, &count);
    for (unsigned i = 0; i < count; i++)
        if (strcmp(leaves[i].path, path) == 0)
            return &leaves[i];
    fail_msg("no value %s", path);
    return NULL;
}

/* All lawful mutants of a value, the first of each group: "-99 +101", words without a sign; `-` is
 * a value left out. */
static const char *mutants(const struct program *program, const char *path)
{
    unsigned count, group = UINT32_MAX;
    const struct rule_mutant *list =
        rule_mutants(&expect_arena, program, find(program, path), &count);
    char *text = arena_alloc(&expect_arena, 512);
    size_t len = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < count; i++) {
        const struct rule_mutant *mutant = &list[i];
        if (mutant->group == group ||
            rule_mutant_program(&expect_arena, program, &no_calendars, mutant) == NULL)
            continue;
        group = mutant->group;
        len += (size_t)snprintf(
            text + len, 512 - len, "%s%s%s", len == 0 ? "" : " ",
            mutant->side == RULE_SIDE_NONE ? "" : (mutant->side == RULE_SIDE_BELOW ? "<" : ">"),
            mutant->shown == NULL ? "-" : mutant->shown);
    }
    return text;
}

static void test_leaves(void **state)
{
    (void)state;
    const struct program *program = lend_program(LEND_RULES);
    unsigned count;
    const struct rule_leaf *leaves = rule_leaves(&expect_arena, program, &count);
    static const char *const paths[] = {
        "currency.decimals",
        "in_force",
        "principal.min",
        "principal.max",
        "schedule.installments.min",
        "schedule.installments.max",
        "schedule.installments.default",
        "schedule.every",
        "schedule.split",
        "schedule.due.missing_day",
        "schedule.rounding.unit",
        "schedule.rounding.mode",
        "schedule.rounding.residual",
        "allocation.excess",
        "arrears.count_from",
        "arrears.classes.good.range",
        "arrears.classes.bad.range",
        "arrears.non_performing.bad",
    };
    assert_int_equal(count, COUNT_OF(paths));
    for (unsigned i = 0; i < count; i++)
        assert_string_equal(leaves[i].path, paths[i]); /* in file order, no texts */
    assert_text(leaves[3].text, "1_000_000");
}

static void test_sides(void **state)
{
    (void)state;
    const struct program *program = lend_program(LEND_RULES);
    assert_string_equal(mutants(program, "principal.min"), "<99 >101");
    assert_string_equal(mutants(program, "in_force"), "<2019-12-31 >2020-01-02");
    assert_string_equal(mutants(program, "schedule.every"), ">2 months");
    assert_string_equal(mutants(program, "schedule.installments.min"), ">2"); /* 1..4000 */
    assert_string_equal(mutants(program, "schedule.rounding.unit"), ">2");    /* 0 is no unit */
    /* 100 in 36 rows: 2.78, rounded to 3 the last rows would vanish: no other mode is lawful */
    assert_string_equal(mutants(program, "schedule.rounding.mode"), "");
    assert_string_equal(mutants(program, "schedule.rounding.residual"), "first leading cumulative");
    assert_string_equal(mutants(program, "schedule.installments.default"), "<2 >4");
    assert_string_equal(mutants(program, "schedule.split"),
                        "bullet"); /* `custom` has no range of rows */
    assert_string_equal(mutants(program, "arrears.non_performing.bad"), "-");
    /* a limit moves by what principals are multiples of */
    program = lend_program(
        LEND_HEAD
        "principal: {min: 1_000, max: 9_000, multiple_of: 500}\n" LEND_SCHEDULE LEND_ALLOCATION
            LEND_ARREARS);
    assert_string_equal(mutants(program, "principal.max"), "<8500 >9500");
    assert_string_equal(mutants(program, "schedule.rounding.mode"), "up half-up half-even");
}

/* What one range loses the other one gets: else the classes would not cover every day. */
static void test_ranges(void **state)
{
    (void)state;
    const struct program *program = lend_program(LEND_RULES);
    unsigned count;
    assert_string_equal(mutants(program, "arrears.classes.good.range"), "<0..29 >0..31");
    assert_string_equal(mutants(program, "arrears.classes.bad.range"), "<30.. >32..");
    const struct rule_mutant *list =
        rule_mutants(&expect_arena, program, find(program, "arrears.classes.bad.range"), &count);
    const struct program *changed =
        rule_mutant_program(&expect_arena, program, &no_calendars, &list[0]);
    const struct rule_value *classes = &changed->versions[0].rules->value[RULE_ARREARS_CLASSES];
    assert_int_equal(classes->items[0]->value[RULE_ARREARS_CLASSES_RANGE].upto, 29);
    assert_int_equal(classes->items[1]->value[RULE_ARREARS_CLASSES_RANGE].from, 30);
}

static void test_lists(void **state)
{
    (void)state;
    const struct program *program = lend_program(
        LEND_HEAD LEND_PRINCIPAL
        "schedule: {every: 1 month, split: {shares: [30%, 1/2, 0.2]}, due: {missing_day: "
        "last-of-month},\n  rounding: {unit: 1, mode: down, residual: last}, grace: {length: 1 "
        "month, place: before-term, list_rows: true}}\n"
        "allocation: {components: [penalty, fee, principal], excess: next, excess_components: "
        "[principal, fee]}\n" LEND_ARREARS);
    assert_string_equal(mutants(program, "schedule.split.shares"), "29% 49%");
    assert_string_equal(mutants(program, "schedule.grace.list_rows"), "false");
    assert_string_equal(mutants(program, "schedule.grace.length"), "<0 months >2 months");
    assert_string_equal(mutants(program, "allocation.components"), "fee principal");
    assert_string_equal(mutants(program, "allocation.excess_components"), "fee - -");
}

/* Values of an amendment, and its day. */
static void test_amendments(void **state)
{
    (void)state;
    const struct program *program = lend_program(
        LEND_RULES "amendments:\n  - {from: 2024-01-01, set: [{path: principal.max, was: "
                   "1_000_000, value: 500_000}]}\n"
                   "  - {from: 2024-01-02, set: [{path: principal.max, was: "
                   "500_000, value: 400_000}]}\n");
    unsigned count, limits = 0;
    const struct rule_leaf *leaves = rule_leaves(&expect_arena, program, &count);
    for (unsigned i = 0; i < count; i++)
        limits += strcmp(leaves[i].path, "principal.max") == 0;
    assert_int_equal(limits, 3);
    assert_string_equal(mutants(program, "amendments.2024-01-01.from"), "<2023-12-31");
    assert_string_equal(mutants(program, "amendments.2024-01-02.from"), ">2024-01-03");
    const struct rule_mutant *list =
        rule_mutants(&expect_arena, program, find(program, "amendments.2024-01-02.from"), &count);
    const struct program *changed =
        rule_mutant_program(&expect_arena, program, &no_calendars, &list[count - 1]);
    assert_date(changed->versions[2].from, "2024-01-03");
    assert_date(program->versions[2].from, "2024-01-02"); /* untouched */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_leaves), TEST(test_sides),      TEST(test_ranges),
        TEST(test_lists),  TEST(test_amendments),
    };
    return RUN(tests);
}
