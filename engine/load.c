#include "load.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "rule_check.h"
#include "split.h"

enum { ID_BYTES_MAX = 64, TEXT_BYTES_MAX = 200, SEQ_DIGITS_MAX = 9, PLAN_N_MAX = 999999 };

const struct column_spec load_loan_columns[LOAN_COLUMNS] = {
    [LOAN_ACCOUNT_ID] = {"account_id", true},
    [LOAN_PROGRAM] = {"program", true},
    [LOAN_PRINCIPAL] = {"principal", true},
    [LOAN_DISBURSED] = {"disbursed", false},
    [LOAN_AGREED] = {"agreed", false},
    [LOAN_RECORDED] = {"recorded", false},
    [LOAN_BORROWER_ID] = {"borrower_id", false},
    [LOAN_INSTALLMENTS] = {"installments", false},
    [LOAN_GRACE] = {"grace", false},
    [LOAN_FIRST_DUE] = {"first_due", false},
    [LOAN_COLLATERAL] = {"collateral", false},
};

const struct column_spec load_grant_columns[GRANT_COLUMNS] = {
    [GRANT_ACCOUNT_ID] = {"account_id", true}, [GRANT_PROGRAM] = {"program", true},
    [GRANT_AGREED] = {"agreed", true},         [GRANT_AWARD] = {"award", true},
    [GRANT_RECORDED] = {"recorded", false},    [GRANT_BORROWER_ID] = {"borrower_id", false},
};

const struct column_spec load_event_columns[EVENT_COLUMNS] = {
    [EVENT_EVENT_ID] = {"event_id", true},
    [EVENT_ACCOUNT_ID] = {"account_id", true},
    [EVENT_DATE] = {"date", true},
    [EVENT_TYPE] = {"type", true},
    [EVENT_AMOUNT] = {"amount", true},
    [EVENT_RECORDED] = {"recorded", false},
    [EVENT_SEQ] = {"seq", false},
    [EVENT_DOCUMENT] = {"document", false},
    [EVENT_REF] = {"ref", false},
    [EVENT_COMPONENT] = {"component", false},
    [EVENT_KIND] = {"kind", false},
    [EVENT_ROW] = {"row", false},
    [EVENT_INSTALLMENTS] = {"installments", false},
    [EVENT_EVERY] = {"every", false},
    [EVENT_GRACE] = {"grace", false},
    [EVENT_DUE] = {"due", false},
    [EVENT_NOTE] = {"note", false},
};

const struct column_spec load_plan_columns[PLAN_COLUMNS] = {
    [PLAN_ACCOUNT_ID] = {"account_id", true},
    [PLAN_N] = {"n", true},
    [PLAN_DUE] = {"due", true},
    [PLAN_AMOUNT] = {"amount", true},
};

/* --- faults of a row --- */

static struct place place_of(const struct load_row *row, int column)
{
    int16_t field = column < 0 || row->fields == NULL ? -1 : row->columns->known[column];
    if (field < 0)
        return csv_place(&row->record, 0);
    return csv_place(&row->record, (uint32_t)(row->fields[field].ptr - row->record.bytes));
}

static bool is_before(struct place a, struct place b)
{
    return a.line != b.line ? a.line < b.line : a.col < b.col;
}

static void note(struct load *load, struct load_row *row, struct place at, enum fault_code code,
                 const char *reason)
{
    fault_add(load->faults, code, at, "%s", reason);
    if (row->fault == NULL)
        row->fault = ARENA_ARRAY(load->arena, struct row_fault, 1);
    else if (!is_before(at, row->fault->at))
        return;
    row->fault->code = code;
    row->fault->at = at;
    (void)snprintf(row->fault->reason, sizeof row->fault->reason, "%s", reason);
}

struct place load_row_place(const struct load_row *row)
{
    return (struct place){row->record.file, row->record.line, 0};
}

struct place load_event_place(const struct event *event)
{
    return load_row_place(event->origin);
}

void load_fault(struct load *load, struct load_row *row, int column, enum fault_code code,
                const char *format, ...)
{
    char reason[FAULT_TEXT_MAX];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    note(load, row, place_of(row, column), code, reason);
}

bool load_split(struct load *load, struct load_row *row)
{
    struct text fields[CSV_FIELDS_MAX];
    unsigned count = 0;
    uint32_t offset = 0;
    enum fault_code code = csv_split(&row->record, fields, &count, &offset);
    if (code != FAULT_NONE) {
        note(load, row, csv_place(&row->record, offset), code, fault_meaning(code));
        return false;
    }
    if (count != row->columns->count) {
        load_fault(load, row, -1, FAULT_CSV_RAGGED, "%u field%s; the header has %u", count,
                   count == 1 ? "" : "s", row->columns->count);
        return false;
    }
    row->fields = arena_alloc(load->arena, count * sizeof *fields);
    memcpy(row->fields, fields, count * sizeof *fields);
    return true;
}

struct text load_field(const struct load_row *row, unsigned column)
{
    int16_t field = row->columns->known[column];
    return field < 0 ? (struct text){"", 0} : row->fields[field];
}

/* --- fields --- */

/* A row with its kind, so that one set of field readers serves all files. */
struct reading {
    struct load *load;
    struct load_row *row;
    const struct column_spec *specs;
    unsigned total; /* the column that control totals add up */
};

static const char *name_of(const struct reading *reading, unsigned column)
{
    return reading->specs[column].name;
}

static bool refuse(const struct reading *reading, unsigned column, enum fault_code code,
                   const char *what)
{
    char quoted[TEXT_QUOTE_MAX];
    load_fault(reading->load, reading->row, (int)column, code, "%s %s %s", name_of(reading, column),
               text_quote(quoted, load_field(reading->row, column)), what);
    return false;
}

