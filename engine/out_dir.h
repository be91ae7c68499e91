/*
 * The output folder, whole or not at all: files are written to a temporary folder beside it,
 * flushed, digested, and the folder is exchanged for the old one in one step.
 */
#ifndef NOL_OUT_DIR_H
#define NOL_OUT_DIR_H

#include <stdio.h>

#include "arena.h"
#include "digest.h"
#include "fault.h"
#include "text.h"

enum { OUT_FILES_MAX = 24, OUT_NAME_MAX = 32 };

struct out_file {
    char name[OUT_NAME_MAX];
    int fd;
    struct digest *digest;
    char hex[DIGEST_HEX_LEN + 1]; /* once closed */
    uint64_t bytes;
    uint64_t started; /* bytes that the disk has been told to take */
};

struct out_dir {
    char *path;      /* where it will be */
    char *temporary; /* where it is being written, NULL: nowhere */
    int fd;          /* of the temporary folder; holds its lock */
    struct out_file files[OUT_FILES_MAX];
    unsigned count;
    struct faults *faults;
};

/**
 * out_dir_open(out, arena, path, faults):
 * Begin writing.  False (and a fault) when ${path} is there but no run wrote it, or the folder
 * cannot be made. Folders that a killed run left beside ${path} are removed.
 */
bool out_dir_open(struct out_dir *out, struct arena *arena, const char *path,
                  struct faults *faults);

/** out_dir_file(out, name): begin one more file; NULL after a fault. */
struct out_file *out_dir_file(struct out_dir *out, const char *name);

/** out_dir_write(out, file, bytes): false after a fault. */
bool out_dir_write(struct out_dir *out, struct out_file *file, struct text bytes);

/** out_dir_seal(out): close all files, write SHA256SUMS and flush everything; false after a fault.
 */
bool out_dir_seal(struct out_dir *out);

/** out_dir_publish(out): put the sealed folder in place of the old one.  False after a fault: the
 * old one stands. */
bool out_dir_publish(struct out_dir *out);

/** OUT_DIR_NONE: before out_dir_open(). */
#define OUT_DIR_NONE ((struct out_dir){.fd = -1})

/** out_dir_abandon(out): remove what was written, unless it was published.  Safe to call at any
 * time. */
void out_dir_abandon(struct out_dir *out);

/**
 * out_dir_unlink(out):
 * Remove what was written, for a process that ends at once: asks for no memory and leaves ${out} as
 * it is, which other threads may still be writing to.
 */
void out_dir_unlink(const struct out_dir *out);

/** out_dir_remove(path): remove a folder of plain files, such as the result of a run; best effort.
 */
void out_dir_remove(const char *path);

#endif
