#include "run.h"

#include <stdlib.h>

#include "crew.h"
#include "manifest.h"
#include "shard_state.h"
#include "work.h"

/* What a run holds however little it may: the program with its libraries; for each thread its
 * stack, scratch and list of faults; for each file that is read its block. */
#define RUN_OWN_MEMORY (UINT64_C(10) << 20)
#define THREAD_OWN_MEMORY (UINT64_C(512) << 10)
#define THREAD_MEMORY (UINT64_C(8) << 20)
#define STREAM_MEMORY (UINT64_C(2) << 20)
/* What each thread holds for each side beside the first; and what a pass has at least, however much
 * the sides take. */
#define SIDE_OWN_MEMORY (UINT64_C(96) << 10)
#define PASS_MEMORY (UINT64_C(2) << 20)

/* What is left of the memory that a run may use, divided; an eighth is for what allocators lose. */
struct shares {
    size_t gathering; /* the book's sorter */
    size_t aside;     /* the sorters of rejects and of unidentified money, each */
    size_t batch;     /* each batch */
    unsigned streams; /* files that may be read side by side */
};

_Static_assert((int)RUN_SIDES_MAX <= (int)BUDGET_SIDES_MAX, "budgets are judged for all sides");

/* One set of rules, and the work by it. */
struct side {
    struct rules rules;
    struct portfolio_states states;
    struct work_job job;
    struct borrowers borrowers; /* what a survey found */
};

/* Everything of one run. */
struct month {
    const struct run_options *options;
    const struct run_view *view; /* NULL: the month's reports */
    struct faults *faults;
    struct faults reading; /* of the book: its reader works beside those who write */
    struct out_dir *out;
    struct arena *arena; /* the caller's: outlives the run */
    struct side *sides;  /* the first is by the rules of the options */
    unsigned side_count;
    const struct rules *rules; /* the first side's */
    struct book_input *inputs;
    unsigned input_count;
    struct columns_named named;
    struct book book;
    unsigned threads;
    struct shares shares;
    struct work *works; /* by worker, then side; the first worker's gather what all found */
    struct budget_claim *claimed; /* the same, of the account at hand in a survey */
    bool survey;                  /* this pass is one */
    struct sorter *rejects;       /* of the lines of rejects.csv and unidentified.csv */
    struct sorter *unidentified;
    struct sorter *claims; /* of a survey: on budgets */
    size_t row_bytes;      /* what a row made in some batch, at most; 0: not known yet */
    struct out_file *files[REPORT_FILES];
    struct out_file *viewed; /* the view's file */
    bool subsidy;            /* some program has one */
    size_t side_bytes;       /* of the rules of all sides but the first */
    struct budget budget;    /* what a survey found, of all sides */
};

/* --- memory --- */

static unsigned threads_of(const struct run_options *options)
{
    uint64_t fit = options->memory_bytes / THREAD_MEMORY;
    return options->threads < fit ? options->threads : (unsigned)fit;
}

/* What is left when the program and its threads have what they need. */
static uint64_t memory_left(const struct run_options *options, unsigned threads)
{
    return options->memory_bytes - RUN_OWN_MEMORY - (uint64_t)threads * THREAD_OWN_MEMORY;
}

unsigned run_sides_fit(const struct run_options *options, size_t bytes)
{
    unsigned threads = threads_of(options);
    uint64_t fit = memory_left(options, threads) / 2 / (bytes + threads * SIDE_OWN_MEMORY);
    return fit < 1 ? 1 : fit >= RUN_SIDES_MAX ? RUN_SIDES_MAX - 1 : (unsigned)fit;
}

static struct shares shares_of(const struct run_options *options, unsigned threads, unsigned sides,
                               size_t side_bytes)
{
    uint64_t rest = memory_left(options, threads);
    uint64_t beside = side_bytes + (uint64_t)threads * (sides - 1) * SIDE_OWN_MEMORY;
    rest = rest < beside + PASS_MEMORY ? PASS_MEMORY : rest - beside;
    if (rest > SIZE_MAX / 2)
        rest = SIZE_MAX / 2;
    return (struct shares){
        .gathering = (size_t)(rest / 2),
        .aside = (size_t)(rest / 16),
        .batch = (size_t)(rest / 4) / crew_batches(threads),
        .streams = (unsigned)(options->memory_bytes / 4 / STREAM_MEMORY),
    };
}

