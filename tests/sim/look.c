// look.c - everything that must be true once the house is open again.
#include <inttypes.h>
#include <sodium.h>
#include <string.h>

#include "journal/projections.h"
#include "sim.h"
#include "store/blob.h"
#include "store/tables.h"

static const struct sql ITEMS =
    SQL("sim_items", "select token, part, parts, id, number from sim_item order by token, part");
static const struct sql NUMBERS = SQL(
    "sim_numbers", "select count(distinct token) - count(distinct id), count(distinct token) - count(distinct"
                   " number) from sim_item");
static const struct sql PLAIN = SQL("sim_plain_count", "select count(*) from sim_plain where token = :token");
static const struct sql VERSION = SQL("sim_version", "select version from case_file where case_id = :case");
static const struct sql STREAM = SQL("sim_stream", "select stream from event where seq = :seq");
static const struct sql DOCUMENTS =
    SQL("sim_documents", "select blob from document union all"
                         " select document from sim_item where length(document) > 0");

// ---- the log: what was acknowledged, and perhaps one batch of which nobody knew

static bool is_same(const struct batch_seen *a, size_t from, const struct batch_seen *b) {
    return a->count - from == b->count &&
           (!b->count || !memcmp(a->items + from, b->items, b->count * sizeof *b->items));
}

static bool is_unresolved(const struct history *h, const struct batch_seen *now) {
    for (size_t i = 0; i < h->unresolved.count; i++)
        if (is_same(now, h->log.count, &h->unresolved.items[i])) return true;
    return false;
}

static void look_at_log(struct history *h, struct db *db) {
    struct batch_seen now = {0};
    size_t acknowledged = h->log.count;
    if (events_seen(db, 0, &h->arena, &now)) return history_fails(h, "the log cannot be read");
    if (now.count < acknowledged)
        return history_fails(h, "%zu events were acknowledged, %zu are there", acknowledged, now.count);
    for (size_t i = 0; i < acknowledged; i++)
        if (now.items[i] != h->log.items[i])
            return history_fails(h, "event %zu is another one than was acknowledged", i + 1);
    if (now.count > acknowledged && !is_unresolved(h, &now))
        return history_fails(h, "%zu events beyond the acknowledged ones are no whole batch",
                             now.count - acknowledged);
    h->log = now;
    h->unresolved.count = 0;
}

// While the house is open, also on a full disk: what can be read is what was acknowledged, no more and no
// less.
void look_between(struct history *h) {
    struct batch_seen last = {0};
    struct db *db;
    size_t count = h->log.count;
    h->world.is_calm = true;
    enum status st = store_reader(h->rooms.store, &db);
    if (!st) {
        st = events_seen(db, (int64_t)count - 1, &h->arena, &last);
        store_reader_release(h->rooms.store, db);
    }
    h->world.is_calm = false;
    if (st) return history_fails(h, "reading does not go on: %s", status_name(st));
    if (last.count != (count > 0) || (count && last.items[0] != h->log.items[count - 1]))
        history_fails(h, "readers see %zu events where the last of %zu acknowledged ones is", last.count,
                      count);
}

static void look_at_proof(struct history *h, struct db *db) {
    struct text finding = T("");
    enum status st = journal_verify(h->rooms.journal, db, &h->arena, NULL, &finding);
    if (st) history_fails(h, "the log does not verify: %s, " TEXT_FMT, status_name(st), TEXT_ARG(finding));
}

// ---- the simulator's own commands

static void look_at_item(struct history *h, struct item *i, int parts, bool is_whole) {
    if (parts && !is_whole) return history_fails(h, "item %" PRId64 " is half done", i->token);
    if (i->heard == HEARD_KEPT && !parts)
        return history_fails(h, "item %" PRId64 " was acknowledged and is gone", i->token);
    if (i->heard == HEARD_FAILED && parts)
        return history_fails(h, "item %" PRId64 " was answered with an error and is there", i->token);
    if (i->heard == HEARD_UNCERTAIN) i->heard = parts ? HEARD_KEPT : HEARD_FAILED; // now we know
}

static void look_at_items(struct history *h, struct db *db) {
    struct rows r;
    int *parts = ARENA_ARRAY(&h->arena, int, h->items.count + 1);
    bool *is_whole = ARENA_ARRAY(&h->arena, bool, h->items.count + 1);
    enum status st = DB_QUERY(db, &r, &ITEMS);
    while (!st && rows_next(&r)) {
        size_t token = (size_t)row_int(&r, 0);
        if (token < 1 || token > h->items.count) return (void)!rows_end(&r), history_fails(h, "unknown item");
        struct item *i = h->items.items[token - 1];
        parts[token]++;
        is_whole[token] = parts[token] == i->parts && row_int(&r, 2) == i->parts;
    }
    enum status end = rows_end(&r);
    if (st || end) return history_fails(h, "items cannot be read");
    for (size_t k = 0; k < h->items.count; k++) {
        struct item *i = h->items.items[k];
        int64_t count = parts[i->token];
        if (i->kind == ITEM_PLAIN && DB_INT(db, &count, &PLAIN, V_INT(i->token)))
            return history_fails(h, "plain rows cannot be read");
        look_at_item(h, i, (int)count, i->kind == ITEM_PLAIN ? count == 1 : is_whole[i->token]);
    }
}

static void look_at_numbers(struct history *h, struct db *db) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &NUMBERS);
    bool is_good = !st && row_int(&r, 0) == 0 && row_int(&r, 1) == 0;
    enum status end = rows_end(&r);
    if (end || !is_good) history_fails(h, "an identifier or number was used twice");
}

