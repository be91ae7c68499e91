#include "explain_loan.h"

#include "allocation.h"
#include "rule_check.h"

static const char file[] = "allocations.csv";

/* One line of the file. */
struct line {
    const struct explain_loan *x;
    struct explanation *e;
    const struct account_line *line;
    size_t index;
    unsigned number;
    const char *name;
};

static bool begin(const struct line *line, const char *figure)
{
    return explanation_begin(line->e, file, line->number, line->name, figure);
}

static void given(const struct line *line, const char *figure, struct text value,
                  const char *column)
{
    explanation_given(line->e, file, line->number, line->name, figure, value,
                      load_event_place(line->line->event), column);
}

/* --- the rule of the payment --- */

static void name_rule(const struct line *line, enum rule_key key, enum rule_key own_key)
{
    const struct event *event = line->line->event;
    if (event->own != NULL && event->own->value[own_key].set)
        explanation_item(line->e, own_key, event->own, event->date);
    else
        explanation_rule(line->e, key, event->date);
}

static void name_rules(const struct line *line)
{
    name_rule(line, RULE_ALLOCATION_COMPONENTS, RULE_ALLOCATION_TYPES_COMPONENTS);
    name_rule(line, RULE_ALLOCATION_BY, RULE_ALLOCATION_TYPES_BY);
    name_rule(line, RULE_ALLOCATION_EXCESS, RULE_ALLOCATION_TYPES_EXCESS);
    name_rule(line, RULE_ALLOCATION_EXCESS_COMPONENTS, RULE_ALLOCATION_TYPES_EXCESS_COMPONENTS);
}

/* --- the order in which money went --- */

/* The step that wrote the line. */
static const struct trace_step *step_of(const struct explain_loan *x, size_t line)
{
    for (size_t i = 0; i < x->trace->step_count; i++) {
        const struct trace_step *step = &x->trace->steps[i];
        if (step->first_line <= line && line < step->first_line + step->lines)
            return step;
    }
    return NULL;
}

static const struct row *row_of(const struct explain_loan *x, int32_t n)
{
    for (unsigned i = 0; i < x->account->row_count; i++)
        if (x->account->rows[i].n == n && n != ROW_UNNUMBERED)
            return &x->account->rows[i];
    return NULL;
}

/* When a part of a line was paid within its pass: the smaller the earlier. */
static size_t turn(const struct line *line, size_t index, enum component component)
{
    const struct explain_loan *x = line->x;
    const struct account_line *other = &x->account->lines[index];
    const struct rule_value *order = allocation_said(
        x->account, other->event, RULE_ALLOCATION_COMPONENTS, RULE_ALLOCATION_TYPES_COMPONENTS);
    bool by_component =
        allocation_said(x->account, other->event, RULE_ALLOCATION_BY, RULE_ALLOCATION_TYPES_BY)
            ->number == RULE_BY_COMPONENT;
    int32_t key = other->n;
    struct date due = {(int32_t)trace_at(x->trace, key, TRACE_DUE, other->date).word};
    bool ahead = x->account->stage != ACCOUNT_WRITTEN_OFF && date_before(other->date, due);
    size_t place = 0;
    for (unsigned i = 0; i < order->count; i++)
        if (order->order[i] == component)
            place = i;
    size_t lines = x->account->line_count;
    if (by_component && !ahead)
        return place * lines + index;
    return COMPONENTS * lines + index * COMPONENTS + place;
}

/* Of the money of a pass what was left when the part's turn came. */
static struct amount left_for(const struct line *line, enum component component,
                              struct amount money, size_t first, size_t end)
{
    struct arena *arena = line->e->arena;
    const struct account *account = line->x->account;
    size_t mine = turn(line, line->index, component);
    for (size_t i = first; i < end; i++) {
        const struct account_line *other = &account->lines[i];
        if (other->event != line->line->event || other->uses_credit != line->line->uses_credit)
            continue;
        for (unsigned c = 0; c < COMPONENTS; c++)
            if (turn(line, i, (enum component)c) < mine)
                money = amount_sub(arena, money, other->part[c]);
    }
    return money;
}

