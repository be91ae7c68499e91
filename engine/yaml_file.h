/*
 * YAML files on the disk: the bytes of one, and the names of those in a folder.  Rules, their tests
 * (NAME.test.yaml), reforms (NAME.reform.yaml) and assumptions (NAME.assume.yaml) stand beside each
 * other and are told apart here.
 */
#ifndef NOL_YAML_FILE_H
#define NOL_YAML_FILE_H

#include "yaml_read.h"

enum yaml_file_kind { YAML_FILE_RULES, YAML_FILE_TESTS, YAML_FILE_REFORMS, YAML_FILE_ASSUMPTIONS };

enum { YAML_FILES_MAX = 4096 }; /* of one folder */

/** yaml_file_kind_of(path): by the name's end. */
enum yaml_file_kind yaml_file_kind_of(const char *path);

/**
 * yaml_file_bytes(arena, path, bytes):
 * The whole file, or one byte more than yaml_read() takes; false, with errno, when it cannot be
 * read.
 */
bool yaml_file_bytes(struct arena *arena, const char *path, struct text *bytes);

/**
 * yaml_file_list(arena, folder, kind, names, count):
 * The names below ${folder} of its files of one kind, sorted bytewise, hidden ones apart.  False,
 * with errno, when it cannot be read.
 */
bool yaml_file_list(struct arena *arena, const char *folder, enum yaml_file_kind kind,
                    const char ***names, unsigned *count);

/** yaml_file_join(arena, folder, name): the path of ${name} below ${folder}. */
const char *yaml_file_join(struct arena *arena, const char *folder, const char *name);

#endif
