// seal.c - a key for each row, sealed by a service key; and keyed hashes by which rows are found.
//
// Who has the tables alone finds nobody: own ids and channels are in no column. Who has the key file too
// needs the row, and a deleted row's key is nowhere.
#include <sodium.h>
#include <string.h>

#include "privacy/inside.h"

static bool pick(const struct service_keys *k, int64_t number, struct service_key *out) {
    for (size_t i = k->count; i-- > 0;) {
        if (number && k->items[i].number != number) continue;
        *out = k->items[i];
        return true;
    }
    return false;
}

// Another server that shares the database may have made a newer one.
static enum status load_again(struct privacy *s) {
    struct service_keys fresh;
    enum status st = key_file_load(s->env, s->key_file.c, false, &fresh, NULL);
    if (!st) s->keys = fresh;
    return st;
}

enum status service_key_of(struct privacy *s, int64_t number, struct service_key *out) {
    pthread_mutex_lock(&s->mutex);
    enum status st = STATUS_OK;
    // What is sealed now must be sealed by the newest key of all servers, or another one could not open it.
    if (!number && store_is_shared(s->store)) st = load_again(s);
    if (!st && !pick(&s->keys, number, out)) {
        st = load_again(s);
        if (!st && !pick(&s->keys, number, out)) st = STATUS_CORRUPT;
    }
    pthread_mutex_unlock(&s->mutex);
    return st;
}

void service_keys_copy(struct privacy *s, struct service_keys *out) {
    pthread_mutex_lock(&s->mutex);
    *out = s->keys;
    pthread_mutex_unlock(&s->mutex);
}

enum status find_by_each_key(struct privacy *s, find_fn *find, void *arg) {
    struct service_keys keys;
    service_keys_copy(s, &keys);
    enum status st = STATUS_NOT_FOUND;
    int64_t newest = keys.items[keys.count - 1].number;
    for (size_t i = keys.count; i-- > 0 && st == STATUS_NOT_FOUND;) st = find(arg, &keys.items[i]);
    if (st == STATUS_NOT_FOUND && store_is_shared(s->store)) {
        pthread_mutex_lock(&s->mutex);
        enum status loaded = load_again(s);
        keys = s->keys;
        pthread_mutex_unlock(&s->mutex);
        for (size_t i = keys.count; !loaded && i-- > 0 && st == STATUS_NOT_FOUND;)
            if (keys.items[i].number > newest) st = find(arg, &keys.items[i]);
    }
    sodium_memzero(&keys, sizeof keys);
    return st;
}

static void number_bytes(uint8_t into[8], int64_t n) {
    for (int i = 0; i < 8; i++) into[i] = (uint8_t)((uint64_t)n >> (56 - 8 * i));
}

struct hash finder_of(const struct service_key *k, struct text kind, struct bytes what) {
    struct key by = key_derive(&k->root, kind);
    struct hash h = hash_keyed(&by, what);
    key_wipe(&by);
    return h;
}

struct hash finder_of_own(const struct service_key *k, int64_t own) {
    uint8_t number[8];
    number_bytes(number, own);
    return finder_of(k, T("find own id"), (struct bytes){number, 8});
}

struct channel_id privacy_erased_name(const struct channel_id *channel) {
    static const char WORDS[] = "ostia privacy: erased";
    uint8_t both[sizeof WORDS - 1 + CHANNEL_BYTES];
    struct channel_id name;
    memcpy(both, WORDS, sizeof WORDS - 1);
    memcpy(both + sizeof WORDS - 1, channel->b, CHANNEL_BYTES);
    struct hash h = hash_of((struct bytes){both, sizeof both});
    memcpy(name.b, h.b, CHANNEL_BYTES);
    return name;
}

struct hash finder_of_channel(const struct service_key *k, const struct channel_id *erased_name) {
    return finder_of(k, T("find channel"), channel_bytes(erased_name));
}

// The row is authenticated with its key, so that rows cannot be swapped.
enum status row_key_wrap(struct privacy *s, struct arena *a, const struct key *row_key, struct bytes row,
                         struct wrapped_key *out) {
    struct service_key by;
    enum status st = service_key_of(s, 0, &by);
    if (st) return st;
    out->service_key = by.number;
    out->wrapped = seal(a, s->env, &by.wrapping, (struct bytes){row_key->b, KEY_BYTES}, row);
    key_wipe(&by.wrapping);
    key_wipe(&by.root);
    return STATUS_OK;
}

enum status row_key_unwrap(struct privacy *s, const struct wrapped_key *w, struct bytes row,
                           struct key *out) {
    struct service_key by;
    struct arena a = {0};
    struct bytes plain = {0};
    enum status st = service_key_of(s, w->service_key, &by);
    if (!st) st = unseal(&a, &by.wrapping, w->wrapped, row, &plain);
    if (!st && plain.n != KEY_BYTES) st = STATUS_CORRUPT;
    if (!st) memcpy(out->b, plain.p, KEY_BYTES);
    if (plain.n) key_wipe((struct key *)(uintptr_t)plain.p);
    arena_free(&a);
    key_wipe(&by.wrapping);
    key_wipe(&by.root);
    return st;
}
