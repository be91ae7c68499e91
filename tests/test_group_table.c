/* group_table.h: entries by key, each once, in order. */
#include "expect.h"

#include "group_table.h"

struct entry {
    struct group_key key;
    int count;
};

static struct group_table table;

static void count(unsigned by, const char *name, const char *code)
{
    const struct group_key key = {by, text_of(name), text_of(code), 2};
    struct entry *entry = group_table_get(&table, &key);
    entry->count++;
}

static void test_each_once(void **state)
{
    (void)state;
    group_table_init(&table, NULL, sizeof(struct entry));
    for (int i = 0; i < 3; i++) {
        count(1, "b", "IDR");
        count(1, "a", "USD");
        count(1, "a", "IDR");
        count(0, "all", "IDR");
    }
    struct group_key **sorted = group_table_sorted(&table);
    static const char *const names[] = {"all", "a", "a", "b"}, *const codes[] = {"IDR", "IDR",
                                                                                 "USD", "IDR"};
    assert_int_equal(table.count, 4);
    for (unsigned i = 0; i < 4; i++) {
        assert_string_equal(text_string(sorted[i]->name), names[i]);
        assert_string_equal(text_string(sorted[i]->code), codes[i]);
        assert_int_equal(((struct entry *)sorted[i])->count, 3);
    }
    group_table_free(&table);
}

/* Beyond the first slots; the key's bytes are the caller's. */
static void test_many(void **state)
{
    char name[32];
    (void)state;
    group_table_init(&table, NULL, sizeof(struct entry));
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 1000; i++) {
            (void)snprintf(name, sizeof name, "village-%03d", i);
            count(2, name, "IDR");
        }
    struct group_key **sorted = group_table_sorted(&table);
    assert_int_equal(table.count, 1000);
    for (int i = 0; i < 1000; i++) {
        (void)snprintf(name, sizeof name, "village-%03d", i);
        assert_string_equal(text_string(sorted[i]->name), name);
        assert_int_equal(((struct entry *)sorted[i])->count, 2);
    }
    group_table_free(&table);
}

static void test_empty(void **state)
{
    (void)state;
    group_table_init(&table, NULL, sizeof(struct entry));
    assert_non_null(group_table_sorted(&table));
    assert_int_equal(table.count, 0);
    group_table_free(&table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_each_once),
        TEST(test_many),
        TEST(test_empty),
    };
    return RUN(tests);
}
