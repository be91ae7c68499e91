#include "shard_number.h"

#include <string.h>

void shard_number_put(struct buffer *buffer, struct amount number)
{
    char *out = buffer_reserve(buffer, amount_text_size(number) + 1);
    char *end = amount_write(out, number, 0);
    *end++ = ' ';
    buffer_end(buffer, end);
}

void shard_sum_put(struct buffer *buffer, struct arena *arena, const struct amount_sum *sum)
{
    shard_number_put(buffer, amount_sum_value(arena, sum));
}

bool shard_number_take(struct arena *arena, struct text *rest, struct amount *number)
{
    const char *blank = rest->len == 0 ? NULL : memchr(rest->ptr, ' ', rest->len);
    struct text word = {rest->ptr, blank == NULL ? rest->len : (size_t)(blank - rest->ptr)};
    size_t taken = word.len + (blank != NULL);
    *rest = (struct text){rest->ptr + taken, rest->len - taken};
    return amount_parse_total(arena, word, number);
}

bool shard_index_take(struct arena *arena, struct text *rest, int64_t limit, unsigned *index)
{
    struct amount number;
    if (!shard_number_take(arena, rest, &number) || amount_sign(number) < 0 ||
        amount_compare(number, amount_of(limit)) >= 0)
        return false;
    *index = (unsigned)number.word;
    return true;
}

bool shard_sum_take(struct arena *arena, struct text *rest, struct amount_sum *sum)
{
    struct amount number;
    if (!shard_number_take(arena, rest, &number))
        return false;
    amount_sum_add(sum, number);
    return true;
}
