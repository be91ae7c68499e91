/*
 * Any bytes as a book and its events, split at the first line `--`, through the whole month under
 * fixed rules.  The engine checks its laws in each run; here the same book is run with
 * --quarantine, with several threads and without, which must agree.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz_rules.h"
#include "run.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition))                                                                          \
            abort();                                                                               \
    } while (0)

static char folder[64], loans_path[96], events_path[96], rules_path[96], out_path[96];

static void write_file(const char *path, const void *bytes, size_t len)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    MUST(fd >= 0 && write(fd, bytes, len) == (ssize_t)len && close(fd) == 0);
}

static void clean(void)
{
    out_dir_remove(rules_path);
    out_dir_remove(out_path);
    out_dir_remove(folder);
}

static void set_up(void)
{
    struct stat stat_;
    (void)snprintf(folder, sizeof folder, "%s/fuzz.XXXXXX",
                   stat("/dev/shm", &stat_) == 0 ? "/dev/shm" : "/tmp");
    MUST(mkdtemp(folder) != NULL);
    (void)snprintf(loans_path, sizeof loans_path, "%s/loans.csv", folder);
    (void)snprintf(events_path, sizeof events_path, "%s/events.csv", folder);
    (void)snprintf(rules_path, sizeof rules_path, "%s/rules", folder);
    (void)snprintf(out_path, sizeof out_path, "%s/out", folder);
    MUST(mkdir(rules_path, 0700) == 0);
    for (unsigned i = 0; i < FUZZ_PROGRAMS; i++) {
        char path[128];
        (void)snprintf(path, sizeof path, "%s/%u.yaml", rules_path, i);
        write_file(path, fuzz_rules[i], strlen(fuzz_rules[i]));
    }
    (void)atexit(clean);
}

/* What the run's SHA256SUMS say; its length. */
static size_t read_sums(char *sums, size_t room)
{
    char path[128];
    (void)snprintf(path, sizeof path, "%s/SHA256SUMS", out_path);
    int fd = open(path, O_RDONLY);
    MUST(fd >= 0);
    ssize_t got = read(fd, sums, room);
    MUST(got > 0 && close(fd) == 0);
    return (size_t)got;
}

static enum run_outcome run(unsigned threads, bool quarantine)
{
    static const char *loans[] = {loans_path}, *events[] = {events_path};
    const struct run_options options = {
        .rules = rules_path,
        .loans = {loans, 1},
        .events = {events, 1},
        .as_of = date_of(2025, 6, 30),
        .known_at = DATE_UNLIMITED,
        .from = date_of(2025, 4, 1),
        .from_known_at = DATE_NONE,
        .quarantine = quarantine,
        .threads = threads,
        .memory_bytes = RUN_MEMORY_DEFAULT,
        .temporary = folder,
        .out = out_path,
    };
    struct out_dir out = OUT_DIR_NONE;
    struct faults faults;
    struct arena arena;
    arena_init(&arena, NULL);
    faults_init(&faults);
    enum run_outcome outcome = run_month(&options, &arena, &out, &faults);
    MUST((outcome == RUN_DONE) == (faults.total == 0));
    MUST(faults.by_code[FAULT_LAW] == 0);
    MUST(faults.by_code[FAULT_IO] == 0);
    MUST(quarantine || outcome != RUN_QUARANTINED);
    faults_free(&faults);
    arena_free(&arena);
    return outcome;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    static const char mark[] = "\n--\n";
    static char first[8192], second[8192];
    if (folder[0] == '\0')
        set_up();
    const uint8_t *split = memmem(bytes, len, mark, strlen(mark));
    size_t loans_len = split == NULL ? len : (size_t)(split - bytes) + 1;
    size_t events_at = split == NULL ? len : loans_len + strlen(mark) - 1;
    write_file(loans_path, bytes, loans_len);
    write_file(events_path, bytes + events_at, len - events_at);
    enum run_outcome outcome = run(1, true);
    if (outcome == RUN_REFUSED) {
        MUST(run(1, false) == RUN_REFUSED);
        return 0;
    }
    if (len % 4 == 0) { /* threads cost time: a part of the inputs */
        size_t first_len = read_sums(first, sizeof first);
        MUST(run(3, true) == outcome);
        size_t second_len = read_sums(second, sizeof second);
        MUST(first_len == second_len && memcmp(first, second, first_len) == 0);
    }
    MUST(outcome == RUN_DONE || run(1, false) == RUN_REFUSED);
    return 0;
}
