#include "load.h"

/* The field of a column that the program's rules use; false when the file lacks it. */
static bool find_field(const struct load *load, const struct load_row *row, struct text name,
                       struct text *out)
{
    for (unsigned i = 0; i < load->ruled_count; i++) {
        int16_t field = row->columns->ruled[i];
        if (!text_equal(load->ruled[i], name) || field < 0)
            continue;
        *out = row->fields[field];
        return true;
    }
    return false;
}

static bool is_listed(const struct rule_scope *column, struct text value)
{
    const struct rule_value *values = &column->value[RULE_RELIEF_WHO_ANY];
    for (unsigned i = 0; i < values->count; i++)
        if (text_equal(values->ids[i], value))
            return true;
    return false;
}

/* Each of the columns that `who` names has one of its values. */
static bool holds_for(struct load *load, struct load_row *row, const struct rule_value *who)
{
    char name[TEXT_QUOTE_MAX];
    bool holds = true;
    for (unsigned i = 0; i < who->count; i++) {
        struct text value;
        if (!find_field(load, row, who->items[i]->name, &value)) {
            load_fault(load, row, -1, FAULT_COLUMN_MISSING,
                       "no column %s, which a relief of the loan's program reads",
                       text_quote(name, who->items[i]->name));
            return false;
        }
        holds = holds && is_listed(who->items[i], value);
    }
    return holds;
}

void load_reliefs(struct load *load, struct load_row *row, struct loan *loan)
{
    const struct program *program = loan->program;
    const struct program_relief **reliefs =
        ARENA_ARRAY(load->arena, const struct program_relief *, program->relief_count);
    for (unsigned i = 0; i < program->relief_count; i++)
        if (holds_for(load, row, program->reliefs[i].who))
            reliefs[loan->relief_count++] = &program->reliefs[i];
    loan->reliefs = reliefs;
}
