#include <sys/resource.h>

#include "cli.h"

static const struct cli_option options[] = {
    {"--out", "DIR", true, false, "where the result goes: a new folder, or that of an earlier run"},
};

/* A file of every shard is open at a time: as many as the system lets us have. */
static void allow_many_files(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}

static int run(const struct cli_arguments *arguments)
{
    struct out_dir out = OUT_DIR_NONE;
    struct memory memory;
    struct arena arena;
    struct faults faults;
    struct run_options wanted = {.out = cli_value(arguments, "--out")};
    if (arguments->plain.count == 0)
        return cli_usage("nol merge takes the folders of all shards; see nol merge --help");
    wanted.memory = cli_memory(&memory, &out);
    cli_watch(&wanted);
    allow_many_files();
    arena_init(&arena, wanted.memory);
    faults_init(&faults);
    (void)merge_shards(&wanted, (struct run_paths){arguments->plain.list, arguments->plain.count},
                       &arena, &out, &faults);
    int status = cli_report(&faults);
    faults_free(&faults);
    arena_free(&arena);
    return status;
}

const struct cli_command cli_merge = {
    .name = "merge",
    .arguments = "DIR... --out DIR",
    .meaning = "the shards of a run into one result, the same to the byte",
    .more =
        "example:\n"
        "\n"
        "  for k in 1 2 3; do\n"
        "      nol run --rules rules --loans examples/loans.csv --events examples/events.csv \\\n"
        "              --attribute district --attribute sector --as-of 2026-10-31 \\\n"
        "              --shard $k/3 --out shard-$k\n"
        "  done\n"
        "  nol merge shard-1 shard-2 shard-3 --out october\n"
        "\n"
        "october/ then is what one run without --shard writes.  The shards may come from several\n"
        "machines and stand in any order; all of them are needed, whole and of the same rules,\n"
        "inputs and options.  When they set rows aside (--quarantine), the result is written and\n"
        "the exit status is 1, as that of the run.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
