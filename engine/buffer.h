/*
 * Growing output: bytes put together before they are written.  The typed cells of CSV are written
 * here: an amount, a date, a text with quotes where needed.
 */
#ifndef NOL_BUFFER_H
#define NOL_BUFFER_H

#include "amount.h"
#include "date.h"
#include "memory.h"
#include "text.h"

struct buffer {
    const struct memory *memory;
    char *bytes;
    size_t len;
    size_t room;
};

void buffer_init(struct buffer *buffer, const struct memory *memory);
void buffer_free(struct buffer *buffer);

/** buffer_grow(buffer, more): the slow path of buffer_reserve(); not for callers. */
void buffer_grow(struct buffer *buffer, size_t more);

/** buffer_reserve(buffer, more): make room for ${more} bytes, return where they go. */
static inline char *buffer_reserve(struct buffer *buffer, size_t more)
{
    if (buffer->room - buffer->len <=
        more) /* also nothing in an empty one: there is always a place */
        buffer_grow(buffer, more);
    return buffer->bytes + buffer->len;
}

/** buffer_end(buffer, end): what was reserved has been written up to ${end}. */
static inline void buffer_end(struct buffer *buffer, const char *end)
{
    buffer->len = (size_t)(end - buffer->bytes);
}

void buffer_put(struct buffer *buffer, struct text text);
void buffer_put_string(struct buffer *buffer, const char *string);
void buffer_printf(struct buffer *buffer, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** buffer_put_grouped(buffer, amount, decimals): with a comma between thousands, for people. */
void buffer_put_grouped(struct buffer *buffer, struct amount amount, unsigned decimals);

/** buffer_put_json(buffer, text): as a string of JSON, in its quotes. */
void buffer_put_json(struct buffer *buffer, struct text text);

/*
 * Cells.  Each puts its value and a comma behind it; csv_end_row() turns the last comma into a line
 * feed.
 */

void csv_text(struct buffer *buffer, struct text text);
void csv_amount(struct buffer *buffer, struct amount amount, unsigned decimals);
void csv_date(struct buffer *buffer, struct date date); /* DATE_NONE: empty */
void csv_number(struct buffer *buffer, int64_t number);
void csv_empty(struct buffer *buffer);
void csv_end_row(struct buffer *buffer);

/** csv_text_max(text): at most so many bytes does csv_write_text() write. */
size_t csv_text_max(struct text text);

/** csv_write_text(out, text): the text, in quotes when it has a quote, comma, CR or LF; returns the
 * end. */
char *csv_write_text(char *out, struct text text);

#endif
