/* sorter.h: the order of qsort() for whatever comes in, in memory or through runs on the disk. */
#include "expect.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "csv_read.h"
#include "sorter.h"

static char folder[64];

/* --- items as they are added, and what qsort() makes of them --- */

static uint64_t number_of(const struct sorter_item *item)
{
    uint64_t number;
    assert_true(item->payload.len >= sizeof number);
    memcpy(&number, item->payload.ptr, sizeof number);
    return number;
}

/* Key, rank, then as they came: payloads begin with their number. */
static int compare(const void *a, const void *b)
{
    const struct sorter_item *left = a, *right = b;
    int order = text_compare(left->key, right->key);
    if (order == 0)
        order = (left->rank > right->rank) - (left->rank < right->rank);
    if (order == 0)
        order = number_of(left) < number_of(right) ? -1 : 1;
    return order;
}

/* A random item, its texts in the arena: a key of ${keys} different ones. */
static struct sorter_item random_item(uint64_t number, uint64_t keys, uint64_t ranks,
                                      size_t payload_max)
{
    static const char letters[] = {'\0', 'a', 'b', '\x7f', '\x80', '\xff'};
    uint64_t key = chance() % keys;
    char *text = arena_alloc(&expect_arena, 40);
    size_t len = key % 3 == 0 ? 0 : 8;
    memcpy(text, "account-", 8); /* often the common beginning */
    for (; key > 0; key /= 6)
        text[len++] = letters[key % 6];
    size_t more = payload_max == 0 ? 0 : chance() % payload_max;
    char *payload = arena_alloc(&expect_arena, sizeof number + more);
    memcpy(payload, &number, sizeof number);
    memset(payload + sizeof number, (int)(number % 251), more);
    return (struct sorter_item){{text, len}, chance() % ranks, {payload, sizeof number + more}};
}

static void assert_item(const struct sorter_item *item, const struct sorter_item *wanted)
{
    assert_true(text_equal(item->key, wanted->key));
    assert_true(item->rank == wanted->rank);
    assert_true(text_equal(item->payload, wanted->payload));
}

static struct sorter *new_sorter(size_t bytes)
{
    return sorter_new(NULL, bytes, folder, &expect_faults);
}

/* ${count} items through a sorter of ${bytes} come out as qsort() has them. */
static void check(size_t count, size_t bytes, uint64_t keys, uint64_t ranks, size_t payload_max)
{
    struct sorter *sorter = new_sorter(bytes);
    struct sorter_item *items = ARENA_ARRAY(&expect_arena, struct sorter_item, count), item;
    for (size_t i = 0; i < count; i++) {
        items[i] = random_item(i, keys, ranks, payload_max);
        assert_true(sorter_add(sorter, &items[i]));
    }
    if (count > 0)
        qsort(items, count, sizeof *items, compare);
    assert_true(sorter_sort(sorter));
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(sorter_next(sorter, &item), SORTER_ITEM);
        assert_item(&item, &items[i]);
    }
    assert_int_equal(sorter_next(sorter, &item), SORTER_END);
    assert_int_equal(sorter_next(sorter, &item), SORTER_END);
    assert_int_equal(expect_faults.total, 0);
    sorter_free(sorter);
}

static void test_empty_and_one(void **state)
{
    (void)state;
    check(0, 0, 1, 1, 0);
    check(1, 0, 1, 1, 0);
    check(2, 0, 1, 1, 0);
    sorter_free(NULL);
}

static void test_in_memory(void **state)
{
    (void)state;
    for (size_t count = 3; count < 40; count++)
        check(count, 1 << 20, 5, 3, 10);
    check(5000, 8 << 20, 1000, 10, 100);
    check(5000, 8 << 20, UINT64_MAX, UINT64_MAX, 20);
}

/* Some runs, merged at once: 256 KiB have blocks for three. */
static void test_runs(void **state)
{
    (void)state;
    check(4000, 0, 300, 4, 100);
    check(4000, 1 << 20, UINT64_MAX, UINT64_MAX, 1500);
}

