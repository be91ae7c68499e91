/*
 * Where the value of a rule comes from: its place in the file, the amendment that set it, the legal
 * source and the version of the program that it belongs to.
 */
#ifndef NOL_ORIGIN_H
#define NOL_ORIGIN_H

#include "program.h"

struct origin {
    bool given;             /* it stands in the file; else it is the table's default */
    struct place at;        /* of the value, where it is given */
    struct date amended;    /* DATE_NONE: no amendment set it */
    struct text amended_by; /* the source of that amendment, as written; empty: none */
    struct text source;     /* `perda art. 7`: the amendment's, the element's or the clause's */
    struct text title;      /* of that entry of the file's `sources`; empty: none */
    struct date version;    /* first day of the version of the program */
};

/**
 * origin_of(program, rules, item, key):
 * Of the value of ${key} in the version of ${program} with these ${rules}: in ${item}, an element
 * of one of its lists, or in the rules themselves (NULL).
 */
struct origin origin_of(const struct program *program, const struct rule_scope *rules,
                        const struct rule_scope *item, enum rule_key key);

/** origin_name(arena, item, pattern): what a list's element is called by: its id, or that of what
 * it is about; ${pattern}: the path of the element, `fees[]`. */
struct text origin_name(struct arena *arena, const struct rule_scope *item, const char *pattern);

/** origin_path(arena, key, item): the key's path, the element by its name: `fees.admin.amount`. */
const char *origin_path(struct arena *arena, enum rule_key key, const struct rule_scope *item);

#endif
