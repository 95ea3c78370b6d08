// ledger_speed - the log as fast as it goes: durable leaves, verification, and bundles of ten million leaves.
//
//     ledger_speed FOLDER [LEAVES]         the folder decides the file system; 1,000,000 leaves
//
// `tiles`: hashes of leaves into the ledger, its tiles and checkpoint into SQLite with synchronous FULL,
// LEAVES_A_BATCH a commit. `journal`: whole events, encoded, stored, proved, through the journal. `loopback`:
// the same, sent over TCP by clients that wait until theirs are durable. `verify`:
// the tree made anew from the bytes of the leaves, and compared with the root. `sha256_bytes`: what that
// hashes for one leaf, padding included, so that it can be set beside `openssl speed`.
#include <arpa/inet.h>
#include <ftw.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "journal/journal.h"
#include "ledger/bundle.h"

enum {
    LEAF_BYTES = 256,
    LEAVES_A_BATCH = 10000,
    EVENTS_A_COMMAND = 500,
    COMMANDS = 200,
    CLIENTS = 8, // of loopback; each sends EVENTS_A_COMMAND and waits
    ROUNDS = COMMANDS / CLIENTS,
    TEN_MILLION = 10000000
};

static const struct event_type THING_DONE = {"thing_done", NULL};
static const struct event_type *const TYPES[] = {&THING_DONE, NULL};
static const struct migration STEPS[] = {
    {"bench", 1,
     "create table tile (level integer not null, idx bigint not null, hashes blob not null, primary key "
     "(level, idx)); create table note (one integer primary key not null, note text not null)"}};
static const struct migrations TABLES = {STEPS, 1};
static const struct migrations *const ROOMS[] = {&JOURNAL_MIGRATIONS, &TABLES};

static const struct sql TILE_PUT =
    SQL("bench_tile_put", "insert into tile (level, idx, hashes) values (:level, :idx, :hashes)"
                          " on conflict (level, idx) do update set hashes = excluded.hashes");
static const struct sql NOTE_PUT =
    SQL("bench_note_put", "insert into note (one, note) values (1, :note)"
                          " on conflict (one) do update set note = excluded.note");

static double now_s(void) {
    return (double)env_monotonic_us(env_real()) / 1e6;
}

static void must(enum status st, const char *what) {
    if (!st) return;
    fprintf(stderr, "ledger_speed: %s: %s\n", what, status_name(st));
    exit(1);
}

static void leaf_of(uint64_t i, uint8_t leaf[LEAF_BYTES]) {
    memset(leaf, (int)(i % 251), LEAF_BYTES);
    memcpy(leaf, &i, sizeof i);
}

// ---- tiles in the database

struct batch {
    struct ledger *ledger;
    struct db *db;
    struct note_signer signer;
    uint64_t from, count;
};

static enum status put_tile(void *context, int level, uint64_t index, struct bytes hashes) {
    struct batch *b = context;
    return DB_RUN(b->db, &TILE_PUT, V_INT(level), V_INT((int64_t)index), V_BYTES(hashes));
}
static enum status no_tile(void *context, int level, uint64_t index, struct arena *a, struct bytes *hashes) {
    (void)context, (void)level, (void)index, (void)a, (void)hashes;
    return STATUS_NOT_FOUND;
}

static enum status write_batch(struct db *tx, void *argument) {
    struct batch *b = argument;
    struct arena a = {0};
    uint8_t leaf[LEAF_BYTES];
    enum status st = STATUS_OK;
    b->db = tx;
    for (uint64_t i = 0; i < b->count && !st; i++) {
        leaf_of(b->from + i, leaf);
        st = ledger_append(b->ledger, (struct bytes){leaf, LEAF_BYTES}, NULL);
    }
    if (!st) st = ledger_flush(b->ledger);
    struct checkpoint c = {b->signer.key.name, ledger_size(b->ledger), ledger_root(b->ledger), T("")};
    if (!st) st = DB_RUN(tx, &NOTE_PUT, V_TEXT(checkpoint_sign(&a, &c, &b->signer, 1)));
    arena_free(&a);
    return st;
}

