// xroad_options.c - the file of --xroad.
#include "exchange/xroad.h"
#include "pack/reading.h"
#include "store/file.h"

static enum status read_id(const struct reading *r, const json_t *o, const char *member, enum xroad_kind kind,
                           struct xroad_id *out) {
    struct text written;
    const char *why;
    enum status st = reading_need_text(r, o, member, &written);
    if (!st && xroad_id_read(r->a, written, kind, out, &why))
        st = reading_fail(r, member, "value_unknown", written);
    return st;
}

static enum status read_peer(const struct reading *r, const json_t *o, void *context) {
    static const char *const KNOWN[] = {"code", "client", "service", "acts_as", NULL};
    struct xroad_options *x = context;
    struct xroad_peer *peer = &x->peers[x->peer_count];
    int64_t code = 0;
    enum status st = reading_only(r, o, KNOWN);
    if (!st) st = reading_int(r, o, "code", 1, UINT32_MAX, &code);
    if (!st && !code) st = reading_fail(r, NULL, "member_missing", T("code"));
    peer->code = (uint32_t)code;
    if (!st) st = read_id(r, o, "client", XROAD_CLIENT, &peer->client);
    if (!st) st = read_id(r, o, "service", XROAD_SERVICE, &peer->service);
    if (!st) st = reading_text(r, o, "acts_as", &peer->acts_as);
    if (!st && (xroad_peer_of(x, peer->code) || xroad_peer_named(x, &peer->client)))
        st = reading_fail(r, "client", "duplicate", xroad_id_print(r->a, &peer->client));
    x->peer_count++;
    return st;
}

// https, or http on this machine: a security server that runs beside us, and tests.
static bool is_server(struct text t) {
    bool known = text_starts(t, T("https://")) || text_starts(t, T("http://127.0.0.1:")) ||
                 text_starts(t, T("http://[::1]:"));
    for (size_t i = 0; i < t.n; i++)
        if (t.p[i] <= ' ' || t.p[i] > '~' || t.p[i] == '?' || t.p[i] == '#' || t.p[i] == '@') return false;
    return known && t.n <= MEMBER_ADDRESS_MAX && t.p[t.n - 1] != '/';
}

// The secret stands in a file of its own, so that the rest may be shown.
static enum status read_gate(const struct reading *r, const struct env *env, const json_t *o,
                             struct text *out) {
    struct text path;
    struct bytes file;
    enum status st = reading_need_text(r, o, "gate_file", &path);
    if (st) return st;
    if (file_read_small(env, r->a, text_c(r->a, path), &file))
        return reading_fail(r, "gate_file", "file_missing", path);
    *out = text_trim(text_of_bytes(file));
    return out->n < XROAD_GATE_MIN
               ? reading_fail(r, "gate_file", "value_kind", T("a secret of 32 characters or more"))
               : STATUS_OK;
}

static enum status read_all(const struct reading *r, const struct env *env, const json_t *o,
                            struct xroad_options *x) {
    static const char *const KNOWN[] = {"server",    "ca",         "certificate", "key", "client",
                                        "gate_file", "timeout_ms", "members",     NULL};
    int64_t ms = XROAD_MS_MAX;
    enum status st = reading_only(r, o, KNOWN);
    if (!st) st = reading_need_text(r, o, "server", &x->server);
    if (!st && !is_server(x->server)) st = reading_fail(r, "server", "value_unknown", x->server);
    if (!st) st = reading_text(r, o, "ca", &x->ca);
    if (!st) st = reading_text(r, o, "certificate", &x->certificate);
    if (!st) st = reading_text(r, o, "key", &x->key);
    if (!st) st = read_id(r, o, "client", XROAD_CLIENT, &x->client);
    if (!st) st = read_gate(r, env, o, &x->gate);
    if (!st) st = reading_int(r, o, "timeout_ms", 50, XROAD_MS_MAX, &ms);
    x->timeout_ms = (int)ms;
    x->peers = ARENA_ARRAY(r->a, struct xroad_peer, json_array_size(json_object_get(o, "members")) + 1);
    return st ? st : reading_list(r, o, "members", XROAD_PEERS_MAX, read_peer, x);
}

enum status xroad_options_read(struct arena *a, const struct env *env, struct text json,
                               struct xroad_options *out, struct problem *p) {
    struct reading r = {.a = a, .p = p};
    json_t *o;
    *out = (struct xroad_options){0};
    enum status st = json_read(json, MEMBER_FILE_MAX, &o, p);
    if (st) return st;
    st = read_all(&r, env, o, out);
    json_decref(o);
    return st;
}

const struct xroad_peer *xroad_peer_of(const struct xroad_options *o, uint32_t code) {
    for (size_t i = 0; i < o->peer_count; i++)
        if (o->peers[i].code == code) return &o->peers[i];
    return NULL;
}

const struct xroad_peer *xroad_peer_named(const struct xroad_options *o, const struct xroad_id *client) {
    for (size_t i = 0; i < o->peer_count; i++)
        if (xroad_id_eq(&o->peers[i].client, client)) return &o->peers[i];
    return NULL;
}
