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

/* --- rules that forgive --- */

/* The entry of the list `forgiveness` that acted. */
static const struct rule_scope *forgiving_rule(const struct explain_loan *x,
                                               const struct trace_step *step)
{
    const struct rule_value *list =
        &program_at(x->loan->program, step->date)->value[RULE_FORGIVENESS];
    for (unsigned i = 0; i < list->count; i++)
        if (text_equal(list->items[i]->value[RULE_FORGIVENESS_ID].text, step->rule))
            return list->items[i];
    return NULL;
}

static void name_forgiving_rule(const struct explain_loan *x, const struct rule_scope *rule,
                                struct date date)
{
    static const enum rule_key keys[] = {
        RULE_FORGIVENESS_WHEN_REPAID,   RULE_FORGIVENESS_WHEN_BY,
        RULE_FORGIVENESS_WHEN_WITHIN,   RULE_FORGIVENESS_WHEN_NEVER_LATE,
        RULE_FORGIVENESS_FORGIVE_SHARE, RULE_FORGIVENESS_FORGIVE_BANDS,
        RULE_FORGIVENESS_ROUNDING_UNIT, RULE_FORGIVENESS_ROUNDING_MODE};
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++)
        explanation_item(x->e, keys[i], rule, date);
}

/* What the rule would forgive of what was paid out by then: a product for each band. */
static size_t forgiving_products(const struct explain_loan *x, const struct rule_scope *rule,
                                 struct amount disbursed, struct explanation_product *products)
{
    struct arena *arena = x->e->arena;
    const struct rule_value *bands = &rule->value[RULE_FORGIVENESS_FORGIVE_BANDS];
    struct amount below = AMOUNT_ZERO;
    size_t count = 0;
    if (rule_is_set(rule, RULE_FORGIVENESS_FORGIVE_SHARE))
        products[count++] = (struct explanation_product){
            disbursed, rule->value[RULE_FORGIVENESS_FORGIVE_SHARE].fraction, 1};
    for (unsigned i = 0; i < bands->count; i++) {
        const struct rule_value *band = bands->items[i]->value;
        struct amount end =
            amount_least(disbursed, band[RULE_FORGIVENESS_FORGIVE_BANDS_UP_TO].amount);
        if (amount_compare(below, end) >= 0)
            break;
        products[count++] = (struct explanation_product){
            amount_sub(arena, end, below), band[RULE_FORGIVENESS_FORGIVE_BANDS_SHARE].fraction, 1};
        below = end;
    }
    return count;
}

/* By rule, at the end of a day. */
static void forgiven(const struct explain_loan *x, const struct trace *trace,
                     const struct trace_step *step, const struct trace_change *change,
                     struct explanation_term *term)
{
    const struct rule_scope *rule = forgiving_rule(x, step);
    if (rule == NULL)
        return;
    const struct rule_value *bands = &rule->value[RULE_FORGIVENESS_FORGIVE_BANDS];
    struct explanation_product *products =
        ARENA_ARRAY(x->e->arena, struct explanation_product, bands->count + 1);
    struct explanation_rounded rounded = {
        .products = products,
        .unit = rule_amount(rule, RULE_FORGIVENESS_ROUNDING_UNIT),
        .mode = (enum rounding_mode)rule_number(rule, RULE_FORGIVENESS_ROUNDING_MODE),
    };
    rounded.count = forgiving_products(
        x, rule, trace_at(trace, TRACE_NO_ROW, TRACE_DISBURSED, step->date), products);
    name_forgiving_rule(x, rule, step->date);
    struct amount would = explanation_rounded_value(x->e->arena, &rounded);
    if (change->field == TRACE_FORGIVEN && amount_compare(would, term->value) == 0)
        explanation_of_rounded(x->e, term, &rounded);
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
        term->at = load_event_place(line->event);
    } else if (change->field == TRACE_PENALTY_DUE) {
        term->what = explanation_text(e, "penalty of the days up to %s", day);
    } else if (step->rule.len > 0) {
        term->what = explanation_text(e, "forgiven by the rule %.*s at the end of %s",
                                      (int)step->rule.len, step->rule.ptr, day);
        forgiven(x, trace, step, change, term);
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
    term->at = load_row_place(x->work->contract);
    if (step->event == NULL)
        return;
    struct text type = event_name(step->event);
    term->what =
        explanation_text(e, "%.*s %.*s of %s", (int)type.len, type.ptr, (int)step->event->id.len,
                         step->event->id.ptr, explanation_day(e, step->date));
    term->event = step->event;
    term->at = load_event_place(step->event);
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
