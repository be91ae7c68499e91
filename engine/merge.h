/*
 * The folders of all shards of a run become the folder of the run, the same to the byte as if
 * nobody had shared the book.
 */
#ifndef NOL_MERGE_H
#define NOL_MERGE_H

#include "run.h"

/**
 * merge_shards(options, shards, arena, out, faults):
 * Merge the folders ${shards}, in any order, into options->out; of ${options} only out, memory and
 * progress matter: the rest stands in the shards.  Memory does not grow with the book.  RUN_DONE,
 * RUN_QUARANTINED (the folder is there, rows were set aside: a fault tells how many) or
 * RUN_REFUSED.
 * ${arena} and ${out} as of run_month().
 */
enum run_outcome merge_shards(const struct run_options *options, struct run_paths shards,
                              struct arena *arena, struct out_dir *out, struct faults *faults);

#endif
