/* text.h: slices, UTF-8, quoting for messages, "did you mean". */
#include "expect.h"

#include "text.h"

static void test_compare_is_bytewise_prefix_first(void **state)
{
    (void)state;
    assert_true(text_compare(text_of("a"), text_of("ab")) < 0);
    assert_true(text_compare(text_of("b"), text_of("ab")) > 0);
    assert_true(text_compare(text_of(""), text_of("")) == 0);
    assert_true(text_compare(text_of("Z"), text_of("a")) < 0);
    assert_true(text_compare(text_of("z"), text_of("\xC3\xA9")) < 0); /* bytes are unsigned */
    assert_true(text_equal((struct text){NULL, 0}, text_of("")));
    assert_false(text_is(text_of("abc"), "ab"));
}

static void test_utf8(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        bool well;
    } cases[] = {
        {"", 0, true},
        {"plain", 5, true},
        {"\xC3\xA9", 2, true},
        {"\xE2\x82\xAC", 3, true},
        {"\xF0\x9F\x98\x80", 4, true},
        {"\xF4\x8F\xBF\xBF", 4, true},  /* U+10FFFF */
        {"\xF4\x90\x80\x80", 4, false}, /* beyond */
        {"\xED\x9F\xBF", 3, true},
        {"\xED\xA0\x80", 3, false}, /* surrogate */
        {"\xC0\xAF", 2, false},     /* overlong */
        {"\xC1\xBF", 2, false},
        {"\xE0\x80\xAF", 3, false},
        {"\xE0\xA0\x80", 3, true},
        {"\xF0\x80\x80\xAF", 4, false},
        {"\x80", 1, false},
        {"\xC3", 1, false}, /* cut short */
        {"\xE2\x82", 2, false},
        {"\xC3x", 2, false},
        {"\xFF", 1, false},
        {"a\xF0\x9F\x98", 4, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        if (text_is_utf8((struct text){cases[i].bytes, cases[i].len}) != cases[i].well)
            fail_msg("case %zu", i);
    assert_int_equal(text_chars(text_of("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80")), 4);
}

static void test_plain(void **state)
{
    (void)state;
    assert_true(text_is_plain(text_of("")));
    assert_true(text_is_plain(text_of("Jl. Merdeka 5")));
    assert_true(text_is_plain(text_of("\xC3\xA9t\xC3\xA9")));
    assert_false(text_is_plain(text_of(" x")));
    assert_false(text_is_plain(text_of("x ")));
    assert_false(text_is_plain(text_of("a\tb")));
    assert_false(text_is_plain(text_of("a\nb")));
    assert_false(text_is_plain(text_of("a\x7F")));
    assert_false(text_is_plain(text_of("a\xC2\x85")));
    assert_true(text_is_plain(text_of("a\xC2\xA0"))); /* no-break space is no control character */
    assert_false(text_is_plain((struct text){"a\0b", 3}));
}

static void test_quote(void **state)
{
    char out[TEXT_QUOTE_MAX], word[400];
    (void)state;
    assert_string_equal(text_quote(out, text_of("")), "''");
    assert_string_equal(text_quote(out, text_of("a\nb\x7F")), "'a?b?'");
    memset(word, 'x', sizeof word);
    for (size_t len = 50; len < 80; len++) {
        (void)text_quote(out, (struct text){word, len});
        assert_true(strlen(out) < TEXT_QUOTE_MAX);
        assert_int_equal(out[strlen(out) - 1], '\'');
        assert_true((strstr(out, "...") != NULL) == (len > 58));
    }
    /* cut between characters, wherever they lie */
    for (size_t lead = 0; lead < 4; lead++) {
        memset(word, 'x', lead);
        for (size_t i = lead; i + 4 <= sizeof word; i += 4)
            memcpy(word + i, "\xF0\x9F\x98\x80", 4);
        (void)text_quote(out, (struct text){word, lead + 4 * 60});
        assert_true(text_is_utf8(text_of(out)));
    }
}

static struct text nth(const void *list, size_t i)
{
    return text_of(((const char *const *)list)[i]);
}

static const char *nearest(const char *word)
{
    static const char *const words[] = {"principal", "program", "disbursed", "agreed", "", "due"};
    return text_string(text_nearest(text_of(word), COUNT_OF(words), nth, words));
}

static void test_nearest(void **state)
{
    (void)state;
    assert_string_equal(nearest("principle"), "principal");
    assert_string_equal(nearest("pricnipal"), "principal"); /* a swap is one slip */
    assert_string_equal(nearest("disbured"), "disbursed");
    assert_string_equal(nearest("agred"), "agreed");
    assert_string_equal(nearest("deu"), "due");
    assert_string_equal(nearest("principal"), "principal");
    assert_string_equal(nearest("zzzzzzz"), "");
    assert_string_equal(nearest(""), "");
    assert_string_equal(nearest("xyz"), "");
    char word[100];
    memset(word, 'p', sizeof word);
    word[99] = '\0';
    assert_string_equal(nearest(word), "");
    word[64] = '\0'; /* the longest that is compared */
    assert_string_equal(nearest(word), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_compare_is_bytewise_prefix_first),
        TEST(test_utf8),
        TEST(test_plain),
        TEST(test_quote),
        TEST(test_nearest),
    };
    return RUN(tests);
}
