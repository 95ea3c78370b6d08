#include "store/outbox.h"

#include <assert.h>

static const struct sql ADD =
    SQL("outbox_add",
        "insert into outbox (key, kind, way, recipient, about, payload, state, attempts, due_at)"
        " values (:key, :kind, :way, :recipient, :about, :payload, 0, 0, :due) on conflict (key) do nothing");

#define COLUMNS "key, kind, recipient, about, payload, state, attempts, due_at, done_at, error"

// Served by outbox_due.
static const struct sql DUE =
    SQL("outbox_due",
        "select " COLUMNS
        " from outbox where state = 0 and way = :way and due_at <= :now order by due_at, key limit :limit");

// Served by outbox_by_about.
static const struct sql BEFORE =
    SQL("outbox_before", "select key from outbox where state = 0 and about = :about and way = :way"
                         " and key < :key order by key desc limit 1");

// By primary key.
static const struct sql FAILED = SQL("outbox_failed", "update outbox set attempts = attempts + 1, due_at = "
                                                      ":next, error = :error where key = :key and state = 0");
static const struct sql DONE =
    SQL("outbox_finish",
        "update outbox set attempts = attempts + 1, state = :state, done_at = :now, error = :error"
        " where key = :key and state = 0");
static const struct sql REVIVE = SQL("outbox_revive", "update outbox set state = 0, attempts = 0, due_at = "
                                                      ":now, done_at = null where key = :key and state = 2");

// Served by outbox_done.
static const struct sql LIST =
    SQL("outbox_list", "select " COLUMNS " from outbox where state = :state and state <> 0"
                       " and (done_at < :done or (done_at = :same and key < :key)) order by done_at desc, "
                       "key desc limit :limit");
static const struct sql COUNT =
    SQL("outbox_count", "select (select count(*) from outbox where state = 0),"
                        " (select count(*) from outbox where state = 0 and attempts > 0),"
                        " (select count(*) from outbox where state = 2 and state <> 0)");

enum status outbox_add(struct db *tx, const struct outbox_item *item) {
    assert(item->key.n > 0 && item->kind.n > 0);
    if (item->key.n > OUTBOX_KEY_MAX || item->kind.n > OUTBOX_KIND_MAX ||
        item->payload.n > OUTBOX_PAYLOAD_MAX)
        return STATUS_TOO_LARGE;
    struct text rest = item->kind, way = item->kind;
    (void)text_cut(&rest, '.', &way);
    return DB_RUN(tx, &ADD, V_TEXT(item->key), V_TEXT(item->kind), V_TEXT(way), V_INT(item->recipient),
                  V_INT(item->about), V_BYTES(item->payload), V_INT(item->due.ms));
}

static enum status read_rows(struct rows *rows, struct arena *a, struct outbox_list *out) {
    while (rows_next(rows))
        *ARENA_PUSH(a, out) = (struct outbox_row){
            .item = {text_copy(a, row_text(rows, 0)),
                     text_copy(a, row_text(rows, 1)),
                     row_int(rows, 2),
                     row_int(rows, 3),
                     bytes_copy(a, row_bytes(rows, 4)),
                     {row_int(rows, 7)}},
            .state = (enum outbox_state)row_int(rows, 5),
            .attempts = (int)row_int(rows, 6),
            .done = {row_int(rows, 8)},
            .error = text_copy(a, row_text(rows, 9)),
        };
    return rows_end(rows);
}

static int bounded(int limit) {
    return limit < 1 ? 1 : limit > OUTBOX_LIST_MAX ? OUTBOX_LIST_MAX : limit;
}

enum status outbox_due(struct db *db, struct text way, struct moment now, int limit, struct arena *a,
                       struct outbox_list *out) {
    struct rows rows;
    *out = (struct outbox_list){0};
    enum status st = DB_QUERY(db, &rows, &DUE, V_TEXT(way), V_INT(now.ms), V_INT(bounded(limit)));
    enum status read = read_rows(&rows, a, out);
    return st ? st : read;
}

