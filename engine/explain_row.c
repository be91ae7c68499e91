#include "explain_loan.h"

#include "rule_check.h"

static const char file[] = "schedule.csv";

/* One line of the file. */
struct line {
    const struct explain_loan *x;
    struct explanation *e;
    const struct row *row;
    unsigned index, number;
    int32_t key;
    const char *name;
    enum row_status status;
};

static bool begin(const struct line *line, const char *figure)
{
    return explanation_begin(line->e, file, line->number, line->name, figure);
}

/* --- dates --- */

/* The count of a planned date: from the anchor on as many periods as it takes. */
static bool count_nominal(const struct line *line, struct date nominal,
                          struct explanation_counted *counted)
{
    enum { MORE = 1200 };
    const struct loan *loan = line->x->loan;
    const struct rule_scope *rules = loan->rules;
    enum rule_anchor anchor = (enum rule_anchor)rule_number(rules, RULE_SCHEDULE_DUE_ANCHOR);
    int32_t first = anchor == RULE_ANCHOR_GIVEN
                        ? line->row->n - 1
                        : loan->grace + (rule_split(rules) == RULE_SPLIT_BULLET ? loan->installments
                                                                                : line->row->n);
    *counted = (struct explanation_counted){
        .anchor = anchor == RULE_ANCHOR_AGREED  ? loan->agreed
                  : anchor == RULE_ANCHOR_GIVEN ? loan->first_due
                                                : line->x->account->payouts[0].date,
        .every = rules->value[RULE_SCHEDULE_EVERY].span,
        .times = line->row->n == ROW_UNNUMBERED ? -line->key : first,
        .day = rule_number(rules, RULE_SCHEDULE_DUE_DAY),
        .missing = (enum date_missing_day)rule_number(rules, RULE_SCHEDULE_DUE_MISSING_DAY),
    };
    for (int32_t last = counted->times + MORE; counted->times < last; counted->times++) {
        struct date date = explanation_counted_date(counted);
        if (!date_before(date, nominal))
            return date_equal(date, nominal);
    }
    return false;
}

static void planned_nominal(const struct line *line, struct date nominal)
{
    static const enum rule_key keys[] = {RULE_SCHEDULE_EVERY,       RULE_SCHEDULE_DUE_ANCHOR,
                                         RULE_SCHEDULE_DUE_DAY,     RULE_SCHEDULE_DUE_MISSING_DAY,
                                         RULE_SCHEDULE_DUE_MIN_GAP, RULE_SCHEDULE_GRACE_LENGTH,
                                         RULE_SCHEDULE_GRACE_PLACE};
    struct explanation *e = line->e;
    struct explanation_counted counted;
    if (line->row->n == 0) {
        explanation_dated(e, nominal, "the day of the disbursement");
        return;
    }
    if (rule_split(line->x->loan->rules) == RULE_SPLIT_CUSTOM) {
        explanation_dated(e, nominal, "row %d of the loan's own plan", line->row->n);
        return;
    }
    if (!count_nominal(line, nominal, &counted)) {
        explanation_dated(e, nominal, "the last row is brought forward");
        explanation_rule(e, RULE_SCHEDULE_DUE_LATEST, DATE_NONE);
        return;
    }
    struct explanation_term *term =
        explanation_dated(e, nominal, "counted from the %s",
                          counted.times == 0 ? "first due date given" : "anchor in one step");
    term->at = load_row_place(line->x->work->contract);
    explanation_of_counted(e, term, &counted);
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++)
        explanation_rule(e, keys[i], DATE_NONE);
}

/* The payment holiday that began on a day. */
static void name_relief(const struct line *line, struct date date)
{
    static const enum rule_key keys[] = {RULE_RELIEF_FROM, RULE_RELIEF_UNTIL, RULE_RELIEF_EFFECT};
    const struct rule_value *reliefs =
        &program_at(line->x->loan->program, date)->value[RULE_RELIEF];
    for (unsigned i = 0; i < reliefs->count; i++)
        for (unsigned k = 0; k < sizeof keys / sizeof *keys; k++)
            if (date_equal(reliefs->items[i]->value[RULE_RELIEF_FROM].date, date))
                explanation_item(line->e, keys[k], reliefs->items[i], date);
}

