// audit.c - the evidence log is read and checked.
#include <string.h>

#include "base/cbor.h"
#include "privacy/inside.h"

#define COLUMNS "select seq, at, act, purpose, year, reader, about, hash, subject from privacy_evidence"

static const struct sql LIST =
    SQL("privacy_evidence_list", COLUMNS " where seq > :after order by seq limit :most");
// Served by privacy_evidence_subject and privacy_mapping_phase.
static const struct sql OF_CASE =
    SQL("privacy_evidence_of",
        COLUMNS " where subject = :pseudonym or subject in (select mapping from privacy_mapping"
                " where pseudonym = :pseudonym) order by seq limit :most");

static const char *const ACTS[EVIDENCE_ACTS] = {
    [EVIDENCE_CREATED] = "created",
    [EVIDENCE_ACCEPTED] = "accepted",
    [EVIDENCE_READ_CHANNEL] = "read_channel",
    [EVIDENCE_READ_OWN] = "read_own",
    [EVIDENCE_READ_KEY] = "read_key",
    [EVIDENCE_LISTED] = "listed",
    [EVIDENCE_RECTIFIED] = "rectified",
    [EVIDENCE_CLOSED] = "closed",
    [EVIDENCE_ROTATED] = "rotated",
    [EVIDENCE_RESTRICTED] = "restricted",
    [EVIDENCE_FREED] = "freed",
    [EVIDENCE_HOLD_ASKED] = "hold_asked",
    [EVIDENCE_HOLD_SET] = "hold_set",
    [EVIDENCE_RELEASE_ASKED] = "release_asked",
    [EVIDENCE_RELEASED] = "released",
    [EVIDENCE_ERASURE_ASKED] = "erasure_asked",
    [EVIDENCE_ERASURE_ORDERED] = "erasure_ordered",
    [EVIDENCE_DELETED] = "deleted",
    [EVIDENCE_REFUSED] = "refused",
    [EVIDENCE_AUDITED] = "audited",
    [EVIDENCE_KEY_RENEWED] = "key_renewed",
    [EVIDENCE_MEMBER_LEFT] = "member_left",
    [EVIDENCE_OPERATOR_ADDED] = "operator_added",
    [EVIDENCE_OPERATOR_REMOVED] = "operator_removed",
    [EVIDENCE_COPIED] = "copied",
};

static const char *act_name(int64_t act) {
    return act > 0 && act < EVIDENCE_ACTS ? ACTS[act] : "?";
}

// ---- reading

struct listing {
    struct privacy *s;
    const struct privacy_reader *by;
    int64_t own, after;
    size_t most;
    struct arena *arena;
    struct privacy_evidences *out;
};

static enum status show(struct listing *l, struct db *db, struct rows *r) {
    struct privacy_evidence *e = ARENA_PUSH(l->arena, l->out);
    *e = (struct privacy_evidence){.seq = row_int(r, 0),
                                   .at = {row_int(r, 1)},
                                   .act = act_name(row_int(r, 2)),
                                   .purpose = (enum privacy_purpose)row_int(r, 3)};
    return reader_open(l->s, db, l->arena, row_int(r, 4), row_bytes(r, 5), &e->who, &e->ground);
}

// [own id, channel or null], sealed with the key of the row that `subject` names: a mapping or the case.
static enum status show_about(struct listing *l, const struct case_row *c, const struct mapping_rows *rows,
                              struct rows *r) {
    struct privacy_evidence *e = &l->out->items[l->out->count - 1];
    const struct key *key = &c->key;
    struct bytes subject = row_bytes(r, 8), plain;
    struct cbor_item item;
    for (size_t i = 0; i < rows->count; i++)
        if (subject.n == ROW_ID_BYTES && !memcmp(subject.p, rows->items[i].mapping.b, ROW_ID_BYTES))
            key = &rows->items[i].key;
    enum status st = unseal(l->arena, key, row_bytes(r, 6), bytes_of(T("about")), &plain);
    if (st) return st;
    struct cbor_reader in = cbor_reader(plain);
    if (cbor_next(&in, &item) || item.kind != CBOR_ARRAY || cbor_next(&in, &item) || item.kind != CBOR_INT)
        return STATUS_CORRUPT;
    e->own = item.integer;
    if (!cbor_next(&in, &item) && item.kind == CBOR_BYTES && item.bytes.n == CHANNEL_BYTES)
        memcpy(e->channel.b, item.bytes.p, CHANNEL_BYTES);
    return STATUS_OK;
}

