/* The clause `reschedule` in rule_check.h. */
#include "lend.h"

#include "rule_check.h"

#define WHOLE(schedule)                                                                            \
    LEND_HEAD LEND_PRINCIPAL "schedule: {installments: 3, every: 1 month, split: bullet,\n"        \
                             "  due: {missing_day: last-of-month}" schedule                        \
                             "}\n" LEND_ALLOCATION LEND_ARREARS
#define PLAIN WHOLE("")
#define ROUNDED WHOLE(", rounding: {unit: 1, mode: down, residual: last}")

static const struct rule_scope *read(const char *program, const char *clause)
{
    char *yaml = arena_alloc(&expect_arena, strlen(program) + strlen(clause) + 20);
    (void)sprintf(yaml, "%sreschedule: {%s}\n", program, clause);
    struct yaml_node *root = yaml_read(&expect_arena, &lend_file, text_of(yaml), &expect_faults);
    assert_non_null(root);
    const struct rule_scope *rules = rule_compile(&expect_arena, root, &expect_faults);
    if (rules == NULL || expect_faults.total > 0)
        fail_msg("%s: %s", clause, faults_string());
    return rules;
}

static const char *slugs_of(const char *program, const char *clause)
{
    rule_check_reschedule(read(program, clause), &expect_faults);
    return slugs_string();
}

static void test_rounding(void **state)
{
    (void)state;
    assert_string_equal(slugs_of(PLAIN, "kinds: [move, grace]"), "");
    assert_string_equal(slugs_of(ROUNDED, "kinds: [extend, re-age, re-amortize]"), "");
    assert_string_equal(slugs_of(PLAIN, "kinds: [move, extend]"), "rounding-missing");
    assert_string_equal(slugs_of(PLAIN, "kinds: [re-age]"), "rounding-missing");
    assert_string_equal(slugs_of(PLAIN, "kinds: [re-amortize]"), "rounding-missing");
}

static void test_max_grace(void **state)
{
    (void)state;
    assert_string_equal(slugs_of(PLAIN, "kinds: [grace], max_grace: 1 year"), "");
    assert_string_equal(slugs_of(PLAIN, "kinds: [grace], max_grace: 5 months"), "");
    assert_string_equal(slugs_of(PLAIN, "kinds: [grace], max_grace: 5 weeks"), "rule-conflict");
}

static void test_allows(void **state)
{
    (void)state;
    const struct rule_scope *rules = read(PLAIN, "kinds: [grace, move]");
    assert_true(rule_allows_reschedule(rules, RULE_RESCHEDULE_MOVE));
    assert_true(rule_allows_reschedule(rules, RULE_RESCHEDULE_GRACE));
    assert_false(rule_allows_reschedule(rules, RULE_RESCHEDULE_EXTEND));
    assert_false(rule_allows_reschedule(rules, RULE_RESCHEDULE_RE_AMORTIZE));
    assert_false(rule_reschedule_splits(rules));
    rules = program_at(lend_program(LEND_RULES), D("2024-01-01"));
    assert_false(rule_allows_reschedule(rules, RULE_RESCHEDULE_MOVE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_rounding),
        LEND_TEST(test_max_grace),
        LEND_TEST(test_allows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
