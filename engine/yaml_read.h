/*
 * Strict YAML (design 4.3): bytes -> a tree of maps, lists and texts, each with its place.
 *
 * Every scalar stays text; the rule table decides what it means.  Refused, with file:line:col: tabs
 * as indentation, anchors, aliases, tags, merge keys, a second document, duplicate keys, NUL,
 * nesting deeper than 8, a file larger than 256 KiB, more than 4096 entries in one map or list, an
 * empty file.  The only user of libyaml, by its event interface.
 */
#ifndef NOL_YAML_READ_H
#define NOL_YAML_READ_H

#include "arena.h"
#include "fault.h"
#include "text.h"

enum { YAML_DEPTH_MAX = 8, YAML_BYTES_MAX = 256 * 1024, YAML_ENTRIES_MAX = 4096 };

enum yaml_kind { YAML_TEXT, YAML_MAP, YAML_LIST };

struct yaml_node {
    enum yaml_kind kind;
    struct place at;
    struct text text;        /* of a YAML_TEXT */
    struct yaml_pair *first; /* entries of a map or list, in file order */
};

struct yaml_pair {
    struct yaml_pair *next;
    struct text key; /* empty in a list */
    struct place key_at;
    const struct yaml_node *value;
};

/**
 * yaml_read(arena, file, bytes, faults):
 * Parse ${bytes}, the contents of ${file}, into a tree that belongs to ${arena}.  NULL after a
 * fault, which has then been added to ${faults}.
 */
struct yaml_node *yaml_read(struct arena *arena, const struct fault_file *file, struct text bytes,
                            struct faults *faults);

/** yaml_find(map, key): the value under ${key} of a map, NULL if ${map} is NULL, no map, or lacks
 * it. */
const struct yaml_node *yaml_find(const struct yaml_node *map, struct text key);

#endif
