#include "rule.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

enum { ID_BYTES_MAX = 64, TEXT_BYTES_MAX = 200, AMOUNT_BYTES_MAX = 80 };

static const struct rule_row rows[RULE_KEYS] = {
#define RULE(id, path, type, need, bind, fallback, allowed, meaning)                               \
    [RULE_##id] = {#id,                                                                            \
                   path,                                                                           \
                   RULE_TYPE_##type,                                                               \
                   RULE_TAKEN_##need(RULE_BIND_##bind),                                            \
                   RULE_NEED_##need(RULE_BIND_##bind),                                             \
                   RULE_BIND_##bind,                                                               \
                   fallback,                                                                       \
                   allowed,                                                                        \
                   meaning},
#define RULE_TAKEN_REQUIRED(bind) ((bind) == RULE_BIND_NONE ? RULE_OF_ALL : RULE_OF_LOANS)
#define RULE_TAKEN_OPTIONAL(bind) RULE_TAKEN_REQUIRED(bind)
#define RULE_TAKEN_GRANT_REQUIRED(bind) RULE_OF_GRANTS
#define RULE_TAKEN_GRANT_OPTIONAL(bind) RULE_OF_GRANTS
#define RULE_TAKEN_BOTH_REQUIRED(bind) RULE_OF_ALL
#define RULE_TAKEN_BOTH_OPTIONAL(bind) RULE_OF_ALL
#define RULE_TAKEN_LOAN_REQUIRED(bind) RULE_OF_ALL
#define RULE_NEED_REQUIRED(bind) RULE_TAKEN_REQUIRED(bind)
#define RULE_NEED_OPTIONAL(bind) 0
#define RULE_NEED_GRANT_REQUIRED(bind) RULE_OF_GRANTS
#define RULE_NEED_GRANT_OPTIONAL(bind) 0
#define RULE_NEED_BOTH_REQUIRED(bind) RULE_OF_ALL
#define RULE_NEED_BOTH_OPTIONAL(bind) 0
#define RULE_NEED_LOAN_REQUIRED(bind) RULE_OF_LOANS
#include "rule_keys.def"
#undef RULE
};

const struct rule_row *rule_row(enum rule_key key)
{
    return &rows[key];
}

enum rule_key rule_find(struct text path)
{
    for (unsigned key = 0; key < RULE_KEYS; key++)
        if (text_is(path, rows[key].path))
            return (enum rule_key)key;
    return RULE_KEYS;
}

bool rule_is_below(const char *path, struct text parent)
{
    if (strncmp(path, parent.ptr, parent.len) != 0)
        return false;
    const char *rest = path + parent.len;
    if (parent.len > 0 && *rest++ != '.')
        return false;
    return *rest != '\0' && strpbrk(rest, ".[") == NULL; /* `list[]` is below `list` */
}

static struct text nth_word(const char *words, unsigned index)
{
    for (const char *word = words; *word != '\0';) {
        size_t len = strcspn(word, "|");
        if (index-- == 0)
            return (struct text){word, len};
        word += len + (word[len] == '|');
    }
    return (struct text){"", 0};
}

struct text rule_allowed(enum rule_key key, unsigned index)
{
    return nth_word(rows[key].allowed, index);
}

static unsigned count_words(const char *words)
{
    unsigned count = 0;
    while (nth_word(words, count).len > 0)
        count++;
    return count;
}

static struct text nth_allowed(const void *words, size_t i)
{
    return nth_word(words, (unsigned)i);
}

/* Note a fault once: an amended file is compiled once per version. */
#define NOTE(context, code, at, ...) fault_add_once((context)->faults, (code), (at), __VA_ARGS__)

/* --- one value --- */

static bool refuse(struct rule_context *context, enum fault_code code, enum rule_key key,
                   const struct yaml_node *node, const char *wanted)
{
    char quoted[TEXT_QUOTE_MAX];
    NOTE(context, code, node->at, "%s is not %s (%s)", text_quote(quoted, node->text), wanted,
         rows[key].path);
    return false;
}

/* The index of a word among the allowed, or -1 after a fault with the nearest of them. */
static int32_t parse_word(struct rule_context *context, enum rule_key key,
                          const struct yaml_node *node)
{
    const char *allowed = rows[key].allowed;
    unsigned count = count_words(allowed);
    char quoted[TEXT_QUOTE_MAX];
    for (unsigned i = 0; i < count; i++)
        if (node->kind == YAML_TEXT && text_equal(node->text, nth_word(allowed, i)))
            return (int32_t)i;
    struct text near = text_nearest(node->text, count, nth_allowed, allowed);
    (void)text_quote(quoted, node->text);
    if (near.len > 0)
        NOTE(context, FAULT_RULE_CHOICE, node->at, "%s: %s is not one of %s; did you mean '%.*s'?",
             rows[key].path, quoted, allowed, (int)near.len, near.ptr);
    else
        NOTE(context, FAULT_RULE_CHOICE, node->at, "%s: %s is not one of %s", rows[key].path,
             quoted, allowed);
    return -1;
}

