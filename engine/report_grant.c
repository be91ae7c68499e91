#include "report.h"

void report_grant_tranches(struct buffer *buffer, const struct grant_state *state,
                           const struct grant_position *position)
{
    unsigned decimals = state->grant->program->decimals;
    for (unsigned i = 0; i < state->tranche_count && !state->cancelled; i++) {
        const struct grant_tranche *tranche = &state->tranches[i];
        csv_text(buffer, state->grant->account_id);
        csv_text(buffer, tranche->id);
        csv_amount(buffer, tranche->planned, decimals);
        csv_date(buffer, tranche->paid_on);
        csv_amount(buffer, tranche->paid, decimals);
        csv_amount(buffer, position->lapsed_of[i], decimals);
        csv_end_row(buffer);
    }
}

void report_grant_positions(struct buffer *buffer, const struct grant_state *state,
                            struct date as_of, const struct grant_position *position,
                            unsigned carried)
{
    const struct grant *grant = state->grant;
    const struct amount *figure = position->figure;
    unsigned decimals = grant->program->decimals;
    csv_text(buffer, grant->account_id);
    csv_text(buffer, grant->program->id);
    csv_text(buffer, grant->program->code);
    csv_text(buffer, grant->borrower_id);
    csv_date(buffer, as_of);
    csv_text(buffer, text_of(grant_status_name(position->status)));
    csv_amount(buffer, grant->award, decimals);
    csv_amount(buffer, figure[GRANT_PAID], decimals);
    csv_amount(buffer, figure[GRANT_IN_KIND], decimals);
    csv_amount(buffer, position->lapsed, decimals);
    csv_amount(buffer, figure[GRANT_ACCOUNTED], decimals);
    csv_amount(buffer, figure[GRANT_RETURNED], decimals);
    csv_amount(buffer, figure[GRANT_TO_ACCOUNT], decimals);
    csv_number(buffer, position->reports_due);
    csv_amount(buffer, figure[GRANT_REPORTS_OVERDUE], 0);
    csv_number(buffer, position->days_report_overdue);
    csv_amount(buffer, position->clawback, decimals);
    csv_text(buffer, position->clause);
    csv_date(buffer, position->refund_due);
    csv_amount(buffer, figure[GRANT_REFUND_OUTSTANDING], decimals);
    csv_number(buffer, position->days_refund_overdue);
    csv_text(buffer, position->class_id);
    csv_amount(buffer, figure[GRANT_PROVISION], decimals);
    for (unsigned i = 0; i < carried; i++)
        csv_text(buffer, grant->carried[i]);
    csv_end_row(buffer);
}

static void sum_cell(struct buffer *buffer, const struct report_groups *groups,
                     const struct group *group, enum grant_figure figure)
{
    unsigned decimals = figure == GRANT_REPORTS_OVERDUE ? 0 : group->key.decimals;
    csv_amount(buffer, amount_sum_value(groups->arena, &group->grants->figure[figure]), decimals);
}

/* The group's budgets; empty where none of its programs has one.  ${all}, of the same currency,
 * knows the latest agreement of each year. */
static void budget_cell(struct buffer *buffer, const struct report_groups *groups,
                        const struct group *group, const struct group *all)
{
    struct amount sum = AMOUNT_ZERO;
    bool any = false;
    for (size_t i = 0; i < group->grants->year_count; i++) {
        const struct grant_year *year = grant_totals_year(all->grants, &group->grants->years[i]);
        any = any || year->budgeted;
        sum = amount_add(groups->arena, sum, year->budget);
    }
    if (any)
        csv_amount(buffer, sum, group->key.decimals);
    else
        csv_empty(buffer);
}

/* The group of all that is in this one's currency. */
static const struct group *all_of(const struct report_groups *groups, const struct group *group)
{
    size_t i = 0;
    while (groups->groups[i]->key.by != 0 ||
           !text_equal(groups->groups[i]->key.code, group->key.code))
        i++;
    return groups->groups[i];
}

void report_grant_portfolio(struct buffer *buffer, const struct report_groups *groups)
{
    for (size_t i = 0; i < groups->portfolio->groups.count; i++) {
        const struct group *group = groups->groups[i];
        if (group->grants == NULL || group->grants->count == 0)
            continue;
        report_group_key(buffer, groups, group);
        csv_number(buffer, (int64_t)group->grants->count);
        sum_cell(buffer, groups, group, GRANT_AWARDED);
        budget_cell(buffer, groups, group, all_of(groups, group));
        for (unsigned f = GRANT_PAID; f < GRANT_FIGURES; f++)
            sum_cell(buffer, groups, group, (enum grant_figure)f);
        csv_end_row(buffer);
    }
}
