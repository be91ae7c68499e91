#include "report.h"

#include "rounding.h"

static const struct {
    const char *name;
    const char *header;
} files[REPORT_FILES] = {
    [REPORT_SCHEDULE] = {"schedule.csv",
                         "account_id,n,due_nominal,due,principal_due,fee_due,penalty_due,"
                         "principal_paid,fee_paid,penalty_paid,waived,paid_in_advance,paid_late,"
                         "paid_on,days_late,balance,status"},
    [REPORT_ALLOCATIONS] = {"allocations.csv", "account_id,event_id,type,document,date,n,"
                                               "principal,fee,penalty,credit"},
    [REPORT_ARREARS] = {"arrears.csv",
                        "account_id,program,currency,borrower_id,as_of,status,disbursed,repaid,"
                        "funded,written_off,forgiven,recovered,outstanding,claim,fee_due,fee_paid,"
                        "penalty_due,penalty_paid,due_to_date,paid_to_date,overdue,oldest_due,"
                        "installments_overdue,days_past_due,class,provision_base,provision,credit"},
    [REPORT_PORTFOLIO] = {"portfolio.csv",
                          "group_by,group,currency,accounts,pending,active,closed,"
                          "written_off_accounts,ended,cancelled,disbursed,repaid,funded,"
                          "written_off,forgiven,recovered,outstanding,claim,fee_due,fee_paid,"
                          "penalty_due,penalty_paid,credit,due_to_date,paid_to_date,overdue,par0,"
                          "par30,par60,par90,non_performing,provision,net_value,current,"
                          "non_current,collection_rate,par30_rate,npl_rate"},
    [REPORT_CLASSES] = {"classes.csv",
                        "group_by,group,currency,class,accounts,outstanding,provision"},
    [REPORT_MOVEMENT] = {"movement.csv",
                         "group_by,group,currency,from,to,opening,restated,taken_over,disbursed,"
                         "repaid,written_off,forgiven,closing,provision_opening,provision_expense,"
                         "provision_written_off,provision_closing"},
    [REPORT_MIGRATION] = {"migration.csv",
                          "group_by,group,currency,class_from,class_to,accounts,outstanding"},
    [REPORT_UNIDENTIFIED] = {"unidentified.csv", "event_id,date,amount,document"},
    [REPORT_REJECTS] = {"rejects.csv", "file,line,account_id,type,amount,slug,reason"},
};

const char *report_name(enum report_file file)
{
    return files[file].name;
}

bool report_is_wanted(enum report_file file, bool period, bool quarantine)
{
    if (file == REPORT_MOVEMENT || file == REPORT_MIGRATION)
        return period;
    return file != REPORT_REJECTS || quarantine;
}

void report_header(struct buffer *buffer, enum report_file file, const struct text *carried,
                   unsigned count)
{
    buffer_put_string(buffer, files[file].header);
    buffer_put_string(buffer, ",");
    for (unsigned i = 0; i < count && file == REPORT_ARREARS; i++)
        csv_text(buffer, carried[i]);
    csv_end_row(buffer);
}

/* --- per account --- */

/* What the rows of one schedule share: the beginning of each line, and how much room a line may
 * take. */
struct schedule_lines {
    const struct account *account;
    struct date as_of;
    unsigned decimals;
    char *start; /* the account_id as a cell */
    size_t start_len;
};

static char *put_amount(char *out, struct amount amount, unsigned decimals)
{
    out = amount_write(out, amount, decimals);
    *out++ = ',';
    return out;
}

static char *put_date(char *out, struct date date)
{
    if (date_is_set(date))
        out = date_write(out, date);
    *out++ = ',';
    return out;
}