/* More runs than blocks, so that runs are merged into runs, and these again. */
static void test_levels(void **state)
{
    (void)state;
    check(20000, 0, 3000, 5, 300);
    check(20000, 0, UINT64_MAX, UINT64_MAX, 300);
}

/* Equal keys go by rank; equal ranks, as they came, also across runs. */
static void test_equal_keys(void **state)
{
    (void)state;
    check(20000, 0, 1, 1, 200);
    check(20000, 0, 1, UINT64_MAX, 200);
    check(20000, 0, 2, 2, 200);
}

static void test_sorted_and_reversed(void **state)
{
    (void)state;
    for (unsigned reversed = 0; reversed < 2; reversed++) {
        struct sorter *sorter = new_sorter(0);
        struct sorter_item item;
        const uint32_t count = 50000;
        for (uint32_t i = 0; i < count; i++) {
            char key[12];
            (void)snprintf(key, sizeof key, "L%010u", reversed ? count - 1 - i : i);
            assert_true(sorter_add(sorter, &(struct sorter_item){text_of(key), i, {"", 0}}));
        }
        assert_true(sorter_sort(sorter));
        for (uint32_t i = 0; i < count; i++) {
            char key[12];
            (void)snprintf(key, sizeof key, "L%010u", i);
            assert_int_equal(sorter_next(sorter, &item), SORTER_ITEM);
            assert_true(text_is(item.key, key));
            assert_int_equal(item.payload.len, 0);
        }
        assert_int_equal(sorter_next(sorter, &item), SORTER_END);
        sorter_free(sorter);
    }
}

/* A prefix comes first, and a NUL is a byte like any other. */
static void test_nul_in_keys(void **state)
{
    (void)state;
    static const struct text keys[] = {
        {"", 0},    {"\0", 1},           {"\0\0", 2},       {"a", 1},
        {"a\0", 2}, {"a\0\0", 3},        {"a\0b", 3},       {"a\1", 2},
        {"aa", 2},  {"aaaaaaaaa\0", 10}, {"aaaaaaaaaa", 10}};
    struct sorter *sorter = new_sorter(0);
    struct sorter_item item;
    for (size_t i = COUNT_OF(keys); i > 0; i--)
        assert_true(sorter_add(sorter, &(struct sorter_item){keys[i - 1], 0, {"", 0}}));
    assert_true(sorter_sort(sorter));
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        assert_int_equal(sorter_next(sorter, &item), SORTER_ITEM);
        assert_true(text_equal(item.key, keys[i]));
    }
    sorter_free(sorter);
}

/* Items larger than the memory: a record at its limit, and the largest there may be. */
static void test_huge(void **state)
{
    (void)state;
    check(12, 0, 4, 2, 2 * CSV_RECORD_MAX);
    static const size_t sizes[] = {SORTER_TEXT_MAX, 1, CSV_RECORD_MAX, SORTER_TEXT_MAX - 1, 0};
    char *bytes = arena_alloc(&expect_arena, SORTER_TEXT_MAX);
    struct sorter *sorter = new_sorter(0);
    struct sorter_item item;
    memset(bytes, 'x', SORTER_TEXT_MAX);
    for (size_t i = 0; i < COUNT_OF(sizes); i++)
        assert_true(
            sorter_add(sorter, &(struct sorter_item){{bytes, sizes[i]}, i, {bytes, sizes[i]}}));
    assert_true(sorter_sort(sorter));
    static const size_t order[] = {4, 1, 2, 3, 0};
    for (size_t i = 0; i < COUNT_OF(sizes); i++) {
        assert_int_equal(sorter_next(sorter, &item), SORTER_ITEM);
        assert_int_equal(item.rank, order[i]);
        assert_true(text_equal(item.payload, (struct text){bytes, sizes[order[i]]}));
        assert_true(text_equal(item.key, item.payload));
    }
    assert_int_equal(sorter_next(sorter, &item), SORTER_END);
    sorter_free(sorter);
}

