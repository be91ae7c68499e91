#include "loan_budget.h"

#include "rule_check.h"

static struct rule_budget budget_of(const struct loan *loan)
{
    return rule_budget_of(loan->rules, RULE_PRINCIPAL_BUDGET, RULE_PRINCIPAL_BUDGET_ANY,
                          loan->agreed);
}

/* The day of the cancel that ended it; DATE_NONE: none did. */
static struct date cancelled_on(const struct account *account)
{
    struct date on = DATE_NONE;
    for (size_t i = 0; i < account->event_count && account->stage == ACCOUNT_CANCELLED; i++)
        if (account->events[i]->type == EVENT_CANCEL && account->events[i]->counts)
            on = account->events[i]->date;
    return on;
}

void loan_budget_claim(struct budget_claim *claim, const struct account *account)
{
    const struct loan *loan = account->loan;
    struct rule_budget budget = budget_of(loan);
    *claim = (struct budget_claim){
        .made = true,
        .program = loan->program->id,
        .year = budget.year,
        .agreed = loan->agreed,
        .account_id = loan->account_id,
        .amount = loan->principal,
        .limited = budget.limited,
        .limit = budget.limit,
        .freed = cancelled_on(account),
    };
}

bool loan_budget_fits(struct load *load, struct load_row *row, const struct loan *loan,
                      const struct budget *budget, unsigned side)
{
    const struct budget_bid bid = {
        .account_id = loan->account_id,
        .column = LOAN_PRINCIPAL,
        .one = "principal",
        .many = "loans",
        .amount = loan->principal,
        .decimals = loan->program->decimals,
        .year = budget_of(loan).year,
    };
    return budget_fits(budget, side, load, row, &bid);
}
