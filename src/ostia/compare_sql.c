#include "ostia/compare_sql.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { COLUMNS_MAX = 100, NAME_MAX_BYTES = 100 };

// What is not made from events: the log itself, keys, what was sent, and the state of doors.
static const char *const NOT_PROJECTED[] = {
    "event",   "log_tile",  "log_checkpoint", "counter",      "migration",    "subject_key", "outbox",
    "session", "challenge", "draft",          "draft_upload", "access_token", "api_answer"};

struct table {
    char name[NAME_MAX_BYTES];
    char columns[COLUMNS_MAX][NAME_MAX_BYTES];
    int count;
    int keys; // the first so many columns are the primary key; all of them when there is none
    struct out order;
};
struct tables {
    struct table *items;
    size_t count, capacity;
};

struct comparing {
    sqlite3 *db; // live is "main", fresh is "fresh"
    struct arena *arena;
    struct text *finding;
};

static enum status failed(struct comparing *c) {
    *c->finding = text_printf(c->arena, "the database cannot be read: %s", sqlite3_errmsg(c->db));
    return STATUS_STORE;
}

static enum status execute(struct comparing *c, struct text sql) {
    return sqlite3_exec(c->db, text_c(c->arena, sql), NULL, NULL, NULL) == SQLITE_OK ? STATUS_OK : failed(c);
}

static enum status attach(struct comparing *c, const char *live, const char *fresh) {
    if (sqlite3_open_v2(live, &c->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, NULL) != SQLITE_OK)
        return failed(c);
    sqlite3_busy_timeout(c->db, 5000);
    sqlite3_stmt *q;
    if (sqlite3_prepare_v2(c->db, "attach database :file as fresh", -1, &q, NULL) != SQLITE_OK)
        return failed(c);
    sqlite3_bind_text(q, 1, fresh, -1, SQLITE_STATIC);
    sqlite3_step(q);
    return sqlite3_finalize(q) == SQLITE_OK ? STATUS_OK : failed(c);
}

static bool is_projected(const char *name) {
    for (size_t i = 0; i < sizeof NOT_PROJECTED / sizeof *NOT_PROJECTED; i++)
        if (!strcmp(name, NOT_PROJECTED[i])) return false;
    return strncmp(name, "sqlite_", 7) != 0;
}

// The names come from our own migrations; they need no quoting.
static enum status read_columns(struct comparing *c, struct table *t) {
    sqlite3_stmt *q;
    struct out keys = {.arena = c->arena}, all = {.arena = c->arena};
    if (sqlite3_prepare_v2(c->db, "select name, pk from pragma_table_info(:table) order by pk = 0, pk, cid",
                           -1, &q, NULL) != SQLITE_OK)
        return failed(c);
    sqlite3_bind_text(q, 1, t->name, -1, SQLITE_STATIC);
    while (sqlite3_step(q) == SQLITE_ROW && t->count < COLUMNS_MAX) {
        const char *name = (const char *)sqlite3_column_text(q, 0);
        snprintf(t->columns[t->count++], NAME_MAX_BYTES, "%s", name);
        if (all.n) out_c(&all, ", ");
        out_c(&all, name);
        if (!sqlite3_column_int(q, 1)) continue;
        if (keys.n) out_c(&keys, ", ");
        out_c(&keys, name);
        t->keys++;
    }
    t->order = keys.n ? keys : all;
    if (!keys.n) t->keys = t->count;
    return sqlite3_finalize(q) == SQLITE_OK ? STATUS_OK : failed(c);
}

static enum status read_tables(struct comparing *c, struct tables *list) {
    sqlite3_stmt *q;
    const char *sql = "select name from main.sqlite_master where type = 'table' union"
                      " select name from fresh.sqlite_master where type = 'table' order by 1";
    if (sqlite3_prepare_v2(c->db, sql, -1, &q, NULL) != SQLITE_OK) return failed(c);
    while (sqlite3_step(q) == SQLITE_ROW) {
        const char *name = (const char *)sqlite3_column_text(q, 0);
        if (is_projected(name)) snprintf(ARENA_PUSH(c->arena, list)->name, NAME_MAX_BYTES, "%s", name);
    }
    if (sqlite3_finalize(q) != SQLITE_OK) return failed(c);
    enum status st = STATUS_OK;
    for (size_t i = 0; i < list->count && !st; i++) st = read_columns(c, &list->items[i]);
    return st;
}

static enum status all_rows(struct comparing *c, const char *schema, const struct table *t,
                            sqlite3_stmt **q) {
    struct out sql = {.arena = c->arena};
    out_c(&sql, "select ");
    for (int i = 0; i < t->count; i++) out_printf(&sql, "%s%s", i ? ", " : "", t->columns[i]);
    out_printf(&sql, " from %s.%s order by " TEXT_FMT, schema, t->name, TEXT_ARG(out_done(&t->order)));
    return sqlite3_prepare_v2(c->db, sql.p, (int)sql.n, q, NULL) == SQLITE_OK ? STATUS_OK : failed(c);
}

