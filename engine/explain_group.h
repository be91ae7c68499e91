/*
 * Why the figures of a group are what they are: the sum of its accounts' parts, each account's own
 * figure being explained by explain.h.
 */
#ifndef NOL_EXPLAIN_GROUP_H
#define NOL_EXPLAIN_GROUP_H

#include "explain.h"
#include "work.h"

enum { EXPLAIN_PARTS_MAX = 200000 }; /* parts that are listed, of all groups together */

struct explain_group_options {
    struct text by;     /* all, program, an attribute, or loans-forgiven */
    struct text value;  /* of it; ptr NULL: each */
    const char *reform; /* as for accounts */
    const char *file;   /* NULL: any */
    const char *figure; /* NULL: any */
    bool json;
};

struct explain_group {
    const struct run_options *run;
    const struct explain_group_options *options;
    struct explain_rules rules;
    struct faults *faults;
    struct group_table buckets; /* one for each cell of each group */
    size_t part_count;
    struct grant_totals budgets; /* of all grants, whatever their group */
    struct buffer text;          /* what has been explained */
};

/** explain_group_knows(run, by): whether there are groups by this name. */
bool explain_group_knows(const struct run_options *run, struct text by);

/** explain_group_run(group, run, options, arena, faults): do it; nothing is written to any folder.
 * Unless the outcome is RUN_REFUSED group->text has it all; free with explain_group_free() in any
 * case. */
enum run_outcome explain_group_run(struct explain_group *group, const struct run_options *run,
                                   const struct explain_group_options *options, struct arena *arena,
                                   struct faults *faults);
void explain_group_free(struct explain_group *group);

#endif
