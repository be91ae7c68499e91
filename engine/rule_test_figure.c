#include <stdio.h>

#include "rule_test_run.h"

/* The next line of a file, without its end; false at the file's end. */
static bool next_line(const struct buffer *file, size_t *at, struct text *line)
{
    if (*at >= file->len)
        return false;
    const char *start = file->bytes + *at, *feed = memchr(start, '\n', file->len - *at);
    *line = (struct text){start, (size_t)(feed - start)};
    *at += line->len + 1;
    return true;
}

/* The nth cell of a line, its quotes included. */
static struct text nth_cell(struct text line, unsigned n)
{
    size_t start = 0, at = 0;
    for (bool quoted = false; at < line.len; at++) {
        if (line.ptr[at] == '"')
            quoted = !quoted;
        if (line.ptr[at] != ',' || quoted)
            continue;
        if (n-- == 0)
            break;
        start = at + 1;
    }
    return (struct text){line.ptr + start, at - start};
}

static struct text unquoted(struct arena *arena, struct text cell)
{
    if (cell.len < 2 || cell.ptr[0] != '"')
        return cell;
    char *plain = arena_copy(arena, cell.ptr + 1, cell.len - 2);
    size_t len = 0;
    for (size_t i = 0; i < cell.len - 2; i++) {
        plain[len++] = plain[i];
        if (plain[i] == '"')
            i++; /* the second of two */
    }
    return (struct text){plain, len};
}

enum { SCHEDULE_N = 1, SCHEDULE_PRINCIPAL_DUE = 4, SUBSIDY_MONTH = 3, TRANCHES_TRANCHE = 1 };

/* The column by which a line of the file is named. */
static unsigned key_of(enum report_file file)
{
    if (file == REPORT_GRANT_TRANCHES)
        return TRANCHES_TRANCHE;
    return file == REPORT_SCHEDULE ? SCHEDULE_N : SUBSIDY_MONTH;
}

static bool find_line(const struct rule_test_view *view, const struct rule_test_figure *figure,
                      struct text *line)
{
    const struct buffer *file = &view->bench->out[figure->file];
    unsigned key = key_of(figure->file);
    size_t at = 0;
    while (next_line(file, &at, line))
        if (figure->line.len == 0 || text_equal(nth_cell(*line, key), figure->line))
            return true;
    return false;
}

static const char *count_rows(const struct rule_test_view *view)
{
    const struct buffer *file = &view->bench->out[REPORT_SCHEDULE];
    char *text = arena_alloc(&view->bench->round, 16);
    struct text line;
    unsigned rows = 0;
    for (size_t at = 0; next_line(file, &at, &line);)
        rows += nth_cell(line, SCHEDULE_N).len > 0;
    (void)snprintf(text, 16, "%u", rows);
    return text;
}

static const char *sum_of_rows(const struct rule_test_view *view)
{
    struct arena *arena = &view->bench->round;
    const struct buffer *file = &view->bench->out[REPORT_SCHEDULE];
    struct decimal_sum sum = {0};
    struct text line;
    for (size_t at = 0; next_line(file, &at, &line);) {
        struct decimal decimal;
        if (decimal_parse(arena, nth_cell(line, SCHEDULE_PRINCIPAL_DUE), &decimal) == FAULT_NONE)
            decimal_sum_add(&sum, decimal);
    }
    const char *text = decimal_sum_text(arena, &sum);
    decimal_sum_clear(&sum);
    return text;
}

/* Whether the column holds texts, which are equal to the byte, rather than figures. */
static bool is_text(const struct rule_test_figure *figure)
{
    static const char *const names[] = {"account_id", "program", "currency", "borrower_id",
                                        "status",     "class",   "tranche",  "clause"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        if (text_is(figure->name, names[i]))
            return true;
    return false;
}

/* found - wanted where both are numbers; NULL where they are not. */
static const char *difference(struct arena *arena, struct text found, struct text wanted)
{
    struct decimal a, b;
    struct decimal_sum sum = {0};
    if (decimal_parse(arena, found, &a) != FAULT_NONE ||
        decimal_parse(arena, wanted, &b) != FAULT_NONE)
        return NULL;
    b.digits = amount_negate(arena, b.digits);
    decimal_sum_add(&sum, a);
    decimal_sum_add(&sum, b);
    const char *text = decimal_sum_text(arena, &sum);
    decimal_sum_clear(&sum);
    return text;
}

static bool compare(const struct rule_test_view *view, const struct rule_test_figure *figure,
                    struct text found, struct text wanted)
{
    struct arena *arena = &view->bench->round;
    struct text plain = is_text(figure) ? wanted : rule_test_plain(arena, wanted);
    char a[TEXT_QUOTE_MAX], b[TEXT_QUOTE_MAX], what[4 * TEXT_QUOTE_MAX];
    if (text_equal(found, plain))
        return true;
    const char *by = is_text(figure) ? NULL : difference(arena, found, plain);
    if (by != NULL && strcmp(by, "0") == 0)
        return true;
    (void)snprintf(what, sizeof what, "%.*s%s%.*s is %s, expected %s%s%s", (int)figure->of.len,
                   figure->of.ptr, figure->of.len == 0 ? "" : " ", (int)figure->name.len,
                   figure->name.ptr, text_quote(a, found), text_quote(b, plain),
                   by == NULL ? "" : ", difference ", by == NULL ? "" : by);
    return rule_test_fail(view, figure->at, what);
}

bool rule_test_check(const struct rule_test_view *view, const struct rule_test_figure *figure)
{
    struct text line;
    char quoted[TEXT_QUOTE_MAX], what[3 * TEXT_QUOTE_MAX];
    switch (figure->kind) {
    case RULE_TEST_ROWS:
        return compare(view, figure, text_of(count_rows(view)), figure->want);
    case RULE_TEST_SUM:
        return compare(view, figure, text_of(sum_of_rows(view)),
                       rule_test_cell(view, BOOK_LOANS, 1, &view->test->account, LOAN_PRINCIPAL));
    case RULE_TEST_CELL:
        break;
    }
    if (find_line(view, figure, &line))
        return compare(view, figure, unquoted(&view->bench->round, nth_cell(line, figure->column)),
                       figure->want);
    if (figure->line.len > 0)
        (void)snprintf(what, sizeof what, "%s has no line for %s", report_name(figure->file),
                       text_quote(quoted, figure->line));
    else
        (void)snprintf(what, sizeof what, "the account does not exist yet");
    return rule_test_fail(view, figure->at, what);
}
