/*
 * The budgets of programs of loans: what each loan claims, and which are refused.
 */
#ifndef NOL_LOAN_BUDGET_H
#define NOL_LOAN_BUDGET_H

#include "account.h"
#include "budget.h"
#include "load.h"

/** loan_budget_claim(claim, account): what a loan takes of its program's budget, all its events
 * having been applied. */
void loan_budget_claim(struct budget_claim *claim, const struct account *account);

/** loan_budget_fits(load, row, loan, budget, side): false, with a fault of the loan's row, when it
 * was judged to go beyond the budget on this side. */
bool loan_budget_fits(struct load *load, struct load_row *row, const struct loan *loan,
                      const struct budget *budget, unsigned side);

#endif
