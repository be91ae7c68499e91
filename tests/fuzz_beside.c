/* Any bytes as a file beside rules: a reform, assumptions or tests, told apart by what they say
 * they are.  It is read, bound to two programs and, of a reform, applied; or there is at least one
 * fault, each with a place inside a file. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "assume.h"
#include "fuzz_rules.h"
#include "load_tests.h"
#include "reform.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static char folder[] = "/tmp/fuzz_beside.XXXXXX";
static char names[4][64]; /* the rules, then the input as each kind */
static struct arena base;
static struct rules rules;

enum { RULES, REFORM, ASSUMPTIONS, TESTS };

static void remove_all(void)
{
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        (void)unlink(names[i]);
    (void)rmdir(folder);
}

static void put_file(const char *name, const void *bytes, size_t len)
{
    FILE *file = fopen(name, "wb");
    if (file == NULL || fwrite(bytes, 1, len, file) != len || fclose(file) != 0)
        abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char *const ends[] = {"/p.yaml", "/x.reform.yaml", "/x.assume.yaml",
                                       "/p.test.yaml"};
    struct faults faults;
    (void)argc;
    (void)argv;
    if (mkdtemp(folder) == NULL)
        abort();
    for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
        (void)snprintf(names[i], sizeof names[i], "%s%s", folder, ends[i]);
    (void)atexit(remove_all);
    put_file(names[RULES], fuzz_rules[0], strlen(fuzz_rules[0]));
    const char *path = names[RULES];
    arena_init(&base, NULL);
    faults_init(&faults);
    if (!load_rules(&base, &path, 1, 0, &rules, &faults))
        abort();
    faults_free(&faults);
    return 0;
}

static bool says(const uint8_t *bytes, size_t len, const char *what)
{
    return memmem(bytes, len, what, strlen(what)) != NULL;
}

static bool reformed(struct arena *arena, struct faults *faults)
{
    struct reform reform;
    struct rules after;
    unsigned choice[REFORM_SWEEPS_MAX] = {0};
    return reform_load(arena, names[REFORM], 1, &reform, faults) &&
           reform_apply(arena, &reform, NULL, &rules, &after, faults) &&
           (reform.sweep_count == 0 ||
            reform_apply(arena, &reform, choice, &rules, &after, faults));
}

static bool assumed(struct arena *arena, struct faults *faults)
{
    struct assume assume;
    return assume_load(arena, names[ASSUMPTIONS], 1, &assume, faults) &&
           assume_bind(arena, &assume, &rules, (struct date){20300}, faults);
}

static bool tested(struct arena *arena, struct faults *faults)
{
    struct rule_tests tests;
    const char *path = names[TESTS];
    return load_tests(arena, &path, 1, 1, &rules, &tests, faults);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct faults faults;
    struct arena arena;
    bool well;
    arena_init(&arena, NULL);
    faults_init(&faults);
    if (says(bytes, len, "tests/1")) {
        put_file(names[TESTS], bytes, len);
        well = tested(&arena, &faults);
    } else if (says(bytes, len, "assume/1")) {
        put_file(names[ASSUMPTIONS], bytes, len);
        well = assumed(&arena, &faults);
    } else {
        put_file(names[REFORM], bytes, len);
        well = reformed(&arena, &faults);
    }
    if (well == (faults.total > 0))
        abort();
    for (unsigned i = 0; i < faults.count; i++)
        if (faults.listed[i].at.file == NULL || faults.listed[i].at.line > len + 100)
            abort();
    faults_free(&faults);
    arena_free(&arena);
    return 0;
}
