// member_read.c - a directory of authorities as JSON.
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/encode.h"
#include "base/json.h"
#include "exchange/member.h"
#include "pack/exchange_law.h"
#include "pack/reading.h"

// A day (its first moment, UTC) or a moment; absent: 0.
static enum status read_moment(const struct reading *r, const json_t *j, const char *name,
                               struct moment *out) {
    struct text t;
    struct date day;
    *out = (struct moment){0};
    enum status st = reading_text(r, j, name, &t);
    if (st || !t.n) return st;
    if (date_parse(t, &day) == STATUS_OK && date_is_full(day)) t = TEXT_JOIN(r->a, t, T("T00:00:00Z"));
    return moment_parse(t, out) || out->ms <= 0 ? reading_fail(r, name, "value_date", t) : STATUS_OK;
}

static enum status read_32(const struct reading *r, const json_t *j, const char *name, uint8_t out[32]) {
    struct text t;
    struct bytes b = {0};
    enum status st = reading_need_text(r, j, name, &t);
    if (st) return st;
    if (hex_decode(r->a, t, &b) || b.n != 32) return reading_fail(r, name, "key_form", t);
    memcpy(out, b.p, 32);
    return STATUS_OK;
}

static enum status read_period(const struct reading *r, const json_t *j, struct moment *from,
                               struct moment *until) {
    enum status st = read_moment(r, j, "from", from);
    if (!st && !from->ms) st = reading_fail(r, NULL, "member_missing", T("from"));
    if (!st) st = read_moment(r, j, "until", until);
    if (!st && until->ms && until->ms <= from->ms)
        st = reading_fail(r, "until", "value_range", T("after from"));
    return st;
}

static enum status read_key(const struct reading *r, const json_t *j, void *context) {
    static const char *const KNOWN[] = {"number", "signing", "sealing", "tls", "privacy",
                                        "from",   "until",   "revoked", NULL};
    struct member *m = context;
    struct member_key *k = &m->keys[m->key_count++];
    int64_t number = 0;
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = reading_int(r, j, "number", 1, MEMBER_KEYS_MAX, &number);
    if (!st && number != (int64_t)m->key_count)
        st = reading_fail(r, "number", "value_range", text_printf(r->a, "%zu", m->key_count));
    k->number = (uint32_t)number;
    if (!st) st = read_32(r, j, "signing", k->signing);
    if (!st) st = read_32(r, j, "sealing", k->sealing);
    if (!st) st = read_32(r, j, "tls", k->tls.b);
    k->has_privacy = json_object_get(j, "privacy") != NULL;
    if (!st && k->has_privacy) st = read_32(r, j, "privacy", k->privacy);
    if (!st) st = read_period(r, j, &k->from, &k->until);
    return st ? st : read_moment(r, j, "revoked", &k->revoked);
}

// https://HOST and a port or path; http only on this machine, for tests and behind a proxy of one's own;
// "nats:" by the broker of our trust domain, "xroad:" by our security server.
static bool is_address(struct text t) {
    if (text_eq(t, T("nats:")) || text_eq(t, T("xroad:"))) return true;
    bool known = text_starts(t, T("https://")) || text_starts(t, T("http://127.0.0.1:"));
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] <= ' ' || t.p[i] > '~' || strchr("\"<>\\@", t.p[i])) return false;
    return known && t.n <= MEMBER_ADDRESS_MAX;
}

static enum status read_about(const struct reading *r, const json_t *j, struct member *m) {
    struct text roles;
    int64_t code = 0;
    enum status st = reading_int(r, j, "code", 1, UINT32_MAX, &code);
    if (!st && !code) st = reading_fail(r, NULL, "member_missing", T("code"));
    m->code = (uint32_t)code;
    if (!st) st = reading_need_text(r, j, "name", &m->name);
    if (!st && m->name.n > MEMBER_NAME_MAX) st = reading_fail(r, "name", "value_range", T("200"));
    if (!st) st = reading_need_text(r, j, "roles", &roles);
    if (!st && !exchange_roles_read(roles, &m->roles)) st = reading_fail(r, "roles", "value_unknown", roles);
    if (!st) st = reading_need_text(r, j, "address", &m->address);
    if (!st && !is_address(m->address)) st = reading_fail(r, "address", "value_unknown", m->address);
    return st ? st : read_period(r, j, &m->from, &m->until);
}

static enum status read_member(const struct reading *r, const json_t *j, void *context) {
    static const char *const KNOWN[] = {"code", "name", "roles", "address", "from", "until", "keys", NULL};
    struct members *list = context;
    struct member *m = ARENA_PUSH(r->a, list);
    m->keys = ARENA_ARRAY(r->a, struct member_key, json_array_size(json_object_get(j, "keys")) + 1);
    enum status st = reading_only(r, j, KNOWN);
    if (!st) st = read_about(r, j, m);
    if (!st) st = reading_list(r, j, "keys", MEMBER_KEYS_MAX, read_key, m);
    return !st && !m->key_count ? reading_fail(r, NULL, "member_missing", T("keys")) : st;
}

static int by_code(const void *x, const void *y) {
    const struct member *a = x, *b = y;
    return (a->code > b->code) - (a->code < b->code);
}

static enum status check_unique(const struct reading *r, const struct members *list) {
    for (size_t i = 1; i < list->count; i++)
        if (list->items[i].code == list->items[i - 1].code)
            return reading_fail(r, "members", "duplicate", text_printf(r->a, "%u", list->items[i].code));
    return STATUS_OK;
}

enum status members_read(struct arena *a, struct text in, struct members *out, struct problem *p) {
    static const char *const KNOWN[] = {"members", NULL};
    json_t *j;
    *out = (struct members){0};
    enum status st = json_read(in, MEMBER_FILE_MAX, &j, p);
    if (st) return st;
    const struct reading r = {a, p, T("")};
    st = reading_only(&r, j, KNOWN);
    if (!st) st = reading_list(&r, j, "members", MEMBERS_MAX, read_member, out);
    if (!st && !out->count) st = reading_fail(&r, NULL, "member_missing", T("members"));
    json_decref(j);
    if (st) return st;
    qsort(out->items, out->count, sizeof *out->items, by_code);
    return check_unique(&r, out);
}