static enum status read_of_case(struct listing *l, struct db *tx, const struct case_row *c,
                                const struct mapping_rows *rows) {
    struct rows r;
    enum status st =
        DB_QUERY(tx, &r, &OF_CASE, V_BYTES(row_id_bytes(&c->pseudonym)), V_INT((int64_t)l->most));
    while (!st && rows_next(&r)) {
        st = show(l, tx, &r);
        if (!st) st = show_about(l, c, rows, &r);
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status run_of_case(struct db *tx, void *arg) {
    struct listing *l = arg;
    struct case_row c;
    struct mapping_rows rows = {0};
    *l->out = (struct privacy_evidences){0};
    enum status st = case_find(l->s, tx, l->own, &c);
    if (!st) st = mappings_of_case(l->s, tx, &c, l->arena, &rows);
    if (!st) st = read_of_case(l, tx, &c, &rows);
    if (!st) st = evidence_add(l->s, tx, l->by, EVIDENCE_AUDITED, NULL, &c);
    for (size_t i = 0; i < rows.count; i++) mapping_row_wipe(&rows.items[i]);
    case_row_wipe(&c);
    return st;
}

enum status privacy_evidence_of(struct privacy *s, const struct privacy_reader *by, int64_t own, size_t most,
                                struct arena *a, struct privacy_evidences *out, struct problem *p) {
    struct listing l = {s, by, own, 0, most, a, out};
    enum status st = reader_check(s, by, PRIVACY_MAY_MAP | PRIVACY_MAY_AUDIT, p);
    if (!st) st = store_write_repeatable(s->store, run_of_case, &l);
    if (st == STATUS_NOT_FOUND) (void)problem(p, "own", "unknown", "problem.privacy.unknown");
    return st;
}

static enum status run_list(struct db *tx, void *arg) {
    struct listing *l = arg;
    struct rows r;
    *l->out = (struct privacy_evidences){0};
    enum status st = DB_QUERY(tx, &r, &LIST, V_INT(l->after), V_INT((int64_t)l->most));
    while (!st && rows_next(&r)) st = show(l, tx, &r);
    enum status end = rows_end(&r);
    if (!st) st = end;
    return st ? st : evidence_add(l->s, tx, l->by, EVIDENCE_AUDITED, NULL, NULL);
}

enum status privacy_evidence_list(struct privacy *s, const struct privacy_reader *by, int64_t after,
                                  size_t most, struct arena *a, struct privacy_evidences *out,
                                  struct problem *p) {
    struct listing l = {s, by, 0, after, most, a, out};
    enum status st = reader_check(s, by, PRIVACY_MAY_AUDIT, p);
    return st ? st : store_write_repeatable(s->store, run_list, &l);
}

static const struct sql NEWEST = SQL("privacy_evidence_newest", "select max(seq) from privacy_evidence");

enum status privacy_evidence_last(struct privacy *s, int64_t *seq) {
    struct db *db;
    enum status st = store_reader(s->store, &db);
    if (st) return st;
    st = DB_INT(db, seq, &NEWEST);
    store_reader_release(s->store, db);
    return st;
}

// ---- checking

enum { PAGE = 1000 };

static enum status check_page(struct db *db, struct arena *a, int64_t *seq, size_t *read,
                              struct privacy_audit *out) {
    struct rows r;
    enum status st = DB_QUERY(db, &r, &LIST, V_INT(*seq), V_INT(PAGE));
    for (*read = 0; !st && rows_next(&r); ++*read) {
        struct evidence_row e = {row_int(&r, 0), {row_int(&r, 1)}, row_int(&r, 2),  row_int(&r, 3),
                                 row_int(&r, 4), row_bytes(&r, 5), row_bytes(&r, 6)};
        struct bytes before = out->entries ? hash_bytes(&out->head) : (struct bytes){0},
                     said = row_bytes(&r, 7);
        struct hash h = evidence_hash(a, &e, before);
        bool fits = e.seq == out->entries + 1 && said.n == HASH_BYTES && !memcmp(said.p, h.b, HASH_BYTES);
        if (!fits && !out->wrong) out->wrong = e.seq;
        out->entries++;
        if (said.n == HASH_BYTES) memcpy(out->head.b, said.p, HASH_BYTES); // one that is wrong is named alone
        *seq = e.seq;
    }
    enum status end = rows_end(&r);
    arena_reset(a);
    return st ? st : end;
}

enum status privacy_audit(struct privacy *s, struct privacy_audit *out) {
    struct arena a = {0};
    struct db *db = NULL;
    int64_t seq = 0;
    size_t read = PAGE;
    *out = (struct privacy_audit){0};
    enum status st = store_reader_own(s->store, &db);
    while (!st && read == PAGE) st = check_page(db, &a, &seq, &read, out);
    store_reader_own_close(db);
    arena_free(&a);
    return st;
}
