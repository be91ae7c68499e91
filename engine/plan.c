#include "plan.h"

#include <assert.h>

#include "rule_check.h"

/* The calendar of one plan: where period k falls. */
struct periods {
    struct date_origin anchor;
    struct span every;
    int32_t day; /* RULE_DAY_SAME, 1..31 or RULE_DAY_LAST */
    enum date_missing_day missing;
    int32_t shift; /* periods by which the plan starts later */
};

static struct periods periods_of(const struct loan *loan, struct date disbursed)
{
    const struct rule_scope *rules = loan->rules;
    struct date anchors[] = {
        [RULE_ANCHOR_DISBURSED] = disbursed,
        [RULE_ANCHOR_AGREED] = loan->agreed,
        [RULE_ANCHOR_GIVEN] = loan->first_due,
    };
    return (struct periods){
        .anchor = date_origin_of(anchors[rule_number(rules, RULE_SCHEDULE_DUE_ANCHOR)]),
        .every = rules->value[RULE_SCHEDULE_EVERY].span,
        .day = rule_number(rules, RULE_SCHEDULE_DUE_DAY),
        .missing = (enum date_missing_day)rule_number(rules, RULE_SCHEDULE_DUE_MISSING_DAY),
    };
}

/* Period k: from the anchor in one step, never from the period before. */
static struct date period(const struct periods *periods, int32_t k)
{
    int32_t times = periods->shift + k;
    if (periods->day == RULE_DAY_SAME)
        return date_origin_add_span(&periods->anchor, periods->every, times, periods->missing);
    int32_t months = periods->every.count * (periods->every.unit == SPAN_YEARS ? 12 : 1) * times;
    if (periods->day ==
        RULE_DAY_LAST) /* no month lacks its last day: day 31, at most the month's */
        return date_origin_in_month(&periods->anchor, months, 31, MISSING_LAST_OF_MONTH);
    return date_origin_in_month(&periods->anchor, months, periods->day, periods->missing);
}

/* Move the start until ${first}, the period of row 1, is after the disbursement and min_gap after
 * it. */
static void find_start(struct periods *periods, const struct loan *loan, struct date disbursed,
                       int32_t first)
{
    const struct rule_value *gap = &loan->rules->value[RULE_SCHEDULE_DUE_MIN_GAP];
    struct date earliest = date_add_days(disbursed, 1);
    if (gap->set) {
        struct date after = date_add_span(disbursed, gap->span, 1, MISSING_LAST_OF_MONTH);
        if (date_before(earliest, after))
            earliest = after;
    }
    while (date_before(period(periods, first), earliest) && date_in_range(period(periods, first)))
        periods->shift++;
}

/* The date on which the last row falls due at the latest; unlimited where the rules name none. */
static struct date latest_of(const struct loan *loan, const struct periods *periods)
{
    const struct rule_value *latest = &loan->rules->value[RULE_SCHEDULE_DUE_LATEST];
    if (!latest->set)
        return DATE_UNLIMITED;
    if (date_is_set(latest->date))
        return latest->date;
    return date_add_span(periods->anchor.date, latest->span, 1, MISSING_LAST_OF_MONTH);
}

struct shape {
    unsigned zero_rows; /* listed */
    unsigned rows;      /* with principal */
    int32_t grace;      /* periods before row 1's own */
    int32_t step;       /* periods from one row to the next; of the single bullet: all of them */
};

static struct shape shape_of(struct arena *arena, const struct loan *loan, struct amount amount)
{
    const struct rule_scope *rules = loan->rules;
    struct shape shape = {.rows = (unsigned)loan->installments, .grace = loan->grace, .step = 1};
    bool given = rule_number(rules, RULE_SCHEDULE_DUE_ANCHOR) == RULE_ANCHOR_GIVEN;
    bool within =
        shape.grace > 0 && rule_number(rules, RULE_SCHEDULE_GRACE_PLACE) == RULE_GRACE_WITHIN_TERM;
    switch (rule_split(rules)) {
    case RULE_SPLIT_SHARES:
        shape.rows = rules->value[RULE_SCHEDULE_SPLIT_SHARES].count;
        break;
    case RULE_SPLIT_FIXED:
        shape.rows = split_fixed_rows(arena, amount, rule_amount(rules, RULE_SCHEDULE_SPLIT_FIXED),
                                      RULE_INSTALLMENTS_MAX);
        break;
    case RULE_SPLIT_EQUAL:
        if (within)
            shape.rows -= (unsigned)shape.grace;
        break;
    case RULE_SPLIT_CUSTOM:
        shape.rows = loan->plan_count;
        shape.grace = 0;
        break;
    case RULE_SPLIT_BULLET:
        shape.step = loan->installments;
        shape.rows = 1;
        break;
    }
    if (given)
        shape.grace = 0; /* counted already */
    else if (shape.grace > 0 && rule_number(rules, RULE_SCHEDULE_GRACE_LIST_ROWS))
        shape.zero_rows = (unsigned)shape.grace;
    return shape;
}

