/*
 * What a version of a program must fulfil beyond the types of its keys: keys that belong together,
 * limits that make sense, classes that cover every case, roundings that leave no loan without a
 * row.
 */
#ifndef NOL_RULE_CHECK_H
#define NOL_RULE_CHECK_H

#include "rule.h"
#include "split.h"

/** rule_check(arena, rules, faults): note all that is wrong with one version; ${arena} is scratch.
 */
void rule_check(struct arena *arena, const struct rule_scope *rules, struct faults *faults);

/** rule_check_grant(arena, rules, faults): the part of rule_check() that only grants have. */
void rule_check_grant(struct arena *arena, const struct rule_scope *rules, struct faults *faults);

/**
 * rule_tranches(arena, rules, award, planned):
 * What of an award is planned for each of the rules' tranches.  False when they do not add up to it
 * or one of them gets nothing.
 */
bool rule_tranches(struct arena *arena, const struct rule_scope *rules, struct amount award,
                   struct amount *planned);
/** rule_check_forgiveness(rules, faults): the part of rule_check() for the clause `forgiveness`. */
void rule_check_forgiveness(const struct rule_scope *rules, struct faults *faults);

/** rule_check_budget(rules, budget, faults): the part of rule_check() for a map of budgets by year.
 */
void rule_check_budget(const struct rule_scope *rules, enum rule_key budget, struct faults *faults);

/* What a map of budgets says of a year. */
struct rule_budget {
    int year;
    bool limited;        /* the rules have the map */
    struct amount limit; /* 0 of a year that it does not list */
};

/** rule_budget_of(rules, budget, any, date): of the year of ${date}, by the map ${budget}, whose
 * entries are of the key ${any}. */
struct rule_budget rule_budget_of(const struct rule_scope *rules, enum rule_key budget,
                                  enum rule_key any, struct date date);

/** rule_check_penalty(rules, faults): the part of rule_check() for the clause `penalty`. */
void rule_check_penalty(const struct rule_scope *rules, struct faults *faults);

/** rule_check_has_penalty(rules): whether a late row may cost anything. */
bool rule_check_has_penalty(const struct rule_scope *rules);

/** rule_check_relief(rules, faults): the part of rule_check() for the clause `relief`. */
void rule_check_relief(const struct rule_scope *rules, struct faults *faults);

/** rule_check_fees(rules, faults): the part of rule_check() for the clause `fees`. */
void rule_check_fees(const struct rule_scope *rules, struct faults *faults);

enum rule_reschedule {
    RULE_RESCHEDULE_MOVE,
    RULE_RESCHEDULE_EXTEND,
    RULE_RESCHEDULE_GRACE,
    RULE_RESCHEDULE_RE_AGE,
    RULE_RESCHEDULE_RE_AMORTIZE
};

/** rule_check_reschedule(rules, faults): the part of rule_check() for the clause `reschedule`. */
void rule_check_reschedule(const struct rule_scope *rules, struct faults *faults);

/** rule_allows_reschedule(rules, kind): whether the clause is there and lists the kind. */
bool rule_allows_reschedule(const struct rule_scope *rules, enum rule_reschedule kind);

/** rule_reschedule_splits(rules): whether a kind is allowed that divides principal anew. */
bool rule_reschedule_splits(const struct rule_scope *rules);

/** rule_rounding(rules): the schedule's rounding; requires that the rules have one. */
struct split_rounding rule_rounding(const struct rule_scope *rules);

/**
 * rule_down_payment(arena, rules, amount):
 * The part of ${amount} > 0 that is due on the day it is disbursed, 0 where the rules ask for none.
 * Rounding may make it 0, or all and more: such a plan is refused.
 */
struct amount rule_down_payment(struct arena *arena, const struct rule_scope *rules,
                                struct amount amount);

/** rule_grace(rules, which): min, max or default grace in whole periods; 0 without one, -1 without
 * a default. */
int32_t rule_grace(const struct rule_scope *rules, enum rule_key which);

