#include "account.h"
#include "penalty.h"

/* Penalties rise from day to day: the last day of a stretch, the worst of them, has the amount.
 * They are of rows that were late when it began. */
static void add_stretch(struct account *account, struct account_stretch *stretch)
{
    if (account->loan->program->has_penalty)
        stretch->overdue.amount = amount_add(account->arena, stretch->overdue.amount,
                                             penalty_assess(account, stretch->upto));
    account->stretches = arena_grow(account->arena, account->stretches, account->stretch_count,
                                    &account->stretch_room, sizeof *account->stretches);
    account->stretches[account->stretch_count++] = *stretch;
}

static void add_late_row(struct arena *arena, const struct row *row,
                         struct account_overdue *overdue)
{
    if (!date_is_set(overdue->oldest_due))
        overdue->oldest_due = row->due; /* rows stand by due date */
    overdue->installments++;
    overdue->amount = amount_add(arena, overdue->amount, account_row_unpaid_all(arena, row));
}

void account_keep_days(struct account *account, struct date from, struct date upto)
{
    struct account_stretch stretch = {
        .from = from,
        .outstanding = account->totals.outstanding,
        .overdue = {.oldest_due = DATE_NONE, .last_due = account->rows[account->row_count - 1].due},
    };
    for (unsigned i = account->first_open; i < account->row_count; i++) {
        const struct row *row = &account->rows[i];
        if (!date_before(row->due, upto))
            break; /* not late in these days */
        if (!account_row_is_open(row))
            continue;
        if (!date_before(row->due, stretch.from)) { /* late from the day after it on */
            stretch.upto = row->due;
            add_stretch(account, &stretch);
            stretch.from = date_add_days(row->due, 1);
        }
        add_late_row(account->arena, row, &stretch.overdue);
    }
    stretch.upto = upto;
    add_stretch(account, &stretch);
}
