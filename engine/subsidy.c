#include "subsidy.h"

#include "rounding.h"
#include "rule_check.h"

enum { MONTHS_OF_YEAR = 12, MONTH_DAYS = 30, YEAR_360 = 360, YEAR_365 = 365 };

struct date subsidy_month_end(struct date date)
{
    return date_in_month(date, 0, 31, MISSING_LAST_OF_MONTH);
}

/* The month at hand. */
struct month {
    struct arena *arena;
    const struct account *account;
    const struct rule_scope *rules; /* of its last day */
    struct date before;             /* the last day of the month before */
    struct date last;
};

static struct amount capped(const struct month *month, struct amount amount)
{
    const struct rule_value *cap = &month->rules->value[RULE_SUBSIDY_CAP];
    return cap->set ? amount_least(amount, cap->amount) : amount;
}

static struct amount times(const struct month *month, struct amount amount, int32_t days)
{
    return amount_times(month->arena, amount, amount_of(days));
}

/* What the plan leaves outstanding at the end of a day, from day to day. */
struct plan {
    const struct month *month;
    unsigned payouts, rows; /* counted already; both stand by date */
    struct amount outstanding;
};

static void plan_advance(struct plan *plan, struct date day)
{
    const struct account *account = plan->month->account;
    struct arena *arena = plan->month->arena;
    for (; plan->payouts < account->payout_count; plan->payouts++) {
        const struct account_payout *payout = &account->payouts[plan->payouts];
        if (date_before(day, payout->date))
            break;
        plan->outstanding = amount_add(arena, plan->outstanding, payout->amount);
    }
    for (; plan->rows < account->row_count; plan->rows++) {
        const struct row *row = &account->rows[plan->rows];
        if (date_before(day, row->due))
            break;
        plan->outstanding =
            amount_sub(arena, plan->outstanding, row_due(arena, row, COMPONENT_PRINCIPAL));
    }
}

/* Nothing is outstanding before the account was taken over. */
static bool is_before_opening(const struct month *month, struct date day)
{
    struct date opening = month->account->opening;
    return date_is_set(opening) && date_before(day, opening);
}

/* The sum over the month's days, as planned. */
static struct amount planned_days(struct plan *plan)
{
    const struct month *month = plan->month;
    struct amount sum = AMOUNT_ZERO;
    for (struct date day = month->before; date_before(day, month->last);) {
        day = date_add_days(day, 1);
        if (is_before_opening(month, day))
            continue;
        plan_advance(plan, day);
        sum = amount_add(month->arena, sum, capped(month, plan->outstanding));
    }
    return sum;
}

/* The sum over the month's days, as it was: those past, and the last. */
static struct amount actual_days(const struct month *month)
{
    const struct account *account = month->account;
    struct amount sum = capped(month, account->totals.outstanding);
    for (size_t i = account->stretch_count; i-- > 0;) {
        const struct account_stretch *stretch = &account->stretches[i];
        if (!date_before(month->before, stretch->upto))
            break;
        struct date from = stretch->from;
        if (!date_before(month->before, from))
            from = date_add_days(month->before, 1);
        struct amount day = capped(month, stretch->outstanding);
        sum = amount_add(month->arena, sum, times(month, day, stretch->upto.day - from.day + 1));
    }
    return sum;
}

static struct amount base_of(const struct month *month, const struct subsidy *subsidy)
{
    struct plan plan = {.month = month};
    struct amount outstanding = subsidy->outstanding;
    bool planned = rule_number(month->rules, RULE_SUBSIDY_ON) == RULE_SUBSIDY_PLANNED;
    if (planned) {
        plan_advance(&plan, month->before);
        outstanding = is_before_opening(month, month->before) ? AMOUNT_ZERO : plan.outstanding;
    }
    switch ((enum rule_subsidy_basis)rule_number(month->rules, RULE_SUBSIDY_BASIS)) {
    case RULE_SUBSIDY_OPENING:
        return capped(month, outstanding);
    case RULE_SUBSIDY_DAILY:
        return planned ? planned_days(&plan) : actual_days(month);
    case RULE_SUBSIDY_ORIGINAL:
        return amount_sign(outstanding) > 0 ? capped(month, subsidy->disbursed) : AMOUNT_ZERO;
    }
    return AMOUNT_ZERO;
}

/* base x rate x the part of a year that the month is; a base added up over days has its days. */
static struct amount interest_on(const struct month *month, struct amount base, int32_t days)
{
    const struct rule_scope *rules = month->rules;
    struct fraction rate = rules->value[RULE_SUBSIDY_RATE].fraction;
    int32_t part = days, year = YEAR_360;
    switch ((enum rule_day_count)rule_number(rules, RULE_SUBSIDY_DAY_COUNT)) {
    case RULE_MONTH:
        part = 1;
        year = MONTHS_OF_YEAR;
        break;
    case RULE_30_360:
    case RULE_ACTUAL_360:
        break;
    case RULE_ACTUAL_365:
        year = YEAR_365;
        break;
    }
    if (rule_number(rules, RULE_SUBSIDY_BASIS) == RULE_SUBSIDY_DAILY)
        part = 1;
    return rounding_quotient(month->arena, base, times(month, rate.num, part),
                             times(month, rate.den, year),
                             rule_amount(rules, RULE_SUBSIDY_ROUNDING_UNIT),
                             (enum rounding_mode)rule_number(rules, RULE_SUBSIDY_ROUNDING_MODE));
}

static int32_t days_of(const struct month *month)
{
    switch ((enum rule_day_count)rule_number(month->rules, RULE_SUBSIDY_DAY_COUNT)) {
    case RULE_MONTH:
    case RULE_30_360:
        return MONTH_DAYS;
    case RULE_ACTUAL_360:
    case RULE_ACTUAL_365:
        break;
    }
    return month->last.day - month->before.day;
}

static bool is_of_class(const struct month *month)
{
    struct position position;
    if (!rule_is_set(month->rules, RULE_SUBSIDY_ONLY_CLASSES))
        return true;
    position_of(month->account, month->last, &position);
    return position_is_listed(&position, RULE_SUBSIDY_ONLY_CLASSES);
}

static void add_claim(struct arena *arena, struct subsidy *subsidy,
                      const struct subsidy_claim *claim)
{
    subsidy->claims =
        arena_grow(arena, subsidy->claims, subsidy->count, &subsidy->room, sizeof *subsidy->claims);
    subsidy->claims[subsidy->count++] = *claim;
}

void subsidy_end_month(struct subsidy *subsidy, const struct account *account, struct date last)
{
    const struct month month = {
        .arena = account->arena,
        .account = account,
        .rules = program_at(account->loan->program, last),
        .before = date_add_days(date_in_month(last, 0, 1, MISSING_LAST_OF_MONTH), -1),
        .last = last,
    };
    struct subsidy_claim claim = {.month = last};
    if (rule_is_set(month.rules, RULE_SUBSIDY)) {
        claim.base = base_of(&month, subsidy);
        claim.days = days_of(&month);
        if (amount_sign(claim.base) > 0)
            claim.amount = interest_on(&month, claim.base, claim.days);
        if (amount_sign(claim.amount) > 0 && is_of_class(&month))
            add_claim(account->arena, subsidy, &claim);
    }
    subsidy->outstanding = account->totals.outstanding;
    subsidy->disbursed = account->totals.disbursed;
}
