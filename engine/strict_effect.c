#include "rule_check.h"
#include "rule_strict.h"

/* A tier that is as wide as principal.max narrows nothing; one that does is enough. */
static void judge_by(const struct strict *strict)
{
    const struct rule_value *by = strict_value(strict, RULE_PRINCIPAL_BY);
    const struct rule_value *tiers = strict_value(strict, RULE_PRINCIPAL_BY_MAX);
    struct amount max = rule_amount(strict->rules, RULE_PRINCIPAL_MAX);
    bool narrows = false;
    for (unsigned i = 0; i < tiers->count; i++)
        narrows = narrows ||
                  amount_compare(rule_amount(tiers->items[i], RULE_PRINCIPAL_BY_MAX_ANY), max) < 0;
    if (by->given && !narrows)
        STRICT_NOTE(strict, FAULT_RULE_WITHOUT_EFFECT, by->at,
                    "no value of principal.by is below principal.max: remove it, or lower one");
}

static bool pays_in_advance(enum rule_excess excess)
{
    switch (excess) {
    case RULE_EXCESS_NEXT:
    case RULE_EXCESS_LAST:
    case RULE_EXCESS_RE_SPREAD:
        return true;
    case RULE_EXCESS_HOLD:
    case RULE_EXCESS_REFUND:
        break;
    }
    return false;
}

/* The excess of a payment type of the program's own: the general one unless it has its own. */
static enum rule_excess excess_of(const struct strict *strict, const struct rule_scope *type)
{
    const struct rule_value *own = &type->value[RULE_ALLOCATION_TYPES_EXCESS];
    return (enum rule_excess)(own->set ? own : strict_value(strict, RULE_ALLOCATION_EXCESS))
        ->number;
}

/* Components that are paid in advance, where nothing is. */
static void judge_excess_components(const struct strict *strict)
{
    static const char *const text = "nothing is paid in advance here: remove `excess_components`, "
                                    "or say `excess: next`, `last` or `re-spread`";
    const struct rule_value *general = strict_value(strict, RULE_ALLOCATION_EXCESS_COMPONENTS);
    const struct rule_value *types = strict_value(strict, RULE_ALLOCATION_TYPES);
    bool used =
        pays_in_advance((enum rule_excess)strict_value(strict, RULE_ALLOCATION_EXCESS)->number);
    for (unsigned i = 0; i < types->count; i++) {
        const struct rule_value *own =
            &types->items[i]->value[RULE_ALLOCATION_TYPES_EXCESS_COMPONENTS];
        bool pays = pays_in_advance(excess_of(strict, types->items[i]));
        if (own->given && !pays)
            STRICT_NOTE(strict, FAULT_RULE_WITHOUT_EFFECT, own->at, "%s", text);
        used = used || (pays && !own->given);
    }
    if (general->given && !used)
        STRICT_NOTE(strict, FAULT_RULE_WITHOUT_EFFECT, general->at, "%s", text);
}

static bool re_spreads(const struct strict *strict)
{
    const struct rule_value *types = strict_value(strict, RULE_ALLOCATION_TYPES);
    bool any = strict_value(strict, RULE_ALLOCATION_EXCESS)->number == RULE_EXCESS_RE_SPREAD;
    for (unsigned i = 0; i < types->count; i++)
        any = any || excess_of(strict, types->items[i]) == RULE_EXCESS_RE_SPREAD;
    return any;
}

/* A rounding where nothing is divided. */
static void judge_rounding(const struct strict *strict)
{
    const struct rule_value *rounding = strict_value(strict, RULE_SCHEDULE_ROUNDING);
    if (!rounding->given || strict_given(strict, RULE_SCHEDULE_DOWN_PAYMENT) ||
        re_spreads(strict) || rule_reschedule_splits(strict->rules))
        return;
    switch (rule_split(strict->rules)) {
    case RULE_SPLIT_SHARES:
    case RULE_SPLIT_EQUAL:
        return;
    case RULE_SPLIT_FIXED:
    case RULE_SPLIT_BULLET:
    case RULE_SPLIT_CUSTOM:
        break;
    }
    STRICT_NOTE(strict, FAULT_RULE_WITHOUT_EFFECT, rounding->at,
                "this split divides nothing: remove schedule.rounding");
}

