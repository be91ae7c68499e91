#include "resolve.h"

#include <string.h>

#include "rounding.h"
#include "rule_condition.h"

struct resolving {
    struct buffer *out;
    struct arena *arena;
    const struct program *program;
    struct date date;
    unsigned decimals;
};

/* --- values --- */

/* Without needless zeros where nobody says how many decimals the currency has. */
static void put_amount(struct resolving *r, struct amount amount)
{
    char *out = buffer_reserve(r->out, amount_text_size(amount));
    char *end = amount_write(out, amount, r->decimals);
    while (r->program == NULL && (end[-1] == '0' || end[-1] == '.') && end > out + 1) {
        end--;
        if (*end == '.')
            break;
    }
    buffer_end(r->out, end);
}

static void put_fraction(struct resolving *r, struct fraction fraction)
{
    enum { PERCENT_DECIMALS = 4 };
    struct amount scale = amount_power10(r->arena, 2 + PERCENT_DECIMALS);
    struct amount percent =
        rounding_quotient(r->arena, fraction.num, scale, fraction.den, amount_of(1), ROUNDING_DOWN);
    bool exact = amount_compare(amount_times(r->arena, percent, fraction.den),
                                amount_times(r->arena, fraction.num, scale)) == 0;
    struct amount first = exact ? percent : fraction.num;
    unsigned decimals = exact ? PERCENT_DECIMALS : 0;
    char *start = buffer_reserve(r->out, amount_text_size(first));
    char *end = amount_write(start, first, decimals);
    while (exact && end[-1] == '0' && end[-2] != '.')
        end--;
    if (exact && end[-1] == '0' && end[-2] == '.')
        end -= 2;
    buffer_end(r->out, end);
    if (exact) {
        buffer_put_string(r->out, "%");
        return;
    }
    buffer_put_string(r->out, "/");
    char *den = buffer_reserve(r->out, amount_text_size(fraction.den));
    buffer_end(r->out, amount_write(den, fraction.den, 0));
}

static void put_fractions(struct resolving *r, const struct rule_value *value)
{
    for (unsigned i = 0; i < value->count; i++) {
        buffer_put_string(r->out, i == 0 ? "[" : ", ");
        put_fraction(r, value->fractions[i]);
    }
    buffer_put_string(r->out, "]");
}

static void put_span(struct resolving *r, struct span span)
{
    char text[32];
    buffer_put_string(r->out, span_text(text, span));
}

static void put_date(struct resolving *r, struct date date)
{
    char text[DATE_TEXT_LEN + 1];
    buffer_put_string(r->out, date_text(text, date));
}

static void put_word(struct resolving *r, bool *first, struct text word)
{
    buffer_put_string(r->out, *first ? "" : ", ");
    buffer_put(r->out, word);
    *first = false;
}

static void put_list(struct resolving *r, enum rule_key key, const struct rule_value *value)
{
    bool first = true;
    buffer_put_string(r->out, "[");
    switch (rule_row(key)->type) {
    case RULE_TYPE_ORDER:
    case RULE_TYPE_SOME:
        for (unsigned i = 0; i < value->count; i++)
            put_word(r, &first, rule_allowed(key, value->order[i]));
        break;
    case RULE_TYPE_WORDS:
        for (unsigned i = 0; rule_allowed(key, i).len > 0; i++)
            if ((unsigned)value->number >> i & 1)
                put_word(r, &first, rule_allowed(key, i));
        break;
    default:
        for (unsigned i = 0; i < value->count; i++)
            put_word(r, &first, value->ids[i]);
        break;
    }
    buffer_put_string(r->out, "]");
}

static void put_day(struct resolving *r, int32_t day)
{
    if (day == RULE_DAY_SAME || day == RULE_DAY_LAST)
        buffer_put_string(r->out, day == RULE_DAY_SAME ? "same" : "last");
    else
        buffer_printf(r->out, "%d", day);
}

static void put_range(struct resolving *r, const struct rule_value *value)
{
    buffer_printf(r->out, "%d..", value->from);
    if (value->upto != RULE_RANGE_OPEN)
        buffer_printf(r->out, "%d", value->upto);
}

/* An amount, or what may stand in place of one. */
static void put_amount_or_other(struct resolving *r, enum rule_key key,
                                const struct rule_value *value)
{
    if (value->number >= 0)
        buffer_put(r->out, rule_allowed(key, (unsigned)value->number));
    else if (amount_sign(value->fraction.den) > 0)
        put_fraction(r, value->fraction);
    else
        put_amount(r, value->amount);
}

static void put_date_or_span(struct resolving *r, const struct rule_value *value)
{
    if (date_is_set(value->date))
        put_date(r, value->date);
    else
        put_span(r, value->span);
}

