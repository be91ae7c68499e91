#include "sorter.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

/* Of a run in memory while runs are merged: long enough for a disk, short enough for many runs. */
enum { BLOCK_MIN = 64 * 1024, BLOCK_MAX = 1024 * 1024, FAN_IN_MIN = 2 };

/* An item in memory, in a run and packed: this, the key, the payload. */
struct head {
    uint64_t rank;
    uint32_t key_len, payload_len;
};

struct entry {
    uint64_t prefix; /* of the key, behind what all keys held begin with */
    size_t at;       /* of the item among the bytes held */
};

/* A sorted part of the temporary file. */
struct run {
    uint64_t offset, len;
};

/* A run being read. */
struct source {
    uint64_t offset, left; /* in the file: what is not yet in the block */
    char *block;
    size_t start, end; /* in the block: from the item at hand on */
    size_t size;       /* of the item at hand, 0: none yet */
    struct sorter_item item;
};

/* Runs being merged. */
struct merge {
    struct source *sources;
    char *blocks;
    size_t block_size;
    size_t *heap; /* indices of sources, the one whose item is next on top */
    size_t count;
    bool given; /* the item on top has been handed out */
};

struct sorter {
    const struct memory *memory;
    size_t limit;
    const char *folder;
    struct faults *faults;
    char *bytes; /* the items held, as they came */
    size_t len, room;
    struct entry *entries;
    size_t count, entry_room, next;
    size_t common;    /* bytes that all keys held begin with */
    size_t largest;   /* size of an item so far */
    int fd;           /* -1: nothing was written yet */
    uint64_t end;     /* of the file */
    struct run *runs; /* oldest items first */
    size_t run_count, run_room;
    char *block; /* being written, BLOCK_MIN bytes */
    size_t block_len;
    struct merge merge;
    bool sorted;
};

