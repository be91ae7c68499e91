#include "explain.h"

#include <string.h>

#include "explain_grant.h"
#include "explain_loan.h"

/* --- names of figures --- */

/* The files of loans and of grants, in the order in which a bare name is sought. */
static const enum report_file loans_files[] = {REPORT_ARREARS, REPORT_SCHEDULE,  REPORT_ALLOCATIONS,
                                               REPORT_SUBSIDY, REPORT_PORTFOLIO, REPORT_MOVEMENT,
                                               REPORT_CLASSES, REPORT_MIGRATION};
static const enum report_file grants_files[] = {REPORT_GRANT_POSITIONS, REPORT_GRANT_TRANCHES,
                                                REPORT_GRANT_PORTFOLIO};
enum {
    LOANS_FILES = sizeof loans_files / sizeof *loans_files,
    GRANTS_FILES = sizeof grants_files / sizeof *grants_files,
    FILES = LOANS_FILES + GRANTS_FILES,
};

static enum report_file nth_file(size_t i)
{
    return i < LOANS_FILES ? loans_files[i] : grants_files[i - LOANS_FILES];
}

/* The nth column of a file, len 0 behind the last. */
static struct text nth_column(enum report_file file, size_t n)
{
    const char *at = report_columns(file);
    for (; n > 0 && at != NULL; n--) {
        at = strchr(at, ',');
        at = at == NULL ? NULL : at + 1;
    }
    return at == NULL ? (struct text){"", 0} : (struct text){at, strcspn(at, ",")};
}

/* The column as a string that stays, NULL: the file has none of this name. */
static const char *find_column(enum report_file file, struct text name)
{
    for (size_t n = 0; nth_column(file, n).len > 0; n++)
        if (text_equal(nth_column(file, n), name))
            return nth_column(file, n).ptr;
    return NULL;
}

/* All columns of all files, one after the other. */
static struct text nth_name(const void *unused, size_t i)
{
    (void)unused;
    for (size_t f = 0; f < FILES; f++)
        for (size_t n = 0; nth_column(nth_file(f), n).len > 0; n++)
            if (i-- == 0)
                return nth_column(nth_file(f), n);
    return (struct text){"", 0};
}

static bool is_file(enum report_file file, struct text name)
{
    struct text full = text_of(report_name(file));
    enum { CSV = 4 }; /* ".csv" */
    return text_equal(full, name) || text_equal((struct text){full.ptr, full.len - CSV}, name);
}

static const char *first_with(const enum report_file *files, size_t count, struct text column)
{
    for (size_t i = 0; i < count; i++)
        if (find_column(files[i], column) != NULL)
            return report_name(files[i]);
    return NULL;
}

static bool find_in_file(struct text file, struct text column, struct explain_figure *figure)
{
    for (size_t i = 0; i < FILES; i++) {
        if (!is_file(nth_file(i), file) || find_column(nth_file(i), column) == NULL)
            continue;
        figure->loans = figure->grants = report_name(nth_file(i));
        return true;
    }
    return false;
}

static struct text nearest_name(struct text column)
{
    size_t count = 0;
    while (nth_name(NULL, count).len > 0)
        count++;
    return text_nearest(column, count, nth_name, NULL);
}

bool explain_find(struct text name, bool row, struct explain_figure *figure, struct text *nearest)
{
    const char *point = name.len == 0 ? NULL : memrchr(name.ptr, '.', name.len);
    struct text column = name;
    *figure = (struct explain_figure){0};
    *nearest = (struct text){"", 0};
    if (point != NULL) {
        struct text file = {name.ptr, (size_t)(point - name.ptr)};
        column = (struct text){point + 1, name.len - file.len - 1};
        figure->figure = column.ptr;
        if (find_in_file(file, column, figure))
            return true;
    } else {
        figure->figure = column.ptr;
        figure->loans = first_with(loans_files, LOANS_FILES, column);
        figure->grants = first_with(grants_files, GRANTS_FILES, column);
        bool known = figure->loans != NULL || figure->grants != NULL;
        if (figure->loans == NULL)
            figure->loans = "";
        if (figure->grants == NULL)
            figure->grants = "";
        if (row)
            figure->loans = figure->grants = NULL;
        if (known)
            return true;
    }
    *nearest = nearest_name(column);
    return false;
}