static bool has_down_payment(const struct loan *loan)
{
    return rule_is_set(loan->rules, RULE_SCHEDULE_DOWN_PAYMENT);
}

unsigned plan_rows_max(struct arena *arena, const struct loan *loan, struct amount amount)
{
    struct amount rest = amount_sub(arena, amount, rule_down_payment(arena, loan->rules, amount));
    if (amount_sign(rest) <= 0)
        return 1; /* plan_make() refuses it */
    struct shape shape = shape_of(arena, loan, rest);
    return has_down_payment(loan) + shape.zero_rows + shape.rows;
}

unsigned plan_rows_of(struct arena *arena, const struct loan *loan, struct amount amount,
                      unsigned rows)
{
    if (rule_split(loan->rules) != RULE_SPLIT_FIXED)
        return rows;
    unsigned wanted = split_fixed_rows(
        arena, amount, rule_amount(loan->rules, RULE_SCHEDULE_SPLIT_FIXED), RULE_INSTALLMENTS_MAX);
    return wanted > rows ? wanted : rows;
}

const struct fraction *plan_shares(struct arena *arena, const struct rule_scope *rules,
                                   const unsigned *which, unsigned count)
{
    const struct fraction *all = rules->value[RULE_SCHEDULE_SPLIT_SHARES].fractions;
    struct fraction *shares = arena_alloc(arena, count * sizeof *shares);
    struct amount sum = AMOUNT_ZERO; /* they have one denominator, which falls away */
    for (unsigned i = 0; i < count; i++)
        sum = amount_add(arena, sum, all[which == NULL ? i : which[i]].num);
    for (unsigned i = 0; i < count; i++)
        shares[i] = (struct fraction){all[which == NULL ? i : which[i]].num, sum};
    return shares;
}

void plan_split(struct arena *arena, const struct loan *loan, struct amount amount,
                const unsigned *which, unsigned count, struct amount *parts)
{
    const struct rule_scope *rules = loan->rules;
    switch (rule_split(rules)) {
    case RULE_SPLIT_SHARES: {
        struct split_rounding rounding = rule_rounding(rules);
        split_shares(arena, amount, plan_shares(arena, rules, which, count), count, &rounding,
                     parts);
        break;
    }
    case RULE_SPLIT_FIXED:
        split_fixed(arena, amount, rule_amount(rules, RULE_SCHEDULE_SPLIT_FIXED), count, parts);
        break;
    case RULE_SPLIT_EQUAL: {
        struct split_rounding rounding = rule_rounding(rules);
        split_equal(arena, amount, count, &rounding, parts);
        break;
    }
    case RULE_SPLIT_CUSTOM: /* take_rows() */
        break;
    case RULE_SPLIT_BULLET:
        parts[0] = amount;
        break;
    }
}

/* ${row} is cleared already. */
static void set_row(struct row *row, int32_t n, struct date due, struct amount principal)
{
    row->n = n;
    row->due_nominal = row->due = due;
    row->paid_on = DATE_NONE;
    row->due_of[COMPONENT_PRINCIPAL] = principal;
}

/* The loan's own rows, as they are; ${row} comes after the down payment. */
static enum fault_code take_rows(struct arena *arena, const struct loan *loan,
                                 struct date disbursed, struct amount rest, struct row *row)
{
    struct amount sum = AMOUNT_ZERO;
    for (unsigned i = 0; i < loan->plan_count; i++) {
        const struct loan_row *own = &loan->plan[i];
        if (!date_before(disbursed, own->due))
            return FAULT_PLAN_EARLY;
        set_row(&row[i], own->n, own->due, own->amount);
        sum = amount_add(arena, sum, own->amount);
    }
    return amount_compare(sum, rest) == 0 ? FAULT_NONE : FAULT_PLAN_SUM;
}

static bool same_month(struct date a, struct date b)
{
    int year[2], month[2], day;
    date_split(a, &year[0], &month[0], &day);
    date_split(b, &year[1], &month[1], &day);
    return year[0] == year[1] && month[0] == month[1];
}

struct date plan_business_day(const struct rule_scope *rules, struct date nominal,
                              struct date earliest, struct date latest)
{
    const struct calendar *calendar = rules->value[RULE_SCHEDULE_DUE_CALENDAR].calendar;
    enum rule_holiday holiday = (enum rule_holiday)rule_number(rules, RULE_SCHEDULE_DUE_HOLIDAY);
    if (holiday == RULE_HOLIDAY_NONE || calendar_is_business(calendar, nominal))
        return nominal;
    struct date next = calendar_next(calendar, nominal);
    struct date previous = calendar_previous(calendar, nominal);
    bool early = holiday == RULE_HOLIDAY_PREVIOUS ||
                 (holiday == RULE_HOLIDAY_MODIFIED_NEXT && !same_month(next, nominal));
    bool may_be_early = !date_before(previous, earliest), may_be_late = !date_before(latest, next);
    if (!may_be_early && !may_be_late)
        return nominal; /* no business day at all between the two */
    return (early && may_be_early) || !may_be_late ? previous : next;
}

