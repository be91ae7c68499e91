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

/* What is left of the memory that a run may use, divided; an eighth is for what allocators lose. */
struct shares {
    size_t gathering; /* the book's sorter */
    size_t aside;     /* the sorters of rejects and of unidentified money, each */
    size_t batch;     /* each batch */
    unsigned streams; /* files that may be read side by side */
};

/* Everything of one run. */
struct month {
    const struct run_options *options;
    struct faults *faults;
    struct faults reading; /* of the book: its reader works beside those who write */
    struct out_dir *out;
    struct arena *arena; /* the caller's: outlives the run */
    struct rules rules;
    struct book_input *inputs;
    unsigned input_count;
    struct columns_named named;
    struct book book;
    struct portfolio_states states;
    struct work_job job;
    unsigned threads;
    struct shares shares;
    struct work *works;     /* one per worker; the first gathers what all found */
    struct sorter *rejects; /* of the lines of rejects.csv and unidentified.csv */
    struct sorter *unidentified;
    size_t row_bytes; /* what a row made in some batch, at most; 0: not known yet */
    struct out_file *files[REPORT_FILES];
    bool subsidy;           /* some program has one */
    struct budgets budgets; /* what surveys found */
    struct borrowers borrowers;
};

/* --- memory --- */

static unsigned threads_of(const struct run_options *options)
{
    uint64_t fit = options->memory_bytes / THREAD_MEMORY;
    return options->threads < fit ? options->threads : (unsigned)fit;
}

static struct shares shares_of(const struct run_options *options, unsigned threads)
{
    uint64_t least = RUN_OWN_MEMORY + (uint64_t)threads * THREAD_OWN_MEMORY;
    uint64_t rest = options->memory_bytes - least;
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
    *count = 0;
    for (unsigned role = 0; role < BOOK_ROLES; role++)
        *count += paths[role].count;
    struct book_input *inputs = ARENA_ARRAY(month->arena, struct book_input, *count);
    unsigned next = 0;
    for (unsigned role = 0; role < BOOK_ROLES; role++)
        for (unsigned i = 0; i < paths[role].count; i++, next++) {
            inputs[next].role = (enum book_role)role;
            inputs[next].number = i + 1;
            inputs[next].file =
                (struct fault_file){paths[role].list[i], month->rules.file_count + next};
        }
    return inputs;
}

static void name_columns(struct month *month)
{
    const struct run_options *options = month->options;
    month->named = (struct columns_named){
        .attributes = options->attributes.list,
        .attribute_count = options->attributes.count,
        .carried = options->carried.list,
        .carried_count = options->carried.count,
        .ignored = options->ignored.list,
        .ignored_count = options->ignored.count,
        .ruled = month->rules.columns,
        .ruled_count = month->rules.column_count,
    };
}

static bool open_book(struct month *month, bool gathered)
{
    const struct book_gathering gathering = {month->shares.gathering, month->options->temporary};
    return book_open(&month->book, month->options->memory, month->inputs, month->input_count,
                     &month->named, gathered ? &gathering : NULL, &month->reading);
}

