#include "explain_loan.h"

#include "rule_check.h"

static const char file[] = "subsidy.csv";

/* One line of the file. */
struct line {
    const struct explain_loan *x;
    struct explanation *e;
    const struct subsidy_claim *claim;
    const struct rule_scope *rules; /* of the month's last day */
    unsigned number;
    const char *name;
    struct date before; /* the last day of the month before */
};

static bool begin(const struct line *line, const char *figure)
{
    return explanation_begin(line->e, file, line->number, line->name, figure);
}

static bool is_planned(const struct line *line)
{
    return rule_number(line->rules, RULE_SUBSIDY_ON) == RULE_SUBSIDY_PLANNED;
}

/* --- what is outstanding at the end of a day --- */

/* By the plan as it stood at the month's end: paid out by then, less what had fallen due. */
static struct amount planned(const struct line *line, struct date day)
{
    const struct explain_loan *x = line->x;
    const struct trace *trace = x->trace;
    struct arena *arena = line->e->arena;
    struct amount sum = AMOUNT_ZERO;
    for (unsigned i = 0; i < x->account->payout_count; i++)
        if (!date_before(day, x->account->payouts[i].date))
            sum = amount_add(arena, sum, x->account->payouts[i].amount);
    for (unsigned i = 0; i < x->account->row_count; i++) {
        int32_t key = trace_row_key(x->account, i);
        struct date due = {(int32_t)trace_at(trace, key, TRACE_DUE, line->claim->month).word};
        if (date_is_set(due) && !date_before(day, due))
            sum = amount_sub(arena, sum,
                             trace_at(trace, key, TRACE_PRINCIPAL_DUE, line->claim->month));
    }
    return sum;
}

static struct amount outstanding(const struct line *line, struct date day)
{
    const struct account *account = line->x->account;
    if (date_is_set(account->opening) && date_before(day, account->opening))
        return AMOUNT_ZERO;
    if (is_planned(line))
        return planned(line, day);
    return trace_at(line->x->trace, TRACE_NO_ROW, TRACE_OUTSTANDING, day);
}

static struct amount capped(const struct line *line, struct amount amount)
{
    const struct rule_value *cap = &line->rules->value[RULE_SUBSIDY_CAP];
    return cap->set ? amount_least(amount, cap->amount) : amount;
}

/* --- the base --- */

/* One term for days alike: their amount times their number. */
static void daily(const struct line *line)
{
    struct explanation *e = line->e;
    struct date from = date_add_days(line->before, 1), last = line->claim->month;
    while (!date_before(last, from)) {
        struct amount base = capped(line, outstanding(line, from));
        struct date upto = from;
        while (date_before(upto, last) &&
               amount_compare(capped(line, outstanding(line, date_add_days(upto, 1))), base) == 0)
            upto = date_add_days(upto, 1);
        int32_t days = upto.day - from.day + 1;
        if (!amount_is_zero(base))
            explanation_term(e, amount_times(e->arena, base, amount_of(days)),
                             "%s outstanding at the end of each of %d days, %s to %s",
                             explanation_money(e, base), days, explanation_day(e, from),
                             explanation_day(e, upto));
        from = date_add_days(upto, 1);
    }
}

static void explain_base(const struct line *line)
{
    struct explanation *e = line->e;
    const struct rule_value *cap = &line->rules->value[RULE_SUBSIDY_CAP];
    enum rule_subsidy_basis basis =
        (enum rule_subsidy_basis)rule_number(line->rules, RULE_SUBSIDY_BASIS);
    if (!begin(line, "base"))
        return;
    explanation_rule(e, RULE_SUBSIDY_BASIS, line->claim->month);
    explanation_rule(e, RULE_SUBSIDY_ON, line->claim->month);
    explanation_rule(e, RULE_SUBSIDY_CAP, line->claim->month);
    if (basis == RULE_SUBSIDY_DAILY) {
        daily(line);
        explanation_end_money(e, EXPLANATION_SUM, line->claim->base);
        return;
    }
    if (basis == RULE_SUBSIDY_OPENING)
        explanation_term(e, outstanding(line, line->before), "outstanding at the end of %s",
                         explanation_day(e, line->before));
    else
        explanation_term(e, trace_at(line->x->trace, TRACE_NO_ROW, TRACE_DISBURSED, line->before),
                         "paid out by the end of %s", explanation_day(e, line->before));
    if (cap->set)
        explanation_term(e, cap->amount, "at most");
    explanation_end_money(e, EXPLANATION_LEAST, line->claim->base);
}

/* --- days and amount --- */

