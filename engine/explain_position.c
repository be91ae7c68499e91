#include "explain_loan.h"

#include "rule_check.h"

/* --- what the files of positions share --- */

/* A figure of one of them. */
struct cell {
    const struct explain_loan *x;
    struct explanation *e;
    const char *file;
};

static bool begin(const struct cell *cell, const char *figure)
{
    return explanation_begin(cell->e, cell->file, 1, "", figure);
}

static struct date as_of(const struct cell *cell)
{
    return cell->x->options->as_of;
}

static struct amount figure_of(const struct cell *cell, enum figure figure)
{
    return cell->x->run->position.figure[figure];
}

/* A term that is another figure of arrears.csv. */
static struct explanation_term *other_figure(const struct cell *cell, enum figure figure,
                                             const char *name)
{
    struct explanation_term *term = explanation_term(cell->e, figure_of(cell, figure), "%s", name);
    term->figure = name;
    return term;
}

static void of_row(const struct cell *cell, struct explanation_term *term, unsigned index)
{
    term->row = explain_row_name(cell->x, index);
}

/* --- figures that are totals --- */

static void explain_total(const struct cell *cell, const char *figure, enum trace_field field,
                          enum figure is)
{
    const struct explain_steps all = explain_all_steps(cell->x);
    if (!begin(cell, figure))
        return;
    explain_changes(cell->x, &all, TRACE_NO_ROW, field);
    explanation_end_money(cell->e, EXPLANATION_SUM, figure_of(cell, is));
}

/* --- figures that are sums of rows --- */

enum part { PART_DUE, PART_PAID, PART_UNPAID };

/* All components of a row: due less what was waived, paid, or unpaid. */
static struct amount part_of(struct arena *arena, const struct row *row, enum part part)
{
    struct amount sum = AMOUNT_ZERO;
    if (part == PART_UNPAID)
        return account_row_unpaid_all(arena, row);
    for (unsigned c = 0; c < COMPONENTS; c++)
        sum = amount_add(arena, sum, part == PART_DUE ? row->due_of[c] : row->paid[c]);
    return sum;
}

/* ${late}: of rows due before ${upto} only; else up to and including it. */
static void explain_rows(const struct cell *cell, const char *figure, enum part part,
                         struct date upto, bool late, enum figure is)
{
    static const char *const names[] = {"due, less what was waived,", "paid", "unpaid"};
    const struct account *account = cell->x->account;
    struct explanation *e = cell->e;
    if (!begin(cell, figure))
        return;
    for (unsigned i = 0; i < account->row_count; i++) {
        const struct row *row = &account->rows[i];
        struct amount value = part_of(e->arena, row, part);
        if (date_before(upto, row->due) || (late && !date_before(row->due, upto)) ||
            amount_is_zero(value))
            continue;
        of_row(cell,
               explanation_term(e, value, "%s in row %s, due %s", names[part],
                                explain_row_name(cell->x, i), explanation_day(e, row->due)),
               i);
    }
    explanation_end_money(e, EXPLANATION_SUM, figure_of(cell, is));
}

static void explain_field_of_rows(const struct cell *cell, const char *figure,
                                  enum trace_field field, enum figure is)
{
    const struct account *account = cell->x->account;
    struct explanation *e = cell->e;
    if (!begin(cell, figure))
        return;
    for (unsigned i = 0; i < account->row_count; i++) {
        struct amount value = trace_value(e->arena, &account->rows[i], field);
        if (amount_is_zero(value))
            continue;
        struct explanation_term *term =
            explanation_term(e, value, "row %s", explain_row_name(cell->x, i));
        of_row(cell, term, i);
        term->figure = figure;
    }
    explanation_end_money(e, EXPLANATION_SUM, figure_of(cell, is));
}

static bool is_written_off(const struct cell *cell)
{
    enum position_status status = cell->x->run->position.status;
    return status == STATUS_WRITTEN_OFF || status == STATUS_ENDED;
}

