#include "cli.h"

static const struct cli_option options[] = {
    {"--schema", NULL, false, false,
     "as a JSON Schema, by which an editor completes and underlines"},
};

/* What an amendment of the clause changes. */
static const char *bind_text(enum rule_bind bind)
{
    switch (bind) {
    case RULE_BIND_NONE:
        return "Of the file itself: no amendment changes it.";
    case RULE_BIND_AGREEMENT:
        return "Binds with the agreement: a contract keeps the version of the day on which it was "
               "signed.";
    case RULE_BIND_EVENT:
        return "Binds with the event: each follows the version in force on its date.";
    case RULE_BIND_REPORT:
        return "Binds with the report: the version in force on the as-of date, for all accounts.";
    case RULE_BINDS:
        break;
    }
    return "";
}

static const char *type_text(enum rule_type type)
{
    static const char *const texts[] = {
        [RULE_TYPE_MAP] = "map",
        [RULE_TYPE_LIST] = "list",
        [RULE_TYPE_NAMED] = "map of names",
        [RULE_TYPE_NODE] = "any value",
        [RULE_TYPE_COLUMNS] = "map of columns",
        [RULE_TYPE_TEXT] = "text",
        [RULE_TYPE_ID] = "id",
        [RULE_TYPE_CODE] = "three capitals",
        [RULE_TYPE_CHOICE] = "one of",
        [RULE_TYPE_CHOICE_OR_MAP] = "map, or one of",
        [RULE_TYPE_ORDER] = "list of each of",
        [RULE_TYPE_WORDS] = "set of",
        [RULE_TYPE_SOME] = "list of some of",
        [RULE_TYPE_IDS] = "list of ids",
        [RULE_TYPE_TEXTS] = "list of texts",
        [RULE_TYPE_FLAG] = "true or false",
        [RULE_TYPE_COUNT] = "number",
        [RULE_TYPE_COUNT_OR_MAP] = "map, or number",
        [RULE_TYPE_AMOUNT] = "amount",
        [RULE_TYPE_AMOUNT_OR_MAP] = "map, or amount",
        [RULE_TYPE_AMOUNT_OR_FRACTION] = "amount, or fraction",
        [RULE_TYPE_FRACTIONS] = "list of fractions",
        [RULE_TYPE_FRACTION] = "fraction",
        [RULE_TYPE_SPAN] = "span",
        [RULE_TYPE_SPAN_OR_MAP] = "map, or span",
        [RULE_TYPE_DATE_OR_SPAN] = "date, or span",
        [RULE_TYPE_RANGE] = "range",
        [RULE_TYPE_DATE] = "date",
        [RULE_TYPE_DAY] = "`same`, 1..31 or `last`",
        [RULE_TYPE_SOURCE] = "source",
        [RULE_TYPE_DATE_NAME] = "name of a date",
        [RULE_TYPE_CHOICE_OR_AMOUNT] = "amount, or one of",
        [RULE_TYPE_CHOICE_OR_FRACTION] = "fraction, or one of",
        [RULE_TYPE_CONDITION] = "condition, or",
        [RULE_TYPE_CONDITIONS] = "list of conditions",
    };
    return texts[type];
}

/* The allowed words with commas between them: a bar would end a cell of the table. */
static void print_allowed(enum rule_key key)
{
    struct text word = rule_allowed(key, 0);
    for (unsigned i = 0; word.len > 0; word = rule_allowed(key, ++i))
        printf("%s`%.*s`", i == 0 ? " " : ", ", (int)word.len, word.ptr);
}

/* Which programs a clause is of. */
static const char *of_text(unsigned of)
{
    if (of == RULE_OF_ALL)
        return "Of loans and grants; what is marked so is of loans only. ";
    return of == RULE_OF_GRANTS ? "Of grants. " : "";
}

/* Whether the clause around a key is of loans and grants and the key itself of loans only. */
static bool is_marked(enum rule_key key)
{
    const char *path = rule_row(key)->path;
    enum rule_key clause = rule_find((struct text){path, strcspn(path, ".")});
    return clause != RULE_KEYS && rule_row(clause)->of == RULE_OF_ALL &&
           rule_row(key)->of == RULE_OF_LOANS;
}

static void print_row(enum rule_key key)
{
    const struct rule_row *row = rule_row(key);
    bool only = row->type == RULE_TYPE_CHOICE && rule_allowed(key, 1).len == 0;
    printf("| `%s`%s%s | %s", row->path, row->required ? " *" : "",
           is_marked(key) ? " (loans)" : "", only ? "always" : type_text(row->type));
    print_allowed(key);
    printf(" | %s%s%s | %s |\n", row->fallback[0] ? "`" : "", row->fallback,
           row->fallback[0] ? "`" : "", row->meaning);
}

