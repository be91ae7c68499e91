/* load.h: one CSV record becomes a loan or an event; every fault with its slug, line and column. */
#include "lend.h"

#include "load.h"

static const struct fault_file file = {"book.csv", 0};
static const struct program *programs[1];
static struct load load;

static struct csv_record record_of(const char *line, uint32_t number)
{
    return (struct csv_record){.bytes = arena_copy(&expect_arena, line, strlen(line)),
                               .len = (uint32_t)strlen(line),
                               .line = number,
                               .file = &file,
                               .quoted = strchr(line, '"') != NULL};
}

static struct load_row *row_of(const char *header, const char *line,
                               const struct column_spec *specs, unsigned count)
{
    struct load_row *row = ARENA_ARRAY(&expect_arena, struct load_row, 1);
    struct columns *columns = ARENA_ARRAY(&expect_arena, struct columns, 1);
    struct csv_record header_record = record_of(header, 1);
    assert_true(
        columns_read(&expect_arena, &header_record, specs, count, NULL, columns, &expect_faults));
    row->record = record_of(line, 2);
    row->columns = columns;
    return row;
}

static void prepare(const char *yaml)
{
    programs[0] = lend_program(yaml);
    load = (struct load){
        .arena = &expect_arena, .faults = &expect_faults, .programs = programs, .program_count = 1};
}

/* --- loans --- */

static const char loan_header[] =
    "account_id,program,principal,disbursed,agreed,installments,first_due,grace,"
    "recorded,borrower_id,collateral";

static const char *loan_faults(const char *line, struct loan *loan)
{
    struct load_row *row = row_of(loan_header, line, load_loan_columns, LOAN_COLUMNS);
    if (load_split(&load, row))
        load_loan(&load, row, loan);
    assert_true((row->fault != NULL) == (expect_faults.total > 0));
    return faults_string();
}

static void test_loan(void **state)
{
    struct loan loan;
    (void)state;
    prepare(LEND_RULES);
    assert_string_equal(loan_faults("L1,lend,1000,2024-01-31,,,,,,B7,50", &loan), "");
    assert_text(loan.account_id, "L1");
    assert_text(loan.borrower_id, "B7");
    assert_amount(loan.principal, "1000");
    assert_amount(loan.collateral, "50");
    assert_date(loan.disbursed, "2024-01-31");
    assert_date(loan.agreed, "2024-01-31"); /* defaults: agreed as disbursed, recorded as agreed */
    assert_date(loan.recorded, "2024-01-31");
    assert_date(loan.first_due, "");
    assert_int_equal(loan.installments, 3);
    assert_ptr_equal(loan.program, programs[0]);
    assert_string_equal(loan_faults("L1,lend,1000.00,,2024-01-10,36,,,2024-01-12,,", &loan), "");
    assert_date(loan.disbursed, "");
    assert_date(loan.recorded, "2024-01-12");
    assert_int_equal(loan.installments, 36);
}

struct line_case {
    const char *line, *faults;
};

static void check_loans(const struct line_case *cases, size_t count)
{
    struct loan loan;
    for (size_t i = 0; i < count; i++) {
        const char *faults = loan_faults(cases[i].line, &loan);
        if (strcmp(faults, cases[i].faults) != 0)
            fail_msg("%s: %s, expected %s", cases[i].line, faults, cases[i].faults);
    }
}

