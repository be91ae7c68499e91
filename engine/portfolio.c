#include "portfolio.h"

#include <assert.h>
#include <stdlib.h>

/* --- states --- */

enum { STATE_STATUSES = STATUSES - 1, STATE_EXTRA = STATE_STATUSES + 1 };

/* Behind the classes: all statuses but `active`, which always has a class, then `new`. */
static const enum position_status listed_statuses[STATE_STATUSES] = {
    STATUS_PENDING, STATUS_CLOSED, STATUS_WRITTEN_OFF, STATUS_ENDED, STATUS_CANCELLED};

struct naming {
    struct arena *arena;
    struct text *names;
    unsigned count, room;
};

static void add_name(struct naming *naming, struct text name)
{
    if (naming->count == naming->room) {
        unsigned room = naming->room == 0 ? 64 : 2 * naming->room;
        struct text *names = ARENA_ARRAY(naming->arena, struct text, room);
        if (naming->count > 0)
            memcpy(names, naming->names, naming->count * sizeof *names);
        naming->names = names;
        naming->room = room;
    }
    naming->names[naming->count++] = name;
}

static unsigned find_name(const struct text *names, unsigned count, struct text name)
{
    unsigned i = 0;
    while (i < count && !text_equal(names[i], name))
        i++;
    return i;
}

static void add_classes(struct naming *naming, const struct program *const *programs,
                        unsigned count, struct date date)
{
    for (unsigned p = 0; p < count; p++) {
        if (programs[p]->is_grant) /* its classes are of refunds */
            continue;
        const struct rule_value *classes =
            &program_at(programs[p], date)->value[RULE_ARREARS_CLASSES];
        for (unsigned i = 0; i < classes->count; i++) {
            struct text name = classes->items[i]->value[RULE_ARREARS_CLASSES_ID].text;
            if (find_name(naming->names, naming->count, name) == naming->count)
                add_name(naming, name);
        }
    }
}

struct portfolio_states portfolio_states_of(struct arena *arena,
                                            const struct program *const *programs, unsigned count,
                                            struct date as_of, struct date from)
{
    struct naming naming = {.arena = arena};
    add_classes(&naming, programs, count, as_of);
    if (date_is_set(from))
        add_classes(&naming, programs, count, date_add_days(from, -1));
    unsigned classes = naming.count;
    for (unsigned i = 0; i < STATE_STATUSES; i++)
        add_name(&naming, text_of(position_status_name(listed_statuses[i])));
    add_name(&naming, text_of("new"));
    return (struct portfolio_states){naming.names, classes, naming.count};
}

unsigned portfolio_state(const struct portfolio_states *states, const struct position *position)
{
    if (position == NULL)
        return states->count - 1;
    if (position->class_index != POSITION_NO_CLASS)
        return find_name(states->names, states->classes, position_class(position));
    unsigned i = 0;
    while (listed_statuses[i] != position->status)
        i++;
    return states->classes + i;
}

/* --- groups --- */

void portfolio_init(struct portfolio *portfolio, const struct memory *memory,
                    const struct portfolio_states *states, unsigned attributes)
{
    *portfolio = (struct portfolio){.states = states, .attributes = attributes};
    group_table_init(&portfolio->groups, memory, sizeof(struct group));
}

static void clear_sums(struct amount_sum *sums, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        amount_sum_clear(&sums[i]);
}

void portfolio_clear_group(struct group *group, unsigned classes)
{
    clear_sums(group->figure, FIGURES);
    clear_sums(group->movement, MOVEMENTS);
    for (unsigned i = 0; i < classes; i++) {
        amount_sum_clear(&group->classes[i].outstanding);
        amount_sum_clear(&group->classes[i].provision);
    }
    for (unsigned i = 0; i < group->migration_count; i++)
        amount_sum_clear(&group->migrations[i].outstanding);
    if (group->grants != NULL)
        grant_totals_clear(group->grants);
}

void portfolio_free(struct portfolio *portfolio)
{
    for (size_t i = 0; i < portfolio->groups.slot_count; i++)
        if (portfolio->groups.slots[i] != NULL)
            portfolio_clear_group((struct group *)portfolio->groups.slots[i],
                                  portfolio->states->classes);
    group_table_free(&portfolio->groups);
}

static struct group *get_group(struct portfolio *portfolio, const struct group_key *key)
{
    struct group *group = group_table_get(&portfolio->groups, key);
    if (group->classes == NULL)
        group->classes = ARENA_ARRAY(&portfolio->groups.arena, struct group_class,
                                     portfolio->states->classes + 1);
    return group;
}

static struct group_migration *get_migration(struct arena *arena, struct group *group,
                                             unsigned from, unsigned to)
{
    for (unsigned i = 0; i < group->migration_count; i++)
        if (group->migrations[i].from == from && group->migrations[i].to == to)
            return &group->migrations[i];
    if (group->migration_count == group->migration_room) {
        unsigned room = group->migration_room == 0 ? 8 : 2 * group->migration_room;
        struct group_migration *wider = ARENA_ARRAY(arena, struct group_migration, room);
        if (group->migration_count > 0)
            memcpy(wider, group->migrations, group->migration_count * sizeof *wider);
        group->migrations = wider;
        group->migration_room = room;
    }
    struct group_migration *migration = &group->migrations[group->migration_count++];
    *migration = (struct group_migration){.from = from, .to = to};
    return migration;
}