static bool require(const struct reading *reading, unsigned column)
{
    if (load_field(reading->row, column).len > 0)
        return true;
    load_fault(reading->load, reading->row, (int)column, FAULT_COLUMN_REQUIRED, "%s is empty",
               name_of(reading, column));
    return false;
}

static bool read_text(const struct reading *reading, unsigned column, size_t bytes_max,
                      struct text *out)
{
    struct text text = load_field(reading->row, column);
    char wanted[48];
    if (text.len > 0 && !text_is_plain(text))
        return refuse(reading, column, FAULT_TEXT_CONTROL,
                      "has control characters or outer blanks");
    if (text.len <= bytes_max) {
        *out = text;
        return true;
    }
    (void)snprintf(wanted, sizeof wanted, "is longer than %zu bytes", bytes_max);
    return refuse(reading, column, FAULT_TEXT_LENGTH, wanted);
}

static bool read_id(const struct reading *reading, unsigned column, struct text *out)
{
    return require(reading, column) && read_text(reading, column, ID_BYTES_MAX, out);
}

/* An optional date: ${out} keeps its value when the field is empty. */
static bool read_date(const struct reading *reading, unsigned column, struct date *out)
{
    struct text text = load_field(reading->row, column);
    if (text.len == 0)
        return true;
    enum fault_code code = date_parse(text, out);
    if (code == FAULT_NONE)
        return true;
    return refuse(reading, column, code,
                  code == FAULT_DATE_RANGE ? "is not within 1900-01-01..2199-12-31"
                                           : "is not a day of the calendar written YYYY-MM-DD");
}

/* An amount; ${decimals} < 0: of any number of decimals, kept for control totals only. */
static bool read_amount(const struct reading *reading, unsigned column, int decimals,
                        struct amount *out)
{
    char wanted[64];
    struct load_row *row = reading->row;
    struct arena *arena = reading->load->arena;
    struct decimal decimal;
    enum fault_code code = decimal_parse(arena, load_field(row, column), &decimal);
    if (code == FAULT_NONE && column == reading->total) {
        row->amount = decimal;
        row->has_amount = true;
    }
    if (code == FAULT_NONE && decimals < 0 && amount_sign(decimal.digits) < 0)
        code = FAULT_AMOUNT_NEGATIVE;
    else if (code == FAULT_NONE && decimals < 0)
        *out = decimal.digits;
    else if (code == FAULT_NONE)
        code = decimal_to_amount(arena, decimal, (unsigned)decimals, out);
    switch (code) {
    case FAULT_NONE:
        return true;
    case FAULT_AMOUNT_DIGITS:
        (void)snprintf(wanted, sizeof wanted, "has more than %d digits", AMOUNT_DIGITS_MAX);
        return refuse(reading, column, code, wanted);
    case FAULT_AMOUNT_DECIMALS:
        (void)snprintf(wanted, sizeof wanted, "has more than the %d decimals of its currency",
                       decimals);
        return refuse(reading, column, code, wanted);
    case FAULT_AMOUNT_NEGATIVE:
        return refuse(reading, column, code, "is below zero");
    default:
        return refuse(reading, column, code, "is not a plain decimal, such as 694000 or 83.33");
    }
}

static bool positive(const struct reading *reading, unsigned column, struct amount amount)
{
    return amount_sign(amount) > 0 ||
           refuse(reading, column, FAULT_AMOUNT_ZERO, "is not above zero");
}

static bool read_number(const struct reading *reading, unsigned column, bool signs, int32_t least,
                        int32_t most, int32_t *out)
{
    struct text text = load_field(reading->row, column);
    char wanted[64];
    bool negative = signs && text.len > 0 && text.ptr[0] == '-';
    int32_t number = 0;
    size_t i = negative;
    for (; i < text.len && text.ptr[i] >= '0' && text.ptr[i] <= '9'; i++)
        if (i < SEQ_DIGITS_MAX + (size_t)negative)
            number = number * 10 + (text.ptr[i] - '0');
    if (i < text.len || i == (size_t)negative)
        return refuse(reading, column, FAULT_NUMBER_FORM, "is not a whole number");
    number = negative ? -number : number;
    if (number >= least && number <= most && text.len <= SEQ_DIGITS_MAX + (size_t)negative) {
        *out = number;
        return true;
    }
    (void)snprintf(wanted, sizeof wanted, "is not within %d..%d", least, most);
    return refuse(reading, column, FAULT_NUMBER_RANGE, wanted);
}

bool load_event_number(struct load *load, struct load_row *row, enum event_column column,
                       int32_t least, int32_t most, int32_t *out)
{
    struct reading reading = {load, row, load_event_columns, EVENT_AMOUNT};
    return read_number(&reading, column, false, least, most, out);
}

/* --- loans --- */

static struct text nth_program(const void *load, size_t i)
{
    return ((const struct load *)load)->programs[i]->id;
}

/* Whether the book is one of what the program gives. */
static bool is_of_kind(const struct reading *reading, unsigned column,
                       const struct program *program)
{
    char quoted[TEXT_QUOTE_MAX];
    bool grants = reading->specs == load_grant_columns;
    if (program->is_grant == grants)
        return true;
    load_fault(reading->load, reading->row, (int)column, FAULT_PROGRAM_KIND,
               "program %s gives %s; its accounts stand in %s", text_quote(quoted, program->id),
               grants ? "loans" : "grants", grants ? "loans.csv" : "grants.csv");
    return false;
}

