#include "buffer.h"

#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

void buffer_init(struct buffer *buffer, const struct memory *memory)
{
    *buffer = (struct buffer){.memory = memory};
}

void buffer_free(struct buffer *buffer)
{
    memory_release(buffer->bytes);
    buffer_init(buffer, buffer->memory);
}

void buffer_grow(struct buffer *buffer, size_t more)
{
    size_t room = buffer->room == 0 ? 4096 : buffer->room;
    if (more > SIZE_MAX / 4 || buffer->len > SIZE_MAX / 4)
        (void)memory_product(buffer->memory, SIZE_MAX, 2);
    while (room - buffer->len < more)
        room *= 2;
    buffer->bytes = memory_resize(buffer->memory, buffer->bytes, room);
    buffer->room = room;
}

void buffer_put(struct buffer *buffer, struct text text)
{
    char *out = buffer_reserve(buffer, text.len);
    if (text.len > 0)
        memcpy(out, text.ptr, text.len);
    buffer->len += text.len;
}

void buffer_put_string(struct buffer *buffer, const char *string)
{
    buffer_put(buffer, text_of(string));
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (len < 0)
        return;
    char *out = buffer_reserve(buffer, (size_t)len + 1);
    va_start(arguments, format);
    (void)vsnprintf(out, (size_t)len + 1, format, arguments);
    va_end(arguments);
    buffer->len += (size_t)len;
}

static bool needs_quotes(struct text text)
{
    static const bool special[UCHAR_MAX + 1] = {
        [','] = true, ['"'] = true, ['\n'] = true, ['\r'] = true};
    bool found = false;
    for (size_t i = 0; i < text.len; i++) /* to the end: nearly all have none */
        found |= special[(unsigned char)text.ptr[i]];
    return found;
}

size_t csv_text_max(struct text text)
{
    return 2 * text.len + 2;
}

char *csv_write_text(char *out, struct text text)
{
    if (!needs_quotes(text)) {
        if (text.len > 0)
            memcpy(out, text.ptr, text.len);
        return out + text.len;
    }
    *out++ = '"';
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"')
            *out++ = '"';
        *out++ = text.ptr[i];
    }
    *out++ = '"';
    return out;
}

void buffer_put_grouped(struct buffer *buffer, struct amount amount, unsigned decimals)
{
    size_t start = buffer->len, sign = amount_sign(amount) < 0;
    buffer_end(buffer,
               amount_write(buffer_reserve(buffer, amount_text_size(amount)), amount, decimals));
    size_t len = buffer->len - start, whole = len - (decimals > 0 ? decimals + 1 : 0) - sign;
    size_t commas = whole == 0 ? 0 : (whole - 1) / 3;
    (void)buffer_reserve(buffer, commas);
    char *from = buffer->bytes + buffer->len, *to = from + commas;
    buffer->len += commas;
    for (size_t left = len; commas > 0; left--) { /* from the end on */
        *--to = *--from;
        size_t digits = whole + sign - (left - 1); /* behind and with this one */
        if (left - 1 < whole + sign && digits % 3 == 0) {
            *--to = ',';
            commas--;
        }
    }
}

void buffer_put_json(struct buffer *buffer, struct text text)
{
    buffer_put_string(buffer, "\"");
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (c < ' ') {
            buffer_printf(buffer, "\\u%04x", c);
            continue;
        }
        if (c == '"' || c == '\\')
            buffer_put_string(buffer, "\\");
        buffer_put(buffer, (struct text){text.ptr + i, 1});
    }
    buffer_put_string(buffer, "\"");
}

static void end_cell(struct buffer *buffer, char *end)
{
    *end++ = ',';
    buffer_end(buffer, end);
}

void csv_text(struct buffer *buffer, struct text text)
{
    end_cell(buffer, csv_write_text(buffer_reserve(buffer, csv_text_max(text) + 1), text));
}

void csv_amount(struct buffer *buffer, struct amount amount, unsigned decimals)
{
    char *out = buffer_reserve(buffer, amount_text_size(amount) + 1);
    end_cell(buffer, amount_write(out, amount, decimals));
}

void csv_date(struct buffer *buffer, struct date date)
{
    char *out = buffer_reserve(buffer, DATE_TEXT_LEN + 1);
    end_cell(buffer, date_is_set(date) ? date_write(out, date) : out);
}

void csv_number(struct buffer *buffer, int64_t number)
{
    csv_amount(buffer, amount_of(number), 0);
}

void csv_empty(struct buffer *buffer)
{
    end_cell(buffer, buffer_reserve(buffer, 1));
}

void csv_end_row(struct buffer *buffer)
{
    buffer->bytes[buffer->len - 1] = '\n';
}