/* Digits only, at most 9 of them: -1 if not. */
static int32_t parse_digits(struct text text)
{
    int32_t number = 0;
    if (text.len == 0 || text.len > 9)
        return -1;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return -1;
        number = number * 10 + (text.ptr[i] - '0');
    }
    return number;
}

static bool parse_count(struct rule_context *context, enum rule_key key,
                        const struct yaml_node *node, int32_t *out)
{
    const char *allowed = rows[key].allowed;
    int32_t number = parse_digits(node->text);
    if (number < 0)
        return refuse(context, FAULT_NUMBER_FORM, key, node, "a whole number");
    const char *dots = strstr(allowed, "..");
    assert(dots != NULL);
    int32_t least = parse_digits((struct text){allowed, (size_t)(dots - allowed)});
    int32_t most = parse_digits(text_of(dots + 2));
    if (number < least || number > most) {
        NOTE(context, FAULT_NUMBER_RANGE, node->at, "%s: %d is outside %s", rows[key].path, number,
             allowed);
        return false;
    }
    *out = number;
    return true;
}

/* 1_000_000 as 1000000: an underscore stands between digits. */
static bool drop_underscores(struct text text, char *out, size_t *len)
{
    *len = 0;
    if (text.len > AMOUNT_BYTES_MAX)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        bool between = i > 0 && i + 1 < text.len && text.ptr[i - 1] >= '0' &&
                       text.ptr[i - 1] <= '9' && text.ptr[i + 1] >= '0' && text.ptr[i + 1] <= '9';
        if (text.ptr[i] == '_' && !between)
            return false;
        if (text.ptr[i] != '_')
            out[(*len)++] = text.ptr[i];
    }
    return true;
}

static bool parse_amount(struct rule_context *context, enum rule_key key,
                         const struct yaml_node *node, struct amount *out)
{
    char plain[AMOUNT_BYTES_MAX];
    size_t len;
    struct decimal decimal;
    enum fault_code code = FAULT_AMOUNT_FORM;
    char wanted[64] = "an amount such as 1_000_000 or 0.50";
    if (drop_underscores(node->text, plain, &len))
        code = decimal_parse(context->arena, (struct text){plain, len}, &decimal);
    if (code == FAULT_NONE)
        code = decimal_to_amount(context->arena, decimal, context->decimals, out);
    if (code == FAULT_NONE)
        return true;
    if (code == FAULT_AMOUNT_DIGITS)
        (void)snprintf(wanted, sizeof wanted, "an amount of at most %d digits", AMOUNT_DIGITS_MAX);
    else if (code == FAULT_AMOUNT_NEGATIVE)
        (void)snprintf(wanted, sizeof wanted, "an amount of zero or more");
    else if (code == FAULT_AMOUNT_DECIMALS)
        (void)snprintf(wanted, sizeof wanted, "an amount of at most %u decimals",
                       context->decimals);
    return refuse(context, code, key, node, wanted);
}

static bool parse_range(struct rule_context *context, enum rule_key key,
                        const struct yaml_node *node, struct rule_value *value)
{
    struct text text = node->text;
    size_t dots = 0;
    while (dots + 1 < text.len && memcmp(text.ptr + dots, "..", 2) != 0)
        dots++;
    bool found = dots + 1 < text.len;
    struct text right = found ? (struct text){text.ptr + dots + 2, text.len - dots - 2} : text;
    value->from = found ? parse_digits((struct text){text.ptr, dots}) : -1;
    value->upto = found && right.len == 0 ? RULE_RANGE_OPEN : parse_digits(right);
    if (value->from < 0 || value->upto < value->from)
        return refuse(context, FAULT_RANGE_FORM, key, node, "a range such as 0..90 or 271..");
    return true;
}

static bool parse_day(struct rule_context *context, enum rule_key key, const struct yaml_node *node,
                      int32_t *out)
{
    int32_t day = parse_digits(node->text);
    if (text_is(node->text, "same"))
        day = RULE_DAY_SAME;
    else if (text_is(node->text, "last"))
        day = RULE_DAY_LAST;
    else if (day < 1 || day > 31)
        return refuse(context, FAULT_RULE_CHOICE, key, node, "`same`, 1..31 or `last`");
    *out = day;
    return true;
}

