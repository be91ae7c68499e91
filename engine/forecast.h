/*
 * The receipts to come from a book: contractual and, under stated assumptions, expected; and what
 * becomes of the funds that lend them anew.
 */
#ifndef NOL_FORECAST_H
#define NOL_FORECAST_H

#include "reform.h"
#include "relend.h"
#include "run.h"

struct forecast_options {
    unsigned months;    /* 1..OUTLOOK_MONTHS_MAX, the last ends by 2199-12-31 */
    const char *assume; /* a file of assumptions; NULL: contractual receipts alone */
    const char *reform; /* a reform file: its rules in the place of those of the book, or NULL */
};

struct forecast {
    const struct run_options *run;
    const struct forecast_options *options;
    struct arena *arena;
    struct faults *faults;
    struct assume assume;
    struct reform reform;
    struct outlook_months months;
    struct outlook *outlooks; /* by worker; after a run the first has all */
    uint64_t *refused;        /* by worker, as above: accounts that a reform refuses */
    unsigned workers;
    struct relend *relends; /* one for each fund, in the order of the file */
    unsigned relend_count;
    struct arena scratch;
};

/**
 * forecast_run(forecast, run, options, arena, out, faults):
 * Do it.  run->out may be NULL, else forecast.csv goes there.  Unless the outcome is RUN_REFUSED,
 * forecast->outlooks[0] has the groups; free with forecast_free() in any case.
 */
enum run_outcome forecast_run(struct forecast *forecast, const struct run_options *run,
                              const struct forecast_options *options, struct arena *arena,
                              struct out_dir *out, struct faults *faults);
void forecast_free(struct forecast *forecast);

/** forecast_relend_of(forecast, group): the fund of the group's program, NULL: it has none. */
const struct relend *forecast_relend_of(const struct forecast *forecast,
                                        const struct group_key *group);

/** forecast_from(forecast, line), forecast_upto(forecast, line): the days of a line, both included;
 * DATE_NONE where it has no such end. */
struct date forecast_from(const struct forecast *forecast, unsigned line);
struct date forecast_upto(const struct forecast *forecast, unsigned line);

#endif
