// exchange - events between two authorities on this machine: sealed, signed, logged and receipted at both
// ends.
//
//     exchange FOLDER [EVENTS [SINGLES]]     the folder decides the file system; default 20,000 and 200
//
// Two houses in one process, each with its own database, log, keys and threads, durable (every commit is
// synced), over mutually authenticated HTTPS. First a backlog: EVENTS of 2,000 channels are in the outbox,
// from the start until the last receipt is there. Then SINGLES, one at a time: from the commit at A until the
// commit at B, and until the receipt is back at A.
#include <curl/curl.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "exchange/certificate.h"
#include "exchange/channels.h"
#include "exchange/peer_https.h"
#include "rules/dmn.h"

enum { CHANNELS = 2000, TOLD_AT_ONCE = 500, TRIES_US = 100 };
#define MUST(call)                                                                  \
    do {                                                                            \
        enum status must_ = (call);                                                 \
        if (must_) fprintf(stderr, "%s: %s\n", #call, status_name(must_)), exit(1); \
    } while (0)

static struct arena arena;
static struct exchange_law law;
static struct members members;
static struct channel_ground grounds[CHANNELS];

struct house {
    struct store *store;
    struct journal *journal;
    struct own_key key;
    struct own own;
    struct certificate tls;
    struct channels *channels;
    struct peer_server *door;
    struct carrier carrier;
};
static struct house houses[2];

// ---- books: our case i is on channel i

static enum status of_case(void *context, int64_t own, struct channel_grounds *out) {
    (void)context;
    out->items[0] = grounds[own];
    out->count = 1;
    return STATUS_OK;
}

static enum status of_channels(void *context, struct channel_ask *asks, size_t count) {
    (void)context;
    for (size_t i = 0; i < count; i++) {
        uint32_t at;
        memcpy(&at, asks[i].channel.b, sizeof at);
        asks[i].status = at < CHANNELS ? STATUS_OK : STATUS_NOT_FOUND;
        if (!asks[i].status) asks[i].ground = grounds[at];
    }
    return STATUS_OK;
}

static const struct carrier *carrier_for(void *context, const struct member *to) {
    (void)to;
    return &((struct house *)context)->carrier;
}

static enum status who(void *context, const struct hash *tls, uint32_t *code) {
    return channels_who(((struct house *)context)->channels, tls, code);
}
static enum status receive(void *context, uint32_t from, struct bytes parcel, struct arena *a,
                           struct bytes *answer) {
    return channels_receive(((struct house *)context)->channels, from, parcel, a, answer);
}

// ---- setting up

static void read_law(void) {
    static char path[512], content[256 * 1024];
    DIR *d = opendir("packs/eu-common/exchange");
    if (!d) fprintf(stderr, "run it in the project's folder\n"), exit(1);
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "packs/eu-common/exchange/%s", e->d_name);
        FILE *f = fopen(path, "r");
        if (!f) continue;
        struct text t = {content, fread(content, 1, sizeof content, f)};
        fclose(f);
        if (text_ends(text_of(path), T(".dmn")))
            MUST(dmn_read(&arena, t, &law.plausibility, NULL));
        else
            MUST(exchange_law_read(&arena, t, &law, NULL));
    }
    closedir(d);
    MUST(exchange_law_done(&arena, &law, NULL));
}

static void make_channels(void) {
    for (uint32_t i = 0; i < CHANNELS; i++) {
        grounds[i] = (struct channel_ground){.epoch = 1, .members = {1, 2}, .member_count = 2};
        env_random(env_real(), grounds[i].channel.b, CHANNEL_BYTES);
        memcpy(grounds[i].channel.b, &i, sizeof i);
        grounds[i].key = key_random(env_real());
    }
}

static const struct migrations *const ROOMS[] = {&JOURNAL_MIGRATIONS, &EXCHANGE_MIGRATIONS};

static enum status take(struct write *w, void *argument, struct problem *p) {
    return members_take(w, 1, argument, p);
}

static void open_house(struct house *h, uint32_t code, const char *folder) {
    static char dir[2][300];
    struct key seed = key_random(env_real());
    snprintf(dir[code - 1], sizeof dir[0], "%s/exchange-XXXXXX", folder);
    if (!mkdtemp(dir[code - 1])) perror(folder), exit(1);
    struct store_options so = {
        .dir = dir[code - 1], .create = true, .rooms = ROOMS, .room_count = 2, .readers = 16};
    struct journal_options jo = {exchange_event_types, T("bench.example/log")};
    MUST(store_open(env_real(), &so, &h->store, NULL));
    MUST(journal_open(h->store, env_real(), &jo, &h->journal, NULL));
    own_key_make(&seed, 1, &h->key);
    h->own = (struct own){code, &h->key, 1};
    certificate_make(&h->tls, dir[code - 1], code, &arena);
    struct channels_options co = {.own = &h->own,
                                  .law = &law,
                                  .book = {h, of_case, of_channels},
                                  .carrier_for = carrier_for,
                                  .context = h,
                                  .rate = 1000000,
                                  .burst = 1000000,
                                  .waiting_max = 1000000};
    MUST(channels_open(h->journal, &co, &h->channels));
    struct peer_server_options po = {.address = "127.0.0.1",
                                     .certificate = h->tls.certificate,
                                     .key = h->tls.key,
                                     .who = who,
                                     .receive = receive,
                                     .context = h};
    struct peer_client_options pc = {.certificate_file = h->tls.certificate_file,
                                     .key_file = h->tls.key_file};
    MUST(peer_server_start(&po, &h->door));
    MUST(peer_client(&pc, &h->carrier));
    struct member *m = ARENA_PUSH(&arena, &members);
    *m = (struct member){.code = code, .name = T("authority"), .from = {1}, .key_count = 1};
    (void)!exchange_roles_read(code == 1 ? T("D") : T("F"), &m->roles);
    m->address = text_printf(&arena, "https://127.0.0.1:%d", peer_server_port(h->door));
    m->keys = ARENA_NEW(&arena, struct member_key);
    *m->keys = (struct member_key){.number = 1, .from = {1}, .tls = hash_of(h->tls.public_key)};
    memcpy(m->keys->signing, h->key.signing + 32, MEMBER_KEY_BYTES);
    memcpy(m->keys->sealing, h->key.sealing, MEMBER_KEY_BYTES);
}

