#include "rule_check.h"

void rule_check_relief(const struct rule_scope *rules, struct faults *faults)
{
    const struct rule_value *reliefs = &rules->value[RULE_RELIEF];
    for (unsigned i = 0; i < reliefs->count; i++) {
        const struct rule_value *from = &reliefs->items[i]->value[RULE_RELIEF_FROM];
        const struct rule_value *until = &reliefs->items[i]->value[RULE_RELIEF_UNTIL];
        if (from->set && until->set && date_before(until->date, from->date))
            fault_add_once(faults, FAULT_RULE_LIMITS, until->at,
                           "relief.until is before relief.from");
    }
}
