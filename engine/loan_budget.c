#include "loan_budget.h"

#include <stdio.h>

static int year_of(struct date date)
{
    int year, month, day;
    date_split(date, &year, &month, &day);
    return year;
}

/* What the loan's own rules give in the year; 0 where they do not name it. */
static struct amount limit_of(const struct loan *loan)
{
    const struct rule_value *years = &loan->rules->value[RULE_PRINCIPAL_BUDGET];
    struct amount limit = AMOUNT_ZERO;
    char name[16];
    (void)snprintf(name, sizeof name, "%04d", year_of(loan->agreed));
    for (unsigned i = 0; i < years->count; i++)
        if (text_is(years->items[i]->name, name))
            limit = rule_amount(years->items[i], RULE_PRINCIPAL_BUDGET_ANY);
    return limit;
}

/* The day of the cancel that ended the account: one that had no effect frees nothing. */
static struct date freed_on(const struct account *account)
{
    struct date freed = DATE_NONE;
    if (account->stage != ACCOUNT_CANCELLED)
        return freed;
    for (size_t i = 0; i < account->event_count; i++)
        if (account->events[i]->type == EVENT_CANCEL && account->events[i]->counts)
            freed = account->events[i]->date;
    return freed;
}

void loan_budget_claim(struct buffer *claims, const struct account *account)
{
    const struct loan *loan = account->loan;
    const struct budget_claim claim = {
        .program = loan->program->id,
        .year = year_of(loan->agreed),
        .agreed = loan->agreed,
        .account_id = loan->account_id,
        .amount = loan->principal,
        .limited = rule_is_set(loan->rules, RULE_PRINCIPAL_BUDGET),
        .limit = limit_of(loan),
        .freed = freed_on(account),
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
               amount_text(load, loan, loan->principal), year_of(loan->agreed),
               amount_text(load, loan, refusal->taken), amount_text(load, loan, refusal->limit));
    return false;
}
