#include "manifest.h"

/* A text as a double-quoted YAML scalar. */
static void put_quoted(struct buffer *buffer, struct text text)
{
    buffer_put_string(buffer, "\"");
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\')
            buffer_put_string(buffer, "\\");
        buffer_put(buffer, (struct text){text.ptr + i, 1});
    }
    buffer_put_string(buffer, "\"");
}

static void put_names(struct buffer *buffer, const char *key, struct run_names names)
{
    buffer_printf(buffer, "  %s: [", key);
    for (unsigned i = 0; i < names.count; i++) {
        if (i > 0)
            buffer_put_string(buffer, ", ");
        put_quoted(buffer, names.list[i]);
    }
    buffer_put_string(buffer, "]\n");
}

static void put_date(struct buffer *buffer, const char *key, struct date date)
{
    char text[DATE_TEXT_LEN + 1];
    if (date_is_set(date) && date_in_range(date))
        buffer_printf(buffer, "  %s: %s\n", key, date_text(text, date));
}

static void put_options(struct buffer *buffer, const struct run_options *options)
{
    buffer_put_string(buffer, "options:\n");
    put_date(buffer, "as_of", options->as_of);
    put_date(buffer, "known_at", options->known_at);
    put_date(buffer, "from", options->from);
    put_date(buffer, "from_known_at", options->from_known_at);
    put_names(buffer, "attributes", options->attributes);
    put_names(buffer, "carried", options->carried);
    put_names(buffer, "ignored", options->ignored);
    buffer_printf(buffer, "  quarantine: %s\n", options->quarantine ? "true" : "false");
}

void manifest_put_files(struct buffer *buffer, const char *role,
                        const struct rules_file *const *files, unsigned count)
{
    buffer_printf(buffer, "%s:\n", role);
    for (unsigned i = 0; i < count; i++) {
        buffer_put_string(buffer, "  - {name: ");
        put_quoted(buffer, text_of(files[i]->name));
        buffer_printf(buffer, ", sha256: %s}\n", files[i]->digest);
    }
}

static void put_tally(struct buffer *buffer, struct arena *arena, const struct tally *tally)
{
    buffer_printf(buffer, "{rows: %llu, sum: %s}", (unsigned long long)tally->count,
                  decimal_sum_text(arena, &tally->sum));
}

static void put_input(struct buffer *buffer, const struct book_input *input,
                      const struct tally_input *totals, struct arena *arena)
{
    buffer_printf(buffer, "  - role: %s\n    rows: %llu\n    sha256: %s\n",
                  book_role_name(input->role), (unsigned long long)input->rows, input->digest);
    if (input->role != BOOK_EVENTS) {
        static const char *const sums[BOOK_ROLES] = {"principal", "award", NULL, "amount"};
        buffer_printf(buffer, "    %s: ", sums[input->role]);
        put_tally(buffer, arena, &totals->by_type[EVENT_TYPES]);
        buffer_put_string(buffer, "\n");
        return;
    }
    buffer_put_string(buffer, "    types:");
    bool any = false;
    for (unsigned type = 0; type <= EVENT_TYPES; type++) {
        if (totals->by_type[type].count == 0)
            continue;
        buffer_printf(buffer, "\n      %s: ",
                      type == EVENT_TYPES ? "unknown" : event_kind((enum event_type)type)->name);
        put_tally(buffer, arena, &totals->by_type[type]);
        any = true;
    }
    buffer_put_string(buffer, any ? "\n" : " {}\n");
}

void manifest_write(struct buffer *buffer, const struct run_options *options,
                    const struct rules *rules, const struct book_input *inputs, unsigned count,
                    struct tallies *tallies)
{
    buffer_put_string(buffer, "nol: manifest/1\nengine: " NOL_VERSION "\n");
    put_options(buffer, options);
    manifest_put_files(buffer, "rules", rules->files, rules->file_count);
    buffer_put_string(buffer, count == 0 ? "inputs: []\n" : "inputs:\n");
    for (unsigned i = 0; i < count; i++)
        put_input(buffer, &inputs[i], &tallies->inputs[i], &tallies->arena);
    buffer_put_string(buffer, "control:\n");
    for (unsigned role = 0; role < BOOK_ROLES; role++) {
        const struct tally_role *totals = &tallies->roles[role];
        if (!book_has_role(inputs, count, (enum book_role)role))
            continue;
        buffer_printf(buffer, "  %s:\n    read: ", book_role_name((enum book_role)role));
        put_tally(buffer, &tallies->arena, &totals->read);
        buffer_put_string(buffer, "\n    accepted: ");
        put_tally(buffer, &tallies->arena, &totals->accepted);
        buffer_put_string(buffer, "\n    rejected: ");
        put_tally(buffer, &tallies->arena, &totals->rejected);
        buffer_put_string(buffer, "\n");
    }
}
