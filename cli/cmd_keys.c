#include "cli.h"

static const char *bind_text(enum rule_bind bind)
{
    switch (bind) {
    case RULE_BIND_NONE:
        return "the file's own";
    case RULE_BIND_AGREEMENT:
        return "as it stood when the contract was signed";
    case RULE_BIND_EVENT:
        return "as in force on the event's date";
    case RULE_BIND_REPORT:
        return "as in force on the as-of date";
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
        [RULE_TYPE_TEXT] = "text",
        [RULE_TYPE_ID] = "id",
        [RULE_TYPE_CODE] = "three capitals",
        [RULE_TYPE_CHOICE] = "one of",
        [RULE_TYPE_CHOICE_OR_MAP] = "map, or one of",
        [RULE_TYPE_ORDER] = "list of each of",
        [RULE_TYPE_WORDS] = "set of",
        [RULE_TYPE_SOME] = "list of some of",
        [RULE_TYPE_IDS] = "list of ids",
        [RULE_TYPE_FLAG] = "true or false",
        [RULE_TYPE_COUNT] = "number",
        [RULE_TYPE_COUNT_OR_MAP] = "map, or number",
        [RULE_TYPE_AMOUNT] = "amount",
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
    printf("| `%s`%s%s | %s", row->path, row->required ? " *" : "",
           is_marked(key) ? " (loans)" : "", type_text(row->type));
    print_allowed(key);
    printf(" | %s%s%s | %s |\n", row->fallback[0] ? "`" : "", row->fallback,
           row->fallback[0] ? "`" : "", row->meaning);
}

static int run(const struct cli_arguments *arguments)
{
    if (arguments->plain.count > 0)
        return cli_usage("nol keys takes no arguments");
    puts("# The rule language\n"
         "\n"
         "Made by `nol keys` from the table that the parser reads.  `*`: required where the map "
         "around it is\n"
         "given; `[]`: an element of a list; `.*`: an entry under a name of your own.");
    for (unsigned key = 0; key < RULE_KEYS; key++) {
        const struct rule_row *row = rule_row((enum rule_key)key);
        bool clause = strchr(row->path, '.') == NULL;
        if (key == 0)
            printf("\n## The file\n\n| key | value | default | meaning |\n|---|---|---|---|\n");
        if (clause && (row->bind != RULE_BIND_NONE || key == RULE_AMENDMENTS))
            printf("\n## %s\n\n%sBinds %s.\n\n"
                   "| key | value | default | meaning |\n|---|---|---|---|\n",
                   row->path, key == RULE_AMENDMENTS ? "" : of_text(row->of), bind_text(row->bind));
        if (key == RULE_CALENDAR_NOL)
            puts("\n## Calendars\n\nFiles of their own among the rules; the keys stand there "
                 "without "
                 "`calendar.`.\n\n| key | value | default | meaning |\n|---|---|---|---|");
        if (key == RULE_CONDITION_SUBMITTED)
            puts(
                "\n## Conditions\n\nOf grants: `tranches[].release` and `clawback.clauses[].when`; "
                "the keys stand there without `condition.`.\nA condition has one of them, and "
                "those that go beside it.\n\n| key | value | default | meaning "
                "|\n|---|---|---|---|");
        print_row((enum rule_key)key);
    }
    return EXIT_DONE;
}

const struct cli_command cli_keys = {
    .name = "keys",
    .arguments = "",
    .meaning = "the rule language, from the one table that defines it",
    .more = "example:\n"
            "\n"
            "  nol keys | less",
    .run = run,
};
