#include "csv_read.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static size_t room_of(size_t block_size)
{
    return block_size + CSV_RECORD_MAX + 2;
}

bool csv_open(struct csv_reader *reader, const struct memory *memory, const struct fault_file *file,
              struct faults *faults)
{
    return csv_open_sized(reader, memory, file, CSV_BLOCK, faults);
}

bool csv_open_sized(struct csv_reader *reader, const struct memory *memory,
                    const struct fault_file *file, size_t size, struct faults *faults)
{
    *reader = (struct csv_reader){.memory = memory, .file = file, .block_size = size, .line = 1};
    struct place at = {file, 0, 0};
    reader->fd = open(file->path, O_RDONLY | O_CLOEXEC);
    reader->digest = digest_new();
    if (reader->fd < 0 || reader->digest == NULL) {
        fault_add(faults, FAULT_IO, at, "cannot open: %s",
                  reader->fd < 0 ? strerror(errno) : "no SHA-256");
        return false;
    }
    reader->block = memory_resize(memory, NULL, room_of(size));
    return true;
}

void csv_close(struct csv_reader *reader)
{
    if (reader->fd >= 0)
        (void)close(reader->fd);
    digest_free(reader->digest);
    memory_release(reader->block);
    *reader = (struct csv_reader){.fd = -1};
}

/* Move what is left to the front and read one block more behind it; false on a read error. */
static bool fill(struct csv_reader *reader, struct faults *faults)
{
    if (reader->start > 0)
        memmove(reader->block, reader->block + reader->start, reader->end - reader->start);
    reader->end -= reader->start;
    reader->start = 0;
    const size_t block = reader->block_size, room = room_of(block);
    while (!reader->at_end && reader->end < room) {
        size_t wanted = room - reader->end < block ? room - reader->end : block;
        ssize_t got = read(reader->fd, reader->block + reader->end, wanted);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0 || !digest_add(reader->digest, reader->block + reader->end, (size_t)got)) {
            fault_add(faults, FAULT_IO, (struct place){reader->file, 0, 0}, "cannot read: %s",
                      got < 0 ? strerror(errno) : "SHA-256 failed");
            return false;
        }
        bool first = reader->bytes == 0;
        reader->bytes += (uint64_t)got;
        reader->end += (size_t)got;
        reader->at_end = got == 0;
        if (first && reader->end >= 3 && memcmp(reader->block, "\xEF\xBB\xBF", 3) == 0)
            reader->start = 3;
        if (got > 0 && reader->end - reader->start >= block / 2)
            break;
    }
    return true;
}

/* Find the line feed that ends the record at ${from}; len if there is none.  A quote opens at a
 * field's start only. */
static size_t find_quoted_end(const char *bytes, size_t len, size_t *open_quote)
{
    bool quoted = false, field_start = true;
    for (size_t i = 0; i < len; i++) {
        char c = bytes[i];
        if (quoted) {
            if (c != '"')
                continue;
            if (i + 1 < len && bytes[i + 1] == '"')
                i++;
            else
                quoted = false;
        } else if (c == '\n') {
            return i;
        } else if (c == '"' && field_start) {
            quoted = true;
            *open_quote = i;
        }
        field_start = !quoted && c == ',';
    }
    if (!quoted)
        *open_quote = SIZE_MAX;
    return len;
}

static uint32_t count_lines(const char *bytes, size_t len)
{
    uint32_t lines = 0;
    const char *end = bytes + len;
    while ((bytes = memchr(bytes, '\n', (size_t)(end - bytes))) != NULL) {
        lines++;
        bytes++;
    }
    return lines;
}

static enum csv_result refuse_record(struct csv_reader *reader, size_t len, size_t open_quote,
                                     struct faults *faults)
{
    struct csv_record record = {.bytes = reader->block + reader->start,
                                .len = (uint32_t)len,
                                .line = reader->line,
                                .file = reader->file};
    if (open_quote != SIZE_MAX && len <= CSV_RECORD_MAX)
        fault_add(faults, FAULT_CSV_QUOTE_OPEN, csv_place(&record, (uint32_t)open_quote),
                  "a quote is opened here and never closed");
    else
        fault_add(faults, FAULT_CSV_RECORD_TOO_LONG, csv_place(&record, 0),
                  "a record longer than %d bytes%s", CSV_RECORD_MAX,
                  open_quote != SIZE_MAX ? "; is a quote left open?" : "");
    return CSV_REFUSED;
}

enum csv_result csv_next(struct csv_reader *reader, struct csv_record *record,
                         struct faults *faults)
{
    for (;;) {
        char *bytes = reader->block + reader->start;
        size_t have = reader->end - reader->start, open_quote = SIZE_MAX;
        char *feed = have == 0 ? NULL : memchr(bytes, '\n', have);
        size_t len = feed == NULL ? have : (size_t)(feed - bytes);
        bool quoted = len > 0 && memchr(bytes, '"', len) != NULL;
        if (quoted)
            len = find_quoted_end(bytes, have, &open_quote);
        bool ended = len < have;
        if (!ended && !reader->at_end && have <= CSV_RECORD_MAX) {
            if (!fill(reader, faults))
                return CSV_REFUSED;
            continue;
        }
        if (have == 0)
            return CSV_END;
        if (len > CSV_RECORD_MAX || (!ended && open_quote != SIZE_MAX))
            return refuse_record(reader, len, open_quote, faults);
        *record = (struct csv_record){.bytes = bytes,
                                      .len = (uint32_t)len,
                                      .line = reader->line,
                                      .file = reader->file,
                                      .quoted = quoted};
        reader->line += 1 + (quoted ? count_lines(bytes, len) : 0);
        reader->start += len + ended;
        if (ended && len > 0 && bytes[len - 1] == '\r')
            record->len--;
        return CSV_RECORD;
    }
}

