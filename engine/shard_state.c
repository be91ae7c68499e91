#include "shard_state.h"

#include "shard_number.h"

#define LAYOUT "shard/1"

enum column { WHAT, KEY, NAME, CURRENCY, COUNT, VALUE, COLUMNS };

static const char header[] = "what,key,name,currency,count,value";

enum { DECIMALS_MAX = 9 };

static const char *const verdicts[] = {"read", "accepted", "rejected"};

enum { VERDICTS = sizeof verdicts / sizeof *verdicts };

static struct tally *tally_of(struct tally_role *role, unsigned verdict)
{
    return verdict == 0 ? &role->read : verdict == 1 ? &role->accepted : &role->rejected;
}

/* --- writing: the facts --- */

static void put_fact(struct buffer *buffer, const char *what, struct text key, struct text value)
{
    csv_text(buffer, text_of(what));
    csv_text(buffer, key);
    csv_empty(buffer);
    csv_empty(buffer);
    csv_empty(buffer);
    csv_text(buffer, value);
    csv_end_row(buffer);
}

static void put_date(struct buffer *buffer, const char *key, struct date date)
{
    char text[DATE_TEXT_LEN + 1];
    if (date_is_set(date) && date_in_range(date))
        put_fact(buffer, "option", text_of(key), text_of(date_text(text, date)));
}

/* `attribute 1`, `attribute 2`, ... */
static void put_names(struct buffer *buffer, const char *what, const char *key,
                      const struct text *names, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        char numbered[32];
        (void)snprintf(numbered, sizeof numbered, "%s%u", key, i + 1);
        put_fact(buffer, what, text_of(numbered), names[i]);
    }
}

static void put_options(struct buffer *buffer, const struct run_options *options)
{
    put_date(buffer, "as_of", options->as_of);
    put_date(buffer, "known_at", options->known_at);
    put_date(buffer, "from", options->from);
    put_date(buffer, "from_known_at", options->from_known_at);
    put_names(buffer, "option", "attribute ", options->attributes.list, options->attributes.count);
    put_names(buffer, "option", "carry ", options->carried.list, options->carried.count);
    put_names(buffer, "option", "ignore ", options->ignored.list, options->ignored.count);
    put_fact(buffer, "option", text_of("quarantine"),
             text_of(options->quarantine ? "true" : "false"));
}

static void put_input(struct buffer *buffer, const struct book_input *input)
{
    csv_text(buffer, text_of("input"));
    book_input_name(buffer, input);
    buffer_put_string(buffer, ",,,");
    csv_number(buffer, (int64_t)input->rows);
    csv_text(buffer, text_of(input->digest));
    csv_end_row(buffer);
}

static void put_facts(struct buffer *buffer, const struct shard_content *content)
{
    const struct portfolio_states *states = content->states;
    struct shard shard = content->options->shard;
    char text[32];
    put_fact(buffer, "nol", text_of(""), text_of(LAYOUT));
    put_fact(buffer, "engine", text_of(""), text_of(NOL_VERSION));
    (void)snprintf(text, sizeof text, "%u/%u", shard.number, shard.count);
    put_fact(buffer, "shard", text_of(""), text_of(text));
    put_options(buffer, content->options);
    for (unsigned i = 0; i < content->rules->file_count; i++)
        put_fact(buffer, "rule", text_of(content->rules->files[i]->name),
                 text_of(content->rules->files[i]->digest));
    for (unsigned i = 0; i < content->input_count; i++)
        put_input(buffer, &content->inputs[i]);
    put_names(buffer, "class", "", states->names, states->classes);
    put_names(buffer, "status", "", states->names + states->classes,
              states->count - states->classes);
}

/* --- writing: the fold --- */

static void put_tally(struct buffer *buffer, struct arena *arena, const char *name,
                      const struct tally *tally)
{
    csv_text(buffer, text_of(name));
    csv_empty(buffer);
    csv_number(buffer, (int64_t)tally->count);
    csv_text(buffer, text_of(decimal_sum_text(arena, &tally->sum)));
    csv_end_row(buffer);
}

