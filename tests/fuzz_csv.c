/* Any bytes as a CSV file: no crash, and fields are what a plain reading of RFC 4180 finds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "csv_read.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition))                                                                          \
            abort();                                                                               \
    } while (0)

/* The record read anew, character by character: field ${wanted}, unquoted; false when there is
 * none. */
static bool plain_field(const char *bytes, uint32_t len, unsigned wanted, char *field,
                        size_t *field_len)
{
    unsigned at = 0;
    bool quoted = false;
    *field_len = 0;
    for (uint32_t i = 0; i < len; i++) {
        bool here = at == wanted;
        if (quoted && bytes[i] == '"' && i + 1 < len && bytes[i + 1] == '"')
            i++;
        else if (bytes[i] == '"') {
            quoted = !quoted;
            continue;
        } else if (bytes[i] == ',' && !quoted) {
            at++;
            continue;
        }
        if (here)
            field[(*field_len)++] = bytes[i];
    }
    return wanted <= at;
}

static void check_record(struct csv_record *record)
{
    static struct text fields[CSV_FIELDS_MAX];
    char *copy = malloc(record->len + 1u), *field = malloc(record->len + 1u);
    unsigned count = 0;
    uint32_t offset = 0;
    MUST(copy != NULL && field != NULL);
    memcpy(copy, record->bytes, record->len);
    uint32_t len = record->len;
    MUST(record->quoted || memchr(copy, '"', len) == NULL);
    enum fault_code fault = csv_split(record, fields, &count, &offset);
    if (fault == FAULT_NONE) {
        size_t field_len;
        MUST(count >= 1);
        for (unsigned i = 0; i < count && i < CSV_FIELDS_MAX; i++) {
            MUST(plain_field(copy, len, i, field, &field_len));
            MUST(field_len == fields[i].len && memcmp(field, fields[i].ptr, field_len) == 0);
        }
        MUST(!plain_field(copy, len, count, field, &field_len));
    } else {
        MUST(offset <= len);
        struct place place = csv_place(record, offset);
        MUST(place.line >= record->line && place.col >= 1);
    }
    free(copy);
    free(field);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static int fd = -1;
    static char path[64];
    if (fd < 0) {
        fd = memfd_create("fuzz", 0);
        MUST(fd >= 0);
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    }
    MUST(ftruncate(fd, 0) == 0 && pwrite(fd, bytes, len, 0) == (ssize_t)len);
    struct faults faults;
    struct csv_reader reader;
    struct csv_record record;
    const struct fault_file file = {path, 0};
    enum csv_result result;
    uint32_t line = 0;
    char hex[DIGEST_HEX_LEN + 1];
    faults_init(&faults);
    MUST(csv_open(&reader, NULL, &file, &faults));
    while ((result = csv_next(&reader, &record, &faults)) == CSV_RECORD) {
        MUST(record.line > line && record.len <= CSV_RECORD_MAX);
        line = record.line;
        check_record(&record);
    }
    MUST((result == CSV_REFUSED) == (faults.total > 0));
    MUST(result != CSV_END || csv_digest(&reader, hex));
    csv_close(&reader);
    faults_free(&faults);
    return 0;
}
