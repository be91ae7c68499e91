#include "cli.h"

static const struct cli_option options[] = {
    {"--principal", "AMOUNT", false, false, "as in the book; underscores between digits are fine"},
    {"--disbursed", "DATE", false, false, "the day on which all of it is paid out"},
    {"--agreed", "DATE", false, false, "the day of the contract, if another; of a grant: its day"},
    {"--award", "AMOUNT", false, false, "of a grant: what is given"},
    {"--installments", "N", false, false, "inside the program's range"},
    {"--grace", "SPAN", false, false, "inside the program's range: '3 months'"},
    {"--first-due", "DATE", false, false, "for programs whose due date is given"},
    {"--by", "VALUE", false, false, "what the column of the program's principal.by says"},
    {"--plan", "FILE", false, false, "the loan's rows, for programs with `split: custom`"},
    {"--csv", NULL, false, false, "as schedule.csv instead of a table"},
};

/* The book's columns, in the order in which the options give their values. */
static const struct {
    enum loan_column column;
    const char *option;
} given[] = {
    {LOAN_PRINCIPAL, "--principal"}, {LOAN_DISBURSED, "--disbursed"},
    {LOAN_AGREED, "--agreed"},       {LOAN_INSTALLMENTS, "--installments"},
    {LOAN_GRACE, "--grace"},         {LOAN_FIRST_DUE, "--first-due"},
};

enum { GIVEN = sizeof given / sizeof *given };

struct text cli_plain(struct arena *arena, const char *value)
{
    char *plain = arena_copy(arena, value, strlen(value));
    size_t len = 0;
    for (const char *c = value; *c != '\0'; c++)
        if (*c != '_')
            plain[len++] = *c;
    return (struct text){plain, len};
}

void cli_option_row(struct arena *arena, const struct text *fields, unsigned known, unsigned ruled,
                    struct columns *columns, struct load_row *row)
{
    static const struct fault_file command_line = {"command line", 1};
    struct buffer bytes;
    columns->count = known + ruled;
    columns->known = ARENA_ARRAY(arena, int16_t, known);
    columns->ruled = ARENA_ARRAY(arena, int16_t, ruled);
    buffer_init(&bytes, arena->memory);
    for (unsigned i = 0; i < known + ruled; i++) {
        if (i < known)
            columns->known[i] = (int16_t)i;
        else
            columns->ruled[i - known] = (int16_t)i;
        csv_text(&bytes, fields[i]);
    }
    *row = (struct load_row){
        .record = {.bytes = arena_copy(arena, bytes.bytes, bytes.len - 1),
                   .len = (uint32_t)(bytes.len - 1),
                   .file = &command_line,
                   .quoted = memchr(bytes.bytes, '"', bytes.len) != NULL},
        .columns = columns,
    };
    buffer_free(&bytes);
}

static void make_row(const struct cli_arguments *arguments, const struct rules *rules,
                     struct columns *columns, struct load_row *row)
{
    struct arena *arena = arguments->arena;
    const char *by = cli_value(arguments, "--by");
    struct text *fields = ARENA_ARRAY(arena, struct text, LOAN_COLUMNS + rules->column_count);
    fields[LOAN_ACCOUNT_ID] = text_of("plan");
    fields[LOAN_PROGRAM] = rules->programs[0]->id;
    for (unsigned i = 0; i < GIVEN; i++)
        if (cli_has(arguments, given[i].option))
            fields[given[i].column] = cli_plain(arena, cli_value(arguments, given[i].option));
    for (unsigned i = 0; i < rules->column_count; i++)
        fields[LOAN_COLUMNS + i] = text_of(by == NULL ? "" : by);
    cli_option_row(arena, fields, LOAN_COLUMNS, rules->column_count, columns, row);
}

const char *cli_grouped(struct arena *arena, struct amount amount, unsigned decimals)
{
    struct buffer buffer;
    buffer_init(&buffer, arena->memory);
    buffer_put_grouped(&buffer, amount, decimals);
    const char *text = arena_copy(arena, buffer.bytes, buffer.len);
    buffer_free(&buffer);
    return text;
}