static bool parse_date_or_span(struct rule_context *context, enum rule_key key,
                               const struct yaml_node *node, struct rule_value *value)
{
    bool dashed = node->text.len > 0 && memchr(node->text.ptr, '-', node->text.len) != NULL;
    enum fault_code code = date_parse(node->text, &value->date);
    if (code == FAULT_NONE)
        return true;
    value->date = DATE_NONE;
    return span_parse(node->text, &value->span) == FAULT_NONE ||
           refuse(context, dashed ? code : FAULT_SPAN_FORM, key, node,
                  "a date 1900-01-01..2199-12-31 as YYYY-MM-DD, or a span such as 24 months");
}

/* `agreed`, `last.paid`, `T1.paid`, ...: what stands before the last point names a tranche or
 * report. */
static bool parse_date_name(struct rule_context *context, enum rule_key key,
                            const struct yaml_node *node, struct rule_value *value)
{
    static const struct {
        const char *name;
        enum rule_date_name date;
    } dates[] = {{".paid", RULE_DATE_PAID},
                 {".submitted", RULE_DATE_SUBMITTED},
                 {".accepted", RULE_DATE_ACCEPTED}};
    struct text text = node->text;
    struct text *name = ARENA_ARRAY(context->arena, struct text, 1);
    value->ids = name;
    value->number = RULE_DATE_AGREED;
    if (text_is(text, "agreed"))
        return true;
    value->number = RULE_DATE_LAST_PAID;
    if (text_is(text, "last.paid"))
        return true;
    for (unsigned i = 0; i < sizeof dates / sizeof *dates; i++) {
        struct text end = text_of(dates[i].name);
        if (text.len <= end.len || memcmp(text.ptr + text.len - end.len, end.ptr, end.len) != 0)
            continue;
        *name = (struct text){text.ptr, text.len - end.len};
        value->number = (int32_t)dates[i].date;
        return true;
    }
    return refuse(context, FAULT_RULE_CHOICE, key, node,
                  "a date's name: agreed, last.paid, T.paid of a tranche T, R.submitted or "
                  "R.accepted of a report R");
}

/* One of the allowed words; what begins with a digit is an amount. */
static bool begins_with_digit(struct text text)
{
    return text.len > 0 && text.ptr[0] >= '0' && text.ptr[0] <= '9';
}

static bool parse_choice_or_amount(struct rule_context *context, enum rule_key key,
                                   const struct yaml_node *node, struct rule_value *value)
{
    if (begins_with_digit(node->text))
        return parse_amount(context, key, node, &value->amount);
    value->number = parse_word(context, key, node);
    return value->number >= 0;
}

static bool parse_text(struct rule_context *context, enum rule_key key,
                       const struct yaml_node *node, size_t bytes_max)
{
    char wanted[48];
    struct text text = node->text;
    if (text.len == 0)
        return refuse(context, FAULT_RULE_SHAPE, key, node, "a text");
    if (!text_is_plain(text))
        return refuse(context, FAULT_TEXT_CONTROL, key, node,
                      "free of control characters and outer blanks");
    (void)snprintf(wanted, sizeof wanted, "at most %zu bytes long", bytes_max);
    if (text.len > bytes_max)
        return refuse(context, FAULT_TEXT_LENGTH, key, node, wanted);
    return true;
}

static bool parse_code(struct rule_context *context, enum rule_key key,
                       const struct yaml_node *node)
{
    bool capitals = node->text.len == 3;
    for (size_t i = 0; i < node->text.len; i++)
        capitals = capitals && node->text.ptr[i] >= 'A' && node->text.ptr[i] <= 'Z';
    if (!capitals)
        return refuse(context, FAULT_RULE_CHOICE, key, node, "three capital letters, such as IDR");
    return true;
}

static struct text nth_source(const void *value, size_t i)
{
    return ((const struct rule_value *)value)->items[i]->name;
}

static bool parse_source(struct rule_context *context, enum rule_key key,
                         const struct yaml_node *node)
{
    if (!parse_text(context, key, node, TEXT_BYTES_MAX))
        return false;
    static const struct rule_value none;
    const struct rule_value *sources = context->sources != NULL ? context->sources : &none;
    struct text name = node->text;
    const char *blank = memchr(name.ptr, ' ', name.len);
    if (blank != NULL)
        name.len = (size_t)(blank - name.ptr);
    for (unsigned i = 0; i < sources->count; i++)
        if (text_equal(name, sources->items[i]->name))
            return true;
    char quoted[TEXT_QUOTE_MAX];
    struct text near = text_nearest(name, sources->count, nth_source, sources);
    (void)text_quote(quoted, name);
    if (near.len > 0)
        NOTE(context, FAULT_SOURCE_UNKNOWN, node->at,
             "%s is not listed in `sources` (%s); did you mean '%.*s'?", quoted, rows[key].path,
             (int)near.len, near.ptr);
    else
        NOTE(context, FAULT_SOURCE_UNKNOWN, node->at, "%s is not listed in `sources` (%s)", quoted,
             rows[key].path);
    return false;
}

