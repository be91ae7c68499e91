/*
 * Random loans with random events: the laws of design 8 after every event, a run to a day equals a
 * longer run at that day (law 6), a reversed event equals one that never was, and doubled amounts
 * change no date.
 */
#include "lend.h"

enum { ROUNDS = 4000, EVENTS_MAX = 12 };

static const char *const rules[] = {
    LEND_RULES,
    LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE "allocation: {excess: next}\n" LEND_ARREARS,
    LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE
    "allocation: {excess: last, by: component}\n" LEND_ARREARS,
    LEND_HEAD LEND_PRINCIPAL
    "schedule: {installments: 5, every: 2 weeks, split: equal, rounding: {unit: 10, mode: "
    "half-even, residual: first}}\n" LEND_ALLOCATION LEND_ARREARS,
    LEND_HEAD "principal: {min: 100, max: 5000}\n"
              "schedule: {every: 1 month, split: {fixed: 170}, due: {missing_day: "
              "first-of-next}}\n" LEND_ALLOCATION LEND_ARREARS,
    LEND_HEAD LEND_PRINCIPAL
    "schedule: {every: 10 days, split: {shares: [20%, 10%, 70%]}, down_payment: 1/3, rounding: "
    "{unit: 1, mode: half-up, residual: cumulative}}\n" LEND_ALLOCATION LEND_ARREARS,
    LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE
    "allocation: {excess: re-spread, excess_components: [principal, penalty]}\n" LEND_ARREARS,
    LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE "allocation: {excess: refund}\n" LEND_ARREARS,
    LEND_HEAD LEND_PRINCIPAL LEND_SCHEDULE
    "allocation: {excess: next, excess_components: [fee]}\n" LEND_ARREARS,
    LEND_RULES "small_amounts: {forgive_below: 300, keep_credit_below: 200}\n",
};

enum { FIXED = 4, SMALL = 8 }; /* with amounts in their rules */

static const struct program *programs[COUNT_OF(rules)];
static struct arena kept;

/* The loan and its events, as plain data that can be made again. */
struct draw {
    struct loan loan;
    struct event events[EVENTS_MAX];
    size_t count;
};

static enum event_type random_type(void)
{
    static const enum event_type types[] = {
        EVENT_REPAY,      EVENT_REPAY,     EVENT_REPAY,
        EVENT_REPAY,      EVENT_REPAY,     EVENT_REFUND,
        EVENT_RECOVER,    EVENT_WRITE_OFF, EVENT_COLLATERAL,
        EVENT_OPENING,    EVENT_REVERSE,   EVENT_CHARGE,
        EVENT_CHARGE,     EVENT_WAIVE,     EVENT_CHARGEBACK,
        EVENT_CHARGEBACK, EVENT_FORGIVE,   EVENT_WRITE_OFF_ABSOLUTE};
    return types[chance() % COUNT_OF(types)];
}

/* What some types have beside date and amount. */
static void complete(struct draw *draw, size_t i)
{
    struct event *event = &draw->events[i];
    if (event->type == EVENT_CHARGE && chance() % 2 == 0)
        event->due = date_add_days(event->date, (int32_t)chance_in(-20, 200));
    if (event->type == EVENT_CHARGE || event->type == EVENT_WAIVE)
        event->amount = amount_of(chance_in(1, event->type == EVENT_CHARGE ? 60 : 20));
    if (event->type == EVENT_WAIVE && i > 0 && draw->events[i - 1].type == EVENT_CHARGE)
        event->target = &draw->events[i - 1];
    if (event->type != EVENT_CHARGEBACK)
        return;
    struct event *payment = &draw->events[i == 0 ? 0 : chance() % i];
    if (payment == event || (payment->type != EVENT_REPAY && payment->type != EVENT_RECOVER)) {
        event->type = EVENT_REPAY; /* there is no such payment */
        return;
    }
    event->target = payment;
    event->date = date_add_days(payment->date, (int32_t)chance_in(-2, 90));
    event->amount = amount_of(chance() % 2 == 0 ? 0 : 1 + payment->amount.word / 2);
}

