#include "merge.h"

#include <sys/stat.h>

#include "report.h"
#include "shard_part.h"

/* Everything of one merge. */
struct merge {
    const struct run_options *options;
    struct arena *arena; /* the caller's */
    struct out_dir *out;
    struct faults *faults;
    struct shard_part *parts;
    unsigned count;
    struct shard_run run; /* what all shards have in common */
    struct text *input_names;
    struct portfolio portfolio;
    struct tallies tallies;
    struct run_progress progress;
    uint64_t rejects;
    bool subsidy; /* the run has claims: its shards have the file */
};

/* --- one file of one shard, row by row --- */

struct source {
    const struct shard_part_file *file;
    unsigned number; /* of its part: the last word in the order */
    struct csv_reader reader;
    struct csv_record row;
    uint64_t rank; /* rows come by rank, then key */
    struct text key;
    struct arena unquoted; /* of the key */
};

/* The rows of one file of the result, from all shards. */
struct stream {
    struct merge *merge;
    enum report_file file;
    struct buffer header;
    struct source *sources; /* one per part */
    struct source **heap;   /* those not at their end, the next row's on top */
    unsigned count;
    bool well;
};

static bool damaged(struct stream *stream, struct place at, const char *how)
{
    fault_add(stream->merge->faults, FAULT_SHARD_DAMAGED, at, "%s", how);
    stream->well = false;
    return false;
}

static bool parse_number(struct text digits, uint32_t *number)
{
    uint64_t value = 0;
    for (size_t i = 0; i < digits.len && value <= UINT32_MAX; i++) {
        if (digits.ptr[i] < '0' || digits.ptr[i] > '9')
            return false;
        value = value * 10 + (uint64_t)(digits.ptr[i] - '0');
    }
    *number = (uint32_t)value;
    return digits.len > 0 && value <= UINT32_MAX;
}

/* rejects.csv goes by file and line. */
static bool rank_reject(const struct merge *merge, struct source *source)
{
    struct text name = book_field(&source->unquoted, &source->row, 0);
    struct text digits = book_field(&source->unquoted, &source->row, 1);
    uint32_t line;
    unsigned input = 0;
    while (input < merge->run.input_count && !text_equal(name, merge->input_names[input]))
        input++;
    if (input == merge->run.input_count || !parse_number(digits, &line))
        return false;
    source->rank = (uint64_t)input << 32 | line;
    return true;
}

/* Where a row belongs among the rows of all shards; false when it is no row of the file. */
static bool place_row(const struct stream *stream, struct source *source)
{
    struct date date;
    if (source->row.quoted)
        arena_reset(&source->unquoted);
    if (stream->file == REPORT_REJECTS)
        return rank_reject(stream->merge, source);
    source->key = book_field(&source->unquoted, &source->row, 0);
    if (stream->file != REPORT_UNIDENTIFIED)
        return true;
    if (date_parse(book_field(&source->unquoted, &source->row, 1), &date) != FAULT_NONE)
        return false;
    source->rank = (uint64_t)((int64_t)date.day - INT32_MIN);
    return true;
}

static enum csv_result read_row(struct stream *stream, struct source *source)
{
    struct merge *merge = stream->merge;
    struct faults found;
    uint64_t before = source->reader.bytes;
    faults_init(&found);
    enum csv_result result = csv_next(&source->reader, &source->row, &found);
    merge->progress.bytes_done += source->reader.bytes - before;
    if (result == CSV_REFUSED && found.by_code[FAULT_IO] > 0)
        faults_merge(merge->faults, &found);
    else if (result == CSV_REFUSED)
        (void)damaged(stream, found.listed == NULL ? (struct place){0} : found.listed[0].at,
                      "cannot be read on; the run wrote something else");
    stream->well = stream->well && result != CSV_REFUSED;
    faults_free(&found);
    return result;
}

/* All has been read: was it what the run wrote? */
static void end_source(struct stream *stream, struct source *source)
{
    char hex[DIGEST_HEX_LEN + 1] = "";
    if (!csv_digest(&source->reader, hex)) {
        fault_add(stream->merge->faults, FAULT_IO, (struct place){&source->file->file, 0, 0},
                  "SHA-256 failed");
        stream->well = false;
    } else if (!shard_part_check(source->file, hex, stream->merge->faults)) {
        stream->well = false;
    }
}

