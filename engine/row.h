/*
 * A row of a schedule: an installment, or a zero row of a grace.
 */
#ifndef NOL_ROW_H
#define NOL_ROW_H

#include "amount.h"
#include "date.h"

/* In the order of allocation.components in rule_keys.def. */
enum component { COMPONENT_PENALTY, COMPONENT_FEE, COMPONENT_PRINCIPAL, COMPONENTS };

enum { ROW_UNNUMBERED = -1 };

struct row_penalty;

/* How a row's nominal date is counted: ${k} periods from ${anchor}, in one step. */
struct row_count {
    struct date anchor; /* DATE_NONE: the plan's own count, of which it is row ${k} */
    struct span every;
    int32_t k;
};

/* What few rows have. */
struct row_beside {
    struct amount waived[COMPONENTS]; /* of the principal: forgiven */
    struct amount added;              /* principal beyond the plan: charged back or lent anew */
    struct row_penalty *penalty;      /* penalty.c's; NULL: none yet */
    const struct row_count *count;    /* NULL: the plan's own, of which it is row n */
};

struct row {
    int32_t n; /* ROW_UNNUMBERED: a zero row of a grace */
    uint32_t
        touched; /* scratch of the allocation: 1 + index of the last line of this row, 0: none */
    struct date due_nominal;
    struct date due;
    struct date paid_on;              /* DATE_NONE: something is unpaid */
    bool extra;                       /* no row of the plan: an event made it */
    bool down_payment;                /* of a later tranche */
    bool remade;                      /* made by a reschedule: extend or re-age */
    struct amount due_of[COMPONENTS]; /* less what was waived or forgiven; see row_due() */
    struct amount paid[COMPONENTS];
    struct amount paid_in_advance;
    struct amount paid_late;
    struct row_beside *beside; /* NULL: nothing, as in nearly all rows */
};

/** row_beside_of(arena, row): what it has beside, made when it has nothing yet. */
static inline struct row_beside *row_beside_of(struct arena *arena, struct row *row)
{
    if (row->beside == NULL)
        row->beside = ARENA_ARRAY(arena, struct row_beside, 1);
    return row->beside;
}

/** row_has_charges(row): whether a fee or a penalty is due in it, as in few rows. */
static inline bool row_has_charges(const struct row *row)
{
    return !amount_is_zero(row->due_of[COMPONENT_FEE]) ||
           !amount_is_zero(row->due_of[COMPONENT_PENALTY]);
}

/** row_due(arena, row, component): what became due of it, waived or not: a column of schedule.csv.
 */
static inline struct amount row_due(struct arena *arena, const struct row *row,
                                    enum component component)
{
    struct amount due = row->due_of[component];
    return row->beside == NULL ? due : amount_add(arena, due, row->beside->waived[component]);
}

#endif