static bool parse_order(struct rule_context *context, enum rule_key key,
                        const struct yaml_node *node, struct rule_value *value)
{
    unsigned count = count_words(rows[key].allowed), found = 0, seen = 0;
    assert(count <= RULE_ORDER_MAX);
    for (const struct yaml_pair *entry = node->first; entry != NULL; entry = entry->next) {
        int32_t word = parse_word(context, key, entry->value);
        if (word < 0)
            return false;
        if (found < count)
            value->order[found] = (uint8_t)word;
        found++;
        seen |= 1u << word;
    }
    value->count = found;
    if (rows[key].type == RULE_TYPE_SOME) {
        if (found > 0 && found <= count && (unsigned)__builtin_popcount(seen) == found)
            return true;
        NOTE(context, FAULT_RULE_CHOICE, node->at, "%s lists some of %s, none twice",
             rows[key].path, rows[key].allowed);
        return false;
    }
    if (found == count && seen == (1u << count) - 1)
        return true;
    NOTE(context, FAULT_RULE_CHOICE, node->at, "%s lists each of %s once", rows[key].path,
         rows[key].allowed);
    return false;
}

static bool parse_words(struct rule_context *context, enum rule_key key,
                        const struct yaml_node *node, struct rule_value *value)
{
    assert(count_words(rows[key].allowed) < 31);
    value->number = 0;
    for (const struct yaml_pair *entry = node->first; entry != NULL; entry = entry->next) {
        int32_t word = parse_word(context, key, entry->value);
        if (word < 0)
            return false;
        if (value->number >> word & 1)
            return refuse(context, FAULT_RULE_CHOICE, key, entry->value, "named once only");
        value->number |= 1 << word;
    }
    return true;
}

static bool parse_ids(struct rule_context *context, enum rule_key key, const struct yaml_node *node,
                      struct rule_value *value)
{
    bool texts = rows[key].type == RULE_TYPE_TEXTS;
    unsigned count = 0;
    for (const struct yaml_pair *entry = node->first; entry != NULL; entry = entry->next)
        count++;
    struct text *ids = ARENA_ARRAY(context->arena, struct text, count);
    value->count = 0;
    for (const struct yaml_pair *entry = node->first; entry != NULL; entry = entry->next) {
        if (entry->value->kind != YAML_TEXT) {
            NOTE(context, FAULT_RULE_SHAPE, entry->value->at, "%s lists %s", rows[key].path,
                 texts ? "texts" : "ids");
            return false;
        }
        if (!parse_text(context, key, entry->value, texts ? TEXT_BYTES_MAX : ID_BYTES_MAX))
            return false;
        ids[value->count++] = entry->value->text;
    }
    value->ids = ids;
    return true;
}

static bool parse_fraction(struct rule_context *context, enum rule_key key,
                           const struct yaml_node *node, struct fraction *out)
{
    return fraction_parse(context->arena, node->text, out) == FAULT_NONE ||
           refuse(context, FAULT_FRACTION_FORM, key, node, "a fraction such as 0.5% or 1/3");
}

static bool parse_choice_or_fraction(struct rule_context *context, enum rule_key key,
                                     const struct yaml_node *node, struct rule_value *value)
{
    if (begins_with_digit(node->text))
        return parse_fraction(context, key, node, &value->fraction);
    value->number = parse_word(context, key, node);
    return value->number >= 0;
}

static bool is_share(struct text text)
{
    return text.len > 0 &&
           (memchr(text.ptr, '%', text.len) != NULL || memchr(text.ptr, '/', text.len) != NULL);
}

static bool parse_fractions(struct rule_context *context, enum rule_key key,
                            const struct yaml_node *node, struct rule_value *value)
{
    unsigned count = 0;
    for (const struct yaml_pair *entry = node->first; entry != NULL; entry = entry->next)
        count++;
    struct fraction *fractions = ARENA_ARRAY(context->arena, struct fraction, count);
    value->count = 0;
    for (const struct yaml_pair *entry = node->first; entry != NULL; entry = entry->next) {
        if (entry->value->kind != YAML_TEXT) {
            NOTE(context, FAULT_RULE_SHAPE, entry->value->at, "%s lists fractions", rows[key].path);
            return false;
        }
        if (!parse_fraction(context, key, entry->value, &fractions[value->count++]))
            return false;
    }
    if (!fraction_common(context->arena, fractions, count)) {
        NOTE(context, FAULT_RULE_LIMITS, node->at,
             "%s: the common denominator has more than %d digits", rows[key].path,
             AMOUNT_DIGITS_MAX);
        return false;
    }
    value->fractions = fractions;
    return true;
}

