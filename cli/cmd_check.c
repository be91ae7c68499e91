#include "cli.h"

static int run(const struct cli_arguments *arguments)
{
    struct rules rules;
    struct faults faults;
    if (arguments->plain.count == 0)
        return cli_usage("nol check takes rule files or folders; see nol check --help");
    faults_init(&faults);
    (void)load_rules(arguments->arena, arguments->plain.list, arguments->plain.count, 0, &rules,
                     &faults);
    int status = cli_report(&faults);
    faults_free(&faults);
    return status;
}

const struct cli_command cli_check = {
    .name = "check",
    .arguments = "RULES...",
    .meaning = "all faults of rule files at once; silent when there is none",
    .more = "example:\n"
            "\n"
            "  nol check rules\n"
            "\n"
            "Each message names file, line and column, what is wrong and what is allowed.",
    .run = run,
};
