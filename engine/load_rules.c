#include "load_rules.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "yaml_file.h"

enum { FILES_MAX = YAML_FILES_MAX };

struct loading {
    struct arena *arena;
    struct faults *faults;
    unsigned order;
    struct rules *rules;
};

static void refuse_io(struct arena *arena, const char *path, unsigned order, struct faults *faults)
{
    struct fault_file *file = ARENA_ARRAY(arena, struct fault_file, 1);
    *file = (struct fault_file){arena_copy(arena, path, strlen(path)), order};
    fault_add(faults, FAULT_IO, (struct place){file, 0, 0}, "cannot read: %s", strerror(errno));
}

const struct rules_file *load_rules_file(struct arena *arena, const char *path, const char *name,
                                         unsigned order, struct faults *faults)
{
    struct text bytes;
    if (!yaml_file_bytes(arena, path, &bytes)) {
        refuse_io(arena, path, order, faults);
        return NULL;
    }
    struct rules_file *file = ARENA_ARRAY(arena, struct rules_file, 1);
    file->file = (struct fault_file){arena_copy(arena, path, strlen(path)), order};
    file->name = arena_copy(arena, name, strlen(name));
    struct digest *digest = digest_new();
    if (digest == NULL || !digest_add(digest, bytes.ptr, bytes.len) ||
        !digest_end(digest, file->digest))
        fault_add(faults, FAULT_IO, (struct place){&file->file, 0, 0}, "SHA-256 failed");
    digest_free(digest);
    file->root = yaml_read(arena, &file->file, bytes, faults);
    return file;
}

static void read_file(struct loading *loading, const char *path, const char *name)
{
    struct rules *rules = loading->rules;
    const struct rules_file *file =
        load_rules_file(loading->arena, path, name, loading->order++, loading->faults);
    if (file != NULL && rules->file_count == FILES_MAX)
        fault_add(loading->faults, FAULT_IO, (struct place){&file->file, 0, 0},
                  "more than %d rule files", FILES_MAX);
    else if (file != NULL)
        rules->files[rules->file_count++] = file;
}

void load_rules_column(struct rules *rules, struct text name)
{
    for (unsigned i = 0; i < rules->column_count; i++)
        if (text_equal(rules->columns[i], name))
            return;
    if (rules->column_count < FILES_MAX)
        rules->columns[rules->column_count++] = name;
}

void load_rules_columns(struct rules *rules, const struct program *program)
{
    for (unsigned i = 0; i < program->count; i++) {
        const struct rule_scope *scope = program->versions[i].rules;
        if (rule_is_set(scope, RULE_PRINCIPAL_BY_COLUMN))
            load_rules_column(rules, scope->value[RULE_PRINCIPAL_BY_COLUMN].text);
        const struct rule_value *reliefs = &scope->value[RULE_RELIEF];
        for (unsigned j = 0; j < reliefs->count; j++) {
            const struct rule_value *who = &reliefs->items[j]->value[RULE_RELIEF_WHO];
            for (unsigned k = 0; k < who->count; k++)
                load_rules_column(rules, who->items[k]->name);
        }
    }
}

/* Of a file at fault: its column is not to be called unknown on top of that. */
static void add_columns_of_tree(struct rules *rules, const struct yaml_node *root)
{
    const struct yaml_node *by = yaml_find(yaml_find(root, text_of("principal")), text_of("by"));
    const struct yaml_node *column = yaml_find(by, text_of("column"));
    if (column != NULL && column->kind == YAML_TEXT)
        load_rules_column(rules, column->text);
    const struct yaml_node *reliefs = yaml_find(root, text_of("relief"));
    if (reliefs == NULL || reliefs->kind != YAML_LIST)
        return;
    for (const struct yaml_pair *item = reliefs->first; item != NULL; item = item->next) {
        const struct yaml_node *who = yaml_find(item->value, text_of("who"));
        if (who == NULL || who->kind != YAML_MAP)
            continue;
        for (const struct yaml_pair *entry = who->first; entry != NULL; entry = entry->next)
            load_rules_column(rules, entry->key);
    }
}

/* In the place of a calendar at fault, so that the programs which name it are not told that there
 * is none; NULL when it has no id either. */
static const struct calendar *stand_in(struct arena *arena, const struct yaml_node *root)
{
    const struct yaml_node *id = yaml_find(root, text_of("id"));
    if (id == NULL || id->kind != YAML_TEXT)
        return NULL;
    struct calendar *calendar = ARENA_ARRAY(arena, struct calendar, 1);
    *calendar = (struct calendar){
        .id = id->text,
        .id_at = id->at,
        .has_source = true,
        .from = date_of(1900, 1, 1),
        .until = date_of(2199, 12, 31),
    };
    return calendar;
}

