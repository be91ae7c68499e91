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

void loan_budget_claim(struct buffer *claims, const struct account *account)
{
    const struct loan *loan = account->loan;
    struct rule_budget budget = budget_of(loan);
    const struct budget_claim claim = {
        .program = loan->program->id,
        .year = budget.year,
        .agreed = loan->agreed,
        .account_id = loan->account_id,
        .amount = loan->principal,
        .limited = budget.limited,
        .limit = budget.limit,
        .freed = cancelled_on(account),
    };
    budget_pack(claims, &claim);
}

static const char *amount_text(struct load *load, const struct loan *loan, struct amount amount)
{
    char *text = arena_alloc(load->arena, amount_text_size(amount) + 1);
    *amount_write(text, amount, loan->program->decimals) = '\0';
    return text;
}

bool loan_budget_fits(struct load *load, struct load_row *row, const struct loan *loan,
                      const struct budget *budget)
{
    const struct budget_refusal *refusal = budget_refused(budget, loan->account_id);
    if (refusal == NULL)
        return true;
    load_fault(load, row, LOAN_PRINCIPAL, FAULT_BUDGET_EXCEEDED,
               "principal %s is more than what earlier loans leave of the budget for %d: %s of %s "
               "are taken",
               amount_text(load, loan, loan->principal), budget_of(loan).year,
               amount_text(load, loan, refusal->taken), amount_text(load, loan, refusal->limit));
    return false;
}
