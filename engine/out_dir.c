#include "out_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUMS_NAME "SHA256SUMS"
#define MANIFEST_NAME "manifest.yaml"
#define MANIFEST_START "nol: manifest/1\n"
#define TEMPORARY_MARK ".nol-"

static bool refuse_io(struct out_dir *out, const char *what, const char *name)
{
    fault_add(out->faults, FAULT_IO, (struct place){0}, "%s '%s': %s", what, name, strerror(errno));
    return false;
}

/* --- what stands there --- */

static size_t read_start(int dir, const char *name, char *bytes, size_t room)
{
    int fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, bytes, room);
    if (fd >= 0)
        (void)close(fd);
    return got < 0 ? 0 : (size_t)got;
}

/* Whether SHA256SUMS lists a file of this name. */
static bool sums_list(const char *sums, size_t len, const char *name)
{
    size_t name_len = strlen(name);
    for (size_t i = 0; i + DIGEST_HEX_LEN + 2 + name_len < len;) {
        const char *line = sums + i;
        const char *end = memchr(line, '\n', len - i);
        if (end == NULL)
            return false;
        if ((size_t)(end - line) == DIGEST_HEX_LEN + 2 + name_len &&
            memcmp(line + DIGEST_HEX_LEN + 2, name, name_len) == 0)
            return true;
        i += (size_t)(end - line) + 1;
    }
    return false;
}

/* Whether a run wrote the folder and nobody put anything else into it. */
static bool is_ours(int fd)
{
    char start[sizeof MANIFEST_START], sums[8192];
    size_t sums_len = read_start(fd, SUMS_NAME, sums, sizeof sums);
    if (read_start(fd, MANIFEST_NAME, start, strlen(MANIFEST_START)) != strlen(MANIFEST_START) ||
        memcmp(start, MANIFEST_START, strlen(MANIFEST_START)) != 0)
        return false;
    int copy = dup(fd);
    DIR *dir = copy < 0 ? NULL : fdopendir(copy);
    bool ours = dir != NULL;
    for (struct dirent *entry; ours && (entry = readdir(dir)) != NULL;)
        ours = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
               strcmp(entry->d_name, SUMS_NAME) == 0 || sums_list(sums, sums_len, entry->d_name);
    if (dir != NULL)
        (void)closedir(dir);
    return ours;
}

static bool check_target(struct out_dir *out)
{
    /* Not through a symbolic link: it is the link that would be replaced. */
    int fd = open(out->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT)
        return true;
    bool ours = fd >= 0 && is_ours(fd);
    if (fd >= 0)
        (void)close(fd);
    if (!ours)
        fault_add(out->faults, FAULT_OUTPUT_FOREIGN, (struct place){0},
                  "'%s' is there and is not the folder of an earlier run alone; name another",
                  out->path);
    return ours;
}

/* --- removing --- */

void out_dir_remove(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *dir = fd < 0 ? NULL : fdopendir(fd);
    if (dir == NULL) {
        if (fd >= 0)
            (void)close(fd);
        return;
    }
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            (void)unlinkat(dirfd(dir), entry->d_name, 0);
    (void)closedir(dir);
    (void)rmdir(path);
}

/* The folder that holds ${path}, and its last part. */
static const char *split_path(struct arena *arena, const char *path, const char **parent)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL)
        *parent = ".";
    else
        *parent = slash == path ? "/" : arena_copy(arena, path, (size_t)(slash - path));
    return slash == NULL ? path : slash + 1;
}

static char *join(struct arena *arena, const char *a, const char *b, const char *c, const char *d)
{
    size_t size = strlen(a) + strlen(b) + strlen(c) + strlen(d) + 1;
    char *joined = arena_alloc(arena, size);
    (void)snprintf(joined, size, "%s%s%s%s", a, b, c, d);
    return joined;
}

/* Remove folders of this output that killed runs left: those whose lock nobody holds. */
static void remove_stale(struct arena *arena, const char *parent, const char *prefix)
{
    DIR *dir = opendir(parent);
    if (dir == NULL)
        return;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;) {
        if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0)
            continue;
        char *path = join(arena, parent, "/", entry->d_name, "");
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0)
            out_dir_remove(path);
        if (fd >= 0)
            (void)close(fd);
    }
    (void)closedir(dir);
}

/* --- writing --- */

