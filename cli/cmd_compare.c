#include "cli.h"
#include "table.h"

static const struct cli_option options[] = {
    CLI_BOOK_OPTIONS,
    {"--reform", "FILE", false, false, "a reform file: the rules afterwards"},
    {"--with", "DIR", false, false, "instead: other rules, a folder or one file"},
    {"--measure", "NAME", false, false, CLI_MEASURES},
    {"--out", "DIR", false, false, "where changes.csv and impact.csv go"},
};

struct summary {
    struct compare *compare;
    struct arena *arena;
    const struct run_options *run;
};

/* --- the tables --- */

static const char *count_text(struct summary *summary, uint64_t count)
{
    return cli_amount(summary->arena, amount_of((int64_t)count), 0);
}

static const char *name_text(struct summary *summary, const struct impact_group *group)
{
    const struct group_key *key = &group->key;
    struct buffer name;
    buffer_init(&name, summary->run->memory);
    if (key->by == 1)
        buffer_put_string(&name, "program ");
    if (key->by > 1) {
        buffer_put(&name, summary->run->attributes.list[key->by - 2]);
        buffer_put_string(&name, " ");
    }
    buffer_put(&name, key->name);
    const char *text = arena_copy(summary->arena, name.bytes, name.len);
    buffer_free(&name);
    return text;
}

static void put_moves(struct summary *summary, const char **cells,
                      const struct impact_figure *figure, unsigned decimals)
{
    struct amount before = amount_sum_value(summary->arena, &figure->before);
    struct amount after = amount_sum_value(summary->arena, &figure->after);
    cells[0] = cli_amount(summary->arena, before, decimals);
    cells[1] = cli_amount(summary->arena, after, decimals);
    cells[2] = cli_amount(summary->arena, amount_sub(summary->arena, after, before), decimals);
}

/* Those that have the measure; values of attributes only where something moves. */
static void print_groups(struct summary *summary)
{
    static const char *const heads[] = {"group",     "currency", "accounts", "winners", "losers",
                                        "unchanged", "refused",  "before",   "after",   "delta"};
    enum { COLUMNS = sizeof heads / sizeof *heads };
    struct impact *impact = &summary->compare->impacts[0];
    struct group_key **groups = group_table_sorted(&impact->groups);
    struct table table;
    table_begin(&table, summary->arena, heads, COLUMNS, 2);
    for (size_t i = 0; i < impact->groups.count; i++) {
        const struct impact_group *group = (const struct impact_group *)groups[i];
        const struct impact_count count = group->count[outcome_of_figure(impact->measure)];
        uint64_t refused = count.refused_before + count.refused_after;
        if (count.accounts == 0 ||
            (group->key.by > 1 && group->winners + group->losers + refused == 0))
            continue;
        const char *cells[COLUMNS] = {
            name_text(summary, group),
            arena_copy(summary->arena, group->key.code.ptr, group->key.code.len),
            count_text(summary, count.accounts),
            count_text(summary, group->winners),
            count_text(summary, group->losers),
            count_text(summary, count.accounts - group->winners - group->losers - refused),
            count_text(summary, refused),
        };
        put_moves(summary, cells + 7, &group->figure[impact->measure], group->key.decimals);
        table_row(&table, cells);
    }
    table_print(&table);
}

/* How many accounts the measure does not apply to, if any. */
static void print_unmeasured(struct impact *impact)
{
    enum outcome_of of = outcome_of_figure(impact->measure);
    enum outcome_of other = of == OUTCOME_OF_LOANS ? OUTCOME_OF_GRANTS : OUTCOME_OF_LOANS;
    struct group_key **groups = group_table_sorted(&impact->groups);
    uint64_t count = 0;
    for (size_t i = 0; i < impact->groups.count && groups[i]->by == 0; i++)
        count += ((const struct impact_group *)groups[i])->count[other].accounts;
    if (count > 0)
        printf("\n%s is a figure of %s: %llu %s are neither winners nor losers nor unchanged\n",
               outcome_name(impact->measure), outcome_of_name(of), (unsigned long long)count,
               outcome_of_name(other));
}

/* Every figure that some account's moves, over the whole book. */
static void print_figures(struct summary *summary)
{
    static const char *const heads[] = {"figure",    "currency", "up",    "down",
                                        "unchanged", "before",   "after", "delta"};
    enum { COLUMNS = sizeof heads / sizeof *heads };
    struct impact *impact = &summary->compare->impacts[0];
    struct group_key **groups = group_table_sorted(&impact->groups);
    struct table table;
    table_begin(&table, summary->arena, heads, COLUMNS, 2);
    for (size_t i = 0; i < impact->groups.count && groups[i]->by == 0; i++) {
        const struct impact_group *group = (const struct impact_group *)groups[i];
        for (unsigned f = 0; f < OUTCOME_FIGURES; f++) {
            const struct impact_figure *figure = &group->figure[f];
            enum outcome_figure which = (enum outcome_figure)f;
            if (figure->up + figure->down == 0)
                continue;
            const char *cells[COLUMNS] = {
                outcome_name(which),
                arena_copy(summary->arena, group->key.code.ptr, group->key.code.len),
                count_text(summary, figure->up),
                count_text(summary, figure->down),
                count_text(summary, figure->unchanged),
            };
            put_moves(summary, cells + 5, figure,
                      outcome_kind_of(which) == OUTCOME_IS_AMOUNT ? group->key.decimals : 0);
            table_row(&table, cells);
        }
    }
    table_print(&table);
}

