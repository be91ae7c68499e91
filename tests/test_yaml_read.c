/* yaml_read.h: a tree with places; every refusal of design 4.3 with its line and column. */
#include "expect.h"

#include <time.h>

#include "yaml_read.h"

static const struct fault_file file = {"rule.yaml", 0};

static struct yaml_node *read_bytes(const char *bytes, size_t len)
{
    return yaml_read(&expect_arena, &file, (struct text){bytes, len}, &expect_faults);
}

static struct yaml_node *read_string(const char *string)
{
    return read_bytes(string, strlen(string));
}

static void test_tree(void **state)
{
    (void)state;
    struct yaml_node *root = read_string("id: a\n"
                                         "# a comment\n"
                                         "list: [x, \"y z\", 'n''t']\n"
                                         "map:\n"
                                         "  amount: 1_000\n"
                                         "  no: 010\n"
                                         "empty:\n");
    assert_non_null(root);
    assert_int_equal(root->kind, YAML_MAP);
    assert_text(yaml_find(root, text_of("id"))->text, "a");
    const struct yaml_node *list = yaml_find(root, text_of("list"));
    assert_int_equal(list->kind, YAML_LIST);
    assert_int_equal(list->at.line, 3);
    assert_int_equal(list->at.col, 7);
    assert_text(list->first->value->text, "x");
    assert_text(list->first->next->value->text, "y z");
    assert_text(list->first->next->next->value->text, "n't");
    assert_null(list->first->next->next->next);
    const struct yaml_node *map = yaml_find(root, text_of("map"));
    assert_text(yaml_find(map, text_of("amount"))->text, "1_000"); /* no scalar is typed here */
    assert_text(yaml_find(map, text_of("no"))->text, "010");
    assert_int_equal(map->first->key_at.line, 5);
    assert_int_equal(map->first->key_at.col, 3);
    assert_int_equal(map->first->value->at.col, 11);
    assert_text(yaml_find(root, text_of("empty"))->text, "");
    assert_null(yaml_find(root, text_of("missing")));
    assert_null(yaml_find(NULL, text_of("id")));
    assert_null(yaml_find(list, text_of("x")));
    assert_faults("");
}

static void test_refusals(void **state)
{
    static const struct {
        const char *bytes, *faults;
    } cases[] = {
        {"", "yaml-syntax 1:1"},
        {"# only a comment\n", "yaml-syntax 2:1"},
        {"a: 1\n\tb: 2\n", "yaml-tab 2:1"},
        {"a:\n  \tb: 2\n", "yaml-tab 2:3"},
        {"a: &x 1\n", "yaml-anchor 1:4"},
        {"a: &x {b: 1}\nc: &y [1]\n", "yaml-anchor 1:4; yaml-anchor 2:4"},
        {"a: *x\n", "yaml-alias 1:4"},
        {"a: !!int 5\n", "yaml-tag 1:4"},
        {"a: !own {b: 1}\n", "yaml-tag 1:4"},
        {"a: !!seq [1]\n", "yaml-tag 1:4"},
        {"a: 1\n<<: {b: 2}\n", "yaml-merge-key 2:1"},
        {"a: 1\n---\nb: 2\n", "yaml-second-document 2:1"},
        {"a: 1\nb: 2\na: 3\n", "yaml-duplicate-key 3:1"},
        {"a: {b: 1, b: 1}\n", "yaml-duplicate-key 1:11"},
        {"a: \"x\\0y\"\n", "yaml-nul 1:4"},
        {"? [a, b]\n: 1\n", "yaml-syntax 1:3"},
        {"a: [1, 2\n", "yaml-syntax 2:1"},
        {"a: {b: 1\nc: 2\n", "yaml-syntax 2:2"},
        {"a: 'open\n", "yaml-syntax 2:1"},
        {"a: [[[[[[[1]]]]]]]\n", ""},
        {"a: [[[[[[[[1]]]]]]]]\n", "yaml-depth 1:11"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct yaml_node *root = read_string(cases[i].bytes);
        const char *faults = faults_string();
        if (strcmp(faults, cases[i].faults) != 0)
            fail_msg("%s: %s, expected %s", cases[i].bytes, faults, cases[i].faults);
        assert_true((root == NULL) == (faults[0] != '\0'));
    }
}

static void test_nul_and_encoding(void **state)
{
    static const char nul[] = "a: 1\nb: \0\n", behind[] = "# \xC3\xA9\0", bad[] = "a: \xFF\n";
    (void)state;
    assert_null(read_bytes(nul, sizeof nul - 1));
    assert_faults("yaml-nul 2:4");
    assert_null(read_bytes(behind, sizeof behind - 1));
    assert_faults("yaml-nul 1:4"); /* columns are characters */
    assert_null(read_bytes(bad, sizeof bad - 1));
    assert_int_equal(expect_faults.by_code[FAULT_YAML_SYNTAX], 1);
    faults_free(&expect_faults);
    assert_non_null(read_string("\xEF\xBB\xBF"
                                "a: 1\n"));
    assert_non_null(read_string("a: caf\xC3\xA9\n"));
    assert_non_null(read_string("a: 1\r\nb: 2\r\n"));
    assert_non_null(read_string("---\na: 1\n...\n"));
    assert_faults("");
}

static void test_size(void **state)
{
    char *bytes = malloc(YAML_BYTES_MAX + 1);
    (void)state;
    memset(bytes, '#', YAML_BYTES_MAX + 1);
    memcpy(bytes, "a: 1\n", 5);
    assert_non_null(read_bytes(bytes, YAML_BYTES_MAX));
    assert_null(read_bytes(bytes, YAML_BYTES_MAX + 1));
    assert_faults("yaml-too-large 0:0");
    free(bytes);
}

static long milliseconds(void)
{
    struct timespec now;
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &now), 0);
    return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* What takes libyaml seconds, or what would take a naive reader quadratic time, is refused at once.
 */
static void test_bombs(void **state)
{
    enum { BYTES = 80000 };
    char *bytes = malloc(BYTES + 100), *end = bytes;
    (void)state;
    long begun = milliseconds();
    memset(bytes, '[', BYTES);
    assert_null(read_bytes(bytes, BYTES));
    assert_faults("yaml-depth 1:9");
    memset(bytes, '{', BYTES);
    assert_null(read_bytes(bytes, BYTES));
    faults_free(&expect_faults);
    for (int i = 0; end < bytes + BYTES - 20; i++)
        end += sprintf(end, "k%d: 1\n", i);
    assert_null(read_bytes(bytes, (size_t)(end - bytes)));
    assert_faults("yaml-too-large 4097:1");
    assert_true(milliseconds() - begun < 3000);
    free(bytes);
}

static void test_entries(void **state)
{
    char *bytes = malloc(200000), *end = bytes;
    (void)state;
    for (int i = 0; i < YAML_ENTRIES_MAX; i++)
        end += sprintf(end, "- %d\n", i);
    assert_non_null(read_bytes(bytes, (size_t)(end - bytes)));
    assert_faults("");
    end += sprintf(end, "- one more\n");
    assert_null(read_bytes(bytes, (size_t)(end - bytes)));
    assert_faults("yaml-too-large 4097:3");
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_tree), TEST(test_refusals), TEST(test_nul_and_encoding),
        TEST(test_size), TEST(test_bombs),    TEST(test_entries),
    };
    return RUN(tests);
}
