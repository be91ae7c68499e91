#include "rule_test_run.h"

#include <stdio.h>

static void set_columns(struct arena *arena, struct book_input *input, enum book_role role,
                        unsigned ruled_count)
{
    unsigned count;
    (void)rule_test_columns(role, &count);
    struct columns *columns = &input->columns;
    input->role = role;
    input->number = 1;
    columns->count = count + ruled_count;
    columns->known = ARENA_ARRAY(arena, int16_t, count);
    columns->ruled = ARENA_ARRAY(arena, int16_t, ruled_count);
    for (unsigned i = 0; i < count; i++)
        columns->known[i] = (int16_t)i;
    for (unsigned i = 0; i < ruled_count; i++)
        columns->ruled[i] = (int16_t)(count + i);
}

struct rule_test_bench *rule_test_bench_new(struct arena *arena, const struct memory *memory,
                                            const struct rule_test_file *tests,
                                            const struct program *program)
{
    struct rule_test_bench *bench = ARENA_ARRAY(arena, struct rule_test_bench, 1);
    bench->memory = memory;
    bench->tests = tests;
    bench->program = program;
    bench->file = (struct fault_file){"test", 0};
    arena_init(&bench->round, memory);
    buffer_init(&bench->bytes, memory);
    for (unsigned i = 0; i < REPORT_FILES; i++)
        buffer_init(&bench->out[i], memory);
    for (unsigned role = 0; role < BOOK_ROLES; role++)
        set_columns(arena, &bench->inputs[role], (enum book_role)role,
                    role == BOOK_LOANS ? tests->ruled_count : 0);
    return bench;
}

void rule_test_bench_free(struct rule_test_bench *bench)
{
    for (unsigned i = 0; i < REPORT_FILES; i++)
        buffer_free(&bench->out[i]);
    buffer_free(&bench->bytes);
    arena_free(&bench->round);
}

uint64_t rule_test_accounts(const struct rule_test_bench *bench)
{
    return bench->accounts;
}

/* --- what is otherwise than expected --- */

/* "'name', principal 1000, on 2026-01-31: " */
static void put_view(struct buffer *buffer, const struct rule_test_view *view)
{
    char date[DATE_TEXT_LEN + 1];
    unsigned count;
    const struct column_spec *columns = rule_test_columns(view->bench->tests->role, &count);
    buffer_printf(buffer, "'%.*s'", (int)view->test->name.len, view->test->name.ptr);
    if (view->test->range.count > 0) {
        buffer_printf(buffer, ", %s ", columns[view->test->range.column].name);
        rule_test_put_value(buffer, view);
    }
    if (view->of != NULL)
        buffer_printf(buffer, ", on %s", date_text(date, view->as_of));
    buffer_put_string(buffer, ": ");
}

bool rule_test_fail(const struct rule_test_view *view, struct place at, const char *what)
{
    struct buffer text;
    if (view->faults == NULL)
        return false;
    buffer_init(&text, view->bench->memory);
    put_view(&text, view);
    buffer_put_string(&text, what);
    fault_add(view->faults, FAULT_TEST_FAILED, at, "%.*s", (int)text.len, text.bytes);
    buffer_free(&text);
    return false;
}

/* What a refused loan was refused for, each reason where it lies. */
static bool fail_refused(const struct rule_test_view *view)
{
    struct faults *found = &view->bench->work.faults;
    char what[FAULT_TEXT_MAX + 64];
    faults_sort(found);
    for (unsigned i = 0; i < found->count && view->faults != NULL; i++) {
        const struct fault *fault = &found->listed[i];
        (void)snprintf(what, sizeof what, "refused as %s: %s", fault_slug(fault->code),
                       fault->text);
        (void)rule_test_fail(view, rule_test_place(view->bench, fault->at), what);
    }
    return false;
}

static bool check_refusal(const struct rule_test_view *view)
{
    const struct faults *found = &view->bench->work.faults;
    char what[128];
    enum fault_code wanted = view->test->refused;
    if (found->by_code[wanted] > 0)
        return true;
    if (found->total > 0)
        return fail_refused(view);
    (void)snprintf(what, sizeof what, "not refused, expected %s", fault_slug(wanted));
    return rule_test_fail(view, view->test->refused_at, what);
}

static enum report_file portfolio_of(const struct rule_test_bench *bench)
{
    return bench->tests->role == BOOK_GRANTS ? REPORT_GRANT_PORTFOLIO : REPORT_PORTFOLIO;
}

static bool wants_portfolio(const struct rule_test_bench *bench, const struct rule_test_case *of)
{
    enum report_file file = portfolio_of(bench);
    for (size_t i = 0; i < of->count; i++)
        if (of->figures[i].kind == RULE_TEST_CELL && of->figures[i].file == file)
            return true;
    return false;
}

