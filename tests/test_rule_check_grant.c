/* rule_check.h of grants: what a program of them must fulfil; tranches that add up. */
#include "give.h"

static void assert_refused(const char *yaml, const char *slugs)
{
    const struct program *program =
        program_read(&expect_arena, &lend_file, text_of(yaml), &expect_faults);
    char *text = arena_copy(&expect_arena, yaml, strlen(yaml));
    const char *found = slugs_string();
    if (strcmp(found, slugs) != 0)
        fail_msg("%s: %s, expected %s", text, found, slugs);
    assert_true((program == NULL) == (*slugs != '\0'));
}

#define ONE "tranches: [{id: T1, remainder: true, release: agreement}]\n"
#define OF(tranches) GIVE_HEAD "tranches: [" tranches "]\n"
#define REST "{id: T2, remainder: true, release: agreement}"
#define WHEN(condition) OF("{id: T1, remainder: true, release: " condition "}") GIVE_REPORT_ONE
#define GIVE_REPORT_ONE "reports: [{id: R1, covers: [T1], due: {after: agreed, plus: 1 day}}]\n"
#define DUE(due) GIVE_HEAD ONE "reports: [{id: R1, covers: [T1], due: {after: agreed, " due "}}]\n"
#define CLAUSE(clause)                                                                             \
    GIVE_HEAD ONE GIVE_REPORT_ONE                                                                  \
        "clawback: {combine: sum, payable: 1 day, clauses: [{id: c, " clause "}]}\n"
#define HEAD(award)                                                                                \
    "nol: rules/1\nkind: grant\nid: give\ntitle: A giver\nstatus: illustrative\n"                  \
    "currency: {code: IDR, decimals: 0}\nin_force: 2020-01-01\n" award

static void test_tranches(void **unused)
{
    (void)unused;
    assert_refused(GIVE_RULES, "");
    assert_refused(HEAD("award: {min: 0, max: 5}\n") ONE, "amount-zero");
    assert_refused(HEAD("award: {min: 6, max: 5}\n") ONE, "rule-limits");
    assert_refused(HEAD("award: {max: 5}\n") ONE, "rule-key-missing");
    assert_refused(HEAD("award: {min: 1, max: 5, budget: {1900: 7, 2199: 0}}\n") ONE, "");
    assert_refused(HEAD("award: {min: 1, max: 5, budget: {1899: 7, 2200: 7, 20x1: 7, 20261: 7}}\n")
                       ONE,
                   "number-range number-range number-range number-range");
    assert_refused(GIVE_HEAD "tranches: []\n", "rule-shape");
    assert_refused(OF("{id: T1, release: agreement}"), "rule-key-missing");
    assert_refused(OF("{id: T1, amount: 5, share: 1%, release: agreement}, " REST),
                   "rule-conflict");
    assert_refused(OF("{id: T1, amount: 5, remainder: true, release: agreement}"), "rule-conflict");
    assert_refused(OF("{id: T1, share: 1%, release: agreement}, " REST), "rounding-missing");
    assert_refused(
        OF("{id: T1, amount: 5, rounding: {unit: 1, mode: up}, release: agreement}, " REST),
        "rule-conflict");
    assert_refused(OF("{id: T1, remainder: true, release: agreement}, " REST), "rule-conflict");
    assert_refused(OF("{id: last, remainder: true, release: agreement}"), "rule-conflict");
    assert_refused(OF("{id: T2, amount: 5, release: agreement}, " REST), "rule-id-duplicate");
    assert_refused(
        OF("{id: T1, share: 0%, rounding: {unit: 1, mode: up}, release: agreement}, " REST),
        "rule-limits");
    assert_refused(
        OF("{id: T1, share: 101%, rounding: {unit: 1, mode: up}, release: agreement}, " REST),
        "rule-limits");
}

/* Awards of 100 to 1,000,000. */
static void test_sums(void **unused)
{
    (void)unused;
    assert_refused(OF("{id: T1, amount: 99, release: agreement}, " REST), "");
    assert_refused(OF("{id: T1, amount: 100, release: agreement}, " REST), "tranches-sum");
    assert_refused(OF("{id: T1, amount: 100, release: agreement}"), "tranches-sum");
    assert_refused(
        OF("{id: T1, share: 1%, rounding: {unit: 2, mode: down}, release: agreement}, " REST),
        "tranches-sum");
    assert_refused(OF("{id: T1, share: 100%, rounding: {unit: 1, mode: down}, release: agreement}"),
                   "");
    assert_refused(OF("{id: T1, share: 1/3, rounding: {unit: 1, mode: down}, release: agreement}, "
                      "{id: T2, share: 2/3, rounding: {unit: 1, mode: down}, release: agreement}"),
                   "tranches-sum");
}

/* 100 x 1/3 rounded down to tens, 40, and the rest: 30, 40, 30. */
static void test_planned(void **unused)
{
    struct amount planned[3];
    (void)unused;
    const struct rule_scope *rules =
        lend_program(OF("{id: A, share: 1/3, rounding: {unit: 10, mode: down}, release: agreement},"
                        "{id: B, remainder: true, release: agreement},"
                        "{id: C, amount: 40, release: agreement}"))
            ->versions[0]
            .rules;
    assert_true(rule_tranches(&expect_arena, rules, A("100"), planned));
    assert_amount(planned[0], "30");
    assert_amount(planned[1], "30");
    assert_amount(planned[2], "40");
    assert_false(rule_tranches(&expect_arena, rules, A("60"), planned)); /* 20 + 40 + nothing */
}

