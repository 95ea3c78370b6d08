// limit.c - mistakes at a door are counted; after a few free ones each makes the next wait longer.
//
// Counted in the store, so that all servers of one database count together and a restart forgives nobody.
// Bounded: sets of eight slots by a secret hash, so that nobody can choose whom to push out; in a full set
// the one who may go on first is forgotten. A row tells nothing: its key is a keyed hash, the same for names
// of accounts and of nobody.
#include <arpa/inet.h>
#include <string.h>

#include "access/internal.h"

enum {
    LIMIT_SETS = 2048,
    LIMIT_WAYS = 8,                      // 16,384 rows at most, whatever strangers do
    LIMIT_FAILURES_MAX = 1000,           // more make no wait longer
    LIMIT_KEPT_MS = 12 * 60 * 60 * 1000, // of the most mistakes half is forgotten ten times: nothing is left
    MINUTE_MS = 60 * 1000,
};

struct limit_rule {
    const char *space;
    int free;         // mistakes without a wait
    int64_t first_ms; // the wait after the next one; doubles each time
    int64_t most_ms;
    int64_t halve_ms; // half of the mistakes are forgotten after this time ...
    bool is_shared; // an address, of many people: forgotten also while more come; a name: only without a new
                    // one
};
// A camp or an office has one address for all: a source may err more often than a name, and forgets while in
// use.
static const struct limit_rule RULES[] = {
    {"name", 3, 2000, 15 * MINUTE_MS, 60 * MINUTE_MS, false},
    // The same for a browser that has signed in to this account: what strangers do does not count here.
    {"known", 3, 2000, 15 * MINUTE_MS, 60 * MINUTE_MS, false},
    // A printed code has 78 bits: who guesses gets nowhere, so who has one waits a minute at most.
    {"printed", 100, 2000, MINUTE_MS, 60 * MINUTE_MS, false},
    {"second", 3, 2000, 15 * MINUTE_MS, 60 * MINUTE_MS, false},
    {"source", 30, 1000, 5 * MINUTE_MS, 10 * MINUTE_MS, true},
    {"code", 3, 30 * 1000, 60 * MINUTE_MS, 60 * MINUTE_MS, false},
    {"code_source", 60, 1000, 5 * MINUTE_MS, 10 * MINUTE_MS, true},
    {"tracking", 5, 2000, 15 * MINUTE_MS, 60 * MINUTE_MS, false},
};
static const struct limit_rule OTHER = {"", 5, 2000, 15 * MINUTE_MS, 60 * MINUTE_MS, false};

// Served by the primary key of sign_in_limit; only the sweep reads all of its few rows.
static const struct sql LIMIT_SET =
    SQL("limit_set", "select slot, limit_key, failures, last_at, until_at, halved_at from sign_in_limit"
                     " where slot >= :first and slot < :after");
static const struct sql LIMIT_PUT = SQL(
    "limit_put", "insert into sign_in_limit (slot, limit_key, failures, last_at, until_at, halved_at)"
                 " values (:slot, :key, :failures, :last, :until, :halved) on conflict (slot) do update set"
                 " limit_key = excluded.limit_key, failures = excluded.failures, last_at = excluded.last_at,"
                 " until_at = excluded.until_at, halved_at = excluded.halved_at");
static const struct sql LIMIT_DROP = SQL(
    "limit_drop", "delete from sign_in_limit where slot >= :first and slot < :after and limit_key = :key");
static const struct sql LIMIT_SWEEP = SQL("limit_sweep", "delete from sign_in_limit where last_at < :least");

// ---- whom a row is about ----

static const struct limit_rule *rule_of(const char *space) {
    for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++)
        if (strcmp(RULES[i].space, space) == 0) return &RULES[i];
    return &OTHER;
}

