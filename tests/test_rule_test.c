/* rule_test.h: the form of tests, and what they say; rule_test_run.h: how they end. */
#include "lend.h"

#include "rule_coverage.h"

#define TESTS_HEAD                                                                                 \
    "nol: tests/1\nfor: lend\nloan: {principal: 1_000, disbursed: 2024-01-31}\ntests:\n"

static const struct fault_file tests_file = {"lend.test.yaml", 1};

static const struct rule_test_file *read_of(const char *rules, const char *yaml)
{
    const struct program **programs = ARENA_ARRAY(&expect_arena, const struct program *, 1);
    struct rules *all = ARENA_ARRAY(&expect_arena, struct rules, 1);
    programs[0] = lend_program(rules);
    all->programs = programs;
    all->program_count = 1;
    const struct yaml_node *root =
        yaml_read(&expect_arena, &tests_file, text_of(yaml), &expect_faults);
    assert_non_null(root);
    return rule_test_read(&expect_arena, &tests_file, root, all, &expect_faults);
}

static const struct rule_test_file *read_tests(const char *yaml)
{
    return read_of(LEND_RULES, yaml);
}

/* The slugs of what is wrong with one test. */
static const char *wrong(const char *test)
{
    char *yaml = arena_alloc(&expect_arena, 1024);
    (void)snprintf(yaml, 1024, TESTS_HEAD "  - %s\n", test);
    assert_null(read_tests(yaml));
    return slugs_string();
}

static void test_reading(void **state)
{
    (void)state;
    const struct rule_test_file *file = read_tests(
        TESTS_HEAD
        "  - name: one\n"
        "    loan: {installments: 4, disbursed: \"\"}\n"
        "    events: [{disburse: 1_000, date: 2024-02-01}, {letter: \"\", date: 2024-03-01}]\n"
        "    expect: {as_of: 2024-04-01, rows: 4, row 2: {due: 2024-04-01}, par30: 0}\n"
        "    cases: [{known_at: 2024-02-02, overdue: 0}]\n"
        "  - {name: two, for_all: {principal: 100..1_000, step: 300}, expect_error: law}\n");
    assert_non_null(file);
    assert_int_equal(file->count, 2);
    const struct rule_test *test = &file->tests[0];
    assert_text(test->name, "one");
    assert_text(test->account.cells[LOAN_PRINCIPAL]->text, "1_000");
    assert_text(test->account.cells[LOAN_INSTALLMENTS]->text, "4");
    assert_text(test->account.cells[LOAN_DISBURSED]->text, "");
    assert_null(test->account.cells[LOAN_AGREED]);
    assert_int_equal(test->event_count, 2);
    assert_text(test->events[0].cells[EVENT_TYPE]->text, "disburse");
    assert_text(test->events[0].cells[EVENT_AMOUNT]->text, "1_000");
    assert_text(test->events[1].cells[EVENT_AMOUNT]->text, "");
    assert_int_equal(test->case_count, 2);
    assert_date(test->cases[0].as_of, "2024-04-01");
    assert_int_equal(test->cases[0].count, 3);
    assert_int_equal(test->cases[0].figures[0].kind, RULE_TEST_ROWS);
    assert_int_equal(test->cases[0].figures[1].file, REPORT_SCHEDULE);
    assert_text(test->cases[0].figures[1].line, "2");
    assert_int_equal(test->cases[0].figures[2].file, REPORT_PORTFOLIO);
    assert_false(date_is_set(test->cases[1].as_of));
    assert_date(test->cases[1].known_at, "2024-02-02");
    assert_int_equal(file->tests[1].range.count, 4); /* 100, 400, 700, 1,000 */
    assert_int_equal(file->tests[1].refused, FAULT_LAW);
}

static void test_wrong(void **state)
{
    (void)state;
    assert_string_equal(wrong("{name: a}"), "test-empty");
    assert_string_equal(wrong("{name: a, expect: {as_of: 2024-01-31}}"), "test-empty");
    assert_string_equal(wrong("{name: a, expect: {overdu: 0}}"), "figure-unknown");
    assert_string_equal(wrong("{name: a, expect: {row 1: {overdue: 0}}}"), "figure-unknown");
    assert_string_equal(wrong("{name: a, expect: {row 1: 0}}"), "rule-shape");
    assert_string_equal(wrong("{name: a, expect: {overdue: [0]}}"), "rule-shape");
    assert_string_equal(wrong("{name: a, expect_error: none}"), "slug-unknown");
    assert_string_equal(wrong("{name: a, expect: {rows: 1}, expect_error: law}"), "rule-conflict");
    assert_string_equal(wrong("{name: a, events: [{paid: 1}], expect: {rows: 1}}"),
                        "column-unknown");
    assert_string_equal(wrong("{name: a, events: [], expect: {rows: 1}}"), "rule-shape");
    assert_string_equal(wrong("{name: a, loan: {program: b}, expect: {rows: 1}}"),
                        "column-not-taken");
    assert_string_equal(wrong("{name: a, for_all: {step: 5}, expect: {rows: 1}}"), "rule-conflict");
    assert_string_equal(wrong("{name: a, for_all: {principal: 100}, expect: {rows: 1}}"),
                        "range-form");
    assert_string_equal(wrong("{name: a, for_all: {principal: 100..9.5}, expect: {rows: 1}}"),
                        "range-form");
    assert_string_equal(
        wrong("{name: a, for_all: {disbursed: 2024-01-31..2024-02-31}, expect: {rows: 1}}"),
        "range-form");
    assert_string_equal(
        wrong("{name: a, for_all: {installments: 1..3, step: -1}, expect: {rows: 1}}"),
        "number-form");
    assert_null(read_tests("nol: tests/1\nfor: land\ntests: [{name: a, expect: {rows: 1}}]\n"));
    assert_string_equal(faults_string(), "program-unknown 2:6");
    assert_null(read_tests("nol: tests/2\n"));
    assert_string_equal(slugs_string(), "rule-version");
}

