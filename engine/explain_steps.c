#include "explain_loan.h"

struct explain_steps explain_all_steps(const struct explain_loan *x)
{
    return (struct explain_steps){x->trace, 0, DATE_UNLIMITED};
}

struct explain_steps explain_steps_after(const struct trace *trace, struct date date,
                                         struct date upto)
{
    size_t from = 0;
    while (from < trace->step_count && !date_before(date, trace->steps[from].date))
        from++;
    return (struct explain_steps){trace, from, upto};
}

struct place explain_place_of_loan(const struct explain_loan *x)
{
    const struct csv_record *record = &x->work->contract->record;
    return (struct place){record->file, record->line, 0};
}

struct place explain_place_of_event(const struct event *event)
{
    const struct load_row *row = event->origin;
    return (struct place){row->record.file, row->record.line, 0};
}

const char *explain_row_name(const struct explain_loan *x, unsigned index)
{
    const struct row *row = &x->account->rows[index];
    if (row->n == ROW_UNNUMBERED)
        return explanation_day(x->e, row->due_nominal);
    return explanation_text(x->e, "%d", row->n);
}

/* --- one change --- */

static bool is_of_credit(enum trace_field field)
{
    switch (field) {
    case TRACE_PRINCIPAL_PAID:
    case TRACE_FEE_PAID:
    case TRACE_PENALTY_PAID:
    case TRACE_PAID_IN_ADVANCE:
    case TRACE_PAID_LATE:
    case TRACE_REPAID:
    case TRACE_FUNDED:
    case TRACE_OUTSTANDING:
    case TRACE_CREDIT:
        return true;
    default:
        return false;
    }
}

/* The use of credit within a step that pays the row, or any. */
static const struct account_line *line_of(const struct account *account,
                                          const struct trace_step *step, int32_t row)
{
    for (size_t i = step->first_line; i < step->first_line + step->lines; i++) {
        const struct account_line *line = &account->lines[i];
        if (line->uses_credit && (row == TRACE_NO_ROW || line->n == row))
            return line;
    }
    return NULL;
}

/* What a day changed by itself. */
static void by_day(const struct explain_loan *x, const struct trace *trace,
                   const struct trace_step *step, const struct trace_change *change,
                   struct amount value, bool minus)
{
    struct explanation *e = x->e;
    const char *day = explanation_day(e, step->date);
    /* Lines are of the run's account: what was published has none at hand. */
    const struct account_line *line = trace == x->trace && is_of_credit(change->field)
                                          ? line_of(x->account, step, change->row)
                                          : NULL;
    struct explanation_term *term = explanation_term(e, value, "on %s", day);
    term->minus = minus;
    if (line != NULL) {
        term->what = explanation_text(e, "held credit of %.*s, used on %s",
                                      (int)line->event->id.len, line->event->id.ptr, day);
        term->event = line->event;
        term->at = explain_place_of_event(line->event);
    } else if (change->field == TRACE_PENALTY_DUE) {
        term->what = explanation_text(e, "penalty of the days up to %s", day);
    } else if (step->rule.len > 0) {
        term->what = explanation_text(e, "forgiven by the rule %.*s at the end of %s",
                                      (int)step->rule.len, step->rule.ptr, day);
        explanation_rule(e, RULE_FORGIVENESS, step->date);
    } else {
        term->what = explanation_text(e, "a small rest, at the end of %s", day);
        explanation_rule(e, RULE_SMALL_AMOUNTS_FORGIVE_BELOW, step->date);
        explanation_rule(e, RULE_SMALL_AMOUNTS_KEEP_CREDIT_BELOW, step->date);
    }
}

static void add(const struct explain_loan *x, const struct trace *trace,
                const struct trace_change *change, struct amount value)
{
    struct explanation *e = x->e;
    const struct trace_step *step = &trace->steps[change->step];
    bool minus = amount_sign(value) < 0;
    if (minus)
        value = amount_negate(e->arena, value);
    if (step->cause == TRACE_BY_DAY) {
        by_day(x, trace, step, change, value, minus);
        return;
    }
    struct explanation_term *term = explanation_term(e, value, "paid out on %s, as the book says",
                                                     explanation_day(e, step->date));
    term->minus = minus;
    term->at = explain_place_of_loan(x);
    if (step->event == NULL)
        return;
    struct text type = event_name(step->event);
    term->what =
        explanation_text(e, "%.*s %.*s of %s", (int)type.len, type.ptr, (int)step->event->id.len,
                         step->event->id.ptr, explanation_day(e, step->date));
    term->event = step->event;
    term->at = explain_place_of_event(step->event);
}

void explain_change(const struct explain_loan *x, const struct trace *trace,
                    const struct trace_change *change)
{
    add(x, trace, change, amount_sub(x->e->arena, change->after, change->before));
}

void explain_changes(const struct explain_loan *x, const struct explain_steps *steps, int32_t row,
                     enum trace_field field)
{
    const struct trace *trace = steps->trace;
    for (size_t i = 0; i < trace->change_count; i++) {
        const struct trace_change *change = &trace->changes[i];
        if (change->step < steps->from || change->row != row || change->field != field)
            continue;
        if (date_before(steps->upto, trace->steps[change->step].date))
            break;
        explain_change(x, trace, change);
    }
}
