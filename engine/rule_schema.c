#include "rule_schema.h"

#include <assert.h>
#include <stdio.h>

enum { PREFIX_MAX = 256, INDENT = 1 };

/* JSON on its way out: objects and lists in each other, a member to a line. */
struct json {
    struct buffer *buffer;
    unsigned depth;
    unsigned of; /* the kinds of programs whose keys are put */
    bool any;    /* whether the innermost one has a member already */
};

/* --- JSON --- */

static void new_line(struct json *json)
{
    buffer_printf(json->buffer, "\n%*s", (int)(json->depth * INDENT), "");
}

/* Begin a member of an object, or an element of a list where ${name} is empty. */
static void begin(struct json *json, struct text name)
{
    if (json->any)
        buffer_put_string(json->buffer, ",");
    if (json->depth > 0)
        new_line(json);
    json->any = true;
    if (name.len == 0)
        return;
    buffer_put_json(json->buffer, name);
    buffer_put_string(json->buffer, ": ");
}

static void open_text(struct json *json, struct text name, const char *bracket)
{
    begin(json, name);
    buffer_put_string(json->buffer, bracket);
    json->depth++;
    json->any = false;
}

static void open(struct json *json, const char *name, const char *bracket)
{
    open_text(json, text_of(name), bracket);
}

static void close(struct json *json, const char *bracket)
{
    json->depth--;
    if (json->any)
        new_line(json);
    buffer_put_string(json->buffer, bracket);
    json->any = true;
}

static void put_string(struct json *json, const char *name, const char *value)
{
    begin(json, text_of(name));
    buffer_put_json(json->buffer, text_of(value));
}

/* A member whose value is JSON already. */
static void put_raw(struct json *json, const char *name, const char *value)
{
    begin(json, text_of(name));
    buffer_put_string(json->buffer, value);
}

/* --- scalars --- */

#define ANY_SCALAR "[\"string\", \"number\", \"integer\", \"boolean\"]"
#define DIGITS "[0-9](_?[0-9])*"
#define AMOUNT DIGITS "(\\." DIGITS ")?"
#define PLAIN "[0-9]+(\\.[0-9]+)?"
#define DATE "(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
#define SPAN "[0-9]+ (day|week|month|year)s?"

/* What a string has to look like; NULL: anything. */
static const char *pattern_of(enum rule_type type)
{
    switch (type) {
    case RULE_TYPE_CODE:
        return "^[A-Z]{3}$";
    case RULE_TYPE_COUNT:
    case RULE_TYPE_COUNT_OR_MAP:
        return "^[0-9]+$";
    case RULE_TYPE_AMOUNT:
    case RULE_TYPE_AMOUNT_OR_MAP:
        return "^" AMOUNT "$";
    case RULE_TYPE_AMOUNT_OR_FRACTION:
        return "^(" AMOUNT "|" PLAIN " ?%|[0-9]+/[0-9]+)$";
    case RULE_TYPE_FRACTION:
    case RULE_TYPE_FRACTIONS:
        return "^(" PLAIN "( ?%)?|[0-9]+/[0-9]+)$";
    case RULE_TYPE_SPAN:
    case RULE_TYPE_SPAN_OR_MAP:
        return "^" SPAN "$";
    case RULE_TYPE_DATE_OR_SPAN:
        return "^(" DATE "|" SPAN ")$";
    case RULE_TYPE_RANGE:
        return "^[0-9]+\\.\\.[0-9]*$";
    case RULE_TYPE_DATE:
        return "^" DATE "$";
    case RULE_TYPE_DAY:
        return "^(same|last|0*([1-9]|[12][0-9]|3[01]))$";
    case RULE_TYPE_DATE_NAME:
        return "^(agreed|.+\\.(paid|submitted|accepted))$";
    case RULE_TYPE_CHOICE_OR_FRACTION:
        return "^([a-z]+|" PLAIN "( ?%)?|[0-9]+/[0-9]+)$";
    case RULE_TYPE_CHOICE_OR_AMOUNT:
        return "^([a-z]+|" DIGITS "(\\." DIGITS ")?)$";
    default:
        return NULL;
    }
}

static void put_words(struct json *json, enum rule_key key)
{
    open(json, "enum", "[");
    struct text word = rule_allowed(key, 0);
    for (unsigned i = 0; word.len > 0; word = rule_allowed(key, ++i)) {
        begin(json, text_of(""));
        buffer_put_json(json->buffer, word);
    }
    close(json, "]");
}

