/*
 * A library to preload: storage that costs nothing.
 *
 * What is written to the large files of an output (schedule.csv, allocations.csv, arrears.csv) is
 * taken and forgotten, and flushing them does nothing: they stay empty.  Everything before the call
 * is done as ever, digests included, so that SHA256SUMS must be that of a run that wrote.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { FILES_MAX = 1024 };

static bool swallowed[FILES_MAX]; /* by descriptor */

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static bool is_swallowed(int fd)
{
    return fd >= 0 && fd < FILES_MAX && __atomic_load_n(&swallowed[fd], __ATOMIC_RELAXED);
}

static void opened(int fd, const char *name, int flags)
{
    static const char *const large[] = {"schedule.csv", "allocations.csv", "arrears.csv"};
    const char *slash = strrchr(name, '/');
    bool is_large = false;
    for (size_t i = 0; i < sizeof large / sizeof *large; i++)
        is_large = is_large || strcmp(slash == NULL ? name : slash + 1, large[i]) == 0;
    if (fd >= 0 && fd < FILES_MAX)
        __atomic_store_n(&swallowed[fd], (flags & O_CREAT) != 0 && is_large, __ATOMIC_RELAXED);
}

int openat(int dir, const char *name, int flags, ...)
{
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    int fd = REAL(openat)(dir, name, flags, mode);
    opened(fd, name, flags);
    return fd;
}

int close(int fd)
{
    if (is_swallowed(fd))
        __atomic_store_n(&swallowed[fd], false, __ATOMIC_RELAXED);
    return REAL(close)(fd);
}

ssize_t write(int fd, const void *bytes, size_t len)
{
    return is_swallowed(fd) ? (ssize_t)len : REAL(write)(fd, bytes, len);
}

ssize_t pwrite(int fd, const void *bytes, size_t len, off_t at)
{
    return is_swallowed(fd) ? (ssize_t)len : REAL(pwrite)(fd, bytes, len, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count)
{
    ssize_t len = 0;
    if (!is_swallowed(fd))
        return REAL(writev)(fd, parts, count);
    for (int i = 0; i < count; i++)
        len += (ssize_t)parts[i].iov_len;
    return len;
}

int sync_file_range(int fd, off64_t from, off64_t len, unsigned flags)
{
    return is_swallowed(fd) ? 0 : REAL(sync_file_range)(fd, from, len, flags);
}

int posix_fallocate(int fd, off_t from, off_t len)
{
    return is_swallowed(fd) ? 0 : REAL(posix_fallocate)(fd, from, len);
}

int fsync(int fd)
{
    return is_swallowed(fd) ? 0 : REAL(fsync)(fd);
}

int fdatasync(int fd)
{
    return is_swallowed(fd) ? 0 : REAL(fdatasync)(fd);
}