bool explain_find_of_group(struct text name, const struct run_options *run,
                           struct explain_figure *figure, struct text *nearest)
{
    static const enum report_file files[] = {REPORT_PORTFOLIO, REPORT_MOVEMENT, REPORT_CLASSES,
                                             REPORT_MIGRATION, REPORT_GRANT_PORTFOLIO};
    enum { GROUP_FILES = sizeof files / sizeof *files };
    size_t first = run->loans.count > 0 ? 0 : GROUP_FILES - 1;
    if (!explain_find(name, false, figure, nearest))
        return false;
    if (name.ptr == figure->figure) /* no file is named */
        figure->loans = first_with(files + first, GROUP_FILES - first, name);
    if (figure->loans == NULL)
        figure->loans = "";
    return true;
}

/* --- rules --- */

unsigned explain_sides(const struct explain_rules *rules)
{
    return rules->file == NULL ? 1 : 2;
}

bool explain_make_rules(struct explain_rules *of, struct arena *arena, const struct rules *rules,
                        struct rules *sides, struct faults *faults)
{
    unsigned order = rules->file_count + run_file_count(of->run);
    return of->file == NULL || (reform_load(arena, of->file, order, &of->reform, faults) &&
                                reform_apply(arena, &of->reform, NULL, rules, &sides[1], faults));
}

static bool make_rules(void *context, struct arena *arena, const struct rules *rules,
                       struct rules *sides, struct faults *faults)
{
    struct explain *explain = context;
    return explain_make_rules(&explain->rules, arena, rules, sides, faults);
}

/* --- accounts --- */

static void refused(struct explain *explain, const struct work *work)
{
    char quoted[TEXT_QUOTE_MAX];
    fault_add(&explain->noted, FAULT_EXPLAIN_NOTHING, (struct place){0},
              "the reform refuses the account %s: %s", text_quote(quoted, work->owner.account_id),
              fault_slug(work->outcome.code));
}

static void begin(void *context, unsigned workers)
{
    struct explain *explain = context;
    (void)workers;
    explain->text.len = 0; /* a pass that turned out to be void */
    faults_free(&explain->noted);
    memset(explain->found, 0, explain->options->account_count * sizeof *explain->found);
}

static void explain_loan(struct explain *explain, const struct work *work)
{
    struct explanation *e = &explain->explanation;
    const struct explain_loan x = {
        .e = e,
        .options = explain->run,
        .work = work,
        .made = work->made,
        .run = &work->made->run,
        .account = &work->made->run.account,
        .trace = work->made->run.trace,
        .loan = &work->loan,
    };
    explain->wanted.file =
        explain->wanted.brief ? report_name(REPORT_ARREARS) : explain->options->figure.loans;
    if (x.run->exists) {
        explain_schedule(&x);
        explain_allocations(&x);
        explain_subsidy(&x);
        explain_arrears(&x);
        explain_portfolio(&x);
        explain_forgiven(&x);
        explain_classes(&x);
    }
    explain_movement(&x);
    explain_migration(&x);
}

static struct text one(const void *text, size_t i)
{
    (void)i;
    return *(const struct text *)text;
}

/* Note which account was asked for, or may have been. */
static bool note_account(struct explain *explain, struct text id)
{
    const struct explain_options *options = explain->options;
    bool chosen = false;
    for (unsigned i = 0; i < options->account_count; i++) {
        if (text_equal(options->accounts[i], id))
            chosen = explain->found[i] = true;
        else if (explain->nearest[i].len == 0 &&
                 text_nearest(options->accounts[i], 1, one, &id).len > 0)
            explain->nearest[i] = (struct text){arena_copy(explain->arena, id.ptr, id.len), id.len};
    }
    return chosen;
}

static void nothing_there(struct explain *explain, const struct work *work)
{
    char quoted[TEXT_QUOTE_MAX], as_of[DATE_TEXT_LEN + 1], agreed[DATE_TEXT_LEN + 1];
    fault_add(&explain->noted, FAULT_EXPLAIN_NOTHING, (struct place){0},
              "the account %s, agreed on %s, is in no file as of %s",
              text_quote(quoted, work->owner.account_id), date_text(agreed, work->owner.agreed),
              date_text(as_of, explain->run->as_of));
}

