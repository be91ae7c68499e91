#include "rule_test.h"

static struct text nth_program(const void *context, size_t i)
{
    return ((const struct rules *)context)->programs[i]->id;
}

static const struct program *find_program(const struct rules *rules, const struct rule_value *id,
                                          struct faults *faults)
{
    char quoted[TEXT_QUOTE_MAX];
    for (unsigned i = 0; i < rules->program_count; i++)
        if (text_equal(rules->programs[i]->id, id->text))
            return rules->programs[i];
    struct text near = text_nearest(id->text, rules->program_count, nth_program, rules);
    (void)text_quote(quoted, id->text);
    if (near.len > 0)
        fault_add(faults, FAULT_PROGRAM_UNKNOWN, id->at, "no program %s; did you mean '%.*s'?",
                  quoted, (int)near.len, near.ptr);
    else
        fault_add(faults, FAULT_PROGRAM_UNKNOWN, id->at, "no program %s", quoted);
    return NULL;
}

/* Cells of its own, which begin as the file's. */
static void begin_account(const struct rule_test_reader *reader, const struct rule_test_row *base,
                          struct rule_test_row *account)
{
    unsigned count;
    (void)rule_test_columns(reader->role, &count);
    count += reader->ruled_count;
    account->at = base->at;
    account->cells = ARENA_ARRAY(reader->arena, const struct yaml_node *, count);
    for (unsigned i = 0; i < count && base->cells != NULL; i++)
        account->cells[i] = base->cells[i];
}

/* The loan or grant, whichever the program has, laid over the cells that are there. */
static void read_account(struct rule_test_reader *reader, const struct rule_scope *scope,
                         enum rule_key loan, enum rule_key grant, struct rule_test_row *account)
{
    bool grants = reader->role == BOOK_GRANTS;
    const struct rule_value *value = &scope->value[grants ? grant : loan];
    const struct rule_value *other = &scope->value[grants ? loan : grant];
    if (value->set)
        rule_test_read_row(reader, reader->role, value->node, account);
    if (other->set)
        fault_add(reader->faults, FAULT_RULE_CONFLICT, other->at, "the program gives %s: say `%s`",
                  grants ? "grants" : "loans", grants ? "grant" : "loan");
}

/* The rows of a list of columns. */
static struct rule_test_row *read_rows(struct rule_test_reader *reader, enum book_role role,
                                       const struct rule_scope *test, enum rule_key list,
                                       enum rule_key element, unsigned *count)
{
    const struct rule_value *value = &test->value[list];
    struct rule_test_row *rows = ARENA_ARRAY(reader->arena, struct rule_test_row, value->count);
    *count = 0;
    for (unsigned i = 0; i < value->count; i++)
        if (value->items[i]->value[element].set)
            rule_test_read_row(reader, role, value->items[i]->value[element].node,
                               &rows[(*count)++]);
    return rows;
}

static void read_cases(struct rule_test_reader *reader, const struct rule_scope *scope,
                       struct rule_test *test)
{
    const struct rule_value *expect = &scope->value[RULE_TESTS_TESTS_EXPECT];
    const struct rule_value *cases = &scope->value[RULE_TESTS_TESTS_CASES];
    test->cases = ARENA_ARRAY(reader->arena, struct rule_test_case, cases->count + 1);
    if (expect->set)
        rule_test_read_case(reader, expect->node, &test->cases[test->case_count++]);
    for (unsigned i = 0; i < cases->count; i++) {
        const struct rule_value *element = &cases->items[i]->value[RULE_TESTS_TESTS_CASES_ANY];
        if (element->set)
            rule_test_read_case(reader, element->node, &test->cases[test->case_count++]);
    }
}

static struct text nth_slug(const void *unused, size_t i)
{
    (void)unused;
    return text_of(fault_slug((enum fault_code)(i + 1)));
}