static void make_portfolio(const struct rule_test_view *view)
{
    struct rule_test_bench *bench = view->bench;
    struct portfolio *portfolio = &bench->work.portfolio;
    const struct report_groups groups = {
        .portfolio = portfolio,
        .groups = portfolio_sorted(portfolio),
        .from = DATE_NONE,
        .to = view->as_of,
        .arena = &bench->round,
    };
    report_summary(&bench->out[portfolio_of(bench)], portfolio_of(bench), &groups);
    portfolio_free(portfolio);
    portfolio_init(portfolio, bench->memory, &bench->states, 0);
}

static bool check_figures(const struct rule_test_view *view)
{
    bool well = true;
    if (wants_portfolio(view->bench, view->of))
        make_portfolio(view);
    for (size_t i = 0; i < view->of->count && (well || view->faults != NULL); i++)
        well = rule_test_check(view, &view->of->figures[i]) && well;
    return well;
}

/* --- running --- */

/* One loan. */
static bool run_value(const struct rule_test_view *view)
{
    struct rule_test_bench *bench = view->bench;
    struct book_bundle bundle;
    rule_test_make(view, &bundle);
    for (unsigned i = 0; i < REPORT_FILES; i++)
        bench->out[i].len = 0;
    bench->accounts++;
    work_account(&bench->work, &bundle);
    if (bench->work.broken_law != NULL) {
        if (view->faults != NULL)
            fault_add(view->faults, FAULT_LAW, view->test->at, "%s", bench->work.broken_law);
        return false;
    }
    bool refused = bench->work.faults.total > 0, well;
    if (view->of == NULL)
        well = check_refusal(view);
    else
        well = refused ? fail_refused(view) : check_figures(view);
    if (refused) {
        faults_free(&bench->work.faults);
        faults_init(&bench->work.faults);
    }
    return well;
}

static struct date later(struct date a, struct date b)
{
    return !date_is_set(a) || date_before(a, b) ? b : a;
}

static struct date later_cell(struct date latest, const struct yaml_node *cell)
{
    struct date date;
    return cell != NULL && date_parse(cell->text, &date) == FAULT_NONE ? later(latest, date)
                                                                       : latest;
}

/* The day of the last thing that happens. */
static struct date last_day(enum book_role role, const struct rule_test *test)
{
    bool grant = role == BOOK_GRANTS;
    const struct rule_test_range *range = &test->range;
    struct date latest =
        later_cell(DATE_NONE, test->account.cells[grant ? (int)GRANT_AGREED : (int)LOAN_AGREED]);
    if (range->count > 0 && rule_test_is_of_dates(role, range))
        latest = later(latest, rule_test_range_date(range, range->count - 1));
    else if (!grant)
        latest = later_cell(latest, test->account.cells[LOAN_DISBURSED]);
    for (unsigned i = 0; i < test->event_count; i++)
        latest = later_cell(latest, test->events[i].cells[EVENT_DATE]);
    return date_is_set(latest) ? latest : date_of(2199, 12, 31);
}

/* All loans of the test, on one day; the first that is otherwise than expected is enough. */
static bool run_case(struct rule_test_view *view)
{
    struct rule_test_bench *bench = view->bench;
    struct arena states;
    bool well = true;
    arena_init(&states, bench->memory);
    view->as_of = view->of != NULL && date_is_set(view->of->as_of)
                      ? view->of->as_of
                      : last_day(bench->tests->role, view->test);
    bench->states = portfolio_states_of(&states, &bench->program, 1, view->as_of, DATE_NONE);
    bench->job = (struct work_job){
        .memory = bench->memory,
        .programs = &bench->program,
        .program_count = 1,
        .states = &bench->states,
        .inputs = bench->inputs,
        .input_count = BOOK_ROLES,
        .loans = bench->tests->role == BOOK_LOANS,
        .grants = bench->tests->role == BOOK_GRANTS,
        .ruled = bench->tests->ruled,
        .ruled_count = bench->tests->ruled_count,
        .as_of = view->as_of,
        .known_at = view->of != NULL ? view->of->known_at : DATE_UNLIMITED,
        .from = DATE_NONE,
        .from_known_at = DATE_UNLIMITED,
    };
    work_init(&bench->work, &bench->job);
    bench->work.out = bench->out;
    view->value = 0;
    do
        well = run_value(view);
    while (well && ++view->value < view->test->range.count);
    work_free(&bench->work);
    arena_free(&states);
    return well;
}

bool rule_test_run(struct rule_test_bench *bench, const struct rule_test *test,
                   struct faults *faults)
{
    struct rule_test_view view = {.bench = bench, .test = test, .faults = faults};
    bool well = true;
    if (test->case_count == 0)
        return run_case(&view);
    for (unsigned i = 0; i < test->case_count && (well || faults != NULL); i++) {
        view.of = &test->cases[i];
        well = run_case(&view) && well;
    }
    return well;
}
