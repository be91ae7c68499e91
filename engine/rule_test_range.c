#include "rule_test.h"

/* The ranges that a for_all may have, each the book's column of the same name. */
static const struct {
    enum rule_key key;
    enum book_role role;
    unsigned column;
    const char *wanted;
} ranges[] = {
    {RULE_TESTS_TESTS_FOR_ALL_PRINCIPAL, BOOK_LOANS, LOAN_PRINCIPAL,
     "amounts such as 1_000..25_000"},
    {RULE_TESTS_TESTS_FOR_ALL_AWARD, BOOK_GRANTS, GRANT_AWARD, "amounts such as 1_000..25_000"},
    {RULE_TESTS_TESTS_FOR_ALL_INSTALLMENTS, BOOK_LOANS, LOAN_INSTALLMENTS,
     "whole numbers such as 6..36"},
    {RULE_TESTS_TESTS_FOR_ALL_DISBURSED, BOOK_LOANS, LOAN_DISBURSED,
     "dates such as 2026-01-01..2026-12-31"},
};

enum { RANGES = sizeof ranges / sizeof *ranges };

enum { DAYS_MAX = 100000 };

/* Both ends as texts. */
static bool split_ends(struct text text, struct text *from, struct text *upto)
{
    size_t dots = 0;
    while (dots + 1 < text.len && memcmp(text.ptr + dots, "..", 2) != 0)
        dots++;
    *from = (struct text){text.ptr, dots};
    *upto = (struct text){text.ptr + dots + 2, dots + 1 < text.len ? text.len - dots - 2 : 0};
    return dots + 1 < text.len;
}

static bool read_decimal(const struct rule_test_reader *reader, struct text text, unsigned decimals,
                         struct amount *out)
{
    struct decimal decimal;
    struct text plain = rule_test_plain(reader->arena, text);
    return decimal_parse(reader->arena, plain, &decimal) == FAULT_NONE &&
           decimal_to_amount(reader->arena, decimal, decimals, out) == FAULT_NONE;
}

/* Digits only, 1..DAYS_MAX; 0 if not. */
static int32_t read_days(struct text text)
{
    int32_t days = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || days > DAYS_MAX)
            return 0;
        days = 10 * days + (text.ptr[i] - '0');
    }
    return days > DAYS_MAX ? 0 : days;
}

/* What is wrong with a range. */
enum trouble { WELL, BAD_RANGE, BAD_STEP, TOO_MANY };

static enum trouble read_dates(const struct text ends[2], struct text step,
                               struct rule_test_range *out)
{
    struct date last;
    out->days = read_days(step);
    if (date_parse(ends[0], &out->first) != FAULT_NONE ||
        date_parse(ends[1], &last) != FAULT_NONE || date_before(last, out->first))
        return BAD_RANGE;
    if (out->days == 0)
        return BAD_STEP;
    for (struct date day = out->first; !date_before(last, day); day = date_add_days(day, out->days))
        out->count++;
    return WELL;
}

static enum trouble read_amounts(const struct rule_test_reader *reader, const struct text ends[2],
                                 struct text step, struct rule_test_range *out)
{
    bool amounts = rule_test_is_amount(reader->role, out->column);
    unsigned decimals = amounts ? reader->program->decimals : 0;
    struct amount upto;
    if (!read_decimal(reader, ends[0], decimals, &out->from) ||
        !read_decimal(reader, ends[1], decimals, &upto) || amount_compare(out->from, upto) > 0)
        return BAD_RANGE;
    if (!read_decimal(reader, step, decimals, &out->step) || amount_sign(out->step) <= 0)
        return BAD_STEP;
    for (struct amount value = out->from; amount_compare(value, upto) <= 0;
         value = amount_add(reader->arena, value, out->step))
        if (out->count++ == RULE_TEST_RANGE_MAX)
            return TOO_MANY;
    return WELL;
}

static void read_range(struct rule_test_reader *reader, unsigned which,
                       const struct rule_scope *test, struct rule_test_range *out)
{
    const struct rule_value *value = &test->value[ranges[which].key];
    const struct rule_value *step = &test->value[RULE_TESTS_TESTS_FOR_ALL_STEP];
    const char *path = rule_row(ranges[which].key)->path;
    struct text ends[2];
    enum trouble trouble = BAD_RANGE;
    char quoted[TEXT_QUOTE_MAX];
    out->column = ranges[which].column;
    if (split_ends(value->text, &ends[0], &ends[1]))
        trouble = rule_test_is_of_dates(reader->role, out)
                      ? read_dates(ends, step->text, out)
                      : read_amounts(reader, ends, step->text, out);
    switch (trouble) {
    case WELL:
        return;
    case BAD_RANGE:
        fault_add(reader->faults, FAULT_RANGE_FORM, value->at, "%s is not a range of %s (%s)",
                  text_quote(quoted, value->text), ranges[which].wanted, path);
        return;
    case BAD_STEP:
        fault_add(reader->faults, FAULT_NUMBER_FORM, step->at,
                  "%s is not a step from one value to the next (%s)",
                  text_quote(quoted, step->text), rule_row(RULE_TESTS_TESTS_FOR_ALL_STEP)->path);
        return;
    case TOO_MANY:
        fault_add(reader->faults, FAULT_NUMBER_RANGE, value->at,
                  "%s has more than %d values: make the step larger (%s)",
                  text_quote(quoted, value->text), RULE_TEST_RANGE_MAX, path);
        return;
    }
}

void rule_test_read_range(struct rule_test_reader *reader, const struct rule_scope *test,
                          struct rule_test_range *out)
{
    const struct rule_value *map = &test->value[RULE_TESTS_TESTS_FOR_ALL];
    unsigned found = 0, which = 0;
    *out = (struct rule_test_range){.count = 0};
    if (!map->set)
        return;
    for (unsigned i = 0; i < RANGES; i++)
        if (test->value[ranges[i].key].set) {
            found++;
            which = i;
        }
    if (found == 1 && ranges[which].role != reader->role)
        fault_add(reader->faults, FAULT_RULE_CONFLICT, test->value[ranges[which].key].at,
                  "the program has no such accounts (%s)", rule_row(ranges[which].key)->path);
    else if (found == 1)
        read_range(reader, which, test, out);
    else
        fault_add(reader->faults, FAULT_RULE_CONFLICT, map->at,
                  "for_all has one range: `principal`, `installments`, `disbursed`, or `award` of "
                  "grants");
}
