#include "outlook.h"

#include <assert.h>

#include "allocation.h"
#include "split.h"

enum { BY_ALL, BY_PROGRAM, BY_ATTRIBUTE };

/* --- months --- */

static bool ends_month(struct date date)
{
    int year, month, day;
    date_split(date, &year, &month, &day);
    return day == date_month_days(year, month);
}

bool outlook_months_from(struct outlook_months *months, struct date as_of, unsigned count)
{
    bool last = ends_month(as_of);
    assert(count <= OUTLOOK_MONTHS_MAX);
    months->count = count;
    for (unsigned m = 0; m <= count; m++)
        months->upto[m] = last ? date_in_month(as_of, (int32_t)m, 31, MISSING_LAST_OF_MONTH)
                               : date_add_months(as_of, (int32_t)m);
    return date_in_range(months->upto[count]);
}

unsigned outlook_month_of(const struct outlook_months *months, struct date due)
{
    unsigned from = 0, upto = months->count + 1; /* the answer lies in from..upto */
    while (from < upto) {
        unsigned middle = (from + upto) / 2;
        if (date_before(months->upto[middle], due))
            from = middle + 1;
        else
            upto = middle;
    }
    return from;
}

/* --- groups --- */

void outlook_init(struct outlook *outlook, const struct memory *memory,
                  const struct outlook_months *months, unsigned attributes)
{
    *outlook = (struct outlook){.months = months, .attributes = attributes};
    group_table_init(&outlook->groups, memory, sizeof(struct outlook_group));
}

static size_t sums_of(const struct outlook *outlook)
{
    return (size_t)outlook_lines(outlook->months) * OUTLOOK_SUMS;
}

void outlook_free(struct outlook *outlook)
{
    for (size_t i = 0; i < outlook->groups.slot_count; i++) {
        struct outlook_group *group = (struct outlook_group *)outlook->groups.slots[i];
        for (size_t k = 0; group != NULL && k < sums_of(outlook); k++)
            amount_sum_clear(&group->sums[k]);
    }
    group_table_free(&outlook->groups);
}

static struct outlook_group *group_of(struct outlook *outlook, const struct group_key *key)
{
    struct outlook_group *group = group_table_get(&outlook->groups, key);
    if (group->sums == NULL)
        group->sums = ARENA_ARRAY(&outlook->groups.arena, struct amount_sum, sums_of(outlook));
    return group;
}

struct outlook_group *outlook_of_program(struct outlook *outlook, const struct program *program)
{
    const struct group_key key = {BY_PROGRAM, program->id, program->code, program->decimals};
    return group_of(outlook, &key);
}

/* --- one account --- */

/* An account on its way into its groups. */
struct adding {
    const struct outlook *outlook;
    struct arena *arena;
    const struct assume_program *assumed; /* NULL: nothing */
    int32_t class_index;
    struct outlook_group **groups;
    unsigned group_count;
};

static void put(const struct adding *adding, unsigned line, enum outlook_figure figure,
                struct amount amount)
{
    size_t place = (size_t)line * OUTLOOK_SUMS + figure;
    for (unsigned i = 0; i < adding->group_count; i++)
        amount_sum_add(&adding->groups[i]->sums[place], amount);
}

static void find_groups(struct outlook *outlook, struct adding *adding, const struct loan *loan)
{
    const struct program *program = loan->program;
    struct group_key key = {BY_ALL, text_of("all"), program->code, program->decimals};
    adding->groups = ARENA_ARRAY(adding->arena, struct outlook_group *, 2 + outlook->attributes);
    adding->groups[adding->group_count++] = group_of(outlook, &key);
    key.by = BY_PROGRAM;
    key.name = program->id;
    adding->groups[adding->group_count++] = group_of(outlook, &key);
    for (unsigned i = 0; i < outlook->attributes; i++) {
        key.by = BY_ATTRIBUTE + i;
        key.name = loan->attributes[i];
        adding->groups[adding->group_count++] = group_of(outlook, &key);
    }
    for (unsigned i = 0; i < adding->group_count; i++)
        adding->groups[i]->accounts++;
}

static unsigned line_after(const struct adding *adding, unsigned line, int32_t months)
{
    unsigned last = adding->outlook->months->count + 1;
    return line + (unsigned)months < last ? line + (unsigned)months : last;
}

/* What falls due in one row: each product is rounded by itself, so that months do not matter. */
static void assume_row(const struct adding *adding, unsigned line, struct amount contract)
{
    const struct assume_share *share = &adding->assumed->on_time[adding->class_index];
    struct amount on_time = assume_product(adding->arena, adding->assumed, contract, share->share);
    struct amount rest = amount_sub(adding->arena, contract, on_time);
    struct amount late =
        amount_least(rest, assume_product(adding->arena, adding->assumed, contract, share->late));
    put(adding, line, OUTLOOK_ON_TIME, on_time);
    put(adding, line, OUTLOOK_LATE, late);
    put(adding, line_after(adding, line, share->after), OUTLOOK_LATE_IN, late);
}

