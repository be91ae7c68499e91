#include "work.h"

#include <assert.h>

#include "grant_budget.h"
#include "grant_position.h"
#include "loan_budget.h"
#include "rule_check.h"

static bool is_by_borrower(const struct rule_scope *rules)
{
    return rule_number(rules, RULE_ARREARS_SCOPE) == RULE_SCOPE_BORROWER;
}

/* Whether the program classes by borrower at a date for which the run classes. */
static bool asks_borrowers(const struct work_job *job, const struct program *program)
{
    return is_by_borrower(program_at(program, job->as_of)) ||
           (date_is_set(job->from) &&
            is_by_borrower(program_at(program, date_add_days(job->from, -1))));
}

bool work_asks_borrowers(const struct work_job *job)
{
    for (unsigned i = 0; i < job->program_count; i++)
        if (asks_borrowers(job, job->programs[i]))
            return true;
    return false;
}

bool work_asks_budget(const struct work_job *job)
{
    for (unsigned i = 0; i < job->program_count; i++)
        if (job->programs[i]->has_budget && (job->programs[i]->is_grant ? job->grants : job->loans))
            return true;
    return false;
}

void work_init(struct work *work, const struct work_job *job)
{
    *work = (struct work){.job = job};
    arena_init(&work->scratch, job->memory);
    buffer_init(&work->line, job->memory);
    buffer_init(&work->broken_account, job->memory);
    faults_init(&work->faults);
    borrowers_init(&work->borrowers, job->memory);
    tallies_init(&work->tallies, job->memory, job->input_count);
    portfolio_init(&work->portfolio, job->memory, job->states, job->attribute_count);
}

void work_free(struct work *work)
{
    portfolio_free(&work->portfolio);
    borrowers_free(&work->borrowers);
    tallies_free(&work->tallies);
    faults_free(&work->faults);
    buffer_free(&work->line);
    buffer_free(&work->broken_account);
    arena_free(&work->scratch);
}

/* --- one account's rows --- */