static void add_position(struct portfolio *portfolio, struct group *group,
                         const struct portfolio_entry *entry)
{
    const struct position *now = entry->now;
    unsigned state = portfolio_state(portfolio->states, now);
    group->accounts++;
    group->with_status[now->status]++;
    for (unsigned i = 0; i < FIGURES; i++)
        amount_sum_add(&group->figure[i], now->figure[i]);
    if (state < portfolio->states->classes) {
        struct group_class *class = &group->classes[state];
        class->accounts++;
        amount_sum_add(&class->outstanding, now->figure[FIGURE_OUTSTANDING]);
        amount_sum_add(&class->provision, now->figure[FIGURE_PROVISION]);
    }
    if (!entry->moves)
        return;
    unsigned before = portfolio_state(portfolio->states, entry->opening);
    struct group_migration *migration =
        get_migration(&portfolio->groups.arena, group, before, state);
    migration->accounts++;
    amount_sum_add(&migration->outstanding, now->figure[FIGURE_OUTSTANDING]);
}

static void add_to_group(struct portfolio *portfolio, const struct portfolio_entry *entry,
                         unsigned by, struct text name)
{
    const struct program *program = entry->loan->program;
    const struct group_key key = {by, name, program->code, program->decimals};
    struct group *group = get_group(portfolio, &key);
    if (entry->now != NULL)
        add_position(portfolio, group, entry);
    if (!entry->moves)
        return;
    group->moving++;
    for (unsigned i = 0; i < MOVEMENTS; i++)
        amount_sum_add(&group->movement[i], entry->movement[i]);
}

void portfolio_add(struct portfolio *portfolio, const struct portfolio_entry *entry)
{
    add_to_group(portfolio, entry, 0, text_of("all"));
    add_to_group(portfolio, entry, 1, entry->loan->program->id);
    for (unsigned i = 0; i < portfolio->attributes; i++)
        add_to_group(portfolio, entry, 2 + i, entry->loan->attributes[i]);
}

/* --- grants --- */

struct grant_totals *portfolio_group_grants(struct portfolio *portfolio, struct group *group)
{
    if (group->grants == NULL)
        group->grants = ARENA_ARRAY(&portfolio->groups.arena, struct grant_totals, 1);
    return group->grants;
}

static void add_grant_to(struct portfolio *portfolio, const struct program *program,
                         const struct amount figure[GRANT_FIGURES], const struct grant_year *year,
                         unsigned by, struct text name)
{
    const struct group_key key = {by, name, program->code, program->decimals};
    struct group *group = get_group(portfolio, &key);
    grant_totals_add(portfolio_group_grants(portfolio, group), &portfolio->groups.arena, figure,
                     year);
}

void portfolio_add_grant(struct portfolio *portfolio, const struct grant *grant,
                         const struct grant_position *position)
{
    const struct program *program = grant->program;
    struct grant_year year = grant_year_of(grant);
    add_grant_to(portfolio, program, position->figure, &year, 0, text_of("all"));
    add_grant_to(portfolio, program, position->figure, &year, 1, program->id);
    for (unsigned i = 0; i < portfolio->attributes; i++)
        add_grant_to(portfolio, program, position->figure, &year, 2 + i, grant->attributes[i]);
}

void portfolio_add_forgiven(struct portfolio *portfolio, const struct loan *loan,
                            struct amount amount)
{
    const struct amount figure[GRANT_FIGURES] = {
        [GRANT_AWARDED] = amount, [GRANT_PAID] = amount, [GRANT_ACCOUNTED] = amount};
    add_grant_to(portfolio, loan->program, figure, NULL, 2 + portfolio->attributes,
                 loan->program->id);
}

void portfolio_add_group(struct portfolio *into, const struct group *from)
{
    struct group *group = get_group(into, &from->key);
    group->accounts += from->accounts;
    group->moving += from->moving;
    for (unsigned i = 0; i < STATUSES; i++)
        group->with_status[i] += from->with_status[i];
    for (unsigned i = 0; i < FIGURES; i++)
        amount_sum_merge(&group->figure[i], &from->figure[i]);
    for (unsigned i = 0; i < MOVEMENTS; i++)
        amount_sum_merge(&group->movement[i], &from->movement[i]);
    for (unsigned i = 0; i < into->states->classes; i++) {
        group->classes[i].accounts += from->classes[i].accounts;
        amount_sum_merge(&group->classes[i].outstanding, &from->classes[i].outstanding);
        amount_sum_merge(&group->classes[i].provision, &from->classes[i].provision);
    }
    if (from->grants != NULL)
        grant_totals_merge(portfolio_group_grants(into, group), &into->groups.arena, from->grants);
    for (unsigned i = 0; i < from->migration_count; i++) {
        const struct group_migration *part = &from->migrations[i];
        struct group_migration *migration =
            get_migration(&into->groups.arena, group, part->from, part->to);
        migration->accounts += part->accounts;
        amount_sum_merge(&migration->outstanding, &part->outstanding);
    }
}