static void explain_overdue(const struct cell *cell)
{
    if (!is_written_off(cell)) {
        explain_rows(cell, "overdue", PART_UNPAID, as_of(cell), true, FIGURE_OVERDUE);
    } else if (begin(cell, "overdue")) {
        explanation_say(cell->e, "nothing of a loan that is written off is overdue");
        explanation_end_money(cell->e, EXPLANATION_SUM, AMOUNT_ZERO);
    }
}

static void explain_claim(const struct cell *cell)
{
    if (cell->x->run->position.status == STATUS_WRITTEN_OFF) {
        explain_rows(cell, "claim", PART_UNPAID, DATE_UNLIMITED, false, FIGURE_CLAIM);
    } else if (begin(cell, "claim")) {
        explanation_say(cell->e, "only a loan that is written off, and not for good, is a claim");
        explanation_end_money(cell->e, EXPLANATION_SUM, AMOUNT_ZERO);
    }
}

static bool is_late(const struct cell *cell, unsigned index)
{
    const struct row *row = &cell->x->account->rows[index];
    return !is_written_off(cell) && account_row_is_open(row) && date_before(row->due, as_of(cell));
}

static void explain_oldest_due(const struct cell *cell)
{
    const struct account *account = cell->x->account;
    if (!begin(cell, "oldest_due"))
        return;
    for (unsigned i = 0; i < account->row_count; i++)
        if (is_late(cell, i))
            of_row(cell,
                   explanation_dated(cell->e, account->rows[i].due, "row %s is overdue",
                                     explain_row_name(cell->x, i)),
                   i);
    if (cell->e->term_count == 0)
        explanation_say(cell->e, "nothing is overdue");
    explanation_end_date(cell->e, EXPLANATION_LEAST, cell->x->run->position.oldest_due);
}

static void explain_installments(const struct cell *cell)
{
    if (!begin(cell, "installments_overdue"))
        return;
    for (unsigned i = 0; i < cell->x->account->row_count; i++)
        if (is_late(cell, i))
            of_row(cell,
                   explanation_term(cell->e, amount_of(1), "row %s, due %s",
                                    explain_row_name(cell->x, i),
                                    explanation_day(cell->e, cell->x->account->rows[i].due)),
                   i);
    explanation_end_count(cell->e, EXPLANATION_SUM, cell->x->run->position.installments_overdue);
}

/* --- how late, and what follows --- */

static void no_days(const struct cell *cell)
{
    const struct position *position = &cell->x->run->position;
    struct explanation *e = cell->e;
    struct amount overdue = position->figure[FIGURE_OVERDUE];
    if (position->status != STATUS_ACTIVE || amount_is_zero(overdue))
        explanation_say(e, "nothing is overdue");
    else if (amount_compare(overdue, rule_amount(position->rules, RULE_ARREARS_IGNORE_BELOW)) < 0)
        explanation_say(e, "%s overdue is less than what is not late at all",
                        explanation_money(e, overdue));
    else
        explanation_say(e, "the days since %s are within the tolerance",
                        explanation_day(e, position->oldest_due));
    explanation_end_count(e, EXPLANATION_SUM, 0);
}

static void explain_days(const struct cell *cell)
{
    const struct position *position = &cell->x->run->position;
    const struct rule_scope *rules = position->rules;
    struct explanation *e = cell->e;
    int32_t tolerance = rules->value[RULE_ARREARS_TOLERANCE].span.count;
    if (!begin(cell, "days_past_due"))
        return;
    explanation_rule(e, RULE_ARREARS_COUNT_FROM, as_of(cell));
    explanation_rule(e, RULE_ARREARS_TOLERANCE, as_of(cell));
    explanation_rule(e, RULE_ARREARS_IGNORE_BELOW, as_of(cell));
    if (position->days_past_due == 0) {
        no_days(cell);
        return;
    }
    explanation_dated(e, position->oldest_due, "the oldest overdue row fell due")->figure =
        "oldest_due";
    explanation_dated(e, as_of(cell), "the as-of date");
    int32_t frozen = account_frozen_days(cell->x->account, position->oldest_due, as_of(cell));
    if (frozen > 0)
        explanation_term(e, amount_of(frozen), "frozen days do not count");
    switch ((enum rule_count_from)rule_number(rules, RULE_ARREARS_COUNT_FROM)) {
    case RULE_DAY_AFTER_DUE:
        break;
    case RULE_DUE_DATE:
        explanation_minus(e, amount_of(1), "the due date itself counts");
        break;
    case RULE_END_OF_TOLERANCE:
        if (tolerance > 0)
            explanation_term(e, amount_of(tolerance), "days of tolerance do not count");
        break;
    }
    explanation_end_count(e, EXPLANATION_DAYS, position->days_past_due);
}

