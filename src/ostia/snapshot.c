#include "ostia/snapshot.h"

#include <assert.h>
#include <stdio.h>

#include "journal/projections.h"
#include "store/row_code.h"

// ---- writing

static void add_names(struct out *o, const struct table *t) {
    struct value names[STORE_ARGS_MAX];
    assert(t->column_count <= STORE_ARGS_MAX);
    for (size_t i = 0; i < t->column_count; i++) names[i] = V_TEXT(text_of(t->columns[i].name));
    row_encode(o, names, t->column_count);
}

static void add_row(struct out *o, struct table_scan *scan) {
    struct value values[STORE_ARGS_MAX];
    for (size_t i = 0; i < scan->table->column_count; i++) values[i] = table_value(scan, i);
    row_encode(o, values, scan->table->column_count);
}

static enum status write_entry(struct archive_writer *w, const struct table *t, struct out *o) {
    char name[ARCHIVE_NAME_MAX + 1];
    struct arena *a = o->arena;
    snprintf(name, sizeof name, "rows/%s", t->name);
    enum status st = archive_add_bytes(w, name, bytes_of(out_done(o)));
    arena_reset(a);
    *o = (struct out){.arena = a};
    return st;
}

static enum status write_table(struct archive_writer *w, struct db *db, const struct table *t,
                               int64_t *rows) {
    struct arena a = {0};
    struct out o = {.arena = &a};
    struct table_scan scan;
    enum status st = STATUS_OK;
    table_scan_begin(&scan, db, t);
    while (!st && table_scan_next(&scan)) {
        if (!o.n) add_names(&o, t);
        add_row(&o, &scan);
        ++*rows;
        if (o.n >= SNAPSHOT_ENTRY_BYTES) st = write_entry(w, t, &o);
    }
    enum status end = table_scan_end(&scan);
    if (!st) st = end;
    if (!st && o.n) st = write_entry(w, t, &o);
    arena_free(&a);
    return st;
}

enum status snapshot_write(struct archive_writer *w, struct db *db, int64_t *rows) {
    const struct tables *all;
    enum status st = store_tables(db, &all);
    for (size_t i = 0; !st && i < all->count; i++) {
        const struct table *t = &all->items[i];
        if (!table_is_engines_own(t->name) && !table_is_open_door(t->name)) st = write_table(w, db, t, rows);
    }
    return st;
}

// ---- taking back

struct taking {
    struct text table;
    struct bytes entry;
    int64_t rows;
};

static const struct table *table_of(const struct tables *all, struct text name) {
    for (size_t i = 0; i < all->count; i++)
        if (text_eq(text_of(all->items[i].name), name)) return &all->items[i];
    return NULL;
}

static bool has_names(const struct table *t, const struct value *names, size_t count) {
    if (count != t->column_count) return false;
    for (size_t i = 0; i < count; i++)
        if (names[i].kind != VALUE_TEXT || !text_eq(text_of(t->columns[i].name), text_of_bytes(names[i].b)))
            return false;
    return true;
}

static enum status insert_rows(struct db *tx, void *argument) {
    struct taking *k = argument;
    const struct tables *all;
    struct value values[STORE_ARGS_MAX];
    size_t count = 0;
    struct cbor_reader r = cbor_reader(k->entry);
    enum status st = store_tables(tx, &all);
    const struct table *t = st ? NULL : table_of(all, k->table);
    if (!t || table_is_engines_own(t->name)) return st ? st : STATUS_UNSUPPORTED;
    st = row_decode(&r, values, STORE_ARGS_MAX, &count);
    if (!st && !has_names(t, values, count)) st = STATUS_UNSUPPORTED;
    while (!st && !(st = row_decode(&r, values, STORE_ARGS_MAX, &count))) {
        st = table_takes(t, values, count) ? table_insert_values(tx, t, values) : STATUS_CORRUPT;
        k->rows++;
    }
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

enum status snapshot_take(struct store *into, struct text table, struct bytes entry, int64_t *rows) {
    struct taking k = {table, entry, 0};
    enum status st = store_write(into, insert_rows, &k);
    if (!st) *rows += k.rows;
    return st;
}
