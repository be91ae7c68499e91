/*
 * Why the figures of a grant are what they are.
 */
#ifndef NOL_EXPLAIN_GRANT_H
#define NOL_EXPLAIN_GRANT_H

#include "explanation.h"
#include "run.h"
#include "work.h"

/** explain_grant(e, options, work): all wanted cells of the grant that ${work} has worked on. */
void explain_grant(struct explanation *e, const struct run_options *options,
                   const struct work *work);

#endif