/* The bounds of a number, where it is read as one. */
static void put_bounds(struct json *json, enum rule_key key, enum rule_type type)
{
    const char *allowed = rule_row(key)->allowed, *dots = strstr(allowed, "..");
    if (type == RULE_TYPE_AMOUNT || type == RULE_TYPE_AMOUNT_OR_MAP ||
        type == RULE_TYPE_AMOUNT_OR_FRACTION || type == RULE_TYPE_FRACTION ||
        type == RULE_TYPE_FRACTIONS)
        put_raw(json, "minimum", "0");
    if (type == RULE_TYPE_DAY) {
        put_raw(json, "minimum", "1");
        put_raw(json, "maximum", "31");
    }
    if ((type != RULE_TYPE_COUNT && type != RULE_TYPE_COUNT_OR_MAP) || dots == NULL)
        return;
    begin(json, text_of("minimum"));
    buffer_put(json->buffer, (struct text){allowed, (size_t)(dots - allowed)});
    put_raw(json, "maximum", dots + 2);
}

/* The members that say what a scalar of this type is, without its description. */
static void put_scalar(struct json *json, enum rule_key key)
{
    enum rule_type type = rule_row(key)->type;
    const char *pattern = pattern_of(type);
    put_raw(json, "type", ANY_SCALAR);
    if (pattern != NULL)
        put_string(json, "pattern", pattern);
    put_bounds(json, key, type);
    switch (type) {
    case RULE_TYPE_FLAG:
        put_raw(json, "enum", "[true, false, \"true\", \"false\"]");
        break;
    case RULE_TYPE_CHOICE:
    case RULE_TYPE_CHOICE_OR_MAP:
    case RULE_TYPE_ORDER:
    case RULE_TYPE_WORDS:
    case RULE_TYPE_SOME:
        put_words(json, key);
        break;
    case RULE_TYPE_TEXT:
    case RULE_TYPE_TEXTS:
    case RULE_TYPE_SOURCE:
        put_raw(json, "minLength", "1");
        put_raw(json, "maxLength", "200");
        break;
    case RULE_TYPE_ID:
    case RULE_TYPE_IDS:
        put_raw(json, "minLength", "1");
        put_raw(json, "maxLength", "64");
        break;
    default:
        break;
    }
}

/* --- maps and lists --- */

static void put_object(struct json *json, struct text prefix);
static void put_value(struct json *json, enum rule_key key);

/* The name of a key below ${prefix}. */
static struct text name_below(enum rule_key key, struct text prefix)
{
    return text_of(rule_row(key)->path + (prefix.len == 0 ? 0 : prefix.len + 1));
}

/* The prefix of what stands inside ${key}: "${path}${suffix}". */
static struct text inside(char room[PREFIX_MAX], enum rule_key key, const char *suffix)
{
    (void)snprintf(room, PREFIX_MAX, "%s%s", rule_row(key)->path, suffix);
    return text_of(room);
}

/* A list of scalars that are ids, fractions or words. */
static void put_scalars(struct json *json, enum rule_key key)
{
    enum rule_type type = rule_row(key)->type;
    bool words = type == RULE_TYPE_ORDER || type == RULE_TYPE_SOME || type == RULE_TYPE_WORDS;
    unsigned count = 0;
    while (rule_allowed(key, count).len > 0)
        count++;
    put_string(json, "type", "array");
    if (words)
        put_raw(json, "uniqueItems", "true");
    if (type == RULE_TYPE_SOME || type == RULE_TYPE_FRACTIONS)
        put_raw(json, "minItems", "1");
    if (type == RULE_TYPE_ORDER) {
        begin(json, text_of("minItems"));
        buffer_printf(json->buffer, "%u", count);
    }
    open(json, "items", "{");
    put_scalar(json, key);
    close(json, "}");
}

static void put_value(struct json *json, enum rule_key key);

/* Elements: maps, or values of the key LIST[]. */
static void put_list(struct json *json, enum rule_key key)
{
    char room[PREFIX_MAX];
    struct text prefix = inside(room, key, "[]");
    enum rule_key plain = rule_find(prefix);
    put_string(json, "type", "array");
    if (key != RULE_CALENDAR_HOLIDAYS)
        put_raw(json, "minItems", "1");
    open(json, "items", "{");
    if (plain != RULE_KEYS)
        put_value(json, plain);
    else
        put_object(json, prefix);
    close(json, "}");
}