/* The program that stands in ${column}; NULL after a fault. */
static const struct program *find_program(const struct reading *reading, unsigned column)
{
    struct load *load = reading->load;
    struct text id = load_field(reading->row, column);
    char quoted[TEXT_QUOTE_MAX];
    size_t low = 0, high = load->program_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = text_compare(id, load->programs[middle]->id);
        if (order == 0)
            return is_of_kind(reading, column, load->programs[middle]) ? load->programs[middle]
                                                                       : NULL;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    if (!require(reading, column))
        return NULL;
    struct text near = text_nearest(id, load->program_count, nth_program, load);
    (void)text_quote(quoted, id);
    if (near.len > 0)
        load_fault(load, reading->row, (int)column, FAULT_PROGRAM_UNKNOWN,
                   "no program %s; did you mean '%.*s'?", quoted, (int)near.len, near.ptr);
    else
        load_fault(load, reading->row, (int)column, FAULT_PROGRAM_UNKNOWN, "no program %s", quoted);
    return NULL;
}

static bool read_loan_dates(const struct reading *reading, struct loan *loan)
{
    struct load_row *row = reading->row;
    loan->disbursed = loan->agreed = loan->recorded = loan->first_due = DATE_NONE;
    bool read = read_date(reading, LOAN_DISBURSED, &loan->disbursed);
    read &= read_date(reading, LOAN_AGREED, &loan->agreed);
    read &= read_date(reading, LOAN_RECORDED, &loan->recorded);
    read &= read_date(reading, LOAN_FIRST_DUE, &loan->first_due);
    if (!read)
        return false;
    if (!date_is_set(loan->agreed))
        loan->agreed = loan->disbursed;
    if (!date_is_set(loan->recorded))
        loan->recorded = loan->agreed;
    if (!date_is_set(loan->agreed)) {
        load_fault(reading->load, row, -1, FAULT_LOAN_NO_DATE,
                   "the loan has neither `disbursed` nor `agreed`");
        return false;
    }
    if (date_is_set(loan->disbursed) && date_before(loan->disbursed, loan->agreed))
        load_fault(reading->load, row, LOAN_AGREED, FAULT_AGREED_AFTER_DISBURSED,
                   "agreed after the disbursement");
    return true;
}

/* A limit of the program as text for a message; it belongs to the arena. */
static const char *limit_text(const struct reading *reading, const struct loan *loan,
                              enum rule_key key)
{
    struct amount limit = rule_amount(loan->rules, key);
    char *text = arena_alloc(reading->load->arena, amount_text_size(limit) + 1);
    *amount_write(text, limit, loan->program->decimals) = '\0';
    return text;
}

/* Whether a text that is no known column's is like any other. */
static bool check_text(const struct reading *reading, struct text text)
{
    const struct load_row *row = reading->row;
    char quoted[TEXT_QUOTE_MAX], reason[FAULT_TEXT_MAX];
    bool plain = text_is_plain(text);
    if (plain && text.len <= TEXT_BYTES_MAX)
        return true;
    struct place at = csv_place(&row->record, (uint32_t)(text.ptr - row->record.bytes));
    (void)snprintf(reason, sizeof reason, "%s %s", text_quote(quoted, text),
                   plain ? "is longer than 200 bytes" : "has control characters or outer blanks");
    note(reading->load, reading->row, at, plain ? FAULT_TEXT_LENGTH : FAULT_TEXT_CONTROL, reason);
    return false;
}

/* The field of a column that the loan's rules use; false when the file lacks it. */
static bool read_ruled(const struct reading *reading, struct text name, struct text *out)
{
    const struct load *load = reading->load;
    for (unsigned i = 0; i < load->ruled_count; i++) {
        int16_t field = reading->row->columns->ruled[i];
        if (!text_equal(load->ruled[i], name) || field < 0)
            continue;
        *out = reading->row->fields[field];
        return true;
    }
    return false;
}

/* The lower largest principal of this loan; principal.max has been judged. */
static void check_principal_by(const struct reading *reading, const struct loan *loan)
{
    const struct rule_value *column = &loan->rules->value[RULE_PRINCIPAL_BY_COLUMN];
    const struct rule_value *max = &loan->rules->value[RULE_PRINCIPAL_BY_MAX];
    char name[TEXT_QUOTE_MAX], quoted[TEXT_QUOTE_MAX];
    struct text value;
    if (!read_ruled(reading, column->text, &value)) {
        load_fault(reading->load, reading->row, -1, FAULT_COLUMN_MISSING,
                   "no column %s, which principal.by of the loan's program reads",
                   text_quote(name, column->text));
        return;
    }
    if (!check_text(reading, value))
        return;
    for (unsigned i = 0; i < max->count; i++) {
        struct amount most = max->items[i]->value[RULE_PRINCIPAL_BY_MAX_ANY].amount;
        if (!text_equal(max->items[i]->name, value) || amount_compare(loan->principal, most) <= 0)
            continue;
        char *text = arena_alloc(reading->load->arena, amount_text_size(most) + 1);
        *amount_write(text, most, loan->program->decimals) = '\0';
        load_fault(reading->load, reading->row, LOAN_PRINCIPAL, FAULT_PRINCIPAL_MAX,
                   "principal %s is above the program's %s for %.*s %s",
                   text_quote(quoted, load_field(reading->row, LOAN_PRINCIPAL)), text,
                   (int)column->text.len, column->text.ptr, text_quote(name, value));
    }
}

