#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

#include "cli.h"

static const struct cli_option options[] = {CLI_RUN_OPTIONS};

enum { NAMES_MAX = 64, PATH_ROOM = 4096 };

struct comparison {
    const char *published;
    const char *recomputed;
    struct arena *arena;
    struct faults *faults;
    unsigned order;
};

static struct fault_file *name_file(struct comparison *comparison, const char *name)
{
    size_t size = strlen(comparison->published) + strlen(name) + 2;
    char *path = arena_alloc(comparison->arena, size);
    (void)snprintf(path, size, "%s/%s", comparison->published, name);
    struct fault_file *file = ARENA_ARRAY(comparison->arena, struct fault_file, 1);
    *file = (struct fault_file){path, comparison->order++};
    return file;
}

static FILE *open_in(const char *folder, const char *name)
{
    char path[PATH_ROOM];
    int len = snprintf(path, sizeof path, "%s/%s", folder, name);
    return len > 0 && len < PATH_ROOM ? fopen(path, "rb") : NULL;
}

/* The line and column of the first byte in which the files differ; line 0 when they are equal. */
static struct place first_difference(FILE *a, FILE *b)
{
    struct place at = {NULL, 1, 1};
    for (;;) {
        int left = getc(a), right = getc(b);
        if (left != right)
            return at;
        if (left == EOF)
            return (struct place){NULL, 0, 0};
        at.col++;
        if (left == '\n') {
            at.line++;
            at.col = 1;
        }
    }
}

static void compare_file(struct comparison *comparison, const char *name)
{
    FILE *published = open_in(comparison->published, name);
    FILE *recomputed = open_in(comparison->recomputed, name);
    struct place at = {name_file(comparison, name), 0, 0};
    if (published == NULL) {
        fault_add(comparison->faults, FAULT_VERIFY, at, "missing; the run writes it");
    } else if (recomputed == NULL) {
        fault_add(comparison->faults, FAULT_VERIFY, at, "not written by this run");
    } else {
        struct place difference = first_difference(published, recomputed);
        at.line = difference.line;
        at.col = difference.col;
        if (difference.line > 0)
            fault_add(comparison->faults, FAULT_VERIFY, at,
                      "differs from here on from what the run computes");
        else if (ferror(published) || ferror(recomputed))
            fault_add(comparison->faults, FAULT_IO, at, "cannot be read");
    }
    if (published != NULL)
        (void)fclose(published);
    if (recomputed != NULL)
        (void)fclose(recomputed);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of both folders' files, each once. */
static unsigned list_names(struct comparison *comparison, const char **names)
{
    const char *folders[] = {comparison->published, comparison->recomputed};
    unsigned count = 0, kept = 0;
    for (unsigned i = 0; i < 2; i++) {
        DIR *dir = opendir(folders[i]);
        if (dir == NULL) {
            struct fault_file *file = ARENA_ARRAY(comparison->arena, struct fault_file, 1);
            *file = (struct fault_file){folders[i], 0};
            fault_add(comparison->faults, FAULT_IO, (struct place){file, 0, 0}, "cannot read: %s",
                      strerror(errno));
            return 0;
        }
        for (struct dirent *entry; (entry = readdir(dir)) != NULL && count < NAMES_MAX;)
            if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
                names[count++] =
                    arena_copy(comparison->arena, entry->d_name, strlen(entry->d_name));
        (void)closedir(dir);
    }
    qsort(names, count, sizeof *names, compare_names);
    for (unsigned i = 0; i < count; i++)
        if (kept == 0 || strcmp(names[kept - 1], names[i]) != 0)
            names[kept++] = names[i];
    return kept;
}

static int verify(const struct cli_arguments *arguments, struct run_options *wanted,
                  const char *folder)
{
    struct out_dir out = OUT_DIR_NONE;
    struct memory memory;
    struct faults refused, differences;
    const char *names[NAMES_MAX];
    char path[PATH_ROOM + 8];
    wanted->memory = cli_memory(&memory, &out);
    (void)snprintf(path, sizeof path, "%s/result", folder);
    wanted->out = path;
    wanted->temporary = cli_temporary(arguments, path);
    cli_watch(wanted);
    faults_init(&refused);
    faults_init(&differences);
    enum run_outcome outcome = run_month(wanted, arguments->arena, &out, &refused);
    if (outcome != RUN_REFUSED) {
        struct comparison comparison = {arguments->plain.list[0], path, arguments->arena,
                                        &differences, 0};
        unsigned count = list_names(&comparison, names);
        for (unsigned i = 0; i < count; i++)
            compare_file(&comparison, names[i]);
        out_dir_remove(path);
    }
    /* Rows that the run sets aside are in rejects.csv, which is compared like the rest. */
    int status = cli_report(outcome == RUN_REFUSED ? &refused : &differences);
    faults_free(&refused);
    faults_free(&differences);
    return status;
}

static int run(const struct cli_arguments *arguments)
{
    struct run_options wanted;
    const char *base = getenv("TMPDIR");
    char folder[PATH_ROOM];
    if (arguments->plain.count != 1)
        return cli_usage("nol verify takes one folder; see nol verify --help");
    if (!cli_run_read(arguments, &wanted))
        return EXIT_USAGE;
    (void)snprintf(folder, sizeof folder, "%s/nol-verify-XXXXXX", base == NULL ? "/tmp" : base);
    if (mkdtemp(folder) == NULL) {
        fprintf(stderr, "nol: cannot make the folder '%s': %s [io]\n", folder, strerror(errno));
        return EXIT_ENVIRONMENT;
    }
    int status = verify(arguments, &wanted, folder);
    out_dir_remove(folder);
    if (status == EXIT_DONE)
        printf("%s is what this run computes, to the byte\n", arguments->plain.list[0]);
    return status;
}

const struct cli_command cli_verify = {
    .name = "verify",
    .arguments = "DIR (then as nol run, without --out)",
    .meaning = "recompute a published result and compare it to the byte",
    .more =
        "example:\n"
        "\n"
        "  nol verify october --rules rules --loans examples/loans.csv \\\n"
        "             --events examples/events.csv --attribute district --attribute sector \\\n"
        "             --from 2026-10-01 --as-of 2026-10-31\n"
        "\n"
        "October's manifest.yaml names the options and the digests of the inputs it was made from.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