// In the database's own order: null, integers, text, bytes.
static int compare_value(sqlite3_stmt *x, sqlite3_stmt *y, int i) {
    static const int RANK[] = {
        [SQLITE_NULL] = 0, [SQLITE_INTEGER] = 1, [SQLITE_FLOAT] = 1, [SQLITE_TEXT] = 2, [SQLITE_BLOB] = 3};
    int kind = sqlite3_column_type(x, i), rank = RANK[kind] - RANK[sqlite3_column_type(y, i)];
    if (rank) return rank;
    if (kind == SQLITE_INTEGER) {
        int64_t a = sqlite3_column_int64(x, i), b = sqlite3_column_int64(y, i);
        return (a > b) - (a < b);
    }
    const void *a = sqlite3_column_blob(x, i), *b = sqlite3_column_blob(y, i);
    int n = sqlite3_column_bytes(x, i), m = sqlite3_column_bytes(y, i), least = n < m ? n : m;
    int order = least ? memcmp(a, b, (size_t)least) : 0;
    return order ? order : n - m;
}

static int compare_key(const struct table *t, sqlite3_stmt *x, sqlite3_stmt *y) {
    int order = 0;
    for (int i = 0; i < t->keys && !order; i++) order = compare_value(x, y, i);
    return order;
}

// The key as "case_id 12, section names"; long or binary values are left out.
static struct text key_of(struct comparing *c, const struct table *t, sqlite3_stmt *q) {
    struct out key = {.arena = c->arena};
    struct text rest = out_done(&t->order), name;
    for (int i = 0; text_cut(&rest, ',', &name); i++) {
        out_printf(&key, "%s" TEXT_FMT, i ? ", " : "", TEXT_ARG(text_trim(name)));
        if (sqlite3_column_type(q, i) == SQLITE_INTEGER)
            out_printf(&key, " %lld", (long long)sqlite3_column_int64(q, i));
    }
    return out_done(&key);
}

static enum status differ(struct comparing *c, const struct table *t, sqlite3_stmt *q, const char *what) {
    *c->finding = text_printf(c->arena, "table %s, row with " TEXT_FMT ": %s", t->name,
                              TEXT_ARG(key_of(c, t, q)), what);
    return STATUS_CONFLICT;
}

static enum status compare_row(struct comparing *c, const struct table *t, sqlite3_stmt *live,
                               sqlite3_stmt *fresh) {
    for (int i = 0; i < t->count; i++)
        if (compare_value(live, fresh, i))
            return differ(
                c, t, live,
                text_c(c->arena, text_printf(c->arena, "column %s is not what the log says", t->columns[i])));
    return STATUS_OK;
}

static enum status compare_table(struct comparing *c, const struct table *t, int64_t *rows) {
    sqlite3_stmt *live = NULL, *fresh = NULL;
    enum status st = all_rows(c, "main", t, &live);
    if (!st) st = all_rows(c, "fresh", t, &fresh);
    while (!st) {
        int x = sqlite3_step(live), y = sqlite3_step(fresh);
        if (x != SQLITE_ROW && y != SQLITE_ROW) {
            if (x != SQLITE_DONE || y != SQLITE_DONE) st = failed(c);
            break;
        }
        int order = x != SQLITE_ROW ? 1 : y != SQLITE_ROW ? -1 : compare_key(t, live, fresh);
        if (order < 0)
            st = differ(c, t, live, "the log does not give this row");
        else if (order > 0)
            st = differ(c, t, fresh, "is missing");
        else
            st = compare_row(c, t, live, fresh);
        ++*rows;
    }
    sqlite3_finalize(live);
    sqlite3_finalize(fresh);
    return st;
}

enum status projections_compare(const char *live, const char *fresh, struct arena *a, int64_t *rows,
                                struct text *finding) {
    struct comparing c = {.arena = a, .finding = finding};
    struct tables list = {0};
    *rows = 0;
    enum status st = attach(&c, live, fresh);
    if (!st) st = execute(&c, T("begin"));
    if (!st) st = read_tables(&c, &list);
    for (size_t i = 0; i < list.count && !st; i++) st = compare_table(&c, &list.items[i], rows);
    sqlite3_close(c.db);
    return st;
}

static enum status replace_table(struct comparing *c, const struct table *t) {
    struct out columns = {.arena = c->arena};
    for (int i = 0; i < t->count; i++) out_printf(&columns, "%s%s", i ? ", " : "", t->columns[i]);
    struct text names = out_done(&columns);
    enum status st = execute(c, text_printf(c->arena, "delete from main.%s", t->name));
    return st ? st
              : execute(c, text_printf(c->arena,
                                       "insert into main.%s (" TEXT_FMT ") select " TEXT_FMT " from fresh.%s",
                                       t->name, TEXT_ARG(names), TEXT_ARG(names), t->name));
}

enum status projections_replace(const char *live, const char *fresh, struct arena *a, struct text *finding) {
    struct comparing c = {.arena = a, .finding = finding};
    struct tables list = {0};
    enum status st = attach(&c, live, fresh);
    if (!st) st = execute(&c, T("pragma main.synchronous = full"));
    if (!st) st = execute(&c, T("begin immediate"));
    if (!st) st = read_tables(&c, &list);
    for (size_t i = 0; i < list.count && !st; i++) st = replace_table(&c, &list.items[i]);
    if (!st) st = execute(&c, T("commit"));
    sqlite3_close(c.db);
    return st;
}
