#include "yaml_read.h"

#include <string.h>
#include <yaml.h>

struct reader {
    yaml_parser_t parser;
    struct arena *arena;
    const struct fault_file *file;
    struct faults *faults;
    bool refused;
};

static struct place place_of(const struct reader *reader, yaml_mark_t mark)
{
    return (struct place){reader->file, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1};
}

/* Note a fault; the reader goes on where the tree stays meaningful, else next_event() has stopped.
 */
#define REFUSE(reader, code, mark, ...)                                                            \
    do {                                                                                           \
        fault_add((reader)->faults, (code), place_of((reader), (mark)), __VA_ARGS__);              \
        (reader)->refused = true;                                                                  \
    } while (0)

/* A NUL, or a tab among the blanks that begin a line: libyaml's own words for them do not help. */
static enum fault_code find_banned_byte(struct text bytes, struct place *at)
{
    bool blank = true;
    at->line = at->col = 1;
    for (size_t i = 0; i < bytes.len; i++) {
        char c = bytes.ptr[i];
        if (c == '\0')
            return FAULT_YAML_NUL;
        if (c == '\t' && blank)
            return FAULT_YAML_TAB;
        at->col += ((unsigned char)c & 0xC0) != 0x80; /* characters, as libyaml counts */
        if (c == '\n') {
            at->line++;
            at->col = 1;
        }
        blank = c == '\n' || (blank && c == ' ');
    }
    return FAULT_NONE;
}

static bool next_event(struct reader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->parser, event))
        return true;
    const char *problem = reader->parser.problem != NULL ? reader->parser.problem : "not YAML";
    yaml_mark_t mark = reader->parser.problem_mark;
    if (reader->parser.error == YAML_MEMORY_ERROR) {
        REFUSE(reader, FAULT_MEMORY, mark, "out of memory");
        return false;
    }
    if (reader->parser.error == YAML_READER_ERROR)
        mark = reader->parser.mark;
    REFUSE(reader, FAULT_YAML_SYNTAX, mark, "not YAML: %s", problem);
    return false;
}

static bool check_properties(struct reader *reader, const yaml_event_t *event, const char *anchor,
                             const char *tag)
{
    if (anchor != NULL)
        REFUSE(reader, FAULT_YAML_ANCHOR, event->start_mark, "anchor '&%.40s'; write the value out",
               anchor);
    if (tag != NULL)
        REFUSE(reader, FAULT_YAML_TAG, event->start_mark,
               "tag '%.40s'; every value is typed by its key", tag);
    return anchor == NULL && tag == NULL;
}

static struct yaml_node *read_node(struct reader *reader, yaml_event_t *event, unsigned depth);

static struct yaml_node *new_node(struct reader *reader, enum yaml_kind kind, yaml_mark_t mark)
{
    struct yaml_node *node = ARENA_ARRAY(reader->arena, struct yaml_node, 1);
    node->kind = kind;
    node->at = place_of(reader, mark);
    return node;
}

static struct yaml_node *read_scalar(struct reader *reader, const yaml_event_t *event)
{
    struct yaml_node *node = new_node(reader, YAML_TEXT, event->start_mark);
    const char *value = (const char *)event->data.scalar.value;
    size_t len = event->data.scalar.length;
    (void)check_properties(reader, event, (const char *)event->data.scalar.anchor,
                           (const char *)event->data.scalar.tag);
    if (len > 0 && memchr(value, '\0', len) != NULL)
        REFUSE(reader, FAULT_YAML_NUL, event->start_mark, "NUL character in a value");
    node->text = (struct text){arena_copy(reader->arena, value, len), len};
    return node;
}

/* A map's key, already read as ${event}: false when it is no plain key. */
static bool read_key(struct reader *reader, const yaml_event_t *event, const struct yaml_node *map,
                     struct yaml_pair *pair)
{
    if (event->type != YAML_SCALAR_EVENT) {
        REFUSE(reader, FAULT_YAML_SYNTAX, event->start_mark, "a key that is not a plain word");
        return false;
    }
    const struct yaml_node *key = read_scalar(reader, event);
    char quoted[TEXT_QUOTE_MAX];
    pair->key = key->text;
    pair->key_at = key->at;
    if (text_is(key->text, "<<"))
        REFUSE(reader, FAULT_YAML_MERGE_KEY, event->start_mark,
               "merge key '<<'; write the keys out");
    else if (yaml_find(map, key->text) != NULL)
        REFUSE(reader, FAULT_YAML_DUPLICATE_KEY, event->start_mark,
               "key %s stands twice in this map", text_quote(quoted, key->text));
    return true;
}

