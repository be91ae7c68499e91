#include "shard_part.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report.h"

#define SUMS_NAME "SHA256SUMS"

enum { SUMS_MAX = 8192 };

/* --- one folder --- */

static struct place at_folder(const struct shard_part *part)
{
    return (struct place){&part->folder, 0, 0};
}

static struct text join(struct arena *arena, const char *folder, struct text name)
{
    size_t len = strlen(folder);
    bool slash = len > 0 && folder[len - 1] == '/';
    char *joined = arena_alloc(arena, len + name.len + 2);
    memcpy(joined, folder, len);
    joined[len] = '/';
    len += !slash;
    memcpy(joined + len, name.ptr, name.len);
    joined[len + name.len] = '\0';
    return (struct text){joined, len + name.len};
}

struct names {
    struct text list[256];
    unsigned count;
};

static struct text nth_name(const void *names, size_t i)
{
    return ((const struct names *)names)->list[i];
}

/* What lies beside a folder that is not there and is called nearly so. */
static struct text nearest_folder(struct arena *arena, const char *path)
{
    struct names names = {.count = 0};
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    const char *slash = memrchr(path, '/', len);
    size_t start = slash == NULL ? 0 : (size_t)(slash - path) + 1;
    DIR *dir = opendir(start == 0 ? "." : arena_copy(arena, path, start));
    if (dir == NULL)
        return (struct text){"", 0};
    for (struct dirent *entry; names.count < 256 && (entry = readdir(dir)) != NULL;)
        if (entry->d_name[0] != '.')
            names.list[names.count++] = (struct text){
                arena_copy(arena, entry->d_name, strlen(entry->d_name)), strlen(entry->d_name)};
    (void)closedir(dir);
    struct text near =
        text_nearest((struct text){path + start, len - start}, names.count, nth_name, &names);
    return near.len == 0 || start == 0 ? near : join(arena, arena_copy(arena, path, start), near);
}

static void refuse_folder(struct shard_part *part, struct arena *arena, struct faults *faults)
{
    char quoted[TEXT_QUOTE_MAX];
    if (errno != ENOENT && errno != ENOTDIR) {
        fault_add(faults, FAULT_IO, at_folder(part), "cannot open: %s", strerror(errno));
        return;
    }
    if (errno == ENOTDIR) {
        fault_add(faults, FAULT_SHARD_FOREIGN, at_folder(part), "no folder");
        return;
    }
    struct text near = nearest_folder(arena, part->folder.path);
    if (near.len > 0 && !text_is(near, part->folder.path))
        fault_add(faults, FAULT_SHARD_FOREIGN, at_folder(part),
                  "there is no such folder; did you mean %s?", text_quote(quoted, near));
    else
        fault_add(faults, FAULT_SHARD_FOREIGN, at_folder(part), "there is no such folder");
}

static bool is_hex(const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++)
        if ((bytes[i] < '0' || bytes[i] > '9') && (bytes[i] < 'a' || bytes[i] > 'f'))
            return false;
    return true;
}

/* Understand SHA256SUMS; false when it is none of nol's. */
static bool parse_sums(struct shard_part *part, struct arena *arena, struct text sums,
                       unsigned order)
{
    enum { NAME_AT = DIGEST_HEX_LEN + 2 };
    part->files = ARENA_ARRAY(arena, struct shard_part_file, OUT_FILES_MAX);
    for (size_t i = 0; i < sums.len;) {
        const char *line = sums.ptr + i, *end = memchr(line, '\n', sums.len - i);
        size_t len = end == NULL ? 0 : (size_t)(end - line);
        if (len <= NAME_AT || part->file_count == OUT_FILES_MAX || !is_hex(line, DIGEST_HEX_LEN) ||
            memcmp(line + DIGEST_HEX_LEN, "  ", 2) != 0 ||
            memchr(line + NAME_AT, '/', len - NAME_AT) != NULL)
            return false;
        struct shard_part_file *file = &part->files[part->file_count++];
        file->hex = (struct text){line, DIGEST_HEX_LEN};
        file->name = (struct text){line + NAME_AT, len - NAME_AT};
        file->file = (struct fault_file){join(arena, part->folder.path, file->name).ptr,
                                         order + part->file_count};
        i += len + 1;
    }
    return true;
}

static struct text read_sums(int folder, struct arena *arena)
{
    int fd = openat(folder, SUMS_NAME, O_RDONLY | O_CLOEXEC);
    char *bytes = arena_alloc(arena, SUMS_MAX);
    ssize_t got = fd < 0 ? -1 : read(fd, bytes, SUMS_MAX);
    if (fd >= 0)
        (void)close(fd);
    return (struct text){bytes, got < 0 ? 0 : (size_t)got};
}