static struct book_input *make_inputs(struct month *month, unsigned *count)
{
    const struct run_paths paths[BOOK_ROLES] = {month->options->loans, month->options->grants,
                                                month->options->events, month->options->plan};
    *count = run_file_count(month->options);
    struct book_input *inputs = ARENA_ARRAY(month->arena, struct book_input, *count);
    unsigned next = 0;
    for (unsigned role = 0; role < BOOK_ROLES; role++)
        for (unsigned i = 0; i < paths[role].count; i++, next++) {
            inputs[next].role = (enum book_role)role;
            inputs[next].number = i + 1;
            inputs[next].file =
                (struct fault_file){paths[role].list[i], month->rules->file_count + next};
        }
    return inputs;
}

/* The columns that any side's rules read. */
static void name_columns(struct month *month)
{
    const struct run_options *options = month->options;
    unsigned count = 0, room = 0;
    for (unsigned i = 0; i < month->side_count; i++)
        room += month->sides[i].rules.column_count;
    struct text *ruled = ARENA_ARRAY(month->arena, struct text, room + 1);
    for (unsigned i = 0; i < month->side_count; i++)
        for (unsigned k = 0; k < month->sides[i].rules.column_count; k++) {
            struct text name = month->sides[i].rules.columns[k];
            unsigned known = 0;
            while (known < count && !text_equal(ruled[known], name))
                known++;
            if (known == count)
                ruled[count++] = name;
        }
    month->named = (struct columns_named){
        .attributes = options->attributes.list,
        .attribute_count = options->attributes.count,
        .carried = options->carried.list,
        .carried_count = options->carried.count,
        .ignored = options->ignored.list,
        .ignored_count = options->ignored.count,
        .ruled = ruled,
        .ruled_count = count,
    };
}

static bool open_book(struct month *month, bool gathered)
{
    const struct book_gathering gathering = {month->shares.gathering, month->options->temporary};
    return book_open(&month->book, month->options->memory, month->inputs, month->input_count,
                     &month->named, gathered ? &gathering : NULL, &month->reading);
}

static void set_job(struct month *month, struct side *side)
{
    const struct run_options *options = month->options;
    side->states = portfolio_states_of(month->arena, side->rules.programs,
                                       side->rules.program_count, options->as_of, options->from);
    side->job = (struct work_job){
        .memory = options->memory,
        .programs = side->rules.programs,
        .program_count = side->rules.program_count,
        .states = &side->states,
        .inputs = month->inputs,
        .input_count = month->input_count,
        .attribute_count = options->attributes.count,
        .carried_count = options->carried.count,
        .loans = options->loans.count > 0,
        .grants = options->grants.count > 0,
        .ruled = month->named.ruled,
        .ruled_count = month->named.ruled_count,
        .as_of = options->as_of,
        .known_at = options->known_at,
        .from = options->from,
        .from_known_at =
            date_is_set(options->from_known_at) ? options->from_known_at : options->known_at,
        .figures = month->view != NULL,
    };
    if (month->view == NULL)
        return;
    side->job.periods = month->view->periods;
    side->job.traces = month->view->traces;
    side->job.chosen = month->view->chosen;
    side->job.chosen_count = month->view->chosen_count;
}

/* --- writing --- */

static bool wants(const struct month *month, enum report_file file)
{
    const struct report_wants wants = {
        .loans = month->options->loans.count > 0,
        .grants = month->options->grants.count > 0,
        .period = date_is_set(month->options->from),
        .quarantine = month->options->quarantine,
        .subsidy = month->subsidy,
    };
    return report_is_wanted(file, &wants);
}

static bool write_buffer(struct month *month, struct out_file *file, struct buffer *buffer)
{
    struct text bytes = {buffer->bytes, buffer->len};
    buffer->len = 0;
    return bytes.len == 0 || out_dir_write(month->out, file, bytes);
}

