/*
 * The laws of design 8 on random programs with random events of every type that loans take, held
 * against what a run would write.  What breaks one is shrunk to the smallest case that does and
 * shown as rules and rows.  `case seed` draws the same case again.
 */
#include "laws_run.h"
#include "laws_shrink.h"

enum { ROUNDS = 700, TRIES = 22 };

enum schedule_cell {
    ROW_N = 1,
    ROW_NOMINAL = 2,
    ROW_PRINCIPAL = 4,
    ROW_PRINCIPAL_PAID = 7,
    ROW_LATE = 14
};
enum line_cell { LINE_EVENT = 1, LINE_DATE = 4, LINE_PRINCIPAL = 6, LINE_CREDIT = 9 };
enum arrears_cell {
    LOAN_STATUS = 5,
    LOAN_DISBURSED_CELL,
    LOAN_REPAID,
    LOAN_FUNDED,
    LOAN_WRITTEN_OFF,
    LOAN_FORGIVEN,
    LOAN_RECOVERED,
    LOAN_OUTSTANDING,
    LOAN_OVERDUE = 20,
    LOAN_DAYS_LATE = 23,
    LOAN_PROVISION = 26,
    LOAN_CREDIT = 27
};

static char why[256];

__attribute__((format(printf, 1, 2))) static const char *broken_by(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(why, sizeof why, format, arguments);
    va_end(arguments);
    return why;
}

static bool has_type(const struct laws_case *drawn, enum event_type type)
{
    for (unsigned i = 0; i < drawn->count; i++)
        if (drawn->events[i].type == type)
            return true;
    return false;
}

/* The whole run to as-of; false when it is refused. */
static bool run_whole(const struct laws_case *drawn, struct case_run *run)
{
    run_case(drawn, drawn->as_of, DATE_NONE, false, run);
    return run->accepted;
}

/* --- the laws --- */

/* Law 1: the plan as agreed, before anything happened to it. */
static const char *law_of_plan(const struct laws_case *drawn)
{
    struct laws_case agreed = *drawn;
    struct case_run run;
    agreed.count = drawn->by_events ? 1 : 0;
    agreed.as_of = drawn->start;
    if (drawn->by_events && (drawn->count == 0 || drawn->events[0].type != EVENT_DISBURSE))
        return NULL;
    if (!run_whole(&agreed, &run))
        return NULL;
    int64_t disbursed = drawn->by_events ? strtoll(drawn->events[0].field[EVENT_AMOUNT], NULL, 10)
                                         : drawn->principal;
    int64_t sum = 0;
    const char *before = NULL;
    for (const char *line = line_first(run.file[REPORT_SCHEDULE]); line != NULL;
         line = line_after(line)) {
        if (cell_is(line, ROW_N, ""))
            continue; /* a zero row of a grace */
        int64_t principal = cell_number(line, ROW_PRINCIPAL);
        sum += principal;
        if (cell_number(line, ROW_N) == 0)
            continue;
        if (principal <= 0)
            return broken_by("a planned row has the principal %lld", (long long)principal);
        const char *nominal = line;
        for (unsigned i = 0; i < ROW_NOMINAL; i++)
            nominal = strchr(nominal, ',') + 1;
        if (before != NULL && strncmp(before, nominal, DATE_TEXT_LEN) >= 0)
            return broken_by("nominal dates do not increase");
        before = nominal;
    }
    return sum == disbursed
               ? NULL
               : broken_by("planned %lld, disbursed %lld", (long long)sum, (long long)disbursed);
}

/* Law 2, and what the engine itself found, after each event. */
static const char *law_of_balance(const struct laws_case *drawn)
{
    struct case_run run;
    if (!run_whole(drawn, &run))
        return NULL;
    if (run.broken != NULL)
        return run.broken;
    const char *loan = run.file[REPORT_ARREARS];
    if (*loan == '\0')
        return NULL; /* no account yet */
    int64_t sum = cell_number(loan, LOAN_OUTSTANDING) + cell_number(loan, LOAN_REPAID) +
                  cell_number(loan, LOAN_WRITTEN_OFF) + cell_number(loan, LOAN_FORGIVEN);
    if (sum != cell_number(loan, LOAN_DISBURSED_CELL))
        return broken_by("outstanding + repaid + written off + forgiven = %lld", (long long)sum);
    for (unsigned i = LOAN_DISBURSED_CELL; i <= LOAN_CREDIT; i++)
        if (cell_number(loan, i) < 0)
            return broken_by("cell %u of arrears.csv is negative", i);
    for (const char *line = line_first(run.file[REPORT_SCHEDULE]); line != NULL;
         line = line_after(line))
        for (unsigned i = ROW_PRINCIPAL; i <= ROW_LATE; i++)
            if (cell_number(line, i) < 0)
                return broken_by("cell %u of schedule.csv is negative", i);
    return NULL;
}

