#include "book.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "buffer.h"

struct book_stream {
    struct csv_reader reader;
    struct book_input *input;
    struct csv_record head; /* the next row, valid until the one after it is read */
    struct text account_id; /* of the head: in the reader's block, or in quoted */
    struct buffer quoted;
    struct buffer last; /* the account_id before it */
    bool ended;
};

const char *book_role_name(enum book_role role)
{
    static const char *const names[BOOK_ROLES] = {"loans", "grants", "events", "plan"};
    return names[role];
}

bool book_has_role(const struct book_input *inputs, unsigned count, enum book_role role)
{
    for (unsigned i = 0; i < count; i++)
        if (inputs[i].role == role)
            return true;
    return role == BOOK_EVENTS;
}

void book_input_name(struct buffer *buffer, const struct book_input *input)
{
    buffer_put_string(buffer, book_role_name(input->role));
    if (input->number > 1)
        buffer_printf(buffer, "-%u", input->number);
}

/* --- rows held --- */

static struct book_row *new_row(const struct memory *memory, struct book_rows *rows)
{
    if (rows->count == rows->room) {
        rows->room = rows->room == 0 ? 64 : 2 * rows->room;
        rows->list = memory_resize(memory, rows->list,
                                   memory_product(memory, rows->room, sizeof *rows->list));
    }
    return &rows->list[rows->count++];
}