static void test_range_limit(void **state)
{
    (void)state;
    const struct rule_test_file *file = read_tests(
        TESTS_HEAD "  - {name: a, for_all: {principal: 1..1_000_000}, expect: {rows: 3}}\n");
    assert_non_null(file);
    assert_int_equal(file->tests[0].range.count, RULE_TEST_RANGE_MAX);
    assert_string_equal(wrong("{name: a, for_all: {principal: 0..1_000_000}, expect: {rows: 3}}"),
                        "number-range");
}

/* The nth test of the file; its faults are left in expect_faults. */
static bool passes(const struct rule_test_file *file, unsigned n, uint64_t *loans)
{
    struct rule_test_bench *bench = rule_test_bench_new(&expect_arena, NULL, file, file->program);
    bool well = rule_test_run(bench, &file->tests[n], &expect_faults);
    bool quietly = rule_test_run(bench, &file->tests[n], NULL);
    assert_int_equal(well, quietly);
    if (loans != NULL)
        *loans = rule_test_accounts(bench);
    rule_test_bench_free(bench);
    return well;
}

static void test_running(void **state)
{
    (void)state;
    const struct rule_test_file *file = read_tests(
        TESTS_HEAD
        "  - {name: well, expect: {rows: 3, sum: principal, row 3: {principal_due: 334.0}}}\n"
        "  - {name: ill, expect: {as_of: 2024-03-01, overdue: 3_33}, cases: [{overdue: 1}]}\n"
        "  - {name: many, for_all: {principal: 100..1_000}, expect: {sum: principal}}\n"
        "  - {name: few, for_all: {principal: 99..1_000}, expect: {sum: principal}}\n");
    uint64_t loans;
    assert_non_null(file);
    assert_true(passes(file, 0, NULL));
    assert_false(passes(file, 1, NULL)); /* 1,000 / 3 = 333 is overdue; on the first day nothing */
    assert_string_equal(faults_string(), "test-failed 6:79");
    assert_true(passes(file, 2, &loans));
    assert_int_equal(loans, 2 * 901);
    assert_false(passes(file, 3, &loans)); /* the first is enough */
    assert_int_equal(loans, 2);
    assert_string_equal(slugs_string(), "test-failed");
}

/* Amounts beyond a machine word are compared as exactly. */
static void test_large(void **state)
{
    (void)state;
    const struct rule_test_file *file = read_of(
        LEND_HEAD
        "principal: {min: 100, max: 100_000_000_000_000_000_000_000_000_000}\n" LEND_SCHEDULE
            LEND_ALLOCATION LEND_ARREARS,
        TESTS_HEAD
        "  - name: a\n    loan: {principal: 100_000_000_000_000_000_000_000_000_000}\n"
        "    expect: {sum: principal, outstanding: 100_000_000_000_000_000_000_000_000_000}\n"
        "  - name: b\n    loan: {principal: 100_000_000_000_000_000_000_000_000_000}\n"
        "    expect: {outstanding: 100_000_000_000_000_000_000_000_000_001}\n");
    assert_non_null(file);
    assert_true(passes(file, 0, NULL));
    assert_false(passes(file, 1, NULL));
    assert_string_equal(slugs_string(), "test-failed");
}

static void test_coverage(void **state)
{
    (void)state;
    const struct rule_test_file *file = read_tests(
        "nol: tests/1\nfor: lend\nloan: {principal: 1_000, disbursed: 2024-01-31}\n"
        "untested: [schedule.installments.max]\ntests:\n"
        "  - {name: the least, loan: {principal: 100}, expect: {row 3: {principal_due: 34}}}\n"
        "  - {name: below, loan: {principal: 99}, expect_error: principal-min}\n");
    const struct calendars none = {NULL, 0};
    struct rule_coverage coverage = {
        .arena = &expect_arena,
        .calendars = &none,
        .files = &file,
        .file_count = 1,
        .faults = &expect_faults,
        .thresholds = true,
    };
    assert_non_null(file);
    rule_coverage_of(&coverage, file->program);
    /* of 18 values one is left out, and no other mode is lawful: 100 in 36 rows are 2.78, rounded
     * to 3 rows would vanish; seen: min, default, split, unit, residual */
    assert_int_equal(coverage.count, 16);
    assert_int_equal(coverage.covered, 5);
    assert_int_equal(expect_faults.by_code[FAULT_VALUE_UNTESTED], 0); /* not asked for */
    assert_true(expect_faults.by_code[FAULT_THRESHOLD_UNTESTED] ==
                coverage.side_count - coverage.sides_covered);
    faults_free(&expect_faults);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_reading), TEST(test_wrong), TEST(test_range_limit),
        TEST(test_running), TEST(test_large), TEST(test_coverage),
    };
    return RUN(tests);
}