/* All that is overdue of the account, in parts that add up to what is paid of it in the end. */
static void assume_overdue(const struct adding *adding, struct amount overdue)
{
    const struct assume_program *assumed = adding->assumed;
    const struct assume_share *share = &assumed->overdue[adding->class_index];
    const struct split_rounding rounding = {assumed->unit, assumed->mode, RESIDUAL_CUMULATIVE};
    unsigned months = (unsigned)share->after;
    struct amount paid = assume_product(adding->arena, assumed, overdue, share->share);
    struct amount *parts = ARENA_ARRAY(adding->arena, struct amount, months);
    put(adding, 0, OUTLOOK_LATE, paid);
    split_equal(adding->arena, paid, months, &rounding, parts);
    for (unsigned i = 0; i < months; i++)
        put(adding, line_after(adding, 0, (int32_t)i + 1), OUTLOOK_LATE_IN, parts[i]);
}

static void put_due(const struct adding *adding, const struct row *row, unsigned line)
{
    static const enum outlook_figure figures[COMPONENTS] = {
        [COMPONENT_PENALTY] = OUTLOOK_PENALTY,
        [COMPONENT_FEE] = OUTLOOK_FEE,
        [COMPONENT_PRINCIPAL] = OUTLOOK_PRINCIPAL,
    };
    for (unsigned c = 0; c < COMPONENTS; c++)
        put(adding, line, figures[c], account_row_unpaid(adding->arena, row, (enum component)c));
}

/* Held credit pays what falls due, day by day, as it will when the day comes. */
static void spend_credit(struct account *account, struct date as_of)
{
    struct date day = as_of;
    for (unsigned i = 0; i < account->row_count && !amount_is_zero(account->totals.credit); i++) {
        if (!date_before(day, account->rows[i].due))
            continue;
        day = account->rows[i].due;
        allocation_use_credit(account, day);
    }
}

void outlook_add(struct outlook *outlook, struct account *account, const struct position *position,
                 const struct assume_program *assumed)
{
    const struct outlook_months *months = outlook->months;
    struct arena *arena = account->arena;
    struct adding adding = {outlook, arena, assumed, position->class_index, NULL, 0};
    if (position->status != STATUS_ACTIVE)
        return;
    find_groups(outlook, &adding, account->loan);
    struct amount *unpaid = ARENA_ARRAY(arena, struct amount, account->row_count);
    for (unsigned i = 0; i < account->row_count; i++) {
        unpaid[i] = account_row_unpaid_all(arena, &account->rows[i]);
        put_due(&adding, &account->rows[i], outlook_month_of(months, account->rows[i].due));
    }
    spend_credit(account, months->upto[0]);
    struct amount overdue = AMOUNT_ZERO;
    for (unsigned i = 0; i < account->row_count; i++) {
        unsigned line = outlook_month_of(months, account->rows[i].due);
        struct amount contract = account_row_unpaid_all(arena, &account->rows[i]);
        put(&adding, line, OUTLOOK_CREDIT, amount_sub(arena, unpaid[i], contract));
        if (line == 0)
            overdue = amount_add(arena, overdue, contract);
        else if (assumed != NULL)
            assume_row(&adding, line, contract);
    }
    if (assumed != NULL)
        assume_overdue(&adding, overdue);
}

/* --- parts put together, and figures --- */

void outlook_merge(struct outlook *into, const struct outlook *from)
{
    for (size_t i = 0; i < from->groups.slot_count; i++) {
        const struct outlook_group *part = (const struct outlook_group *)from->groups.slots[i];
        if (part == NULL)
            continue;
        struct outlook_group *group = group_of(into, &part->key);
        group->accounts += part->accounts;
        for (size_t k = 0; k < sums_of(into); k++)
            amount_sum_merge(&group->sums[k], &part->sums[k]);
    }
}

static struct amount sum_of(struct arena *arena, const struct outlook_group *group, unsigned line,
                            enum outlook_figure figure)
{
    return amount_sum_value(arena, &group->sums[(size_t)line * OUTLOOK_SUMS + figure]);
}

struct amount outlook_value(struct arena *arena, const struct outlook_group *group, unsigned line,
                            enum outlook_figure figure)
{
    struct amount value;
    switch (figure) {
    case OUTLOOK_CONTRACT:
        value = sum_of(arena, group, line, OUTLOOK_PRINCIPAL);
        value = amount_add(arena, value, sum_of(arena, group, line, OUTLOOK_FEE));
        value = amount_add(arena, value, sum_of(arena, group, line, OUTLOOK_PENALTY));
        return amount_sub(arena, value, sum_of(arena, group, line, OUTLOOK_CREDIT));
    case OUTLOOK_NOT_PAID:
        value = outlook_value(arena, group, line, OUTLOOK_CONTRACT);
        value = amount_sub(arena, value, sum_of(arena, group, line, OUTLOOK_ON_TIME));
        return amount_sub(arena, value, sum_of(arena, group, line, OUTLOOK_LATE));
    case OUTLOOK_EXPECTED:
        value = sum_of(arena, group, line, OUTLOOK_ON_TIME);
        return amount_add(arena, value, sum_of(arena, group, line, OUTLOOK_LATE_IN));
    case OUTLOOK_PRINCIPAL:
    case OUTLOOK_FEE:
    case OUTLOOK_PENALTY:
    case OUTLOOK_CREDIT:
    case OUTLOOK_ON_TIME:
    case OUTLOOK_LATE:
    case OUTLOOK_LATE_IN:
    case OUTLOOK_FIGURES:
        break;
    }
    return sum_of(arena, group, line, figure);
}