bool out_dir_open(struct out_dir *out, struct arena *arena, const char *path, struct faults *faults)
{
    const char *parent;
    size_t len = strlen(path);
    *out = (struct out_dir){.fd = -1, .faults = faults};
    while (len > 1 && path[len - 1] == '/')
        len--;
    out->path = arena_copy(arena, path, len);
    const char *name = split_path(arena, out->path, &parent);
    if (!check_target(out))
        return false;
    char *prefix = join(arena, ".", name, TEMPORARY_MARK, "");
    char *temporary = join(arena, parent, "/", prefix, "XXXXXX");
    remove_stale(arena, parent, prefix);
    if (mkdtemp(temporary) == NULL)
        return refuse_io(out, "cannot make a folder beside", out->path);
    out->temporary = temporary;
    out->fd = open(temporary, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (out->fd < 0 || flock(out->fd, LOCK_EX | LOCK_NB) != 0 || fchmod(out->fd, 0777 & ~0022) != 0)
        return refuse_io(out, "cannot use the folder", temporary);
    return true;
}

struct out_file *out_dir_file(struct out_dir *out, const char *name)
{
    struct out_file *file = &out->files[out->count];
    if (out->count == OUT_FILES_MAX)
        abort(); /* a file of nol's own, forgotten in OUT_FILES_MAX */
    *file = (struct out_file){.digest = digest_new()};
    (void)snprintf(file->name, sizeof file->name, "%s", name);
    file->fd = openat(out->fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    out->count++;
    if (file->fd >= 0 && file->digest != NULL)
        return file;
    (void)refuse_io(out, "cannot write", name);
    return NULL;
}

static bool write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t put = write(fd, bytes, len);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        bytes += put;
        len -= (size_t)put;
    }
    return true;
}

/* Let the disk begin while the figures are still being computed: the flush at the end, which alone
 * vouches for the bytes, then finds little left to do.  Where this is not supported nothing is
 * lost. */
static void start_writeback(struct out_file *file)
{
    enum { AHEAD = 8 * 1024 * 1024 };
    if (file->bytes - file->started < AHEAD)
        return;
    (void)sync_file_range(file->fd, (off_t)file->started, (off_t)(file->bytes - file->started),
                          SYNC_FILE_RANGE_WRITE);
    file->started = file->bytes;
}

bool out_dir_write(struct out_dir *out, struct out_file *file, struct text bytes)
{
    file->bytes += bytes.len;
    if (!digest_add(file->digest, bytes.ptr, bytes.len)) {
        errno = ENOTSUP;
        return refuse_io(out, "no SHA-256 of", file->name);
    }
    if (!write_all(file->fd, bytes.ptr, bytes.len))
        return refuse_io(out, "cannot write", file->name);
    start_writeback(file);
    return true;
}

static bool close_file(struct out_dir *out, struct out_file *file)
{
    bool flushed = digest_end(file->digest, file->hex) && fsync(file->fd) == 0;
    flushed = close(file->fd) == 0 && flushed;
    file->fd = -1;
    return flushed || refuse_io(out, "cannot write", file->name);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const struct out_file *)a)->name, ((const struct out_file *)b)->name);
}

bool out_dir_seal(struct out_dir *out)
{
    unsigned count = out->count;
    for (unsigned i = 0; i < count; i++)
        if (!close_file(out, &out->files[i]))
            return false;
    struct out_file *sums = out_dir_file(out, SUMS_NAME);
    if (sums == NULL)
        return false;
    struct out_file sorted[OUT_FILES_MAX];
    memcpy(sorted, out->files, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, compare_names);
    for (unsigned i = 0; i < count; i++) {
        char line[DIGEST_HEX_LEN + OUT_NAME_MAX + 4];
        int len = snprintf(line, sizeof line, "%s  %s\n", sorted[i].hex, sorted[i].name);
        if (!out_dir_write(out, sums, (struct text){line, (size_t)len}))
            return false;
    }
    return close_file(out, sums) &&
           (fsync(out->fd) == 0 || refuse_io(out, "cannot write", out->temporary));
}

static void flush_parent(const char *path)
{
    char parent[4096];
    const char *slash = strrchr(path, '/');
    size_t len = slash == NULL ? 1 : slash == path ? 1 : (size_t)(slash - path);
    if (len >= sizeof parent)
        return;
    memcpy(parent, slash == NULL ? "." : path, len);
    parent[len] = '\0';
    int fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        (void)close(fd);
    }
}

bool out_dir_publish(struct out_dir *out)
{
    /* What is there may have changed since out_dir_open(): the same check decides again. */
    if (!check_target(out))
        return false;
    if (renameat2(AT_FDCWD, out->temporary, AT_FDCWD, out->path, RENAME_NOREPLACE) == 0) {
        flush_parent(out->path);
        out->temporary = NULL;
        return true;
    }
    if (errno != EEXIST ||
        renameat2(AT_FDCWD, out->temporary, AT_FDCWD, out->path, RENAME_EXCHANGE) != 0)
        return refuse_io(out, "cannot put the result in the place of", out->path);
    flush_parent(out->path);
    out_dir_remove(out->temporary); /* the old result, exchanged */
    out->temporary = NULL;
    return true;
}

void out_dir_abandon(struct out_dir *out)
{
    for (unsigned i = 0; i < out->count; i++) {
        if (out->files[i].fd >= 0)
            (void)close(out->files[i].fd);
        digest_free(out->files[i].digest);
        out->files[i] = (struct out_file){.fd = -1};
    }
    out->count = 0;
    if (out->temporary != NULL)
        out_dir_remove(out->temporary);
    out->temporary = NULL;
    if (out->fd >= 0)
        (void)close(out->fd);
    out->fd = -1;
}

void out_dir_unlink(const struct out_dir *out)
{
    if (out->temporary == NULL)
        return;
    for (unsigned i = 0; i < out->count; i++)
        (void)unlinkat(out->fd, out->files[i].name, 0);
    (void)rmdir(out->temporary);
}
