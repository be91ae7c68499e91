#include "rule_test.h"

enum { SINGLES = 2 };

/* Where a figure without a line of its own is looked for, in this order. */
static const enum report_file *singles_of(enum book_role role)
{
    static const enum report_file loans[SINGLES] = {REPORT_ARREARS, REPORT_PORTFOLIO};
    static const enum report_file grants[SINGLES] = {REPORT_GRANT_POSITIONS,
                                                     REPORT_GRANT_PORTFOLIO};
    return role == BOOK_GRANTS ? grants : loans;
}

/* The files of which a figure names the line: `row 36`, `month 2026-03`. */
static const struct {
    const char *word;
    enum report_file file;
    enum book_role role;
} lined[] = {
    {"row ", REPORT_SCHEDULE, BOOK_LOANS},
    {"month ", REPORT_SUBSIDY, BOOK_LOANS},
    {"tranche ", REPORT_GRANT_TRANCHES, BOOK_GRANTS},
};

enum { LINED = sizeof lined / sizeof *lined };

/* The names that a case has beside figures, and, of loans, figures that are no cells. */
static const char *const words[] = {"as_of", "known_at", "rows", "sum"};

enum { WORDS = sizeof words / sizeof *words, WORDS_OF_GRANTS = 2 };

struct names {
    struct text list[RULE_TEST_COLUMNS_MAX * SINGLES + WORDS];
    unsigned count;
};

static void add_header(struct arena *arena, enum report_file file, struct names *names)
{
    struct buffer header;
    buffer_init(&header, arena->memory);
    report_header(&header, file, NULL, 0);
    const char *bytes = arena_copy(arena, header.bytes, header.len);
    for (size_t start = 0, i = 0; i < header.len; i++) {
        if (bytes[i] != ',' && bytes[i] != '\n')
            continue;
        names->list[names->count++] = (struct text){bytes + start, i - start};
        start = i + 1;
    }
    buffer_free(&header);
}

static struct text nth_name(const void *names, size_t i)
{
    return ((const struct names *)names)->list[i];
}

static unsigned find_name(const struct names *names, struct text name)
{
    unsigned i = 0;
    while (i < names->count && !text_equal(names->list[i], name))
        i++;
    return i;
}

static void add_figure(struct rule_test_reader *reader, struct rule_test_case *out,
                       struct rule_test_figure figure, const struct yaml_pair *pair)
{
    if (!rule_test_is_scalar(reader, pair))
        return;
    figure.name = pair->key;
    figure.want = pair->value->text;
    figure.at = pair->value->at;
    out->figures =
        arena_grow(reader->arena, out->figures, out->count, &out->room, sizeof *out->figures);
    out->figures[out->count++] = figure;
}

/* A column of a file whose line is the only one. */
static void read_single(struct rule_test_reader *reader, const struct yaml_pair *pair,
                        struct rule_test_case *out)
{
    struct names all = {.count = 0};
    const enum report_file *singles = singles_of(reader->role);
    unsigned word_count = reader->role == BOOK_GRANTS ? WORDS_OF_GRANTS : WORDS;
    for (unsigned i = 0; i < SINGLES; i++) {
        struct names names = {.count = 0};
        add_header(reader->arena, singles[i], &names);
        unsigned column = find_name(&names, pair->key);
        if (column < names.count) {
            add_figure(reader, out, (struct rule_test_figure){.file = singles[i], .column = column},
                       pair);
            return;
        }
        add_header(reader->arena, singles[i], &all);
    }
    for (unsigned i = 0; i < word_count; i++)
        all.list[all.count++] = text_of(words[i]);
    rule_test_refuse_name(reader, FAULT_FIGURE_UNKNOWN, pair, "unknown figure", all.count, nth_name,
                          &all);
}

/* All of one line: `row 36: {due: ..., principal_due: ...}`. */
static void read_line(struct rule_test_reader *reader, enum report_file file, struct text line,
                      const struct yaml_pair *pair, struct rule_test_case *out)
{
    struct names names = {.count = 0};
    char quoted[TEXT_QUOTE_MAX];
    if (pair->value->kind != YAML_MAP) {
        fault_add(reader->faults, FAULT_RULE_SHAPE, pair->value->at, "%s is a map of columns of %s",
                  text_quote(quoted, pair->key), report_name(file));
        return;
    }
    add_header(reader->arena, file, &names);
    for (const struct yaml_pair *cell = pair->value->first; cell != NULL; cell = cell->next) {
        unsigned column = find_name(&names, cell->key);
        if (column < names.count)
            add_figure(reader, out,
                       (struct rule_test_figure){
                           .file = file, .column = column, .line = line, .of = pair->key},
                       cell);
        else
            rule_test_refuse_name(reader, FAULT_FIGURE_UNKNOWN, cell, "unknown figure", names.count,
                                  nth_name, &names);
    }
}

static bool read_lined(struct rule_test_reader *reader, const struct yaml_pair *pair,
                       struct rule_test_case *out)
{
    for (unsigned i = 0; i < LINED; i++) {
        size_t len = strlen(lined[i].word);
        if (lined[i].role != reader->role || pair->key.len <= len ||
            memcmp(pair->key.ptr, lined[i].word, len) != 0)
            continue;
        struct text line = {pair->key.ptr + len, pair->key.len - len};
        read_line(reader, lined[i].file, line, pair, out);
        return true;
    }
    return false;
}

static void read_date(struct rule_test_reader *reader, const struct yaml_pair *pair,
                      struct date *out)
{
    char quoted[TEXT_QUOTE_MAX];
    if (!rule_test_is_scalar(reader, pair))
        return;
    enum fault_code code = date_parse(pair->value->text, out);
    if (code != FAULT_NONE)
        fault_add(reader->faults, code, pair->value->at,
                  "%s is not a date 1900-01-01..2199-12-31 as YYYY-MM-DD",
                  text_quote(quoted, pair->value->text));
}

static void read_sum(struct rule_test_reader *reader, const struct yaml_pair *pair,
                     struct rule_test_case *out)
{
    char quoted[TEXT_QUOTE_MAX];
    if (pair->value->kind == YAML_TEXT && !text_is(pair->value->text, "principal"))
        fault_add(reader->faults, FAULT_RULE_CHOICE, pair->value->at,
                  "sum: %s is not `principal`, which the rows of schedule.csv add up to",
                  text_quote(quoted, pair->value->text));
    else
        add_figure(reader, out, (struct rule_test_figure){.kind = RULE_TEST_SUM}, pair);
}

void rule_test_read_case(struct rule_test_reader *reader, const struct yaml_node *map,
                         struct rule_test_case *out)
{
    uint64_t before = reader->faults->total;
    bool loans = reader->role == BOOK_LOANS;
    *out = (struct rule_test_case){.at = map->at, .as_of = DATE_NONE, .known_at = DATE_UNLIMITED};
    for (const struct yaml_pair *pair = map->first; pair != NULL; pair = pair->next) {
        if (text_is(pair->key, "as_of"))
            read_date(reader, pair, &out->as_of);
        else if (text_is(pair->key, "known_at"))
            read_date(reader, pair, &out->known_at);
        else if (loans && text_is(pair->key, "rows"))
            add_figure(reader, out, (struct rule_test_figure){.kind = RULE_TEST_ROWS}, pair);
        else if (loans && text_is(pair->key, "sum"))
            read_sum(reader, pair, out);
        else if (!read_lined(reader, pair, out))
            read_single(reader, pair, out);
    }
    if (out->count == 0 && reader->faults->total == before)
        fault_add(reader->faults, FAULT_TEST_EMPTY, map->at, "no figure is expected here");
}
