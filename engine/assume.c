#include "assume.h"

#include "rule_check.h"

enum { MONTHS_MAX = 600 };

/* Binding one program's assumptions. */
struct binding {
    struct arena *arena;
    struct faults *faults;
    const struct rule_scope *scope; /* of the file: one element of `programs` */
    struct assume_program *assumed;
};

/* The keys of one share, which stands in three places. */
struct share_keys {
    enum rule_key share, late, late_share, after;
};

/* --- the file --- */

static bool is_assume(const struct yaml_node *root)
{
    const struct yaml_node *version = yaml_find(root, text_of("nol"));
    return version != NULL && version->kind == YAML_TEXT &&
           text_equal(version->text, rule_allowed(RULE_ASSUME_NOL, 0));
}

bool assume_load(struct arena *arena, const char *path, unsigned order, struct assume *assume,
                 struct faults *faults)
{
    uint64_t before = faults->total;
    const char *slash = strrchr(path, '/');
    *assume = (struct assume){
        .file = load_rules_file(arena, path, slash == NULL ? path : slash + 1, order, faults)};
    if (assume->file == NULL || assume->file->root == NULL)
        return false;
    const struct yaml_node *root = assume->file->root;
    if (!is_assume(root)) {
        fault_add(faults, FAULT_ASSUME_FORM, root->at, "assumptions say `nol: assume/1`");
        return false;
    }
    assume->scope = rule_compile_other(arena, root, "assume", faults);
    assume->id = assume->scope->value[RULE_ASSUME_ID].text;
    assume->because = assume->scope->value[RULE_ASSUME_BECAUSE].text;
    return faults->total == before;
}

/* --- values --- */

/* An amount of the file in the program's minor units. */
static struct amount amount_of_program(const struct binding *binding, enum rule_key key)
{
    const struct rule_value *value = &binding->scope->value[key];
    unsigned decimals = binding->assumed->program->decimals;
    struct amount scale = amount_power10(binding->arena, RULE_OTHER_DECIMALS - decimals);
    struct amount minor = rounding_quotient(binding->arena, value->amount, amount_of(1), scale,
                                            amount_of(1), ROUNDING_DOWN);
    if (amount_compare(amount_times(binding->arena, minor, scale), value->amount) != 0)
        fault_add(binding->faults, FAULT_AMOUNT_DECIMALS, value->at,
                  "`%s` is '%.*s', not an amount of at most %u decimals, as the program's",
                  rule_row(key)->path, (int)value->text.len, value->text.ptr, decimals);
    return minor;
}

static bool is_above_one(struct arena *arena, struct fraction fraction)
{
    return fraction_compare(arena, fraction, (struct fraction){amount_of(1), amount_of(1)}) > 0;
}

static void check_share(const struct binding *binding, const struct rule_value *value,
                        struct fraction sum)
{
    if (is_above_one(binding->arena, sum))
        fault_add(
            binding->faults, FAULT_ASSUME_SHARE, value->at,
            "a share of '%.*s' makes more than 100%% of what falls due, allowed are 0%%..100%%",
            (int)value->text.len, value->text.ptr);
}

/* A span of the file in months, 1..MONTHS_MAX. */
static int32_t months_of(const struct binding *binding, const struct rule_value *value)
{
    int32_t months = value->span.count;
    bool years = value->span.unit == SPAN_YEARS;
    if (span_has_months(value->span) && months >= 1 && months <= MONTHS_MAX / (years ? 12 : 1))
        return years ? 12 * months : months;
    fault_add(binding->faults, FAULT_ASSUME_FORM, value->at,
              "'%.*s' is not a span of 1..%d months, as assumptions go month by month",
              (int)value->text.len, value->text.ptr, MONTHS_MAX);
    return 1;
}

static struct assume_share share_of(const struct binding *binding, const struct rule_scope *scope,
                                    const struct share_keys *keys)
{
    const struct rule_value *value = scope->value;
    struct assume_share share = {
        .named = true,
        .share = value[keys->share].fraction,
        .late = {AMOUNT_ZERO, amount_of(1)},
        .after = 1,
    };
    check_share(binding, &value[keys->share], share.share);
    if (!value[keys->late].given)
        return share;
    share.late = value[keys->late_share].fraction;
    share.after = months_of(binding, &value[keys->after]);
    if (!is_above_one(binding->arena, share.share))
        check_share(binding, &value[keys->late_share],
                    fraction_add(binding->arena, share.share, share.late));
    return share;
}