static void test_loan_faults(void **state)
{
    static const struct line_case cases[] = {
        {"L1,lend,1000,2024-01-31,,,,,,", "csv-ragged 2:1"},
        {"L1,lend,1000,2024-01-31,,,,,,,,", "csv-ragged 2:1"},
        {"", "csv-ragged 2:1"},
        {",lend,1000,2024-01-31,,,,,,,", "column-required 2:1"},
        {" L1,lend,1000,2024-01-31,,,,,,,", "text-control 2:1"},
        {"L1,,1000,2024-01-31,,,,,,,", "column-required 2:4"},
        {"L1,lent,1000,2024-01-31,,,,,,,", "program-unknown 2:4"},
        {"L1,lend,,2024-01-31,,,,,,,", "column-required 2:9"},
        {"L1,lend,-5,2024-01-31,,,,,,,", "amount-negative 2:9"},
        {"L1,lend,0,2024-01-31,,,,,,,", "amount-zero 2:9"},
        {"L1,lend,1000.5,2024-01-31,,,,,,,", "amount-decimals 2:9"},
        {"L1,lend,\"1,000\",2024-01-31,,,,,,,",
         "amount-form 2:10"}, /* the first byte inside the quotes */
        {"L1,lend,99,2024-01-31,,,,,,,", "principal-min 2:9"},
        {"L1,lend,1000001,2024-01-31,,,,,,,", "principal-max 2:9"},
        {"L1,lend,1000,,,,,,,,", "loan-no-date 2:1"},
        {"L1,lend,1000,2024-1-31,,,,,,,", "date-form 2:14"},
        {"L1,lend,1000,2024-01-31,2024-02-01,,,,,,", "agreed-after-disbursed 2:25"},
        {"L1,lend,1000,2019-12-31,,,,,,,", "agreed-before-in-force 2:14"},
        {"L1,lend,1000,2024-01-31,2019-12-31,,,,,,", "agreed-before-in-force 2:25"},
        {"L1,lend,1000,2024-01-31,,0,,,,,", "column-required 2:26"},
        {"L1,lend,1000,2024-01-31,,37,,,,,", "installments-range 2:26"},
        {"L1,lend,1000,2024-01-31,,x,,,,,", "number-form 2:26"},
        {"L1,lend,1000,2024-01-31,,,2024-02-28,,,,", "first-due-not-taken 2:27"},
        {"L1,lend,1000,2024-01-31,,,,3 months,,,", "grace-not-offered 2:28"},
        {"L1,lend,1000,2024-01-31,,,,0 months,,,", ""},
        {"L1,lend,1000,2024-01-31,,,,three,,,", "span-form 2:28"},
        {"L1,lend,1000,2024-01-31,,,,,2200-01-01,,", "date-range 2:29"},
        {"L1,lend,1000,2024-01-31,,,,,,,-1", "amount-negative 2:31"},
        /* all that is wrong with a row, not only the first */
        {"L1,lent,x,2024-13-01,,,,,,,", "program-unknown 2:4; amount-form 2:9; date-form 2:11"},
    };
    (void)state;
    prepare(LEND_RULES);
    check_loans(cases, COUNT_OF(cases));
}

static void test_first_due(void **state)
{
    static const struct line_case cases[] = {
        {"L1,lend,1000,2024-01-31,,,2024-02-29,,,,", ""},
        {"L1,lend,1000,2024-01-31,,,2024-01-31,,,,", ""},
        {"L1,lend,1000,2024-01-31,,,,,,,", "first-due-missing 2:27"},
        {"L1,lend,1000,2024-02-29,2024-01-31,,2024-01-31,,,,", "first-due-early 2:37"},
        {"L1,lend,1000,2024-01-31,,,2024-02-28,,,,", "first-due-day 2:27"},
    };
    (void)state;
    prepare(LEND_HEAD LEND_PRINCIPAL
            "schedule: {installments: 3, every: 1 month, split: equal, rounding: {unit: 1, mode: "
            "down, residual: last},"
            " due: {anchor: given, day: last, missing_day: last-of-month}}\n" LEND_ALLOCATION
                LEND_ARREARS);
    check_loans(cases, COUNT_OF(cases));
}

static void test_multiple_and_fixed(void **state)
{
    struct loan loan;
    (void)state;
    prepare(LEND_HEAD "principal: {min: 100, max: 5000, multiple_of: 50}\n"
                      "schedule: {every: 1 month, split: {fixed: 300}, due: {missing_day: "
                      "last-of-month}}\n" LEND_ALLOCATION LEND_ARREARS);
    assert_string_equal(loan_faults("L1,lend,1000,2024-01-31,,,,,,,", &loan), "");
    assert_int_equal(loan.installments, 4);
    assert_string_equal(loan_faults("L1,lend,1000,2024-01-31,,4,,,,,", &loan), "");
    assert_string_equal(loan_faults("L1,lend,1000,2024-01-31,,5,,,,,", &loan),
                        "installments-range 2:26");
    assert_string_equal(loan_faults("L1,lend,1001,2024-01-31,,,,,,,", &loan),
                        "principal-multiple 2:9");
}

