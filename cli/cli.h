/*
 * The command line: commands, options, messages.  Only cli/ prints and exits.
 */
#ifndef NOL_CLI_H
#define NOL_CLI_H

#include "nol.h"

enum { EXIT_DONE = 0, EXIT_DATA = 1, EXIT_USAGE = 2, EXIT_ENVIRONMENT = 3 };

enum { CLI_VALUES_MAX = SHARDS_MAX };

/* An option as help shows it; value NULL: a flag. */
struct cli_option {
    const char *name; /* with its dashes */
    const char *value;
    bool required;
    bool repeats;
    const char *meaning;
};

/* What was given: for each option of the command its values, and the arguments that are no options.
 */
struct cli_values {
    const char **list;
    unsigned count;
};

struct cli_arguments {
    struct arena *arena;
    const struct cli_option *options;
    unsigned option_count;
    struct cli_values *values; /* by option */
    struct cli_values plain;
};

struct cli_command {
    const char *name;
    const char *arguments; /* as usage shows them */
    const char *meaning;   /* one line */
    const char *more;      /* an example with words around it */
    const struct cli_option *options;
    unsigned option_count;
    int (*run)(const struct cli_arguments *arguments);
};

/* The commands, each in its own file. */
extern const struct cli_command cli_run;
extern const struct cli_command cli_schedule;
extern const struct cli_command cli_check;
extern const struct cli_command cli_test;
extern const struct cli_command cli_keys;
extern const struct cli_command cli_verify;
extern const struct cli_command cli_merge;
extern const struct cli_command cli_compare;
extern const struct cli_command cli_sweep;
extern const struct cli_command cli_forecast;
extern const struct cli_command cli_explain;

/** cli_parse(arguments, command, argc, argv): exact names only; false after a message on standard
 * error. */
bool cli_parse(struct cli_arguments *arguments, const struct cli_command *command, int argc,
               char **argv);

/** cli_value(arguments, name): the value of an option, NULL when it was not given. */
const char *cli_value(const struct cli_arguments *arguments, const char *name);

/** cli_has(arguments, name): whether the option or flag was given. */
bool cli_has(const struct cli_arguments *arguments, const char *name);

const struct cli_values *cli_values_of(const struct cli_arguments *arguments, const char *name);

/** cli_date(arguments, name, fallback, date): false (with a message) when the value is no date. */
bool cli_date(const struct cli_arguments *arguments, const char *name, struct date fallback,
              struct date *date);

/** cli_usage(format, ...): a message about the command line; returns EXIT_USAGE. */
int cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** cli_report(faults): print all faults in file order, the rest by slug; returns the exit status
 * they lead to. */
int cli_report(struct faults *faults);

/** cli_memory(out): the policy that ends the process with status 3, removing ${out} (may be NULL)
 * first. */
const struct memory *cli_memory(struct memory *memory, struct out_dir *out);

/* The options that describe a book and how to read it. */
#define CLI_BOOK_OPTIONS                                                                           \
    {"--rules", "DIR", true, false, "the programs: a folder of rule files, or one file"},          \
        {"--loans", "FILE", false, true, "the loan book; of --loans and --grants one is needed"},  \
        {"--grants", "FILE", false, true, "the book of grants"},                                   \
        {"--events", "FILE", false, true, "what happened to them"},                                \
        {"--plan", "FILE", false, true, "rows of loans whose program has `split: custom`"},        \
        {"--as-of", "DATE", true, false, "the day whose end is reported"},                         \
        {"--known-at", "DATE", false, false, "count only what was recorded by this day"},          \
        {"--attribute", "COLUMN", false, true, "group summaries by this column of the book"},      \
        {"--ignore", "COLUMN", false, true, "a column of the book that nol shall not mind"},       \
        {"--quarantine", NULL, false, false, "set faulty accounts aside, compute the rest"},       \
        {"--memory", "M", false, false,                                                            \
         "memory held at most, 16M..64G, else 256M; beyond it files in TMPDIR or by --out"},       \
    {                                                                                              \
        "--threads", "N", false, false, "how many threads; else as many as there are processors"   \
    }

/* The options that describe a run, for the tables of the commands that are called "as run". */
#define CLI_RUN_OPTIONS                                                                            \
    CLI_BOOK_OPTIONS,                                                                              \
        {"--from", "DATE", false, false, "first day of the period: movement.csv, migration.csv"},  \
        {"--from-known-at", "DATE", false, false, "the opening as it was known on this day"},      \
        {"--carry", "COLUMN", false, true, "copy it to arrears.csv, grant_positions.csv"},         \
    {                                                                                              \
        "--shard", "K/N", false, false, "only the Kth of N parts of the accounts, for nol merge"   \
    }

/* What winners and losers are told by. */
#define CLI_MEASURE_NAMES                                                                          \
    "outstanding, overdue, provision, next_12_months, claim, forgiven, subsidy, of grants award, " \
    "to_account, clawback, refund_outstanding, grant_provision"
#define CLI_MEASURES                                                                               \
    "what winners and losers are told by, else outstanding, of a book of grants alone "            \
    "refund_outstanding; one of " CLI_MEASURE_NAMES

/** cli_run_read(arguments, options): fill ${options} from the arguments; false after a message. */
bool cli_run_read(const struct cli_arguments *arguments, struct run_options *options);

/** cli_measure(arguments, options, measure): the figure that --measure names, or the usual one of
 * such a book; false after a message. */
bool cli_measure(const struct cli_arguments *arguments, const struct run_options *options,
                 enum outcome_figure *measure);

/** cli_amount(arena, amount, decimals): it as text, which belongs to ${arena}. */
const char *cli_amount(struct arena *arena, struct amount amount, unsigned decimals);

/** cli_view_read(arguments, options): the same for commands that look at a book in other ways: no
 * shards and no period; --out may be missing. */
bool cli_view_read(const struct cli_arguments *arguments, struct run_options *options);

/** cli_temporary(arguments, out): where temporary files go: TMPDIR, else the folder that will hold
 * ${out}. */
const char *cli_temporary(const struct cli_arguments *arguments, const char *out);

/** cli_plain(arena, value): an amount as given to an option, without underscores. */
struct text cli_plain(struct arena *arena, const char *value);

/** cli_option_row(arena, fields, known, ruled, columns, row): a row of a book made of options, so
 * that it is read and judged like any other: ${known} columns of the book, then those that rules
 * use. */
void cli_option_row(struct arena *arena, const struct text *fields, unsigned known, unsigned ruled,
                    struct columns *columns, struct load_row *row);

/** cli_grouped(arena, amount, decimals): with a comma between thousands, for people. */
const char *cli_grouped(struct arena *arena, struct amount amount, unsigned decimals);

/** cli_schedule_grant(arguments, rules, faults): nol schedule of a program of grants. */
void cli_schedule_grant(const struct cli_arguments *arguments, const struct rules *rules,
                        struct faults *faults);

/** cli_watch(options): show progress on a terminal and stop in good order on SIGINT, SIGTERM and
 * SIGHUP. */
void cli_watch(struct run_options *options);

#endif