/* --- classes --- */

static struct text nth_class(const void *rules, size_t i)
{
    const struct rule_value *classes =
        &((const struct rule_scope *)rules)->value[RULE_ARREARS_CLASSES];
    return classes->items[i]->value[RULE_ARREARS_CLASSES_ID].text;
}

static void refuse_class(const struct binding *binding, const struct rule_value *value, bool twice)
{
    const struct assume_program *assumed = binding->assumed;
    struct text near = text_nearest(value->text, assumed->rules->value[RULE_ARREARS_CLASSES].count,
                                    nth_class, assumed->rules);
    char hint[96] = "";
    if (near.len > 0 && !twice)
        (void)snprintf(hint, sizeof hint, "; did you mean '%.*s'?", (int)near.len, near.ptr);
    fault_add(binding->faults, FAULT_ASSUME_CLASS, value->at, "%s '%.*s' of the program %.*s%s",
              twice ? "twice the class" : "no class", (int)value->text.len, value->text.ptr,
              (int)assumed->program->id.len, assumed->program->id.ptr, hint);
}

static struct assume_share class_share(const struct binding *binding,
                                       const struct rule_scope *scope, bool overdue)
{
    static const struct share_keys keys = {
        RULE_ASSUME_PROGRAMS_ON_TIME_SHARE, RULE_ASSUME_PROGRAMS_ON_TIME_LATE,
        RULE_ASSUME_PROGRAMS_ON_TIME_LATE_SHARE, RULE_ASSUME_PROGRAMS_ON_TIME_LATE_AFTER};
    if (!overdue)
        return share_of(binding, scope, &keys);
    const struct rule_value *share = &scope->value[RULE_ASSUME_PROGRAMS_OVERDUE_SHARE];
    check_share(binding, share, share->fraction);
    return (struct assume_share){
        .named = true,
        .share = share->fraction,
        .after = months_of(binding, &scope->value[RULE_ASSUME_PROGRAMS_OVERDUE_OVER]),
    };
}

/* The list ${key} by class: every class of the program's is in it, by name or among the others. */
static const struct assume_share *bind_classes(const struct binding *binding, enum rule_key key,
                                               enum rule_key class_key)
{
    const struct rule_value *list = &binding->scope->value[key];
    const struct rule_scope *rules = binding->assumed->rules;
    unsigned count = rules->value[RULE_ARREARS_CLASSES].count;
    struct assume_share *shares = ARENA_ARRAY(binding->arena, struct assume_share, count);
    struct assume_share others = {.named = false};
    for (unsigned i = 0; i < list->count; i++) {
        const struct rule_value *class = &list->items[i]->value[class_key];
        struct assume_share share =
            class_share(binding, list->items[i], key == RULE_ASSUME_PROGRAMS_OVERDUE);
        unsigned k = 0;
        while (k < count && !text_equal(nth_class(rules, k), class->text))
            k++;
        struct assume_share *own = k < count ? &shares[k] : &others;
        if (k == count && !text_is(class->text, "others"))
            refuse_class(binding, class, false);
        else if (own->named)
            refuse_class(binding, class, true);
        *own = share;
    }
    for (unsigned k = 0; k < count; k++) {
        struct text id = nth_class(rules, k);
        if (!shares[k].named && !others.named)
            fault_add(
                binding->faults, FAULT_ASSUME_CLASS, list->at,
                "nothing is said of the class '%.*s' of the program %.*s; name it, or `others`",
                (int)id.len, id.ptr, (int)binding->assumed->program->id.len,
                binding->assumed->program->id.ptr);
        if (!shares[k].named)
            shares[k] = others;
    }
    return shares;
}

/* --- the fund --- */

static void refuse_relend(const struct binding *binding, const struct rule_value *value,
                          const char *why)
{
    fault_add(binding->faults, FAULT_ASSUME_FORM, value->at, "%s", why);
}

