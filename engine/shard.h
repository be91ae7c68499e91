/*
 * Shards: a run over a part of the accounts, so that many machines share a book.
 *
 * An account belongs to the shard
 *
 *     1 + shard_hash(key) modulo count
 *
 * of its key: the borrower_id of its first row in the loan book, as it stands there without quotes
 * ("first" by file, then line), so that all loans of a borrower are in one shard; where that is
 * empty, or no loan row is there, the account_id.  Rows that name no account have the empty key.
 *
 * shard_hash() is FNV-1a of 64 bits over the key's bytes (offset basis 14695981039346656037, prime
 * 1099511628211) followed by the final mix of MurmurHash3, which makes its low bits as good as
 * the high ones: h ^= h >> 33; h *= 0xff51afd7ed558ccd; h ^= h >> 33; h *= 0xc4ceb9fe1a85ec53;
 * h ^= h >> 33.  This is fixed for ever: shards of one book may be made years and machines apart.
 */
#ifndef NOL_SHARD_H
#define NOL_SHARD_H

#include <stdint.h>

#include "text.h"

enum { SHARDS_MAX = 1024 };

struct shard {
    unsigned number; /* 1..count */
    unsigned count;  /* 1..SHARDS_MAX; 0: no shard, all accounts */
};

uint64_t shard_hash(struct text key);

/** shard_has(shard, key): whether accounts of this key belong to the shard. */
bool shard_has(struct shard shard, struct text key);

/** shard_parse(text, shard): read `K/N`; false when it is no shard, ${shard} is then untouched. */
bool shard_parse(struct text text, struct shard *shard);

#endif
