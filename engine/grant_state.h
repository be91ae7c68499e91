/*
 * What has happened to a grant so far: its tranches and reports, the money, the dates that rules
 * refer to by name (semantics 9).
 *
 * A state is computed from the contract and its events, for one as-of and one known-at, and belongs
 * to the arena it was begun with.  Amounts are in minor units.
 */
#ifndef NOL_GRANT_STATE_H
#define NOL_GRANT_STATE_H

#include "event.h"
#include "grant.h"

struct grant_tranche {
    const struct rule_scope *rules; /* the element of `tranches` */
    struct text id;
    bool in_kind;
    struct amount planned;
    struct amount paid;
    struct amount accounted; /* what reports fill it with, at most what was paid */
    struct date paid_on;     /* its first payment; DATE_NONE: none */
};

enum grant_report_stage {
    GRANT_REPORT_AWAITED,
    GRANT_REPORT_SUBMITTED,
    GRANT_REPORT_ACCEPTED,
    GRANT_REPORT_REJECTED,
};

struct grant_report {
    const struct rule_scope *rules; /* the element of `reports` */
    struct text id;
    enum grant_report_stage stage;
    struct amount eligible;  /* costs claimed in it that are eligible */
    struct amount accounted; /* once accepted: what it accounts for */
    struct date submitted;   /* DATE_NONE: awaited, or rejected last */
    struct date accepted;    /* DATE_NONE: not accepted */
};

struct grant_state {
    struct arena *arena;
    const struct grant *grant;
    struct grant_tranche *tranches; /* in the order of the rules, as are reports */
    unsigned tranche_count;
    struct grant_report *reports;
    unsigned report_count;
    struct amount paid; /* all tranches, in kind included */
    struct amount in_kind;
    struct amount accounted;
    struct amount returned;
    struct date last_paid; /* DATE_NONE: nothing paid */
    bool cancelled;
    struct date cancelled_on;      /* once cancelled */
    const struct event **happened; /* events of type `event`, in order */
    size_t happened_count;
    const struct event **notices;
    size_t notice_count;
};

/** grant_state_begin(state, arena, grant, events): nothing has happened; room for ${events} events.
 */
void grant_state_begin(struct grant_state *state, struct arena *arena, const struct grant *grant,
                       size_t events);

/** grant_state_tranche(), grant_state_report(): by id; NULL when the grant has none of it. */
struct grant_tranche *grant_state_tranche(const struct grant_state *state, struct text id);
struct grant_report *grant_state_report(const struct grant_state *state, struct text id);

/** grant_state_date(state, name): the date that a DATE_NAME stands for; DATE_NONE: not yet. */
struct date grant_state_date(const struct grant_state *state, const struct rule_value *name);

/** grant_state_due(state, report): when the report is due; DATE_NONE: not known yet. */
struct date grant_state_due(const struct grant_state *state, const struct grant_report *report);

/** grant_state_last_day(state, tranche): the last day of payment; DATE_UNLIMITED without one. */
struct date grant_state_last_day(const struct grant_state *state,
                                 const struct grant_tranche *tranche);

/** grant_report_is_missing(report): neither submitted nor accepted. */
static inline bool grant_report_is_missing(const struct grant_report *report)
{
    return report->stage == GRANT_REPORT_AWAITED || report->stage == GRANT_REPORT_REJECTED;
}

/**
 * grant_state_fill(state):
 * Fill the tranches anew with what accepted reports account for, reports in the order of the rules,
 * each the tranches it covers in their order there, up to what was paid of them.
 */
void grant_state_fill(struct grant_state *state);

#endif
