// mapping.c - rows of cases, of mappings and of case keys: written sealed, read and opened.
#include <sodium.h>
#include <string.h>

#include "base/cbor.h"
#include "privacy/inside.h"

void case_row_wipe(struct case_row *c) {
    sodium_memzero(c, sizeof *c);
}

void mapping_row_wipe(struct mapping_row *m) {
    sodium_memzero(m, sizeof *m);
}

void privacy_mapping_wipe(struct privacy_mapping *m) {
    sodium_memzero(m, sizeof *m);
}

static enum status take_id(struct bytes b, struct row_id *out) {
    if (b.n != ROW_ID_BYTES) return STATUS_CORRUPT;
    memcpy(out->b, b.p, ROW_ID_BYTES);
    return STATUS_OK;
}

// ---- cases

static const struct sql CASE_FIND =
    SQL("privacy_case_find", "select pseudonym, service_key, wrapped, sealed, is_restricted from privacy_case"
                             " where finder = :finder");
static const struct sql CASE_ADD = SQL(
    "privacy_case_add", "insert into privacy_case (pseudonym, finder, service_key, wrapped, sealed,"
                        " is_restricted) values (:pseudonym, :finder, :service_key, :wrapped, :sealed, 0)");

static enum status open_own(const struct case_row *c, struct bytes sealed, int64_t *own) {
    struct arena a = {0};
    struct bytes plain;
    struct cbor_item item;
    enum status st = unseal(&a, &c->key, sealed, row_id_bytes(&c->pseudonym), &plain);
    struct cbor_reader r = cbor_reader(plain);
    if (!st) st = cbor_next(&r, &item);
    if (!st && item.kind != CBOR_INT) st = STATUS_CORRUPT;
    if (!st) *own = item.integer;
    arena_free(&a);
    return st;
}

// Of the columns pseudonym, service_key, wrapped, sealed, is_restricted from `first` on.
static enum status read_case(struct privacy *s, struct rows *r, int first, struct case_row *out) {
    enum status st = take_id(row_bytes(r, first), &out->pseudonym);
    struct wrapped_key w = {row_int(r, first + 1), row_bytes(r, first + 2)};
    if (!st) st = row_key_unwrap(s, &w, row_id_bytes(&out->pseudonym), &out->key);
    if (!st) st = open_own(out, row_bytes(r, first + 3), &out->own);
    out->is_restricted = row_int(r, first + 4) != 0;
    return st;
}

static const struct sql CASE_BY_ID = SQL(
    "privacy_case_by_id", "select pseudonym, service_key, wrapped, sealed, is_restricted from privacy_case"
                          " where pseudonym = :pseudonym");

static enum status case_one(struct privacy *s, struct db *db, const struct sql *sql, struct bytes key,
                            struct case_row *out) {
    struct rows r;
    enum status st = DB_ONE(db, &r, sql, V_BYTES(key));
    if (!st) st = read_case(s, &r, 0, out);
    enum status end = rows_end(&r);
    return st ? st : end;
}

enum status case_by_id(struct privacy *s, struct db *db, const struct row_id *pseudonym,
                       struct case_row *out) {
    *out = (struct case_row){0};
    return case_one(s, db, &CASE_BY_ID, row_id_bytes(pseudonym), out);
}

struct case_finding {
    struct privacy *s;
    struct db *db;
    int64_t own;
    struct case_row *out;
};

static enum status case_find_by(void *arg, const struct service_key *k) {
    struct case_finding *f = arg;
    struct hash finder = finder_of_own(k, f->own);
    return case_one(f->s, f->db, &CASE_FIND, hash_bytes(&finder), f->out);
}

enum status case_find(struct privacy *s, struct db *db, int64_t own, struct case_row *out) {
    struct case_finding f = {s, db, own, out};
    *out = (struct case_row){0};
    return find_by_each_key(s, case_find_by, &f);
}

enum status case_add(struct privacy *s, struct db *tx, int64_t own, struct case_row *out) {
    struct arena a = {0};
    struct out plain = {.arena = &a};
    struct service_key by;
    struct wrapped_key w;
    *out = (struct case_row){.key = key_random(s->env), .own = own};
    env_random(s->env, out->pseudonym.b, ROW_ID_BYTES);
    struct bytes id = row_id_bytes(&out->pseudonym);
    cbor_int(&plain, own);
    enum status st = row_key_wrap(s, &a, &out->key, id, &w);
    if (!st) st = service_key_of(s, w.service_key, &by);
    if (!st) {
        struct hash finder = finder_of_own(&by, own);
        struct bytes sealed = seal(&a, s->env, &out->key, bytes_of(out_done(&plain)), id);
        st = DB_RUN(tx, &CASE_ADD, V_BYTES(id), V_BYTES(hash_bytes(&finder)), V_INT(w.service_key),
                    V_BYTES(w.wrapped), V_BYTES(sealed));
        sodium_memzero(&by, sizeof by);
    }
    arena_free(&a);
    return st;
}

