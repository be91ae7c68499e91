#include "cli.h"

static const struct cli_option options[] = {
    {"--strict", NULL, false, false,
     "also sources, rules without effect, and riba by another name"},
    {"--at", "DATE", false, false, "print the rules in force on this day, with where each is from"},
};

/* Every program's values, one to a line. */
static void print_rules(struct arena *arena, const struct memory *memory, const struct rules *rules,
                        struct date date)
{
    char text[DATE_TEXT_LEN + 1];
    struct buffer buffer;
    buffer_init(&buffer, memory);
    for (unsigned i = 0; i < rules->program_count; i++) {
        const struct program *program = rules->programs[i];
        buffer_printf(&buffer, "%s# %.*s on %s%s\n", i == 0 ? "" : "\n", (int)program->id.len,
                      program->id.ptr, date_text(text, date),
                      date_before(date, program->in_force) ? ", not yet in force" : "");
        resolve_print(&buffer, arena, program, date);
    }
    (void)fwrite(buffer.bytes, 1, buffer.len, stdout);
    buffer_free(&buffer);
}

/* What is at fault has no program: the well-formed ones are looked at all the same. */
static void check_strictly(struct arena *arena, const struct rules *rules, struct faults *faults)
{
    for (unsigned i = 0; i < rules->program_count; i++)
        rule_strict(arena, rules->programs[i], faults);
    for (unsigned i = 0; i < rules->calendar_count; i++)
        rule_strict_calendar(rules->calendars[i], faults);
}

/* The paths that are no reforms, in front; their number. */
static unsigned without_reforms(struct arena *arena, const struct cli_values *given,
                                const char **others)
{
    const char **reforms = ARENA_ARRAY(arena, const char *, given->count);
    unsigned count = 0, reformed = 0;
    for (unsigned i = 0; i < given->count; i++)
        if (yaml_file_kind_of(given->list[i]) == YAML_FILE_REFORMS)
            reforms[reformed++] = given->list[i];
        else
            others[count++] = given->list[i];
    for (unsigned i = 0; i < reformed; i++)
        others[count + i] = reforms[i];
    return count;
}

/* Whether the reform, and each value that it varies by itself, makes rules that may stand;
 * ${rules} become those of the reform. */
static void check_reform(struct arena *arena, const char *path, unsigned order, struct rules *rules,
                         struct faults *faults)
{
    struct reform reform;
    struct rules tried;
    if (!reform_load(arena, path, order, &reform, faults) || rules->file_count == 0)
        return; /* its form alone, where no rules are given */
    for (unsigned i = 0; i < reform.sweep_count; i++)
        for (unsigned k = 0; k < reform.sweep[i].count; k++) {
            unsigned choice[REFORM_SWEEPS_MAX] = {0};
            choice[i] = k;
            if (!reform_apply(arena, &reform, choice, rules, &tried, faults))
                return;
        }
    if (reform_apply(arena, &reform, NULL, rules, &tried, faults))
        *rules = tried;
}

static int run(const struct cli_arguments *arguments)
{
    struct rules rules = {.file_count = 0};
    struct rule_tests tests;
    struct faults faults;
    struct memory memory;
    struct date at;
    if (arguments->plain.count == 0)
        return cli_usage("nol check takes rule files or folders; see nol check --help");
    if (!cli_date(arguments, "--at", DATE_NONE, &at))
        return EXIT_USAGE;
    faults_init(&faults);
    unsigned given = arguments->plain.count;
    const char **list = ARENA_ARRAY(arguments->arena, const char *, given);
    const char **paths = ARENA_ARRAY(arguments->arena, const char *, given);
    unsigned others = without_reforms(arguments->arena, &arguments->plain, list);
    unsigned count = load_tests_rules(arguments->arena, list, others, paths);
    bool well = others == 0 || load_rules(arguments->arena, paths, count, 0, &rules, &faults);
    if (well) /* else tests of what is at fault would be called tests of nothing */
        (void)load_tests(arguments->arena, list, others, rules.file_count, &rules, &tests, &faults);
    for (unsigned i = others; i < given && well; i++)
        check_reform(arguments->arena, list[i], YAML_FILES_MAX + i, &rules, &faults);
    well = well && faults.total == 0;
    if (well && date_is_set(at))
        print_rules(arguments->arena, cli_memory(&memory, NULL), &rules, at);
    if (cli_has(arguments, "--strict"))
        check_strictly(arguments->arena, &rules, &faults);
    int status = cli_report(&faults);
    faults_free(&faults);
    return status;
}

const struct cli_command cli_check = {
    .name = "check",
    .arguments = "RULES... [REFORM.reform.yaml] [--strict] [--at DATE]",
    .meaning = "all faults of rule files at once; silent when there is none",
    .more =
        "example:\n"
        "\n"
        "  nol check rules\n"
        "\n"
        "Each message names file, line and column, what is wrong and what is allowed. Tests that\n"
        "stand beside the rules are checked for their form; nol test runs them.\n"
        "\n"
        "  nol check rules --strict\n"
        "\n"
        "also wants a source on each clause and sources that are in force, classes that leave\n"
        "nothing unsaid, rules that can have an effect, due dates inside their calendar, and no\n"
        "gain on a loan by another name. Without --strict a program may do without.\n"
        "\n"
        "  nol check rules --at 2026-07-01\n"
        "\n"
        "prints, when all is well, the rules as they stand on that day: a value to a line, in\n"
        "one way of writing, with the line it comes from and the amendment that set it. What\n"
        "changed between two days or two files is what diff shows.\n"
        "\n"
        "  nol check rules examples/tighter-classes.reform.yaml\n"
        "\n"
        "looks at a reform on top of the rules: every value that it sets or varies; --at then\n"
        "prints the rules as they would stand.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