static void no_figure(struct explain *explain)
{
    const char *row = explain->options->row, *file = explain->wanted.file;
    char account[TEXT_QUOTE_MAX], quoted[TEXT_QUOTE_MAX];
    (void)text_quote(account, explain->explanation.account_id);
    if (row != NULL)
        fault_add(&explain->noted, FAULT_EXPLAIN_NOTHING, (struct place){0},
                  "the account %s has no row %s with such a figure", account,
                  text_quote(quoted, text_of(row)));
    else
        fault_add(&explain->noted, FAULT_EXPLAIN_NOTHING, (struct place){0},
                  "the account %s has nothing in %s", account,
                  file == NULL || *file == '\0' ? "a file with such a figure" : file);
}

static void explain_account(void *context, unsigned worker, struct work *works, struct buffer *out)
{
    struct explain *explain = context;
    struct work *work = &works[explain_sides(&explain->rules) - 1];
    struct explanation *e = &explain->explanation;
    size_t before = explain->text.len;
    char quoted[TEXT_QUOTE_MAX];
    (void)worker;
    (void)out;
    if (!note_account(explain, works[0].owner.account_id) || works[0].owner.program == NULL ||
        works[0].outcome.refused)
        return; /* the run's own faults say why */
    if (work->outcome.refused) {
        refused(explain, work);
        return;
    }
    explanation_account(e, &work->scratch, work->owner.account_id, work->owner.program,
                        work->owner.agreed);
    explain->wanted.file = explain->wanted.brief ? report_name(REPORT_GRANT_POSITIONS)
                                                 : explain->options->figure.grants;
    bool moves = work->made != NULL && work->made->entry.moves;
    if (!work->outcome.exists && !moves)
        nothing_there(explain, work);
    else if (work->owner.of == OUTCOME_OF_GRANTS)
        explain_grant(e, explain->run, work);
    else
        explain_loan(explain, work);
    if (e->broken != NULL) {
        explain->text.len = before; /* what is wrong is not given */
        fault_add(&explain->noted, FAULT_LAW, (struct place){0},
                  "a fault in nol itself, please report it: the explanation of %s %s does not "
                  "come to the figure",
                  e->broken, text_quote(quoted, e->account_id));
    } else if (e->written == 0 && (work->outcome.exists || moves) && !explain->wanted.brief) {
        no_figure(explain);
    }
}

static bool finish(void *context, struct out_dir *out, struct buffer *manifest)
{
    struct explain *explain = context;
    const struct explain_options *options = explain->options;
    char quoted[TEXT_QUOTE_MAX], near[TEXT_QUOTE_MAX];
    (void)out;
    (void)manifest;
    for (unsigned i = 0; i < options->account_count; i++) {
        if (explain->found[i])
            continue;
        bool meant = explain->nearest[i].len > 0;
        fault_add(&explain->noted, FAULT_ACCOUNT_UNKNOWN, (struct place){0},
                  "no account of the book has the account_id %s%s%s%s",
                  text_quote(quoted, options->accounts[i]), meant ? "; did you mean " : "",
                  meant ? text_quote(near, explain->nearest[i]) : "", meant ? "?" : "");
    }
    faults_merge(explain->faults, &explain->noted);
    return true;
}

enum run_outcome explain_run(struct explain *explain, const struct run_options *run,
                             const struct explain_options *options, struct arena *arena,
                             struct faults *faults)
{
    struct out_dir none = OUT_DIR_NONE;
    struct run_options alone = *run;
    alone.threads = 1; /* in the order of the book */
    *explain = (struct explain){
        .run = run,
        .options = options,
        .rules = {.run = run, .file = options->reform},
        .arena = arena,
        .faults = faults,
        .found = ARENA_ARRAY(arena, bool, options->account_count),
        .nearest = ARENA_ARRAY(arena, struct text, options->account_count),
        .wanted = {.figure = options->figure.figure,
                   .row = options->row,
                   .brief = !options->all && options->figure.figure == NULL && options->row == NULL,
                   .json = options->json},
    };
    buffer_init(&explain->text, run->memory);
    faults_init(&explain->noted);
    explain->explanation = (struct explanation){
        .out = &explain->text, .wanted = &explain->wanted, .as_of = run->as_of};
    const struct run_view view = {
        .context = explain,
        .sides = explain_sides(&explain->rules),
        .make_rules = make_rules,
        .periods = true,
        .traces = true,
        .chosen = options->accounts,
        .chosen_count = options->account_count,
        .begin = begin,
        .account = explain_account,
        .finish = finish,
    };
    enum run_outcome outcome = run_view(&alone, &view, arena, &none, faults);
    faults_free(&explain->noted);
    return outcome;
}

void explain_free(struct explain *explain)
{
    buffer_free(&explain->text);
}
