#include "outcome.h"

#include <string.h>

static const char *const amount_names[FIGURE_PROVISION + 1] = {
    [FIGURE_DISBURSED] = "disbursed",
    [FIGURE_REPAID] = "repaid",
    [FIGURE_FUNDED] = "funded",
    [FIGURE_WRITTEN_OFF] = "written_off",
    [FIGURE_FORGIVEN] = "forgiven",
    [FIGURE_RECOVERED] = "recovered",
    [FIGURE_OUTSTANDING] = "outstanding",
    [FIGURE_CLAIM] = "claim",
    [FIGURE_FEE_DUE] = "fee_due",
    [FIGURE_FEE_PAID] = "fee_paid",
    [FIGURE_PENALTY_DUE] = "penalty_due",
    [FIGURE_PENALTY_PAID] = "penalty_paid",
    [FIGURE_CREDIT] = "credit",
    [FIGURE_DUE_TO_DATE] = "due_to_date",
    [FIGURE_PAID_TO_DATE] = "paid_to_date",
    [FIGURE_OVERDUE] = "overdue",
    [FIGURE_PROVISION_BASE] = "provision_base",
    [FIGURE_PROVISION] = "provision",
};

static bool is_amount_of_position(enum outcome_figure figure)
{
    return figure >= OUTCOME_AMOUNTS && figure < OUTCOME_NEXT_12_MONTHS;
}

const char *outcome_name(enum outcome_figure figure)
{
    if (is_amount_of_position(figure))
        return amount_names[figure - OUTCOME_AMOUNTS];
    switch (figure) {
    case OUTCOME_STATUS:
        return "status";
    case OUTCOME_REFUSED:
        return "refused";
    case OUTCOME_NEXT_12_MONTHS:
        return "next_12_months";
    case OUTCOME_SUBSIDY:
        return "subsidy";
    case OUTCOME_ROWS:
        return "rows";
    case OUTCOME_LAST_DUE:
        return "last_due";
    case OUTCOME_OLDEST_DUE:
        return "oldest_due";
    case OUTCOME_INSTALLMENTS_OVERDUE:
        return "installments_overdue";
    case OUTCOME_DAYS_PAST_DUE:
        return "days_past_due";
    case OUTCOME_CLASS:
        return "class";
    case OUTCOME_AMOUNTS:
    case OUTCOME_FIGURES:
        break;
    }
    return "";
}

enum outcome_kind outcome_kind_of(enum outcome_figure figure)
{
    if (is_amount_of_position(figure) || figure == OUTCOME_NEXT_12_MONTHS ||
        figure == OUTCOME_SUBSIDY)
        return OUTCOME_IS_AMOUNT;
    if (figure == OUTCOME_STATUS || figure == OUTCOME_REFUSED || figure == OUTCOME_CLASS)
        return OUTCOME_IS_TEXT;
    return figure == OUTCOME_LAST_DUE || figure == OUTCOME_OLDEST_DUE ? OUTCOME_IS_DATE
                                                                      : OUTCOME_IS_COUNT;
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

struct outcome_value outcome_value_of(const struct outcome *outcome, enum outcome_figure figure)
{
    const struct position *position = &outcome->position;
    bool none = outcome->refused || !outcome->exists;
    if (none && figure == OUTCOME_STATUS)
        return text_value(text_of(outcome->refused ? "refused" : ""));
    if (figure == OUTCOME_REFUSED)
        return text_value(outcome->refused ? text_of(fault_slug(outcome->code))
                                           : (struct text){"", 0});
    if (none)
        return count_value(0);
    if (is_amount_of_position(figure))
        return amount_value(position->figure[figure - OUTCOME_AMOUNTS]);
    switch (figure) {
    case OUTCOME_STATUS:
        return text_value(text_of(position_status_name(position->status)));
    case OUTCOME_REFUSED: /* above */
        break;
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
    case OUTCOME_AMOUNTS:
    case OUTCOME_FIGURES:
        break;
    }
    return count_value(0);
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
