#include "amend.h"

#include <stdio.h>
#include <string.h>

enum { PATTERN_MAX = 256 };

/* One change on its way down the tree. */
struct change {
    struct rule_context *context;
    struct text path; /* as written */
    struct place path_at;
    const struct yaml_node *was;   /* NULL: absent */
    const struct yaml_node *value; /* NULL: absent */
    struct place was_at;
    bool refused;
};

#define REFUSE(change, code, at, ...)                                                              \
    do {                                                                                           \
        (change)->refused = true;                                                                  \
        fault_add((change)->context->faults, (code), (at), __VA_ARGS__);                           \
    } while (0)

/* --- equality by value --- */

static bool same_fraction(struct arena *arena, struct text a, struct text b)
{
    struct fraction left, right;
    return fraction_parse(arena, a, &left) == FAULT_NONE &&
           fraction_parse(arena, b, &right) == FAULT_NONE &&
           fraction_compare(arena, left, right) == 0;
}

static bool same_scalar(struct rule_context *context, enum rule_key key, const struct yaml_node *a,
                        const struct yaml_node *b)
{
    struct rule_value left, right;
    struct faults unheard;
    struct rule_context quiet = *context;
    if (text_equal(a->text, b->text))
        return true;
    if (key == RULE_KEYS)
        return false;
    if (rule_row(key)->type == RULE_TYPE_FRACTIONS) /* an element of the list */
        return same_fraction(context->arena, a->text, b->text);
    faults_init(&unheard);
    quiet.faults = &unheard;
    bool same = rule_parse_value(&quiet, key, a, &left) && rule_parse_value(&quiet, key, b, &right);
    faults_free(&unheard);
    if (!same)
        return false;
    switch (rule_row(key)->type) {
    case RULE_TYPE_AMOUNT:
    case RULE_TYPE_AMOUNT_OR_MAP:
        return amount_compare(left.amount, right.amount) == 0;
    case RULE_TYPE_CHOICE_OR_FRACTION:
        return left.number < 0 && right.number < 0 &&
               fraction_compare(context->arena, left.fraction, right.fraction) == 0;
    case RULE_TYPE_CHOICE_OR_AMOUNT:
        return left.number < 0 && right.number < 0 &&
               amount_compare(left.amount, right.amount) == 0;
    case RULE_TYPE_AMOUNT_OR_FRACTION:
        if (amount_is_zero(left.fraction.den) || amount_is_zero(right.fraction.den))
            return amount_is_zero(left.fraction.den) && amount_is_zero(right.fraction.den) &&
                   amount_compare(left.amount, right.amount) == 0;
        __attribute__((fallthrough));
    case RULE_TYPE_FRACTION:
        return fraction_compare(context->arena, left.fraction, right.fraction) == 0;
    case RULE_TYPE_DATE_OR_SPAN:
        if (date_is_set(left.date) || date_is_set(right.date))
            return false; /* a date is written in one way only */
        __attribute__((fallthrough));
    case RULE_TYPE_SPAN:
    case RULE_TYPE_SPAN_OR_MAP: {
        int32_t times;
        return span_divide(left.span, right.span, &times) &&
               (times == 1 || (times == 0 && right.span.count == 0));
    }
    case RULE_TYPE_RANGE:
        return left.from == right.from && left.upto == right.upto;
    case RULE_TYPE_COUNT:
    case RULE_TYPE_COUNT_OR_MAP:
    case RULE_TYPE_DAY:
        return left.number == right.number;
    default:
        return false; /* words are their own value */
    }
}

/* Whether the entries of the map at ${pattern} have names of the file's own. */
static bool is_named(const char *pattern)
{
    enum rule_key key = rule_find(text_of(pattern));
    return key != RULE_KEYS && rule_row(key)->type == RULE_TYPE_NAMED;
}

static unsigned entries(const struct yaml_node *node)
{
    unsigned count = 0;
    for (const struct yaml_pair *entry = node->first; entry != NULL; entry = entry->next)
        count++;
    return count;
}

/* The keys of a condition stand in the table once, wherever one may stand in a file. */
static const char *table_pattern(const char *pattern)
{
    size_t len = strlen(pattern);
    bool element = len > 2 && strcmp(pattern + len - 2, "[]") == 0;
    enum rule_key key = rule_find((struct text){pattern, element ? len - 2 : len});
    enum rule_type wanted = element ? RULE_TYPE_CONDITIONS : RULE_TYPE_CONDITION;
    return key != RULE_KEYS && rule_row(key)->type == wanted ? "condition" : pattern;
}

/* The pattern in the table of what stands under ${name} in a map of ${pattern}: a name of the
 * file's own is `*` where the table has that. */
static void inner_pattern(char inner[PATTERN_MAX], const char *pattern, struct text name)
{
    pattern = table_pattern(pattern);
    const char *dot = *pattern == '\0' ? "" : ".";
    (void)snprintf(inner, PATTERN_MAX, "%s%s*", pattern, dot);
    if (!is_named(pattern) && rule_find(text_of(inner)) == RULE_KEYS)
        (void)snprintf(inner, PATTERN_MAX, "%s%s%.*s", pattern, dot, (int)name.len, name.ptr);
}

