/*
 * Slices of bytes: borrowed text with a length, never NUL-terminated by contract.
 */
#ifndef NOL_TEXT_H
#define NOL_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "arena.h"

struct text {
    const char *ptr;
    size_t len;
};

enum { TEXT_QUOTE_MAX = 64 }; /* bytes of a text_quote() buffer */

/** text_two_digits: 00 01 .. 99 in a row: two digits of a number for the price of one. */
extern const char text_two_digits[201];

/** text_of(string): the slice of a NUL-terminated string. */
static inline struct text text_of(const char *string)
{
    return (struct text){string, strlen(string)};
}

static inline bool text_equal(struct text a, struct text b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

static inline bool text_is(struct text text, const char *string)
{
    return text_equal(text, text_of(string));
}

/** text_compare(a, b): bytewise order, a prefix first; <0, 0, >0. */
static inline int text_compare(struct text a, struct text b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common == 0 ? 0 : memcmp(a.ptr, b.ptr, common);
    if (order != 0)
        return order;
    return (a.len > b.len) - (a.len < b.len);
}

/** text_is_utf8(text): whether it is well-formed UTF-8 (RFC 3629: no overlong forms, no
 * surrogates). */
bool text_is_utf8(struct text text);

/** text_chars(text): how many characters (not bytes) the well-formed UTF-8 has. */
size_t text_chars(struct text text);

/** text_is_plain(text): no control characters and no outer blanks. */
bool text_is_plain(struct text text);

/**
 * text_quote(out, text):
 * Write 'text' in quotes to ${out} for a message: control characters as '?', long text cut with
 * an ellipsis at a character's border.  Returns ${out}.
 */
const char *text_quote(char out[TEXT_QUOTE_MAX], struct text text);

/**
 * text_nearest(word, count, nth, context):
 * The best "did you mean" among nth(context, 0..count-1): the candidate that ${word} becomes with
 * the fewest typing slips (insert, delete, replace, swap), at most a third of its length; len 0 if
 * none.
 */
struct text text_nearest(struct text word, size_t count,
                         struct text (*nth)(const void *context, size_t i), const void *context);

/** text_join(arena, a, b, c): the three behind one another, NUL-terminated; it belongs to ${arena}.
 */
const char *text_join(struct arena *arena, const char *a, const char *b, struct text c);

#endif