static bool refuse_io(struct sorter *sorter, const char *what)
{
    fault_add(sorter->faults, FAULT_IO, (struct place){0}, "cannot %s a temporary file in '%s': %s",
              what, sorter->folder, strerror(errno));
    return false;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

/* --- items --- */

static size_t item_size(const struct sorter_item *item)
{
    return sizeof(struct head) + item->key.len + item->payload.len;
}

static void write_item(char *out, const struct sorter_item *item)
{
    const struct head head = {item->rank, (uint32_t)item->key.len, (uint32_t)item->payload.len};
    memcpy(out, &head, sizeof head);
    if (item->key.len > 0)
        memcpy(out + sizeof head, item->key.ptr, item->key.len);
    if (item->payload.len > 0)
        memcpy(out + sizeof head + item->key.len, item->payload.ptr, item->payload.len);
}

/* The item at ${bytes}, whose texts lie there. */
static struct sorter_item read_item(const char *bytes)
{
    struct head head;
    memcpy(&head, bytes, sizeof head);
    const char *key = bytes + sizeof head;
    return (struct sorter_item){
        {key, head.key_len}, head.rank, {key + head.key_len, head.payload_len}};
}

static int compare_items(const struct sorter_item *a, const struct sorter_item *b)
{
    int order = text_compare(a->key, b->key);
    return order != 0 ? order : (a->rank > b->rank) - (a->rank < b->rank);
}

/* --- in memory --- */

struct sorter *sorter_new(const struct memory *memory, size_t bytes, const char *folder,
                          struct faults *faults)
{
    struct sorter *sorter = memory_resize(memory, NULL, sizeof *sorter);
    *sorter = (struct sorter){.memory = memory,
                              .limit = larger(bytes, SORTER_BYTES_MIN),
                              .folder = folder,
                              .faults = faults,
                              .fd = -1};
    return sorter;
}

static void free_held(struct sorter *sorter)
{
    memory_release(sorter->bytes);
    memory_release(sorter->entries);
    memory_release(sorter->block);
    sorter->bytes = sorter->block = NULL;
    sorter->entries = NULL;
    sorter->len = sorter->room = sorter->count = sorter->entry_room = 0;
}

static void end_merge(struct merge *merge)
{
    memory_release(merge->sources);
    memory_release(merge->blocks);
    memory_release(merge->heap);
    *merge = (struct merge){0};
}

void sorter_free(struct sorter *sorter)
{
    if (sorter == NULL)
        return;
    free_held(sorter);
    end_merge(&sorter->merge);
    memory_release(sorter->runs);
    if (sorter->fd >= 0)
        (void)close(sorter->fd);
    memory_release(sorter);
}

static uint64_t prefix_of(struct text key, size_t skipped)
{
    uint64_t prefix = 0;
    for (size_t i = skipped; i < skipped + sizeof prefix; i++)
        prefix = prefix << 8 | (i < key.len ? (unsigned char)key.ptr[i] : 0);
    return prefix;
}

static bool is_before(const struct sorter *sorter, const struct entry *a, const struct entry *b)
{
    if (a->prefix != b->prefix)
        return a->prefix < b->prefix;
    struct sorter_item left = read_item(sorter->bytes + a->at);
    struct sorter_item right = read_item(sorter->bytes + b->at);
    return compare_items(&left, &right) < 0;
}

/* By merging, which keeps equal items as they came and has no bad case; ${scratch} holds half as
 * many. */
static void sort_entries(const struct sorter *sorter, struct entry *list, size_t count,
                         struct entry *scratch)
{
    enum { FEW = 8 };
    size_t half = count / 2;
    for (size_t i = 1; count <= FEW && i < count; i++) {
        struct entry entry = list[i];
        size_t to = i;
        for (; to > 0 && is_before(sorter, &entry, &list[to - 1]); to--)
            list[to] = list[to - 1];
        list[to] = entry;
    }
    if (count <= FEW)
        return;
    sort_entries(sorter, list, half, scratch);
    sort_entries(sorter, list + half, count - half, scratch);
    if (!is_before(sorter, &list[half], &list[half - 1]))
        return;
    memcpy(scratch, list, half * sizeof *list);
    size_t left = 0, right = half, to = 0;
    while (left < half && right < count)
        list[to++] =
            is_before(sorter, &list[right], &scratch[left]) ? list[right++] : scratch[left++];
    memcpy(list + to, scratch + left, (half - left) * sizeof *list);
}

static void sort_held(struct sorter *sorter)
{
    if (sorter->count < 2)
        return;
    for (size_t i = 0; i < sorter->count; i++)
        sorter->entries[i].prefix =
            prefix_of(read_item(sorter->bytes + sorter->entries[i].at).key, sorter->common);
    struct entry *scratch =
        memory_resize(sorter->memory, NULL, (sorter->count / 2) * sizeof *scratch);
    sort_entries(sorter, sorter->entries, sorter->count, scratch);
    memory_release(scratch);
}

/* --- runs --- */

static bool open_file(struct sorter *sorter)
{
    static const char name[] = "/.nol-sort-XXXXXX";
    if (sorter->fd >= 0)
        return true;
    sorter->block = memory_resize(sorter->memory, sorter->block, BLOCK_MIN);
    sorter->fd = open(sorter->folder, O_TMPFILE | O_RDWR | O_EXCL | O_CLOEXEC, 0600);
    if (sorter->fd < 0) { /* not every file system has files without a name */
        size_t len = strlen(sorter->folder);
        char *path = memory_resize(sorter->memory, NULL, len + sizeof name);
        memcpy(path, sorter->folder, len);
        memcpy(path + len, name, sizeof name);
        sorter->fd = mkostemp(path, O_CLOEXEC);
        if (sorter->fd >= 0)
            (void)unlink(path);
        memory_release(path);
    }
    return sorter->fd >= 0 || refuse_io(sorter, "make");
}

static bool write_bytes(struct sorter *sorter, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t put = write(sorter->fd, bytes, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return refuse_io(sorter, "write");
        bytes += put;
        len -= (size_t)put;
        sorter->end += (uint64_t)put;
    }
    return true;
}

static bool flush_block(struct sorter *sorter)
{
    size_t len = sorter->block_len;
    sorter->block_len = 0;
    return write_bytes(sorter, sorter->block, len);
}

static bool put_bytes(struct sorter *sorter, const char *bytes, size_t len)
{
    if (len > BLOCK_MIN - sorter->block_len && !flush_block(sorter))
        return false;
    if (len > BLOCK_MIN)
        return write_bytes(sorter, bytes, len);
    memcpy(sorter->block + sorter->block_len, bytes, len);
    sorter->block_len += len;
    return true;
}

/* Write what is held as a run. */
static bool spill(struct sorter *sorter)
{
    if (!open_file(sorter))
        return false;
    struct run run = {.offset = sorter->end};
    sort_held(sorter);
    for (size_t i = 0; i < sorter->count; i++) {
        const char *bytes = sorter->bytes + sorter->entries[i].at;
        struct sorter_item item = read_item(bytes);
        if (!put_bytes(sorter, bytes, item_size(&item)))
            return false;
    }
    if (!flush_block(sorter))
        return false;
    run.len = sorter->end - run.offset;
    if (sorter->run_count == sorter->run_room) {
        sorter->run_room = sorter->run_room == 0 ? 64 : 2 * sorter->run_room;
        sorter->runs =
            memory_resize(sorter->memory, sorter->runs, sorter->run_room * sizeof *sorter->runs);
    }
    sorter->runs[sorter->run_count++] = run;
    sorter->len = sorter->count = 0;
    return true;
}

/* --- adding --- */

/* What ${more} bytes in one item more would take, the scratch memory to sort them included. */
static size_t held_with(const struct sorter *sorter, size_t more)
{
    return sorter->len + more +
           (sorter->count + 1) * (sizeof *sorter->entries + sizeof *sorter->entries / 2);
}

static void make_room(struct sorter *sorter, size_t more)
{
    if (sorter->room - sorter->len < more) {
        sorter->room = larger(sorter->len + more, smaller(2 * sorter->room, sorter->limit));
        sorter->room = larger(sorter->room, 4096);
        sorter->bytes = memory_resize(sorter->memory, sorter->bytes, sorter->room);
    }
    if (sorter->count == sorter->entry_room) {
        sorter->entry_room = sorter->entry_room == 0 ? 64 : 2 * sorter->entry_room;
        sorter->entries = memory_resize(sorter->memory, sorter->entries,
                                        sorter->entry_room * sizeof *sorter->entries);
    }
}

/* How many bytes the keys have in common now that ${key} is one of them. */
static size_t common_with(const struct sorter *sorter, struct text key)
{
    if (sorter->count == 0)
        return key.len;
    const char *first = read_item(sorter->bytes).key.ptr;
    size_t common = smaller(sorter->common, key.len), i = 0;
    while (i < common && first[i] == key.ptr[i])
        i++;
    return i;
}

bool sorter_add(struct sorter *sorter, const struct sorter_item *item)
{
    assert(!sorter->sorted);
    assert(item->key.len <= SORTER_TEXT_MAX && item->payload.len <= SORTER_TEXT_MAX);
    size_t size = item_size(item);
    if (sorter->count > 0 && held_with(sorter, size) > sorter->limit - BLOCK_MIN && !spill(sorter))
        return false;
    make_room(sorter, size);
    sorter->common = common_with(sorter, item->key);
    sorter->largest = larger(sorter->largest, size);
    sorter->entries[sorter->count++].at = sorter->len;
    write_item(sorter->bytes + sorter->len, item);
    sorter->len += size;
    return true;
}

void sorter_pack(struct buffer *buffer, const struct sorter_item *item)
{
    size_t size = item_size(item);
    write_item(buffer_reserve(buffer, size), item);
    buffer->len += size;
}

bool sorter_add_packed(struct sorter *sorter, struct text packed)
{
    for (size_t at = 0; at < packed.len;) {
        struct sorter_item item = read_item(packed.ptr + at);
        if (!sorter_add(sorter, &item))
            return false;
        at += item_size(&item);
    }
    return true;
}

/* --- merging --- */

/* Have at least ${wanted} bytes of the source in its block; false after a fault. */
static bool have(struct sorter *sorter, struct source *source, size_t wanted)
{
    size_t room = sorter->merge.block_size;
    if (source->end - source->start >= wanted)
        return true;
    memmove(source->block, source->block + source->start, source->end - source->start);
    source->end -= source->start;
    source->start = 0;
    while (source->end < room && source->left > 0) {
        size_t ask = room - source->end;
        if (ask > source->left)
            ask = (size_t)source->left;
        ssize_t got = pread(sorter->fd, source->block + source->end, ask, (off_t)source->offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0) /* somebody cut it short */
            errno = EIO;
        if (got <= 0)
            return refuse_io(sorter, "read");
        source->end += (size_t)got;
        source->offset += (uint64_t)got;
        source->left -= (uint64_t)got;
    }
    if (source->end >= wanted)
        return true;
    errno = EIO; /* not the bytes that were written */
    return refuse_io(sorter, "read");
}

/* Go to the source's next item. */
static enum sorter_result advance(struct sorter *sorter, struct source *source)
{
    source->start += source->size;
    source->size = 0;
    if (source->start == source->end && source->left == 0)
        return SORTER_END;
    if (!have(sorter, source, sizeof(struct head)))
        return SORTER_FAILED;
    source->item = read_item(source->block + source->start);
    size_t size = item_size(&source->item);
    if (!have(sorter, source, size))
        return SORTER_FAILED;
    source->item = read_item(source->block + source->start);
    source->size = size;
    return SORTER_ITEM;
}

/* Of equal items that of the older run comes first. */
static bool source_is_before(const struct merge *merge, size_t a, size_t b)
{
    int order = compare_items(&merge->sources[a].item, &merge->sources[b].item);
    return order != 0 ? order < 0 : a < b;
}

static void sift_down(struct merge *merge, size_t i)
{
    size_t *heap = merge->heap;
    for (;;) {
        size_t first = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2 && child < merge->count; child++)
            if (source_is_before(merge, heap[child], heap[first]))
                first = child;
        if (first == i)
            return;
        size_t held = heap[i];
        heap[i] = heap[first];
        heap[first] = held;
        i = first;
    }
}