bool csv_digest(struct csv_reader *reader, char hex[DIGEST_HEX_LEN + 1])
{
    return digest_end(reader->digest, hex);
}

/* --- fields --- */

/* Whether any byte is not plain ASCII text, eight at a time. */
static bool is_special(const char *bytes, size_t len)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), highs = ones << 7;
    size_t i = 0;
    uint64_t found = 0;
    for (; i + 8 <= len; i += 8) {
        uint64_t word;
        memcpy(&word, bytes + i, 8);
        uint64_t cr = word ^ (ones * '\r');
        found |= word | ((word - ones) & ~word) | ((cr - ones) & ~cr);
    }
    for (; i < len; i++)
        if ((unsigned char)bytes[i] >= 0x80 || bytes[i] == '\0' || bytes[i] == '\r')
            return true;
    return (found & highs) != 0;
}

static enum fault_code check_bytes(const struct csv_record *record, uint32_t *offset)
{
    if (!is_special(record->bytes, record->len))
        return FAULT_NONE;
    bool quoted = false;
    for (uint32_t i = 0; i < record->len; i++) {
        char c = record->bytes[i];
        quoted ^= c == '"';
        *offset = i;
        if (c == '\0')
            return FAULT_CSV_NUL;
        bool before_feed = i + 1 < record->len && record->bytes[i + 1] == '\n';
        if (c == '\r' && !(quoted && before_feed))
            return FAULT_CSV_LONE_CR;
    }
    for (uint32_t start = 0, i = 0; i <= record->len; i++) {
        if (i < record->len && record->bytes[i] != ',')
            continue;
        *offset = start;
        if (!text_is_utf8((struct text){record->bytes + start, i - start}))
            return FAULT_TEXT_UTF8;
        start = i + 1;
    }
    return FAULT_NONE;
}

/* Unquote the field that begins at *at with a quote; *at moves behind the closing one.  False:
 * stray quote at *at. */
static bool unquote(const struct csv_record *record, uint32_t *at, struct text *field)
{
    char *bytes = record->bytes, *out = bytes + *at + 1;
    uint32_t i = *at + 1;
    *field = (struct text){out, 0};
    for (; i < record->len; i++) {
        if (bytes[i] == '"') {
            if (i + 1 >= record->len || bytes[i + 1] != '"')
                break;
            i++;
        }
        *out++ = bytes[i];
    }
    field->len = (size_t)(out - field->ptr);
    *at = i + 1;
    return *at >= record->len || bytes[*at] == ',';
}

static void add_field(struct text *fields, unsigned *count, const char *start, const char *end)
{
    if (*count < CSV_FIELDS_MAX)
        fields[*count] = (struct text){start, (size_t)(end - start)};
    ++*count;
}

/* A set bit for each of the eight bytes that is ${byte}; the first byte is the lowest. */
static uint64_t find_byte(const char *eight, char byte)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), lows = ~(ones << 7);
    uint64_t word;
    memcpy(&word, eight, sizeof word);
    word = le64toh(word) ^ (ones * (unsigned char)byte);
    return ~(((word & lows) + lows) | word | lows);
}

/* The fields of a record without quotes: whatever is between commas. */
static void split_plain(const struct csv_record *record, struct text *fields, unsigned *count)
{
    const char *start = record->bytes, *at = start, *end = start + record->len;
    for (; end - at >= 8; at += 8)
        for (uint64_t found = find_byte(at, ','); found != 0; found &= found - 1) {
            const char *comma = at + __builtin_ctzll(found) / 8;
            add_field(fields, count, start, comma);
            start = comma + 1;
        }
    for (; at < end; at++)
        if (*at == ',') {
            add_field(fields, count, start, at);
            start = at + 1;
        }
    add_field(fields, count, start, end);
}

/* The same of one with quotes. */
static enum fault_code split_quoted(const struct csv_record *record, struct text *fields,
                                    unsigned *count, uint32_t *offset)
{
    for (uint32_t at = 0;; at++) {
        struct text field = {record->bytes + at, 0};
        *offset = at;
        if (at < record->len && record->bytes[at] == '"') {
            if (!unquote(record, &at, &field))
                return FAULT_CSV_QUOTE_STRAY;
        } else {
            const char *comma = at >= record->len ? NULL : memchr(field.ptr, ',', record->len - at);
            field.len = comma == NULL ? record->len - at : (size_t)(comma - field.ptr);
            if (field.len > 0 && memchr(field.ptr, '"', field.len) != NULL)
                return FAULT_CSV_QUOTE_STRAY;
            at += (uint32_t)field.len;
        }
        add_field(fields, count, field.ptr, field.ptr + field.len);
        if (at >= record->len)
            return FAULT_NONE;
    }
}

enum fault_code csv_split(const struct csv_record *record, struct text *fields, unsigned *count,
                          uint32_t *offset)
{
    enum fault_code code = check_bytes(record, offset);
    *count = 0;
    if (code != FAULT_NONE)
        return code;
    if (record->quoted)
        return split_quoted(record, fields, count, offset);
    split_plain(record, fields, count);
    return FAULT_NONE;
}

struct place csv_place(const struct csv_record *record, uint32_t offset)
{
    struct place at = {record->file, record->line, 1};
    uint32_t line_start = 0;
    for (uint32_t i = 0; i < offset && i < record->len; i++)
        if (record->bytes[i] == '\n') {
            at.line++;
            line_start = i + 1;
        }
    at.col += (uint32_t)text_chars((struct text){record->bytes + line_start, offset - line_start});
    return at;
}
