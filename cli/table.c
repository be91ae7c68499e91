#include "table.h"

#include <assert.h>
#include <stdio.h>

void table_begin(struct table *table, struct arena *arena, const char *const *heads,
                 unsigned columns, unsigned texts)
{
    assert(columns <= TABLE_COLUMNS_MAX);
    *table = (struct table){.arena = arena, .columns = columns, .texts = texts};
    table_row(table, heads);
}

void table_row(struct table *table, const char *const *cells)
{
    if (table->rows == table->room)
        table->cells = arena_grow(table->arena, table->cells, table->rows, &table->room,
                                  table->columns * sizeof *table->cells);
    for (unsigned i = 0; i < table->columns; i++)
        table->cells[table->rows * table->columns + i] = cells[i];
    table->rows++;
}

/* In characters, of UTF-8. */
static int width_of(const char *cell)
{
    int width = 0;
    for (; *cell != '\0'; cell++)
        width += ((unsigned char)*cell & 0xC0) != 0x80;
    return width;
}

void table_print(const struct table *table)
{
    int widths[TABLE_COLUMNS_MAX] = {0};
    for (size_t i = 0; i < table->rows * table->columns; i++) {
        int width = width_of(table->cells[i]);
        if (width > widths[i % table->columns])
            widths[i % table->columns] = width;
    }
    for (size_t i = 0; i < table->rows * table->columns; i++) {
        unsigned column = (unsigned)(i % table->columns);
        bool last = column + 1 == table->columns;
        int pad = widths[column] - width_of(table->cells[i]);
        if (column < table->texts)
            printf("%s%*s", table->cells[i], last ? 0 : pad, "");
        else
            printf("%*s%s", pad, "", table->cells[i]);
        fputs(last ? "\n" : "  ", stdout);
    }
}