/* The cells are many and the rows more: they are written without asking for room one by one. */
static size_t row_room(const struct schedule_lines *lines, const struct row *row,
                       struct amount balance)
{
    enum { DATES_AND_WORDS = 128 };
    size_t room = lines->start_len + DATES_AND_WORDS + 3 * amount_text_size(AMOUNT_ZERO);
    for (unsigned c = 0; c < COMPONENTS; c++)
        room += amount_text_size(row->due_of[c]) + amount_text_size(row->paid[c]) + 2;
    return room + amount_text_size(row->paid_in_advance) + amount_text_size(row->paid_late) +
           amount_text_size(balance);
}

static char *put_row(char *out, const struct schedule_lines *lines, const struct row *row,
                     struct amount balance)
{
    unsigned decimals = lines->decimals;
    enum row_status status = position_row_status(lines->account, row, lines->as_of);
    struct text name = text_of(position_row_status_name(status));
    memcpy(out, lines->start, lines->start_len);
    out += lines->start_len;
    if (row->n != ROW_UNNUMBERED)
        out = amount_write(out, amount_of(row->n), 0);
    *out++ = ',';
    const char *nominal = out;
    out = put_date(out, row->due_nominal);
    if (date_equal(row->due,
                   row->due_nominal)) { /* as nearly always: cheaper than counting again */
        memcpy(out, nominal, DATE_TEXT_LEN + 1);
        out += DATE_TEXT_LEN + 1;
    } else {
        out = put_date(out, row->due);
    }
    out = put_amount(out, row->due_of[COMPONENT_PRINCIPAL], decimals);
    out = put_amount(out, row->due_of[COMPONENT_FEE], decimals);
    out = put_amount(out, row->due_of[COMPONENT_PENALTY], decimals);
    out = put_amount(out, row->paid[COMPONENT_PRINCIPAL], decimals);
    out = put_amount(out, row->paid[COMPONENT_FEE], decimals);
    out = put_amount(out, row->paid[COMPONENT_PENALTY], decimals);
    out = put_amount(out, AMOUNT_ZERO, decimals); /* waived: no event of this version waives */
    out = put_amount(out, row->paid_in_advance, decimals);
    out = put_amount(out, row->paid_late, decimals);
    out = put_date(out, row->paid_on);
    out = put_amount(out, amount_of(position_row_days_late(status, row, lines->as_of)), 0);
    out = put_amount(out, balance, decimals);
    memcpy(out, name.ptr, name.len);
    out += name.len;
    *out++ = '\n';
    return out;
}

/* Principal paid out up to a row's due date less what has fallen due up to it, from row to row. */
struct running_balance {
    struct arena *arena;
    const struct account *account;
    unsigned payouts; /* counted already */
    struct amount balance;
};

static struct amount balance_after(struct running_balance *running, const struct row *row)
{
    const struct account *account = running->account;
    for (; running->payouts < account->payout_count; running->payouts++) {
        const struct account_payout *payout = &account->payouts[running->payouts];
        if (date_before(row->due, payout->date))
            break; /* payouts stand by date */
        running->balance = amount_add(running->arena, running->balance, payout->amount);
    }
    running->balance =
        amount_sub(running->arena, running->balance, row->due_of[COMPONENT_PRINCIPAL]);
    return running->balance;
}

void report_schedule(struct buffer *buffer, const struct account *account, struct date as_of)
{
    struct text id = account->loan->account_id;
    struct schedule_lines lines = {account, as_of, account->loan->program->decimals,
                                   arena_alloc(account->arena, csv_text_max(id) + 1), 0};
    char *end = csv_write_text(lines.start, id);
    *end++ = ',';
    lines.start_len = (size_t)(end - lines.start);
    struct running_balance running = {account->arena, account, 0, AMOUNT_ZERO};
    for (unsigned i = 0; i < account->row_count; i++) {
        const struct row *row = &account->rows[i];
        struct amount balance = balance_after(&running, row);
        char *out = buffer_reserve(buffer, row_room(&lines, row, balance));
        buffer_end(buffer, put_row(out, &lines, row, balance));
    }
}

