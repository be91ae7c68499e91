#include "explain_loan.h"

#include "penalty.h"
#include "replan.h"
#include "rule_check.h"

/* The row that is explained. */
struct due {
    const struct explain_loan *x;
    const struct row *row;
    int32_t key;
};

static const struct rule_scope *rules_of(const struct due *due)
{
    return due->x->loan->rules;
}

/* What a step changed of a figure of the row: zero, or more. */
static struct amount change_in(const struct due *due, size_t step, enum trace_field field)
{
    const struct trace *trace = due->x->trace;
    for (size_t i = 0; i < trace->change_count; i++) {
        const struct trace_change *change = &trace->changes[i];
        if (change->step == step && change->row == due->key && change->field == field)
            return amount_sub(due->x->e->arena, change->after, change->before);
    }
    return AMOUNT_ZERO;
}

/* What a step changed of a total. */
static struct amount total_in(const struct due *due, size_t step, enum trace_field field)
{
    const struct due total = {due->x, NULL, TRACE_NO_ROW};
    return change_in(&total, step, field);
}

static bool is_first_payout(const struct due *due, size_t step)
{
    const struct trace *trace = due->x->trace;
    for (size_t i = 0; i < trace->change_count; i++)
        if (trace->changes[i].field == TRACE_DISBURSED)
            return trace->changes[i].step == step;
    return false;
}

/* The place of the step in the book: the loan's row or the event. */
static void set_place(const struct due *due, struct explanation_term *term, size_t step)
{
    const struct trace_step *at = &due->x->trace->steps[step];
    term->event = at->event;
    term->at =
        at->event == NULL ? load_row_place(due->x->work->contract) : load_event_place(at->event);
}

/* --- principal --- */

/* How many rows with principal the first payout made. */
static unsigned rows_in(const struct due *due, size_t step)
{
    const struct trace *trace = due->x->trace;
    unsigned rows = 0;
    for (size_t i = 0; i < trace->change_count; i++) {
        const struct trace_change *change = &trace->changes[i];
        rows += change->step == step && change->field == TRACE_PRINCIPAL_DUE && change->row > 0;
    }
    return rows;
}

static void down_payment(const struct due *due, size_t step, struct amount paid_out,
                         struct amount value)
{
    struct explanation *e = due->x->e;
    const struct rule_scope *rules = rules_of(due);
    struct explanation_product *product = ARENA_ARRAY(e->arena, struct explanation_product, 1);
    *product = (struct explanation_product){paid_out,
                                            rules->value[RULE_SCHEDULE_DOWN_PAYMENT].fraction, 1};
    struct split_rounding rounding = rule_rounding(rules);
    struct explanation_term *term = explanation_term(e, value, "down payment");
    set_place(due, term, step);
    explanation_of_rounded(
        e, term,
        &(struct explanation_rounded){
            .products = product, .count = 1, .unit = rounding.unit, .mode = rounding.mode});
    explanation_rule(e, RULE_SCHEDULE_DOWN_PAYMENT, DATE_NONE);
    explanation_rule(e, RULE_SCHEDULE_ROUNDING_UNIT, DATE_NONE);
    explanation_rule(e, RULE_SCHEDULE_ROUNDING_MODE, DATE_NONE);
}

static void say_split(struct explanation *e, const struct rule_scope *rules)
{
    explanation_rule(e, RULE_SCHEDULE_SPLIT, DATE_NONE);
    explanation_rule(e, RULE_SCHEDULE_SPLIT_FIXED, DATE_NONE);
    explanation_rule(e, RULE_SCHEDULE_SPLIT_SHARES, DATE_NONE);
    if (rule_split(rules) != RULE_SPLIT_EQUAL && rule_split(rules) != RULE_SPLIT_SHARES)
        return;
    explanation_rule(e, RULE_SCHEDULE_ROUNDING_UNIT, DATE_NONE);
    explanation_rule(e, RULE_SCHEDULE_ROUNDING_MODE, DATE_NONE);
    explanation_rule(e, RULE_SCHEDULE_ROUNDING_RESIDUAL, DATE_NONE);
}