static void print_top(struct summary *summary)
{
    static const char *const heads[] = {"account", "currency", "before", "after", "delta"};
    enum { COLUMNS = sizeof heads / sizeof *heads };
    struct impact *impact = &summary->compare->impacts[0];
    struct table table;
    table_begin(&table, summary->arena, heads, COLUMNS, 2);
    for (unsigned i = 0; i < impact->top_count; i++) {
        const struct impact_account *account = &impact->top[i];
        struct amount delta = amount_sub(summary->arena, account->after, account->before);
        const char *cells[COLUMNS] = {
            arena_copy(summary->arena, account->account_id.ptr, account->account_id.len),
            arena_copy(summary->arena, account->code.ptr, account->code.len),
            account->refused_before
                ? "refused"
                : cli_amount(summary->arena, account->before, account->decimals),
            account->refused_after ? "refused"
                                   : cli_amount(summary->arena, account->after, account->decimals),
            cli_amount(summary->arena, delta, account->decimals),
        };
        table_row(&table, cells);
    }
    table_print(&table);
}

static void print_summary(struct summary *summary)
{
    const struct compare *compare = summary->compare;
    const struct reform *reform = &compare->reform;
    enum outcome_figure measure = compare->options->measure;
    char as_of[DATE_TEXT_LEN + 1];
    if (compare->options->reform != NULL)
        printf("reform %.*s of %.*s%s%.*s\n", (int)reform->id.len, reform->id.ptr,
               (int)reform->base.len, reform->base.ptr, reform->because.len > 0 ? ": " : "",
               (int)reform->because.len, reform->because.ptr);
    else
        printf("the rules in %s instead of those in %s\n", compare->options->with,
               summary->run->rules);
    printf("as of %s, by %s: %s is the %s's gain\n\n", date_text(as_of, summary->run->as_of),
           outcome_name(measure), impact_is_gain(measure) ? "more" : "less",
           outcome_has(OUTCOME_OF_LOANS, measure) ? "borrower" : "recipient");
    print_groups(summary);
    print_unmeasured(&summary->compare->impacts[0]);
    puts("\nfigures that move, over the whole book:\n");
    print_figures(summary);
    if (compare->impacts[0].top_count > 0) {
        printf("\nthe accounts whose %s moves most:\n\n", outcome_name(measure));
        print_top(summary);
    }
}

/* --- the command --- */

static bool read_options(const struct cli_arguments *arguments, struct run_options *run,
                         struct compare_options *compare)
{
    enum outcome_figure measure;
    if (!cli_view_read(arguments, run) || !cli_measure(arguments, run, &measure))
        return false;
    *compare = (struct compare_options){
        .reform = cli_value(arguments, "--reform"),
        .with = cli_value(arguments, "--with"),
        .measure = measure,
    };
    if ((compare->reform == NULL) == (compare->with == NULL))
        return cli_usage("give either --reform FILE or --with DIR"), false;
    return true;
}

static int run(const struct cli_arguments *arguments)
{
    struct out_dir out = OUT_DIR_NONE;
    struct memory memory;
    struct run_options wanted;
    struct compare_options options_of;
    struct compare compare;
    struct arena arena;
    struct faults faults;
    if (!read_options(arguments, &wanted, &options_of))
        return EXIT_USAGE;
    wanted.memory = cli_memory(&memory, &out);
    cli_watch(&wanted);
    arena_init(&arena, wanted.memory);
    faults_init(&faults);
    struct summary summary = {&compare, &arena, &wanted};
    if (compare_run(&compare, &wanted, &options_of, &arena, &out, &faults) != RUN_REFUSED)
        print_summary(&summary);
    compare_free(&compare);
    int status = cli_report(&faults);
    faults_free(&faults);
    arena_free(&arena);
    return status;
}

const struct cli_command cli_compare = {
    .name = "compare",
    .arguments = "--reform FILE --rules DIR --loans FILE [--events FILE] --as-of DATE [...]",
    .meaning = "what a reform does to a book: who wins, who loses, what it costs",
    .more = "example:\n"
            "\n"
            "  nol compare --reform examples/tighter-classes.reform.yaml --measure provision \\\n"
            "          --rules rules --loans examples/loans.csv --events examples/events.csv \\\n"
            "          --attribute district --as-of 2026-10-31 --out classes\n"
            "\n"
            "prints winners and losers by group, what moves, and whose account moves most;\n"
            "classes/changes.csv then has every figure that changed, account by account, and\n"
            "classes/impact.csv what that comes to by group.  Accounts that one side refuses are\n"
            "counted apart, and so are loans and grants.",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
