#include "relend.h"

#include <assert.h>

#include "plan.h"
#include "rule_check.h"

struct lending {
    struct arena *arena; /* of one month's lending: nothing of it is kept but the sums */
    const struct assume_program *assumed;
    const struct outlook_months *months;
    struct amount_sum *returned; /* by line */
};

static void put_back(const struct lending *lending, unsigned line, struct amount amount)
{
    unsigned last = lending->months->count + 1;
    amount_sum_add(&lending->returned[line < last ? line : last], amount);
}

/* What comes back of one row, under the assumptions; rounded row by row. */
static void return_row(const struct lending *lending, const struct row *row)
{
    const struct assume_program *assumed = lending->assumed;
    const struct assume_share *share = &assumed->relend.on_time;
    struct amount due = row->due_of[COMPONENT_PRINCIPAL];
    struct amount on_time = assume_product(lending->arena, assumed, due, share->share);
    struct amount rest = amount_sub(lending->arena, due, on_time);
    struct amount late =
        amount_least(rest, assume_product(lending->arena, assumed, due, share->late));
    unsigned line = outlook_month_of(lending->months, row->due);
    put_back(lending, line, on_time);
    put_back(lending, line + (unsigned)share->after, late);
}

/* Lend ${amount} on ${day}; false when the program then in force makes no plan of it. */
static bool lend(const struct lending *lending, struct date day, struct amount amount)
{
    const struct assume_program *assumed = lending->assumed;
    struct loan loan = {
        .program = assumed->program,
        .rules = program_at(assumed->program, day),
        .agreed = day,
        .disbursed = day,
        .recorded = day,
        .first_due = DATE_NONE,
        .principal = amount,
    };
    unsigned count = 0;
    if (date_before(day, assumed->program->in_force) ||
        amount_compare(amount, rule_amount(loan.rules, RULE_PRINCIPAL_MIN)) < 0 ||
        assume_terms(&assumed->relend, loan.rules, &loan.installments, &loan.grace) != NULL)
        return false;
    struct row *rows =
        ARENA_ARRAY(lending->arena, struct row, plan_rows_max(lending->arena, &loan, amount));
    if (plan_make(lending->arena, &loan, day, amount, rows, &count) != FAULT_NONE)
        return false;
    for (unsigned i = 0; i < count; i++)
        return_row(lending, &rows[i]);
    return true;
}

/* What of the cash may be lent: a share of what is above the reserve. */
static struct amount lendable(const struct lending *lending, struct amount cash)
{
    const struct assume_relend *relend = &lending->assumed->relend;
    struct amount above = amount_sub(lending->arena, cash, relend->reserve);
    if (amount_sign(above) <= 0)
        return AMOUNT_ZERO;
    return assume_product(lending->arena, lending->assumed, above, relend->share);
}

static struct amount law_of_month(struct arena *arena, struct amount before,
                                  const struct relend_month *month)
{
    struct amount fund = amount_add(arena, before, month->expected);
    fund = amount_add(arena, fund, month->returned);
    return amount_sub(arena, fund, month->lent);
}

void relend_run(struct arena *arena, const struct assume_program *assumed,
                const struct outlook_months *months, const struct outlook_group *group,
                struct relend *relend)
{
    unsigned last = months->count + 1;
    struct arena scratch; /* plans are long, and there is one for each month */
    arena_init(&scratch, arena->memory);
    struct lending lending = {&scratch, assumed, months,
                              ARENA_ARRAY(arena, struct amount_sum, last + 1)};
    *relend = (struct relend){
        .assumed = assumed,
        .months = ARENA_ARRAY(arena, struct relend_month, last + 1),
        .lent = AMOUNT_ZERO,
    };
    struct amount fund = assumed->relend.fund;
    relend->months[0].fund = fund;
    for (unsigned m = 1; m <= months->count; m++) {
        struct relend_month *month = &relend->months[m];
        month->expected = outlook_value(arena, group, m, OUTLOOK_EXPECTED);
        month->returned = amount_sum_value(arena, &lending.returned[m]);
        struct amount cash = law_of_month(arena, fund, month);
        struct amount amount = lendable(&lending, cash);
        if (!amount_is_zero(amount) && lend(&lending, months->upto[m], amount)) {
            month->lent = amount_copy(arena, amount);
            relend->lent = amount_add(arena, relend->lent, amount);
            relend->last_lent = m;
        }
        /* a down payment comes back the same day */
        month->returned = amount_sum_value(arena, &lending.returned[m]);
        month->fund = fund = law_of_month(arena, fund, month);
        assert(amount_sign(fund) >= 0);
        arena_reset(&scratch);
    }
    arena_free(&scratch);
    relend->months[last].expected = outlook_value(arena, group, last, OUTLOOK_EXPECTED);
    relend->months[last].returned = amount_sum_value(arena, &lending.returned[last]);
    for (unsigned line = 0; line <= last; line++)
        amount_sum_clear(&lending.returned[line]);
}
