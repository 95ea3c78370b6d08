// increment_write.c - one file of what is new, read at one moment beside running servers.
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/log.h"
#include "ostia/archive_blob.h"
#include "ostia/increment.h"
#include "ostia/snapshot.h"
#include "store/keys.h"
#include "store/row_code.h"

static const struct sql COUNTERS = SQL("increment_counters", "select name, value from counter order by name");
// What was sent; that it is to be sent follows from the events. Served by outbox_done.
static const struct sql SENT = SQL(
    "increment_sent", "select key, state, attempts, done_at, error from outbox"
                      " where state in (1, 2, 3) and state <> 0 and done_at >= :since order by done_at, key");
// What other authorities answered. Served by exchange_answered.
static const struct sql RECEIPTS =
    SQL("increment_receipts", "select member, tag, seq, state, done_at, receipt from exchange_delivery"
                              " where state <> 0 and done_at >= :since order by done_at, member, tag, seq");
// What is counted of them: small tables.
static const struct sql MARKS =
    SQL("increment_marks", "select month, rule, mark, count, changed_at from exchange_mark_count"
                           " where changed_at >= :since order by month, rule, mark");
static const struct sql DUES =
    SQL("increment_dues", "select type, day, count, changed_at from exchange_due_count"
                          " where changed_at >= :since order by type, day");
// Letters between authorities: what waits, what came and is not answered yet, and what became of both. Served
// by exchange_missive_by_change.
static const struct sql MISSIVES = SQL(
    "increment_missives",
    "select hash, is_ours, member, key, kind, tag, place, at, state, attempts, done_at, changed_at, reason,"
    " sealed, receipt from exchange_missive where changed_at >= :since"
    " order by changed_at, hash, is_ours");
// Served by api_answer_by_time.
static const struct sql ANSWERS =
    SQL("increment_answers", "select account_id, key_hash, request_hash, answer, at from api_answer"
                             " where at >= :since order by at, account_id, key_hash");

// What witnesses and time stamps confirmed, what we cosigned of others, and with which key. Served by
// cosigned_by_time and cosigned_by_stamp; of the other tables there are few rows.
static const struct sql COSIGNED =
    SQL("increment_cosigned", "select size, note, at, day from cosigned_checkpoint"
                              " where at >= :since order by at, size");
static const struct sql STAMPS =
    SQL("increment_stamps", "select size, stamp, stamped_at from cosigned_checkpoint"
                            " where stamped_at >= :since and stamp is not null order by stamped_at, size");
static const struct sql WITNESSED =
    SQL("increment_witnessed", "select origin, origin_hash, vkeys, size, root, note, at from witnessed_log"
                               " where at >= :since and root is not null order by origin");
static const struct sql FORKS = SQL("increment_forks", "select origin, size, one, other, at from log_fork"
                                                       " where at >= :since order by origin, size");
static const struct sql COSIGNER = SQL("increment_cosigner", "select one, number from cosigner order by one");

struct writing {
    struct house *house;
    struct db *db;
    struct archive_writer *out;
    struct arena arena;
    struct {
        struct hash *items;
        size_t count, capacity;
    } blobs; // that events may name
};

// ---- rows that are no events

static void add_row(struct out *o, struct rows *r, const char *kinds) {
    struct value values[ROW_VALUES_MAX];
    size_t n = strlen(kinds);
    for (size_t i = 0; i < n; i++) {
        int at = (int)i;
        values[i] = row_is_null(r, at) ? V_NULL
                    : kinds[i] == 'i'  ? V_INT(row_int(r, at))
                    : kinds[i] == 't'  ? V_TEXT(row_text(r, at))
                                       : V_BYTES(row_bytes(r, at));
    }
    row_encode(o, values, n);
}

// An entry of all rows; none when there are no rows.
static enum status add_rows(struct writing *w, const char *name, const struct sql *sql, const char *kinds,
                            const struct value *args, size_t count) {
    struct arena a = {0};
    struct out o = {.arena = &a};
    struct rows r;
    enum status st = db_query(w->db, &r, sql, args, count);
    while (!st && rows_next(&r)) {
        add_row(&o, &r, kinds);
        if (o.n < SNAPSHOT_ENTRY_BYTES) continue;
        st = archive_add_bytes(w->out, name, bytes_of(out_done(&o)));
        arena_reset(&a);
        o = (struct out){.arena = &a};
    }
    enum status end = rows_end(&r);
    if (!st) st = end;
    if (!st && o.n) st = archive_add_bytes(w->out, name, bytes_of(out_done(&o)));
    arena_free(&a);
    return st;
}

