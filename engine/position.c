#include "position.h"

#include <assert.h>

#include "rounding.h"
#include "rule_check.h"

enum { CURRENT_MONTHS = 12 };

static void add_to(struct arena *arena, struct position *position, enum figure figure,
                   struct amount amount)
{
    position->figure[figure] = amount_add(arena, position->figure[figure], amount);
}

/* All that is due in a row, waived or forgiven apart, and all that is paid of it. */
struct row_totals {
    struct amount due, paid;
};

static void fold_charge(struct arena *arena, const struct row *row, enum component component,
                        struct position *position, struct row_totals *totals)
{
    bool fee = component == COMPONENT_FEE;
    struct amount due = row->due_of[component], paid = row->paid[component];
    add_to(arena, position, fee ? FIGURE_FEE_DUE : FIGURE_PENALTY_DUE,
           row_due(arena, row, component));
    add_to(arena, position, fee ? FIGURE_FEE_PAID : FIGURE_PENALTY_PAID, paid);
    totals->due = amount_add(arena, totals->due, due);
    totals->paid = amount_add(arena, totals->paid, paid);
}

static void fold_row(const struct account *account, const struct row *row, struct date as_of,
                     struct date current_end, struct position *position)
{
    struct arena *arena = account->arena;
    struct row_totals totals = {row->due_of[COMPONENT_PRINCIPAL], row->paid[COMPONENT_PRINCIPAL]};
    if (row_has_charges(row) || row->beside != NULL) {
        fold_charge(arena, row, COMPONENT_FEE, position, &totals);
        fold_charge(arena, row, COMPONENT_PENALTY, position, &totals);
    }
    if (!date_before(as_of, row->due)) {
        add_to(arena, position, FIGURE_DUE_TO_DATE, totals.due);
        add_to(arena, position, FIGURE_PAID_TO_DATE, totals.paid);
    }
    if (account->stage == ACCOUNT_WRITTEN_OFF)
        add_to(arena, position, FIGURE_CLAIM, amount_sub(arena, totals.due, totals.paid));
    if (account->stage == ACCOUNT_WRITTEN_OFF || account->stage == ACCOUNT_ENDED)
        return;
    if (date_before(row->due, as_of) && amount_compare(totals.paid, totals.due) < 0) {
        add_to(arena, position, FIGURE_OVERDUE, amount_sub(arena, totals.due, totals.paid));
        if (!date_is_set(position->oldest_due))
            position->oldest_due = row->due; /* rows stand by due date */
        position->installments_overdue++;
    }
    if (date_before(current_end, row->due))
        add_to(arena, position, FIGURE_NON_CURRENT,
               account_row_unpaid(arena, row, COMPONENT_PRINCIPAL));
}

static enum position_status status_of(const struct account *account)
{
    switch (account->stage) {
    case ACCOUNT_PENDING:
        return STATUS_PENDING;
    case ACCOUNT_CANCELLED:
        return STATUS_CANCELLED;
    case ACCOUNT_WRITTEN_OFF:
        return STATUS_WRITTEN_OFF;
    case ACCOUNT_ENDED:
        return STATUS_ENDED;
    case ACCOUNT_RUNNING:
        break;
    }
    for (unsigned i = account->first_open; i < account->row_count; i++)
        if (account_row_is_open(&account->rows[i]))
            return STATUS_ACTIVE;
    return STATUS_CLOSED;
}

static int32_t days_past_due(const struct position *position, struct date as_of)
{
    const struct rule_scope *rules = position->rules;
    struct amount overdue = position->figure[FIGURE_OVERDUE];
    int32_t tolerance = rules->value[RULE_ARREARS_TOLERANCE].span.count;
    if (amount_is_zero(overdue) ||
        amount_compare(overdue, rule_amount(rules, RULE_ARREARS_IGNORE_BELOW)) < 0)
        return 0;
    int32_t days = as_of.day - position->oldest_due.day;
    if (days <= tolerance)
        return 0;
    switch ((enum rule_count_from)rule_number(rules, RULE_ARREARS_COUNT_FROM)) {
    case RULE_DAY_AFTER_DUE:
        return days;
    case RULE_DUE_DATE:
        return days + 1;
    case RULE_END_OF_TOLERANCE:
        return days - tolerance;
    }
    return days;
}

static int32_t class_of_days(const struct rule_scope *rules, int32_t days)
{
    const struct rule_value *classes = &rules->value[RULE_ARREARS_CLASSES];
    for (unsigned i = 0; i < classes->count; i++) {
        const struct rule_value *range = &classes->items[i]->value[RULE_ARREARS_CLASSES_RANGE];
        if (range->from <= days && days <= range->upto)
            return (int32_t)i;
    }
    assert(!"classes cover every day");
    return POSITION_NO_CLASS;
}

struct text position_class(const struct position *position)
{
    if (position->class_index == POSITION_NO_CLASS)
        return (struct text){"", 0};
    const struct rule_value *classes = &position->rules->value[RULE_ARREARS_CLASSES];
    return classes->items[position->class_index]->value[RULE_ARREARS_CLASSES_ID].text;
}

