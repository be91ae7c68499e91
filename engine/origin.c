#include "origin.h"

#include <string.h>

/* --- amendments --- */

static bool holds_place(const struct yaml_node *node, struct place at)
{
    if (node->at.file == at.file && node->at.line == at.line && node->at.col == at.col)
        return true;
    for (const struct yaml_pair *entry = node->first; entry != NULL; entry = entry->next)
        if (holds_place(entry->value, at))
            return true;
    return false;
}

static bool sets_place(const struct rule_scope *amendment, struct place at)
{
    const struct rule_value *set = &amendment->value[RULE_AMENDMENTS_SET];
    for (unsigned i = 0; i < set->count; i++)
        if (holds_place(set->items[i]->value[RULE_AMENDMENTS_SET_VALUE].node, at))
            return true;
    return false;
}

/* The last amendment of the file that set the value at ${at}; NULL: none. */
static const struct rule_scope *amendment_of(const struct program *program, struct place at)
{
    const struct rule_value *amendments = &program->versions[0].rules->value[RULE_AMENDMENTS];
    const struct rule_scope *found = NULL;
    for (unsigned i = 0; i < amendments->count; i++)
        if (sets_place(amendments->items[i], at))
            found = amendments->items[i];
    return found;
}

/* --- sources --- */

/* The key `source` beside a key, or in the maps around it, from within. */
static const struct rule_value *source_of(const struct rule_scope *rules,
                                          const struct rule_scope *item, enum rule_key key)
{
    enum { PATH_MAX_LEN = 128 };
    static const char name[] = ".source";
    char path[PATH_MAX_LEN];
    size_t len = strlen(rule_row(key)->path);
    if (len + sizeof name > sizeof path)
        return NULL;
    memcpy(path, rule_row(key)->path, len + 1);
    for (char *point = strrchr(path, '.'); len > 0; point = strrchr(path, '.')) {
        if (point != NULL)
            *point = '\0';
        len = strlen(path);
        memcpy(path + len, name, sizeof name);
        enum rule_key source = rule_find(text_of(path));
        path[len] = '\0';
        for (unsigned i = 0; i < 2 && source != RULE_KEYS; i++) {
            const struct rule_scope *scope = i == 0 ? item : rules;
            if (scope != NULL && scope->value[source].set)
                return &scope->value[source];
        }
        if (point == NULL)
            break;
    }
    return NULL;
}

/* The title of the entry that a source begins with. */
static struct text title_of(const struct rule_scope *rules, struct text source)
{
    const struct rule_value *sources = &rules->value[RULE_SOURCES];
    size_t len = 0;
    while (len < source.len && source.ptr[len] != ' ')
        len++;
    for (unsigned i = 0; i < sources->count; i++)
        if (text_equal(sources->items[i]->name, (struct text){source.ptr, len}))
            return sources->items[i]->value[RULE_SOURCES_TITLE].text;
    return (struct text){"", 0};
}

static struct date version_of(const struct program *program, const struct rule_scope *rules)
{
    for (unsigned i = 0; i < program->count; i++)
        if (program->versions[i].rules == rules)
            return program->versions[i].from;
    return program->in_force;
}

struct origin origin_of(const struct program *program, const struct rule_scope *rules,
                        const struct rule_scope *item, enum rule_key key)
{
    const struct rule_value *value = &(item == NULL ? rules : item)->value[key];
    const struct rule_value *source = source_of(rules, item, key);
    struct origin origin = {.given = value->given,
                            .at = value->at,
                            .amended = DATE_NONE,
                            .version = version_of(program, rules)};
    const struct rule_scope *amendment = value->given ? amendment_of(program, value->at) : NULL;
    if (amendment != NULL) {
        origin.amended = amendment->value[RULE_AMENDMENTS_FROM].date;
        if (amendment->value[RULE_AMENDMENTS_SOURCE].set)
            origin.amended_by = amendment->value[RULE_AMENDMENTS_SOURCE].text;
    }
    if (origin.amended_by.len > 0)
        origin.source = origin.amended_by;
    else if (source != NULL)
        origin.source = source->text;
    if (origin.source.len > 0)
        origin.title = title_of(rules, origin.source);
    return origin;
}

/* --- names --- */

struct text origin_name(struct arena *arena, const struct rule_scope *item, const char *pattern)
{
    static const char *const names[] = {"id", "program", "class"};
    if (item->name.len > 0)
        return item->name;
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        enum rule_key id = rule_find(text_of(text_join(arena, pattern, ".", text_of(names[i]))));
        if (id != RULE_KEYS)
            return item->value[id].text;
    }
    return (struct text){"", 0};
}

const char *origin_path(struct arena *arena, enum rule_key key, const struct rule_scope *item)
{
    const char *path = rule_row(key)->path, *list = strstr(path, "[]"), *any = strstr(path, ".*");
    if (item == NULL || (list == NULL && any == NULL))
        return path;
    const char *mark = list != NULL ? list : any;
    size_t before = (size_t)(mark - path), len = before + 2;
    const char *pattern = arena_copy(arena, path, len);
    const char *start = arena_copy(arena, path, before);
    struct text name = origin_name(arena, item, pattern);
    return text_join(arena, text_join(arena, start, ".", name), "", text_of(mark + 2));
}