static bool is_streamed(struct text name)
{
    return text_is(name, report_name(REPORT_SCHEDULE)) ||
           text_is(name, report_name(REPORT_ALLOCATIONS)) ||
           text_is(name, report_name(REPORT_SUBSIDY)) ||
           text_is(name, report_name(REPORT_GRANT_POSITIONS)) ||
           text_is(name, report_name(REPORT_GRANT_TRANCHES)) ||
           text_is(name, report_name(REPORT_ARREARS)) ||
           text_is(name, report_name(REPORT_UNIDENTIFIED)) ||
           text_is(name, report_name(REPORT_REJECTS));
}

bool shard_part_check(const struct shard_part_file *file, const char *hex, struct faults *faults)
{
    if (text_is(file->hex, hex))
        return true;
    fault_add(faults, FAULT_SHARD_DAMAGED, (struct place){&file->file, 0, 0},
              "its SHA-256 is %.12s..., SHA256SUMS says %.12s...", hex, file->hex.ptr);
    return false;
}

static bool digest_file(const struct shard_part_file *file, struct faults *faults)
{
    char bytes[8192], hex[DIGEST_HEX_LEN + 1] = "";
    struct digest *digest = digest_new();
    int fd = open(file->file.path, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : 1;
    while (got > 0 && digest != NULL) {
        got = read(fd, bytes, sizeof bytes);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0 && !digest_add(digest, bytes, (size_t)got))
            got = -1;
    }
    bool read = got == 0 && digest != NULL && digest_end(digest, hex);
    if (!read)
        fault_add(faults, FAULT_IO, (struct place){&file->file, 0, 0}, "cannot read: %s",
                  strerror(errno));
    if (fd >= 0)
        (void)close(fd);
    digest_free(digest);
    return read && shard_part_check(file, hex, faults);
}

/* Every file that is listed is there and, if it is small, as listed. */
static bool check_files(struct shard_part *part, int folder, struct faults *faults)
{
    bool whole = true;
    for (unsigned i = 0; i < part->file_count; i++) {
        struct shard_part_file *file = &part->files[i];
        const char *name = file->file.path + strlen(file->file.path) - file->name.len;
        struct stat status;
        if (fstatat(folder, name, &status, 0) != 0 || !S_ISREG(status.st_mode)) {
            fault_add(faults, FAULT_SHARD_DAMAGED, (struct place){&file->file, 0, 0},
                      "missing; SHA256SUMS lists it");
            whole = false;
            continue;
        }
        file->size = (uint64_t)status.st_size;
        if (!is_streamed(file->name))
            whole = digest_file(file, faults) && whole;
    }
    return whole;
}

static void look_inside(struct shard_part *part, struct arena *arena, int folder,
                        struct faults *faults)
{
    struct text sums = read_sums(folder, arena);
    if (sums.len == 0 || !parse_sums(part, arena, sums, part->folder.order)) {
        fault_add(faults, FAULT_SHARD_FOREIGN, at_folder(part),
                  "no folder that a run wrote: it has no SHA256SUMS of one");
        return;
    }
    const struct shard_part_file *state = shard_part_file(part, SHARD_STATE_NAME);
    if (state == NULL) {
        fault_add(faults, FAULT_SHARD_FOREIGN, at_folder(part),
                  "no shard: its SHA256SUMS lists no " SHARD_STATE_NAME
                  "; shards come from nol run --shard K/N");
        return;
    }
    part->usable = check_files(part, folder, faults) &&
                   shard_state_facts(arena, &state->file, &part->facts, faults);
}

void shard_part_open(struct shard_part *part, struct arena *arena, const char *path, unsigned order,
                     struct faults *faults)
{
    *part = (struct shard_part){.folder = {path, order}};
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) {
        refuse_folder(part, arena, faults);
        return;
    }
    look_inside(part, arena, folder, faults);
    (void)close(folder);
}

const struct shard_part_file *shard_part_file(const struct shard_part *part, const char *name)
{
    for (unsigned i = 0; i < part->file_count; i++)
        if (text_is(part->files[i].name, name))
            return &part->files[i];
    return NULL;
}

/* --- all of them --- */

static const struct shard_fact *find_fact(const struct shard_facts *facts,
                                          const struct shard_fact *like)
{
    for (unsigned i = 0; i < facts->count; i++)
        if (text_equal(facts->list[i].what, like->what) &&
            text_equal(facts->list[i].key, like->key))
            return &facts->list[i];
    return NULL;
}

/* Classes and statuses follow from the rest: they are told only when the rest agrees. */
static bool follows(const struct shard_fact *fact)
{
    return text_is(fact->what, "class") || text_is(fact->what, "status");
}

struct comparison {
    const struct shard_part *part, *first;
    struct faults *faults;
    bool follow; /* compare what follows from the rest, else the rest */
    bool agree;
};

static const char *value_text(char quoted[TEXT_QUOTE_MAX], const struct shard_fact *fact)
{
    return fact == NULL ? "missing" : text_quote(quoted, fact->value);
}

