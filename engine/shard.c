#include "shard.h"

uint64_t shard_hash(struct text key)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < key.len; i++)
        hash = (hash ^ (unsigned char)key.ptr[i]) * UINT64_C(1099511628211);
    hash = (hash ^ (hash >> 33)) * UINT64_C(0xff51afd7ed558ccd);
    hash = (hash ^ (hash >> 33)) * UINT64_C(0xc4ceb9fe1a85ec53);
    return hash ^ (hash >> 33);
}

bool shard_has(struct shard shard, struct text key)
{
    return shard.count <= 1 || shard_hash(key) % shard.count == shard.number - 1;
}

/* A number 1..SHARDS_MAX without leading zeros; 0 when it is none. */
static unsigned parse_number(const char *digits, size_t len)
{
    unsigned number = 0;
    for (size_t i = 0; i < len; i++) {
        if (digits[i] < '0' || digits[i] > '9' || (i == 0 && digits[i] == '0'))
            return 0;
        number = number * 10 + (unsigned)(digits[i] - '0');
        if (number > SHARDS_MAX)
            return 0;
    }
    return number;
}

bool shard_parse(struct text text, struct shard *shard)
{
    const char *slash = text.len == 0 ? NULL : memchr(text.ptr, '/', text.len);
    if (slash == NULL)
        return false;
    size_t before = (size_t)(slash - text.ptr);
    struct shard parsed = {parse_number(text.ptr, before),
                           parse_number(slash + 1, text.len - before - 1)};
    if (parsed.number == 0 || parsed.number > parsed.count)
        return false;
    *shard = parsed;
    return true;
}
