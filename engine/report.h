/*
 * The output files as text (design 6): one function per file, headers included.
 */
#ifndef NOL_REPORT_H
#define NOL_REPORT_H

#include "buffer.h"
#include "portfolio.h"
#include "subsidy.h"

enum report_file {
    REPORT_SCHEDULE,
    REPORT_ALLOCATIONS,
    REPORT_SUBSIDY,
    REPORT_ARREARS, /* the last of those written account by account */
    REPORT_PORTFOLIO,
    REPORT_CLASSES,
    REPORT_MOVEMENT,
    REPORT_MIGRATION,
    REPORT_UNIDENTIFIED,
    REPORT_REJECTS,
    REPORT_FILES
};

/** report_name(file): its name in the output folder. */
const char *report_name(enum report_file file);

/** report_is_wanted(file, period, quarantine, subsidy): whether a run writes the file; ${period}:
 * it has --from; ${subsidy}: one of its programs has one. */
bool report_is_wanted(enum report_file file, bool period, bool quarantine, bool subsidy);

/** report_header(buffer, file, carried, count): the header line; ${carried} columns end
 * arrears.csv. */
void report_header(struct buffer *buffer, enum report_file file, const struct text *carried,
                   unsigned count);

/* Of one account, brought to the end of as-of. */
void report_schedule(struct buffer *buffer, const struct account *account, struct date as_of);
void report_allocations(struct buffer *buffer, const struct account *account);
void report_arrears(struct buffer *buffer, const struct account *account, struct date as_of,
                    const struct position *position, unsigned carried);

void report_subsidy(struct buffer *buffer, const struct loan *loan, const struct subsidy *subsidy);

/* How the groupings are called: all, program, then the attributes. */
struct report_groups {
    struct portfolio *portfolio;
    struct group **groups; /* portfolio_sorted() */
    const struct text *attributes;
    struct date from, to; /* of the period; DATE_NONE without one */
    struct arena *arena;  /* scratch */
};

/** report_summary(buffer, file, groups): the rows of one of the four files of groups. */
void report_summary(struct buffer *buffer, enum report_file file,
                    const struct report_groups *groups);

void report_portfolio(struct buffer *buffer, const struct report_groups *groups);
void report_classes(struct buffer *buffer, const struct report_groups *groups);
void report_movement(struct buffer *buffer, const struct report_groups *groups);
void report_migration(struct buffer *buffer, const struct report_groups *groups);

#endif
