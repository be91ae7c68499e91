/* digest.h: SHA-256, by the test vectors of FIPS 180-4. */
#include "expect.h"

#include "digest.h"

static const char *digest_of(const char *bytes, size_t len, size_t piece)
{
    char *hex = arena_alloc(&expect_arena, DIGEST_HEX_LEN + 1);
    struct digest *digest = digest_new();
    assert_non_null(digest);
    for (size_t i = 0; i < len; i += piece)
        assert_true(digest_add(digest, bytes + i, len - i < piece ? len - i : piece));
    assert_true(digest_end(digest, hex));
    digest_free(digest);
    return hex;
}

static void test_vectors(void **state)
{
    (void)state;
    assert_string_equal(digest_of("", 0, 1),
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_string_equal(digest_of("abc", 3, 1),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    const char *long_one = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    for (size_t piece = 1; piece < 60; piece += 7)
        assert_string_equal(digest_of(long_one, strlen(long_one), piece),
                            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    char *million = arena_alloc(&expect_arena, 1000000);
    memset(million, 'a', 1000000);
    assert_string_equal(digest_of(million, 1000000, 4096),
                        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    digest_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_vectors)};
    return RUN(tests);
}