// ---- events

static void note_blob(void *context, struct bytes b) {
    struct writing *w = context;
    if (b.n == HASH_BYTES) memcpy(ARENA_PUSH(&w->arena, &w->blobs)->b, b.p, HASH_BYTES);
}

static enum status add_key(struct writing *w, struct out *o, struct arena *a, int64_t subject) {
    struct bytes wrapped;
    enum status st = subject_key_wrapped(w->db, subject, a, &wrapped);
    if (st) return st == STATUS_NOT_FOUND ? STATUS_OK : st; // erased
    row_encode(o, (struct value[]){V_INT(subject), V_BYTES(wrapped)}, 2);
    return STATUS_OK;
}

static bool is_known(const struct journal_copy *copies, size_t at) {
    for (size_t i = 0; i < at; i++)
        if (copies[i].event.subject == copies[at].event.subject) return true;
    return !copies[at].event.subject;
}

// A page ends early when its events are large: a reader holds it in memory.
static enum status add_page(struct writing *w, int64_t after, int64_t last, struct arena *a, int64_t *to) {
    struct journal_copy *copies;
    struct out keys = {.arena = a}, events = {.arena = a};
    size_t count, wanted = last - after < INCREMENT_PAGE ? (size_t)(last - after) : INCREMENT_PAGE;
    enum status st = journal_copies(w->house->journal, w->db, after, wanted, a, &copies, &count);
    if (!st && !count) st = STATUS_CORRUPT;
    for (size_t i = 0; i < count && !st && events.n < SNAPSHOT_ENTRY_BYTES; i++) {
        if (!is_known(copies, i)) st = add_key(w, &keys, a, copies[i].event.subject);
        row_encode(&events, &V_BYTES(copies[i].bytes), 1);
        event_each_bytes(&copies[i].event, note_blob, w);
        *to = copies[i].event.seq;
    }
    if (!st && keys.n) st = archive_add_bytes(w->out, "keys", bytes_of(out_done(&keys)));
    return st ? st : archive_add_bytes(w->out, "events", bytes_of(out_done(&events)));
}

static enum status add_events(struct writing *w, int64_t after, int64_t last) {
    struct arena a = {0};
    enum status st = STATUS_OK;
    while (!st && after < last) {
        st = add_page(w, after, last, &a, &after);
        arena_reset(&a);
    }
    arena_free(&a);
    return st;
}

static int by_hash(const void *a, const void *b) {
    return memcmp(a, b, HASH_BYTES);
}