static struct hash write_tiles(struct store *s, uint64_t leaves) {
    struct batch b = {.count = LEAVES_A_BATCH};
    struct key seed = {{1}};
    struct ledger_storage storage = {&b, no_tile, put_tile};
    must(note_signer_make(T("bench.example/log"), &seed, &b.signer), "key");
    must(ledger_open(&storage, 0, &b.ledger), "ledger");
    double from = now_s();
    for (; b.from < leaves; b.from += b.count) must(store_write(s, write_batch, &b), "batch");
    printf("tiles: %.0f durable leaves/s (%d bytes a leaf, %d a commit, synchronous FULL)\n",
           (double)leaves / (now_s() - from), LEAF_BYTES, LEAVES_A_BATCH);
    struct hash root = ledger_root(b.ledger);
    ledger_close(b.ledger);
    return root;
}

// ---- whole events

static enum status do_events(struct write *w, void *argument, struct problem *p) {
    static const uint8_t BODY[LEAF_BYTES - 80];
    (void)argument, (void)p;
    struct events *list = events_new(w->arena);
    for (int i = 0; i < EVENTS_A_COMMAND; i++)
        draft_bytes(events_add(list, &THING_DONE, i % 100, 0), "body", (struct bytes){BODY, sizeof BODY});
    return write_events(w, 1, list);
}

static void write_journal(struct journal *j) {
    static struct journal_request list[COMMANDS];
    for (int i = 0; i < COMMANDS; i++) list[i].fn = do_events;
    double from = now_s();
    journal_write_each(j, list, COMMANDS);
    double took = now_s() - from;
    for (int i = 0; i < COMMANDS; i++) must(list[i].status, "command");
    printf("journal: %.0f durable events/s (%d a command, all in the queue at once)\n",
           COMMANDS * EVENTS_A_COMMAND / took, EVENTS_A_COMMAND);
}

// ---- the same over loopback: clients send leaves, and have their places when they are durable

struct line {
    struct journal *journal;
    int socket;
    uint8_t leaves[EVENTS_A_COMMAND * LEAF_BYTES];
};

static bool take_all(int socket, void *p, size_t n) {
    for (uint8_t *at = p; n > 0;) {
        ssize_t got = read(socket, at, n);
        if (got <= 0) return false;
        at += got, n -= (size_t)got;
    }
    return true;
}
static void give_all(int socket, const void *p, size_t n) {
    for (const uint8_t *at = p; n > 0;) {
        ssize_t given = write(socket, at, n);
        if (given <= 0) must(STATUS_IO, "loopback");
        at += given, n -= (size_t)given;
    }
}

static enum status do_sent(struct write *w, void *argument, struct problem *p) {
    const struct line *l = argument;
    (void)p;
    struct events *list = events_new(w->arena);
    for (int i = 0; i < EVENTS_A_COMMAND; i++)
        draft_bytes(events_add(list, &THING_DONE, i % 100, 0), "body",
                    (struct bytes){l->leaves + i * LEAF_BYTES, LEAF_BYTES - 80});
    return write_events(w, 1, list);
}

static void *serve_line(void *argument) {
    struct line *l = argument;
    while (take_all(l->socket, l->leaves, sizeof l->leaves)) {
        struct arena a = {0};
        uint64_t answer = EVENTS_A_COMMAND;
        must(journal_write(l->journal, do_sent, l, &a, NULL), "event");
        arena_free(&a);
        give_all(l->socket, &answer, sizeof answer);
    }
    return NULL;
}

static void *be_client(void *argument) {
    struct line *l = argument;
    for (uint64_t i = 0, answer; i < ROUNDS; i++) {
        for (uint64_t k = 0; k < EVENTS_A_COMMAND; k++)
            leaf_of(i * EVENTS_A_COMMAND + k, l->leaves + k * LEAF_BYTES);
        give_all(l->socket, l->leaves, sizeof l->leaves);
        if (!take_all(l->socket, &answer, sizeof answer)) must(STATUS_IO, "answer");
    }
    shutdown(l->socket, SHUT_WR);
    return NULL;
}

static void connect_lines(struct line *servers, struct line *clients) {
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof here;
    int door = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(door, (struct sockaddr *)&here, size) || listen(door, CLIENTS) ||
        getsockname(door, (struct sockaddr *)&here, &size))
        must(STATUS_IO, "door");
    for (int i = 0; i < CLIENTS; i++) {
        clients[i].socket = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(clients[i].socket, (struct sockaddr *)&here, size)) must(STATUS_IO, "connect");
        servers[i].socket = accept(door, NULL, NULL);
    }
    close(door);
}

