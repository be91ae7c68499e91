/* rule_check_penalty() and rule_check_has_penalty() in rule_check.h. */
#include "lend.h"

#include "rule_check.h"

static const struct rule_scope *read(const char *clause)
{
    char *yaml = arena_alloc(&expect_arena, strlen(LEND_RULES) + strlen(clause) + 16);
    (void)sprintf(yaml, "%spenalty: {%s}\n", LEND_RULES, clause);
    struct yaml_node *root = yaml_read(&expect_arena, &lend_file, text_of(yaml), &expect_faults);
    assert_non_null(root);
    const struct rule_scope *rules = rule_compile(&expect_arena, root, &expect_faults);
    if (rules == NULL || expect_faults.total > 0)
        fail_msg("%s: %s", clause, faults_string());
    return rules;
}

static const char *slugs_of(const char *clause)
{
    rule_check_penalty(read(clause), &expect_faults);
    return slugs_string();
}

#define ROUNDING ", rounding: {unit: 1, mode: down}"

static void test_well(void **state)
{
    (void)state;
    assert_string_equal(slugs_of("kind: none, rate: 1%, amount: 5"), "");
    assert_string_equal(slugs_of("kind: flat, amount: 5"), "");
    assert_string_equal(slugs_of("kind: flat, amount: 5, cap: 4"), "");
    assert_string_equal(slugs_of("kind: flat, amount: 5, cap: 1/3" ROUNDING), "");
    assert_string_equal(slugs_of("kind: share, rate: 1%, base: installment" ROUNDING), "");
    assert_string_equal(slugs_of("kind: per-month, rate: 1%, count: whole" ROUNDING), "");
}

static void test_faults(void **state)
{
    (void)state;
    assert_string_equal(slugs_of("kind: flat"), "rule-key-missing");
    assert_string_equal(slugs_of("kind: share" ROUNDING), "rule-key-missing");
    assert_string_equal(slugs_of("kind: per-month, rate: 1%" ROUNDING), "rule-key-missing");
    assert_string_equal(slugs_of("kind: flat, amount: 5, rate: 1%"), "rule-conflict");
    assert_string_equal(slugs_of("kind: flat, amount: 5, base: installment"), "rule-conflict");
    assert_string_equal(slugs_of("kind: per-day, rate: 1%, count: whole" ROUNDING),
                        "rule-conflict");
    assert_string_equal(slugs_of("kind: flat, amount: 0"), "amount-zero");
    assert_string_equal(slugs_of("kind: flat, amount: 5, cap: 0"), "amount-zero");
    assert_string_equal(slugs_of("kind: flat, amount: 5, cap: 0/7" ROUNDING), "amount-zero");
    assert_string_equal(slugs_of("kind: share, rate: 0%" ROUNDING), "amount-zero");
    assert_string_equal(slugs_of("kind: share, rate: 1%"), "rounding-missing");
    assert_string_equal(slugs_of("kind: flat, amount: 5, cap: 10%"), "rounding-missing");
    assert_string_equal(slugs_of("kind: flat, amount: 5, rounding: {unit: 0, mode: up}"),
                        "amount-zero");
}

static void test_has_penalty(void **state)
{
    (void)state;
    assert_true(rule_check_has_penalty(read("kind: flat, amount: 5")));
    assert_false(rule_check_has_penalty(read("kind: none")));
    assert_false(rule_check_has_penalty(program_at(lend_program(LEND_RULES), D("2024-01-01"))));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_well),
        LEND_TEST(test_faults),
        LEND_TEST(test_has_penalty),
    };
    return RUN(tests);
}
