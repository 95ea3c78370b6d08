// tables.h - any table of the house, row by row: for comparing, rebuilding and copying between engines.
// Whoever knows what a table is about uses statements of its own (store.h).
#pragma once
#include "base/arena.h"
#include "store/store.h"

struct table_column {
    const char *name;
    enum value_kind kind; // VALUE_INT, VALUE_TEXT or VALUE_BYTES
};

struct table {
    const char *name;
    struct table_column *columns; // those of the primary key come first
    size_t column_count, key_count;
    struct sql first, next, last, insert, clear, size; // made by store_tables
};
struct tables {
    const struct table *items; // by name
    size_t count;
};

// All tables of the database but the engine's own. Lives as long as the store; looked up once.
// STATUS_UNSUPPORTED for a table without a primary key.
enum status store_tables(struct db *db, const struct tables **out);
// NULL when there is none of that name.
const struct table *tables_find(const struct tables *t, const char *name);

// The key of the last row, in `a`; STATUS_NOT_FOUND when the table is empty.
enum status table_last_key(struct db *db, const struct table *t, struct arena *a, struct value **key);

// One reading of a table in the order of its primary key, a page at a time, so that it may be of any size.
// Caller's storage. Within db_begin_read all pages are of one moment.
struct table_scan {
    struct db *db;
    const struct table *table;
    enum status status;
    struct rows rows;
    struct arena keys[2]; // of the last row of the page before, and of this one
    struct value *last;
    size_t on_page;
    int page;
    bool is_open, is_over;
};
void table_scan_begin(struct table_scan *s, struct db *db, const struct table *t);
// Begins behind the row with this key (key_count values, which must live until the first call of next).
void table_scan_after(struct table_scan *s, struct db *db, const struct table *t, const struct value *key);
bool table_scan_next(struct table_scan *s);       // false at the end or on error
enum status table_scan_end(struct table_scan *s); // the error if there was one
// Of the row that it stands on; bytes are valid until the next call of next.
struct value table_value(struct table_scan *s, size_t column);

// By keys, in the database's order: null, then integers, or bytes as they are.
int table_compare_value(const struct value *a, const struct value *b);
// Writes a row, in a job: the one that `from` stands on, or these values, one a column.
enum status table_insert(struct db *tx, const struct table *t, struct table_scan *from);
enum status table_insert_values(struct db *tx, const struct table *t, const struct value *values);