static bool parse_date(struct rule_context *context, enum rule_key key,
                       const struct yaml_node *node, struct date *out)
{
    enum fault_code code = date_parse(node->text, out);
    return code == FAULT_NONE ||
           refuse(context, code, key, node, "a date 1900-01-01..2199-12-31 as YYYY-MM-DD");
}

static bool parse_scalar(struct rule_context *context, enum rule_key key,
                         const struct yaml_node *node, struct rule_value *value)
{
    switch (rows[key].type) {
    case RULE_TYPE_TEXT:
        return parse_text(context, key, node, TEXT_BYTES_MAX);
    case RULE_TYPE_ID:
        return parse_text(context, key, node, ID_BYTES_MAX);
    case RULE_TYPE_CODE:
        return parse_code(context, key, node);
    case RULE_TYPE_SOURCE:
        return parse_source(context, key, node);
    case RULE_TYPE_CHOICE:
    case RULE_TYPE_CHOICE_OR_MAP:
    case RULE_TYPE_CONDITION:
        value->number = parse_word(context, key, node);
        return value->number >= 0;
    case RULE_TYPE_CHOICE_OR_AMOUNT:
        return parse_choice_or_amount(context, key, node, value);
    case RULE_TYPE_CHOICE_OR_FRACTION:
        return parse_choice_or_fraction(context, key, node, value);
    case RULE_TYPE_DATE_NAME:
        return parse_date_name(context, key, node, value);
    case RULE_TYPE_FLAG:
        value->number = text_is(node->text, "true");
        return value->number || text_is(node->text, "false") ||
               refuse(context, FAULT_RULE_CHOICE, key, node, "true or false");
    case RULE_TYPE_COUNT:
    case RULE_TYPE_COUNT_OR_MAP:
        return parse_count(context, key, node, &value->number);
    case RULE_TYPE_AMOUNT:
    case RULE_TYPE_AMOUNT_OR_MAP:
        return parse_amount(context, key, node, &value->amount);
    case RULE_TYPE_AMOUNT_OR_FRACTION:
        return is_share(node->text) ? parse_fraction(context, key, node, &value->fraction)
                                    : parse_amount(context, key, node, &value->amount);
    case RULE_TYPE_FRACTION:
        return parse_fraction(context, key, node, &value->fraction);
    case RULE_TYPE_SPAN:
    case RULE_TYPE_SPAN_OR_MAP:
        return span_parse(node->text, &value->span) == FAULT_NONE ||
               refuse(context, FAULT_SPAN_FORM, key, node,
                      "a span such as 6 months or 90 days (days, weeks, months, years)");
    case RULE_TYPE_DATE_OR_SPAN:
        return parse_date_or_span(context, key, node, value);
    case RULE_TYPE_RANGE:
        return parse_range(context, key, node, value);
    case RULE_TYPE_DATE:
        return parse_date(context, key, node, &value->date);
    case RULE_TYPE_DAY:
        return parse_day(context, key, node, &value->number);
    case RULE_TYPE_MAP:
    case RULE_TYPE_LIST:
    case RULE_TYPE_NAMED:
    case RULE_TYPE_NODE:
    case RULE_TYPE_COLUMNS:
    case RULE_TYPE_ORDER:
    case RULE_TYPE_WORDS:
    case RULE_TYPE_SOME:
    case RULE_TYPE_IDS:
    case RULE_TYPE_TEXTS:
    case RULE_TYPE_FRACTIONS:
    case RULE_TYPE_CONDITIONS:
        break;
    }
    assert(!"a scalar type");
    return false;
}

static bool takes_kind(enum rule_type type, enum yaml_kind kind)
{
    switch (type) {
    case RULE_TYPE_NODE:
        return true;
    case RULE_TYPE_MAP:
    case RULE_TYPE_NAMED:
    case RULE_TYPE_COLUMNS:
        return kind == YAML_MAP;
    case RULE_TYPE_LIST:
    case RULE_TYPE_ORDER:
    case RULE_TYPE_WORDS:
    case RULE_TYPE_SOME:
    case RULE_TYPE_IDS:
    case RULE_TYPE_TEXTS:
    case RULE_TYPE_FRACTIONS:
    case RULE_TYPE_CONDITIONS:
        return kind == YAML_LIST;
    case RULE_TYPE_CONDITION:
    case RULE_TYPE_CHOICE_OR_MAP:
    case RULE_TYPE_COUNT_OR_MAP:
    case RULE_TYPE_SPAN_OR_MAP:
    case RULE_TYPE_AMOUNT_OR_MAP:
        return kind != YAML_LIST;
    default:
        return kind == YAML_TEXT;
    }
}

static const char *kind_wanted(enum rule_type type)
{
    if (takes_kind(type, YAML_MAP))
        return takes_kind(type, YAML_TEXT) ? "a value or a map" : "a map";
    return takes_kind(type, YAML_LIST) ? "a list" : "a value";
}

