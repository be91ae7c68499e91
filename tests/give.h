/*
 * A small giver for the tests of grants: a program from a few lines of YAML, one grant of it, its
 * events, and what becomes of them.
 */
#ifndef NOL_GIVE_H
#define NOL_GIVE_H

#include "lend.h"

#include "grant_condition.h"
#include "grant_position.h"
#include "rule_check.h"

#define GIVE_HEAD                                                                                  \
    "nol: rules/1\nkind: grant\nid: give\ntitle: A giver\nstatus: illustrative\n"                  \
    "currency: {code: IDR, decimals: 0}\nin_force: 2020-01-01\n"                                   \
    "award: {min: 100, max: 1_000_000}\n"
#define GIVE_TRANCHES                                                                              \
    "tranches:\n"                                                                                  \
    "  - {id: T1, share: 60%, rounding: {unit: 1, mode: down}, release: agreement}\n"              \
    "  - {id: T2, remainder: true, release: {accepted: R1}, lapse: {after: T1.paid,\n"             \
    "     plus: 6 months}}\n"
#define GIVE_REPORTS                                                                               \
    "reports:\n"                                                                                   \
    "  - {id: R1, covers: [T1], due: {after: T1.paid, plus: 90 days}}\n"                           \
    "  - {id: R2, covers: [T1, T2], due: {after: last.paid, month: 1, day: 10, year: next}}\n"
#define GIVE_CLAWBACK                                                                              \
    "clawback: {combine: largest, payable: 30 days, clauses: [\n"                                  \
    "  {id: late, when: {missing: R1, for: 60 days}, amount: paid},\n"                             \
    "  {id: rest, when: {accepted: R2}, amount: unaccounted},\n"                                   \
    "  {id: sold, when: {event: sold, within: 24 months, of: last.paid}, amount: paid,\n"          \
    "   declining: {months: 24, of: last.paid}, rounding: {unit: 1, mode: up}}]}\n"
#define GIVE_ARREARS                                                                               \
    "arrears: {classes: [{id: good, range: 0..30, provision: 0.5%},\n"                             \
    "  {id: bad, range: 31.., provision: 100%}], provision: {rounding: {unit: 1,\n"                \
    "  mode: half-up}}}\n"
#define GIVE_RULES GIVE_HEAD GIVE_TRANCHES GIVE_REPORTS GIVE_CLAWBACK GIVE_ARREARS

/* Agreed on 2024-01-10. */
static inline struct grant *give_grant(const char *yaml, const char *award)
{
    struct grant *grant = ARENA_ARRAY(&expect_arena, struct grant, 1);
    *grant = (struct grant){.account_id = text_of("G1"),
                            .program = lend_program(yaml),
                            .agreed = D("2024-01-10"),
                            .recorded = D("2024-01-10"),
                            .award = A(award)};
    grant->rules = program_at(grant->program, grant->agreed);
    struct amount *planned =
        ARENA_ARRAY(&expect_arena, struct amount, grant->rules->value[RULE_TRANCHES].count);
    assert_true(rule_tranches(&expect_arena, grant->rules, grant->award, planned));
    grant->planned = planned;
    return grant;
}

static inline struct event *give_event(const char *id, enum event_type type, const char *date,
                                       const char *amount, const char *ref)
{
    struct event *event = lend_event(id, type, date, amount);
    event->ref = text_of(ref);
    return event;
}

static struct grant_result give_result;

/* All events up to ${as_of}; the slug of what was refused, else `none`. */
static inline const char *give_try(const struct grant *grant, const char *as_of)
{
    bool done = grant_compute(&expect_arena, grant, lend_events, lend_event_count, D(as_of),
                              DATE_UNLIMITED, &give_result);
    if (give_result.broken_law != NULL)
        fail_msg("%s", give_result.broken_law);
    assert_true(done == (give_result.refused == NULL));
    return fault_slug(give_result.refusal.code);
}

static inline const struct grant_position *give(const struct grant *grant, const char *as_of)
{
    const char *slug = give_try(grant, as_of);
    if (give_result.refused != NULL)
        fail_msg("refused: %s [%s]", give_result.refusal.text, slug);
    return &give_result.position;
}

#endif