/* Entries under names of the file's own: maps, or values of the key NAME.*. */
static void put_named(struct json *json, enum rule_key key)
{
    char room[PREFIX_MAX];
    struct text prefix = inside(room, key, ".*");
    enum rule_key plain = rule_find(prefix);
    put_string(json, "type", "object");
    put_raw(json, "minProperties", "1");
    open(json, "additionalProperties", "{");
    if (plain != RULE_KEYS)
        put_value(json, plain);
    else
        put_object(json, prefix);
    close(json, "}");
}

static void put_either(struct json *json, enum rule_key key)
{
    char room[PREFIX_MAX];
    open(json, "anyOf", "[");
    open(json, "", "{");
    put_scalar(json, key);
    close(json, "}");
    open(json, "", "{");
    put_object(json, inside(room, key, ""));
    close(json, "}");
    close(json, "]");
}

static void put_value(struct json *json, enum rule_key key)
{
    char room[PREFIX_MAX];
    switch (rule_row(key)->type) {
    case RULE_TYPE_NODE:
        break;
    case RULE_TYPE_COLUMNS:
        put_string(json, "type", "object");
        break;
    case RULE_TYPE_MAP:
        put_object(json, inside(room, key, ""));
        break;
    case RULE_TYPE_LIST:
        put_list(json, key);
        break;
    case RULE_TYPE_NAMED:
        put_named(json, key);
        break;
    case RULE_TYPE_CHOICE_OR_MAP:
    case RULE_TYPE_COUNT_OR_MAP:
    case RULE_TYPE_SPAN_OR_MAP:
    case RULE_TYPE_AMOUNT_OR_MAP:
        put_either(json, key);
        break;
    case RULE_TYPE_ORDER:
    case RULE_TYPE_WORDS:
    case RULE_TYPE_SOME:
    case RULE_TYPE_IDS:
    case RULE_TYPE_TEXTS:
    case RULE_TYPE_FRACTIONS:
        put_scalars(json, key);
        break;
    case RULE_TYPE_CONDITION:
        put_raw(json, "allOf", "[{\"$ref\": \"#/definitions/condition\"}]");
        break;
    case RULE_TYPE_CONDITIONS:
        put_string(json, "type", "array");
        put_raw(json, "minItems", "1");
        put_raw(json, "items", "{\"$ref\": \"#/definitions/condition\"}");
        break;
    default:
        put_scalar(json, key);
    }
}

/* An interest key of any name is taken where it is zero, and nowhere else (see rule.c). */
static void put_interest(struct json *json)
{
    open(json, "patternProperties", "{");
    open(json,
         "[Ii][Nn][Tt][Ee][Rr][Ee][Ss][Tt]|[Bb][Uu][Nn][Gg][Aa]|[Mm][Aa][Rr][Gg][Ii][Nn]|"
         "[Uu][Ss][Uu][Rr][Yy]|[Rr][Ii][Bb][Aa]|^apr$|^APR$",
         "{");
    put_string(json, "$ref", "#/definitions/zero");
    close(json, "}");
    close(json, "}");
}

static void put_required(struct json *json, struct text prefix)
{
    open(json, "required", "[");
    for (unsigned key = 0; key < RULE_KEYS; key++) {
        const struct rule_row *row = rule_row((enum rule_key)key);
        if ((row->required & json->of) == 0 || !rule_is_below(row->path, prefix))
            continue;
        begin(json, text_of(""));
        buffer_put_json(json->buffer, name_below((enum rule_key)key, prefix));
    }
    close(json, "]");
}

/* The members that say which keys stand directly below ${prefix}. */
static void put_object(struct json *json, struct text prefix)
{
    put_string(json, "type", "object");
    put_raw(json, "additionalProperties", "false");
    put_required(json, prefix);
    put_interest(json);
    open(json, "properties", "{");
    for (unsigned key = 0; key < RULE_KEYS; key++) {
        const struct rule_row *row = rule_row((enum rule_key)key);
        if ((row->of & json->of) == 0 || !rule_is_below(row->path, prefix))
            continue;
        open_text(json, name_below((enum rule_key)key, prefix), "{");
        put_string(json, "description", row->meaning);
        if (row->fallback[0] != '\0' && row->type != RULE_TYPE_ORDER)
            put_string(json, "default", row->fallback);
        put_value(json, (enum rule_key)key);
        close(json, "}");
    }
    close(json, "}");
}

/* --- the formats of files --- */

