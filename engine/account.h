/*
 * The account: a loan's rows and totals as events are applied to them in order (semantics 4 to 6).
 *
 * Nothing here is stored between runs: an account is computed from the contract and its events, for
 * one as-of and one known-at, and belongs to the arena it was begun with.
 */
#ifndef NOL_ACCOUNT_H
#define NOL_ACCOUNT_H

#include "event.h"
#include "loan.h"
#include "row.h"

/* A line of allocations.csv. */
struct account_line {
    const struct event *event;
    struct date date;
    int32_t n; /* ROW_UNNUMBERED: no row */
    struct amount part[COMPONENTS];
    struct amount credit;
    bool uses_credit; /* later use of a payment's credit: credit is minus the parts' sum */
};

/* What is left of one payment's credit. */
struct account_credit {
    const struct event *event;
    const struct rule_scope *rules; /* the allocation rule of the payment's date */
    struct amount left;
    struct amount refunded; /* of what is no longer left */
};

/* What a chargeback made due again of what its payment had paid. */
struct account_chargeback {
    const struct event *payment;
    struct amount part[COMPONENTS];
};

struct account_payout {
    struct date date;
    struct amount amount;
};

/* The days after ${after} up to and including ${upto}. */
struct account_period {
    struct date after;
    struct date upto; /* DATE_UNLIMITED: until an event ends it */
};

/* By date, one after the other. */
struct account_periods {
    struct account_period *list;
    unsigned count;
};

/* What of an active account is overdue at the end of a day. */
struct account_overdue {
    struct date oldest_due; /* DATE_NONE: nothing */
    struct date last_due;   /* of the last row, which may lie ahead */
    int32_t installments;
    struct amount amount;
};

/* How the days ${from} to ${upto} ended: alike, but that penalties rose; the amount is the last
 * day's. */
struct account_stretch {
    struct date from, upto;
    struct account_overdue overdue;
    struct amount outstanding;
};

/* Cumulative figures, in minor units. */
struct account_totals {
    struct amount disbursed;
    struct amount repaid;
    struct amount funded; /* what of it the program itself paid */
    struct amount written_off;
    struct amount forgiven;
    struct amount recovered; /* all components */
    struct amount recovered_principal;
    struct amount charged_back[COMPONENTS]; /* due again, of what was paid */
    struct amount outstanding;
    struct amount received; /* money in, an opening's included, less chargebacks */
    struct amount deducted; /* fees kept back from what was paid out; no money received */
    struct amount refunded; /* out of credit, and not charged back */
    struct amount credit;   /* held */
};

/* What a row got when an amount was divided anew over several, by a tranche or a reschedule; or of
 * one fee, when something was paid out. */
struct account_part {
    int32_t n; /* the row's */
    struct amount part, whole;
    const struct rule_scope *fee;  /* NULL: no fee; else nothing below means anything, and ${whole}
                                      is what it is a share of, if it is one */
    unsigned rows, k;              /* it is the kth of so many, from 1 */
    const struct fraction *shares; /* by row; NULL: equal */
    struct amount fixed;           /* > 0: rows of this amount, the last row the rest */
    struct split_rounding rounding;
};

struct account_parts {
    struct account_part *list;
    size_t count, room;
};

enum account_stage {
    ACCOUNT_PENDING, /* not yet disbursed */
    ACCOUNT_RUNNING,
    ACCOUNT_WRITTEN_OFF,
    ACCOUNT_ENDED, /* written off for good: no claim is left */
    ACCOUNT_CANCELLED,
};

struct account {
    struct arena *arena;
    const struct loan *loan;
    struct event **events; /* in order, resolved */
    size_t event_count;
    enum account_stage stage;
    bool has_small_amounts; /* in some version of the program */
    bool is_ruled_daily;    /* days begin or end by rules: any of these, or the past is kept */
    bool has_frozen_days;
    struct date day;     /* up to which all has been applied */
    struct date opening; /* of the opening that counts, DATE_NONE without one */
    struct row *rows;    /* by due date, then n */
    unsigned row_count;
    unsigned first_open; /* no row before it has anything unpaid */
    int32_t highest_n;
    struct account_totals totals;
    struct amount tranches; /* paid out as agreed: disbursed, less what was lent anew */
    struct amount collateral;
    struct account_payout *payouts;
    unsigned payout_count;
    struct account_credit *credits;
    unsigned credit_count;
    struct account_chargeback *chargebacks; /* by event count, once there is one */
    unsigned chargeback_count;
    struct amount
        *uncovered; /* of each reversed payment: how much of it refunds used, by event index */
    bool was_late;  /* some row has been; watched where rules may forgive */
    struct text *forgiven_by; /* the ids of the rules that forgave */
    size_t forgiven_count, forgiven_room;
    bool overshoots; /* a relief has moved a row past 2199-12-31: the account means nothing */
    const struct event *judged;        /* the last classify, NULL: none */
    struct account_periods frozen;     /* they do not count as days late */
    struct account_periods relieved;   /* frozen by decree; they may overlap with those frozen */
    struct account_periods unable;     /* of the borrower: no penalty, where the program says so */
    unsigned rescheduled;              /* so often, all kinds */
    int32_t grace_months, grace_days;  /* given by rescheduling, in either unit */
    struct date assessed;              /* penalties have been, up to the beginning of this day */
    struct account_stretch *stretches; /* by date; only where the program looks back */
    size_t stretch_count, stretch_room;
    struct account_line *lines;
    size_t line_count, line_room;
    struct account_parts *parts;        /* noted for whoever explains; NULL: nobody does */
    const struct event *written_off_by; /* the write-off, once applied */
    const struct event *taken_over_by;  /* the opening, once applied */
    struct account_totals at_opening;   /* totals right after it */
};