static void put_tallies(struct buffer *buffer, const struct shard_content *content)
{
    struct tallies *tallies = content->tallies;
    for (unsigned role = 0; role < BOOK_ROLES; role++)
        for (unsigned i = 0; i < VERDICTS; i++) {
            if (!book_has_role(content->inputs, content->input_count, (enum book_role)role))
                continue;
            csv_text(buffer, text_of("control"));
            csv_text(buffer, text_of(book_role_name((enum book_role)role)));
            put_tally(buffer, &tallies->arena, verdicts[i], tally_of(&tallies->roles[role], i));
        }
    for (unsigned i = 0; i < content->input_count; i++)
        for (unsigned type = 0; type <= EVENT_TYPES; type++) {
            const struct tally *tally = &tallies->inputs[i].by_type[type];
            if (tally->count == 0)
                continue;
            csv_text(buffer, text_of("type"));
            book_input_name(buffer, &content->inputs[i]);
            buffer_put_string(buffer, ",");
            put_tally(buffer, &tallies->arena,
                      type == EVENT_TYPES ? "" : event_kind((enum event_type)type)->name, tally);
        }
}

/* Begin a line of the group at hand. */
static void put_part(struct buffer *buffer, const char *what, uint64_t count)
{
    csv_text(buffer, text_of(what));
    buffer_put_string(buffer, ",,,");
    csv_number(buffer, (int64_t)count);
}

static void put_group(struct buffer *buffer, struct arena *arena, const struct group *group,
                      unsigned classes)
{
    csv_text(buffer, text_of("group"));
    csv_number(buffer, group->key.by);
    csv_text(buffer, group->key.name);
    csv_text(buffer, group->key.code);
    csv_number(buffer, (int64_t)group->accounts);
    shard_number_put(buffer, amount_of(group->key.decimals));
    for (unsigned i = 0; i < STATUSES; i++)
        shard_number_put(buffer, amount_of((int64_t)group->with_status[i]));
    csv_end_row(buffer);
    put_part(buffer, "figures", group->accounts);
    for (unsigned i = 0; i < FIGURES; i++)
        shard_sum_put(buffer, arena, &group->figure[i]);
    csv_end_row(buffer);
    put_part(buffer, "movement", group->moving);
    for (unsigned i = 0; i < MOVEMENTS; i++)
        shard_sum_put(buffer, arena, &group->movement[i]);
    csv_end_row(buffer);
    for (unsigned i = 0; i < classes; i++) {
        if (group->classes[i].accounts == 0)
            continue;
        put_part(buffer, "in-class", group->classes[i].accounts);
        shard_number_put(buffer, amount_of(i + 1));
        shard_sum_put(buffer, arena, &group->classes[i].outstanding);
        shard_sum_put(buffer, arena, &group->classes[i].provision);
        csv_end_row(buffer);
    }
    for (unsigned i = 0; i < group->migration_count; i++) {
        put_part(buffer, "migration", group->migrations[i].accounts);
        shard_number_put(buffer, amount_of(group->migrations[i].from));
        shard_number_put(buffer, amount_of(group->migrations[i].to));
        shard_sum_put(buffer, arena, &group->migrations[i].outstanding);
        csv_end_row(buffer);
    }
}

static void put_grants(struct buffer *buffer, struct arena *arena, const struct group *group)
{
    const struct grant_totals *grants = group->grants;
    if (grants == NULL)
        return;
    put_part(buffer, "grants", grants->count);
    for (unsigned i = 0; i < GRANT_FIGURES; i++)
        shard_sum_put(buffer, arena, &grants->figure[i]);
    csv_end_row(buffer);
    for (size_t i = 0; i < grants->year_count; i++) {
        csv_text(buffer, text_of("grant-year"));
        csv_number(buffer, grants->years[i].year);
        csv_text(buffer, grants->years[i].program);
        csv_empty(buffer);
        csv_number(buffer, grants->years[i].budgeted);
        shard_number_put(buffer, amount_of(grants->years[i].agreed.day));
        shard_number_put(buffer, grants->years[i].budget);
        csv_end_row(buffer);
    }
}

void shard_state_write(struct buffer *buffer, const struct shard_content *content)
{
    struct group **groups = portfolio_sorted(content->portfolio);
    buffer_put_string(buffer, header);
    buffer_put_string(buffer, "\n");
    put_facts(buffer, content);
    put_tallies(buffer, content);
    for (size_t i = 0; i < content->portfolio->groups.count; i++) {
        put_group(buffer, &content->portfolio->groups.arena, groups[i], content->states->classes);
        put_grants(buffer, &content->portfolio->groups.arena, groups[i]);
    }
}

