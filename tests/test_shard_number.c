/* shard_number.h: numbers with blanks between them. */
#include "expect.h"

#include "shard_number.h"

static void test_round_trip(void **unused)
{
    struct buffer buffer;
    struct amount_sum sum = {0}, again = {0};
    struct amount number;
    unsigned index;
    (void)unused;
    buffer_init(&buffer, NULL);
    amount_sum_add(&sum, A("123456789012345678901234567890"));
    amount_sum_add(&sum, A("-1"));
    shard_number_put(&buffer, A("-7"));
    shard_number_put(&buffer, A("4"));
    shard_sum_put(&buffer, &expect_arena, &sum);
    csv_end_row(&buffer);
    struct text rest = {buffer.bytes, buffer.len - 1};
    assert_text(rest, "-7 4 123456789012345678901234567889");
    assert_true(shard_number_take(&expect_arena, &rest, &number));
    assert_amount(number, "-7");
    struct text before = rest;
    assert_false(shard_index_take(&expect_arena, &rest, 4, &index));
    rest = before;
    assert_true(shard_index_take(&expect_arena, &rest, 5, &index));
    assert_int_equal(index, 4);
    assert_true(shard_sum_take(&expect_arena, &rest, &again));
    assert_amount(amount_sum_value(&expect_arena, &again), "123456789012345678901234567889");
    assert_int_equal(rest.len, 0);
    assert_false(shard_number_take(&expect_arena, &rest, &number));
    rest = text_of("x");
    assert_false(shard_sum_take(&expect_arena, &rest, &again));
    rest = text_of("-1");
    assert_false(shard_index_take(&expect_arena, &rest, 5, &index));
    amount_sum_clear(&sum);
    amount_sum_clear(&again);
    buffer_free(&buffer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_round_trip)};
    return RUN(tests);
}