// Not every hash in an event is a document's; one that was erased meanwhile is gone.
static enum status add_blob(struct writing *w, const struct hash *name) {
    struct file_path inside;
    int64_t size;
    enum status st = archive_add_blob(w->out, w->house, name, &inside, &size);
    if (st == STATUS_CORRUPT) log_line(LOG_ERROR, "backup.document", "file=%s", inside.c);
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static enum status add_blobs(struct writing *w) {
    enum status st = STATUS_OK;
    if (w->blobs.count) qsort(w->blobs.items, w->blobs.count, sizeof *w->blobs.items, by_hash);
    for (size_t i = 0; i < w->blobs.count && !st; i++)
        if (!i || by_hash(&w->blobs.items[i - 1], &w->blobs.items[i])) st = add_blob(w, &w->blobs.items[i]);
    return st;
}

// ---- the file

static enum status add_manifest(struct writing *w, const struct increment *i,
                                const struct increment_span *span, const struct hash *root) {
    struct text previous = span->has_previous ? hex_encode(&w->arena, hash_bytes(&span->previous)) : T("-");
    struct text manifest =
        text_printf(&w->arena, "first %lld\nlast %lld\nat %lld\nprevious " TEXT_FMT "\nroot " TEXT_FMT "\n",
                    (long long)i->first, (long long)i->last, (long long)i->at.ms, TEXT_ARG(previous),
                    TEXT_ARG(hex_encode(&w->arena, hash_bytes(root))));
    return archive_add_bytes(w->out, "manifest", bytes_of(manifest));
}

static enum status has_rows(struct db *db, const struct sql *sql, int64_t since, bool *has) {
    struct rows r;
    enum status st = *has ? STATUS_OK : DB_ONE(db, &r, sql, V_INT(since));
    if (*has) return STATUS_OK;
    *has = !st;
    enum status end = rows_end(&r);
    return st == STATUS_NOT_FOUND ? STATUS_OK : st ? st : end;
}

// What is there beyond the span; STATUS_NOT_FOUND: nothing.
static enum status look(struct db *db, const struct increment_span *span, struct increment *i,
                        struct hash *root) {
    bool is_new = false;
    enum status st = journal_size(db, &i->last);
    i->first = span->after + 1;
    if (!st && i->last < span->after) return STATUS_CONFLICT; // another log than the one of the folder
    is_new = i->last > span->after;
    if (!st) st = has_rows(db, &SENT, span->since.ms + 1, &is_new);
    if (!st) st = has_rows(db, &RECEIPTS, span->since.ms + 1, &is_new);
    if (!st) st = has_rows(db, &MISSIVES, span->since.ms + 1, &is_new);
    if (!st) st = has_rows(db, &ANSWERS, span->since.ms + 1, &is_new);
    if (!st) st = has_rows(db, &STAMPS, span->since.ms + 1, &is_new);
    if (!st) st = has_rows(db, &FORKS, span->since.ms + 1, &is_new);
    if (st || !is_new) return st ? st : STATUS_NOT_FOUND;
    if (i->last > span->after + INCREMENT_EVENTS_MAX) i->last = span->after + INCREMENT_EVENTS_MAX;
    st = journal_root(db, i->last, root);
    i->root = increment_root(root);
    return st == STATUS_NOT_FOUND ? STATUS_CORRUPT : st; // a tile is missing
}

static enum status write_tables(struct writing *w, const struct increment *i, int64_t after) {
    int64_t now = env_now(w->house->env).ms, since = now < i->since.ms ? now : i->since.ms;
    struct value from = V_INT(since - INCREMENT_OVERLAP_MS);
    enum status st = add_rows(w, "counters", &COUNTERS, "ti", NULL, 0);
    if (!st) st = add_events(w, after, i->last);
    if (!st) st = add_rows(w, "sent", &SENT, "tiiit", &from, 1);
    if (!st) st = add_rows(w, "receipts", &RECEIPTS, "ibiiib", &from, 1);
    if (!st) st = add_rows(w, "missives", &MISSIVES, "biiiibiiiiiitbb", &from, 1);
    if (!st) st = add_rows(w, "marks", &MARKS, "itiii", &from, 1);
    if (!st) st = add_rows(w, "dues", &DUES, "iiii", &from, 1);
    if (!st) st = add_rows(w, "cosigned", &COSIGNED, "itii", &from, 1);
    if (!st) st = add_rows(w, "stamps", &STAMPS, "ibi", &from, 1);
    if (!st) st = add_rows(w, "witnessed", &WITNESSED, "tttibti", &from, 1);
    if (!st) st = add_rows(w, "forks", &FORKS, "titti", &from, 1);
    if (!st) st = add_rows(w, "cosigner", &COSIGNER, "ii", NULL, 0);
    return st ? st : add_rows(w, "answers", &ANSWERS, "ibbbi", &from, 1);
}

static enum status write_file(struct writing *w, const char *folder, const struct archive_lock *lock,
                              const struct increment_span *span, struct increment *i, struct hash *root) {
    char name[INCREMENT_NAME_MAX];
    enum status st = db_begin_read(w->db);
    if (st) return st;
    i->since = span->since;
    i->at = env_now(w->house->env);
    if (i->at.ms <= i->since.ms) i->at.ms = i->since.ms + 1; // the clock jumped back: order holds
    st = look(w->db, span, i, root);
    increment_print(i, name);
    struct file_path path = file_path(folder, name, NULL);
    if (!st) st = archive_create(path.c, lock, false, &w->out);
    if (!st) st = write_tables(w, i, span->after);
    db_end_read(w->db);
    return st;
}

// Only look() says that there is nothing.
static enum status not_found_is_failed(const struct writing *w, enum status st) {
    return st == STATUS_NOT_FOUND && w->out ? STATUS_IO : st;
}

enum status increment_write(struct house *h, const char *folder, const struct archive_lock *lock,
                            const struct increment_span *span, struct increment *made, struct hash *hash) {
    struct writing w = {.house = h};
    struct hash root;
    *made = (struct increment){0};
    enum status st = store_reader(h->store, &w.db);
    if (st) return st;
    st = write_file(&w, folder, lock, span, made, &root);
    store_reader_release(h->store, w.db);
    if (!st) st = add_blobs(&w);
    if (!st) st = add_manifest(&w, made, span, &root);
    if (!st) st = archive_finish(&w.out, hash);
    st = not_found_is_failed(&w, st);
    archive_abandon(&w.out);
    arena_free(&w.arena);
    return st;
}