bool rule_parse_value(struct rule_context *context, enum rule_key key, const struct yaml_node *node,
                      struct rule_value *out)
{
    static const char *const kinds[] = {"a value", "a map", "a list"};
    enum rule_type type = rows[key].type;
    if (!takes_kind(type, node->kind)) {
        NOTE(context, FAULT_RULE_SHAPE, node->at, "%s is %s, found %s", rows[key].path,
             kind_wanted(type), kinds[node->kind]);
        return false;
    }
    struct rule_value value = {
        .set = true, .given = true, .at = node->at, .node = node, .text = node->text, .number = -1};
    bool fits = true;
    if (type == RULE_TYPE_ORDER || type == RULE_TYPE_SOME)
        fits = parse_order(context, key, node, &value);
    else if (type == RULE_TYPE_WORDS)
        fits = parse_words(context, key, node, &value);
    else if (type == RULE_TYPE_IDS || type == RULE_TYPE_TEXTS)
        fits = parse_ids(context, key, node, &value);
    else if (type == RULE_TYPE_FRACTIONS)
        fits = parse_fractions(context, key, node, &value);
    else if (node->kind == YAML_TEXT && type != RULE_TYPE_NODE)
        fits = parse_scalar(context, key, node, &value);
    if (fits)
        *out = value;
    return fits;
}

/* --- a map of keys --- */

static void compile_map(struct rule_context *context, const struct yaml_node *map,
                        struct text prefix, struct rule_scope *scope);

static void apply_default(struct rule_context *context, enum rule_key key, struct rule_value *value)
{
    struct rule_context quiet = *context;
    struct yaml_node node = {.kind = YAML_TEXT, .text = text_of(rows[key].fallback)};
    if (rows[key].type == RULE_TYPE_ORDER) {
        value->count = count_words(rows[key].allowed);
        for (uint8_t i = 0; i < value->count; i++)
            value->order[i] = i; /* the default order is the table's */
        value->set = true;
        return;
    }
    bool parsed = rule_parse_value(&quiet, key, &node, value);
    assert(parsed);
    (void)parsed;
    value->given = false;
    value->node = NULL;
}

/* The prefix of the keys inside a list's elements or under a map of names. */
static struct text inner_prefix(struct rule_context *context, enum rule_key key)
{
    const char *suffix = rows[key].type == RULE_TYPE_LIST ? "[]" : ".*";
    size_t len = strlen(rows[key].path);
    char *prefix = arena_alloc(context->arena, len + 2);
    memcpy(prefix, rows[key].path, len);
    memcpy(prefix + len, suffix, 2);
    return (struct text){prefix, len + 2};
}

static void refuse_same_ids(struct rule_context *context, struct text prefix,
                            const struct rule_value *list)
{
    char path[128];
    char quoted[TEXT_QUOTE_MAX];
    (void)snprintf(path, sizeof path, "%.*s.id", (int)prefix.len, prefix.ptr);
    enum rule_key key = rule_find(text_of(path));
    if (key == RULE_KEYS)
        return;
    for (unsigned i = 0; i < list->count; i++)
        for (unsigned j = 0; j < i; j++) {
            const struct rule_value *id = &list->items[i]->value[key];
            if (id->set && text_equal(id->text, list->items[j]->value[key].text))
                NOTE(context, FAULT_RULE_ID_DUPLICATE, id->at, "id %s stands twice in %s",
                     text_quote(quoted, id->text), path);
        }
}

/* Elements of a LIST or entries of a NAMED: one scope each. */
static void compile_items(struct rule_context *context, enum rule_key key, struct rule_value *value)
{
    struct text prefix = inner_prefix(context, key);
    unsigned count = 0;
    for (const struct yaml_pair *entry = value->node->first; entry != NULL; entry = entry->next)
        count++;
    value->items = ARENA_ARRAY(context->arena, const struct rule_scope *, count);
    if (count == 0 && key != RULE_CALENDAR_HOLIDAYS)
        NOTE(context, FAULT_RULE_SHAPE, value->at, "%s is empty", rows[key].path);
    enum rule_key plain = rule_find(prefix); /* the entries' own key, where they are no maps */
    for (const struct yaml_pair *entry = value->node->first; entry != NULL; entry = entry->next) {
        if (plain == RULE_KEYS && entry->value->kind != YAML_MAP) {
            NOTE(context, FAULT_RULE_SHAPE, entry->value->at, "each entry of %s is a map",
                 rows[key].path);
            continue;
        }
        struct rule_scope *item = ARENA_ARRAY(context->arena, struct rule_scope, 1);
        item->name = entry->key;
        item->at = entry->value->at;
        if (plain == RULE_KEYS)
            compile_map(context, entry->value, prefix, item);
        else
            (void)rule_parse_value(context, plain, entry->value, &item->value[plain]);
        value->items[value->count++] = item;
    }
    refuse_same_ids(context, prefix, value);
}

