#include "rule_coverage.h"

/* What became of the mutants of one direction. */
struct direction {
    bool lawful;
    bool noticed;
    enum rule_side side;
    const char *shown;
};

struct judging {
    struct rule_coverage *coverage;
    const struct program *program;
    struct arena scratch; /* of the mutant at hand */
};

static bool is_of(const struct rule_test_file *file, const struct program *program)
{
    return file->program == program;
}

/* Whether a test of the file fails on the changed program; short ones first. */
static bool notices(struct judging *judging, const struct rule_test_file *file,
                    const struct program *changed)
{
    struct rule_test_bench *bench =
        rule_test_bench_new(&judging->scratch, judging->coverage->memory, file, changed);
    bool noticed = false;
    for (unsigned ranges = 0; ranges <= 1; ranges++)
        for (unsigned i = 0; i < file->count && !noticed; i++)
            if ((file->tests[i].range.count > 0) == (ranges == 1))
                noticed = !rule_test_run(bench, &file->tests[i], NULL);
    rule_test_bench_free(bench);
    return noticed;
}

static bool any_notices(struct judging *judging, const struct program *changed)
{
    const struct rule_coverage *coverage = judging->coverage;
    for (unsigned i = 0; i < coverage->file_count; i++)
        if (is_of(coverage->files[i], judging->program) &&
            notices(judging, coverage->files[i], changed))
            return true;
    return false;
}

/* Try all mutants of the value; returns how many directions there are. */
static unsigned try_all(struct judging *judging, const struct rule_leaf *leaf,
                        struct direction **directions)
{
    const struct rule_coverage *coverage = judging->coverage;
    unsigned count;
    const struct rule_mutant *mutants =
        rule_mutants(coverage->arena, judging->program, leaf, &count);
    unsigned direction_count = count == 0 ? 0 : mutants[count - 1].group + 1;
    *directions = ARENA_ARRAY(coverage->arena, struct direction, direction_count);
    for (unsigned i = 0; i < count; i++) {
        struct direction *direction = &(*directions)[mutants[i].group];
        if (direction->lawful)
            continue;
        arena_reset(&judging->scratch);
        const struct program *changed = rule_mutant_program(&judging->scratch, judging->program,
                                                            coverage->calendars, &mutants[i]);
        if (changed == NULL)
            continue;
        *direction = (struct direction){true, any_notices(judging, changed), mutants[i].side,
                                        mutants[i].shown};
    }
    return direction_count;
}

/* Where the path is named under `untested`, NULL: nowhere. */
static const struct rule_test_file *left_out(const struct judging *judging, const char *path,
                                             unsigned *which)
{
    const struct rule_coverage *coverage = judging->coverage;
    for (unsigned i = 0; i < coverage->file_count; i++) {
        const struct rule_test_file *file = coverage->files[i];
        for (unsigned k = 0; is_of(file, judging->program) && k < file->untested->count; k++)
            if (text_is(file->untested->ids[k], path)) {
                *which = k;
                return file;
            }
    }
    return NULL;
}

static struct place place_of(const struct rule_test_file *file, unsigned which)
{
    const struct yaml_pair *entry = file->untested->node->first;
    while (which-- > 0)
        entry = entry->next;
    return entry->value->at;
}

static void report(struct judging *judging, const struct rule_leaf *leaf,
                   const struct direction *direction, enum fault_code code)
{
    struct faults *faults = judging->coverage->faults;
    char old[TEXT_QUOTE_MAX], new[TEXT_QUOTE_MAX];
    (void)text_quote(old, leaf->text);
    if (leaf->text.len == 0)
        fault_add(faults, code, leaf->at, "%s: no test notices when its entries change",
                  leaf->path);
    else if (direction->shown == NULL)
        fault_add(faults, code, leaf->at, "%s: no test notices when %s is left out", leaf->path,
                  old);
    else
        fault_add(faults, code, leaf->at, "%s: no test notices when %s becomes %s", leaf->path, old,
                  text_quote(new, text_of(direction->shown)));
}

static void report_all(struct judging *judging, const struct rule_leaf *leaf,
                       const struct direction *directions, unsigned count, bool covered)
{
    const struct rule_coverage *coverage = judging->coverage;
    for (unsigned i = 0; i < count; i++) {
        if (!directions[i].lawful || directions[i].noticed)
            continue;
        if (!covered && coverage->values) {
            report(judging, leaf, &directions[i], FAULT_VALUE_UNTESTED);
            return;
        }
        if (directions[i].side != RULE_SIDE_NONE && coverage->thresholds)
            report(judging, leaf, &directions[i], FAULT_THRESHOLD_UNTESTED);
    }
}

static void judge(struct judging *judging, const struct rule_leaf *leaf)
{
    struct rule_coverage *coverage = judging->coverage;
    struct direction *directions;
    unsigned count = try_all(judging, leaf, &directions);
    unsigned lawful = 0, noticed = 0, sides = 0, sides_noticed = 0, which;
    for (unsigned i = 0; i < count; i++) {
        bool side = directions[i].side != RULE_SIDE_NONE;
        lawful += directions[i].lawful;
        noticed += directions[i].noticed;
        sides += directions[i].lawful && side;
        sides_noticed += directions[i].noticed && side;
    }
    if (lawful == 0)
        return; /* the rules allow nothing else here */
    const struct rule_test_file *file = left_out(judging, leaf->path, &which);
    if (file == NULL) {
        coverage->count++;
        coverage->covered += noticed > 0;
        coverage->side_count += sides;
        coverage->sides_covered += sides_noticed;
        report_all(judging, leaf, directions, count, noticed > 0);
    } else if (noticed > 0 && sides_noticed == sides) {
        fault_add(coverage->faults, FAULT_UNTESTED_NEEDLESS, place_of(file, which),
                  "'%s' is tested all the same: remove it", leaf->path);
    }
}

/* Paths under `untested` that the rules do not have. */
static void judge_names(struct judging *judging, const struct rule_leaf *leaves, unsigned count)
{
    const struct rule_coverage *coverage = judging->coverage;
    char quoted[TEXT_QUOTE_MAX];
    for (unsigned i = 0; i < coverage->file_count; i++) {
        const struct rule_test_file *file = coverage->files[i];
        for (unsigned k = 0; is_of(file, judging->program) && k < file->untested->count; k++) {
            bool known = false;
            for (unsigned l = 0; l < count && !known; l++)
                known = text_is(file->untested->ids[k], leaves[l].path);
            if (!known)
                fault_add(coverage->faults, FAULT_UNTESTED_NEEDLESS, place_of(file, k),
                          "the rules give no value %s", text_quote(quoted, file->untested->ids[k]));
        }
    }
}

void rule_coverage_of(struct rule_coverage *coverage, const struct program *program)
{
    struct judging judging = {coverage, program, {0}};
    unsigned count;
    bool any = false;
    for (unsigned i = 0; i < coverage->file_count && !any; i++)
        any = is_of(coverage->files[i], program);
    if (!any) {
        fault_add(coverage->faults, FAULT_TESTS_MISSING, (struct place){program->file, 0, 0},
                  "no test file is for this program");
        return;
    }
    const struct rule_leaf *leaves = rule_leaves(coverage->arena, program, &count);
    arena_init(&judging.scratch, coverage->memory);
    for (unsigned i = 0; i < count; i++)
        judge(&judging, &leaves[i]);
    arena_free(&judging.scratch);
    judge_names(&judging, leaves, count);
}