static void planned_row(const struct due *due, size_t step, struct amount paid_out,
                        struct amount value)
{
    struct explanation *e = due->x->e;
    const struct rule_scope *rules = rules_of(due);
    struct amount down = rule_down_payment(e->arena, rules, paid_out);
    struct explanation_split split = {
        .whole = amount_sub(e->arena, paid_out, down),
        .rows = rows_in(due, step),
        .k = (unsigned)due->row->n,
    };
    struct explanation_term *term = explanation_term(e, value, "as planned");
    set_place(due, term, step);
    say_split(e, rules);
    switch (rule_split(rules)) {
    case RULE_SPLIT_CUSTOM:
        term->what = explanation_text(e, "row %d of the loan's own plan", due->row->n);
        return;
    case RULE_SPLIT_BULLET:
        split.rounding = (struct split_rounding){amount_of(1), ROUNDING_DOWN, RESIDUAL_LAST};
        term->what = "all of it, at the end";
        break;
    case RULE_SPLIT_FIXED:
        split.fixed = rule_amount(rules, RULE_SCHEDULE_SPLIT_FIXED);
        break;
    case RULE_SPLIT_SHARES:
        split.shares = rules->value[RULE_SCHEDULE_SPLIT_SHARES].fractions;
        split.rounding = rule_rounding(rules);
        break;
    case RULE_SPLIT_EQUAL:
        split.rounding = rule_rounding(rules);
        break;
    }
    explanation_of_split(e, term, &split);
}

/* What the row got when a step divided an amount anew, NULL: nothing. */
static const struct account_part *part_in(const struct due *due, size_t index)
{
    const struct trace *trace = due->x->trace;
    const struct trace_step *step = &trace->steps[index];
    for (size_t i = step->first_part; i < step->first_part + step->parts; i++)
        if (trace->parts.list[i].n == due->row->n && trace->parts.list[i].fee == NULL)
            return &trace->parts.list[i];
    return NULL;
}

/* A part of what was divided, less what the row had before. */
static void divided_anew(const struct due *due, const struct trace_change *change,
                         const struct account_part *part)
{
    struct explanation *e = due->x->e;
    const struct trace_step *step = &due->x->trace->steps[change->step];
    struct amount more = amount_sub(e->arena, change->after, change->before);
    struct amount before = amount_sub(e->arena, part->part, more);
    struct explanation_term *term =
        explanation_term(e, part->part, "its part by %.*s of %s", (int)step->event->id.len,
                         step->event->id.ptr, explanation_day(e, step->date));
    set_place(due, term, change->step);
    explanation_of_split(e, term,
                         &(struct explanation_split){.whole = part->whole,
                                                     .rows = part->rows,
                                                     .k = part->k,
                                                     .shares = part->shares,
                                                     .fixed = part->fixed,
                                                     .rounding = part->rounding});
    if (amount_sign(before) > 0)
        explanation_minus(e, before, "what of that it had before");
    else if (amount_sign(before) < 0)
        explanation_term(e, amount_negate(e->arena, before),
                         "what it keeps beyond its part, paid or forgiven");
}

static void explain_principal(const struct due *due)
{
    const struct trace *trace = due->x->trace;
    for (size_t i = 0; i < trace->change_count; i++) {
        const struct trace_change *change = &trace->changes[i];
        if (change->row != due->key || change->field != TRACE_PRINCIPAL_DUE)
            continue;
        struct amount paid_out = total_in(due, change->step, TRACE_DISBURSED);
        const struct account_part *part = part_in(due, change->step);
        if (part != NULL)
            divided_anew(due, change, part);
        else if (!is_first_payout(due, change->step))
            explain_change(due->x, trace, change);
        else if (due->row->n == 0)
            down_payment(due, change->step, paid_out, change->after);
        else
            planned_row(due, change->step, paid_out, change->after);
    }
}

/* --- fees --- */

