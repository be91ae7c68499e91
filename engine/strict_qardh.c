#include "rule_check.h"
#include "rule_strict.h"

enum penalty_to { TO_REVENUE, TO_SOCIAL_FUND }; /* as penalty.to allows */

/* A late payer may be made to pay, but the lender gains nothing by it. */
static void judge_penalty(const struct strict *strict)
{
    const struct rule_value *to = strict_value(strict, RULE_PENALTY_TO);
    if (!rule_check_has_penalty(strict->rules))
        return;
    if (!to->set)
        STRICT_NOTE(strict, FAULT_QARDH_PENALTY, strict_value(strict, RULE_PENALTY)->at,
                    "the penalty does not say whose it is: add `to: social-fund`");
    else if (to->number == TO_REVENUE)
        STRICT_NOTE(strict, FAULT_QARDH_PENALTY, to->at,
                    "a penalty that is kept as revenue is a gain on the loan: give it away, `to: "
                    "social-fund`");
}

/* A fee may pay for a service, which costs no more for a larger loan. */
static void judge_fees(const struct strict *strict)
{
    const struct rule_value *fees = strict_value(strict, RULE_FEES);
    char quoted[TEXT_QUOTE_MAX];
    for (unsigned i = 0; i < fees->count; i++) {
        const struct rule_value *value = fees->items[i]->value;
        if (value[RULE_FEES_AMOUNT_RATE].set)
            STRICT_NOTE(strict, FAULT_QARDH_FEE, value[RULE_FEES_AMOUNT].at,
                        "fee %s grows with the loan, as interest does: charge what the service "
                        "costs, an amount",
                        text_quote(quoted, value[RULE_FEES_ID].text));
    }
}

/* The last nominal date of the longest plan that a version makes of a loan of its first day;
 * DATE_NONE where the book or the split says it. */
static struct date longest_plan(const struct strict *strict)
{
    const struct rule_scope *rules = strict->rules;
    const struct span every = strict_value(strict, RULE_SCHEDULE_EVERY)->span;
    int32_t periods = rule_installments(rules, RULE_SCHEDULE_INSTALLMENTS_MAX);
    if (periods == 0 || rule_number(rules, RULE_SCHEDULE_DUE_ANCHOR) == RULE_ANCHOR_GIVEN)
        return DATE_NONE;
    if (rule_number(rules, RULE_SCHEDULE_GRACE_PLACE) == RULE_GRACE_BEFORE_TERM)
        periods += rule_grace(rules, RULE_SCHEDULE_GRACE_LENGTH_MAX);
    return date_add_span(strict->from, every, periods, MISSING_LAST_OF_MONTH);
}

/* What is forgiven for paying before it is due is a price of time, as interest is. */
static void judge_bonus(const struct strict *strict)
{
    const struct rule_value *list = strict_value(strict, RULE_FORGIVENESS);
    struct date end = longest_plan(strict);
    char quoted[TEXT_QUOTE_MAX];
    for (unsigned i = 0; i < list->count && date_is_set(end); i++) {
        const struct rule_value *value = list->items[i]->value;
        struct date last = value[RULE_FORGIVENESS_WHEN_BY].date;
        if (value[RULE_FORGIVENESS_WHEN_WITHIN].set)
            last = date_add_span(strict->from, value[RULE_FORGIVENESS_WHEN_WITHIN].span, 1,
                                 MISSING_LAST_OF_MONTH);
        if (date_before(last, end))
            STRICT_NOTE(strict, FAULT_QARDH_BONUS, value[RULE_FORGIVENESS_WHEN].at,
                        "%s forgives for paying back before the plan's end: let its last day be "
                        "that of the longest plan, or forgive without it",
                        text_quote(quoted, value[RULE_FORGIVENESS_ID].text));
    }
}

void strict_qardh(const struct strict *strict)
{
    judge_bonus(strict);
    judge_fees(strict);
    judge_penalty(strict);
}
