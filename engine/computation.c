#include "computation.h"

#include <stdio.h>

#include "rule_check.h"

bool computation_is_by_borrower(const struct rule_scope *rules)
{
    return rule_number(rules, RULE_ARREARS_SCOPE) == RULE_SCOPE_BORROWER;
}

/* --- from day to day --- */

static void finish(struct computation *run, struct date date)
{
    if (run->trace != NULL)
        trace_finish(run->trace, &run->account, date);
    else
        account_finish(&run->account, date);
}

static void note(struct computation *run, enum trace_cause cause, struct date date,
                 const struct event *event)
{
    if (run->trace != NULL)
        trace_note(run->trace, &run->account, cause, date, event);
}

/* The position at the end of ${date}; the class is the borrower's where the program says so. */
static void take_position(const struct computation *run, struct date date,
                          enum borrowers_moment moment, struct position *position)
{
    const struct loan *loan = run->loan;
    position_of(&run->account, date, position);
    if (run->borrowers != NULL && computation_is_by_borrower(position->rules) &&
        loan->borrower_id.len > 0)
        position_worsen(&run->account, position,
                        borrowers_worst(run->borrowers, loan->program, loan->borrower_id, moment));
}

/* Claim for the months that end on a day from ${from} to before ${date}. */
static void pass_months(struct computation *run, struct date from, struct date date)
{
    struct account *account = &run->account;
    if (!run->claims || account->stage == ACCOUNT_PENDING || account->stage == ACCOUNT_CANCELLED)
        return;
    for (struct date end = subsidy_month_end(from); date_before(end, date);
         end = subsidy_month_end(date_add_days(end, 1))) {
        if (date_is_set(account->opening) && date_before(end, account->opening))
            continue; /* the account does not exist then */
        finish(run, end);
        subsidy_end_month(&run->subsidy, account, end);
    }
}

/* Bring the account to the end of the day before ${date}, taking the snapshot when it lies on the
 * way. */
static void pass_day(struct computation *run, struct date date)
{
    struct account *account = &run->account;
    struct date before = account->day, on = run->snapshot_on;
    if (!date_is_set(on) || !date_before(on, date) || !date_before(before, date_add_days(on, 1))) {
        pass_months(run, before, date);
        return;
    }
    pass_months(run, before, date_add_days(on, 1));
    finish(run, on);
    run->snapshot_on = DATE_NONE; /* once */
    run->snapshot_totals = account->totals;
    take_position(run, on, BORROWERS_OPENING, &run->snapshot);
    pass_months(run, date_add_days(on, 1), date);
}

/* --- what happens --- */

/* The days up to the beginning of ${date}, on which something happens. */
static void come_to(struct computation *run, struct date date)
{
    pass_day(run, date);
    if (run->trace != NULL)
        trace_advance(run->trace, &run->account, date);
}

static bool is_lawful(struct computation *run, const char *broken)
{
    run->broken_law = broken;
    return broken == NULL;
}

static bool disburse_by_book(struct computation *run)
{
    struct date date = run->loan->disbursed;
    come_to(run, date);
    if (!account_disburse_by_book(&run->account, &run->refusal))
        return false;
    note(run, TRACE_BY_BOOK, date, NULL);
    return is_lawful(run, account_law_of_totals(&run->account));
}

static bool apply_event(struct computation *run, struct event *event)
{
    come_to(run, event->date);
    if (!account_apply(&run->account, event, &run->refusal)) {
        run->refused_event = event;
        return false;
    }
    note(run, TRACE_BY_EVENT, event->date, event);
    return is_lawful(run, account_law_of_totals(&run->account));
}

static bool apply_events(struct computation *run)
{
    struct date by_book = run->loan->disbursed;
    bool waiting = date_is_set(by_book) && !date_before(run->as_of, by_book);
    for (size_t i = 0; i < run->event_count; i++) {
        struct event *event = run->events[i];
        if (!event->counts || event->type == EVENT_REVERSE)
            continue;
        if (waiting && !date_before(event->date, by_book)) {
            waiting = false;
            if (!disburse_by_book(run))
                return false;
        }
        if (!apply_event(run, event))
            return false;
    }
    return !waiting || disburse_by_book(run);
}

