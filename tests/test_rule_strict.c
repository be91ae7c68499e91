/* rule_strict.h: what `nol check --strict` finds.  One line a case: slugs and places of one
 * program; the texts are in the golden cases. */
#include "lend.h"

#include "rule_check.h"
#include "rule_strict.h"

#define HEAD                                                                                       \
    "nol: rules/1\nkind: loan\nid: lend\ntitle: A lender\nstatus: illustrative\n"                  \
    "currency: {code: IDR, decimals: 0}\nin_force: 2026-01-01\n"                                   \
    "sources: {law: {title: A law}}\n"
#define PRINCIPAL "principal: {min: 1000, max: 9000, source: law}\n"
#define ALLOCATION "allocation: {excess: hold, source: law}\n"
#define CLASSES "classes: [{id: good, range: 0..30}, {id: bad, range: 31..}], non_performing: []"
#define ARREARS_OF(arrears) "arrears: {source: law, " arrears "}\n"
#define ARREARS ARREARS_OF("count_from: day-after-due, " CLASSES)
#define ROUNDING ", rounding: {unit: 1, mode: down, residual: last}"
#define SCHEDULE_OF(schedule) "schedule: {source: law, every: 1 month, " schedule "}\n"
#define SCHEDULE                                                                                   \
    SCHEDULE_OF("installments: 12, split: equal, due: {missing_day: last-of-month}" ROUNDING)
#define WITH_SCHEDULE(schedule)                                                                    \
    HEAD PRINCIPAL SCHEDULE_OF(schedule)                                                           \
    ALLOCATION ARREARS
#define WITH_ARREARS(arrears) HEAD PRINCIPAL SCHEDULE ALLOCATION ARREARS_OF(arrears)
#define AMENDED(amendments) HEAD PRINCIPAL SCHEDULE ALLOCATION ARREARS "amendments:\n" amendments

struct strict_case {
    const char *yaml, *slugs;
};

static struct calendar calendar;

static void strictly(const char *yaml)
{
    static const struct calendar *list[] = {&calendar};
    const struct calendars calendars = {list, 1};
    struct yaml_node *root = yaml_read(&expect_arena, &lend_file, text_of(yaml), &expect_faults);
    assert_non_null(root);
    const struct program *program =
        program_of_tree(&expect_arena, &lend_file, root, &calendars, &expect_faults);
    if (program == NULL)
        fail_msg("%s: %s %s", yaml, expect_faults.listed[0].text, faults_string());
    rule_strict(&expect_arena, program, &expect_faults);
}

static void strict_all(const struct strict_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        strictly(cases[i].yaml);
        const char *text = expect_faults.count > 0 ? expect_faults.listed[0].text : "";
        const char *kept = arena_copy(&expect_arena, text, strlen(text));
        const char *slugs = slugs_string();
        if (strcmp(slugs, cases[i].slugs) != 0)
            fail_msg("case %zu: '%s', expected '%s': %s", i, slugs, cases[i].slugs, kept);
    }
}

static void test_sources(void **state)
{
    static const struct strict_case cases[] = {
        {HEAD PRINCIPAL SCHEDULE ALLOCATION ARREARS, ""},
        {HEAD "principal: {min: 1000, max: 9000}\n" SCHEDULE "allocation: {excess: hold}\n" ARREARS,
         "source-absent source-absent"},
        /* an optional clause that is not there needs none */
        {HEAD PRINCIPAL SCHEDULE ALLOCATION ARREARS "write_off: {wait: 2 years}\n",
         "source-absent"},
        {AMENDED("  - {from: 2026-02-01, set: [{path: principal.max, was: 9000, value: 8000}]}\n"),
         "source-absent"},
    };
    (void)state;
    strict_all(cases, COUNT_OF(cases));
}

#define LAW(date) "sources: {law: {title: A law, in_force: " date "}}\n"
#define LAWFUL(head, law, rest) head law PRINCIPAL SCHEDULE ALLOCATION ARREARS rest
#define SHORT_HEAD(status)                                                                         \
    "nol: rules/1\nkind: loan\nid: lend\ntitle: A lender\nstatus: " status                         \
    "\ncurrency: {code: IDR, decimals: 0}\nin_force: 2026-01-01\n"

