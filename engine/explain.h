/*
 * Why figures of a run are what they are: `nol explain`.
 *
 * The book is passed over as by a run, the chosen accounts are computed with a trace, and each
 * wanted cell of their files is explained from it (explanation.h).
 */
#ifndef NOL_EXPLAIN_H
#define NOL_EXPLAIN_H

#include "explanation.h"
#include "reform.h"
#include "run.h"

/* The rules by which: those of the run, or with a reform. */
struct explain_rules {
    const struct run_options *run;
    const char *file; /* of the reform; NULL: none */
    struct reform reform;
};

/** explain_sides(rules), explain_make_rules(): for a struct run_view; its last side is the one that
 * is explained. */
unsigned explain_sides(const struct explain_rules *rules);
bool explain_make_rules(struct explain_rules *of, struct arena *arena, const struct rules *rules,
                        struct rules *sides, struct faults *faults);

/* A figure that was asked for, by name. */
struct explain_figure {
    const char *loans;  /* the file in which it is sought of a loan; NULL: in all */
    const char *grants; /* the same of a grant */
    const char *figure; /* a column; NULL: all */
};

struct explain_options {
    const struct text *accounts; /* by account_id; at least one */
    unsigned account_count;
    const char *reform; /* a reform file: by its rules; NULL: by those of the run */
    const char *row;    /* of a schedule or the like; NULL: any */
    struct explain_figure figure;
    bool all; /* every cell, those that are zero, empty or copied too */
    bool json;
};

struct explain {
    const struct run_options *run;
    const struct explain_options *options;
    struct explain_rules rules;
    struct arena *arena;
    struct faults *faults;
    struct explanation explanation;
    struct explanation_wanted wanted;
    struct buffer text;   /* what has been explained */
    struct faults noted;  /* of the pass at hand */
    bool *found;          /* by account of the options */
    struct text *nearest; /* the same: an account_id that may have been meant */
};

/**
 * explain_find(name, row, figure, nearest):
 * What `--figure NAME` means: a column, or FILE.COLUMN; without a file: that of positions unless a
 * row is asked for.  False when no file has it; ${nearest} may have been meant then, len 0: nothing
 * is near.
 */
bool explain_find(struct text name, bool row, struct explain_figure *figure, struct text *nearest);

/** explain_find_of_group(name, run, figure, nearest): the same among the files of groups, the file
 * being figure->loans. */
bool explain_find_of_group(struct text name, const struct run_options *run,
                           struct explain_figure *figure, struct text *nearest);

/** explain_run(explain, run, options, arena, faults): do it; nothing is written to any folder.
 * Unless the outcome is RUN_REFUSED explain->text has it all; free with explain_free() in any case.
 */
enum run_outcome explain_run(struct explain *explain, const struct run_options *run,
                             const struct explain_options *options, struct arena *arena,
                             struct faults *faults);
void explain_free(struct explain *explain);

#endif