/* A fact of the part or of the first, or of both, that is not the same in both. */
static void tell(struct comparison *comparison, const struct shard_fact *here,
                 const struct shard_fact *there)
{
    const struct shard_fact *named = here == NULL ? there : here;
    char ours[TEXT_QUOTE_MAX], theirs[TEXT_QUOTE_MAX];
    struct place at = {&shard_part_file(comparison->part, SHARD_STATE_NAME)->file, 0, 0};
    comparison->agree = false;
    fault_add(comparison->faults, FAULT_SHARD_DIFFERS, at, "%.*s%s%.*s is %s, in '%s' it is %s",
              (int)named->what.len, named->what.ptr, named->key.len > 0 ? " " : "",
              (int)named->key.len, named->key.ptr, value_text(ours, here),
              comparison->first->folder.path, value_text(theirs, there));
}

static void compare_facts(struct comparison *comparison)
{
    const struct shard_facts *facts = &comparison->part->facts;
    const struct shard_facts *others = &comparison->first->facts;
    for (unsigned i = 0; i < facts->count; i++) {
        const struct shard_fact *fact = &facts->list[i], *other = find_fact(others, fact);
        if (follows(fact) == comparison->follow && !text_is(fact->what, "engine") &&
            (other == NULL || !text_equal(fact->value, other->value) ||
             fact->count != other->count))
            tell(comparison, fact, other);
    }
    for (unsigned i = 0; i < others->count; i++)
        if (follows(&others->list[i]) == comparison->follow &&
            find_fact(facts, &others->list[i]) == NULL)
            tell(comparison, NULL, &others->list[i]);
}

/* The fact of the engine's version is held against this nol, which goes on where that one ended. */
static void check_version(const struct shard_part *part, struct faults *faults)
{
    char quoted[TEXT_QUOTE_MAX];
    struct shard_fact like = {.what = text_of("engine"), .key = text_of("")};
    const struct shard_fact *engine = find_fact(&part->facts, &like);
    if (engine != NULL && text_is(engine->value, NOL_VERSION))
        return;
    fault_add(faults, FAULT_SHARD_DIFFERS, at_folder(part),
              "written by nol %s; this is nol " NOL_VERSION ", which must do it again",
              value_text(quoted, engine));
}

static void compare_parts(const struct shard_part *part, const struct shard_part *first,
                          struct faults *faults)
{
    struct comparison comparison = {part, first, faults, false, true};
    if (part->facts.shard.count != first->facts.shard.count)
        fault_add(faults, FAULT_SHARD_DIFFERS, at_folder(part),
                  "it is shard %u/%u, but '%s' is one of %u", part->facts.shard.number,
                  part->facts.shard.count, first->folder.path, first->facts.shard.count);
    compare_facts(&comparison);
    comparison.follow = true;
    if (comparison.agree)
        compare_facts(&comparison);
    check_version(part, faults);
}

/* `2, 5..7`, cut when it becomes long. */
static void tell_missing(const struct shard_part *const *by_number, unsigned count,
                         struct faults *faults)
{
    char list[200];
    size_t len = 0;
    unsigned missing = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned from = i;
        while (i < count && by_number[i] == NULL)
            i++;
        if (i == from)
            continue;
        missing += i - from;
        if (len > sizeof list - 40)
            continue;
        int put = i - from == 1 ? snprintf(list + len, sizeof list - len, ", %u", from + 1)
                                : snprintf(list + len, sizeof list - len, ", %u..%u", from + 1, i);
        len += (size_t)put;
        if (len > sizeof list - 40)
            len += (size_t)snprintf(list + len, sizeof list - len, ", ...");
    }
    if (missing > 0)
        fault_add(faults, FAULT_SHARD_MISSING, (struct place){0}, "%u of %u shards %s missing: %s",
                  missing, count, missing == 1 ? "is" : "are", list + 2);
}

void shard_parts_agree(struct arena *arena, const struct shard_part *parts, unsigned count,
                       struct faults *faults)
{
    const struct shard_part *first = NULL;
    const struct shard_part **by_number = ARENA_ARRAY(arena, const struct shard_part *, SHARDS_MAX);
    bool complete = true; /* enough is known to tell who is missing */
    for (unsigned i = 0; i < count; i++) {
        const struct shard_part *part = &parts[i];
        complete = complete && part->usable;
        if (!part->usable)
            continue;
        first = first == NULL ? part : first;
        compare_parts(part, first, faults);
        if (part->facts.shard.count != first->facts.shard.count)
            complete = false;
        else if (by_number[part->facts.shard.number - 1] == NULL)
            by_number[part->facts.shard.number - 1] = part;
        else if (strcmp(by_number[part->facts.shard.number - 1]->folder.path, part->folder.path) ==
                 0)
            fault_add(faults, FAULT_SHARD_TWICE, at_folder(part), "it is given twice");
        else
            fault_add(faults, FAULT_SHARD_TWICE, at_folder(part), "it is shard %u/%u, as '%s' is",
                      part->facts.shard.number, part->facts.shard.count,
                      by_number[part->facts.shard.number - 1]->folder.path);
    }
    if (complete && first != NULL)
        tell_missing(by_number, first->facts.shard.count, faults);
}
