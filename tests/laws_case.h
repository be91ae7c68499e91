/*
 * A random loan book of one loan, as text: a program put together from clauses, the loan's row and
 * its events.  The types of events come from the table: a new one takes part as soon as it is
 * there.
 */
#ifndef NOL_LAWS_CASE_H
#define NOL_LAWS_CASE_H

#include "expect.h"

#include "event.h"
#include "load.h"

enum { CASE_EVENTS_MAX = 16, CASE_FIELD = 24, CASE_TEXT = 8192 };

/* Of each clause a case takes one of the variants; the first is the plainest. */
enum case_clause {
    CASE_SCHEDULE,
    CASE_ALLOCATION,
    CASE_PENALTY,
    CASE_FEES,
    CASE_SMALL,
    CASE_FORGIVENESS,
    CASE_RELIEF,
    CASE_SUBSIDY,
    CASE_ARREARS,
    CASE_AMENDMENTS,
    CASE_CLAUSES
};

enum { CASE_VARIANTS = 6 };

static const char *const case_clauses[CASE_CLAUSES][CASE_VARIANTS] = {
    [CASE_SCHEDULE] =
        {"schedule: {installments: 3, every: 1 month, split: equal, due: {missing_day:\n"
         "  last-of-month}, rounding: {unit: 1, mode: down, residual: last}}\n",
         "schedule: {installments: 5, every: 2 weeks, split: equal, rounding: {unit: 10, mode:\n"
         "  half-even, residual: first}}\n",
         "schedule: {every: 10 days, split: {shares: [20%, 10%, 70%]}, down_payment: 1/3,\n"
         "  rounding: {unit: 1, mode: half-up, residual: cumulative}}\n",
         "schedule: {installments: 4, every: 1 month, split: equal, grace: {length: 2 months,\n"
         "  place: before-term, list_rows: true}, due: {missing_day: first-of-next}, rounding:\n"
         "  {unit: 1, mode: down, residual: leading}}\n",
         "schedule: {every: 1 month, split: {fixed: 170}, due: {missing_day: last-of-month},\n"
         "  rounding: {unit: 1, mode: up, residual: last}}\n",
         "schedule: {installments: 1, every: 3 months, split: bullet, due: {missing_day:\n"
         "  last-of-month}, rounding: {unit: 1, mode: down, residual: last}}\n"},
    [CASE_ALLOCATION] = {"excess: hold", "excess: next", "excess: last, by: component",
                         "excess: re-spread, excess_components: [principal, penalty]",
                         "excess: refund, components: [principal, fee, penalty]",
                         "excess: next, excess_components: [fee]"},
    [CASE_PENALTY] =
        {"",
         "penalty: {kind: per-day, rate: 0.3%, after: 5 days, cap: 90, rounding:\n"
         "  {unit: 1, mode: half-up}}\n",
         "penalty: {kind: flat, amount: 15, applies_if: able}\n",
         "penalty: {kind: per-month, rate: 2%, count: begun, rounding: {unit: 1, mode:\n"
         "  up}}\n",
         "penalty: {kind: share, rate: 1/7, base: installment, after: 2 days, rounding:\n"
         "  {unit: 1, mode: down}}\n"},
    [CASE_FEES] = {"",
                   "fees:\n  - {id: visit, amount: 4, when: each-installment, collect:\n"
                   "     with-installment}\n",
                   "fees:\n  - {id: admin, amount: {rate: 1%, of: disbursed}, when: disbursement,\n"
                   "     collect: deduct, rounding: {unit: 1, mode: up}}\n",
                   "fees:\n  - {id: entry, amount: 9, when: disbursement, collect: upfront}\n"},
    [CASE_SMALL] = {"", "small_amounts: {forgive_below: 60, keep_credit_below: 40}\n"},
    [CASE_FORGIVENESS] = {"",
                          "forgiveness:\n  - {id: most, when: {repaid: 50%, within: 9 months},\n"
                          "     forgive: {share: 10%}, rounding: {unit: 1, mode: half-up}}\n",
                          "forgiveness:\n  - {id: rest, when: {repaid: rest, by: 2025-06-30,\n"
                          "     never_late: true}, forgive: {bands: [{up_to: 300, share: 20%},\n"
                          "     {up_to: 900, share: 10%}]}, rounding: {unit: 1, mode: down}}\n"},
    [CASE_RELIEF] = {"",
                     "relief:\n  - {id: holiday, from: 2024-05-03, until: 2024-06-20, effect:\n"
                     "     freeze-days}\n",
                     "relief:\n  - {id: holiday, from: 2024-04-15, until: 2024-06-20, effect:\n"
                     "     shift}\n"},
    [CASE_SUBSIDY] = {"", "subsidy: {rate: 7%, basis: daily, on: actual, day_count: actual/365,\n"
                          "  rounding: {unit: 1, mode: half-up}}\n"},
    [CASE_ARREARS] = {"count_from: day-after-due",
                      "count_from: end-of-tolerance, tolerance: 4 days, ignore_below: 20",
                      "count_from: due-date, cure: cleared",
                      "count_from: day-after-due, basis: demand-letters",
                      "count_from: day-after-due, cure: {clean: 2 months}"},
    [CASE_AMENDMENTS] = {"", "amendments:\n  - {from: 2024-06-01, set: [{path: "
                             "arrears.classes.bad.provision, was: 40%, value: 60%}]}\n"},
};