/* What the lines of allocations.csv say of an event in all, all events if NULL; ${first} to
 * LINE_CREDIT. */
static int64_t lines_sum(const char *lines, const char *event, unsigned first)
{
    int64_t sum = 0;
    for (const char *line = line_first(lines); line != NULL; line = line_after(line))
        for (unsigned i = first; i <= LINE_CREDIT; i++)
            if (event == NULL || cell_is(line, LINE_EVENT, event))
                sum += cell_number(line, i);
    return sum;
}

/* Law 3: every payment is somewhere, whole; lines and credit agree; rows hold what was repaid. */
static const char *law_of_money(const struct laws_case *drawn)
{
    struct case_run run;
    if (!run_whole(drawn, &run) || *run.file[REPORT_ARREARS] == '\0')
        return NULL;
    const char *loan = run.file[REPORT_ARREARS], *lines = run.file[REPORT_ALLOCATIONS];
    if (lines_sum(lines, NULL, LINE_CREDIT) != cell_number(loan, LOAN_CREDIT))
        return broken_by("the lines leave a credit of %lld",
                         (long long)lines_sum(lines, NULL, LINE_CREDIT));
    for (unsigned i = 0; i < drawn->count; i++) {
        const struct case_event *event = &drawn->events[i];
        int64_t sum = lines_sum(lines, event->field[EVENT_EVENT_ID], LINE_PRINCIPAL);
        bool money = event_is_payment(event->type) || event->type == EVENT_RECOVER;
        if (money && sum != 0 && sum != strtoll(event->field[EVENT_AMOUNT], NULL, 10))
            return broken_by("the lines of %s add up to %lld", event->field[EVENT_EVENT_ID],
                             (long long)sum);
    }
    if (has_type(drawn, EVENT_CHARGEBACK) || has_type(drawn, EVENT_WRITE_OFF))
        return NULL; /* rows hold more than was repaid then */
    int64_t due = 0, paid = 0;
    for (const char *line = line_first(run.file[REPORT_SCHEDULE]); line != NULL;
         line = line_after(line)) {
        due += cell_number(line, ROW_PRINCIPAL);
        paid += cell_number(line, ROW_PRINCIPAL_PAID);
    }
    if (due != cell_number(loan, LOAN_DISBURSED_CELL) || paid != cell_number(loan, LOAN_REPAID))
        return broken_by("rows: principal %lld, paid %lld", (long long)due, (long long)paid);
    return NULL;
}

static const enum report_file compared[] = {REPORT_SCHEDULE, REPORT_ALLOCATIONS, REPORT_ARREARS,
                                            REPORT_SUBSIDY};

/* Law 5: the order of rows is no matter. */
static const char *law_of_order(const struct laws_case *drawn)
{
    struct case_run run, other;
    bool accepted = run_whole(drawn, &run);
    run_case(drawn, drawn->as_of, DATE_NONE, true, &other);
    if (other.accepted != accepted)
        return broken_by("refused in one order only: %s%s", run.slug, other.slug);
    for (unsigned i = 0; accepted && i < COUNT_OF(compared); i++)
        if (strcmp(run.file[compared[i]], other.file[compared[i]]) != 0)
            return broken_by("%s differs", report_name(compared[i]));
    return NULL;
}

/* Law 6: a run to an earlier day is what a later one says of that day. */
static const char *law_of_days(const struct laws_case *drawn)
{
    struct case_run early, late;
    int32_t days = drawn->as_of.day - drawn->start.day;
    struct date day = date_add_days(drawn->start, (int32_t)(drawn->seed % (uint64_t)(days + 1)));
    run_case(drawn, drawn->as_of, date_add_days(day, 1), false, &late);
    if (!late.accepted || day.day == drawn->as_of.day)
        return NULL;
    run_case(drawn, day, DATE_NONE, false, &early);
    if (!early.accepted)
        return broken_by("refused on %s: %s", date_string(day), early.slug);
    for (unsigned i = 0; i < COUNT_OF(compared); i++) {
        enum report_file file = compared[i];
        if (file == REPORT_SCHEDULE || file == REPORT_ARREARS || *early.file[file] == '\0')
            continue;
        if (strncmp(early.file[file], late.file[file], strlen(early.file[file])) != 0)
            return broken_by("%s of %s is not how the later one begins", report_name(file),
                             date_string(day));
    }
    const char *loan = early.file[REPORT_ARREARS];
    if (*loan != '\0' && *late.movement != '\0' &&
        cell_number(loan, LOAN_OUTSTANDING) != cell_number(late.movement, 5))
        return broken_by("outstanding %lld on %s, later %lld",
                         (long long)cell_number(loan, LOAN_OUTSTANDING), date_string(day),
                         (long long)cell_number(late.movement, 5));
    return NULL;
}

