/* buffer.h: bytes that grow, and the cells of CSV. */
#include "expect.h"

#include "buffer.h"

static const char *contents(const struct buffer *buffer)
{
    return arena_copy(&expect_arena, buffer->bytes, buffer->len);
}

static void test_growth(void **state)
{
    struct buffer buffer;
    (void)state;
    buffer_init(&buffer, NULL);
    assert_non_null(buffer_reserve(&buffer, 0));
    for (int i = 0; i < 10000; i++)
        buffer_printf(&buffer, "%04d", i);
    assert_int_equal(buffer.len, 40000);
    assert_memory_equal(buffer.bytes, "000000010002", 12);
    assert_memory_equal(buffer.bytes + 39996, "9999", 4);
    buffer_put(&buffer, (struct text){NULL, 0});
    buffer_put_string(&buffer, "");
    assert_int_equal(buffer.len, 40000);
    char *large = buffer_reserve(&buffer, 10000000);
    memset(large, 'x', 10000000);
    buffer_end(&buffer, large + 10000000);
    assert_int_equal(buffer.len, 10040000);
    buffer_free(&buffer);
    assert_int_equal(buffer.len, 0);
    buffer_put_string(&buffer, "again");
    assert_string_equal(contents(&buffer), "again");
    buffer_free(&buffer);
}

static void test_cells(void **state)
{
    struct buffer buffer;
    (void)state;
    buffer_init(&buffer, NULL);
    csv_text(&buffer, text_of("L-001"));
    csv_amount(&buffer, A("8333"), 2);
    csv_amount(&buffer, A("-1"), 2);
    csv_amount(&buffer, A("999999999999999999999999999999"), 0);
    csv_date(&buffer, D("2026-01-31"));
    csv_date(&buffer, DATE_NONE);
    csv_number(&buffer, INT64_MIN);
    csv_empty(&buffer);
    csv_end_row(&buffer);
    csv_text(&buffer, text_of(""));
    csv_end_row(&buffer);
    assert_string_equal(contents(&buffer),
                        "L-001,83.33,-0.01,999999999999999999999999999999,2026-01-31,,"
                        "-9223372036854775808,\n\n");
    buffer_free(&buffer);
}

static const char *grouped(const char *amount, unsigned decimals)
{
    struct buffer buffer;
    buffer_init(&buffer, NULL);
    buffer_put_string(&buffer, "=");
    buffer_put_grouped(&buffer, A(amount), decimals);
    const char *text = contents(&buffer);
    buffer_free(&buffer);
    return text;
}

static void test_grouped(void **state)
{
    (void)state;
    assert_string_equal(grouped("0", 0), "=0");
    assert_string_equal(grouped("999", 0), "=999");
    assert_string_equal(grouped("1000", 0), "=1,000");
    assert_string_equal(grouped("-123456", 0), "=-123,456");
    assert_string_equal(grouped("-1234567", 2), "=-12,345.67");
    assert_string_equal(grouped("5", 2), "=0.05");
    assert_string_equal(grouped("999999999999999999999999999999", 4),
                        "=99,999,999,999,999,999,999,999,999.9999");
}

static void test_json(void **state)
{
    struct buffer buffer;
    (void)state;
    buffer_init(&buffer, NULL);
    buffer_put_json(&buffer, text_of("a \"b\" \\ \n \x01 \xc3\xa9"));
    assert_string_equal(contents(&buffer), "\"a \\\"b\\\" \\\\ \\u000a \\u0001 \xc3\xa9\"");
    buffer_free(&buffer);
}

static void test_quotes_only_where_needed(void **state)
{
    static const struct {
        const char *text, *cell;
    } cases[] = {
        {"plain", "plain"},   {"with blank", "with blank"},
        {"a,b", "\"a,b\""},   {"say \"no\"", "\"say \"\"no\"\"\""},
        {"\"", "\"\"\"\""},   {"line\nfeed", "\"line\nfeed\""},
        {"cr\r", "\"cr\r\""}, {"caf\xC3\xA9", "caf\xC3\xA9"},
        {"'a';b", "'a';b"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct text text = text_of(cases[i].text);
        char *out = arena_alloc(&expect_arena, csv_text_max(text) + 1);
        char *end = csv_write_text(out, text);
        assert_true((size_t)(end - out) <= csv_text_max(text));
        *end = '\0';
        assert_string_equal(out, cases[i].cell);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_growth),
        TEST(test_cells),
        TEST(test_grouped),
        TEST(test_json),
        TEST(test_quotes_only_where_needed),
    };
    return RUN(tests);
}
