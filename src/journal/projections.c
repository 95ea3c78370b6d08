#include "journal/projections.h"

#include <string.h>

#include "store/tables.h"

static const char *const NOT_PROJECTED[] = {"event",
                                            "log_tile",
                                            "log_checkpoint",
                                            "counter",
                                            "subject_key",
                                            "outbox",
                                            "session",
                                            "sign_in_limit",
                                            "challenge",
                                            "draft",
                                            "draft_upload",
                                            "migration",
                                            "store_server",
                                            "access_token",
                                            "api_answer",
                                            "document_piece",
                                            "exchange_delivery",
                                            "exchange_mark_count",
                                            "exchange_due_count",
                                            "exchange_missive",
                                            "witness",
                                            "cosigned_checkpoint",
                                            "witnessed_log",
                                            "log_fork",
                                            "cosigner"};

bool projection_is(const char *table) {
    for (size_t i = 0; i < sizeof NOT_PROJECTED / sizeof *NOT_PROJECTED; i++)
        if (!strcmp(table, NOT_PROJECTED[i])) return false;
    return true;
}

bool table_is_open_door(const char *table) {
    return !strcmp(table, "session") || !strcmp(table, "challenge") || !strcmp(table, "access_token");
}

bool table_is_engines_own(const char *table) {
    return !strcmp(table, "migration") || !strcmp(table, "store_server") || !strcmp(table, "document_piece");
}

static bool is_copied(const char *table) {
    return !table_is_engines_own(table);
}

struct comparing {
    bool (*is_wanted)(const char *table);
    struct db *live, *fresh;
    struct arena *arena;
    struct text *finding;
    int64_t rows;
};

// The key as "case_id 12, section"; words and bytes are left out.
static struct text key_of(struct comparing *c, struct table_scan *s) {
    struct out key = {.arena = c->arena};
    for (size_t i = 0; i < s->table->key_count; i++) {
        struct value v = table_value(s, i);
        out_printf(&key, "%s%s", i ? ", " : "", s->table->columns[i].name);
        if (v.kind == VALUE_INT) out_printf(&key, " %lld", (long long)v.i);
    }
    return out_done(&key);
}

static enum status differ(struct comparing *c, struct table_scan *s, struct text what) {
    *c->finding = text_printf(c->arena, "table %s, row with " TEXT_FMT ": " TEXT_FMT, s->table->name,
                              TEXT_ARG(key_of(c, s)), TEXT_ARG(what));
    return STATUS_CONFLICT;
}

static int compare_columns(struct table_scan *x, struct table_scan *y, size_t from, size_t to, size_t *at) {
    int order = 0;
    for (size_t i = from; i < to && !order; i++) {
        struct value a = table_value(x, i), b = table_value(y, i);
        order = table_compare_value(&a, &b);
        *at = i;
    }
    return order;
}

// Both stand on a row, or one is at its end.
static enum status compare_rows(struct comparing *c, struct table_scan *live, bool has_live,
                                struct table_scan *fresh, bool has_fresh) {
    const struct table *t = live->table;
    size_t at = 0;
    int order = !has_live ? 1 : !has_fresh ? -1 : compare_columns(live, fresh, 0, t->key_count, &at);
    if (order < 0) return differ(c, live, T("the log does not give this row"));
    if (order > 0) return differ(c, fresh, T("is missing"));
    if (!compare_columns(live, fresh, t->key_count, t->column_count, &at)) return STATUS_OK;
    return differ(c, live, text_printf(c->arena, "column %s is not what the log says", t->columns[at].name));
}

static enum status compare_table(struct comparing *c, const struct table *t, const struct table *other) {
    struct table_scan live, fresh;
    enum status st = STATUS_OK;
    table_scan_begin(&live, c->live, t);
    table_scan_begin(&fresh, c->fresh, other);
    for (;;) {
        bool has_live = table_scan_next(&live), has_fresh = table_scan_next(&fresh);
        if (live.status || fresh.status || (!has_live && !has_fresh)) break;
        st = compare_rows(c, &live, has_live, &fresh, has_fresh);
        if (st) break;
        c->rows++;
    }
    enum status live_end = table_scan_end(&live), fresh_end = table_scan_end(&fresh);
    return st ? st : live_end ? live_end : fresh_end;
}

static enum status no_table(struct comparing *c, const char *name) {
    *c->finding = text_printf(c->arena, "table %s is on one side only", name);
    return STATUS_CONFLICT;
}

static enum status compare_all(struct comparing *c) {
    const struct tables *live, *fresh;
    enum status st = store_tables(c->live, &live);
    if (!st) st = store_tables(c->fresh, &fresh);
    for (size_t i = 0; !st && i < fresh->count; i++)
        if (!tables_find(live, fresh->items[i].name)) st = no_table(c, fresh->items[i].name);
    for (size_t i = 0; !st && i < live->count; i++) {
        const struct table *t = &live->items[i], *other = tables_find(fresh, t->name);
        if (!c->is_wanted(t->name)) continue;
        st = other ? compare_table(c, t, other) : no_table(c, t->name);
    }
    return st;
}

static enum status compare(struct comparing *c, int64_t *rows) {
    enum status st = db_begin_read(c->live);
    if (st) return st;
    st = db_begin_read(c->fresh);
    if (!st) {
        st = compare_all(c);
        db_end_read(c->fresh);
    }
    db_end_read(c->live);
    *rows = c->rows;
    return st;
}

enum status projections_compare(struct db *live, struct db *fresh, struct arena *a, int64_t *rows,
                                struct text *finding) {
    return compare(&(struct comparing){projection_is, live, fresh, a, finding, 0}, rows);
}

enum status stores_compare(struct db *one, struct db *other, struct arena *a, int64_t *rows,
                           struct text *finding) {
    return compare(&(struct comparing){is_copied, one, other, a, finding, 0}, rows);
}

// ---- replacing

static enum status replace_table(struct db *tx, const struct table *t, struct db *fresh,
                                 const struct table *from) {
    struct table_scan s;
    enum status st = db_run(tx, &t->clear, NULL, 0);
    table_scan_begin(&s, fresh, from);
    while (!st && table_scan_next(&s)) st = table_insert(tx, t, &s);
    enum status end = table_scan_end(&s);
    return st ? st : end;
}

static enum status replace_all(struct db *tx, void *argument) {
    struct comparing *c = argument;
    const struct tables *live, *fresh;
    enum status st = store_tables(tx, &live);
    if (!st) st = store_tables(c->fresh, &fresh);
    for (size_t i = 0; !st && i < live->count; i++) {
        const struct table *t = &live->items[i], *from = tables_find(fresh, t->name);
        if (!projection_is(t->name)) continue;
        st = from ? replace_table(tx, t, c->fresh, from) : no_table(c, t->name);
    }
    return st;
}

enum status projections_replace(struct store *live, struct db *fresh, struct arena *a, struct text *finding) {
    struct comparing c = {.fresh = fresh, .arena = a, .finding = finding};
    return store_write(live, replace_all, &c);
}
