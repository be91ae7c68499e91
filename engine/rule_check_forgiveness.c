#include "rule_check.h"

#define NOTE(faults, code, at, ...) fault_add_once((faults), (code), (at), __VA_ARGS__)

/* Exactly one of two keys of a map; that the map is missing, or no map, has been told. */
static void check_either(const struct rule_scope *item, enum rule_key map, enum rule_key a,
                         enum rule_key b, struct faults *faults)
{
    if (!item->value[map].set)
        return;
    if (item->value[a].given && item->value[b].given)
        NOTE(faults, FAULT_RULE_CONFLICT, item->value[b].at, "`%s` does not go with `%s`",
             rule_row(b)->path, rule_row(a)->path);
    else if (item->value[a].node == NULL && item->value[b].node == NULL)
        NOTE(faults, FAULT_RULE_KEY_MISSING, item->value[map].at, "one of `%s` and `%s` is missing",
             rule_row(a)->path, rule_row(b)->path);
}

/* Above zero, and no more than all. */
static void check_share(const struct rule_value *share, const char *path, struct faults *faults)
{
    if (!share->given)
        return;
    if (amount_is_zero(share->fraction.num) ||
        amount_compare(share->fraction.num, share->fraction.den) > 0)
        NOTE(faults, FAULT_RULE_LIMITS, share->at, "%s '%.*s' is not above 0%% and at most 100%%",
             path, (int)share->text.len, share->text.ptr);
}

static void check_bands(const struct rule_value *bands, struct faults *faults)
{
    struct amount below = AMOUNT_ZERO;
    for (unsigned i = 0; i < bands->count; i++) {
        const struct rule_value *up_to =
            &bands->items[i]->value[RULE_FORGIVENESS_FORGIVE_BANDS_UP_TO];
        const struct rule_value *share =
            &bands->items[i]->value[RULE_FORGIVENESS_FORGIVE_BANDS_SHARE];
        check_share(share, rule_row(RULE_FORGIVENESS_FORGIVE_BANDS_SHARE)->path, faults);
        if (up_to->given && amount_compare(up_to->amount, below) <= 0)
            NOTE(faults, FAULT_RULE_LIMITS, up_to->at,
                 "up_to '%.*s' is not above that of the band before it, or zero",
                 (int)up_to->text.len, up_to->text.ptr);
        below = up_to->amount;
    }
}

static void check_rounding(const struct rule_scope *item, struct faults *faults)
{
    const struct rule_value *unit = &item->value[RULE_FORGIVENESS_ROUNDING_UNIT];
    if (item->value[RULE_FORGIVENESS_ROUNDING].node == NULL)
        NOTE(faults, FAULT_ROUNDING_MISSING, item->at,
             "a share divides: forgiveness[].rounding {unit, mode} is missing");
    else if (unit->given && amount_is_zero(unit->amount))
        NOTE(faults, FAULT_AMOUNT_ZERO, unit->at, "forgiveness[].rounding.unit must be above zero");
}

void rule_check_forgiveness(const struct rule_scope *rules, struct faults *faults)
{
    const struct rule_value *list = &rules->value[RULE_FORGIVENESS];
    for (unsigned i = 0; i < list->count; i++) {
        const struct rule_scope *item = list->items[i];
        check_either(item, RULE_FORGIVENESS_WHEN, RULE_FORGIVENESS_WHEN_BY,
                     RULE_FORGIVENESS_WHEN_WITHIN, faults);
        check_either(item, RULE_FORGIVENESS_FORGIVE, RULE_FORGIVENESS_FORGIVE_SHARE,
                     RULE_FORGIVENESS_FORGIVE_BANDS, faults);
        if (item->value[RULE_FORGIVENESS_WHEN_REPAID].number < 0)
            check_share(&item->value[RULE_FORGIVENESS_WHEN_REPAID],
                        rule_row(RULE_FORGIVENESS_WHEN_REPAID)->path, faults);
        check_share(&item->value[RULE_FORGIVENESS_FORGIVE_SHARE],
                    rule_row(RULE_FORGIVENESS_FORGIVE_SHARE)->path, faults);
        check_bands(&item->value[RULE_FORGIVENESS_FORGIVE_BANDS], faults);
        check_rounding(item, faults);
    }
}