/* --- reading: lines --- */

struct lines {
    struct csv_reader reader;
    struct csv_record record;
    struct text cells[CSV_FIELDS_MAX];
    uint64_t count; /* the cell of that name; 0 when empty */
    const struct fault_file *file;
    struct faults *faults;
};

static bool refuse(struct lines *lines, const char *why)
{
    fault_add(lines->faults, FAULT_SHARD_FOREIGN, csv_place(&lines->record, 0),
              "%s: not a shard of this version of nol", why);
    return false;
}

static bool parse_count(struct text text, uint64_t *count)
{
    uint64_t value = 0;
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] < '0' || text.ptr[i] > '9' || value > UINT64_MAX / 10 - 1)
            return false;
        else
            value = value * 10 + (uint64_t)(text.ptr[i] - '0');
    *count = value;
    return true;
}

/* The next line; CSV_REFUSED after a fault. */
static enum csv_result next_line(struct lines *lines)
{
    unsigned count;
    uint32_t offset;
    enum csv_result result = csv_next(&lines->reader, &lines->record, lines->faults);
    if (result != CSV_RECORD)
        return result;
    if (csv_split(&lines->record, lines->cells, &count, &offset) == FAULT_NONE &&
        count == COLUMNS && parse_count(lines->cells[COUNT], &lines->count))
        return CSV_RECORD;
    (void)refuse(lines, "a line of another form");
    return CSV_REFUSED;
}

static bool open_lines(struct lines *lines, const struct memory *memory,
                       const struct fault_file *file, struct faults *faults)
{
    *lines = (struct lines){.file = file, .faults = faults};
    if (!csv_open(&lines->reader, memory, file, faults))
        return false;
    enum csv_result result = csv_next(&lines->reader, &lines->record, faults);
    if (result == CSV_RECORD &&
        text_is((struct text){lines->record.bytes, lines->record.len}, header))
        return true;
    lines->record.file = file;
    if (result != CSV_REFUSED)
        (void)refuse(lines, "no header of a shard.csv");
    return false;
}

/* --- reading: the facts --- */

static bool is_fact(struct text what)
{
    static const char *const facts[] = {"nol",  "engine", "shard", "option",
                                        "rule", "input",  "class", "status"};
    for (unsigned i = 0; i < sizeof facts / sizeof *facts; i++)
        if (text_is(what, facts[i]))
            return true;
    return false;
}

static struct text keep(struct arena *arena, struct text text)
{
    return (struct text){arena_copy(arena, text.ptr, text.len), text.len};
}

static void add_fact(struct arena *arena, struct shard_facts *facts, const struct lines *lines)
{
    if (facts->count == facts->room) {
        unsigned room = facts->room == 0 ? 64 : 2 * facts->room;
        struct shard_fact *wider = ARENA_ARRAY(arena, struct shard_fact, room);
        if (facts->count > 0)
            memcpy(wider, facts->list, facts->count * sizeof *wider);
        facts->list = wider;
        facts->room = room;
    }
    facts->list[facts->count++] =
        (struct shard_fact){keep(arena, lines->cells[WHAT]), keep(arena, lines->cells[KEY]),
                            keep(arena, lines->cells[VALUE]), lines->count};
}

static bool read_facts(struct arena *arena, struct lines *lines, struct shard_facts *facts)
{
    enum csv_result result;
    while ((result = next_line(lines)) == CSV_RECORD && is_fact(lines->cells[WHAT])) {
        struct text value = lines->cells[VALUE];
        if (text_is(lines->cells[WHAT], "nol") && !text_is(value, LAYOUT))
            return refuse(lines, "another layout");
        if (!text_is(lines->cells[WHAT], "shard"))
            add_fact(arena, facts, lines);
        else if (!shard_parse(value, &facts->shard))
            return refuse(lines, "not K/N");
    }
    if (result == CSV_REFUSED)
        return false;
    return (facts->shard.count > 0 && facts->count > 0) || refuse(lines, "no facts");
}

