/*
 * A book under two sets of rules: changes.csv, what changed account by account, and impact.csv,
 * what that comes to in each group.
 */
#ifndef NOL_COMPARE_H
#define NOL_COMPARE_H

#include "impact.h"
#include "reform.h"
#include "run.h"

struct compare_options {
    const char *reform; /* a reform file; or */
    const char *with;   /* a rule file or a folder of them; the other is NULL */
    enum outcome_figure measure;
};

struct compare {
    const struct run_options *run;
    const struct compare_options *options;
    struct reform reform;
    struct rules with;
    struct impact *impacts; /* by worker; after a run the first has all */
    unsigned workers;
    struct arena arena; /* scratch of the summaries */
};

/**
 * compare_run(compare, run, options, arena, out, faults):
 * Compare.  run->out may be NULL.  Unless the outcome is RUN_REFUSED, compare->impacts[0] has the
 * groups; free with compare_free() in any case.
 */
enum run_outcome compare_run(struct compare *compare, const struct run_options *run,
                             const struct compare_options *options, struct arena *arena,
                             struct out_dir *out, struct faults *faults);
void compare_free(struct compare *compare);

#endif
