#include "yaml_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static bool ends_with(const char *name, const char *end)
{
    size_t len = strlen(name), end_len = strlen(end);
    return len > end_len && strcmp(name + len - end_len, end) == 0;
}

enum yaml_file_kind yaml_file_kind_of(const char *path)
{
    if (ends_with(path, ".test.yaml"))
        return YAML_FILE_TESTS;
    if (ends_with(path, ".assume.yaml"))
        return YAML_FILE_ASSUMPTIONS;
    return ends_with(path, ".reform.yaml") ? YAML_FILE_REFORMS : YAML_FILE_RULES;
}

bool yaml_file_bytes(struct arena *arena, const char *path, struct text *bytes)
{
    char *room = arena_alloc(arena, YAML_BYTES_MAX + 1);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    *bytes = (struct text){room, 0};
    if (fd < 0)
        return false;
    ssize_t got = 1;
    while (got > 0 && bytes->len < YAML_BYTES_MAX + 1) {
        got = read(fd, room + bytes->len, YAML_BYTES_MAX + 1 - bytes->len);
        if (got < 0 && errno == EINTR)
            got = 1;
        else if (got > 0)
            bytes->len += (size_t)got;
    }
    int failed = errno;
    (void)close(fd);
    errno = failed;
    return got >= 0;
}

static int compare_strings(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool yaml_file_list(struct arena *arena, const char *folder, enum yaml_file_kind kind,
                    const char ***names, unsigned *count)
{
    DIR *dir = opendir(folder);
    *names = ARENA_ARRAY(arena, const char *, YAML_FILES_MAX);
    *count = 0;
    if (dir == NULL)
        return false;
    for (struct dirent *entry; (entry = readdir(dir)) != NULL && *count < YAML_FILES_MAX;)
        if (entry->d_name[0] != '.' && ends_with(entry->d_name, ".yaml") &&
            yaml_file_kind_of(entry->d_name) == kind)
            (*names)[(*count)++] = arena_copy(arena, entry->d_name, strlen(entry->d_name));
    (void)closedir(dir);
    qsort(*names, *count, sizeof **names, compare_strings);
    return true;
}

const char *yaml_file_join(struct arena *arena, const char *folder, const char *name)
{
    size_t size = strlen(folder) + strlen(name) + 2;
    char *joined = arena_alloc(arena, size);
    (void)snprintf(joined, size, "%s%s%s", folder, ends_with(folder, "/") ? "" : "/", name);
    return joined;
}