static void fee_term(const struct due *due, const struct account_part *part, size_t step)
{
    static const enum rule_key keys[] = {RULE_FEES_AMOUNT,           RULE_FEES_AMOUNT_RATE,
                                         RULE_FEES_AMOUNT_OF,        RULE_FEES_WHEN,
                                         RULE_FEES_WHEN_INSTALLMENT, RULE_FEES_COLLECT,
                                         RULE_FEES_ROUNDING_UNIT,    RULE_FEES_ROUNDING_MODE};
    struct explanation *e = due->x->e;
    const struct rule_scope *fee = part->fee;
    struct text id = fee->value[RULE_FEES_ID].text;
    struct explanation_term *term =
        explanation_term(e, part->part, "fee %.*s", (int)id.len, id.ptr);
    set_place(due, term, step);
    if (rule_is_set(fee, RULE_FEES_AMOUNT_RATE))
        explanation_of_share(
            e, term, part->whole, fee->value[RULE_FEES_AMOUNT_RATE].fraction,
            (struct split_rounding){
                .unit = rule_amount(fee, RULE_FEES_ROUNDING_UNIT),
                .mode = (enum rounding_mode)rule_number(fee, RULE_FEES_ROUNDING_MODE)});
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++)
        explanation_item(e, keys[i], fee, DATE_NONE);
}

/* The fees that a step charged in the row; false: none. */
static bool fees_in(const struct due *due, size_t index)
{
    const struct trace *trace = due->x->trace;
    const struct trace_step *step = &trace->steps[index];
    bool any = false;
    for (size_t i = step->first_part; i < step->first_part + step->parts; i++) {
        const struct account_part *part = &trace->parts.list[i];
        if (part->n != due->row->n || part->fee == NULL)
            continue;
        any = true;
        if (!amount_is_zero(part->part))
            fee_term(due, part, index);
    }
    return any;
}

static void explain_fee(const struct due *due)
{
    const struct trace *trace = due->x->trace;
    for (size_t i = 0; i < trace->change_count; i++) {
        const struct trace_change *change = &trace->changes[i];
        if (change->row != due->key || change->field != TRACE_FEE_DUE)
            continue;
        if (!fees_in(due, change->step))
            explain_change(due->x, trace, change);
    }
}

/* --- penalties --- */

/* What ${added} is a rate of: exactly, or itself. */
static struct explanation_product product_of(struct arena *arena, struct fraction added,
                                             struct fraction rate)
{
    struct amount num = amount_times(arena, added.num, rate.den);
    struct amount den = amount_times(arena, added.den, rate.num);
    struct explanation_product whole = {added.num, {amount_of(1), added.den}, 1};
    if (amount_is_zero(den))
        return whole;
    struct amount base =
        rounding_quotient(arena, num, amount_of(1), den, amount_of(1), ROUNDING_DOWN);
    if (amount_compare(amount_times(arena, base, den), num) != 0)
        return whole;
    return (struct explanation_product){base, rate, 1};
}

static bool same_product(const struct explanation_product *a, const struct explanation_product *b)
{
    return amount_compare(a->base, b->base) == 0 && amount_compare(a->rate.num, b->rate.num) == 0 &&
           amount_compare(a->rate.den, b->rate.den) == 0;
}

/* What the clause charged for the row, one product for days alike. */
static void collect(const struct due *due, struct fraction rate,
                    struct explanation_rounded *rounded)
{
    const struct trace *trace = due->x->trace;
    struct arena *arena = due->x->e->arena;
    struct explanation_product *products =
        ARENA_ARRAY(arena, struct explanation_product, trace->penalty_count + 1);
    struct date from = DATE_NONE, upto = DATE_NONE;
    size_t count = 0;
    for (size_t i = 0; i < trace->penalty_count; i++) {
        const struct trace_penalty *penalty = &trace->penalties[i];
        if (penalty->row != due->key)
            continue;
        struct explanation_product product = product_of(arena, penalty->added, rate);
        product.times = penalty->times;
        if (count > 0 && same_product(&products[count - 1], &product))
            products[count - 1].times += product.times;
        else
            products[count++] = product;
        if (!date_is_set(from))
            from = penalty->from;
        upto = penalty->upto;
    }
    rounded->products = products;
    rounded->count = count;
    if (count > 0)
        explanation_say(due->x->e, "the penalty is of days from %s to %s",
                        explanation_day(due->x->e, from), explanation_day(due->x->e, upto));
}