static void explain_class_of(const struct cell *cell)
{
    const struct position *position = &cell->x->run->position;
    if (!begin(cell, "class"))
        return;
    if (position->class_index == POSITION_NO_CLASS) {
        explanation_say(cell->e, "only an active loan has a class");
        explanation_end_words(cell->e, EXPLANATION_WORDS, text_of(""));
        return;
    }
    explain_class(cell->x, cell->x->run, position, as_of(cell));
    explain_class_next(cell->x);
    explanation_end_words(cell->e, EXPLANATION_CLASS, position_class(position));
}

static void explain_provision_base(const struct cell *cell)
{
    const struct position *position = &cell->x->run->position;
    struct explanation *e = cell->e;
    struct amount outstanding = position->figure[FIGURE_OUTSTANDING];
    struct amount base = position->figure[FIGURE_PROVISION_BASE];
    struct amount less = amount_sub(e->arena, outstanding, base);
    if (!begin(cell, "provision_base"))
        return;
    if (position->status != STATUS_ACTIVE) {
        explanation_say(e, "only an active loan is provided for");
        explanation_end_money(e, EXPLANATION_SUM, AMOUNT_ZERO);
        return;
    }
    other_figure(cell, FIGURE_OUTSTANDING, "outstanding");
    if (!amount_is_zero(less)) {
        explanation_minus(e, less, "collateral, of %s, as far as it goes",
                          explanation_money(e, cell->x->account->collateral));
        explanation_rule(e, RULE_ARREARS_PROVISION_LESS, as_of(cell));
    }
    explanation_rule(e, RULE_ARREARS_PROVISION_LESS_NOT_FOR, as_of(cell));
    explanation_end_money(e, EXPLANATION_SUM, base);
}

void explain_provision(const struct explain_loan *x, const struct position *position,
                       struct date date)
{
    struct explanation *e = x->e;
    const struct rule_scope *rules = position->rules;
    if (position->class_index == POSITION_NO_CLASS || !rule_is_set(rules, RULE_ARREARS_PROVISION)) {
        explanation_say(e, position->class_index == POSITION_NO_CLASS
                               ? "only an active loan is provided for"
                               : "the program provides for nothing");
        return;
    }
    const struct rule_scope *class =
        rules->value[RULE_ARREARS_CLASSES].items[position->class_index];
    struct text id = position_class(position);
    struct explanation_term *term =
        explanation_term(e, position->figure[FIGURE_PROVISION],
                         "the share of the class %.*s of the provision base on %s", (int)id.len,
                         id.ptr, explanation_day(e, date));
    explanation_of_share(
        e, term, position->figure[FIGURE_PROVISION_BASE],
        class->value[RULE_ARREARS_CLASSES_PROVISION].fraction,
        (struct split_rounding){
            .unit = rule_amount(rules, RULE_ARREARS_PROVISION_ROUNDING_UNIT),
            .mode = (enum rounding_mode)rule_number(rules, RULE_ARREARS_PROVISION_ROUNDING_MODE)});
    explanation_item(e, RULE_ARREARS_CLASSES_PROVISION, class, date);
    explanation_rule(e, RULE_ARREARS_PROVISION_ROUNDING_UNIT, date);
    explanation_rule(e, RULE_ARREARS_PROVISION_ROUNDING_MODE, date);
}

/* --- status --- */

