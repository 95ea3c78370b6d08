// houses.h - three authorities on one machine, each with its own store, log and channels, and a way between
// them that a test can cut, watch and disturb.
#pragma once
#include <ftw.h>
#include <unistd.h>

#include "engine.h"
#include "exchange/channels.h"
#include "federation.h"
#include "proof/proof.h"

enum { HOUSES = 3, OWN_FIRST = 1000, CHANNELS_OF_TEST_MAX = 300, PARCELS_SEEN_MAX = 2000 };
static const struct moment NOON = {1795694400000}; // 2026-11-26T12:00:00Z
enum { MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS, DAY_MS = 24 * HOUR_MS };

struct house;
struct road {
    struct house *houses;
    struct federation federation;
    struct channel_ground grounds[CHANNELS_OF_TEST_MAX];
    size_t ground_count;
    bool is_cut;                         // nothing arrives
    bool loses_answers;                  // everything arrives, no answer comes back
    void (*prepare)(struct road *);      // before the houses open: addresses and TLS keys; NULL: none
    bool (*drops)(struct bytes);         // NULL: none
    bool is_broker;                      // answers come as parcels of their own
    struct bytes seen[PARCELS_SEEN_MAX]; // parcels that were sent
    size_t seen_count;
    struct arena arena;
};
struct house {
    struct road *road;
    size_t index;
    uint32_t code;
    char dir[64];
    struct env_fixed clock;
    struct store *store;
    struct journal *journal;
    struct own_key keys[4];
    struct own own;
    struct exchange_law law;
    struct channels *channels;
    struct channels_options options;
    struct carrier carrier;
    bool knows_nothing; // its book is empty: invitations have not come
    int64_t refuses;    // our case that its book does not tell now
    struct arena arena;
};

// ---- the books: our case 1000 + i is on the channel i of the test

static inline enum status book_of_case(void *context, int64_t own, struct channel_grounds *out) {
    struct house *h = context;
    if (own == h->refuses) return STATUS_REFUSED;
    if (own < OWN_FIRST || own >= OWN_FIRST + (int64_t)h->road->ground_count) return STATUS_NOT_FOUND;
    out->items[0] = h->road->grounds[own - OWN_FIRST];
    out->count = channel_has_member(&out->items[0], h->code);
    return out->count ? STATUS_OK : STATUS_NOT_FOUND;
}

static inline enum status book_of_channels(void *context, struct channel_ask *asks, size_t count) {
    struct house *h = context;
    for (size_t i = 0; i < count; i++) {
        asks[i].status = STATUS_NOT_FOUND;
        for (size_t k = 0; k < h->road->ground_count && !h->knows_nothing; k++) {
            const struct channel_ground *g = &h->road->grounds[k];
            if (memcmp(&g->channel, &asks[i].channel, sizeof g->channel) || g->epoch != asks[i].epoch)
                continue;
            if (!channel_has_member(g, h->code)) continue;
            asks[i].status = STATUS_OK;
            asks[i].ground = *g;
        }
    }
    return STATUS_OK;
}

// A channel of these members; gives our case.
static inline int64_t open_channel(struct road *r, const uint32_t *members, size_t count) {
    assert_true(r->ground_count < CHANNELS_OF_TEST_MAX);
    struct channel_ground *g = &r->grounds[r->ground_count];
    struct hash h = hash_of((struct bytes){(const uint8_t *)&r->ground_count, sizeof r->ground_count});
    *g = (struct channel_ground){.epoch = 1, .member_count = count};
    memcpy(g->channel.b, h.b, sizeof g->channel.b);
    h = hash_of(hash_bytes(&h));
    memcpy(g->key.b, h.b, sizeof g->key.b);
    memcpy(g->members, members, count * sizeof *members);
    return OWN_FIRST + (int64_t)r->ground_count++;
}

// ---- the road

static inline struct house *house_of(struct road *r, uint32_t code) {
    for (size_t i = 0; i < HOUSES; i++)
        if (r->houses[i].code == code) return &r->houses[i];
    return NULL;
}

static inline enum status road_send(void *context, const struct member *to, struct bytes parcel,
                                    struct arena *a, struct bytes *answer) {
    struct house *h = context;
    struct road *r = h->road;
    struct house *there = house_of(r, to->code);
    if (r->is_cut || !there) return STATUS_IO;
    if (r->seen_count < PARCELS_SEEN_MAX) r->seen[r->seen_count++] = bytes_copy(&r->arena, parcel);
    if (r->drops && r->drops(parcel)) return STATUS_IO;
    enum status st = channels_receive(there->channels, h->code, parcel, a, answer);
    if (!st && r->loses_answers) return STATUS_IO;
    if (!st && r->is_broker) {
        struct bytes none;
        assert_ok(channels_receive(h->channels, there->code, *answer, a, &none));
        *answer = (struct bytes){0};
    }
    return st;
}

static inline const struct carrier *road_carrier(void *context, const struct member *to) {
    (void)to;
    return &((struct house *)context)->carrier;
}

// ---- houses

static const struct migrations *const HOUSE_ROOMS[] = {&JOURNAL_MIGRATIONS, &EXCHANGE_MIGRATIONS,
                                                       &PROOF_MIGRATIONS};

