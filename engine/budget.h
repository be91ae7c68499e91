/*
 * Budgets by year of agreement (design 4.1, 4.2; semantics 4, 9): which loans or grants take the
 * total of their program and year above what their own rules say.
 *
 * A budget is a ceiling at every moment.  Claims are judged in order of agreement, then account_id:
 * each on the day it was agreed, against those accepted before it that had not been cancelled by
 * then.  One that is refused takes nothing.  The order is a sorter's, which keeps within its
 * memory; what is kept here grows with the claims refused and, of one program and year, with those
 * cancelled.
 */
#ifndef NOL_BUDGET_H
#define NOL_BUDGET_H

#include "rule.h"
#include "sorter.h"

/* What a program's rules say of a year. */
struct budget_limit {
    bool limited; /* the rules have a budget */
    bool named;   /* it names the year; a year not named has nothing to give */
    struct amount amount;
};

/* One loan's or grant's part of its program's budget. */
struct budget_claim {
    struct text program; /* id */
    struct text account_id;
    struct date agreed;
    struct date cancelled; /* DATE_NONE: not */
    struct amount amount;
    struct budget_limit limit; /* of its own rules; without one it counts, but is never refused */
};

/* Why a claim was refused. */
struct budget_refusal {
    struct text account_id;
    struct amount left;
    bool named;
};

struct budgets {
    struct arena arena;
    struct budget_refusal *refusals; /* by account_id, once judged */
    size_t count, room;
};

void budgets_init(struct budgets *budgets, const struct memory *memory);
void budgets_free(struct budgets *budgets);

/** budget_limit_of(rules, budget, any, agreed): what the map ${budget}, whose entries are of the
 * key ${any}, says of the year of ${agreed}. */
struct budget_limit budget_limit_of(const struct rule_scope *rules, enum rule_key budget,
                                    enum rule_key any, struct date agreed);

/** budget_pack(claims, arena, claim): put the claim behind others that wait for a sorter; ${arena}
 * is scratch. */
void budget_pack(struct buffer *claims, struct arena *arena, const struct budget_claim *claim);

/** budgets_judge(budgets, claims): judge all that ${claims}, to which nothing else was added,
 * holds. False after a fault of the disk, which the sorter has told. */
bool budgets_judge(struct budgets *budgets, struct sorter *claims);

/** budgets_refusal(budgets, account_id): NULL: not refused. */
const struct budget_refusal *budgets_refusal(const struct budgets *budgets, struct text account_id);

#endif