static bool lists_class(const struct position *position, enum rule_key key)
{
    const struct rule_value *ids = &position->rules->value[key];
    struct text class = position_class(position);
    for (unsigned i = 0; i < ids->count; i++)
        if (text_equal(ids->ids[i], class))
            return true;
    return false;
}

static void provide(const struct account *account, struct position *position)
{
    struct arena *arena = account->arena;
    const struct rule_scope *rules = position->rules;
    struct amount base = position->figure[FIGURE_OUTSTANDING];
    if (rule_is_set(rules, RULE_ARREARS_PROVISION_LESS) &&
        !lists_class(position, RULE_ARREARS_PROVISION_LESS_NOT_FOR))
        base = amount_sub(arena, base, amount_least(base, account->collateral));
    position->figure[FIGURE_PROVISION_BASE] = base;
    if (!rule_is_set(rules, RULE_ARREARS_PROVISION))
        return;
    const struct rule_value *classes = &rules->value[RULE_ARREARS_CLASSES];
    struct fraction rate =
        classes->items[position->class_index]->value[RULE_ARREARS_CLASSES_PROVISION].fraction;
    position->figure[FIGURE_PROVISION] = rounding_quotient(
        arena, base, rate.num, rate.den, rule_amount(rules, RULE_ARREARS_PROVISION_ROUNDING_UNIT),
        (enum rounding_mode)rule_number(rules, RULE_ARREARS_PROVISION_ROUNDING_MODE));
}

static void judge(const struct account *account, struct date as_of, struct position *position)
{
    static const struct {
        enum figure figure;
        int32_t days;
    } at_risk[] = {{FIGURE_PAR0, 0}, {FIGURE_PAR30, 30}, {FIGURE_PAR60, 60}, {FIGURE_PAR90, 90}};
    struct amount outstanding = position->figure[FIGURE_OUTSTANDING];
    position->days_past_due = days_past_due(position, as_of);
    position->class_index = class_of_days(position->rules, position->days_past_due);
    for (unsigned i = 0; i < sizeof at_risk / sizeof *at_risk; i++)
        if (position->days_past_due > at_risk[i].days)
            position->figure[at_risk[i].figure] = outstanding;
    if (lists_class(position, RULE_ARREARS_NON_PERFORMING))
        position->figure[FIGURE_NON_PERFORMING] = outstanding;
    provide(account, position);
}

void position_of(const struct account *account, struct date as_of, struct position *position)
{
    struct arena *arena = account->arena;
    const struct account_totals *totals = &account->totals;
    struct date current_end = date_add_months(as_of, CURRENT_MONTHS);
    *position = (struct position){
        .status = status_of(account),
        .rules = program_at(account->loan->program, as_of),
        .oldest_due = DATE_NONE,
        .class_index = POSITION_NO_CLASS,
    };
    struct amount *figure = position->figure;
    figure[FIGURE_DISBURSED] = totals->disbursed;
    figure[FIGURE_REPAID] = totals->repaid;
    figure[FIGURE_FUNDED] = totals->funded;
    figure[FIGURE_WRITTEN_OFF] = totals->written_off;
    figure[FIGURE_FORGIVEN] = totals->forgiven;
    figure[FIGURE_RECOVERED] = totals->recovered;
    figure[FIGURE_OUTSTANDING] = totals->outstanding;
    figure[FIGURE_CREDIT] = totals->credit;
    for (unsigned i = 0; i < account->row_count; i++)
        fold_row(account, &account->rows[i], as_of, current_end, position);
    if (position->status == STATUS_ACTIVE)
        judge(account, as_of, position);
    figure[FIGURE_CURRENT] =
        amount_sub(arena, figure[FIGURE_OUTSTANDING], figure[FIGURE_NON_CURRENT]);
    figure[FIGURE_NET_VALUE] =
        amount_sub(arena, figure[FIGURE_OUTSTANDING], figure[FIGURE_PROVISION]);
}

const char *position_status_name(enum position_status status)
{
    static const char *const names[STATUSES] = {"pending",     "active", "closed",
                                                "written-off", "ended",  "cancelled"};
    return names[status];
}

enum row_status position_row_status(const struct account *account, const struct row *row,
                                    struct date as_of)
{
    if (!account_row_is_open(row))
        return ROW_PAID;
    if (account->stage == ACCOUNT_WRITTEN_OFF || account->stage == ACCOUNT_ENDED)
        return ROW_WRITTEN_OFF;
    if (date_equal(row->due, as_of))
        return ROW_DUE;
    return date_before(row->due, as_of) ? ROW_OVERDUE : ROW_FUTURE;
}

int32_t position_row_days_late(enum row_status status, const struct row *row, struct date as_of)
{
    return status == ROW_OVERDUE ? as_of.day - row->due.day : 0;
}

const char *position_row_status_name(enum row_status status)
{
    static const char *const names[ROW_STATUSES] = {"paid", "overdue", "due", "future",
                                                    "written-off"};
    return names[status];
}
