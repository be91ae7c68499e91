/*
 * The book: all rows of loans.csv, grants.csv, events.csv and plan.csv files, brought together by
 * account, accounts bytewise by account_id.
 *
 * Files that are sorted by account_id are read side by side, and no more than an account's rows are
 * held at a time.  As soon as a row is out of order book_next() says so; the book is then opened
 * again to be gathered: all rows go through a sorter, on the disk where the memory granted does not
 * hold them.  Which way was taken shows in no result.
 */
#ifndef NOL_BOOK_H
#define NOL_BOOK_H

#include "buffer.h"
#include "load.h"
#include "shard.h"
#include "sorter.h"

enum book_role { BOOK_LOANS, BOOK_GRANTS, BOOK_EVENTS, BOOK_PLAN, BOOK_ROLES };

/* One input file. */
struct book_input {
    struct fault_file file;
    enum book_role role;
    unsigned number; /* among the files of its role, from 1 */
    struct columns columns;
    uint64_t rows; /* these two once it has been read to its end */
    char digest[DIGEST_HEX_LEN + 1];
};

struct book_row {
    struct text account_id; /* as far as it can be read */
    struct csv_record record;
    const struct book_input *input;
};

/* One account's rows; a book without faults has exactly one loan or grant in it. */
struct book_bundle {
    struct text account_id; /* empty: rows that name no account */
    struct book_row *loans;
    size_t loan_count;
    struct book_row *grants;
    size_t grant_count;
    struct book_row *events;
    size_t event_count;
    struct book_row *plan;
    size_t plan_count;
};

struct book_rows {
    struct book_row *list;
    size_t count, room;
};

/* How to gather. */
struct book_gathering {
    size_t bytes; /* of memory */
    const char *temporary;
};

struct book_stream; /* a file being read side by side with others */

struct book {
    const struct memory *memory;
    struct arena arena; /* headers; the bytes of rows that are held */
    struct book_input *inputs;
    unsigned input_count;
    const struct columns_named *named;
    struct faults *faults;
    struct book_stream *streams; /* NULL: gathered */
    struct shard shard;          /* to be set once open: book_next() hands out no other accounts */
    struct book_rows held[BOOK_ROLES]; /* of streams: rows without an account_id, for the end */
    struct sorter *sorter;             /* gathered rows, in the order of roles */
    struct csv_reader reader;          /* gathering: of the input at hand */
    unsigned gathered;                 /* inputs read to their end */
    bool refused;                      /* one of them could not be */
    struct arena scratch;              /* of the row at hand, or of rows passed over */
    struct sorter_item head;           /* the next row, once gathered */
    enum sorter_result head_result;
    uint64_t bytes_done, bytes_total; /* for whoever watches */
};

enum book_result {
    BOOK_BUNDLE,
    BOOK_END,
    BOOK_UNSORTED, /* not sorted by account: open it again, to be gathered */
    BOOK_REFUSED,  /* a file cannot be read on; the fault has been added */
};

/**
 * book_open(book, memory, inputs, count, named, gathering, faults):
 * Open ${inputs}, whose file and role are set, and read their headers.  ${gathering} is NULL for
 * files that are sorted; else no file is read before book_gather().  False when a file cannot be
 * read or its header is wrong: the faults say why.  Close in any case.
 */
bool book_open(struct book *book, const struct memory *memory, struct book_input *inputs,
               unsigned count, const struct columns_named *named,
               const struct book_gathering *gathering, struct faults *faults);

/**
 * book_gather(book):
 * Of a book to be gathered, read on for a while: BOOK_BUNDLE until all rows are there, then
 * BOOK_END, or BOOK_REFUSED when some file could not be read, all others having been looked at.
 */
enum book_result book_gather(struct book *book);

void book_close(struct book *book);

/** book_next(book, arena, bundle): the rows of the next account, valid as long as ${arena} and the
 * book. */
enum book_result book_next(struct book *book, struct arena *arena, struct book_bundle *bundle);

/** book_bundle_rows(bundle): how many rows it has of all roles. */
static inline size_t book_bundle_rows(const struct book_bundle *bundle)
{
    return bundle->loan_count + bundle->grant_count + bundle->event_count + bundle->plan_count;
}

/** book_role_name(role): `loans`, `grants`, `events`, `plan`. */
const char *book_role_name(enum book_role role);

/** book_has_role(inputs, count, role): whether totals of the role are shown: those of events, and
 * of what there is a file of. */
bool book_has_role(const struct book_input *inputs, unsigned count, enum book_role role);

/** book_input_name(buffer, input): put its name in all outputs: `loans`, or `loans-2` for the
 * second file of the role. */
void book_input_name(struct buffer *buffer, const struct book_input *input);

/** book_field(arena, record, n): the nth field, unquoted, without splitting the record; empty when
 * ${n} < 0 or there is none.  It belongs to the record, or, of one with quotes, to ${arena}. */
struct text book_field(struct arena *arena, const struct csv_record *record, int16_t n);

#endif