// A household, or one attacker, has 2^64 addresses of IPv6: the network counts, not the address.
static struct text network_of(struct text address, uint8_t network[16]) {
    char c[INET6_ADDRSTRLEN];
    if (!address.n || address.n >= sizeof c) return address;
    memcpy(c, address.p, address.n);
    c[address.n] = 0;
    if (inet_pton(AF_INET6, c, network) != 1) return address;
    bool is_mapped = IN6_IS_ADDR_V4MAPPED((const struct in6_addr *)network);
    return text_of_bytes((struct bytes){network, is_mapped ? 16 : 8});
}

static uint64_t number_of(const struct access *x, const char *space, struct text key) {
    uint8_t network[16];
    if (rule_of(space)->is_shared) key = network_of(key, network);
    struct key k = key_derive(&x->limit_key, text_of(space));
    struct hash h = hash_keyed(&k, bytes_of(key));
    uint64_t n;
    memcpy(&n, h.b, sizeof n);
    return n ? n : 1;
}

// ---- one set of rows ----

struct entry {
    uint64_t key; // 0: free
    int64_t last_ms, until_ms;
    int64_t halved_ms; // since when nothing was forgotten
    int64_t failures;
};

static int64_t first_slot(uint64_t key) {
    return (int64_t)(key % LIMIT_SETS) * LIMIT_WAYS;
}

static enum status load_set(struct db *db, uint64_t key, struct entry set[LIMIT_WAYS]) {
    struct rows r;
    int64_t first = first_slot(key);
    memset(set, 0, LIMIT_WAYS * sizeof *set);
    enum status st = DB_QUERY(db, &r, &LIMIT_SET, V_INT(first), V_INT(first + LIMIT_WAYS));
    while (!st && rows_next(&r))
        set[row_int(&r, 0) - first] = (struct entry){.key = (uint64_t)row_int(&r, 1),
                                                     .failures = row_int(&r, 2),
                                                     .last_ms = row_int(&r, 3),
                                                     .until_ms = row_int(&r, 4),
                                                     .halved_ms = row_int(&r, 5)};
    enum status end = rows_end(&r);
    return st ? st : end;
}

static struct entry *find(struct entry set[LIMIT_WAYS], uint64_t key) {
    for (int i = 0; i < LIMIT_WAYS; i++)
        if (set[i].key == key) return &set[i];
    return NULL;
}

static struct entry *make_room(struct entry set[LIMIT_WAYS]) {
    struct entry *best = &set[0];
    for (int i = 0; i < LIMIT_WAYS; i++) {
        if (!set[i].key) return &set[i];
        if (set[i].until_ms < best->until_ms ||
            (set[i].until_ms == best->until_ms && set[i].last_ms < best->last_ms))
            best = &set[i];
    }
    return best;
}

static void forget_half(const struct limit_rule *rule, struct entry *e, int64_t now_ms) {
    for (; e->failures > 0 && now_ms - e->halved_ms >= rule->halve_ms; e->halved_ms += rule->halve_ms)
        e->failures /= 2;
    if (!e->failures || !rule->is_shared) e->halved_ms = now_ms;
}

static int64_t wait_of(const struct limit_rule *rule, const struct entry *e, int64_t now_ms) {
    if (!e || e->until_ms <= now_ms) return 0;
    int64_t wait = e->until_ms - now_ms; // the clock jumped back: nobody waits longer than the longest wait
    return wait < rule->most_ms ? wait : rule->most_ms;
}

static int64_t delay_ms(const struct limit_rule *rule, int64_t failures) {
    if (failures <= rule->free) return 0;
    int64_t delay = rule->first_ms;
    for (int64_t i = rule->free + 1; i < failures && delay < rule->most_ms; i++) delay *= 2;
    return delay < rule->most_ms ? delay : rule->most_ms;
}