static bool begin_viewed(struct month *month)
{
    const struct run_view *view = month->view;
    if (view->name == NULL)
        return true;
    month->viewed = out_dir_file(month->out, view->name);
    return month->viewed != NULL &&
           out_dir_write(month->out, month->viewed, text_of(view->header)) &&
           out_dir_write(month->out, month->viewed, text_of("\n"));
}

static bool begin_files(struct month *month)
{
    if (month->view != NULL)
        return begin_viewed(month);
    const struct run_names carried = month->options->carried;
    struct buffer header;
    buffer_init(&header, month->options->memory);
    bool begun = true;
    for (unsigned file = 0; file < REPORT_FILES && begun; file++) {
        if (!wants(month, (enum report_file)file))
            continue;
        month->files[file] = out_dir_file(month->out, report_name((enum report_file)file));
        report_header(&header, (enum report_file)file, carried.list, carried.count);
        begun = month->files[file] != NULL && write_buffer(month, month->files[file], &header);
    }
    buffer_free(&header);
    return begun;
}

/* --- all accounts --- */

enum pass { PASS_DONE, PASS_UNSORTED, PASS_STOPPED };

/* False when the watcher wants the run to stop. */
static bool tell_progress(struct month *month)
{
    struct run_progress progress = {month->book.bytes_done, month->book.bytes_total};
    if (month->options->progress == NULL ||
        month->options->progress(month->options->progress_context, &progress))
        return true;
    fault_add(&month->reading, FAULT_IO, (struct place){0}, "interrupted; nothing was written");
    return false;
}

static struct work *works_of(const struct month *month, unsigned worker)
{
    return &month->works[worker * month->side_count];
}

/* An account under all rules; false when a law is broken. */
static bool work_by_all(struct month *month, struct work *works, const struct book_bundle *bundle)
{
    work_account(&works[0], bundle);
    for (unsigned i = 1; i < month->side_count; i++)
        work_beside(&works[i], &works[0], bundle);
    for (unsigned i = 0; i < month->side_count; i++)
        if (works[i].broken_law != NULL)
            return false;
    return true;
}

/* What an account claims of budgets, as one item of all sides. */
static void pack_claims(const struct month *month, const struct work *works, struct buffer *packed)
{
    if (month->survey)
        budget_pack(packed, works[0].claim, month->side_count);
}

static bool work_batch(void *context, unsigned worker, struct crew_batch *batch)
{
    struct month *month = context;
    struct work *works = works_of(month, worker);
    works->out = batch->out;
    works->rejects = month->options->quarantine ? &batch->rejects : NULL;
    works->unidentified = &batch->unidentified;
    bool lawful = true;
    for (size_t i = 0; i < batch->count && lawful; i++) {
        lawful = work_by_all(month, works, &batch->bundles[i]);
        pack_claims(month, works, &batch->claims);
        if (lawful && month->view != NULL && !month->survey)
            month->view->account(month->view->context, worker, works, batch->out);
    }
    return lawful;
}

static bool write_batch(void *context, struct crew_batch *batch)
{
    struct month *month = context;
    if (month->viewed != NULL && !month->survey &&
        !write_buffer(month, month->viewed, &batch->out[0]))
        return false;
    for (unsigned file = 0; file <= REPORT_ARREARS && !month->survey; file++)
        if (month->files[file] != NULL &&
            !write_buffer(month, month->files[file], &batch->out[file]))
            return false;
    const struct text rejects = {batch->rejects.bytes, batch->rejects.len};
    const struct text unidentified = {batch->unidentified.bytes, batch->unidentified.len};
    const struct text claims = {batch->claims.bytes, batch->claims.len};
    return sorter_add_packed(month->rejects, rejects) &&
           sorter_add_packed(month->unidentified, unidentified) &&
           (month->claims == NULL || sorter_add_packed(month->claims, claims));
}

/* How many rows make a batch: as its share of memory holds, judged by what rows made so far. */
static size_t rows_for(struct month *month, const struct crew_batch *batch)
{
    enum { ROWS_MAX = 4096, ROWS_AT_FIRST = 64 };
    size_t each = batch->last_rows == 0 ? 0 : batch->last_bytes / batch->last_rows + 1;
    if (month->row_bytes < each)
        month->row_bytes = each;
    if (month->row_bytes == 0)
        return ROWS_AT_FIRST;
    size_t fit = month->shares.batch / month->row_bytes;
    return fit < 1 ? 1 : fit > ROWS_MAX ? ROWS_MAX : fit;
}