static void explain_status(const struct cell *cell)
{
    const struct account *account = cell->x->account;
    struct explanation *e = cell->e;
    const struct event *by = account->written_off_by;
    enum position_status status = cell->x->run->position.status;
    if (!begin(cell, "status"))
        return;
    struct amount unpaid = AMOUNT_ZERO;
    for (unsigned i = 0; i < account->row_count; i++)
        unpaid = amount_add(e->arena, unpaid, account_row_unpaid_all(e->arena, &account->rows[i]));
    if (!amount_is_zero(unpaid))
        explanation_term(e, unpaid, "unpaid in all its rows together");
    switch (status) {
    case STATUS_PENDING:
        explanation_say(e, "nothing has been paid out by %s", explanation_day(e, as_of(cell)));
        break;
    case STATUS_ACTIVE:
        explanation_say(e, "paid out, and something is unpaid");
        break;
    case STATUS_CLOSED:
        explanation_say(e, "nothing is unpaid");
        break;
    case STATUS_WRITTEN_OFF:
        explanation_say(e, "written off by %.*s of %s", (int)by->id.len, by->id.ptr,
                        explanation_day(e, by->date));
        break;
    case STATUS_ENDED:
        explanation_say(e, "written off by %.*s, and then for good", (int)by->id.len, by->id.ptr);
        break;
    case STATUS_CANCELLED:
    case STATUSES:
        explanation_say(e, "cancelled before anything was paid out");
        break;
    }
    explanation_end_words(e, EXPLANATION_WORDS, text_of(position_status_name(status)));
}

/* --- arrears.csv --- */

static void explain_as_of(const struct cell *cell)
{
    if (cell->e->wanted->brief || !begin(cell, "as_of"))
        return;
    explanation_dated(cell->e, as_of(cell), "option --as-of");
    explanation_end_date(cell->e, EXPLANATION_DATE, as_of(cell));
}

static void copied(const struct cell *cell, const char *figure, struct text value,
                   const char *column)
{
    explanation_given(cell->e, cell->file, 1, "", figure, value,
                      load_row_place(cell->x->work->contract), column);
}

static void explain_currency(const struct cell *cell)
{
    if (cell->e->wanted->brief || !begin(cell, "currency"))
        return;
    explanation_rule(cell->e, RULE_CURRENCY_CODE, DATE_NONE);
    explanation_say(cell->e, "the currency of the program");
    explanation_end_words(cell->e, EXPLANATION_WORDS, cell->x->loan->program->code);
}

void explain_arrears(const struct explain_loan *x)
{
    const struct cell cell = {x, x->e, "arrears.csv"};
    const struct loan *loan = x->loan;
    copied(&cell, "account_id", loan->account_id, "account_id");
    copied(&cell, "program", loan->program->id, "program");
    explain_currency(&cell);
    copied(&cell, "borrower_id", loan->borrower_id, "borrower_id");
    explain_as_of(&cell);
    explain_status(&cell);
    explain_total(&cell, "disbursed", TRACE_DISBURSED, FIGURE_DISBURSED);
    explain_total(&cell, "repaid", TRACE_REPAID, FIGURE_REPAID);
    explain_total(&cell, "funded", TRACE_FUNDED, FIGURE_FUNDED);
    explain_total(&cell, "written_off", TRACE_WRITTEN_OFF, FIGURE_WRITTEN_OFF);
    explain_total(&cell, "forgiven", TRACE_FORGIVEN, FIGURE_FORGIVEN);
    explain_total(&cell, "recovered", TRACE_RECOVERED, FIGURE_RECOVERED);
    explain_total(&cell, "outstanding", TRACE_OUTSTANDING, FIGURE_OUTSTANDING);
    explain_claim(&cell);
    explain_field_of_rows(&cell, "fee_due", TRACE_FEE_DUE, FIGURE_FEE_DUE);
    explain_field_of_rows(&cell, "fee_paid", TRACE_FEE_PAID, FIGURE_FEE_PAID);
    explain_field_of_rows(&cell, "penalty_due", TRACE_PENALTY_DUE, FIGURE_PENALTY_DUE);
    explain_field_of_rows(&cell, "penalty_paid", TRACE_PENALTY_PAID, FIGURE_PENALTY_PAID);
    explain_rows(&cell, "due_to_date", PART_DUE, as_of(&cell), false, FIGURE_DUE_TO_DATE);
    explain_rows(&cell, "paid_to_date", PART_PAID, as_of(&cell), false, FIGURE_PAID_TO_DATE);
    explain_overdue(&cell);
    explain_oldest_due(&cell);
    explain_installments(&cell);
    explain_days(&cell);
    explain_class_of(&cell);
    explain_provision_base(&cell);
    if (begin(&cell, "provision")) {
        explain_provision(x, &x->run->position, as_of(&cell));
        explanation_end_money(x->e, EXPLANATION_SUM, figure_of(&cell, FIGURE_PROVISION));
    }
    explain_total(&cell, "credit", TRACE_CREDIT, FIGURE_CREDIT);
    for (unsigned i = 0; i < x->options->carried.count; i++) {
        const char *name = text_join(x->e->arena, "", "", x->options->carried.list[i]);
        copied(&cell, name, loan->carried[i], name);
    }
}

