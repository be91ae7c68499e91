#include <signal.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

/* A global, because it is all that a signal handler may write to. */
static volatile sig_atomic_t stopped;

static void on_signal(int number)
{
    (void)number;
    stopped = 1;
}

/* Milliseconds of a clock that only goes forward. */
static int64_t now(void)
{
    struct timespec time;
    if (clock_gettime(CLOCK_MONOTONIC, &time) != 0)
        return 0;
    return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

struct watch {
    int64_t begun, shown;
};

static bool show(void *context, const struct run_progress *progress)
{
    enum { SHOW_AFTER = 1000, SHOW_EVERY = 200 };
    struct watch *watch = context;
    bool end = progress->bytes_done >= progress->bytes_total;
    if (stopped || !isatty(STDERR_FILENO))
        return !stopped;
    int64_t time = now(), passed = time - watch->begun;
    if (passed < SHOW_AFTER || (!end && time - watch->shown < SHOW_EVERY))
        return true;
    watch->shown = time;
    uint64_t rate = progress->bytes_done * 1000 / (uint64_t)passed;
    uint64_t left = end || rate == 0 ? 0 : (progress->bytes_total - progress->bytes_done) / rate;
    fprintf(stderr, "\rnol: %llu of %llu MB read, %llu MB/s, %llu s left   %s",
            (unsigned long long)(progress->bytes_done / 1000000),
            (unsigned long long)(progress->bytes_total / 1000000),
            (unsigned long long)(rate / 1000000), (unsigned long long)left, end ? "\n" : "");
    return true;
}

void cli_watch(struct run_options *options)
{
    static struct watch watch;
    struct sigaction action = {.sa_handler = on_signal}, before;
    (void)sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
    /* Under nohup the run goes on. */
    if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
        (void)sigaction(SIGHUP, &action, NULL);
    /* A file that grows beyond a limit is then an error of write(), which is reported. */
    (void)signal(SIGXFSZ, SIG_IGN);
    watch = (struct watch){now(), 0};
    options->progress = show;
    options->progress_context = &watch;
}
