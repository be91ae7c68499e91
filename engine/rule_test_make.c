#include <stdio.h>

#include "rule_test_run.h"

static const char account_id[] = "test";

struct date rule_test_range_date(const struct rule_test_range *range, unsigned value)
{
    return date_add_days(range->first, (int32_t)value * range->days);
}

void rule_test_put_value(struct buffer *buffer, const struct rule_test_view *view)
{
    const struct rule_test_range *range = &view->test->range;
    struct arena *arena = &view->bench->round;
    enum book_role role = view->bench->tests->role;
    if (rule_test_is_of_dates(role, range)) {
        char date[DATE_TEXT_LEN + 1];
        buffer_put_string(buffer, date_text(date, rule_test_range_date(range, view->value)));
        return;
    }
    struct amount value =
        amount_add(arena, range->from, amount_times(arena, range->step, amount_of(view->value)));
    unsigned decimals =
        rule_test_is_amount(role, range->column) ? view->bench->program->decimals : 0;
    char *start = buffer_reserve(buffer, amount_text_size(value));
    buffer_end(buffer, amount_write(start, value, decimals));
}

static bool is_account_id(enum book_role role, unsigned column)
{
    return (role == BOOK_LOANS && column == LOAN_ACCOUNT_ID) ||
           (role == BOOK_GRANTS && column == GRANT_ACCOUNT_ID) ||
           (role == BOOK_EVENTS && column == EVENT_ACCOUNT_ID) ||
           (role == BOOK_PLAN && column == PLAN_ACCOUNT_ID);
}

static bool is_program(enum book_role role, unsigned column)
{
    return (role == BOOK_LOANS && column == LOAN_PROGRAM) ||
           (role == BOOK_GRANTS && column == GRANT_PROGRAM);
}

struct text rule_test_cell(const struct rule_test_view *view, enum book_role role, unsigned number,
                           const struct rule_test_row *row, unsigned column)
{
    struct rule_test_bench *bench = view->bench;
    const struct yaml_node *node = row->cells[column];
    if (is_account_id(role, column))
        return text_of(account_id);
    if (is_program(role, column))
        return bench->program->id;
    if (role == bench->tests->role && view->test->range.count > 0 &&
        column == view->test->range.column) {
        struct buffer value;
        buffer_init(&value, bench->memory);
        rule_test_put_value(&value, view);
        const char *copy = arena_copy(&bench->round, value.bytes, value.len);
        struct text text = {copy, value.len};
        buffer_free(&value);
        return text;
    }
    if (node == NULL && role == BOOK_EVENTS && column == EVENT_EVENT_ID) {
        char id[16];
        (void)snprintf(id, sizeof id, "e%02u", number);
        return (struct text){arena_copy(&bench->round, id, strlen(id)), strlen(id)};
    }
    if (node == NULL)
        return (struct text){"", 0};
    return rule_test_is_amount(role, column) ? rule_test_plain(&bench->round, node->text)
                                             : node->text;
}

static void make_row(const struct rule_test_view *view, enum book_role role, unsigned number,
                     const struct rule_test_row *row, struct book_row *out)
{
    struct rule_test_bench *bench = view->bench;
    struct buffer *bytes = &bench->bytes;
    unsigned columns = bench->inputs[role].columns.count;
    struct rule_test_made *made = &bench->rows[bench->row_count++];
    uint32_t chars = 0;
    *made = (struct rule_test_made){row, columns, ARENA_ARRAY(&bench->round, uint32_t, columns)};
    bytes->len = 0;
    for (unsigned column = 0; column < columns; column++) {
        size_t before = bytes->len;
        made->starts[column] = chars;
        csv_text(bytes, rule_test_cell(view, role, number, row, column));
        chars += (uint32_t)text_chars((struct text){bytes->bytes + before, bytes->len - before});
    }
    *out = (struct book_row){
        .account_id = text_of(account_id),
        .record = {.bytes = arena_copy(&bench->round, bytes->bytes, bytes->len - 1),
                   .len = (uint32_t)(bytes->len - 1),
                   .line = bench->row_count,
                   .file = &bench->file,
                   .quoted = memchr(bytes->bytes, '"', bytes->len) != NULL},
        .input = &bench->inputs[role],
    };
}

void rule_test_make(const struct rule_test_view *view, struct book_bundle *bundle)
{
    struct arena *arena = &view->bench->round;
    const struct rule_test *test = view->test;
    arena_reset(arena);
    view->bench->rows =
        ARENA_ARRAY(arena, struct rule_test_made, 1 + test->event_count + test->plan_count);
    view->bench->row_count = 0;
    *bundle = (struct book_bundle){
        .account_id = text_of(account_id),
        .events = ARENA_ARRAY(arena, struct book_row, test->event_count),
        .event_count = test->event_count,
        .plan = ARENA_ARRAY(arena, struct book_row, test->plan_count),
        .plan_count = test->plan_count,
    };
    if (view->bench->tests->role == BOOK_GRANTS) {
        bundle->grants = ARENA_ARRAY(arena, struct book_row, 1);
        bundle->grant_count = 1;
        make_row(view, BOOK_GRANTS, 1, &test->account, bundle->grants);
    } else {
        bundle->loans = ARENA_ARRAY(arena, struct book_row, 1);
        bundle->loan_count = 1;
        make_row(view, BOOK_LOANS, 1, &test->account, bundle->loans);
    }
    for (unsigned i = 0; i < test->event_count; i++)
        make_row(view, BOOK_EVENTS, i + 1, &test->events[i], &bundle->events[i]);
    for (unsigned i = 0; i < test->plan_count; i++)
        make_row(view, BOOK_PLAN, i + 1, &test->plan[i], &bundle->plan[i]);
}

struct place rule_test_place(const struct rule_test_bench *bench, struct place at)
{
    if (at.line == 0 || at.line > bench->row_count)
        return bench->rows[0].row->at;
    const struct rule_test_made *made = &bench->rows[at.line - 1];
    const struct yaml_node *node = NULL;
    for (unsigned column = 0; column < made->columns && made->starts[column] < at.col; column++)
        node = made->row->cells[column];
    return node == NULL ? made->row->at : node->at;
}
