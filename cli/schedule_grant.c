#include "cli.h"

static void make_row(const struct cli_arguments *arguments, const struct program *program,
                     struct columns *columns, struct load_row *row)
{
    const struct text fields[GRANT_COLUMNS] = {
        [GRANT_ACCOUNT_ID] = text_of("plan"),
        [GRANT_PROGRAM] = program->id,
        [GRANT_AGREED] = text_of(cli_value(arguments, "--agreed")),
        [GRANT_AWARD] = cli_plain(arguments->arena, cli_value(arguments, "--award")),
    };
    cli_option_row(arguments->arena, fields, GRANT_COLUMNS, 0, columns, row);
}

static void print_text(struct text text)
{
    printf("%.*s", (int)text.len, text.ptr);
}

static void print_condition(const struct rule_scope *condition)
{
    struct buffer text;
    buffer_init(&text, NULL);
    rule_condition_put(&text, condition);
    print_text((struct text){text.bytes, text.len});
    buffer_free(&text);
}

static void print_tranches(const struct grant_state *state)
{
    struct arena *arena = state->arena;
    unsigned decimals = state->grant->program->decimals;
    int wide = (int)strlen(cli_grouped(arena, state->grant->award, decimals));
    wide = wide < 9 ? 9 : wide;
    printf("%-12s  %*s  %s\n", "tranche", wide, "planned", "released by");
    for (unsigned i = 0; i < state->tranche_count; i++) {
        const struct grant_tranche *tranche = &state->tranches[i];
        const struct rule_value *value = tranche->rules->value;
        printf("%-12.*s  %*s  ", (int)tranche->id.len, tranche->id.ptr, wide,
               cli_grouped(arena, tranche->planned, decimals));
        print_condition(value[RULE_TRANCHES_RELEASE].items[0]);
        printf("%s", tranche->in_kind ? "; in kind" : "");
        if (value[RULE_TRANCHES_LAPSE].set) {
            printf("; lapses ");
            print_text(value[RULE_TRANCHES_LAPSE_PLUS].text);
            printf(" after ");
            print_text(value[RULE_TRANCHES_LAPSE_AFTER].text);
        }
        printf("\n");
    }
}

static void print_due(const struct grant_state *state, const struct grant_report *report)
{
    static const char *const months[] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
    const struct rule_value *value = report->rules->value;
    struct date due = grant_state_due(state, report);
    char day[DATE_TEXT_LEN + 1];
    if (date_is_set(due))
        printf("%s, ", date_text(day, due));
    if (value[RULE_REPORTS_DUE_PLUS].set) {
        print_text(value[RULE_REPORTS_DUE_PLUS].text);
        printf(" after ");
    } else {
        printf("%d %s of the year %s", value[RULE_REPORTS_DUE_DAY].number,
               months[value[RULE_REPORTS_DUE_MONTH].number - 1],
               value[RULE_REPORTS_DUE_YEAR].number == RULE_YEAR_NEXT ? "after " : "of ");
    }
    print_text(value[RULE_REPORTS_DUE_AFTER].text);
    printf("\n");
}

static void print_reports(const struct grant_state *state)
{
    if (state->report_count > 0)
        printf("\n%-12s  %-12s  %s\n", "report", "covers", "due");
    for (unsigned i = 0; i < state->report_count; i++) {
        const struct grant_report *report = &state->reports[i];
        const struct rule_value *covers = &report->rules->value[RULE_REPORTS_COVERS];
        struct buffer text;
        buffer_init(&text, NULL);
        for (unsigned j = 0; j < covers->count; j++) {
            buffer_put_string(&text, j == 0 ? "" : ", ");
            buffer_put(&text, covers->ids[j]);
        }
        printf("%-12.*s  %-12.*s  ", (int)report->id.len, report->id.ptr, (int)text.len,
               text.bytes);
        buffer_free(&text);
        print_due(state, report);
    }
}

static void print_csv(const struct grant_state *state, const struct grant_position *position)
{
    struct buffer buffer;
    buffer_init(&buffer, state->arena->memory);
    report_header(&buffer, REPORT_GRANT_TRANCHES, NULL, 0);
    report_grant_tranches(&buffer, state, position);
    (void)fwrite(buffer.bytes, 1, buffer.len, stdout);
    buffer_free(&buffer);
}

static void print_table(const struct grant_state *state)
{
    const struct grant *grant = state->grant;
    const struct rule_value *value = grant->rules->value;
    char day[DATE_TEXT_LEN + 1];
    print_text(value[RULE_TITLE].text);
    printf(" (");
    print_text(value[RULE_STATUS].text);
    printf(")\n");
    print_text(grant->program->code);
    printf(" %s, agreed %s\n\n", cli_grouped(state->arena, grant->award, grant->program->decimals),
           date_text(day, grant->agreed));
    print_tranches(state);
    print_reports(state);
}

void cli_schedule_grant(const struct cli_arguments *arguments, const struct rules *rules,
                        struct faults *faults)
{
    struct columns columns = {0};
    struct load_row row;
    struct grant grant;
    struct grant_state state;
    struct grant_position position;
    struct load load = {.arena = arguments->arena,
                        .faults = faults,
                        .programs = rules->programs,
                        .program_count = 1};
    if (!cli_has(arguments, "--award") || !cli_has(arguments, "--agreed")) {
        fault_add(faults, FAULT_USAGE, (struct place){0},
                  "the plan of a grant needs --award and --agreed");
        return;
    }
    make_row(arguments, rules->programs[0], &columns, &row);
    if (!load_split(&load, &row))
        return;
    load_grant(&load, &row, &grant);
    if (faults->total > 0)
        return;
    grant_state_begin(&state, arguments->arena, &grant, 0);
    grant_position_of(&state, grant.agreed, &position);
    if (cli_has(arguments, "--csv"))
        print_csv(&state, &position);
    else
        print_table(&state);
}
