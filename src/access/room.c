// room.c - opening the room: keys, limits, hashing, defaults; and what all its files use.
#include <fido.h>
#include <oath.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "access/internal.h"
#include "base/encode.h"
#include "store/keys.h"

enum { MINUTE_MS = 60 * 1000, HOUR_MS = 60 * MINUTE_MS };

static struct text host_of(struct text origin) {
    size_t at;
    struct text host = origin;
    if (text_find(origin, T("://"), &at)) host = text_slice(origin, at + 3, origin.n);
    size_t end = 0;
    while (end < host.n && host.p[end] != ':' && host.p[end] != '/') end++;
    return text_slice(host, 0, end);
}

static void fill_options(struct access *x, const struct access_options *o) {
    struct access_options *to = &x->options;
    *to = *o;
    to->origin = text_copy(&x->names, o->origin);
    to->relying_party = text_copy(&x->names, o->relying_party.n ? o->relying_party : host_of(o->origin));
    to->name = text_copy(&x->names, o->name.n ? o->name : T("Ostia"));
    if (!to->idle_ms) to->idle_ms = 2 * HOUR_MS;
    if (!to->idle_staff_ms) to->idle_staff_ms = 30 * MINUTE_MS;
    if (!to->absolute_ms) to->absolute_ms = 12 * HOUR_MS;
    if (!to->half_ms) to->half_ms = 10 * MINUTE_MS;
    if (!to->fresh_ms) to->fresh_ms = CODE_MS;
    x->passkeys = (struct passkey_rules){to->origin, to->relying_party};
}

static void derive_keys(struct access *x) {
    x->lookup_key = keys_derived(x->store, T("access.lookup"));
    x->contact_key = keys_derived(x->store, T("access.contact"));
    x->code_key = keys_derived(x->store, T("access.code"));
    x->csrf_key = keys_derived(x->store, T("access.csrf"));
    x->known_key = keys_derived(x->store, T("access.known"));
    x->handle_key = keys_derived(x->store, T("access.handle"));
    x->limit_key = keys_derived(x->store, T("access.limit"));
}

enum status access_open(struct journal *j, const struct access_options *o, struct access **out,
                        struct problem *p) {
    *out = NULL;
    if (!o->origin.n) return problem(p, "origin", "origin_missing", "problem.access.origin");
    fido_init(0);
    if (oath_init() != OATH_OK) return STATUS_UNSUPPORTED;
    struct access *x = calloc(1, sizeof *x);
    if (!x) return STATUS_BUSY;
    x->journal = j;
    x->store = journal_store(j);
    x->env = journal_env(j);
    fill_options(x, o);
    derive_keys(x);
    x->hasher = hasher_new(o->password_passes, o->password_bytes, o->password_threads);
    if (!x->hasher) {
        access_close(x);
        return STATUS_BUSY;
    }
    *out = x;
    return STATUS_OK;
}

void access_close(struct access *x) {
    if (!x) return;
    hasher_free(x->hasher);
    arena_free(&x->names);
    sodium_memzero(x, sizeof *x);
    free(x);
}

enum status reading_begin(struct access *x, struct db **db) {
    return store_reader(x->store, db);
}

void reading_end(struct access *x, struct db *db) {
    store_reader_release(x->store, db);
}

struct text random_token(const struct access *x, struct arena *a) {
    uint8_t b[32];
    env_random(x->env, b, sizeof b);
    struct text t = base64url_encode(a, (struct bytes){b, sizeof b});
    sodium_memzero(b, sizeof b);
    return t;
}

struct hash secret_hash(const struct access *x, int64_t account, struct text secret) {
    struct arena a = {0};
    struct text both = text_printf(&a, "%lld:" TEXT_FMT, (long long)account, TEXT_ARG(secret));
    struct hash h = hash_keyed(&x->code_key, bytes_of(both));
    arena_free(&a);
    return h;
}

enum status problem_wait(struct problem *p, const char *field, struct arena *a, int64_t wait_ms) {
    if (p) {
        *p = (struct problem){.field = field, .rule = "sign_in_wait", .text_key = "problem.sign_in.wait"};
        problem_arg(p, "minutes", text_printf(a, "%lld", (long long)((wait_ms + MINUTE_MS - 1) / MINUTE_MS)));
    }
    return STATUS_BUSY;
}

enum status problem_code_wrong(struct problem *p) {
    return problem(p, "code", "code_wrong", "problem.code.wrong");
}

enum status problem_code_expired(struct problem *p) {
    return problem(p, "code", "code_expired", "problem.code.expired");
}

enum status problem_sign_in(struct problem *p) {
    return problem(p, "", "sign_in_wrong", "problem.sign_in.wrong");
}

enum status problem_sign_in_over(struct problem *p) {
    if (p) *p = (struct problem){.field = "", .rule = "sign_in_over", .text_key = "problem.sign_in.over"};
    return STATUS_EXPIRED;
}