/* What the arena takes for rows: their list, which grew by copying, and their bytes. */
static size_t rows_bytes(const struct book_row *rows, size_t count)
{
    enum { GROWN = 3, ROUNDED = 16 };
    size_t bytes = (GROWN * count + 1) * sizeof *rows;
    for (size_t i = 0; i < count; i++)
        bytes += rows[i].record.len + ROUNDED;
    return bytes;
}

static enum book_result fill_batch(struct month *month, struct crew_batch *batch)
{
    enum book_result result = BOOK_BUNDLE;
    size_t rows = rows_for(month, batch);
    while (batch->rows < rows && batch->bytes < month->shares.batch && result == BOOK_BUNDLE) {
        struct book_bundle bundle;
        result = book_next(&month->book, &batch->arena, &bundle);
        if (result != BOOK_BUNDLE)
            break;
        if (batch->count == batch->room) {
            batch->room = batch->room == 0 ? 1024 : 2 * batch->room;
            batch->bundles = memory_resize(month->options->memory, batch->bundles,
                                           batch->room * sizeof *batch->bundles);
        }
        batch->bundles[batch->count++] = bundle;
        batch->rows += book_bundle_rows(&bundle);
        batch->bytes += sizeof bundle + rows_bytes(bundle.loans, bundle.loan_count) +
                        rows_bytes(bundle.grants, bundle.grant_count) +
                        rows_bytes(bundle.events, bundle.event_count) +
                        rows_bytes(bundle.plan, bundle.plan_count);
    }
    return result;
}

static enum pass do_accounts(struct month *month)
{
    const struct crew_task task = {month, work_batch, write_batch};
    struct crew *crew = crew_start(month->options->memory, month->threads, &task);
    enum book_result result = BOOK_BUNDLE;
    struct crew_batch *batch;
    if (crew == NULL) {
        fault_add(month->faults, FAULT_IO, (struct place){0}, "cannot start %u threads",
                  month->threads);
        return PASS_STOPPED;
    }
    while (result == BOOK_BUNDLE && (batch = crew_batch(crew)) != NULL) {
        result = fill_batch(month, batch);
        if (!tell_progress(month))
            result = BOOK_REFUSED;
        crew_hand_in(crew, batch);
    }
    bool well = crew_finish(crew);
    if (result == BOOK_UNSORTED)
        return PASS_UNSORTED;
    return well && result == BOOK_END ? PASS_DONE : PASS_STOPPED;
}

/* --- summaries --- */

/* Write all lines that a sorter holds, in its order. */
static bool write_sorted(struct month *month, struct out_file *file, struct sorter *sorter,
                         struct buffer *buffer)
{
    enum { WRITE_AT = 64 * 1024 };
    struct sorter_item line;
    enum sorter_result result = SORTER_FAILED;
    bool written = sorter_sort(sorter);
    while (written && (result = sorter_next(sorter, &line)) == SORTER_ITEM) {
        buffer_put(buffer, line.payload);
        written = buffer->len < WRITE_AT || write_buffer(month, file, buffer);
    }
    return written && result == SORTER_END;
}

/* Beside the reports of a shard: what a merge goes on with. */
static bool write_shard(struct month *month, struct buffer *buffer)
{
    const struct shard_content content = {month->options,          month->rules,
                                          month->inputs,           month->input_count,
                                          &month->sides[0].states, &month->works[0].portfolio,
                                          &month->works[0].tallies};
    if (month->options->shard.count == 0)
        return true;
    struct out_file *file = out_dir_file(month->out, SHARD_STATE_NAME);
    shard_state_write(buffer, &content);
    return file != NULL && write_buffer(month, file, buffer);
}

/* The manifest, with what is in ${buffer} at its end. */
static bool write_manifest(struct month *month, struct buffer *buffer)
{
    struct buffer text;
    struct out_file *manifest = out_dir_file(month->out, "manifest.yaml");
    buffer_init(&text, month->options->memory);
    manifest_write(&text, month->options, month->rules, month->inputs, month->input_count,
                   &month->works[0].tallies);
    bool written = manifest != NULL && write_buffer(month, manifest, &text) &&
                   write_buffer(month, manifest, buffer);
    buffer_free(&text);
    return written;
}

