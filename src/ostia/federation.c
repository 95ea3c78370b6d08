// federation.c - channels between authorities, started with the server.
#include "ostia/federation.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "exchange/channels.h"
#include "exchange/circles.h"
#include "exchange/peer_https.h"
#include "pack/pack.h"
#include "store/file.h"

struct federation {
    struct arena arena;
    struct own own;
    const struct pack *pack; // held, for its law
    struct channels *channels;
    struct carrier carrier;
    struct peer_server *door;
    struct circles circles;
};

// Keys that the directory names for us, and at least the first.
static enum status load_keys(struct house *h, struct federation *f) {
    struct members all;
    struct db *db;
    enum status st = store_reader(h->store, &db);
    if (st) return st;
    st = members_load(db, &f->arena, &all);
    store_reader_release(h->store, db);
    const struct member *us = st ? NULL : member_of(&all, f->own.code);
    size_t count = us && us->key_count ? us->key_count : 1;
    f->own.keys = ARENA_ARRAY(&f->arena, struct own_key, count);
    for (size_t i = 0; i < count && !st; i++) st = own_key_load(h->store, (uint32_t)i + 1, &f->own.keys[i]);
    f->own.count = count;
    return st;
}

static const struct carrier *carrier_for(void *context, const struct member *to) {
    struct federation *f = context;
    return text_starts(to->address, T("https://")) ? &f->carrier : NULL;
}

static enum status start_channels(struct house *h, struct federation *f, struct problem *p) {
    const struct settings *s = h->settings;
    const struct pack *pack = cases_pack(h->cases);
    const struct exchange_law *law = pack ? pack_exchange(pack) : NULL;
    struct peer_client_options client = {
        .certificate_file = s->exchange_cert, .key_file = s->exchange_key, .ca_file = s->exchange_ca};
    if (!law) return problem(p, "pack", "no_law", "problem.exchange.no_law");
    f->pack = pack_keep(pack);
    f->own.code = privacy_authority(h->privacy);
    enum status st = load_keys(h, f);
    if (!st) st = peer_client(&client, &f->carrier);
    struct channels_options o = {.own = &f->own,
                                 .law = law,
                                 .book = channel_book_of(h->privacy),
                                 .cases = h->cases,
                                 .carrier_for = carrier_for,
                                 .context = f};
    if (!st) st = channels_open(h->journal, &o, &f->channels);
    f->circles = (struct circles){h->cases, f->channels, h->privacy};
    return st ? st : channels_start(f->channels);
}

static enum status start_door(struct house *h, struct federation *f, struct problem *p) {
    const struct settings *s = h->settings;
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
    enum status st = file_read_small(h->env, &f->arena, s->exchange_cert, &o.certificate);
    if (!st) st = file_read_small(h->env, &f->arena, s->exchange_key, &o.key);
    if (!st) st = peer_server_start(&o, &f->door);
    return st ? problem(p, "exchange-listen", "door", "problem.exchange.door") : STATUS_OK;
}

enum status federation_start(struct house *h, struct federation **out, struct problem *p) {
    const struct settings *s = h->settings;
    *out = NULL;
    if (!s->exchange_cert) return STATUS_OK;
    if (!h->privacy || !s->exchange_key)
        return problem(p, "exchange-cert", "incomplete", "problem.exchange.settings");
    struct federation *f = calloc(1, sizeof *f);
    assert(f);
    *out = f;
    enum status st = start_channels(h, f, p);
    if (!st && s->exchange_listen) st = start_door(h, f, p);
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
    channels_close(f->channels);
    if (f->carrier.close) f->carrier.close(f->carrier.context);
    for (size_t i = 0; i < f->own.count; i++) memset(&f->own.keys[i], 0, sizeof f->own.keys[i]);
    if (f->pack) pack_release(f->pack);
    arena_free(&f->arena);
    free(f);
}
