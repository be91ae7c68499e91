/*
 * shard.csv: everything about a shard's run that `nol merge` needs to go on where the run ended:
 * first the facts, which all shards of one run have in common, then the fold over the shard's own
 * accounts, exactly.
 *
 * One line a thing, `what,key,name,currency,count,value`; several numbers in `value` stand with
 * blanks between them, sums as whole minor units.  The engine version is a fact: shards of another
 * version are refused, so that the layout may change with it.
 */
#ifndef NOL_SHARD_STATE_H
#define NOL_SHARD_STATE_H

#include "manifest.h"
#include "portfolio.h"

#define SHARD_STATE_NAME "shard.csv"

/* What is written down, and what can be read back. */
struct shard_content {
    const struct run_options *options; /* those that change figures */
    const struct rules *rules;         /* names and digests of the files */
    const struct book_input *inputs;   /* role, number, rows, digest */
    unsigned input_count;
    const struct portfolio_states *states;
    struct portfolio *portfolio;
    struct tallies *tallies;
};

/* One thing that all shards have in common; what and key together are unique. */
struct shard_fact {
    struct text what, key, value;
    uint64_t count;
};

/* The facts of one shard. */
struct shard_facts {
    struct shard shard;
    struct shard_fact *list;
    unsigned count, room;
};

/** shard_state_write(buffer, content): put all of shard.csv. */
void shard_state_write(struct buffer *buffer, const struct shard_content *content);

/**
 * shard_state_facts(arena, file, facts, faults):
 * Read the facts of a shard.csv; they belong to ${arena}.  False (and a fault) when the file cannot
 * be read or is not of this layout.
 */
bool shard_state_facts(struct arena *arena, const struct fault_file *file,
                       struct shard_facts *facts, struct faults *faults);

/* What the facts say, typed; paths, threads and the like are not among them. */
struct shard_run {
    struct run_options options;
    struct rules rules; /* files only */
    struct book_input *inputs;
    unsigned input_count;
    struct portfolio_states states;
};

/** shard_state_run(arena, file, facts, run, faults): false (and a fault) when a fact is not one. */
bool shard_state_run(struct arena *arena, const struct fault_file *file,
                     const struct shard_facts *facts, struct shard_run *run, struct faults *faults);

/**
 * shard_state_fold(memory, file, run, portfolio, tallies, digest, faults):
 * Add what the shard.csv holds of its accounts to ${portfolio} and ${tallies}, which were begun for
 * ${run}; ${digest} becomes that of the whole file.  False after a fault.
 */
bool shard_state_fold(const struct memory *memory, const struct fault_file *file,
                      const struct shard_run *run, struct portfolio *portfolio,
                      struct tallies *tallies, char digest[DIGEST_HEX_LEN + 1],
                      struct faults *faults);

#endif
