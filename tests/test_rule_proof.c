/* rule_proof.h against brute force: it says yes exactly when some allowed principal leaves a row <=
 * 0. */
#include "expect.h"

#include "rule_proof.h"

enum { PRINCIPAL_MAX = 64, ROWS_MAX = 7 };

static bool vanishes(int64_t principal, unsigned rows, const struct split_rounding *rounding)
{
    struct amount parts[ROWS_MAX];
    split_equal(&expect_arena, amount_of(principal), rows, rounding, parts);
    return !split_is_positive(parts, rows);
}

/* Whether principal p vanishes, for all p at once: what all limits are judged by. */
static void check_limits(const bool *gone, unsigned rows, const struct split_rounding *rounding,
                         int64_t step)
{
    for (int64_t min = 1; min <= PRINCIPAL_MAX; min += 3)
        for (int64_t max = min; max <= PRINCIPAL_MAX; max += 5) {
            struct proof_limits limits = {amount_of(min), amount_of(max), amount_of(step)};
            struct amount found = A("-1");
            bool expected = false;
            for (int64_t p = min; p <= max && !expected; p++)
                expected = p % step == 0 && gone[p];
            bool is = proof_vanishing(&expect_arena, &limits, rows, rounding, &found);
            if (is != expected)
                fail_msg("%ld..%ld step %ld, %u rows, unit %s, mode %u, residual %u: %d", (long)min,
                         (long)max, (long)step, rows, amount_string(rounding->unit), rounding->mode,
                         rounding->residual, is);
            if (!is)
                continue;
            int64_t p = found.word; /* the counterexample is one */
            assert_true(amount_compare(found, amount_of(min)) >= 0 &&
                        amount_compare(found, amount_of(max)) <= 0);
            assert_true(p % step == 0 && gone[p]);
        }
}

static void test_brute_force(void **state)
{
    static const int64_t units[] = {1, 2, 3, 5, 8}, steps[] = {1, 2, 3, 4, 7};
    bool gone[PRINCIPAL_MAX + 1];
    (void)state;
    for (unsigned residual = 0; residual < 4; residual++)
        for (unsigned mode = 0; mode < (residual == RESIDUAL_LEADING ? 1 : 4); mode++)
            for (unsigned rows = 1; rows <= ROWS_MAX; rows++)
                for (size_t u = 0; u < COUNT_OF(units); u++) {
                    struct split_rounding rounding = {amount_of(units[u]), (enum rounding_mode)mode,
                                                      (enum split_residual)residual};
                    for (int64_t p = 1; p <= PRINCIPAL_MAX; p++)
                        gone[p] = vanishes(p, rows, &rounding);
                    for (size_t s = 0; s < COUNT_OF(steps); s++)
                        check_limits(gone, rows, &rounding, steps[s]);
                    arena_reset(&expect_arena);
                }
}

/* Whether the down payment or the shares leave principal p a row of zero or less. */
static bool shares_vanish(int64_t p, const struct proof_shares *shares,
                          const struct split_rounding *rounding)
{
    struct amount parts[ROWS_MAX], rest = amount_of(p);
    if (shares->down != NULL) {
        struct amount down = rounding_quotient(&expect_arena, rest, shares->down->num,
                                               shares->down->den, rounding->unit, rounding->mode);
        if (down.word <= 0 || down.word >= p)
            return true;
        rest = amount_of(p - down.word);
    }
    split_shares(&expect_arena, rest, shares->list, shares->rows, rounding, parts);
    return !split_is_positive(parts, shares->rows);
}

static unsigned random_shares(struct fraction *shares)
{
    unsigned rows = (unsigned)chance_in(1, 5);
    int64_t left = 20;
    for (unsigned i = 0; i < rows; i++) {
        int64_t part = i + 1 == rows ? left : chance_in(1, left - (int64_t)(rows - i - 1));
        shares[i] = (struct fraction){amount_of(part), amount_of(20)};
        left -= part;
    }
    return rows;
}

static void test_shares_brute_force(void **state)
{
    enum { MOST = 400 };
    (void)state;
    (void)chance_seed();
    for (int round = 0; round < 8000; round++) {
        struct fraction list[ROWS_MAX];
        struct fraction down = {amount_of(chance_in(1, 9)), amount_of(10)};
        struct proof_shares shares = {list, random_shares(list), chance() % 2 == 0 ? NULL : &down};
        unsigned budget = PROOF_BUDGET;
        struct split_rounding rounding = {amount_of(chance_in(1, 9)),
                                          (enum rounding_mode)(chance() % 4),
                                          (enum split_residual)(chance() % 4)};
        int64_t min = chance_in(1, MOST), max = chance_in(min, MOST), step = chance_in(1, 7);
        struct proof_limits limits = {amount_of(min), amount_of(max), amount_of(step)};
        struct amount found = AMOUNT_ZERO;
        int64_t expected = 0;
        if (rounding.residual == RESIDUAL_LEADING)
            rounding.mode = ROUNDING_DOWN;
        for (int64_t p = (min + step - 1) / step * step; p <= max && expected == 0; p += step)
            if (shares_vanish(p, &shares, &rounding))
                expected = p;
        enum proof_outcome outcome =
            proof_of_shares(&expect_arena, &limits, &shares, &rounding, &budget, &found);
        assert_int_equal(outcome, expected == 0 ? PROOF_WELL : PROOF_VANISHES);
        assert_int_equal(found.word, expected); /* the smallest */
        arena_reset(&expect_arena);
    }
}

static void test_least(void **state)
{
    struct proof_limits limits = {A("1001"), A("1999"), A("1000")};
    (void)state;
    assert_amount(proof_least(&expect_arena, &limits), "2000"); /* above max: none */
    limits.min = A("1000");
    assert_amount(proof_least(&expect_arena, &limits), "1000");
}

/* By hand: 36 rows up to 1000 of at most 35 000 leave the last row nothing; of 35 001 they do not.
 */
static void test_known(void **state)
{
    struct split_rounding up = {A("1000"), ROUNDING_UP, RESIDUAL_LAST};
    struct split_rounding down = {A("1000"), ROUNDING_DOWN, RESIDUAL_LAST};
    struct proof_limits limits = {A("1000000"), A("25000000"), A("1000")};
    struct amount found;
    (void)state;
    /* 1 000 000 / 36 = 27 777.8 up to 28 000: 35 x 28 000 = 980 000 leaves 20 000; but with 36 rows
     * of 1 225 000 / 36 = 34 027.8 up to 35 000: 35 x 35 000 = 1 225 000 leaves nothing */
    assert_true(proof_vanishing(&expect_arena, &limits, 36, &up, &found));
    assert_false(proof_vanishing(&expect_arena, &limits, 36, &down, &found));
    limits.min = A(
        "1226000"); /* j = 35 is the last share below n units: above (n-1) x 35 units all is well */
    assert_false(proof_vanishing(&expect_arena, &limits, 36, &up, &found));
    limits.min = A("35999");
    limits.multiple_of = A("1");
    assert_true(proof_vanishing(&expect_arena, &limits, 36, &down, &found));
    assert_amount(found, "35999");
    limits.min = A("36000");
    assert_false(proof_vanishing(&expect_arena, &limits, 36, &down, &found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_brute_force), TEST(test_shares_brute_force),
                                       TEST(test_least), TEST(test_known)};
    return RUN(tests);
}
