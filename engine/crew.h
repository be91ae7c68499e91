/*
 * Work in parallel, results in order: batches are worked on by several threads and written by one
 * at a time, in the order in which they were handed in.  With one thread everything happens in the
 * caller's.
 */
#ifndef NOL_CREW_H
#define NOL_CREW_H

#include "book.h"
#include "report.h"

enum { CREW_THREADS_MAX = 64 };

/* Some accounts' rows, and what becomes of them. */
struct crew_batch {
    struct arena arena; /* of the rows */
    struct book_bundle *bundles;
    size_t count, room;
    struct buffer out[REPORT_ARREARS + 1];
    struct buffer rejects, unidentified; /* items packed for a sorter, as are */
    struct buffer claims;                /* of a survey: on budgets */
    size_t rows;                         /* that the caller put into it */
    size_t bytes;                        /* of them */
    size_t last_rows, last_bytes;        /* when it was worked on, output included */
    uint64_t number;                     /* the place in the order */
};

struct crew_task {
    void *context;
    /* Work on a batch, as worker 0..threads-1; false: stop everything. */
    bool (*work)(void *context, unsigned worker, struct crew_batch *batch);
    /* Write a batch; never called twice at a time; false: stop everything. */
    bool (*write)(void *context, struct crew_batch *batch);
};

struct crew;

/** crew_batches(threads): how many batches there are at a time. */
unsigned crew_batches(unsigned threads);

/** crew_start(memory, threads, task): 1 <= threads <= CREW_THREADS_MAX; NULL when a thread cannot
 * be started. */
struct crew *crew_start(const struct memory *memory, unsigned threads,
                        const struct crew_task *task);

/** crew_batch(crew): an empty batch to fill, which knows how large it was; waits for one.  NULL
 * once the crew has stopped. */
struct crew_batch *crew_batch(struct crew *crew);

/** crew_hand_in(crew, batch): to be worked on. */
void crew_hand_in(struct crew *crew, struct crew_batch *batch);

/** crew_finish(crew): wait until all is written, free everything.  False when a task said stop. */
bool crew_finish(struct crew *crew);

#endif