static void test_packed(void **state)
{
    (void)state;
    struct buffer buffer;
    struct sorter *sorter = new_sorter(0);
    struct sorter_item items[100], item;
    buffer_init(&buffer, NULL);
    assert_true(sorter_add_packed(sorter, (struct text){buffer.bytes, buffer.len}));
    for (size_t i = 0; i < COUNT_OF(items); i++) {
        items[i] = random_item(i, 20, 3, 50);
        sorter_pack(&buffer, &items[i]);
    }
    assert_true(sorter_add_packed(sorter, (struct text){buffer.bytes, buffer.len}));
    buffer_free(&buffer);
    qsort(items, COUNT_OF(items), sizeof *items, compare);
    assert_true(sorter_sort(sorter));
    for (size_t i = 0; i < COUNT_OF(items); i++) {
        assert_int_equal(sorter_next(sorter, &item), SORTER_ITEM);
        assert_item(&item, &items[i]);
    }
    sorter_free(sorter);
}

/* --- the disk --- */

/* Add items until the sorter refuses one, or ${count}; whether all came in. */
static bool fill(struct sorter *sorter, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct sorter_item item = random_item(i, 1000, 10, 200);
        if (!sorter_add(sorter, &item))
            return false;
    }
    return true;
}

static void assert_refused(const char *what, const char *where)
{
    assert_int_equal(expect_faults.total, 1);
    assert_int_equal(expect_faults.listed[0].code, FAULT_IO);
    assert_non_null(strstr(expect_faults.listed[0].text, what));
    assert_non_null(strstr(expect_faults.listed[0].text, where));
}

/* A folder that is not there does not matter before the disk is needed. */
static void test_no_folder(void **state)
{
    (void)state;
    struct sorter *sorter = sorter_new(NULL, 0, "/nowhere/at/all", &expect_faults);
    assert_true(fill(sorter, 100));
    assert_true(sorter_sort(sorter));
    sorter_free(sorter);
    sorter = sorter_new(NULL, 0, "/nowhere/at/all", &expect_faults);
    assert_false(fill(sorter, 10000));
    assert_refused("cannot make a temporary file in '/nowhere/at/all'", "No such file");
    sorter_free(sorter);
}

static void test_full_disk(void **state)
{
    (void)state;
    struct rlimit before, little;
    (void)signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    little = before;
    little.rlim_cur = 300 * 1024;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    struct sorter *sorter = new_sorter(0);
    bool filled = fill(sorter, 10000);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(filled);
    assert_refused("cannot write a temporary file in '", "too large");
    sorter_free(sorter);
}

/* The disk ends while runs are merged: what is written again has no room. */
static void test_full_disk_while_merging(void **state)
{
    (void)state;
    struct rlimit before, little;
    (void)signal(SIGXFSZ, SIG_IGN);
    struct sorter *sorter = new_sorter(0);
    assert_true(fill(sorter, 10000));
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    little = before;
    little.rlim_cur = 1400 * 1024;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &little), 0);
    bool sorted = sorter_sort(sorter);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_false(sorted);
    assert_refused("cannot write a temporary file in '", "too large");
    sorter_free(sorter);
}

/* Nothing with a name is in the folder, at no time. */
static void test_nothing_is_left(void **state)
{
    (void)state;
    struct sorter *sorter = new_sorter(0);
    assert_true(fill(sorter, 10000));
    assert_int_equal(rmdir(folder), 0);
    assert_true(sorter_sort(sorter));
    sorter_free(sorter);
    assert_int_equal(mkdir(folder, 0700), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_empty_and_one),   TEST(test_in_memory),  TEST(test_runs),
        TEST(test_levels),          TEST(test_equal_keys), TEST(test_sorted_and_reversed),
        TEST(test_nul_in_keys),     TEST(test_huge),       TEST(test_packed),
        TEST(test_no_folder),       TEST(test_full_disk),  TEST(test_full_disk_while_merging),
        TEST(test_nothing_is_left),
    };
    const char *base = getenv("TMPDIR");
    (void)chance_seed();
    (void)snprintf(folder, sizeof folder, "%s/test-sorter-XXXXXX",
                   base == NULL || strlen(base) > 32 ? "/tmp" : base);
    if (mkdtemp(folder) == NULL)
        return 1;
    int failed = RUN(tests);
    return rmdir(folder) != 0 || failed;
}