/* The source's next row; false at its end, or when it cannot be read on. */
static bool advance(struct stream *stream, struct source *source)
{
    enum csv_result result = read_row(stream, source);
    if (result == CSV_END)
        end_source(stream, source);
    if (result != CSV_RECORD)
        return false;
    return place_row(stream, source) ||
           damaged(stream, csv_place(&source->row, 0), "no row of this file");
}

static bool open_source(struct stream *stream, struct source *source)
{
    enum { BLOCKS_IN_ALL = 64 * 1024 * 1024, BLOCK_LEAST = 64 * 1024 };
    struct merge *merge = stream->merge;
    const struct buffer *header = &stream->header;
    size_t block = BLOCKS_IN_ALL / merge->count;
    block = block < BLOCK_LEAST ? BLOCK_LEAST : block > CSV_BLOCK ? CSV_BLOCK : block;
    if (!csv_open_sized(&source->reader, merge->options->memory, &source->file->file, block,
                        merge->faults)) {
        stream->well = false;
        return false;
    }
    enum csv_result result = read_row(stream, source);
    if (result == CSV_REFUSED)
        return false;
    if (result == CSV_RECORD && source->row.len + 1 == header->len &&
        memcmp(source->row.bytes, header->bytes, source->row.len) == 0)
        return advance(stream, source);
    return damaged(stream, (struct place){&source->file->file, 1, 1},
                   "its header is not that of this run");
}

/* --- the next row of all: a heap of the sources --- */

static bool is_before(const struct source *a, const struct source *b)
{
    if (a->rank != b->rank)
        return a->rank < b->rank;
    int order = text_compare(a->key, b->key);
    return order != 0 ? order < 0 : a->number < b->number;
}

static void sift_down(struct stream *stream, unsigned i)
{
    struct source **heap = stream->heap, *moving = heap[i];
    for (unsigned child; (child = 2 * i + 1) < stream->count; i = child) {
        if (child + 1 < stream->count && is_before(heap[child + 1], heap[child]))
            child++;
        if (!is_before(heap[child], moving))
            break;
        heap[i] = heap[child];
    }
    heap[i] = moving;
}

/* --- one file of the result --- */

static bool flush(struct merge *merge, struct out_file *file, struct buffer *buffer)
{
    struct text bytes = {buffer->bytes, buffer->len};
    buffer->len = 0;
    if (merge->options->progress != NULL &&
        !merge->options->progress(merge->options->progress_context, &merge->progress)) {
        fault_add(merge->faults, FAULT_IO, (struct place){0}, "interrupted; nothing was written");
        return false;
    }
    return bytes.len == 0 || out_dir_write(merge->out, file, bytes);
}

/* All rows, in order; an account's come from one shard and stay together. */
static bool copy_rows(struct stream *stream, struct out_file *file, struct buffer *buffer)
{
    enum { FLUSH_AT = 1024 * 1024 };
    while (stream->count > 0) {
        struct source *source = stream->heap[0];
        char *out = buffer_reserve(buffer, source->row.len + 1);
        memcpy(out, source->row.bytes, source->row.len);
        out[source->row.len] = '\n';
        buffer_end(buffer, out + source->row.len + 1);
        stream->merge->rejects += stream->file == REPORT_REJECTS;
        if (!advance(stream, source))
            stream->heap[0] = stream->heap[--stream->count];
        if (stream->count > 0)
            sift_down(stream, 0);
        if (buffer->len >= FLUSH_AT && !flush(stream->merge, file, buffer))
            return false;
    }
    return flush(stream->merge, file, buffer);
}

static bool begin_sources(struct stream *stream)
{
    struct merge *merge = stream->merge;
    stream->sources = ARENA_ARRAY(merge->arena, struct source, merge->count);
    stream->heap = ARENA_ARRAY(merge->arena, struct source *, merge->count);
    for (unsigned i = 0; i < merge->count; i++) {
        struct source *source = &stream->sources[i];
        *source =
            (struct source){.file = shard_part_file(&merge->parts[i], report_name(stream->file)),
                            .number = i,
                            .reader = {.fd = -1}};
        arena_init(&source->unquoted, merge->options->memory);
        if (open_source(stream, source))
            stream->heap[stream->count++] = source;
    }
    for (unsigned i = stream->count / 2; i-- > 0;)
        sift_down(stream, i);
    return stream->well;
}

