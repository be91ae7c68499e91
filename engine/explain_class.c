#include "explain_loan.h"

#include "allocation.h"
#include "arrears.h"
#include "rule_check.h"

static struct text class_id(const struct rule_scope *rules, int32_t index)
{
    return rules->value[RULE_ARREARS_CLASSES].items[index]->value[RULE_ARREARS_CLASSES_ID].text;
}

/* --- what makes the class --- */

/* A class because a number lies in its range. */
static void ranged(struct explanation *e, const struct rule_scope *rules, enum rule_key key,
                   int32_t index, int32_t number, const char *what, struct date as_of)
{
    const struct rule_scope *class = rules->value[RULE_ARREARS_CLASSES].items[index];
    const struct rule_value *range = &class->value[key];
    const struct explanation_range is = {.class_id = class_id(rules, index),
                                         .index = index,
                                         .number = number,
                                         .from = range->from,
                                         .upto = range->upto};
    if (range->upto == RULE_RANGE_OPEN)
        explanation_ranged(e, &is, "%d %s, %d or more", number, what, range->from);
    else
        explanation_ranged(e, &is, "%d %s, within %d..%d", number, what, range->from, range->upto);
    explanation_item(e, key, class, as_of);
}

/* A class for another reason than a range. */
static void because(struct explanation *e, const struct rule_scope *rules, int32_t index,
                    const char *why)
{
    const struct explanation_range is = {
        .class_id = class_id(rules, index), .index = index, .from = 1, .upto = 0};
    explanation_ranged(e, &is, "%s", why);
}

static void say_letters(const struct explain_loan *x, const struct position *position)
{
    for (size_t i = 0; i < x->account->event_count; i++) {
        const struct event *event = x->account->events[i];
        if (event->type == EVENT_LETTER && event->counts && date_is_set(position->oldest_due) &&
            date_before(position->oldest_due, event->date))
            explanation_say(x->e, "letter %.*s of %s", (int)event->id.len, event->id.ptr,
                            explanation_day(x->e, event->date));
    }
}

static const char *judgement(const struct explain_loan *x)
{
    const struct event *judged = x->account->judged;
    return explanation_text(x->e, "judged by %.*s of %s", (int)judged->id.len, judged->id.ptr,
                            explanation_day(x->e, judged->date));
}

void explain_class(const struct explain_loan *x, const struct computation *run,
                   const struct position *position, struct date as_of)
{
    static const char *const words[] = {
        [RULE_DAYS_PAST_DUE] = "days past due",
        [RULE_MONTHS_PAST_DUE] = "months past due",
        [RULE_MISSED_INSTALLMENTS] = "installments missed",
        [RULE_DAYS_PAST_MATURITY] = "days past the last due date",
        [RULE_DEMAND_LETTERS] = "letters unanswered",
    };
    const struct account *account = &run->account;
    const struct rule_scope *rules = position->rules;
    const struct account_overdue overdue = position_overdue(account, position);
    struct explanation *e = x->e;
    enum rule_basis basis = (enum rule_basis)rule_number(rules, RULE_ARREARS_BASIS);
    int32_t number = arrears_number(account, rules, &overdue, as_of);
    int32_t matured = arrears_matured(account, &overdue, as_of);
    int32_t index = arrears_class_of(rules, RULE_ARREARS_CLASSES_RANGE, number);
    explanation_rule(e, RULE_ARREARS_BASIS, as_of);
    ranged(e, rules, RULE_ARREARS_CLASSES_RANGE, index, number, words[basis], as_of);
    if (basis == RULE_DEMAND_LETTERS)
        say_letters(x, position);
    index = arrears_class_of(rules, RULE_ARREARS_CLASSES_MATURED, matured);
    if (matured > 0 && index >= 0)
        ranged(e, rules, RULE_ARREARS_CLASSES_MATURED, index, matured,
               "days past the last due date", as_of);
    index = arrears_judged(account, rules);
    if (index >= 0)
        because(e, rules, index, judgement(x));
    index = arrears_held(account, rules, &overdue, as_of);
    explanation_rule(e, RULE_ARREARS_CURE, as_of);
    explanation_rule(e, RULE_ARREARS_CURE_CLEAN, as_of);
    if (index >= 0)
        because(e, rules, index, "the worst of the days since it was last cured");
    explanation_rule(e, RULE_ARREARS_SCOPE, as_of);
    if (position->class_index > arrears_class(account, rules, &overdue, as_of))
        because(e, rules, position->class_index, "the worst among the borrower's loans");
}

