#include "impact.h"

#include <string.h>

const enum outcome_figure impact_measures[IMPACT_MEASURES] = {
    (enum outcome_figure)(OUTCOME_AMOUNTS + FIGURE_OUTSTANDING),
    (enum outcome_figure)(OUTCOME_AMOUNTS + FIGURE_OVERDUE),
    (enum outcome_figure)(OUTCOME_AMOUNTS + FIGURE_PROVISION),
    OUTCOME_NEXT_12_MONTHS,
    (enum outcome_figure)(OUTCOME_AMOUNTS + FIGURE_CLAIM),
    (enum outcome_figure)(OUTCOME_AMOUNTS + FIGURE_FORGIVEN),
    OUTCOME_SUBSIDY,
    OUTCOME_AWARD,
    OUTCOME_TO_ACCOUNT,
    OUTCOME_CLAWBACK,
    OUTCOME_REFUND_OUTSTANDING,
    OUTCOME_GRANT_PROVISION,
};

enum outcome_figure impact_measure(struct text name)
{
    for (unsigned i = 0; i < IMPACT_MEASURES; i++)
        if (text_is(name, outcome_name(impact_measures[i])))
            return impact_measures[i];
    return OUTCOME_FIGURES;
}

bool impact_is_gain(enum outcome_figure measure)
{
    return measure == (enum outcome_figure)(OUTCOME_AMOUNTS + FIGURE_FORGIVEN) ||
           measure == OUTCOME_SUBSIDY || measure == OUTCOME_AWARD;
}

void impact_init(struct impact *impact, const struct memory *memory, unsigned groupings,
                 enum outcome_figure measure)
{
    *impact = (struct impact){.groupings = groupings, .measure = measure};
    group_table_init(&impact->groups, memory, sizeof(struct impact_group));
}

void impact_free(struct impact *impact)
{
    for (size_t i = 0; i < impact->groups.slot_count; i++) {
        struct impact_group *group = (struct impact_group *)impact->groups.slots[i];
        for (unsigned f = 0; group != NULL && f < OUTCOME_FIGURES; f++) {
            amount_sum_clear(&group->figure[f].before);
            amount_sum_clear(&group->figure[f].after);
        }
    }
    group_table_free(&impact->groups);
}

/* --- one account --- */

/* -1, 0, 1: whether who has the account loses, neither, wins by the measure.  An account that one
 * side refuses is neither: it is counted as refused; so is one of which there is no such figure. */
static int verdict(const struct impact *impact, const struct outcome_owner *owner,
                   const struct outcome *before, const struct outcome *after)
{
    if (!outcome_has(owner->of, impact->measure))
        return 0;
    struct amount was = outcome_value_of(before, impact->measure).number;
    struct amount is = outcome_value_of(after, impact->measure).number;
    int order = amount_compare(is, was);
    if (order == 0 || before->refused || after->refused)
        return 0;
    return (order > 0) == impact_is_gain(impact->measure) ? 1 : -1;
}

static void add_to(struct impact *impact, const struct group_key *key,
                   const struct outcome_owner *owner, const struct outcome *before,
                   const struct outcome *after)
{
    struct impact_group *group = group_table_get(&impact->groups, key);
    struct impact_count *count = &group->count[owner->of];
    int wins = verdict(impact, owner, before, after);
    count->accounts++;
    count->refused_before += before->refused;
    count->refused_after += after->refused;
    group->winners += wins > 0;
    group->losers += wins < 0;
    for (unsigned f = 0; f < OUTCOME_FIGURES; f++) {
        if (!outcome_is_summed((enum outcome_figure)f) ||
            !outcome_has(owner->of, (enum outcome_figure)f))
            continue;
        struct impact_figure *figure = &group->figure[f];
        struct amount was = outcome_value_of(before, (enum outcome_figure)f).number;
        struct amount is = outcome_value_of(after, (enum outcome_figure)f).number;
        int order = amount_compare(is, was);
        figure->up += order > 0;
        figure->down += order < 0;
        figure->unchanged += order == 0;
        amount_sum_add(&figure->before, was);
        amount_sum_add(&figure->after, is);
    }
}

