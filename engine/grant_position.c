#include "grant_position.h"

#include "grant_condition.h"
#include "rounding.h"
#include "rule_check.h"

/* A position being made. */
struct making {
    const struct grant_state *state;
    struct arena *arena;
    const struct rule_scope *rules; /* in force at as-of */
    struct date as_of;
    struct grant_position *position;
};

static struct amount less_floored(struct arena *arena, struct amount a, struct amount b)
{
    return amount_compare(a, b) <= 0 ? AMOUNT_ZERO : amount_sub(arena, a, b);
}

/* --- tranches and reports --- */

static void lapse_tranches(const struct making *m)
{
    const struct grant_state *state = m->state;
    struct grant_position *position = m->position;
    position->lapsed_of = ARENA_ARRAY(m->arena, struct amount, state->tranche_count);
    for (unsigned i = 0; i < state->tranche_count; i++) {
        const struct grant_tranche *tranche = &state->tranches[i];
        if (!date_before(grant_state_last_day(state, tranche), m->as_of))
            continue;
        position->lapsed_of[i] = amount_sub(m->arena, tranche->planned, tranche->paid);
        position->lapsed = amount_add(m->arena, position->lapsed, position->lapsed_of[i]);
    }
}

static void count_reports(const struct making *m)
{
    struct grant_position *position = m->position;
    int32_t overdue = 0;
    for (unsigned i = 0; i < m->state->report_count; i++) {
        const struct grant_report *report = &m->state->reports[i];
        struct date due = grant_state_due(m->state, report);
        if (!date_is_set(due) || date_before(m->as_of, due))
            continue;
        position->reports_due++;
        if (!grant_report_is_missing(report) || !date_before(due, m->as_of))
            continue;
        overdue++;
        if (m->as_of.day - due.day > position->days_report_overdue)
            position->days_report_overdue = m->as_of.day - due.day;
    }
    position->figure[GRANT_REPORTS_OVERDUE] = amount_of(overdue);
}

/* --- clawback --- */

struct grant_claim grant_position_claim(const struct grant_state *state,
                                        const struct rule_scope *clause, struct date as_of)
{
    struct arena *arena = state->arena;
    const struct rule_value *value = clause->value;
    const struct rule_scope *when = value[RULE_CLAWBACK_CLAUSES_WHEN].items[0];
    const struct rule_value *of = &value[RULE_CLAWBACK_CLAUSES_DECLINING_OF];
    struct grant_claim claim = {
        .base = value[RULE_CLAWBACK_CLAUSES_AMOUNT].amount, .left = 1, .months = 1};
    claim.holds = grant_condition_failed(state, when, as_of) == NULL;
    if (!claim.holds)
        return claim;
    if (value[RULE_CLAWBACK_CLAUSES_AMOUNT].number == RULE_CLAWBACK_PAID)
        claim.base = state->paid;
    else if (value[RULE_CLAWBACK_CLAUSES_AMOUNT].number == RULE_CLAWBACK_UNACCOUNTED)
        claim.base = amount_sub(arena, state->paid, state->accounted);
    if (value[RULE_CLAWBACK_CLAUSES_DECLINING].set) {
        struct date from = grant_state_date(state, of);
        struct date breach = grant_condition_event(state, when)->date;
        claim.months = claim.left = value[RULE_CLAWBACK_CLAUSES_DECLINING_MONTHS].number;
        if (date_is_set(from) && date_before(from, breach))
            claim.left -= date_months_between(from, breach);
        claim.left = claim.left < 0 ? 0 : claim.left;
    }
    claim.amount = claim.base;
    if (value[RULE_CLAWBACK_CLAUSES_ROUNDING].set)
        claim.amount = rounding_quotient(
            arena, claim.base, amount_of(claim.left), amount_of(claim.months),
            value[RULE_CLAWBACK_CLAUSES_ROUNDING_UNIT].amount,
            (enum rounding_mode)value[RULE_CLAWBACK_CLAUSES_ROUNDING_MODE].number);
    return claim;
}

static struct text id_of(const struct rule_scope *clause)
{
    return clause->value[RULE_CLAWBACK_CLAUSES_ID].text;
}

