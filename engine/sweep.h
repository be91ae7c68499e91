/*
 * A book under a reform with one or two of its values varied: what each value comes to, over the
 * whole book.
 *
 * The cells are worked on side by side, as many at a time as --memory holds the rules of; then the
 * book is passed over again for the next.
 */
#ifndef NOL_SWEEP_H
#define NOL_SWEEP_H

#include "impact.h"
#include "reform.h"
#include "run.h"

enum { SWEEP_CELLS_MAX = RUN_SIDES_MAX };

/* Several runs side by side: the first cell is the book by the rules as they stand. */
struct sweep {
    const struct run_options *run;
    enum outcome_figure measure;
    struct reform reform;
    unsigned cells;
    struct impact *impacts; /* by worker, then cell; after a run the first worker's have all */
    unsigned first,
        sides; /* of the pass at hand: its cells, beside that of the rules as they are */
    unsigned workers;
    struct text
        *columns; /* of the book, that rules of any cell read, where there are more passes */
    size_t column_count, column_room;
    struct arena pass;    /* what run_view() makes; faults name its files */
    struct arena scratch; /* of the summaries */
};

/**
 * sweep_run(sweep, run, file, measure, arena, out, faults):
 * Do it for the reform at ${file}; run->out may be NULL, else sweep.csv goes there.  Unless the
 * outcome is RUN_REFUSED, sweep->impacts[0..cells-1] are what became of the book, each against the
 * first; free with sweep_free() in any case.
 */
enum run_outcome sweep_run(struct sweep *sweep, const struct run_options *run, const char *file,
                           enum outcome_figure measure, struct arena *arena, struct out_dir *out,
                           struct faults *faults);
void sweep_free(struct sweep *sweep);

/** sweep_value(sweep, cell, i): the ith value that the reform varies, as the file writes it; empty
 * in the first cell, where it is as it stands. */
struct text sweep_value(const struct sweep *sweep, unsigned cell, unsigned i);

/** sweep_has(sweep, of): whether there are files of loans, or of grants, whose measures are shown
 * then. */
bool sweep_has(const struct sweep *sweep, enum outcome_of of);

#endif