static void check_principal(const struct reading *reading, const struct loan *loan)
{
    const struct rule_scope *rules = loan->rules;
    struct arena *arena = reading->load->arena;
    char quoted[TEXT_QUOTE_MAX];
    struct text written = load_field(reading->row, LOAN_PRINCIPAL);
    struct amount least = rule_amount(rules, RULE_PRINCIPAL_MIN);
    struct amount most = rule_amount(rules, RULE_PRINCIPAL_MAX);
    if (amount_compare(loan->principal, least) < 0 || amount_compare(loan->principal, most) > 0) {
        bool below = amount_compare(loan->principal, least) < 0;
        load_fault(reading->load, reading->row, LOAN_PRINCIPAL,
                   below ? FAULT_PRINCIPAL_MIN : FAULT_PRINCIPAL_MAX,
                   "principal %s is outside the program's %s..%s", text_quote(quoted, written),
                   limit_text(reading, loan, RULE_PRINCIPAL_MIN),
                   limit_text(reading, loan, RULE_PRINCIPAL_MAX));
    }
    if (rule_is_set(rules, RULE_PRINCIPAL_BY) && amount_compare(loan->principal, most) <= 0)
        check_principal_by(reading, loan);
    if (!rule_is_set(rules, RULE_PRINCIPAL_MULTIPLE_OF))
        return;
    struct amount multiple = rule_amount(rules, RULE_PRINCIPAL_MULTIPLE_OF);
    struct amount rounded = rounding_quotient(arena, loan->principal, amount_of(1), amount_of(1),
                                              multiple, ROUNDING_DOWN);
    if (amount_compare(rounded, loan->principal) != 0)
        load_fault(reading->load, reading->row, LOAN_PRINCIPAL, FAULT_PRINCIPAL_MULTIPLE,
                   "principal %s is not a multiple of %s", text_quote(quoted, written),
                   limit_text(reading, loan, RULE_PRINCIPAL_MULTIPLE_OF));
}

/* How many rows `fixed` makes of this loan, which a number in the rules must be; false after a
 * fault. */
static bool count_fixed(const struct reading *reading, const struct loan *loan, int32_t *least,
                        int32_t *most)
{
    struct arena *arena = reading->load->arena;
    int32_t named = *least;
    struct amount rest =
        amount_sub(arena, loan->principal, rule_down_payment(arena, loan->rules, loan->principal));
    if (amount_sign(rest) <= 0)
        return false; /* a principal outside the limits, which has been reported */
    unsigned rows = split_fixed_rows(
        arena, rest, rule_amount(loan->rules, RULE_SCHEDULE_SPLIT_FIXED), RULE_INSTALLMENTS_MAX);
    *least = *most = (int32_t)rows;
    if (rows <= RULE_INSTALLMENTS_MAX && (named == 0 || named == *least))
        return true;
    load_fault(reading->load, reading->row, LOAN_PRINCIPAL, FAULT_INSTALLMENTS_RANGE,
               "at least %u rows of split.fixed; the program offers %d", rows,
               named == 0 ? RULE_INSTALLMENTS_MAX : named);
    return false;
}

static void choose_installments(const struct reading *reading, struct loan *loan)
{
    const struct rule_scope *rules = loan->rules;
    int32_t least = rule_installments(rules, RULE_SCHEDULE_INSTALLMENTS_MIN);
    int32_t most = rule_installments(rules, RULE_SCHEDULE_INSTALLMENTS_MAX);
    int32_t chosen = rule_installments(rules, RULE_SCHEDULE_INSTALLMENTS_DEFAULT);
    bool said = load_field(reading->row, LOAN_INSTALLMENTS).len > 0;
    if (rule_split(rules) == RULE_SPLIT_SHARES)
        least = most = chosen = (int32_t)rules->value[RULE_SCHEDULE_SPLIT_SHARES].count;
    if (rule_split(rules) == RULE_SPLIT_FIXED) {
        if (!count_fixed(reading, loan, &least, &most))
            return;
        chosen = least;
    }
    if (said && !read_number(reading, LOAN_INSTALLMENTS, false, 0, INT32_MAX, &chosen))
        return;
    if (rule_split(rules) == RULE_SPLIT_CUSTOM) {
        loan->installments = chosen; /* 0: as many as there are rows; load_plan() judges it */
        return;
    }
    if (chosen == 0)
        load_fault(reading->load, reading->row, LOAN_INSTALLMENTS, FAULT_COLUMN_REQUIRED,
                   "installments is empty and the program has no default; it offers %d..%d", least,
                   most);
    else if (chosen < least || chosen > most)
        load_fault(reading->load, reading->row, LOAN_INSTALLMENTS, FAULT_INSTALLMENTS_RANGE,
                   "%d installments; the program offers %d..%d for this loan", chosen, least, most);
    loan->installments = chosen;
}

static void choose_grace(const struct reading *reading, struct loan *loan)
{
    const struct rule_scope *rules = loan->rules;
    struct text text = load_field(reading->row, LOAN_GRACE);
    struct span span = {0, SPAN_DAYS};
    int32_t least = rule_grace(rules, RULE_SCHEDULE_GRACE_LENGTH_MIN);
    int32_t most = rule_grace(rules, RULE_SCHEDULE_GRACE_LENGTH_MAX);
    int32_t chosen = rule_grace(rules, RULE_SCHEDULE_GRACE_LENGTH_DEFAULT);
    loan->grace = chosen;
    if (text.len == 0 && chosen < 0) {
        load_fault(reading->load, reading->row, LOAN_GRACE, FAULT_COLUMN_REQUIRED,
                   "grace is empty and the program has no default; it offers %d..%d periods", least,
                   most);
        return;
    }
    if (text.len == 0)
        return;
    if (span_parse(text, &span) != FAULT_NONE) {
        (void)refuse(reading, LOAN_GRACE, FAULT_SPAN_FORM, "is not a span such as 6 months");
        return;
    }
    struct span every = rules->value[RULE_SCHEDULE_EVERY].span;
    bool whole = span_divide(span, every, &chosen);
    if (!whole || chosen < least || chosen > most) {
        char quoted[TEXT_QUOTE_MAX], period[32], offer[32];
        (void)snprintf(offer, sizeof offer, least == most ? "%d" : "%d..%d", least, most);
        load_fault(reading->load, reading->row, LOAN_GRACE, FAULT_GRACE_NOT_OFFERED,
                   "a grace of %s; the program offers %s times %s", text_quote(quoted, text), offer,
                   span_text(period, every));
    }
    loan->grace = chosen;
}

