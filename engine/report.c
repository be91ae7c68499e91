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
    [REPORT_SUBSIDY] = {"subsidy.csv", "account_id,program,currency,month,base,days,amount"},
    [REPORT_GRANT_POSITIONS] = {"grant_positions.csv",
                                "account_id,program,currency,borrower_id,as_of,status,award,paid,"
                                "in_kind,lapsed,accounted,returned,to_account,reports_due,"
                                "reports_overdue,days_report_overdue,clawback,clause,refund_due,"
                                "refund_outstanding,days_refund_overdue,class,provision"},
    [REPORT_GRANT_TRANCHES] = {"grant_tranches.csv",
                               "account_id,tranche,planned,released_on,paid,lapsed"},
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
    [REPORT_GRANT_PORTFOLIO] = {"grant_portfolio.csv",
                                "group_by,group,currency,grants,awarded,budget,paid,in_kind,"
                                "accounted,returned,to_account,reports_overdue,"
                                "refund_outstanding,provision"},
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

const char *report_columns(enum report_file file)
{
    return files[file].header;
}

bool report_is_wanted(enum report_file file, const struct report_wants *wants)
{
    switch (file) {
    case REPORT_GRANT_POSITIONS:
    case REPORT_GRANT_TRANCHES:
    case REPORT_GRANT_PORTFOLIO:
        return wants->grants;
    case REPORT_SUBSIDY:
        return wants->loans && wants->subsidy;
    case REPORT_MOVEMENT:
    case REPORT_MIGRATION:
        return wants->loans && wants->period;
    case REPORT_REJECTS:
        return wants->quarantine;
    case REPORT_UNIDENTIFIED:
        return true;
    case REPORT_SCHEDULE:
    case REPORT_ALLOCATIONS:
    case REPORT_ARREARS:
    case REPORT_PORTFOLIO:
    case REPORT_CLASSES:
    case REPORT_FILES:
        break;
    }
    return wants->loans;
}

void report_header(struct buffer *buffer, enum report_file file, const struct text *carried,
                   unsigned count)
{
    buffer_put_string(buffer, files[file].header);
    buffer_put_string(buffer, ",");
    bool carries = file == REPORT_ARREARS || file == REPORT_GRANT_POSITIONS;
    for (unsigned i = 0; i < count && carries; i++)
        csv_text(buffer, carried[i]);
    csv_end_row(buffer);
}

/* --- per account --- */

/* The cells are many and the rows more: they are written without asking for room one by one. */

/* A piece of a line that is written again and again: a short one is copied without a call. */
struct piece {
    size_t len;
    const char *all;
    char start[64];
};

static void set_piece(struct piece *piece, const char *bytes, size_t len)
{
    piece->len = len;
    piece->all = bytes;
    if (len <= sizeof piece->start)
        memcpy(piece->start, bytes, len);
}

/* May write to all that piece_room() says. */
static char *put_piece(char *out, const struct piece *piece)
{
    if (piece->len <= sizeof piece->start)
        memcpy(out, piece->start, sizeof piece->start);
    else
        memcpy(out, piece->all, piece->len);
    return out + piece->len;
}

static size_t piece_room(const struct piece *piece)
{
    return piece->len < sizeof piece->start ? sizeof piece->start : piece->len;
}

/* The account_id as a cell with its comma: many lines of an account begin with it. */
static void set_first_cell(struct piece *piece, const struct account *account)
{
    struct text id = account->loan->account_id;
    char *start = arena_alloc(account->arena, csv_text_max(id) + 1);
    char *end = csv_write_text(start, id);
    *end++ = ',';
    set_piece(piece, start, (size_t)(end - start));
}

static char *put_cell(char *out, struct text text)
{
    out = csv_write_text(out, text);
    *out++ = ',';
    return out;
}

enum { ZEROS_MAX = 2, ZEROS_SIZE = 32 };

/* How a currency's amounts are written. */
struct money {
    unsigned decimals;
    unsigned zero_len;
    char zeros[ZEROS_SIZE]; /* cells of 0 with their commas: most amounts of a schedule */
};