/* --- portfolio.csv: the account's part in its groups --- */

static void explain_at_risk(const struct cell *cell, const char *figure, enum figure is,
                            int32_t days)
{
    if (!begin(cell, figure))
        return;
    if (cell->x->run->position.days_past_due > days)
        other_figure(cell, FIGURE_OUTSTANDING, "outstanding");
    explanation_say(cell->e, "%d days past due: %s than %d", cell->x->run->position.days_past_due,
                    cell->x->run->position.days_past_due > days ? "more" : "not more", days);
    explanation_end_money(cell->e, EXPLANATION_SUM, figure_of(cell, is));
}

static void explain_non_performing(const struct cell *cell)
{
    const struct position *position = &cell->x->run->position;
    if (!begin(cell, "non_performing"))
        return;
    if (position_is_listed(position, RULE_ARREARS_NON_PERFORMING))
        other_figure(cell, FIGURE_OUTSTANDING, "outstanding");
    explanation_rule(cell->e, RULE_ARREARS_NON_PERFORMING, as_of(cell));
    explanation_end_money(cell->e, EXPLANATION_SUM, figure_of(cell, FIGURE_NON_PERFORMING));
}

static void explain_current(const struct cell *cell, bool current)
{
    const struct account *account = cell->x->account;
    struct date end = date_add_months(as_of(cell), POSITION_CURRENT_MONTHS);
    struct explanation *e = cell->e;
    if (!begin(cell, current ? "current" : "non_current"))
        return;
    if (current)
        other_figure(cell, FIGURE_OUTSTANDING, "outstanding");
    for (unsigned i = 0; i < account->row_count && !is_written_off(cell); i++) {
        const struct row *row = &account->rows[i];
        struct amount unpaid = account_row_unpaid(e->arena, row, COMPONENT_PRINCIPAL);
        if (!date_before(end, row->due) || amount_is_zero(unpaid))
            continue;
        struct explanation_term *term = explanation_term(
            e, unpaid, "principal unpaid in row %s, due %s, after %s", explain_row_name(cell->x, i),
            explanation_day(e, row->due), explanation_day(e, end));
        term->minus = current;
        of_row(cell, term, i);
    }
    explanation_end_money(e, EXPLANATION_SUM,
                          figure_of(cell, current ? FIGURE_CURRENT : FIGURE_NON_CURRENT));
}

static void explain_net_value(const struct cell *cell)
{
    if (!begin(cell, "net_value"))
        return;
    other_figure(cell, FIGURE_OUTSTANDING, "outstanding");
    other_figure(cell, FIGURE_PROVISION, "provision")->minus = true;
    explanation_end_money(cell->e, EXPLANATION_SUM, figure_of(cell, FIGURE_NET_VALUE));
}

static void explain_count_of(const struct cell *cell, const char *figure, bool counts)
{
    if (!begin(cell, figure))
        return;
    if (counts)
        explanation_term(cell->e, amount_of(1), "its status is %s",
                         position_status_name(cell->x->run->position.status));
    explanation_end_count(cell->e, EXPLANATION_SUM, counts);
}