/* --- what would have made another --- */

/* Tries on copies of the account, which goes on in an arena of its own. */
struct trial {
    const struct explain_loan *x;
    struct arena arena;
    struct event payment; /* on the as-of date */
};

static void pay(struct trial *trial, struct account *account, struct amount amount)
{
    trial->payment.amount = amount;
    allocation_pay(account, &trial->payment, amount);
    account_finish(account, trial->x->options->as_of);
}

/* The class once ${amount} more is paid, POSITION_NO_CLASS: nothing is unpaid then. */
static int32_t class_if_paid(struct trial *trial, struct amount amount)
{
    struct account account;
    struct position position;
    arena_reset(&trial->arena);
    account_copy(&account, trial->x->account, &trial->arena);
    pay(trial, &account, amount);
    position_of(&account, trial->x->options->as_of, &position);
    return position.class_index;
}

/* The smallest amount in 1..${most}, which does, that makes the class better than ${index}. */
static struct amount least_payment(struct trial *trial, int32_t index, struct amount most)
{
    struct arena *arena = trial->x->e->arena;
    struct amount low = AMOUNT_ZERO, high = most; /* ${low} does not */
    for (;;) {
        struct amount gap = amount_sub(arena, high, low);
        if (amount_compare(gap, amount_of(1)) <= 0)
            return high;
        struct amount half =
            rounding_quotient(arena, gap, amount_of(1), amount_of(2), amount_of(1), ROUNDING_DOWN);
        struct amount middle = amount_add(arena, low, half);
        if (class_if_paid(trial, middle) < index)
            high = middle;
        else
            low = middle;
    }
}

static void say_better(struct trial *trial, int32_t index)
{
    struct explanation *e = trial->x->e;
    const struct position *position = &trial->x->run->position;
    struct amount overdue = position->figure[FIGURE_OVERDUE];
    if (amount_is_zero(overdue) || class_if_paid(trial, overdue) >= index) {
        explanation_say(e, "no payment on that day alone would have made the class better");
        return;
    }
    struct amount amount = least_payment(trial, index, overdue);
    int32_t better = class_if_paid(trial, amount);
    explanation_next(
        e, &(struct explanation_other){.class_id = better == POSITION_NO_CLASS
                                                       ? text_of("closed")
                                                       : class_id(position->rules, better),
                                       .pay = amount_copy(e->arena, amount),
                                       .on = DATE_NONE});
}

/* From day to day, as nothing happens any more, by the rules of each day. */
static void say_worse(struct trial *trial, int32_t index)
{
    enum { DAYS_MAX = 10 * 366 };
    const struct explain_loan *x = trial->x;
    struct date day = x->options->as_of;
    struct account account;
    struct position position;
    arena_reset(&trial->arena);
    account_copy(&account, x->account, &trial->arena);
    for (unsigned i = 0; i < DAYS_MAX; i++) {
        day = date_add_days(day, 1);
        if (!date_in_range(day))
            break;
        account_finish(&account, day);
        position_of(&account, day, &position);
        if (position.class_index == POSITION_NO_CLASS)
            break;
        if (position.class_index > index) {
            explanation_next(
                x->e, &(struct explanation_other){
                          .class_id = class_id(position.rules, position.class_index), .on = day});
            return;
        }
    }
    explanation_say(x->e, "if nothing is paid it does not become worse within ten years");
}

void explain_class_next(const struct explain_loan *x)
{
    const struct position *position = &x->run->position;
    int32_t index = position->class_index;
    int32_t count = (int32_t)position->rules->value[RULE_ARREARS_CLASSES].count;
    struct trial trial = {
        .x = x,
        .payment = {.type = EVENT_REPAY, .date = x->options->as_of, .counts = true, .known = true},
    };
    const struct account_overdue overdue = position_overdue(x->account, position);
    arena_init(&trial.arena, x->e->arena->memory);
    bool by_others =
        index > arrears_class(x->account, position->rules, &overdue, x->options->as_of);
    if (by_others)
        explanation_say(x->e, "another loan of the borrower would have to be of a better class");
    else if (index > 0)
        say_better(&trial, index);
    if (index + 1 < count)
        say_worse(&trial, index);
    arena_free(&trial.arena);
}
