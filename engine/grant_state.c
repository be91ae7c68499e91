#include "grant_state.h"

#include "rule_check.h"

void grant_state_begin(struct grant_state *state, struct arena *arena, const struct grant *grant,
                       size_t events)
{
    const struct rule_value *tranches = &grant->rules->value[RULE_TRANCHES];
    const struct rule_value *reports = &grant->rules->value[RULE_REPORTS];
    *state = (struct grant_state){
        .arena = arena,
        .grant = grant,
        .tranches = ARENA_ARRAY(arena, struct grant_tranche, tranches->count),
        .tranche_count = tranches->count,
        .reports = ARENA_ARRAY(arena, struct grant_report, reports->count),
        .report_count = reports->count,
        .last_paid = DATE_NONE,
        .happened = ARENA_ARRAY(arena, const struct event *, events),
        .notices = ARENA_ARRAY(arena, const struct event *, events),
    };
    for (unsigned i = 0; i < tranches->count; i++)
        state->tranches[i] = (struct grant_tranche){
            .rules = tranches->items[i],
            .id = tranches->items[i]->value[RULE_TRANCHES_ID].text,
            .in_kind = rule_number(tranches->items[i], RULE_TRANCHES_IN_KIND) == 1,
            .planned = grant->planned[i],
            .paid_on = DATE_NONE,
        };
    for (unsigned i = 0; i < reports->count; i++)
        state->reports[i] = (struct grant_report){
            .rules = reports->items[i],
            .id = reports->items[i]->value[RULE_REPORTS_ID].text,
            .submitted = DATE_NONE,
            .accepted = DATE_NONE,
        };
}

struct grant_tranche *grant_state_tranche(const struct grant_state *state, struct text id)
{
    for (unsigned i = 0; i < state->tranche_count; i++)
        if (text_equal(state->tranches[i].id, id))
            return &state->tranches[i];
    return NULL;
}

struct grant_report *grant_state_report(const struct grant_state *state, struct text id)
{
    for (unsigned i = 0; i < state->report_count; i++)
        if (text_equal(state->reports[i].id, id))
            return &state->reports[i];
    return NULL;
}

struct date grant_state_date(const struct grant_state *state, const struct rule_value *name)
{
    enum rule_date_name which = (enum rule_date_name)name->number;
    switch (which) {
    case RULE_DATE_AGREED:
        return state->grant->agreed;
    case RULE_DATE_LAST_PAID:
        return state->last_paid;
    case RULE_DATE_PAID: {
        const struct grant_tranche *tranche = grant_state_tranche(state, name->ids[0]);
        return tranche == NULL ? DATE_NONE : tranche->paid_on;
    }
    case RULE_DATE_SUBMITTED:
    case RULE_DATE_ACCEPTED:
        break;
    }
    const struct grant_report *report = grant_state_report(state, name->ids[0]);
    if (report == NULL)
        return DATE_NONE;
    return which == RULE_DATE_SUBMITTED ? report->submitted : report->accepted;
}

struct date grant_state_due(const struct grant_state *state, const struct grant_report *report)
{
    const struct rule_value *value = report->rules->value;
    struct date after = grant_state_date(state, &value[RULE_REPORTS_DUE_AFTER]);
    int year, month, day;
    if (!date_is_set(after))
        return DATE_NONE;
    if (value[RULE_REPORTS_DUE_PLUS].set)
        return date_add_span(after, value[RULE_REPORTS_DUE_PLUS].span, 1, MISSING_LAST_OF_MONTH);
    date_split(after, &year, &month, &day);
    int32_t months = value[RULE_REPORTS_DUE_MONTH].number - month;
    if (value[RULE_REPORTS_DUE_YEAR].number == RULE_YEAR_NEXT)
        months += 12;
    return date_in_month(after, months, value[RULE_REPORTS_DUE_DAY].number, MISSING_LAST_OF_MONTH);
}

struct date grant_state_last_day(const struct grant_state *state,
                                 const struct grant_tranche *tranche)
{
    const struct rule_value *value = tranche->rules->value;
    struct date after = DATE_NONE;
    if (value[RULE_TRANCHES_LAPSE].set)
        after = grant_state_date(state, &value[RULE_TRANCHES_LAPSE_AFTER]);
    if (!date_is_set(after))
        return DATE_UNLIMITED;
    return date_add_span(after, value[RULE_TRANCHES_LAPSE_PLUS].span, 1, MISSING_LAST_OF_MONTH);
}

static void fill_from(struct grant_state *state, const struct grant_report *report)
{
    const struct rule_value *covers = &report->rules->value[RULE_REPORTS_COVERS];
    struct amount left = report->accounted;
    for (unsigned i = 0; i < covers->count; i++) {
        struct grant_tranche *tranche = grant_state_tranche(state, covers->ids[i]);
        struct amount room = amount_sub(state->arena, tranche->paid, tranche->accounted);
        struct amount part = amount_least(left, room);
        tranche->accounted = amount_add(state->arena, tranche->accounted, part);
        state->accounted = amount_add(state->arena, state->accounted, part);
        left = amount_sub(state->arena, left, part);
    }
}

void grant_state_fill(struct grant_state *state)
{
    state->accounted = AMOUNT_ZERO;
    for (unsigned i = 0; i < state->tranche_count; i++)
        state->tranches[i].accounted = AMOUNT_ZERO;
    for (unsigned i = 0; i < state->report_count; i++)
        if (state->reports[i].stage == GRANT_REPORT_ACCEPTED)
            fill_from(state, &state->reports[i]);
}
