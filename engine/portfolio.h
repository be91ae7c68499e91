/*
 * The portfolio: positions of accounts folded into groups, exactly.
 *
 * A fold is commutative: parts made by several workers can be merged in any order.
 */
#ifndef NOL_PORTFOLIO_H
#define NOL_PORTFOLIO_H

#include "grant_totals.h"
#include "group_table.h"
#include "position.h"

/* All classes of a run under one numbering: rule order, programs bytewise, by first appearance;
 * then statuses, `new`. */
struct portfolio_states {
    const struct text *names;
    unsigned classes; /* names[0..classes-1] */
    unsigned count;   /* with the statuses and `new` behind them */
};

/**
 * portfolio_states_of(arena, programs, count, as_of, from):
 * The states of ${programs} (sorted by id): classes of the versions at ${as_of}, then those that
 * only versions at the day before ${from} (DATE_NONE: no period) have.
 */
struct portfolio_states portfolio_states_of(struct arena *arena,
                                            const struct program *const *programs, unsigned count,
                                            struct date as_of, struct date from);

/** portfolio_state(states, position): the class's, else the status's index; of NULL: `new`. */
unsigned portfolio_state(const struct portfolio_states *states, const struct position *position);

/* What a summary of a period is made from, per account. */
enum movement {
    MOVEMENT_OPENING,
    MOVEMENT_RESTATED,
    MOVEMENT_TAKEN_OVER,
    MOVEMENT_DISBURSED,
    MOVEMENT_REPAID,
    MOVEMENT_WRITTEN_OFF,
    MOVEMENT_FORGIVEN,
    MOVEMENT_CLOSING,
    MOVEMENT_PROVISION_OPENING,
    MOVEMENT_PROVISION_EXPENSE,
    MOVEMENT_PROVISION_WRITTEN_OFF,
    MOVEMENT_PROVISION_CLOSING,
    MOVEMENTS
};

/* One account's part in the fold. */
struct portfolio_entry {
    const struct loan *loan;
    const struct position *now;     /* at as-of; NULL: the account does not exist then */
    const struct position *opening; /* at the day before the period as published; NULL: none */
    bool moves;                     /* existed at any of the positions of the period */
    struct amount movement[MOVEMENTS];
};

struct group_class {
    uint64_t accounts;
    struct amount_sum outstanding;
    struct amount_sum provision;
};

struct group_migration {
    unsigned from, to; /* states */
    uint64_t accounts;
    struct amount_sum outstanding;
};

struct group {
    struct group_key key; /* `by`: behind the attributes: loans forgiven, by program */
    uint64_t accounts;
    uint64_t with_status[STATUSES];
    struct amount_sum figure[FIGURES];
    struct group_class *classes; /* one per class */
    uint64_t moving;             /* accounts that exist at any position of the period */
    struct amount_sum movement[MOVEMENTS];
    struct group_migration *migrations;
    unsigned migration_count, migration_room;
    struct grant_totals *grants; /* NULL: none; never added to the figures of loans */
};

struct portfolio {
    struct group_table groups; /* of struct group */
    const struct portfolio_states *states;
    unsigned attributes;
};

/** portfolio_init(portfolio, memory, states, attributes): empty; ${states} must outlive it. */
void portfolio_init(struct portfolio *portfolio, const struct memory *memory,
                    const struct portfolio_states *states, unsigned attributes);
void portfolio_free(struct portfolio *portfolio);

/** portfolio_add(portfolio, entry): fold one account into all its groups. */
void portfolio_add(struct portfolio *portfolio, const struct portfolio_entry *entry);

/** portfolio_add_grant(portfolio, grant, position): fold one grant into all its groups. */
void portfolio_add_grant(struct portfolio *portfolio, const struct grant *grant,
                         const struct grant_position *position);

/** portfolio_add_forgiven(portfolio, loan, amount): what a loan was forgiven, > 0, beside grants.
 */
void portfolio_add_forgiven(struct portfolio *portfolio, const struct loan *loan,
                            struct amount amount);

/** portfolio_group_grants(portfolio, group): the group's totals of grants, made on demand. */
struct grant_totals *portfolio_group_grants(struct portfolio *portfolio, struct group *group);

/** portfolio_add_group(portfolio, group): add one group of another fold over the same states, its
 * classes and migrations included; ${group} is unchanged. */
void portfolio_add_group(struct portfolio *portfolio, const struct group *group);

/** portfolio_clear_group(group, classes): give back what the sums of a group own. */
void portfolio_clear_group(struct group *group, unsigned classes);

/** portfolio_merge(into, from): add all groups of ${from}, which is unchanged. */
void portfolio_merge(struct portfolio *into, const struct portfolio *from);

/**
 * portfolio_sorted(portfolio): all groups, count of them: `all`, then program, then each attribute;
 * values, then currencies, bytewise.  The array belongs to the portfolio.
 */
struct group **portfolio_sorted(struct portfolio *portfolio);

/**
 * portfolio_law(portfolio): law 4: every grouping adds up to `all`, opening + movements = closing.
 * NULL when it holds, else the broken part in words.
 */
const char *portfolio_law(struct portfolio *portfolio);

#endif
