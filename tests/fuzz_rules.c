/* Any bytes as a rule file: a program, a calendar, or at least one fault; each fault has a place
 * inside the file.  A program may name a calendar that is there.  What strict rules find has a
 * place, too. */
#include <stdlib.h>

#include "rule_strict.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const struct fault_file file = {"rules.yaml", 0};
    struct faults faults;
    struct arena arena;
    arena_init(&arena, NULL);
    faults_init(&faults);
    const struct text text = {arena_copy(&arena, (const char *)bytes, len), len};
    static const struct calendar known = {
        .id = {"c", 1}, .from = {0}, .until = {30000}, .weekend = 96};
    static const struct calendar *const list[] = {&known};
    const struct calendars calendars = {list, 1};
    const struct yaml_node *root = yaml_read(&arena, &file, text, &faults);
    const struct program *program = NULL;
    bool read = false;
    if (root != NULL && calendar_is(root))
        read = calendar_read(&arena, root, &faults) != NULL;
    else if (root != NULL)
        read = (program = program_of_tree(&arena, &file, root, &calendars, &faults)) != NULL;
    if (read == (faults.total > 0))
        abort();
    for (unsigned i = 0; i < faults.count; i++)
        if (faults.listed[i].at.file != &file || faults.listed[i].at.line > len + 1)
            abort();
    if (program != NULL) {
        if (program->count == 0 || program_at(program, program->in_force) == NULL)
            abort();
        for (unsigned i = 1; i < program->count; i++) /* the base may be amended on its first day */
            if (date_before(program->versions[i].from, program->versions[i - 1].from) ||
                (i > 1 && date_equal(program->versions[i - 1].from, program->versions[i].from)))
                abort();
        rule_strict(&arena, program, &faults);
        for (unsigned i = 0; i < faults.count; i++)
            if (faults.listed[i].at.file != &file || faults.listed[i].at.line == 0)
                abort();
    }
    faults_free(&faults);
    arena_free(&arena);
    return 0;
}
