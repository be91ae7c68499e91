/* Any bytes as a rule file: a program, or at least one fault; each fault has a place inside the
 * file. */
#include <stdlib.h>

#include "program.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    const struct fault_file file = {"rules.yaml", 0};
    struct faults faults;
    struct arena arena;
    arena_init(&arena, NULL);
    faults_init(&faults);
    const struct text text = {arena_copy(&arena, (const char *)bytes, len), len};
    const struct program *program = program_read(&arena, &file, text, &faults);
    if ((program == NULL) != (faults.total > 0))
        abort();
    for (unsigned i = 0; i < faults.count; i++)
        if (faults.listed[i].at.file != &file || faults.listed[i].at.line > len + 1)
            abort();
    if (program != NULL) {
        if (program->count == 0 || program_at(program, program->in_force) == NULL)
            abort();
        for (unsigned i = 1; i < program->count; i++)
            if (!date_before(program->versions[i - 1].from, program->versions[i].from))
                abort();
    }
    faults_free(&faults);
    arena_free(&arena);
    return 0;
}
