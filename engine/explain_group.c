#include "explain_group.h"

/* --- the cells of groups --- */

/* Where an account's part of a cell comes from. */
enum source {
    OF_ACCOUNT, /* 1 */
    OF_STATUS,
    OF_FIGURE,
    OF_RATE, /* of two figures of the group */
    OF_CLASS,
    OF_CLASS_FIGURE,
    OF_MOVEMENT,
    OF_MIGRATION,
    OF_MIGRATION_FIGURE,
    OF_GRANT, /* 1 */
    OF_GRANT_FIGURE,
    OF_BUDGET,
};

static const struct cell {
    enum report_file file;
    const char *figure;
    enum source source;
    int index, under; /* what of it; of a rate the figures, by their places in this list */
} cells[] = {
    {REPORT_PORTFOLIO, "accounts", OF_ACCOUNT, 0, 0},
    {REPORT_PORTFOLIO, "pending", OF_STATUS, STATUS_PENDING, 0},
    {REPORT_PORTFOLIO, "active", OF_STATUS, STATUS_ACTIVE, 0},
    {REPORT_PORTFOLIO, "closed", OF_STATUS, STATUS_CLOSED, 0},
    {REPORT_PORTFOLIO, "written_off_accounts", OF_STATUS, STATUS_WRITTEN_OFF, 0},
    {REPORT_PORTFOLIO, "ended", OF_STATUS, STATUS_ENDED, 0},
    {REPORT_PORTFOLIO, "cancelled", OF_STATUS, STATUS_CANCELLED, 0},
    {REPORT_PORTFOLIO, "disbursed", OF_FIGURE, FIGURE_DISBURSED, 0},
    {REPORT_PORTFOLIO, "repaid", OF_FIGURE, FIGURE_REPAID, 0},
    {REPORT_PORTFOLIO, "funded", OF_FIGURE, FIGURE_FUNDED, 0},
    {REPORT_PORTFOLIO, "written_off", OF_FIGURE, FIGURE_WRITTEN_OFF, 0},
    {REPORT_PORTFOLIO, "forgiven", OF_FIGURE, FIGURE_FORGIVEN, 0},
    {REPORT_PORTFOLIO, "recovered", OF_FIGURE, FIGURE_RECOVERED, 0},
    {REPORT_PORTFOLIO, "outstanding", OF_FIGURE, FIGURE_OUTSTANDING, 0},
    {REPORT_PORTFOLIO, "claim", OF_FIGURE, FIGURE_CLAIM, 0},
    {REPORT_PORTFOLIO, "fee_due", OF_FIGURE, FIGURE_FEE_DUE, 0},
    {REPORT_PORTFOLIO, "fee_paid", OF_FIGURE, FIGURE_FEE_PAID, 0},
    {REPORT_PORTFOLIO, "penalty_due", OF_FIGURE, FIGURE_PENALTY_DUE, 0},
    {REPORT_PORTFOLIO, "penalty_paid", OF_FIGURE, FIGURE_PENALTY_PAID, 0},
    {REPORT_PORTFOLIO, "credit", OF_FIGURE, FIGURE_CREDIT, 0},
    {REPORT_PORTFOLIO, "due_to_date", OF_FIGURE, FIGURE_DUE_TO_DATE, 0},
    {REPORT_PORTFOLIO, "paid_to_date", OF_FIGURE, FIGURE_PAID_TO_DATE, 0},
    {REPORT_PORTFOLIO, "overdue", OF_FIGURE, FIGURE_OVERDUE, 0},
    {REPORT_PORTFOLIO, "par0", OF_FIGURE, FIGURE_PAR0, 0},
    {REPORT_PORTFOLIO, "par30", OF_FIGURE, FIGURE_PAR30, 0},
    {REPORT_PORTFOLIO, "par60", OF_FIGURE, FIGURE_PAR60, 0},
    {REPORT_PORTFOLIO, "par90", OF_FIGURE, FIGURE_PAR90, 0},
    {REPORT_PORTFOLIO, "non_performing", OF_FIGURE, FIGURE_NON_PERFORMING, 0},
    {REPORT_PORTFOLIO, "provision", OF_FIGURE, FIGURE_PROVISION, 0},
    {REPORT_PORTFOLIO, "net_value", OF_FIGURE, FIGURE_NET_VALUE, 0},
    {REPORT_PORTFOLIO, "current", OF_FIGURE, FIGURE_CURRENT, 0},
    {REPORT_PORTFOLIO, "non_current", OF_FIGURE, FIGURE_NON_CURRENT, 0},
    {REPORT_PORTFOLIO, "collection_rate", OF_RATE, FIGURE_PAID_TO_DATE, FIGURE_DUE_TO_DATE},
    {REPORT_PORTFOLIO, "par30_rate", OF_RATE, FIGURE_PAR30, FIGURE_OUTSTANDING},
    {REPORT_PORTFOLIO, "npl_rate", OF_RATE, FIGURE_NON_PERFORMING, FIGURE_OUTSTANDING},
    {REPORT_CLASSES, "accounts", OF_CLASS, 0, 0},
    {REPORT_CLASSES, "outstanding", OF_CLASS_FIGURE, FIGURE_OUTSTANDING, 0},
    {REPORT_CLASSES, "provision", OF_CLASS_FIGURE, FIGURE_PROVISION, 0},
    {REPORT_GRANT_PORTFOLIO, "grants", OF_GRANT, 0, 0},
    {REPORT_GRANT_PORTFOLIO, "awarded", OF_GRANT_FIGURE, GRANT_AWARDED, 0},
    {REPORT_GRANT_PORTFOLIO, "budget", OF_BUDGET, 0, 0},
    {REPORT_GRANT_PORTFOLIO, "paid", OF_GRANT_FIGURE, GRANT_PAID, 0},
    {REPORT_GRANT_PORTFOLIO, "in_kind", OF_GRANT_FIGURE, GRANT_IN_KIND, 0},
    {REPORT_GRANT_PORTFOLIO, "accounted", OF_GRANT_FIGURE, GRANT_ACCOUNTED, 0},
    {REPORT_GRANT_PORTFOLIO, "returned", OF_GRANT_FIGURE, GRANT_RETURNED, 0},
    {REPORT_GRANT_PORTFOLIO, "to_account", OF_GRANT_FIGURE, GRANT_TO_ACCOUNT, 0},
    {REPORT_GRANT_PORTFOLIO, "reports_overdue", OF_GRANT_FIGURE, GRANT_REPORTS_OVERDUE, 0},
    {REPORT_GRANT_PORTFOLIO, "refund_outstanding", OF_GRANT_FIGURE, GRANT_REFUND_OUTSTANDING, 0},
    {REPORT_GRANT_PORTFOLIO, "provision", OF_GRANT_FIGURE, GRANT_PROVISION, 0},
    {REPORT_MOVEMENT, "opening", OF_MOVEMENT, MOVEMENT_OPENING, 0},
    {REPORT_MOVEMENT, "restated", OF_MOVEMENT, MOVEMENT_RESTATED, 0},
    {REPORT_MOVEMENT, "taken_over", OF_MOVEMENT, MOVEMENT_TAKEN_OVER, 0},
    {REPORT_MOVEMENT, "disbursed", OF_MOVEMENT, MOVEMENT_DISBURSED, 0},
    {REPORT_MOVEMENT, "repaid", OF_MOVEMENT, MOVEMENT_REPAID, 0},
    {REPORT_MOVEMENT, "written_off", OF_MOVEMENT, MOVEMENT_WRITTEN_OFF, 0},
    {REPORT_MOVEMENT, "forgiven", OF_MOVEMENT, MOVEMENT_FORGIVEN, 0},
    {REPORT_MOVEMENT, "closing", OF_MOVEMENT, MOVEMENT_CLOSING, 0},
    {REPORT_MOVEMENT, "provision_opening", OF_MOVEMENT, MOVEMENT_PROVISION_OPENING, 0},
    {REPORT_MOVEMENT, "provision_expense", OF_MOVEMENT, MOVEMENT_PROVISION_EXPENSE, 0},
    {REPORT_MOVEMENT, "provision_written_off", OF_MOVEMENT, MOVEMENT_PROVISION_WRITTEN_OFF, 0},
    {REPORT_MOVEMENT, "provision_closing", OF_MOVEMENT, MOVEMENT_PROVISION_CLOSING, 0},
    {REPORT_MIGRATION, "accounts", OF_MIGRATION, 0, 0},
    {REPORT_MIGRATION, "outstanding", OF_MIGRATION_FIGURE, FIGURE_OUTSTANDING, 0},
};