static bool write_summaries(struct month *month)
{
    struct buffer buffer;
    const struct report_groups groups = {
        .portfolio = &month->works[0].portfolio,
        .groups = portfolio_sorted(&month->works[0].portfolio),
        .attributes = month->options->attributes.list,
        .from = month->options->from,
        .to = month->options->as_of,
        .arena = month->arena,
    };
    buffer_init(&buffer, month->options->memory);
    bool written = true;
    for (unsigned file = REPORT_PORTFOLIO; file < REPORT_FILES && written; file++) {
        if (!wants(month, (enum report_file)file))
            continue;
        if (file <= REPORT_MIGRATION)
            report_summary(&buffer, (enum report_file)file, &groups);
        else if (file == REPORT_UNIDENTIFIED)
            written = write_sorted(month, month->files[file], month->unidentified, &buffer);
        else
            written = write_sorted(month, month->files[file], month->rejects, &buffer);
        written = written && write_buffer(month, month->files[file], &buffer);
    }
    written = written && write_manifest(month, &buffer) && write_shard(month, &buffer);
    buffer_free(&buffer);
    return written;
}

/* What the view makes of all accounts, and the manifest, which it ends. */
static bool finish_view(struct month *month)
{
    struct buffer buffer;
    bool out = month->options->out != NULL;
    buffer_init(&buffer, month->options->memory);
    bool written = month->view->finish(month->view->context, out ? month->out : NULL, &buffer) &&
                   (!out || write_manifest(month, &buffer));
    buffer_free(&buffer);
    return written;
}

static bool keep_laws(struct month *month)
{
    const char *broken = NULL;
    char quoted[TEXT_QUOTE_MAX] = "";
    for (unsigned i = 0; i < month->side_count && broken == NULL; i++) {
        const struct work *work = &month->works[i];
        broken = work->broken_law;
        if (broken != NULL)
            (void)text_quote(quoted,
                             (struct text){work->broken_account.bytes, work->broken_account.len});
    }
    if (broken == NULL)
        broken = portfolio_law(&month->works[0].portfolio);
    if (broken == NULL)
        broken = tallies_law(&month->works[0].tallies);
    if (broken == NULL)
        return true;
    fault_add(month->faults, FAULT_LAW, (struct place){0},
              "a fault in nol itself, please report it: %s %s", broken, quoted);
    return false;
}

/* --- the whole --- */

static void begin_works(struct month *month)
{
    const struct run_options *options = month->options;
    for (unsigned i = 0; i < month->threads * month->side_count; i++)
        work_init(&month->works[i], &month->sides[i % month->side_count].job);
    for (unsigned i = 0; i < month->threads * month->side_count; i++)
        month->works[i].claim = month->survey ? &month->claimed[i] : NULL;
    month->rejects =
        sorter_new(options->memory, month->shares.aside, options->temporary, month->faults);
    month->unidentified =
        sorter_new(options->memory, month->shares.aside, options->temporary, month->faults);
    if (month->survey) /* the others stay empty then */
        month->claims =
            sorter_new(options->memory, month->shares.aside, options->temporary, month->faults);
}

static void end_works(struct month *month)
{
    for (unsigned i = 0; i < month->threads * month->side_count; i++)
        work_free(&month->works[i]);
    sorter_free(month->rejects);
    sorter_free(month->unidentified);
    sorter_free(month->claims);
    month->claims = NULL;
}

/* Read a book that is to be gathered, all of it. */
static bool gather_book(struct month *month)
{
    enum book_result result = BOOK_BUNDLE;
    while (result == BOOK_BUNDLE) {
        result = book_gather(&month->book);
        if (!tell_progress(month))
            result = BOOK_REFUSED;
    }
    return result == BOOK_END;
}

static bool asks_budget(const struct month *month)
{
    for (unsigned i = 0; i < month->side_count; i++)
        if (work_asks_budget(&month->sides[i].job))
            return true;
    return false;
}

