/*
 * Coverage of rules by tests (decision 013): a value is tested when some test fails once it is
 * changed, a threshold when that is so on either side.
 */
#ifndef NOL_RULE_COVERAGE_H
#define NOL_RULE_COVERAGE_H

#include "rule_mutant.h"
#include "rule_test_run.h"

struct rule_coverage {
    struct arena *arena;
    const struct memory *memory;
    const struct calendars *calendars;
    const struct rule_test_file *const *files; /* tests that pass, of any programs */
    unsigned file_count;
    struct faults *faults; /* what is found */
    bool values;           /* look for values that no test covers */
    bool thresholds;       /* look for sides of values that no test covers */
    unsigned count;        /* values that can be changed, and are not left out by `untested` */
    unsigned covered;
    unsigned side_count; /* of values with sides */
    unsigned sides_covered;
};

/** rule_coverage_of(coverage, program): look at one program and add to the counts; what is not
 * covered is a fault where it stands in the rules, as FAULT_VALUE_UNTESTED or
 * FAULT_THRESHOLD_UNTESTED. */
void rule_coverage_of(struct rule_coverage *coverage, const struct program *program);

#endif