/* The terms are those in force when the loan was agreed. */
static void test_terms_of_the_agreement(void **state)
{
    struct loan loan;
    (void)state;
    prepare(LEND_RULES "amendments:\n  - {from: 2024-07-01, set: [{path: principal.max, was: "
                       "1000000, value: 2000000}]}\n");
    assert_string_equal(loan_faults("L1,lend,1500000,2024-07-01,,,,,,,", &loan), "");
    assert_string_equal(loan_faults("L1,lend,1500000,2024-07-01,2024-06-30,,,,,,", &loan),
                        "principal-max 2:9");
}

/* --- events --- */

static const char event_header[] =
    "event_id,account_id,date,type,amount,recorded,seq,document,ref,component,note";

static struct load_row *event_row(const char *line, struct event *event)
{
    struct load_row *row = row_of(event_header, line, load_event_columns, EVENT_COLUMNS);
    *event = (struct event){0};
    if (load_split(&load, row))
        load_event(&load, row, programs[0], event);
    assert_true((row->fault != NULL) == (expect_faults.total > 0));
    return row;
}

static void test_event(void **state)
{
    struct event event;
    (void)state;
    prepare(LEND_RULES);
    struct load_row *row = event_row("E1,L1,2024-02-10,repay,333,,,,,,\"a, note\"", &event);
    assert_faults("");
    assert_int_equal(event.type, EVENT_REPAY);
    assert_text(event.id, "E1");
    assert_date(event.date, "2024-02-10");
    assert_date(event.recorded, "2024-02-10"); /* default: date */
    assert_int_equal(event.seq, 0);
    assert_amount(event.amount, "333");
    assert_ptr_equal(event.origin, row);
    assert_true(row->has_amount);
    (void)event_row("E1,L1,2024-02-10,repay,333,2024-03-01,-5,,,,", &event);
    assert_faults("");
    assert_date(event.recorded, "2024-03-01");
    assert_int_equal(event.seq, -5);
    (void)event_row("E1,,2024-02-10,unidentified,3.33,,,D9,,,", &event);
    assert_faults("amount-decimals 2:29");
}