/* Whether each class is one of ${ids}. */
static bool lists_all(const struct rule_value *classes, const struct rule_value *ids)
{
    for (unsigned i = 0; i < classes->count; i++) {
        bool listed = false;
        for (unsigned j = 0; j < ids->count && !listed; j++)
            listed =
                text_equal(classes->items[i]->value[RULE_ARREARS_CLASSES_ID].text, ids->ids[j]);
        if (!listed)
            return false;
    }
    return true;
}

static void judge_provision(const struct strict *strict)
{
    const struct rule_value *provision = strict_value(strict, RULE_ARREARS_PROVISION);
    const struct rule_value *classes = strict_value(strict, RULE_ARREARS_CLASSES);
    const struct rule_value *not_for = strict_value(strict, RULE_ARREARS_PROVISION_LESS_NOT_FOR);
    bool any = false;
    for (unsigned i = 0; i < classes->count; i++)
        any = any || !amount_is_zero(
                         classes->items[i]->value[RULE_ARREARS_CLASSES_PROVISION].fraction.num);
    if (provision->given && !any)
        STRICT_NOTE(strict, FAULT_RULE_WITHOUT_EFFECT, provision->at,
                    "no class has a `provision` above zero: remove arrears.provision, or give one");
    if (not_for->given && lists_all(classes, not_for))
        STRICT_NOTE(strict, FAULT_RULE_WITHOUT_EFFECT, not_for->at,
                    "`less` is taken off for no class: remove both, or list fewer classes");
}

/* Amounts below which something happens: below zero there is nothing. */
static void judge_small_amounts(const struct strict *strict)
{
    static const enum rule_key keys[] = {RULE_SMALL_AMOUNTS_FORGIVE_BELOW,
                                         RULE_SMALL_AMOUNTS_KEEP_CREDIT_BELOW};
    for (unsigned i = 0; i < sizeof keys / sizeof *keys; i++) {
        const struct rule_value *value = strict_value(strict, keys[i]);
        if (value->given && amount_is_zero(value->amount))
            STRICT_NOTE(strict, FAULT_RULE_WITHOUT_EFFECT, value->at,
                        "no rest is less than nothing: remove %s, or raise it",
                        rule_row(keys[i])->path);
    }
}

static bool is_share(const struct rule_value *value)
{
    return amount_sign(value->fraction.den) > 0;
}

/* A cap that what is charged once cannot come to: a share is of at most the principal that the cap
 * is a share of. */
static void judge_penalty_cap(const struct strict *strict)
{
    const struct rule_value *cap = strict_value(strict, RULE_PENALTY_CAP);
    const struct rule_value *rate = strict_value(strict, RULE_PENALTY_RATE);
    const struct rule_value *amount = strict_value(strict, RULE_PENALTY_AMOUNT);
    int32_t kind = strict_value(strict, RULE_PENALTY_KIND)->number;
    bool above = false;
    if (!cap->given)
        return;
    if (kind == RULE_PENALTY_FLAT && !is_share(cap))
        above = amount_compare(cap->amount, amount->amount) >= 0;
    if (kind == RULE_PENALTY_SHARE && is_share(cap))
        above = fraction_compare(strict->arena, cap->fraction, rate->fraction) >= 0;
    if (above)
        STRICT_NOTE(strict, FAULT_RULE_WITHOUT_EFFECT, cap->at,
                    "the penalty is charged once and never comes to more than its cap: remove "
                    "`cap`, or lower it");
}

/* A limit of a kind that is not allowed. */
static void judge_reschedule(const struct strict *strict)
{
    const struct rule_value *most = strict_value(strict, RULE_RESCHEDULE_MAX_GRACE);
    if (most->given && !rule_allows_reschedule(strict->rules, RULE_RESCHEDULE_GRACE))
        STRICT_NOTE(strict, FAULT_RULE_WITHOUT_EFFECT, most->at,
                    "reschedule.kinds does not list `grace`: remove max_grace, or list it");
}

void strict_effect(const struct strict *strict)
{
    judge_by(strict);
    judge_excess_components(strict);
    judge_rounding(strict);
    judge_provision(strict);
    judge_small_amounts(strict);
    judge_penalty_cap(strict);
    judge_reschedule(strict);
}