bool shard_state_facts(struct arena *arena, const struct fault_file *file,
                       struct shard_facts *facts, struct faults *faults)
{
    struct lines lines;
    *facts = (struct shard_facts){.count = 0};
    bool read = open_lines(&lines, arena->memory, file, faults) && read_facts(arena, &lines, facts);
    csv_close(&lines.reader);
    return read;
}

/* --- what the facts say --- */

static bool begins_with(struct text text, const char *start)
{
    size_t len = strlen(start);
    return text.len >= len && memcmp(text.ptr, start, len) == 0;
}

static bool restore_option(const struct shard_fact *fact, struct run_options *options,
                           struct text *const names[3])
{
    if (text_is(fact->key, "quarantine")) {
        options->quarantine = text_is(fact->value, "true");
    } else if (begins_with(fact->key, "attribute ")) {
        names[0][options->attributes.count++] = fact->value;
    } else if (begins_with(fact->key, "carry ")) {
        names[1][options->carried.count++] = fact->value;
    } else if (begins_with(fact->key, "ignore ")) {
        names[2][options->ignored.count++] = fact->value;
    } else {
        struct date *date = text_is(fact->key, "as_of")           ? &options->as_of
                            : text_is(fact->key, "known_at")      ? &options->known_at
                            : text_is(fact->key, "from")          ? &options->from
                            : text_is(fact->key, "from_known_at") ? &options->from_known_at
                                                                  : NULL;
        return date != NULL && date_parse(fact->value, date) == FAULT_NONE;
    }
    return true;
}

static bool restore_input(const struct shard_fact *fact, struct shard_run *run)
{
    struct book_input *input = &run->inputs[run->input_count];
    unsigned role = 0;
    while (role < BOOK_ROLES && !begins_with(fact->key, book_role_name((enum book_role)role)))
        role++;
    if (fact->value.len != DIGEST_HEX_LEN || role == BOOK_ROLES)
        return false;
    *input = (struct book_input){.role = (enum book_role)role, .number = 1, .rows = fact->count};
    memcpy(input->digest, fact->value.ptr, DIGEST_HEX_LEN);
    for (unsigned i = 0; i < run->input_count; i++)
        input->number += run->inputs[i].role == input->role;
    run->input_count++;
    return true;
}

static bool restore_rule(struct arena *arena, const struct shard_fact *fact, struct rules *rules)
{
    struct rules_file *file = ARENA_ARRAY(arena, struct rules_file, 1);
    if (fact->value.len != DIGEST_HEX_LEN)
        return false;
    file->name = fact->key.ptr; /* an arena's copy: it ends with a NUL */
    memcpy(file->digest, fact->value.ptr, DIGEST_HEX_LEN);
    rules->files[rules->file_count++] = file;
    return true;
}

bool shard_state_run(struct arena *arena, const struct fault_file *file,
                     const struct shard_facts *facts, struct shard_run *run, struct faults *faults)
{
    struct text *const names[3] = {ARENA_ARRAY(arena, struct text, facts->count),
                                   ARENA_ARRAY(arena, struct text, facts->count),
                                   ARENA_ARRAY(arena, struct text, facts->count)};
    struct text *states = ARENA_ARRAY(arena, struct text, facts->count);
    *run = (struct shard_run){
        .options = {.known_at = DATE_UNLIMITED, .from = DATE_NONE, .from_known_at = DATE_NONE},
        .rules.files = ARENA_ARRAY(arena, const struct rules_file *, facts->count),
        .inputs = ARENA_ARRAY(arena, struct book_input, facts->count),
        .states.names = states,
    };
    run->options.attributes.list = names[0];
    run->options.carried.list = names[1];
    run->options.ignored.list = names[2];
    bool well = true;
    for (unsigned i = 0; i < facts->count && well; i++) {
        const struct shard_fact *fact = &facts->list[i];
        bool class = text_is(fact->what, "class");
        if (text_is(fact->what, "option"))
            well = restore_option(fact, &run->options, names);
        else if (text_is(fact->what, "rule"))
            well = restore_rule(arena, fact, &run->rules);
        else if (text_is(fact->what, "input"))
            well = restore_input(fact, run);
        else if (class || text_is(fact->what, "status"))
            states[run->states.count++] = fact->value;
        run->states.classes += class;
    }
    if (!well)
        fault_add(faults, FAULT_SHARD_FOREIGN, (struct place){file, 0, 0},
                  "a fact that this version of nol does not know");
    return well;
}

