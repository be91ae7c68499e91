/* rule_check_forgiveness() in rule_check.h. */
#include "lend.h"

#include "rule_check.h"

static const char *slugs_of(const char *item)
{
    char *yaml = arena_alloc(&expect_arena, strlen(LEND_RULES) + strlen(item) + 32);
    (void)sprintf(yaml, "%sforgiveness: [{id: f, %s}]\n", LEND_RULES, item);
    struct yaml_node *root = yaml_read(&expect_arena, &lend_file, text_of(yaml), &expect_faults);
    assert_non_null(root);
    const struct rule_scope *rules = rule_compile(&expect_arena, root, &expect_faults);
    assert_string_equal(slugs_string(), "");
    rule_check_forgiveness(rules, &expect_faults);
    return slugs_string();
}

#define ROUNDING ", rounding: {unit: 1, mode: down}"
#define WHEN "when: {repaid: rest, by: 2030-01-01}, "

static void test_well(void **state)
{
    (void)state;
    assert_string_equal(slugs_of(WHEN "forgive: {share: 100%}" ROUNDING), "");
    assert_string_equal(slugs_of("when: {repaid: 1/3, within: 2 years}, forgive: {bands: "
                                 "[{up_to: 1, share: 1%}, {up_to: 2, share: 1/2}]}" ROUNDING),
                        "");
}

static void check_fault(const char *item, const char *slugs)
{
    assert_string_equal(slugs_of(item), slugs);
    faults_free(&expect_faults);
}

static void test_faults(void **state)
{
    (void)state;
    check_fault("when: {repaid: rest}, forgive: {share: 1%}" ROUNDING, "rule-key-missing");
    check_fault(
        "when: {repaid: rest, by: 2030-01-01, within: 1 day}, forgive: {share: 1%}" ROUNDING,
        "rule-conflict");
    check_fault(WHEN "forgive: {}" ROUNDING, "rule-key-missing");
    check_fault(WHEN "forgive: {share: 1%, bands: [{up_to: 1, share: 1%}]}" ROUNDING,
                "rule-conflict");
    check_fault(WHEN "forgive: {share: 0%}" ROUNDING, "rule-limits");
    check_fault(WHEN "forgive: {share: 101%}" ROUNDING, "rule-limits");
    check_fault("when: {repaid: 0%, by: 2030-01-01}, forgive: {share: 1%}" ROUNDING, "rule-limits");
    check_fault(WHEN "forgive: {bands: [{up_to: 2, share: 1%}, {up_to: 2, share: 1%}]}" ROUNDING,
                "rule-limits");
    check_fault(WHEN "forgive: {share: 1%}", "rounding-missing");
    check_fault(WHEN "forgive: {share: 1%}, rounding: {unit: 0, mode: down}", "amount-zero");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_well),
        LEND_TEST(test_faults),
    };
    return RUN(tests);
}