static bool begin_merge(struct sorter *sorter, const struct run *runs, size_t count,
                        size_t block_size)
{
    struct merge *merge = &sorter->merge;
    const struct memory *memory = sorter->memory;
    *merge = (struct merge){
        .sources = memory_resize(memory, NULL, count * sizeof *merge->sources),
        .blocks = memory_resize(memory, NULL, memory_product(memory, count, block_size)),
        .heap = memory_resize(memory, NULL, count * sizeof *merge->heap),
        .block_size = block_size,
    };
    for (size_t i = 0; i < count; i++) {
        merge->sources[i] = (struct source){
            .offset = runs[i].offset, .left = runs[i].len, .block = merge->blocks + i * block_size};
        if (advance(sorter, &merge->sources[i]) != SORTER_ITEM) /* a run is never empty */
            return false;
        merge->heap[merge->count++] = i;
    }
    for (size_t i = count; i > 0; i--)
        sift_down(merge, i - 1);
    return true;
}

static enum sorter_result next_merged(struct sorter *sorter, struct sorter_item *item)
{
    struct merge *merge = &sorter->merge;
    if (merge->given) {
        enum sorter_result result = advance(sorter, &merge->sources[merge->heap[0]]);
        if (result == SORTER_FAILED)
            return result;
        if (result == SORTER_END)
            merge->heap[0] = merge->heap[--merge->count];
        sift_down(merge, 0);
    }
    merge->given = merge->count > 0;
    if (!merge->given)
        return SORTER_END;
    *item = merge->sources[merge->heap[0]].item;
    return SORTER_ITEM;
}