void explain_portfolio(const struct explain_loan *x)
{
    static const char *const counts[STATUSES] = {
        "pending", "active", "closed", "written_off_accounts", "ended", "cancelled"};
    static const struct {
        const char *name;
        enum figure figure;
    } same[] = {
        {"disbursed", FIGURE_DISBURSED},
        {"repaid", FIGURE_REPAID},
        {"funded", FIGURE_FUNDED},
        {"written_off", FIGURE_WRITTEN_OFF},
        {"forgiven", FIGURE_FORGIVEN},
        {"recovered", FIGURE_RECOVERED},
        {"outstanding", FIGURE_OUTSTANDING},
        {"claim", FIGURE_CLAIM},
        {"fee_due", FIGURE_FEE_DUE},
        {"fee_paid", FIGURE_FEE_PAID},
        {"penalty_due", FIGURE_PENALTY_DUE},
        {"penalty_paid", FIGURE_PENALTY_PAID},
        {"credit", FIGURE_CREDIT},
        {"due_to_date", FIGURE_DUE_TO_DATE},
        {"paid_to_date", FIGURE_PAID_TO_DATE},
        {"overdue", FIGURE_OVERDUE},
        {"provision", FIGURE_PROVISION},
    };
    const struct cell cell = {x, x->e, "portfolio.csv"};
    explain_count_of(&cell, "accounts", true);
    for (unsigned s = 0; s < STATUSES; s++)
        explain_count_of(&cell, counts[s], x->run->position.status == (enum position_status)s);
    for (unsigned i = 0; i < sizeof same / sizeof *same; i++)
        if (begin(&cell, same[i].name)) {
            other_figure(&cell, same[i].figure, same[i].name);
            explanation_end_money(x->e, EXPLANATION_SUM, figure_of(&cell, same[i].figure));
        }
    explain_at_risk(&cell, "par0", FIGURE_PAR0, 0);
    explain_at_risk(&cell, "par30", FIGURE_PAR30, 30);
    explain_at_risk(&cell, "par60", FIGURE_PAR60, 60);
    explain_at_risk(&cell, "par90", FIGURE_PAR90, 90);
    explain_non_performing(&cell);
    explain_net_value(&cell);
    explain_current(&cell, true);
    explain_current(&cell, false);
}

void explain_forgiven(const struct explain_loan *x)
{
    static const char *const figures[] = {"awarded", "paid", "accounted"};
    const struct cell cell = {x, x->e, "grant_portfolio.csv"};
    if (x->options->grants.count == 0 || amount_is_zero(figure_of(&cell, FIGURE_FORGIVEN)))
        return;
    if (begin(&cell, "grants")) {
        explanation_term(x->e, amount_of(1), "a loan of which something was forgiven");
        explanation_end_count(x->e, EXPLANATION_SUM, 1);
    }
    for (unsigned i = 0; i < sizeof figures / sizeof *figures; i++)
        if (begin(&cell, figures[i])) {
            other_figure(&cell, FIGURE_FORGIVEN, "forgiven");
            explanation_end_money(x->e, EXPLANATION_SUM, figure_of(&cell, FIGURE_FORGIVEN));
        }
}

void explain_classes(const struct explain_loan *x)
{
    const struct cell cell = {x, x->e, "classes.csv"};
    if (x->run->position.class_index == POSITION_NO_CLASS)
        return;
    if (begin(&cell, "class")) {
        explanation_say(x->e, "its class in arrears.csv");
        explanation_end_words(x->e, EXPLANATION_WORDS, position_class(&x->run->position));
    }
    explain_count_of(&cell, "accounts", true);
    if (begin(&cell, "outstanding")) {
        other_figure(&cell, FIGURE_OUTSTANDING, "outstanding");
        explanation_end_money(x->e, EXPLANATION_SUM, figure_of(&cell, FIGURE_OUTSTANDING));
    }
    if (begin(&cell, "provision")) {
        other_figure(&cell, FIGURE_PROVISION, "provision");
        explanation_end_money(x->e, EXPLANATION_SUM, figure_of(&cell, FIGURE_PROVISION));
    }
}
