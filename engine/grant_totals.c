#include "grant_totals.h"

#include <stdlib.h>

#include "rule_check.h"

struct grant_year grant_year_of(const struct grant *grant)
{
    struct rule_budget budget =
        rule_budget_of(grant->rules, RULE_AWARD_BUDGET, RULE_AWARD_BUDGET_ANY, grant->agreed);
    return (struct grant_year){grant->program->id, budget.year, grant->agreed, budget.limited,
                               budget.limit};
}

const struct grant_year *grant_totals_year(const struct grant_totals *totals,
                                           const struct grant_year *year)
{
    for (size_t i = 0; i < totals->year_count; i++)
        if (totals->years[i].year == year->year &&
            text_equal(totals->years[i].program, year->program))
            return &totals->years[i];
    return NULL;
}

void grant_totals_add_year(struct grant_totals *totals, struct arena *arena,
                           const struct grant_year *year)
{
    const struct grant_year *found = grant_totals_year(totals, year);
    if (found != NULL && !date_before(found->agreed, year->agreed))
        return;
    struct grant_year *kept;
    if (found != NULL) {
        kept = &totals->years[found - totals->years];
    } else {
        totals->years = arena_grow(arena, totals->years, totals->year_count, &totals->year_room,
                                   sizeof *totals->years);
        kept = &totals->years[totals->year_count++];
        kept->program = (struct text){arena_copy(arena, year->program.ptr, year->program.len),
                                      year->program.len};
        kept->year = year->year;
    }
    kept->agreed = year->agreed;
    kept->budgeted = year->budgeted;
    kept->budget = amount_copy(arena, year->budget);
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