/* Trees become calendars, and programs that name them. */
static void understand(struct loading *loading, bool calendars)
{
    struct rules *rules = loading->rules;
    const struct calendars named = {rules->calendars, rules->calendar_count};
    for (unsigned i = 0; i < rules->file_count; i++) {
        const struct yaml_node *root = rules->files[i]->root;
        if (root == NULL || calendar_is(root) != calendars)
            continue;
        if (calendars) {
            const struct calendar *calendar = calendar_read(loading->arena, root, loading->faults);
            if (calendar == NULL)
                calendar = stand_in(loading->arena, root);
            if (calendar != NULL)
                rules->calendars[rules->calendar_count++] = calendar;
            continue;
        }
        const struct program *program =
            program_of_tree(loading->arena, &rules->files[i]->file, root, &named, loading->faults);
        if (program == NULL) {
            add_columns_of_tree(rules, root);
            continue;
        }
        load_rules_columns(rules, program);
        rules->programs[rules->program_count++] = program;
    }
}

static void read_folder(struct loading *loading, const char *path)
{
    const char **names;
    unsigned count;
    if (!yaml_file_list(loading->arena, path, YAML_FILE_RULES, &names, &count)) {
        refuse_io(loading->arena, path, loading->order++, loading->faults);
        return;
    }
    for (unsigned i = 0; i < count; i++)
        read_file(loading, yaml_file_join(loading->arena, path, names[i]), names[i]);
    if (count == 0) {
        struct fault_file *file = ARENA_ARRAY(loading->arena, struct fault_file, 1);
        *file = (struct fault_file){path, loading->order++};
        fault_add(loading->faults, FAULT_RULES_EMPTY, (struct place){file, 0, 0},
                  "no rule file (*.yaml) in this folder");
    }
}

static int compare_programs(const void *a, const void *b)
{
    return text_compare((*(const struct program *const *)a)->id,
                        (*(const struct program *const *)b)->id);
}

static int compare_calendars(const void *a, const void *b)
{
    const struct calendar *left = *(const struct calendar *const *)a;
    const struct calendar *right = *(const struct calendar *const *)b;
    int order = text_compare(left->id, right->id);
    return order != 0 ? order
                      : (left->id_at.file->order > right->id_at.file->order) -
                            (left->id_at.file->order < right->id_at.file->order);
}

static void refuse_same_calendars(struct loading *loading)
{
    const struct rules *rules = loading->rules;
    char quoted[TEXT_QUOTE_MAX];
    for (unsigned i = 1; i < rules->calendar_count; i++) {
        const struct calendar *earlier = rules->calendars[i - 1], *calendar = rules->calendars[i];
        if (text_equal(earlier->id, calendar->id))
            fault_add(loading->faults, FAULT_RULE_ID_DUPLICATE, calendar->id_at,
                      "calendar id %s is that of %s too", text_quote(quoted, calendar->id),
                      earlier->id_at.file->path);
    }
}

static void refuse_same_ids(struct loading *loading)
{
    const struct rules *rules = loading->rules;
    char quoted[TEXT_QUOTE_MAX];
    for (unsigned i = 1; i < rules->program_count; i++) {
        const struct program *earlier = rules->programs[i - 1], *program = rules->programs[i];
        if (!text_equal(earlier->id, program->id))
            continue;
        if (program->file->order < earlier->file->order) {
            const struct program *other = earlier;
            earlier = program;
            program = other;
        }
        fault_add(loading->faults, FAULT_RULE_ID_DUPLICATE,
                  program->versions[0].rules->value[RULE_ID].at, "id %s is that of %s too",
                  text_quote(quoted, program->id), earlier->file->path);
    }
}

bool load_rules(struct arena *arena, const char *const *paths, unsigned count, unsigned order,
                struct rules *rules, struct faults *faults)
{
    uint64_t before = faults->total;
    struct loading loading = {arena, faults, order, rules};
    *rules = (struct rules){
        .programs = ARENA_ARRAY(arena, const struct program *, FILES_MAX),
        .calendars = ARENA_ARRAY(arena, const struct calendar *, FILES_MAX),
        .columns = ARENA_ARRAY(arena, struct text, FILES_MAX),
        .files = ARENA_ARRAY(arena, const struct rules_file *, FILES_MAX),
    };
    for (unsigned i = 0; i < count; i++) {
        struct stat status;
        const char *slash = strrchr(paths[i], '/');
        if (stat(paths[i], &status) != 0)
            refuse_io(arena, paths[i], loading.order++, faults);
        else if (S_ISDIR(status.st_mode))
            read_folder(&loading, paths[i]);
        else
            read_file(&loading, paths[i], slash == NULL ? paths[i] : slash + 1);
    }
    understand(&loading, true);
    qsort(rules->calendars, rules->calendar_count, sizeof *rules->calendars, compare_calendars);
    refuse_same_calendars(&loading);
    understand(&loading, false);
    if (rules->program_count > 0)
        qsort(rules->programs, rules->program_count, sizeof *rules->programs, compare_programs);
    refuse_same_ids(&loading);
    return faults->total == before;
}
