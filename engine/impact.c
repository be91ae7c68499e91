#include "impact.h"

#include <string.h>

enum { BY_ALL, BY_PROGRAM, BY_ATTRIBUTE };

enum outcome_figure impact_measure(struct text name)
{
    static const char *const measures[] = {"outstanding", "overdue",  "provision", "next_12_months",
                                           "claim",       "forgiven", "subsidy"};
    for (unsigned i = 0; i < sizeof measures / sizeof *measures; i++)
        if (text_is(name, measures[i]))
            return outcome_find(name);
    return OUTCOME_FIGURES;
}

bool impact_is_gain(enum outcome_figure measure)
{
    return measure == (enum outcome_figure)(OUTCOME_AMOUNTS + FIGURE_FORGIVEN) ||
           measure == OUTCOME_SUBSIDY;
}

void impact_init(struct impact *impact, const struct memory *memory, unsigned attributes,
                 enum outcome_figure measure)
{
    *impact = (struct impact){.attributes = attributes, .measure = measure};
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

static bool is_summed(enum outcome_figure figure)
{
    enum outcome_kind kind = outcome_kind_of(figure);
    return kind == OUTCOME_IS_AMOUNT || kind == OUTCOME_IS_COUNT;
}

/* -1, 0, 1: whether the borrower loses, neither, wins by the measure.  An account that one side
 * refuses is neither: it is counted as refused. */
static int verdict(const struct impact *impact, const struct outcome *before,
                   const struct outcome *after)
{
    struct amount was = outcome_value_of(before, impact->measure).number;
    struct amount is = outcome_value_of(after, impact->measure).number;
    int order = amount_compare(is, was);
    if (order == 0 || before->refused || after->refused)
        return 0;
    return (order > 0) == impact_is_gain(impact->measure) ? 1 : -1;
}

static void add_to(struct impact *impact, const struct group_key *key, const struct outcome *before,
                   const struct outcome *after)
{
    struct impact_group *group = group_table_get(&impact->groups, key);
    int wins = verdict(impact, before, after);
    group->accounts++;
    group->refused_before += before->refused;
    group->refused_after += after->refused;
    group->winners += wins > 0;
    group->losers += wins < 0;
    for (unsigned f = 0; f < OUTCOME_FIGURES; f++) {
        if (!is_summed((enum outcome_figure)f))
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

static void weigh(struct impact *impact, struct arena *arena, const struct loan *loan,
                  const struct outcome *before, const struct outcome *after)
{
    struct impact_account account = {
        .account_id = loan->account_id,
        .code = loan->program->code,
        .decimals = loan->program->decimals,
        .before = outcome_value_of(before, impact->measure).number,
        .after = outcome_value_of(after, impact->measure).number,
        .refused = before->refused || after->refused,
    };
    bool less = amount_compare(account.after, account.before) < 0;
    account.moved = less ? amount_sub(arena, account.before, account.after)
                         : amount_sub(arena, account.after, account.before);
    if (!amount_is_zero(account.moved))
        keep_top(impact, &account);
}

void impact_add(struct impact *impact, struct arena *arena, const struct loan *loan,
                const struct outcome *before, const struct outcome *after)
{
    const struct program *program = loan->program;
    struct group_key key = {BY_ALL, text_of("all"), program->code, program->decimals};
    add_to(impact, &key, before, after);
    key.by = BY_PROGRAM;
    key.name = program->id;
    add_to(impact, &key, before, after);
    for (unsigned i = 0; i < impact->attributes; i++) {
        key.by = BY_ATTRIBUTE + i;
        key.name = loan->attributes[i];
        add_to(impact, &key, before, after);
    }
    weigh(impact, arena, loan, before, after);
}

/* --- parts put together --- */

static void merge_group(struct impact *into, const struct impact_group *from)
{
    struct impact_group *group = group_table_get(&into->groups, &from->key);
    group->accounts += from->accounts;
    group->refused_before += from->refused_before;
    group->refused_after += from->refused_after;
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