struct case_event {
    enum event_type type;
    char field[EVENT_COLUMNS][CASE_FIELD]; /* as written */
};

struct laws_case {
    uint64_t seed;
    unsigned variant[CASE_CLAUSES];
    int64_t principal;
    bool by_events; /* disburse events pay it out */
    struct date start, as_of;
    struct case_event events[CASE_EVENTS_MAX];
    unsigned count;
};

/* --- text --- */

__attribute__((format(printf, 2, 3))) static void case_put(char *out, const char *format, ...)
{
    va_list arguments;
    size_t len = strlen(out);
    va_start(arguments, format);
    (void)vsnprintf(out + len, CASE_TEXT - len, format, arguments);
    va_end(arguments);
    assert_true(strlen(out) < CASE_TEXT - 1);
}

/* The clause and its event come with each other. */
static void case_put_reschedule(char *out)
{
    if (event_type_of(text_of("reschedule")) != EVENT_TYPES)
        case_put(out, "reschedule: {kinds: [move, extend, grace, re-age, re-amortize]}\n");
}

static const char *case_yaml(const struct laws_case *drawn)
{
    char *out = arena_alloc(&expect_arena, CASE_TEXT);
    const char *clause[CASE_CLAUSES];
    for (unsigned i = 0; i < CASE_CLAUSES; i++)
        clause[i] = case_clauses[i][drawn->variant[i]];
    *out = '\0';
    case_put(out, "nol: rules/1\nkind: loan\nid: lend\ntitle: A lender\nstatus: illustrative\n"
                  "currency: {code: IDR, decimals: 0}\nin_force: 2020-01-01\n"
                  "principal: {min: 200, max: 5000}\n");
    case_put(out, "%s", clause[CASE_SCHEDULE]);
    for (unsigned i = CASE_PENALTY; i <= CASE_SUBSIDY; i++)
        case_put(out, "%s", clause[i]);
    case_put_reschedule(out);
    case_put(out, "allocation: {%s, types: {goodwill: {excess: last, funded_by: program}}}\n",
             clause[CASE_ALLOCATION]);
    case_put(out,
             "arrears: {%s, classes: [{id: good, range: 0..30, provision: 1%%},\n"
             "  {id: bad, range: 31.., provision: 40%%}], non_performing: [bad],\n"
             "  provision: {base: outstanding, less: collateral, rounding: {unit: 1, mode:\n"
             "  half-up}}}\n",
             clause[CASE_ARREARS]);
    case_put(out, "%s", clause[CASE_AMENDMENTS]);
    return out;
}