/* A date that a later step set. */
static void moved(const struct line *line, const struct trace_change *change)
{
    const struct trace_step *step = &line->x->trace->steps[change->step];
    struct date to = {(int32_t)change->after.word};
    if (step->event == NULL) {
        explanation_dated(line->e, to, "moved by a payment holiday that began on %s",
                          explanation_day(line->e, step->date));
        name_relief(line, step->date);
        return;
    }
    struct text type = event_name(step->event);
    struct explanation_term *term = explanation_dated(
        line->e, to, "by %.*s %.*s of %s", (int)type.len, type.ptr, (int)step->event->id.len,
        step->event->id.ptr, explanation_day(line->e, step->date));
    term->event = step->event;
    term->at = load_event_place(step->event);
}

/* The first change of a date that is set: by a payout it is planned. */
static bool is_planned(const struct line *line, const struct trace_change *change)
{
    const struct trace *trace = line->x->trace;
    for (size_t i = 0; i < trace->change_count; i++)
        if (trace->changes[i].field == TRACE_DISBURSED)
            return trace->changes[i].step == change->step;
    return false;
}

static void explain_nominal(const struct line *line)
{
    const struct trace *trace = line->x->trace;
    if (!begin(line, "due_nominal"))
        return;
    for (size_t i = 0; i < trace->change_count; i++) {
        const struct trace_change *change = &trace->changes[i];
        if (change->row != line->key || change->field != TRACE_DUE_NOMINAL)
            continue;
        if (is_planned(line, change))
            planned_nominal(line, (struct date){(int32_t)change->after.word});
        else
            moved(line, change);
    }
    explanation_end_date(line->e, EXPLANATION_DATE, line->row->due_nominal);
}

static struct date nominal_in(const struct line *line, size_t step)
{
    const struct trace *trace = line->x->trace;
    struct date nominal = line->row->due_nominal;
    for (size_t i = 0; i < trace->change_count && trace->changes[i].step <= step; i++)
        if (trace->changes[i].row == line->key && trace->changes[i].field == TRACE_DUE_NOMINAL)
            nominal = (struct date){(int32_t)trace->changes[i].after.word};
    return nominal;
}

static void explain_due(const struct line *line)
{
    const struct trace *trace = line->x->trace;
    struct explanation *e = line->e;
    if (!begin(line, "due"))
        return;
    for (size_t i = 0; i < trace->change_count; i++) {
        const struct trace_change *change = &trace->changes[i];
        struct date due = {(int32_t)change->after.word};
        if (change->row != line->key || change->field != TRACE_DUE)
            continue;
        if (!is_planned(line, change)) {
            moved(line, change);
            continue;
        }
        struct date nominal = nominal_in(line, change->step);
        struct explanation_term *term = explanation_dated(e, nominal, "its nominal date");
        if (date_equal(nominal, line->row->due_nominal)) { /* not moved since */
            term->figure = "due_nominal";
            term->row = line->name;
        }
        if (date_equal(due, nominal))
            continue;
        explanation_dated(e, due, "moved to a business day");
        explanation_rule(e, RULE_SCHEDULE_DUE_HOLIDAY, DATE_NONE);
        explanation_rule(e, RULE_SCHEDULE_DUE_CALENDAR, DATE_NONE);
    }
    explanation_end_date(e, EXPLANATION_DATE, line->row->due);
}

