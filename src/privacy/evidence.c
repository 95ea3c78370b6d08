// evidence.c - who read or changed which mapping, when, and for what: a chain of hashes (ledger.md section 5,
// 10).
//
// The chain goes over sealed bytes, so that it stays whole when what they say is forgotten: the reader's name
// ten years later, by erasing the key of that year; what it was about at once, with the mapping's own key.
#include <string.h>

#include "base/cbor.h"
#include "privacy/inside.h"

static const struct sql LAST =
    SQL("privacy_evidence_last", "select seq, hash from privacy_evidence order by seq desc limit 1");
static const struct sql ADD =
    SQL("privacy_evidence_add",
        "insert into privacy_evidence (seq, at, act, purpose, year, reader, about, hash, subject)"
        " values (:seq, :at, :act, :purpose, :year, :reader, :about, :hash, :subject)");
static const struct sql YEAR_KEY =
    SQL("privacy_evidence_key", "select service_key, wrapped from privacy_evidence_key where year = :year");
static const struct sql YEAR_KEY_ADD =
    SQL("privacy_evidence_key_add", "insert into privacy_evidence_key (year, service_key, wrapped)"
                                    " values (:year, :service_key, :wrapped)");

static struct bytes year_context(struct arena *a, int64_t year) {
    return bytes_of(text_printf(a, "evidence %lld", (long long)year));
}

enum status evidence_year_key(struct privacy *s, struct db *db, struct arena *a, int64_t year,
                              struct key *out) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &YEAR_KEY, V_INT(year));
    struct wrapped_key w;
    if (!st) {
        w = (struct wrapped_key){row_int(&r, 0), row_bytes(&r, 1)};
        st = row_key_unwrap(s, &w, year_context(a, year), out);
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status evidence_year_wrap(struct privacy *s, struct arena *a, int64_t year, const struct key *key,
                               struct wrapped_key *out) {
    return row_key_wrap(s, a, key, year_context(a, year), out);
}

static enum status year_key(struct privacy *s, struct db *tx, struct arena *a, int64_t year,
                            struct key *out) {
    struct wrapped_key w;
    enum status st = evidence_year_key(s, tx, a, year, out);
    if (st != STATUS_NOT_FOUND) return st;
    *out = key_random(s->env);
    st = evidence_year_wrap(s, a, year, out, &w);
    return st ? st : DB_RUN(tx, &YEAR_KEY_ADD, V_INT(year), V_INT(w.service_key), V_BYTES(w.wrapped));
}

struct hash evidence_hash(struct arena *a, const struct evidence_row *e, struct bytes before) {
    struct out o = {.arena = a};
    cbor_array(&o, 8);
    cbor_bytes(&o, before);
    cbor_int(&o, e->seq);
    cbor_int(&o, e->at.ms);
    cbor_int(&o, e->act);
    cbor_int(&o, e->purpose);
    cbor_int(&o, e->year);
    cbor_bytes(&o, e->reader);
    cbor_bytes(&o, e->about);
    return hash_of(bytes_of(out_done(&o)));
}

static enum status last(struct db *tx, struct arena *a, int64_t *seq, struct bytes *hash) {
    struct rows r;
    *seq = 0;
    *hash = (struct bytes){0};
    enum status st = DB_ONE(tx, &r, &LAST);
    if (!st) {
        *seq = row_int(&r, 0);
        *hash = bytes_copy(a, row_bytes(&r, 1));
    }
    enum status end = rows_end(&r);
    return st && st != STATUS_NOT_FOUND ? st : end;
}

// [who, ground] under the year's key.
enum status reader_seal(struct privacy *s, struct db *tx, struct arena *a, const struct privacy_reader *by,
                        int64_t *year, struct bytes *sealed) {
    struct out o = {.arena = a};
    struct key key = {0};
    *year = today(s).year;
    cbor_array(&o, 2);
    cbor_text(&o, by->who);
    cbor_text(&o, by->ground);
    enum status st = year_key(s, tx, a, *year, &key);
    if (!st) *sealed = seal(a, s->env, &key, bytes_of(out_done(&o)), bytes_of(T("reader")));
    key_wipe(&key);
    return st;
}

static bool read_reader(struct bytes plain, struct text *who, struct text *ground) {
    struct cbor_reader r = cbor_reader(plain);
    struct cbor_item list, name, law;
    if (cbor_next(&r, &list) || list.kind != CBOR_ARRAY || list.integer != 2) return false;
    if (cbor_next(&r, &name) || name.kind != CBOR_TEXT || cbor_next(&r, &law) || law.kind != CBOR_TEXT)
        return false;
    *who = name.text;
    *ground = law.text;
    return true;
}

enum status reader_open(struct privacy *s, struct db *db, struct arena *a, int64_t year, struct bytes sealed,
                        struct text *who, struct text *ground) {
    struct key key = {0};
    struct bytes plain;
    *who = *ground = T("");
    enum status st = evidence_year_key(s, db, a, year, &key);
    if (st == STATUS_NOT_FOUND) return STATUS_OK; // forgotten
    if (!st) st = unseal(a, &key, sealed, bytes_of(T("reader")), &plain);
    if (!st && !read_reader(plain, who, ground)) st = STATUS_CORRUPT;
    key_wipe(&key);
    return st;
}

// [own id, channel or null] under the key of the row that it is about. Of nobody: no bytes.
static struct bytes seal_about(struct privacy *s, struct arena *a, const struct mapping_row *m,
                               const struct case_row *c) {
    struct out o = {.arena = a};
    if (!m && !c) return bytes_of(T(""));
    cbor_array(&o, 2);
    cbor_int(&o, m ? m->of.own : c->own);
    if (m)
        cbor_bytes(&o, channel_bytes(&m->shown.channel));
    else
        cbor_null(&o);
    return seal(a, s->env, m ? &m->key : &c->key, bytes_of(out_done(&o)), bytes_of(T("about")));
}

enum status evidence_add(struct privacy *s, struct db *tx, const struct privacy_reader *by,
                         enum evidence_act act, const struct mapping_row *m, const struct case_row *c) {
    struct arena a = {0};
    struct bytes before;
    struct evidence_row e = {.at = env_now(s->env), .act = act, .purpose = by->purpose};
    enum status st = last(tx, &a, &e.seq, &before);
    if (!st) st = reader_seal(s, tx, &a, by, &e.year, &e.reader);
    if (!st) {
        e.seq++;
        e.about = seal_about(s, &a, m, c);
        struct hash h = evidence_hash(&a, &e, before);
        struct value subject = m   ? V_BYTES(row_id_bytes(&m->mapping))
                               : c ? V_BYTES(row_id_bytes(&c->pseudonym))
                                   : V_NULL;
        st = DB_RUN(tx, &ADD, V_INT(e.seq), V_INT(e.at.ms), V_INT(e.act), V_INT(e.purpose), V_INT(e.year),
                    V_BYTES(e.reader), V_BYTES(e.about), V_BYTES(hash_bytes(&h)), subject);
    }
    arena_free(&a);
    return st;
}