static void test_sources_in_force(void **state)
{
    static const struct strict_case cases[] = {
        {LAWFUL(SHORT_HEAD("verified"), LAW("2026-01-01"), ""), ""},
        {LAWFUL(SHORT_HEAD("verified"), "sources: {law: {title: A law}}\n", ""),
         "source-not-in-force"},
        {LAWFUL(SHORT_HEAD("reported"), "sources: {law: {title: A law}}\n", ""), ""},
        {LAWFUL(SHORT_HEAD("reported"), LAW("2026-01-02"), ""),
         "source-not-in-force source-not-in-force source-not-in-force source-not-in-force"},
        /* the later version has the same clauses: reported once */
        {LAWFUL(SHORT_HEAD("reported"), LAW("2026-01-02"),
                "amendments:\n  - {from: 2026-01-02, source: law, set: [{path: principal.max, was: "
                "9000, value: 8000}]}\n"),
         "source-not-in-force source-not-in-force source-not-in-force source-not-in-force"},
    };
    (void)state;
    strict_all(cases, COUNT_OF(cases));
}

static void test_classes_incomplete(void **state)
{
    static const struct strict_case cases[] = {
        {WITH_ARREARS("count_from: day-after-due, classes: [{id: a, range: 0..}]"),
         "classes-incomplete"},
        {WITH_ARREARS("count_from: day-after-due, classes: [{id: a, range: 0..0}, {id: b, range: "
                      "1.., provision: 1%}], non_performing: [], provision: {rounding: {unit: 1, "
                      "mode: down}}"),
         "classes-incomplete"},
        {WITH_ARREARS("count_from: day-after-due, classes: [{id: a, range: 0..0, provision: 0%}, "
                      "{id: b, range: 1.., provision: 1%}], non_performing: [], provision: "
                      "{rounding: {unit: 1, mode: down}}"),
         ""},
    };
    (void)state;
    strict_all(cases, COUNT_OF(cases));
}

/* The class `x` in the middle. */
#define MIDDLE(more, before, x, after)                                                             \
    WITH_ARREARS(more ", non_performing: [], classes: [{id: a, range: 0.." before                  \
                      "}, {id: x, range: " x "}, {id: b, range: " after "..}]")

static void test_classes_unreachable(void **state)
{
    static const struct strict_case cases[] = {
        {MIDDLE("count_from: day-after-due", "0", "1..1", "2"), ""},
        {MIDDLE("count_from: due-date", "0", "1..1", "2"), "class-unreachable"},
        {MIDDLE("count_from: due-date", "0", "1..2", "3"), ""},
        {MIDDLE("count_from: end-of-tolerance, tolerance: 9 days", "0", "1..1", "2"), ""},
        {MIDDLE("count_from: day-after-due, tolerance: 9 days", "0", "1..9", "10"),
         "class-unreachable"},
        {MIDDLE("count_from: day-after-due, tolerance: 9 days", "0", "1..10", "11"), ""},
        {MIDDLE("count_from: due-date, tolerance: 9 days", "0", "1..10", "11"),
         "class-unreachable"},
        {MIDDLE("count_from: due-date, tolerance: 9 days", "0", "1..11", "12"), ""},
        /* of these the count does not depend on the tolerance */
        {MIDDLE("count_from: due-date, basis: missed-installments", "0", "1..1", "2"), ""},
        {MIDDLE("count_from: due-date, basis: demand-letters", "0", "1..1", "2"), ""},
        {MIDDLE("count_from: due-date, basis: days-past-maturity, tolerance: 9 days", "0", "1..9",
                "10"),
         ""},
        /* 1 month late is up to the day before 2 months, at most 61 days (1 July to 31 August), 2
         * months at most 91 days (1 July to 30 September) */
        {MIDDLE("count_from: day-after-due, basis: months-past-due, tolerance: 60 days", "0",
                "1..1", "2"),
         ""},
        {MIDDLE("count_from: day-after-due, basis: months-past-due, tolerance: 61 days", "0",
                "1..1", "2"),
         "class-unreachable"},
        {MIDDLE("count_from: day-after-due, basis: months-past-due, tolerance: 90 days", "0",
                "1..2", "3"),
         ""},
        {MIDDLE("count_from: day-after-due, basis: months-past-due, tolerance: 91 days", "0",
                "1..2", "3"),
         "class-unreachable"},
        /* to 2199-12-31 there are 63551 days and 173 years with 11 months */
        {MIDDLE("count_from: day-after-due", "0", "1..63550", "63551"), ""},
        {MIDDLE("count_from: day-after-due", "0", "1..63551", "63552"), "class-unreachable"},
        {MIDDLE("count_from: end-of-tolerance, tolerance: 1 day", "0", "1..63549", "63550"), ""},
        {MIDDLE("count_from: end-of-tolerance, tolerance: 1 day", "0", "1..63550", "63551"),
         "class-unreachable"},
        {MIDDLE("count_from: day-after-due, basis: months-past-due", "0", "1..2086", "2087"), ""},
        {MIDDLE("count_from: day-after-due, basis: months-past-due", "0", "1..2087", "2088"),
         "class-unreachable"},
        /* days past maturity reach what the range does not */
        {MIDDLE("count_from: due-date", "0", "1..1, matured: 1..", "2"), ""},
    };
    (void)state;
    strict_all(cases, COUNT_OF(cases));
}

