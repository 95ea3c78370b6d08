// member_do.c - the directory as events of our own log, and the tables that they make.
#include <string.h>

#include "exchange/events.h"
#include "exchange/member.h"

static const struct sql PUT =
    SQL("exchange_member_put",
        "insert into exchange_member (code, name, roles, address, valid_from, valid_until)"
        " values (:code, :name, :roles, :address, :from, :until) on conflict (code) do update set"
        " name = excluded.name, roles = excluded.roles, address = excluded.address,"
        " valid_from = excluded.valid_from, valid_until = excluded.valid_until");
static const struct sql PUT_KEY = SQL(
    "exchange_key_put", "insert into exchange_member_key (code, number, signing, sealing, privacy, tls, valid_from,"
                        " valid_until, revoked_at)"
                        " values (:code, :number, :signing, :sealing, :privacy, :tls, :from, :until, 0)");
static const struct sql REVOKE = SQL("exchange_key_revoke", "update exchange_member_key set revoked_at = :at"
                                                            " where code = :code and number = :number");
static const struct sql ALL =
    SQL("exchange_members", "select code, name, roles, address, valid_from, valid_until from exchange_member"
                            " order by code");
static const struct sql ALL_KEYS =
    SQL("exchange_keys", "select code, number, signing, sealing, tls, valid_from, valid_until, revoked_at, privacy"
                         " from exchange_member_key order by code, number");

static const struct sql CHANGED =
    SQL("exchange_directory_changed", "insert into exchange_directory (one, seq) values (1, :seq)"
                                      " on conflict (one) do update set seq = excluded.seq");
static const struct sql VERSION =
    SQL("exchange_directory", "select seq from exchange_directory where one = 1");

// ---- events

static enum status apply_member(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &PUT, V_INT(event_int(e, "code")), V_TEXT(event_text(e, "name")),
                            V_INT(event_int(e, "roles")), V_TEXT(event_text(e, "address")),
                            V_INT(event_int(e, "from")), V_INT(event_int(e, "until")));
    return st ? st : DB_RUN(db, &CHANGED, V_INT(e->seq));
}

static enum status apply_key(struct db *db, const struct event *e) {
    static const struct bytes NOTHING = {(const uint8_t *)"", 0};
    struct bytes privacy = event_bytes(e, "privacy");
    enum status st =
        DB_RUN(db, &PUT_KEY, V_INT(event_int(e, "code")), V_INT(event_int(e, "number")),
               V_BYTES(event_bytes(e, "signing")), V_BYTES(event_bytes(e, "sealing")),
               V_BYTES(privacy.n ? privacy : NOTHING),
               V_BYTES(event_bytes(e, "tls")), V_INT(event_int(e, "from")), V_INT(event_int(e, "until")));
    return st ? st : DB_RUN(db, &CHANGED, V_INT(e->seq));
}

static enum status apply_revoked(struct db *db, const struct event *e) {
    enum status st = DB_RUN(db, &REVOKE, V_INT(event_int(e, "revoked")), V_INT(event_int(e, "code")),
                            V_INT(event_int(e, "number")));
    return st ? st : DB_RUN(db, &CHANGED, V_INT(e->seq));
}

static const struct event_type MEMBER_ADDED = {"exchange_member_added", apply_member};
static const struct event_type KEY_ROTATED = {"exchange_key_rotated", apply_key};
static const struct event_type KEY_REVOKED = {"exchange_key_revoked", apply_revoked};
const struct event_type *const exchange_event_types[] = {
    &MEMBER_ADDED,         &KEY_ROTATED,       &KEY_REVOKED,          &EXCHANGE_SENT,
    &EXCHANGE_RECEIVED,    &EXCHANGE_REFUSED,  &EXCHANGE_MISSIVE_SENT, &EXCHANGE_MISSIVE_RECEIVED, NULL};

// ---- reading

static void copy_32(uint8_t out[32], struct bytes b) {
    if (b.n == 32) memcpy(out, b.p, 32);
}

static enum status load_keys(struct db *db, struct arena *a, struct members *list) {
    struct rows r;
    size_t at = 0;
    enum status st = DB_QUERY(db, &r, &ALL_KEYS);
    while (!st && rows_next(&r)) {
        while (at < list->count && list->items[at].code < row_int(&r, 0)) at++;
        if (at == list->count) break;
        struct member *m = &list->items[at];
        if (m->code != row_int(&r, 0) || m->key_count == MEMBER_KEYS_MAX) continue;
        if (!m->keys) m->keys = ARENA_ARRAY(a, struct member_key, MEMBER_KEYS_MAX);
        struct member_key *k = &m->keys[m->key_count++];
        *k = (struct member_key){.number = (uint32_t)row_int(&r, 1),
                                 .from = {row_int(&r, 5)},
                                 .until = {row_int(&r, 6)},
                                 .revoked = {row_int(&r, 7)}};
        copy_32(k->signing, row_bytes(&r, 2));
        copy_32(k->sealing, row_bytes(&r, 3));
        copy_32(k->tls.b, row_bytes(&r, 4));
        k->has_privacy = row_bytes(&r, 8).n == MEMBER_KEY_BYTES;
        copy_32(k->privacy, row_bytes(&r, 8));
    }
    enum status end_of = rows_end(&r);
    return st ? st : end_of;
}