/* The program, the loan, and what the borrower gets of it. */
static void print_head(const struct account *account)
{
    const struct loan *loan = account->loan;
    const struct rule_scope *rules = loan->rules;
    unsigned decimals = loan->program->decimals;
    struct arena *arena = account->arena;
    struct amount disbursed = account->totals.disbursed, deducted = account->totals.deducted;
    char day[DATE_TEXT_LEN + 1];
    printf("%.*s (%.*s)\n%.*s %s, disbursed %s", (int)rules->value[RULE_TITLE].text.len,
           rules->value[RULE_TITLE].text.ptr, (int)rules->value[RULE_STATUS].text.len,
           rules->value[RULE_STATUS].text.ptr, (int)loan->program->code.len,
           loan->program->code.ptr, cli_grouped(arena, disbursed, decimals),
           date_text(day, loan->disbursed));
    if (!amount_is_zero(deducted))
        printf(", %s paid out after fees of %s",
               cli_grouped(arena, amount_sub(arena, disbursed, deducted), decimals),
               cli_grouped(arena, deducted, decimals));
    printf("\n\n");
}

static bool has_fees(const struct account *account)
{
    for (unsigned i = 0; i < account->row_count; i++)
        if (!amount_is_zero(account->rows[i].due_of[COMPONENT_FEE]))
            return true;
    return false;
}

static void print_table(const struct account *account)
{
    unsigned decimals = account->loan->program->decimals;
    struct arena *arena = account->arena;
    char day[DATE_TEXT_LEN + 1], width[16];
    struct amount balance = account->totals.disbursed;
    int wide = (int)strlen(cli_grouped(arena, balance, decimals));
    bool fees = has_fees(account);
    wide = wide < 9 ? 9 : wide;
    print_head(account);
    printf("%5s  %-10s  %*s", "row", "due", wide, "principal");
    if (fees)
        printf("  %*s", wide, "fee");
    printf("  %*s\n", wide, "balance");
    for (unsigned i = 0; i < account->row_count; i++) {
        const struct row *row = &account->rows[i];
        struct amount principal = row->due_of[COMPONENT_PRINCIPAL];
        balance = amount_sub(arena, balance, principal);
        (void)snprintf(width, sizeof width, "%d", row->n);
        printf("%5s  %s  %*s", row->n == ROW_UNNUMBERED ? "grace" : width, date_text(day, row->due),
               wide, cli_grouped(arena, principal, decimals));
        if (fees)
            printf("  %*s", wide, cli_grouped(arena, row->due_of[COMPONENT_FEE], decimals));
        printf("  %*s\n", wide, cli_grouped(arena, balance, decimals));
    }
}

static void print_csv(const struct account *account)
{
    struct buffer buffer;
    buffer_init(&buffer, account->arena->memory);
    report_header(&buffer, REPORT_SCHEDULE, NULL, 0);
    report_schedule(&buffer, account, account->loan->disbursed);
    (void)fwrite(buffer.bytes, 1, buffer.len, stdout);
    buffer_free(&buffer);
}

/* Read all of --plan, in whatever order. */
static bool open_plan(const struct cli_arguments *arguments, struct book *book,
                      struct book_input *input, struct faults *faults)
{
    enum { PLAN_BYTES = 16 * 1024 * 1024 };
    const struct book_gathering gathering = {PLAN_BYTES, cli_temporary(arguments, "")};
    enum book_result result = BOOK_REFUSED;
    if (book_open(book, arguments->arena->memory, input, 1, NULL, &gathering, faults))
        do
            result = book_gather(book);
        while (result == BOOK_BUNDLE);
    return result == BOOK_END;
}

