#include "grant_totals.h"

#include <stdio.h>
#include <stdlib.h>

static struct date end_of_year(int year)
{
    enum { DECEMBER = 12, LAST_DAY = 31 };
    return date_of(year, DECEMBER, LAST_DAY);
}

struct grant_year grant_year_of(const struct grant *grant, struct date as_of)
{
    int year, month, day;
    char name[16];
    date_split(grant->agreed, &year, &month, &day);
    struct date end = end_of_year(year);
    const struct rule_value *budget =
        &program_at(grant->program, date_before(end, as_of) ? end : as_of)
             ->value[RULE_AWARD_BUDGET];
    struct grant_year found = {grant->program->id, year, AMOUNT_ZERO};
    (void)snprintf(name, sizeof name, "%04d", year);
    for (unsigned i = 0; i < budget->count; i++)
        if (text_is(budget->items[i]->name, name))
            found.budget = rule_amount(budget->items[i], RULE_AWARD_BUDGET_ANY);
    return found;
}

void grant_totals_add_year(struct grant_totals *totals, struct arena *arena,
                           const struct grant_year *year)
{
    for (size_t i = 0; i < totals->year_count; i++)
        if (totals->years[i].year == year->year &&
            text_equal(totals->years[i].program, year->program))
            return;
    totals->years = arena_grow(arena, totals->years, totals->year_count, &totals->year_room,
                               sizeof *totals->years);
    totals->years[totals->year_count++] = (struct grant_year){
        {arena_copy(arena, year->program.ptr, year->program.len), year->program.len},
        year->year,
        amount_copy(arena, year->budget)};
}

void grant_totals_add(struct grant_totals *totals, struct arena *arena,
                      const struct amount figure[GRANT_FIGURES], const struct grant_year *year)
{
    totals->count++;
    for (unsigned i = 0; i < GRANT_FIGURES; i++)
        amount_sum_add(&totals->figure[i], figure[i]);
    if (year != NULL)
        grant_totals_add_year(totals, arena, year);
}

void grant_totals_merge(struct grant_totals *into, struct arena *arena,
                        const struct grant_totals *from)
{
    into->count += from->count;
    for (unsigned i = 0; i < GRANT_FIGURES; i++)
        amount_sum_merge(&into->figure[i], &from->figure[i]);
    for (size_t i = 0; i < from->year_count; i++)
        grant_totals_add_year(into, arena, &from->years[i]);
}

struct amount grant_totals_budget(struct arena *arena, const struct grant_totals *totals)
{
    struct amount sum = AMOUNT_ZERO;
    for (size_t i = 0; i < totals->year_count; i++)
        sum = amount_add(arena, sum, totals->years[i].budget);
    return sum;
}

static int compare_years(const void *a, const void *b)
{
    const struct grant_year *left = a, *right = b;
    int order = text_compare(left->program, right->program);
    return order != 0 ? order : (left->year > right->year) - (left->year < right->year);
}

void grant_totals_sort(struct grant_totals *totals)
{
    if (totals->year_count > 1)
        qsort(totals->years, totals->year_count, sizeof *totals->years, compare_years);
}

void grant_totals_clear(struct grant_totals *totals)
{
    for (unsigned i = 0; i < GRANT_FIGURES; i++)
        amount_sum_clear(&totals->figure[i]);
}