static const char case_loan_header[] = "account_id,program,principal,agreed,disbursed";

static const char *case_loan(const struct laws_case *drawn)
{
    char *out = arena_alloc(&expect_arena, CASE_TEXT);
    *out = '\0';
    case_put(out, "L,lend,%lld,%s,%s", (long long)drawn->principal, date_string(drawn->start),
             drawn->by_events ? "" : date_string(drawn->start));
    return out;
}

static const char *case_event_header(void)
{
    char *out = arena_alloc(&expect_arena, CASE_TEXT);
    *out = '\0';
    for (unsigned i = 0; i < EVENT_COLUMNS; i++)
        case_put(out, "%s%s", i == 0 ? "" : ",", load_event_columns[i].name);
    return out;
}

static const char *case_event_row(const struct case_event *event)
{
    char *out = arena_alloc(&expect_arena, CASE_TEXT);
    *out = '\0';
    for (unsigned i = 0; i < EVENT_COLUMNS; i++)
        case_put(out, "%s%s", i == 0 ? "" : ",", event->field[i]);
    return out;
}

/* All that somebody needs to see it again. */
static const char *case_string(const struct laws_case *drawn)
{
    char *out = arena_alloc(&expect_arena, CASE_TEXT);
    *out = '\0';
    case_put(out, "case seed %llu, as of %s\n--- rules\n%s--- loans.csv\n%s\n%s\n",
             (unsigned long long)drawn->seed, date_string(drawn->as_of), case_yaml(drawn),
             case_loan_header, case_loan(drawn));
    case_put(out, "--- events.csv\n%s\n", case_event_header());
    for (unsigned i = 0; i < drawn->count; i++)
        case_put(out, "%s\n", case_event_row(&drawn->events[i]));
    return out;
}

/* --- chance --- */

__attribute__((format(printf, 3, 4))) static void
case_fill(struct case_event *event, enum event_column column, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(event->field[column], CASE_FIELD, format, arguments);
    va_end(arguments);
}

/* Whether an account of a loan can have events of the type. */
static bool case_takes(enum event_type type)
{
    return event_is_of_loans(type) && type != EVENT_UNIDENTIFIED;
}

/* Payments are as likely as all other types together: without them little happens. */
static enum event_type case_type(void)
{
    enum event_type type = EVENT_REPAY;
    if (chance() % 2 == 0)
        return type;
    do
        type = (enum event_type)(chance() % EVENT_TYPES);
    while (!case_takes(type));
    return type;
}

/* An event that ${type} may refer to, or nothing. */
static void case_refer(const struct laws_case *drawn, struct case_event *event)
{
    for (unsigned tries = 0; tries < 8 && drawn->count > 0; tries++) {
        const struct case_event *other = &drawn->events[chance() % drawn->count];
        bool pays = event_is_payment(other->type) || other->type == EVENT_RECOVER;
        if (event->type == EVENT_REVERSE ||
            (event->type == EVENT_WAIVE && other->type == EVENT_CHARGE) ||
            (event->type == EVENT_CHARGEBACK && pays)) {
            case_fill(event, EVENT_REF, "%s", other->field[EVENT_EVENT_ID]);
            return;
        }
    }
}

/* Semantics 3: what each kind fills. */
static void case_reschedule(struct case_event *event, struct date date)
{
    static const char *const kinds[] = {"move", "extend", "grace", "re-age", "re-amortize"};
    unsigned kind = (unsigned)(chance() % COUNT_OF(kinds));
    case_fill(event, EVENT_KIND, "%s", kinds[kind]);
    if (kind == 0 || kind == 3)
        case_fill(event, EVENT_DUE, "%s",
                  date_string(date_add_days(date, (int32_t)chance_in(0, 90))));
    if (kind == 1 || kind == 3)
        case_fill(event, EVENT_INSTALLMENTS, "%d", (int)chance_in(1, 4));
    if (kind == 3)
        case_fill(event, EVENT_EVERY, "%s", chance() % 2 == 0 ? "" : "20 days");
    if (kind == 2)
        case_fill(event, EVENT_GRACE, "%s", chance() % 2 == 0 ? "2 months" : "4 weeks");
}

