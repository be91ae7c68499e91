/*
 * What a change of the rules does to a book: accounts before and after, folded into groups,
 * exactly.
 *
 * Like a portfolio, the fold is commutative: parts made by several workers can be merged in any
 * order.
 */
#ifndef NOL_IMPACT_H
#define NOL_IMPACT_H

#include "group_table.h"
#include "outcome.h"

enum { IMPACT_TOP = 10 };

/* How one figure moved within a group. */
struct impact_figure {
    uint64_t up, down, unchanged; /* accounts */
    struct amount_sum before, after;
};

/* How many loans, or grants. */
struct impact_count {
    uint64_t accounts;
    uint64_t refused_before, refused_after;
};

/* One group; a refused account's figures count as zero on that side. */
struct impact_group {
    struct group_key key;
    struct impact_count count[OUTCOME_OFS];
    uint64_t winners, losers; /* by the measure; the others that have it are unchanged or refused */
    struct impact_figure figure[OUTCOME_FIGURES]; /* those that can be added up */
};

/* One of the accounts whose measure moves most. */
struct impact_account {
    struct text account_id, code;
    unsigned decimals;
    struct amount before, after, moved; /* moved: without its sign */
    bool refused_before, refused_after;
};

struct impact {
    struct group_table groups;
    unsigned groupings; /* all, program, then attributes */
    enum outcome_figure measure;
    struct impact_account top[IMPACT_TOP]; /* the most moved first, then by account_id */
    unsigned top_count;
};

/** impact_init(impact, memory, groupings, measure): empty; 1: of all only, 2: and by program, then
 * by each attribute. */
void impact_init(struct impact *impact, const struct memory *memory, unsigned groupings,
                 enum outcome_figure measure);
void impact_free(struct impact *impact);

/** impact_add(impact, arena, owner, before, after): fold one account, of which at least one side
 * has figures of the run; ${arena} is scratch. */
void impact_add(struct impact *impact, struct arena *arena, const struct outcome_owner *owner,
                const struct outcome *before, const struct outcome *after);

/** impact_merge(into, from): add all of ${from}, which is unchanged. */
void impact_merge(struct impact *into, const struct impact *from);

/* What winners and losers can be told by, those of loans first. */
enum { IMPACT_MEASURES = 12 };
extern const enum outcome_figure impact_measures[IMPACT_MEASURES];

/** impact_measure(name): the measure of this name; OUTCOME_FIGURES: none. */
enum outcome_figure impact_measure(struct text name);

/** impact_is_gain(measure): whether more of it is the borrower's, or the recipient's, gain; of the
 * others less is. */
bool impact_is_gain(enum outcome_figure measure);

#endif
