#include "rule_check.h"
#include "rule_strict.h"

/* The counts from 1 on that a loan may reach: none where least > most. */
struct counts {
    int32_t least, most;
};

/* The longest time of ${months} whole months, in days. */
static int32_t longest(int32_t months)
{
    enum { FOUR_YEARS = 1461 }; /* each place of a leap day within the months */
    int32_t most = 0;
    for (int32_t day = 0; day < FOUR_YEARS; day++) {
        struct date from = date_add_days(date_of(1996, 1, 1), day);
        int32_t days = date_add_months(from, months).day - from.day;
        most = days > most ? days : most;
    }
    return most;
}

/* The fewest months that are more than ${tolerance} days late can be: a loan is ${m} months late at
 * most until the day before m + 1 months. */
static int32_t fewest_months(int32_t tolerance)
{
    int32_t m = 1;
    while (m <= tolerance / 28 && longest(m + 1) - 1 <= tolerance)
        m++;
    return m;
}

/* The most months that a loan can be late before the calendar ends. */
static int32_t most_months(struct date in_force)
{
    int32_t m = 0;
    while (date_in_range(date_add_months(in_force, m + 1)))
        m++;
    return m;
}

/* What arrears.range can be beside 0, by semantics 8: d days past due count from 1 on, those up to
 * the tolerance as 0, and the calendar ends. */
static struct counts counts_of(const struct strict *strict)
{
    const struct rule_value *tolerance = strict_value(strict, RULE_ARREARS_TOLERANCE);
    int32_t t = tolerance->span.count;
    int32_t most = date_of(2199, 12, 31).day - strict->program->in_force.day;
    enum rule_count_from count_from =
        (enum rule_count_from)strict_value(strict, RULE_ARREARS_COUNT_FROM)->number;
    switch ((enum rule_basis)strict_value(strict, RULE_ARREARS_BASIS)->number) {
    case RULE_DAYS_PAST_DUE:
        switch (count_from) {
        case RULE_DAY_AFTER_DUE:
            return (struct counts){t + 1, most};
        case RULE_DUE_DATE:
            return (struct counts){t + 2, most + 1};
        case RULE_END_OF_TOLERANCE:
            return (struct counts){1, most - t};
        }
        break;
    case RULE_MONTHS_PAST_DUE:
        return (struct counts){fewest_months(t), most_months(strict->program->in_force)};
    case RULE_DAYS_PAST_MATURITY:
        return (struct counts){1, most};
    case RULE_MISSED_INSTALLMENTS:
    case RULE_DEMAND_LETTERS:
        break;
    }
    return (struct counts){1, RULE_RANGE_OPEN};
}

static bool reaches(struct counts counts, const struct rule_value *range)
{
    int32_t from = range->from > counts.least ? range->from : counts.least;
    int32_t upto = range->upto < counts.most ? range->upto : counts.most;
    return range->from == 0 || from <= upto;
}

static void judge_reach(const struct strict *strict)
{
    const struct rule_value *classes = strict_value(strict, RULE_ARREARS_CLASSES);
    struct counts counts = counts_of(strict);
    struct counts matured = {1, date_of(2199, 12, 31).day - strict->program->in_force.day};
    for (unsigned i = 0; i < classes->count; i++) {
        const struct rule_value *value = classes->items[i]->value;
        const struct rule_value *past = &value[RULE_ARREARS_CLASSES_MATURED];
        char quoted[TEXT_QUOTE_MAX];
        if (reaches(counts, &value[RULE_ARREARS_CLASSES_RANGE]) ||
            (past->set && reaches(matured, past)))
            continue;
        (void)text_quote(quoted, value[RULE_ARREARS_CLASSES_ID].text);
        if (value[RULE_ARREARS_CLASSES_RANGE].from > counts.most)
            STRICT_NOTE(strict, FAULT_CLASS_UNREACHABLE, value[RULE_ARREARS_CLASSES_RANGE].at,
                        "no loan can be in class %s: by 2199-12-31 the count is %d at most; lower "
                        "the range",
                        quoted, counts.most);
        else
            STRICT_NOTE(strict, FAULT_CLASS_UNREACHABLE, value[RULE_ARREARS_CLASSES_RANGE].at,
                        "no loan can be in class %s: by count_from and tolerance the count after "
                        "0 is %d; give the range to the class before",
                        quoted, counts.least);
    }
}

/* Where one class has a provision, none is left to the default. */
static void judge_provisions(const struct strict *strict)
{
    const struct rule_value *classes = strict_value(strict, RULE_ARREARS_CLASSES);
    bool any = false;
    char quoted[TEXT_QUOTE_MAX];
    for (unsigned i = 0; i < classes->count; i++)
        any = any || classes->items[i]->value[RULE_ARREARS_CLASSES_PROVISION].given;
    for (unsigned i = 0; i < classes->count && any; i++)
        if (!classes->items[i]->value[RULE_ARREARS_CLASSES_PROVISION].given)
            STRICT_NOTE(strict, FAULT_CLASSES_INCOMPLETE, classes->items[i]->at,
                        "class %s has no `provision`, others have: write `provision: 0%%` if that "
                        "is meant",
                        text_quote(quoted, classes->items[i]->value[RULE_ARREARS_CLASSES_ID].text));
}

void strict_classes(const struct strict *strict)
{
    if (!strict_given(strict, RULE_ARREARS))
        return;
    if (strict->program->is_grant) { /* of refunds: counted in days, none of them performs */
        judge_provisions(strict);
        return;
    }
    if (!strict_given(strict, RULE_ARREARS_NON_PERFORMING))
        STRICT_NOTE(strict, FAULT_CLASSES_INCOMPLETE, strict_value(strict, RULE_ARREARS)->at,
                    "arrears says of no class that it is non-performing: add `non_performing: "
                    "[...]`, empty if there is none");
    judge_provisions(strict);
    judge_reach(strict);
}
