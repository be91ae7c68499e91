/*
 * A reform: law that is not law yet (design 4.3).  Its amendments join those of the program that it
 * changes; its sweep names one or two values to be varied.
 */
#ifndef NOL_REFORM_H
#define NOL_REFORM_H

#include "load_rules.h"

enum { REFORM_SWEEPS_MAX = 2, REFORM_VALUES_MAX = 64 };

/* A value that is varied. */
struct reform_sweep {
    struct text path;
    const struct rule_scope *scope;
    const struct yaml_node *values[REFORM_VALUES_MAX];
    unsigned count;
};

struct reform {
    struct text id, base, because;
    struct place base_at;
    const struct rules_file *file;
    struct reform_sweep sweep[REFORM_SWEEPS_MAX];
    unsigned sweep_count;
};

/**
 * reform_load(arena, path, order, reform, faults):
 * Read the reform file at ${path}; it belongs to ${arena}.  False after a fault.
 */
bool reform_load(struct arena *arena, const char *path, unsigned order, struct reform *reform,
                 struct faults *faults);

/**
 * reform_apply(arena, reform, choice, rules, reformed, faults):
 * ${reformed} is ${rules}, which stay as they are, with the reform's program changed by the reform,
 * and, unless ${choice} is NULL, by the choice[i]th value of its ith sweep.  All other programs are
 * the very same.  False after a fault: no such program, a `was` that is not what stands, rules that
 * would not be allowed.
 */
bool reform_apply(struct arena *arena, const struct reform *reform, const unsigned *choice,
                  const struct rules *rules, struct rules *reformed, struct faults *faults);

#endif