static void check_first_due(const struct reading *reading, const struct loan *loan)
{
    const struct rule_scope *rules = loan->rules;
    bool given = rule_number(rules, RULE_SCHEDULE_DUE_ANCHOR) == RULE_ANCHOR_GIVEN;
    int32_t day = rule_number(rules, RULE_SCHEDULE_DUE_DAY);
    struct load *load = reading->load;
    struct load_row *row = reading->row;
    if (!given && date_is_set(loan->first_due))
        load_fault(load, row, LOAN_FIRST_DUE, FAULT_FIRST_DUE_NOT_TAKEN,
                   "the program counts its due dates itself and takes no first_due");
    if (!given)
        return;
    if (!date_is_set(loan->first_due)) {
        load_fault(load, row, LOAN_FIRST_DUE, FAULT_FIRST_DUE_MISSING,
                   "first_due is empty; the program wants it given");
        return;
    }
    if (date_is_set(loan->disbursed) && date_before(loan->first_due, loan->disbursed))
        (void)refuse(reading, LOAN_FIRST_DUE, FAULT_FIRST_DUE_EARLY, "is before the disbursement");
    if (day == RULE_DAY_SAME)
        return;
    struct date wanted =
        date_in_month(loan->first_due, 0, day == RULE_DAY_LAST ? 31 : day, MISSING_LAST_OF_MONTH);
    char text[DATE_TEXT_LEN + 1];
    if (!date_equal(wanted, loan->first_due))
        load_fault(load, row, LOAN_FIRST_DUE, FAULT_FIRST_DUE_DAY,
                   "first_due is not on the program's due day, %s in that month",
                   date_text(text, wanted));
}

static void read_more(struct load *load, const struct load_row *row,
                      const struct text **attributes_out, const struct text **carried_out)
{
    struct text *attributes = ARENA_ARRAY(load->arena, struct text, load->attribute_count);
    struct text *carried = ARENA_ARRAY(load->arena, struct text, load->carried_count);
    for (unsigned i = 0; i < load->attribute_count; i++)
        attributes[i] = row->fields[row->columns->attributes[i]];
    for (unsigned i = 0; i < load->carried_count; i++)
        carried[i] = row->fields[row->columns->carried[i]];
    *attributes_out = attributes;
    *carried_out = carried;
}

/* Attributes and carried columns are texts like others. */
static void check_more(const struct reading *reading)
{
    const struct load_row *row = reading->row;
    unsigned attributes = reading->load->attribute_count;
    for (unsigned i = 0; i < attributes + reading->load->carried_count; i++)
        (void)check_text(reading,
                         row->fields[i < attributes ? row->columns->attributes[i]
                                                    : row->columns->carried[i - attributes]]);
}

void load_loan(struct load *load, struct load_row *row, struct loan *loan)
{
    struct reading reading = {load, row, load_loan_columns, LOAN_PRINCIPAL};
    *loan = (struct loan){0};
    (void)read_id(&reading, LOAN_ACCOUNT_ID, &loan->account_id);
    (void)read_text(&reading, LOAN_BORROWER_ID, ID_BYTES_MAX, &loan->borrower_id);
    read_more(load, row, &loan->attributes, &loan->carried);
    check_more(&reading);
    bool dated = read_loan_dates(&reading, loan);
    loan->program = find_program(&reading, LOAN_PROGRAM);
    int decimals = loan->program == NULL ? -1 : (int)loan->program->decimals;
    bool lent = require(&reading, LOAN_PRINCIPAL) &&
                read_amount(&reading, LOAN_PRINCIPAL, decimals, &loan->principal) &&
                positive(&reading, LOAN_PRINCIPAL, loan->principal);
    if (load_field(row, LOAN_COLLATERAL).len > 0)
        (void)read_amount(&reading, LOAN_COLLATERAL, decimals, &loan->collateral);
    if (loan->program == NULL || !dated)
        return;
    if (date_before(loan->agreed, loan->program->in_force)) {
        char text[DATE_TEXT_LEN + 1];
        load_fault(load, row, load_field(row, LOAN_AGREED).len > 0 ? LOAN_AGREED : LOAN_DISBURSED,
                   FAULT_AGREED_BEFORE_IN_FORCE, "agreed before the program was in force, %s",
                   date_text(text, loan->program->in_force));
    }
    loan->rules = program_at(loan->program, loan->agreed);
    if (loan->program->relief_count > 0)
        load_reliefs(load, row, loan);
    choose_grace(&reading, loan);
    check_first_due(&reading, loan);
    if (!lent)
        return;
    check_principal(&reading, loan);
    choose_installments(&reading, loan);
}

/* --- grants --- */

void load_grant(struct load *load, struct load_row *row, struct grant *grant)
{
    struct reading reading = {load, row, load_grant_columns, GRANT_AWARD};
    *grant = (struct grant){.agreed = DATE_NONE, .recorded = DATE_NONE};
    (void)read_id(&reading, GRANT_ACCOUNT_ID, &grant->account_id);
    (void)read_text(&reading, GRANT_BORROWER_ID, ID_BYTES_MAX, &grant->borrower_id);
    read_more(load, row, &grant->attributes, &grant->carried);
    check_more(&reading);
    if (require(&reading, GRANT_AGREED))
        (void)read_date(&reading, GRANT_AGREED, &grant->agreed);
    grant->recorded = grant->agreed;
    (void)read_date(&reading, GRANT_RECORDED, &grant->recorded);
    grant->program = find_program(&reading, GRANT_PROGRAM);
    int decimals = grant->program == NULL ? -1 : (int)grant->program->decimals;
    if (require(&reading, GRANT_AWARD) &&
        read_amount(&reading, GRANT_AWARD, decimals, &grant->award) &&
        positive(&reading, GRANT_AWARD, grant->award) && grant->program != NULL &&
        date_is_set(grant->agreed))
        load_grant_limits(load, row, grant);
}

/* --- plans --- */

