#include "work.h"

#include <stdio.h>

#include "rule_check.h"

void work_init(struct work *work, const struct work_job *job)
{
    *work = (struct work){.job = job};
    arena_init(&work->scratch, job->memory);
    arena_init(&work->kept, job->memory);
    faults_init(&work->faults);
    tallies_init(&work->tallies, job->memory, job->input_count);
    portfolio_init(&work->portfolio, job->memory, job->states, job->attribute_count);
}

void work_free(struct work *work)
{
    portfolio_free(&work->portfolio);
    tallies_free(&work->tallies);
    faults_free(&work->faults);
    arena_free(&work->kept);
    arena_free(&work->scratch);
    memory_release(work->rejects);
    memory_release(work->unidentified);
}

/* --- one account's rows --- */

/* The account at hand, all in the scratch arena. */
struct desk {
    struct work *work;
    struct load load;
    const struct book_bundle *bundle;
    struct load_row *loan_rows;
    struct load_row *event_rows;
    struct load_row *plan_rows;
    struct loan loan;
    struct event *events;
    struct event **order; /* sorted */
    bool rejected;
};

static struct load_row *raw_rows(struct arena *arena, const struct book_row *rows, size_t count)
{
    struct load_row *loaded = ARENA_ARRAY(arena, struct load_row, count);
    for (size_t i = 0; i < count; i++) {
        loaded[i].record = rows[i].record;
        loaded[i].columns = &rows[i].input->columns;
    }
    return loaded;
}

static void read_loans(struct desk *desk)
{
    char quoted[TEXT_QUOTE_MAX];
    size_t count = desk->bundle->loan_count;
    desk->loan_rows = raw_rows(desk->load.arena, desk->bundle->loans, count);
    for (size_t i = 0; i < count; i++) {
        struct load_row *row = &desk->loan_rows[i];
        if (!load_split(&desk->load, row))
            continue;
        load_loan(&desk->load, row, &desk->loan);
        if (count > 1 && desk->bundle->account_id.len > 0)
            load_fault(&desk->load, row, LOAN_ACCOUNT_ID, FAULT_ACCOUNT_DUPLICATE,
                       "account_id %s stands on %zu loans",
                       text_quote(quoted, desk->bundle->account_id), count);
    }
}

static void read_plan(struct desk *desk)
{
    char quoted[TEXT_QUOTE_MAX];
    const struct book_bundle *bundle = desk->bundle;
    bool one = bundle->loan_count == 1 && desk->loan_rows[0].fields != NULL;
    bool custom =
        one && desk->loan.rules != NULL && rule_split(desk->loan.rules) == RULE_SPLIT_CUSTOM;
    if (bundle->plan_count == 0 && !custom)
        return;
    desk->plan_rows = raw_rows(desk->load.arena, bundle->plan, bundle->plan_count);
    load_plan(&desk->load, desk->plan_rows, bundle->plan_count, one ? &desk->loan_rows[0] : NULL,
              one ? &desk->loan : NULL);
    for (size_t i = 0; i < bundle->plan_count && bundle->account_id.len > 0; i++)
        if (bundle->loan_count == 0 && desk->plan_rows[i].fields != NULL)
            load_fault(&desk->load, &desk->plan_rows[i], PLAN_ACCOUNT_ID, FAULT_ACCOUNT_UNKNOWN,
                       "no loan has the account_id %s", text_quote(quoted, bundle->account_id));
}

static void read_events(struct desk *desk)
{
    char quoted[TEXT_QUOTE_MAX];
    size_t count = desk->bundle->event_count, linked = 0;
    bool unplaced = desk->bundle->account_id.len == 0;
    const struct program *program = desk->bundle->loan_count == 1 ? desk->loan.program : NULL;
    desk->event_rows = raw_rows(desk->load.arena, desk->bundle->events, count);
    desk->events = ARENA_ARRAY(desk->load.arena, struct event, count);
    desk->order = ARENA_ARRAY(desk->load.arena, struct event *, count);
    for (size_t i = 0; i < count; i++) {
        struct load_row *row = &desk->event_rows[i];
        desk->events[i].type = EVENT_TYPES;
        if (!load_split(&desk->load, row))
            continue;
        load_event(&desk->load, row, program, &desk->events[i]);
        if (!unplaced && desk->bundle->loan_count == 0)
            load_fault(&desk->load, row, EVENT_ACCOUNT_ID, FAULT_ACCOUNT_UNKNOWN,
                       "no loan has the account_id %s",
                       text_quote(quoted, desk->bundle->account_id));
        desk->order[linked++] = &desk->events[i];
    }
    load_link(&desk->load, desk->order, linked);
}

