#include "work.h"

#include <assert.h>

#include "grant_budget.h"
#include "grant_position.h"
#include "loan_budget.h"
#include "rule_check.h"

/* Whether the program classes by borrower at a date for which the run classes. */
static bool asks_borrowers(const struct work_job *job, const struct program *program)
{
    return computation_is_by_borrower(program_at(program, job->as_of)) ||
           (date_is_set(job->from) &&
            computation_is_by_borrower(program_at(program, date_add_days(job->from, -1))));
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
    struct loan *loan;
    struct grant *grant;
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
        load_loan(&desk->load, row, desk->loan);
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
        load_grant(&desk->load, row, desk->grant);
        refuse_same_id(desk, row, GRANT_ACCOUNT_ID);
    }
}

static void read_plan(struct desk *desk)
{
    char quoted[TEXT_QUOTE_MAX];
    const struct book_bundle *bundle = desk->bundle;
    bool one = bundle->loan_count == 1 && desk->loan_rows[0].fields != NULL;
    bool custom =
        one && desk->loan->rules != NULL && rule_split(desk->loan->rules) == RULE_SPLIT_CUSTOM;
    if (bundle->plan_count == 0 && !custom)
        return;
    desk->plan_rows = raw_rows(desk->load.arena, bundle->plan, bundle->plan_count);
    load_plan(&desk->load, desk->plan_rows, bundle->plan_count, one ? &desk->loan_rows[0] : NULL,
              one ? desk->loan : NULL);
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
    const struct program *program = grant ? desk->grant->program : desk->loan->program;
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
            load_grant_event(&desk->load, row, desk->grant, &desk->events[i]);
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

/* False when the account is refused. */
static bool compute(struct desk *desk, struct computation *run)
{
    struct load_row *row = &desk->loan_rows[0];
    if (computation_run(run))
        return true;
    if (run->broken_law != NULL)
        return is_lawful(desk, run->broken_law);
    if (run->refused_event != NULL)
        return refuse_event(desk, run->refused_event, &run->refusal);
    load_fault(&desk->load, row, run->refused_by_relief ? LOAN_DISBURSED : LOAN_PRINCIPAL,
               run->refusal.code, "%s", run->refusal.text);
    return false;
}

/* Whether anything is known at one of two dates and not at the other. */
static bool knowledge_differs(const struct desk *desk, struct date a, struct date b)
{
    if (date_before(a, desk->loan->recorded) != date_before(b, desk->loan->recorded))
        return true;
    for (size_t i = 0; i < desk->bundle->event_count; i++) {
        struct date recorded = desk->order[i]->recorded;
        if (date_before(a, recorded) != date_before(b, recorded))
            return true;
    }
    return false;
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
    report_subsidy(&out[REPORT_SUBSIDY], desk->loan, &run->subsidy);
}

/* All of a grant; false when the account is refused. */
static bool compute_grant(struct desk *desk)
{
    struct work *work = desk->work;
    const struct work_job *job = work->job;
    struct grant_result *result = ARENA_ARRAY(desk->load.arena, struct grant_result, 1);
    if (!grant_compute(desk->load.arena, desk->grant, desk->order, desk->bundle->event_count,
                       job->as_of, job->known_at, result))
        return result->refused == NULL ? is_lawful(desk, result->broken_law)
                                       : refuse_event(desk, result->refused, &result->refusal);
    if (!result->exists)
        return true;
    if (job->survey && job->budget == NULL)
        grant_budget_claim(work->claim, &result->state);
    if (job->survey)
        return true;
    if (job->budget != NULL &&
        !grant_budget_fits(&desk->load, &desk->grant_rows[0], desk->grant, job->budget, job->side))
        return false;
    if (job->figures) {
        work->made_grant = result;
        outcome_take_grant(&work->outcome, desk->grant, &result->position);
        return true;
    }
    report_grant_positions(&work->out[REPORT_GRANT_POSITIONS], &result->state, job->as_of,
                           &result->position, job->carried_count);
    report_grant_tranches(&work->out[REPORT_GRANT_TRANCHES], &result->state, &result->position);
    portfolio_add_grant(&work->portfolio, desk->grant, &result->position);
    return true;
}

static void note_class(struct desk *desk, const struct position *position,
                       enum borrowers_moment moment)
{
    const struct loan *loan = desk->loan;
    if (position != NULL && position->class_index != POSITION_NO_CLASS &&
        computation_is_by_borrower(position->rules) && loan->borrower_id.len > 0)
        borrowers_note(&desk->work->borrowers, loan->program, loan->borrower_id, moment,
                       position->class_index);
}

static void take_outcome(struct desk *desk, const struct work_loan *made)
{
    const struct computation *run = &made->run;
    struct outcome *outcome = &desk->work->outcome;
    desk->work->made = made;
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
           loan_budget_fits(&desk->load, &desk->loan_rows[0], desk->loan, budget,
                            desk->work->job->side);
}

/* What a loan's computations have in common. */
static struct computation begin_computation(struct desk *desk, struct date as_of,
                                            struct date known_at)
{
    const struct work_job *job = desk->work->job;
    struct trace *trace = NULL;
    if (job->traces && !job->survey) {
        trace = ARENA_ARRAY(desk->load.arena, struct trace, 1);
        trace_begin(trace, desk->load.arena);
    }
    return (struct computation){
        .arena = desk->load.arena,
        .loan = desk->loan,
        .events = desk->order,
        .event_count = desk->bundle->event_count,
        .as_of = as_of,
        .known_at = known_at,
        .snapshot_on = DATE_NONE,
        .borrowers = job->borrowers,
        .trace = trace,
    };
}

/* What a survey finds out of a loan. */
static void survey_loan(struct desk *desk, const struct computation *run,
                        const struct portfolio_entry *entry)
{
    if (run->exists && desk->loan->program->has_budget && desk->work->job->budget == NULL)
        loan_budget_claim(desk->work->claim, &run->account);
    note_class(desk, entry->now, BORROWERS_NOW);
    note_class(desk, entry->opening, BORROWERS_OPENING);
}

static void add_to_portfolio(struct desk *desk, const struct computation *run,
                             const struct portfolio_entry *entry)
{
    struct portfolio *portfolio = &desk->work->portfolio;
    struct amount forgiven = run->position.figure[FIGURE_FORGIVEN];
    if (run->exists || entry->moves)
        portfolio_add(portfolio, entry);
    if (desk->work->job->grants && run->exists && !amount_is_zero(forgiven))
        portfolio_add_forgiven(portfolio, desk->loan, forgiven);
}

/* Compute all positions that the run needs; false when the account is refused. */
static bool compute_account(struct desk *desk)
{
    const struct work_job *job = desk->work->job;
    struct work_loan *made = ARENA_ARRAY(desk->load.arena, struct work_loan, 1);
    struct computation *run = &made->run, *published = &made->published;
    struct portfolio_entry *entry = &made->entry;
    bool period = date_is_set(job->from);
    struct date before = period ? date_add_days(job->from, -1) : DATE_NONE;
    made->apart = period && knowledge_differs(desk, job->known_at, job->from_known_at);
    event_sort(desk->order, desk->bundle->event_count);
    if (made->apart) {
        *published = begin_computation(desk, before, job->from_known_at);
        published->moment = BORROWERS_OPENING;
        if (!compute(desk, published))
            return false;
    }
    *run = begin_computation(desk, job->as_of, job->known_at);
    run->snapshot_on = before;
    run->claims = desk->loan->program->has_subsidy && !job->survey;
    if (!compute(desk, run) || !fits_budget(desk, run))
        return false;
    entry->loan = desk->loan;
    if (run->exists)
        entry->now = &run->position;
    if (period && (made->apart ? published->exists : run->snapshot_exists))
        entry->opening = made->apart ? &published->position : &run->snapshot;
    if (job->survey) {
        survey_loan(desk, run, entry);
        return true;
    }
    entry->moves = period && (run->exists || run->snapshot_exists || entry->opening != NULL);
    if (entry->moves && (!job->figures || job->periods))
        computation_movement(run, job->from, entry);
    if (job->figures) {
        take_outcome(desk, made);
        return true;
    }
    add_to_portfolio(desk, run, entry);
    report(desk, run);
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
    work->contract = grant ? desk->grant_rows : desk->loan_rows;
    work->owner = (struct outcome_owner){
        .of = grant ? OUTCOME_OF_GRANTS : OUTCOME_OF_LOANS,
        .account_id = bundle->account_id,
        .program = grant ? desk->grant->program : desk->loan->program,
        .attributes = grant ? desk->grant->attributes : desk->loan->attributes,
        .agreed = grant ? desk->grant->agreed : desk->loan->agreed,
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
    const struct program *lends = desk->loan->program, *gives = desk->grant->program;
    return desk->bundle->account_id.len > 0 &&
           ((lends != NULL && (lends->has_budget || asks_borrowers(desk->work->job, lends))) ||
            (gives != NULL && gives->has_budget));
}

/* Nothing is known of the account at hand. */
static void begin_account(struct work *work, const struct book_bundle *bundle)
{
    work->loan = (struct loan){.program = NULL};
    work->grant = (struct grant){.program = NULL};
    work->owner = (struct outcome_owner){.account_id = bundle->account_id};
    work->made = NULL;
    work->made_grant = NULL;
    work->contract = NULL;
    work->outcome = (struct outcome){.exists = false};
    if (work->claim != NULL)
        work->claim->made = false;
}

static bool is_chosen(const struct work_job *job, struct text account_id)
{
    for (unsigned i = 0; i < job->chosen_count; i++)
        if (text_equal(job->chosen[i], account_id))
            return true;
    return job->chosen_count == 0;
}

void work_account(struct work *work, const struct book_bundle *bundle)
{
    const struct work_job *job = work->job;
    arena_reset(&work->scratch);
    begin_account(work, bundle);
    if (!job->survey && !is_chosen(job, bundle->account_id))
        return;
    struct desk desk = {
        .work = work,
        .bundle = bundle,
        .loan = &work->loan,
        .grant = &work->grant,
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
    if (program == NULL || first->outcome.refused || job->traces || job->periods)
        return AGAIN_ALL; /* what is wanted beside figures is not taken over */
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
        begin_account(work, bundle);
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
