#include "run.h"

#include <stdlib.h>

#include "crew.h"
#include "manifest.h"
#include "shard_state.h"
#include "work.h"

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
    struct book book;
    struct portfolio_states states;
    struct work_job job;
    struct work *works; /* one per worker; the first gathers what all found */
    struct out_file *files[REPORT_FILES];
};

static struct book_input *make_inputs(struct month *month, unsigned *count)
{
    const struct run_paths paths[BOOK_ROLES] = {month->options->loans, month->options->events,
                                                month->options->plan};
    *count = paths[BOOK_LOANS].count + paths[BOOK_EVENTS].count + paths[BOOK_PLAN].count;
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

static bool open_book(struct month *month, bool gathered)
{
    const struct run_options *options = month->options;
    const struct columns_named named = {
        .attributes = options->attributes.list,
        .attribute_count = options->attributes.count,
        .carried = options->carried.list,
        .carried_count = options->carried.count,
        .ignored = options->ignored.list,
        .ignored_count = options->ignored.count,
        .ruled = month->rules.columns,
        .ruled_count = month->rules.column_count,
    };
    return book_open(&month->book, options->memory, month->inputs, month->input_count, &named,
                     gathered, &month->reading);
}

static void set_job(struct month *month)
{
    const struct run_options *options = month->options;
    month->states = portfolio_states_of(month->arena, month->rules.programs,
                                        month->rules.program_count, options->as_of, options->from);
    month->job = (struct work_job){
        .memory = options->memory,
        .programs = month->rules.programs,
        .program_count = month->rules.program_count,
        .states = &month->states,
        .inputs = month->inputs,
        .input_count = month->input_count,
        .attribute_count = options->attributes.count,
        .carried_count = options->carried.count,
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
    return report_is_wanted(file, date_is_set(month->options->from), month->options->quarantine);
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
    struct work *work = &((struct month *)context)->works[worker];
    work->out = batch->out;
    for (size_t i = 0; i < batch->count && work->broken_law == NULL; i++)
        work_account(work, &batch->bundles[i]);
    return work->broken_law == NULL;
}

static bool write_batch(void *context, struct crew_batch *batch)
{
    struct month *month = context;
    for (unsigned file = 0; file <= REPORT_ARREARS; file++)
        if (!write_buffer(month, month->files[file], &batch->out[file]))
            return false;
    return true;
}

static enum book_result fill_batch(struct month *month, struct crew_batch *batch)
{
    enum { BATCH_ROWS = 1024 };
    enum book_result result = BOOK_BUNDLE;
    for (size_t rows = 0; rows < BATCH_ROWS && result == BOOK_BUNDLE;) {
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
        rows += bundle.loan_count + bundle.event_count + bundle.plan_count;
    }
    return result;
}

static enum pass do_accounts(struct month *month)
{
    const struct crew_task task = {month, work_batch, write_batch};
    struct crew *crew = crew_start(month->options->memory, month->options->threads, &task);
    enum book_result result = BOOK_BUNDLE;
    struct crew_batch *batch;
    if (crew == NULL) {
        fault_add(month->faults, FAULT_IO, (struct place){0}, "cannot start %u threads",
                  month->options->threads);
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

static int compare_unidentified(const void *a, const void *b)
{
    const struct work_unidentified *left = a, *right = b;
    if (left->date.day != right->date.day)
        return left->date.day < right->date.day ? -1 : 1;
    return text_compare(left->event_id, right->event_id);
}

static void put_unidentified(struct month *month, struct buffer *buffer)
{
    struct work *work = &month->works[0];
    if (work->unidentified_count > 0)
        qsort(work->unidentified, work->unidentified_count, sizeof *work->unidentified,
              compare_unidentified);
    for (size_t i = 0; i < work->unidentified_count; i++) {
        csv_text(buffer, work->unidentified[i].event_id);
        csv_date(buffer, work->unidentified[i].date);
        csv_text(buffer, work->unidentified[i].amount);
        csv_text(buffer, work->unidentified[i].document);
        csv_end_row(buffer);
    }
}

static int compare_rejects(const void *a, const void *b)
{
    const struct work_reject *left = a, *right = b;
    if (left->input != right->input)
        return left->input->file.order < right->input->file.order ? -1 : 1;
    return (left->line > right->line) - (left->line < right->line);
}

/* `loans`, or `loans-2` for the second file of the role. */
static void put_role(struct buffer *buffer, const struct book_input *input)
{
    book_input_name(buffer, input);
    buffer_put_string(buffer, ",");
}

static void put_rejects(struct month *month, struct buffer *buffer)
{
    struct work *work = &month->works[0];
    if (work->reject_count > 0)
        qsort(work->rejects, work->reject_count, sizeof *work->rejects, compare_rejects);
    for (size_t i = 0; i < work->reject_count; i++) {
        const struct work_reject *reject = &work->rejects[i];
        put_role(buffer, reject->input);
        csv_number(buffer, reject->line);
        csv_text(buffer, reject->account_id);
        csv_text(buffer, reject->type);
        csv_text(buffer, reject->amount);
        csv_text(buffer, text_of(fault_slug(reject->code)));
        csv_text(buffer, reject->reason);
        csv_end_row(buffer);
    }
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
            put_unidentified(month, &buffer);
        else
            put_rejects(month, &buffer);
        written = write_buffer(month, month->files[file], &buffer);
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
        (void)text_quote(quoted, month->works[0].broken_account);
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
    for (unsigned i = 0; i < month->options->threads; i++)
        work_init(&month->works[i], &month->job);
}

static void end_works(struct month *month)
{
    for (unsigned i = 0; i < month->options->threads; i++)
        work_free(&month->works[i]);
}

/* One pass over the book, its files sorted (side by side) or not (gathered). */
static enum pass pass(struct month *month, bool gathered)
{
    enum pass outcome = PASS_STOPPED;
    bool opened = open_book(month, gathered);
    month->book.shard = month->options->shard;
    begin_works(month);
    if (opened && out_dir_open(month->out, month->arena, month->options->out, month->faults) &&
        begin_files(month))
        outcome = do_accounts(month);
    for (unsigned i = 1; i < month->options->threads; i++)
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

static enum run_outcome compute(struct month *month)
{
    enum pass outcome = PASS_UNSORTED;
    enum run_outcome result = RUN_REFUSED;
    for (unsigned gathered = 0; outcome == PASS_UNSORTED; gathered++) {
        outcome = pass(month, gathered > 0);
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
    month.works = ARENA_ARRAY(arena, struct work, options->threads);
    if (ruled) {
        set_job(&month);
        outcome = compute(&month);
    } else {
        (void)open_book(&month, false); /* its headers' faults belong to the list */
        book_close(&month.book);
    }
    faults_merge(faults, &month.reading);
    faults_free(&month.reading);
    return outcome;
}