/* Give the loan the rows of --plan; without the option it has none, which may be a fault. */
static void take_plan(const struct cli_arguments *arguments, struct load *load,
                      struct load_row *loan_row, struct loan *loan)
{
    struct arena *arena = arguments->arena;
    struct book book;
    struct book_bundle bundle = {0}, other;
    struct book_input *input = ARENA_ARRAY(arena, struct book_input, 1);
    if (!cli_has(arguments, "--plan")) {
        load_plan(load, NULL, 0, loan_row, loan);
        return;
    }
    *input = (struct book_input){
        .file = {cli_value(arguments, "--plan"), 2}, .role = BOOK_PLAN, .number = 1};
    if (open_plan(arguments, &book, input, load->faults)) {
        bool any = book_next(&book, arena, &bundle) == BOOK_BUNDLE;
        if (any && book_next(&book, arena, &other) == BOOK_BUNDLE)
            fault_add(load->faults, FAULT_USAGE, (struct place){&input->file, 0, 0},
                      "nol schedule takes the rows of one account, not of several");
        struct load_row *rows = ARENA_ARRAY(arena, struct load_row, bundle.plan_count);
        for (size_t i = 0; i < bundle.plan_count; i++) {
            rows[i].record = bundle.plan[i].record;
            rows[i].columns = &input->columns;
        }
        load_plan(load, rows, bundle.plan_count, loan_row, loan);
    }
    book_close(&book);
}

static void plan(const struct cli_arguments *arguments, const struct rules *rules,
                 struct faults *faults)
{
    struct columns columns;
    struct load_row row;
    struct loan loan;
    struct account account;
    struct account_refusal refusal = {0};
    struct event *none[1];
    struct load load = {.arena = arguments->arena,
                        .faults = faults,
                        .programs = rules->programs,
                        .program_count = 1,
                        .ruled = rules->columns,
                        .ruled_count = rules->column_count};
    make_row(arguments, rules, &columns, &row);
    if (!load_split(&load, &row))
        return;
    load_loan(&load, &row, &loan);
    if (row.fault == NULL)
        take_plan(arguments, &load, &row, &loan);
    if (faults->total > 0)
        return;
    account_begin(&account, arguments->arena, &loan, none, 0);
    if (!account_disburse_by_book(&account, &refusal))
        load_fault(&load, &row, LOAN_PRINCIPAL, refusal.code, "%s", refusal.text);
    else if (cli_has(arguments, "--csv"))
        print_csv(&account);
    else
        print_table(&account);
}

static int run(const struct cli_arguments *arguments)
{
    struct rules rules;
    struct faults faults;
    if (arguments->plain.count == 0)
        return cli_usage("nol schedule takes one rule file; see nol schedule --help");
    faults_init(&faults);
    if (load_rules(arguments->arena, arguments->plain.list, arguments->plain.count, 0, &rules,
                   &faults)) {
        bool grant = rules.program_count == 1 && rules.programs[0]->is_grant;
        bool said = cli_has(arguments, "--principal") && cli_has(arguments, "--disbursed");
        if (grant)
            cli_schedule_grant(arguments, &rules, &faults);
        else if (!said)
            fault_add(&faults, FAULT_USAGE, (struct place){0},
                      "the plan of a loan needs --principal and --disbursed");
        else if (cli_has(arguments, "--by") && rules.column_count == 0)
            fault_add(&faults, FAULT_USAGE, (struct place){0},
                      "--by: the program has no principal.by");
        else if (rules.program_count == 1)
            plan(arguments, &rules, &faults);
        else
            fault_add(&faults, FAULT_USAGE, (struct place){0},
                      "nol schedule takes one rule file, not %u", rules.program_count);
    }
    int status = cli_report(&faults);
    faults_free(&faults);
    return status;
}

const struct cli_command cli_schedule = {
    .name = "schedule",
    .arguments = "RULE.yaml [CALENDAR.yaml...] --principal AMOUNT --disbursed DATE [...]",
    .meaning = "the plan of one loan or grant, as a table or as CSV",
    .more = "example:\n"
            "\n"
            "  nol schedule rules/id-revolving-fund.yaml --principal 25_000_000 \\\n"
            "               --disbursed 2026-01-31 --installments 24\n"
            "\n"
            "and a grant's tranches, conditions and reports:\n"
            "\n"
            "  nol schedule rules/id-hibah-alat.yaml --award 12_345_678 --agreed 2026-01-15",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
