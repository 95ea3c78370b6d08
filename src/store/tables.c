#include "store/tables.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/internal.h"

enum { PAGE_ROWS = 500, TABLES_MAX = 256 };

// ---- what tables there are

struct listing {
    struct arena *arena;
    struct {
        struct table *items;
        size_t count, capacity;
    } tables;
    struct {
        struct table_column *items;
        size_t count, capacity;
    } columns;
};

static enum value_kind kind_of(struct text type) {
    if (text_eq(type, T("text"))) return VALUE_TEXT;
    if (text_eq(type, T("blob")) || text_eq(type, T("bytea"))) return VALUE_BYTES;
    return VALUE_INT;
}

static struct text names_with(struct arena *a, const struct table *t, size_t count, const char *before,
                              const char *after) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < count; i++)
        out_printf(&o, "%s%s%s%s", i ? ", " : "", before, t->columns[i].name, after);
    return out_done(&o);
}
static struct text names(struct arena *a, const struct table *t, size_t count, const char *before) {
    return names_with(a, t, count, before, "");
}

static struct sql statement(struct arena *a, const struct table *t, struct text sql) {
    return (struct sql){t->name, text_c(a, sql)};
}

// Names come from our own migrations; they need no quoting.
static void make_statements(struct arena *a, struct table *t) {
    struct text all = names(a, t, t->column_count, ""), key = names(a, t, t->key_count, "");
    struct text from = text_printf(a, "select " TEXT_FMT " from %s", TEXT_ARG(all), t->name);
    struct text order = text_printf(a, "order by " TEXT_FMT " limit :page_rows", TEXT_ARG(key));
    t->first = statement(a, t, text_printf(a, TEXT_FMT " " TEXT_FMT, TEXT_ARG(from), TEXT_ARG(order)));
    struct text after = names(a, t, t->key_count, ":");
    t->next = statement(a, t,
                        text_printf(a, TEXT_FMT " where (" TEXT_FMT ") > (" TEXT_FMT ") " TEXT_FMT,
                                    TEXT_ARG(from), TEXT_ARG(key), TEXT_ARG(after), TEXT_ARG(order)));
    struct text falling = names_with(a, t, t->key_count, "", " desc");
    t->last = statement(
        a, t, text_printf(a, TEXT_FMT " order by " TEXT_FMT " limit 1", TEXT_ARG(from), TEXT_ARG(falling)));
    struct text values = names(a, t, t->column_count, ":");
    t->insert = statement(a, t,
                          text_printf(a, "insert into %s (" TEXT_FMT ") values (" TEXT_FMT ")", t->name,
                                      TEXT_ARG(all), TEXT_ARG(values)));
    t->clear = statement(a, t, text_printf(a, "delete from %s", t->name));
    t->size = statement(a, t, text_printf(a, "select count(*) from %s", t->name));
}

static enum status finish_table(struct listing *l) {
    if (!l->tables.count) return STATUS_OK;
    assert(l->tables.items);
    struct table *t = &l->tables.items[l->tables.count - 1];
    t->columns = l->columns.items;
    t->column_count = l->columns.count;
    l->columns.items = NULL;
    l->columns.count = l->columns.capacity = 0;
    if (!t->key_count) return STATUS_UNSUPPORTED;
    make_statements(l->arena, t);
    return STATUS_OK;
}

// Rows: table, column, type, place in the primary key or 0; by table, key columns first.
static enum status read_catalogue(struct db *db, struct listing *l) {
    struct rows r;
    enum status st = db_query(db, &r, db->engine->catalogue, NULL, 0);
    while (!st && rows_next(&r)) {
        struct text name = row_text(&r, 0);
        struct table *last = l->tables.count ? &l->tables.items[l->tables.count - 1] : NULL;
        if (!last || !text_eq(text_of(last->name), name)) {
            st = finish_table(l);
            assert(l->tables.count < TABLES_MAX);
            last = ARENA_PUSH(l->arena, &l->tables);
            *last = (struct table){.name = text_c(l->arena, name)};
        }
        *ARENA_PUSH(l->arena, &l->columns) =
            (struct table_column){text_c(l->arena, row_text(&r, 1)), kind_of(row_text(&r, 2))};
        last->key_count += row_int(&r, 3) > 0;
    }
    enum status end = rows_end(&r);
    if (!st) st = end;
    return st ? st : finish_table(l);
}

enum status store_tables(struct db *db, const struct tables **out) {
    struct store *s = db->store;
    struct listing l = {.arena = &s->tables_arena};
    pthread_mutex_lock(&s->tables_mutex);
    enum status st = s->tables.items ? STATUS_OK : read_catalogue(db, &l);
    if (!st && !s->tables.items) s->tables = (struct tables){l.tables.items, l.tables.count};
    pthread_mutex_unlock(&s->tables_mutex);
    *out = &s->tables;
    return st;
}