static const char *choose_installments(const struct assume_relend *relend,
                                       const struct rule_scope *rules, int32_t *installments)
{
    enum rule_split split = rule_split(rules);
    *installments = rule_installments(rules, RULE_SCHEDULE_INSTALLMENTS_DEFAULT);
    if (split == RULE_SPLIT_SHARES || split == RULE_SPLIT_FIXED)
        return relend->installments > 0 ? "the program's split fixes the installments itself"
                                        : NULL;
    if (relend->installments > 0)
        *installments = relend->installments;
    else if (*installments == 0)
        return "the program has no default of installments; name them in `relend`";
    return *installments < rule_installments(rules, RULE_SCHEDULE_INSTALLMENTS_MIN) ||
                   *installments > rule_installments(rules, RULE_SCHEDULE_INSTALLMENTS_MAX)
               ? "`installments` of what is lent anew are not among those of the program"
               : NULL;
}

static const char *choose_grace(const struct assume_relend *relend, const struct rule_scope *rules,
                                int32_t *grace)
{
    *grace = rule_grace(rules, RULE_SCHEDULE_GRACE_LENGTH_DEFAULT);
    if (relend->has_grace && relend->grace.count == 0)
        *grace = 0;
    else if (relend->has_grace &&
             !span_divide(relend->grace, rules->value[RULE_SCHEDULE_EVERY].span, grace))
        return "`grace` of what is lent anew is not a whole number of the program's periods";
    if (*grace < 0)
        return "the program has no default of a grace; name it in `relend`";
    return *grace < rule_grace(rules, RULE_SCHEDULE_GRACE_LENGTH_MIN) ||
                   *grace > rule_grace(rules, RULE_SCHEDULE_GRACE_LENGTH_MAX)
               ? "`grace` of what is lent anew is not among those of the program"
               : NULL;
}

const char *assume_terms(const struct assume_relend *relend, const struct rule_scope *rules,
                         int32_t *installments, int32_t *grace)
{
    if (rule_split(rules) == RULE_SPLIT_CUSTOM ||
        rule_number(rules, RULE_SCHEDULE_DUE_ANCHOR) == RULE_ANCHOR_GIVEN)
        return "nothing can be lent anew by a program whose book gives the due dates";
    const char *why = choose_installments(relend, rules, installments);
    return why != NULL ? why : choose_grace(relend, rules, grace);
}

static void bind_relend(const struct binding *binding)
{
    static const struct share_keys keys = {RULE_ASSUME_PROGRAMS_RELEND_ON_TIME_SHARE,
                                           RULE_ASSUME_PROGRAMS_RELEND_ON_TIME_LATE,
                                           RULE_ASSUME_PROGRAMS_RELEND_ON_TIME_LATE_SHARE,
                                           RULE_ASSUME_PROGRAMS_RELEND_ON_TIME_LATE_AFTER};
    const struct rule_value *value = binding->scope->value;
    struct assume_relend *relend = &binding->assumed->relend;
    if (!value[RULE_ASSUME_PROGRAMS_RELEND].given)
        return;
    *relend = (struct assume_relend){
        .wanted = true,
        .fund = amount_of_program(binding, RULE_ASSUME_PROGRAMS_RELEND_FUND),
        .reserve = amount_of_program(binding, RULE_ASSUME_PROGRAMS_RELEND_RESERVE),
        .share = value[RULE_ASSUME_PROGRAMS_RELEND_SHARE].fraction,
        .installments = value[RULE_ASSUME_PROGRAMS_RELEND_INSTALLMENTS].number,
        .grace = value[RULE_ASSUME_PROGRAMS_RELEND_GRACE].span,
        .has_grace = value[RULE_ASSUME_PROGRAMS_RELEND_GRACE].given,
        .on_time = share_of(binding, binding->scope, &keys),
    };
    check_share(binding, &value[RULE_ASSUME_PROGRAMS_RELEND_SHARE], relend->share);
    const struct rule_scope *rules = binding->assumed->rules;
    int32_t installments, grace;
    const char *why = assume_terms(relend, rules, &installments, &grace);
    if (why != NULL && rule_installments(rules, RULE_SCHEDULE_INSTALLMENTS_MAX) == 0)
        refuse_relend(binding, &value[RULE_ASSUME_PROGRAMS_RELEND], why);
    else if (why != NULL)
        fault_add(binding->faults, FAULT_ASSUME_FORM, value[RULE_ASSUME_PROGRAMS_RELEND].at,
                  "%s (installments %d..%d, grace %d..%d periods)", why,
                  rule_installments(rules, RULE_SCHEDULE_INSTALLMENTS_MIN),
                  rule_installments(rules, RULE_SCHEDULE_INSTALLMENTS_MAX),
                  rule_grace(rules, RULE_SCHEDULE_GRACE_LENGTH_MIN),
                  rule_grace(rules, RULE_SCHEDULE_GRACE_LENGTH_MAX));
}