static void look_at_subjects(struct history *h, struct db *db) {
    struct key k;
    for (size_t i = 0; i < h->subjects.count; i++)
        if (subject_key_get(db, h->subjects.items[i], &k))
            history_fails(h, "the key of subject %" PRId64 " is gone", h->subjects.items[i]);
    for (size_t i = 0; i < h->erased.count; i++)
        if (subject_key_get(db, h->erased.items[i], &k) != STATUS_NOT_FOUND)
            history_fails(h, "subject %" PRId64 " was erased and its key is there", h->erased.items[i]);
}

// ---- cases and documents

static void look_at_cases(struct history *h, struct db *db) {
    for (size_t i = 0; i < h->cases.count; i++) {
        const struct kept_case *c = &h->cases.items[i];
        int64_t version = 0, stream = 0;
        bool is_there = !DB_INT(db, &version, &VERSION, V_INT(c->case_id)) && version >= c->version &&
                        !DB_INT(db, &stream, &STREAM, V_INT(c->version)) && stream == c->case_id;
        if (!is_there)
            return history_fails(
                h, "case %" PRId64 " was acknowledged in version %" PRId64 " and is in version %" PRId64,
                c->case_id, c->version, version);
    }
}

static void look_at_documents(struct history *h, struct db *db) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &DOCUMENTS);
    while (!st && rows_next(&r)) {
        struct hash name;
        memcpy(name.b, row_bytes(&r, 0).p, HASH_BYTES);
        st = blob_verify(h->rooms.store, &name);
    }
    enum status end = rows_end(&r);
    if (st || end) history_fails(h, "a document in the log: %s", status_name(st ? st : end));
    for (size_t i = 0; i < h->documents.count; i++) {
        st = blob_verify(h->rooms.store, &h->documents.items[i]);
        if (st) history_fails(h, "a document that was acknowledged: %s", status_name(st));
    }
}

static void look_at_upload(struct history *h) {
    struct upload u;
    struct sent_upload *s = &h->upload;
    if (!s->token[0] || s->is_over) return;
    enum status st = upload_open(h->rooms.store, text_of(s->token), BLOB_BYTES_MAX, &u);
    if (st) return history_fails(h, "the upload: %s", status_name(st));
    if (u.offset < s->kept || u.offset > s->sent)
        history_fails(h, "the upload is at %" PRId64 ", acknowledged were %" PRId64, u.offset, s->kept);
    upload_close(&u);
}

// ---- replay

static void hash_row(crypto_generichash_state *state, struct table_scan *row) {
    for (size_t c = 0; c < row->table->column_count; c++) {
        struct value v = table_value(row, c);
        crypto_generichash_update(state, (const unsigned char *)&v.kind, sizeof v.kind);
        crypto_generichash_update(state, (const unsigned char *)&v.i, sizeof v.i);
        crypto_generichash_update(state, (const unsigned char *)&v.b.n, sizeof v.b.n);
        if (v.b.n) crypto_generichash_update(state, v.b.p, v.b.n);
    }
}

static enum status table_digest(struct db *db, const struct table *t, struct hash *out) {
    crypto_generichash_state state;
    struct table_scan row;
    crypto_generichash_init(&state, NULL, 0, HASH_BYTES);
    table_scan_begin(&row, db, t);
    while (table_scan_next(&row)) hash_row(&state, &row);
    crypto_generichash_final(&state, out->b, HASH_BYTES);
    return table_scan_end(&row);
}

static void compare_tables(struct history *h, struct db *live, struct db *again) {
    const struct tables *all, *others;
    int compared = 0;
    enum status st = store_tables(live, &all);
    if (!st) st = store_tables(again, &others);
    for (size_t i = 0; !st && i < all->count; i++) {
        const struct table *t = &all->items[i], *other = tables_find(others, t->name);
        struct hash a = {0}, b = {0};
        if (!projection_is(t->name) || !strcmp(t->name, "sim_plain")) continue;
        st = other ? table_digest(live, t, &a) : STATUS_NOT_FOUND;
        if (!st) st = table_digest(again, other, &b);
        if (!st && !hash_eq(&a, &b)) history_fails(h, "table %s: replay gives other rows", t->name);
        compared++;
    }
    if (st) history_fails(h, "the tables cannot be compared: %s", status_name(st));
    if (compared < 20) history_fails(h, "only %d tables were compared", compared);
}

static void look_at_replay(struct history *h, struct db *db) {
    struct store_options options = rooms_options("/sim/again");
    struct store *again;
    struct db *other;
    struct text finding = T("");
    enum status st = store_open(&h->world.env, &options, &again, NULL);
    if (st) return history_fails(h, "no store for the replay: %s", status_name(st));
    st = journal_replay(h->rooms.journal, db, again, NULL, &finding, &h->arena);
    if (st) history_fails(h, "replay: %s, " TEXT_FMT, status_name(st), TEXT_ARG(finding));
    st = store_reader(again, &other);
    if (!st) {
        compare_tables(h, db, other);
        store_reader_release(again, other);
    }
    store_close(again);
}

void look(struct history *h, bool replays) {
    struct db *db;
    enum status st = store_reader(h->rooms.store, &db);
    if (st) return history_fails(h, "no reader: %s", status_name(st));
    look_at_log(h, db);
    look_at_proof(h, db);
    look_at_items(h, db);
    look_at_numbers(h, db);
    look_at_subjects(h, db);
    look_at_cases(h, db);
    look_at_registers(h, db);
    look_at_documents(h, db);
    look_at_upload(h);
    if (replays && !h->failure[0]) look_at_replay(h, db);
    store_reader_release(h->rooms.store, db);
}