static void set_job(struct month *month)
{
    const struct run_options *options = month->options;
    month->states = portfolio_states_of(month->arena, month->rules.programs,
                                        month->rules.program_count, options->as_of, options->from);
    for (unsigned i = 0; i < month->rules.program_count; i++)
        month->subsidy = month->subsidy || month->rules.programs[i]->has_subsidy;
    month->job = (struct work_job){
        .memory = options->memory,
        .programs = month->rules.programs,
        .program_count = month->rules.program_count,
        .states = &month->states,
        .inputs = month->inputs,
        .input_count = month->input_count,
        .attribute_count = options->attributes.count,
        .carried_count = options->carried.count,
        .loans = options->loans.count > 0,
        .grants = options->grants.count > 0,
        .ruled = month->rules.columns,
        .ruled_count = month->rules.column_count,
        .as_of = options->as_of,
        .known_at = options->known_at,
        .from = options->from,
        .from_known_at =
            date_is_set(options->from_known_at) ? options->from_known_at : options->known_at,
    };
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

static bool begin_files(struct month *month)
{
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

static bool work_batch(void *context, unsigned worker, struct crew_batch *batch)
{
    struct month *month = context;
    struct work *work = &month->works[worker];
    work->out = batch->out;
    /* A survey sets no row aside: its claims take that way to a sorter. */
    work->claims = &batch->rejects;
    work->rejects = month->options->quarantine ? &batch->rejects : NULL;
    work->unidentified = &batch->unidentified;
    for (size_t i = 0; i < batch->count && work->broken_law == NULL; i++)
        work_account(work, &batch->bundles[i]);
    return work->broken_law == NULL;
}

static bool write_batch(void *context, struct crew_batch *batch)
{
    struct month *month = context;
    for (unsigned file = 0; file <= REPORT_ARREARS && month->job.survey == SURVEY_NOTHING; file++)
        if (month->files[file] != NULL &&
            !write_buffer(month, month->files[file], &batch->out[file]))
            return false;
    const struct text rejects = {batch->rejects.bytes, batch->rejects.len};
    const struct text unidentified = {batch->unidentified.bytes, batch->unidentified.len};
    return sorter_add_packed(month->rejects, rejects) &&
           sorter_add_packed(month->unidentified, unidentified);
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
    const struct shard_content content = {month->options,          &month->rules,
                                          month->inputs,           month->input_count,
                                          &month->states,          &month->works[0].portfolio,
                                          &month->works[0].tallies};
    if (month->options->shard.count == 0)
        return true;
    struct out_file *file = out_dir_file(month->out, SHARD_STATE_NAME);
    shard_state_write(buffer, &content);
    return file != NULL && write_buffer(month, file, buffer);
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
    struct out_file *manifest = written ? out_dir_file(month->out, "manifest.yaml") : NULL;
    manifest_write(&buffer, month->options, &month->rules, month->inputs, month->input_count,
                   &month->works[0].tallies);
    written =
        manifest != NULL && write_buffer(month, manifest, &buffer) && write_shard(month, &buffer);
    buffer_free(&buffer);
    return written;
}

static bool keep_laws(struct month *month)
{
    const char *broken = month->works[0].broken_law;
    char quoted[TEXT_QUOTE_MAX] = "";
    if (broken != NULL)
        (void)text_quote(quoted, (struct text){month->works[0].broken_account.bytes,
                                               month->works[0].broken_account.len});
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
    for (unsigned i = 0; i < month->threads; i++)
        work_init(&month->works[i], &month->job);
    month->rejects =
        sorter_new(options->memory, month->shares.aside, options->temporary, month->faults);
    month->unidentified =
        sorter_new(options->memory, month->shares.aside, options->temporary, month->faults);
}

static void end_works(struct month *month)
{
    for (unsigned i = 0; i < month->threads; i++)
        work_free(&month->works[i]);
    sorter_free(month->rejects);
    sorter_free(month->unidentified);
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

/* One pass over the book, its files sorted (side by side) or not (gathered). */
static enum pass pass(struct month *month, bool gathered)
{
    enum pass outcome = PASS_STOPPED;
    bool opened = open_book(month, gathered) && (!gathered || gather_book(month));
    if (month->job.survey != SURVEY_BUDGETS) /* which are the whole book's */
        month->book.shard = month->options->shard;
    begin_works(month);
    month->row_bytes = 0; /* what a pass that was broken off made says little */
    if (opened && (month->job.survey != SURVEY_NOTHING ||
                   (out_dir_open(month->out, month->arena, month->options->out, month->faults) &&
                    begin_files(month))))
        outcome = do_accounts(month);
    for (unsigned i = 1; i < month->threads; i++)
        work_merge(&month->works[0], &month->works[i]);
    return outcome;
}

static enum run_outcome finish(struct month *month, enum pass outcome)
{
    bool lawful = keep_laws(month);
    bool refused = month->works[0].faults.total > 0;
    faults_merge(month->faults, &month->works[0].faults);
    if (outcome != PASS_DONE || !lawful || (refused && !month->options->quarantine) ||
        !write_summaries(month) || !out_dir_seal(month->out) || !out_dir_publish(month->out))
        return RUN_REFUSED;
    return refused ? RUN_QUARANTINED : RUN_DONE;
}

/* Sorted files are streamed side by side, but not more of them than the memory has blocks for. */
static bool is_gathered_at_once(const struct month *month)
{
    return month->input_count > month->shares.streams;
}

/*
 * A pass ahead of the others: what it finds is in month->budgets or month->borrowers.  Whatever
 * stops it, or is at fault, stops the pass that writes the same way and is told then; false when
 * the disk failed afterwards.  ${gathered}: whether the book has to be, before and after.
 */
static bool survey(struct month *month, enum work_survey survey, bool *gathered)
{
    bool well = true;
    month->job.survey = survey;
    for (enum pass outcome = PASS_UNSORTED; outcome == PASS_UNSORTED;) {
        outcome = pass(month, *gathered);
        *gathered = *gathered || outcome == PASS_UNSORTED;
        if (outcome != PASS_UNSORTED && survey == SURVEY_BUDGETS)
            well = budgets_judge(&month->budgets, month->rejects);
        else if (outcome != PASS_UNSORTED)
            borrowers_merge(&month->borrowers, &month->works[0].borrowers);
        faults_free(&month->reading);
        end_works(month);
        book_close(&month->book);
    }
    month->job.survey = SURVEY_NOTHING;
    return well;
}

/* Budgets first: an account above one is out of all that follows. */
static bool survey_all(struct month *month, bool *gathered)
{
    if (work_asks_budgets(&month->job)) {
        if (!survey(month, SURVEY_BUDGETS, gathered))
            return false;
        month->job.budgets = &month->budgets;
    }
    if (work_asks_borrowers(&month->job)) {
        (void)survey(month, SURVEY_BORROWERS, gathered);
        month->job.borrowers = &month->borrowers;
    }
    return true;
}

static enum run_outcome compute(struct month *month)
{
    enum pass outcome = PASS_UNSORTED;
    enum run_outcome result = RUN_REFUSED;
    bool gathered = is_gathered_at_once(month);
    if (!survey_all(month, &gathered))
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

enum run_outcome run_month(const struct run_options *options, struct arena *arena,
                           struct out_dir *out, struct faults *faults)
{
    struct month month = {.options = options, .faults = faults, .out = out, .arena = arena};
    enum run_outcome outcome = RUN_REFUSED;
    faults_init(&month.reading);
    bool ruled = load_rules(arena, &options->rules, 1, 0, &month.rules, faults);
    month.inputs = make_inputs(&month, &month.input_count);
    month.threads = threads_of(options);
    month.shares = shares_of(options, month.threads);
    month.works = ARENA_ARRAY(arena, struct work, month.threads);
    name_columns(&month);
    budgets_init(&month.budgets, options->memory);
    borrowers_init(&month.borrowers, options->memory);
    if (ruled) {
        set_job(&month);
        outcome = compute(&month);
    } else {
        (void)open_book(&month, false); /* its headers' faults belong to the list */
        book_close(&month.book);
    }
    budgets_free(&month.budgets);
    borrowers_free(&month.borrowers);
    faults_merge(faults, &month.reading);
    faults_free(&month.reading);
    return outcome;
}