enum { CELLS = sizeof cells / sizeof *cells };

/* --- what has been gathered --- */

struct part {
    struct text account;
    struct amount value, under;
};

/* One cell of one group: of cells[key.by]. */
struct bucket {
    struct group_key key;
    struct text value;    /* of the group */
    struct text from, to; /* classes of the line; empty: it has none */
    struct part *parts;
    size_t count, room;
    struct grant_totals budgets; /* of a budget: the years of the group's grants */
};

static const struct cell *cell_of(const struct bucket *bucket)
{
    return &cells[bucket->key.by];
}

static struct text copy_of(struct arena *arena, struct text text)
{
    return (struct text){arena_copy(arena, text.ptr, text.len), text.len};
}

/* The bucket of the cell, group and classes that ${like} says, made on demand. */
static struct bucket *bucket_of(struct explain_group *group, struct arena *scratch,
                                const struct bucket *like)
{
    static const char between[] = "\x1f";
    struct arena *arena = &group->buckets.arena;
    struct group_key key = like->key;
    const char *name = text_join(scratch, "", "", like->value);
    name = text_join(scratch, name, between, like->from);
    key.name = text_of(text_join(scratch, name, between, like->to));
    struct bucket *bucket = group_table_get(&group->buckets, &key);
    if (bucket->value.ptr == NULL) {
        bucket->value = copy_of(arena, like->value);
        bucket->from = copy_of(arena, like->from);
        bucket->to = copy_of(arena, like->to);
    }
    return bucket;
}