static void test_event_faults(void **state)
{
    static const struct line_case cases[] = {
        {"E1,L1,2024-02-10,repay,333,,,,,", "csv-ragged 2:1"},
        {",L1,2024-02-10,repay,333,,,,,,", "column-required 2:1"},
        {"E1,,2024-02-10,repay,333,,,,,,", "column-required 2:4"},
        {"E1,L1,,repay,333,,,,,,", "column-required 2:7"},
        {"E1,L1,2024-02-30,repay,333,,,,,,", "date-form 2:7"},
        {"E1,L1,2024-02-10,,333,,,,,,", "column-required 2:18"},
        {"E1,L1,2024-02-10,pay,333,,,,,,", "type-kind 2:18"},
        {"E1,L1,2024-02-10,repay,,,,,,,", "column-required 2:24"},
        {"E1,L1,2024-02-10,repay,0,,,,,,", "amount-zero 2:24"},
        {"E1,L1,2024-02-10,repay,-1,,,,,,", "amount-negative 2:24"},
        {"E1,L1,2024-02-10,repay,1e3,,,,,,", "amount-form 2:24"},
        {"E1,L1,2024-02-10,repay,1234567890123456789012345678901,,,,,,", "amount-digits 2:24"},
        {"E1,L1,2024-02-10,repay,333,2024-02-30,,,,,", "date-form 2:28"},
        {"E1,L1,2024-02-10,repay,333,,1.5,,,,", "number-form 2:29"},
        {"E1,L1,2024-02-10,repay,333,,-,,,,", "number-form 2:29"},
        {"E1,L1,2024-02-10,repay,333,,1234567890,,,,", "number-range 2:29"},
        {"E1,L1,2024-02-10,repay,333,,,,E0,,", "column-not-taken 2:31"},
        {"E1,L1,2024-02-10,repay,333,,,,,fee,", "column-not-taken 2:32"},
        {"E1,L1,2024-02-10,write-off,5,,,,,,", "column-not-taken 2:28"},
        {"E1,L1,2024-02-10,cancel,,,,,,,", "column-required 2:28"},
        {"E1,L1,2024-02-10,cancel,,,,minutes,,,", ""},
        {"E1,L1,2024-02-10,opening,0,,,,,,", "column-required 2:30"},
        {"E1,L1,2024-02-10,opening,0,,,minutes,,,", ""},
        {"E1,L1,2024-02-10,collateral,0,,,,,,", ""},
        {"E1,L1,2024-02-10,reverse,,,,,,,", "column-required 2:30"},
        {"E1,L1,2024-02-10,charge,5,,,,,fee,", ""},
        {"E1,L1,2024-02-10,charge,5,,,,,penalty,", ""},
        {"E1,L1,2024-02-10,charge,5,,,,,,", "column-required 2:31"},
        {"E1,L1,2024-02-10,charge,5,,,,,principal,", "component-unknown 2:31"},
        {"E1,L1,2024-02-10,charge,5,,,,E0,fee,", "column-not-taken 2:30"},
        {"E1,L1,2024-02-10,waive,5,,,,E0,fee,", ""},
        {"E1,L1,2024-02-10,waive,,,,,,fee,", "column-required 2:24"},
        {"E1,L1,2024-02-10,chargeback,,,,,E0,,", ""},
        {"E1,L1,2024-02-10,chargeback,5,,,,E0,,", ""},
        {"E1,L1,2024-02-10,chargeback,0,,,,E0,,", "amount-zero 2:29"},
        {"E1,L1,2024-02-10,chargeback,5,,,,,,", "column-required 2:34"},
        {"E1,L1,2024-02-10,unidentified,5,,,,,,", "column-not-taken 2:4"},
        {"E1,L1,2024-02-10,repay,333,,,,,,\"a\nb\"", "text-control 2:34"},
    };
    struct event event;
    (void)state;
    prepare(LEND_RULES);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        (void)event_row(cases[i].line, &event);
        const char *faults = faults_string();
        if (strcmp(faults, cases[i].faults) != 0)
            fail_msg("%s: %s, expected %s", cases[i].line, faults, cases[i].faults);
    }
}

/* The first fault of a row, by its place, is what rejects.csv says. */
static void test_first_fault_of_a_row(void **state)
{
    struct event event;
    (void)state;
    prepare(LEND_RULES);
    struct load_row *row = event_row("E1,L1,2024-02-30,repay,0,,,,,,", &event);
    assert_code(row->fault->code, FAULT_DATE_FORM);
    assert_int_equal(row->fault->at.col, 7);
    assert_true(strlen(row->fault->reason) > 0);
    assert_faults("date-form 2:7; amount-zero 2:24");
}

/* --- among the events of an account --- */

static const char *link_faults(const char *const *lines, size_t count, struct event *events)
{
    struct event *order[8];
    for (size_t i = 0; i < count; i++) {
        (void)event_row(lines[i], &events[i]);
        order[i] = &events[i];
    }
    load_link(&load, order, count);
    return slugs_string();
}

#define LINKS(...)                                                                                 \
    link_faults((const char *const[]){__VA_ARGS__},                                                \
                COUNT_OF(((const char *const[]){__VA_ARGS__})), events)

