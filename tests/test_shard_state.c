/* shard_state.h: what is written down comes back, to the last unit. */
#include "expect.h"

#include <unistd.h>

#include "shard_state.h"

enum { INPUTS = 3, STATE_COUNT = 4, STATE_CLASSES = 2, GROUPS = 5 };

static const struct text state_names[STATE_COUNT] = {
    {"good", 4}, {"bad, very", 9}, {"closed", 6}, {"new", 3}};
static const struct portfolio_states states = {state_names, STATE_CLASSES, STATE_COUNT};
static const struct text attributes[] = {{"district", 8}, {"the \"sector\"", 12}};
static const struct text ignored[] = {{"phone", 5}};
static char path[] = "/tmp/test-shard-state-XXXXXX";

static struct rules_file rule_file = {.name = "a,b.yaml"};
static const struct rules_file *rule_files[] = {&rule_file};
static struct rules rules = {.files = rule_files, .file_count = 1};
static struct book_input inputs[INPUTS] = {
    {.role = BOOK_LOANS, .number = 1, .rows = 12},
    {.role = BOOK_EVENTS, .number = 1, .rows = UINT32_MAX},
    {.role = BOOK_EVENTS, .number = 2, .rows = 0},
};

/* A sum of either sign, now and then far beyond a word. */
static void fill(struct amount_sum *sum)
{
    struct amount part = amount_of(chance_in(-1000000, INT64_MAX / 2));
    if (chance() % 3 == 0)
        part = amount_times(&expect_arena, part, amount_power10(&expect_arena, 30));
    amount_sum_add(sum, chance() % 4 == 0 ? AMOUNT_ZERO : part);
}

static void fill_group(struct portfolio *portfolio, unsigned i)
{
    struct group_class classes[STATE_CLASSES] = {{0}};
    struct group_migration migrations[2] = {{.from = 3, .to = 0, .accounts = 2},
                                            {.from = 0, .to = 2, .accounts = 1}};
    struct group group = {.key.by = i == 0 ? 0 : i - 1,
                          .key.name = text_of(i % 2 == 0 ? "" : "north, \"upper\""),
                          .key.code = text_of(i % 3 == 0 ? "IDR" : "EUR"),
                          .key.decimals = i,
                          .accounts = chance() % 100,
                          .moving = chance() % 100,
                          .classes = classes,
                          .migrations = migrations,
                          .migration_count = 2};
    for (unsigned f = 0; f < FIGURES; f++)
        fill(&group.figure[f]);
    for (unsigned m = 0; m < MOVEMENTS; m++)
        fill(&group.movement[m]);
    for (unsigned s = 0; s < STATUSES; s++)
        group.with_status[s] = chance() % 1000;
    classes[1].accounts = 1 + i;
    fill(&classes[1].outstanding);
    fill(&migrations[0].outstanding);
    portfolio_add_group(portfolio, &group);
    portfolio_clear_group(&group, STATE_CLASSES);
    amount_sum_clear(&migrations[0].outstanding);
}

static void fill_tallies(struct tallies *tallies)
{
    struct decimal decimal = {amount_of(-12345), 30};
    tally_restore(&tallies->inputs[0].by_type[EVENT_TYPES], 12, decimal);
    tally_restore(&tallies->inputs[2].by_type[EVENT_REPAY], UINT32_MAX,
                  (struct decimal){amount_power10(&expect_arena, 40), 2});
    tally_restore(&tallies->roles[BOOK_EVENTS].rejected, 5, decimal);
}

static void write_file(const struct buffer *buffer)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(buffer->bytes, 1, buffer->len, file), buffer->len);
    assert_int_equal(fclose(file), 0);
}

/* Write, read back into an empty fold, write again: the same bytes. */
static void test_round(void **state)
{
    struct buffer first, second;
    struct portfolio portfolio, restored;
    struct tallies tallies, tallied;
    struct shard_facts facts;
    struct shard_run run;
    struct fault_file file = {path, 0};
    char hex[DIGEST_HEX_LEN + 1];
    struct run_options options = {.as_of = D("2026-10-31"),
                                  .known_at = D("2026-11-05"),
                                  .from = D("2026-10-01"),
                                  .from_known_at = DATE_NONE,
                                  .attributes = {attributes, 2},
                                  .ignored = {ignored, 1},
                                  .quarantine = true,
                                  .shard = {3, 16}};
    (void)state;
    (void)chance_seed();
    memset(rule_file.digest, 'a', DIGEST_HEX_LEN);
    for (unsigned i = 0; i < INPUTS; i++)
        memset(inputs[i].digest, '0' + (int)i, DIGEST_HEX_LEN);
    portfolio_init(&portfolio, NULL, &states, 2);
    tallies_init(&tallies, NULL, INPUTS);
    for (unsigned i = 0; i < GROUPS; i++)
        fill_group(&portfolio, i);
    fill_tallies(&tallies);
    buffer_init(&first, NULL);
    buffer_init(&second, NULL);
    shard_state_write(&first, &(struct shard_content){&options, &rules, inputs, INPUTS, &states,
                                                      &portfolio, &tallies});
    write_file(&first);

    assert_true(shard_state_facts(&expect_arena, &file, &facts, &expect_faults));
    assert_int_equal(facts.shard.number, 3);
    assert_true(shard_state_run(&expect_arena, &file, &facts, &run, &expect_faults));
    assert_int_equal(run.inputs[2].number, 2);
    portfolio_init(&restored, NULL, &run.states, run.options.attributes.count);
    tallies_init(&tallied, NULL, run.input_count);
    assert_true(shard_state_fold(NULL, &file, &run, &restored, &tallied, hex, &expect_faults));
    run.options.shard = facts.shard;
    shard_state_write(&second,
                      &(struct shard_content){&run.options, &run.rules, run.inputs, run.input_count,
                                              &run.states, &restored, &tallied});
    assert_int_equal(first.len, second.len);
    assert_memory_equal(first.bytes, second.bytes, first.len);
    assert_faults("");
    portfolio_free(&portfolio);
    portfolio_free(&restored);
    tallies_free(&tallies);
    tallies_free(&tallied);
    buffer_free(&first);
    buffer_free(&second);
}

