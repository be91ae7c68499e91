/* memory.h: blocks grow with their contents; exhaustion goes to the hook and never returns. */
#include "expect.h"

#include "memory.h"

static jmp_buf escape;

static void leave(void *context)
{
    ++*(int *)context;
    longjmp(escape, 1);
}

static void test_resize_keeps_contents(void **state)
{
    (void)state;
    char *block = memory_resize(NULL, NULL, 4);
    memcpy(block, "abc", 4);
    block = memory_resize(NULL, block, 100000);
    assert_string_equal(block, "abc");
    assert_int_equal((uintptr_t)block % sizeof(max_align_t) % 8, 0);
    memory_release(block);
    memory_release(NULL);
    memory_release(memory_try(1));
}

static void test_product(void **state)
{
    (void)state;
    assert_int_equal(memory_product(NULL, 3, 7), 21);
    assert_int_equal(memory_product(NULL, SIZE_MAX, 0), 0);
    assert_int_equal(memory_product(NULL, 0, SIZE_MAX), 0);
    assert_true(memory_product(NULL, SIZE_MAX, 1) == SIZE_MAX);
}

static void test_overflow_is_exhaustion(void **state)
{
    (void)state;
    static int calls;
    struct memory memory = {leave, &calls};
    calls = 0;
    if (setjmp(escape) == 0) {
        (void)memory_product(&memory, SIZE_MAX / 2 + 1, 2);
        fail_msg("the hook was not called");
    }
    assert_int_equal(calls, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_resize_keeps_contents),
        TEST(test_product),
        TEST(test_overflow_is_exhaustion),
    };
    return RUN(tests);
}
