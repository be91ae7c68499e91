#include "grant_budget.h"

#include "grant_totals.h"

void grant_budget_claim(struct budget_claim *claim, const struct grant_state *state)
{
    const struct grant *grant = state->grant;
    struct grant_year year = grant_year_of(grant);
    *claim = (struct budget_claim){
        .made = true,
        .program = grant->program->id,
        .year = year.year,
        .agreed = grant->agreed,
        .account_id = grant->account_id,
        .amount = grant->award,
        .limited = year.budgeted,
        .limit = year.budget,
        .freed = state->cancelled ? state->cancelled_on : DATE_NONE,
    };
}

bool grant_budget_fits(struct load *load, struct load_row *row, const struct grant *grant,
                       const struct budget *budget, unsigned side)
{
    const struct budget_bid bid = {
        .account_id = grant->account_id,
        .column = GRANT_AWARD,
        .one = "award",
        .many = "awards",
        .amount = grant->award,
        .decimals = grant->program->decimals,
        .year = grant_year_of(grant).year,
    };
    return budget_fits(budget, side, load, row, &bid);
}