/* What was unpaid of the component in the row when the pass began. */
static struct amount unpaid_before(const struct line *line, const struct trace_step *step,
                                   enum component component)
{
    static const enum trace_field dues[] = {TRACE_PENALTY_DUE, TRACE_FEE_DUE, TRACE_PRINCIPAL_DUE};
    static const enum trace_field paids[] = {TRACE_PENALTY_PAID, TRACE_FEE_PAID,
                                             TRACE_PRINCIPAL_PAID};
    const struct trace *trace = line->x->trace;
    struct arena *arena = line->e->arena;
    size_t at = (size_t)(step - trace->steps);
    struct amount due = AMOUNT_ZERO, paid = AMOUNT_ZERO, waived = AMOUNT_ZERO;
    for (size_t i = 0; i < trace->change_count; i++) {
        const struct trace_change *change = &trace->changes[i];
        if (change->row != line->line->n || change->step > at)
            continue;
        if (change->field == dues[component])
            due = change->after;
        else if (change->field == paids[component])
            paid = change->step < at ? change->after : change->before;
        else if (change->field == (enum trace_field)(TRACE_PENALTY_WAIVED + component))
            waived = change->after;
    }
    return amount_sub(arena, amount_sub(arena, due, waived), paid);
}

/* The money that a pass began with: the payment, or what was left of its credit. */
static struct amount money_of(const struct line *line, const struct trace_step *step)
{
    struct arena *arena = line->e->arena;
    const struct account *account = line->x->account;
    const struct event *event = line->line->event;
    struct amount money = event->amount;
    if (!line->line->uses_credit)
        return money;
    money = AMOUNT_ZERO;
    for (size_t i = 0; i < step->first_line; i++) {
        const struct account_line *other = &account->lines[i];
        if (other->event == event)
            money = amount_add(arena, money, other->credit);
    }
    return money;
}

/* --- cells --- */

static const char *const names[COMPONENTS] = {"penalty", "fee", "principal"};

/* A part as the least of what was unpaid and what was left; false when it was told otherwise. */
static bool least_of(const struct line *line, enum component component)
{
    struct explanation *e = line->e;
    const struct trace_step *step = step_of(line->x, line->index);
    struct amount part = line->line->part[component];
    struct amount unpaid = unpaid_before(line, step, component);
    struct amount money = money_of(line, step);
    struct amount left =
        left_for(line, component, money, step->first_line, step->first_line + step->lines);
    if (amount_compare(amount_least(unpaid, left), part) != 0)
        return false;
    struct explanation_term *term = explanation_term(
        e, unpaid, "%s unpaid in row %d before the payment", names[component], line->line->n);
    term->row = explanation_text(e, "%d", line->line->n);
    term =
        explanation_term(e, left, "left of the %s when its turn came, of %s",
                         line->line->uses_credit ? "credit" : "money", explanation_money(e, money));
    term->event = line->line->event;
    term->at = load_event_place(line->line->event);
    name_rules(line);
    explanation_end_money(e, EXPLANATION_LEAST, part);
    return true;
}

static void explain_part(const struct line *line, enum component component)
{
    struct explanation *e = line->e;
    const struct event *event = line->line->event;
    struct amount part = line->line->part[component];
    if (!begin(line, names[component]))
        return;
    bool pays = event_is_payment(event->type) || event->type == EVENT_RECOVER;
    if (!amount_is_zero(part) && pays && least_of(line, component))
        return;
    if (!amount_is_zero(part)) {
        bool minus = amount_sign(part) < 0;
        struct explanation_term *term =
            explanation_term(e, minus ? amount_negate(e->arena, part) : part,
                             "what %.*s did to this row", (int)event->id.len, event->id.ptr);
        term->minus = minus;
        term->event = event;
        term->at = load_event_place(event);
        if (pays)
            name_rules(line);
    }
    explanation_end_money(e, EXPLANATION_SUM, part);
}

