// channels_tables.c - messages as events of our log, and every statement on their tables.
#include <string.h>

#include "exchange/channels_inside.h"
#include "exchange/events.h"

// By primary key.
static const struct sql LAST =
    SQL("exchange_last", "select seq, hash from exchange_message where tag = :tag order by seq desc limit 1");
#define COLUMNS "tag, seq, sender, hash, sealed, note, place, at, key, refusal"
static const struct sql AT =
    SQL("exchange_at", "select " COLUMNS " from exchange_message where tag = :tag and seq = :seq");
static const struct sql OF_TAG = SQL("exchange_of_tag", "select " COLUMNS " from exchange_message"
                                                        " where tag = :tag order by seq limit :limit");
// Served by exchange_message_by_hash.
static const struct sql BY_HASH =
    SQL("exchange_by_hash", "select tag, seq from exchange_message where hash = :hash limit 1");
static const struct sql PUT =
    SQL("exchange_put", "insert into exchange_message (" COLUMNS ") values (:tag, :seq, :sender, :hash,"
                        " :sealed, :note, :place, :at, :key, :refusal)");
static const struct sql PUT_DELIVERY = SQL(
    "exchange_delivery_put",
    "insert into exchange_delivery (member, tag, seq, place, state, attempts, next_at, done_at, receipt)"
    " values (:member, :tag, :seq, :place, 0, 0, 0, 0, :receipt) on conflict (member, tag, seq) do nothing");
// Served by exchange_waiting.
static const struct sql WAITING =
    SQL("exchange_waiting", "select d.tag, d.seq, d.attempts, m.sealed, m.hash from exchange_delivery d"
                            " join exchange_message m on m.tag = d.tag and m.seq = d.seq"
                            " where d.member = :member and d.state = 0 and d.next_at <= :now"
                            " order by d.place limit :limit");
static const struct sql NEXT_MEMBER =
    SQL("exchange_next_member",
        "select member from exchange_delivery where state = 0 and member > :after order by member limit 1");
static const struct sql IS_FULL =
    SQL("exchange_is_full", "select 1 from exchange_delivery where state = 0 and member = :member"
                            " order by place limit 1 offset :max");
// By primary key.
static const struct sql DONE =
    SQL("exchange_delivery_done",
        "update exchange_delivery set state = :state, done_at = :now, receipt = :receipt"
        " where member = :member and tag = :tag and seq = :seq");
static const struct sql AGAIN =
    SQL("exchange_delivery_again",
        "update exchange_delivery set state = 0, attempts = attempts + 1,"
        " next_at = :now + :pause * case when attempts < 300 then attempts + 1 else 300 end"
        " where member = :member and tag = :tag and (state = 0 or seq >= :seq)");
// Served by exchange_delivery_by_tag.
static const struct sql DELIVERIES =
    SQL("exchange_deliveries", "select member, state, done_at, receipt from exchange_delivery"
                               " where tag = :tag and seq = :seq order by member");

#define TAG(t) V_BYTES(((struct bytes){(t)->b, sizeof(t)->b}))
static const struct bytes NOTHING = {(const uint8_t *)"", 0};

// ---- events

static enum status put(struct db *db, const struct event *e, const struct sealed *s, struct bytes sealed,
                       enum refusal refusal) {
    struct bytes note = event_bytes(e, "note");
    return DB_RUN(db, &PUT, TAG(&s->tag), V_INT(s->seq), V_INT(s->sender), V_BYTES(hash_bytes(&s->hash)),
                  V_BYTES(sealed), V_BYTES(note.n ? note : NOTHING), V_INT(e->seq), V_INT(e->at.ms),
                  V_INT(event_int(e, "key")), V_INT(refusal));
}

