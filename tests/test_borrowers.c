/* borrowers.h: the worst class of each borrower of a program. */
#include "expect.h"

#include "borrowers.h"

static const struct program one = {.id = {"one", 3}}, two = {.id = {"two", 3}};
static struct borrowers borrowers;

static int32_t worst(const struct program *program, const char *id)
{
    return borrowers_worst(&borrowers, program, text_of(id), BORROWERS_NOW);
}

static void test_worst(void **state)
{
    (void)state;
    borrowers_init(&borrowers, NULL);
    assert_int_equal(worst(&one, "a"), 0); /* nothing is known of anybody */
    borrowers_note(&borrowers, &one, text_of("a"), BORROWERS_NOW, 2);
    borrowers_note(&borrowers, &one, text_of("a"), BORROWERS_NOW, 1);
    borrowers_note(&borrowers, &one, text_of("a"), BORROWERS_OPENING, 3);
    borrowers_note(&borrowers, &two, text_of("a"), BORROWERS_NOW, 1);
    borrowers_note(&borrowers, &one, text_of("b"), BORROWERS_NOW, 0);
    assert_int_equal(worst(&one, "a"), 2);
    assert_int_equal(worst(&two, "a"), 1);
    assert_int_equal(worst(&one, "b"), 0);
    assert_int_equal(borrowers_worst(&borrowers, &one, text_of("a"), BORROWERS_OPENING), 3);
    assert_int_equal(borrowers_worst(&borrowers, &two, text_of("a"), BORROWERS_OPENING), 0);
    assert_int_equal(borrowers.count, 2); /* the best class is not kept */
    borrowers_free(&borrowers);
}

/* Thousands, noted by two and merged: as noted in an array. */
static void test_many(void **state)
{
    enum { IDS = 3000, NOTES = 20000 };
    static int32_t expected[IDS];
    struct borrowers other;
    char id[16];
    (void)state;
    (void)chance_seed();
    borrowers_init(&borrowers, NULL);
    borrowers_init(&other, NULL);
    for (unsigned i = 0; i < NOTES; i++) {
        unsigned k = (unsigned)chance_in(0, IDS - 1);
        int32_t class = (int32_t)chance_in(0, 4);
        (void)snprintf(id, sizeof id, "B%u", k);
        borrowers_note(i % 2 == 0 ? &borrowers : &other, &one, text_of(id), BORROWERS_NOW, class);
        if (expected[k] < class)
            expected[k] = class;
    }
    borrowers_merge(&borrowers, &other);
    borrowers_free(&other);
    for (unsigned k = 0; k < IDS; k++) {
        (void)snprintf(id, sizeof id, "B%u", k);
        assert_int_equal(worst(&one, id), expected[k]);
    }
    borrowers_free(&borrowers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_worst), TEST(test_many)};
    return RUN(tests);
}