void report_allocations(struct buffer *buffer, const struct account *account)
{
    unsigned decimals = account->loan->program->decimals;
    for (size_t i = 0; i < account->line_count; i++) {
        const struct account_line *line = &account->lines[i];
        csv_text(buffer, account->loan->account_id);
        csv_text(buffer, line->event->id);
        csv_text(buffer, text_of(event_kind(line->event->type)->name));
        csv_text(buffer, line->event->document);
        csv_date(buffer, line->date);
        if (line->n == ROW_UNNUMBERED)
            csv_empty(buffer);
        else
            csv_number(buffer, line->n);
        csv_amount(buffer, line->part[COMPONENT_PRINCIPAL], decimals);
        csv_amount(buffer, line->part[COMPONENT_FEE], decimals);
        csv_amount(buffer, line->part[COMPONENT_PENALTY], decimals);
        csv_amount(buffer, line->credit, decimals);
        csv_end_row(buffer);
    }
}

void report_arrears(struct buffer *buffer, const struct account *account, struct date as_of,
                    const struct position *position, unsigned carried)
{
    const struct loan *loan = account->loan;
    unsigned decimals = loan->program->decimals;
    csv_text(buffer, loan->account_id);
    csv_text(buffer, loan->program->id);
    csv_text(buffer, loan->program->code);
    csv_text(buffer, loan->borrower_id);
    csv_date(buffer, as_of);
    csv_text(buffer, text_of(position_status_name(position->status)));
    for (unsigned i = FIGURE_DISBURSED; i <= FIGURE_OVERDUE; i++)
        if (i != FIGURE_CREDIT) /* the last column, below */
            csv_amount(buffer, position->figure[i], decimals);
    csv_date(buffer, position->oldest_due);
    csv_number(buffer, position->installments_overdue);
    csv_number(buffer, position->days_past_due);
    csv_text(buffer, position_class(position));
    csv_amount(buffer, position->figure[FIGURE_PROVISION_BASE], decimals);
    csv_amount(buffer, position->figure[FIGURE_PROVISION], decimals);
    csv_amount(buffer, position->figure[FIGURE_CREDIT], decimals);
    for (unsigned i = 0; i < carried; i++)
        csv_text(buffer, loan->carried[i]);
    csv_end_row(buffer);
}

/* --- groups --- */

static void group_key(struct buffer *buffer, const struct report_groups *groups,
                      const struct group *group)
{
    struct text by = group->by == 0   ? text_of("all")
                     : group->by == 1 ? text_of("program")
                                      : groups->attributes[group->by - 2];
    csv_text(buffer, by);
    csv_text(buffer, group->name);
    csv_text(buffer, group->code);
}

static void sum_cell(struct buffer *buffer, const struct report_groups *groups,
                     const struct amount_sum *sum, unsigned decimals)
{
    csv_amount(buffer, amount_sum_value(groups->arena, sum), decimals);
}

/* part / whole with 6 decimals, half-even; empty over zero. */
static void rate_cell(struct buffer *buffer, const struct report_groups *groups,
                      const struct group *group, enum figure part, enum figure whole)
{
    enum { RATE_DECIMALS = 6 };
    struct arena *arena = groups->arena;
    struct amount over = amount_sum_value(arena, &group->figure[whole]);
    if (amount_is_zero(over)) {
        csv_empty(buffer);
        return;
    }
    struct amount rate = rounding_quotient(arena, amount_sum_value(arena, &group->figure[part]),
                                           amount_power10(arena, RATE_DECIMALS), over, amount_of(1),
                                           ROUNDING_HALF_EVEN);
    csv_amount(buffer, rate, RATE_DECIMALS);
}