/* Merge ${count} runs into *into, which may be one of them, and give their place on the disk back
 * where the file system can. */
static bool merge_runs(struct sorter *sorter, const struct run *runs, size_t count,
                       size_t block_size, struct run *into)
{
    struct run run = {.offset = sorter->end};
    struct sorter_item item;
    enum sorter_result result = SORTER_FAILED;
    bool well = begin_merge(sorter, runs, count, block_size);
    while (well && (result = next_merged(sorter, &item)) == SORTER_ITEM)
        well = put_bytes(sorter, item.key.ptr - sizeof(struct head), item_size(&item));
    well = well && result == SORTER_END && flush_block(sorter);
    end_merge(&sorter->merge);
    for (size_t i = 0; well && i < count; i++)
        (void)fallocate(sorter->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
                        (off_t)runs[i].offset, (off_t)runs[i].len);
    run.len = sorter->end - run.offset;
    *into = run;
    return well;
}

/* Merge neighbours among the runs, and no more of them than needed, until ${fan_in} are left. */
static bool reduce_runs(struct sorter *sorter, size_t fan_in, size_t block_size)
{
    struct run *runs = sorter->runs;
    while (sorter->run_count > fan_in) {
        size_t kept = 0, next = 0, count = sorter->run_count;
        while (next < count) {
            size_t left = count - next, some = 1;
            if (kept + left > fan_in)
                some = smaller(smaller(fan_in, left), kept + left - fan_in + 1);
            if (some == 1)
                runs[kept] = runs[next];
            else if (!merge_runs(sorter, &runs[next], some, block_size, &runs[kept]))
                return false;
            kept++;
            next += some;
        }
        sorter->run_count = kept;
    }
    return true;
}

bool sorter_sort(struct sorter *sorter)
{
    assert(!sorter->sorted);
    sorter->sorted = true;
    if (sorter->run_count == 0) {
        sort_held(sorter);
        return true;
    }
    if (sorter->count > 0 && !spill(sorter))
        return false;
    char *block = sorter->block; /* still needed to write */
    sorter->block = NULL;
    free_held(sorter);
    sorter->block = block;
    size_t block_size = larger(BLOCK_MIN, sorter->largest);
    size_t fan_in = larger(FAN_IN_MIN, (sorter->limit - BLOCK_MIN) / block_size);
    if (!reduce_runs(sorter, fan_in, block_size))
        return false;
    block_size = larger(block_size, smaller(BLOCK_MAX, sorter->limit / sorter->run_count));
    return begin_merge(sorter, sorter->runs, sorter->run_count, block_size);
}

enum sorter_result sorter_next(struct sorter *sorter, struct sorter_item *item)
{
    assert(sorter->sorted);
    if (sorter->run_count > 0)
        return next_merged(sorter, item);
    if (sorter->next == sorter->count)
        return SORTER_END;
    *item = read_item(sorter->bytes + sorter->entries[sorter->next++].at);
    return SORTER_ITEM;
}