static void draw(struct draw *draw)
{
    static const char *const ids[EVENTS_MAX] = {"a", "b", "c", "d", "e", "f",
                                                "g", "h", "i", "j", "k", "l"};
    const struct program *program = programs[chance() % COUNT_OF(programs)];
    int32_t installments = program == programs[3] ? 5 : (int32_t)chance_in(1, 12);
    struct date start = date_add_days(D("2024-01-01"), (int32_t)chance_in(0, 60));
    *draw = (struct draw){.count = (size_t)chance_in(0, EVENTS_MAX)};
    draw->loan = (struct loan){.account_id = text_of("L"),
                               .program = program,
                               .rules = program_at(program, start),
                               .agreed = start,
                               .disbursed = start,
                               .recorded = start,
                               .first_due = DATE_NONE,
                               .principal = amount_of(chance_in(100, 2000)),
                               .installments = installments};
    bool tranches = draw->count > 0 && chance() % 3 == 0;
    if (tranches)
        draw->loan.disbursed = DATE_NONE;
    for (size_t i = 0; i < draw->count; i++) {
        struct event *event = &draw->events[i];
        *event = (struct event){.type = random_type(),
                                .id = text_of(ids[i]),
                                .date = date_add_days(start, (int32_t)chance_in(0, 400)),
                                .component = (enum component)chance_in(0, 1),
                                .due = DATE_NONE,
                                .amount = amount_of(chance_in(1, 600))};
        complete(draw, i);
        event->recorded =
            date_add_days(event->date, chance() % 3 == 0 ? (int32_t)chance_in(0, 90) : 0);
        if (tranches && (i == 0 || chance() % 8 == 0)) {
            event->type = EVENT_DISBURSE;
            event->date = i == 0 ? start : event->date;
            event->amount = amount_of(1 + draw->loan.principal.word / chance_in(2, 4));
        }
        if (event->type == EVENT_REVERSE && i == 0)
            event->type = EVENT_REPAY;
        if (event->type != EVENT_REVERSE)
            continue;
        event->target = &draw->events[chance() % i];
        if (event->target->type == EVENT_REVERSE && !event_recorded_before(event->target, event))
            event->recorded = date_add_days(event->target->recorded, 1);
    }
}

/* In a copy of events targets are still those of the original: make them the copy's own. */
static void relink(struct draw *copy)
{
    for (size_t i = 0; i < copy->count; i++) {
        struct event *event = &copy->events[i];
        struct text id = event->target == NULL ? text_of("") : event->target->id;
        for (size_t j = 0; j < copy->count && event->target != NULL; j++)
            if (text_equal(copy->events[j].id, id))
                event->target = &copy->events[j];
    }
}

static void use(struct draw *drawn)
{
    lend_event_count = drawn->count;
    for (size_t i = 0; i < drawn->count; i++)
        lend_events[i] = &drawn->events[i];
}

static bool run(struct account *account, struct draw *drawn, struct date as_of)
{
    struct account_refusal refusal;
    use(drawn);
    return lend_try(account, &drawn->loan, date_string(as_of), "", &refusal);
}

static const char *all_of(const struct account *account, struct date as_of)
{
    struct position position;
    position_of(account, as_of, &position);
    char *out = arena_alloc(&expect_arena, 20000);
    (void)snprintf(out, 20000, "%s\n%s\n%s\n%d %d %s", lend_rows(account), lend_totals(account),
                   lend_lines(account), position.status, position.days_past_due,
                   amount_string(position.figure[FIGURE_OVERDUE]));
    return out;
}

/* Law 6: if the longer run is accepted, so is the shorter, and its lines are the longer one's
 * beginning. */