/* What of a payment no row took. */
static void held(const struct line *line)
{
    struct explanation *e = line->e;
    const struct account *account = line->x->account;
    const struct trace_step *step = step_of(line->x, line->index);
    const struct event *event = line->line->event;
    struct explanation_term *term = explanation_term(e, event->amount, "paid");
    term->event = event;
    term->at = load_event_place(event);
    for (size_t i = step->first_line; i < line->index; i++) {
        const struct account_line *other = &account->lines[i];
        struct amount parts = AMOUNT_ZERO;
        for (unsigned c = 0; c < COMPONENTS; c++)
            parts = amount_add(e->arena, parts, other->part[c]);
        if (other->event == event && !other->uses_credit && !amount_is_zero(parts))
            explanation_minus(e, parts, "went to row %d", other->n);
    }
    name_rules(line);
}

static void explain_credit(const struct line *line)
{
    struct explanation *e = line->e;
    const struct event *event = line->line->event;
    struct amount credit = line->line->credit;
    if (!begin(line, "credit"))
        return;
    if (line->line->uses_credit) {
        for (unsigned c = 0; c < COMPONENTS; c++)
            if (!amount_is_zero(line->line->part[c]))
                explanation_minus(e, line->line->part[c], "%s, paid out of credit", names[c]);
    } else if (amount_sign(credit) > 0) {
        held(line);
    } else if (amount_sign(credit) < 0) {
        struct explanation_term *term =
            explanation_minus(e, amount_negate(e->arena, credit), "of the credit, by %.*s",
                              (int)event->id.len, event->id.ptr);
        term->event = event;
        term->at = load_event_place(event);
    }
    explanation_end_money(e, EXPLANATION_SUM, credit);
}

static void explain_date(const struct line *line)
{
    struct explanation *e = line->e;
    if (!begin(line, "date"))
        return;
    struct explanation_term *term = explanation_dated(
        e, line->line->date,
        line->line->uses_credit ? "the day on which its credit was used" : "the event's own date");
    if (!line->line->uses_credit) {
        term->event = line->line->event;
        term->at = load_event_place(line->line->event);
    }
    explanation_end_date(e, EXPLANATION_DATE, line->line->date);
}

static void explain_n(const struct line *line)
{
    struct explanation *e = line->e;
    if (!begin(line, "n"))
        return;
    if (line->line->n == ROW_UNNUMBERED) {
        explanation_say(e, "no row: the line is of credit");
        explanation_end_words(e, EXPLANATION_WORDS, text_of(""));
        return;
    }
    struct explanation_term *term =
        explanation_term(e, amount_of(line->line->n), "the row that it is about%s",
                         row_of(line->x, line->line->n) == NULL ? ", which is no more" : "");
    term->row = explanation_text(e, "%d", line->line->n);
    term->figure = "n";
    explanation_end_count(e, EXPLANATION_SUM, line->line->n);
}

void explain_allocations(const struct explain_loan *x)
{
    for (size_t i = 0; i < x->account->line_count; i++) {
        const struct account_line *at = &x->account->lines[i];
        const struct line line = {
            .x = x,
            .e = x->e,
            .line = at,
            .index = i,
            .number = (unsigned)i + 1,
            .name = explanation_text(x->e, "%.*s", (int)at->event->id.len, at->event->id.ptr),
        };
        explanation_given(x->e, file, line.number, line.name, "account_id", x->loan->account_id,
                          load_row_place(x->work->contract), "account_id");
        given(&line, "event_id", at->event->id, "event_id");
        given(&line, "type", event_name(at->event), "type");
        given(&line, "document", at->event->document, "document");
        explain_date(&line);
        explain_n(&line);
        explain_part(&line, COMPONENT_PRINCIPAL);
        explain_part(&line, COMPONENT_FEE);
        explain_part(&line, COMPONENT_PENALTY);
        explain_credit(&line);
    }
}
