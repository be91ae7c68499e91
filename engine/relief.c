#include "relief.h"

#include "plan.h"
#include "replan.h"

void relief_freeze(struct account *account)
{
    const struct loan *loan = account->loan;
    struct account_periods *relieved = &account->relieved;
    relieved->list = ARENA_ARRAY(account->arena, struct account_period, loan->relief_count);
    for (unsigned i = 0; i < loan->relief_count; i++) {
        const struct program_relief *relief = loan->reliefs[i];
        struct date after = date_add_days(relief->from, -1);
        if (relief->shifts)
            continue;
        if (relieved->count > 0 && date_before(after, relieved->list[relieved->count - 1].upto))
            after = relieved->list[relieved->count - 1].upto;
        if (date_before(after, relief->until))
            relieved->list[relieved->count++] = (struct account_period){after, relief->until};
    }
}

struct date relief_next(const struct account *account)
{
    const struct loan *loan = account->loan;
    for (unsigned i = 0; i < loan->relief_count; i++)
        if (loan->reliefs[i]->shifts && date_before(account->day, loan->reliefs[i]->from))
            return loan->reliefs[i]->from;
    return DATE_UNLIMITED;
}

/* --- rows that move --- */

/* The fewest periods that bring the row past ${until}; its dates are counted from its anchor in
 * one step. */
static int32_t periods_past(struct account *account, const struct row *row, struct date until)
{
    struct row_count count = replan_count_of(account, row);
    int32_t first = count.k;
    struct date due = row->due;
    while (!date_before(until, due)) {
        count.k++;
        due = plan_business_day(account->loan->rules, replan_date(account, &count),
                                account->payouts[0].date, DATE_UNLIMITED);
    }
    return count.k - first;
}

static void move(struct account *account, const struct program_relief *relief)
{
    int32_t periods = -1; /* not known before the first row that moves */
    for (unsigned i = 0; i < account->row_count; i++) {
        struct row *row = &account->rows[i];
        if (!replan_is_of_plan(row) || date_before(row->due, relief->from))
            continue;
        if (periods < 0)
            periods = periods_past(account, row, relief->until);
        if (periods == 0)
            return;
        struct row_count count = replan_count_of(account, row);
        count.k += periods;
        if (!replan_set_date(account, row, &count)) {
            account->overshoots = true;
            break;
        }
    }
    replan_sort(account);
}

static bool is_active(const struct account *account)
{
    for (unsigned i = account->first_open; i < account->row_count; i++)
        if (account_row_is_open(&account->rows[i]))
            return account->stage == ACCOUNT_RUNNING;
    return false;
}

void relief_act(struct account *account)
{
    const struct loan *loan = account->loan;
    for (unsigned i = 0; i < loan->relief_count; i++)
        if (loan->reliefs[i]->shifts && date_equal(loan->reliefs[i]->from, account->day) &&
            is_active(account))
            move(account, loan->reliefs[i]);
}
