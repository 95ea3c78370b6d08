// missives_tables.c - every statement on the table of missives, and their digests as events of our log.
#include <string.h>

#include "exchange/events.h"
#include "exchange/missives_inside.h"

#define COLUMNS "hash, member, kind, state, place, at, done_at, reason, sealed, key"
// By primary key.
static const struct sql AT = SQL("missive_at", "select " COLUMNS " from exchange_missive"
                                              " where hash = :hash and is_ours = :is_ours");
static const struct sql PUT = SQL(
    "missive_put", "insert into exchange_missive (hash, is_ours, member, key, kind, tag, place, at, state,"
                  " attempts, next_at, done_at, changed_at, reason, sealed, receipt) values (:hash, :is_ours,"
                  " :member, :key, :kind, :tag, :place, :at, :state, 0, 0, 0, :at, '', :sealed, :receipt)");
static const struct sql END =
    SQL("missive_end", "update exchange_missive set state = :state, reason = :reason, done_at = :now,"
                      " changed_at = :now, sealed = :nothing where hash = :hash and is_ours = :is_ours");
static const struct sql ANSWERED =
    SQL("missive_answered", "update exchange_missive set state = :state, reason = :reason, done_at = :now,"
                           " changed_at = :now, sealed = :nothing where hash = :hash and is_ours = 1"
                           " and member = :member and kind = 1 and state < 2");
// Served by exchange_missive_by_tag.
static const struct sql OF_TAG = SQL("missives_of", "select " COLUMNS " from exchange_missive"
                                                   " where tag = :tag and tag <> :nothing and is_ours = 1"
                                                   " order by place desc limit :limit");
// Served by exchange_missive_open.
static const struct sql OPEN = SQL("missives_open", "select " COLUMNS " from exchange_missive"
                                                   " where is_ours = 0 and kind = 1 and state = 1"
                                                   " order by place limit :limit");
static const struct sql OPEN_COUNT =
    SQL("missives_open_count", "select count(*) from exchange_missive"
                              " where is_ours = 0 and kind = 1 and state = 1 and member = :member");
static const struct sql EXPIRE =
    SQL("missives_expire", "update exchange_missive set state = 5, done_at = :now, changed_at = :now,"
                          " sealed = :nothing where is_ours = 0 and kind = 1 and state = 1 and at < :before");
// Served by exchange_missive_waiting.
static const struct sql WAITING =
    SQL("missives_waiting", "select " COLUMNS " from exchange_missive where is_ours = 1 and state = 0"
                           " and member = :member and next_at <= :now order by place limit :limit");
static const struct sql NEXT_MEMBER =
    SQL("missives_next_member", "select member from exchange_missive where is_ours = 1 and state = 0"
                               " and member > :after order by member limit 1");
// By primary key.
static const struct sql RECEIPT =
    SQL("missive_receipt", "update exchange_missive set state = :state, receipt = :receipt, done_at = :now,"
                          " changed_at = :now, sealed = :nothing where hash = :hash and is_ours = 1"
                          " and member = :member and state = 0");
static const struct sql AGAIN =
    SQL("missive_again", "update exchange_missive set attempts = attempts + 1,"
                        " next_at = :now + :pause * case when attempts < 300 then attempts + 1 else 300 end"
                        " where hash = :hash and is_ours = 1 and member = :member and state = 0");

static const struct bytes NOTHING = {(const uint8_t *)"", 0};
static const char TABLE[] = "exchange_missive";

// That it was sent or came is proved; what is to be done with it is no part of the log.
const struct event_type EXCHANGE_MISSIVE_SENT = {"exchange_missive_sent", NULL};
const struct event_type EXCHANGE_MISSIVE_RECEIVED = {"exchange_missive_received", NULL};

static enum status log_missive(struct write *w, const struct missive_new *l) {
    struct events *list = events_new(w->arena);
    struct event_draft *d =
        events_add(list, l->is_ours ? &EXCHANGE_MISSIVE_SENT : &EXCHANGE_MISSIVE_RECEIVED, 0, 0);
    draft_bytes(d, "hash", hash_bytes(&l->hash));
    draft_int(d, "member", l->member);
    draft_int(d, "kind", l->kind);
    if (l->state == MISSIVE_REFUSED) draft_bool(d, "is_refused", true);
    return write_events(w, 0, list);
}

enum status missive_put(struct write *w, const struct missive_new *l) {
    static const struct channel_tag NO_TAG;
    bool has_tag = memcmp(&l->tag, &NO_TAG, sizeof NO_TAG) != 0;
    struct bytes tag = has_tag ? (struct bytes){l->tag.b, sizeof l->tag.b} : NOTHING;
    enum status st = log_missive(w, l);
    if (st) return st;
    return DB_RUN(w->db, &PUT, V_BYTES(hash_bytes(&l->hash)), V_INT(l->is_ours), V_INT(l->member),
                  V_INT(l->key), V_INT(l->kind), V_BYTES(tag), V_INT(w->last), V_INT(w->now.ms),
                  V_INT(l->state), V_BYTES(l->sealed.n ? l->sealed : NOTHING), V_BYTES(NOTHING));
}