static void explain_paid_on(const struct line *line)
{
    const struct trace *trace = line->x->trace;
    const struct trace_change *last = NULL;
    struct explanation *e = line->e;
    if (!begin(line, "paid_on"))
        return;
    for (size_t i = 0; i < trace->change_count; i++)
        if (trace->changes[i].row == line->key && trace->changes[i].field == TRACE_PAID_ON)
            last = &trace->changes[i];
    if (!date_is_set(line->row->paid_on)) {
        explanation_say(e, "something of the row is unpaid");
    } else {
        const struct trace_step *step = &trace->steps[last->step];
        struct explanation_term *term =
            explanation_dated(e, line->row->paid_on, "since then nothing of it is unpaid");
        if (step->event != NULL) {
            term->event = step->event;
            term->at = load_event_place(step->event);
        }
    }
    explanation_end_date(e, EXPLANATION_DATE, line->row->paid_on);
}

/* --- amounts --- */

static void explain_amount(const struct line *line, const char *figure, enum trace_field field)
{
    const struct explain_steps all = explain_all_steps(line->x);
    struct arena *arena = line->e->arena;
    if (!begin(line, figure))
        return;
    if (field <= TRACE_PENALTY_DUE)
        explain_row_due(line->x, line->index, field);
    else
        explain_changes(line->x, &all, line->key, field);
    explanation_end_money(line->e, EXPLANATION_SUM, trace_value(arena, line->row, field));
}

static void explain_balance(const struct line *line, struct amount *balance)
{
    struct explanation *e = line->e;
    const struct account *account = line->x->account;
    bool first = line->index == 0;
    struct date after = first ? DATE_NONE : account->rows[line->index - 1].due;
    struct amount due = row_due(e->arena, line->row, COMPONENT_PRINCIPAL), before = *balance;
    bool wanted = begin(line, "balance");
    struct explanation_term *term;
    if (!first && wanted) {
        term = explanation_term(e, before, "the balance of the row before");
        term->row = explain_row_name(line->x, line->index - 1);
        term->figure = "balance";
    }
    for (unsigned i = 0; i < account->payout_count; i++) {
        const struct account_payout *payout = &account->payouts[i];
        if (date_before(line->row->due, payout->date) ||
            (date_is_set(after) && !date_before(after, payout->date)))
            continue;
        *balance = amount_add(e->arena, *balance, payout->amount);
        if (wanted)
            explanation_term(e, payout->amount, "paid out, lent anew or charged back on %s",
                             explanation_day(e, payout->date));
    }
    *balance = amount_sub(e->arena, *balance, due);
    if (!wanted)
        return;
    if (!amount_is_zero(due)) {
        term = explanation_minus(e, due, "principal due in the row");
        term->row = line->name;
        term->figure = "principal_due";
    }
    explanation_end_money(e, EXPLANATION_SUM, *balance);
}

/* --- the rest --- */

static void explain_n(const struct line *line)
{
    struct explanation *e = line->e;
    if (!begin(line, "n"))
        return;
    if (line->row->n == ROW_UNNUMBERED) {
        explanation_say(e, "a zero row of the grace has no number");
        explanation_end_words(e, EXPLANATION_WORDS, text_of(""));
        return;
    }
    if (line->row->n > 0)
        explanation_term(e, amount_of(1), "%s",
                         line->row->extra ? "an extra row, made by an event"
                                          : "a row with principal");
    if (line->row->n > 1)
        explanation_term(e, amount_of(line->row->n - 1), "rows numbered before it");
    if (line->row->n == 0)
        explanation_say(e, "the row of the day of the disbursement is row 0");
    explanation_end_count(e, EXPLANATION_SUM, line->row->n);
}

static void explain_days_late(const struct line *line)
{
    const struct explain_loan *x = line->x;
    struct explanation *e = line->e;
    struct date as_of = x->options->as_of;
    int32_t days = position_row_days_late(x->account, line->status, line->row, as_of);
    if (!begin(line, "days_late"))
        return;
    if (line->status != ROW_OVERDUE) {
        explanation_say(e, "the row is not overdue");
        explanation_end_count(e, EXPLANATION_SUM, days);
        return;
    }
    struct explanation_term *term = explanation_dated(e, line->row->due, "due");
    term->row = line->name;
    term->figure = "due";
    explanation_dated(e, as_of, "the as-of date");
    int32_t frozen = account_frozen_days(x->account, line->row->due, as_of);
    if (frozen > 0)
        explanation_term(e, amount_of(frozen), "frozen days do not count");
    explanation_end_count(e, EXPLANATION_DAYS, days);
}

