/*
 * A library to preload: what a program meets at the worst moment.
 *
 * STOP_AT=n names the n-th call, counted from 1, that changes what is on the disk (or, for
 * `memory`, that asks for memory); STOP_HOW says what happens there: kill       the process dies,
 * as of kill -9, before the call interrupt  it gets SIGINT full       the call fails: no space left
 *   memory     realloc() returns NULL, then and ever after
 * STOP_HOW=named, without a number: a temporary file cannot be without a name.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned long calls, changes;

static bool how_is(const char *how)
{
    const char *wanted = getenv("STOP_HOW");
    return wanted != NULL && strcmp(wanted, how) == 0;
}

static unsigned long stop_at(void)
{
    const char *at = getenv("STOP_AT");
    return at == NULL ? 0 : strtoul(at, NULL, 10);
}

/* True when the call must fail. */
static bool change(void)
{
    if (how_is("memory") || __atomic_add_fetch(&changes, 1, __ATOMIC_SEQ_CST) != stop_at())
        return false;
    if (how_is("kill"))
        (void)kill(getpid(), SIGKILL);
    if (how_is("interrupt"))
        (void)raise(SIGINT);
    errno = ENOSPC;
    return how_is("full");
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *bytes, size_t len)
{
    if (fd > STDERR_FILENO && change())
        return -1;
    return REAL(write)(fd, bytes, len);
}

int openat(int dir, const char *name, int flags, ...)
{
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
        if (change())
            return -1;
    }
    return REAL(openat)(dir, name, flags, mode);
}

/* As on a file system that has no files without a name. */
int open(const char *name, int flags, ...)
{
    mode_t mode = 0;
    if ((flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE) {
        va_list arguments;
        va_start(arguments, flags);
        mode = va_arg(arguments, mode_t);
        va_end(arguments);
    }
    if ((flags & O_TMPFILE) == O_TMPFILE && how_is("named")) {
        errno = EOPNOTSUPP;
        return -1;
    }
    return REAL(open)(name, flags, mode);
}

int fsync(int fd)
{
    return change() ? -1 : REAL(fsync)(fd);
}

char *mkdtemp(char *name)
{
    return change() ? NULL : REAL(mkdtemp)(name);
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to, unsigned flags)
{
    /* The first of two attempts may fail for a reason of its own, which the program must see. */
    return change() ? -1 : REAL(renameat2)(from_dir, from, to_dir, to, flags);
}

int unlinkat(int dir, const char *name, int flags)
{
    return change() ? -1 : REAL(unlinkat)(dir, name, flags);
}

int rmdir(const char *name)
{
    return change() ? -1 : REAL(rmdir)(name);
}

void *realloc(void *block, size_t size)
{
    if (how_is("memory") && __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST) >= stop_at()) {
        errno = ENOMEM;
        return NULL;
    }
    return REAL(realloc)(block, size);
}