static bool merge_rows(struct merge *merge, enum report_file name, struct out_file *file)
{
    const struct run_names carried = merge->run.options.carried;
    struct stream stream = {.merge = merge, .file = name, .well = true};
    struct buffer buffer;
    buffer_init(&buffer, merge->options->memory);
    buffer_init(&stream.header, merge->options->memory);
    report_header(&stream.header, name, carried.list, carried.count);
    buffer_put(&buffer, (struct text){stream.header.bytes, stream.header.len});
    bool begun = begin_sources(&stream);
    bool written = copy_rows(&stream, file, &buffer); /* even so: who else is damaged? */
    for (unsigned i = 0; i < merge->count; i++) {
        csv_close(&stream.sources[i].reader);
        arena_free(&stream.sources[i].unquoted);
    }
    buffer_free(&stream.header);
    buffer_free(&buffer);
    return begun && written && stream.well;
}

static bool write_summary(struct merge *merge, enum report_file name, struct out_file *file)
{
    const struct report_groups groups = {
        .portfolio = &merge->portfolio,
        .groups = portfolio_sorted(&merge->portfolio),
        .attributes = merge->run.options.attributes.list,
        .from = merge->run.options.from,
        .to = merge->run.options.as_of,
        .arena = merge->arena,
    };
    struct buffer buffer;
    buffer_init(&buffer, merge->options->memory);
    report_header(&buffer, name, NULL, 0);
    report_summary(&buffer, name, &groups);
    bool written = flush(merge, file, &buffer);
    buffer_free(&buffer);
    return written;
}

static bool write_manifest(struct merge *merge)
{
    struct buffer buffer;
    struct out_file *file = out_dir_file(merge->out, "manifest.yaml");
    buffer_init(&buffer, merge->options->memory);
    manifest_write(&buffer, &merge->run.options, &merge->run.rules, merge->run.inputs,
                   merge->run.input_count, &merge->tallies);
    bool written = file != NULL && flush(merge, file, &buffer);
    buffer_free(&buffer);
    return written;
}

static bool is_wanted(const struct merge *merge, enum report_file file)
{
    const struct report_wants wants = {
        .loans = book_has_role(merge->run.inputs, merge->run.input_count, BOOK_LOANS),
        .grants = book_has_role(merge->run.inputs, merge->run.input_count, BOOK_GRANTS),
        .period = date_is_set(merge->run.options.from),
        .quarantine = merge->run.options.quarantine,
        .subsidy = merge->subsidy,
    };
    return report_is_wanted(file, &wants);
}

static bool write_files(struct merge *merge)
{
    bool well = true;
    for (unsigned name = 0; name < REPORT_FILES; name++) {
        bool summary = name >= REPORT_PORTFOLIO && name <= REPORT_MIGRATION;
        if (!is_wanted(merge, (enum report_file)name))
            continue;
        struct out_file *file = out_dir_file(merge->out, report_name((enum report_file)name));
        if (file == NULL)
            return false;
        well = (summary ? write_summary(merge, (enum report_file)name, file)
                        : merge_rows(merge, (enum report_file)name, file)) &&
               well;
    }
    return well && write_manifest(merge);
}

/* --- the fold --- */

static bool add_folds(struct merge *merge)
{
    char hex[DIGEST_HEX_LEN + 1];
    bool added = true;
    for (unsigned i = 0; i < merge->count; i++) {
        const struct shard_part_file *state = shard_part_file(&merge->parts[i], SHARD_STATE_NAME);
        added = shard_state_fold(merge->options->memory, &state->file, &merge->run,
                                 &merge->portfolio, &merge->tallies, hex, merge->faults) &&
                shard_part_check(state, hex, merge->faults) && added;
    }
    return added;
}

/* Every row of every input is in one of the shards, and the laws of a run hold for the whole. */
static bool keep_laws(struct merge *merge)
{
    const char *broken = portfolio_law(&merge->portfolio);
    if (broken == NULL)
        broken = tallies_law(&merge->tallies);
    for (unsigned i = 0; i < merge->run.input_count && broken == NULL; i++) {
        uint64_t rows = 0;
        for (unsigned type = 0; type <= EVENT_TYPES; type++)
            rows += merge->tallies.inputs[i].by_type[type].count;
        if (rows != merge->run.inputs[i].rows)
            broken = "the rows of the shards together are not those of the input";
    }
    if (broken != NULL)
        fault_add(merge->faults, FAULT_LAW, (struct place){0},
                  "a fault in nol itself, please report it: %s", broken);
    return broken == NULL;
}

/* --- the whole --- */