/* The word `agreement`, of which the scope holds nothing, or a map of the keys of conditions. */
static const struct rule_scope *compile_condition(struct rule_context *context, enum rule_key key,
                                                  const struct yaml_node *node)
{
    struct rule_scope *scope = ARENA_ARRAY(context->arena, struct rule_scope, 1);
    scope->at = node->at;
    scope->name = node->text; /* of the word; a map has none */
    if (node->kind == YAML_MAP)
        compile_map(context, node, text_of("condition"), scope);
    else if (node->kind == YAML_LIST || !text_is(node->text, "agreement"))
        NOTE(context, FAULT_RULE_SHAPE, node->at,
             "each entry of %s is a map such as {accepted: R1}, or the word agreement",
             rows[key].path);
    return scope;
}

static void compile_conditions(struct rule_context *context, enum rule_key key,
                               const struct yaml_node *node, struct rule_value *value)
{
    unsigned count = 0;
    for (const struct yaml_pair *entry = node->first; entry != NULL; entry = entry->next)
        count++;
    if (count == 0)
        NOTE(context, FAULT_RULE_SHAPE, value->at, "%s is empty", rows[key].path);
    value->items = ARENA_ARRAY(context->arena, const struct rule_scope *, count);
    for (const struct yaml_pair *entry = node->first; entry != NULL; entry = entry->next)
        value->items[value->count++] = compile_condition(context, key, entry->value);
}

static void compile_key(struct rule_context *context, enum rule_key key,
                        const struct yaml_node *node, struct rule_scope *scope)
{
    const struct rule_row *row = &rows[key];
    struct rule_value *value = &scope->value[key];
    if (node == NULL || !rule_parse_value(context, key, node, value)) {
        value->node = node; /* not set, but not absent either */
        if (node != NULL)
            value->at = node->at;
        if (node == NULL && row->fallback[0] != '\0')
            apply_default(context, key, value);
        if (row->type == RULE_TYPE_MAP)
            compile_map(context, NULL, text_of(row->path), scope);
    } else if (row->type == RULE_TYPE_LIST || row->type == RULE_TYPE_NAMED) {
        compile_items(context, key, value);
    } else if (row->type == RULE_TYPE_CONDITION) {
        value->items = ARENA_ARRAY(context->arena, const struct rule_scope *, 1);
        value->items[value->count++] = compile_condition(context, key, node);
    } else if (row->type == RULE_TYPE_CONDITIONS) {
        compile_conditions(context, key, node, value);
    } else if (node->kind == YAML_MAP && row->type != RULE_TYPE_NODE &&
               row->type != RULE_TYPE_COLUMNS) {
        compile_map(context, node, text_of(row->path), scope);
    }
}

struct siblings {
    struct text prefix;
};

/* The name of the nth key of the table if it stands directly below the prefix, else an empty text.
 */
static struct text nth_sibling(const void *context, size_t i)
{
    const struct siblings *siblings = context;
    if (!rule_is_below(rows[i].path, siblings->prefix))
        return (struct text){"", 0};
    size_t skip = siblings->prefix.len == 0 ? 0 : siblings->prefix.len + 1;
    return text_of(rows[i].path + skip);
}

static bool contains_word(struct text name, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i + len <= name.len; i++) {
        size_t same = 0;
        while (same < len && (name.ptr[i + same] | 0x20) == word[same])
            same++;
        if (same == len)
            return true;
    }
    return false;
}

static bool names_interest(struct text name)
{
    static const char *const words[] = {"interest", "bunga", "margin", "usury", "riba"};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        if (contains_word(name, words[i]))
            return true;
    return text_is(name, "apr") || text_is(name, "APR");
}

static bool is_zero_rate(struct rule_context *context, const struct yaml_node *node)
{
    struct fraction rate;
    return node->kind == YAML_TEXT &&
           fraction_parse(context->arena, node->text, &rate) == FAULT_NONE &&
           amount_is_zero(rate.num);
}

static void refuse_unknown(struct rule_context *context, const struct yaml_pair *entry,
                           struct text prefix)
{
    char quoted[TEXT_QUOTE_MAX], where[160] = "";
    (void)text_quote(quoted, entry->key);
    if (names_interest(entry->key)) {
        if (!is_zero_rate(context, entry->value))
            NOTE(context, FAULT_INTEREST, entry->key_at,
                 "%s is not zero: nol accounts for interest-free programs", quoted);
        return;
    }
    if (prefix.len > 0)
        (void)snprintf(where, sizeof where, " in %.*s", (int)prefix.len, prefix.ptr);
    struct siblings siblings = {prefix};
    struct text near = text_nearest(entry->key, RULE_KEYS, nth_sibling, &siblings);
    if (near.len > 0)
        NOTE(context, FAULT_RULE_KEY_UNKNOWN, entry->key_at,
             "unknown key %s%s; did you mean '%.*s'?", quoted, where, (int)near.len, near.ptr);
    else
        NOTE(context, FAULT_RULE_KEY_UNKNOWN, entry->key_at, "unknown key %s%s", quoted, where);
}