static void read_refusal(struct rule_test_reader *reader, const struct rule_scope *scope,
                         struct rule_test *test)
{
    const struct rule_value *slug = &scope->value[RULE_TESTS_TESTS_EXPECT_ERROR];
    char quoted[TEXT_QUOTE_MAX];
    if (!slug->set)
        return;
    test->refused_at = slug->at;
    for (unsigned code = 1; code < FAULT_CODES && test->refused == FAULT_NONE; code++)
        if (text_is(slug->text, fault_slug((enum fault_code)code)))
            test->refused = (enum fault_code)code;
    if (test->refused != FAULT_NONE)
        return;
    struct text near = text_nearest(slug->text, FAULT_CODES - 1, nth_slug, NULL);
    (void)text_quote(quoted, slug->text);
    if (near.len > 0)
        fault_add(reader->faults, FAULT_SLUG_UNKNOWN, slug->at, "no fault %s; did you mean '%.*s'?",
                  quoted, (int)near.len, near.ptr);
    else
        fault_add(reader->faults, FAULT_SLUG_UNKNOWN, slug->at, "no fault %s", quoted);
}

static void read_test(struct rule_test_reader *reader, const struct rule_test_row *base,
                      const struct rule_scope *scope, struct rule_test *test)
{
    const struct rule_value *slug = &scope->value[RULE_TESTS_TESTS_EXPECT_ERROR];
    test->name = scope->value[RULE_TESTS_TESTS_NAME].text;
    test->at = scope->at;
    begin_account(reader, base, &test->account);
    read_account(reader, scope, RULE_TESTS_TESTS_LOAN, RULE_TESTS_TESTS_GRANT, &test->account);
    test->events = read_rows(reader, BOOK_EVENTS, scope, RULE_TESTS_TESTS_EVENTS,
                             RULE_TESTS_TESTS_EVENTS_ANY, &test->event_count);
    test->plan = read_rows(reader, BOOK_PLAN, scope, RULE_TESTS_TESTS_PLAN,
                           RULE_TESTS_TESTS_PLAN_ANY, &test->plan_count);
    rule_test_read_range(reader, scope, &test->range);
    read_cases(reader, scope, test);
    read_refusal(reader, scope, test);
    if (test->case_count > 0 && slug->set)
        fault_add(reader->faults, FAULT_RULE_CONFLICT, slug->at,
                  "a loan that is refused has no figures: `expect_error`, or `expect` and `cases`");
    if (test->case_count == 0 && !slug->set)
        fault_add(reader->faults, FAULT_TEST_EMPTY, scope->at,
                  "the test expects nothing: it needs `expect`, `cases` or `expect_error`");
}

static bool is_tests(const struct yaml_node *root)
{
    const struct yaml_node *version = yaml_find(root, text_of("nol"));
    return version != NULL && version->kind == YAML_TEXT &&
           text_equal(version->text, rule_allowed(RULE_TESTS_NOL, 0));
}

const struct rule_test_file *rule_test_read(struct arena *arena, const struct fault_file *file,
                                            const struct yaml_node *root, const struct rules *rules,
                                            struct faults *faults)
{
    uint64_t before = faults->total;
    if (!is_tests(root)) {
        fault_add(faults, FAULT_RULE_VERSION, root->at, "a test file says `nol: tests/1`");
        return NULL;
    }
    const struct rule_scope *scope = rule_compile_other(arena, root, "tests", faults);
    const struct rule_value *list = &scope->value[RULE_TESTS_TESTS];
    const struct program *program = NULL;
    if (scope->value[RULE_TESTS_FOR].set)
        program = find_program(rules, &scope->value[RULE_TESTS_FOR], faults);
    if (program == NULL)
        return NULL;
    struct rule_test_reader reader = {
        .arena = arena,
        .faults = faults,
        .program = program,
        .role = program->is_grant ? BOOK_GRANTS : BOOK_LOANS,
        .ruled = rules->columns,
        .ruled_count = program->is_grant ? 0 : rules->column_count,
    };
    struct rule_test_file *tests = ARENA_ARRAY(arena, struct rule_test_file, 1);
    struct rule_test_row base = {.at = root->at};
    *tests = (struct rule_test_file){
        .file = file,
        .program = program,
        .role = reader.role,
        .ruled = reader.ruled,
        .ruled_count = reader.ruled_count,
        .tests = ARENA_ARRAY(arena, struct rule_test, list->count),
        .count = list->count,
        .untested = &scope->value[RULE_TESTS_UNTESTED],
    };
    read_account(&reader, scope, RULE_TESTS_LOAN, RULE_TESTS_GRANT, &base);
    for (unsigned i = 0; i < list->count; i++)
        read_test(&reader, &base, list->items[i], &tests->tests[i]);
    return faults->total == before ? tests : NULL;
}
