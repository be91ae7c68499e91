/*
 * Rules with one value changed: what a test has to notice to have tested the value (decision 013).
 *
 * A value is what stands at one place of a rule file and decides something; texts, names and what
 * identifies the file are none.  A mutant is the program with that value a little different: a
 * number, amount, date or span to either side, a bound between two ranges to either side, another
 * word, a list without one of its elements.
 */
#ifndef NOL_RULE_MUTANT_H
#define NOL_RULE_MUTANT_H

#include "program.h"

struct rule_leaf {
    enum rule_key key;
    struct place at;
    const char *path; /* `arrears.classes.macet.provision` */
    struct text text; /* as written; of a list: empty */
};

enum rule_side { RULE_SIDE_BELOW = -1, RULE_SIDE_NONE, RULE_SIDE_ABOVE };

/* One node of the file's tree replaced. */
struct rule_edit {
    struct place at;
    enum yaml_kind kind;          /* of the node there */
    const struct yaml_node *with; /* NULL: the node goes, with its key */
};

enum { RULE_EDITS_MAX = 2 };

struct rule_mutant {
    unsigned group;      /* of one group only the first is tried that makes lawful rules */
    enum rule_side side; /* where the value went, if it has sides */
    const char *shown;   /* the new value, for messages; NULL: the value is left out */
    struct rule_edit edits[RULE_EDITS_MAX];
    unsigned edit_count;
    struct date from; /* of an amendment: its versions begin on ${to} instead */
    struct date to;   /* DATE_NONE: no such thing */
};

/** rule_leaves(arena, program, count): all values of all versions, in file order. */
const struct rule_leaf *rule_leaves(struct arena *arena, const struct program *program,
                                    unsigned *count);

/** rule_mutants(arena, program, leaf, count): what can become of the value; by group. */
const struct rule_mutant *rule_mutants(struct arena *arena, const struct program *program,
                                       const struct rule_leaf *leaf, unsigned *count);

/** rule_mutant_program(arena, program, calendars, mutant): the changed program, NULL when its rules
 * are not lawful. */
const struct program *rule_mutant_program(struct arena *arena, const struct program *program,
                                          const struct calendars *calendars,
                                          const struct rule_mutant *mutant);

/* --- between its parts --- */

/* A value on the walk over all of them. */
struct rule_found {
    const struct rule_scope *version;
    enum rule_key key;
    const struct rule_value *value;
    const struct yaml_node *node;  /* the value's, or an element's of a list of ids */
    const struct rule_value *list; /* around the element that the value is of; NULL: none */
    const char *path;
};

/** rule_mutant_walk(arena, program, visit, context): every value of every version. */
void rule_mutant_walk(struct arena *arena, const struct program *program,
                      void (*visit)(void *context, const struct rule_found *found), void *context);

#endif
