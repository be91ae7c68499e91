/*
 * Test files from disk: beside the rules that they test.
 */
#ifndef NOL_LOAD_TESTS_H
#define NOL_LOAD_TESTS_H

#include "rule_test.h"

struct rule_tests {
    const struct rule_test_file **files; /* those without faults */
    unsigned count;
    unsigned found; /* files, well or not */
};

/**
 * load_tests(arena, paths, count, order, rules, tests, faults):
 * Of each of ${paths} the tests: of a folder all NAME.test.yaml; of a file NAME.yaml the one of
 * that name, if there is one; of NAME.test.yaml itself.  Everything belongs to ${arena}.  Files are
 * ordered for messages from ${order} on.  False after a fault.
 */
bool load_tests(struct arena *arena, const char *const *paths, unsigned count, unsigned order,
                const struct rules *rules, struct rule_tests *tests, struct faults *faults);

/**
 * load_tests_rules(arena, paths, count, out):
 * The paths of rules that belong to ${paths}: NAME.yaml, where there is one, in the place of
 * NAME.test.yaml; each once.
 * ${out} has room for ${count}; returns how many there are.
 */
unsigned load_tests_rules(struct arena *arena, const char *const *paths, unsigned count,
                          const char **out);

#endif