enum status members_load(struct db *db, struct arena *a, struct members *out) {
    struct rows r;
    *out = (struct members){0};
    enum status st = DB_QUERY(db, &r, &ALL);
    while (!st && rows_next(&r))
        *ARENA_PUSH(a, out) = (struct member){.code = (uint32_t)row_int(&r, 0),
                                              .name = text_copy(a, row_text(&r, 1)),
                                              .roles = (uint32_t)row_int(&r, 2),
                                              .address = text_copy(a, row_text(&r, 3)),
                                              .from = {row_int(&r, 4)},
                                              .until = {row_int(&r, 5)}};
    enum status end = rows_end(&r);
    if (!st) st = end;
    return st ? st : load_keys(db, a, out);
}

enum status members_version(struct db *db, int64_t *out) {
    enum status st = DB_INT(db, out, &VERSION);
    if (st == STATUS_NOT_FOUND) *out = 0;
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

// ---- changing

static enum status fail(struct write *w, struct problem *p, const char *rule, int64_t what) {
    enum status st = problem(p, "member", rule, text_c(w->arena, text_printf(w->arena, "problem.%s", rule)));
    if (p) problem_arg(p, "what", text_printf(w->arena, "%lld", (long long)what));
    return st;
}

enum status member_add(struct write *w, int64_t actor, const struct member *m, struct problem *p) {
    if (!m->code || !m->name.n || !m->roles) return fail(w, p, "member.incomplete", m->code);
    struct events *list = events_new(w->arena);
    struct event_draft *d = events_add(list, &MEMBER_ADDED, 0, 0);
    draft_int(d, "code", m->code);
    draft_text(d, "name", m->name);
    draft_int(d, "roles", m->roles);
    draft_text(d, "address", m->address);
    draft_int(d, "from", m->from.ms);
    draft_int(d, "until", m->until.ms);
    return write_events(w, actor, list);
}

static enum status find(struct write *w, uint32_t code, struct members *list, const struct member **out,
                        struct problem *p) {
    enum status st = members_load(w->db, w->arena, list);
    if (st) return st;
    *out = member_of(list, code);
    return *out ? STATUS_OK : fail(w, p, "member.unknown", code);
}

enum status member_key_add(struct write *w, int64_t actor, uint32_t code, const struct member_key *k,
                           struct problem *p) {
    struct members all;
    const struct member *m = NULL;
    enum status st = find(w, code, &all, &m, p);
    if (st) return st;
    if (m->key_count == MEMBER_KEYS_MAX || k->number != m->key_count + 1)
        return fail(w, p, "member.key_number", (int64_t)m->key_count + 1);
    struct events *list = events_new(w->arena);
    struct event_draft *d = events_add(list, &KEY_ROTATED, 0, 0);
    draft_int(d, "code", code);
    draft_int(d, "number", k->number);
    draft_bytes(d, "signing", (struct bytes){k->signing, MEMBER_KEY_BYTES});
    draft_bytes(d, "sealing", (struct bytes){k->sealing, MEMBER_KEY_BYTES});
    if (k->has_privacy) draft_bytes(d, "privacy", (struct bytes){k->privacy, MEMBER_KEY_BYTES});
    draft_bytes(d, "tls", hash_bytes(&k->tls));
    draft_int(d, "from", k->from.ms);
    draft_int(d, "until", k->until.ms);
    return write_events(w, actor, list);
}

enum status member_key_revoke(struct write *w, int64_t actor, uint32_t code, uint32_t number,
                              struct moment from, struct problem *p) {
    struct members all;
    const struct member *m = NULL;
    enum status st = find(w, code, &all, &m, p);
    if (st) return st;
    const struct member_key *k = member_key_of(m, number);
    if (!k) return fail(w, p, "member.key_unknown", number);
    if (k->revoked.ms) return fail(w, p, "member.key_revoked", number);
    struct events *list = events_new(w->arena);
    struct event_draft *d = events_add(list, &KEY_REVOKED, 0, 0);
    draft_int(d, "code", code);
    draft_int(d, "number", number);
    draft_int(d, "revoked", from.ms);
    return write_events(w, actor, list);
}

// ---- a whole directory

static bool is_same(const struct member *a, const struct member *b) {
    return text_eq(a->name, b->name) && a->roles == b->roles && text_eq(a->address, b->address) &&
           a->from.ms == b->from.ms && a->until.ms == b->until.ms;
}

static bool is_same_key(const struct member_key *a, const struct member_key *b) {
    return !memcmp(a->signing, b->signing, MEMBER_KEY_BYTES) &&
           !memcmp(a->sealing, b->sealing, MEMBER_KEY_BYTES) && hash_eq(&a->tls, &b->tls) &&
           a->has_privacy == b->has_privacy && !memcmp(a->privacy, b->privacy, MEMBER_KEY_BYTES) &&
           a->from.ms == b->from.ms && a->until.ms == b->until.ms;
}

// Keys are never changed: one with a known number must be the same.
static enum status take_keys(struct write *w, int64_t actor, const struct member *m,
                             const struct member *known, struct problem *p) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < m->key_count && !st; i++) {
        const struct member_key *k = &m->keys[i], *old = known ? member_key_of(known, k->number) : NULL;
        if (old && !is_same_key(k, old)) return fail(w, p, "member.key_changed", k->number);
        if (!old) st = member_key_add(w, actor, m->code, k, p);
        if (!st && k->revoked.ms && !(old && old->revoked.ms))
            st = member_key_revoke(w, actor, m->code, k->number, k->revoked, p);
    }
    return st;
}

enum status members_take(struct write *w, int64_t actor, const struct members *list, struct problem *p) {
    struct members known;
    enum status st = members_load(w->db, w->arena, &known);
    for (size_t i = 0; i < list->count && !st; i++) {
        const struct member *m = &list->items[i], *old = member_of(&known, m->code);
        if (!old || !is_same(m, old)) st = member_add(w, actor, m, p);
        if (!st) st = take_keys(w, actor, m, old, p);
    }
    return st;
}
