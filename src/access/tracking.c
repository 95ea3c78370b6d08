// tracking.c - a code on the receipt and the birth date show the status word to anybody who has both.
#include <string.h>

#include "access/access.h"
#include "store/keys.h"

enum { TRACKING_GROUPS = 3 }; // 30^12 codes: 58 bits

static const struct sql TRACKING_ADD = SQL(
    "tracking_add", "insert into tracking (code_hash, case_id, birth_hash) values (:code, :case, :birth)");
static const struct sql TRACKING_DROP = SQL("tracking_drop", "delete from tracking where case_id = :case");
// Served by the primary key of tracking.
static const struct sql TRACKING_FIND =
    SQL("tracking_find", "select case_id, birth_hash from tracking where code_hash = :code");

static enum status apply_issued(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &TRACKING_DROP, V_INT(e->stream));
    if (st || !event_has(e, "code_hash")) return st; // the person was erased
    return DB_RUN(db, &TRACKING_ADD, V_BYTES(event_bytes(e, "code_hash")), V_INT(e->stream),
                  V_BYTES(event_bytes(e, "birth_hash")));
}

const struct event_type TRACKING_ISSUED = {"tracking_issued", apply_issued};

static struct hash code_hash(struct store *s, struct text normal_code) {
    struct key k = keys_derived(s, T("access.tracking.code"));
    struct hash h = hash_keyed(&k, bytes_of(normal_code));
    key_wipe(&k);
    return h;
}

// Bound to its code, so that equal birthdays do not show in the table.
static struct hash birth_hash(struct store *s, const struct hash *code, struct date birth) {
    struct key k = keys_derived(s, T("access.tracking.birth"));
    int32_t day[3] = {birth.year, birth.month, birth.day};
    uint8_t both[HASH_BYTES + sizeof day];
    memcpy(both, code->b, HASH_BYTES);
    memcpy(both + HASH_BYTES, day, sizeof day);
    struct hash h = hash_keyed(&k, (struct bytes){both, sizeof both});
    key_wipe(&k);
    return h;
}

enum status tracking_issue(struct write *w, int64_t actor, int64_t case_id, int64_t subject,
                           struct date birth, struct arena *a, struct text *code) {
    struct store *s = journal_store(w->journal);
    *code = code_random(a, w->env, TRACKING_GROUPS);
    struct hash code_h = code_hash(s, *code), birth_h = birth_hash(s, &code_h, birth);
    struct events *list = events_new(w->arena);
    struct event_draft *d = events_add(list, &TRACKING_ISSUED, case_id, subject);
    draft_personal_bytes(d, "code_hash", (struct bytes){code_h.b, HASH_BYTES});
    draft_personal_bytes(d, "birth_hash", (struct bytes){birth_h.b, HASH_BYTES});
    return write_events(w, actor, list);
}

enum status tracking_find(struct db *db, struct text code, struct date birth, int64_t *case_id) {
    struct store *s = db_store(db);
    struct arena a = {0};
    struct rows r;
    *case_id = 0;
    struct hash code_h = code_hash(s, code_normal(&a, code));
    struct hash birth_h = birth_hash(s, &code_h, birth), stored = {0};
    int64_t found = 0;
    enum status st = DB_ONE(db, &r, &TRACKING_FIND, V_BYTES(((struct bytes){code_h.b, HASH_BYTES})));
    if (!st) {
        struct bytes b = row_bytes(&r, 1);
        if (b.n == HASH_BYTES) memcpy(stored.b, b.p, HASH_BYTES);
        found = row_int(&r, 0);
    }
    enum status end = rows_end(&r);
    arena_free(&a);
    bool fits = hash_eq(&birth_h, &stored); // constant time, also when there is no such code
    if (end) return end;
    if (st || !fits) return st ? st : STATUS_NOT_FOUND;
    *case_id = found;
    return STATUS_OK;
}

enum status tracking_forget(struct db *db, int64_t case_id) {
    return DB_RUN(db, &TRACKING_DROP, V_INT(case_id));
}

uint64_t tracking_limit_key(struct store *s, struct text code) {
    struct arena a = {0};
    struct hash h = code_hash(s, code_normal(&a, code));
    uint64_t key;
    memcpy(&key, h.b, sizeof key);
    arena_free(&a);
    return key;
}