enum rule_split {
    RULE_SPLIT_SHARES = -2,
    RULE_SPLIT_FIXED,
    RULE_SPLIT_EQUAL,
    RULE_SPLIT_BULLET,
    RULE_SPLIT_CUSTOM
};
enum rule_anchor { RULE_ANCHOR_DISBURSED, RULE_ANCHOR_AGREED, RULE_ANCHOR_GIVEN };
enum rule_holiday {
    RULE_HOLIDAY_NONE,
    RULE_HOLIDAY_NEXT,
    RULE_HOLIDAY_PREVIOUS,
    RULE_HOLIDAY_MODIFIED_NEXT
};
enum rule_grace_place { RULE_GRACE_BEFORE_TERM, RULE_GRACE_WITHIN_TERM };
enum rule_combine { RULE_COMBINE_LARGEST, RULE_COMBINE_SUM };
enum rule_clawback_amount {
    RULE_CLAWBACK_OTHER = -1,
    RULE_CLAWBACK_PAID,
    RULE_CLAWBACK_UNACCOUNTED
};
enum rule_year { RULE_YEAR_SAME, RULE_YEAR_NEXT };
enum rule_basis {
    RULE_DAYS_PAST_DUE,
    RULE_MONTHS_PAST_DUE,
    RULE_MISSED_INSTALLMENTS,
    RULE_DAYS_PAST_MATURITY,
    RULE_DEMAND_LETTERS
};
enum rule_count_from { RULE_DAY_AFTER_DUE, RULE_DUE_DATE, RULE_END_OF_TOLERANCE };
enum rule_scope_of_class { RULE_SCOPE_ACCOUNT, RULE_SCOPE_BORROWER };
enum rule_cure { RULE_CURE_CLEAN = -1, RULE_CURE_IMMEDIATE, RULE_CURE_CLEARED };
enum rule_subsidy_basis { RULE_SUBSIDY_OPENING, RULE_SUBSIDY_DAILY, RULE_SUBSIDY_ORIGINAL };
enum rule_subsidy_on { RULE_SUBSIDY_ACTUAL, RULE_SUBSIDY_PLANNED };
enum rule_day_count { RULE_MONTH, RULE_30_360, RULE_ACTUAL_360, RULE_ACTUAL_365 };
enum rule_penalty {
    RULE_PENALTY_NO_PENALTY,
    RULE_PENALTY_FLAT,
    RULE_PENALTY_SHARE,
    RULE_PENALTY_PER_DAY,
    RULE_PENALTY_PER_MONTH
};
enum rule_penalty_base { RULE_PENALTY_OF_UNPAID, RULE_PENALTY_OF_INSTALLMENT };
enum rule_penalty_count { RULE_PENALTY_BEGUN, RULE_PENALTY_WHOLE };
enum rule_relief { RULE_RELIEF_SHIFT, RULE_RELIEF_FREEZE_DAYS };
enum rule_fee_of { RULE_FEE_OF_PRINCIPAL, RULE_FEE_OF_DISBURSED, RULE_FEE_OF_INSTALLMENT };
enum rule_fee_when {
    RULE_FEE_IN_ROW = -1,
    RULE_FEE_AT_DISBURSEMENT,
    RULE_FEE_EACH_INSTALLMENT,
};
enum rule_collect { RULE_COLLECT_DEDUCT, RULE_COLLECT_UPFRONT, RULE_COLLECT_WITH_INSTALLMENT };
enum rule_by { RULE_BY_INSTALLMENT, RULE_BY_COMPONENT };
enum rule_excess {
    RULE_EXCESS_HOLD,
    RULE_EXCESS_NEXT,
    RULE_EXCESS_LAST,
    RULE_EXCESS_RE_SPREAD,
    RULE_EXCESS_REFUND,
};

/** rule_split(rules): how the principal is divided; the keys of a map are told apart. */
enum rule_split rule_split(const struct rule_scope *rules);

/** rule_installments(rules, which): min, max or default number of installments, 0 when the rules
 * name none. */
int32_t rule_installments(const struct rule_scope *rules, enum rule_key which);

#endif