/* One pass over the book, its files sorted (side by side) or not (gathered). */
static enum pass pass(struct month *month, bool gathered)
{
    enum pass outcome = PASS_STOPPED;
    bool opened = open_book(month, gathered) && (!gathered || gather_book(month));
    /* Earlier awards of other shards count too. */
    if (!month->survey || !asks_budget(month))
        month->book.shard = month->options->shard;
    begin_works(month);
    month->row_bytes = 0; /* what a pass that was broken off made says little */
    if (month->view != NULL && !month->survey)
        month->view->begin(month->view->context, month->threads);
    if (opened && (month->survey || month->options->out == NULL ||
                   (out_dir_open(month->out, month->arena, month->options->out, month->faults) &&
                    begin_files(month))))
        outcome = do_accounts(month);
    for (unsigned worker = 1; worker < month->threads; worker++)
        for (unsigned i = 0; i < month->side_count; i++)
            work_merge(&month->works[i], &works_of(month, worker)[i]);
    return outcome;
}

static enum run_outcome finish(struct month *month, enum pass outcome)
{
    bool lawful = keep_laws(month);
    bool refused = month->works[0].faults.total > 0;
    faults_merge(month->faults, &month->works[0].faults);
    if (outcome != PASS_DONE || !lawful || (refused && !month->options->quarantine) ||
        !(month->view != NULL ? finish_view(month) : write_summaries(month)))
        return RUN_REFUSED;
    if (month->options->out != NULL && (!out_dir_seal(month->out) || !out_dir_publish(month->out)))
        return RUN_REFUSED;
    return refused ? RUN_QUARANTINED : RUN_DONE;
}

/* Sorted files are streamed side by side, but not more of them than the memory has blocks for. */
static bool is_gathered_at_once(const struct month *month)
{
    return month->input_count > month->shares.streams;
}

static bool asks_borrowers(const struct month *month)
{
    for (unsigned i = 0; i < month->side_count; i++)
        if (work_asks_borrowers(&month->sides[i].job))
            return true;
    return false;
}

/* The passes to come are surveys, or have them behind them. */
static void set_survey(struct month *month, bool survey)
{
    month->survey = survey;
    for (unsigned i = 0; i < month->side_count; i++) {
        struct side *side = &month->sides[i];
        side->job.survey = survey;
        side->job.borrowers = survey ? NULL : &side->borrowers;
    }
}

/*
 * A pass ahead of the others, over what budgets and borrowers' classes are asked of.  Whatever
 * stops it, or is at fault, stops the pass after it the same way and is told then.  Returns whether
 * the book has to be gathered.
 */
static bool survey(struct month *month, bool gathered, void (*note)(struct month *month, bool done))
{
    set_survey(month, true);
    for (enum pass outcome = PASS_UNSORTED; outcome == PASS_UNSORTED;) {
        outcome = pass(month, gathered);
        gathered = gathered || outcome == PASS_UNSORTED;
        if (outcome != PASS_UNSORTED)
            note(month, outcome == PASS_DONE);
        faults_free(&month->reading);
        end_works(month);
        book_close(&month->book);
    }
    set_survey(month, false);
    return gathered;
}

static void note_budgets(struct month *month, bool done)
{
    if (done)
        (void)budget_judge(&month->budget, month->claims);
    for (unsigned i = 0; i < month->side_count; i++)
        month->sides[i].job.budget = &month->budget;
}

static void note_borrowers(struct month *month, bool done)
{
    (void)done;
    for (unsigned i = 0; i < month->side_count; i++)
        borrowers_merge(&month->sides[i].borrowers, &month->works[i].borrowers);
}

/* Budgets first: who is refused for one counts in no borrower's class. */
static bool surveys(struct month *month)
{
    bool gathered = is_gathered_at_once(month);
    if (asks_budget(month))
        gathered = survey(month, gathered, note_budgets);
    if (asks_borrowers(month))
        gathered = survey(month, gathered, note_borrowers);
    return gathered;
}