static void set_cap(const struct due *due, const struct rule_scope *rules,
                    struct explanation_rounded *rounded)
{
    struct arena *arena = due->x->e->arena;
    const struct rule_value *cap = &rules->value[RULE_PENALTY_CAP];
    struct amount largest = row_due(arena, due->row, COMPONENT_PRINCIPAL);
    if (!cap->set)
        return;
    rounded->cap = (struct fraction){cap->amount, amount_of(1)};
    if (amount_sign(cap->fraction.den) <= 0)
        return;
    if (amount_compare(penalty_largest(due->row), largest) > 0)
        largest = penalty_largest(due->row);
    rounded->cap =
        (struct fraction){amount_times(arena, largest, cap->fraction.num), cap->fraction.den};
}

static struct amount charged_by_days(const struct due *due)
{
    const struct trace *trace = due->x->trace;
    struct arena *arena = due->x->e->arena;
    struct amount sum = AMOUNT_ZERO;
    for (size_t i = 0; i < trace->change_count; i++) {
        const struct trace_change *change = &trace->changes[i];
        if (change->row == due->key && change->field == TRACE_PENALTY_DUE &&
            trace->steps[change->step].cause == TRACE_BY_DAY)
            sum = amount_add(arena, sum, amount_sub(arena, change->after, change->before));
    }
    return sum;
}

/* The clause's own charge as one term; false when it was not rounded once by the rules of now. */
static bool penalty_term(const struct due *due, struct amount charged)
{
    static const enum rule_key keys[] = {RULE_PENALTY_KIND,          RULE_PENALTY_AMOUNT,
                                         RULE_PENALTY_RATE,          RULE_PENALTY_BASE,
                                         RULE_PENALTY_AFTER,         RULE_PENALTY_COUNT,
                                         RULE_PENALTY_CAP,           RULE_PENALTY_ROUNDING_UNIT,
                                         RULE_PENALTY_ROUNDING_MODE, RULE_PENALTY_APPLIES_IF};
    struct explanation *e = due->x->e;
    const struct rule_scope *rules = program_at(due->x->loan->program, due->row->due);
    struct explanation_rounded rounded = {.unit = amount_of(1), .mode = ROUNDING_DOWN};
    size_t says = e->say_count;
    collect(due,
            rules->value[RULE_PENALTY_RATE].set ? rules->value[RULE_PENALTY_RATE].fraction
                                                : (struct fraction){amount_of(1), amount_of(1)},
            &rounded);
    set_cap(due, rules, &rounded);
    if (rule_is_set(rules, RULE_PENALTY_ROUNDING)) {
        rounded.unit = rule_amount(rules, RULE_PENALTY_ROUNDING_UNIT);
        rounded.mode = (enum rounding_mode)rule_number(rules, RULE_PENALTY_ROUNDING_MODE);
    }
    if (amount_compare(explanation_rounded_value(e->arena, &rounded), charged) != 0) {
        e->say_count = says;
        return false;
    }
    explanation_of_rounded(e, explanation_term(e, charged, "penalty by rule"), &rounded);
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++)
        explanation_rule(e, keys[i], due->row->due);
    return true;
}

static void explain_penalty(const struct due *due)
{
    const struct trace *trace = due->x->trace;
    struct amount charged = charged_by_days(due);
    bool once = !amount_is_zero(charged) && penalty_term(due, charged);
    for (size_t i = 0; i < trace->change_count; i++) {
        const struct trace_change *change = &trace->changes[i];
        if (change->row == due->key && change->field == TRACE_PENALTY_DUE &&
            !(once && trace->steps[change->step].cause == TRACE_BY_DAY))
            explain_change(due->x, trace, change);
    }
}

void explain_row_due(const struct explain_loan *x, unsigned index, enum trace_field field)
{
    const struct due due = {x, &x->account->rows[index], trace_row_key(x->account, index)};
    if (field == TRACE_PRINCIPAL_DUE)
        explain_principal(&due);
    else if (field == TRACE_FEE_DUE)
        explain_fee(&due);
    else
        explain_penalty(&due);
}
