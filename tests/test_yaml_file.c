/* yaml_file.h: rules and their tests, told apart by the name's end. */
#include "expect.h"

#include <stdio.h>
#include <unistd.h>

#include "yaml_file.h"

static void test_kinds(void **state)
{
    (void)state;
    assert_int_equal(yaml_file_kind_of("rules/a.yaml"), YAML_FILE_RULES);
    assert_int_equal(yaml_file_kind_of("rules/a.test.yaml"), YAML_FILE_TESTS);
    assert_int_equal(yaml_file_kind_of("rules/a.reform.yaml"), YAML_FILE_REFORMS);
    assert_int_equal(yaml_file_kind_of("rules/a.assume.yaml"), YAML_FILE_ASSUMPTIONS);
    assert_int_equal(yaml_file_kind_of("atest.yaml"), YAML_FILE_RULES);
    assert_int_equal(yaml_file_kind_of(".test.yaml"), YAML_FILE_RULES); /* of nothing */
    assert_string_equal(yaml_file_join(&expect_arena, "a", "b.yaml"), "a/b.yaml");
    assert_string_equal(yaml_file_join(&expect_arena, "a/", "b.yaml"), "a/b.yaml");
}

static void touch(const char *folder, const char *name)
{
    FILE *file = fopen(yaml_file_join(&expect_arena, folder, name), "w");
    assert_non_null(file);
    assert_true(fputs(name, file) >= 0);
    assert_int_equal(fclose(file), 0);
}

static void test_folder(void **state)
{
    (void)state;
    char folder[] = "/tmp/nol-yaml-file-XXXXXX";
    const char *const all[] = {"b.yaml", "a.yaml", "a.test.yaml", ".hidden.yaml", "c.yml"};
    const char **names;
    unsigned count;
    struct text bytes;
    assert_non_null(mkdtemp(folder));
    for (unsigned i = 0; i < 5; i++)
        touch(folder, all[i]);
    assert_true(yaml_file_list(&expect_arena, folder, YAML_FILE_RULES, &names, &count));
    assert_int_equal(count, 2);
    assert_string_equal(names[0], "a.yaml");
    assert_string_equal(names[1], "b.yaml");
    assert_true(yaml_file_list(&expect_arena, folder, YAML_FILE_TESTS, &names, &count));
    assert_int_equal(count, 1);
    assert_string_equal(names[0], "a.test.yaml");
    assert_true(
        yaml_file_bytes(&expect_arena, yaml_file_join(&expect_arena, folder, "b.yaml"), &bytes));
    assert_text(bytes, "b.yaml");
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(unlink(yaml_file_join(&expect_arena, folder, all[i])), 0);
    assert_int_equal(rmdir(folder), 0);
    assert_false(yaml_file_list(&expect_arena, folder, YAML_FILE_RULES, &names, &count));
    assert_false(yaml_file_bytes(&expect_arena, folder, &bytes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_kinds),
        TEST(test_folder),
    };
    return RUN(tests);
}
