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

/* One group; a refused account's figures count as zero on that side. */
struct impact_group {
    struct group_key key;
    uint64_t accounts;
    uint64_t refused_before, refused_after;
    uint64_t winners, losers;                     /* by the measure; the others are unchanged */
    struct impact_figure figure[OUTCOME_FIGURES]; /* amounts and counts only */
};

/* One of the accounts whose measure moves most. */
struct impact_account {
    struct text account_id, code;
    unsigned decimals;
    struct amount before, after, moved; /* moved: without its sign */
    bool refused;                       /* on either side */
};

struct impact {
    struct group_table groups;
    unsigned attributes;
    enum outcome_figure measure;
    struct impact_account top[IMPACT_TOP]; /* the most moved first, then by account_id */
    unsigned top_count;
};

/** impact_init(impact, memory, attributes, measure): empty. */
void impact_init(struct impact *impact, const struct memory *memory, unsigned attributes,
                 enum outcome_figure measure);
void impact_free(struct impact *impact);

/** impact_add(impact, arena, loan, before, after): fold one account, which exists on at least one
 * side; ${arena} is scratch. */
void impact_add(struct impact *impact, struct arena *arena, const struct loan *loan,
                const struct outcome *before, const struct outcome *after);

/** impact_merge(into, from): add all of ${from}, which is unchanged. */
void impact_merge(struct impact *into, const struct impact *from);

/**
 * impact_measure(name): the figure that ${name} measures by: outstanding, overdue, provision,
 * next_12_months, claim, forgiven, subsidy; OUTCOME_FIGURES: none of them.
 */
enum outcome_figure impact_measure(struct text name);

/** impact_is_gain(measure): whether more of it is the borrower's gain; of the others less is. */
bool impact_is_gain(enum outcome_figure measure);

#endif