static void add_part(struct explain_group *group, struct bucket *bucket, struct text account,
                     struct amount value, struct amount under)
{
    if (group->part_count++ == EXPLAIN_PARTS_MAX)
        return; /* one too many: told in the end, and nothing more is gathered */
    bucket->parts = arena_grow(&group->buckets.arena, bucket->parts, bucket->count, &bucket->room,
                               sizeof *bucket->parts);
    bucket->parts[bucket->count++] =
        (struct part){{arena_copy(&group->buckets.arena, account.ptr, account.len), account.len},
                      amount_copy(&group->buckets.arena, value),
                      amount_copy(&group->buckets.arena, under)};
}

/* --- an account's parts --- */

/* The account's part of a cell of loans; false: it has none. */
static bool loan_part(const struct work *work, const struct cell *cell, struct bucket *bucket,
                      struct amount *value, struct amount *under)
{
    const struct portfolio_entry *entry = &work->made->entry;
    const struct position *now = entry->now;
    bool in_class = now != NULL && now->class_index != POSITION_NO_CLASS;
    switch (cell->source) {
    case OF_ACCOUNT:
        *value = amount_of(1);
        return now != NULL;
    case OF_STATUS:
        *value = amount_of(now != NULL && now->status == (enum position_status)cell->index);
        return now != NULL;
    case OF_RATE:
        if (now != NULL)
            *under = now->figure[cell->under];
        /* fall through */
    case OF_FIGURE:
        if (now != NULL)
            *value = now->figure[cell->index];
        return now != NULL;
    case OF_CLASS:
    case OF_CLASS_FIGURE:
        if (in_class) {
            bucket->from = position_class(now);
            *value = cell->source == OF_CLASS ? amount_of(1) : now->figure[cell->index];
        }
        return in_class;
    case OF_MOVEMENT:
        *value = entry->movement[cell->index];
        return entry->moves;
    case OF_MIGRATION:
    case OF_MIGRATION_FIGURE:
        if (now == NULL || !entry->moves)
            return false;
        bucket->from = position_state_name(entry->opening);
        bucket->to = position_state_name(now);
        *value = cell->source == OF_MIGRATION ? amount_of(1) : now->figure[cell->index];
        return true;
    case OF_GRANT:
    case OF_GRANT_FIGURE:
    case OF_BUDGET:
        break;
    }
    return false;
}