/* What is no shard.csv is refused where it goes wrong, and never believed. */
static void test_refused(void **state)
{
    static const char *const lines[] = {"group,9,x,IDR,1,0 1 0 0 0 0 0",
                                        "group,0,all,IDR,1,10 1 0 0 0 0 0",
                                        "group,0,all,IDR,1,0 1 0 0 0 0",
                                        "group,0,all,IDR,1,0 1 0 0 0 0 0 0",
                                        "group,0,all,IDR,1,0 1 0 -1 0 0 0",
                                        "figures,,,,1,1 2 3",
                                        "in-class,,,,1,0 1 1",
                                        "control,loans,lost,,1,1",
                                        "control,loans,read,,1,1.2.3",
                                        "type,loans,,,x,1",
                                        "type,loans-2,,,1,1",
                                        "type,loans,repaid,,1,1",
                                        "wish,,,,1,1",
                                        "type,loans,,,1"};
    static const char head[] = "what,key,name,currency,count,value\nnol,,,,,shard/1\n"
                               "shard,,,,,1/2\noption,as_of,,,,2026-10-31\n"
                               "input,loans,,,3,"
                               "0000000000000000000000000000000000000000000000000000000000000000\n"
                               "control,loans,read,,1,1\n";
    struct fault_file file = {path, 0};
    struct shard_facts facts;
    struct shard_run run;
    char hex[DIGEST_HEX_LEN + 1];
    (void)state;
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct portfolio portfolio;
        struct tallies tallies;
        struct buffer bytes;
        buffer_init(&bytes, NULL);
        buffer_put_string(&bytes, head);
        buffer_put_string(&bytes, lines[i]);
        buffer_put_string(&bytes, "\n");
        write_file(&bytes);
        assert_true(shard_state_facts(&expect_arena, &file, &facts, &expect_faults));
        assert_true(shard_state_run(&expect_arena, &file, &facts, &run, &expect_faults));
        portfolio_init(&portfolio, NULL, &run.states, 0);
        tallies_init(&tallies, NULL, run.input_count);
        assert_false(
            shard_state_fold(NULL, &file, &run, &portfolio, &tallies, hex, &expect_faults));
        assert_faults("shard-foreign 7:1");
        portfolio_free(&portfolio);
        tallies_free(&tallies);
        buffer_free(&bytes);
    }
}

static void test_facts_refused(void **state)
{
    static const struct {
        const char *bytes, *faults;
    } cases[] = {
        {"", "shard-foreign 0:1"},
        {"account_id,n\n", "shard-foreign 1:1"},
        {"what,key,name,currency,count,value\n", "shard-foreign 1:1"},
        {"what,key,name,currency,count,value\nnol,,,,,shard/2\n", "shard-foreign 2:1"},
        {"what,key,name,currency,count,value\nnol,,,,,shard/1\nshard,,,,,4/3\n",
         "shard-foreign 3:1"},
        {"what,key,name,currency,count,value\nnol,,,,\"\n", "csv-quote-open 2:8"},
    };
    struct fault_file file = {path, 0};
    struct shard_facts facts;
    (void)state;
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buffer bytes;
        buffer_init(&bytes, NULL);
        buffer_put_string(&bytes, cases[i].bytes);
        buffer_reserve(&bytes, 1);
        write_file(&bytes);
        buffer_free(&bytes);
        assert_false(shard_state_facts(&expect_arena, &file, &facts, &expect_faults));
        assert_faults(cases[i].faults);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_round),
        TEST(test_refused),
        TEST(test_facts_refused),
    };
    int fd = mkstemp(path);
    if (fd < 0 || close(fd) != 0)
        return 1;
    int failures = RUN(tests);
    (void)unlink(path);
    return failures;
}
