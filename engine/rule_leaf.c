#include <stdio.h>
#include <stdlib.h>

#include "rule_mutant.h"

struct walk {
    struct arena *arena;
    const struct rule_scope *version;
    void (*visit)(void *context, const struct rule_found *found);
    void *context;
};

/* What the nth element is called by: its name, else its id, else n from 1; an amendment by its day.
 */
static struct text name_of(struct arena *arena, const struct rule_scope *item, const char *pattern,
                           unsigned n)
{
    char number[16];
    enum rule_key id = rule_find(text_of(text_join(arena, pattern, ".", text_of("id"))));
    if (item->name.len > 0)
        return item->name;
    if (item->value[RULE_AMENDMENTS_FROM].set)
        return item->value[RULE_AMENDMENTS_FROM].text;
    if (id != RULE_KEYS)
        return item->value[id].text;
    (void)snprintf(number, sizeof number, "%u", n + 1);
    return text_of(arena_copy(arena, number, strlen(number)));
}

/* Whether the key decides anything: not what only names the file, its parts and its sources. */
static bool decides(enum rule_key key)
{
    const struct rule_row *row = rule_row(key);
    if (row->bind == RULE_BIND_NONE && strncmp(row->path, "condition.", 10) != 0)
        return key == RULE_IN_FORCE || key == RULE_CURRENCY_DECIMALS || key == RULE_AMENDMENTS_FROM;
    switch (row->type) {
    case RULE_TYPE_TEXT:
    case RULE_TYPE_ID:
    case RULE_TYPE_CODE:
    case RULE_TYPE_SOURCE:
    case RULE_TYPE_MAP:
    case RULE_TYPE_LIST:
    case RULE_TYPE_NAMED:
    case RULE_TYPE_NODE:
    case RULE_TYPE_COLUMNS:
    case RULE_TYPE_CONDITION:
    case RULE_TYPE_CONDITIONS:
        return false;
    default:
        return true;
    }
}

static void meet(const struct walk *walk, enum rule_key key, const struct rule_value *value,
                 const struct rule_value *list, const char *path)
{
    struct rule_found found = {walk->version, key, value, value->node, list, path};
    bool names = rule_row(key)->type == RULE_TYPE_IDS || rule_row(key)->type == RULE_TYPE_TEXTS;
    if (!names) {
        if (value->node->kind != YAML_MAP)
            walk->visit(walk->context, &found);
        return;
    }
    for (const struct yaml_pair *entry = value->node->first; entry != NULL; entry = entry->next) {
        found.node = entry->value;
        found.path = text_join(walk->arena, path, ".", entry->value->text);
        walk->visit(walk->context, &found);
    }
}

static void walk_scope(const struct walk *walk, const struct rule_scope *scope,
                       const struct rule_value *list, const char *pattern, const char *path);

/* The scopes inside a value; false when it has none. */
static bool walk_inside(const struct walk *walk, enum rule_key key, const struct rule_value *value,
                        const char *path)
{
    const struct rule_row *row = rule_row(key);
    bool list = row->type == RULE_TYPE_LIST, named = row->type == RULE_TYPE_NAMED;
    bool conditions = row->type == RULE_TYPE_CONDITIONS;
    const char *below = "condition";
    if (!list && !named && !conditions && row->type != RULE_TYPE_CONDITION)
        return false;
    if (list || named)
        below = text_join(walk->arena, row->path, list ? "[]" : ".*", (struct text){"", 0});
    for (unsigned i = 0; i < value->count; i++) {
        const struct rule_scope *item = value->items[i];
        const char *inner = path;
        if (row->type != RULE_TYPE_CONDITION)
            inner = text_join(walk->arena, path, ".", name_of(walk->arena, item, below, i));
        walk_scope(walk, item, list ? value : NULL, below, inner);
    }
    return true;
}

static void walk_scope(const struct walk *walk, const struct rule_scope *scope,
                       const struct rule_value *list, const char *pattern, const char *path)
{
    size_t skip = strlen(pattern);
    for (unsigned k = 0; k < RULE_KEYS; k++) {
        enum rule_key key = (enum rule_key)k;
        const struct rule_row *row = rule_row(key);
        const struct rule_value *value = &scope->value[key];
        if (!value->given || strncmp(row->path, pattern, skip) != 0)
            continue;
        const char *inner = text_join(walk->arena, path, "", text_of(row->path + skip));
        if (!walk_inside(walk, key, value, inner) && decides(key))
            meet(walk, key, value, list, inner);
    }
}

void rule_mutant_walk(struct arena *arena, const struct program *program,
                      void (*visit)(void *context, const struct rule_found *found), void *context)
{
    for (unsigned i = 0; i < program->count; i++) {
        struct walk walk = {arena, program->versions[i].rules, visit, context};
        walk_scope(&walk, walk.version, NULL, "", "");
    }
}

/* --- each once --- */

struct leaves {
    struct arena *arena;
    struct rule_leaf *list;
    size_t count, room;
};

static void collect(void *context, const struct rule_found *found)
{
    struct leaves *leaves = context;
    const struct yaml_node *node = found->node;
    for (size_t i = 0; i < leaves->count; i++) {
        struct place at = leaves->list[i].at;
        if (at.line == node->at.line && at.col == node->at.col)
            return; /* it stands in an earlier version too */
    }
    leaves->list =
        arena_grow(leaves->arena, leaves->list, leaves->count, &leaves->room, sizeof *leaves->list);
    leaves->list[leaves->count++] =
        (struct rule_leaf){found->key, node->at, found->path, node->text};
}

static int compare_leaves(const void *a, const void *b)
{
    struct place left = ((const struct rule_leaf *)a)->at;
    struct place right = ((const struct rule_leaf *)b)->at;
    if (left.line != right.line)
        return left.line < right.line ? -1 : 1;
    return (left.col > right.col) - (left.col < right.col);
}

const struct rule_leaf *rule_leaves(struct arena *arena, const struct program *program,
                                    unsigned *count)
{
    struct leaves leaves = {.arena = arena};
    rule_mutant_walk(arena, program, collect, &leaves);
    if (leaves.count > 0)
        qsort(leaves.list, leaves.count, sizeof *leaves.list, compare_leaves);
    *count = (unsigned)leaves.count;
    return leaves.list;
}
