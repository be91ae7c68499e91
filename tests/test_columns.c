/* columns.h: a header against what the file has by design and what options name. */
#include "expect.h"

#include "columns.h"

static const struct fault_file file = {"loans.csv", 0};
static const struct column_spec specs[] = {
    {"account_id", true}, {"principal", true}, {"agreed", false}};

static bool read_header(const char *header, const struct columns_named *named,
                        struct columns *columns)
{
    struct csv_record record = {.bytes = arena_copy(&expect_arena, header, strlen(header)),
                                .len = (uint32_t)strlen(header),
                                .line = 1,
                                .file = &file,
                                .quoted = strchr(header, '"') != NULL};
    return columns_read(&expect_arena, &record, specs, COUNT_OF(specs), named, columns,
                        &expect_faults);
}

static void test_any_order(void **state)
{
    struct columns columns;
    (void)state;
    assert_true(read_header("principal,\"account_id\"", NULL, &columns));
    assert_int_equal(columns.count, 2);
    assert_int_equal(columns.known[0], 1);
    assert_int_equal(columns.known[1], 0);
    assert_int_equal(columns.known[2], -1);
    assert_faults("");
}

static void test_faults(void **state)
{
    static const struct {
        const char *header, *faults;
    } cases[] = {
        {"account_id", "column-missing 1:1"},
        {"agreed", "column-missing 1:1; column-missing 1:1"},
        {"account_id,principal,district", "column-unknown 1:22"},
        {"account_id,principal,Agreed", "column-unknown 1:22"},
        {"account_id,principal, agreed", "column-unknown 1:22"},
        {"account_id,principal,", "column-unknown 1:22"},
        {"account_id,principal,principal", "column-duplicate 1:22"},
        {"account_id,princ\"ipal", "csv-quote-stray 1:12"},
        {"\xFF", "text-utf8 1:1"},
    };
    struct columns columns;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_false(read_header(cases[i].header, NULL, &columns));
        const char *faults = faults_string();
        if (strcmp(faults, cases[i].faults) != 0)
            fail_msg("%s: %s, expected %s", cases[i].header, faults, cases[i].faults);
    }
    assert_false(read_header("account_id,principal,agred", NULL, &columns));
    assert_non_null(strstr(expect_faults.listed[0].text, "did you mean 'agreed'?"));
}

static void test_named_by_options(void **state)
{
    static const struct text attributes[] = {{"district", 8}, {"sector", 6}},
                             carried[] = {{"sector", 6}}, ignored[] = {{"phone", 5}},
                             ruled[] = {{"cycle", 5}, {"principal", 9}};
    const struct columns_named named = {attributes, 2, carried, 1, ignored, 1, ruled, 2};
    struct columns columns;
    (void)state;
    assert_true(read_header("sector,account_id,phone,principal,district", &named, &columns));
    assert_int_equal(columns.attributes[0], 4);
    assert_int_equal(columns.attributes[1], 0);
    assert_int_equal(columns.carried[0], 0); /* one column, two uses */
    assert_int_equal(columns.known[1], 3);
    assert_int_equal(columns.ruled[0], -1); /* a rule's column may be absent, or be a known one */
    assert_int_equal(columns.ruled[1], 3);
    assert_true(read_header("sector,account_id,cycle,principal,district", &named, &columns));
    assert_int_equal(columns.ruled[0], 2);
    assert_false(read_header("account_id,principal,sector", &named, &columns)); /* no district */
    assert_faults("column-missing 1:1");
    assert_false(read_header("sector,account_id,principal,district,phones", &named, &columns));
    assert_faults("column-unknown 1:38");
}

static void test_too_many(void **state)
{
    char header[3000] = "account_id,principal", *end = header + strlen(header);
    struct columns columns;
    (void)state;
    for (int i = 2; i < 300; i++)
        end += sprintf(end, ",c%d", i);
    assert_false(read_header(header, NULL, &columns));
    assert_faults("csv-ragged 1:1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_any_order),
        TEST(test_faults),
        TEST(test_named_by_options),
        TEST(test_too_many),
    };
    return RUN(tests);
}
