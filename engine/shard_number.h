/*
 * Numbers in a cell of shard.csv: several stand there with blanks between them.
 */
#ifndef NOL_SHARD_NUMBER_H
#define NOL_SHARD_NUMBER_H

#include "buffer.h"

/** shard_number_put(), shard_sum_put(): put a whole number of minor units and a blank; a later
 * csv_end_row() turns the last blank into the line's end. */
void shard_number_put(struct buffer *buffer, struct amount number);
void shard_sum_put(struct buffer *buffer, struct arena *arena, const struct amount_sum *sum);

/** shard_number_take(arena, rest, number): the next number of ${rest}, which is moved on; false
 * when it is none. */
bool shard_number_take(struct arena *arena, struct text *rest, struct amount *number);

/** shard_index_take(arena, rest, limit, index): the same of a number 0..limit-1. */
bool shard_index_take(struct arena *arena, struct text *rest, int64_t limit, unsigned *index);

/** shard_sum_take(arena, rest, sum): add the next number to ${sum}. */
bool shard_sum_take(struct arena *arena, struct text *rest, struct amount_sum *sum);

#endif
