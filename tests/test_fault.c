/* fault.h: the first 1000 faults in file order, whatever the order they are met in; all of them
 * counted. */
#include "expect.h"

static const struct fault_file file_one = {"one.csv", 0}, file_two = {"two.csv", 1};

static void test_every_code_has_its_own_slug(void **state)
{
    (void)state;
    for (unsigned a = 1; a < FAULT_CODES; a++) {
        const char *slug = fault_slug((enum fault_code)a);
        assert_true(slug[0] != '\0' && fault_meaning((enum fault_code)a)[0] != '\0');
        assert_int_equal(strspn(slug, "abcdefghijklmnopqrstuvwxyz0123456789-"), strlen(slug));
        for (unsigned b = 1; b < a; b++)
            assert_string_not_equal(slug, fault_slug((enum fault_code)b));
    }
}

static void test_classes(void **state)
{
    (void)state;
    assert_int_equal(fault_class_of(FAULT_USAGE), FAULT_CLASS_USAGE);
    assert_int_equal(fault_class_of(FAULT_IO), FAULT_CLASS_ENVIRONMENT);
    assert_int_equal(fault_class_of(FAULT_MEMORY), FAULT_CLASS_ENVIRONMENT);
    assert_int_equal(fault_class_of(FAULT_AMOUNT_FORM), FAULT_CLASS_DATA);
    assert_int_equal(fault_class_of(FAULT_VERIFY), FAULT_CLASS_DATA);
}

static void add(struct faults *faults, const struct fault_file *file, uint32_t line, uint32_t col)
{
    fault_add(faults, FAULT_AMOUNT_FORM, (struct place){file, line, col}, "line %u", line);
}

static void test_file_order(void **state)
{
    (void)state;
    add(&expect_faults, &file_two, 1, 1);
    add(&expect_faults, &file_one, 9, 2);
    add(&expect_faults, &file_one, 9, 1);
    add(&expect_faults, NULL, 0, 0);
    add(&expect_faults, &file_one, 0, 0);
    faults_sort(&expect_faults);
    const struct fault *f = expect_faults.listed;
    assert_null(f[0].at.file);
    assert_true(f[1].at.file == &file_one && f[1].at.line == 0);
    assert_true(f[2].at.line == 9 && f[2].at.col == 1);
    assert_true(f[3].at.line == 9 && f[3].at.col == 2);
    assert_ptr_equal(f[4].at.file, &file_two);
    for (unsigned i = 1; i < 5; i++)
        assert_true(fault_compare(&f[i - 1], &f[i]) < 0 && fault_compare(&f[i], &f[i - 1]) > 0);
}

/* Line 1..3000 in an order of chance: lines 1..1000 stay, whether added to one list or merged from
 * three. */
static void test_the_first_thousand_stay(void **state)
{
    struct faults parts[3];
    uint32_t lines[3000];
    (void)state;
    (void)chance_seed();
    for (uint32_t i = 0; i < 3000; i++)
        lines[i] = i + 1;
    for (size_t i = 2999; i > 0; i--) {
        size_t j = (size_t)chance_in(0, (int64_t)i);
        uint32_t held = lines[i];
        lines[i] = lines[j];
        lines[j] = held;
    }
    for (unsigned i = 0; i < 3; i++)
        faults_init(&parts[i]);
    for (unsigned i = 0; i < 3000; i++) {
        add(&parts[i % 3], &file_one, lines[i], 1);
        add(&expect_faults, &file_one, lines[i], 1);
    }
    faults_merge(&parts[0], &parts[1]);
    faults_merge(&parts[0], &parts[2]);
    faults_sort(&parts[0]);
    faults_sort(&expect_faults);
    assert_int_equal(expect_faults.count, FAULTS_LISTED_MAX);
    assert_int_equal(expect_faults.total, 3000);
    assert_int_equal(expect_faults.by_code[FAULT_AMOUNT_FORM], 3000);
    assert_int_equal(parts[0].count, FAULTS_LISTED_MAX);
    assert_int_equal(parts[0].total, 3000);
    for (unsigned i = 0; i < FAULTS_LISTED_MAX; i++) {
        assert_int_equal(expect_faults.listed[i].at.line, i + 1);
        assert_int_equal(parts[0].listed[i].at.line, i + 1);
    }
    for (unsigned i = 0; i < 3; i++)
        faults_free(&parts[i]);
}

/* Once is by code, place and text: two keys missing in one map are two faults. */
static void test_once_and_long_text(void **state)
{
    struct place at = {&file_one, 3, 4};
    char text[2000];
    (void)state;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    for (int i = 0; i < 2; i++) {
        fault_add_once(&expect_faults, FAULT_DATE_FORM, at, "%s", text);
        fault_add_once(&expect_faults, FAULT_DATE_FORM, at, "another");
        fault_add_once(&expect_faults, FAULT_DATE_RANGE, at, "another");
    }
    assert_int_equal(expect_faults.total, 3);
    at.col++;
    fault_add_once(&expect_faults, FAULT_DATE_FORM, at, "another");
    assert_int_equal(expect_faults.total, 4);
    assert_int_equal(expect_faults.by_code[FAULT_DATE_FORM], 3);
    faults_sort(&expect_faults);
    assert_int_equal(strlen(expect_faults.listed[1].text), FAULT_TEXT_MAX - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_every_code_has_its_own_slug),
        TEST(test_classes),
        TEST(test_file_order),
        TEST(test_the_first_thousand_stay),
        TEST(test_once_and_long_text),
    };
    return RUN(tests);
}
