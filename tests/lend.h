/*
 * A small lender for the tests of everything above the rules: a program from a few lines of YAML,
 * one loan of it, its events, and the account they make.
 */
#ifndef NOL_LEND_H
#define NOL_LEND_H

#include "expect.h"

#include "account.h"
#include "position.h"
#include "program.h"

static const struct fault_file lend_file = {"lend.yaml", 0};

#define LEND_HEAD                                                                                  \
    "nol: rules/1\nkind: loan\nid: lend\ntitle: A lender\nstatus: illustrative\n"                  \
    "currency: {code: IDR, decimals: 0}\nin_force: 2020-01-01\n"
#define LEND_PRINCIPAL "principal: {min: 100, max: 1_000_000}\n"
#define LEND_SCHEDULE                                                                              \
    "schedule: {installments: {min: 1, max: 36, default: 3}, every: 1 month, split: equal,\n"      \
    "  due: {missing_day: last-of-month}, rounding: {unit: 1, mode: down, residual: last}}\n"
#define LEND_ALLOCATION "allocation: {excess: hold}\n"
#define LEND_ARREARS                                                                               \
    "arrears: {count_from: day-after-due, classes: [{id: good, range: 0..30},\n"                   \
    "  {id: bad, range: 31..}], non_performing: [bad]}\n"
#define LEND_RULES LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE LEND_ALLOCATION LEND_ARREARS

static inline const struct program *lend_program(const char *yaml)
{
    const struct program *program =
        program_read(&expect_arena, &lend_file, text_of(yaml), &expect_faults);
    if (program == NULL) {
        char *text = arena_alloc(&expect_arena, FAULT_TEXT_MAX);
        memcpy(text, expect_faults.listed[0].text, FAULT_TEXT_MAX);
        fail_msg("%s: %s", text, faults_string());
    }
    return program;
}

/* Disbursed by the book on ${disbursed}, unless that is empty; agreed on the same day, else on
 * ${agreed}. */
static inline struct loan *lend_loan(const char *yaml, const char *principal, const char *disbursed,
                                     const char *agreed, int32_t installments)
{
    struct loan *loan = ARENA_ARRAY(&expect_arena, struct loan, 1);
    *loan = (struct loan){
        .account_id = text_of("L1"),
        .program = lend_program(yaml),
        .agreed = D(*agreed != '\0' ? agreed : disbursed),
        .disbursed = D(disbursed),
        .first_due = DATE_NONE,
        .principal = A(principal),
        .collateral = AMOUNT_ZERO,
        .installments = installments,
    };
    loan->recorded = loan->agreed;
    loan->rules = program_at(loan->program, loan->agreed);
    return loan;
}

/* --- events: recorded on their date unless said otherwise --- */

enum { LEND_EVENTS_MAX = 64 };

static struct event lend_event_list[LEND_EVENTS_MAX];
static struct event *lend_events[LEND_EVENTS_MAX];
static size_t lend_event_count;

static inline struct event *lend_find(const char *id)
{
    for (size_t i = 0; i < lend_event_count; i++)
        if (text_is(lend_event_list[i].id, id))
            return &lend_event_list[i];
    fail_msg("no event %s", id);
    return NULL;
}

static inline struct event *lend_event(const char *id, enum event_type type, const char *date,
                                       const char *amount)
{
    assert_true(lend_event_count < LEND_EVENTS_MAX);
    struct event *event = &lend_event_list[lend_event_count];
    *event = (struct event){.type = type,
                            .id = text_of(id),
                            .date = D(date),
                            .recorded = D(date),
                            .due = DATE_NONE,
                            .amount = *amount == '\0' ? AMOUNT_ZERO : A(amount)};
    lend_events[lend_event_count++] = event;
    return event;
}

static inline struct event *lend_reverse(const char *id, const char *date, const char *ref)
{
    struct event *event = lend_event(id, EVENT_REVERSE, date, "");
    event->target = lend_find(ref);
    return event;
}

static inline void lend_resolve(const char *as_of, const char *known_at)
{
    struct event *scratch[LEND_EVENTS_MAX];
    event_sort(lend_events, lend_event_count);
    event_resolve(lend_events, lend_event_count, scratch, D(as_of),
                  *known_at == '\0' ? DATE_UNLIMITED : D(known_at));
}

/* --- the account: all events that count, in order, with the laws after each of them --- */

static inline bool lend_step(struct account *account, struct event *event,
                             struct account_refusal *refusal)
{
    bool done = event == NULL ? account_disburse_by_book(account, refusal)
                              : account_apply(account, event, refusal);
    if (!done)
        return false;
    const char *broken = account_law(account);
    if (broken != NULL)
        fail_msg("%s", broken);
    return true;
}

