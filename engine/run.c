#include "run.h"

#include <stdlib.h>

#include "manifest.h"
#include "work.h"

enum { FLUSH_AT = 256 * 1024 };

/* Everything of one run. */
struct month {
    const struct run_options *options;
    struct faults *faults;
    struct out_dir *out;
    struct arena *arena; /* the caller's: outlives the run */
    struct rules rules;
    struct book book;
    struct portfolio_states states;
    struct work_job job;
    struct work work;
    struct out_file *files[REPORT_FILES];
};

static struct book_input *make_inputs(struct month *month, unsigned *count)
{
    const struct run_paths paths[BOOK_ROLES] = {month->options->loans, month->options->events};
    *count = paths[BOOK_LOANS].count + paths[BOOK_EVENTS].count;
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

static bool read_inputs(struct month *month)
{
    const struct run_options *options = month->options;
    const struct columns_named named = {
        .attributes = options->attributes.list,
        .attribute_count = options->attributes.count,
        .carried = options->carried.list,
        .carried_count = options->carried.count,
        .ignored = options->ignored.list,
        .ignored_count = options->ignored.count,
    };
    unsigned count;
    bool read = load_rules(month->arena, &options->rules, 1, 0, &month->rules, month->faults);
    struct book_input *inputs = make_inputs(month, &count);
    return book_read(&month->book, options->memory, inputs, count, &named, month->faults) && read;
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
        .inputs = month->book.inputs,
        .input_count = month->book.input_count,
        .attribute_count = options->attributes.count,
        .carried_count = options->carried.count,
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
    if (file == REPORT_MOVEMENT || file == REPORT_MIGRATION)
        return date_is_set(month->options->from);
    return file != REPORT_REJECTS || month->options->quarantine;
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

static bool flush_accounts(struct month *month, size_t at_least)
{
    for (unsigned file = 0; file <= REPORT_ARREARS; file++)
        if (month->work.out[file].len >= at_least &&
            !write_buffer(month, month->files[file], &month->work.out[file]))
            return false;
    return true;
}

/* False when the watcher wants the run to stop. */
static bool tell_progress(const struct month *month)
{
    const struct book_rows *rows = month->book.rows;
    struct run_progress progress = {
        .rows_done = rows[BOOK_LOANS].next + rows[BOOK_EVENTS].next,
        .rows_total = rows[BOOK_LOANS].count + rows[BOOK_EVENTS].count,
    };
    if (month->options->progress == NULL ||
        month->options->progress(month->options->progress_context, &progress))
        return true;
    fault_add(month->faults, FAULT_IO, (struct place){0}, "interrupted; nothing was written");
    return false;
}

static bool do_accounts(struct month *month)
{
    enum { TELL_EVERY = 1024 };
    struct book_bundle bundle;
    for (unsigned done = 0; book_next(&month->book, &bundle); done++) {
        work_account(&month->work, &bundle);
        if (month->work.broken_law != NULL)
            break;
        if (!flush_accounts(month, FLUSH_AT))
            return false;
        if (done % TELL_EVERY == 0 && !tell_progress(month))
            return false;
    }
    return tell_progress(month) && flush_accounts(month, 1);
}

static int compare_unidentified(const void *a, const void *b)
{
    const struct work_unidentified *left = a, *right = b;
    if (left->date.day != right->date.day)
        return left->date.day < right->date.day ? -1 : 1;
    return text_compare(left->event_id, right->event_id);
}

static void put_unidentified(struct month *month, struct buffer *buffer)
{
    struct work *work = &month->work;
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
    buffer_put_string(buffer, book_role_name(input->role));
    if (input->number > 1)
        buffer_printf(buffer, "-%u", input->number);
    buffer_put_string(buffer, ",");
}

static void put_rejects(struct month *month, struct buffer *buffer)
{
    struct work *work = &month->work;
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

static bool write_summaries(struct month *month)
{
    struct buffer buffer;
    const struct report_groups groups = {
        .portfolio = &month->work.portfolio,
        .groups = portfolio_sorted(&month->work.portfolio),
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
        if (file == REPORT_PORTFOLIO)
            report_portfolio(&buffer, &groups);
        else if (file == REPORT_CLASSES)
            report_classes(&buffer, &groups);
        else if (file == REPORT_MOVEMENT)
            report_movement(&buffer, &groups);
        else if (file == REPORT_MIGRATION)
            report_migration(&buffer, &groups);
        else if (file == REPORT_UNIDENTIFIED)
            put_unidentified(month, &buffer);
        else
            put_rejects(month, &buffer);
        written = write_buffer(month, month->files[file], &buffer);
    }
    struct out_file *manifest = written ? out_dir_file(month->out, "manifest.yaml") : NULL;
    manifest_write(&buffer, month->options, &month->rules, &month->book, &month->work.tallies);
    written = manifest != NULL && write_buffer(month, manifest, &buffer);
    buffer_free(&buffer);
    return written;
}

static bool keep_laws(struct month *month)
{
    const char *broken = month->work.broken_law;
    char quoted[TEXT_QUOTE_MAX] = "";
    if (broken != NULL)
        (void)text_quote(quoted, month->work.broken_account);
    if (broken == NULL)
        broken = portfolio_law(&month->work.portfolio);
    if (broken == NULL)
        broken = tallies_law(&month->work.tallies);
    if (broken == NULL)
        return true;
    fault_add(month->faults, FAULT_LAW, (struct place){0},
              "a fault in nol itself, please report it: %s %s", broken, quoted);
    return false;
}

/* --- the whole --- */

static enum run_outcome compute(struct month *month)
{
    set_job(month);
    work_init(&month->work, &month->job);
    bool written = out_dir_open(month->out, month->arena, month->options->out, month->faults) &&
                   begin_files(month) && do_accounts(month) && keep_laws(month);
    uint64_t refused = month->work.faults.total;
    faults_merge(month->faults, &month->work.faults);
    written = written && (refused == 0 || month->options->quarantine);
    written = written && write_summaries(month) && out_dir_seal(month->out) &&
              out_dir_publish(month->out);
    work_free(&month->work);
    if (!written)
        return RUN_REFUSED;
    return refused == 0 ? RUN_DONE : RUN_QUARANTINED;
}

enum run_outcome run_month(const struct run_options *options, struct arena *arena,
                           struct out_dir *out, struct faults *faults)
{
    struct month month = {.options = options, .faults = faults, .out = out, .arena = arena};
    enum run_outcome outcome = RUN_REFUSED;
    if (read_inputs(&month))
        outcome = compute(&month);
    out_dir_abandon(out);
    book_free(&month.book);
    return outcome;
}
