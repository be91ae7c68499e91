/* program.h: versions over time.  load_rules.h: files and folders of them. */
#include "lend.h"

#include <sys/stat.h>
#include <unistd.h>

#include "load_rules.h"

static const char *max_at(const struct program *program, const char *date)
{
    return amount_string(rule_amount(program_at(program, D(date)), RULE_PRINCIPAL_MAX));
}

#define MAX(from, was, value)                                                                      \
    "  - {from: " from ", set: [{path: principal.max, was: " was ", value: " value "}]}\n"

static void test_versions(void **state)
{
    (void)state;
    /* in the file in any order: applied by date, those of one date in file order */
    const struct program *program = lend_program(
        LEND_RULES "amendments:\n" MAX("2026-01-01", "400_000", "500_000")
            MAX("2024-07-01", "1_000_000", "300_000") MAX("2024-07-01", "300_000", "400_000"));
    assert_int_equal(program->count, 3);
    assert_text(program->id, "lend");
    assert_text(program->code, "IDR");
    assert_int_equal(program->decimals, 0);
    assert_date(program->in_force, "2020-01-01");
    assert_date(program->versions[0].from, "2020-01-01");
    assert_date(program->versions[1].from, "2024-07-01");
    assert_string_equal(max_at(program, "1999-01-01"),
                        "1000000"); /* the first version before its time */
    assert_string_equal(max_at(program, "2024-06-30"), "1000000");
    assert_string_equal(max_at(program, "2024-07-01"), "400000");
    assert_string_equal(max_at(program, "2025-12-31"), "400000");
    assert_string_equal(max_at(program, "2026-01-01"), "500000");
    assert_string_equal(max_at(program, "2199-12-31"), "500000");
}

static void test_amendment_dates(void **state)
{
    (void)state;
    assert_null(
        program_read(&expect_arena, &lend_file,
                     text_of(LEND_RULES "amendments:\n" MAX("2019-12-31", "1_000_000", "5_000")),
                     &expect_faults));
    assert_string_equal(slugs_string(), "amendment-date");
    const struct program *program =
        lend_program(LEND_RULES "amendments:\n" MAX("2020-01-01", "1_000_000", "5_000"));
    assert_string_equal(max_at(program, "2020-01-01"), "5000"); /* on its first day */
    assert_string_equal(max_at(program, "2019-01-01"), "1000000");
}

/* A fault that both versions have is told once; a fault of the second version is told. */
static void test_faults_of_versions(void **state)
{
    (void)state;
    assert_null(program_read(
        &expect_arena, &lend_file,
        text_of(LEND_RULES "amendments:\n" MAX("2024-01-01", "1_000_000", "99")), &expect_faults));
    assert_string_equal(slugs_string(), "rule-limits");
    assert_null(program_read(&expect_arena, &lend_file, text_of("nol: rules/1\n"), &expect_faults));
    assert_true(expect_faults.total > 5); /* all that is missing, at once */
    faults_free(&expect_faults);
    assert_null(program_read(&expect_arena, &lend_file, text_of(""), &expect_faults));
    assert_string_equal(slugs_string(), "yaml-syntax");
}

/* --- from disk --- */

static char folder[64];

static const char *in_folder(const char *name)
{
    char *path = arena_alloc(&expect_arena, 200);
    (void)snprintf(path, 200, "%s/%s", folder, name);
    return path;
}

static void put(const char *name, const char *yaml)
{
    FILE *file = fopen(in_folder(name), "w");
    assert_non_null(file);
    assert_true(fputs(yaml, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void load(const char *path, struct rules *rules)
{
    (void)load_rules(&expect_arena, &path, 1, 0, rules, &expect_faults);
}

static void test_folder(void **state)
{
    struct rules rules;
    (void)state;
    (void)snprintf(folder, sizeof folder, "/tmp/test_program.XXXXXX");
    assert_non_null(mkdtemp(folder));
    load(folder, &rules);
    assert_string_equal(slugs_string(), "rules-empty");
    put("b.yaml", LEND_RULES);
    put("b.test.yaml", "not read\n");
    put(".hidden.yaml", "not read\n");
    put("notes.txt", "not read\n");
    load(folder, &rules);
    assert_faults("");
    assert_int_equal(rules.program_count, 1);
    assert_int_equal(rules.file_count, 1);
    assert_string_equal(rules.files[0]->name, "b.yaml");
    assert_int_equal(strlen(rules.files[0]->digest), DIGEST_HEX_LEN);
    load(in_folder("b.yaml"), &rules); /* a file by itself */
    assert_faults("");
    assert_string_equal(rules.files[0]->name, "b.yaml");
    put("a.yaml", LEND_RULES);
    load(folder, &rules);
    assert_string_equal(slugs_string(), "rule-id-duplicate");
    put("a.yaml", "nol: rules/9\n");
    load(folder, &rules);
    assert_string_equal(slugs_string(), "rule-version");
    load(in_folder("none.yaml"), &rules);
    assert_string_equal(slugs_string(), "io");
    static const char *const names[] = {"a.yaml", "b.yaml", "b.test.yaml", ".hidden.yaml",
                                        "notes.txt"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        assert_int_equal(unlink(in_folder(names[i])), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_versions),
        TEST(test_amendment_dates),
        TEST(test_faults_of_versions),
        TEST(test_folder),
    };
    return RUN(tests);
}
