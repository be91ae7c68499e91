/*
 * The budgets of programs of grants: what each grant claims, and which are refused.
 */
#ifndef NOL_GRANT_BUDGET_H
#define NOL_GRANT_BUDGET_H

#include "budget.h"
#include "grant_state.h"
#include "load.h"

/** grant_budget_claim(claim, state): what a grant takes of its program's budget, all its events
 * having been applied. */
void grant_budget_claim(struct budget_claim *claim, const struct grant_state *state);

/** grant_budget_fits(load, row, grant, budget, side): false, with a fault of the grant's row, when
 * it was judged to go beyond the budget on this side. */
bool grant_budget_fits(struct load *load, struct load_row *row, const struct grant *grant,
                       const struct budget *budget, unsigned side);

#endif