#define DUE(due) WITH_SCHEDULE("installments: 12, split: equal, due: {" due "}" ROUNDING)
#define DAY "missing_day: last-of-month"

static void test_dates(void **state)
{
    static const struct strict_case cases[] = {
        /* February has 28 days, and no first period is shorter */
        {DUE(DAY ", min_gap: 28 days"), "rule-without-effect"},
        {DUE(DAY ", min_gap: 29 days"), ""},
        {DUE(DAY ", min_gap: 1 month"), "rule-without-effect"},
        {DUE(DAY ", min_gap: 6 days, day: 5"), ""},
        {DUE(DAY ", min_gap: 5 days, day: 5"), "rule-without-effect"},
        {DUE(DAY ", min_gap: 1 day, anchor: agreed"), ""},
        {DUE(DAY ", min_gap: 90 days, anchor: given"), "rule-without-effect"},
        {DUE(DAY ", latest: 12 months"), "rule-without-effect"},
        {DUE(DAY ", latest: 350 days"), ""},
        /* row 11 falls due then, and row 12 cannot */
        {DUE(DAY ", latest: 11 months"), "rule-without-effect"},
        {DUE(DAY ", latest: 365 days"), ""}, /* years with a leap day are longer */
        {DUE(DAY ", latest: 366 days"), "rule-without-effect"},
        {DUE(DAY ", latest: 2026-01-01"), "rule-without-effect"},
        /* of 12 rows the 11th falls due on 2026-12-01 at the earliest, then comes the last */
        {DUE(DAY ", latest: 2026-12-01"), "rule-without-effect"},
        {DUE(DAY ", latest: 2026-12-02"), ""},
        {WITH_SCHEDULE(
             "installments: {min: 2, max: 14}, split: equal, due: {latest: 12 months, " DAY
             "}" ROUNDING),
         "rule-without-effect"},
        {WITH_SCHEDULE(
             "installments: {min: 2, max: 12}, split: equal, due: {latest: 13 months, " DAY
             "}, grace: {length: {min: 1 month, max: 4 months}, place: before-term}" ROUNDING),
         ""},
        {WITH_SCHEDULE(
             "installments: {min: 2, max: 12}, split: equal, due: {latest: 13 months, " DAY
             "}, grace: {length: {min: 2 months, max: 4 months}, place: before-term}" ROUNDING),
         "rule-without-effect"},
        {WITH_SCHEDULE("installments: 12, split: bullet, due: {latest: 2026-01-01, " DAY "}"),
         "rule-without-effect"},
        {WITH_SCHEDULE("installments: 12, split: bullet, due: {latest: 2026-01-02, " DAY "}"), ""},
        {DUE(DAY ", latest: 11 months, anchor: given"), "rule-without-effect"},
        {DUE(DAY ", latest: 320 days, anchor: given"), ""},
        /* within the term the grace adds nothing, before it 3 months */
        {WITH_SCHEDULE("installments: 12, split: equal, grace: {length: 3 months, place: "
                       "within-term}, due: {latest: 12 months, " DAY "}" ROUNDING),
         "rule-without-effect"},
        {WITH_SCHEDULE("installments: 12, split: equal, grace: {length: 3 months, place: "
                       "before-term}, due: {latest: 440 days, " DAY "}" ROUNDING),
         ""},
        {WITH_SCHEDULE("installments: 12, split: bullet, due: {latest: 11 months, " DAY "}"), ""},
        {WITH_SCHEDULE("installments: 12, split: bullet, due: {latest: 12 months, " DAY "}"),
         "rule-without-effect"},
        /* 9000 take 3 rows */
        {WITH_SCHEDULE("split: {fixed: 4000}, due: {latest: 70 days, " DAY "}"), ""},
        {WITH_SCHEDULE("split: {fixed: 4000}, due: {latest: 3 months, " DAY "}"),
         "rule-without-effect"},
        {WITH_SCHEDULE("split: {shares: [1/2, 1/2]}, due: {latest: 40 days, " DAY "}" ROUNDING),
         ""},
        {WITH_SCHEDULE("split: {shares: [1/2, 1/2]}, due: {latest: 2 months, " DAY "}" ROUNDING),
         "rule-without-effect"},
        {WITH_SCHEDULE("split: custom, due: {" DAY "}"), ""},
        {WITH_SCHEDULE("split: custom, due: {day: same, holiday: none, " DAY "}"), ""},
        {WITH_SCHEDULE("split: custom, due: {day: 5, holiday: next, calendar: id, min_gap: 1 day, "
                       "latest: 1 day, " DAY "}, grace: {length: 1 month, place: before-term}"),
         "rule-without-effect rule-without-effect rule-without-effect rule-without-effect "
         "rule-without-effect rule-without-effect"},
    };
    (void)state;
    calendar =
        (struct calendar){.id = text_of("id"), .from = D("2026-01-01"), .until = D("2199-12-31")};
    strict_all(cases, COUNT_OF(cases));
}