void portfolio_merge(struct portfolio *into, const struct portfolio *from)
{
    for (size_t i = 0; i < from->groups.slot_count; i++)
        if (from->groups.slots[i] != NULL)
            portfolio_add_group(into, (const struct group *)from->groups.slots[i]);
}

static int compare_migrations(const void *a, const void *b)
{
    const struct group_migration *left = a, *right = b;
    if (left->from != right->from)
        return left->from < right->from ? -1 : 1;
    return (left->to > right->to) - (left->to < right->to);
}

struct group **portfolio_sorted(struct portfolio *portfolio)
{
    struct group **sorted = (struct group **)group_table_sorted(&portfolio->groups);
    size_t count = portfolio->groups.count;
    for (size_t i = 0; i < count; i++)
        if (sorted[i]->grants != NULL)
            grant_totals_sort(sorted[i]->grants);
    for (size_t i = 0; i < count; i++)
        if (sorted[i]->migration_count > 0)
            qsort(sorted[i]->migrations, sorted[i]->migration_count, sizeof *sorted[i]->migrations,
                  compare_migrations);
    return sorted;
}

/* --- law 4 --- */

static bool movement_ties(struct arena *arena, const struct group *group)
{
    static const struct {
        enum movement part;
        bool minus;
    } parts[] = {
        {MOVEMENT_OPENING, false},   {MOVEMENT_RESTATED, false}, {MOVEMENT_TAKEN_OVER, false},
        {MOVEMENT_DISBURSED, false}, {MOVEMENT_REPAID, true},    {MOVEMENT_WRITTEN_OFF, true},
        {MOVEMENT_FORGIVEN, true},
    };
    struct amount sum = AMOUNT_ZERO;
    for (unsigned i = 0; i < sizeof parts / sizeof *parts; i++) {
        struct amount part = amount_sum_value(arena, &group->movement[parts[i].part]);
        sum = parts[i].minus ? amount_sub(arena, sum, part) : amount_add(arena, sum, part);
    }
    return amount_compare(sum, amount_sum_value(arena, &group->movement[MOVEMENT_CLOSING])) == 0;
}

/* Take a grouping's group off its total in `all`, so that in the end zero must be left. */
static void take_off(struct arena *arena, struct amount *left, const struct group *group)
{
    for (unsigned i = 0; i < FIGURES; i++)
        left[i] = amount_sub(arena, left[i], amount_sum_value(arena, &group->figure[i]));
}

/* The same of grants. */
static bool grants_tie(struct portfolio *portfolio, struct group **groups, const struct group *all,
                       unsigned by)
{
    static const struct grant_totals none;
    struct arena *arena = &portfolio->groups.arena;
    const struct grant_totals *total = all->grants == NULL ? &none : all->grants;
    uint64_t count = total->count;
    struct amount left[GRANT_FIGURES];
    for (unsigned f = 0; f < GRANT_FIGURES; f++)
        left[f] = amount_sum_value(arena, &total->figure[f]);
    for (size_t i = 0; i < portfolio->groups.count; i++) {
        const struct grant_totals *part = groups[i]->grants;
        if (groups[i]->key.by != by || !text_equal(groups[i]->key.code, all->key.code) ||
            part == NULL)
            continue;
        count -= part->count;
        for (unsigned f = 0; f < GRANT_FIGURES; f++)
            left[f] = amount_sub(arena, left[f], amount_sum_value(arena, &part->figure[f]));
    }
    bool ties = count == 0;
    for (unsigned f = 0; f < GRANT_FIGURES; f++)
        ties = ties && amount_is_zero(left[f]);
    return ties;
}

static bool grouping_ties(struct portfolio *portfolio, struct group **groups,
                          const struct group *all, unsigned by)
{
    struct arena *arena = &portfolio->groups.arena;
    struct amount left[FIGURES];
    uint64_t accounts = all->accounts;
    for (unsigned i = 0; i < FIGURES; i++)
        left[i] = amount_sum_value(arena, &all->figure[i]);
    for (size_t i = 0; i < portfolio->groups.count; i++)
        if (groups[i]->key.by == by && text_equal(groups[i]->key.code, all->key.code)) {
            take_off(arena, left, groups[i]);
            accounts -= groups[i]->accounts;
        }
    bool ties = accounts == 0;
    for (unsigned i = 0; i < FIGURES; i++)
        ties = ties && amount_is_zero(left[i]);
    return ties && grants_tie(portfolio, groups, all, by);
}

const char *portfolio_law(struct portfolio *portfolio)
{
    struct group **groups = portfolio_sorted(portfolio);
    for (size_t i = 0; i < portfolio->groups.count; i++) {
        if (!movement_ties(&portfolio->groups.arena, groups[i]))
            return "law 4: opening and movements of a group are not its closing";
        for (unsigned by = 1; groups[i]->key.by == 0 && by < 2 + portfolio->attributes; by++)
            if (!grouping_ties(portfolio, groups, groups[i], by))
                return "law 4: the groups of a grouping do not add up to all";
    }
    return NULL;
}
