#include "penalty.h"

#include "rounding.h"
#include "rule_check.h"

/* What a row has been assessed. */
struct row_penalty {
    struct fraction sum;     /* of all days, before cap and rounding; den 0: nothing yet */
    struct amount assessed;  /* what of it has become due: never falls */
    struct amount largest;   /* principal due that the row has had and may have no more */
    bool once;               /* `flat` or `share` has fallen */
    struct date months_from; /* what the months are counted from */
    int32_t month;           /* the last of them that began, 0: none */
    struct amount month_base;
};

/* The days of one row that are to be assessed: those after ${after} up to ${upto}. */
struct days {
    const struct account *account;
    const struct rule_scope *rules; /* of the row's due date */
    struct date due;                /* from which its days are counted */
    struct date late_from;          /* the day before day 1, as if no day were frozen */
    struct date after, upto;
};

/* How many of the row's days have passed by the end of ${date}, which is not before its due date.
 */
static int32_t counted(const struct days *days, struct date date)
{
    return date.day - days->due.day - account_frozen_days(days->account, days->due, date);
}

/* How many of the row's days after ${after} up to ${upto} come after its time without penalty. */
static int32_t late_days(const struct days *days, struct date after, struct date upto)
{
    int32_t free = days->late_from.day - days->due.day;
    int32_t before = counted(days, after), all = counted(days, upto);
    if (before < free)
        before = free;
    return all > before ? all - before : 0;
}

/* Of a period of inability what lies within the days; false when nothing does, or it is as good as
 * any other time. */
static bool is_excused(const struct days *days, unsigned i, struct date *after, struct date *upto)
{
    const struct account_period *period = &days->account->unable.list[i];
    if (!rule_is_set(days->rules, RULE_PENALTY_APPLIES_IF))
        return false;
    *after = date_before(period->after, days->after) ? days->after : period->after;
    *upto = date_before(days->upto, period->upto) ? days->upto : period->upto;
    return date_before(*after, *upto);
}

/* The days that cost something. */
static int32_t charged_days(const struct days *days)
{
    int32_t charged = late_days(days, days->after, days->upto);
    struct date after, upto;
    for (unsigned i = 0; i < days->account->unable.count; i++)
        if (is_excused(days, i, &after, &upto))
            charged -= late_days(days, after, upto);
    return charged;
}

static bool lies_between(const struct days *days, struct date after, struct date upto, int32_t nth)
{
    return counted(days, after) < nth && nth <= counted(days, upto);
}

/* Whether what falls on the row's ${nth} day, one of the days, falls away. */
static bool falls_away(const struct days *days, int32_t nth)
{
    struct date after, upto;
    for (unsigned i = 0; i < days->account->unable.count; i++)
        if (is_excused(days, i, &after, &upto) && lies_between(days, after, upto, nth))
            return true;
    return false;
}

/* Whether day 1 is one of the days, and its penalty has not fallen. */
static bool falls_once(const struct days *days, struct row_penalty *penalty)
{
    int32_t nth = days->late_from.day - days->due.day + 1;
    if (penalty->once || !lies_between(days, days->after, days->upto, nth) || falls_away(days, nth))
        return false;
    penalty->once = true;
    return true;
}

/* What the rate is applied to, added up over the months that are charged on one of the days. */
static struct amount months_base(const struct days *days, struct row_penalty *penalty,
                                 struct amount base)
{
    struct arena *arena = days->account->arena;
    bool whole = rule_number(days->rules, RULE_PENALTY_COUNT) == RULE_PENALTY_WHOLE;
    int32_t first = counted(days, days->after), last = counted(days, days->upto);
    struct amount sum = AMOUNT_ZERO;
    if (!date_equal(penalty->months_from, days->late_from)) {
        penalty->months_from = days->late_from;
        penalty->month = 0;
    }
    for (;;) {
        struct date begins = date_add_months(days->late_from, penalty->month);
        int32_t nth = begins.day - days->due.day + 1;
        if (nth > last)
            return sum;
        if (nth > first && !falls_away(days, nth) && !(whole && penalty->month == 0))
            sum = amount_add(arena, sum, whole ? penalty->month_base : base);
        penalty->month++;
        penalty->month_base = base;
    }
}

/* What the clause adds for the days, exactly. */
static struct fraction added(const struct days *days, struct row_penalty *penalty,
                             struct amount base)
{
    struct arena *arena = days->account->arena;
    const struct rule_scope *rules = days->rules;
    struct fraction rate = rules->value[RULE_PENALTY_RATE].fraction;
    struct amount of = AMOUNT_ZERO;
    switch ((enum rule_penalty)rule_number(rules, RULE_PENALTY_KIND)) {
    case RULE_PENALTY_NO_PENALTY:
        break;
    case RULE_PENALTY_FLAT:
        if (falls_once(days, penalty))
            of = rule_amount(rules, RULE_PENALTY_AMOUNT);
        return (struct fraction){of, amount_of(1)};
    case RULE_PENALTY_SHARE:
        if (falls_once(days, penalty))
            of = base;
        break;
    case RULE_PENALTY_PER_DAY:
        of = amount_times(arena, base, amount_of(charged_days(days)));
        break;
    case RULE_PENALTY_PER_MONTH:
        of = months_base(days, penalty, base);
        break;
    }
    return (struct fraction){amount_times(arena, of, rate.num), rate.den};
}