static enum status apply_sent(struct db *db, const struct event *e) {
    struct sealed s;
    struct bytes message = event_bytes(e, "message");
    if (sealed_read(message, &s)) return STATUS_CORRUPT;
    enum status st = put(db, e, &s, message, REFUSED_NOT);
    for (size_t i = 0; i < s.slot_count && !st; i++)
        if (s.slots[i].code != s.sender)
            st = DB_RUN(db, &PUT_DELIVERY, V_INT(s.slots[i].code), TAG(&s.tag), V_INT(s.seq), V_INT(e->seq),
                        V_BYTES(NOTHING));
    return st;
}

static enum status apply_received(struct db *db, const struct event *e) {
    struct sealed s;
    struct bytes message = event_bytes(e, "message");
    if (sealed_read(message, &s)) return STATUS_CORRUPT;
    return put(db, e, &s, message, REFUSED_NOT);
}

static enum status apply_refused(struct db *db, const struct event *e) {
    struct sealed s = {.seq = (uint32_t)event_int(e, "seq"), .sender = (uint32_t)event_int(e, "sender")};
    struct bytes tag = event_bytes(e, "tag"), hash = event_bytes(e, "hash");
    if (tag.n != sizeof s.tag.b || hash.n != HASH_BYTES) return STATUS_CORRUPT;
    memcpy(s.tag.b, tag.p, tag.n);
    memcpy(s.hash.b, hash.p, hash.n);
    return put(db, e, &s, NOTHING, (enum refusal)event_int(e, "refusal"));
}

const struct event_type EXCHANGE_SENT = {"exchange_sent", apply_sent};
const struct event_type EXCHANGE_RECEIVED = {"exchange_received", apply_received};
const struct event_type EXCHANGE_REFUSED = {"exchange_refused", apply_refused};

// They belong to no stream: a case's file does not lead to them.
enum status log_sent(struct write *w, struct bytes message, struct bytes note) {
    struct events *list = events_new(w->arena);
    struct event_draft *d = events_add(list, &EXCHANGE_SENT, 0, 0);
    draft_bytes(d, "message", message);
    draft_bytes(d, "note", note);
    return write_events(w, 0, list);
}

enum status log_received(struct write *w, struct bytes message, struct bytes note, uint32_t key) {
    struct events *list = events_new(w->arena);
    struct event_draft *d = events_add(list, &EXCHANGE_RECEIVED, 0, 0);
    draft_bytes(d, "message", message);
    if (note.n) draft_bytes(d, "note", note);
    draft_int(d, "key", key);
    return write_events(w, 0, list);
}

enum status log_refused(struct write *w, const struct sealed *s, enum refusal why, struct text rule,
                        uint32_t key) {
    struct events *list = events_new(w->arena);
    struct event_draft *d = events_add(list, &EXCHANGE_REFUSED, 0, 0);
    draft_bytes(d, "tag", (struct bytes){s->tag.b, sizeof s->tag.b});
    draft_int(d, "seq", s->seq);
    draft_int(d, "sender", s->sender);
    draft_bytes(d, "hash", hash_bytes(&s->hash));
    draft_int(d, "refusal", why);
    draft_text(d, "rule", rule);
    draft_int(d, "key", key);
    return write_events(w, 0, list);
}

// ---- reading messages

static void copy_tag(struct channel_tag *tag, struct bytes b) {
    if (b.n == sizeof tag->b) memcpy(tag->b, b.p, b.n);
}
static void copy_hash(struct hash *hash, struct bytes b) {
    if (b.n == HASH_BYTES) memcpy(hash->b, b.p, b.n);
}

enum status message_last(struct db *db, const struct channel_tag *tag, uint32_t *seq, struct hash *hash) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &LAST, TAG(tag));
    if (st) return st;
    *seq = (uint32_t)row_int(&r, 0);
    copy_hash(hash, row_bytes(&r, 1));
    return rows_end(&r);
}

enum status message_by_hash(struct db *db, const struct hash *hash, struct channel_tag *tag, uint32_t *seq) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &BY_HASH, V_BYTES(hash_bytes(hash)));
    if (st) return st;
    copy_tag(tag, row_bytes(&r, 0));
    *seq = (uint32_t)row_int(&r, 1);
    return rows_end(&r);
}