/* --- reading: the fold --- */

struct fold {
    struct lines lines;
    const struct memory *memory;
    const struct shard_run *run;
    struct portfolio *portfolio;
    struct tallies *tallies;
    struct arena arena;   /* of the line at hand */
    struct arena grouped; /* of the group at hand */
    struct group group;
    bool in_group;
};

static bool take_sums(struct fold *fold, struct amount_sum *sums, unsigned count)
{
    struct text rest = fold->lines.cells[VALUE];
    for (unsigned i = 0; i < count; i++)
        if (!shard_sum_take(&fold->arena, &rest, &sums[i]))
            return false;
    return rest.len == 0;
}

static void end_group(struct fold *fold)
{
    if (!fold->in_group)
        return;
    portfolio_add_group(fold->portfolio, &fold->group);
    portfolio_clear_group(&fold->group, fold->run->states.classes);
    fold->in_group = false;
}

static bool begin_group(struct fold *fold)
{
    const struct lines *lines = &fold->lines;
    struct text by = lines->cells[KEY], rest = lines->cells[VALUE];
    struct group *group = &fold->group;
    arena_reset(&fold->grouped);
    *group = (struct group){.key.name = keep(&fold->grouped, lines->cells[NAME]),
                            .key.code = keep(&fold->grouped, lines->cells[CURRENCY]),
                            .accounts = lines->count};
    group->classes = ARENA_ARRAY(&fold->grouped, struct group_class, fold->run->states.classes);
    fold->in_group = true;
    if (!shard_index_take(&fold->arena, &by, 3 + (int64_t)fold->portfolio->attributes,
                          &group->key.by) ||
        by.len > 0 ||
        !shard_index_take(&fold->arena, &rest, DECIMALS_MAX + 1, &group->key.decimals))
        return false;
    for (unsigned i = 0; i < STATUSES; i++) {
        struct amount number;
        if (!shard_number_take(&fold->arena, &rest, &number) || number.limbs != NULL ||
            number.word < 0)
            return false;
        group->with_status[i] = (uint64_t)number.word;
    }
    return rest.len == 0;
}

static bool add_class(struct fold *fold)
{
    struct text rest = fold->lines.cells[VALUE];
    unsigned index;
    if (!shard_index_take(&fold->arena, &rest, (int64_t)fold->run->states.classes + 1, &index) ||
        index == 0)
        return false;
    struct group_class *class = &fold->group.classes[index - 1];
    class->accounts += fold->lines.count;
    return shard_sum_take(&fold->arena, &rest, &class->outstanding) &&
           shard_sum_take(&fold->arena, &rest, &class->provision) && rest.len == 0;
}

static bool add_migration(struct fold *fold)
{
    struct text rest = fold->lines.cells[VALUE];
    int64_t states = fold->run->states.count;
    struct group *group = &fold->group;
    if (group->migration_count == group->migration_room) {
        unsigned room = group->migration_room == 0 ? 16 : 2 * group->migration_room;
        struct group_migration *wider = ARENA_ARRAY(&fold->grouped, struct group_migration, room);
        if (group->migration_count > 0)
            memcpy(wider, group->migrations, group->migration_count * sizeof *wider);
        group->migrations = wider;
        group->migration_room = room;
    }
    struct group_migration *migration = &group->migrations[group->migration_count++];
    *migration = (struct group_migration){.accounts = fold->lines.count};
    return shard_index_take(&fold->arena, &rest, states, &migration->from) &&
           shard_index_take(&fold->arena, &rest, states, &migration->to) &&
           shard_sum_take(&fold->arena, &rest, &migration->outstanding) && rest.len == 0;
}

static bool add_grants(struct fold *fold)
{
    struct grant_totals *grants = ARENA_ARRAY(&fold->grouped, struct grant_totals, 1);
    if (fold->group.grants != NULL)
        return false;
    fold->group.grants = grants;
    grants->count = fold->lines.count;
    return take_sums(fold, grants->figure, GRANT_FIGURES);
}