static const struct case_event *by_id(const struct laws_case *drawn, const char *id)
{
    for (unsigned i = 0; i < drawn->count; i++)
        if (strcmp(drawn->events[i].field[EVENT_EVENT_ID], id) == 0)
            return &drawn->events[i];
    return NULL;
}

static const char *recorded_of(const struct case_event *event)
{
    const char *recorded = event->field[EVENT_RECORDED];
    return *recorded == '\0' ? event->field[EVENT_DATE] : recorded;
}

/* Reverses by recorded, then id. */
static int compare_reverses(const void *a, const void *b)
{
    const struct case_event *const *x = a, *const *y = b;
    int order = strcmp(recorded_of(*x), recorded_of(*y));
    return order != 0 ? order : strcmp((*x)->field[EVENT_EVENT_ID], (*y)->field[EVENT_EVENT_ID]);
}

/* The case without its reverses, what they reverse, and what refers to that. */
static void without_reversed(const struct laws_case *drawn, struct laws_case *without)
{
    const struct case_event *reverses[CASE_EVENTS_MAX];
    bool gone[CASE_EVENTS_MAX] = {false};
    unsigned count = 0;
    for (unsigned i = 0; i < drawn->count; i++)
        if (drawn->events[i].type == EVENT_REVERSE)
            reverses[count++] = &drawn->events[i];
    qsort(reverses, count, sizeof *reverses, compare_reverses);
    for (unsigned i = count; i-- > 0;) /* the last one lives */
        if (!gone[reverses[i] - drawn->events])
            gone[by_id(drawn, reverses[i]->field[EVENT_REF]) - drawn->events] = true;
    for (unsigned round = 0; round < drawn->count; round++)
        for (unsigned i = 0; i < drawn->count; i++) {
            const struct case_event *target = by_id(drawn, drawn->events[i].field[EVENT_REF]);
            bool lost = target != NULL && gone[target - drawn->events];
            gone[i] = gone[i] || drawn->events[i].type == EVENT_REVERSE || lost;
        }
    *without = *drawn;
    without->count = 0;
    for (unsigned i = 0; i < drawn->count; i++)
        if (!gone[i])
            without->events[without->count++] = drawn->events[i];
}

/* Law 6: a reversed event is as one that never was; refunds and recoveries apart. */
static const char *law_of_reversal(const struct laws_case *drawn)
{
    struct case_run run, other;
    struct laws_case without;
    if (!has_type(drawn, EVENT_REVERSE) || has_type(drawn, EVENT_REFUND) ||
        has_type(drawn, EVENT_RECOVER) || !run_whole(drawn, &run))
        return NULL;
    without_reversed(drawn, &without);
    if (!run_whole(&without, &other))
        return NULL; /* a reverse excuses what it leaves with too little to act on */
    for (unsigned i = 0; i < COUNT_OF(compared); i++)
        if (strcmp(run.file[compared[i]], other.file[compared[i]]) != 0)
            return broken_by("%s differs", report_name(compared[i]));
    return NULL;
}

static const struct case_law laws[] = {
    {"1: the plan", law_of_plan},     {"2: the balance", law_of_balance},
    {"3: the money", law_of_money},   {"5: the order of rows", law_of_order},
    {"6: earlier days", law_of_days}, {"6: reversals", law_of_reversal},
};

/* --- cases --- */

/* A loan with events that the engine takes: one that it refuses is left out again. */
static void grow(struct laws_case *drawn, uint64_t seed)
{
    case_draw(drawn, seed);
    for (unsigned i = 0; i < TRIES && drawn->count < CASE_EVENTS_MAX; i++) {
        struct case_run run;
        case_draw_event(drawn, &drawn->events[drawn->count]);
        drawn->count++;
        if (!run_whole(drawn, &run))
            drawn->count--;
    }
}

/* Hold a law; a case that breaks it is shrunk and ${shown}. */
static bool holds(const struct case_law *law, const struct laws_case *drawn,
                  struct laws_case *least, const char **shown)
{
    if (law->broken(drawn) == NULL)
        return true;
    *least = shrink(law, drawn);
    const char *because = law->broken(least);
    char *out = arena_alloc(&expect_arena, CASE_TEXT);
    *out = '\0';
    case_put(out, "law %s is broken: %s\n", law->name, because);
    case_put(out, "%s", case_string(least));
    *shown = out;
    return false;
}