static void write_loopback(struct journal *j) {
    struct line *servers = calloc(CLIENTS, sizeof *servers), *clients = calloc(CLIENTS, sizeof *clients);
    pthread_t threads[2 * CLIENTS];
    connect_lines(servers, clients);
    double from = now_s();
    for (int i = 0; i < CLIENTS; i++) {
        servers[i].journal = j;
        pthread_create(&threads[i], NULL, serve_line, &servers[i]);
        pthread_create(&threads[CLIENTS + i], NULL, be_client, &clients[i]);
    }
    for (int i = 0; i < 2 * CLIENTS; i++) pthread_join(threads[i], NULL);
    printf(
        "loopback: %.0f durable events/s (%d clients over TCP, %d sent at a time, answered when durable)\n",
        COMMANDS * EVENTS_A_COMMAND / (now_s() - from), CLIENTS, EVENTS_A_COMMAND);
    for (int i = 0; i < CLIENTS; i++) close(servers[i].socket), close(clients[i].socket);
    free(servers);
    free(clients);
}

static void verify_journal(struct store *s, struct journal *j) {
    struct arena a = {0};
    struct text finding;
    struct db *db;
    must(store_reader(s, &db), "reader");
    double from = now_s();
    must(journal_verify(j, db, &a, NULL, &finding), "verify");
    printf("journal verify: %.0f events/s (read, decoded, hashed, compared with all tiles)\n",
           2 * COMMANDS * EVENTS_A_COMMAND / (now_s() - from));
    store_reader_release(s, db);
    arena_free(&a);
}

// ---- verification alone

static enum status drop_tile(void *context, int level, uint64_t index, struct bytes hashes) {
    (void)context, (void)level, (void)index, (void)hashes;
    return STATUS_OK;
}

static void verify(uint64_t leaves, const struct hash *wanted) {
    struct ledger_storage storage = {NULL, no_tile, drop_tile};
    struct ledger *l;
    uint8_t *all = malloc(leaves * LEAF_BYTES);
    if (!all) must(STATUS_BUSY, "memory");
    for (uint64_t i = 0; i < leaves; i++) leaf_of(i, all + i * LEAF_BYTES);
    must(ledger_open(&storage, 0, &l), "ledger");
    double from = now_s();
    for (uint64_t i = 0; i < leaves; i++) {
        must(ledger_append(l, (struct bytes){all + i * LEAF_BYTES, LEAF_BYTES}, NULL), "append");
        if (i % 4096 == 4095) must(ledger_flush(l), "flush");
    }
    struct hash root = ledger_root(l);
    double took = now_s() - from;
    if (!hash_eq(&root, wanted)) must(STATUS_CORRUPT, "root");
    ledger_close(l);
    free(all);
    int leaf_blocks = (1 + LEAF_BYTES + 9 + 63) / 64, node_blocks = (1 + 2 * HASH_BYTES + 9 + 63) / 64;
    printf("verify: %.0f leaves/s on one core\nsha256_bytes: %d\n", (double)leaves / took,
           64 * (leaf_blocks + node_blocks));
}

// ---- bundles

struct kept {
    uint8_t *tiles[LEDGER_LEVELS];
};
static enum status keep_tile(void *context, int level, uint64_t index, struct bytes hashes) {
    struct kept *k = context;
    uint64_t bytes = (TEN_MILLION >> (8 * level)) * HASH_BYTES + LEDGER_TILE_BYTES;
    if (!k->tiles[level] && !(k->tiles[level] = calloc(1, bytes))) return STATUS_BUSY;
    memcpy(k->tiles[level] + index * LEDGER_TILE_BYTES, hashes.p, hashes.n);
    return STATUS_OK;
}
static enum status kept_tile(void *context, int level, uint64_t index, struct arena *a,
                             struct bytes *hashes) {
    struct kept *k = context;
    (void)a;
    if (!k->tiles[level]) return STATUS_NOT_FOUND;
    *hashes = (struct bytes){k->tiles[level] + index * LEDGER_TILE_BYTES, LEDGER_TILE_BYTES};
    return STATUS_OK;
}