/* Where the keys of the format stand whose version ${key} is; false when it is no such key. */
static bool format_of(enum rule_key key, struct text *prefix, struct text *name)
{
    const char *path = rule_row(key)->path, *dot = strchr(path, '.');
    if (strcmp(dot == NULL ? path : dot + 1, "nol") != 0)
        return false;
    struct text version = rule_allowed(key, 0);
    const char *slash = memchr(version.ptr, '/', version.len);
    assert(slash != NULL);
    *prefix = (struct text){path, dot == NULL ? 0 : (size_t)(dot - path)};
    *name = (struct text){version.ptr, (size_t)(slash - version.ptr)};
    return true;
}

static void put_formats(struct json *json)
{
    struct text prefix, name;
    open(json, "properties", "{");
    open(json, "nol", "{");
    put_string(json, "description", rule_row(RULE_NOL)->meaning);
    open(json, "enum", "[");
    for (unsigned key = 0; key < RULE_KEYS; key++)
        if (format_of((enum rule_key)key, &prefix, &name)) {
            begin(json, text_of(""));
            buffer_put_json(json->buffer, rule_allowed((enum rule_key)key, 0));
        }
    close(json, "]");
    close(json, "}");
    close(json, "}");
    open(json, "allOf", "[");
    for (unsigned key = 0; key < RULE_KEYS; key++) {
        if (!format_of((enum rule_key)key, &prefix, &name))
            continue;
        open(json, "", "{");
        open(json, "if", "{");
        open(json, "properties", "{");
        open(json, "nol", "{");
        put_words(json, (enum rule_key)key);
        close(json, "}");
        close(json, "}");
        close(json, "}");
        open(json, "then", "{");
        begin(json, text_of("$ref"));
        buffer_printf(json->buffer, "\"#/definitions/%.*s\"", (int)name.len, name.ptr);
        close(json, "}");
        close(json, "}");
    }
    close(json, "]");
}

/* The keys of a program are those of its kind. */
static void put_programs(struct json *json)
{
    static const struct {
        const char *name;
        enum rule_of of;
    } kinds[] = {{"loans", RULE_OF_LOANS}, {"grants", RULE_OF_GRANTS}};
    put_raw(json, "if",
            "{\"required\": [\"kind\"], \"properties\": {\"kind\": {\"enum\": "
            "[\"grant\"]}}}");
    put_raw(json, "then", "{\"$ref\": \"#/definitions/grants\"}");
    put_raw(json, "else", "{\"$ref\": \"#/definitions/loans\"}");
    close(json, "}");
    for (unsigned i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        open(json, kinds[i].name, "{");
        json->of = kinds[i].of;
        put_object(json, text_of(""));
        json->of = RULE_OF_ALL;
        close(json, "}");
    }
    open(json, "condition", "{");
    open(json, "anyOf", "[");
    begin(json, text_of(""));
    buffer_put_string(json->buffer, "{\"enum\": [\"agreement\"]}");
    open(json, "", "{");
    put_object(json, text_of("condition"));
    close(json, "}");
    close(json, "]");
    close(json, "}");
}

void rule_schema_put(struct buffer *buffer)
{
    struct json json = {.buffer = buffer, .of = RULE_OF_ALL};
    struct text prefix, name;
    open(&json, "", "{");
    put_string(&json, "$schema", "http://json-schema.org/draft-07/schema#");
    put_string(&json, "title", "Files of a nol rules folder");
    put_string(&json, "description", "Made by `nol keys --schema`; `nol check` knows more.");
    put_string(&json, "type", "object");
    put_raw(&json, "required", "[\"nol\"]");
    put_formats(&json);
    open(&json, "definitions", "{");
    open(&json, "zero", "{");
    put_string(&json, "description", "interest: zero, or not there at all");
    put_raw(&json, "type", ANY_SCALAR);
    put_string(&json, "pattern", "^(0+(\\.0+)?( ?%)?|0+/[0-9]+)$");
    put_raw(&json, "minimum", "0");
    put_raw(&json, "maximum", "0");
    close(&json, "}");
    for (unsigned key = 0; key < RULE_KEYS; key++) {
        if (!format_of((enum rule_key)key, &prefix, &name))
            continue;
        open_text(&json, name, "{");
        if (prefix.len == 0) {
            put_programs(&json);
            continue;
        }
        put_object(&json, prefix);
        close(&json, "}");
    }
    close(&json, "}");
    close(&json, "}");
    buffer_put_string(buffer, "\n");
}
