/* shard.h: which shard an account belongs to, for ever the same. */
#include "expect.h"

#include "shard.h"

static struct text key(const char *bytes, size_t len)
{
    return (struct text){bytes, len};
}

/* Computed by another program (Python) from the definition in the header. */
static void test_hash(void **state)
{
    static const struct {
        struct text key;
        uint64_t hash;
        unsigned number[4]; /* of 2, 3, 16 and 1024 */
    } known[] = {
        {{"", 0}, UINT64_C(0xefd01f60ba992926), {1, 3, 7, 295}},
        {{"a", 1}, UINT64_C(0x82a2a958a9bece5b), {2, 3, 12, 604}},
        {{"foobar", 6}, UINT64_C(0x2c22194922d1672b), {2, 2, 12, 812}},
        {{"B0000001", 8}, UINT64_C(0x82491af00d7f10f6), {1, 2, 7, 247}},
        {{"Kredit \xC3\xA9", 9}, UINT64_C(0xbf14b3e9a70301fb), {2, 2, 12, 508}},
        {{"a\0b", 3}, UINT64_C(0xab78f5eca36d0e2b), {2, 1, 12, 556}},
    };
    static const unsigned counts[4] = {2, 3, 16, 1024};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        assert_true(shard_hash(known[i].key) == known[i].hash);
        for (size_t c = 0; c < COUNT_OF(counts); c++)
            for (unsigned k = 1; k <= counts[c]; k++)
                assert_int_equal(shard_has((struct shard){k, counts[c]}, known[i].key),
                                 k == known[i].number[c]);
    }
}

/* Every key is in one shard, and the shards are of a size. */
static void test_even(void **state)
{
    enum { KEYS = 16000, SHARDS = 16 };
    unsigned in[SHARDS] = {0};
    (void)state;
    for (unsigned i = 0; i < KEYS; i++) {
        char text[16];
        unsigned owners = 0;
        int len = snprintf(text, sizeof text, "L%08u", i);
        for (unsigned k = 1; k <= SHARDS; k++)
            if (shard_has((struct shard){k, SHARDS}, key(text, (size_t)len))) {
                in[k - 1]++;
                owners++;
            }
        assert_int_equal(owners, 1);
    }
    for (unsigned k = 0; k < SHARDS; k++)
        assert_in_range(in[k], 850, 1150);
}

static void test_whole(void **state)
{
    (void)state;
    assert_true(shard_has((struct shard){0, 0}, key("x", 1)));
    assert_true(shard_has((struct shard){1, 1}, key("", 0)));
}

static void test_parse(void **state)
{
    static const char *const bad[] = {"",     "/",      "3",    "0/3",  "4/3",
                                      "1/0",  "1/1025", "+1/3", "1/3 ", "1//3",
                                      "01/3", "1/03",   "1/-3", "a/b",  "1/99999999999999999999"};
    struct shard shard = {7, 7};
    (void)state;
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_false(shard_parse(text_of(bad[i]), &shard));
    assert_int_equal(shard.number, 7);
    assert_true(shard_parse(text_of("1024/1024"), &shard));
    assert_int_equal(shard.number, 1024);
    assert_int_equal(shard.count, 1024);
    assert_true(shard_parse(text_of("1/1"), &shard));
    assert_int_equal(shard.number, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_hash),
        TEST(test_even),
        TEST(test_whole),
        TEST(test_parse),
    };
    return RUN(tests);
}
