/*
 * Tests of rules, run: a test's rows go through the work on an account of the book as in `nol run`,
 * and the cells of the files that come out are held against what the test expects, exactly.
 */
#ifndef NOL_RULE_TEST_RUN_H
#define NOL_RULE_TEST_RUN_H

#include "rule_test.h"

struct rule_test_bench; /* what is needed for one program; one thread's */

/**
 * rule_test_bench_new(arena, memory, tests, program):
 * For the tests of ${tests}, on ${program}: its own, or a variant of it.  Freed by
 * rule_test_bench_free().
 */
struct rule_test_bench *rule_test_bench_new(struct arena *arena, const struct memory *memory,
                                            const struct rule_test_file *tests,
                                            const struct program *program);
void rule_test_bench_free(struct rule_test_bench *bench);

/**
 * rule_test_run(bench, test, faults):
 * Whether the test passes.  What is otherwise is added to ${faults} as FAULT_TEST_FAILED, at the
 * expectation or at the row that is refused; NULL: nobody wants to know, and the first difference
 * ends the run.  A law broken by nol itself is added as FAULT_LAW.
 */
bool rule_test_run(struct rule_test_bench *bench, const struct rule_test *test,
                   struct faults *faults);

/** rule_test_accounts(bench): how many accounts were computed. */
uint64_t rule_test_accounts(const struct rule_test_bench *bench);

/* --- between its parts --- */

/* A row of the test as a record of a CSV file, and which cell stands where in it. */
struct rule_test_made {
    const struct rule_test_row *row;
    unsigned columns;
    uint32_t *starts; /* by column: its first character */
};

struct rule_test_bench {
    const struct memory *memory;
    const struct rule_test_file *tests;
    const struct program *program;
    struct arena round; /* of the loan at hand */
    struct book_input inputs[BOOK_ROLES];
    struct fault_file file; /* what the records are of */
    struct work_job job;
    struct portfolio_states states;
    struct work work;
    struct buffer out[REPORT_FILES];
    struct buffer bytes; /* scratch: a record, a value */
    struct rule_test_made *rows;
    unsigned row_count;
    uint64_t accounts;
};

/* What is being looked at, for messages. */
struct rule_test_view {
    struct rule_test_bench *bench;
    const struct rule_test *test;
    const struct rule_test_case *of; /* NULL: a refusal is expected */
    struct date as_of;
    unsigned value;        /* of the range */
    struct faults *faults; /* NULL: nobody listens */
};

/** rule_test_make(view, bundle): the rows of the book of the loan at hand. */
void rule_test_make(const struct rule_test_view *view, struct book_bundle *bundle);

/** rule_test_cell(view, role, number, row, column): what stands in a cell; ${number}: of the row
 * among those of its role, from 1. */
struct text rule_test_cell(const struct rule_test_view *view, enum book_role role, unsigned number,
                           const struct rule_test_row *row, unsigned column);

/** rule_test_put_value(buffer, view): the value of the range. */
void rule_test_put_value(struct buffer *buffer, const struct rule_test_view *view);

/** rule_test_range_date(range, value): the nth of a range of dates. */
struct date rule_test_range_date(const struct rule_test_range *range, unsigned value);

/** rule_test_place(bench, at): where in the test file the cell stands in which the work found a
 * fault. */
struct place rule_test_place(const struct rule_test_bench *bench, struct place at);

/** rule_test_fail(view, at, what): note what is otherwise than expected; false. */
bool rule_test_fail(const struct rule_test_view *view, struct place at, const char *what);

/** rule_test_check(view, figure): whether the figure is as expected. */
bool rule_test_check(const struct rule_test_view *view, const struct rule_test_figure *figure);

#endif