static void test_links(void **state)
{
    struct event events[8];
    (void)state;
    prepare(LEND_RULES);
    assert_string_equal(LINKS("b,L1,2024-02-10,repay,1,,,,,,", "a,L1,2024-02-11,reverse,,,,,b,,"),
                        "");
    assert_ptr_equal(events[1].target, &events[0]);
    assert_string_equal(LINKS("b,L1,2024-02-10,repay,1,,,,,,", "a,L1,2024-02-11,reverse,,,,,c,,"),
                        "ref-unknown");
    assert_string_equal(LINKS("a,L1,2024-02-11,reverse,,,,,a,,"), "ref-unknown");
    assert_string_equal(
        LINKS("c,L1,2024-02-10,charge,1,,,,,fee,", "w,L1,2024-02-11,waive,1,,,,c,fee,"), "");
    assert_ptr_equal(events[1].target, &events[0]);
    assert_string_equal(LINKS("c,L1,2024-02-10,repay,1,,,,,,", "w,L1,2024-02-11,waive,1,,,,c,fee,"),
                        "ref-type");
    assert_string_equal(
        LINKS("c,L1,2024-02-10,recover,1,,,,,,", "w,L1,2024-02-11,chargeback,,,,,c,,"), "");
    assert_string_equal(
        LINKS("c,L1,2024-02-10,refund,1,,,,,,", "w,L1,2024-02-11,chargeback,,,,,c,,"), "ref-type");
    assert_string_equal(LINKS("b,L1,2024-02-10,repay,1,,,,,,", "b,L1,2024-02-10,repay,2,,,,,,"),
                        "event-duplicate event-duplicate"); /* all rows that share it */
    /* a reverse of a reverse comes after it by (recorded, event_id) */
    assert_string_equal(LINKS("p,L1,2024-02-10,repay,1,,,,,,", "r1,L1,2024-02-11,reverse,,,,,p,,",
                              "r2,L1,2024-02-11,reverse,,,,,r1,,"),
                        "");
    assert_string_equal(LINKS("p,L1,2024-02-10,repay,1,,,,,,", "r2,L1,2024-02-11,reverse,,,,,p,,",
                              "r1,L1,2024-02-11,reverse,,,,,r2,,"),
                        "reverse-order");
    assert_string_equal(
        LINKS("r1,L1,2024-02-11,reverse,,,,,r2,,", "r2,L1,2024-02-12,reverse,,,,,r1,,"),
        "reverse-order");
    load_link(&load, NULL, 0);
}

/* The largest principal of a value of the book's own column. */
static void test_principal_by(void **state)
{
    static const struct text ruled[] = {{"cycle", 5}};
    const struct columns_named named = {.ruled = ruled, .ruled_count = 1};
    static const struct line_case cases[] = {
        {"L1,lend,500,2024-01-31,1", ""},
        {"L1,lend,501,2024-01-31,1", "principal-max 2:9"},
        {"L1,lend,99,2024-01-31,1", "principal-min 2:9"},
        {"L1,lend,1001,2024-01-31,2", "principal-max 2:9"},
        {"L1,lend,9000,2024-01-31,3", ""},
        {"L1,lend,9001,2024-01-31,3", "principal-max 2:9"},
        {"L1,lend,9001,2024-01-31,1", "principal-max 2:9"}, /* once */
        {"L1,lend,9000,2024-01-31,", ""},
        {"L1,lend,9000,2024-01-31, 1", "text-control 2:25"},
    };
    struct loan loan;
    (void)state;
    prepare(LEND_HEAD "principal: {min: 100, max: 9000, by: {column: cycle, max: {1: 500, 2: "
                      "1_000}}}\n" LEND_SCHEDULE LEND_ALLOCATION LEND_ARREARS);
    load.ruled = ruled;
    load.ruled_count = 1;
    for (size_t i = 0; i < COUNT_OF(cases) + 1; i++) {
        bool last = i == COUNT_OF(cases); /* a book without the column */
        struct columns columns;
        struct csv_record header = record_of(last ? "account_id,program,principal,disbursed"
                                                  : "account_id,program,principal,disbursed,cycle",
                                             1);
        assert_true(columns_read(&expect_arena, &header, load_loan_columns, LOAN_COLUMNS, &named,
                                 &columns, &expect_faults));
        struct load_row row = {.record =
                                   record_of(last ? "L1,lend,500,2024-01-31" : cases[i].line, 2),
                               .columns = &columns};
        assert_true(load_split(&load, &row));
        load_loan(&load, &row, &loan);
        assert_faults(last ? "column-missing 2:1" : cases[i].faults);
    }
}