/* The result would take the place of one of the shards. */
static void refuse_own_shard(struct merge *merge)
{
    struct stat out, part;
    if (stat(merge->options->out, &out) != 0)
        return;
    for (unsigned i = 0; i < merge->count; i++)
        if (stat(merge->parts[i].folder.path, &part) == 0 && part.st_dev == out.st_dev &&
            part.st_ino == out.st_ino)
            fault_add(merge->faults, FAULT_USAGE, (struct place){0},
                      "--out '%s' is one of the shards; name another folder", merge->options->out);
}

/* Whether each shard has all files that this run writes; adds up what there is to read. */
static void find_files(struct merge *merge)
{
    for (unsigned i = 0; i < merge->count; i++)
        merge->subsidy = merge->subsidy ||
                         shard_part_file(&merge->parts[i], report_name(REPORT_SUBSIDY)) != NULL;
    for (unsigned i = 0; i < merge->count; i++)
        for (unsigned name = 0; name < REPORT_FILES; name++) {
            const struct shard_part *part = &merge->parts[i];
            const struct shard_part_file *file =
                shard_part_file(part, report_name((enum report_file)name));
            if (!is_wanted(merge, (enum report_file)name))
                continue;
            if (file == NULL)
                fault_add(merge->faults, FAULT_SHARD_DAMAGED, (struct place){&part->folder, 0, 0},
                          "its SHA256SUMS does not list %s", report_name((enum report_file)name));
            else if (name < REPORT_PORTFOLIO || name > REPORT_MIGRATION)
                merge->progress.bytes_total += file->size;
        }
}

/* Open and judge all parts; false after a fault. */
static bool open_parts(struct merge *merge, struct run_paths shards)
{
    uint64_t before = merge->faults->total;
    merge->parts = ARENA_ARRAY(merge->arena, struct shard_part, shards.count);
    merge->count = shards.count;
    for (unsigned i = 0; i < shards.count; i++)
        shard_part_open(&merge->parts[i], merge->arena, shards.list[i], i * SHARD_PART_ORDERS,
                        merge->faults);
    shard_parts_agree(merge->arena, merge->parts, merge->count, merge->faults);
    refuse_own_shard(merge);
    if (merge->faults->total != before || merge->count == 0)
        return false;
    const struct shard_part *first = &merge->parts[0];
    if (!shard_state_run(merge->arena, &shard_part_file(first, SHARD_STATE_NAME)->file,
                         &first->facts, &merge->run, merge->faults))
        return false;
    find_files(merge);
    return merge->faults->total == before;
}

static void name_inputs(struct merge *merge)
{
    struct buffer name;
    buffer_init(&name, merge->options->memory);
    merge->input_names = ARENA_ARRAY(merge->arena, struct text, merge->run.input_count);
    for (unsigned i = 0; i < merge->run.input_count; i++) {
        name.len = 0;
        book_input_name(&name, &merge->run.inputs[i]);
        merge->input_names[i] =
            (struct text){arena_copy(merge->arena, name.bytes, name.len), name.len};
    }
    buffer_free(&name);
}

static enum run_outcome write_result(struct merge *merge)
{
    if (!add_folds(merge) || !keep_laws(merge) ||
        !out_dir_open(merge->out, merge->arena, merge->options->out, merge->faults) ||
        !write_files(merge) || !out_dir_seal(merge->out) || !out_dir_publish(merge->out))
        return RUN_REFUSED;
    if (merge->rejects == 0)
        return RUN_DONE;
    fault_add(merge->faults, FAULT_SHARD_REJECTS, (struct place){0},
              "%llu %s set aside; rejects.csv in '%s' says why", (unsigned long long)merge->rejects,
              merge->rejects == 1 ? "row was" : "rows were", merge->options->out);
    return RUN_QUARANTINED;
}

enum run_outcome merge_shards(const struct run_options *options, struct run_paths shards,
                              struct arena *arena, struct out_dir *out, struct faults *faults)
{
    struct merge merge = {.options = options, .arena = arena, .out = out, .faults = faults};
    if (!open_parts(&merge, shards))
        return RUN_REFUSED;
    name_inputs(&merge);
    portfolio_init(&merge.portfolio, options->memory, &merge.run.states,
                   merge.run.options.attributes.count);
    tallies_init(&merge.tallies, options->memory, merge.run.input_count);
    enum run_outcome outcome = write_result(&merge);
    out_dir_abandon(out);
    tallies_free(&merge.tallies);
    portfolio_free(&merge.portfolio);
    return outcome;
}
