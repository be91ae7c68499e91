/* csv_read.h: RFC 4180 from disk, with the place of everything that is wrong. */
#include "expect.h"

#include <fcntl.h>
#include <unistd.h>

#include "csv_read.h"

static char path[64];
static const struct fault_file file = {path, 0};

static void write_file(const char *bytes, size_t len)
{
    (void)snprintf(path, sizeof path, "/tmp/test_csv_read.%ld", (long)getpid());
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    while (len > 0) {
        ssize_t put = write(fd, bytes, len);
        assert_true(put > 0);
        bytes += put;
        len -= (size_t)put;
    }
    assert_int_equal(close(fd), 0);
}

/* A file's records as `line:field|field`, joined by ` / `; a field that is wrong as `!slug
 * line:col`. */
static const char *read_file(const char *bytes, size_t len)
{
    struct csv_reader reader;
    struct csv_record record;
    char *out = arena_alloc(&expect_arena, 2 * len + 4096), *end = out;
    enum csv_result result = CSV_REFUSED;
    write_file(bytes, len);
    *out = '\0';
    if (csv_open(&reader, NULL, &file, &expect_faults))
        while ((result = csv_next(&reader, &record, &expect_faults)) == CSV_RECORD) {
            struct text fields[CSV_FIELDS_MAX];
            unsigned count;
            uint32_t offset = 0, line = record.line;
            end += sprintf(end, "%s%u:", end == out ? "" : " / ", line);
            struct csv_record whole = record;
            enum fault_code code = csv_split(&record, fields, &count, &offset);
            if (code != FAULT_NONE) {
                struct place at = csv_place(&whole, offset);
                end += sprintf(end, "!%s %u:%u", fault_slug(code), at.line, at.col);
                continue;
            }
            for (unsigned i = 0; i < count && i < CSV_FIELDS_MAX; i++)
                end += sprintf(end, "%s%.*s", i == 0 ? "" : "|", (int)fields[i].len, fields[i].ptr);
        }
    if (result == CSV_REFUSED)
        (void)sprintf(end, "%srefused %s", end == out ? "" : " / ", faults_string());
    csv_close(&reader);
    (void)unlink(path);
    return out;
}

#define assert_reads(bytes, expected)                                                              \
    assert_string_equal(read_file(bytes, sizeof bytes - 1), expected)

static void test_plain(void **state)
{
    (void)state;
    assert_reads("", "");
    assert_reads("a,b\n1,2\n", "1:a|b / 2:1|2");
    assert_reads("a,b\n1,2", "1:a|b / 2:1|2"); /* the last line without a line feed */
    assert_reads("a,b\r\n1,2\r\n", "1:a|b / 2:1|2");
    assert_reads(",\n,,\n", "1:| / 2:||");
    assert_reads("\n\n", "1: / 2:");
    assert_reads("a, b ,c\n", "1:a| b |c"); /* blanks are the field's own */
    assert_reads("\xEF\xBB\xBF"
                 "a,b\n",
                 "1:a|b");
    assert_reads("\xEF\xBB\xBF", "");
    assert_reads("a,\xEF\xBB\xBF"
                 "b\n",
                 "1:a|\xEF\xBB\xBF"
                 "b"); /* no mark elsewhere */
}

static void test_quotes(void **state)
{
    (void)state;
    assert_reads("\"a\",\"b\"\n", "1:a|b");
    assert_reads("\"a,b\",c\n", "1:a,b|c");
    assert_reads("\"say \"\"no\"\"\"\n", "1:say \"no\"");
    assert_reads("\"\",\"\"\"\"\n", "1:|\"");
    assert_reads("\"two\nlines\",x\ny,z\n", "1:two\nlines|x / 3:y|z");
    assert_reads("\"two\r\nlines\",x\r\n", "1:two\r\nlines|x");
    assert_reads("a,\"last\"", "1:a|last");
    assert_reads("\"\xEF\xBB\xBF\"\n", "1:\xEF\xBB\xBF");
    assert_reads("\xEF\xBB\xBF\"a\",b\n", "1:a|b");
}

/* Reported where the field begins. */
static void test_stray_quotes(void **state)
{
    (void)state;
    assert_reads("a,b\"c\nd,e\n", "1:!csv-quote-stray 1:3 / 2:d|e");
    assert_reads("\"a\"b,c\n", "1:!csv-quote-stray 1:1");
    assert_reads("a, \"b\"\n", "1:!csv-quote-stray 1:3");
    assert_reads("x,\"two\nl\"x\n", "1:!csv-quote-stray 1:3");
}

static void test_open_quotes(void **state)
{
    (void)state;
    assert_reads("a,b\nc,\"d\ne,f\n", "1:a|b / refused csv-quote-open 2:3");
    assert_reads("a\n\"", "1:a / refused csv-quote-open 2:1");
    assert_reads("\"x\ny\",\xC3\xA9,\"z\n", "refused csv-quote-open 2:6");
}

static void test_bytes_that_may_not_be(void **state)
{
    (void)state;
    assert_reads("a,\0b\n", "1:!csv-nul 1:3");
    assert_reads("a,\"\0\"\n", "1:!csv-nul 1:4");
    assert_reads("abcdefghij\0\n", "1:!csv-nul 1:11");
    assert_reads("a\rb\n", "1:!csv-lone-cr 1:2");
    assert_reads("a\r\r\n", "1:!csv-lone-cr 1:2");
    assert_reads("\"a\rb\"\n", "1:!csv-lone-cr 1:3");
    assert_reads("a\rb\rc\r", "1:!csv-lone-cr 1:2");
    assert_reads("a,b\r",
                 "1:!csv-lone-cr 1:4"); /* a carriage return is no line end without its line feed */
    assert_reads("a,\xC3\xA9,\xFF,b\n", "1:!text-utf8 1:5");
    assert_reads("abcdefghijkl,\xC0\xAF\n", "1:!text-utf8 1:14");
}