/* --- programs --- */

static struct text nth_program(const void *rules, size_t i)
{
    return ((const struct rules *)rules)->programs[i]->id;
}

static const struct program *find_program(const struct rules *rules, const struct rule_value *id,
                                          struct faults *faults)
{
    for (unsigned i = 0; i < rules->program_count; i++)
        if (text_equal(rules->programs[i]->id, id->text) && !rules->programs[i]->is_grant)
            return rules->programs[i];
    struct text near = text_nearest(id->text, rules->program_count, nth_program, rules);
    char hint[96] = "";
    if (near.len > 0 && !text_equal(near, id->text))
        (void)snprintf(hint, sizeof hint, "; did you mean '%.*s'?", (int)near.len, near.ptr);
    fault_add(faults, FAULT_ASSUME_PROGRAM, id->at, "no program of loans '%.*s' among the rules%s",
              (int)id->text.len, id->text.ptr, hint);
    return NULL;
}

static void bind_program(struct binding *binding, struct date as_of)
{
    struct assume_program *assumed = binding->assumed;
    assumed->rules = program_at(assumed->program, as_of);
    assumed->unit = amount_of_program(binding, RULE_ASSUME_PROGRAMS_ROUNDING_UNIT);
    assumed->mode =
        (enum rounding_mode)rule_number(binding->scope, RULE_ASSUME_PROGRAMS_ROUNDING_MODE);
    if (amount_is_zero(assumed->unit))
        refuse_relend(binding, &binding->scope->value[RULE_ASSUME_PROGRAMS_ROUNDING_UNIT],
                      "a rounding to a unit of zero");
    assumed->on_time =
        bind_classes(binding, RULE_ASSUME_PROGRAMS_ON_TIME, RULE_ASSUME_PROGRAMS_ON_TIME_CLASS);
    assumed->overdue =
        bind_classes(binding, RULE_ASSUME_PROGRAMS_OVERDUE, RULE_ASSUME_PROGRAMS_OVERDUE_CLASS);
    bind_relend(binding);
}

bool assume_bind(struct arena *arena, struct assume *assume, const struct rules *rules,
                 struct date as_of, struct faults *faults)
{
    uint64_t before = faults->total;
    const struct rule_value *list = &assume->scope->value[RULE_ASSUME_PROGRAMS];
    assume->programs = ARENA_ARRAY(arena, struct assume_program, list->count);
    for (unsigned i = 0; i < list->count; i++) {
        const struct rule_value *id = &list->items[i]->value[RULE_ASSUME_PROGRAMS_PROGRAM];
        const struct program *program = find_program(rules, id, faults);
        if (program == NULL)
            continue;
        if (assume_of(assume, program->id) != NULL)
            fault_add(faults, FAULT_ASSUME_PROGRAM, id->at, "twice the program '%.*s'",
                      (int)program->id.len, program->id.ptr);
        struct assume_program *assumed = &assume->programs[assume->program_count++];
        struct binding binding = {arena, faults, list->items[i], assumed};
        assumed->program = program;
        bind_program(&binding, as_of);
    }
    return faults->total == before;
}

const struct assume_program *assume_of(const struct assume *assume, struct text id)
{
    for (unsigned i = 0; i < assume->program_count; i++)
        if (text_equal(assume->programs[i].program->id, id))
            return &assume->programs[i];
    return NULL;
}

void assume_no_program(const struct assume *assume, struct text id, struct faults *faults)
{
    fault_add(faults, FAULT_ASSUME_PROGRAM, assume->scope->value[RULE_ASSUME_PROGRAMS].at,
              "nothing is said of the program %.*s, of which the book has unpaid money",
              (int)id.len, id.ptr);
}

struct amount assume_product(struct arena *arena, const struct assume_program *assumed,
                             struct amount amount, struct fraction share)
{
    return amount_least(amount, rounding_quotient(arena, amount, share.num, share.den,
                                                  assumed->unit, assumed->mode));
}