void report_portfolio(struct buffer *buffer, const struct report_groups *groups)
{
    static const enum figure columns[] = {
        FIGURE_DISBURSED,      FIGURE_REPAID,      FIGURE_FUNDED,       FIGURE_WRITTEN_OFF,
        FIGURE_FORGIVEN,       FIGURE_RECOVERED,   FIGURE_OUTSTANDING,  FIGURE_CLAIM,
        FIGURE_FEE_DUE,        FIGURE_FEE_PAID,    FIGURE_PENALTY_DUE,  FIGURE_PENALTY_PAID,
        FIGURE_CREDIT,         FIGURE_DUE_TO_DATE, FIGURE_PAID_TO_DATE, FIGURE_OVERDUE,
        FIGURE_PAR0,           FIGURE_PAR30,       FIGURE_PAR60,        FIGURE_PAR90,
        FIGURE_NON_PERFORMING, FIGURE_PROVISION,   FIGURE_NET_VALUE,    FIGURE_CURRENT,
        FIGURE_NON_CURRENT,
    };
    for (size_t i = 0; i < groups->portfolio->count; i++) {
        const struct group *group = groups->groups[i];
        if (group->accounts == 0)
            continue;
        group_key(buffer, groups, group);
        csv_number(buffer, (int64_t)group->accounts);
        for (unsigned s = 0; s < STATUSES; s++)
            csv_number(buffer, (int64_t)group->with_status[s]);
        for (unsigned c = 0; c < sizeof columns / sizeof *columns; c++)
            sum_cell(buffer, groups, &group->figure[columns[c]], group->decimals);
        rate_cell(buffer, groups, group, FIGURE_PAID_TO_DATE, FIGURE_DUE_TO_DATE);
        rate_cell(buffer, groups, group, FIGURE_PAR30, FIGURE_OUTSTANDING);
        rate_cell(buffer, groups, group, FIGURE_NON_PERFORMING, FIGURE_OUTSTANDING);
        csv_end_row(buffer);
    }
}

void report_classes(struct buffer *buffer, const struct report_groups *groups)
{
    const struct portfolio_states *states = groups->portfolio->states;
    for (size_t i = 0; i < groups->portfolio->count; i++) {
        const struct group *group = groups->groups[i];
        for (unsigned c = 0; c < states->classes; c++) {
            const struct group_class *class = &group->classes[c];
            if (class->accounts == 0)
                continue;
            group_key(buffer, groups, group);
            csv_text(buffer, states->names[c]);
            csv_number(buffer, (int64_t) class->accounts);
            sum_cell(buffer, groups, &class->outstanding, group->decimals);
            sum_cell(buffer, groups, &class->provision, group->decimals);
            csv_end_row(buffer);
        }
    }
}

void report_movement(struct buffer *buffer, const struct report_groups *groups)
{
    for (size_t i = 0; i < groups->portfolio->count; i++) {
        const struct group *group = groups->groups[i];
        if (group->moving == 0)
            continue;
        group_key(buffer, groups, group);
        csv_date(buffer, groups->from);
        csv_date(buffer, groups->to);
        for (unsigned m = 0; m < MOVEMENTS; m++)
            sum_cell(buffer, groups, &group->movement[m], group->decimals);
        csv_end_row(buffer);
    }
}

void report_migration(struct buffer *buffer, const struct report_groups *groups)
{
    const struct portfolio_states *states = groups->portfolio->states;
    for (size_t i = 0; i < groups->portfolio->count; i++) {
        const struct group *group = groups->groups[i];
        for (unsigned m = 0; m < group->migration_count; m++) {
            const struct group_migration *migration = &group->migrations[m];
            group_key(buffer, groups, group);
            csv_text(buffer, states->names[migration->from]);
            csv_text(buffer, states->names[migration->to]);
            csv_number(buffer, (int64_t)migration->accounts);
            sum_cell(buffer, groups, &migration->outstanding, group->decimals);
            csv_end_row(buffer);
        }
    }
}

void report_summary(struct buffer *buffer, enum report_file file,
                    const struct report_groups *groups)
{
    if (file == REPORT_PORTFOLIO)
        report_portfolio(buffer, groups);
    else if (file == REPORT_CLASSES)
        report_classes(buffer, groups);
    else if (file == REPORT_MOVEMENT)
        report_movement(buffer, groups);
    else if (file == REPORT_MIGRATION)
        report_migration(buffer, groups);
}
