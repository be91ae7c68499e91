#include "crew.h"

#include <pthread.h>

struct crew {
    const struct memory *memory;
    struct crew_task task;
    unsigned threads;
    pthread_t thread[CREW_THREADS_MAX];
    unsigned started;
    pthread_mutex_t lock; /* guards everything below */
    pthread_cond_t changed;
    struct crew_batch *batches;
    unsigned batch_count;
    struct crew_batch **idle;
    unsigned idle_count;
    struct crew_batch **waiting; /* a ring, oldest first */
    unsigned waiting_first, waiting_count;
    uint64_t handed_in; /* batches so far */
    uint64_t written;
    bool closed;  /* no batch will follow */
    bool stopped; /* a task said so */
};

struct worker {
    struct crew *crew;
    unsigned index;
};

static void empty(struct crew_batch *batch)
{
    batch->count = batch->rows = batch->bytes = 0;
    arena_reset(&batch->arena);
    for (unsigned i = 0; i <= REPORT_ARREARS; i++)
        batch->out[i].len = 0;
    batch->rejects.len = batch->unidentified.len = batch->claims.len = 0;
}

/* Work on a batch, and note how large it became. */
static bool work_on(struct crew *crew, unsigned worker, struct crew_batch *batch)
{
    bool well = crew->task.work(crew->task.context, worker, batch);
    batch->last_rows = batch->rows;
    batch->last_bytes =
        batch->bytes + batch->rejects.len + batch->unidentified.len + batch->claims.len;
    for (unsigned i = 0; i <= REPORT_ARREARS; i++)
        batch->last_bytes += batch->out[i].len;
    return well;
}

unsigned crew_batches(unsigned threads)
{
    return threads == 1 ? 1 : 2 * threads + 1;
}

static void *run_worker(void *argument)
{
    struct worker *worker = argument;
    struct crew *crew = worker->crew;
    (void)pthread_mutex_lock(&crew->lock);
    for (;;) {
        while (crew->waiting_count == 0 && !crew->closed && !crew->stopped)
            (void)pthread_cond_wait(&crew->changed, &crew->lock);
        if (crew->waiting_count == 0 || crew->stopped)
            break;
        struct crew_batch *batch = crew->waiting[crew->waiting_first];
        crew->waiting_first = (crew->waiting_first + 1) % crew->batch_count;
        crew->waiting_count--;
        (void)pthread_mutex_unlock(&crew->lock);
        bool well = work_on(crew, worker->index, batch);
        (void)pthread_mutex_lock(&crew->lock);
        while (crew->written != batch->number && !crew->stopped)
            (void)pthread_cond_wait(&crew->changed, &crew->lock);
        if (!crew->stopped && well) { /* it is this batch's turn: nobody else writes */
            (void)pthread_mutex_unlock(&crew->lock);
            well = crew->task.write(crew->task.context, batch);
            (void)pthread_mutex_lock(&crew->lock);
        }
        crew->stopped = crew->stopped || !well;
        crew->written++;
        crew->idle[crew->idle_count++] = batch;
        (void)pthread_cond_broadcast(&crew->changed);
    }
    (void)pthread_mutex_unlock(&crew->lock);
    memory_release(worker);
    return NULL;
}

static bool start_threads(struct crew *crew)
{
    for (unsigned i = 0; i < crew->threads; i++) {
        struct worker *worker = memory_resize(crew->memory, NULL, sizeof *worker);
        *worker = (struct worker){crew, i};
        if (pthread_create(&crew->thread[i], NULL, run_worker, worker) != 0) {
            memory_release(worker);
            return false;
        }
        crew->started++;
    }
    return true;
}

struct crew *crew_start(const struct memory *memory, unsigned threads, const struct crew_task *task)
{
    struct crew *crew = memory_resize(memory, NULL, sizeof *crew);
    *crew = (struct crew){.memory = memory, .task = *task, .threads = threads};
    crew->batch_count = crew_batches(threads);
    crew->batches = memory_resize(memory, NULL, crew->batch_count * sizeof *crew->batches);
    crew->idle = memory_resize(memory, NULL, crew->batch_count * sizeof *crew->idle);
    crew->waiting = memory_resize(memory, NULL, crew->batch_count * sizeof *crew->waiting);
    for (unsigned i = 0; i < crew->batch_count; i++) {
        crew->batches[i] = (struct crew_batch){0};
        arena_init(&crew->batches[i].arena, memory);
        for (unsigned file = 0; file <= REPORT_ARREARS; file++)
            buffer_init(&crew->batches[i].out[file], memory);
        buffer_init(&crew->batches[i].rejects, memory);
        buffer_init(&crew->batches[i].unidentified, memory);
        buffer_init(&crew->batches[i].claims, memory);
        crew->idle[crew->idle_count++] = &crew->batches[i];
    }
    (void)pthread_mutex_init(&crew->lock, NULL);
    (void)pthread_cond_init(&crew->changed, NULL);
    if (threads == 1 || start_threads(crew))
        return crew;
    crew->stopped = true;
    (void)crew_finish(crew);
    return NULL;
}

struct crew_batch *crew_batch(struct crew *crew)
{
    struct crew_batch *batch = NULL;
    (void)pthread_mutex_lock(&crew->lock);
    while (crew->idle_count == 0 && !crew->stopped)
        (void)pthread_cond_wait(&crew->changed, &crew->lock);
    if (!crew->stopped)
        batch = crew->idle[--crew->idle_count];
    (void)pthread_mutex_unlock(&crew->lock);
    if (batch != NULL)
        empty(batch);
    return batch;
}

void crew_hand_in(struct crew *crew, struct crew_batch *batch)
{
    (void)pthread_mutex_lock(&crew->lock);
    batch->number = crew->handed_in++;
    if (crew->threads > 1) {
        unsigned last = (crew->waiting_first + crew->waiting_count++) % crew->batch_count;
        crew->waiting[last] = batch;
        (void)pthread_cond_broadcast(&crew->changed);
        (void)pthread_mutex_unlock(&crew->lock);
        return;
    }
    (void)pthread_mutex_unlock(&crew->lock);
    crew->stopped = !work_on(crew, 0, batch) || !crew->task.write(crew->task.context, batch);
    crew->idle[crew->idle_count++] = batch;
}

bool crew_finish(struct crew *crew)
{
    (void)pthread_mutex_lock(&crew->lock);
    crew->closed = true;
    (void)pthread_cond_broadcast(&crew->changed);
    (void)pthread_mutex_unlock(&crew->lock);
    for (unsigned i = 0; i < crew->started; i++)
        (void)pthread_join(crew->thread[i], NULL);
    bool well = !crew->stopped;
    for (unsigned i = 0; i < crew->batch_count; i++) {
        struct crew_batch *batch = &crew->batches[i];
        arena_free(&batch->arena);
        memory_release(batch->bundles);
        for (unsigned file = 0; file <= REPORT_ARREARS; file++)
            buffer_free(&batch->out[file]);
        buffer_free(&batch->rejects);
        buffer_free(&batch->unidentified);
        buffer_free(&batch->claims);
    }
    memory_release(crew->batches);
    memory_release(crew->idle);
    memory_release(crew->waiting);
    (void)pthread_cond_destroy(&crew->changed);
    (void)pthread_mutex_destroy(&crew->lock);
    memory_release(crew);
    return well;
}