/* The account at hand, all in the scratch arena. */
struct desk {
    struct work *work;
    struct load load;
    const struct book_bundle *bundle;
    struct load_row *loan_rows;
    struct load_row *grant_rows;
    struct load_row *event_rows;
    struct load_row *plan_rows;
    struct loan loan;
    struct grant grant;
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

/* How many loans and grants the account is: one, unless the book is at fault. */
static size_t contracts(const struct book_bundle *bundle)
{
    return bundle->loan_count + bundle->grant_count;
}

static void refuse_same_id(struct desk *desk, struct load_row *row, unsigned column)
{
    const struct book_bundle *bundle = desk->bundle;
    char quoted[TEXT_QUOTE_MAX];
    if (contracts(bundle) < 2 || bundle->account_id.len == 0)
        return;
    (void)text_quote(quoted, bundle->account_id);
    if (bundle->grant_count == 0)
        load_fault(&desk->load, row, (int)column, FAULT_ACCOUNT_DUPLICATE,
                   "account_id %s stands on %zu loans", quoted, bundle->loan_count);
    else
        load_fault(&desk->load, row, (int)column, FAULT_ACCOUNT_DUPLICATE,
                   "account_id %s stands on %zu loans and %zu grants", quoted, bundle->loan_count,
                   bundle->grant_count);
}

static void read_loans(struct desk *desk)
{
    size_t count = desk->bundle->loan_count;
    desk->loan_rows = raw_rows(desk->load.arena, desk->bundle->loans, count);
    for (size_t i = 0; i < count; i++) {
        struct load_row *row = &desk->loan_rows[i];
        if (!load_split(&desk->load, row))
            continue;
        load_loan(&desk->load, row, &desk->loan);
        refuse_same_id(desk, row, LOAN_ACCOUNT_ID);
    }
}

static void read_grants(struct desk *desk)
{
    size_t count = desk->bundle->grant_count;
    desk->grant_rows = raw_rows(desk->load.arena, desk->bundle->grants, count);
    for (size_t i = 0; i < count; i++) {
        struct load_row *row = &desk->grant_rows[i];
        if (!load_split(&desk->load, row))
            continue;
        load_grant(&desk->load, row, &desk->grant);
        refuse_same_id(desk, row, GRANT_ACCOUNT_ID);
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
    bool grant = desk->bundle->grant_count > 0;
    const struct program *program = grant ? desk->grant.program : desk->loan.program;
    if (contracts(desk->bundle) != 1)
        program = NULL;
    desk->event_rows = raw_rows(desk->load.arena, desk->bundle->events, count);
    desk->events = ARENA_ARRAY(desk->load.arena, struct event, count);
    desk->order = ARENA_ARRAY(desk->load.arena, struct event *, count);
    for (size_t i = 0; i < count; i++) {
        struct load_row *row = &desk->event_rows[i];
        desk->events[i].type = EVENT_TYPES;
        if (!load_split(&desk->load, row))
            continue;
        load_event(&desk->load, row, program, &desk->events[i]);
        if (grant && program != NULL)
            load_grant_event(&desk->load, row, &desk->grant, &desk->events[i]);
        if (!unplaced && contracts(desk->bundle) == 0)
            load_fault(&desk->load, row, EVENT_ACCOUNT_ID, FAULT_ACCOUNT_UNKNOWN,
                       desk->work->job->grants ? "no loan or grant has the account_id %s"
                                               : "no loan has the account_id %s",
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
    const struct borrowers *borrowers; /* NULL: no program asks, or they are being surveyed */
    enum borrowers_moment moment;      /* of the position at as_of */
    bool claims;                       /* of each month, while it is passed */
    struct subsidy subsidy;
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
    work->broken_law = broken;
    buffer_put(&work->broken_account, desk->bundle->account_id);
    return false;
}

/* The position at the end of ${date}; the class is the borrower's where the program says so. */
static void take_position(const struct computation *run, struct date date,
                          enum borrowers_moment moment, struct position *position)
{
    const struct loan *loan = run->account.loan;
    position_of(&run->account, date, position);
    if (run->borrowers != NULL && is_by_borrower(position->rules) && loan->borrower_id.len > 0)
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
        account_finish(account, end);
        subsidy_end_month(&run->subsidy, account, end);
    }
}

/* Bring the account to the end of the day before ${date}, taking the snapshot when it lies on the
 * way. */
static void pass_day(struct computation *run, struct date before, struct date date)
{
    struct account *account = &run->account;
    struct date on = run->snapshot_on;
    if (!date_is_set(on) || !date_before(on, date) || !date_before(before, date_add_days(on, 1))) {
        pass_months(run, before, date);
        return;
    }
    pass_months(run, before, date_add_days(on, 1));
    account_finish(account, on);
    run->snapshot_on = DATE_NONE; /* once */
    run->snapshot_totals = account->totals;
    take_position(run, on, BORROWERS_OPENING, &run->snapshot);
    pass_months(run, date_add_days(on, 1), date);
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
    account_finish(&run->account, run->as_of);
    if (run->account.overshoots) {
        load_fault(&desk->load, &desk->loan_rows[0], LOAN_DISBURSED, FAULT_PLAN_TOO_LATE,
                   "a relief of the program moves a row past 2199-12-31");
        return false;
    }
    take_position(run, run->as_of, run->moment, &run->position);
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

static bool is_written_off(const struct position *position)
{
    return position->status == STATUS_WRITTEN_OFF || position->status == STATUS_ENDED;
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
    bool left =
        run->exists && is_written_off(now) && !(run->snapshot_exists && is_written_off(before));

    m[MOVEMENT_OPENING] = opening->figure[FIGURE_OUTSTANDING];
    m[MOVEMENT_RESTATED] = minus(desk, before->figure[FIGURE_OUTSTANDING], m[MOVEMENT_OPENING]);
    if (taken_over)
        m[MOVEMENT_TAKEN_OVER] = base->outstanding;
    m[MOVEMENT_DISBURSED] = minus(desk, end->disbursed, base->disbursed);
    m[MOVEMENT_REPAID] = minus(desk, end->repaid, base->repaid);
    m[MOVEMENT_WRITTEN_OFF] = minus(desk, end->written_off, base->written_off);
    m[MOVEMENT_FORGIVEN] = minus(desk, end->forgiven, base->forgiven);
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
    report_subsidy(&out[REPORT_SUBSIDY], &desk->loan, &run->subsidy);
}

/* All of a grant; false when the account is refused. */
static bool compute_grant(struct desk *desk)
{
    struct work *work = desk->work;
    const struct work_job *job = work->job;
    struct grant_result result;
    if (!grant_compute(desk->load.arena, &desk->grant, desk->order, desk->bundle->event_count,
                       job->as_of, job->known_at, &result))
        return result.refused == NULL ? is_lawful(desk, result.broken_law)
                                      : refuse_event(desk, result.refused, &result.refusal);
    if (!result.exists)
        return true;
    if (job->survey && job->budget == NULL)
        grant_budget_claim(work->claim, &result.state);
    if (job->survey)
        return true;
    if (job->budget != NULL &&
        !grant_budget_fits(&desk->load, &desk->grant_rows[0], &desk->grant, job->budget, job->side))
        return false;
    if (job->figures) {
        outcome_take_grant(&work->outcome, &desk->grant, &result.position);
        return true;
    }
    report_grant_positions(&work->out[REPORT_GRANT_POSITIONS], &result.state, job->as_of,
                           &result.position, job->carried_count);
    report_grant_tranches(&work->out[REPORT_GRANT_TRANCHES], &result.state, &result.position);
    portfolio_add_grant(&work->portfolio, &desk->grant, &result.position);
    return true;
}

static void note_class(struct desk *desk, const struct position *position,
                       enum borrowers_moment moment)
{
    const struct loan *loan = &desk->loan;
    if (position != NULL && position->class_index != POSITION_NO_CLASS &&
        is_by_borrower(position->rules) && loan->borrower_id.len > 0)
        borrowers_note(&desk->work->borrowers, loan->program, loan->borrower_id, moment,
                       position->class_index);
}

static void take_outcome(struct desk *desk, const struct computation *run)
{
    struct outcome *outcome = &desk->work->outcome;
    if (!run->exists)
        return;
    desk->work->account = run->account;
    outcome_take(outcome, &run->account, run->as_of, &run->position);
    for (size_t i = 0; i < run->subsidy.count; i++)
        outcome->subsidy =
            amount_add(desk->load.arena, outcome->subsidy, run->subsidy.claims[i].amount);
}

/* Whether the loan was not judged, by a survey, to go beyond its program's budget. */
static bool fits_budget(struct desk *desk, const struct computation *run)
{
    const struct budget *budget = desk->work->job->budget;
    return budget == NULL || !run->exists ||
           loan_budget_fits(&desk->load, &desk->loan_rows[0], &desk->loan, budget,
                            desk->work->job->side);
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
    run.claims = desk->loan.program->has_subsidy && !job->survey;
    run.borrowers = published.borrowers = job->borrowers;
    published.moment = BORROWERS_OPENING;
    bool apart = period && knowledge_differs(desk, job->known_at, job->from_known_at);
    event_sort(desk->order, desk->bundle->event_count);
    if (apart) {
        published.as_of = run.snapshot_on;
        published.known_at = job->from_known_at;
        published.snapshot_on = DATE_NONE;
        if (!compute(desk, &published))
            return false;
    }
    if (!compute(desk, &run) || !fits_budget(desk, &run))
        return false;
    if (run.exists)
        entry.now = &run.position;
    if (period && (apart ? published.exists : run.snapshot_exists))
        entry.opening = apart ? &published.position : &run.snapshot;
    if (job->survey) {
        if (run.exists && desk->loan.program->has_budget && job->budget == NULL)
            loan_budget_claim(desk->work->claim, &run.account);
        note_class(desk, entry.now, BORROWERS_NOW);
        note_class(desk, entry.opening, BORROWERS_OPENING);
        return true;
    }
    if (job->figures) {
        take_outcome(desk, &run);
        return true;
    }
    entry.moves = period && (run.exists || run.snapshot_exists || entry.opening != NULL);
    if (entry.moves)
        fill_movement(desk, &run, &entry);
    if (run.exists || entry.moves)
        portfolio_add(&desk->work->portfolio, &entry);
    if (job->grants && run.exists && !amount_is_zero(run.position.figure[FIGURE_FORGIVEN]))
        portfolio_add_forgiven(&desk->work->portfolio, &desk->loan,
                               run.position.figure[FIGURE_FORGIVEN]);
    report(desk, &run);
    return true;
}

/* --- rows set aside, totals --- */

static unsigned input_index(const struct work *work, const struct book_input *input)
{
    return (unsigned)(input - work->job->inputs);
}

/* Put the line that was written to work->line where ${packed} waits for a sorter: by ${key}, then
 * by the place of the row. */
static void pack_line(struct work *work, struct buffer *packed, struct text key,
                      const struct book_row *row)
{
    csv_end_row(&work->line);
    const struct sorter_item item = {
        .key = key,
        .rank = (uint64_t)input_index(work, row->input) << 32 | row->record.line,
        .payload = {work->line.bytes, work->line.len},
    };
    sorter_pack(packed, &item);
    work->line.len = 0;
}

static void set_aside(struct work *work, const struct book_row *raw, const struct load_row *row,
                      unsigned type_column, unsigned amount_column)
{
    struct buffer *line = &work->line;
    const struct text nothing = {"", 0};
    bool split = row->fields != NULL, typed = split && type_column < EVENT_COLUMNS;
    if (work->rejects == NULL)
        return;
    book_input_name(line, raw->input);
    buffer_put_string(line, ",");
    csv_number(line, raw->record.line);
    csv_text(line, raw->account_id);
    csv_text(line, typed ? load_field(row, type_column) : nothing);
    csv_text(line, split ? load_field(row, amount_column) : nothing);
    csv_text(line,
             text_of(fault_slug(row->fault != NULL ? row->fault->code : FAULT_ACCOUNT_REJECTED)));
    csv_text(line, text_of(row->fault != NULL ? row->fault->reason
                                              : "another row of the account is at fault"));
    pack_line(work, work->rejects, nothing, raw);
}

/* By date, then event_id. */
static void list_unidentified(struct work *work, const struct book_row *raw,
                              const struct load_row *row, const struct event *event)
{
    char date[DATE_TEXT_LEN + 1];
    struct buffer *line = &work->line;
    struct text key = {NULL, DATE_TEXT_LEN + event->id.len};
    char *bytes = arena_alloc(&work->scratch, key.len);
    memcpy(bytes, date_text(date, event->date), DATE_TEXT_LEN);
    if (event->id.len > 0)
        memcpy(bytes + DATE_TEXT_LEN, event->id.ptr, event->id.len);
    key.ptr = bytes;
    csv_text(line, event->id);
    csv_date(line, event->date);
    csv_text(line, load_field(row, EVENT_AMOUNT));
    csv_text(line, event->document);
    pack_line(work, work->unidentified, key, raw);
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
    for (size_t i = 0; i < bundle->grant_count; i++) {
        const struct load_row *row = &desk->grant_rows[i];
        bool rejected = whole || row->fault != NULL;
        tallies_add(&work->tallies, input_index(work, bundle->grants[i].input), BOOK_GRANTS,
                    EVENT_TYPES, row, rejected);
        if (rejected)
            set_aside(work, &bundle->grants[i], row, EVENT_COLUMNS, GRANT_AWARD);
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
        list_unidentified(work, &desk->bundle->events[index], &desk->event_rows[index], event);
    }
    count_rows(desk, false);
}

static enum fault_code first_fault(const struct load_row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].fault != NULL)
            return rows[i].fault->code;
    return FAULT_NONE;
}

/* For whoever wants figures: whose they are, and why there are none. */
static void note_figures(struct desk *desk, bool refused)
{
    struct work *work = desk->work;
    const struct book_bundle *bundle = desk->bundle;
    bool grant = bundle->grant_count > 0;
    work->loan = desk->loan;
    work->owner = (struct outcome_owner){
        .of = grant ? OUTCOME_OF_GRANTS : OUTCOME_OF_LOANS,
        .account_id = bundle->account_id,
        .program = grant ? desk->grant.program : desk->loan.program,
        .attributes = grant ? desk->grant.attributes : desk->loan.attributes,
        .agreed = grant ? desk->grant.agreed : desk->loan.agreed,
    };
    if (!refused)
        return;
    work->outcome = (struct outcome){.refused = true, .of = work->owner.of};
    work->outcome.code = first_fault(desk->loan_rows, bundle->loan_count);
    if (work->outcome.code == FAULT_NONE)
        work->outcome.code = first_fault(desk->grant_rows, bundle->grant_count);
    if (work->outcome.code == FAULT_NONE)
        work->outcome.code = first_fault(desk->event_rows, bundle->event_count);
    if (work->outcome.code == FAULT_NONE)
        work->outcome.code = first_fault(desk->plan_rows, bundle->plan_count);
}

/* Whether a survey looks at the account. */
static bool is_surveyed(const struct desk *desk)
{
    const struct program *lends = desk->loan.program, *gives = desk->grant.program;
    return desk->bundle->account_id.len > 0 &&
           ((lends != NULL && (lends->has_budget || asks_borrowers(desk->work->job, lends))) ||
            (gives != NULL && gives->has_budget));
}

/* Nothing is known of the account at hand. */
static void begin_account(struct work *work)
{
    work->loan.program = work->owner.program = NULL;
    work->outcome = (struct outcome){.exists = false};
    if (work->claim != NULL)
        work->claim->made = false;
}

void work_account(struct work *work, const struct book_bundle *bundle)
{
    const struct work_job *job = work->job;
    arena_reset(&work->scratch);
    begin_account(work);
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
    read_grants(&desk);
    if (job->survey && !is_surveyed(&desk))
        return;
    read_plan(&desk);
    read_events(&desk);
    if (bundle->account_id.len == 0) {
        work_unplaced(&desk);
        return;
    }
    bool refused = has_fault(desk.loan_rows, bundle->loan_count) ||
                   has_fault(desk.grant_rows, bundle->grant_count) ||
                   has_fault(desk.event_rows, bundle->event_count) ||
                   has_fault(desk.plan_rows, bundle->plan_count);
    if (!refused)
        refused = bundle->grant_count > 0 ? !compute_grant(&desk) : !compute_account(&desk);
    if (job->figures)
        note_figures(&desk, refused);
    if (job->survey)
        return; /* rows are counted, and faults listed, in the second pass */
    count_rows(&desk, refused);
}

/* How far the account's program is another on this side, NULL: it is not there, or all of it. */
static const struct program_difference *difference_of(const struct work_job *job,
                                                      const struct program *program)
{
    for (unsigned i = 0; i < job->program_count; i++)
        if (text_equal(job->programs[i]->id, program->id))
            return job->differences == NULL ? NULL : &job->differences[i];
    return NULL;
}

static const struct program *program_by_id(const struct work_job *job, struct text id)
{
    for (unsigned i = 0; i < job->program_count; i++)
        if (text_equal(job->programs[i]->id, id))
            return job->programs[i];
    return NULL;
}

/* What of an account has to be made again. */
enum again { AGAIN_ALL, AGAIN_CLASS, AGAIN_NOTHING };

/* Of a grant: what its notices may name is read off the versions of all days. */
static enum again grant_again(const struct work_job *job, const struct program_difference *differ)
{
    return date_equal(differ->from[RULE_BIND_EVENT], DATE_UNLIMITED) &&
                   date_before(job->as_of, differ->from[RULE_BIND_REPORT])
               ? AGAIN_NOTHING
               : AGAIN_ALL;
}

static enum again loan_again(const struct work *work, const struct work *first,
                             const struct program_difference *differ)
{
    const struct work_job *job = work->job;
    const struct program *was = first->loan.program, *is = program_by_id(job, was->id);
    if (asks_borrowers(job, is) || asks_borrowers(first->job, was) ||
        !date_before(job->as_of, differ->from[RULE_BIND_EVENT]))
        return AGAIN_ALL;
    if (date_before(job->as_of, differ->from[RULE_BIND_REPORT]))
        return AGAIN_NOTHING;
    return was->looks_back || is->looks_back || was->has_subsidy ? AGAIN_ALL : AGAIN_CLASS;
}

static enum again what_again(const struct work *work, const struct work *first)
{
    const struct work_job *job = work->job;
    const struct program *program = first->owner.program;
    bool grant = first->owner.of == OUTCOME_OF_GRANTS;
    if (program == NULL || first->outcome.refused)
        return AGAIN_ALL;
    const struct program_difference *differ = difference_of(job, program);
    if (differ == NULL || !date_before(first->owner.agreed, differ->from[RULE_BIND_AGREEMENT]))
        return AGAIN_ALL;
    enum again again = grant ? grant_again(job, differ) : loan_again(work, first, differ);
    /* Whose claims come before this one's agreed no later: their terms are the same, too. */
    assert(again == AGAIN_ALL || job->budget == NULL ||
           budget_refused(job->budget, job->side, first->owner.account_id) == NULL);
    return again;
}

static void take_over(struct work *work, const struct work *first)
{
    work->owner = first->owner;
    work->outcome = first->outcome;
    work->loan = first->loan;
    work->account = first->account;
    if (work->job->survey)
        *work->claim = *first->claim;
}

/* The position by other classes, of an account that they do not change. */
static void classify_again(struct work *work, const struct work *first)
{
    const struct work_job *job = work->job;
    arena_reset(&work->scratch);
    take_over(work, first);
    work->loan.program = program_by_id(job, first->loan.program->id);
    work->account.loan = &work->loan;
    work->account.arena = &work->scratch;
    if (first->outcome.exists)
        position_of(&work->account, job->as_of, &work->outcome.position);
}

void work_beside(struct work *work, const struct work *first, const struct book_bundle *bundle)
{
    if (bundle->account_id.len == 0) { /* no account, no figures */
        begin_account(work);
        return;
    }
    switch (what_again(work, first)) {
    case AGAIN_ALL:
        work_account(work, bundle);
        break;
    case AGAIN_CLASS:
        classify_again(work, first);
        break;
    case AGAIN_NOTHING:
        take_over(work, first);
        break;
    }
}

void work_merge(struct work *into, const struct work *from)
{
    faults_merge(&into->faults, &from->faults);
    tallies_merge(&into->tallies, &from->tallies);
    portfolio_merge(&into->portfolio, &from->portfolio);
    borrowers_merge(&into->borrowers, &from->borrowers);
    if (into->broken_law == NULL && from->broken_law != NULL) {
        into->broken_law = from->broken_law;
        buffer_put(&into->broken_account,
                   (struct text){from->broken_account.bytes, from->broken_account.len});
    }
}
