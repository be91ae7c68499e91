/* rule_check_fees() in rule_check.h. */
#include "lend.h"

#include "rule_check.h"

static const char *slugs_of(const char *fee)
{
    char *yaml = arena_alloc(&expect_arena, strlen(LEND_RULES) + strlen(fee) + 32);
    (void)sprintf(yaml, "%sfees: [{id: a, %s}]\n", LEND_RULES, fee);
    struct yaml_node *root = yaml_read(&expect_arena, &lend_file, text_of(yaml), &expect_faults);
    assert_non_null(root);
    const struct rule_scope *rules = rule_compile(&expect_arena, root, &expect_faults);
    if (rules == NULL || expect_faults.total > 0)
        fail_msg("%s: %s", fee, faults_string());
    rule_check_fees(rules, &expect_faults);
    return slugs_string();
}

#define SHARE(of) "amount: {rate: 1%, of: " of "}, rounding: {unit: 1, mode: down}, "
#define ROW "collect: with-installment, "

static void test_well(void **state)
{
    (void)state;
    assert_string_equal(slugs_of("amount: 5, when: disbursement, collect: deduct"), "");
    assert_string_equal(slugs_of("amount: 5, when: disbursement, collect: upfront"), "");
    assert_string_equal(slugs_of(ROW "amount: 5, when: disbursement"), "");
    assert_string_equal(slugs_of(ROW "amount: 5, when: each-installment"), "");
    assert_string_equal(slugs_of(ROW "amount: 5, when: {installment: 4000}"), "");
    assert_string_equal(slugs_of(SHARE("principal") "when: disbursement, collect: deduct"), "");
    assert_string_equal(slugs_of(SHARE("disbursed") "when: disbursement, collect: upfront"), "");
    assert_string_equal(slugs_of(ROW SHARE("installment") "when: disbursement"), "");
    assert_string_equal(slugs_of(ROW SHARE("disbursed") "when: {installment: 2}"), "");
}

static void test_collect(void **state)
{
    (void)state;
    assert_string_equal(slugs_of("amount: 5, when: each-installment, collect: deduct"),
                        "rule-conflict");
    assert_string_equal(slugs_of("amount: 5, when: {installment: 2}, collect: upfront"),
                        "rule-conflict");
    assert_string_equal(slugs_of(SHARE("installment") "when: disbursement, collect: deduct"),
                        "rule-conflict");
}

static void test_amounts(void **state)
{
    (void)state;
    assert_string_equal(slugs_of(ROW "amount: 0, when: disbursement"), "amount-zero");
    assert_string_equal(slugs_of(ROW "amount: {rate: 0%, of: principal}, when: disbursement,"
                                     " rounding: {unit: 1, mode: down}"),
                        "amount-zero");
    assert_string_equal(slugs_of(ROW "amount: {rate: 1%, of: principal}, when: disbursement,"
                                     " rounding: {unit: 0, mode: down}"),
                        "amount-zero");
    assert_string_equal(slugs_of(ROW "amount: {rate: 1%, of: principal}, when: disbursement"),
                        "rounding-missing");
    assert_string_equal(
        slugs_of(ROW "amount: 5, when: disbursement, rounding: {unit: 1, mode: down}"),
        "rule-conflict");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_well),
        LEND_TEST(test_collect),
        LEND_TEST(test_amounts),
    };
    return RUN(tests);
}