static void case_draw_event(const struct laws_case *drawn, struct case_event *event)
{
    enum event_type type = case_type();
    const struct event_kind *kind = event_kind(type);
    struct date date = date_add_days(drawn->start, (int32_t)chance_in(0, 330));
    *event = (struct case_event){.type = type};
    case_fill(event, EVENT_EVENT_ID, "E%02u", drawn->count);
    case_fill(event, EVENT_ACCOUNT_ID, "L");
    case_fill(event, EVENT_TYPE, "%s", type == EVENT_OWN ? "goodwill" : kind->name);
    if (drawn->by_events && drawn->count == 0) { /* the first pays out */
        case_fill(event, EVENT_TYPE, "disburse");
        *event = (struct case_event){
            .type = EVENT_DISBURSE,
            .field = {
                [EVENT_EVENT_ID] = "E00", [EVENT_ACCOUNT_ID] = "L", [EVENT_TYPE] = "disburse"}};
        case_fill(event, EVENT_DATE, "%s", date_string(drawn->start));
        case_fill(event, EVENT_AMOUNT, "%lld", (long long)chance_in(150, drawn->principal));
        return;
    }
    case_fill(event, EVENT_DATE, "%s", date_string(date));
    if (kind->amount != EVENT_AMOUNT_NO_AMOUNT &&
        !(kind->amount == EVENT_AMOUNT_OPTIONAL && chance() % 2 == 0))
        case_fill(event, EVENT_AMOUNT, "%lld",
                  (long long)chance_in(1, type == EVENT_WAIVE ? 12 : drawn->principal / 2));
    if (chance() % 4 == 0)
        case_fill(event, EVENT_RECORDED, "%s",
                  date_string(date_add_days(date, (int32_t)chance_in(0, 90))));
    if (chance() % 8 == 0)
        case_fill(event, EVENT_SEQ, "%d", (int)chance_in(1, 3));
    if ((kind->columns & EVENT_NEEDS_DOCUMENT) != 0 || chance() % 16 == 0)
        case_fill(event, EVENT_DOCUMENT, "D%u", drawn->count);
    if ((kind->columns & EVENT_NEEDS_REF) != 0 ||
        ((kind->columns & EVENT_TAKES_REF) != 0 && chance() % 2 == 0))
        case_refer(drawn, event);
    if ((kind->columns & EVENT_NEEDS_COMPONENT) != 0)
        case_fill(event, EVENT_COMPONENT, "%s", chance() % 2 == 0 ? "fee" : "penalty");
    if (type == event_type_of(text_of("reschedule")))
        case_reschedule(event, date);
    else if ((kind->columns & EVENT_TAKES_DUE) != 0 && chance() % 2 == 0)
        case_fill(event, EVENT_DUE, "%s",
                  date_string(date_add_days(date, (int32_t)chance_in(-20, 200))));
    if (type == EVENT_CLASSIFY)
        case_fill(event, EVENT_KIND, "%s", chance() % 2 == 0 ? "good" : "bad");
}

/* The loan without events. */
static void case_draw(struct laws_case *drawn, uint64_t seed)
{
    chance_state = seed;
    *drawn = (struct laws_case){.seed = seed, .principal = chance_in(200, 1500)};
    for (unsigned i = 0; i < CASE_CLAUSES; i++) {
        unsigned variants = 1;
        while (variants < CASE_VARIANTS && case_clauses[i][variants] != NULL)
            variants++;
        if (i <= CASE_ALLOCATION || chance() % 3 == 0)
            drawn->variant[i] = (unsigned)(chance() % variants);
    }
    drawn->start = date_add_days(D("2024-01-01"), (int32_t)chance_in(0, 60));
    drawn->as_of = date_add_days(drawn->start, (int32_t)chance_in(200, 420));
    drawn->by_events = chance() % 4 == 0;
}

#endif
