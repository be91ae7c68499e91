#include "rule_check.h"

#include <stdio.h>
#include <string.h>

enum { YEAR_DIGITS = 4 };

/* As dates have them. */
static bool is_year(struct text name)
{
    if (name.len != YEAR_DIGITS)
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] < '0' || name.ptr[i] > '9')
            return false;
    return memcmp(name.ptr, "1900", YEAR_DIGITS) >= 0 && memcmp(name.ptr, "2199", YEAR_DIGITS) <= 0;
}

void rule_check_budget(const struct rule_scope *rules, enum rule_key budget, struct faults *faults)
{
    const struct rule_value *years = &rules->value[budget];
    char quoted[TEXT_QUOTE_MAX];
    for (unsigned i = 0; i < years->count; i++)
        if (!is_year(years->items[i]->name))
            fault_add_once(faults, FAULT_NUMBER_RANGE, years->items[i]->at,
                           "%s: %s is not a year 1900..2199", rule_row(budget)->path,
                           text_quote(quoted, years->items[i]->name));
}

struct rule_budget rule_budget_of(const struct rule_scope *rules, enum rule_key budget,
                                  enum rule_key any, struct date date)
{
    const struct rule_value *years = &rules->value[budget];
    struct rule_budget found = {.limited = years->set};
    int month, day;
    char name[16];
    date_split(date, &found.year, &month, &day);
    (void)snprintf(name, sizeof name, "%04d", found.year);
    for (unsigned i = 0; i < years->count; i++)
        if (text_is(years->items[i]->name, name))
            found.limit = rule_amount(years->items[i], any);
    return found;
}