struct plan_line {
    struct loan_row line;
    struct load_row *row;
};

static void read_plan_line(struct load *load, struct load_row *row, int decimals,
                           struct loan_row *line)
{
    struct reading reading = {load, row, load_plan_columns, PLAN_AMOUNT};
    struct text id;
    (void)read_id(&reading, PLAN_ACCOUNT_ID, &id);
    if (require(&reading, PLAN_N))
        (void)read_number(&reading, PLAN_N, false, 1, PLAN_N_MAX, &line->n);
    if (require(&reading, PLAN_DUE))
        (void)read_date(&reading, PLAN_DUE, &line->due);
    if (require(&reading, PLAN_AMOUNT) &&
        read_amount(&reading, PLAN_AMOUNT, decimals, &line->amount))
        (void)positive(&reading, PLAN_AMOUNT, line->amount);
}

static int compare_lines(const void *a, const void *b)
{
    const struct plan_line *left = a, *right = b;
    if (left->line.n != right->line.n)
        return left->line.n < right->line.n ? -1 : 1;
    return (left->line.due.day > right->line.due.day) - (left->line.due.day < right->line.due.day);
}

/* Give the loan its rows, in order. */
static void take_lines(struct load *load, struct plan_line *lines, size_t count,
                       struct load_row *loan_row, struct loan *loan)
{
    struct loan_row *plan = arena_alloc(load->arena, count * sizeof *plan);
    char day[DATE_TEXT_LEN + 1];
    qsort(lines, count, sizeof *lines, compare_lines);
    for (size_t i = 0; i < count; i++) {
        const struct loan_row *line = &lines[i].line, *before = i == 0 ? NULL : &plan[i - 1];
        plan[i] = *line;
        if (before != NULL && (before->n == line->n || !date_before(before->due, line->due)))
            load_fault(load, lines[i].row, before->n == line->n ? PLAN_N : PLAN_DUE,
                       FAULT_PLAN_ORDER, "row %d does not come after row %d due on %s", line->n,
                       before->n, date_text(day, before->due));
    }
    if (count > RULE_INSTALLMENTS_MAX ||
        (loan->installments != 0 && (size_t)loan->installments != count))
        load_fault(load, loan_row, LOAN_INSTALLMENTS, FAULT_INSTALLMENTS_RANGE,
                   "%zu rows in plan.csv; the loan or its program says %d", count,
                   loan->installments == 0 ? RULE_INSTALLMENTS_MAX : loan->installments);
    loan->plan = plan;
    loan->plan_count = (unsigned)count;
    loan->installments = (int32_t)count;
}

void load_plan(struct load *load, struct load_row *rows, size_t count, struct load_row *loan_row,
               struct loan *loan)
{
    struct plan_line *lines = ARENA_ARRAY(load->arena, struct plan_line, count);
    int decimals = loan == NULL || loan->program == NULL ? -1 : (int)loan->program->decimals;
    bool custom =
        loan != NULL && loan->rules != NULL && rule_split(loan->rules) == RULE_SPLIT_CUSTOM;
    bool well = true;
    for (size_t i = 0; i < count; i++) {
        lines[i].row = &rows[i];
        if (load_split(load, &rows[i]))
            read_plan_line(load, &rows[i], decimals, &lines[i].line);
        well = well && rows[i].fault == NULL;
        if (loan != NULL && loan->rules != NULL && !custom && rows[i].fields != NULL)
            load_fault(load, &rows[i], PLAN_ACCOUNT_ID, FAULT_PLAN_NOT_TAKEN,
                       "the loan's program makes its rows itself and takes none from plan.csv");
    }
    if (custom && count == 0)
        load_fault(load, loan_row, LOAN_PROGRAM, FAULT_PLAN_MISSING,
                   "no rows in plan.csv, from which this program takes them");
    else if (custom && well)
        take_lines(load, lines, count, loan_row, loan);
}

/* --- events --- */

static struct text nth_type(const void *unused, size_t i)
{
    (void)unused;
    return i == EVENT_OWN ? (struct text){"", 0} : text_of(event_kind((enum event_type)i)->name);
}

/* The payment type of this name that the program has on the event's date. */
static const struct rule_scope *own_type(const struct program *program, const struct event *event,
                                         struct text name)
{
    if (program == NULL || !date_is_set(event->date))
        return NULL;
    const struct rule_value *types =
        &program_at(program, event->date)->value[RULE_ALLOCATION_TYPES];
    for (unsigned i = 0; i < types->count; i++)
        if (text_equal(types->items[i]->name, name))
            return types->items[i];
    return NULL;
}

static bool read_type(const struct reading *reading, const struct program *program,
                      struct event *event)
{
    char quoted[TEXT_QUOTE_MAX];
    struct text name = load_field(reading->row, EVENT_TYPE);
    if (!require(reading, EVENT_TYPE))
        return false;
    event->type = event_type_of(name);
    if (event->type != EVENT_TYPES && event->type != EVENT_OWN)
        return true;
    event->type = EVENT_TYPES; /* `own-type` is no type by itself */
    event->own = own_type(program, event, name);
    if (event->own != NULL) {
        event->type = EVENT_OWN;
        return true;
    }
    struct text near = text_nearest(name, EVENT_TYPES, nth_type, NULL);
    (void)text_quote(quoted, name);
    if (near.len > 0)
        load_fault(reading->load, reading->row, EVENT_TYPE, FAULT_TYPE_UNKNOWN,
                   "no event type %s; did you mean '%.*s'?", quoted, (int)near.len, near.ptr);
    else
        load_fault(reading->load, reading->row, EVENT_TYPE, FAULT_TYPE_UNKNOWN, "no event type %s",
                   quoted);
    return false;
}