static void test_calendar(void **state)
{
    static const struct {
        const char *from, *until, *due, *slugs;
    } cases[] = {
        /* the first row of the first loan falls due on 2026-02-01 */
        {"2026-02-01", "2199-12-31", DAY ", holiday: next", ""},
        {"2026-02-02", "2199-12-31", DAY ", holiday: next", "calendar-left"},
        {"2026-03-01", "2199-12-31", DAY ", holiday: next, min_gap: 32 days", ""},
        {"2026-01-01", "2199-12-31", DAY ", holiday: next, anchor: given", ""},
        {"2026-01-02", "2199-12-31", DAY ", holiday: next, anchor: given", "calendar-left"},
        /* loans are made until the calendar of dates ends */
        {"2026-01-01", "2199-12-30", DAY ", holiday: next", "calendar-left"},
        {"2026-01-01", "2030-12-31", DAY ", holiday: next, latest: 2030-12-31", ""},
        {"2026-01-01", "2030-12-30", DAY ", holiday: next, latest: 2030-12-31", "calendar-left"},
        {"2026-01-01", "2030-12-31", DAY ", holiday: next, latest: 350 days", "calendar-left"},
        {"2026-01-01", "2030-12-31", DAY, "rule-without-effect"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char *due = arena_alloc(&expect_arena, 1024);
        (void)snprintf(due, 1024,
                       HEAD PRINCIPAL
                       "schedule: {source: law, every: 1 month, installments: 12, split: equal, "
                       "due: {calendar: id, %s}" ROUNDING "}\n" ALLOCATION ARREARS,
                       cases[i].due);
        calendar = (struct calendar){
            .id = text_of("id"), .from = D(cases[i].from), .until = D(cases[i].until)};
        strictly(due);
        const char *slugs = slugs_string();
        if (strcmp(slugs, cases[i].slugs) != 0)
            fail_msg("case %zu: '%s', expected '%s'", i, slugs, cases[i].slugs);
    }
}

/* With `anchor: agreed` a version ends with the day before the next one. */
static void test_calendar_of_a_version(void **state)
{
    static const char *const yaml =
        HEAD PRINCIPAL SCHEDULE_OF("installments: 12, split: equal, due: {anchor: agreed, holiday: "
                                   "next, calendar: id, " DAY "}" ROUNDING) ALLOCATION ARREARS
        "amendments:\n  - {from: 2027-01-01, source: law, set: [{path: schedule.due.holiday, was: "
        "next, value: none}, {path: schedule.due.calendar, was: id, value: absent}]}\n";
    (void)state;
    calendar =
        (struct calendar){.id = text_of("id"), .from = D("2026-01-01"), .until = D("2027-12-31")};
    strictly(yaml);
    assert_faults("");
    calendar.until = D("2027-12-30"); /* agreed on 2026-12-31, the last row a year later */
    strictly(yaml);
    assert_faults("calendar-left 10:120");
}

#define WITH_ALLOCATION(allocation)                                                                \
    HEAD PRINCIPAL SCHEDULE "allocation: {source: law, " allocation "}\n" ARREARS
#define WITH_BY(max)                                                                               \
    HEAD "principal: {min: 1000, max: 9000, source: law, by: {column: c, max: {" max               \
         "}}}\n" SCHEDULE ALLOCATION ARREARS

static void test_effect(void **state)
{
    static const struct strict_case cases[] = {
        {WITH_BY("a: 9000, b: 8999"), ""},
        {WITH_BY("a: 9000, b: 9000"), "rule-without-effect"},
        {WITH_ALLOCATION("excess: next, excess_components: [principal]"), ""},
        {WITH_ALLOCATION("excess: last, excess_components: [principal]"), ""},
        {WITH_ALLOCATION("excess: re-spread, excess_components: [principal]"), ""},
        {WITH_ALLOCATION("excess: hold, excess_components: [principal]"), "rule-without-effect"},
        {WITH_ALLOCATION("excess: refund, excess_components: [principal]"), "rule-without-effect"},
        {WITH_ALLOCATION("excess: hold, excess_components: [principal], types: {a: {excess: "
                         "last}}"),
         ""},
        {WITH_ALLOCATION("excess: hold, excess_components: [principal], types: {a: {excess: last, "
                         "excess_components: [fee]}}"),
         "rule-without-effect"},
        {WITH_ALLOCATION("excess: hold, types: {a: {excess_components: [fee]}}"),
         "rule-without-effect"},
        {WITH_ALLOCATION("excess: next, types: {a: {excess_components: [fee]}}"), ""},
        {WITH_SCHEDULE("split: {fixed: 4000}, due: {" DAY "}" ROUNDING), "rule-without-effect"},
        {WITH_SCHEDULE("split: {fixed: 4000}, down_payment: 1/10, due: {" DAY "}" ROUNDING), ""},
        {HEAD PRINCIPAL SCHEDULE_OF("split: custom, due: {" DAY
                                    "}" ROUNDING) "allocation: {source: law, excess: hold, types: "
                                                  "{a: {excess: re-spread}}}\n" ARREARS,
         ""},
        {HEAD PRINCIPAL SCHEDULE ALLOCATION ARREARS
         "small_amounts: {forgive_below: 0, keep_credit_below: 0, source: law}\n",
         "rule-without-effect rule-without-effect"},
        {HEAD PRINCIPAL SCHEDULE ALLOCATION ARREARS
         "small_amounts: {forgive_below: 1, keep_credit_below: 1, source: law}\n",
         ""},
        {WITH_ARREARS("count_from: day-after-due, " CLASSES
                      ", provision: {rounding: {unit: 1, mode: down}}"),
         "rule-without-effect"},
    };
    (void)state;
    strict_all(cases, COUNT_OF(cases));
}

static void test_fees(void **state)
{
    static const struct strict_case cases[] = {
        {HEAD PRINCIPAL SCHEDULE ALLOCATION ARREARS
         "fees: [{id: a, amount: 5, when: disbursement, collect: upfront, source: law}]\n",
         ""},
        {HEAD PRINCIPAL SCHEDULE ALLOCATION ARREARS
         "fees: [{id: a, amount: {rate: 1%, of: principal}, when: disbursement, collect: upfront, "
         "rounding: {unit: 1, mode: down}, source: law}]\n",
         "qardh-fee"},
        {HEAD PRINCIPAL SCHEDULE ALLOCATION ARREARS
         "fees: [{id: a, amount: 5, when: disbursement, collect: upfront}]\n",
         "source-absent"},
    };
    (void)state;
    strict_all(cases, COUNT_OF(cases));
}

#define WITH_PENALTY(penalty)                                                                      \
    HEAD PRINCIPAL SCHEDULE ALLOCATION ARREARS "penalty: {source: law, " penalty "}\n"
#define ROUND "rounding: {unit: 1, mode: down}"

static void test_penalty(void **state)
{
    static const struct strict_case cases[] = {
        {WITH_PENALTY("kind: flat, amount: 5, to: social-fund"), ""},
        {WITH_PENALTY("kind: flat, amount: 5, to: revenue"), "qardh-penalty"},
        {WITH_PENALTY("kind: flat, amount: 5"), "qardh-penalty"},
        {WITH_PENALTY("kind: none, to: revenue"), ""},
        {WITH_PENALTY("kind: flat, amount: 5, cap: 4, to: social-fund"), ""},
        {WITH_PENALTY("kind: flat, amount: 5, cap: 5, to: social-fund"), "rule-without-effect"},
        {WITH_PENALTY("kind: flat, amount: 5, cap: 90%, to: social-fund, " ROUND), ""},
        {WITH_PENALTY("kind: share, rate: 2%, cap: 1%, to: social-fund, " ROUND), ""},
        {WITH_PENALTY("kind: share, rate: 2%, cap: 1/50, to: social-fund, " ROUND),
         "rule-without-effect"},
        {WITH_PENALTY("kind: share, rate: 2%, cap: 9000, to: social-fund, " ROUND), ""},
        {WITH_PENALTY("kind: per-day, rate: 2%, cap: 100%, to: social-fund, " ROUND), ""},
    };
    (void)state;
    strict_all(cases, COUNT_OF(cases));
}

#define ALLOWING(clause)                                                                           \
    HEAD PRINCIPAL SCHEDULE ALLOCATION ARREARS "reschedule: {source: law, " clause "}\n"

static void test_reschedule(void **state)
{
    static const struct strict_case cases[] = {
        {ALLOWING("kinds: [grace], max_grace: 2 months"), ""},
        {ALLOWING("kinds: [move], max_times: 2"), ""},
        {ALLOWING("kinds: [move], max_grace: 2 months"), "rule-without-effect"},
    };
    (void)state;
    strict_all(cases, COUNT_OF(cases));
}

#define ON(date, set) "  - {from: " date ", source: law, set: [" set "]}\n"

static void test_amendments(void **state)
{
    static const struct strict_case cases[] = {
        {AMENDED(ON("2026-01-02", "{path: principal.max, was: 9000, value: 9001}")), ""},
        {AMENDED(ON("2026-01-02", "{path: principal.max, was: 9000, value: 9_000}")),
         "amendment-idle"},
        {AMENDED(ON("2026-01-01", "{path: principal.max, was: 9000, value: 9001}")),
         "amendment-idle"},
        {AMENDED(ON("2026-01-02", "{path: schedule.every, was: 1 month, value: 1 months}")),
         "amendment-idle"},
        {AMENDED(ON("2026-01-02", "{path: arrears.classes.bad, was: {id: bad, range: 31..}, value: "
                                  "{range: 31.., id: bad}}")),
         "amendment-idle"},
        {AMENDED(ON("2026-01-02", "{path: write_off, was: absent, value: absent}")),
         "amendment-idle"},
        {AMENDED(ON("2026-01-02", "{path: write_off, was: absent, value: {wait: 1 day, source: "
                                  "law}}")),
         ""},
        /* twice on a day: the first holds never, on another day it does */
        {AMENDED(ON("2026-01-02", "{path: principal.max, was: 9000, value: 9001}")
                     ON("2026-01-02", "{path: principal.max, was: 9001, value: 9002}")),
         "amendment-idle"},
        {AMENDED(ON("2026-01-02", "{path: principal.max, was: 9000, value: 9001}")
                     ON("2026-01-03", "{path: principal.max, was: 9001, value: 9002}")),
         ""},
        /* principal.min is not below principal.mi, nor the other way round */
        {AMENDED(ON("2026-01-02", "{path: principal.max, was: 9000, value: 9001}, {path: "
                                  "principal.min, was: 1000, value: 1001}")),
         ""},
    };
    (void)state;
    strict_all(cases, COUNT_OF(cases));
}

/* A grant of two tranches: what the second waits for, and what else there is. */
#define GRANT(release, rest)                                                                       \
    "nol: rules/1\nkind: grant\nid: give\ntitle: A giver\nstatus: illustrative\n"                  \
    "currency: {code: IDR, decimals: 0}\nin_force: 2026-01-01\nsources: {law: {title: A "          \
    "law}}\naward: {min: 100, max: 1_000, source: law}\ntranches:\n"                               \
    "  - {id: T1, amount: 50, release: agreement, source: law}\n"                                  \
    "  - {id: T2, remainder: true, source: law, release: " release "}\n" rest
#define REPORTS                                                                                    \
    "reports:\n"                                                                                   \
    "  - {id: R1, covers: [T1], due: {after: T1.paid, plus: 1 day}, source: law}\n"                \
    "  - {id: R2, covers: [T2], due: {after: T2.paid, plus: 1 day}, source: law}\n"
#define CLAWBACK(when)                                                                             \
    "clawback: {combine: sum, payable: 1 day, source: law, clauses: [{id: c, amount: paid, "       \
    "when: " when "}]}\n"

static void test_grants(void **state)
{
    static const struct strict_case cases[] = {
        {GRANT("agreement", ""), ""},
        {GRANT("{accepted: R1}", REPORTS), ""},
        {GRANT("{accounted: T1, at_least: 80%}", REPORTS), ""},
        /* no report covers T1 */
        {GRANT("{accounted: T1, at_least: 80%}", ""), "rule-without-effect"},
        /* T2 waits for itself: it is not paid, and R2 never falls due */
        {GRANT("{accounted: T2, at_least: 80%}", REPORTS),
         "rule-without-effect rule-without-effect"},
        {GRANT("{any: [{accounted: T2, at_least: 80%}, {event: go}]}", REPORTS), ""},
        {GRANT("{all: [{accounted: T2, at_least: 80%}, {event: go}]}", REPORTS),
         "rule-without-effect rule-without-effect"},
        {GRANT("{missing: R2, for: 1 day}", REPORTS), "rule-without-effect rule-without-effect"},
        {GRANT("{missing: R1, for: 1 day}", REPORTS), ""},
        {GRANT("{event: go, within: 1 day, of: T2.paid}", ""), "rule-without-effect"},
        {GRANT("{event: go, within: 1 day, of: last.paid}", ""), ""},
        {GRANT("{after: 2199-12-30}", ""), ""},
        {GRANT("{after: 2199-12-31}", ""), "rule-without-effect"},
        {GRANT("{after: 2199-12-31}", CLAWBACK("{event: sold, within: 1 day, of: T2.paid}")),
         "rule-without-effect rule-without-effect"},
        {GRANT("agreement", CLAWBACK("{event: sold, within: 1 day, of: T2.paid}")), ""},
        {GRANT("agreement", "eligible: {share_max: 100%, rounding: {unit: 1, mode: down}, source: "
                            "law}\n"),
         "rule-without-effect"},
        {GRANT("agreement", "eligible: {share_max: 99%, rounding: {unit: 1, mode: down}, source: "
                            "law}\n"),
         ""},
    };
    (void)state;
    strict_all(cases, COUNT_OF(cases));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_sources),
        TEST(test_sources_in_force),
        TEST(test_classes_incomplete),
        TEST(test_classes_unreachable),
        TEST(test_dates),
        TEST(test_calendar),
        TEST(test_calendar_of_a_version),
        TEST(test_effect),
        TEST(test_fees),
        TEST(test_penalty),
        TEST(test_reschedule),
        TEST(test_amendments),
        TEST(test_grants),
    };
    return RUN(tests);
}
