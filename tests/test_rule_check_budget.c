/* rule_check_budget() in rule_check.h. */
#include "lend.h"

#include "rule_check.h"

static const char *slugs_of(const char *budget)
{
    char *yaml = arena_alloc(&expect_arena, strlen(LEND_HEAD) + strlen(budget) + 64);
    (void)sprintf(yaml, "%sprincipal: {min: 1, max: 2, budget: {%s}}\n", LEND_HEAD, budget);
    struct yaml_node *root = yaml_read(&expect_arena, &lend_file, text_of(yaml), &expect_faults);
    struct faults unheard; /* of what else a program needs */
    faults_init(&unheard);
    assert_non_null(root);
    const struct rule_scope *rules = rule_compile(&expect_arena, root, &unheard);
    rule_check_budget(rules, RULE_PRINCIPAL_BUDGET, &expect_faults);
    faults_free(&unheard);
    return slugs_string();
}

static void test_years(void **state)
{
    (void)state;
    assert_string_equal(slugs_of("1900: 1, 2026: 0, 2199: 5"), "");
    assert_string_equal(slugs_of("1899: 1"), "number-range");
    assert_string_equal(slugs_of("2200: 1"), "number-range");
    assert_string_equal(slugs_of("26: 1"), "number-range");
    assert_string_equal(slugs_of("20260: 1"), "number-range");
    assert_string_equal(slugs_of("202x: 1"), "number-range");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_years),
    };
    return RUN(tests);
}
