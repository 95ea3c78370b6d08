// federation.c - channels between authorities, started with the server.
#include "ostia/federation.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "exchange/circles.h"
#include "exchange/nats_carrier.h"
#include "exchange/peer_https.h"
#include "ostia/courier.h"
#include "pack/pack.h"
#include "store/file.h"

struct federation {
    struct arena arena;
    struct house *house;
    struct own own;
    pthread_mutex_t keys; // over loading more of ours
    const struct pack *pack; // held, for its law
    struct channels *channels;
    struct circles circles;
    struct courier *courier;
    struct carrier https, nats, xroad; // those that are there
    struct nats *broker;
    _Atomic bool has_xroad; // set once the security server is known
    struct peer_server *door;
};

// ---- our keys: those that the directory names for us, and at least the first

static enum status load_keys(struct federation *f, size_t count) {
    enum status st = STATUS_OK;
    if (count < 1) count = 1;
    if (count > MEMBER_KEYS_MAX) count = MEMBER_KEYS_MAX;
    pthread_mutex_lock(&f->keys);
    for (size_t i = f->own.count; i < count && !st; i++) {
        st = own_key_load(f->house->store, (uint32_t)i + 1, &f->own.keys[i]);
        if (!st) f->own.count = i + 1;
    }
    pthread_mutex_unlock(&f->keys);
    return st;
}

static void more_keys(void *context, size_t count) {
    enum status st = load_keys(context, count);
    if (st) log_line(LOG_ERROR, "exchange.own_keys", "status=\"%s\"", status_name(st));
}

static enum status first_keys(struct federation *f) {
    struct arena a = {0};
    struct members all;
    struct db *db;
    enum status st = store_reader(f->house->store, &db);
    if (st) return st;
    st = members_load(db, &a, &all);
    store_reader_release(f->house->store, db);
    const struct member *us = st ? NULL : member_of(&all, f->own.code);
    f->own.keys = ARENA_ARRAY(&f->arena, struct own_key, MEMBER_KEYS_MAX);
    if (!st) st = load_keys(f, us ? us->key_count : 1);
    arena_free(&a);
    return st;
}

// ---- ways: what the address in the directory says

static const struct carrier *carrier_for(void *context, const struct member *to) {
    const struct federation *f = context;
    if (text_starts(to->address, T("https://"))) return f->https.send ? &f->https : NULL;
    if (text_eq(to->address, T("nats:"))) return f->broker ? &f->nats : NULL;
    if (text_eq(to->address, T("xroad:"))) return f->has_xroad ? &f->xroad : NULL;
    return NULL;
}

static enum status open_ways(struct federation *f, struct problem *p) {
    const struct settings *s = f->house->settings;
    struct peer_client_options client = {
        .certificate_file = s->exchange_cert, .key_file = s->exchange_key, .ca_file = s->exchange_ca};
    enum status st = s->exchange_cert ? peer_client(&client, &f->https) : STATUS_OK;
    if (st || !s->nats) return st;
    bool with_tls = text_starts(text_of(s->nats), T("tls://")) && s->exchange_cert;
    struct nats_options o = {.url = text_of(s->nats), .self = f->own.code};
    if (s->nats_ca) o.ca = text_of(s->nats_ca);
    if (s->nats_credentials) o.credentials = text_of(s->nats_credentials);
    if (with_tls) o.certificate = text_of(s->exchange_cert), o.key = text_of(s->exchange_key);
    st = nats_open(&o, &f->broker);
    if (st) return problem(p, "nats", "nats", "problem.settings.nats");
    f->nats = nats_carrier(f->broker);
    return STATUS_OK;
}

void federation_xroad(struct federation *f, struct xroad *xroad, struct xroad_door *door) {
    if (!f || !xroad) return;
    f->xroad = xroad_carrier(xroad);
    f->has_xroad = true;
    door->receive = channels_receive;
    door->context = f->channels;
}

// ---- the room