static bool same_value(struct rule_context *context, const char *pattern, const struct yaml_node *a,
                       const struct yaml_node *b)
{
    char inner[PATTERN_MAX];
    if (a->kind != b->kind)
        return false;
    if (a->kind == YAML_TEXT)
        return same_scalar(context, rule_find(text_of(pattern)), a, b);
    if (entries(a) != entries(b))
        return false;
    const struct yaml_pair *beside = b->first;
    for (const struct yaml_pair *entry = a->first; entry != NULL; entry = entry->next) {
        const struct yaml_node *other = beside->value;
        if (a->kind == YAML_MAP) {
            other = yaml_find(b, entry->key);
            inner_pattern(inner, pattern, entry->key);
        } else {
            (void)snprintf(inner, sizeof inner, "%s%s", pattern,
                           entry->value->kind == YAML_TEXT ? "" : "[]");
        }
        if (other == NULL || !same_value(context, inner, entry->value, other))
            return false;
        beside = beside->next;
    }
    return true;
}

/* --- the way down --- */

static bool has_id(const struct yaml_node *element, struct text id)
{
    const struct yaml_node *node = yaml_find(element, text_of("id"));
    return node != NULL && node->kind == YAML_TEXT && text_equal(node->text, id);
}

static const struct yaml_pair *find_child(const struct yaml_node *node, struct text name)
{
    for (const struct yaml_pair *entry = node->first; entry != NULL; entry = entry->next)
        if (node->kind == YAML_MAP ? text_equal(entry->key, name) : has_id(entry->value, name))
            return entry;
    return NULL;
}

/* A copy of ${node} in which ${old} (NULL: a new entry at the end) holds ${value} (NULL: is left
 * out). */
static const struct yaml_node *with_child(struct change *change, const struct yaml_node *node,
                                          const struct yaml_pair *old, struct text name,
                                          const struct yaml_node *value)
{
    struct arena *arena = change->context->arena;
    struct yaml_node *copy = ARENA_ARRAY(arena, struct yaml_node, 1);
    *copy = *node;
    struct yaml_pair **tail = &copy->first;
    for (const struct yaml_pair *entry = node->first; entry != NULL; entry = entry->next) {
        if (entry == old && value == NULL)
            continue;
        struct yaml_pair *pair = ARENA_ARRAY(arena, struct yaml_pair, 1);
        *pair = *entry;
        if (entry == old)
            pair->value = (struct yaml_node *)(uintptr_t)value; /* trees are never written to */
        *tail = pair;
        tail = &pair->next;
    }
    if (old == NULL && value != NULL) {
        struct yaml_pair *pair = ARENA_ARRAY(arena, struct yaml_pair, 1);
        pair->key = node->kind == YAML_MAP ? name : (struct text){"", 0};
        pair->key_at = value->at;
        pair->value = (struct yaml_node *)(uintptr_t)value;
        *tail = pair;
        tail = &pair->next;
    }
    *tail = NULL;
    return copy;
}

static const struct yaml_node *replace(struct change *change, const struct yaml_node *node,
                                       const struct yaml_pair *old, struct text name,
                                       const char *pattern)
{
    char quoted[TEXT_QUOTE_MAX];
    bool stands = old != NULL;
    (void)text_quote(quoted, change->path);
    if (stands && change->was == NULL)
        REFUSE(change, FAULT_AMENDMENT_WAS, change->was_at,
               "%s is not absent: it stands at line %u", quoted, old->value->at.line);
    else if (!stands && change->was != NULL)
        REFUSE(change, FAULT_AMENDMENT_WAS, change->was_at, "%s is absent, not what `was` says",
               quoted);
    else if (stands && !same_value(change->context, pattern, old->value, change->was)) {
        if (old->value->kind == YAML_TEXT)
            REFUSE(change, FAULT_AMENDMENT_WAS, change->was_at, "%s is '%.*s', not what `was` says",
                   quoted, (int)old->value->text.len, old->value->text.ptr);
        else
            REFUSE(change, FAULT_AMENDMENT_WAS, change->was_at,
                   "%s differs from what `was` says (it stands at line %u)", quoted,
                   old->value->at.line);
    }
    return change->refused ? node : with_child(change, node, old, name, change->value);
}

static struct text nth_child(const void *node, size_t i)
{
    const struct yaml_node *parent = node;
    const struct yaml_pair *entry = parent->first;
    while (i-- > 0)
        entry = entry->next;
    const struct yaml_node *id =
        parent->kind == YAML_MAP ? NULL : yaml_find(entry->value, text_of("id"));
    if (parent->kind == YAML_MAP)
        return entry->key;
    return id == NULL || id->kind != YAML_TEXT ? (struct text){"", 0} : id->text;
}

