/*
 * The monthly run: rules, book and events in; a folder of reports out, whole or not at all.
 */
#ifndef NOL_RUN_H
#define NOL_RUN_H

#include "date.h"
#include "fault.h"
#include "memory.h"
#include "out_dir.h"
#include "shard.h"
#include "text.h"

#define RUN_MEMORY_MIN (UINT64_C(16) << 20)
#define RUN_MEMORY_MAX (UINT64_C(64) << 30)
#define RUN_MEMORY_DEFAULT (UINT64_C(256) << 20)

/* Sets of rules that a view may have. */
enum { RUN_SIDES_MAX = 256 };

struct run_paths {
    const char *const *list;
    unsigned count;
};

struct run_names {
    const struct text *list;
    unsigned count;
};

/* Bytes of the inputs read so far; for whoever watches. */
struct run_progress {
    uint64_t bytes_done, bytes_total;
};

struct run_options {
    const char *rules; /* folder or file */
    struct run_paths loans;
    struct run_paths grants; /* of loans and grants there is one file at least */
    struct run_paths events;
    struct run_paths plan;
    struct date as_of;
    struct date known_at;      /* DATE_UNLIMITED: no limit */
    struct date from;          /* DATE_NONE: no period */
    struct date from_known_at; /* DATE_NONE: as known_at */
    struct run_names attributes;
    struct run_names carried;
    struct run_names ignored;
    bool quarantine;
    struct shard shard;    /* work on its accounts only and write shard.csv beside the reports */
    unsigned threads;      /* 1..CREW_THREADS_MAX; shows in no result */
    uint64_t memory_bytes; /* RUN_MEMORY_MIN..RUN_MEMORY_MAX: see run_month() */
    const char *temporary; /* the folder for temporary files */
    const char *out;
    const struct memory *memory;
    bool (*progress)(void *context, const struct run_progress *progress); /* NULL, or false: stop */
    void *progress_context;
};

struct buffer;
struct out_file;
struct rules;
struct work;

/*
 * What a pass over the book is for, when it is not the month's reports: each account is worked on
 * under one or more sets of rules side by side, and its figures are shown to the view.
 */
struct run_view {
    void *context;
    unsigned sides;            /* 1..RUN_SIDES_MAX; the first is by the rules of the options */
    const char *name;          /* of the file that is written account by account; NULL: none */
    const char *header;        /* of it */
    bool periods, traces;      /* more is wanted of each account: see struct work_job */
    const struct text *chosen; /* the only accounts that are worked on; none: all */
    unsigned chosen_count;
    /* Make the rules of the other sides, sides[1..], from those of the options; false after a
     * fault.  ${rules} stay as they are.  NULL where there is one side. */
    bool (*make_rules)(void *context, struct arena *arena, const struct rules *rules,
                       struct rules *sides, struct faults *faults);
    /* A pass over the accounts begins, with so many workers; what an earlier one left is void. */
    void (*begin)(void *context, unsigned workers);
    /* One account has been worked on under all rules, works[0..sides-1]; ${worker} tells whose
     * turn it is.  A line for the file may be put to ${out}. */
    void (*account)(void *context, unsigned worker, struct work *works, struct buffer *out);
    /* All accounts have been; write what is left, and end the manifest; false after a fault. */
    bool (*finish)(void *context, struct out_dir *out, struct buffer *manifest);
};

enum run_outcome {
    RUN_DONE,        /* the folder is there */
    RUN_QUARANTINED, /* the folder is there, some rows are in rejects.csv; the faults say why */
    RUN_REFUSED,     /* nothing was written; the faults say why */
};

/** run_file_count(options): how many files the book has; what is read beside it comes after them in
 * the order of messages. */
static inline unsigned run_file_count(const struct run_options *options)
{
    return options->loans.count + options->grants.count + options->events.count +
           options->plan.count;
}

/**
 * run_month(options, arena, out, faults):
 * Do the run.  The files that faults name belong to ${arena}.  ${out} is the folder being written,
 * for whoever must remove it when the process is stopped; it is abandoned or published on return.
 *
 * options->memory_bytes is what the process holds at most, whatever the size of the book: rows that
 * are not in order, rows set aside and money that nobody can place go to temporary files beyond it,
 * batches are as small as they must be, and there is no more than one thread for each 8 MiB.  It
 * does not cover what one account needs, nor the totals of the groups that attributes make.  Of a
 * view with several sets of rules it covers them, and what each takes of each thread.
 */
enum run_outcome run_month(const struct run_options *options, struct arena *arena,
                           struct out_dir *out, struct faults *faults);

/**
 * run_view(options, view, arena, out, faults):
 * The same pass over the book for another purpose.  options->out may be NULL: nothing is written
 * then.  Accounts that the first side refuses are set aside, or refuse the whole; what another side
 * refuses shows in its figures alone.
 */
enum run_outcome run_view(const struct run_options *options, const struct run_view *view,
                          struct arena *arena, struct out_dir *out, struct faults *faults);

/** run_sides_fit(options, bytes): how many sides beside the first a view should have at most, where
 * the rules of each take ${bytes}: so many as leave half of the memory to the pass; at least 1. */
unsigned run_sides_fit(const struct run_options *options, size_t bytes);

#endif
