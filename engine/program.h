/*
 * A program: one rule file in all its versions over time.
 */
#ifndef NOL_PROGRAM_H
#define NOL_PROGRAM_H

#include "calendar.h"

struct program_version {
    struct date from; /* first day */
    const struct rule_scope *rules;
    const struct yaml_node *root; /* the tree that they were read from, amended */
};

/* A payment holiday that takes place: in the version in force on its first day. */
struct program_relief {
    struct date from, until; /* both included */
    bool shifts;             /* rows; else the days are frozen */
    const struct rule_value *who;
};

struct program {
    struct text id;
    struct text code;  /* of the currency */
    unsigned decimals; /* of the currency */
    struct date in_force;
    bool is_grant;        /* it gives grants, not loans */
    bool has_budget;      /* some version has, of grants */
    bool has_subsidy;     /* some version has */
    bool has_penalty;     /* some version has */
    bool has_forgiveness; /* some version has */
    bool looks_back;      /* some version asks how past days ended: accounts keep it */
    const struct program_relief *reliefs; /* by first day, then as listed */
    unsigned relief_count;
    const struct fault_file *file;
    unsigned count;
    const struct program_version *versions; /* by date; the first from in_force */
};

/**
 * program_read(arena, file, bytes, faults):
 * Read the rule file ${bytes}, which names no calendar; everything belongs to ${arena}.  Adds all
 * faults of all versions; NULL when there was any.
 */
const struct program *program_read(struct arena *arena, const struct fault_file *file,
                                   struct text bytes, struct faults *faults);

/**
 * program_of_tree(arena, file, root, calendars, faults):
 * The same of the file's tree; its calendars are among ${calendars}, which outlive the program.
 */
const struct program *program_of_tree(struct arena *arena, const struct fault_file *file,
                                      const struct yaml_node *root,
                                      const struct calendars *calendars, struct faults *faults);

/**
 * program_of_versions(arena, file, versions, count, calendars, faults):
 * The program of trees that are amended already: ${versions} without their rules, by date, the
 * first of them the file's own.  As program_of_tree() else.
 */
const struct program *program_of_versions(struct arena *arena, const struct fault_file *file,
                                          const struct program_version *versions, unsigned count,
                                          const struct calendars *calendars, struct faults *faults);

/* From which day on two programs differ, by what binds; DATE_UNLIMITED: never. */
struct program_difference {
    struct date from[RULE_BINDS];
};

/** program_differ(arena, a, b): where two programs of one and the same file, amended differently,
 * differ; ${arena} is scratch. */
struct program_difference program_differ(struct arena *arena, const struct program *a,
                                         const struct program *b);

/** program_tree_at(arena, root, date): the tree of a file without faults as its amendments leave it
 * on ${date}. */
const struct yaml_node *program_tree_at(struct arena *arena, const struct yaml_node *root,
                                        struct date date);

/** program_of(program): its kind, as the table of the rules knows it. */
static inline enum rule_of program_of(const struct program *program)
{
    return program->is_grant ? RULE_OF_GRANTS : RULE_OF_LOANS;
}

/** program_at(program, date): the rules in force on ${date}, the first version before that. */
const struct rule_scope *program_at(const struct program *program, struct date date);

#endif
