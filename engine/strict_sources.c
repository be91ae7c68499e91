#include <stdio.h>

#include "rule_strict.h"

enum { PATH_MAX_LEN = 128 };

/* The entry of `sources` that ${source} begins with; rule.c has seen to it that there is one. */
static const struct rule_scope *entry_of(const struct strict *strict, struct text source)
{
    const struct rule_value *sources = strict_value(strict, RULE_SOURCES);
    const char *blank = memchr(source.ptr, ' ', source.len);
    if (blank != NULL)
        source.len = (size_t)(blank - source.ptr);
    for (unsigned i = 0; i < sources->count; i++)
        if (text_equal(source, sources->items[i]->name))
            return sources->items[i];
    return NULL;
}

/* What a source is for: a clause, or an element of a list. */
struct cited {
    const char *name;               /* for messages */
    struct place at;                /* of the clause */
    const struct rule_value *value; /* the source */
    struct date from;               /* since when the clause stands */
};

static void judge(const struct strict *strict, const struct cited *cited)
{
    char law[DATE_TEXT_LEN + 1], quoted[TEXT_QUOTE_MAX];
    if (!cited->value->set) {
        STRICT_NOTE(strict, FAULT_SOURCE_ABSENT, cited->at,
                    "%s names no source: add `source:` with an entry of `sources` and the article",
                    cited->name);
        return;
    }
    const struct rule_scope *entry = entry_of(strict, cited->value->text);
    const struct rule_value *in_force = entry == NULL ? NULL : &entry->value[RULE_SOURCES_IN_FORCE];
    if (in_force == NULL || !in_force->set || !date_before(cited->from, in_force->date))
        return;
    STRICT_NOTE(strict, FAULT_SOURCE_NOT_IN_FORCE, cited->value->at,
                "source %s is in force from %s on, but %s stands before that day: name the text "
                "that was law then, or mend a date",
                text_quote(quoted, entry->name), date_text(law, in_force->date), cited->name);
}

static struct date later(struct date a, struct date b)
{
    return date_before(a, b) ? b : a;
}

/* Elements of a list, each with a source and perhaps a first day of its own. */
static void judge_items(const struct strict *strict, enum rule_key source, const char *prefix)
{
    char path[PATH_MAX_LEN + sizeof ".from"];
    size_t list_len = strlen(prefix) - strlen("[]");
    enum rule_key list = rule_find((struct text){prefix, list_len});
    (void)snprintf(path, sizeof path, "%s.from", prefix);
    enum rule_key from = rule_find(text_of(path));
    const struct rule_value *items = strict_value(strict, list);
    for (unsigned i = 0; i < items->count; i++) {
        const struct rule_scope *item = items->items[i];
        struct cited cited = {prefix, item->at, &item->value[source], strict->from};
        if (list == RULE_AMENDMENTS)
            cited.from = item->value[from].date;
        else if (from != RULE_KEYS && item->value[from].set)
            cited.from = later(cited.from, item->value[from].date);
        judge(strict, &cited);
    }
}

/* A program that is called verified against the law knows since when that is law. */
static void judge_entries(const struct strict *strict)
{
    const struct rule_value *sources = strict_value(strict, RULE_SOURCES);
    char quoted[TEXT_QUOTE_MAX];
    if (!text_is(strict_value(strict, RULE_STATUS)->text, "verified"))
        return;
    for (unsigned i = 0; i < sources->count; i++)
        if (!sources->items[i]->value[RULE_SOURCES_IN_FORCE].set)
            STRICT_NOTE(strict, FAULT_SOURCE_NOT_IN_FORCE, sources->items[i]->at,
                        "source %s does not say since when it is law: a program with `status: "
                        "verified` needs its `in_force`",
                        text_quote(quoted, sources->items[i]->name));
}

void strict_sources(const struct strict *strict)
{
    judge_entries(strict);
    for (unsigned key = 0; key < RULE_CALENDAR_NOL; key++) {
        const struct rule_row *row = rule_row((enum rule_key)key);
        if (row->type != RULE_TYPE_SOURCE)
            continue;
        char clause[PATH_MAX_LEN];
        size_t len = strlen(row->path) - strlen(".source");
        (void)snprintf(clause, sizeof clause, "%.*s", (int)len, row->path);
        if (clause[len - 1] == ']') {
            judge_items(strict, (enum rule_key)key, clause);
            continue;
        }
        const struct rule_value *value = strict_value(strict, rule_find(text_of(clause)));
        if (value->given)
            judge(strict, &(struct cited){clause, value->at,
                                          strict_value(strict, (enum rule_key)key), strict->from});
    }
}