static enum status start_channels(struct federation *f, struct problem *p) {
    struct house *h = f->house;
    const struct pack *pack = cases_pack(h->cases);
    const struct exchange_law *law = pack ? pack_exchange(pack) : NULL;
    if (!law) return problem(p, "pack", "no_law", "problem.exchange.no_law");
    f->pack = pack_keep(pack);
    f->own.code = privacy_authority(h->privacy);
    enum status st = first_keys(f);
    if (!st) st = open_ways(f, p);
    struct channels_options o = {.own = &f->own,
                                 .law = law,
                                 .book = channel_book_of(h->privacy),
                                 .cases = h->cases,
                                 .carrier_for = carrier_for,
                                 .own_keys = more_keys,
                                 .context = f};
    if (!st) st = channels_open(h->journal, &o, &f->channels);
    f->circles = (struct circles){h->cases, f->channels, h->privacy};
    if (!st) st = channels_start(f->channels);
    if (!st) st = courier_start(h, f->channels, &f->courier);
    return !st && f->broker ? nats_listen(f->broker, channels_receive, f->channels) : st;
}

static enum status start_door(struct federation *f, struct problem *p) {
    const struct settings *s = f->house->settings;
    struct text address = text_of(s->exchange_listen), port = {0};
    struct peer_server_options o = {.who = channels_who, .receive = channels_receive, .context = f->channels};
    int64_t number = 0;
    for (size_t i = address.n; i-- > 0 && !port.p;)
        if (address.p[i] == ':') port = text_slice(address, i + 1, address.n);
    if (!port.p || !text_int(port, &number) || number < 1 || number > 65535)
        return problem(p, "exchange-listen", "address", "problem.settings.listen");
    address.n = (size_t)(port.p - address.p) - 1;
    if (address.n > 2 && address.p[0] == '[') address = text_slice(address, 1, address.n - 1);
    o.address = address.n ? text_c(&f->arena, address) : NULL;
    o.port = (int)number;
    enum status st = file_read_small(f->house->env, &f->arena, s->exchange_cert, &o.certificate);
    if (!st) st = file_read_small(f->house->env, &f->arena, s->exchange_key, &o.key);
    if (!st) st = peer_server_start(&o, &f->door);
    return st ? problem(p, "exchange-listen", "door", "problem.exchange.door") : STATUS_OK;
}

enum status federation_start(struct house *h, struct federation **out, struct problem *p) {
    const struct settings *s = h->settings;
    *out = NULL;
    if (!settings_exchange(s)) return STATUS_OK;
    bool is_half = s->exchange_cert ? !s->exchange_key : s->exchange_listen != NULL;
    if (!h->privacy || is_half)
        return problem(p, "exchange-cert", "incomplete", "problem.exchange.settings");
    struct federation *f = calloc(1, sizeof *f);
    assert(f);
    f->house = h;
    pthread_mutex_init(&f->keys, NULL);
    *out = f;
    enum status st = start_channels(f, p);
    if (!st && s->exchange_listen) st = start_door(f, p);
    if (!st)
        log_line(LOG_INFO, "exchange.ready", "authority=%u door=\"%s\"", f->own.code,
                 s->exchange_listen ? s->exchange_listen : "off");
    return st;
}

const struct circles *federation_circles(const struct federation *f) {
    return f ? &f->circles : NULL;
}

void federation_stop(struct federation *f) {
    if (!f) return;
    peer_server_stop(f->door);
    courier_stop(f->courier);
    channels_stop(f->channels); // its threads send by the broker, and what comes from there goes to it
    nats_close(f->broker);
    channels_close(f->channels);
    if (f->https.close) f->https.close(f->https.context);
    for (size_t i = 0; i < f->own.count; i++) memset(&f->own.keys[i], 0, sizeof f->own.keys[i]);
    if (f->pack) pack_release(f->pack);
    pthread_mutex_destroy(&f->keys);
    arena_free(&f->arena);
    free(f);
}