static bool has_fault(const struct load_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].fault != NULL)
            return true;
    return false;
}

/* --- computing --- */

/* One computation of the account, up to as_of as known at known_at. */
struct computation {
    struct date as_of, known_at;
    struct date snapshot_on; /* DATE_NONE: none */
    struct account account;
    struct position position;
    bool exists;
    struct position snapshot; /* at the end of snapshot_on */
    struct account_totals snapshot_totals;
    bool snapshot_exists;
};

static bool refuse_event(struct desk *desk, const struct event *event,
                         const struct account_refusal *refusal)
{
    struct load_row *row = &desk->event_rows[event - desk->events];
    load_fault(&desk->load, row, refusal->of_amount ? EVENT_AMOUNT : EVENT_TYPE, refusal->code,
               "%s", refusal->text);
    return false;
}

static bool is_lawful(struct desk *desk, const char *broken)
{
    if (broken == NULL)
        return true;
    struct work *work = desk->work;
    struct text id = desk->loan.account_id;
    work->broken_law = broken;
    work->broken_account = (struct text){arena_copy(&work->kept, id.ptr, id.len), id.len};
    return false;
}

/* Bring the account to the end of ${date}, taking the snapshot when it lies on the way. */
static void pass_day(struct computation *run, struct date before, struct date date)
{
    struct account *account = &run->account;
    struct date on = run->snapshot_on;
    if (!date_is_set(on) || !date_before(on, date) || !date_before(before, date_add_days(on, 1)))
        return;
    account_advance(account, on);
    run->snapshot_on = DATE_NONE; /* once */
    run->snapshot_totals = account->totals;
    position_of(account, on, &run->snapshot);
}

static bool disburse_by_book(struct desk *desk, struct computation *run)
{
    struct account_refusal refusal = {0};
    pass_day(run, run->account.day, desk->loan.disbursed);
    if (account_disburse_by_book(&run->account, &refusal))
        return is_lawful(desk, account_law_of_totals(&run->account));
    load_fault(&desk->load, &desk->loan_rows[0], LOAN_PRINCIPAL, refusal.code, "%s", refusal.text);
    return false;
}

static bool apply_events(struct desk *desk, struct computation *run)
{
    struct account *account = &run->account;
    struct date by_book = desk->loan.disbursed;
    bool waiting = date_is_set(by_book) && !date_before(run->as_of, by_book);
    for (size_t i = 0; i < desk->bundle->event_count; i++) {
        struct event *event = desk->order[i];
        struct account_refusal refusal = {0};
        if (!event->counts || event->type == EVENT_REVERSE)
            continue;
        if (waiting && !date_before(event->date, by_book)) {
            waiting = false;
            if (!disburse_by_book(desk, run))
                return false;
        }
        pass_day(run, account->day, event->date);
        if (!account_apply(account, event, &refusal))
            return refuse_event(desk, event, &refusal);
        if (!is_lawful(desk, account_law_of_totals(account)))
            return false;
    }
    return !waiting || disburse_by_book(desk, run);
}