static void put_value(struct resolving *r, enum rule_key key, const struct rule_value *value)
{
    switch (rule_row(key)->type) {
    case RULE_TYPE_AMOUNT:
    case RULE_TYPE_AMOUNT_OR_FRACTION:
    case RULE_TYPE_AMOUNT_OR_MAP:
    case RULE_TYPE_CHOICE_OR_AMOUNT:
    case RULE_TYPE_CHOICE_OR_FRACTION:
        put_amount_or_other(r, key, value);
        return;
    case RULE_TYPE_CONDITION:
        rule_condition_put(r->out, value->items[0]);
        return;
    case RULE_TYPE_FRACTION:
        put_fraction(r, value->fraction);
        return;
    case RULE_TYPE_FRACTIONS:
        put_fractions(r, value);
        return;
    case RULE_TYPE_CHOICE:
    case RULE_TYPE_CHOICE_OR_MAP:
        buffer_put(r->out, rule_allowed(key, (unsigned)value->number));
        return;
    case RULE_TYPE_ORDER:
    case RULE_TYPE_SOME:
    case RULE_TYPE_WORDS:
    case RULE_TYPE_IDS:
    case RULE_TYPE_TEXTS:
        put_list(r, key, value);
        return;
    case RULE_TYPE_FLAG:
        buffer_put_string(r->out, value->number != 0 ? "true" : "false");
        return;
    case RULE_TYPE_COUNT:
    case RULE_TYPE_COUNT_OR_MAP:
        buffer_printf(r->out, "%d", value->number);
        return;
    case RULE_TYPE_SPAN:
    case RULE_TYPE_SPAN_OR_MAP:
        put_span(r, value->span);
        return;
    case RULE_TYPE_DATE:
    case RULE_TYPE_DATE_OR_SPAN:
        put_date_or_span(r, value);
        return;
    case RULE_TYPE_RANGE:
        put_range(r, value);
        return;
    case RULE_TYPE_DAY:
        put_day(r, value->number);
        return;
    case RULE_TYPE_TEXT:
    case RULE_TYPE_ID:
    case RULE_TYPE_CODE:
    case RULE_TYPE_SOURCE:
    case RULE_TYPE_DATE_NAME:
        buffer_put(r->out, value->text);
        return;
    case RULE_TYPE_CONDITIONS:
    case RULE_TYPE_MAP:
    case RULE_TYPE_LIST:
    case RULE_TYPE_NAMED:
    case RULE_TYPE_NODE:
    case RULE_TYPE_COLUMNS:
        return; /* have no line of their own */
    }
}

/* Whether the value is a map or list, whose entries have the lines. */
static bool is_inner(enum rule_key key, const struct rule_value *value)
{
    switch (rule_row(key)->type) {
    case RULE_TYPE_MAP:
    case RULE_TYPE_LIST:
    case RULE_TYPE_NAMED:
    case RULE_TYPE_NODE:
    case RULE_TYPE_COLUMNS:
        return true;
    case RULE_TYPE_CHOICE_OR_MAP:
    case RULE_TYPE_COUNT_OR_MAP:
    case RULE_TYPE_SPAN_OR_MAP:
    case RULE_TYPE_AMOUNT_OR_MAP:
        return value->node != NULL && value->node->kind == YAML_MAP;
    default:
        return false;
    }
}

/* --- where they come from --- */

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

static void put_origin(struct resolving *r, const struct rule_value *value)
{
    if (!value->given) {
        buffer_put_string(r->out, "  # default\n");
        return;
    }
    buffer_printf(r->out, "  # %s:%u", value->at.file->path, value->at.line);
    if (r->program == NULL) {
        buffer_put_string(r->out, "\n");
        return;
    }
    const struct rule_value *amendments = &r->program->versions[0].rules->value[RULE_AMENDMENTS];
    for (unsigned i = 0; i < amendments->count; i++) {
        const struct rule_scope *amendment = amendments->items[i];
        const struct rule_value *source = &amendment->value[RULE_AMENDMENTS_SOURCE];
        if (!sets_place(amendment, value->at))
            continue;
        buffer_put_string(r->out, ", amended from ");
        put_date(r, amendment->value[RULE_AMENDMENTS_FROM].date);
        if (source->set) {
            buffer_put_string(r->out, ": ");
            buffer_put(r->out, source->text);
        }
    }
    buffer_put_string(r->out, "\n");
}

/* --- all of them --- */

/* The keys of a scope, which stand in the table below ${pattern} and are called ${path}. */
static void print_scope(struct resolving *r, const struct rule_scope *scope, const char *pattern,
                        const char *path);

/* What a list's element is called by: its id, or that of what it is about. */
static struct text id_of(struct arena *arena, const struct rule_scope *item, const char *pattern)
{
    static const char *const names[] = {"id", "program", "class"};
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++) {
        enum rule_key id = rule_find(text_of(text_join(arena, pattern, ".", text_of(names[i]))));
        if (id != RULE_KEYS)
            return item->value[id].text;
    }
    return (struct text){"", 0};
}

static void print_items(struct resolving *r, const struct rule_value *value, const char *pattern,
                        const char *path)
{
    for (unsigned i = 0; i < value->count; i++) {
        const struct rule_scope *item = value->items[i];
        struct text name = item->name.len > 0 ? item->name : id_of(r->arena, item, pattern);
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
        } else if (!is_inner(key, value) && is_in_effect(r, scope, key)) {
            buffer_printf(r->out, "%s: ", inner);
            put_value(r, key, value);
            put_origin(r, value);
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