static void refuse_name(struct change *change, const struct yaml_node *node, struct text name)
{
    char part[TEXT_QUOTE_MAX], quoted[TEXT_QUOTE_MAX], meant[TEXT_QUOTE_MAX];
    size_t count = 0;
    for (const struct yaml_pair *entry = node->first; node->kind != YAML_TEXT && entry != NULL;
         entry = entry->next)
        count++;
    struct text near = text_nearest(name, count, nth_child, node);
    (void)text_quote(part, name);
    (void)text_quote(quoted, change->path);
    if (near.len > 0)
        REFUSE(change, FAULT_AMENDMENT_PATH, change->path_at,
               "nothing stands at %s of path %s; did you mean %s?", part, quoted,
               text_quote(meant, near));
    else
        REFUSE(change, FAULT_AMENDMENT_PATH, change->path_at, "nothing stands at %s of path %s",
               part, quoted);
}

/* Follow ${rest} of the path below ${node}, whose keys stand in the table under ${pattern}. */
static const struct yaml_node *descend(struct change *change, const struct yaml_node *node,
                                       struct text rest, const char *pattern)
{
    char inner[PATTERN_MAX];
    const char *dot = rest.len == 0 ? NULL : memchr(rest.ptr, '.', rest.len);
    struct text name = {rest.ptr, dot == NULL ? rest.len : (size_t)(dot - rest.ptr)};
    if (node->kind == YAML_LIST)
        (void)snprintf(inner, sizeof inner, "%s[]", pattern);
    else
        inner_pattern(inner, pattern, name);
    const struct yaml_pair *child = node->kind == YAML_TEXT ? NULL : find_child(node, name);
    bool known =
        node->kind == YAML_LIST || is_named(pattern) || rule_find(text_of(inner)) != RULE_KEYS;
    if (node->kind == YAML_TEXT || !known || (child == NULL && dot != NULL)) {
        refuse_name(change, node, name);
        return node;
    }
    if (dot == NULL)
        return replace(change, node, child, name, inner);
    struct text below = {dot + 1, rest.len - name.len - 1};
    const struct yaml_node *value = descend(change, child->value, below, inner);
    return change->refused ? node : with_child(change, node, child, name, value);
}

const struct yaml_node *amend_node(const struct yaml_node *node)
{
    bool absent = node != NULL && node->kind == YAML_TEXT && text_is(node->text, "absent");
    return absent ? NULL : node;
}

const struct yaml_node *amend_apply(struct rule_context *context, const struct yaml_node *root,
                                    const struct rule_scope *set)
{
    const struct rule_value *path = &set->value[RULE_AMENDMENTS_SET_PATH];
    const struct rule_value *was = &set->value[RULE_AMENDMENTS_SET_WAS];
    const struct rule_value *value = &set->value[RULE_AMENDMENTS_SET_VALUE];
    if (!path->set || !was->set || !value->set)
        return root; /* already reported as missing */
    struct change change = {
        .context = context,
        .path = path->text,
        .path_at = path->at,
        .was = amend_node(was->node),
        .value = amend_node(value->node),
        .was_at = was->at,
    };
    const char *dot = memchr(path->text.ptr, '.', path->text.len);
    struct text clause = {path->text.ptr,
                          dot == NULL ? path->text.len : (size_t)(dot - path->text.ptr)};
    enum rule_key key = rule_find(clause);
    if (key == RULE_KEYS || rule_row(key)->bind == RULE_BIND_NONE) {
        char quoted[TEXT_QUOTE_MAX];
        REFUSE(&change, FAULT_AMENDMENT_PATH, path->at, "%s names no clause that can be amended",
               text_quote(quoted, clause));
        return root;
    }
    return descend(&change, root, path->text, "");
}

const struct yaml_node *amend_find(const struct yaml_node *root, struct text path)
{
    while (root != NULL && path.len > 0) {
        const char *dot = memchr(path.ptr, '.', path.len);
        struct text name = {path.ptr, dot == NULL ? path.len : (size_t)(dot - path.ptr)};
        const struct yaml_pair *child = root->kind == YAML_TEXT ? NULL : find_child(root, name);
        root = child == NULL ? NULL : child->value;
        size_t passed = dot == NULL ? path.len : name.len + 1;
        path = (struct text){path.ptr + passed, path.len - passed};
    }
    return root;
}

bool amend_is_same(struct rule_context *context, struct text path, const struct yaml_node *a,
                   const struct yaml_node *b)
{
    char pattern[PATTERN_MAX] = "", outer[PATTERN_MAX];
    if (a == NULL || b == NULL)
        return a == b;
    while (path.len > 0) {
        const char *dot = memchr(path.ptr, '.', path.len);
        struct text name = {path.ptr, dot == NULL ? path.len : (size_t)(dot - path.ptr)};
        enum rule_key key = rule_find(text_of(pattern));
        size_t len = strlen(pattern);
        memcpy(outer, pattern, sizeof outer);
        if (key != RULE_KEYS && rule_row(key)->type == RULE_TYPE_LIST && len + 2 < sizeof pattern)
            memcpy(pattern + len, "[]", sizeof "[]"); /* the name is an element's id */
        else
            inner_pattern(pattern, outer, name);
        path.ptr += name.len + (dot != NULL);
        path.len -= name.len + (dot != NULL);
    }
    return same_value(context, pattern, a, b);
}