// ---- what a mapping says: [channel, coordinator, [members], ground]

static void print_mapping(struct out *o, const struct privacy_mapping *m) {
    cbor_array(o, 4);
    cbor_bytes(o, channel_bytes(&m->channel));
    cbor_int(o, m->coordinator);
    cbor_array(o, m->member_count);
    for (size_t i = 0; i < m->member_count; i++) cbor_int(o, m->members[i]);
    cbor_text(o, m->ground);
}

static bool next_is(struct cbor_reader *r, enum cbor_kind kind, struct cbor_item *item) {
    return cbor_next(r, item) == STATUS_OK && item->kind == kind;
}

static bool next_code(struct cbor_reader *r, uint32_t *code) {
    struct cbor_item item;
    if (!next_is(r, CBOR_INT, &item) || item.integer < 0 || item.integer > UINT32_MAX) return false;
    *code = (uint32_t)item.integer;
    return true;
}

static bool read_said(struct bytes plain, struct arena *a, struct privacy_mapping *m) {
    struct cbor_reader r = cbor_reader(plain);
    struct cbor_item item;
    if (!next_is(&r, CBOR_ARRAY, &item) || item.integer != 4) return false;
    if (!next_is(&r, CBOR_BYTES, &item) || item.bytes.n != CHANNEL_BYTES) return false;
    memcpy(m->channel.b, item.bytes.p, CHANNEL_BYTES);
    if (!next_code(&r, &m->coordinator) || !next_is(&r, CBOR_ARRAY, &item)) return false;
    if (item.integer < 0 || item.integer > PRIVACY_MEMBERS_MAX) return false;
    m->member_count = (size_t)item.integer;
    for (size_t i = 0; i < m->member_count; i++)
        if (!next_code(&r, &m->members[i])) return false;
    if (!next_is(&r, CBOR_TEXT, &item)) return false;
    m->ground = text_copy(a, item.text);
    return true;
}

// ---- mappings

#define MAPPING_COLUMNS                                                                                  \
    "select c.pseudonym, c.service_key, c.wrapped, c.sealed, c.is_restricted, m.mapping, m.service_key," \
    " m.wrapped, m.sealed, m.phase, m.state, m.delete_after, m.opened_at, m.closed_at"                   \
    " from privacy_mapping m join privacy_case c on c.pseudonym = m.pseudonym"

static const struct sql MAPPING_FIND =
    SQL("privacy_mapping_find", MAPPING_COLUMNS " where m.finder = :finder");
static const struct sql MAPPINGS_OF_CASE =
    SQL("privacy_mappings_of_case", MAPPING_COLUMNS " where m.pseudonym = :pseudonym order by m.phase desc");
static const struct sql MAPPING_BY_ID =
    SQL("privacy_mapping_by_id", MAPPING_COLUMNS " where m.mapping = :mapping");
static const struct sql MAPPING_ADD =
    SQL("privacy_mapping_add",
        "insert into privacy_mapping (mapping, pseudonym, phase, finder, service_key, wrapped, sealed, state,"
        " delete_after, opened_at, closed_at) values (:mapping, :pseudonym, :phase, :finder, :service_key,"
        " :wrapped, :sealed, :state, :delete_after, :opened_at, :closed_at)");
static const struct sql MAPPING_CHANGE =
    SQL("privacy_mapping_change",
        "update privacy_mapping set pseudonym = :pseudonym, phase = :phase, sealed = :sealed, state = :state,"
        " delete_after = :delete_after, closed_at = :closed_at where mapping = :mapping");
static const struct sql LAST_PHASE =
    SQL("privacy_last_phase", "select max(phase) from privacy_mapping where pseudonym = :pseudonym");

static enum status open_said(struct mapping_row *m, struct bytes sealed, struct arena *a) {
    struct bytes plain;
    enum status st = unseal(a, &m->key, sealed, row_id_bytes(&m->mapping), &plain);
    return !st && !read_said(plain, a, &m->shown) ? STATUS_CORRUPT : st;
}