/* Why an event was refused. */
struct account_refusal {
    enum fault_code code; /* FAULT_NONE: not at all */
    bool of_amount;       /* point at the amount rather than at the row */
    char text[160];
};

/**
 * account_exists(loan, events, count, as_of, known_at):
 * Whether the account is in any file or count: agreed by as-of, recorded by known-at, not waiting
 * for an opening. The events are resolved for the same dates.
 */
bool account_exists(const struct loan *loan, struct event *const *events, size_t count,
                    struct date as_of, struct date known_at);

/** account_begin(account, arena, loan, events, count): before the first event; events sorted and
 * resolved. */
void account_begin(struct account *account, struct arena *arena, const struct loan *loan,
                   struct event **events, size_t count);

/**
 * account_apply(account, event, refusal):
 * Bring the account to the event's day and apply the event, which counts.  False when the event is
 * refused: the account is no longer meaningful then.
 */
bool account_apply(struct account *account, struct event *event, struct account_refusal *refusal);

/** account_disburse_by_book(account, refusal): the disbursement that the loan's own row says. */
bool account_disburse_by_book(struct account *account, struct account_refusal *refusal);

/** account_advance(account, date): the days up to the beginning of ${date}: late rows bear
 * penalties, then held credit pays what falls due. */
void account_advance(struct account *account, struct date date);

/** account_frozen_days(account, after, upto): how many of the days after ${after} up to and
 * including
 * ${upto} are frozen. */
int32_t account_frozen_days(const struct account *account, struct date after, struct date upto);

/** account_keep_days(account, from, upto): remember how the days ${from} to ${upto} >= from ended,
 * during which nothing happened to the account but that rows fell due. */
void account_keep_days(struct account *account, struct date from, struct date upto);

/** account_finish(account, date): ${date}'s beginning, if it has not been, and its end: small rests
 * go. */
void account_finish(struct account *account, struct date date);

/** account_copy(copy, account, arena): a copy that can go on by itself, in an arena of its own; the
 * account stays as it is. */
void account_copy(struct account *copy, const struct account *account, struct arena *arena);

/** account_row_unpaid(row, component): what is unpaid of it. */
static inline struct amount account_row_unpaid(struct arena *arena, const struct row *row,
                                               enum component component)
{
    return amount_sub(arena, row->due_of[component], row->paid[component]);
}

/** account_row_unpaid_all(arena, row): what is unpaid of it, all components. */
static inline struct amount account_row_unpaid_all(struct arena *arena, const struct row *row)
{
    struct amount unpaid = AMOUNT_ZERO;
    for (unsigned c = 0; c < COMPONENTS; c++)
        unpaid = amount_add(arena, unpaid, account_row_unpaid(arena, row, (enum component)c));
    return unpaid;
}

/** account_row_is_open(row): whether anything of it is unpaid. */
static inline bool account_row_is_open(const struct row *row)
{
    const struct amount *due = row->due_of, *paid = row->paid;
    if (amount_compare(due[COMPONENT_PRINCIPAL], paid[COMPONENT_PRINCIPAL]) > 0)
        return true;
    return row_has_charges(row) &&
           (amount_compare(due[COMPONENT_FEE], paid[COMPONENT_FEE]) > 0 ||
            amount_compare(due[COMPONENT_PENALTY], paid[COMPONENT_PENALTY]) > 0);
}

/**
 * account_law_of_totals(account): the laws of design 8 that can be seen in the totals alone, for
 * after every event.
 * account_law(account): all that hold at any time (2, 3 and the sum of rows): it adds up all rows.
 * NULL when they hold, else the broken one in words.
 */
const char *account_law_of_totals(const struct account *account);
const char *account_law(const struct account *account);

#endif
