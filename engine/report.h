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
    REPORT_GRANT_POSITIONS,
    REPORT_GRANT_TRANCHES,
    REPORT_ARREARS, /* the last of those written account by account */
    REPORT_PORTFOLIO,
    REPORT_CLASSES,
    REPORT_GRANT_PORTFOLIO,
    REPORT_MOVEMENT,
    REPORT_MIGRATION,
    REPORT_UNIDENTIFIED,
    REPORT_REJECTS,
    REPORT_FILES
};

/** report_name(file): its name in the output folder. */
const char *report_name(enum report_file file);

/** report_columns(file): the columns that it always has, with commas between them. */
const char *report_columns(enum report_file file);

/* What a run has, for which it writes files. */
struct report_wants {
    bool loans, grants; /* files of them */
    bool period;        /* --from */
    bool quarantine;
    bool subsidy; /* one of its programs has one */
};

/** report_is_wanted(file, wants): whether such a run writes the file. */
bool report_is_wanted(enum report_file file, const struct report_wants *wants);

/** report_header(buffer, file, carried, count): the header line; ${carried} columns end
 * arrears.csv and grant_positions.csv. */
void report_header(struct buffer *buffer, enum report_file file, const struct text *carried,
                   unsigned count);

/* Of one account, brought to the end of as-of. */
void report_schedule(struct buffer *buffer, const struct account *account, struct date as_of);
void report_allocations(struct buffer *buffer, const struct account *account);
void report_arrears(struct buffer *buffer, const struct account *account, struct date as_of,
                    const struct position *position, unsigned carried);

void report_subsidy(struct buffer *buffer, const struct loan *loan, const struct subsidy *subsidy);

void report_grant_tranches(struct buffer *buffer, const struct grant_state *state,
                           const struct grant_position *position);
void report_grant_positions(struct buffer *buffer, const struct grant_state *state,
                            struct date as_of, const struct grant_position *position,
                            unsigned carried);

/* How the groupings are called: all, program, the attributes; then loans forgiven. */
struct report_groups {
    struct portfolio *portfolio;
    struct group **groups; /* portfolio_sorted() */
    const struct text *attributes;
    struct date from, to; /* of the period; DATE_NONE without one */
    struct arena *arena;  /* scratch */
};

/** report_group_key(buffer, groups, group): the first three cells of a group's row. */
void report_group_key(struct buffer *buffer, const struct report_groups *groups,
                      const struct group *group);

/** report_summary(buffer, file, groups): the rows of one of the files of groups. */
void report_summary(struct buffer *buffer, enum report_file file,
                    const struct report_groups *groups);

void report_portfolio(struct buffer *buffer, const struct report_groups *groups);
void report_grant_portfolio(struct buffer *buffer, const struct report_groups *groups);
void report_classes(struct buffer *buffer, const struct report_groups *groups);
void report_movement(struct buffer *buffer, const struct report_groups *groups);
void report_migration(struct buffer *buffer, const struct report_groups *groups);

#endif
