/* rule_schema.h: the table as a JSON Schema.  tests/schema.sh holds it against files; here is how
 * single keys come out. */
#include "expect.h"

#include "rule_schema.h"

static struct text schema;

static int setup(void **state)
{
    struct buffer buffer;
    (void)expect_setup(state);
    buffer_init(&buffer, NULL);
    rule_schema_put(&buffer);
    schema = (struct text){arena_copy(&expect_arena, buffer.bytes, buffer.len), buffer.len};
    buffer_free(&buffer);
    return 0;
}

#define SCHEMA_TEST(function) cmocka_unit_test_setup_teardown(function, setup, expect_teardown)

/* The part of the schema from ${begin} on, up to ${end}, without blanks and line ends. */
static const char *part(const char *begin, const char *end)
{
    const char *from = strstr(schema.ptr, begin);
    assert_non_null(from);
    const char *upto = strstr(from, end);
    assert_non_null(upto);
    char *out = arena_alloc(&expect_arena, (size_t)(upto - from) + 1);
    size_t len = 0;
    for (const char *c = from; c < upto; c++)
        if (*c != ' ' && *c != '\n')
            out[len++] = *c;
    out[len] = '\0';
    return out;
}

#define SCALAR "\"type\":[\"string\",\"number\",\"integer\",\"boolean\"]"

static void test_scalars(void **state)
{
    (void)state;
    assert_string_equal(part("\"decimals\": {", "}"),
                        "\"decimals\":{\"description\":\"decimalsofanamount;thelastofthemisthe"
                        "minorunit\"," SCALAR
                        ",\"pattern\":\"^[0-9]+$\",\"minimum\":0,\"maximum\":4");
    assert_string_equal(part("\"list_rows\": {", "}"),
                        "\"list_rows\":{\"description\":\"whetherthezerorowsofthegracearelistedin"
                        "schedule.csv\",\"default\":\"false\"," SCALAR
                        ",\"enum\":[true,false,\"true\",\"false\"]");
    assert_string_equal(part("\"anchor\": {\n", "\"default\""),
                        "\"anchor\":{\"description\":\"thedatefromwhichperiodsarecounted;`given`:"
                        "thebook's`first_due`isrow1'sdate\",");
    assert_non_null(
        strstr(part("\"anchor\": {", "}"), "\"enum\":[\"disbursed\",\"agreed\",\"given\"]"));
}

static void test_lists(void **state)
{
    (void)state;
    assert_non_null(strstr(part("\"components\": {", "}"),
                           "\"type\":\"array\",\"uniqueItems\":true,\"minItems\":3,\"items\":{"));
    assert_non_null(strstr(part("\"holidays\": {", "\"items\""), "\"type\":\"array\","));
    assert_null(strstr(part("\"holidays\": {", "\"items\""), "minItems"));
    assert_non_null(strstr(part("\"classes\": {", "\"items\""), "\"minItems\":1"));
}

static void test_maps(void **state)
{
    (void)state;
    assert_non_null(strstr(part("\"currency\": {", "\"patternProperties\""),
                           "\"type\":\"object\",\"additionalProperties\":false,\"required\":["
                           "\"code\",\"decimals\"]"));
    assert_non_null(strstr(part("\"sources\": {", "\"properties\""),
                           "\"minProperties\":1,\"additionalProperties\":{\"type\":\"object\""));
    assert_non_null(strstr(part("\"split\": {", "\"required\""), "\"anyOf\":[{" SCALAR));
    assert_string_equal(part("\"was\": {", "}"),
                        "\"was\":{\"description\":\"whatstandsbefore,or`absent`;anythingelseis"
                        "refused\"");
}

/* One branch for each format of the table. */
static void test_formats(void **state)
{
    (void)state;
    assert_non_null(strstr(schema.ptr, "\"$ref\": \"#/definitions/rules\""));
    assert_non_null(strstr(schema.ptr, "\"$ref\": \"#/definitions/calendar\""));
    assert_non_null(strstr(part("\"definitions\": {", "\"kind\""), "\"rules\":{"));
    assert_int_equal(schema.ptr[schema.len - 1], '\n');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCHEMA_TEST(test_scalars),
        SCHEMA_TEST(test_lists),
        SCHEMA_TEST(test_maps),
        SCHEMA_TEST(test_formats),
    };
    return RUN(tests);
}
