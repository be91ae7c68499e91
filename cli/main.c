#include "cli.h"

/*
 * To add a command: a file cmd_<name>.c with its struct cli_command, a line in cli.h and one here,
 * a golden case command-<name>; tests/coverage.sh tells what is missing.
 */
static const struct cli_command *const commands[] = {
    &cli_run,   &cli_schedule, &cli_check, &cli_test,     &cli_keys,    &cli_verify,
    &cli_merge, &cli_compare,  &cli_sweep, &cli_forecast, &cli_explain,
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static void print_help(void)
{
    puts("nol: exact accounting for interest-free loans\n"
         "\n"
         "usage: nol COMMAND [OPTIONS]\n");
    for (unsigned i = 0; i < COMMANDS; i++)
        printf("  %-10s %s\n", commands[i]->name, commands[i]->meaning);
    puts("\n"
         "  nol COMMAND --help   options and an example\n"
         "  nol --version\n"
         "\n"
         "example: the month of October over the shipped example book\n"
         "\n"
         "  nol run --rules rules --loans examples/loans.csv --events examples/events.csv \\\n"
         "          --attribute district --attribute sector --from 2026-10-01 --as-of 2026-10-31 "
         "\\\n"
         "          --out october\n"
         "\n"
         "Then look at october/portfolio.csv (totals by group) and october/arrears.csv (who is "
         "late).\n"
         "\n"
         "exit status: 0 done, 1 data refused or a check failed, 2 usage, 3 environment (disk, "
         "memory)");
}

static void print_command_help(const struct cli_command *command)
{
    printf("nol %s: %s\n\nusage: nol %s %s\n", command->name, command->meaning, command->name,
           command->arguments);
    if (command->option_count > 0)
        puts("");
    for (unsigned i = 0; i < command->option_count; i++) {
        const struct cli_option *option = &command->options[i];
        char left[64];
        (void)snprintf(left, sizeof left, "%s%s%s", option->name, option->value ? " " : "",
                       option->value ? option->value : "");
        printf("  %-26s %s%s%s\n", left, option->meaning, option->required ? " (required)" : "",
               option->repeats ? " (may repeat)" : "");
    }
    printf("\n%s\n", command->more);
}

static struct text nth_command(const void *unused, size_t i)
{
    (void)unused;
    return text_of(commands[i]->name);
}

static const struct cli_command *find_command(const char *name)
{
    for (unsigned i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0)
            return commands[i];
    return NULL;
}

static int run_command(const struct cli_command *command, int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (strcmp(argv[i], "--help") == 0) {
            print_command_help(command);
            return EXIT_DONE;
        }
    struct memory memory;
    struct arena arena;
    arena_init(&arena, cli_memory(&memory, NULL));
    struct cli_arguments arguments = {.arena = &arena};
    int status = EXIT_USAGE;
    if (cli_parse(&arguments, command, argc, argv))
        status = command->run(&arguments);
    arena_free(&arena);
    return status;
}

/* What was printed counts only once it is out. */
static int flush_output(int status)
{
    if (fflush(stdout) == 0 && ferror(stdout) == 0)
        return status;
    fputs("nol: cannot write to standard output [io]\n", stderr);
    return EXIT_ENVIRONMENT;
}

int main(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0) {
        print_help();
        return flush_output(argc < 2 ? EXIT_USAGE : EXIT_DONE);
    }
    if (strcmp(argv[1], "--version") == 0) {
        puts("nol " NOL_VERSION);
        return flush_output(EXIT_DONE);
    }
    const struct cli_command *command = find_command(argv[1]);
    if (command != NULL)
        return flush_output(run_command(command, argc - 2, argv + 2));
    struct text near = text_nearest(text_of(argv[1]), COMMANDS, nth_command, NULL);
    if (near.len > 0)
        return cli_usage("unknown command '%s'; did you mean '%.*s'?", argv[1], (int)near.len,
                         near.ptr);
    return cli_usage("unknown command '%s'; see nol --help", argv[1]);
}