static void test_laws(void **state)
{
    unsigned seen[EVENT_TYPES] = {0};
    (void)state;
    uint64_t seed = chance_seed() * 1000003;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        struct laws_case drawn, least;
        const char *shown;
        grow(&drawn, seed + round);
        for (unsigned i = 0; i < drawn.count; i++)
            seen[drawn.events[i].type]++;
        for (unsigned i = 0; i < COUNT_OF(laws); i++)
            if (!holds(&laws[i], &drawn, &least, &shown))
                fail_msg("%s", shown);
        arena_reset(&expect_arena);
    }
    for (unsigned type = 0; type < EVENT_TYPES; type++)
        if (case_takes((enum event_type)type) && seen[type] == 0)
            fail_msg("no case has the event %s", event_kind((enum event_type)type)->name);
}

/* --- a law that is wrong is found out, and the counterexample is the smallest --- */

static const char *never_credit(const struct laws_case *drawn)
{
    struct case_run run;
    if (!run_whole(drawn, &run) || *run.file[REPORT_ARREARS] == '\0' ||
        cell_number(run.file[REPORT_ARREARS], LOAN_CREDIT) == 0)
        return NULL;
    return broken_by("credit is held");
}

static const char *never_charged_back(const struct laws_case *drawn)
{
    struct case_run run;
    if (!run_whole(drawn, &run))
        return NULL;
    for (unsigned i = 0; i < drawn->count; i++)
        if (drawn->events[i].type == EVENT_CHARGEBACK &&
            lines_sum(run.file[REPORT_ALLOCATIONS], drawn->events[i].field[EVENT_EVENT_ID],
                      LINE_PRINCIPAL) != 0)
            return broken_by("money was taken back");
    return NULL;
}

/* The smallest case of the first seed that breaks the law, with more than ${count} events. */
static struct laws_case least_of(const struct case_law *law, unsigned count, const char **shown)
{
    struct laws_case drawn, least = {.count = 0};
    for (uint64_t seed = 1; seed < 10000; seed++) {
        grow(&drawn, seed);
        if (drawn.count > count && !holds(law, &drawn, &least, shown))
            return least;
        arena_reset(&expect_arena);
    }
    fail_msg("no case breaks law %s", law->name);
    return least;
}

static void assert_plain(const struct laws_case *least)
{
    for (unsigned i = 0; i < CASE_CLAUSES; i++)
        assert_int_equal(least->variant[i], 0);
    assert_false(least->by_events);
    assert_int_equal(least->principal, 200);
}

static void test_shrinks_to_one_event(void **state)
{
    static const struct case_law law = {"0: nobody pays too early", never_credit};
    const char *shown = "";
    (void)state;
    struct laws_case least = least_of(&law, 6, &shown);

    assert_plain(&least);
    assert_int_equal(least.count, 1);
    assert_string_equal(least.events[0].field[EVENT_AMOUNT], "1");
    assert_string_equal(least.events[0].field[EVENT_DATE], date_string(least.start));
    assert_string_equal(least.events[0].field[EVENT_RECORDED], "");
    assert_int_equal(least.as_of.day, least.start.day);
    assert_non_null(strstr(shown, "law 0: nobody pays too early is broken: credit is held\n"));
    assert_non_null(strstr(shown, "case seed "));
    assert_non_null(strstr(shown, "nol: rules/1\nkind: loan\n"));
    assert_non_null(strstr(shown, "\nL,lend,200,"));
    assert_non_null(strstr(shown, case_event_row(&least.events[0])));
}

static void test_shrinks_to_what_refers(void **state)
{
    static const struct case_law law = {"0: no chargebacks", never_charged_back};
    const char *shown = "";
    (void)state;
    struct laws_case least = least_of(&law, 8, &shown);
    assert_plain(&least);
    assert_int_equal(least.count, 2);
    assert_int_equal(least.events[1].type, EVENT_CHARGEBACK);
    assert_string_equal(least.events[1].field[EVENT_REF], least.events[0].field[EVENT_EVENT_ID]);
    assert_string_equal(least.events[0].field[EVENT_AMOUNT], "1");
}

/* The same seed draws the same case. */
static void test_seed(void **state)
{
    struct laws_case one, two;
    (void)state;
    grow(&one, 4711);
    grow(&two, 4711);
    assert_string_equal(case_string(&one), case_string(&two));
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_laws), TEST(test_shrinks_to_one_event),
                                       TEST(test_shrinks_to_what_refers), TEST(test_seed)};
    return RUN(tests);
}
