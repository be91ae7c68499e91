#include "load_tests.h"

#include <sys/stat.h>

#include "yaml_file.h"

struct loading {
    struct arena *arena;
    struct faults *faults;
    unsigned order;
    const struct rules *rules;
    struct rule_tests *tests;
    const char **seen; /* paths that have been read */
};

static bool was_read(const struct loading *loading, const char *path)
{
    for (unsigned i = 0; i < loading->tests->found; i++)
        if (strcmp(loading->seen[i], path) == 0)
            return true;
    return false;
}

static void read_file(struct loading *loading, const char *path)
{
    struct arena *arena = loading->arena;
    struct rule_tests *tests = loading->tests;
    if (was_read(loading, path) || tests->found == YAML_FILES_MAX)
        return;
    loading->seen[tests->found++] = arena_copy(arena, path, strlen(path));
    const struct rules_file *file =
        load_rules_file(arena, path, path, loading->order++, loading->faults);
    if (file == NULL || file->root == NULL)
        return;
    const struct rule_test_file *read =
        rule_test_read(arena, &file->file, file->root, loading->rules, loading->faults);
    if (read != NULL)
        tests->files[tests->count++] = read;
}

static void read_folder(struct loading *loading, const char *path)
{
    const char **names;
    unsigned count;
    if (!yaml_file_list(loading->arena, path, YAML_FILE_TESTS, &names, &count))
        return; /* the rules' reader has said why */
    for (unsigned i = 0; i < count; i++)
        read_file(loading, yaml_file_join(loading->arena, path, names[i]));
}

/* The path with another end. */
static const char *with_end(struct arena *arena, const char *path, const char *end,
                            const char *other)
{
    size_t len = strlen(path) - strlen(end);
    char *out = arena_alloc(arena, len + strlen(other) + 1);
    memcpy(out, path, len);
    memcpy(out + len, other, strlen(other) + 1);
    return out;
}

static void read_beside(struct loading *loading, const char *path)
{
    struct stat status;
    size_t len = strlen(path), end = strlen(".yaml");
    if (len <= end || strcmp(path + len - end, ".yaml") != 0)
        return;
    const char *beside = with_end(loading->arena, path, ".yaml", ".test.yaml");
    if (stat(beside, &status) == 0)
        read_file(loading, beside);
}

bool load_tests(struct arena *arena, const char *const *paths, unsigned count, unsigned order,
                const struct rules *rules, struct rule_tests *tests, struct faults *faults)
{
    uint64_t before = faults->total;
    struct loading loading = {
        .arena = arena,
        .faults = faults,
        .order = order,
        .rules = rules,
        .tests = tests,
        .seen = ARENA_ARRAY(arena, const char *, YAML_FILES_MAX),
    };
    *tests = (struct rule_tests){
        .files = ARENA_ARRAY(arena, const struct rule_test_file *, YAML_FILES_MAX)};
    for (unsigned i = 0; i < count; i++) {
        struct stat status;
        if (stat(paths[i], &status) == 0 && S_ISDIR(status.st_mode))
            read_folder(&loading, paths[i]);
        else if (yaml_file_kind_of(paths[i]) == YAML_FILE_TESTS)
            read_file(&loading, paths[i]);
        else
            read_beside(&loading, paths[i]);
    }
    return faults->total == before;
}

unsigned load_tests_rules(struct arena *arena, const char *const *paths, unsigned count,
                          const char **out)
{
    unsigned found = 0;
    for (unsigned i = 0; i < count; i++) {
        const char *path = paths[i];
        struct stat status;
        bool twice = false;
        if (yaml_file_kind_of(path) == YAML_FILE_TESTS) {
            path = with_end(arena, path, ".test.yaml", ".yaml");
            if (stat(path, &status) != 0)
                continue; /* the tests will find their program elsewhere, or say that there is none
                           */
        }
        for (unsigned k = 0; k < found; k++)
            twice = twice || strcmp(out[k], path) == 0;
        if (!twice)
            out[found++] = path;
    }
    return found;
}
