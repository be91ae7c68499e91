/*
 * The budgets of programs of grants: what each grant claims, and which are refused.
 */
#ifndef NOL_GRANT_BUDGET_H
#define NOL_GRANT_BUDGET_H

#include "budget.h"
#include "grant_state.h"
#include "load.h"

/** grant_budget_claim(claims, state): pack what a grant takes of its program's budget, all its
 * events having been applied. */
void grant_budget_claim(struct buffer *claims, const struct grant_state *state);

/** grant_budget_fits(load, row, grant, budget): false, with a fault of the grant's row, when it was
 * judged to go beyond the budget. */
bool grant_budget_fits(struct load *load, struct load_row *row, const struct grant *grant,
                       const struct budget *budget);

#endif