/* What of a component is due, paid and waived in the row, where any is. */
static void rest_of(const struct line *line, enum component component)
{
    static const char *const dues[] = {"penalty_due", "fee_due", "principal_due"};
    static const char *const paids[] = {"penalty_paid", "fee_paid", "principal_paid"};
    struct explanation *e = line->e;
    struct amount due = row_due(e->arena, line->row, component);
    struct amount paid = line->row->paid[component];
    struct explanation_term *term;
    if (!amount_is_zero(due)) {
        term = explanation_term(e, due, "due");
        term->row = line->name;
        term->figure = dues[component];
    }
    if (!amount_is_zero(paid)) {
        term = explanation_minus(e, paid, "paid");
        term->row = line->name;
        term->figure = paids[component];
    }
}

static void explain_status(const struct line *line)
{
    struct explanation *e = line->e;
    struct amount waived = trace_value(e->arena, line->row, TRACE_WAIVED);
    if (!begin(line, "status"))
        return;
    for (unsigned c = 0; c < COMPONENTS; c++)
        rest_of(line, (enum component)c);
    if (!amount_is_zero(waived)) {
        struct explanation_term *term = explanation_minus(e, waived, "waived or forgiven");
        term->row = line->name;
        term->figure = "waived";
    }
    switch (line->status) {
    case ROW_PAID:
        explanation_say(e, "nothing of the row is unpaid");
        break;
    case ROW_WRITTEN_OFF:
        explanation_say(e, "the loan is written off, and something of the row is unpaid");
        break;
    case ROW_OVERDUE:
    case ROW_DUE:
    case ROW_FUTURE:
    case ROW_STATUSES:
        explanation_say(e, "something of the row, due on %s, is unpaid on %s",
                        explanation_day(e, line->row->due),
                        explanation_day(e, line->x->options->as_of));
        break;
    }
    explanation_end_words(e, EXPLANATION_WORDS, text_of(position_row_status_name(line->status)));
}

void explain_schedule(const struct explain_loan *x)
{
    static const struct {
        const char *figure;
        enum trace_field field;
    } amounts[] = {
        {"principal_due", TRACE_PRINCIPAL_DUE},
        {"fee_due", TRACE_FEE_DUE},
        {"penalty_due", TRACE_PENALTY_DUE},
        {"principal_paid", TRACE_PRINCIPAL_PAID},
        {"fee_paid", TRACE_FEE_PAID},
        {"penalty_paid", TRACE_PENALTY_PAID},
        {"waived", TRACE_WAIVED},
        {"paid_in_advance", TRACE_PAID_IN_ADVANCE},
        {"paid_late", TRACE_PAID_LATE},
    };
    struct amount balance = AMOUNT_ZERO;
    for (unsigned i = 0; i < x->account->row_count; i++) {
        const struct row *row = &x->account->rows[i];
        const struct line line = {
            .x = x,
            .e = x->e,
            .row = row,
            .index = i,
            .number = i + 1,
            .key = trace_row_key(x->account, i),
            .name = explain_row_name(x, i),
            .status = position_row_status(x->account, row, x->options->as_of),
        };
        explanation_given(x->e, file, line.number, line.name, "account_id", x->loan->account_id,
                          load_row_place(x->work->contract), "account_id");
        explain_n(&line);
        explain_nominal(&line);
        explain_due(&line);
        for (unsigned f = 0; f < sizeof amounts / sizeof *amounts; f++)
            explain_amount(&line, amounts[f].figure, amounts[f].field);
        explain_paid_on(&line);
        explain_days_late(&line);
        explain_balance(&line, &balance);
        explain_status(&line);
    }
}