static void test_conditions(void **unused)
{
    (void)unused;
    assert_refused(WHEN("{accepted: R1}"), "");
    assert_refused(WHEN("maybe"), "rule-choice");
    assert_refused(WHEN("[agreement]"), "rule-shape");
    assert_refused(WHEN("{}"), "rule-key-missing");
    assert_refused(WHEN("{accepted: R2}"), "rule-name-unknown");
    assert_refused(WHEN("{accounted: T7, at_least: 1%}"), "rule-name-unknown");
    assert_refused(WHEN("{accounted: T1}"), "rule-key-missing");
    assert_refused(WHEN("{accounted: T1, at_least: 101%}"), "rule-limits");
    assert_refused(WHEN("{missing: R1}"), "rule-key-missing");
    assert_refused(WHEN("{accepted: R1, for: 1 day}"), "rule-conflict");
    assert_refused(WHEN("{accepted: R1, submitted: R1}"), "rule-conflict");
    assert_refused(WHEN("{event: e, within: 1 day}"), "rule-key-missing");
    assert_refused(WHEN("{event: e, of: agreed}"), "rule-conflict");
    assert_refused(WHEN("{event: e, within: 1 day, of: R3.accepted}"), "rule-name-unknown");
    assert_refused(WHEN("{event: e, within: 1 day, of: T1.sent}"), "rule-choice");
    assert_refused(WHEN("{all: []}"), "rule-shape");
    assert_refused(WHEN("{all: [maybe]}"), "rule-shape");
    assert_refused(WHEN("{any: [{all: [{accepted: R4}]}]}"), "rule-name-unknown");
    assert_refused(WHEN("{acepted: R1}"), "rule-key-missing rule-key-unknown");
}

static void test_reports(void **unused)
{
    (void)unused;
    assert_refused(DUE("plus: 1 day"), "");
    assert_refused(DUE("month: 2, day: 29, year: next"), "");
    assert_refused(DUE("month: 2, day: 30, year: next"), "rule-limits");
    assert_refused(DUE("month: 2, day: 2"), "rule-key-missing");
    assert_refused(DUE("month: 2, day: 2, year: same, plus: 1 day"), "rule-conflict");
    assert_refused(DUE("month: 13, day: 2, year: same"), "number-range");
    assert_refused(GIVE_HEAD ONE
                   "reports: [{id: R1, covers: [], due: {after: agreed, plus: 1 day}}]\n",
                   "rule-shape");
    assert_refused(GIVE_HEAD ONE
                   "reports: [{id: R1, covers: [T1, T1], due: {after: agreed, plus: 1 day}}]\n",
                   "rule-conflict");
    assert_refused(GIVE_HEAD ONE
                   "reports: [{id: R1, covers: [T8], due: {after: T8.paid, plus: 1 day}}]\n",
                   "rule-name-unknown rule-name-unknown");
}

static void test_eligible(void **unused)
{
    (void)unused;
    assert_refused(GIVE_HEAD ONE "eligible: {share_max: 50%}\n", "rounding-missing");
    assert_refused(GIVE_HEAD ONE "eligible: {share_max: 0%, rounding: {unit: 1, mode: up}}\n",
                   "rule-limits");
    assert_refused(GIVE_HEAD ONE "eligible: {categories: [a], rounding: {unit: 1, mode: up}}\n",
                   "rule-conflict");
    assert_refused(GIVE_HEAD ONE "eligible: {share_max: 50%, rounding: {unit: 0, mode: up}}\n",
                   "amount-zero");
}

static void test_clawback(void **unused)
{
    (void)unused;
    assert_refused(CLAUSE("when: agreement, amount: paid"), "");
    assert_refused(CLAUSE("when: agreement, amount: 5"), "");
    assert_refused(CLAUSE("when: agreement, amount: 0"), "amount-zero");
    assert_refused(CLAUSE("when: agreement, amount: everything"), "rule-choice");
    assert_refused(CLAUSE("when: agreement, amount: paid, declining: {months: 3, of: agreed}, "
                          "rounding: {unit: 1, mode: up}"),
                   "rule-conflict");
    assert_refused(CLAUSE("when: {event: e}, amount: paid, declining: {months: 3, of: agreed}"),
                   "rounding-missing");
    assert_refused(CLAUSE("when: {event: e}, amount: paid, declining: {months: 3, of: X.paid}, "
                          "rounding: {unit: 0, mode: up}"),
                   "rule-name-unknown amount-zero");
}

/* Keys of the other kind; classes are checked as those of loans. */
static void test_kinds(void **unused)
{
    (void)unused;
    assert_refused(GIVE_HEAD ONE "principal: {min: 1, max: 2}\n", "rule-kind");
    assert_refused(LEND_RULES "award: {min: 1, max: 2}\n", "rule-kind");
    assert_refused(GIVE_HEAD ONE "arrears: {classes: [{id: a, range: 1..}]}\n", "classes-cover");
    assert_refused(GIVE_HEAD ONE
                   "arrears: {count_from: due-date, classes: [{id: a, range: 0..}]}\n",
                   "rule-kind");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEND_TEST(test_tranches),   LEND_TEST(test_sums),    LEND_TEST(test_planned),
        LEND_TEST(test_conditions), LEND_TEST(test_reports), LEND_TEST(test_eligible),
        LEND_TEST(test_clawback),   LEND_TEST(test_kinds),
    };
    return RUN(tests);
}