static inline enum status take_members(struct write *w, void *argument, struct problem *p) {
    return members_take(w, 1, argument, p);
}

static inline void house_start(struct house *h) {
    struct store_options so = {
        .dir = h->dir, .create = true, .rooms = HOUSE_ROOMS, .room_count = 3, .fleeting = true};
    choose_engine(&so);
    struct journal_options jo = {exchange_event_types, T("test.example/log")};
    assert_ok(store_open(&h->clock.env, &so, &h->store, NULL));
    assert_ok(journal_open(h->store, &h->clock.env, &jo, &h->journal, NULL));
    assert_ok(channels_open(h->journal, &h->options, &h->channels));
}

static inline void house_stop(struct house *h) {
    channels_close(h->channels);
    store_close(h->store);
    journal_close(h->journal);
}

static inline void houses_open(struct road *r) {
    static const uint32_t CODES[HOUSES] = {OFFICE, RECEPTION, ABROAD};
    *r = (struct road){.houses = calloc(HOUSES, sizeof *r->houses), .prepare = r->prepare};
    federation_open(&r->federation);
    for (size_t i = 0; i < HOUSES; i++) {
        struct house *h = &r->houses[i];
        h->road = r;
        h->index = i;
        h->code = CODES[i];
        h->carrier = (struct carrier){.context = h, .send = road_send};
        snprintf(h->dir, sizeof h->dir, "/tmp/ostia-channels-XXXXXX");
        assert_non_null(mkdtemp(h->dir));
    }
    if (r->prepare) r->prepare(r);
    for (size_t i = 0; i < HOUSES; i++) {
        struct house *h = &r->houses[i];
        env_fixed(&h->clock, NOON, 1 + i);
        h->keys[0] = r->federation.secrets[i];
        h->own = (struct own){h->code, h->keys, 1};
        h->law = r->federation.law;
        h->options = (struct channels_options){.own = &h->own,
                                               .law = &h->law,
                                               .book = {h, book_of_case, book_of_channels},
                                               .carrier_for = road_carrier,
                                               .context = h};
        house_start(h);
        assert_ok(journal_write(h->journal, take_members, &r->federation.members, &h->arena, NULL));
    }
}

static inline int remove_entry(const char *path, const struct stat *s, int type, struct FTW *walk) {
    (void)s, (void)type, (void)walk;
    return remove(path);
}

static inline void houses_close(struct road *r) {
    for (size_t i = 0; i < HOUSES; i++) {
        house_stop(&r->houses[i]);
        arena_free(&r->houses[i].arena);
        nftw(r->houses[i].dir, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    }
    federation_close(&r->federation);
    arena_free(&r->arena);
    free(r->houses);
}

// The same houses for the next test: a line in order, one time everywhere.
static inline void houses_again(struct road *r) {
    struct moment latest = {0};
    r->is_cut = r->loses_answers = r->is_broker = false;
    r->drops = NULL;
    r->seen_count = 0;
    for (size_t i = 0; i < HOUSES; i++)
        if (r->houses[i].clock.at.ms > latest.ms) latest = r->houses[i].clock.at;
    for (size_t i = 0; i < HOUSES; i++) r->houses[i].clock.at.ms = latest.ms + DAY_MS;
}

static inline void time_passes(struct road *r, int64_t ms) {
    for (size_t i = 0; i < HOUSES; i++) r->houses[i].clock.at.ms += ms;
}

// ---- what a case tells

struct telling {
    struct text key;
    struct channel_event event;
};
static inline enum status tell_job(struct db *tx, void *arg) {
    struct telling *t = arg;
    return channels_tell(tx, t->key, &t->event);
}

// An event of our case with what its type needs; `ref` may be NULL.
static inline void tell_at(struct house *h, int64_t own, const char *type, const struct event_id *ref,
                           struct moment at) {
    static int count;
    const struct exchange_type *t = exchange_type_named(&h->road->federation.law, text_of(type));
    assert_non_null(t);
    struct telling telling = {
        .key = text_printf(&h->arena, "test:%08d", ++count),
        .event = {.own = own, .type = t, .code = t->code_count ? &t->codes[0] : NULL, .at = at, .ref = ref}};
    if (t->due == EXCHANGE_MUST) telling.event.due.ms = at.ms + 60 * (int64_t)DAY_MS;
    assert_ok(store_write(h->store, tell_job, &telling));
}

static inline void tell(struct house *h, int64_t own, const char *type, const struct event_id *ref) {
    tell_at(h, own, type, ref, h->clock.at);
}

static inline struct channels_round round_of(struct house *h) {
    struct channels_round r;
    assert_ok(channels_round(h->channels, &r));
    return r;
}

static inline struct channel_items read_channel(struct house *h, int64_t own) {
    struct db *db;
    struct channel_items items;
    assert_ok(store_reader(h->store, &db));
    assert_ok(channel_read(db, &h->law, &h->road->grounds[own - OWN_FIRST], &h->arena, &items));
    store_reader_release(h->store, db);
    return items;
}

static inline int64_t log_size(struct house *h) {
    struct db *db;
    int64_t n;
    assert_ok(store_reader(h->store, &db));
    assert_ok(journal_size(db, &n));
    store_reader_release(h->store, db);
    return n;
}