static struct text make_bundle(struct arena *a, const struct ledger_storage *s, struct ledger *l,
                               uint64_t index, const struct note_signer *log,
                               const struct note_signer *witness) {
    struct checkpoint c = {log->key.name, ledger_size(l), ledger_root(l), T("")};
    struct proof_bundle b = {.index = index};
    uint8_t *leaf = arena_alloc(a, LEAF_BYTES);
    leaf_of(index, leaf);
    b.leaf = (struct bytes){leaf, LEAF_BYTES};
    b.signed_note = checkpoint_sign(a, &c, log, 1);
    for (uint64_t i = 0; i < 3; i++)
        b.signed_note =
            note_add_lines(a, b.signed_note, cosign(a, checkpoint_print(a, &c), witness, 1800000000 + i));
    must(ledger_inclusion(s, index, c.size, a, &b.proof), "proof");
    return bundle_print(a, &b);
}

static void bundles(void) {
    enum { TRIES = 1000 };
    struct kept kept = {0};
    struct ledger_storage storage = {&kept, kept_tile, keep_tile};
    struct ledger *l;
    struct note_signer log, witness;
    struct key seed = {{1}}, other = {{2}};
    struct bundle_witness w;
    size_t largest = 0;
    double made = 0, checked = 0;
    must(note_signer_make(T("bench.example/log"), &seed, &log), "key");
    must(cosigner_make(T("witness.example/w1"), &other, &witness), "key");
    must(ledger_open(&storage, 0, &l), "ledger");
    for (uint64_t i = 0; i < TEN_MILLION; i++) {
        uint8_t leaf[LEAF_BYTES];
        leaf_of(i, leaf);
        must(ledger_append(l, (struct bytes){leaf, LEAF_BYTES}, NULL), "append");
        if (i % 4096 == 4095) must(ledger_flush(l), "flush");
    }
    must(ledger_flush(l), "flush");
    for (uint64_t i = 0; i < TRIES; i++) {
        struct arena a = {0};
        struct proof_bundle b;
        uint64_t index = i * 7919 * 1237 % TEN_MILLION;
        double t0 = now_s();
        struct text file = make_bundle(&a, &storage, l, index, &log, &witness);
        double t1 = now_s();
        must(bundle_read(&a, file, &b), "bundle");
        struct hash h = ledger_leaf_hash(b.leaf);
        w = (struct bundle_witness){.key = witness.key};
        must(bundle_check(&a, &b, &h, &log.key, &w, 1), "check");
        must(w.status, "witness");
        made += t1 - t0;
        checked += now_s() - t1;
        if (file.n > largest) largest = file.n;
        arena_free(&a);
    }
    ledger_close(l);
    for (int i = 0; i < LEDGER_LEVELS; i++) free(kept.tiles[i]);
    printf("bundle of %d leaves: %zu bytes at most (leaf of %d bytes and 3 cosignatures in it), made in %.0f "
           "us, read and "
           "checked in %.0f us (means of %d)\n",
           TEN_MILLION, largest, LEAF_BYTES, made / TRIES * 1e6, checked / TRIES * 1e6, TRIES);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at) {
    (void)st, (void)kind, (void)at;
    return remove(path);
}

int main(int argc, char **argv) {
    char dir[4096];
    struct store *s;
    struct journal *j;
    uint64_t leaves = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;
    if (argc < 2) return fprintf(stderr, "usage: ledger_speed FOLDER [LEAVES]\n"), 2;
    leaves = leaves / LEAVES_A_BATCH * LEAVES_A_BATCH;
    crypto_start();
    log_level_set(LOG_WARNING);
    snprintf(dir, sizeof dir, "%s/ledger-speed-%d", argv[1], (int)getpid());
    struct store_options so = {.dir = dir, .create = true, .rooms = ROOMS, .room_count = 2};
    struct journal_options jo = {TYPES, T("bench.example/log")};
    must(store_open(env_real(), &so, &s, NULL), "store");
    must(journal_open(s, env_real(), &jo, &j, NULL), "journal");
    struct hash root = write_tiles(s, leaves);
    write_journal(j);
    write_loopback(j);
    verify_journal(s, j);
    verify(leaves, &root);
    store_close(s);
    journal_close(j);
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    bundles();
    return 0;
}