// ---- measuring

static double now_s(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

struct telling {
    int from, count;
};
static enum status tell(struct db *tx, void *arg) {
    const struct telling *t = arg;
    const struct exchange_type *type = exchange_type_named(&law, T("TRF_DECIDED"));
    enum status st = STATUS_OK;
    for (int i = t->from; i < t->from + t->count && !st; i++) {
        char key[32];
        struct channel_event e = {.own = i % CHANNELS, .type = type, .at = env_now(env_real())};
        snprintf(key, sizeof key, "bench:%09d", i);
        st = channels_tell(tx, text_of(key), &e);
    }
    return st;
}

static const struct sql RECEIPTED =
    SQL("bench_receipted", "select count(*) from exchange_delivery where state = 1 and done_at > 0");
static const struct sql WAITS = SQL("bench_waits", "select 1 from exchange_delivery where state = 0 limit 1");

static int64_t receipts(struct house *h) {
    struct db *db;
    int64_t n = 0;
    MUST(store_reader(h->store, &db));
    MUST(DB_INT(db, &n, &RECEIPTED));
    store_reader_release(h->store, db);
    return n;
}

static bool waits(struct house *h) {
    struct db *db;
    int64_t one;
    MUST(store_reader(h->store, &db));
    enum status st = DB_INT(db, &one, &WAITS);
    store_reader_release(h->store, db);
    return st == STATUS_OK;
}

static int64_t log_size(struct house *h) {
    struct db *db;
    int64_t n;
    MUST(store_reader(h->store, &db));
    MUST(journal_size(db, &n));
    store_reader_release(h->store, db);
    return n;
}

static void backlog(int events) {
    for (int i = 0; i < events; i += TOLD_AT_ONCE)
        MUST(store_write(houses[0].store, tell,
                         &(struct telling){i, events - i < TOLD_AT_ONCE ? events - i : TOLD_AT_ONCE}));
    int64_t before = log_size(&houses[1]);
    double start = now_s();
    MUST(channels_start(houses[0].channels));
    while (log_size(&houses[1]) < before + events || waits(&houses[0])) usleep(20 * 1000);
    double took = now_s() - start;
    if (receipts(&houses[0]) != events) fprintf(stderr, "receipts are missing\n"), exit(1);
    printf("%d events told, sealed, signed, logged and receipted at both ends in %.1f s: %.0f a second\n",
           events, took, events / took);
}

static int by_size(const void *a, const void *b) {
    const double *x = a, *y = b;
    return (*x > *y) - (*x < *y);
}

static void singles(int first, int count) {
    double *stored = calloc((size_t)count, sizeof *stored), *back = calloc((size_t)count, sizeof *back);
    for (int i = 0; i < count; i++) {
        int64_t before = log_size(&houses[1]);
        MUST(store_write(houses[0].store, tell, &(struct telling){first + i, 1}));
        double start = now_s();
        channels_wake(houses[0].channels);
        while (log_size(&houses[1]) == before) usleep(TRIES_US);
        stored[i] = now_s() - start;
        while (waits(&houses[0])) usleep(TRIES_US);
        back[i] = now_s() - start;
        usleep(10 * 1000);
    }
    qsort(stored, (size_t)count, sizeof *stored, by_size);
    qsort(back, (size_t)count, sizeof *back, by_size);
    printf("one at a time, %d: committed at A until committed at B p50 %.1f ms, p99 %.1f ms; until its "
           "receipt is "
           "kept at A p50 %.1f ms, p99 %.1f ms\n",
           count, stored[count / 2] * 1e3, stored[count * 99 / 100] * 1e3, back[count / 2] * 1e3,
           back[count * 99 / 100] * 1e3);
    free(stored);
    free(back);
}

int main(int argc, char **argv) {
    int events = argc > 2 ? atoi(argv[2]) : 20000, count = argc > 3 ? atoi(argv[3]) : 200;
    if (argc < 2) return fprintf(stderr, "exchange FOLDER [EVENTS [SINGLES]]\n"), 2;
    crypto_start();
    log_level_set(LOG_WARNING);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    read_law();
    make_channels();
    for (uint32_t i = 0; i < 2; i++) open_house(&houses[i], i + 1, argv[1]);
    for (int i = 0; i < 2; i++) MUST(journal_write(houses[i].journal, take, &members, &arena, NULL));
    backlog(events);
    singles(events, count);
    for (int i = 0; i < 2; i++) {
        channels_close(houses[i].channels);
        peer_server_stop(houses[i].door);
        houses[i].carrier.close(houses[i].carrier.context);
        store_close(houses[i].store);
        journal_close(houses[i].journal);
    }
    arena_free(&arena);
    return 0;
}
