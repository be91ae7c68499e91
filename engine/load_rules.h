/*
 * Rule files from disk: a file, or every *.yaml of a folder (NAME.test.yaml apart), become
 * programs, and calendars that they name.
 */
#ifndef NOL_LOAD_RULES_H
#define NOL_LOAD_RULES_H

#include "digest.h"
#include "program.h"

struct rules_file {
    struct fault_file file;
    const char *name; /* below the folder */
    char digest[DIGEST_HEX_LEN + 1];
    const struct yaml_node *root; /* NULL: no YAML */
};

struct rules {
    const struct program **programs; /* sorted by id */
    unsigned program_count;
    const struct calendar **calendars; /* sorted by id */
    unsigned calendar_count;
    struct text *columns; /* of the loan book, that some program reads; each once */
    unsigned column_count;
    const struct rules_file **files; /* sorted by name */
    unsigned file_count;
};

/**
 * load_rules(arena, paths, count, order, rules, faults):
 * Read all of ${paths}; everything belongs to ${arena}.  Files are ordered for messages from
 * ${order} on.  False after a fault.
 */
bool load_rules(struct arena *arena, const char *const *paths, unsigned count, unsigned order,
                struct rules *rules, struct faults *faults);

/**
 * load_rules_file(arena, path, name, order, faults):
 * One YAML file of whatever kind, read and digested; it belongs to ${arena}.  NULL after a fault of
 * reading; its root is NULL when it is no YAML.
 */
const struct rules_file *load_rules_file(struct arena *arena, const char *path, const char *name,
                                         unsigned order, struct faults *faults);

/** load_rules_column(rules, name): add a column of the loan book, unless it is known. */
void load_rules_column(struct rules *rules, struct text name);

/** load_rules_columns(rules, program): add the columns of the loan book that the program reads. */
void load_rules_columns(struct rules *rules, const struct program *program);

#endif