static void read_event_amount(const struct reading *reading, const struct program *program,
                              struct event *event)
{
    bool unplaced = program == NULL; /* its currency is not known */
    int decimals = unplaced ? -1 : (int)program->decimals;
    enum event_amount wanted = event_kind(event->type)->amount;
    if (wanted == EVENT_AMOUNT_OPTIONAL && load_field(reading->row, EVENT_AMOUNT).len == 0)
        return;
    if (!require(reading, EVENT_AMOUNT) ||
        !read_amount(reading, EVENT_AMOUNT, decimals, &event->amount))
        return;
    if (wanted == EVENT_AMOUNT_POSITIVE || wanted == EVENT_AMOUNT_OPTIONAL)
        (void)positive(reading, EVENT_AMOUNT, event->amount);
}

/* Whether the type takes the column beside those that every type takes. */
static bool takes_column(enum event_type type, unsigned column)
{
    unsigned taken = event_kind(type)->columns;
    switch (column) {
    case EVENT_AMOUNT:
        return event_kind(type)->amount != EVENT_AMOUNT_NO_AMOUNT;
    case EVENT_ACCOUNT_ID:
        return type != EVENT_UNIDENTIFIED;
    case EVENT_REF:
        return (taken & (EVENT_NEEDS_REF | EVENT_TAKES_REF | EVENT_NAMES_REF)) != 0;
    case EVENT_COMPONENT:
        return (taken & (EVENT_NEEDS_COMPONENT | EVENT_NEEDS_CATEGORY)) != 0;
    case EVENT_DUE:
        return (taken & EVENT_TAKES_DUE) != 0;
    case EVENT_KIND:
        return (taken & EVENT_NEEDS_KIND) != 0;
    case EVENT_ROW:
    case EVENT_INSTALLMENTS:
    case EVENT_EVERY:
    case EVENT_GRACE:
        return (taken & EVENT_TAKES_TERMS) != 0;
    default:
        return true;
    }
}

static void check_columns(const struct reading *reading, enum event_type type)
{
    char quoted[TEXT_QUOTE_MAX];
    const struct load_row *row = reading->row;
    for (unsigned column = 0; column < EVENT_COLUMNS; column++) {
        if (row->columns->known[column] < 0)
            continue;
        struct text field = load_field(row, column);
        if (field.len > 0 && !takes_column(type, column))
            load_fault(reading->load, reading->row, (int)column, FAULT_COLUMN_NOT_TAKEN,
                       "%s %s: type %.*s does not take this column", name_of(reading, column),
                       text_quote(quoted, field), (int)load_field(row, EVENT_TYPE).len,
                       load_field(row, EVENT_TYPE).ptr);
    }
    unsigned needed = event_kind(type)->columns;
    if (needed & EVENT_NEEDS_DOCUMENT)
        (void)require(reading, EVENT_DOCUMENT);
    if (needed & (EVENT_NEEDS_REF | EVENT_NAMES_REF))
        (void)require(reading, EVENT_REF);
    if (needed & EVENT_NEEDS_KIND)
        (void)require(reading, EVENT_KIND);
}

static struct text nth_class(const void *classes, size_t i)
{
    const struct rule_value *list = classes;
    return list->items[i]->value[RULE_ARREARS_CLASSES_ID].text;
}

static bool has_class(const struct rule_value *classes, struct text id)
{
    for (unsigned i = 0; i < classes->count; i++)
        if (text_equal(nth_class(classes, i), id))
            return true;
    return false;
}

/* The kind of a classify is a class of the program, in some version of it. */
static void read_class(const struct reading *reading, const struct program *program,
                       struct event *event)
{
    char quoted[TEXT_QUOTE_MAX];
    if (!read_text(reading, EVENT_KIND, ID_BYTES_MAX, &event->kind) || event->kind.len == 0 ||
        program == NULL)
        return;
    for (unsigned i = 0; i < program->count; i++)
        if (has_class(&program->versions[i].rules->value[RULE_ARREARS_CLASSES], event->kind))
            return;
    const struct rule_value *classes =
        &program->versions[program->count - 1].rules->value[RULE_ARREARS_CLASSES];
    struct text near = text_nearest(event->kind, classes->count, nth_class, classes);
    (void)text_quote(quoted, event->kind);
    if (near.len > 0)
        load_fault(reading->load, reading->row, EVENT_KIND, FAULT_CLASS_UNKNOWN,
                   "the program has no class %s; did you mean '%.*s'?", quoted, (int)near.len,
                   near.ptr);
    else
        load_fault(reading->load, reading->row, EVENT_KIND, FAULT_CLASS_UNKNOWN,
                   "the program has no class %s", quoted);
}

static void read_component(const struct reading *reading, struct event *event)
{
    struct text name = load_field(reading->row, EVENT_COMPONENT);
    if (!require(reading, EVENT_COMPONENT))
        return;
    if (text_is(name, "fee"))
        event->component = COMPONENT_FEE;
    else if (text_is(name, "penalty"))
        event->component = COMPONENT_PENALTY;
    else
        (void)refuse(reading, EVENT_COMPONENT, FAULT_COMPONENT_UNKNOWN,
                     "is neither `fee` nor `penalty`");
}

/* Whether the account takes the type: loans and grants have types of their own. */
static bool fits_account(const struct reading *reading, const struct program *program,
                         enum event_type type)
{
    struct text name = load_field(reading->row, EVENT_TYPE);
    if (program == NULL || type == EVENT_UNIDENTIFIED ||
        (program->is_grant ? event_is_of_grants(type) : event_is_of_loans(type)))
        return true;
    load_fault(reading->load, reading->row, EVENT_TYPE, FAULT_TYPE_KIND,
               "type %.*s is of %s; this account is a %s", (int)name.len, name.ptr,
               program->is_grant ? "loans" : "grants", program->is_grant ? "grant" : "loan");
    return false;
}

