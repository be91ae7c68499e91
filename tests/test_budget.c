/* budget.h: which claims take the total of their program and year above its budget. */
#include "expect.h"

#include "budget.h"

static struct buffer packed;
static struct faults unheard;

static void claim(const char *program, const char *account_id, const char *agreed,
                  const char *cancelled, const char *amount, const char *budget)
{
    const struct budget_claim one = {
        .program = text_of(program),
        .account_id = text_of(account_id),
        .agreed = D(agreed),
        .cancelled = *cancelled == '\0' ? DATE_NONE : D(cancelled),
        .amount = A(amount),
        .limit = {.limited = strcmp(budget, "none") != 0,
                  .named = *budget >= '0' && *budget <= '9',
                  .amount = *budget >= '0' && *budget <= '9' ? A(budget) : AMOUNT_ZERO},
    };
    budget_pack(&packed, &expect_arena, &one);
}

/* The refused as `account left` in order of account_id; `?`: the year is not named. */
static const char *judged(void)
{
    static char out[1000];
    static const char *const accounts[] = {"a", "b", "c", "d", "e", "f"};
    struct budgets budgets;
    struct sorter *sorter = sorter_new(NULL, SORTER_BYTES_MIN, "/tmp", &unheard);
    size_t found = 0;
    char *end = out;
    *out = '\0';
    assert_true(sorter_add_packed(sorter, (struct text){packed.bytes, packed.len}));
    budgets_init(&budgets, NULL);
    assert_true(budgets_judge(&budgets, sorter));
    for (size_t i = 0; i < COUNT_OF(accounts); i++) {
        const struct budget_refusal *refusal = budgets_refusal(&budgets, text_of(accounts[i]));
        if (refusal == NULL)
            continue;
        found++;
        end += sprintf(end, "%s%s %s", end == out ? "" : ", ", accounts[i],
                       refusal->named ? amount_string(refusal->left) : "?");
    }
    assert_int_equal(found, budgets.count);
    budgets_free(&budgets);
    sorter_free(sorter);
    packed.len = 0;
    return out;
}

static void test_order(void **state)
{
    (void)state;
    assert_string_equal(judged(), "");
    claim("p", "b", "2026-02-01", "", "10", "2000");
    claim("p", "a", "2026-02-01", "", "800", "2000");
    claim("p", "c", "2026-01-05", "", "1200", "2000");
    claim("p", "d", "2027-01-05", "", "2000", "2000"); /* other years and programs are apart */
    claim("p2", "e", "2026-01-05", "", "2000", "2000");
    assert_string_equal(judged(), "b 0");
    claim("p", "a", "2026-01-01", "", "1500", "2000");
    claim("p", "b", "2026-02-01", "", "600", "2000");
    claim("p", "c", "2026-03-01", "", "500", "2000"); /* a smaller one still fits */
    assert_string_equal(judged(), "b 500");
}

static void test_cancelled(void **state)
{
    (void)state;
    claim("p", "a", "2026-01-10", "2026-03-01", "2000", "2000");
    claim("p", "b", "2026-02-28", "", "10", "2000");
    claim("p", "c", "2026-03-01", "", "2000", "2000"); /* free again on the day */
    assert_string_equal(judged(), "b 0");
    /* given back in the order of the cancels, not of the agreements */
    claim("p", "a", "2026-01-01", "2026-09-01", "400", "1000");
    claim("p", "b", "2026-01-02", "2026-07-01", "300", "1000");
    claim("p", "c", "2026-01-03", "2026-08-01", "200", "1000");
    claim("p", "d", "2026-01-04", "2026-06-01", "100", "1000");
    claim("p", "e", "2026-07-15", "", "401", "1000"); /* 400 + 200 stand */
    claim("p", "f", "2026-08-01", "", "600", "1000");
    assert_string_equal(judged(), "e 400");
    /* what was refused gives nothing back */
    claim("p", "a", "2026-01-01", "", "900", "1000");
    claim("p", "b", "2026-01-02", "2026-01-03", "200", "1000");
    claim("p", "c", "2026-01-04", "", "101", "1000");
    assert_string_equal(judged(), "b 100, c 100");
}

static void test_limits(void **state)
{
    (void)state;
    claim("p", "a", "2026-01-01", "", "5", "none"); /* counts, is not refused */
    claim("p", "b", "2026-01-02", "", "6", "10");
    claim("p", "c", "2026-01-03", "", "5", "10");
    claim("p", "d", "2026-01-04", "", "1", "4"); /* a cut below what was taken */
    claim("p", "e", "2026-01-05", "", "1", "not named");
    assert_string_equal(judged(), "b 5, d 0, e ?");
    /* sums of more than a word */
    claim("p", "a", "2026-01-01", "2026-02-01", "99999999999999999999999999999999", /* 32 */
          "100000000000000000000000000000000");
    claim("p", "b", "2026-01-02", "", "2", "100000000000000000000000000000000");
    claim("p", "c", "2026-01-03", "", "1", "100000000000000000000000000000000");
    claim("p", "d", "2026-02-01", "", "100000000000000000000000000000000",
          "100000000000000000000000000000000");
    claim("p", "e", "2026-02-01", "", "1", "100000000000000000000000000000000");
    assert_string_equal(judged(), "b 1, d 99999999999999999999999999999999");
}

static void test_limit_of(void **state)
{
    (void)state;
    static const struct fault_file file = {"p.yaml", 0};
    struct yaml_node *root =
        yaml_read(&expect_arena, &file,
                  text_of("nol: rules/1\ncurrency: {code: IDR, decimals: 0}\n"
                          "principal: {min: 1, max: 2, budget: {2026: 1_000}}\n"),
                  &unheard);
    struct rule_scope *rules = rule_compile(&expect_arena, root, &unheard);
    struct budget_limit limit =
        budget_limit_of(rules, RULE_PRINCIPAL_BUDGET, RULE_PRINCIPAL_BUDGET_ANY, D("2026-12-31"));
    assert_true(limit.limited && limit.named);
    assert_string_equal(amount_string(limit.amount), "1000");
    limit =
        budget_limit_of(rules, RULE_PRINCIPAL_BUDGET, RULE_PRINCIPAL_BUDGET_ANY, D("2027-01-01"));
    assert_true(limit.limited && !limit.named);
    limit = budget_limit_of(rules, RULE_AWARD_BUDGET, RULE_AWARD_BUDGET_ANY, D("2026-12-31"));
    assert_false(limit.limited);
    faults_free(&unheard);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_order),
        TEST(test_cancelled),
        TEST(test_limits),
        TEST(test_limit_of),
    };
    buffer_init(&packed, NULL);
    faults_init(&unheard);
    int failed = RUN(tests);
    buffer_free(&packed);
    return failed;
}