static bool refuse_relief(struct computation *run)
{
    run->refused_by_relief = true;
    run->refusal.code = FAULT_PLAN_TOO_LATE;
    (void)snprintf(run->refusal.text, sizeof run->refusal.text,
                   "a relief of the program moves a row past 2199-12-31");
    return false;
}

bool computation_run(struct computation *run)
{
    size_t count = run->event_count;
    struct event **scratch = arena_alloc(run->arena, (count + 1) * sizeof *scratch);
    event_resolve(run->events, count, scratch, run->as_of, run->known_at);
    run->exists = account_exists(run->loan, run->events, count, run->as_of, run->known_at);
    run->snapshot_exists =
        date_is_set(run->snapshot_on) &&
        account_exists(run->loan, run->events, count, run->snapshot_on, run->known_at);
    if (!run->exists)
        return true;
    account_begin(&run->account, run->arena, run->loan, run->events, count);
    if (run->trace != NULL)
        run->account.parts = &run->trace->parts;
    note(run, TRACE_BY_BOOK, run->loan->agreed, NULL);
    if (!apply_events(run))
        return false;
    pass_day(run, date_add_days(run->as_of, 1));
    finish(run, run->as_of);
    if (run->account.overshoots)
        return refuse_relief(run);
    take_position(run, run->as_of, run->moment, &run->position);
    /* Rows once wrong do not become right again: they are added up once, not after each event. */
    return is_lawful(run, account_law(&run->account));
}

/* --- the period --- */

static const struct account_totals nothing;

const struct account_totals *computation_base(const struct computation *run, struct date from,
                                              bool *taken_over)
{
    const struct event *opening = run->exists ? run->account.taken_over_by : NULL;
    *taken_over = opening != NULL && !date_before(opening->date, from);
    if (*taken_over)
        return &run->account.at_opening;
    return run->snapshot_exists ? &run->snapshot_totals : &nothing;
}

static bool is_written_off(const struct position *position)
{
    return position->status == STATUS_WRITTEN_OFF || position->status == STATUS_ENDED;
}

void computation_movement(const struct computation *run, struct date from,
                          struct portfolio_entry *entry)
{
    static const struct position nowhere;
    struct arena *arena = run->arena;
    bool taken_over;
    const struct account_totals *base = computation_base(run, from, &taken_over);
    const struct account_totals *end = run->exists ? &run->account.totals : &nothing;
    const struct position *now = run->exists ? &run->position : &nowhere;
    const struct position *opening = entry->opening == NULL ? &nowhere : entry->opening;
    const struct position *before = run->snapshot_exists ? &run->snapshot : &nowhere;
    struct amount *m = entry->movement;
    bool left =
        run->exists && is_written_off(now) && !(run->snapshot_exists && is_written_off(before));

    m[MOVEMENT_OPENING] = opening->figure[FIGURE_OUTSTANDING];
    m[MOVEMENT_RESTATED] =
        amount_sub(arena, before->figure[FIGURE_OUTSTANDING], m[MOVEMENT_OPENING]);
    if (taken_over)
        m[MOVEMENT_TAKEN_OVER] = base->outstanding;
    m[MOVEMENT_DISBURSED] = amount_sub(arena, end->disbursed, base->disbursed);
    m[MOVEMENT_REPAID] = amount_sub(arena, end->repaid, base->repaid);
    m[MOVEMENT_WRITTEN_OFF] = amount_sub(arena, end->written_off, base->written_off);
    m[MOVEMENT_FORGIVEN] = amount_sub(arena, end->forgiven, base->forgiven);
    m[MOVEMENT_CLOSING] = end->outstanding;
    m[MOVEMENT_PROVISION_OPENING] = opening->figure[FIGURE_PROVISION];
    m[MOVEMENT_PROVISION_CLOSING] = now->figure[FIGURE_PROVISION];
    if (left)
        m[MOVEMENT_PROVISION_WRITTEN_OFF] = m[MOVEMENT_PROVISION_OPENING];
    struct amount change =
        amount_sub(arena, m[MOVEMENT_PROVISION_CLOSING], m[MOVEMENT_PROVISION_OPENING]);
    m[MOVEMENT_PROVISION_EXPENSE] = amount_add(arena, change, m[MOVEMENT_PROVISION_WRITTEN_OFF]);
}