/* The nth field of a record without quotes. */
static struct text plain_field(const struct csv_record *record, int16_t n)
{
    const char *field = record->bytes, *end = record->bytes + record->len;
    for (; n > 0 && field != NULL; n--) {
        field = field == end ? NULL : memchr(field, ',', (size_t)(end - field));
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

struct text book_field(struct arena *arena, const struct csv_record *record, int16_t n)
{
    if (n < 0)
        return (struct text){"", 0};
    return record->quoted ? quoted_field(arena, record, n) : plain_field(record, n);
}

static struct text account_of(struct arena *arena, const struct book_input *input,
                              const struct csv_record *record)
{
    static const unsigned columns[BOOK_ROLES] = {LOAN_ACCOUNT_ID, GRANT_ACCOUNT_ID,
                                                 EVENT_ACCOUNT_ID, PLAN_ACCOUNT_ID};
    return book_field(arena, record, input->columns.known[columns[input->role]]);
}

static bool names_borrower(enum book_role role)
{
    return role == BOOK_LOANS || role == BOOK_GRANTS;
}

/* Whether the account belongs to the book's shard; ${loan}: its first row in the book of loans, or
 * else of grants, NULL without. */
static bool is_ours(struct book *book, struct text account_id, const struct book_input *input,
                    const struct csv_record *loan)
{
    struct text borrower = {"", 0};
    if (book->shard.count <= 1)
        return true;
    if (loan != NULL && account_id.len > 0)
        borrower = book_field(
            &book->scratch, loan,
            input->columns.known[input->role == BOOK_LOANS ? LOAN_BORROWER_ID : GRANT_BORROWER_ID]);
    return shard_has(book->shard, borrower.len > 0 ? borrower : account_id);
}

/* Hold a row: a copy of its bytes in ${arena}. */
static void hold_row(const struct memory *memory, struct arena *arena, struct book_rows *rows,
                     const struct book_input *input, const struct csv_record *record)
{
    struct book_row *row = new_row(memory, rows);
    row->record = *record;
    row->record.bytes = arena_copy(arena, record->bytes, record->len);
    row->input = input;
    row->account_id = account_of(arena, input, &row->record);
}

/* --- one file --- */

static enum csv_result read_row(struct book *book, struct csv_reader *reader,
                                struct book_input *input, struct csv_record *record)
{
    uint64_t before = reader->bytes;
    enum csv_result result = csv_next(reader, record, book->faults);
    book->bytes_done += reader->bytes - before;
    if (result == CSV_RECORD)
        input->rows++;
    if (result != CSV_END || csv_digest(reader, input->digest))
        return result;
    fault_add(book->faults, FAULT_IO, (struct place){&input->file, 0, 0}, "SHA-256 failed");
    return CSV_REFUSED;
}

static const struct {
    const struct column_spec *list;
    unsigned count;
} columns_of[BOOK_ROLES] = {
    [BOOK_LOANS] = {load_loan_columns, LOAN_COLUMNS},
    [BOOK_GRANTS] = {load_grant_columns, GRANT_COLUMNS},
    [BOOK_EVENTS] = {load_event_columns, EVENT_COLUMNS},
    [BOOK_PLAN] = {load_plan_columns, PLAN_COLUMNS},
};

static bool open_input(struct book *book, struct csv_reader *reader, struct book_input *input,
                       const struct columns_named *named)
{
    struct csv_record header;
    bool takes_named = names_borrower(input->role);
    input->rows = 0;
    if (!csv_open(reader, book->memory, &input->file, book->faults))
        return false;
    enum csv_result result = csv_next(reader, &header, book->faults);
    if (result == CSV_END)
        fault_add(book->faults, FAULT_CSV_EMPTY, (struct place){&input->file, 1, 1},
                  "the file has no header line");
    return result == CSV_RECORD &&
           columns_read(&book->arena, &header, columns_of[input->role].list,
                        columns_of[input->role].count, takes_named ? named : NULL, &input->columns,
                        book->faults);
}

/* Room for one more row in a list that belongs to ${arena}: it grows by copying. */
static void make_room(struct arena *arena, struct book_rows *rows)
{
    if (rows->count < rows->room)
        return;
    rows->room = rows->room == 0 ? 4 : 2 * rows->room;
    struct book_row *wider = ARENA_ARRAY(arena, struct book_row, rows->room);
    if (rows->count > 0)
        memcpy(wider, rows->list, rows->count * sizeof *wider);
    rows->list = wider;
}

/* --- gathered: through the sorter --- */

/* Roles come in their order, each by file and line. */
static uint64_t rank_of(const struct book *book, const struct book_input *input, uint32_t line)
{
    return (uint64_t)(input - book->inputs) << 32 | line;
}

static void forget_input(struct book *book, bool read)
{
    csv_close(&book->reader);
    book->refused = book->refused || !read;
    book->gathered++;
}

static bool gather_row(struct book *book, const struct book_input *input,
                       const struct csv_record *record)
{
    arena_reset(&book->scratch);
    const struct sorter_item item = {account_of(&book->scratch, input, record),
                                     rank_of(book, input, record->line),
                                     {record->bytes, record->len}};
    return sorter_add(book->sorter, &item);
}

enum book_result book_gather(struct book *book)
{
    enum { ROWS_AT_A_TIME = 16384 };
    for (unsigned rows = 0; rows < ROWS_AT_A_TIME; rows++) {
        if (book->gathered == book->input_count) {
            bool sorted = !book->refused && sorter_sort(book->sorter);
            book->head_result = sorted ? sorter_next(book->sorter, &book->head) : SORTER_FAILED;
            return book->head_result == SORTER_FAILED ? BOOK_REFUSED : BOOK_END;
        }
        struct book_input *input = &book->inputs[book->gathered];
        struct csv_record record;
        enum csv_result result = CSV_REFUSED;
        if (book->reader.fd >= 0 || open_input(book, &book->reader, input, book->named))
            result = read_row(book, &book->reader, input, &record);
        if (result != CSV_RECORD)
            forget_input(book, result == CSV_END);
        else if (!gather_row(book, input, &record))
            return BOOK_REFUSED;
    }
    return BOOK_BUNDLE;
}

static const struct book_input *input_of_head(const struct book *book)
{
    return &book->inputs[book->head.rank >> 32];
}

/* The row that was gathered, its bytes a copy in ${arena}, for splitting writes to them. */
static struct csv_record record_of_head(const struct book *book, struct arena *arena)
{
    const struct text bytes = book->head.payload;
    return (struct csv_record){
        .bytes = arena_copy(arena, bytes.ptr, bytes.len),
        .len = (uint32_t)bytes.len,
        .line = (uint32_t)book->head.rank,
        .file = &input_of_head(book)->file,
        .quoted = bytes.len > 0 && memchr(bytes.ptr, '"', bytes.len) != NULL,
    };
}

static void take_head(struct book *book, struct arena *arena, struct book_bundle *bundle,
                      struct book_rows *rows)
{
    make_room(arena, rows);
    struct book_row *row = &rows->list[rows->count++];
    row->account_id = bundle->account_id;
    row->record = record_of_head(book, arena);
    row->input = input_of_head(book);
    bundle->loan_count += row->input->role == BOOK_LOANS;
    bundle->grant_count += row->input->role == BOOK_GRANTS;
    bundle->event_count += row->input->role == BOOK_EVENTS;
    bundle->plan_count += row->input->role == BOOK_PLAN;
}

/* Whether the account that begins with the head belongs to the book's shard: its first loan row,
 * if it has one, is the first of its rows. */
static bool gathered_is_ours(struct book *book)
{
    const struct book_input *input = input_of_head(book);
    if (book->shard.count <= 1)
        return true;
    if (!names_borrower(input->role))
        return is_ours(book, book->head.key, NULL, NULL);
    arena_reset(&book->scratch);
    struct csv_record record = record_of_head(book, &book->scratch);
    return is_ours(book, book->head.key, input, &record);
}

static enum book_result next_gathered(struct book *book, struct arena *arena,
                                      struct book_bundle *bundle)
{
    struct book_rows rows = {0};
    if (book->head_result == SORTER_END)
        book->bytes_done = book->bytes_total; /* line ends and headers were not counted */
    if (book->head_result != SORTER_ITEM)
        return book->head_result == SORTER_END ? BOOK_END : BOOK_REFUSED;
    bool ours = gathered_is_ours(book);
    if (!ours) /* leaves nothing with the caller */
        arena = &book->scratch;
    const struct text key = book->head.key;
    *bundle = (struct book_bundle){.account_id = {arena_copy(arena, key.ptr, key.len), key.len}};
    do {
        if (ours)
            take_head(book, arena, bundle, &rows);
        book->bytes_done += book->head.payload.len + 1;
        book->head_result = sorter_next(book->sorter, &book->head);
    } while (book->head_result == SORTER_ITEM && text_equal(book->head.key, bundle->account_id));
    if (ours) {
        bundle->loans = rows.list; /* the roles stand in their order */
        bundle->grants = bundle->loans + bundle->loan_count;
        bundle->events = bundle->grants + bundle->grant_count;
        bundle->plan = bundle->events + bundle->event_count;
    }
    return book->head_result == SORTER_FAILED ? BOOK_REFUSED : BOOK_BUNDLE;
}

/* --- side by side: sorted files --- */

static void keep_text(struct buffer *buffer, struct text text)
{
    buffer->len = 0;
    buffer_put(buffer, text);
}

static struct text kept_text(const struct buffer *buffer)
{
    return (struct text){buffer->bytes, buffer->len};
}

/* Read the next row that names an account; rows that name none are held back for the end. */
static enum book_result advance(struct book *book, struct book_stream *stream, struct arena *arena)
{
    keep_text(&stream->last, stream->account_id);
    for (;;) {
        enum csv_result result = read_row(book, &stream->reader, stream->input, &stream->head);
        stream->ended = result != CSV_RECORD;
        if (stream->ended)
            return result == CSV_END ? BOOK_END : BOOK_REFUSED;
        stream->account_id = account_of(arena, stream->input, &stream->head);
        if (stream->head.quoted) { /* the arena may be reset while the row still waits */
            keep_text(&stream->quoted, stream->account_id);
            stream->account_id = kept_text(&stream->quoted);
        }
        if (stream->account_id.len > 0)
            break;
        if (!shard_has(book->shard, stream->account_id))
            continue;
        hold_row(book->memory, &book->arena, &book->held[stream->input->role], stream->input,
                 &stream->head);
    }
    bool sorted = text_compare(stream->account_id, kept_text(&stream->last)) >= 0;
    return sorted ? BOOK_BUNDLE : BOOK_UNSORTED;
}

static bool open_streams(struct book *book, const struct columns_named *named)
{
    bool opened = true;
    book->streams =
        memory_resize(book->memory, NULL, (book->input_count + 1) * sizeof *book->streams);
    for (unsigned i = 0; i < book->input_count; i++) {
        struct book_stream *stream = &book->streams[i];
        *stream = (struct book_stream){.input = &book->inputs[i], .reader = {.fd = -1}};
        buffer_init(&stream->quoted, book->memory);
        buffer_init(&stream->last, book->memory);
        opened = open_input(book, &stream->reader, stream->input, named) && opened;
    }
    return opened;
}

/* Hold all rows of ${account_id} that the role's streams begin with; ${rows} NULL: pass over. */
static enum book_result take_streams(struct book *book, enum book_role role, struct text account_id,
                                     struct arena *arena, struct book_rows *rows)
{
    for (unsigned i = 0; i < book->input_count; i++) {
        struct book_stream *stream = &book->streams[i];
        while (stream->input->role == role && !stream->ended &&
               text_equal(stream->account_id, account_id)) {
            if (rows != NULL) {
                make_room(arena, rows);
                hold_row(book->memory, arena, rows, stream->input, &stream->head);
            }
            enum book_result result = advance(book, stream, arena);
            if (result == BOOK_UNSORTED || result == BOOK_REFUSED)
                return result;
        }
    }
    return BOOK_BUNDLE;
}

/* Whether the account that the streams begin with belongs to the book's shard. */
static bool head_is_ours(struct book *book, struct text account_id)
{
    arena_reset(&book->scratch);
    for (unsigned i = 0; i < book->input_count; i++) {
        const struct book_stream *stream = &book->streams[i];
        if (names_borrower(stream->input->role) && !stream->ended &&
            text_equal(stream->account_id, account_id))
            return is_ours(book, account_id, stream->input, &stream->head);
    }
    return is_ours(book, account_id, NULL, NULL);
}

/* At the end: the rows that name no account. */
static enum book_result take_held(struct book *book, struct book_bundle *bundle)
{
    struct book_rows *held = book->held;
    *bundle = (struct book_bundle){.account_id = {"", 0},
                                   .loans = held[BOOK_LOANS].list,
                                   .loan_count = held[BOOK_LOANS].count,
                                   .grants = held[BOOK_GRANTS].list,
                                   .grant_count = held[BOOK_GRANTS].count,
                                   .events = held[BOOK_EVENTS].list,
                                   .event_count = held[BOOK_EVENTS].count,
                                   .plan = held[BOOK_PLAN].list,
                                   .plan_count = held[BOOK_PLAN].count};
    for (unsigned role = 0; role < BOOK_ROLES; role++)
        held[role].count = 0; /* once */
    return book_bundle_rows(bundle) > 0 ? BOOK_BUNDLE : BOOK_END;
}

static enum book_result next_of_streams(struct book *book, struct arena *arena,
                                        struct book_bundle *bundle)
{
    const struct book_stream *head = NULL;
    for (unsigned i = 0; i < book->input_count; i++) {
        struct book_stream *stream = &book->streams[i];
        if (!stream->ended && stream->account_id.ptr == NULL) { /* nothing read yet */
            enum book_result result = advance(book, stream, arena);
            if (result == BOOK_REFUSED)
                return result;
        }
        if (!stream->ended &&
            (head == NULL || text_compare(stream->account_id, head->account_id) < 0))
            head = stream;
    }
    if (head == NULL)
        return take_held(book, bundle);
    struct book_rows rows[BOOK_ROLES] = {0};
    bool ours = head_is_ours(book, head->account_id);
    if (!ours) /* leaves nothing with the caller */
        arena = &book->scratch;
    bundle->account_id = (struct text){
        arena_copy(arena, head->account_id.ptr, head->account_id.len), head->account_id.len};
    enum book_result result = BOOK_BUNDLE;
    for (unsigned role = 0; role < BOOK_ROLES && result == BOOK_BUNDLE; role++)
        result = take_streams(book, (enum book_role)role, bundle->account_id, arena,
                              ours ? &rows[role] : NULL);
    bundle->loans = rows[BOOK_LOANS].list;
    bundle->loan_count = rows[BOOK_LOANS].count;
    bundle->grants = rows[BOOK_GRANTS].list;
    bundle->grant_count = rows[BOOK_GRANTS].count;
    bundle->events = rows[BOOK_EVENTS].list;
    bundle->event_count = rows[BOOK_EVENTS].count;
    bundle->plan = rows[BOOK_PLAN].list;
    bundle->plan_count = rows[BOOK_PLAN].count;
    return result;
}

/* --- the book --- */

bool book_open(struct book *book, const struct memory *memory, struct book_input *inputs,
               unsigned count, const struct columns_named *named,
               const struct book_gathering *gathering, struct faults *faults)
{
    *book = (struct book){.memory = memory,
                          .inputs = inputs,
                          .input_count = count,
                          .named = named,
                          .faults = faults,
                          .reader = {.fd = -1}};
    arena_init(&book->arena, memory);
    arena_init(&book->scratch, memory);
    for (unsigned i = 0; i < count; i++) {
        struct stat status;
        if (stat(inputs[i].file.path, &status) == 0 && status.st_size > 0)
            book->bytes_total += (uint64_t)status.st_size;
    }
    if (gathering == NULL)
        return open_streams(book, named);
    book->bytes_total *= 2; /* all is read, then all is handed out */
    book->sorter = sorter_new(memory, gathering->bytes, gathering->temporary, faults);
    return true;
}

void book_close(struct book *book)
{
    for (unsigned i = 0; book->streams != NULL && i < book->input_count; i++) {
        csv_close(&book->streams[i].reader);
        buffer_free(&book->streams[i].quoted);
        buffer_free(&book->streams[i].last);
    }
    memory_release(book->streams);
    for (unsigned role = 0; role < BOOK_ROLES; role++)
        memory_release(book->held[role].list);
    csv_close(&book->reader);
    sorter_free(book->sorter);
    arena_free(&book->scratch);
    arena_free(&book->arena);
    *book = (struct book){.memory = book->memory, .reader = {.fd = -1}};
}

enum book_result book_next(struct book *book, struct arena *arena, struct book_bundle *bundle)
{
    enum book_result result;
    do {
        result = book->streams == NULL ? next_gathered(book, arena, bundle)
                                       : next_of_streams(book, arena, bundle);
    } while (result == BOOK_BUNDLE && book_bundle_rows(bundle) == 0);
    return result; /* a bundle without rows is another shard's */
}