/* A field of ten million bytes is refused, at once and where it begins. */
static void test_too_long(void **state)
{
    enum { HUGE_LEN = 10 * 1000 * 1000 };
    char *bytes = malloc(HUGE_LEN);
    (void)state;
    memset(bytes, 'x', HUGE_LEN);
    memcpy(bytes, "a\n", 2);
    assert_string_equal(read_file(bytes, HUGE_LEN), "1:a / refused csv-record-too-long 2:1");
    bytes[2] = '"';
    assert_string_equal(read_file(bytes, HUGE_LEN), "1:a / refused csv-record-too-long 2:1");
    free(bytes);
}

/* The longest record allowed, and one byte more. */
static void test_longest(void **state)
{
    char *bytes = malloc(CSV_RECORD_MAX + 8);
    struct csv_reader reader;
    struct csv_record record;
    (void)state;
    for (size_t more = 0; more < 2; more++) {
        memset(bytes, 'x', CSV_RECORD_MAX + 8);
        memcpy(bytes + CSV_RECORD_MAX + more, "\ny\n", 3);
        write_file(bytes, CSV_RECORD_MAX + more + 3);
        assert_true(csv_open(&reader, NULL, &file, &expect_faults));
        assert_int_equal(csv_next(&reader, &record, &expect_faults),
                         more == 0 ? CSV_RECORD : CSV_REFUSED);
        if (more == 0) {
            assert_int_equal(record.len, CSV_RECORD_MAX);
            assert_int_equal(csv_next(&reader, &record, &expect_faults), CSV_RECORD);
            assert_int_equal(record.len, 1);
            assert_int_equal(csv_next(&reader, &record, &expect_faults), CSV_END);
        } else {
            assert_faults("csv-record-too-long 1:1");
        }
        csv_close(&reader);
    }
    (void)unlink(path);
    free(bytes);
}

/* Many records of odd lengths, some quoted with line feeds inside, over several blocks: all come
 * out as put in. */
static void test_across_blocks(void **state)
{
    enum { TOTAL = 5 * 1024 * 1024 };
    char *bytes = malloc(TOTAL + 4096), *end = bytes;
    struct csv_reader reader;
    struct csv_record record;
    char hex[DIGEST_HEX_LEN + 1], expected[DIGEST_HEX_LEN + 1];
    uint32_t line = 1, n = 0;
    (void)state;
    while (end < bytes + TOTAL)
        end += sprintf(end, n % 3 == 0 ? "%u,\"q\n\"\"%0*u\"\n" : "%u,plain %0*u\r\n", n,
                       (int)(n % 97) + 1, n),
            n++;
    write_file(bytes, (size_t)(end - bytes));
    assert_true(csv_open(&reader, NULL, &file, &expect_faults));
    for (uint32_t i = 0; i < n; i++) {
        struct text fields[CSV_FIELDS_MAX];
        unsigned count;
        uint32_t offset;
        char text[200];
        assert_int_equal(csv_next(&reader, &record, &expect_faults), CSV_RECORD);
        assert_int_equal(record.line, line);
        assert_int_equal(csv_split(&record, fields, &count, &offset), FAULT_NONE);
        assert_int_equal(count, 2);
        (void)sprintf(text, i % 3 == 0 ? "q\n\"%0*u" : "plain %0*u", (int)(i % 97) + 1, i);
        if (!text_is(fields[1], text))
            fail_msg("record %u: '%.*s'", i, (int)fields[1].len, fields[1].ptr);
        line += i % 3 == 0 ? 2 : 1;
    }
    assert_int_equal(csv_next(&reader, &record, &expect_faults), CSV_END);
    assert_true(csv_digest(&reader, hex));
    struct digest *digest = digest_new();
    assert_true(digest_add(digest, bytes, (size_t)(end - bytes)) && digest_end(digest, expected));
    digest_free(digest);
    assert_string_equal(hex, expected);
    csv_close(&reader);
    (void)unlink(path);
    free(bytes);
}

static void test_more_fields_than_stored(void **state)
{
    char bytes[1000];
    struct csv_record record = {.bytes = bytes, .len = 999, .line = 1, .file = &file};
    struct text fields[CSV_FIELDS_MAX];
    unsigned count;
    uint32_t offset;
    (void)state;
    memset(bytes, ',', sizeof bytes);
    assert_int_equal(csv_split(&record, fields, &count, &offset), FAULT_NONE);
    assert_int_equal(count, 1000);
}

static void test_no_file(void **state)
{
    struct csv_reader reader;
    static const struct fault_file nowhere = {"/nowhere/at/all.csv", 0};
    (void)state;
    assert_false(csv_open(&reader, NULL, &nowhere, &expect_faults));
    csv_close(&reader);
    assert_faults("io 0:0");
    static const struct fault_file folder = {"/tmp", 0};
    struct csv_record record;
    if (csv_open(&reader, NULL, &folder, &expect_faults))
        assert_int_equal(csv_next(&reader, &record, &expect_faults), CSV_REFUSED);
    csv_close(&reader);
    assert_faults("io 0:0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_plain),       TEST(test_quotes),        TEST(test_stray_quotes),
        TEST(test_open_quotes), TEST(test_too_long),      TEST(test_bytes_that_may_not_be),
        TEST(test_longest),     TEST(test_across_blocks), TEST(test_more_fields_than_stored),
        TEST(test_no_file),
    };
    return RUN(tests);
}