static enum status read_mapping(struct privacy *s, struct rows *r, struct arena *a, struct mapping_row *out) {
    *out = (struct mapping_row){0};
    enum status st = read_case(s, r, 0, &out->of);
    if (!st) st = take_id(row_bytes(r, 5), &out->mapping);
    struct wrapped_key w = {row_int(r, 6), row_bytes(r, 7)};
    if (!st) st = row_key_unwrap(s, &w, row_id_bytes(&out->mapping), &out->key);
    if (!st) st = open_said(out, row_bytes(r, 8), a);
    struct privacy_mapping *m = &out->shown;
    m->own = out->of.own;
    m->is_restricted = out->of.is_restricted;
    m->phase = (int32_t)row_int(r, 9);
    m->state = (enum privacy_state)row_int(r, 10);
    m->delete_after = date_from_days(row_int(r, 11));
    m->opened_at.ms = row_int(r, 12);
    m->closed_at.ms = row_int(r, 13);
    return st;
}

struct mapping_finding {
    struct privacy *s;
    struct db *db;
    const struct channel_id *name;
    struct arena *arena;
    struct mapping_row *out;
};

static enum status mapping_one(struct privacy *s, struct db *db, const struct sql *sql, struct bytes key,
                               struct arena *a, struct mapping_row *out) {
    struct rows r;
    enum status st = DB_ONE(db, &r, sql, V_BYTES(key));
    if (!st) st = read_mapping(s, &r, a, out);
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status mapping_find_by(void *arg, const struct service_key *k) {
    struct mapping_finding *f = arg;
    struct hash finder = finder_of_channel(k, f->name);
    return mapping_one(f->s, f->db, &MAPPING_FIND, hash_bytes(&finder), f->arena, f->out);
}

enum status mapping_find_named(struct privacy *s, struct db *db, const struct channel_id *erased_name,
                               struct arena *a, struct mapping_row *out) {
    struct mapping_finding f = {s, db, erased_name, a, out};
    *out = (struct mapping_row){0};
    return find_by_each_key(s, mapping_find_by, &f);
}

enum status mapping_find(struct privacy *s, struct db *db, const struct channel_id *channel, struct arena *a,
                         struct mapping_row *out) {
    struct channel_id name = privacy_erased_name(channel);
    return mapping_find_named(s, db, &name, a, out);
}

enum status mapping_by_id(struct privacy *s, struct db *db, const struct row_id *id, struct arena *a,
                          struct mapping_row *out) {
    *out = (struct mapping_row){0};
    return mapping_one(s, db, &MAPPING_BY_ID, row_id_bytes(id), a, out);
}

enum status mappings_of_case(struct privacy *s, struct db *db, const struct case_row *of, struct arena *a,
                             struct mapping_rows *out) {
    struct rows r;
    *out = (struct mapping_rows){0};
    enum status st = DB_QUERY(db, &r, &MAPPINGS_OF_CASE, V_BYTES(row_id_bytes(&of->pseudonym)));
    while (!st && rows_next(&r)) st = read_mapping(s, &r, a, ARENA_PUSH(a, out));
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status next_phase(struct db *tx, const struct case_row *of, int32_t *phase) {
    int64_t last = 0;
    enum status st = DB_INT(tx, &last, &LAST_PHASE, V_BYTES(row_id_bytes(&of->pseudonym)));
    if (!st && last >= PRIVACY_CHANNELS_MAX) st = STATUS_TOO_LARGE;
    *phase = (int32_t)last + 1;
    return st;
}

static struct bytes seal_said(struct privacy *s, struct arena *a, const struct mapping_row *m) {
    struct out o = {.arena = a};
    print_mapping(&o, &m->shown);
    return seal(a, s->env, &m->key, bytes_of(out_done(&o)), row_id_bytes(&m->mapping));
}

enum status mapping_add(struct privacy *s, struct db *tx, struct mapping_row *m) {
    struct arena a = {0};
    struct service_key by = {0};
    struct wrapped_key w;
    m->key = key_random(s->env);
    env_random(s->env, m->mapping.b, ROW_ID_BYTES);
    m->shown.own = m->of.own;
    m->shown.is_restricted = m->of.is_restricted;
    enum status st = next_phase(tx, &m->of, &m->shown.phase);
    if (!st) st = row_key_wrap(s, &a, &m->key, row_id_bytes(&m->mapping), &w);
    if (!st) st = service_key_of(s, w.service_key, &by);
    if (!st) {
        struct channel_id name = privacy_erased_name(&m->shown.channel);
        struct hash finder = finder_of_channel(&by, &name);
        st = DB_RUN(
            tx, &MAPPING_ADD, V_BYTES(row_id_bytes(&m->mapping)), V_BYTES(row_id_bytes(&m->of.pseudonym)),
            V_INT(m->shown.phase), V_BYTES(hash_bytes(&finder)), V_INT(w.service_key), V_BYTES(w.wrapped),
            V_BYTES(seal_said(s, &a, m)), V_INT(m->shown.state), V_INT(date_to_days(m->shown.delete_after)),
            V_INT(m->shown.opened_at.ms), V_INT(m->shown.closed_at.ms));
    }
    sodium_memzero(&by, sizeof by);
    arena_free(&a);
    return st;
}

enum status mapping_change(struct privacy *s, struct db *tx, struct mapping_row *m) {
    struct arena a = {0};
    enum status st = STATUS_OK;
    if (m->of.own != m->shown.own) { // it goes to another case, behind that one's phases
        m->shown.own = m->of.own;
        m->shown.is_restricted = m->of.is_restricted;
        st = next_phase(tx, &m->of, &m->shown.phase);
    }
    if (!st)
        st = DB_RUN(tx, &MAPPING_CHANGE, V_BYTES(row_id_bytes(&m->of.pseudonym)), V_INT(m->shown.phase),
                    V_BYTES(seal_said(s, &a, m)), V_INT(m->shown.state),
                    V_INT(date_to_days(m->shown.delete_after)), V_INT(m->shown.closed_at.ms),
                    V_BYTES(row_id_bytes(&m->mapping)));
    arena_free(&a);
    return st;
}

// ---- case keys

static const struct sql KEY_ADD =
    SQL("privacy_case_key_add", "insert into privacy_case_key (mapping, epoch, sealed, made_at)"
                                " values (:mapping, :epoch, :sealed, :at)");
static const struct sql KEY_NEWEST =
    SQL("privacy_case_key_newest", "select epoch, sealed from privacy_case_key where mapping = :mapping"
                                   " order by epoch desc limit 1");
static const struct sql KEY_OF =
    SQL("privacy_case_key_of",
        "select epoch, sealed from privacy_case_key where mapping = :mapping and epoch = :epoch");

// Sealed for its place: the mapping and the epoch.
static struct bytes key_place(struct arena *a, const struct mapping_row *m, uint32_t epoch) {
    uint8_t *place = arena_alloc(a, ROW_ID_BYTES + 4);
    memcpy(place, m->mapping.b, ROW_ID_BYTES);
    for (int i = 0; i < 4; i++) place[ROW_ID_BYTES + i] = (uint8_t)(epoch >> (24 - 8 * i));
    return (struct bytes){place, ROW_ID_BYTES + 4};
}

enum status case_key_add(struct privacy *s, struct db *tx, struct mapping_row *m, uint32_t epoch,
                         const struct key *key) {
    struct arena a = {0};
    struct bytes sealed =
        seal(&a, s->env, &m->key, (struct bytes){key->b, KEY_BYTES}, key_place(&a, m, epoch));
    enum status st = DB_RUN(tx, &KEY_ADD, V_BYTES(row_id_bytes(&m->mapping)), V_INT(epoch), V_BYTES(sealed),
                            V_INT(env_now(s->env).ms));
    arena_free(&a);
    m->shown.epoch = epoch;
    m->shown.key = *key;
    return st;
}

static enum status open_key(struct mapping_row *m, struct rows *r) {
    struct arena a = {0};
    struct bytes plain = {0};
    m->shown.epoch = (uint32_t)row_int(r, 0);
    enum status st = unseal(&a, &m->key, row_bytes(r, 1), key_place(&a, m, m->shown.epoch), &plain);
    if (!st && plain.n != KEY_BYTES) st = STATUS_CORRUPT;
    if (!st) memcpy(m->shown.key.b, plain.p, KEY_BYTES);
    if (plain.n) sodium_memzero((void *)(uintptr_t)plain.p, plain.n);
    arena_free(&a);
    return st;
}

enum status case_key_of(struct privacy *s, struct db *db, struct mapping_row *m, uint32_t epoch) {
    struct rows r;
    struct value mapping = V_BYTES(row_id_bytes(&m->mapping));
    (void)s;
    enum status st =
        epoch ? DB_ONE(db, &r, &KEY_OF, mapping, V_INT(epoch)) : DB_ONE(db, &r, &KEY_NEWEST, mapping);
    if (!st) st = open_key(m, &r);
    enum status end = rows_end(&r);
    return st ? st : end;
}
