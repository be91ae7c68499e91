#include "outcome.h"

#include <string.h>

/* What is written under which name, and of which accounts. */
struct figure_row {
    const char *name;
    enum outcome_kind kind;
    unsigned of;
};

enum { LOANS = 1 << OUTCOME_OF_LOANS, GRANTS = 1 << OUTCOME_OF_GRANTS, BOTH = LOANS | GRANTS };

static const struct figure_row figures[OUTCOME_FIGURES] = {
    [OUTCOME_STATUS] = {"status", OUTCOME_IS_TEXT, BOTH},
    [OUTCOME_REFUSED] = {"refused", OUTCOME_IS_TEXT, BOTH},
    [OUTCOME_AMOUNTS + FIGURE_DISBURSED] = {"disbursed", OUTCOME_IS_AMOUNT, LOANS},
    [OUTCOME_AMOUNTS + FIGURE_REPAID] = {"repaid", OUTCOME_IS_AMOUNT, LOANS},
    [OUTCOME_AMOUNTS + FIGURE_FUNDED] = {"funded", OUTCOME_IS_AMOUNT, LOANS},
    [OUTCOME_AMOUNTS + FIGURE_WRITTEN_OFF] = {"written_off", OUTCOME_IS_AMOUNT, LOANS},
    [OUTCOME_AMOUNTS + FIGURE_FORGIVEN] = {"forgiven", OUTCOME_IS_AMOUNT, LOANS},
    [OUTCOME_AMOUNTS + FIGURE_RECOVERED] = {"recovered", OUTCOME_IS_AMOUNT, LOANS},
    [OUTCOME_AMOUNTS + FIGURE_OUTSTANDING] = {"outstanding", OUTCOME_IS_AMOUNT, LOANS},
    [OUTCOME_AMOUNTS + FIGURE_CLAIM] = {"claim", OUTCOME_IS_AMOUNT, LOANS},
    [OUTCOME_AMOUNTS + FIGURE_FEE_DUE] = {"fee_due", OUTCOME_IS_AMOUNT, LOANS},
    [OUTCOME_AMOUNTS + FIGURE_FEE_PAID] = {"fee_paid", OUTCOME_IS_AMOUNT, LOANS},
    [OUTCOME_AMOUNTS + FIGURE_PENALTY_DUE] = {"penalty_due", OUTCOME_IS_AMOUNT, LOANS},
    [OUTCOME_AMOUNTS + FIGURE_PENALTY_PAID] = {"penalty_paid", OUTCOME_IS_AMOUNT, LOANS},
    [OUTCOME_AMOUNTS + FIGURE_CREDIT] = {"credit", OUTCOME_IS_AMOUNT, LOANS},
    [OUTCOME_AMOUNTS + FIGURE_DUE_TO_DATE] = {"due_to_date", OUTCOME_IS_AMOUNT, LOANS},
    [OUTCOME_AMOUNTS + FIGURE_PAID_TO_DATE] = {"paid_to_date", OUTCOME_IS_AMOUNT, LOANS},
    [OUTCOME_AMOUNTS + FIGURE_OVERDUE] = {"overdue", OUTCOME_IS_AMOUNT, LOANS},
    [OUTCOME_AMOUNTS + FIGURE_PROVISION_BASE] = {"provision_base", OUTCOME_IS_AMOUNT, LOANS},
    [OUTCOME_AMOUNTS + FIGURE_PROVISION] = {"provision", OUTCOME_IS_AMOUNT, LOANS},
    [OUTCOME_NEXT_12_MONTHS] = {"next_12_months", OUTCOME_IS_AMOUNT, LOANS},
    [OUTCOME_SUBSIDY] = {"subsidy", OUTCOME_IS_AMOUNT, LOANS},
    [OUTCOME_ROWS] = {"rows", OUTCOME_IS_COUNT, LOANS},
    [OUTCOME_LAST_DUE] = {"last_due", OUTCOME_IS_DATE, LOANS},
    [OUTCOME_OLDEST_DUE] = {"oldest_due", OUTCOME_IS_DATE, LOANS},
    [OUTCOME_INSTALLMENTS_OVERDUE] = {"installments_overdue", OUTCOME_IS_COUNT, LOANS},
    [OUTCOME_DAYS_PAST_DUE] = {"days_past_due", OUTCOME_IS_COUNT, LOANS},
    [OUTCOME_AWARD] = {"award", OUTCOME_IS_AMOUNT, GRANTS},
    [OUTCOME_PAID] = {"paid", OUTCOME_IS_AMOUNT, GRANTS},
    [OUTCOME_IN_KIND] = {"in_kind", OUTCOME_IS_AMOUNT, GRANTS},
    [OUTCOME_LAPSED] = {"lapsed", OUTCOME_IS_AMOUNT, GRANTS},
    [OUTCOME_ACCOUNTED] = {"accounted", OUTCOME_IS_AMOUNT, GRANTS},
    [OUTCOME_RETURNED] = {"returned", OUTCOME_IS_AMOUNT, GRANTS},
    [OUTCOME_TO_ACCOUNT] = {"to_account", OUTCOME_IS_AMOUNT, GRANTS},
    [OUTCOME_REPORTS_DUE] = {"reports_due", OUTCOME_IS_COUNT, GRANTS},
    [OUTCOME_REPORTS_OVERDUE] = {"reports_overdue", OUTCOME_IS_COUNT, GRANTS},
    [OUTCOME_DAYS_REPORT_OVERDUE] = {"days_report_overdue", OUTCOME_IS_COUNT, GRANTS},
    [OUTCOME_CLAWBACK] = {"clawback", OUTCOME_IS_AMOUNT, GRANTS},
    [OUTCOME_CLAUSE] = {"clause", OUTCOME_IS_TEXT, GRANTS},
    [OUTCOME_REFUND_DUE] = {"refund_due", OUTCOME_IS_DATE, GRANTS},
    [OUTCOME_REFUND_OUTSTANDING] = {"refund_outstanding", OUTCOME_IS_AMOUNT, GRANTS},
    [OUTCOME_DAYS_REFUND_OVERDUE] = {"days_refund_overdue", OUTCOME_IS_COUNT, GRANTS},
    [OUTCOME_CLASS] = {"class", OUTCOME_IS_TEXT, BOTH},
    [OUTCOME_GRANT_PROVISION] = {"grant_provision", OUTCOME_IS_AMOUNT, GRANTS},
};

