#include <string.h>

#include "account.h"
#include "penalty.h"

static void *copy_of(struct arena *arena, const void *list, size_t count, size_t room, size_t size)
{
    void *copy = arena_zero(arena, room + 1, size);
    if (count > 0)
        memcpy(copy, list, count * size);
    return copy;
}

static void copy_rows(struct account *copy, const struct account *account, struct arena *arena)
{
    size_t room = account->row_count + account->event_count + 1;
    copy->rows = copy_of(arena, account->rows, account->row_count, room, sizeof *copy->rows);
    for (unsigned i = 0; i < copy->row_count; i++) {
        struct row *row = &copy->rows[i];
        if (row->beside == NULL)
            continue;
        row->beside = copy_of(arena, row->beside, 1, 1, sizeof *row->beside);
        penalty_copy(arena, row);
    }
}

static void copy_periods(struct account_periods *copy, size_t events, struct arena *arena)
{
    if (copy->list != NULL)
        copy->list =
            copy_of(arena, copy->list, copy->count, copy->count + events, sizeof *copy->list);
}

void account_copy(struct account *copy, const struct account *account, struct arena *arena)
{
    size_t events = account->event_count + 1;
    *copy = *account;
    copy->arena = arena;
    copy->parts = NULL;
    copy_rows(copy, account, arena);
    copy->payouts = copy_of(arena, account->payouts, account->payout_count,
                            account->payout_count + events, sizeof *copy->payouts);
    copy->credits = copy_of(arena, account->credits, account->credit_count,
                            account->credit_count + events, sizeof *copy->credits);
    if (account->chargebacks != NULL)
        copy->chargebacks = copy_of(arena, account->chargebacks, account->chargeback_count, events,
                                    sizeof *copy->chargebacks);
    if (account->uncovered != NULL)
        copy->uncovered = copy_of(arena, account->uncovered, account->event_count, events,
                                  sizeof *copy->uncovered);
    copy_periods(&copy->frozen, events, arena);
    copy_periods(&copy->relieved, events, arena);
    copy_periods(&copy->unable, events, arena);
    copy->lines = copy_of(arena, account->lines, account->line_count, account->line_count,
                          sizeof *copy->lines);
    copy->line_room = account->line_count;
    copy->stretches = copy_of(arena, account->stretches, account->stretch_count,
                              account->stretch_count, sizeof *copy->stretches);
    copy->stretch_room = account->stretch_count;
    copy->forgiven_by = copy_of(arena, account->forgiven_by, account->forgiven_count,
                                account->forgiven_count, sizeof *copy->forgiven_by);
    copy->forgiven_room = account->forgiven_count;
}
