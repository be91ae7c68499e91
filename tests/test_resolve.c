/* resolve.h: the rules in force on a day as text. */
#include "lend.h"

#include "resolve.h"

/* The line of ${path} on ${date}, without what it begins with; empty when there is none. */
static const char *line_of(const struct program *program, const char *date, const char *path)
{
    struct buffer buffer;
    buffer_init(&buffer, NULL);
    resolve_print(&buffer, &expect_arena, program, D(date));
    const char *text = arena_copy(&expect_arena, buffer.bytes, buffer.len);
    size_t len = strlen(path);
    buffer_free(&buffer);
    for (const char *line = text; *line != '\0'; line = strchr(line, '\n') + 1)
        if (strncmp(line, path, len) == 0 && line[len] == ':')
            return arena_copy(&expect_arena, line + len + 2,
                              (size_t)(strchr(line, '\n') - line) - len - 2);
    return "";
}

static void test_values(void **state)
{
    (void)state;
    const struct program *program = lend_program(LEND_RULES);
    assert_string_equal(line_of(program, "2024-01-01", "principal.max"), "1000000  # lend.yaml:8");
    assert_string_equal(line_of(program, "2024-01-01", "schedule.every"), "1 month  # lend.yaml:9");
    assert_string_equal(line_of(program, "2024-01-01", "schedule.due.day"), "same  # default");
    assert_string_equal(line_of(program, "2024-01-01", "arrears.classes.bad.range"),
                        "31..  # lend.yaml:13");
    assert_string_equal(line_of(program, "2024-01-01", "arrears.classes"), "");
    assert_string_equal(line_of(program, "2024-01-01", "principal.multiple_of"), "");
    assert_string_equal(line_of(program, "2024-01-01", "amendments"), "");
}

/* However a value is written, its line is the same. */
static void test_one_way_of_writing(void **state)
{
    static const struct {
        const char *written, *line;
    } cases[] = {
        {"50%", "50%"}, {"0.50", "50%"}, {"1/2", "50%"}, {"0.0625", "6.25%"}, {"1/3", "1/3"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char rules[2048];
        (void)snprintf(rules, sizeof rules,
                       LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE LEND_ALLOCATION
                       "arrears: {count_from: day-after-due,\n"
                       "  classes: [{id: good, range: 0.., provision: %s}],\n"
                       "  provision: {rounding: {unit: 1, mode: up}}}\n",
                       cases[i].written);
        char wanted[64];
        (void)snprintf(wanted, sizeof wanted, "%s  # lend.yaml:13", cases[i].line);
        assert_string_equal(
            line_of(lend_program(rules), "2024-01-01", "arrears.classes.good.provision"), wanted);
    }
}

static void test_amendments(void **state)
{
    (void)state;
    const struct program *program = lend_program(
        LEND_RULES "sources: {act: {title: An act}}\n"
                   "amendments:\n"
                   "  - {from: 2024-07-01, source: act art 2,\n"
                   "     set: [{path: principal.max, was: 1_000_000, value: 300_000}]}\n"
                   "  - {from: 2025-07-01,\n"
                   "     set: [{path: principal.max, was: 300_000, value: 400_000}]}\n");
    assert_string_equal(line_of(program, "2024-06-30", "principal.max"), "1000000  # lend.yaml:8");
    assert_string_equal(line_of(program, "2024-07-01", "principal.max"),
                        "300000  # lend.yaml:17, amended from 2024-07-01: act art 2");
    assert_string_equal(line_of(program, "2025-07-01", "principal.max"),
                        "400000  # lend.yaml:19, amended from 2025-07-01");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_values),
        TEST(test_one_way_of_writing),
        TEST(test_amendments),
    };
    return RUN(tests);
}