static bool is_amount_of_position(enum outcome_figure figure)
{
    return figure >= OUTCOME_AMOUNTS && figure < OUTCOME_NEXT_12_MONTHS;
}

const char *outcome_name(enum outcome_figure figure)
{
    return figures[figure].name;
}

enum outcome_kind outcome_kind_of(enum outcome_figure figure)
{
    return figures[figure].kind;
}

bool outcome_has(enum outcome_of of, enum outcome_figure figure)
{
    return (figures[figure].of & 1U << of) != 0;
}

bool outcome_is_summed(enum outcome_figure figure)
{
    return figures[figure].kind == OUTCOME_IS_AMOUNT || figures[figure].kind == OUTCOME_IS_COUNT;
}

enum outcome_of outcome_of_figure(enum outcome_figure figure)
{
    return outcome_has(OUTCOME_OF_LOANS, figure) ? OUTCOME_OF_LOANS : OUTCOME_OF_GRANTS;
}

const char *outcome_of_name(enum outcome_of of)
{
    return of == OUTCOME_OF_LOANS ? "loans" : "grants";
}

enum outcome_figure outcome_find(struct text name)
{
    unsigned figure = 0;
    while (figure < OUTCOME_FIGURES &&
           !text_equal(name, text_of(outcome_name((enum outcome_figure)figure))))
        figure++;
    return (enum outcome_figure)figure;
}

static struct amount unpaid_within(const struct account *account, struct date as_of)
{
    struct arena *arena = account->arena;
    struct date upto = date_add_months(as_of, 12);
    struct amount unpaid = AMOUNT_ZERO;
    for (unsigned i = account->first_open; i < account->row_count; i++) {
        const struct row *row = &account->rows[i];
        if (!date_before(as_of, row->due) || date_before(upto, row->due))
            continue;
        unpaid = amount_add(arena, unpaid, account_row_unpaid_all(arena, row));
    }
    return unpaid;
}

void outcome_take(struct outcome *outcome, const struct account *account, struct date as_of,
                  const struct position *position)
{
    *outcome = (struct outcome){.exists = true, .position = *position, .last_due = DATE_NONE};
    if (account->row_count > 0)
        outcome->last_due = account->rows[account->row_count - 1].due;
    for (unsigned i = 0; i < account->row_count; i++)
        outcome->rows += account->rows[i].n != ROW_UNNUMBERED;
    if (position->status == STATUS_ACTIVE)
        outcome->next_12_months = unpaid_within(account, as_of);
}

void outcome_take_grant(struct outcome *outcome, const struct grant *grant,
                        const struct grant_position *position)
{
    *outcome = (struct outcome){.exists = true,
                                .of = OUTCOME_OF_GRANTS,
                                .last_due = DATE_NONE,
                                .grant = *position,
                                .award = grant->award};
}

static struct outcome_value count_value(int64_t count)
{
    return (struct outcome_value){.number = amount_of(count), .date = DATE_NONE};
}