/* False when the account is refused. */
static bool compute(struct desk *desk, struct computation *run)
{
    struct arena *arena = desk->load.arena;
    size_t count = desk->bundle->event_count;
    struct event **scratch = arena_alloc(arena, (count + 1) * sizeof *scratch);
    struct date snapshot_on = run->snapshot_on;
    event_resolve(desk->order, count, scratch, run->as_of, run->known_at);
    run->exists = account_exists(&desk->loan, desk->order, count, run->as_of, run->known_at);
    run->snapshot_exists =
        date_is_set(snapshot_on) &&
        account_exists(&desk->loan, desk->order, count, snapshot_on, run->known_at);
    if (!run->exists)
        return true;
    account_begin(&run->account, arena, &desk->loan, desk->order, count);
    if (!apply_events(desk, run))
        return false;
    pass_day(run, run->account.day, date_add_days(run->as_of, 1));
    account_advance(&run->account, run->as_of);
    position_of(&run->account, run->as_of, &run->position);
    /* Rows once wrong do not become right again: they are added up once, not after each event. */
    return is_lawful(desk, account_law(&run->account));
}

/* Whether anything is known at one of two dates and not at the other. */
static bool knowledge_differs(const struct desk *desk, struct date a, struct date b)
{
    if (date_before(a, desk->loan.recorded) != date_before(b, desk->loan.recorded))
        return true;
    for (size_t i = 0; i < desk->bundle->event_count; i++) {
        struct date recorded = desk->order[i]->recorded;
        if (date_before(a, recorded) != date_before(b, recorded))
            return true;
    }
    return false;
}

/* --- the period --- */

static struct amount minus(struct desk *desk, struct amount a, struct amount b)
{
    return amount_sub(desk->load.arena, a, b);
}

/* What is known now of the day before the period, or of the moment after an opening within it. */
static const struct account_totals *base_of(const struct desk *desk, const struct computation *run,
                                            bool *taken_over)
{
    static const struct account_totals nothing;
    const struct event *opening = run->exists ? run->account.taken_over_by : NULL;
    *taken_over = opening != NULL && !date_before(opening->date, desk->work->job->from);
    if (*taken_over)
        return &run->account.at_opening;
    return run->snapshot_exists ? &run->snapshot_totals : &nothing;
}

static void fill_movement(struct desk *desk, const struct computation *run,
                          struct portfolio_entry *entry)
{
    static const struct position nowhere;
    static const struct account_totals nothing;
    bool taken_over;
    const struct account_totals *base = base_of(desk, run, &taken_over);
    const struct account_totals *end = run->exists ? &run->account.totals : &nothing;
    const struct position *now = run->exists ? &run->position : &nowhere;
    const struct position *opening = entry->opening == NULL ? &nowhere : entry->opening;
    const struct position *before = run->snapshot_exists ? &run->snapshot : &nowhere;
    struct amount *m = entry->movement;
    bool left = run->exists && now->status == STATUS_WRITTEN_OFF &&
                !(run->snapshot_exists && before->status == STATUS_WRITTEN_OFF);

    m[MOVEMENT_OPENING] = opening->figure[FIGURE_OUTSTANDING];
    m[MOVEMENT_RESTATED] = minus(desk, before->figure[FIGURE_OUTSTANDING], m[MOVEMENT_OPENING]);
    if (taken_over)
        m[MOVEMENT_TAKEN_OVER] = base->outstanding;
    m[MOVEMENT_DISBURSED] = minus(desk, end->disbursed, base->disbursed);
    m[MOVEMENT_REPAID] = minus(desk, end->repaid, base->repaid);
    m[MOVEMENT_WRITTEN_OFF] = minus(desk, end->written_off, base->written_off);
    m[MOVEMENT_CLOSING] = end->outstanding;
    m[MOVEMENT_PROVISION_OPENING] = opening->figure[FIGURE_PROVISION];
    m[MOVEMENT_PROVISION_CLOSING] = now->figure[FIGURE_PROVISION];
    if (left)
        m[MOVEMENT_PROVISION_WRITTEN_OFF] = m[MOVEMENT_PROVISION_OPENING];
    struct amount change =
        minus(desk, m[MOVEMENT_PROVISION_CLOSING], m[MOVEMENT_PROVISION_OPENING]);
    m[MOVEMENT_PROVISION_EXPENSE] =
        amount_add(desk->load.arena, change, m[MOVEMENT_PROVISION_WRITTEN_OFF]);
}

