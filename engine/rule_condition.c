#include "rule_condition.h"

static const enum rule_key keys[] = {
    [RULE_IF_AGREEMENT] = RULE_KEYS,
    [RULE_IF_SUBMITTED] = RULE_CONDITION_SUBMITTED,
    [RULE_IF_ACCEPTED] = RULE_CONDITION_ACCEPTED,
    [RULE_IF_MISSING] = RULE_CONDITION_MISSING,
    [RULE_IF_ACCOUNTED] = RULE_CONDITION_ACCOUNTED,
    [RULE_IF_EVENT] = RULE_CONDITION_EVENT,
    [RULE_IF_AFTER] = RULE_CONDITION_AFTER,
    [RULE_IF_ALL] = RULE_CONDITION_ALL,
    [RULE_IF_ANY] = RULE_CONDITION_ANY,
};

enum rule_key rule_condition_key(enum rule_condition condition)
{
    return keys[condition];
}

enum rule_condition rule_condition_of(const struct rule_scope *scope)
{
    for (unsigned i = RULE_IF_SUBMITTED; i <= RULE_IF_ANY; i++)
        if (scope->value[keys[i]].set)
            return (enum rule_condition)i;
    return RULE_IF_AGREEMENT;
}

static const char *key_name(enum rule_key key)
{
    return rule_row(key)->path + sizeof "condition." - 1;
}

static void put_scalar(struct buffer *buffer, const struct rule_scope *scope, enum rule_key key,
                       const char *before)
{
    const struct rule_value *value = &scope->value[key];
    if (!value->set)
        return;
    buffer_printf(buffer, "%s%s: ", before, key_name(key));
    buffer_put(buffer, value->text);
}

void rule_condition_put(struct buffer *buffer, const struct rule_scope *scope)
{
    enum rule_condition condition = rule_condition_of(scope);
    if (condition == RULE_IF_AGREEMENT) {
        buffer_put(buffer, scope->name);
        return;
    }
    buffer_put_string(buffer, "{");
    if (condition == RULE_IF_ALL || condition == RULE_IF_ANY) {
        const struct rule_value *list = &scope->value[keys[condition]];
        buffer_printf(buffer, "%s: [", key_name(keys[condition]));
        for (unsigned i = 0; i < list->count; i++) {
            buffer_put_string(buffer, i == 0 ? "" : ", ");
            rule_condition_put(buffer, list->items[i]);
        }
        buffer_put_string(buffer, "]");
    } else {
        put_scalar(buffer, scope, keys[condition], "");
        put_scalar(buffer, scope, RULE_CONDITION_FOR, ", ");
        put_scalar(buffer, scope, RULE_CONDITION_AT_LEAST, ", ");
        put_scalar(buffer, scope, RULE_CONDITION_WITHIN, ", ");
        put_scalar(buffer, scope, RULE_CONDITION_OF, ", ");
    }
    buffer_put_string(buffer, "}");
}