static struct yaml_node *read_entries(struct reader *reader, enum yaml_kind kind,
                                      yaml_event_type_t end, yaml_mark_t mark, unsigned depth)
{
    struct yaml_node *node = new_node(reader, kind, mark);
    struct yaml_pair **tail = &node->first;
    unsigned entries = 0;
    if (depth > YAML_DEPTH_MAX) {
        REFUSE(reader, FAULT_YAML_DEPTH, mark, "nesting deeper than %d", YAML_DEPTH_MAX);
        return NULL;
    }
    for (;;) {
        yaml_event_t event;
        struct yaml_pair *pair = ARENA_ARRAY(reader->arena, struct yaml_pair, 1);
        if (!next_event(reader, &event))
            return NULL;
        if (event.type == end) {
            yaml_event_delete(&event);
            return node;
        }
        if (entries++ == YAML_ENTRIES_MAX) {
            REFUSE(reader, FAULT_YAML_TOO_LARGE, event.start_mark, "more than %d entries",
                   YAML_ENTRIES_MAX);
            yaml_event_delete(&event);
            return NULL;
        }
        bool read = kind == YAML_LIST || read_key(reader, &event, node, pair);
        if (kind == YAML_MAP) {
            yaml_event_delete(&event);
            read = read && next_event(reader, &event);
        }
        if (!read)
            return NULL;
        pair->value = read_node(reader, &event, depth);
        if (pair->value == NULL)
            return NULL;
        *tail = pair;
        tail = &pair->next;
    }
}

/* Read the node that ${event}, which is consumed, begins.  NULL: stop reading. */
static struct yaml_node *read_node(struct reader *reader, yaml_event_t *event, unsigned depth)
{
    struct yaml_node *node = NULL;
    yaml_mark_t mark = event->start_mark;
    yaml_event_type_t type = event->type;

    if (type == YAML_ALIAS_EVENT) {
        REFUSE(reader, FAULT_YAML_ALIAS, mark, "alias '*%.40s'; write the value out",
               (const char *)event->data.alias.anchor);
    } else if (type == YAML_SCALAR_EVENT) {
        node = read_scalar(reader, event);
    } else if (type == YAML_MAPPING_START_EVENT) {
        (void)check_properties(reader, event, (const char *)event->data.mapping_start.anchor,
                               (const char *)event->data.mapping_start.tag);
    } else {
        (void)check_properties(reader, event, (const char *)event->data.sequence_start.anchor,
                               (const char *)event->data.sequence_start.tag);
    }
    yaml_event_delete(event);
    if (type == YAML_ALIAS_EVENT)
        return new_node(reader, YAML_TEXT, mark);
    if (type == YAML_MAPPING_START_EVENT)
        return read_entries(reader, YAML_MAP, YAML_MAPPING_END_EVENT, mark, depth + 1);
    if (type == YAML_SEQUENCE_START_EVENT)
        return read_entries(reader, YAML_LIST, YAML_SEQUENCE_END_EVENT, mark, depth + 1);
    return node;
}

/* Pass over events up to the next of ${wanted}; false at the end of the stream or a syntax error.
 */
static bool skip_to(struct reader *reader, yaml_event_type_t wanted, yaml_event_t *event)
{
    for (;;) {
        if (!next_event(reader, event))
            return false;
        if (event->type == wanted)
            return true;
        bool end = event->type == YAML_STREAM_END_EVENT;
        yaml_event_delete(event);
        if (end)
            return false;
    }
}

static struct yaml_node *read_document(struct reader *reader)
{
    yaml_event_t event;
    if (!skip_to(reader, YAML_DOCUMENT_START_EVENT, &event)) {
        if (!reader->refused)
            REFUSE(reader, FAULT_YAML_SYNTAX, reader->parser.mark, "the file is empty");
        return NULL;
    }
    yaml_event_delete(&event);
    if (!next_event(reader, &event))
        return NULL;
    struct yaml_node *root = read_node(reader, &event, 0);
    if (root != NULL && skip_to(reader, YAML_DOCUMENT_START_EVENT, &event)) {
        REFUSE(reader, FAULT_YAML_SECOND_DOCUMENT, event.start_mark,
               "second document; one file is one program");
        yaml_event_delete(&event);
    }
    return root;
}

struct yaml_node *yaml_read(struct arena *arena, const struct fault_file *file, struct text bytes,
                            struct faults *faults)
{
    struct reader reader = {.arena = arena, .file = file, .faults = faults};
    struct place at = {.file = file};
    if (bytes.len > YAML_BYTES_MAX) {
        fault_add(faults, FAULT_YAML_TOO_LARGE, (struct place){file, 0, 0},
                  "%zu bytes; a rule file has at most %d", bytes.len, YAML_BYTES_MAX);
        return NULL;
    }
    enum fault_code banned = find_banned_byte(bytes, &at);
    if (banned != FAULT_NONE) {
        fault_add(faults, banned, at,
                  banned == FAULT_YAML_NUL ? "NUL byte" : "tab as indentation; use blanks");
        return NULL;
    }
    if (!yaml_parser_initialize(&reader.parser)) {
        fault_add(faults, FAULT_MEMORY, (struct place){file, 0, 0}, "out of memory");
        return NULL;
    }
    yaml_parser_set_encoding(&reader.parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader.parser, (const unsigned char *)bytes.ptr, bytes.len);
    struct yaml_node *root = read_document(&reader);
    yaml_parser_delete(&reader.parser);
    return reader.refused ? NULL : root;
}

const struct yaml_node *yaml_find(const struct yaml_node *map, struct text key)
{
    if (map == NULL || map->kind != YAML_MAP)
        return NULL;
    for (const struct yaml_pair *pair = map->first; pair != NULL; pair = pair->next)
        if (text_equal(pair->key, key))
            return pair->value;
    return NULL;
}