static void report(struct desk *desk, const struct computation *run)
{
    const struct work_job *job = desk->work->job;
    struct buffer *out = desk->work->out;
    if (!run->exists)
        return;
    report_schedule(&out[REPORT_SCHEDULE], &run->account, job->as_of);
    report_allocations(&out[REPORT_ALLOCATIONS], &run->account);
    report_arrears(&out[REPORT_ARREARS], &run->account, job->as_of, &run->position,
                   job->carried_count);
}

/* Compute all positions that the run needs; false when the account is refused. */
static bool compute_account(struct desk *desk)
{
    const struct work_job *job = desk->work->job;
    struct computation published = {.exists = false};
    struct computation run = {.as_of = job->as_of, .known_at = job->known_at};
    bool period = date_is_set(job->from);
    struct portfolio_entry entry = {.loan = &desk->loan};
    run.snapshot_on = period ? date_add_days(job->from, -1) : DATE_NONE;
    bool apart = period && knowledge_differs(desk, job->known_at, job->from_known_at);
    event_sort(desk->order, desk->bundle->event_count);
    if (apart) {
        published.as_of = run.snapshot_on;
        published.known_at = job->from_known_at;
        published.snapshot_on = DATE_NONE;
        if (!compute(desk, &published))
            return false;
    }
    if (!compute(desk, &run))
        return false;
    if (run.exists)
        entry.now = &run.position;
    if (period && (apart ? published.exists : run.snapshot_exists))
        entry.opening = apart ? &published.position : &run.snapshot;
    entry.moves = period && (run.exists || run.snapshot_exists || entry.opening != NULL);
    if (entry.moves)
        fill_movement(desk, &run, &entry);
    if (run.exists || entry.moves)
        portfolio_add(&desk->work->portfolio, &entry);
    report(desk, &run);
    return true;
}

/* --- rows set aside, totals --- */

static struct text keep(struct work *work, struct text text)
{
    return (struct text){arena_copy(&work->kept, text.ptr, text.len), text.len};
}

static void *grow(struct work *work, void *list, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return list;
    *room = *room == 0 ? 64 : 2 * *room;
    return memory_resize(work->job->memory, list, memory_product(work->job->memory, *room, size));
}

static void set_aside(struct work *work, const struct book_row *raw, const struct load_row *row,
                      unsigned type_column, unsigned amount_column)
{
    work->rejects =
        grow(work, work->rejects, work->reject_count, &work->reject_room, sizeof *work->rejects);
    struct work_reject *reject = &work->rejects[work->reject_count++];
    bool split = row->fields != NULL;
    struct text nothing = {"", 0};
    *reject = (struct work_reject){
        .input = raw->input,
        .line = raw->record.line,
        .account_id = keep(work, raw->account_id),
        .type = keep(work,
                     split && type_column < EVENT_COLUMNS ? load_field(row, type_column) : nothing),
        .amount = keep(work, split ? load_field(row, amount_column) : nothing),
        .code = row->fault != NULL ? row->fault->code : FAULT_ACCOUNT_REJECTED,
    };
    reject->reason = row->fault != NULL ? keep(work, text_of(row->fault->reason))
                                        : text_of("another row of the account is at fault");
}

static unsigned input_index(const struct work *work, const struct book_input *input)
{
    return (unsigned)(input - work->job->inputs);
}

/* Count all rows of the bundle; ${whole}: the account goes as a whole. */
static void count_rows(struct desk *desk, bool whole)
{
    struct work *work = desk->work;
    const struct book_bundle *bundle = desk->bundle;
    for (size_t i = 0; i < bundle->loan_count; i++) {
        const struct load_row *row = &desk->loan_rows[i];
        bool rejected = whole || row->fault != NULL;
        tallies_add(&work->tallies, input_index(work, bundle->loans[i].input), BOOK_LOANS,
                    EVENT_TYPES, row, rejected);
        if (rejected)
            set_aside(work, &bundle->loans[i], row, EVENT_COLUMNS, LOAN_PRINCIPAL);
    }
    for (size_t i = 0; i < bundle->event_count; i++) {
        const struct load_row *row = &desk->event_rows[i];
        bool rejected = whole || row->fault != NULL;
        tallies_add(&work->tallies, input_index(work, bundle->events[i].input), BOOK_EVENTS,
                    desk->events[i].type, row, rejected);
        if (rejected)
            set_aside(work, &bundle->events[i], row, EVENT_TYPE, EVENT_AMOUNT);
    }
    for (size_t i = 0; i < bundle->plan_count; i++) {
        const struct load_row *row = &desk->plan_rows[i];
        bool rejected = whole || row->fault != NULL;
        tallies_add(&work->tallies, input_index(work, bundle->plan[i].input), BOOK_PLAN,
                    EVENT_TYPES, row, rejected);
        if (rejected)
            set_aside(work, &bundle->plan[i], row, EVENT_COLUMNS, PLAN_AMOUNT);
    }
}