static bool add_grant_year(struct fold *fold)
{
    enum { YEARS = 10000 };
    struct text key = fold->lines.cells[KEY], rest = fold->lines.cells[VALUE];
    struct grant_year year = {.program = fold->lines.cells[NAME],
                              .budgeted = fold->lines.count != 0};
    struct amount agreed;
    unsigned number;
    if (fold->group.grants == NULL || !shard_index_take(&fold->arena, &key, YEARS, &number) ||
        key.len > 0 || !shard_number_take(&fold->arena, &rest, &agreed) || agreed.limbs != NULL ||
        agreed.word < INT32_MIN || agreed.word > INT32_MAX ||
        !shard_number_take(&fold->arena, &rest, &year.budget) || rest.len > 0)
        return false;
    year.year = (int32_t)number;
    year.agreed = (struct date){(int32_t)agreed.word};
    if (!date_in_range(year.agreed))
        return false;
    grant_totals_add_year(fold->group.grants, &fold->grouped, &year);
    return true;
}

static bool add_tally(struct fold *fold, struct tally *tally)
{
    struct decimal sum;
    if (!decimal_parse_total(&fold->arena, fold->lines.cells[VALUE], &sum))
        return false;
    tally_restore(tally, fold->lines.count, sum);
    return true;
}

static bool add_control(struct fold *fold)
{
    for (unsigned role = 0; role < BOOK_ROLES; role++)
        for (unsigned i = 0; i < VERDICTS; i++)
            if (text_is(fold->lines.cells[KEY], book_role_name((enum book_role)role)) &&
                text_is(fold->lines.cells[NAME], verdicts[i]))
                return add_tally(fold, tally_of(&fold->tallies->roles[role], i));
    return false;
}

static bool add_type(struct fold *fold)
{
    struct text name = fold->lines.cells[NAME];
    enum event_type type = event_type_of(name);
    struct buffer input;
    unsigned i = 0;
    buffer_init(&input, fold->memory);
    for (; i < fold->run->input_count; i++) {
        input.len = 0;
        book_input_name(&input, &fold->run->inputs[i]);
        if (text_equal((struct text){input.bytes, input.len}, fold->lines.cells[KEY]))
            break;
    }
    buffer_free(&input);
    return i < fold->run->input_count && (type != EVENT_TYPES || name.len == 0) &&
           add_tally(fold, &fold->tallies->inputs[i].by_type[type]);
}

static bool add_line(struct fold *fold)
{
    struct text what = fold->lines.cells[WHAT];
    arena_reset(&fold->arena);
    if (is_fact(what))
        return true;
    if (text_is(what, "control"))
        return add_control(fold);
    if (text_is(what, "type"))
        return add_type(fold);
    if (text_is(what, "group")) {
        end_group(fold);
        return begin_group(fold);
    }
    if (!fold->in_group)
        return false;
    if (text_is(what, "figures"))
        return take_sums(fold, fold->group.figure, FIGURES);
    if (text_is(what, "movement")) {
        fold->group.moving = fold->lines.count;
        return take_sums(fold, fold->group.movement, MOVEMENTS);
    }
    if (text_is(what, "grants"))
        return add_grants(fold);
    if (text_is(what, "grant-year"))
        return add_grant_year(fold);
    if (text_is(what, "in-class"))
        return add_class(fold);
    return text_is(what, "migration") && add_migration(fold);
}

bool shard_state_fold(const struct memory *memory, const struct fault_file *file,
                      const struct shard_run *run, struct portfolio *portfolio,
                      struct tallies *tallies, char digest[DIGEST_HEX_LEN + 1],
                      struct faults *faults)
{
    struct fold fold = {.memory = memory, .run = run, .portfolio = portfolio, .tallies = tallies};
    enum csv_result result = CSV_REFUSED;
    arena_init(&fold.arena, memory);
    arena_init(&fold.grouped, memory);
    if (open_lines(&fold.lines, memory, file, faults))
        while ((result = next_line(&fold.lines)) == CSV_RECORD)
            if (!add_line(&fold)) {
                (void)refuse(&fold.lines, "a line of another kind");
                result = CSV_REFUSED;
                break;
            }
    end_group(&fold);
    if (result == CSV_END && !csv_digest(&fold.lines.reader, digest)) {
        fault_add(faults, FAULT_IO, (struct place){file, 0, 0}, "SHA-256 failed");
        result = CSV_REFUSED;
    }
    csv_close(&fold.lines.reader);
    arena_free(&fold.grouped);
    arena_free(&fold.arena);
    return result == CSV_END;
}
