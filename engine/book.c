#include "book.h"

#include <stdlib.h>

const char *book_role_name(enum book_role role)
{
    static const char *const names[BOOK_ROLES] = {"loans", "events"};
    return names[role];
}

static struct book_row *new_row(struct book *book, enum book_role role)
{
    struct book_rows *rows = &book->rows[role];
    if (rows->count == rows->room) {
        rows->room = rows->room == 0 ? 1024 : 2 * rows->room;
        rows->list = memory_resize(book->memory, rows->list,
                                   memory_product(book->memory, rows->room, sizeof *rows->list));
    }
    return &rows->list[rows->count++];
}

/* The nth field of a record without quotes. */
static struct text plain_field(const struct csv_record *record, int16_t n)
{
    const char *field = record->bytes, *end = record->bytes + record->len;
    for (; n > 0 && field != NULL; n--) {
        field = memchr(field, ',', (size_t)(end - field));
        field = field == NULL ? NULL : field + 1;
    }
    if (field == NULL)
        return (struct text){"", 0};
    const char *comma = field == end ? NULL : memchr(field, ',', (size_t)(end - field));
    return (struct text){field, (size_t)((comma == NULL ? end : comma) - field)};
}

/* The same of one with quotes: split a copy, for splitting writes to the record. */
static struct text quoted_field(struct arena *arena, const struct csv_record *record, int16_t n)
{
    struct csv_record copy = *record;
    struct text fields[CSV_FIELDS_MAX];
    unsigned count = 0;
    uint32_t offset;
    copy.bytes = arena_copy(arena, record->bytes, record->len);
    (void)csv_split(&copy, fields, &count, &offset);
    return (unsigned)n < count && n < CSV_FIELDS_MAX ? fields[n] : (struct text){"", 0};
}

static void keep_row(struct book *book, struct book_input *input, const struct csv_record *record)
{
    struct book_row *row = new_row(book, input->role);
    unsigned column = input->role == BOOK_LOANS ? (unsigned)LOAN_ACCOUNT_ID
                                                : (unsigned)EVENT_ACCOUNT_ID;
    int16_t field = input->columns.known[column];
    row->record = *record;
    row->record.bytes = arena_copy(&book->arena, record->bytes, record->len);
    row->input = input;
    row->account_id = record->quoted ? quoted_field(&book->arena, &row->record, field)
                                     : plain_field(&row->record, field);
    input->rows++;
}

static bool read_header(struct book *book, struct csv_reader *reader, struct book_input *input,
                        const struct columns_named *named, struct faults *faults)
{
    struct csv_record header;
    bool loans = input->role == BOOK_LOANS;
    enum csv_result result = csv_next(reader, &header, faults);
    if (result == CSV_END)
        fault_add(faults, FAULT_CSV_EMPTY, (struct place){&input->file, 1, 1},
                  "the file has no header line");
    return result == CSV_RECORD &&
           columns_read(&book->arena, &header, loans ? load_loan_columns : load_event_columns,
                        loans ? (unsigned)LOAN_COLUMNS : (unsigned)EVENT_COLUMNS,
                        loans ? named : NULL, &input->columns, faults);
}

static bool read_rows(struct book *book, struct csv_reader *reader, struct book_input *input,
                      struct faults *faults)
{
    struct csv_record record;
    enum csv_result result;
    while ((result = csv_next(reader, &record, faults)) == CSV_RECORD)
        keep_row(book, input, &record);
    if (result == CSV_END && csv_digest(reader, input->digest))
        return true;
    if (result == CSV_END)
        fault_add(faults, FAULT_IO, (struct place){&input->file, 0, 0}, "SHA-256 failed");
    return false;
}

static bool read_input(struct book *book, struct book_input *input,
                       const struct columns_named *named, struct faults *faults)
{
    struct csv_reader reader;
    bool read = csv_open(&reader, book->memory, &input->file, faults) &&
                read_header(book, &reader, input, named, faults) &&
                read_rows(book, &reader, input, faults);
    csv_close(&reader);
    return read;
}

static int compare_rows(const void *a, const void *b)
{
    const struct book_row *left = a, *right = b;
    int order = text_compare(left->account_id, right->account_id);
    if (order != 0)
        return order;
    if (left->input != right->input)
        return left->input->file.order < right->input->file.order ? -1 : 1;
    return (left->record.line > right->record.line) - (left->record.line < right->record.line);
}

static void sort_rows(struct book_rows *rows)
{
    bool sorted = true;
    for (size_t i = 1; i < rows->count && sorted; i++)
        sorted = compare_rows(&rows->list[i - 1], &rows->list[i]) <= 0;
    if (!sorted)
        qsort(rows->list, rows->count, sizeof *rows->list, compare_rows);
}

bool book_read(struct book *book, const struct memory *memory, struct book_input *inputs,
               unsigned count, const struct columns_named *named, struct faults *faults)
{
    bool read = true;
    *book = (struct book){.memory = memory, .inputs = inputs, .input_count = count};
    arena_init(&book->arena, memory);
    for (unsigned i = 0; i < count; i++)
        read = read_input(book, &inputs[i], named, faults) && read;
    for (unsigned role = 0; role < BOOK_ROLES; role++)
        sort_rows(&book->rows[role]);
    return read;
}

void book_free(struct book *book)
{
    for (unsigned role = 0; role < BOOK_ROLES; role++)
        memory_release(book->rows[role].list);
    arena_free(&book->arena);
}

/* The run of rows of ${account_id} that begins at rows->next. */
static struct book_row *take_rows(struct book_rows *rows, struct text account_id, size_t *count)
{
    struct book_row *first = rows->list + rows->next;
    *count = 0;
    while (rows->next < rows->count &&
           text_equal(rows->list[rows->next].account_id, account_id)) {
        rows->next++;
        ++*count;
    }
    return first;
}

bool book_next(struct book *book, struct book_bundle *bundle)
{
    const struct book_row *head = NULL;
    for (unsigned role = 0; role < BOOK_ROLES; role++) {
        const struct book_rows *rows = &book->rows[role];
        if (rows->next == rows->count)
            continue;
        const struct book_row *row = &rows->list[rows->next];
        if (head == NULL || text_compare(row->account_id, head->account_id) < 0)
            head = row;
    }
    if (head == NULL)
        return false;
    bundle->account_id = head->account_id;
    bundle->loans = take_rows(&book->rows[BOOK_LOANS], bundle->account_id, &bundle->loan_count);
    bundle->events = take_rows(&book->rows[BOOK_EVENTS], bundle->account_id, &bundle->event_count);
    return true;
}
