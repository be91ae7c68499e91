/*
 * CSV by RFC 4180: bytes -> records -> fields, each with its place.
 *
 * A file is read once, in large blocks, and digested on the way.  UTF-8 with or without a byte
 * order mark, LF or CRLF, quotes honoured.  A record is handed out as raw bytes first (so that it
 * can wait, be sorted and be split by somebody else) and split into fields by csv_split().
 */
#ifndef NOL_CSV_READ_H
#define NOL_CSV_READ_H

#include "digest.h"
#include "fault.h"
#include "memory.h"
#include "text.h"

enum {
    CSV_BLOCK = 1024 * 1024,      /* bytes read at a time */
    CSV_RECORD_MAX = 1024 * 1024, /* bytes of one record */
    CSV_FIELDS_MAX = 256,         /* columns of one file */
};

struct csv_record {
    char *bytes; /* without the line end; csv_split() writes to it */
    uint32_t len;
    uint32_t line; /* of its first byte */
    const struct fault_file *file;
    bool quoted; /* has a quote somewhere */
};

enum csv_result {
    CSV_RECORD,
    CSV_END,
    CSV_REFUSED, /* the file cannot be read on; the fault has been added */
};

struct csv_reader {
    const struct memory *memory;
    const struct fault_file *file;
    int fd;
    struct digest *digest;
    char *block; /* block_size bytes and room for one record */
    size_t block_size;
    size_t start, end;
    bool at_end;
    uint32_t line;
    uint64_t bytes; /* read so far */
};

/** csv_open(reader, memory, file, faults): false when the file cannot be opened; close it in any
 * case. */
bool csv_open(struct csv_reader *reader, const struct memory *memory, const struct fault_file *file,
              struct faults *faults);

/** csv_open_sized(reader, memory, file, size, faults): the same, reading ${size} bytes at a time:
 * for very many files side by side. */
bool csv_open_sized(struct csv_reader *reader, const struct memory *memory,
                    const struct fault_file *file, size_t size, struct faults *faults);

void csv_close(struct csv_reader *reader);

/**
 * csv_next(reader, record, faults): the next record, valid until the next call.
 * A record longer than CSV_RECORD_MAX or an unterminated quote cannot be got over: CSV_REFUSED.
 */
enum csv_result csv_next(struct csv_reader *reader, struct csv_record *record,
                         struct faults *faults);

/** csv_digest(reader, hex): of the whole file, once csv_next() said CSV_END; false when OpenSSL
 * fails. */
bool csv_digest(struct csv_reader *reader, char hex[DIGEST_HEX_LEN + 1]);

/**
 * csv_split(record, fields, count):
 * Split into fields, unquoted in place.  At most CSV_FIELDS_MAX are stored; ${count} is how many
 * there are. Returns FAULT_NONE, FAULT_CSV_QUOTE_STRAY, FAULT_CSV_NUL, FAULT_CSV_LONE_CR or
 * FAULT_TEXT_UTF8, with *offset the byte at fault (of a stray quote or bad
 * UTF-8: the start of its field); fields before it are valid.
 */
enum fault_code csv_split(const struct csv_record *record, struct text *fields, unsigned *count,
                          uint32_t *offset);

/** csv_place(record, offset): file, line and column (in characters) of a byte of the record. */
struct place csv_place(const struct csv_record *record, uint32_t offset);

#endif