// ---- reading

static struct missive_item item_of(struct rows *r, struct arena *a) {
    struct missive_item i = {.member = (uint32_t)row_int(r, 1),
                            .kind = (enum missive_kind)row_int(r, 2),
                            .state = (enum missive_state)row_int(r, 3),
                            .place = row_int(r, 4),
                            .at = {row_int(r, 5)},
                            .done_at = {row_int(r, 6)},
                            .reason = text_copy(a, row_text(r, 7)),
                            .sealed = bytes_copy(a, row_bytes(r, 8))};
    if (row_bytes(r, 0).n == HASH_BYTES) memcpy(i.hash.b, row_bytes(r, 0).p, HASH_BYTES);
    return i;
}

enum status missive_at(struct db *db, const struct hash *hash, bool is_ours, struct arena *a,
                      struct missive_item *out, uint32_t *key) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &AT, V_BYTES(hash_bytes(hash)), V_INT(is_ours));
    if (st) return st;
    *out = item_of(&r, a);
    if (key) *key = (uint32_t)row_int(&r, 9);
    return rows_end(&r);
}

static enum status read_all(enum status st, struct rows *r, struct arena *a, struct missive_items *out) {
    *out = (struct missive_items){0};
    while (!st && rows_next(r)) *ARENA_PUSH(a, out) = item_of(r, a);
    enum status end = rows_end(r);
    return st ? st : end;
}

enum status missives_of(struct db *db, const struct channel_tag *tag, struct arena *a,
                       struct missive_items *out) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &OF_TAG, V_BYTES(((struct bytes){tag->b, sizeof tag->b})),
                              V_BYTES(NOTHING), V_INT(MISSIVES_SHOWN_MAX));
    return read_all(st, &r, a, out);
}

enum status missives_open_rows(struct db *db, struct arena *a, struct missive_items *out) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &OPEN, V_INT(MISSIVES_SHOWN_MAX));
    return read_all(st, &r, a, out);
}

enum status missives_open_count(struct db *db, uint32_t member, int64_t *count) {
    return DB_INT(db, count, &OPEN_COUNT, V_INT(member));
}

enum status missives_waiting(struct db *db, uint32_t member, struct moment now, size_t most, struct arena *a,
                            struct missive_items *out) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &WAITING, V_INT(member), V_INT(now.ms), V_INT((int64_t)most));
    return read_all(st, &r, a, out);
}

enum status missives_waiting_member(struct db *db, uint32_t after, uint32_t *member) {
    int64_t code = 0;
    enum status st = DB_INT(db, &code, &NEXT_MEMBER, V_INT(after));
    *member = (uint32_t)code;
    return st;
}

// ---- changing; whatever a missive said leaves no bytes behind

enum status missive_end(struct db *tx, const struct hash *hash, bool is_ours, enum missive_state state,
                       struct text reason, struct moment now) {
    db_erases(tx, TABLE);
    return DB_RUN(tx, &END, V_INT(state), V_TEXT(reason), V_INT(now.ms), V_BYTES(NOTHING),
                  V_BYTES(hash_bytes(hash)), V_INT(is_ours));
}

enum status missive_answered(struct db *tx, const struct hash *hash, uint32_t member, enum missive_state state,
                            struct text reason, struct moment now) {
    db_erases(tx, TABLE);
    return DB_RUN(tx, &ANSWERED, V_INT(state), V_TEXT(reason), V_INT(now.ms), V_BYTES(NOTHING),
                  V_BYTES(hash_bytes(hash)), V_INT(member));
}

enum status missives_expire(struct db *tx, struct moment before, struct moment now, int64_t *count) {
    db_erases(tx, TABLE);
    enum status st = DB_RUN(tx, &EXPIRE, V_INT(now.ms), V_BYTES(NOTHING), V_INT(before.ms));
    *count = st ? 0 : db_changed(tx);
    return st;
}

enum status missive_receipted(struct db *tx, uint32_t member, const struct receipt *r, struct bytes bytes,
                             struct moment now, int64_t pause_ms) {
    struct value hash = V_BYTES(hash_bytes(&r->message));
    if (r->refusal != REFUSED_NOT && refusal_may_pass(r->refusal))
        return DB_RUN(tx, &AGAIN, V_INT(now.ms), V_INT(pause_ms), hash, V_INT(member));
    db_erases(tx, TABLE);
    return DB_RUN(tx, &RECEIPT, V_INT(r->refusal ? MISSIVE_REFUSED : MISSIVE_ARRIVED), V_BYTES(bytes),
                  V_INT(now.ms), V_BYTES(NOTHING), hash, V_INT(member));
}
