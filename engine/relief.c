#include "relief.h"

#include "plan.h"
#include "rule_check.h"

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

static bool is_of_plan(const struct row *row)
{
    return row->n > 0 && !row->extra;
}

static int32_t shifted(const struct row *row)
{
    return row->beside == NULL ? 0 : row->beside->shifted;
}

/* Where the ${k}th row of the plan would stand, counted from its anchor in one step. */
static struct date nominal_of(struct account *account, const struct row *row, unsigned k,
                              int32_t periods)
{
    const struct loan *loan = account->loan;
    const struct rule_scope *rules = loan->rules;
    const struct account_payout *first = &account->payouts[0];
    if (rule_split(rules) != RULE_SPLIT_CUSTOM)
        return plan_due(account->arena, loan, first->date, first->amount,
                        k + (unsigned)(shifted(row) + periods));
    return date_add_span(loan->plan[k - 1].due, rules->value[RULE_SCHEDULE_EVERY].span,
                         shifted(row) + periods,
                         (enum date_missing_day)rule_number(rules, RULE_SCHEDULE_DUE_MISSING_DAY));
}

static struct date due_of(struct account *account, struct date nominal)
{
    return plan_business_day(account->loan->rules, nominal, account->payouts[0].date,
                             DATE_UNLIMITED);
}

/* The fewest periods that bring the row past ${until}. */
static int32_t periods_past(struct account *account, const struct row *row, unsigned k,
                            struct date until)
{
    int32_t periods = 0;
    struct date due = row->due;
    while (!date_before(until, due))
        due = due_of(account, nominal_of(account, row, k, ++periods));
    return periods;
}

/* Rows stand by due date, then n. */
static void sort_rows(struct account *account)
{
    struct row *rows = account->rows;
    for (unsigned i = 1; i < account->row_count; i++) {
        struct row row = rows[i];
        unsigned at = i;
        for (; at > 0 && (date_before(row.due, rows[at - 1].due) ||
                          (date_equal(row.due, rows[at - 1].due) && row.n < rows[at - 1].n));
             at--)
            rows[at] = rows[at - 1];
        rows[at] = row;
    }
    account->first_open = 0;
    while (account->first_open < account->row_count &&
           !account_row_is_open(&rows[account->first_open]))
        account->first_open++;
}

static void move(struct account *account, const struct program_relief *relief)
{
    int32_t periods = -1; /* not known before the first row that moves */
    unsigned k = 0;
    for (unsigned i = 0; i < account->row_count; i++) {
        struct row *row = &account->rows[i];
        k += is_of_plan(row);
        if (!is_of_plan(row) || date_before(row->due, relief->from))
            continue;
        if (periods < 0)
            periods = periods_past(account, row, k, relief->until);
        if (periods == 0)
            return;
        struct date nominal = nominal_of(account, row, k, periods);
        struct date due = due_of(account, nominal);
        if (!date_in_range(nominal) || !date_in_range(due)) {
            account->overshoots = true;
            break;
        }
        row_beside_of(account->arena, row)->shifted += periods;
        row->due_nominal = nominal;
        row->due = due;
    }
    sort_rows(account);
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