void load_event(struct load *load, struct load_row *row, const struct program *program,
                struct event *event)
{
    struct reading reading = {load, row, load_event_columns, EVENT_AMOUNT};
    struct text note_text;
    event->date = event->recorded = event->due = DATE_NONE;
    event->origin = row;
    (void)read_id(&reading, EVENT_EVENT_ID, &event->id);
    (void)read_text(&reading, EVENT_DOCUMENT, TEXT_BYTES_MAX, &event->document);
    (void)read_text(&reading, EVENT_REF, ID_BYTES_MAX, &event->ref);
    (void)read_text(&reading, EVENT_NOTE, TEXT_BYTES_MAX, &note_text);
    if (require(&reading, EVENT_DATE))
        (void)read_date(&reading, EVENT_DATE, &event->date);
    event->recorded = event->date;
    (void)read_date(&reading, EVENT_RECORDED, &event->recorded);
    if (load_field(row, EVENT_SEQ).len > 0)
        (void)read_number(&reading, EVENT_SEQ, true, -999999999, 999999999, &event->seq);
    if (!read_type(&reading, program, event) || !fits_account(&reading, program, event->type)) {
        struct decimal decimal;
        row->has_amount =
            decimal_parse(load->arena, load_field(row, EVENT_AMOUNT), &decimal) == FAULT_NONE;
        if (row->has_amount)
            row->amount = decimal;
        return;
    }
    check_columns(&reading, event->type);
    if (event_kind(event->type)->columns & EVENT_NEEDS_COMPONENT)
        read_component(&reading, event);
    if (event_kind(event->type)->columns & EVENT_NEEDS_CATEGORY)
        (void)read_id(&reading, EVENT_COMPONENT, &event->kind);
    if (event_kind(event->type)->columns & EVENT_TAKES_DUE)
        (void)read_date(&reading, EVENT_DUE, &event->due);
    if (event_kind(event->type)->amount != EVENT_AMOUNT_NO_AMOUNT)
        read_event_amount(&reading, program, event);
    if (event->type == EVENT_CLASSIFY)
        read_class(&reading, program, event);
    if (event->type == EVENT_RESCHEDULE)
        load_reschedule(load, row, event);
    if (event->type != EVENT_UNIDENTIFIED && event->type != EVENT_REVERSE)
        (void)require(&reading, EVENT_ACCOUNT_ID);
}

/* --- among the events of an account --- */

static int compare_ids(const void *a, const void *b)
{
    const struct event *left = *(struct event *const *)a, *right = *(struct event *const *)b;
    return text_compare(left->id, right->id);
}

static struct load_row *row_of(const struct event *event)
{
    return (struct load_row *)(uintptr_t)event->origin; /* the loader's own row */
}

static struct event *find_event(struct event *const *by_id, size_t count, struct text id)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (text_compare(by_id[middle]->id, id) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < count && text_equal(by_id[low]->id, id) ? by_id[low] : NULL;
}

static void refuse_same_ids(struct load *load, struct event *const *by_id, size_t count)
{
    char quoted[TEXT_QUOTE_MAX];
    for (size_t i = 0; i < count; i++) {
        bool same = (i > 0 && text_equal(by_id[i]->id, by_id[i - 1]->id)) ||
                    (i + 1 < count && text_equal(by_id[i]->id, by_id[i + 1]->id));
        if (same && by_id[i]->id.len > 0)
            load_fault(load, row_of(by_id[i]), EVENT_EVENT_ID, FAULT_EVENT_DUPLICATE,
                       "event_id %s stands twice on this account",
                       text_quote(quoted, by_id[i]->id));
    }
}

/* Whether an event of type ${type} can be about one of type ${target}. */
static bool can_refer(enum event_type type, enum event_type target)
{
    if (type == EVENT_CHARGEBACK)
        return event_is_payment(target) || target == EVENT_RECOVER;
    return type == EVENT_REVERSE || (type == EVENT_WAIVE && target == EVENT_CHARGE);
}

static void link_target(struct load *load, struct event *const *by_id, size_t count,
                        struct event *event)
{
    char quoted[TEXT_QUOTE_MAX];
    if (event->ref.len == 0 || event->type == EVENT_TYPES ||
        !takes_column(event->type, EVENT_REF) ||
        (event_kind(event->type)->columns & EVENT_NAMES_REF) != 0)
        return;
    event->target = find_event(by_id, count, event->ref);
    if (event->target == NULL || event->target == event)
        load_fault(load, row_of(event), EVENT_REF, FAULT_REF_UNKNOWN,
                   "ref %s is no other event of this account", text_quote(quoted, event->ref));
    else if (event->target->type != EVENT_TYPES && !can_refer(event->type, event->target->type))
        load_fault(load, row_of(event), EVENT_REF, FAULT_REF_TYPE,
                   "ref %s is of type %s, which a %s cannot be about",
                   text_quote(quoted, event->ref), event_kind(event->target->type)->name,
                   event_kind(event->type)->name);
    else if (event->target->type == EVENT_REVERSE && !event_recorded_before(event->target, event))
        load_fault(load, row_of(event), EVENT_REF, FAULT_REVERSE_ORDER,
                   "ref %s is a reverse that was not recorded before this one",
                   text_quote(quoted, event->ref));
}

void load_link(struct load *load, struct event **events, size_t count)
{
    struct event **by_id = arena_alloc(load->arena, count * sizeof *by_id);
    bool sorted = true, linked = false;
    for (size_t i = 0; i < count; i++) {
        by_id[i] = events[i];
        sorted = sorted && (i == 0 || text_compare(by_id[i - 1]->id, by_id[i]->id) < 0);
        linked = linked || events[i]->ref.len > 0;
    }
    if (!sorted) {
        qsort(by_id, count, sizeof *by_id, compare_ids);
        refuse_same_ids(load, by_id, count);
    }
    for (size_t i = 0; i < count && linked; i++)
        link_target(load, by_id, count, events[i]);
}