static struct text joined(struct arena *arena, struct text a, struct text b)
{
    char *bytes = arena_alloc(arena, a.len + b.len + 1);
    if (a.len == 0)
        return b;
    memcpy(bytes, a.ptr, a.len);
    bytes[a.len] = ' ';
    memcpy(bytes + a.len + 1, b.ptr, b.len);
    return (struct text){bytes, a.len + 1 + b.len};
}

/* The first notice of one of the clauses that hold. */
static void find_refund_due(const struct making *m, const bool *holds)
{
    const struct rule_value *clauses = &m->rules->value[RULE_CLAWBACK_CLAUSES];
    struct span payable = m->rules->value[RULE_CLAWBACK_PAYABLE].span;
    for (size_t n = 0; n < m->state->notice_count; n++)
        for (unsigned i = 0; i < clauses->count; i++) {
            if (!holds[i] || !text_equal(id_of(clauses->items[i]), m->state->notices[n]->ref))
                continue;
            m->position->refund_due =
                date_add_span(m->state->notices[n]->date, payable, 1, MISSING_LAST_OF_MONTH);
            return;
        }
}

static void claw_back(const struct making *m)
{
    const struct rule_value *clauses = &m->rules->value[RULE_CLAWBACK_CLAUSES];
    bool sums = rule_number(m->rules, RULE_CLAWBACK_COMBINE) == RULE_COMBINE_SUM;
    struct grant_position *position = m->position;
    bool *holds = ARENA_ARRAY(m->arena, bool, clauses->count);
    for (unsigned i = 0; i < clauses->count; i++) {
        struct grant_claim clause = grant_position_claim(m->state, clauses->items[i], m->as_of);
        struct amount claim = clause.amount;
        holds[i] = clause.holds;
        if (!clause.holds || amount_is_zero(claim))
            continue;
        if (sums) {
            position->clawback = amount_add(m->arena, position->clawback, claim);
            position->clause = joined(m->arena, position->clause, id_of(clauses->items[i]));
        } else if (amount_compare(claim, position->clawback) > 0) {
            position->clawback = claim;
            position->clause = id_of(clauses->items[i]);
        }
    }
    position->clawback = amount_least(position->clawback, m->state->paid);
    if (amount_is_zero(position->clawback))
        position->clause = (struct text){"", 0};
    find_refund_due(m, holds);
}

/* --- arrears of the refund --- */

static void class_refund(const struct making *m)
{
    const struct rule_value *classes = &m->rules->value[RULE_ARREARS_CLASSES];
    struct grant_position *position = m->position;
    struct amount outstanding = position->figure[GRANT_REFUND_OUTSTANDING];
    if (amount_is_zero(outstanding))
        return;
    if (date_is_set(position->refund_due) && date_before(position->refund_due, m->as_of))
        position->days_refund_overdue = m->as_of.day - position->refund_due.day;
    for (unsigned i = 0; i < classes->count; i++) {
        const struct rule_value *value = classes->items[i]->value;
        const struct rule_value *range = &value[RULE_ARREARS_CLASSES_RANGE];
        const struct fraction rate = value[RULE_ARREARS_CLASSES_PROVISION].fraction;
        if (position->days_refund_overdue < range->from ||
            position->days_refund_overdue > range->upto)
            continue;
        position->class_id = value[RULE_ARREARS_CLASSES_ID].text;
        if (!amount_is_zero(rate.num)) /* else there may be no rounding */
            position->figure[GRANT_PROVISION] = rounding_quotient(
                m->arena, outstanding, rate.num, rate.den,
                rule_amount(m->rules, RULE_ARREARS_PROVISION_ROUNDING_UNIT),
                (enum rounding_mode)rule_number(m->rules, RULE_ARREARS_PROVISION_ROUNDING_MODE));
        return;
    }
}

/* --- all of it --- */

static enum grant_status status_of(const struct making *m)
{
    const struct grant_state *state = m->state;
    const struct grant_position *position = m->position;
    struct amount settled = amount_add(m->arena, state->paid, position->lapsed);
    if (amount_is_zero(state->paid))
        return GRANT_STATUS_AGREED;
    if (!amount_is_zero(position->figure[GRANT_REFUND_OUTSTANDING]))
        return GRANT_STATUS_REFUND;
    if (amount_compare(settled, state->grant->award) == 0 &&
        amount_is_zero(position->figure[GRANT_TO_ACCOUNT]))
        return GRANT_STATUS_COMPLETED;
    return GRANT_STATUS_ACTIVE;
}

