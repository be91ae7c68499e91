/* arena.h: aligned blocks that keep their contents until the arena is reset or freed. */
#include "expect.h"

static void test_blocks_are_aligned_and_apart(void **state)
{
    (void)state;
    unsigned char *blocks[200];
    for (size_t i = 0; i < COUNT_OF(blocks); i++) {
        blocks[i] = arena_alloc(&expect_arena, i * 37 + 1);
        assert_int_equal((uintptr_t)blocks[i] % 16, 0);
        memset(blocks[i], (int)i, i * 37 + 1);
    }
    for (size_t i = 0; i < COUNT_OF(blocks); i++)
        for (size_t k = 0; k < i * 37 + 1; k++)
            assert_int_equal(blocks[i][k], i);
}

static void test_zero_sized_is_never_null(void **state)
{
    (void)state;
    assert_non_null(arena_alloc(&expect_arena, 0));
    assert_non_null(arena_zero(&expect_arena, 0, 8));
    assert_non_null(arena_copy(&expect_arena, NULL, 0));
}

static void test_larger_than_a_chunk(void **state)
{
    (void)state;
    char *large = arena_alloc(&expect_arena, 10 * 1000 * 1000);
    memset(large, 'x', 10 * 1000 * 1000);
    char *small = arena_copy(&expect_arena, "small", 5);
    assert_string_equal(small, "small");
    assert_int_equal(large[9999999], 'x');
}

static void test_zero_and_copy(void **state)
{
    (void)state;
    memset(arena_alloc(&expect_arena, 4000), 0xFF, 4000);
    arena_reset(&expect_arena);
    int *numbers = ARENA_ARRAY(&expect_arena, int, 1000);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(numbers[i], 0);
    assert_string_equal(arena_copy(&expect_arena, "a\0b", 1), "a");
}

static void test_reset_gives_the_largest_chunk_again(void **state)
{
    (void)state;
    for (int i = 0; i < 100; i++)
        (void)arena_alloc(&expect_arena, 10000);
    char *kept = expect_arena.end;
    arena_reset(&expect_arena);
    for (int i = 0; i < 20; i++)
        (void)arena_alloc(&expect_arena, 10000);
    assert_ptr_equal(expect_arena.end, kept);
    arena_reset(&expect_arena);
    arena_free(&expect_arena);
    arena_reset(&expect_arena);
    assert_non_null(arena_alloc(&expect_arena, 1));
}

static void test_grow(void **state)
{
    (void)state;
    int *list = NULL;
    size_t room = 0;
    for (int i = 0; i < 1000; i++) {
        size_t before = room;
        int *wider = arena_grow(&expect_arena, list, (size_t)i, &room, sizeof *list);
        assert_true((size_t)i < room);
        if (before == room) /* nothing is copied while there is room */
            assert_ptr_equal(wider, list);
        list = wider;
        list[i] = i;
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(list[i], i);
    assert_true(room < 2048);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_grow),
        TEST(test_blocks_are_aligned_and_apart),
        TEST(test_zero_sized_is_never_null),
        TEST(test_larger_than_a_chunk),
        TEST(test_zero_and_copy),
        TEST(test_reset_gives_the_largest_chunk_again),
    };
    return RUN(tests);
}