/* Rows without an account: unidentified money and what takes it back. */
static void work_unplaced(struct desk *desk)
{
    struct work *work = desk->work;
    const struct work_job *job = work->job;
    size_t count = 0;
    struct event **scratch =
        arena_alloc(desk->load.arena, (desk->bundle->event_count + 1) * sizeof *scratch);
    for (size_t i = 0; i < desk->bundle->event_count; i++)
        if (desk->event_rows[i].fault == NULL)
            desk->order[count++] = &desk->events[i];
    event_resolve(desk->order, count, scratch, job->as_of, job->known_at);
    for (size_t i = 0; i < count; i++) {
        const struct event *event = desk->order[i];
        size_t index = (size_t)(event - desk->events);
        if (!event->counts || event->type != EVENT_UNIDENTIFIED)
            continue;
        work->unidentified = grow(work, work->unidentified, work->unidentified_count,
                                  &work->unidentified_room, sizeof *work->unidentified);
        work->unidentified[work->unidentified_count++] = (struct work_unidentified){
            .input = desk->bundle->events[index].input,
            .line = desk->bundle->events[index].record.line,
            .event_id = keep(work, event->id),
            .amount = keep(work, load_field(&desk->event_rows[index], EVENT_AMOUNT)),
            .document = keep(work, event->document),
            .date = event->date,
        };
    }
    count_rows(desk, false);
}

void work_account(struct work *work, const struct book_bundle *bundle)
{
    const struct work_job *job = work->job;
    arena_reset(&work->scratch);
    struct desk desk = {
        .work = work,
        .bundle = bundle,
        .load = {.arena = &work->scratch,
                 .faults = &work->faults,
                 .programs = job->programs,
                 .program_count = job->program_count,
                 .attribute_count = job->attribute_count,
                 .carried_count = job->carried_count,
                 .ruled = job->ruled,
                 .ruled_count = job->ruled_count},
    };
    read_loans(&desk);
    read_plan(&desk);
    read_events(&desk);
    if (bundle->account_id.len == 0) {
        work_unplaced(&desk);
        return;
    }
    bool refused = has_fault(desk.loan_rows, bundle->loan_count) ||
                   has_fault(desk.event_rows, bundle->event_count) ||
                   has_fault(desk.plan_rows, bundle->plan_count);
    if (!refused)
        refused = !compute_account(&desk);
    count_rows(&desk, refused);
}

void work_merge(struct work *into, const struct work *from)
{
    faults_merge(&into->faults, &from->faults);
    tallies_merge(&into->tallies, &from->tallies);
    portfolio_merge(&into->portfolio, &from->portfolio);
    for (size_t i = 0; i < from->reject_count; i++) {
        into->rejects = grow(into, into->rejects, into->reject_count, &into->reject_room,
                             sizeof *into->rejects);
        into->rejects[into->reject_count++] = from->rejects[i];
    }
    for (size_t i = 0; i < from->unidentified_count; i++) {
        into->unidentified = grow(into, into->unidentified, into->unidentified_count,
                                  &into->unidentified_room, sizeof *into->unidentified);
        into->unidentified[into->unidentified_count++] = from->unidentified[i];
    }
    if (into->broken_law == NULL && from->broken_law != NULL) {
        into->broken_law = from->broken_law;
        into->broken_account = from->broken_account;
    }
}
