#include "forgiveness.h"

#include "owed.h"
#include "rounding.h"
#include "rule_check.h"

/* --- how much --- */

/* ${amount} times ${share}, added to an exact sum. */
static struct fraction add_part(struct arena *arena, struct fraction sum, struct amount amount,
                                struct fraction share)
{
    struct amount part = amount_times(arena, amount, share.num);
    return (struct fraction){
        amount_add(arena, amount_times(arena, sum.num, share.den),
                   amount_times(arena, part, sum.den)),
        amount_times(arena, sum.den, share.den),
    };
}

struct amount forgiveness_amount(struct arena *arena, const struct rule_scope *rule,
                                 struct amount disbursed)
{
    const struct rule_value *share = &rule->value[RULE_FORGIVENESS_FORGIVE_SHARE];
    const struct rule_value *bands = &rule->value[RULE_FORGIVENESS_FORGIVE_BANDS];
    struct fraction exact = {AMOUNT_ZERO, amount_of(1)};
    struct amount below = AMOUNT_ZERO;
    if (share->set)
        exact = add_part(arena, exact, disbursed, share->fraction);
    for (unsigned i = 0; i < bands->count; i++) {
        const struct rule_scope *band = bands->items[i];
        struct amount end =
            amount_least(rule_amount(band, RULE_FORGIVENESS_FORGIVE_BANDS_UP_TO), disbursed);
        exact = add_part(arena, exact, amount_sub(arena, end, below),
                         band->value[RULE_FORGIVENESS_FORGIVE_BANDS_SHARE].fraction);
        below = end;
    }
    return rounding_quotient(arena, exact.num, amount_of(1), exact.den,
                             rule_amount(rule, RULE_FORGIVENESS_ROUNDING_UNIT),
                             (enum rounding_mode)rule_number(rule, RULE_FORGIVENESS_ROUNDING_MODE));
}

/* --- when --- */

static bool has_late_row(const struct account *account, struct date day)
{
    for (unsigned i = account->first_open; i < account->row_count; i++) {
        if (!date_before(account->rows[i].due, day))
            return false;
        if (account_row_is_open(&account->rows[i]))
            return true;
    }
    return false;
}

void forgiveness_watch(struct account *account, struct date date)
{
    /* Up to an opening no row counts as having been late; one it leaves unpaid is late after it. */
    if (account->stage == ACCOUNT_RUNNING && !account->was_late &&
        (!date_is_set(account->opening) || date_before(account->opening, date)))
        account->was_late = has_late_row(account, date);
}

void forgiveness_open(struct account *account, struct date date)
{
    account->was_late = has_late_row(account, date);
}

static struct date deadline(const struct account *account, const struct rule_scope *rule)
{
    const struct rule_value *within = &rule->value[RULE_FORGIVENESS_WHEN_WITHIN];
    return within->set
               ? date_add_span(account->payouts[0].date, within->span, 1, MISSING_LAST_OF_MONTH)
               : rule->value[RULE_FORGIVENESS_WHEN_BY].date;
}

static bool is_repaid(const struct account *account, const struct rule_scope *rule,
                      struct amount would)
{
    const struct rule_value *repaid = &rule->value[RULE_FORGIVENESS_WHEN_REPAID];
    const struct account_totals *totals = &account->totals;
    struct arena *arena = account->arena;
    if (repaid->number >= 0)
        return amount_compare(totals->outstanding, would) <= 0;
    return amount_compare(amount_times(arena, totals->repaid, repaid->fraction.den),
                          amount_times(arena, totals->disbursed, repaid->fraction.num)) >= 0;
}

/* Rules are known by their ids, whatever the version. */
static bool has_acted(const struct account *account, struct text id)
{
    for (size_t i = 0; i < account->forgiven_count; i++)
        if (text_equal(account->forgiven_by[i], id))
            return true;
    return false;
}

/* Whether it acts. */
static bool act(struct account *account, const struct rule_scope *rule, struct date day)
{
    struct text id = rule->value[RULE_FORGIVENESS_ID].text;
    if (amount_is_zero(account->totals.outstanding) || has_acted(account, id) ||
        date_before(deadline(account, rule), day))
        return false;
    struct amount would = forgiveness_amount(account->arena, rule, account->totals.disbursed);
    if (!is_repaid(account, rule, would) ||
        (rule_number(rule, RULE_FORGIVENESS_WHEN_NEVER_LATE) != 0 &&
         (account->was_late || has_late_row(account, day))))
        return false;
    account->forgiven_by = arena_grow(account->arena, account->forgiven_by, account->forgiven_count,
                                      &account->forgiven_room, sizeof *account->forgiven_by);
    account->forgiven_by[account->forgiven_count++] = id;
    owed_forgive(account, day, amount_least(would, account->totals.outstanding));
    return true;
}

void forgiveness_act(struct account *account, struct date day)
{
    const struct rule_value *list =
        &program_at(account->loan->program, day)->value[RULE_FORGIVENESS];
    bool acted = account->stage == ACCOUNT_RUNNING && !date_before(day, account->opening);
    while (acted) { /* what one forgives may let another's conditions hold, that very day */
        acted = false;
        for (unsigned i = 0; i < list->count; i++)
            acted = act(account, list->items[i], day) || acted;
    }
}
