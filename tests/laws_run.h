/*
 * A case of laws_case.h, worked on by the engine as a run does it: rows of text in, files as text
 * out.
 */
#ifndef NOL_LAWS_RUN_H
#define NOL_LAWS_RUN_H

#include "laws_case.h"

#include "program.h"
#include "work.h"

static const struct fault_file run_file = {"lend.yaml", 0};
static const struct fault_file run_book = {"book.csv", 1};

struct case_run {
    bool accepted;
    const char *broken; /* a law that the engine itself found broken */
    const char *file[REPORT_FILES];
    const char *movement; /* the line of all accounts, "" without a period */
    char slug[64];        /* of the first fault */
};

/* The program of the case, read once for as long as the clauses stay. */
static const struct program *run_program(const struct laws_case *drawn)
{
    static struct arena kept;
    static const struct program *program;
    static unsigned variant[CASE_CLAUSES];
    if (program != NULL && memcmp(variant, drawn->variant, sizeof variant) == 0)
        return program;
    arena_free(&kept);
    arena_init(&kept, NULL);
    memcpy(variant, drawn->variant, sizeof variant);
    const char *yaml = case_yaml(drawn);
    yaml = arena_copy(&kept, yaml, strlen(yaml));
    program = program_read(&kept, &run_file, text_of(yaml), &expect_faults);
    if (program == NULL)
        fail_msg("%s: %s\n%s", expect_faults.listed[0].text, faults_string(), yaml);
    return program;
}

static struct csv_record run_record(const char *line, uint32_t number)
{
    return (struct csv_record){.bytes = arena_copy(&expect_arena, line, strlen(line)),
                               .len = (uint32_t)strlen(line),
                               .line = number,
                               .file = &run_book};
}

static void run_input(struct book_input *input, enum book_role role, const char *header,
                      const struct column_spec *specs, unsigned count)
{
    struct csv_record record = run_record(header, 1);
    *input = (struct book_input){.file = run_book, .role = role, .number = 1};
    assert_true(
        columns_read(&expect_arena, &record, specs, count, NULL, &input->columns, &expect_faults));
}

static const char *run_text(const struct buffer *buffer)
{
    return buffer->len == 0 ? "" : arena_copy(&expect_arena, buffer->bytes, buffer->len);
}

static const char *run_movement(struct portfolio *portfolio, struct date from, struct date to)
{
    struct buffer out;
    const struct report_groups groups = {.portfolio = portfolio,
                                         .groups = portfolio_sorted(portfolio),
                                         .from = from,
                                         .to = to,
                                         .arena = &expect_arena};
    buffer_init(&out, NULL);
    report_movement(&out, &groups);
    const char *text = run_text(&out);
    buffer_free(&out);
    return text;
}

/* ${backwards}: the rows of events in the other order; ${from}: DATE_NONE, or the first day of a
 * period. */
static void run_case(const struct laws_case *drawn, struct date as_of, struct date from,
                     bool backwards, struct case_run *run)
{
    struct book_input inputs[2];
    struct book_row loan, events[CASE_EVENTS_MAX];
    struct buffer out[REPORT_FILES];
    const struct program *program = run_program(drawn);
    struct portfolio_states states = portfolio_states_of(&expect_arena, &program, 1, as_of, from);
    const struct work_job job = {.programs = &program,
                                 .program_count = 1,
                                 .states = &states,
                                 .inputs = inputs,
                                 .input_count = 2,
                                 .loans = true,
                                 .as_of = as_of,
                                 .known_at = DATE_UNLIMITED,
                                 .from = from,
                                 .from_known_at = DATE_UNLIMITED};
    struct work work;
    run_input(&inputs[0], BOOK_LOANS, case_loan_header, load_loan_columns, LOAN_COLUMNS);
    run_input(&inputs[1], BOOK_EVENTS, case_event_header(), load_event_columns, EVENT_COLUMNS);
    loan = (struct book_row){text_of("L"), run_record(case_loan(drawn), 2), &inputs[0]};
    for (unsigned i = 0; i < drawn->count; i++) {
        unsigned from_row = backwards ? drawn->count - 1 - i : i;
        const char *line = case_event_row(&drawn->events[from_row]);
        events[i] = (struct book_row){text_of("L"), run_record(line, i + 2), &inputs[1]};
    }
    const struct book_bundle bundle = {.account_id = text_of("L"),
                                       .loans = &loan,
                                       .loan_count = 1,
                                       .events = events,
                                       .event_count = drawn->count};
    work_init(&work, &job);
    for (unsigned i = 0; i < REPORT_FILES; i++)
        buffer_init(&out[i], NULL);
    work.out = out;
    work_account(&work, &bundle);
    *run = (struct case_run){
        .accepted = work.faults.total == 0, .broken = work.broken_law, .movement = ""};
    if (!run->accepted)
        (void)snprintf(run->slug, sizeof run->slug, "%s", fault_slug(work.faults.listed[0].code));
    for (unsigned i = 0; i < REPORT_FILES; i++) {
        run->file[i] = run_text(&out[i]);
        buffer_free(&out[i]);
    }
    if (run->accepted && date_is_set(from))
        run->movement = run_movement(&work.portfolio, from, as_of);
    work_free(&work);
}

/* --- cells of what came out --- */

/* The whole number in the nth cell, from 0, of a line without quotes; empty is 0. */
static int64_t cell_number(const char *line, unsigned n)
{
    for (; n > 0; n--)
        line = strchr(line, ',') + 1;
    return strtoll(line, NULL, 10);
}

static bool cell_is(const char *line, unsigned n, const char *text)
{
    size_t len = strlen(text);
    for (; n > 0; n--)
        line = strchr(line, ',') + 1;
    return strncmp(line, text, len) == 0 && strchr(",\n", line[len]) != NULL;
}

/* The next line, NULL after the last. */
static const char *line_after(const char *line)
{
    line = strchr(line, '\n') + 1;
    return *line == '\0' ? NULL : line;
}

static const char *line_first(const char *file)
{
    return *file == '\0' ? NULL : file;
}

#endif
