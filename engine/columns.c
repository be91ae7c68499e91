#include "columns.h"

struct header {
    struct text fields[CSV_FIELDS_MAX];
    unsigned count;
    const struct csv_record *record;
};

static struct place place_of(const struct header *header, unsigned i)
{
    return csv_place(header->record, (uint32_t)(header->fields[i].ptr - header->record->bytes));
}

static int16_t find_field(const struct header *header, struct text name)
{
    for (unsigned i = 0; i < header->count; i++)
        if (text_equal(header->fields[i], name))
            return (int16_t)i;
    return -1;
}

static bool lists(const struct text *names, unsigned count, struct text name)
{
    for (unsigned i = 0; i < count; i++)
        if (text_equal(names[i], name))
            return true;
    return false;
}

static struct text nth_spec(const void *specs, size_t i)
{
    return text_of(((const struct column_spec *)specs)[i].name);
}

static bool split_header(const struct csv_record *record, struct header *header,
                         struct faults *faults)
{
    uint32_t offset = 0;
    enum fault_code code = csv_split(record, header->fields, &header->count, &offset);
    header->record = record;
    if (code != FAULT_NONE)
        fault_add(faults, code, csv_place(record, offset), "%s in the header", fault_meaning(code));
    else if (header->count > CSV_FIELDS_MAX)
        fault_add(faults, code = FAULT_CSV_RAGGED, csv_place(record, 0),
                  "%u columns; at most %d are read", header->count, CSV_FIELDS_MAX);
    return code == FAULT_NONE;
}

static bool has_byte(struct text text, char byte)
{
    return text.len > 0 && memchr(text.ptr, byte, text.len) != NULL;
}

static bool check_field(const struct header *header, unsigned i, const struct column_spec *specs,
                        unsigned count, const struct columns_named *named, struct faults *faults)
{
    char quoted[TEXT_QUOTE_MAX];
    struct text name = header->fields[i];
    bool known = named != NULL && (lists(named->attributes, named->attribute_count, name) ||
                                   lists(named->carried, named->carried_count, name) ||
                                   lists(named->ignored, named->ignored_count, name) ||
                                   lists(named->ruled, named->ruled_count, name));
    for (unsigned k = 0; k < count && !known; k++)
        known = text_is(name, specs[k].name);
    (void)text_quote(quoted, name);
    if (find_field(header, name) < (int16_t)i) {
        fault_add(faults, FAULT_COLUMN_DUPLICATE, place_of(header, i), "column %s stands twice",
                  quoted);
        return false;
    }
    if (known)
        return true;
    struct text near = text_nearest(name, count, nth_spec, specs);
    if (header->count == 1 && (has_byte(name, ';') || has_byte(name, '\t')))
        fault_add(faults, FAULT_COLUMN_UNKNOWN, place_of(header, i),
                  "one column %s; fields are separated by commas, not by semicolons or tabs",
                  quoted);
    else if (near.len > 0)
        fault_add(faults, FAULT_COLUMN_UNKNOWN, place_of(header, i),
                  "unknown column %s; did you mean '%.*s'?%s", quoted, (int)near.len, near.ptr,
                  named == NULL ? "" : " (else --attribute, --carry or --ignore it)");
    else
        fault_add(faults, FAULT_COLUMN_UNKNOWN, place_of(header, i), "unknown column %s%s", quoted,
                  named == NULL ? "" : "; --attribute, --carry or --ignore it");
    return false;
}

static struct text nth_field(const void *header, size_t i)
{
    return ((const struct header *)header)->fields[i];
}

/* A column that an option names is not there. */
static void refuse_absent(const struct header *header, struct text name, const char *option,
                          struct faults *faults)
{
    char quoted[TEXT_QUOTE_MAX], meant[TEXT_QUOTE_MAX];
    struct text near = text_nearest(name, header->count, nth_field, header);
    (void)text_quote(quoted, name);
    if (near.len > 0)
        fault_add(faults, FAULT_COLUMN_MISSING, csv_place(header->record, 0),
                  "no column %s, which %s names; did you mean %s?", quoted, option,
                  text_quote(meant, near));
    else
        fault_add(faults, FAULT_COLUMN_MISSING, csv_place(header->record, 0),
                  "no column %s, which %s names", quoted, option);
}

static int16_t *find_all(struct arena *arena, const struct header *header, const struct text *names,
                         unsigned count, const char *option, bool *found, struct faults *faults)
{
    int16_t *fields = ARENA_ARRAY(arena, int16_t, count);
    for (unsigned i = 0; i < count; i++) {
        fields[i] = find_field(header, names[i]);
        if (fields[i] >= 0)
            continue;
        refuse_absent(header, names[i], option, faults);
        *found = false;
    }
    return fields;
}

bool columns_read(struct arena *arena, const struct csv_record *header_record,
                  const struct column_spec *specs, unsigned count,
                  const struct columns_named *named, struct columns *columns, struct faults *faults)
{
    struct header header;
    if (!split_header(header_record, &header, faults))
        return false;
    bool well = true;
    for (unsigned i = 0; i < header.count; i++)
        well = check_field(&header, i, specs, count, named, faults) && well;
    columns->count = header.count;
    columns->known = ARENA_ARRAY(arena, int16_t, count);
    for (unsigned k = 0; k < count; k++) {
        columns->known[k] = find_field(&header, text_of(specs[k].name));
        if (columns->known[k] < 0 && specs[k].required) {
            fault_add(faults, FAULT_COLUMN_MISSING, csv_place(header_record, 0),
                      "no column '%s', which this file must have", specs[k].name);
            well = false;
        }
    }
    if (named == NULL)
        return well;
    columns->attributes = find_all(arena, &header, named->attributes, named->attribute_count,
                                   "--attribute", &well, faults);
    columns->carried =
        find_all(arena, &header, named->carried, named->carried_count, "--carry", &well, faults);
    columns->ruled = ARENA_ARRAY(arena, int16_t, named->ruled_count);
    for (unsigned i = 0; i < named->ruled_count; i++)
        columns->ruled[i] = find_field(&header, named->ruled[i]);
    return well;
}