const struct table *tables_find(const struct tables *t, const char *name) {
    for (size_t i = 0; i < t->count; i++)
        if (!strcmp(t->items[i].name, name)) return &t->items[i];
    return NULL;
}

static struct value value_at(struct rows *rows, const struct table *t, size_t column) {
    int at = (int)column;
    if (row_is_null(rows, at)) return V_NULL;
    switch (t->columns[column].kind) {
    case VALUE_INT: return V_INT(row_int(rows, at));
    case VALUE_TEXT: return V_TEXT(row_text(rows, at));
    default: return V_BYTES(row_bytes(rows, at));
    }
}

static struct value *copy_key(struct arena *a, struct rows *rows, const struct table *t) {
    struct value *key = ARENA_ARRAY(a, struct value, t->key_count);
    for (size_t i = 0; i < t->key_count; i++) {
        key[i] = value_at(rows, t, i);
        if (key[i].kind != VALUE_INT) key[i].b = bytes_copy(a, key[i].b);
    }
    return key;
}

enum status table_last_key(struct db *db, const struct table *t, struct arena *a, struct value **key) {
    struct rows r;
    enum status st = db_one(db, &r, &t->last, NULL, 0);
    if (!st) *key = copy_key(a, &r, t);
    enum status end = rows_end(&r);
    return st ? st : end;
}

// ---- one table after its key

void table_scan_begin(struct table_scan *s, struct db *db, const struct table *t) {
    *s = (struct table_scan){.db = db, .table = t};
}

void table_scan_after(struct table_scan *s, struct db *db, const struct table *t, const struct value *key) {
    table_scan_begin(s, db, t);
    s->last = ARENA_ARRAY(&s->keys[0], struct value, t->key_count);
    memcpy(s->last, key, t->key_count * sizeof *key);
    s->page = 1;
}

static void open_page(struct table_scan *s) {
    const struct table *t = s->table;
    struct value args[STORE_ARGS_MAX];
    size_t count = 0;
    assert(t->key_count < STORE_ARGS_MAX);
    for (; s->last && count < t->key_count; count++) args[count] = s->last[count];
    args[count++] = V_INT(PAGE_ROWS);
    s->status = db_query(s->db, &s->rows, s->last ? &t->next : &t->first, args, count);
    s->is_open = !s->status;
    s->on_page = 0;
    s->page++;
}

struct value table_value(struct table_scan *s, size_t column) {
    return value_at(&s->rows, s->table, column);
}

// The page is full: its last row's key is where the next one begins.
static void keep_key(struct table_scan *s) {
    struct arena *a = &s->keys[s->page % 2];
    arena_reset(a);
    s->last = copy_key(a, &s->rows, s->table);
}

// A page with fewer rows than were asked for is the last one.
bool table_scan_next(struct table_scan *s) {
    if (!s->is_open && !s->is_over && !s->status) open_page(s);
    while (s->is_open) {
        if (rows_next(&s->rows)) {
            if (++s->on_page == PAGE_ROWS) keep_key(s);
            return true;
        }
        s->status = rows_end(&s->rows);
        s->is_open = false;
        s->is_over = s->on_page < PAGE_ROWS;
        if (!s->is_over && !s->status) open_page(s);
    }
    return false;
}

enum status table_scan_end(struct table_scan *s) {
    if (s->is_open) {
        enum status end = rows_end(&s->rows);
        if (!s->status) s->status = end;
    }
    s->is_open = false;
    arena_free(&s->keys[0]);
    arena_free(&s->keys[1]);
    return s->status;
}

int table_compare_value(const struct value *a, const struct value *b) {
    if ((a->kind == VALUE_NULL) != (b->kind == VALUE_NULL)) return a->kind == VALUE_NULL ? -1 : 1;
    if (a->kind == VALUE_NULL) return 0;
    if (a->kind == VALUE_INT) return (a->i > b->i) - (a->i < b->i);
    size_t least = a->b.n < b->b.n ? a->b.n : b->b.n;
    int order = least ? memcmp(a->b.p, b->b.p, least) : 0;
    return order ? order : (a->b.n > b->b.n) - (a->b.n < b->b.n);
}

enum status table_insert(struct db *tx, const struct table *t, struct table_scan *from) {
    struct value values[STORE_ARGS_MAX];
    assert(t->column_count <= STORE_ARGS_MAX && t->column_count == from->table->column_count);
    for (size_t i = 0; i < t->column_count; i++) values[i] = table_value(from, i);
    return table_insert_values(tx, t, values);
}

enum status table_insert_values(struct db *tx, const struct table *t, const struct value *values) {
    return db_run(tx, &t->insert, values, t->column_count);
}