/* A key that programs of the other kind have. */
static void refuse_kind(struct rule_context *context, enum rule_key key,
                        const struct yaml_node *map, struct text name)
{
    static const struct {
        enum rule_key key;
        const char *hint;
    } hints[] = {{RULE_PRINCIPAL, "; a grant has an `award`"},
                 {RULE_SCHEDULE, "; a grant has `tranches`"},
                 {RULE_AWARD, "; a loan has a `principal`"},
                 {RULE_TRANCHES, "; a loan has a `schedule`"}};
    const char *hint = "";
    const struct yaml_pair *entry = map->first;
    while (!text_equal(entry->key, name))
        entry = entry->next;
    for (unsigned i = 0; i < sizeof hints / sizeof *hints; i++)
        if (hints[i].key == key)
            hint = hints[i].hint;
    NOTE(context, FAULT_RULE_KIND, entry->key_at, "`%s` is a key of `kind: %s` only%s",
         rows[key].path, rows[key].of == RULE_OF_LOANS ? "loan" : "grant", hint);
}

/* Read all keys directly below ${prefix}; ${map} is NULL where only defaults apply. */
static void compile_map(struct rule_context *context, const struct yaml_node *map,
                        struct text prefix, struct rule_scope *scope)
{
    size_t skip = prefix.len == 0 ? 0 : prefix.len + 1;
    for (unsigned key = 0; key < RULE_KEYS; key++) {
        if (!rule_is_below(rows[key].path, prefix))
            continue;
        const struct yaml_node *node = yaml_find(map, text_of(rows[key].path + skip));
        if ((rows[key].of & context->of) == 0) {
            if (node != NULL)
                refuse_kind(context, (enum rule_key)key, map, text_of(rows[key].path + skip));
            continue;
        }
        if (map != NULL && node == NULL && (rows[key].required & context->of) != 0)
            NOTE(context, FAULT_RULE_KEY_MISSING, map->at, "key `%s` is missing", rows[key].path);
        compile_key(context, (enum rule_key)key, node, scope);
        if (key == RULE_CURRENCY)
            context->decimals = (unsigned)scope->value[RULE_CURRENCY_DECIMALS].number;
        if (key == RULE_SOURCES)
            context->sources = &scope->value[RULE_SOURCES];
    }
    if (map == NULL)
        return;
    for (const struct yaml_pair *entry = map->first; entry != NULL; entry = entry->next) {
        struct siblings siblings = {prefix};
        bool known = false;
        for (unsigned key = 0; key < RULE_KEYS && !known; key++)
            known = text_equal(entry->key, nth_sibling(&siblings, key));
        if (!known)
            refuse_unknown(context, entry, prefix);
    }
}

struct rule_scope *rule_compile(struct arena *arena, const struct yaml_node *root,
                                struct faults *faults)
{
    struct rule_context context = {.arena = arena, .faults = faults};
    const struct yaml_node *version = yaml_find(root, text_of("nol"));
    if (version == NULL || version->kind != YAML_TEXT || !text_is(version->text, "rules/1")) {
        NOTE(&context, FAULT_RULE_VERSION, version != NULL ? version->at : root->at,
             "a rule file says `nol: rules/1`, a calendar `nol: calendar/1`");
        return NULL;
    }
    const struct yaml_node *kind = yaml_find(root, text_of("kind"));
    bool grant = kind != NULL && kind->kind == YAML_TEXT && text_is(kind->text, "grant");
    context.of = grant ? RULE_OF_GRANTS : RULE_OF_LOANS;
    struct rule_scope *scope = ARENA_ARRAY(arena, struct rule_scope, 1);
    scope->at = root->at;
    compile_map(&context, root, text_of(""), scope);
    return scope;
}

struct rule_scope *rule_compile_other(struct arena *arena, const struct yaml_node *root,
                                      const char *prefix, struct faults *faults)
{
    struct rule_context context = {
        .arena = arena, .faults = faults, .of = RULE_OF_ALL, .decimals = RULE_OTHER_DECIMALS};
    struct rule_scope *scope = ARENA_ARRAY(arena, struct rule_scope, 1);
    scope->at = root->at;
    compile_map(&context, root, text_of(prefix), scope);
    return scope;
}
