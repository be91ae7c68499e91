#include "amend.h"
#include "rule_strict.h"

/* One change of an amendment. */
struct change {
    const struct rule_scope *set;
    struct date from;
};

/* Whether ${path} is ${above}, or stands below it. */
static bool is_within(struct text path, struct text above)
{
    return path.len >= above.len && memcmp(path.ptr, above.ptr, above.len) == 0 &&
           (path.len == above.len || path.ptr[above.len] == '.');
}

static struct text path_of(const struct change *change)
{
    return change->set->value[RULE_AMENDMENTS_SET_PATH].text;
}

/* All changes in file order; those of one day are applied in this order. */
static unsigned collect(struct arena *arena, const struct rule_value *amendments,
                        struct change **out)
{
    unsigned count = 0;
    for (unsigned i = 0; i < amendments->count; i++)
        count += amendments->items[i]->value[RULE_AMENDMENTS_SET].count;
    *out = ARENA_ARRAY(arena, struct change, count);
    count = 0;
    for (unsigned i = 0; i < amendments->count; i++) {
        const struct rule_value *set = &amendments->items[i]->value[RULE_AMENDMENTS_SET];
        struct date from = amendments->items[i]->value[RULE_AMENDMENTS_FROM].date;
        for (unsigned j = 0; j < set->count; j++)
            (*out)[count++] = (struct change){set->items[j], from};
    }
    return count;
}

static void judge(struct rule_context *context, const struct program *program,
                  const struct change *change)
{
    const struct rule_value *was = &change->set->value[RULE_AMENDMENTS_SET_WAS];
    const struct rule_value *value = &change->set->value[RULE_AMENDMENTS_SET_VALUE];
    char quoted[TEXT_QUOTE_MAX], day[DATE_TEXT_LEN + 1];
    (void)text_quote(quoted, path_of(change));
    if (amend_is_same(context, path_of(change), amend_node(was->node), amend_node(value->node)))
        fault_add_once(context->faults, FAULT_AMENDMENT_IDLE, value->at,
                       "%s is amended to what stands: remove the change, or mend `value`", quoted);
    else if (date_equal(change->from, program->in_force))
        fault_add_once(context->faults, FAULT_AMENDMENT_IDLE, was->at,
                       "what `was` says of %s never holds, as the program is in force from %s on: "
                       "write `value` into the clause itself",
                       quoted, date_text(day, program->in_force));
}

void strict_amendments(struct arena *arena, const struct program *program, struct faults *faults)
{
    const struct rule_scope *base = program->versions[0].rules;
    struct rule_context context = {
        .arena = arena,
        .faults = faults,
        .of = program_of(program),
        .decimals = program->decimals,
        .sources = &base->value[RULE_SOURCES],
    };
    struct change *changes;
    unsigned count = collect(arena, &base->value[RULE_AMENDMENTS], &changes);
    for (unsigned i = 0; i < count; i++) {
        char quoted[TEXT_QUOTE_MAX];
        judge(&context, program, &changes[i]);
        for (unsigned j = i + 1; j < count; j++) {
            const struct rule_value *later = &changes[j].set->value[RULE_AMENDMENTS_SET_PATH];
            if (!date_equal(changes[i].from, changes[j].from) ||
                !is_within(path_of(&changes[i]), later->text))
                continue;
            fault_add_once(faults, FAULT_AMENDMENT_IDLE,
                           changes[i].set->value[RULE_AMENDMENTS_SET_VALUE].at,
                           "%s is amended again on the same day in line %u: leave one of the two",
                           text_quote(quoted, path_of(&changes[i])), later->at.line);
            break;
        }
    }
}