/* What a loan was forgiven, beside the grants. */
static bool forgiven_part(const struct work *work, const struct cell *cell, struct amount *value)
{
    const struct position *now = work->made->entry.now;
    if (now == NULL || amount_is_zero(now->figure[FIGURE_FORGIVEN]))
        return false;
    if (cell->source == OF_GRANT)
        *value = amount_of(1);
    else if (cell->source == OF_GRANT_FIGURE &&
             (cell->index == GRANT_AWARDED || cell->index == GRANT_PAID ||
              cell->index == GRANT_ACCOUNTED))
        *value = now->figure[FIGURE_FORGIVEN];
    return cell->source == OF_GRANT || cell->source == OF_GRANT_FIGURE;
}

static bool grant_part(const struct work *work, const struct cell *cell, struct amount *value)
{
    if (cell->source == OF_GRANT)
        *value = amount_of(1);
    else if (cell->source == OF_GRANT_FIGURE)
        *value = work->made_grant->position.figure[cell->index];
    return cell->source == OF_GRANT || cell->source == OF_GRANT_FIGURE;
}

/* Which of its groups is asked for; false: none. */
static bool value_of(const struct explain_group *group, const struct work *work, struct text *value)
{
    const struct explain_group_options *options = group->options;
    const struct run_names *attributes = &group->run->attributes;
    bool found = true;
    if (text_is(options->by, "all"))
        *value = text_of("all");
    else if (text_is(options->by, "program") || text_is(options->by, "loans-forgiven"))
        *value = work->owner.program->id;
    else
        for (unsigned i = 0; i < attributes->count; i++)
            if (text_equal(attributes->list[i], options->by))
                *value = work->owner.attributes[i];
    if (options->value.ptr != NULL)
        found = text_equal(options->value, *value);
    return found;
}

static bool is_wanted(const struct explain_group *group, const struct cell *cell)
{
    const struct explain_group_options *options = group->options;
    return (options->file == NULL || strcmp(options->file, report_name(cell->file)) == 0) &&
           (options->figure == NULL || strcmp(options->figure, cell->figure) == 0);
}

static void add_cell(struct explain_group *group, struct arena *scratch, const struct work *work,
                     unsigned index, struct text of)
{
    const struct cell *cell = &cells[index];
    bool forgiven = text_is(group->options->by, "loans-forgiven"), has;
    struct amount value = AMOUNT_ZERO, under = AMOUNT_ZERO;
    struct bucket like = {
        .key = {index, {NULL, 0}, work->owner.program->code, work->owner.program->decimals},
        .value = of};
    if (work->owner.of == OUTCOME_OF_GRANTS) {
        if (forgiven)
            return;
        const struct grant_year year = grant_year_of(&work->grant);
        if (cell->source == OF_BUDGET)
            grant_totals_add_year(&bucket_of(group, scratch, &like)->budgets, &group->buckets.arena,
                                  &year);
        has = grant_part(work, cell, &value);
    } else if (forgiven) {
        has = group->run->grants.count > 0 && forgiven_part(work, cell, &value);
    } else {
        has = loan_part(work, cell, &like, &value, &under);
    }
    if (!has)
        return;
    struct bucket *bucket = bucket_of(group, scratch, &like);
    if (!amount_is_zero(value) || !amount_is_zero(under))
        add_part(group, bucket, work->owner.account_id, value, under);
}

static void explain_account(void *context, unsigned worker, struct work *works, struct buffer *out)
{
    struct explain_group *group = context;
    const struct work *work = &works[explain_sides(&group->rules) - 1];
    struct text value = {"", 0};
    (void)worker;
    (void)out;
    bool there =
        work->owner.of == OUTCOME_OF_GRANTS ? work->made_grant != NULL : work->made != NULL;
    if (work->owner.program == NULL || work->outcome.refused || !there)
        return;
    if (work->owner.of == OUTCOME_OF_GRANTS) {
        const struct grant_year year = grant_year_of(&work->grant);
        grant_totals_add_year(&group->budgets, &group->buckets.arena, &year);
    }
    if (!value_of(group, work, &value))
        return;
    for (unsigned i = 0; i < CELLS; i++)
        if (is_wanted(group, &cells[i]) && group->part_count <= EXPLAIN_PARTS_MAX)
            add_cell(group, &works[0].scratch, work, i, value);
}

