/*
 * The book: all rows of loans.csv and events.csv files, brought together by account, accounts bytewise by account_id.
 */
#ifndef NOL_BOOK_H
#define NOL_BOOK_H

#include "load.h"

enum book_role { BOOK_LOANS, BOOK_EVENTS, BOOK_ROLES };

/* One input file. */
struct book_input {
    struct fault_file file;
    enum book_role role;
    unsigned number; /* among the files of its role, from 1 */
    struct columns columns;
    uint64_t rows;
    char digest[DIGEST_HEX_LEN + 1];
};

struct book_row {
    struct text account_id; /* as far as it can be read */
    struct csv_record record;
    const struct book_input *input;
};

/* One account's rows; a book without faults has exactly one loan in it. */
struct book_bundle {
    struct text account_id; /* empty: rows that name no account */
    struct book_row *loans;
    size_t loan_count;
    struct book_row *events;
    size_t event_count;
};

struct book_rows {
    struct book_row *list;
    size_t count, room, next;
};

struct book {
    const struct memory *memory;
    struct arena arena; /* the rows' bytes */
    struct book_input *inputs;
    unsigned input_count;
    struct book_rows rows[BOOK_ROLES];
};

/**
 * book_read(book, memory, inputs, count, named, faults):
 * Read ${inputs}, whose file and role are set, and sort their rows by account.  False when a file cannot be read on or
 * its header is wrong: the faults say why.  Free in any case.
 */
bool book_read(struct book *book, const struct memory *memory, struct book_input *inputs,
               unsigned count, const struct columns_named *named, struct faults *faults);

void book_free(struct book *book);

/** book_next(book, bundle): the rows of the next account; false at the end. */
bool book_next(struct book *book, struct book_bundle *bundle);

/** book_role_name(role): `loans`, `events`. */
const char *book_role_name(enum book_role role);

#endif
