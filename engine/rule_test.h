/*
 * Tests of rules (design 4.3): a file `nol: tests/1` beside the rules, read and judged by its form.
 *
 * A test is one account's rows as they would stand in the book, and the cells that the output files
 * of a run over them must have, or the fault for which it must be refused.  What the rows are worth
 * is found out by rule_test_run.c.
 */
#ifndef NOL_RULE_TEST_H
#define NOL_RULE_TEST_H

#include "load_rules.h"
#include "report.h"
#include "work.h"

enum {
    RULE_TEST_RANGE_MAX = 1000000, /* accounts of one for_all */
    RULE_TEST_COLUMNS_MAX = 64,    /* of one output file */
};

/* A row of the book. */
struct rule_test_row {
    struct place at;
    const struct yaml_node **cells; /* by column of its role, those that rules use last; NULL:
                                       empty */
};

enum rule_test_kind {
    RULE_TEST_CELL, /* of an output file */
    RULE_TEST_ROWS, /* how many numbered rows schedule.csv has */
    RULE_TEST_SUM,  /* that principal_due of its rows adds up to the principal */
};

/* What one figure is expected to be. */
struct rule_test_figure {
    enum rule_test_kind kind;
    enum report_file file; /* of a CELL */
    unsigned column;
    struct text line; /* n of schedule.csv, month of subsidy.csv, tranche of grant_tranches.csv;
                         empty: the one line there is */
    struct text of;   /* `row 36`, as written; empty with ${line} */
    struct text name; /* as written */
    struct text want;
    struct place at;
};

struct rule_test_case {
    struct place at;
    struct date as_of; /* DATE_NONE: the day of the last thing that happens */
    struct date known_at;
    struct rule_test_figure *figures;
    size_t count, room;
};

/* The loans or grants of a for_all: value k of 0..count-1 of the column. */
struct rule_test_range {
    unsigned count;  /* 0: one, as it stands */
    unsigned column; /* of loans.csv, or of grants.csv */
    struct amount from, step;
    struct date first; /* of dates, instead of these two */
    int32_t days;
};

struct rule_test {
    struct text name;
    struct place at;
    struct rule_test_row account; /* the loan or the grant */
    struct rule_test_row *events, *plan;
    unsigned event_count, plan_count;
    struct rule_test_range range;
    struct rule_test_case *cases;
    unsigned case_count;
    enum fault_code refused; /* the expected fault; FAULT_NONE: none */
    struct place refused_at;
};

struct rule_test_file {
    const struct fault_file *file;
    const struct program *program;
    enum book_role role;      /* of the account's row: loans or grants */
    const struct text *ruled; /* columns that rules use, which loan cells end with */
    unsigned ruled_count;
    struct rule_test *tests;
    unsigned count;
    const struct rule_value *untested; /* paths that coverage leaves out */
};

/* What reading one file needs. */
struct rule_test_reader {
    struct arena *arena;
    struct faults *faults;
    const struct program *program;
    enum book_role role; /* of the account's row */
    const struct text *ruled;
    unsigned ruled_count;
};

/**
 * rule_test_read(arena, file, root, rules, faults):
 * The tests of a tree, of a program among ${rules}; all belong to ${arena}.  NULL after a fault.
 */
const struct rule_test_file *rule_test_read(struct arena *arena, const struct fault_file *file,
                                            const struct yaml_node *root, const struct rules *rules,
                                            struct faults *faults);

/** rule_test_columns(role): the columns of the book that a row of the role may have; ${count}. */
const struct column_spec *rule_test_columns(enum book_role role, unsigned *count);

/**
 * rule_test_read_row(reader, role, map, row):
 * A map of columns, or (events) of a type with its amount, laid over the cells that ${row} has.
 */
void rule_test_read_row(struct rule_test_reader *reader, enum book_role role,
                        const struct yaml_node *map, struct rule_test_row *row);

/** rule_test_read_case(reader, map, out): dates and figures; notes what is no figure. */
void rule_test_read_case(struct rule_test_reader *reader, const struct yaml_node *map,
                         struct rule_test_case *out);

/** rule_test_read_range(reader, test, out): the range of a test's `for_all`, as compiled. */
void rule_test_read_range(struct rule_test_reader *reader, const struct rule_scope *test,
                          struct rule_test_range *out);

/** rule_test_is_amount(role, column): whether amounts stand in the column. */
bool rule_test_is_amount(enum book_role role, unsigned column);

/** rule_test_is_of_dates(role, range): whether the range is one of dates. */
static inline bool rule_test_is_of_dates(enum book_role role, const struct rule_test_range *range)
{
    return role == BOOK_LOANS && range->column == LOAN_DISBURSED;
}

/** rule_test_plain(arena, text): without the underscores that stand between digits. */
struct text rule_test_plain(struct arena *arena, struct text text);

/** rule_test_is_scalar(reader, pair): false, with a fault, when its value is no scalar. */
bool rule_test_is_scalar(struct rule_test_reader *reader, const struct yaml_pair *pair);

/** rule_test_refuse_name(reader, code, pair, what, count, nth, context): "WHAT 'x'; did you mean
 * 'y'?" at the pair's key; candidates as of text_nearest(). */
void rule_test_refuse_name(struct rule_test_reader *reader, enum fault_code code,
                           const struct yaml_pair *pair, const char *what, size_t count,
                           struct text (*nth)(const void *context, size_t i), const void *context);

#endif
