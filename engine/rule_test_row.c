#include "rule_test.h"

const struct column_spec *rule_test_columns(enum book_role role, unsigned *count)
{
    switch (role) {
    case BOOK_LOANS:
        *count = LOAN_COLUMNS;
        return load_loan_columns;
    case BOOK_GRANTS:
        *count = GRANT_COLUMNS;
        return load_grant_columns;
    case BOOK_EVENTS:
        *count = EVENT_COLUMNS;
        return load_event_columns;
    case BOOK_PLAN:
        *count = PLAN_COLUMNS;
        return load_plan_columns;
    case BOOK_ROLES:
        break;
    }
    *count = 0;
    return NULL;
}

bool rule_test_is_scalar(struct rule_test_reader *reader, const struct yaml_pair *pair)
{
    char quoted[TEXT_QUOTE_MAX];
    if (pair->value->kind == YAML_TEXT)
        return true;
    fault_add(reader->faults, FAULT_RULE_SHAPE, pair->value->at, "%s is a value, found a %s",
              text_quote(quoted, pair->key), pair->value->kind == YAML_MAP ? "map" : "list");
    return false;
}

void rule_test_refuse_name(struct rule_test_reader *reader, enum fault_code code,
                           const struct yaml_pair *pair, const char *what, size_t count,
                           struct text (*nth)(const void *context, size_t i), const void *context)
{
    char quoted[TEXT_QUOTE_MAX];
    struct text near = text_nearest(pair->key, count, nth, context);
    (void)text_quote(quoted, pair->key);
    if (near.len > 0)
        fault_add(reader->faults, code, pair->key_at, "%s %s; did you mean '%.*s'?", what, quoted,
                  (int)near.len, near.ptr);
    else
        fault_add(reader->faults, code, pair->key_at, "%s %s", what, quoted);
}

bool rule_test_is_amount(enum book_role role, unsigned column)
{
    switch (role) {
    case BOOK_LOANS:
        return column == LOAN_PRINCIPAL || column == LOAN_COLLATERAL;
    case BOOK_GRANTS:
        return column == GRANT_AWARD;
    case BOOK_EVENTS:
        return column == EVENT_AMOUNT;
    case BOOK_PLAN:
        return column == PLAN_AMOUNT;
    case BOOK_ROLES:
        break;
    }
    return false;
}

struct text rule_test_plain(struct arena *arena, struct text text)
{
    char *plain = arena_copy(arena, text.ptr, text.len);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        bool between = i > 0 && i + 1 < text.len && text.ptr[i - 1] >= '0' &&
                       text.ptr[i - 1] <= '9' && text.ptr[i + 1] >= '0' && text.ptr[i + 1] <= '9';
        if (text.ptr[i] != '_' || !between)
            plain[len++] = text.ptr[i];
    }
    return (struct text){plain, len};
}

/* The columns of a role, those that rules use behind its own. */
struct columns_known {
    const struct column_spec *specs;
    unsigned spec_count;
    const struct text *ruled;
    unsigned ruled_count;
};

static struct columns_known columns_of(const struct rule_test_reader *reader, enum book_role role)
{
    struct columns_known known = {.ruled_count = 0};
    known.specs = rule_test_columns(role, &known.spec_count);
    if (role == BOOK_LOANS) {
        known.ruled = reader->ruled;
        known.ruled_count = reader->ruled_count;
    }
    return known;
}

static struct text nth_column(const void *context, size_t i)
{
    const struct columns_known *known = context;
    return i < known->spec_count ? text_of(known->specs[i].name)
                                 : known->ruled[i - known->spec_count];
}

static unsigned find_column(const struct columns_known *known, struct text name)
{
    unsigned i = 0, count = known->spec_count + known->ruled_count;
    while (i < count && !text_equal(nth_column(known, i), name))
        i++;
    return i;
}

static bool is_own_type(const struct program *program, struct text name)
{
    for (unsigned i = 0; i < program->count; i++) {
        const struct rule_value *types = &program->versions[i].rules->value[RULE_ALLOCATION_TYPES];
        for (unsigned k = 0; k < types->count; k++)
            if (text_equal(types->items[k]->name, name))
                return true;
    }
    return false;
}

static bool is_type(const struct program *program, struct text name)
{
    enum event_type type = event_type_of(name);
    return (type != EVENT_TYPES && type != EVENT_OWN) || is_own_type(program, name);
}

static struct text nth_column_or_type(const void *context, size_t i)
{
    const struct columns_known *known = context;
    if (i < known->spec_count)
        return nth_column(context, i);
    return text_of(event_kind((enum event_type)(i - known->spec_count))->name);
}

/* `repay: 694_000`. */
static void read_type(struct rule_test_reader *reader, const struct columns_known *known,
                      const struct yaml_pair *pair, struct rule_test_row *row)
{
    char quoted[TEXT_QUOTE_MAX];
    if (!is_type(reader->program, pair->key)) {
        rule_test_refuse_name(reader, FAULT_COLUMN_UNKNOWN, pair,
                              "neither an event type nor a column of events.csv:",
                              known->spec_count + EVENT_OWN, nth_column_or_type, known);
        return;
    }
    if (row->cells[EVENT_TYPE] != NULL) {
        fault_add(reader->faults, FAULT_RULE_CONFLICT, pair->key_at,
                  "%s: the event has a type already", text_quote(quoted, pair->key));
        return;
    }
    struct yaml_node *type = ARENA_ARRAY(reader->arena, struct yaml_node, 1);
    *type = (struct yaml_node){.kind = YAML_TEXT, .at = pair->key_at, .text = pair->key};
    row->cells[EVENT_TYPE] = type;
    if (rule_test_is_scalar(reader, pair))
        row->cells[EVENT_AMOUNT] = pair->value;
}

/* Columns that the test says itself. */
static bool is_set_by_test(enum book_role role, unsigned column)
{
    switch (role) {
    case BOOK_LOANS:
        return column == LOAN_ACCOUNT_ID || column == LOAN_PROGRAM;
    case BOOK_GRANTS:
        return column == GRANT_ACCOUNT_ID || column == GRANT_PROGRAM;
    case BOOK_EVENTS:
        return column == EVENT_ACCOUNT_ID;
    case BOOK_PLAN:
        return column == PLAN_ACCOUNT_ID;
    case BOOK_ROLES:
        break;
    }
    return false;
}

void rule_test_read_row(struct rule_test_reader *reader, enum book_role role,
                        const struct yaml_node *map, struct rule_test_row *row)
{
    struct columns_known known = columns_of(reader, role);
    unsigned count = known.spec_count + known.ruled_count;
    char quoted[TEXT_QUOTE_MAX];
    if (row->cells == NULL)
        row->cells = ARENA_ARRAY(reader->arena, const struct yaml_node *, count);
    row->at = map->at;
    for (const struct yaml_pair *pair = map->first; pair != NULL; pair = pair->next) {
        unsigned column = find_column(&known, pair->key);
        if (column < known.spec_count && is_set_by_test(role, column))
            fault_add(reader->faults, FAULT_COLUMN_NOT_TAKEN, pair->key_at,
                      "%s: a test has one account, of the program that it is for",
                      text_quote(quoted, pair->key));
        else if (column < count && rule_test_is_scalar(reader, pair))
            row->cells[column] = pair->value;
        else if (column == count && role == BOOK_EVENTS)
            read_type(reader, &known, pair, row);
        else if (column == count)
            rule_test_refuse_name(reader, FAULT_COLUMN_UNKNOWN, pair, "unknown column", count,
                                  nth_column, &known);
    }
}