/* Whether ${a} comes before ${b} in the list of the most moved. */
static bool comes_before(const struct impact_account *a, const struct impact_account *b)
{
    int order = amount_compare(a->moved, b->moved);
    return order != 0 ? order > 0 : text_compare(a->account_id, b->account_id) < 0;
}

static void keep_top(struct impact *impact, const struct impact_account *account)
{
    struct arena *arena = &impact->groups.arena;
    unsigned place = impact->top_count;
    while (place > 0 && comes_before(account, &impact->top[place - 1]))
        place--;
    if (place == IMPACT_TOP)
        return;
    if (impact->top_count < IMPACT_TOP)
        impact->top_count++;
    memmove(&impact->top[place + 1], &impact->top[place],
            (impact->top_count - 1 - place) * sizeof *impact->top);
    struct impact_account *copy = &impact->top[place];
    *copy = *account;
    copy->account_id.ptr = arena_copy(arena, account->account_id.ptr, account->account_id.len);
    copy->code.ptr = arena_copy(arena, account->code.ptr, account->code.len);
    copy->before = amount_copy(arena, account->before);
    copy->after = amount_copy(arena, account->after);
    copy->moved = amount_copy(arena, account->moved);
}

static void weigh(struct impact *impact, struct arena *arena, const struct outcome_owner *owner,
                  const struct outcome *before, const struct outcome *after)
{
    struct impact_account account = {
        .account_id = owner->account_id,
        .code = owner->program->code,
        .decimals = owner->program->decimals,
        .before = outcome_value_of(before, impact->measure).number,
        .after = outcome_value_of(after, impact->measure).number,
        .refused_before = before->refused,
        .refused_after = after->refused,
    };
    bool less = amount_compare(account.after, account.before) < 0;
    account.moved = less ? amount_sub(arena, account.before, account.after)
                         : amount_sub(arena, account.after, account.before);
    if (!amount_is_zero(account.moved))
        keep_top(impact, &account);
}

static struct text name_of(const struct outcome_owner *owner, unsigned by)
{
    if (by == 0)
        return text_of("all");
    return by == 1 ? owner->program->id : owner->attributes[by - 2];
}

void impact_add(struct impact *impact, struct arena *arena, const struct outcome_owner *owner,
                const struct outcome *before, const struct outcome *after)
{
    const struct program *program = owner->program;
    for (unsigned by = 0; by < impact->groupings; by++) {
        const struct group_key key = {by, name_of(owner, by), program->code, program->decimals};
        add_to(impact, &key, owner, before, after);
    }
    if (outcome_has(owner->of, impact->measure))
        weigh(impact, arena, owner, before, after);
}

/* --- parts put together --- */

static void merge_group(struct impact *into, const struct impact_group *from)
{
    struct impact_group *group = group_table_get(&into->groups, &from->key);
    for (unsigned of = 0; of < OUTCOME_OFS; of++) {
        group->count[of].accounts += from->count[of].accounts;
        group->count[of].refused_before += from->count[of].refused_before;
        group->count[of].refused_after += from->count[of].refused_after;
    }
    group->winners += from->winners;
    group->losers += from->losers;
    for (unsigned f = 0; f < OUTCOME_FIGURES; f++) {
        group->figure[f].up += from->figure[f].up;
        group->figure[f].down += from->figure[f].down;
        group->figure[f].unchanged += from->figure[f].unchanged;
        amount_sum_merge(&group->figure[f].before, &from->figure[f].before);
        amount_sum_merge(&group->figure[f].after, &from->figure[f].after);
    }
}

void impact_merge(struct impact *into, const struct impact *from)
{
    for (size_t i = 0; i < from->groups.slot_count; i++)
        if (from->groups.slots[i] != NULL)
            merge_group(into, (const struct impact_group *)from->groups.slots[i]);
    for (unsigned i = 0; i < from->top_count; i++)
        keep_top(into, &from->top[i]);
}