static void explain_days(const struct line *line)
{
    struct explanation *e = line->e;
    enum rule_day_count count =
        (enum rule_day_count)rule_number(line->rules, RULE_SUBSIDY_DAY_COUNT);
    if (!begin(line, "days"))
        return;
    explanation_rule(e, RULE_SUBSIDY_DAY_COUNT, line->claim->month);
    if (count == RULE_MONTH || count == RULE_30_360) {
        explanation_term(e, amount_of(line->claim->days), "days that every month has");
        explanation_end_count(e, EXPLANATION_SUM, line->claim->days);
        return;
    }
    explanation_dated(e, line->before, "the last day of the month before");
    explanation_dated(e, line->claim->month, "the last day of the month");
    explanation_end_count(e, EXPLANATION_DAYS, line->claim->days);
}

static void explain_amount(const struct line *line)
{
    enum { MONTHS = 12, DAYS_360 = 360, DAYS_365 = 365 };
    struct explanation *e = line->e;
    const struct rule_scope *rules = line->rules;
    struct fraction rate = rules->value[RULE_SUBSIDY_RATE].fraction;
    enum rule_day_count count = (enum rule_day_count)rule_number(rules, RULE_SUBSIDY_DAY_COUNT);
    bool daily_base = rule_number(rules, RULE_SUBSIDY_BASIS) == RULE_SUBSIDY_DAILY;
    struct explanation_product *product = ARENA_ARRAY(e->arena, struct explanation_product, 1);
    int32_t year = count == RULE_MONTH ? MONTHS : count == RULE_ACTUAL_365 ? DAYS_365 : DAYS_360;
    if (!begin(line, "amount"))
        return;
    *product = (struct explanation_product){
        .base = line->claim->base,
        .rate = {rate.num, amount_times(e->arena, rate.den, amount_of(year))},
        .times = daily_base || count == RULE_MONTH ? 1 : line->claim->days,
    };
    struct explanation_term *term = explanation_term(
        e, line->claim->amount, "the base at the rate of a year, for its part of a year");
    term->figure = "base";
    term->row = line->name;
    explanation_of_rounded(
        e, term,
        &(struct explanation_rounded){
            .products = product,
            .count = 1,
            .unit = rule_amount(rules, RULE_SUBSIDY_ROUNDING_UNIT),
            .mode = (enum rounding_mode)rule_number(rules, RULE_SUBSIDY_ROUNDING_MODE)});
    explanation_rule(e, RULE_SUBSIDY_RATE, line->claim->month);
    explanation_rule(e, RULE_SUBSIDY_DAY_COUNT, line->claim->month);
    explanation_rule(e, RULE_SUBSIDY_ROUNDING_UNIT, line->claim->month);
    explanation_rule(e, RULE_SUBSIDY_ROUNDING_MODE, line->claim->month);
    explanation_rule(e, RULE_SUBSIDY_ONLY_CLASSES, line->claim->month);
    explanation_end_money(e, EXPLANATION_SUM, line->claim->amount);
}

void explain_subsidy(const struct explain_loan *x)
{
    enum { MONTH_TEXT_LEN = 7 }; /* YYYY-MM */
    const struct subsidy *subsidy = &x->run->subsidy;
    struct place at = load_row_place(x->work->contract);
    for (size_t i = 0; i < subsidy->count; i++) {
        const struct subsidy_claim *claim = &subsidy->claims[i];
        const struct line line = {
            .x = x,
            .e = x->e,
            .claim = claim,
            .rules = program_at(x->loan->program, claim->month),
            .number = (unsigned)i + 1,
            .name = explanation_text(x->e, "%.*s", (int)MONTH_TEXT_LEN,
                                     explanation_day(x->e, claim->month)),
            .before = date_add_days(date_in_month(claim->month, 0, 1, MISSING_LAST_OF_MONTH), -1),
        };
        explanation_given(x->e, file, line.number, line.name, "account_id", x->loan->account_id, at,
                          "account_id");
        explanation_given(x->e, file, line.number, line.name, "program", x->loan->program->id, at,
                          "program");
        if (begin(&line, "currency")) {
            explanation_say(x->e, "the currency of the program");
            explanation_rule(x->e, RULE_CURRENCY_CODE, DATE_NONE);
            explanation_end_words(x->e, EXPLANATION_WORDS, x->loan->program->code);
        }
        if (begin(&line, "month")) {
            explanation_say(x->e, "a month at whose end the program bears the interest");
            explanation_end_words(x->e, EXPLANATION_WORDS, text_of(line.name));
        }
        explain_base(&line);
        explain_days(&line);
        explain_amount(&line);
    }
}
