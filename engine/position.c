#include "position.h"

#include "arrears.h"
#include "rounding.h"
#include "rule_check.h"

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

struct text position_class(const struct position *position)
{
    if (position->class_index == POSITION_NO_CLASS)
        return (struct text){"", 0};
    const struct rule_value *classes = &position->rules->value[RULE_ARREARS_CLASSES];
    return classes->items[position->class_index]->value[RULE_ARREARS_CLASSES_ID].text;
}

bool position_is_listed(const struct position *position, enum rule_key key)
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
        !position_is_listed(position, RULE_ARREARS_PROVISION_LESS_NOT_FOR))
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

/* What follows from the class. */
static void value(const struct account *account, struct position *position)
{
    bool listed = position_is_listed(position, RULE_ARREARS_NON_PERFORMING);
    position->figure[FIGURE_NON_PERFORMING] =
        listed ? position->figure[FIGURE_OUTSTANDING] : AMOUNT_ZERO;
    provide(account, position);
}

struct account_overdue position_overdue(const struct account *account,
                                        const struct position *position)
{
    return (struct account_overdue){
        .oldest_due = position->oldest_due,
        .last_due = account->rows[account->row_count - 1].due,
        .installments = position->installments_overdue,
        .amount = position->figure[FIGURE_OVERDUE],
    };
}

static void judge(const struct account *account, struct date as_of, struct position *position)
{
    static const struct {
        enum figure figure;
        int32_t days;
    } at_risk[] = {{FIGURE_PAR0, 0}, {FIGURE_PAR30, 30}, {FIGURE_PAR60, 60}, {FIGURE_PAR90, 90}};
    struct amount outstanding = position->figure[FIGURE_OUTSTANDING];
    const struct account_overdue overdue = position_overdue(account, position);
    position->days_past_due = arrears_days_past_due(account, position->rules, &overdue, as_of);
    position->class_index = arrears_class(account, position->rules, &overdue, as_of);
    for (unsigned i = 0; i < sizeof at_risk / sizeof *at_risk; i++)
        if (position->days_past_due > at_risk[i].days)
            position->figure[at_risk[i].figure] = outstanding;
    value(account, position);
}

void position_worsen(const struct account *account, struct position *position, int32_t class_index)
{
    if (position->class_index == POSITION_NO_CLASS || position->class_index >= class_index)
        return;
    position->class_index = class_index;
    value(account, position);
    position->figure[FIGURE_NET_VALUE] = amount_sub(
        account->arena, position->figure[FIGURE_OUTSTANDING], position->figure[FIGURE_PROVISION]);
}

void position_of(const struct account *account, struct date as_of, struct position *position)
{
    struct arena *arena = account->arena;
    const struct account_totals *totals = &account->totals;
    struct date current_end = date_add_months(as_of, POSITION_CURRENT_MONTHS);
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

struct text position_state_name(const struct position *position)
{
    if (position == NULL)
        return text_of("new");
    struct text class = position_class(position);
    return class.len > 0 ? class : text_of(position_status_name(position->status));
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

int32_t position_row_days_late(const struct account *account, enum row_status status,
                               const struct row *row, struct date as_of)
{
    if (status != ROW_OVERDUE)
        return 0;
    int32_t days = as_of.day - row->due.day;
    if (account->has_frozen_days)
        days -= account_frozen_days(account, row->due, as_of);
    return days;
}

const char *position_row_status_name(enum row_status status)
{
    static const char *const names[ROW_STATUSES] = {"paid", "overdue", "due", "future",
                                                    "written-off"};
    return names[status];
}
