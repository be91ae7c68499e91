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

void strict_qardh(const struct strict *strict)
{
    judge_fees(strict);
    judge_penalty(strict);
}