static struct message_row row_of(struct rows *r, struct arena *a) {
    struct message_row m = {.seq = (uint32_t)row_int(r, 1),
                            .sender = (uint32_t)row_int(r, 2),
                            .sealed = bytes_copy(a, row_bytes(r, 4)),
                            .note = bytes_copy(a, row_bytes(r, 5)),
                            .place = row_int(r, 6),
                            .at = {row_int(r, 7)},
                            .key = (uint32_t)row_int(r, 8),
                            .refusal = (enum refusal)row_int(r, 9)};
    copy_tag(&m.tag, row_bytes(r, 0));
    copy_hash(&m.hash, row_bytes(r, 3));
    return m;
}

enum status message_at(struct db *db, const struct channel_tag *tag, uint32_t seq, struct arena *a,
                       struct message_row *out) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &AT, TAG(tag), V_INT(seq));
    if (st) return st;
    *out = row_of(&r, a);
    return rows_end(&r);
}

enum status messages_of_tag(struct db *db, const struct channel_tag *tag, struct arena *a,
                            struct message_rows *out) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &OF_TAG, TAG(tag), V_INT(CHANNELS_HISTORY_MAX));
    while (!st && rows_next(&r)) *ARENA_PUSH(a, out) = row_of(&r, a);
    enum status end = rows_end(&r);
    return st ? st : end;
}

// ---- deliveries

enum status waiting_for(struct db *db, uint32_t member, struct moment now, struct arena *a,
                        struct waitings *out) {
    struct rows r;
    *out = (struct waitings){0};
    enum status st = DB_QUERY(db, &r, &WAITING, V_INT(member), V_INT(now.ms), V_INT(PARCEL_MESSAGES_MAX));
    while (!st && rows_next(&r)) {
        struct waiting *w = ARENA_PUSH(a, out);
        copy_tag(&w->tag, row_bytes(&r, 0));
        w->seq = (uint32_t)row_int(&r, 1);
        w->attempts = (int)row_int(&r, 2);
        w->sealed = bytes_copy(a, row_bytes(&r, 3));
        copy_hash(&w->hash, row_bytes(&r, 4));
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status waiting_member(struct db *db, uint32_t after, uint32_t *member) {
    int64_t code = 0;
    enum status st = DB_INT(db, &code, &NEXT_MEMBER, V_INT(after));
    *member = (uint32_t)code;
    return st;
}

enum status waiting_is_full(struct db *db, uint32_t member, int64_t max, bool *is_full) {
    int64_t one;
    enum status st = DB_INT(db, &one, &IS_FULL, V_INT(member), V_INT(max - 1));
    *is_full = st == STATUS_OK;
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

enum status delivery_done(struct db *tx, uint32_t member, const struct channel_tag *tag, uint32_t seq,
                          bool is_refused, struct moment now, struct bytes receipt) {
    return DB_RUN(tx, &DONE, V_INT(is_refused ? 2 : 1), V_INT(now.ms), V_BYTES(receipt), V_INT(member),
                  TAG(tag), V_INT(seq));
}

enum status delivery_again(struct db *tx, uint32_t member, const struct channel_tag *tag, uint32_t seq,
                           struct moment now, int64_t pause_ms) {
    return DB_RUN(tx, &AGAIN, V_INT(now.ms), V_INT(pause_ms), V_INT(member), TAG(tag), V_INT(seq));
}

enum status deliveries_of(struct db *db, const struct channel_tag *tag, uint32_t seq,
                          struct channel_item *out) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &DELIVERIES, TAG(tag), V_INT(seq));
    while (!st && rows_next(&r) && out->to_count < CHANNEL_MEMBERS_MAX) {
        int64_t state = row_int(&r, 1);
        out->to[out->to_count++] = (struct channel_delivery){.member = (uint32_t)row_int(&r, 0),
                                                             .has_receipt = state == 1,
                                                             .is_refused = state == 2,
                                                             .at = {row_int(&r, 2)},
                                                             .leaf = receipt_leaf(row_bytes(&r, 3))};
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}