static struct money money_of(unsigned decimals)
{
    struct money money = {.decimals = decimals};
    char *out = money.zeros;
    for (unsigned i = 0; i < ZEROS_MAX; i++) {
        out = amount_write(out, AMOUNT_ZERO, decimals);
        *out++ = ',';
        if (i == 0)
            money.zero_len = (unsigned)(out - money.zeros);
    }
    return money;
}

static char *put_zeros(char *out, const struct money *money, unsigned count)
{
    memcpy(out, money->zeros, ZEROS_SIZE); /* a fixed size: no call */
    return out + count * money->zero_len;
}

static char *put_amount(char *out, const struct money *money, struct amount amount)
{
    if (amount_is_zero(amount))
        return put_zeros(out, money, 1);
    out = amount_write(out, amount, money->decimals);
    *out++ = ',';
    return out;
}

static char *put_number(char *out, int32_t number)
{
    if (number >= 0 && number < 10) {
        *out++ = (char)('0' + number);
    } else if (number >= 0 && number < 100) {
        memcpy(out, text_two_digits + 2 * number, 2);
        out += 2;
    } else {
        out = amount_write(out, amount_of(number), 0);
    }
    *out++ = ',';
    return out;
}

static char *put_n(char *out, int32_t n)
{
    if (n != ROW_UNNUMBERED)
        return put_number(out, n);
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

/* What the rows of one schedule share. */
struct schedule_lines {
    const struct account *account;
    struct date as_of;
    struct money money;
    struct piece start;              /* the first cell */
    struct piece ends[ROW_STATUSES]; /* the last */
    struct date_writer nominal;
    int64_t unpaid_principal; /* of the row of which `unpaid` is the middle; 0: none yet */
    struct piece unpaid;
};

static void begin_lines(struct schedule_lines *lines, const struct account *account,
                        struct date as_of)
{
    lines->account = account;
    lines->as_of = as_of;
    lines->money = money_of(account->loan->program->decimals);
    lines->nominal.month = 0;
    lines->unpaid_principal = 0;
    set_first_cell(&lines->start, account);
    for (unsigned i = 0; i < ROW_STATUSES; i++) {
        const char *name = position_row_status_name((enum row_status)i);
        set_piece(&lines->ends[i], name, strlen(name));
    }
}

static size_t row_room(const struct schedule_lines *lines, const struct row *row,
                       struct amount balance)
{
    enum { REST = 128 + sizeof(struct money) + 2 * sizeof(struct piece) };
    size_t room = piece_room(&lines->start) + REST + 3 * amount_text_size(AMOUNT_ZERO);
    for (unsigned c = 0; c < COMPONENTS; c++)
        room += amount_text_size(row->due_of[c]) + amount_text_size(row->paid[c]) + 2;
    for (unsigned c = 0; c < COMPONENTS && row->beside != NULL; c++)
        room +=
            2 * amount_text_size(row->beside->waived[c]); /* in the due amount, and in the waived */
    return room + amount_text_size(row->paid_in_advance) + amount_text_size(row->paid_late) +
           amount_text_size(balance);
}

static char *put_charges(char *out, const struct money *money, const struct amount *components,
                         bool any)
{
    if (!any)
        return put_zeros(out, money, 2);
    out = put_amount(out, money, components[COMPONENT_FEE]);
    return put_amount(out, money, components[COMPONENT_PENALTY]);
}

/* The cells from principal_due to paid_on. */
static char *put_middle(char *out, const struct money *money, const struct row *row,
                        struct amount waived)
{
    bool charges = row_has_charges(row);
    out = put_amount(out, money, row->due_of[COMPONENT_PRINCIPAL]);
    out = put_charges(out, money, row->due_of, charges);
    out = put_amount(out, money, row->paid[COMPONENT_PRINCIPAL]);
    out = put_charges(out, money, row->paid, charges);
    out = put_amount(out, money, waived);
    out = put_amount(out, money, row->paid_in_advance);
    out = put_amount(out, money, row->paid_late);
    return put_date(out, row->paid_on);
}

/* A waiver leaves the due amount as it is. */
static char *put_waived_middle(char *out, const struct schedule_lines *lines, const struct row *row)
{
    struct arena *arena = lines->account->arena;
    struct row shown = *row;
    struct amount waived = AMOUNT_ZERO;
    for (unsigned c = 0; c < COMPONENTS; c++) {
        shown.due_of[c] = row_due(arena, row, (enum component)c);
        waived = amount_add(arena, waived, row->beside->waived[c]);
    }
    return put_middle(out, &lines->money, &shown, waived);
}

/* Most rows are yet to be paid and ask for the same amount: they have the same middle. */
static char *put_same_middle(char *out, struct schedule_lines *lines, const struct row *row)
{
    struct amount principal = row->due_of[COMPONENT_PRINCIPAL];
    bool unpaid = amount_is_zero(row->paid[COMPONENT_PRINCIPAL]) && !row_has_charges(row) &&
                  !date_is_set(row->paid_on);
    if (row->beside != NULL)
        return put_waived_middle(out, lines, row);
    if (!unpaid || principal.limbs != NULL || principal.word == 0)
        return put_middle(out, &lines->money, row, AMOUNT_ZERO);
    if (principal.word != lines->unpaid_principal) {
        char *end = put_middle(out, &lines->money, row, AMOUNT_ZERO);
        size_t len = (size_t)(end - out);
        if (len <= sizeof lines->unpaid.start) { /* a longer one would have to be kept elsewhere */
            lines->unpaid_principal = principal.word;
            set_piece(&lines->unpaid, out, len);
        }
        return end;
    }
    return put_piece(out, &lines->unpaid);
}

static char *put_row(char *out, struct schedule_lines *lines, const struct row *row,
                     struct amount balance)
{
    enum row_status status = position_row_status(lines->account, row, lines->as_of);
    out = put_piece(out, &lines->start);
    out = put_n(out, row->n);
    out = date_write_next(out, &lines->nominal, row->due_nominal);
    *out++ = ',';
    if (date_equal(row->due, row->due_nominal)) { /* as nearly always */
        out = date_write_again(out, &lines->nominal);
        *out++ = ',';
    } else {
        out = put_date(out, row->due);
    }
    out = put_same_middle(out, lines, row);
    out = put_number(out, position_row_days_late(lines->account, status, row, lines->as_of));
    out = put_amount(out, &lines->money, balance);
    out = put_piece(out, &lines->ends[status]);
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
    running->balance = amount_sub(running->arena, running->balance,
                                  row_due(running->arena, row, COMPONENT_PRINCIPAL));
    return running->balance;
}

void report_schedule(struct buffer *buffer, const struct account *account, struct date as_of)
{
    struct schedule_lines lines;
    begin_lines(&lines, account, as_of);
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
    enum { DATE_AND_NUMBER = 64 + sizeof(struct money) };
    struct money money = money_of(account->loan->program->decimals);
    struct piece start;
    set_first_cell(&start, account);
    for (size_t i = 0; i < account->line_count; i++) {
        const struct account_line *line = &account->lines[i];
        struct text type = event_name(line->event);
        size_t room = piece_room(&start) + csv_text_max(line->event->id) + csv_text_max(type) +
                      csv_text_max(line->event->document) + DATE_AND_NUMBER +
                      amount_text_size(line->credit);
        for (unsigned c = 0; c < COMPONENTS; c++)
            room += amount_text_size(line->part[c]);
        char *out = put_piece(buffer_reserve(buffer, room), &start);
        out = put_cell(out, line->event->id);
        out = put_cell(out, type);
        out = put_cell(out, line->event->document);
        out = put_date(out, line->date);
        out = put_n(out, line->n);
        out = put_amount(out, &money, line->part[COMPONENT_PRINCIPAL]);
        out = put_amount(out, &money, line->part[COMPONENT_FEE]);
        out = put_amount(out, &money, line->part[COMPONENT_PENALTY]);
        out = put_amount(out, &money, line->credit);
        out[-1] = '\n';
        buffer_end(buffer, out);
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

void report_subsidy(struct buffer *buffer, const struct loan *loan, const struct subsidy *subsidy)
{
    enum { MONTH_TEXT_LEN = 7 }; /* YYYY-MM */
    unsigned decimals = loan->program->decimals;
    for (size_t i = 0; i < subsidy->count; i++) {
        const struct subsidy_claim *claim = &subsidy->claims[i];
        char day[DATE_TEXT_LEN + 1];
        csv_text(buffer, loan->account_id);
        csv_text(buffer, loan->program->id);
        csv_text(buffer, loan->program->code);
        csv_text(buffer, (struct text){date_text(day, claim->month), MONTH_TEXT_LEN});
        csv_amount(buffer, claim->base, decimals);
        csv_number(buffer, claim->days);
        csv_amount(buffer, claim->amount, decimals);
        csv_end_row(buffer);
    }
}

/* --- groups --- */

void report_group_key(struct buffer *buffer, const struct report_groups *groups,
                      const struct group *group)
{
    struct text by = group->key.by == 0   ? text_of("all")
                     : group->key.by == 1 ? text_of("program")
                     : group->key.by == 2 + groups->portfolio->attributes
                         ? text_of("loans-forgiven")
                         : groups->attributes[group->key.by - 2];
    csv_text(buffer, by);
    csv_text(buffer, group->key.name);
    csv_text(buffer, group->key.code);
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
    for (size_t i = 0; i < groups->portfolio->groups.count; i++) {
        const struct group *group = groups->groups[i];
        if (group->accounts == 0)
            continue;
        report_group_key(buffer, groups, group);
        csv_number(buffer, (int64_t)group->accounts);
        for (unsigned s = 0; s < STATUSES; s++)
            csv_number(buffer, (int64_t)group->with_status[s]);
        for (unsigned c = 0; c < sizeof columns / sizeof *columns; c++)
            sum_cell(buffer, groups, &group->figure[columns[c]], group->key.decimals);
        rate_cell(buffer, groups, group, FIGURE_PAID_TO_DATE, FIGURE_DUE_TO_DATE);
        rate_cell(buffer, groups, group, FIGURE_PAR30, FIGURE_OUTSTANDING);
        rate_cell(buffer, groups, group, FIGURE_NON_PERFORMING, FIGURE_OUTSTANDING);
        csv_end_row(buffer);
    }
}

void report_classes(struct buffer *buffer, const struct report_groups *groups)
{
    const struct portfolio_states *states = groups->portfolio->states;
    for (size_t i = 0; i < groups->portfolio->groups.count; i++) {
        const struct group *group = groups->groups[i];
        for (unsigned c = 0; c < states->classes; c++) {
            const struct group_class *class = &group->classes[c];
            if (class->accounts == 0)
                continue;
            report_group_key(buffer, groups, group);
            csv_text(buffer, states->names[c]);
            csv_number(buffer, (int64_t) class->accounts);
            sum_cell(buffer, groups, &class->outstanding, group->key.decimals);
            sum_cell(buffer, groups, &class->provision, group->key.decimals);
            csv_end_row(buffer);
        }
    }
}

void report_movement(struct buffer *buffer, const struct report_groups *groups)
{
    for (size_t i = 0; i < groups->portfolio->groups.count; i++) {
        const struct group *group = groups->groups[i];
        if (group->moving == 0)
            continue;
        report_group_key(buffer, groups, group);
        csv_date(buffer, groups->from);
        csv_date(buffer, groups->to);
        for (unsigned m = 0; m < MOVEMENTS; m++)
            sum_cell(buffer, groups, &group->movement[m], group->key.decimals);
        csv_end_row(buffer);
    }
}

void report_migration(struct buffer *buffer, const struct report_groups *groups)
{
    const struct portfolio_states *states = groups->portfolio->states;
    for (size_t i = 0; i < groups->portfolio->groups.count; i++) {
        const struct group *group = groups->groups[i];
        for (unsigned m = 0; m < group->migration_count; m++) {
            const struct group_migration *migration = &group->migrations[m];
            report_group_key(buffer, groups, group);
            csv_text(buffer, states->names[migration->from]);
            csv_text(buffer, states->names[migration->to]);
            csv_number(buffer, (int64_t)migration->accounts);
            sum_cell(buffer, groups, &migration->outstanding, group->key.decimals);
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
    else if (file == REPORT_GRANT_PORTFOLIO)
        report_grant_portfolio(buffer, groups);
    else if (file == REPORT_MOVEMENT)
        report_movement(buffer, groups);
    else if (file == REPORT_MIGRATION)
        report_migration(buffer, groups);
}
