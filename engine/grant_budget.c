#include "grant_budget.h"

#include "grant_totals.h"

void grant_budget_claim(struct buffer *claims, const struct grant_state *state)
{
    const struct grant *grant = state->grant;
    struct grant_year year = grant_year_of(grant);
    const struct budget_claim claim = {
        .program = grant->program->id,
        .year = year.year,
        .agreed = grant->agreed,
        .account_id = grant->account_id,
        .amount = grant->award,
        .limited = year.budgeted,
        .limit = year.budget,
        .freed = state->cancelled ? state->cancelled_on : DATE_NONE,
    };
    budget_pack(claims, &claim);
}

static const char *amount_text(struct load *load, const struct grant *grant, struct amount amount)
{
    char *text = arena_alloc(load->arena, amount_text_size(amount) + 1);
    *amount_write(text, amount, grant->program->decimals) = '\0';
    return text;
}

bool grant_budget_fits(struct load *load, struct load_row *row, const struct grant *grant,
                       const struct budget *budget)
{
    const struct budget_refusal *refusal = budget_refused(budget, grant->account_id);
    if (refusal == NULL)
        return true;
    load_fault(load, row, GRANT_AWARD, FAULT_BUDGET_EXCEEDED,
               "award %s is more than what earlier awards leave of the budget for %d: %s of %s are "
               "taken",
               amount_text(load, grant, grant->award), grant_year_of(grant).year,
               amount_text(load, grant, refusal->taken), amount_text(load, grant, refusal->limit));
    return false;
}
