#include "trace.h"

#include <string.h>

#include "penalty.h"

/* A row as it was when it was last noted. */
struct trace_row {
    int32_t key;
    struct amount value[TRACE_ROW_FIELDS];
    struct fraction penalty; /* den 0: nothing yet */
    size_t run;              /* 1 + index of its last entry of the penalties, 0: none */
};

void trace_begin(struct trace *trace, struct arena *arena)
{
    *trace = (struct trace){.arena = arena};
}

int32_t trace_row_key(const struct account *account, unsigned index)
{
    int32_t zero_rows = 0;
    if (account->rows[index].n != ROW_UNNUMBERED)
        return account->rows[index].n;
    for (unsigned i = 0; i < index; i++)
        zero_rows += account->rows[i].n == ROW_UNNUMBERED;
    return -1 - zero_rows;
}

struct amount trace_value(struct arena *arena, const struct row *row, enum trace_field field)
{
    struct amount waived = AMOUNT_ZERO;
    switch (field) {
    case TRACE_PRINCIPAL_DUE:
        return row_due(arena, row, COMPONENT_PRINCIPAL);
    case TRACE_FEE_DUE:
        return row_due(arena, row, COMPONENT_FEE);
    case TRACE_PENALTY_DUE:
        return row_due(arena, row, COMPONENT_PENALTY);
    case TRACE_PRINCIPAL_PAID:
        return row->paid[COMPONENT_PRINCIPAL];
    case TRACE_FEE_PAID:
        return row->paid[COMPONENT_FEE];
    case TRACE_PENALTY_PAID:
        return row->paid[COMPONENT_PENALTY];
    case TRACE_WAIVED:
        for (unsigned c = 0; c < COMPONENTS && row->beside != NULL; c++)
            waived = amount_add(arena, waived, row->beside->waived[c]);
        return waived;
    case TRACE_PENALTY_WAIVED:
    case TRACE_FEE_WAIVED:
    case TRACE_PRINCIPAL_FORGIVEN:
        return row->beside == NULL ? waived : row->beside->waived[field - TRACE_PENALTY_WAIVED];
    case TRACE_PAID_IN_ADVANCE:
        return row->paid_in_advance;
    case TRACE_PAID_LATE:
        return row->paid_late;
    case TRACE_DUE_NOMINAL:
        return amount_of(row->due_nominal.day);
    case TRACE_DUE:
        return amount_of(row->due.day);
    case TRACE_PAID_ON:
        return amount_of(row->paid_on.day);
    default:
        return waived;
    }
}

struct amount trace_total(const struct account *account, enum trace_field field)
{
    const struct account_totals *totals = &account->totals;
    switch (field) {
    case TRACE_DISBURSED:
        return totals->disbursed;
    case TRACE_REPAID:
        return totals->repaid;
    case TRACE_FUNDED:
        return totals->funded;
    case TRACE_WRITTEN_OFF:
        return totals->written_off;
    case TRACE_FORGIVEN:
        return totals->forgiven;
    case TRACE_RECOVERED:
        return totals->recovered;
    case TRACE_OUTSTANDING:
        return totals->outstanding;
    case TRACE_CREDIT:
        return totals->credit;
    case TRACE_COLLATERAL:
        return account->collateral;
    default:
        return AMOUNT_ZERO;
    }
}

/* --- what has changed --- */

static void add_change(struct trace *trace, int32_t row, enum trace_field field,
                       struct amount before, struct amount after)
{
    if (amount_compare(before, after) == 0)
        return;
    trace->changes = arena_grow(trace->arena, trace->changes, trace->change_count,
                                &trace->change_room, sizeof *trace->changes);
    trace->changes[trace->change_count++] =
        (struct trace_change){trace->step_count - 1, row, field, before, after};
}

static const struct trace_row *find_last(const struct trace *trace, int32_t key, unsigned guess)
{
    if (guess < trace->last_count && trace->last[guess].key == key)
        return &trace->last[guess];
    for (unsigned i = 0; i < trace->last_count; i++)
        if (trace->last[i].key == key)
            return &trace->last[i];
    return NULL;
}

static struct trace_row blank(int32_t key)
{
    struct trace_row row = {.key = key};
    for (unsigned field = TRACE_AMOUNTS; field < TRACE_ROW_FIELDS; field++)
        row.value[field] = amount_of(DATE_NONE.day);
    return row;
}

static void note_penalty(struct trace *trace, const struct trace_row *before,
                         struct trace_row *after)
{
    struct fraction added = after->penalty;
    bool first = amount_is_zero(before->penalty.den);
    if (amount_is_zero(after->penalty.den) ||
        (!first && fraction_compare(trace->arena, before->penalty, after->penalty) == 0))
        return;
    if (!first)
        added = fraction_add(trace->arena, after->penalty,
                             (struct fraction){amount_negate(trace->arena, before->penalty.num),
                                               before->penalty.den});
    struct date date = trace->steps[trace->step_count - 1].date;
    struct trace_penalty *last = before->run == 0 ? NULL : &trace->penalties[before->run - 1];
    if (last != NULL && date_equal(date_add_days(last->upto, 1), date) &&
        fraction_compare(trace->arena, last->added, added) == 0) {
        last->upto = date;
        last->times++;
        return;
    }
    trace->penalties = arena_grow(trace->arena, trace->penalties, trace->penalty_count,
                                  &trace->penalty_room, sizeof *trace->penalties);
    trace->penalties[trace->penalty_count++] =
        (struct trace_penalty){date, date, after->key, 1, added};
    after->run = trace->penalty_count;
}