/* The sum of a row's days, capped and rounded, by the rules in force on its due date. */
static struct amount total_of(struct arena *arena, const struct rule_scope *rules,
                              const struct row_penalty *penalty, struct amount principal_due)
{
    const struct rule_value *cap = &rules->value[RULE_PENALTY_CAP];
    struct fraction total = penalty->sum;
    if (cap->set) {
        struct fraction most = {cap->amount, amount_of(1)};
        if (amount_sign(cap->fraction.den) > 0) {
            bool shrunk = amount_compare(penalty->largest, principal_due) > 0;
            most.num =
                amount_times(arena, shrunk ? penalty->largest : principal_due, cap->fraction.num);
            most.den = cap->fraction.den;
        }
        if (fraction_compare(arena, most, total) < 0)
            total = most;
    }
    bool rounds = rule_is_set(rules, RULE_PENALTY_ROUNDING);
    return rounding_quotient(
        arena, total.num, amount_of(1), total.den,
        rounds ? rule_amount(rules, RULE_PENALTY_ROUNDING_UNIT) : amount_of(1),
        rounds ? (enum rounding_mode)rule_number(rules, RULE_PENALTY_ROUNDING_MODE)
               : ROUNDING_DOWN);
}

static struct row_penalty *penalty_of(struct arena *arena, struct row *row)
{
    struct row_beside *beside = row_beside_of(arena, row);
    if (beside->penalty == NULL) {
        beside->penalty = ARENA_ARRAY(arena, struct row_penalty, 1);
        beside->penalty->months_from = DATE_NONE;
    }
    return beside->penalty;
}

/* Returns what the row costs more. */
static struct amount assess_row(struct account *account, struct row *row, struct date date)
{
    struct arena *arena = account->arena;
    const struct rule_scope *rules = program_at(account->loan->program, row->due);
    struct days days = {.account = account, .rules = rules, .due = row->due, .upto = date};
    struct amount principal_due = row_due(arena, row, COMPONENT_PRINCIPAL);
    if (date_before(days.due, account->opening))
        days.due = account->opening;
    if (!rule_check_has_penalty(rules) || !date_before(days.due, date))
        return AMOUNT_ZERO;
    days.after = date_before(account->assessed, days.due) ? days.due : account->assessed;
    days.late_from =
        date_add_span(days.due, rules->value[RULE_PENALTY_AFTER].span, 1, MISSING_LAST_OF_MONTH);
    struct row_penalty *penalty = penalty_of(arena, row);
    bool whole_row = rule_number(rules, RULE_PENALTY_BASE) == RULE_PENALTY_OF_INSTALLMENT;
    struct fraction more =
        added(&days, penalty,
              whole_row ? principal_due : account_row_unpaid(arena, row, COMPONENT_PRINCIPAL));
    if (amount_is_zero(more.num))
        return AMOUNT_ZERO;
    bool begun = !amount_is_zero(penalty->sum.den);
    penalty->sum = begun ? fraction_add(arena, penalty->sum, more) : more;
    struct amount total = total_of(arena, rules, penalty, principal_due);
    if (amount_compare(total, penalty->assessed) <= 0)
        return AMOUNT_ZERO;
    struct amount rise = amount_sub(arena, total, penalty->assessed);
    penalty->assessed = total;
    row->due_of[COMPONENT_PENALTY] = amount_add(arena, row->due_of[COMPONENT_PENALTY], rise);
    return rise;
}

struct fraction penalty_sum(const struct row *row)
{
    bool none = row->beside == NULL || row->beside->penalty == NULL;
    return none ? (struct fraction){AMOUNT_ZERO, AMOUNT_ZERO} : row->beside->penalty->sum;
}

void penalty_copy(struct arena *arena, struct row *row)
{
    if (row->beside == NULL || row->beside->penalty == NULL)
        return;
    struct row_penalty *copy = ARENA_ARRAY(arena, struct row_penalty, 1);
    *copy = *row->beside->penalty;
    row->beside->penalty = copy;
}

struct amount penalty_largest(const struct row *row)
{
    bool none = row->beside == NULL || row->beside->penalty == NULL;
    return none ? AMOUNT_ZERO : row->beside->penalty->largest;
}

struct amount penalty_assess(struct account *account, struct date date)
{
    struct amount rise = AMOUNT_ZERO;
    if (account->stage != ACCOUNT_RUNNING || !date_before(account->assessed, date))
        return rise;
    for (unsigned i = account->first_open; i < account->row_count; i++) {
        struct row *row = &account->rows[i];
        if (!date_before(row->due, date))
            break;
        if (amount_compare(row->due_of[COMPONENT_PRINCIPAL], row->paid[COMPONENT_PRINCIPAL]) > 0)
            rise = amount_add(account->arena, rise, assess_row(account, row, date));
    }
    account->assessed = date;
    return rise;
}

/* Whether the cap of some version is a share of the principal. */
static bool caps_by_share(const struct program *program)
{
    for (unsigned i = 0; i < program->count; i++)
        if (amount_sign(program->versions[i].rules->value[RULE_PENALTY_CAP].fraction.den) > 0)
            return true;
    return false;
}

void penalty_note_principal(struct account *account)
{
    struct arena *arena = account->arena;
    if (!caps_by_share(account->loan->program))
        return;
    for (unsigned i = 0; i < account->row_count; i++) {
        struct row *row = &account->rows[i];
        struct amount due = row_due(arena, row, COMPONENT_PRINCIPAL);
        if (amount_is_zero(due))
            continue;
        struct row_penalty *penalty = penalty_of(arena, row);
        if (amount_compare(penalty->largest, due) < 0)
            penalty->largest = due;
    }
}
