#include "resolve.h"

#include <string.h>

#include "origin.h"
#include "rule_text.h"

struct resolving {
    struct buffer *out;
    struct arena *arena;
    const struct program *program;
    struct date date;
    unsigned decimals;
};

/* --- where they come from --- */

static void put_origin(struct resolving *r, const struct rule_scope *item, enum rule_key key,
                       const struct rule_value *value)
{
    char text[DATE_TEXT_LEN + 1];
    if (!value->given) {
        buffer_put_string(r->out, "  # default\n");
        return;
    }
    buffer_printf(r->out, "  # %s:%u", value->at.file->path, value->at.line);
    if (r->program == NULL) {
        buffer_put_string(r->out, "\n");
        return;
    }
    const struct origin origin = origin_of(r->program, program_at(r->program, r->date), item, key);
    if (date_is_set(origin.amended)) {
        buffer_printf(r->out, ", amended from %s", date_text(text, origin.amended));
        if (origin.amended_by.len > 0) {
            buffer_put_string(r->out, ": ");
            buffer_put(r->out, origin.amended_by);
        }
    }
    buffer_put_string(r->out, "\n");
}

/* --- all of them --- */

/* The keys of a scope, which stand in the table below ${pattern} and are called ${path}. */
static void print_scope(struct resolving *r, const struct rule_scope *scope, const char *pattern,
                        const char *path);

static void print_items(struct resolving *r, const struct rule_value *value, const char *pattern,
                        const char *path)
{
    for (unsigned i = 0; i < value->count; i++) {
        const struct rule_scope *item = value->items[i];
        struct text name = origin_name(r->arena, item, pattern);
        print_scope(r, item, pattern, text_join(r->arena, path, ".", name));
    }
}

static bool starts_with(const char *path, const char *pattern)
{
    return strncmp(path, pattern, strlen(pattern)) == 0;
}

/* Whether a default means anything: not in a clause that the file does not have, which shows in
 * what the clause would have to have. */
static bool is_in_effect(const struct resolving *r, const struct rule_scope *scope,
                         enum rule_key key)
{
    unsigned of = r->program == NULL ? RULE_OF_ALL : program_of(r->program);
    const char *path = rule_row(key)->path, *point = strrchr(path, '.');
    struct text parent = {path, point == NULL ? 0 : (size_t)(point - path)};
    for (unsigned k = 0; k < RULE_KEYS && parent.len > 0 && !scope->value[key].given; k++)
        if ((rule_row((enum rule_key)k)->required & of) != 0 && !scope->value[k].set &&
            rule_is_below(rule_row((enum rule_key)k)->path, parent))
            return false;
    return true;
}

static void print_scope(struct resolving *r, const struct rule_scope *scope, const char *pattern,
                        const char *path)
{
    size_t skip = strlen(pattern);
    for (unsigned k = 0; k < RULE_KEYS; k++) {
        enum rule_key key = (enum rule_key)k;
        const struct rule_row *row = rule_row(key);
        const struct rule_value *value = &scope->value[key];
        if (!value->set || !starts_with(row->path, pattern) || key == RULE_AMENDMENTS)
            continue;
        const char *inner = text_join(r->arena, path, "", text_of(row->path + skip));
        if (row->type == RULE_TYPE_LIST || row->type == RULE_TYPE_NAMED) {
            const char *entry = row->type == RULE_TYPE_LIST ? "[]" : ".*";
            print_items(r, value, text_join(r->arena, row->path, entry, (struct text){"", 0}),
                        inner);
        } else if (!rule_text_is_inner(key, value) && is_in_effect(r, scope, key)) {
            buffer_printf(r->out, "%s: ", inner);
            rule_text_put(r->out, r->arena, key, value, r->decimals, r->program == NULL);
            put_origin(r, scope, key, value);
        }
    }
}

void resolve_print(struct buffer *buffer, struct arena *arena, const struct program *program,
                   struct date date)
{
    struct resolving r = {buffer, arena, program, date, program->decimals};
    print_scope(&r, program_at(program, date), "", "");
}

void resolve_print_other(struct buffer *buffer, struct arena *arena, const struct rule_scope *scope,
                         const char *prefix)
{
    struct resolving r = {buffer, arena, NULL, DATE_NONE, RULE_OTHER_DECIMALS};
    print_scope(&r, scope, prefix, "");
}