/* --- writing --- */

static const char *name_of(struct explanation *e, const struct explain_group *group,
                           const struct bucket *bucket)
{
    return explanation_text(
        e, "%.*s %.*s %.*s%s%.*s%s%.*s", (int)group->options->by.len, group->options->by.ptr,
        (int)bucket->value.len, bucket->value.ptr, (int)bucket->key.code.len, bucket->key.code.ptr,
        bucket->from.len > 0 ? " " : "", (int)bucket->from.len, bucket->from.ptr,
        bucket->to.len > 0 ? " to " : "", (int)bucket->to.len, bucket->to.ptr);
}

static const char *figure_name(int index)
{
    unsigned i = 0;
    while (cells[i].source != OF_FIGURE || cells[i].index != index)
        i++;
    return cells[i].figure;
}

static void add_total(struct explanation *e, struct amount value, int index)
{
    const char *name = figure_name(index);
    explanation_term(e, value, "%s of the group", name)->figure = name;
}

static void write_rate(struct explanation *e, const struct bucket *bucket)
{
    struct amount over = AMOUNT_ZERO, under = AMOUNT_ZERO;
    for (size_t i = 0; i < bucket->count; i++) {
        over = amount_add(e->arena, over, bucket->parts[i].value);
        under = amount_add(e->arena, under, bucket->parts[i].under);
    }
    add_total(e, over, cell_of(bucket)->index);
    add_total(e, under, cell_of(bucket)->under);
    if (amount_is_zero(under)) {
        explanation_say(e, "there is nothing to divide by");
        explanation_end_words(e, EXPLANATION_WORDS, text_of(""));
        return;
    }
    explanation_end_rate(e, rounding_quotient(e->arena, over,
                                              amount_power10(e->arena, EXPLANATION_RATE_DECIMALS),
                                              under, amount_of(1), ROUNDING_HALF_EVEN));
}

static bool is_count(const struct cell *cell)
{
    return cell->source == OF_ACCOUNT || cell->source == OF_STATUS || cell->source == OF_CLASS ||
           cell->source == OF_MIGRATION || cell->source == OF_GRANT ||
           (cell->source == OF_GRANT_FIGURE && cell->index == GRANT_REPORTS_OVERDUE);
}

static void write_sum(struct explanation *e, const struct bucket *bucket)
{
    struct amount sum = AMOUNT_ZERO;
    for (size_t i = 0; i < bucket->count; i++) {
        const struct part *part = &bucket->parts[i];
        bool minus = amount_sign(part->value) < 0;
        struct explanation_term *term =
            explanation_term(e, minus ? amount_negate(e->arena, part->value) : part->value, "%.*s",
                             (int)part->account.len, part->account.ptr);
        term->minus = minus;
        term->account = part->account;
        sum = amount_add(e->arena, sum, part->value);
    }
    if (is_count(cell_of(bucket)))
        explanation_end_count(e, EXPLANATION_SUM, sum.word);
    else
        explanation_end_money(e, EXPLANATION_SUM, sum);
}

/* A program's budget of a year counts once, as the latest agreement of all its grants has it. */
static void write_budget(struct explanation *e, const struct explain_group *group,
                         const struct bucket *bucket)
{
    struct amount sum = AMOUNT_ZERO;
    for (size_t i = 0; i < bucket->budgets.year_count; i++) {
        const struct grant_year *year =
            grant_totals_year(&group->budgets, &bucket->budgets.years[i]);
        if (year->budgeted)
            explanation_term(e, year->budget, "%.*s %d", (int)year->program.len, year->program.ptr,
                             year->year);
        sum = amount_add(e->arena, sum, year->budget);
    }
    if (e->term_count > 0) {
        explanation_end_money(e, EXPLANATION_SUM, sum);
        return;
    }
    explanation_say(e, "none of its programs has a budget");
    explanation_end_words(e, EXPLANATION_WORDS, text_of(""));
}