static enum run_outcome compute(struct month *month)
{
    enum pass outcome = PASS_UNSORTED;
    enum run_outcome result = RUN_REFUSED;
    bool gathered = surveys(month);
    if (month->faults->total > 0) /* what it found is not whole */
        return RUN_REFUSED;
    for (; outcome == PASS_UNSORTED; gathered = true) {
        outcome = pass(month, gathered);
        if (outcome != PASS_UNSORTED)
            result = finish(month, outcome);
        else
            faults_free(&month->reading); /* the second pass finds them again */
        out_dir_abandon(month->out);
        end_works(month);
        book_close(&month->book);
    }
    return result;
}

/* How far each program of another side is another than the first side's of the same id: those of
 * another file as a whole. */
static const struct program_difference *differences_of(struct month *month,
                                                       const struct rules *rules)
{
    struct program_difference *differences =
        ARENA_ARRAY(month->arena, struct program_difference, rules->program_count);
    for (unsigned i = 0; i < rules->program_count; i++) {
        for (unsigned bind = 0; bind < RULE_BINDS; bind++)
            differences[i].from[bind] = DATE_NONE;
        for (unsigned k = 0; k < month->rules->program_count; k++)
            if (text_equal(month->rules->programs[k]->id, rules->programs[i]->id) &&
                month->rules->programs[k]->file == rules->programs[i]->file)
                differences[i] =
                    program_differ(month->arena, month->rules->programs[k], rules->programs[i]);
    }
    return differences;
}

/* Read the rules of the options and have the view make those of the other sides. */
static bool read_rules(struct month *month)
{
    const struct run_view *view = month->view;
    struct rules *rules = ARENA_ARRAY(month->arena, struct rules, month->side_count);
    bool well = load_rules(month->arena, &month->options->rules, 1, 0, &rules[0], month->faults);
    size_t bytes = arena_bytes(month->arena);
    well = well && (view == NULL || view->make_rules == NULL ||
                    view->make_rules(view->context, month->arena, &rules[0], rules, month->faults));
    month->side_bytes = arena_bytes(month->arena) - bytes;
    for (unsigned i = 0; i < month->side_count; i++)
        month->sides[i].rules = rules[i];
    month->rules = &month->sides[0].rules;
    for (unsigned i = 0; i < month->rules->program_count; i++)
        month->subsidy = month->subsidy || month->rules->programs[i]->has_subsidy;
    return well;
}

enum run_outcome run_view(const struct run_options *options, const struct run_view *view,
                          struct arena *arena, struct out_dir *out, struct faults *faults)
{
    struct month month = {.options = options,
                          .view = view,
                          .faults = faults,
                          .out = out,
                          .arena = arena,
                          .side_count = view == NULL ? 1 : view->sides};
    enum run_outcome outcome = RUN_REFUSED;
    faults_init(&month.reading);
    month.sides = ARENA_ARRAY(arena, struct side, month.side_count);
    bool ruled = read_rules(&month);
    month.inputs = make_inputs(&month, &month.input_count);
    month.threads = threads_of(options);
    month.shares = shares_of(options, month.threads, month.side_count, month.side_bytes);
    month.works = ARENA_ARRAY(arena, struct work, (size_t)month.threads * month.side_count);
    name_columns(&month);
    month.claimed =
        ARENA_ARRAY(arena, struct budget_claim, (size_t)month.threads * month.side_count);
    budget_init(&month.budget, options->memory, month.side_count);
    for (unsigned i = 0; i < month.side_count; i++) {
        borrowers_init(&month.sides[i].borrowers, options->memory);
        set_job(&month, &month.sides[i]);
        month.sides[i].job.side = i;
        if (ruled && i > 0)
            month.sides[i].job.differences = differences_of(&month, &month.sides[i].rules);
    }
    if (ruled) {
        outcome = compute(&month);
    } else {
        (void)open_book(&month, false); /* its headers' faults belong to the list */
        book_close(&month.book);
    }
    for (unsigned i = 0; i < month.side_count; i++)
        borrowers_free(&month.sides[i].borrowers);
    budget_free(&month.budget);
    faults_merge(faults, &month.reading);
    faults_free(&month.reading);
    return outcome;
}

enum run_outcome run_month(const struct run_options *options, struct arena *arena,
                           struct out_dir *out, struct faults *faults)
{
    return run_view(options, NULL, arena, out, faults);
}
