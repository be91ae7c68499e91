#include "cli.h"

static struct text nth_option(const void *arguments, size_t i)
{
    return text_of(((const struct cli_arguments *)arguments)->options[i].name);
}

static unsigned find_option(const struct cli_arguments *arguments, struct text name)
{
    unsigned i = 0;
    while (i < arguments->option_count && !text_is(name, arguments->options[i].name))
        i++;
    return i;
}

static bool add_value(struct cli_values *values, const char *value, const char *name)
{
    if (values->count == CLI_VALUES_MAX) {
        (void)cli_usage("%s is given more than %d times", name, CLI_VALUES_MAX);
        return false;
    }
    values->list[values->count++] = value;
    return true;
}

static bool refuse_unknown(const struct cli_arguments *arguments, struct text name)
{
    struct text near = text_nearest(name, arguments->option_count, nth_option, arguments);
    if (near.len > 0)
        (void)cli_usage("unknown option '%.*s'; did you mean '%.*s'?", (int)name.len, name.ptr,
                        (int)near.len, near.ptr);
    else
        (void)cli_usage("unknown option '%.*s'", (int)name.len, name.ptr);
    return false;
}

/* One `--name value`, `--name=value` or `--flag` at argv[*at]. */
static bool parse_option(struct cli_arguments *arguments, int argc, char **argv, int *at)
{
    const char *word = argv[*at];
    size_t len = strcspn(word, "=");
    unsigned i = find_option(arguments, (struct text){word, len});
    if (i == arguments->option_count)
        return refuse_unknown(arguments, (struct text){word, len});
    const struct cli_option *option = &arguments->options[i];
    struct cli_values *values = &arguments->values[i];
    const char *value = word[len] == '=' ? word + len + 1 : NULL;
    if (option->value == NULL && value != NULL) {
        (void)cli_usage("%s takes no value", option->name);
        return false;
    }
    if (option->value != NULL && value == NULL) {
        if (*at + 1 >= argc) {
            (void)cli_usage("%s needs a value, %s", option->name, option->value);
            return false;
        }
        value = argv[++*at];
    }
    if (values->count > 0 && !option->repeats) {
        (void)cli_usage("%s is given twice", option->name);
        return false;
    }
    return add_value(values, value == NULL ? "" : value, option->name);
}

bool cli_parse(struct cli_arguments *arguments, const struct cli_command *command, int argc,
               char **argv)
{
    struct arena *arena = arguments->arena;
    arguments->options = command->options;
    arguments->option_count = command->option_count;
    arguments->values = ARENA_ARRAY(arena, struct cli_values, command->option_count);
    for (unsigned i = 0; i < command->option_count; i++)
        arguments->values[i].list = ARENA_ARRAY(arena, const char *, CLI_VALUES_MAX);
    arguments->plain.list = ARENA_ARRAY(arena, const char *, CLI_VALUES_MAX);
    for (int at = 0; at < argc; at++) {
        bool option = argv[at][0] == '-' && argv[at][1] != '\0';
        bool parsed = option ? parse_option(arguments, argc, argv, &at)
                             : add_value(&arguments->plain, argv[at], "an argument");
        if (!parsed)
            return false;
    }
    for (unsigned i = 0; i < command->option_count; i++)
        if (command->options[i].required && arguments->values[i].count == 0) {
            (void)cli_usage("%s is missing; see nol %s --help", command->options[i].name,
                            command->name);
            return false;
        }
    return true;
}

const struct cli_values *cli_values_of(const struct cli_arguments *arguments, const char *name)
{
    static const struct cli_values none;
    unsigned i = find_option(arguments, text_of(name));
    return i == arguments->option_count ? &none : &arguments->values[i];
}

const char *cli_value(const struct cli_arguments *arguments, const char *name)
{
    const struct cli_values *values = cli_values_of(arguments, name);
    return values->count == 0 ? NULL : values->list[0];
}

bool cli_has(const struct cli_arguments *arguments, const char *name)
{
    return cli_values_of(arguments, name)->count > 0;
}

bool cli_date(const struct cli_arguments *arguments, const char *name, struct date fallback,
              struct date *date)
{
    const char *value = cli_value(arguments, name);
    *date = fallback;
    if (value == NULL || date_parse(text_of(value), date) == FAULT_NONE)
        return true;
    (void)cli_usage("%s '%s' is not a date 1900-01-01..2199-12-31 written YYYY-MM-DD", name, value);
    return false;
}