/* The due dates of rows whose nominal dates stand; a down payment does not move. */
static enum fault_code move_off_holidays(const struct rule_scope *rules, struct date disbursed,
                                         struct date latest, struct row *rows, unsigned count)
{
    for (unsigned i = rows[0].n == 0; i < count; i++) {
        rows[i].due = plan_business_day(rules, rows[i].due_nominal, disbursed, latest);
        if (!date_in_range(rows[i].due))
            return FAULT_PLAN_TOO_LATE;
        assert(i == 0 || !date_before(rows[i].due, rows[i - 1].due));
    }
    return FAULT_NONE;
}

enum fault_code plan_make(struct arena *arena, const struct loan *loan, struct date disbursed,
                          struct amount amount, struct row *rows, unsigned *count)
{
    struct amount down = rule_down_payment(arena, loan->rules, amount);
    struct amount rest = amount_sub(arena, amount, down);
    bool starts_with_0 = has_down_payment(loan);
    if (starts_with_0 && (amount_sign(down) <= 0 || amount_sign(rest) <= 0))
        return FAULT_PLAN_ROW_VANISHES;
    struct shape shape = shape_of(arena, loan, rest);
    struct periods periods = periods_of(loan, disbursed);
    bool given = rule_number(loan->rules, RULE_SCHEDULE_DUE_ANCHOR) == RULE_ANCHOR_GIVEN;
    int32_t first = given ? 0 : shape.grace + shape.step;
    struct date latest = latest_of(loan, &periods);
    struct row *row = rows;

    memset(rows, 0, (starts_with_0 + shape.zero_rows + shape.rows) * sizeof *rows);
    if (rule_split(loan->rules) == RULE_SPLIT_CUSTOM) {
        if (starts_with_0)
            set_row(row++, 0, disbursed, down);
        *count = starts_with_0 + loan->plan_count;
        return take_rows(arena, loan, disbursed, rest, row);
    }
    struct amount *parts = arena_alloc(arena, shape.rows * sizeof *parts);
    plan_split(arena, loan, rest, NULL, shape.rows, parts);
    if (!split_is_positive(parts, shape.rows))
        return FAULT_PLAN_ROW_VANISHES;
    if (!given)
        find_start(&periods, loan, disbursed, first);
    if (starts_with_0)
        set_row(row++, 0, disbursed, down);
    for (unsigned k = 1; k <= shape.zero_rows; k++) {
        struct date due = period(&periods, (int32_t)k);
        if (date_before(disbursed, due))
            set_row(row++, ROW_UNNUMBERED, due, AMOUNT_ZERO);
    }
    for (unsigned k = 0; k < shape.rows; k++) {
        struct date due = period(&periods, first + (int32_t)k);
        if (date_before(latest, due) && k + 1 == shape.rows) {
            due = latest;
            if (date_before(due, date_add_days(disbursed, given ? 0 : 1)) ||
                (row > rows && !date_before(row[-1].due_nominal, due)))
                return FAULT_PLAN_LATEST;
        }
        if (!date_in_range(due))
            return FAULT_PLAN_TOO_LATE;
        assert(k == 0 || date_before(row[-1].due_nominal, due));
        set_row(row++, (int32_t)k + 1, due, parts[k]);
    }
    *count = (unsigned)(row - rows);
    if (rule_number(loan->rules, RULE_SCHEDULE_DUE_HOLIDAY) == RULE_HOLIDAY_NONE)
        return FAULT_NONE;
    return move_off_holidays(loan->rules, disbursed, latest, rows, *count);
}

struct date plan_latest(const struct loan *loan, struct date disbursed)
{
    struct periods periods = periods_of(loan, disbursed);
    return latest_of(loan, &periods);
}

struct date plan_due(struct arena *arena, const struct loan *loan, struct date disbursed,
                     struct amount amount, unsigned k)
{
    struct shape shape = shape_of(arena, loan, amount);
    struct periods periods = periods_of(loan, disbursed);
    bool given = rule_number(loan->rules, RULE_SCHEDULE_DUE_ANCHOR) == RULE_ANCHOR_GIVEN;
    int32_t first = given ? 0 : shape.grace + shape.step;
    if (!given)
        find_start(&periods, loan, disbursed, first);
    return period(&periods, first + (int32_t)k - 1);
}