static struct outcome_value amount_value(struct amount amount)
{
    return (struct outcome_value){.number = amount, .date = DATE_NONE};
}

static struct outcome_value text_value(struct text text)
{
    return (struct outcome_value){.text = text, .date = DATE_NONE};
}

static struct outcome_value date_value(struct date date)
{
    return (struct outcome_value){.number = amount_of(date_is_set(date) ? date.day : 0),
                                  .date = date};
}

static struct outcome_value value_of_loan(const struct outcome *outcome, enum outcome_figure figure)
{
    const struct position *position = &outcome->position;
    if (is_amount_of_position(figure))
        return amount_value(position->figure[figure - OUTCOME_AMOUNTS]);
    switch (figure) {
    case OUTCOME_STATUS:
        return text_value(text_of(position_status_name(position->status)));
    case OUTCOME_NEXT_12_MONTHS:
        return amount_value(outcome->next_12_months);
    case OUTCOME_SUBSIDY:
        return amount_value(outcome->subsidy);
    case OUTCOME_ROWS:
        return count_value(outcome->rows);
    case OUTCOME_LAST_DUE:
        return date_value(outcome->last_due);
    case OUTCOME_OLDEST_DUE:
        return date_value(position->oldest_due);
    case OUTCOME_INSTALLMENTS_OVERDUE:
        return count_value(position->installments_overdue);
    case OUTCOME_DAYS_PAST_DUE:
        return count_value(position->days_past_due);
    case OUTCOME_CLASS:
        return text_value(position_class(position));
    default: /* of grants */
        return count_value(0);
    }
}

static struct outcome_value value_of_grant(const struct outcome *outcome,
                                           enum outcome_figure figure)
{
    const struct grant_position *position = &outcome->grant;
    switch (figure) {
    case OUTCOME_STATUS:
        return text_value(text_of(grant_status_name(position->status)));
    case OUTCOME_AWARD:
        return amount_value(outcome->award);
    case OUTCOME_PAID:
        return amount_value(position->figure[GRANT_PAID]);
    case OUTCOME_IN_KIND:
        return amount_value(position->figure[GRANT_IN_KIND]);
    case OUTCOME_LAPSED:
        return amount_value(position->lapsed);
    case OUTCOME_ACCOUNTED:
        return amount_value(position->figure[GRANT_ACCOUNTED]);
    case OUTCOME_RETURNED:
        return amount_value(position->figure[GRANT_RETURNED]);
    case OUTCOME_TO_ACCOUNT:
        return amount_value(position->figure[GRANT_TO_ACCOUNT]);
    case OUTCOME_REPORTS_DUE:
        return count_value(position->reports_due);
    case OUTCOME_REPORTS_OVERDUE:
        return amount_value(position->figure[GRANT_REPORTS_OVERDUE]);
    case OUTCOME_DAYS_REPORT_OVERDUE:
        return count_value(position->days_report_overdue);
    case OUTCOME_CLAWBACK:
        return amount_value(position->clawback);
    case OUTCOME_CLAUSE:
        return text_value(position->clause);
    case OUTCOME_REFUND_DUE:
        return date_value(position->refund_due);
    case OUTCOME_REFUND_OUTSTANDING:
        return amount_value(position->figure[GRANT_REFUND_OUTSTANDING]);
    case OUTCOME_DAYS_REFUND_OVERDUE:
        return count_value(position->days_refund_overdue);
    case OUTCOME_CLASS:
        return text_value(position->class_id);
    case OUTCOME_GRANT_PROVISION:
        return amount_value(position->figure[GRANT_PROVISION]);
    default: /* of loans */
        return count_value(0);
    }
}

struct outcome_value outcome_value_of(const struct outcome *outcome, enum outcome_figure figure)
{
    bool none = outcome->refused || !outcome->exists;
    if (none && figure == OUTCOME_STATUS)
        return text_value(text_of(outcome->refused ? "refused" : ""));
    if (figure == OUTCOME_REFUSED)
        return text_value(outcome->refused ? text_of(fault_slug(outcome->code))
                                           : (struct text){"", 0});
    if (none)
        return count_value(0);
    return outcome->of == OUTCOME_OF_GRANTS ? value_of_grant(outcome, figure)
                                            : value_of_loan(outcome, figure);
}

bool outcome_same(enum outcome_kind kind, const struct outcome_value *a,
                  const struct outcome_value *b)
{
    switch (kind) {
    case OUTCOME_IS_TEXT:
        return text_equal(a->text, b->text);
    case OUTCOME_IS_DATE:
        return date_equal(a->date, b->date);
    case OUTCOME_IS_AMOUNT:
    case OUTCOME_IS_COUNT:
        break;
    }
    return amount_compare(a->number, b->number) == 0;
}