/* Rows of plan.csv; the loan's plan as `n due amount`, or the faults. */
static const char *plan_faults(const char *yaml, const char *loan_line, const char *const *lines,
                               size_t count)
{
    static struct loan loan;
    prepare(yaml);
    struct load_row *loan_row = row_of(loan_header, loan_line, load_loan_columns, LOAN_COLUMNS);
    assert_true(load_split(&load, loan_row));
    load_loan(&load, loan_row, &loan);
    assert_faults("");
    struct load_row *rows = ARENA_ARRAY(&expect_arena, struct load_row, count);
    for (size_t i = 0; i < count; i++) {
        rows[i] = *row_of("account_id,n,due,amount", lines[i], load_plan_columns, PLAN_COLUMNS);
        rows[i].record.line = (uint32_t)(3 + i);
    }
    load_plan(&load, rows, count, loan_row, &loan);
    if (expect_faults.total > 0)
        return faults_string();
    char *out = arena_alloc(&expect_arena, 400), *end = out;
    *out = '\0';
    assert_int_equal(loan.installments, loan.plan_count);
    for (unsigned i = 0; i < loan.plan_count; i++)
        end += sprintf(end, "%s%d %s %s", i == 0 ? "" : "; ", loan.plan[i].n,
                       date_string(loan.plan[i].due), amount_string(loan.plan[i].amount));
    return out;
}

static void test_plan(void **state)
{
#define CUSTOM(more)                                                                               \
    LEND_HEAD LEND_PRINCIPAL "schedule: {every: 1 week, split: custom" more                        \
                             "}\n" LEND_ALLOCATION LEND_ARREARS
    static const char loan[] = "L1,lend,1000,2024-01-31,,,,,,,";
    static const struct {
        const char *yaml, *loan, *lines[3], *expected;
    } cases[] = {
        {CUSTOM(""),
         loan,
         {"L1,3,2024-03-01,600", "L1,1,2024-02-01,400"},
         "1 2024-02-01 400; 3 2024-03-01 600"},
        {CUSTOM(""), loan, {NULL}, "plan-missing 2:4"},
        {LEND_RULES, loan, {"L1,1,2024-02-01,400"}, "plan-not-taken 3:1"},
        {CUSTOM(""), loan, {"L1,1,2024-02-01,600", "L1,1,2024-03-01,400"}, "plan-order 4:4"},
        {CUSTOM(""), loan, {"L1,1,2024-02-02,600", "L1,2,2024-02-02,400"}, "plan-order 4:6"},
        {CUSTOM(""), loan, {"L1,2,2024-02-01,600", "L1,1,2024-02-02,400"}, "plan-order 3:6"},
        {CUSTOM(""), loan, {"L1,0,2024-02-01,600"}, "number-range 3:4"},
        {CUSTOM(""), loan, {"L1,1000000,2024-02-01,600"}, "number-range 3:4"},
        {CUSTOM(""), loan, {"L1,1,2024-02-01,0"}, "amount-zero 3:17"},
        {CUSTOM(""), loan, {"L1,1,2024-02-01,0.5"}, "amount-decimals 3:17"},
        {CUSTOM(""),
         loan,
         {"L1,,,"},
         "column-required 3:4; column-required 3:5; "
         "column-required 3:6"},
        {CUSTOM(""), loan, {"L1,1,2024-02-30,5"}, "date-form 3:6"},
        {CUSTOM(""), loan, {"L1,1"}, "csv-ragged 3:1"},
        {CUSTOM(", installments: 2"), loan, {"L1,1,2024-02-01,1000"}, "installments-range 2:26"},
        {CUSTOM(", installments: 1"), loan, {"L1,1,2024-02-01,1000"}, "1 2024-02-01 1000"},
        {CUSTOM(""),
         "L1,lend,1000,2024-01-31,,1,,,,,",
         {"L1,1,2024-02-01,1000"},
         "1 2024-02-01 1000"},
        {CUSTOM(""),
         "L1,lend,1000,2024-01-31,,2,,,,,",
         {"L1,1,2024-02-01,1000"},
         "installments-range 2:26"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        size_t count = 0;
        while (count < 3 && cases[i].lines[count] != NULL)
            count++;
        const char *is = plan_faults(cases[i].yaml, cases[i].loan, cases[i].lines, count);
        if (strcmp(is, cases[i].expected) != 0)
            fail_msg("case %zu: %s, expected %s", i, is, cases[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_loan),
        TEST(test_loan_faults),
        TEST(test_first_due),
        TEST(test_multiple_and_fixed),
        TEST(test_principal_by),
        TEST(test_plan),
        TEST(test_terms_of_the_agreement),
        TEST(test_event),
        TEST(test_event_faults),
        TEST(test_first_fault_of_a_row),
        TEST(test_links),
    };
    return RUN(tests);
}