enum status outbox_before(struct db *db, struct text way, int64_t about, struct text key, struct arena *a,
                          struct text *before) {
    struct rows rows;
    enum status st = DB_ONE(db, &rows, &BEFORE, V_INT(about), V_TEXT(way), V_TEXT(key));
    if (st) return st;
    *before = text_copy(a, row_text(&rows, 0));
    return rows_end(&rows);
}

static enum status changed_one(struct db *tx, enum status st, enum status otherwise) {
    if (st) return st;
    return db_changed(tx) == 1 ? STATUS_OK : otherwise;
}

static const struct sql BLANK = SQL(
    "outbox_blank", "update outbox set state = 1, recipient = 0, about = 0, payload = :nothing, attempts = 0,"
                    " due_at = :day, done_at = :day, error = null where key = :key and state = 0");

static const struct sql FORGET = SQL("outbox_forget", "delete from outbox where key = :key and state = 0");

static enum status finish(struct db *tx, struct text key, enum outbox_state state, struct moment now,
                          struct text error) {
    enum status st = DB_RUN(tx, &DONE, V_INT(state), V_INT(now.ms), V_TEXT_OR_NULL(error), V_TEXT(key));
    return changed_one(tx, st, STATUS_CONFLICT);
}

enum status outbox_sent(struct db *tx, struct text key, struct moment now) {
    return finish(tx, key, OUTBOX_SENT, now, (struct text){0});
}

enum status outbox_sent_blank(struct db *tx, struct text key, struct moment now) {
    enum { DAY_MS = 24 * 3600 * 1000 };
    enum status st =
        DB_RUN(tx, &BLANK, V_BYTES(bytes_of(T(""))), V_INT(now.ms - now.ms % DAY_MS), V_TEXT(key));
    return changed_one(tx, st, STATUS_CONFLICT);
}

enum status outbox_forget(struct db *tx, struct text key) {
    return changed_one(tx, DB_RUN(tx, &FORGET, V_TEXT(key)), STATUS_CONFLICT);
}

enum status outbox_dead(struct db *tx, struct text key, struct moment now, struct text error) {
    return finish(tx, key, OUTBOX_DEAD, now, error);
}

enum status outbox_dropped(struct db *tx, struct text key, struct moment now, struct text reason) {
    return finish(tx, key, OUTBOX_DROPPED, now, reason);
}

enum status outbox_failed(struct db *tx, struct text key, struct moment next_try, struct text error) {
    enum status st = DB_RUN(tx, &FAILED, V_INT(next_try.ms), V_TEXT(error), V_TEXT(key));
    return changed_one(tx, st, STATUS_CONFLICT);
}

enum status outbox_list(struct db *db, enum outbox_state state, const struct outbox_row *after, int limit,
                        struct arena *a, struct outbox_list *out) {
    struct rows rows;
    int64_t done = after ? after->done.ms : INT64_MAX;
    struct text key = after ? after->item.key : T("");
    *out = (struct outbox_list){0};
    enum status st = DB_QUERY(db, &rows, &LIST, V_INT(state), V_INT(done), V_INT(done), V_TEXT(key),
                              V_INT(bounded(limit)));
    enum status read = read_rows(&rows, a, out);
    return st ? st : read;
}

enum status outbox_revive(struct db *tx, struct text key, struct moment now) {
    return changed_one(tx, DB_RUN(tx, &REVIVE, V_INT(now.ms), V_TEXT(key)), STATUS_NOT_FOUND);
}

enum status outbox_count(struct db *db, struct outbox_counts *out) {
    struct rows rows;
    enum status st = DB_ONE(db, &rows, &COUNT);
    if (!st) *out = (struct outbox_counts){row_int(&rows, 0), row_int(&rows, 1), row_int(&rows, 2)};
    enum status end = rows_end(&rows);
    return st ? st : end;
}