static bool write_all(struct explain_group *group)
{
    const struct explanation_wanted wanted = {.json = group->options->json};
    struct explanation e = {.out = &group->text, .wanted = &wanted, .as_of = group->run->as_of};
    struct arena arena;
    const char *broken = NULL;
    unsigned line = 0;
    struct group_key **sorted = group_table_sorted(&group->buckets);
    arena_init(&arena, group->run->memory);
    for (size_t i = 0; i < group->buckets.count && broken == NULL; i++) {
        const struct bucket *bucket = (const struct bucket *)sorted[i];
        arena_reset(&arena);
        e = (struct explanation){.out = e.out,
                                 .wanted = &wanted,
                                 .as_of = e.as_of,
                                 .arena = &arena,
                                 .decimals = bucket->key.decimals};
        (void)explanation_begin(&e, report_name(cell_of(bucket)->file), ++line,
                                name_of(&e, group, bucket), cell_of(bucket)->figure);
        if (cell_of(bucket)->source == OF_RATE)
            write_rate(&e, bucket);
        else if (cell_of(bucket)->source == OF_BUDGET)
            write_budget(&e, group, bucket);
        else
            write_sum(&e, bucket);
        broken = e.broken;
    }
    if (broken != NULL)
        fault_add(group->faults, FAULT_LAW, (struct place){0},
                  "a fault in nol itself, please report it: the explanation of %s does not come to "
                  "the figure",
                  broken);
    arena_free(&arena);
    return broken == NULL;
}

/* --- the whole --- */

static bool make_rules(void *context, struct arena *arena, const struct rules *rules,
                       struct rules *sides, struct faults *faults)
{
    struct explain_group *group = context;
    return explain_make_rules(&group->rules, arena, rules, sides, faults);
}

static void begin(void *context, unsigned workers)
{
    struct explain_group *group = context;
    (void)workers;
    group_table_free(&group->buckets); /* of a pass that turned out to be void */
    group_table_init(&group->buckets, group->run->memory, sizeof(struct bucket));
    group->budgets = (struct grant_totals){0};
    group->part_count = 0;
}

static bool finish(void *context, struct out_dir *out, struct buffer *manifest)
{
    struct explain_group *group = context;
    (void)out;
    (void)manifest;
    if (group->part_count > EXPLAIN_PARTS_MAX) {
        fault_add(group->faults, FAULT_EXPLAIN_NOTHING, (struct place){0},
                  "the figures have more than %d parts, which are too many to list: ask for one "
                  "figure or a smaller group",
                  EXPLAIN_PARTS_MAX);
        return false;
    }
    if (group->buckets.count == 0) {
        fault_add(group->faults, FAULT_EXPLAIN_NOTHING, (struct place){0},
                  "no such figure of a group %.*s%s%.*s", (int)group->options->by.len,
                  group->options->by.ptr, group->options->value.ptr == NULL ? "" : " ",
                  (int)group->options->value.len,
                  group->options->value.ptr == NULL ? "" : group->options->value.ptr);
        return false;
    }
    return write_all(group);
}

bool explain_group_knows(const struct run_options *run, struct text by)
{
    for (unsigned i = 0; i < run->attributes.count; i++)
        if (text_equal(run->attributes.list[i], by))
            return true;
    return text_is(by, "all") || text_is(by, "program") || text_is(by, "loans-forgiven");
}

enum run_outcome explain_group_run(struct explain_group *group, const struct run_options *run,
                                   const struct explain_group_options *options, struct arena *arena,
                                   struct faults *faults)
{
    struct out_dir none = OUT_DIR_NONE;
    struct run_options alone = *run;
    alone.threads = 1; /* in the order of the book */
    *group = (struct explain_group){.run = run,
                                    .options = options,
                                    .rules = {.run = run, .file = options->reform},
                                    .faults = faults};
    group_table_init(&group->buckets, run->memory, sizeof(struct bucket));
    buffer_init(&group->text, run->memory);
    const struct run_view view = {
        .context = group,
        .sides = explain_sides(&group->rules),
        .make_rules = make_rules,
        .periods = true,
        .begin = begin,
        .account = explain_account,
        .finish = finish,
    };
    return run_view(&alone, &view, arena, &none, faults);
}

void explain_group_free(struct explain_group *group)
{
    group_table_free(&group->buckets);
    buffer_free(&group->text);
}