static int print_schema(void)
{
    struct memory memory;
    struct buffer buffer;
    buffer_init(&buffer, cli_memory(&memory, NULL));
    rule_schema_put(&buffer);
    (void)fwrite(buffer.bytes, 1, buffer.len, stdout);
    buffer_free(&buffer);
    return EXIT_DONE;
}

static void print_values(void)
{
    puts("# The rule language\n"
         "\n"
         "Made by `nol keys` from the table that the parser reads. The [guide](rules-guide.md) "
         "shows\n"
         "how a program is built from it.\n"
         "\n"
         "- A key is written with its maps before it: `principal.min` is `min` in the map\n"
         "  `principal`. `[]` is an element of the list, `.*` an entry under a name of your own.\n"
         "- `*`: required where the map around it is given.\n"
         "- A default stands where the key is not given. None: then there is nothing of the kind.\n"
         "\n"
         "| value | written |\n"
         "|---|---|\n"
         "| amount | `1_000_000`, `0.50`: at most the currency's decimals and 30 digits |\n"
         "| fraction | `0.5%`, `1/3` |\n"
         "| span | `6 months`, `1 year`, `2 weeks`, `90 days` |\n"
         "| date | `2026-01-31`, from 1900 to 2199 |\n"
         "| range | `0..90`, both included; without an end `271..` |\n"
         "| number | `12`, within the range that stands beside it |\n"
         "| id, text | up to 64, up to 200 bytes; in quotes where it has `: ` or ` #` |\n"
         "| source | a name from `sources`, then the article: `perbup-12-2024 art 5` |\n"
         "| map | `{min: 1_000_000, max: 25_000_000}`, or a key a line, indented |\n"
         "| map of names | the same, with names of your own |\n"
         "| list | `[penalty, fee, principal]`, or `- ` and an element a line |");
}

static void print_head(const char *title, const char *words)
{
    printf("\n## %s\n\n%s%s| key | value | default | meaning |\n|---|---|---|---|\n", title, words,
           words[0] ? "\n\n" : "");
}

static void print_clause(enum rule_key key)
{
    char words[200];
    const struct rule_row *row = rule_row(key);
    (void)snprintf(words, sizeof words, "%s%s", key == RULE_AMENDMENTS ? "" : of_text(row->of),
                   bind_text(row->bind));
    print_head(row->path, words);
}

static int run(const struct cli_arguments *arguments)
{
    if (arguments->plain.count > 0)
        return cli_usage("nol keys takes no arguments");
    if (cli_has(arguments, "--schema"))
        return print_schema();
    print_values();
    for (unsigned key = 0; key < RULE_KEYS; key++) {
        const struct rule_row *row = rule_row((enum rule_key)key);
        bool clause = strchr(row->path, '.') == NULL;
        if (key == 0)
            print_head("The file", "");
        if (clause && (row->bind != RULE_BIND_NONE || key == RULE_AMENDMENTS))
            print_clause((enum rule_key)key);
        if (key == RULE_CALENDAR_NOL)
            print_head("Calendars",
                       "Files of their own among the rules; the keys stand there without "
                       "`calendar.`.");
        if (key == RULE_REFORM_NOL)
            print_head("Reforms",
                       "Files of their own, NAME.reform.yaml, for `nol compare` and `nol sweep`; "
                       "the keys stand there without `reform.`.");
        if (key == RULE_ASSUME_NOL)
            print_head("Assumptions",
                       "Files of their own, NAME.assume.yaml, for `nol forecast`; the keys stand "
                       "there without\n`assume.`.");
        if (key == RULE_TESTS_NOL)
            print_head("Tests",
                       "Files `NAME.test.yaml` beside the rules, for `nol test`; the keys stand "
                       "there without\n`tests.`.");
        if (key == RULE_CONDITION_SUBMITTED)
            print_head("Conditions",
                       "Of grants: `tranches[].release` and `clawback.clauses[].when`; the keys "
                       "stand there\nwithout `condition.`. A condition has one of them, and those "
                       "that go beside it.");
        print_row((enum rule_key)key);
    }
    return EXIT_DONE;
}

const struct cli_command cli_keys = {
    .name = "keys",
    .arguments = "[--schema]",
    .meaning = "the rule language, from the one table that defines it",
    .more = "example:\n"
            "\n"
            "  nol keys | less\n"
            "\n"
            "  nol keys --schema > rules/nol-rules.schema.json\n"
            "\n"
            "writes the file that the first line of a rule file names for editors:\n"
            "# yaml-language-server: $schema=nol-rules.schema.json",
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .run = run,
};