/* ${rising}: a penalty that rose is left for a later step. */
static void note_row(struct trace *trace, const struct row *row, int32_t key, unsigned index,
                     bool rising, struct trace_row *now)
{
    const struct trace_row none = blank(key), *before = find_last(trace, key, index);
    if (before == NULL)
        before = &none;
    now->key = key;
    now->penalty = penalty_sum(row);
    now->run = before->run;
    for (unsigned field = 0; field < TRACE_ROW_FIELDS; field++) {
        now->value[field] = trace_value(trace->arena, row, (enum trace_field)field);
        if (rising && field == TRACE_PENALTY_DUE)
            now->value[field] = before->value[field];
        add_change(trace, key, (enum trace_field)field, before->value[field], now->value[field]);
    }
    note_penalty(trace, before, now);
}

/* Rows in which nothing was left. */
static void note_gone(struct trace *trace, const struct trace_row *rows, unsigned count)
{
    for (unsigned i = 0; i < trace->last_count; i++) {
        const struct trace_row *last = &trace->last[i], none = blank(last->key);
        bool there = false;
        for (unsigned k = 0; k < count && !there; k++)
            there = rows[k].key == last->key;
        for (unsigned field = 0; field < TRACE_ROW_FIELDS && !there; field++)
            add_change(trace, last->key, (enum trace_field)field, last->value[field],
                       none.value[field]);
    }
}

static void note_rows(struct trace *trace, const struct account *account, bool rising)
{
    int32_t zero_rows = 0;
    if (account->row_count > trace->room) {
        trace->room = 2 * account->row_count;
        trace->spare = ARENA_ARRAY(trace->arena, struct trace_row, trace->room);
        struct trace_row *last = ARENA_ARRAY(trace->arena, struct trace_row, trace->room);
        if (trace->last_count > 0)
            memcpy(last, trace->last, trace->last_count * sizeof *last);
        trace->last = last;
    }
    struct trace_row *rows = trace->spare;
    for (unsigned i = 0; i < account->row_count; i++) {
        const struct row *row = &account->rows[i];
        int32_t key = row->n == ROW_UNNUMBERED ? -1 - zero_rows++ : row->n;
        note_row(trace, row, key, i, rising, &rows[i]);
    }
    if (account->row_count < trace->last_count)
        note_gone(trace, rows, account->row_count);
    trace->spare = trace->last;
    trace->last = rows;
    trace->last_count = account->row_count;
}

static void note(struct trace *trace, const struct account *account, enum trace_cause cause,
                 struct date date, const struct event *event, bool rising)
{
    size_t changes = trace->change_count, penalties = trace->penalty_count;
    trace->steps = arena_grow(trace->arena, trace->steps, trace->step_count, &trace->step_room,
                              sizeof *trace->steps);
    struct trace_step *step = &trace->steps[trace->step_count++];
    *step = (struct trace_step){
        .cause = cause,
        .date = date,
        .event = event,
        .stage = account->stage,
        .first_line = trace->lines,
        .lines = account->line_count - trace->lines,
        .first_part = trace->parts_seen,
        .parts = trace->parts.count - trace->parts_seen,
    };
    if (account->forgiven_count > trace->forgiven)
        step->rule = account->forgiven_by[account->forgiven_count - 1];
    trace->lines = account->line_count;
    trace->parts_seen = trace->parts.count;
    trace->forgiven = account->forgiven_count;
    note_rows(trace, account, rising && step->lines == 0);
    for (unsigned i = 0; i < TRACE_TOTALS; i++) {
        enum trace_field field = (enum trace_field)(TRACE_ROW_FIELDS + i);
        struct amount now = trace_total(account, field);
        add_change(trace, TRACE_NO_ROW, field, trace->totals[i], now);
        trace->totals[i] = now;
    }
    bool changed = trace->change_count > changes || trace->penalty_count > penalties;
    if (!changed && cause == TRACE_BY_DAY && step->lines == 0)
        trace->step_count--;
}

void trace_note(struct trace *trace, const struct account *account, enum trace_cause cause,
                struct date date, const struct event *event)
{
    note(trace, account, cause, date, event, false);
}

/* --- day after day --- */

/* Whether anything happens by itself from one day to the next. */
static bool lives(const struct account *account)
{
    return (account->stage == ACCOUNT_RUNNING || account->stage == ACCOUNT_WRITTEN_OFF) &&
           (account->is_ruled_daily || !amount_is_zero(account->totals.credit));
}

void trace_advance(struct trace *trace, struct account *account, struct date date)
{
    while (lives(account) && date_is_set(account->day) && date_before(account->day, date)) {
        struct date day = account->day;
        account_finish(account, day); /* what its end changes is of that day */
        note(trace, account, TRACE_BY_DAY, day, NULL, true);
        day = date_add_days(day, 1);
        account_advance(account, day);
        note(trace, account, TRACE_BY_DAY, day, NULL, true);
    }
    account_advance(account, date);
    trace_note(trace, account, TRACE_BY_DAY, date, NULL);
}

void trace_finish(struct trace *trace, struct account *account, struct date date)
{
    trace_advance(trace, account, date);
    account_finish(account, date);
    trace_note(trace, account, TRACE_BY_DAY, date, NULL);
}

struct amount trace_at(const struct trace *trace, int32_t row, enum trace_field field,
                       struct date date)
{
    struct amount value = AMOUNT_ZERO;
    for (size_t i = 0; i < trace->change_count; i++) {
        const struct trace_change *change = &trace->changes[i];
        if (date_before(date, trace->steps[change->step].date))
            break;
        if (change->row == row && change->field == field)
            value = change->after;
    }
    return value;
}