static void check_prefix(struct draw *drawn, struct date early, const struct account *late)
{
    struct account account;
    const char *longer = lend_lines(late);
    if (!run(&account, drawn, early))
        fail_msg("a run to %s is refused, a later one is not", date_string(early));
    const char *shorter = lend_lines(&account);
    if (strncmp(longer, shorter, strlen(shorter)) != 0)
        fail_msg("%s\nis not the beginning of\n%s", shorter, longer);
}

/* Without the reversed events and their reverses the account is the same, refunds and recoveries
 * apart. */
static void check_reversed(const struct draw *drawn, struct date as_of, const char *before)
{
    struct draw without = *drawn;
    struct account account;
    bool excuses = false; /* a reverse excuses what it leaves with too little to act on */
    without.count = 0;
    for (size_t i = 0; i < drawn->count; i++) {
        const struct event *event = &drawn->events[i];
        if (event->type == EVENT_REFUND || event->type == EVENT_RECOVER ||
            event->type == EVENT_WRITE_OFF || event->type == EVENT_WRITE_OFF_ABSOLUTE)
            return;
        excuses = excuses || event->type == EVENT_WAIVE || event->type == EVENT_FORGIVE ||
                  event->type == EVENT_CHARGEBACK;
        if (event->type != EVENT_REVERSE && event->removed_by == NULL)
            without.events[without.count++] = *event;
    }
    relink(&without);
    if (!run(&account, &without, as_of)) {
        if (!excuses)
            fail_msg("refused without its reversed events");
        return;
    }
    assert_string_equal(all_of(&account, as_of), before);
}

static struct amount doubled(struct amount amount)
{
    return amount_add(&expect_arena, amount, amount);
}

/* Twice the money, twice the unit: every figure doubles and no date moves; here for `fixed` and
 * units apart. */
static void check_dates_of_double(const struct draw *drawn, struct date as_of,
                                  const struct account *single)
{
    struct draw twice = *drawn;
    struct account account;
    if (drawn->loan.program == programs[FIXED] || drawn->loan.program == programs[SMALL])
        return;
    for (size_t i = 0; i < twice.count; i++) {
        twice.events[i].amount = doubled(twice.events[i].amount);
    }
    relink(&twice);
    twice.loan.principal = doubled(twice.loan.principal);
    if (!run(&account, &twice, as_of))
        return; /* roundings differ by a unit: a refund may be one too much */
    for (unsigned i = 0; i < single->row_count && i < account.row_count; i++)
        assert_true(date_equal(account.rows[i].due, single->rows[i].due));
}

static void test_chance(void **state)
{
    unsigned accepted = 0;
    (void)state;
    (void)chance_seed();
    for (int round = 0; round < ROUNDS; round++) {
        static struct draw drawn;
        struct account account;
        draw(&drawn);
        struct date late = date_add_days(drawn.loan.agreed, (int32_t)chance_in(0, 450));
        struct date early = date_add_days(drawn.loan.agreed,
                                          (int32_t)chance_in(0, late.day - drawn.loan.agreed.day));
        if (run(&account, &drawn, late)) { /* asserts laws 2 and 3 after each event */
            const char *all = all_of(&account, late);
            accepted++;
            check_reversed(&drawn, late, all);
            check_dates_of_double(&drawn, late, &account);
            check_prefix(&drawn, early, &account);
        }
        arena_reset(&expect_arena);
    }
    print_message("%u of %d accepted\n", accepted, ROUNDS);
    assert_true(accepted > ROUNDS / 10);
}

static int setup(void **state)
{
    int failed = lend_setup(state);
    for (size_t i = 0; i < COUNT_OF(rules); i++)
        programs[i] = lend_program(rules[i]);
    /* what was read stays: the rounds have an arena of their own */
    kept = expect_arena;
    arena_init(&expect_arena, NULL);
    return failed;
}

static int teardown(void **state)
{
    arena_free(&kept);
    return expect_teardown(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_chance, setup, teardown)};
    return RUN(tests);
}
