/*
 * The rules of a program as they stand on a day, as text: one line per value, in the order of the
 * table, each with where it comes from.
 *
 * The text is canonical: a value is written in one way only, whatever way the file writes it, so
 * that two resolutions can be compared line by line.
 */
#ifndef NOL_RESOLVE_H
#define NOL_RESOLVE_H

#include "buffer.h"
#include "program.h"

/**
 * resolve_print(buffer, arena, program, date):
 * Put the values of the version in force on ${date} (before all, the first), one to a line:
 * `path: value  # FILE:LINE`, with the amendment that set it, or `# default`.  Elements of lists
 * stand under their ids.  ${arena} is scratch.
 */
void resolve_print(struct buffer *buffer, struct arena *arena, const struct program *program,
                   struct date date);

/** resolve_print_other(buffer, arena, scope, prefix): the same of another kind of file, as
 * rule_compile_other() has read it; ${prefix} with its point.  Elements of lists stand under what
 * they are about. */
void resolve_print_other(struct buffer *buffer, struct arena *arena, const struct rule_scope *scope,
                         const char *prefix);

#endif