void grant_position_of(const struct grant_state *state, struct date as_of,
                       struct grant_position *position)
{
    const struct making m = {state, state->arena, program_at(state->grant->program, as_of), as_of,
                             position};
    struct amount *figure = position->figure;
    *position = (struct grant_position){.status = GRANT_STATUS_CANCELLED, .refund_due = DATE_NONE};
    if (state->cancelled)
        return;
    figure[GRANT_AWARDED] = state->grant->award;
    figure[GRANT_PAID] = state->paid;
    figure[GRANT_IN_KIND] = state->in_kind;
    figure[GRANT_ACCOUNTED] = state->accounted;
    figure[GRANT_RETURNED] = state->returned;
    figure[GRANT_TO_ACCOUNT] =
        less_floored(m.arena, state->paid, amount_add(m.arena, state->accounted, state->returned));
    lapse_tranches(&m);
    count_reports(&m);
    claw_back(&m);
    figure[GRANT_REFUND_OUTSTANDING] = less_floored(m.arena, position->clawback, state->returned);
    class_refund(&m);
    position->status = status_of(&m);
}

const char *grant_status_name(enum grant_status status)
{
    static const char *const names[] = {"agreed", "active", "refund", "completed", "cancelled"};
    return names[status];
}

const char *grant_position_law(const struct grant_state *state,
                               const struct grant_position *position)
{
    struct arena *arena = state->arena;
    struct amount planned = AMOUNT_ZERO, paid = AMOUNT_ZERO, accounted = AMOUNT_ZERO;
    for (unsigned i = 0; i < state->tranche_count; i++) {
        const struct grant_tranche *tranche = &state->tranches[i];
        planned = amount_add(arena, planned, tranche->planned);
        paid = amount_add(arena, paid, tranche->paid);
        accounted = amount_add(arena, accounted, tranche->accounted);
        if (amount_compare(tranche->paid, tranche->planned) > 0 ||
            amount_compare(tranche->accounted, tranche->paid) > 0)
            return "of a tranche more is paid than planned, or accounted for than paid";
    }
    if (amount_compare(planned, state->grant->award) != 0)
        return "the tranches of a grant are not its award";
    if (amount_compare(paid, state->paid) != 0 || amount_compare(accounted, state->accounted) != 0)
        return "the totals of a grant are not the sums of its tranches";
    if (amount_compare(state->returned, paid) > 0)
        return "more of a grant is returned than was paid";
    if (state->cancelled)
        return amount_is_zero(paid) ? NULL : "something of a cancelled grant is paid";
    struct amount known = amount_add(arena, accounted, state->returned);
    struct amount beyond = less_floored(arena, known, paid);
    if (amount_compare(amount_add(arena, paid, beyond),
                       amount_add(arena, known, position->figure[GRANT_TO_ACCOUNT])) != 0)
        return "paid of a grant is not accounted for, returned and to be accounted for";
    if (amount_compare(position->clawback, paid) > 0)
        return "more of a grant is clawed back than was paid";
    return NULL;
}

bool grant_compute(struct arena *arena, const struct grant *grant, struct event **events,
                   size_t count, struct date as_of, struct date known_at,
                   struct grant_result *result)
{
    struct event **scratch = arena_alloc(arena, (count + 1) * sizeof *scratch);
    *result = (struct grant_result){.exists = grant_account_exists(grant, as_of, known_at)};
    event_sort(events, count);
    event_resolve(events, count, scratch, as_of, known_at);
    if (!result->exists)
        return true;
    result->events = events;
    result->event_count = count;
    grant_state_begin(&result->state, arena, grant, count);
    for (size_t i = 0; i < count; i++) {
        if (!events[i]->counts || events[i]->type == EVENT_REVERSE ||
            grant_account_apply(&result->state, events, count, events[i], &result->refusal))
            continue;
        result->refused = events[i];
        return false;
    }
    grant_position_of(&result->state, as_of, &result->position);
    result->broken_law = grant_position_law(&result->state, &result->position);
    return result->broken_law == NULL;
}
