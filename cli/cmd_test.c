#include "cli.h"

static const struct cli_option options[] = {
    {"--coverage", NULL, false, false,
     "list, by line, the rule values that can be changed without any test noticing"},
    {"--threshold", NULL, false, false,
     "list those that can be moved to one side without any test noticing"},
};

/* What the summary says. */
struct counts {
    unsigned passed, failed;
    uint64_t accounts;
};

static void run_file(struct arena *arena, const struct memory *memory,
                     const struct rule_test_file *file, struct counts *counts,
                     struct faults *faults)
{
    struct rule_test_bench *bench = rule_test_bench_new(arena, memory, file, file->program);
    for (unsigned i = 0; i < file->count; i++) {
        if (rule_test_run(bench, &file->tests[i], faults))
            counts->passed++;
        else
            counts->failed++;
    }
    counts->accounts += rule_test_accounts(bench);
    rule_test_bench_free(bench);
}

/* Change the rules, value by value, and see whether a test notices. */
static void cover(const struct cli_arguments *arguments, const struct memory *memory,
                  const struct rules *rules, const struct rule_tests *tests, struct faults *faults)
{
    const struct calendars calendars = {rules->calendars, rules->calendar_count};
    struct rule_coverage coverage = {
        .arena = arguments->arena,
        .memory = memory,
        .calendars = &calendars,
        .files = tests->files,
        .file_count = tests->count,
        .faults = faults,
        .values = cli_has(arguments, "--coverage"),
        .thresholds = cli_has(arguments, "--threshold"),
    };
    for (unsigned i = 0; i < rules->program_count; i++)
        rule_coverage_of(&coverage, rules->programs[i]);
    if (coverage.values)
        printf("%u of %u values tested\n", coverage.covered, coverage.count);
    if (coverage.thresholds)
        printf("%u of %u sides of thresholds tested\n", coverage.sides_covered,
               coverage.side_count);
}

static void run_tests(const struct cli_arguments *arguments, const struct rules *rules,
                      struct faults *faults)
{
    struct arena *arena = arguments->arena;
    struct memory memory;
    struct rule_tests tests;
    struct counts counts = {0};
    (void)cli_memory(&memory, NULL);
    if (!load_tests(arena, arguments->plain.list, arguments->plain.count, rules->file_count, rules,
                    &tests, faults))
        return;
    if (tests.found == 0) {
        fault_add(faults, FAULT_TESTS_MISSING, (struct place){0},
                  "no test file (NAME.test.yaml) beside these rules");
        return;
    }
    for (unsigned i = 0; i < tests.count; i++)
        run_file(arena, &memory, tests.files[i], &counts, faults);
    printf("%u tests passed, %u failed, over %llu accounts\n", counts.passed, counts.failed,
           (unsigned long long)counts.accounts);
    bool asked = cli_has(arguments, "--coverage") || cli_has(arguments, "--threshold");
    if (asked && counts.failed == 0)
        cover(arguments, &memory, rules, &tests, faults);
}

static int run(const struct cli_arguments *arguments)
{
    struct rules rules;
    struct faults faults;
    struct arena *arena = arguments->arena;
    if (arguments->plain.count == 0)
        return cli_usage("nol test takes rule files or folders; see nol test --help");
    faults_init(&faults);
    const char **paths = ARENA_ARRAY(arena, const char *, arguments->plain.count);
    unsigned count = load_tests_rules(arena, arguments->plain.list, arguments->plain.count, paths);
    if (load_rules(arena, paths, count, 0, &rules, &faults))
        run_tests(arguments, &rules, &faults);
    int status = cli_report(&faults);
    faults_free(&faults);
    return status;
}

const struct cli_command cli_test = {
    .name = "test",
    .arguments = "RULES... [--coverage] [--threshold]",
    .meaning = "the tests that stand beside rule files, NAME.test.yaml",
    .more = "example:\n"
            "\n"
            "  nol test rules\n"
            "\n"
            "A figure that is otherwise is shown with what was expected, what came out and the\n"
            "difference, at the line of the test that says so. The last line counts.\n"
            "\n"
            "  nol test rules/id-revolving-fund.yaml --coverage --threshold\n"
            "\n"
            "also changes the rules, one value at a time, and runs the tests again: a value is\n"
            "covered when some test then fails. A threshold - an amount, number, span, date or\n"
            "range - has to be tested from both sides.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