static inline bool lend_try(struct account *account, const struct loan *loan, const char *as_of,
                            const char *known_at, struct account_refusal *refusal)
{
    bool waiting = date_is_set(loan->disbursed) && !date_before(D(as_of), loan->disbursed);
    *refusal = (struct account_refusal){.code = FAULT_NONE};
    lend_resolve(as_of, known_at);
    account_begin(account, &expect_arena, loan, lend_events, lend_event_count);
    for (size_t i = 0; i < lend_event_count; i++) {
        if (!lend_events[i]->counts || lend_events[i]->type == EVENT_REVERSE)
            continue;
        if (waiting && !date_before(lend_events[i]->date, loan->disbursed)) {
            waiting = false;
            if (!lend_step(account, NULL, refusal))
                return false;
        }
        if (!lend_step(account, lend_events[i], refusal))
            return false;
    }
    if (waiting && !lend_step(account, NULL, refusal))
        return false;
    account_finish(account, D(as_of));
    assert_null(account_law(account));
    return true;
}

static inline void lend_account(struct account *account, const struct loan *loan, const char *as_of)
{
    struct account_refusal refusal;
    if (!lend_try(account, loan, as_of, "", &refusal))
        fail_msg("refused: %s [%s]", refusal.text, fault_slug(refusal.code));
}

/* The slug of the refusal, `none` without one. */
static inline const char *lend_refusal(const struct loan *loan, const char *as_of,
                                       const char *known_at)
{
    struct account account;
    struct account_refusal refusal;
    (void)lend_try(&account, loan, as_of, known_at, &refusal);
    return fault_slug(refusal.code);
}

/* --- figures as text --- */

/* What else there is in a row: ` fee due/paid`, ` penalty due/paid`, ` waived
 * fee+penalty+principal`; due as in schedule.csv. */
static inline int lend_charges(char *out, const struct row *row)
{
    char *end = out;
    struct arena *arena = &expect_arena;
    struct amount fee = row_due(arena, row, COMPONENT_FEE);
    struct amount penalty = row_due(arena, row, COMPONENT_PENALTY);
    if (!amount_is_zero(fee))
        end +=
            sprintf(end, " fee %s/%s", amount_string(fee), amount_string(row->paid[COMPONENT_FEE]));
    if (!amount_is_zero(penalty))
        end += sprintf(end, " penalty %s/%s", amount_string(penalty),
                       amount_string(row->paid[COMPONENT_PENALTY]));
    bool waived = false;
    for (unsigned c = 0; c < COMPONENTS && row->beside != NULL; c++)
        waived |= !amount_is_zero(row->beside->waived[c]);
    if (waived)
        end += sprintf(end, " waived %s+%s+%s", amount_string(row->beside->waived[COMPONENT_FEE]),
                       amount_string(row->beside->waived[COMPONENT_PENALTY]),
                       amount_string(row->beside->waived[COMPONENT_PRINCIPAL]));
    return (int)(end - out);
}

/* Rows as `n due due/paid`, joined by `; `: principal, then what else there is. */
static inline const char *lend_rows(const struct account *account)
{
    char *out = arena_alloc(&expect_arena, account->row_count * 400 + 1), *end = out;
    *out = '\0';
    for (unsigned i = 0; i < account->row_count; i++) {
        const struct row *row = &account->rows[i];
        end += sprintf(end, "%s%d %s %s/%s", i == 0 ? "" : "; ", row->n, date_string(row->due),
                       amount_string(row_due(&expect_arena, row, COMPONENT_PRINCIPAL)),
                       amount_string(row->paid[COMPONENT_PRINCIPAL]));
        end += lend_charges(end, row);
    }
    return out;
}

/* Lines as `event date n principal credit`, joined by `; `. */
static inline const char *lend_lines(const struct account *account)
{
    char *out = arena_alloc(&expect_arena, account->line_count * 200 + 1), *end = out;
    *out = '\0';
    for (size_t i = 0; i < account->line_count; i++) {
        const struct account_line *line = &account->lines[i];
        end += sprintf(end, "%s%s %s %d %s %s", i == 0 ? "" : "; ", text_string(line->event->id),
                       date_string(line->date), line->n,
                       amount_string(line->part[COMPONENT_PRINCIPAL]), amount_string(line->credit));
    }
    return out;
}

/* `disbursed repaid written-off recovered outstanding received refunded credit` */
static inline const char *lend_totals(const struct account *account)
{
    const struct account_totals *t = &account->totals;
    const struct amount figures[] = {t->disbursed,   t->repaid,   t->written_off, t->recovered,
                                     t->outstanding, t->received, t->refunded,    t->credit};
    char *out = arena_alloc(&expect_arena, COUNT_OF(figures) * 48), *end = out;
    for (size_t i = 0; i < COUNT_OF(figures); i++)
        end += sprintf(end, "%s%s", i == 0 ? "" : " ", amount_string(figures[i]));
    return out;
}

static inline int lend_setup(void **state)
{
    lend_event_count = 0;
    return expect_setup(state);
}

#define LEND_TEST(function) cmocka_unit_test_setup_teardown(function, lend_setup, expect_teardown)

#endif
