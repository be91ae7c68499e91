/*
 * manifest.yaml: what the figures were made from, so that anybody can make them again.  No path,
 * time or host.
 */
#ifndef NOL_MANIFEST_H
#define NOL_MANIFEST_H

#include "buffer.h"
#include "load_rules.h"
#include "run.h"
#include "tally.h"

#define NOL_VERSION "0.1.0"

/** manifest_write(buffer, options, rules, inputs, count, tallies): ${tallies} has scratch memory of
 * its own. */
void manifest_write(struct buffer *buffer, const struct run_options *options,
                    const struct rules *rules, const struct book_input *inputs, unsigned count,
                    struct tallies *tallies);

/** manifest_put_files(buffer, role, files, count): what else was read, under a key of its own: a
 * reform, assumptions, other rules. */
void manifest_put_files(struct buffer *buffer, const char *role,
                        const struct rules_file *const *files, unsigned count);

#endif