enum status limits_count(struct access *x, struct db *tx, const char *space, struct text key, bool is_try,
                         int64_t *wait_ms) {
    const struct limit_rule *rule = rule_of(space);
    struct entry set[LIMIT_WAYS];
    uint64_t n = number_of(x, space, key);
    int64_t now_ms = env_now(x->env).ms;
    enum status st = load_set(tx, n, set);
    if (st) return st;
    struct entry *e = find(set, n);
    *wait_ms = is_try ? wait_of(rule, e, now_ms) : 0;
    if (*wait_ms) return STATUS_OK;
    if (!e) {
        e = make_room(set);
        *e = (struct entry){.key = n, .halved_ms = now_ms};
    }
    forget_half(rule, e, now_ms);
    if (e->failures < LIMIT_FAILURES_MAX) e->failures++;
    e->last_ms = now_ms;
    e->until_ms = now_ms + delay_ms(rule, e->failures);
    return DB_RUN(tx, &LIMIT_PUT, V_INT(first_slot(n) + (e - set)), V_INT((int64_t)n), V_INT(e->failures),
                  V_INT(e->last_ms), V_INT(e->until_ms), V_INT(e->halved_ms));
}

// ---- asking and telling ----

struct limit_job {
    struct access *x;
    const char *space;
    struct text key;
    bool is_try;
    int64_t wait_ms;
};

static enum status count(struct db *tx, void *arg) {
    struct limit_job *j = arg;
    return limits_count(j->x, tx, j->space, j->key, j->is_try, &j->wait_ms);
}

static enum status look(struct access *x, const char *space, struct text key, struct entry *out) {
    struct entry set[LIMIT_WAYS], *e;
    uint64_t n = number_of(x, space, key);
    struct db *db;
    *out = (struct entry){0};
    enum status st = reading_begin(x, &db);
    if (st) return st;
    st = load_set(db, n, set);
    reading_end(x, db);
    e = st ? NULL : find(set, n);
    if (e) *out = *e;
    return st;
}

enum status limits_wait(struct access *x, const char *space, struct text key, int64_t *wait_ms) {
    struct entry e;
    enum status st = look(x, space, key, &e);
    *wait_ms = st ? 0 : wait_of(rule_of(space), &e, env_now(x->env).ms);
    return st;
}

// Who must wait costs a read: whoever knocks without end cannot fill the writer's queue.
enum status limits_take(struct access *x, const char *space, struct text key, int64_t *wait_ms) {
    enum status st = limits_wait(x, space, key, wait_ms);
    if (st || *wait_ms) return st;
    struct limit_job j = {x, space, key, true, 0};
    st = store_write(x->store, count, &j);
    *wait_ms = j.wait_ms;
    return st;
}

enum status limits_failed(struct access *x, const char *space, struct text key) {
    struct limit_job j = {x, space, key, false, 0};
    return store_write(x->store, count, &j);
}

enum status limits_failures(struct access *x, const char *space, struct text key, int64_t *failures) {
    struct entry e;
    enum status st = look(x, space, key, &e);
    *failures = e.failures;
    return st;
}

static enum status forgive(struct db *tx, void *arg) {
    struct limit_job *j = arg;
    uint64_t n = number_of(j->x, j->space, j->key);
    int64_t first = first_slot(n);
    return DB_RUN(tx, &LIMIT_DROP, V_INT(first), V_INT(first + LIMIT_WAYS), V_INT((int64_t)n));
}

enum status limits_passed(struct access *x, const char *space, struct text key) {
    struct limit_job j = {x, space, key, false, 0};
    return store_write(x->store, forgive, &j);
}

enum status limits_sweep(struct db *tx, struct moment now) {
    return DB_RUN(tx, &LIMIT_SWEEP, V_INT(now.ms - LIMIT_KEPT_MS));
}

enum status access_limit_ask(struct access *x, const char *space, struct text key, int64_t *wait_ms) {
    enum status st = limits_take(x, space, key, wait_ms);
    return st ? st : *wait_ms ? STATUS_BUSY : STATUS_OK;
}

void access_limit_passed(struct access *x, const char *space, struct text key) {
    enum status st = limits_passed(x, space, key);
    (void)st; // the mistake that was none is forgotten by and by
}
