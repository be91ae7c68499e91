/*
 * The folders of shards that are to become one result: are they whole, of one and the same run,
 * and all there?
 */
#ifndef NOL_SHARD_PART_H
#define NOL_SHARD_PART_H

#include "shard_state.h"

/* A file of a shard as its SHA256SUMS lists it. */
struct shard_part_file {
    struct text name;
    struct text hex;
    struct fault_file file; /* the path, for reading and messages */
    uint64_t size;
};

struct shard_part {
    struct fault_file folder;
    struct shard_part_file *files;
    unsigned file_count;
    struct shard_facts facts;
    bool usable; /* the facts have been read */
};

/**
 * shard_part_open(part, arena, path, order, faults):
 * Look at one folder: its SHA256SUMS, whether each file is there, the digests of all files but
 * the large ones, which are digested when they are merged, and the facts.  Messages are ordered
 * from ${order} on, fewer than SHARD_PART_ORDERS of them.  part->usable and no fault: all is well.
 */
void shard_part_open(struct shard_part *part, struct arena *arena, const char *path, unsigned order,
                     struct faults *faults);

enum { SHARD_PART_ORDERS = OUT_FILES_MAX + 2 };

/** shard_part_file(part, name): NULL when SHA256SUMS does not list it. */
const struct shard_part_file *shard_part_file(const struct shard_part *part, const char *name);

/** shard_part_check(file, hex, faults): false (and a fault) when the digest is another. */
bool shard_part_check(const struct shard_part_file *file, const char *hex, struct faults *faults);

/**
 * shard_parts_agree(arena, parts, count, faults):
 * Are the usable parts of one run of this version of nol, each shard once and, when all parts are
 * usable, none missing?  Every disagreement is a fault.
 */
void shard_parts_agree(struct arena *arena, const struct shard_part *parts, unsigned count,
                       struct faults *faults);

#endif
