// room.c - opening the service, and who may ask it.
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "privacy/inside.h"

extern const struct migrations PRIVACY_MIGRATIONS;
static const struct migrations *const ROOMS[] = {&PRIVACY_MIGRATIONS};

enum status privacy_store_open(const struct env *env, const struct privacy_options *o, struct store **out,
                               struct problem *p) {
    struct store_options store = {.dir = o->dir,
                                  .url = o->url,
                                  .schema = o->schema,
                                  .file = "privacy.db",
                                  .only_tables = true,
                                  .create = o->create,
                                  .rooms = ROOMS,
                                  .room_count = 1};
    return store_open(env, &store, out, p);
}

struct opening_list {
    struct privacy *s;
    struct problem *problem;
};

// The key file is this database's, and the authority the one that it was made for.
static enum status check_owner(struct privacy *s, struct db *tx, struct problem *p) {
    struct arena a = {0};
    struct bytes key, ours = {s->public_key, sizeof s->public_key};
    int64_t authority;
    enum status st = state_get(tx, &a, T("owner"), &authority, &key);
    bool is_new = !st && !key.n, fits = key.n == ours.n && memcmp(key.p, ours.p, ours.n) == 0;
    arena_free(&a);
    if (st) return st;
    if (is_new) return state_set(tx, T("owner"), s->authority, ours);
    if (!fits) (void)problem(p, "key_file", "key_other", "problem.privacy.key_other");
    if (!fits) return STATUS_CORRUPT;
    return authority == s->authority ? STATUS_OK
                                     : problem(p, "authority-code", "owner", "problem.privacy.owner");
}

// A database that was put back forgets again before anybody is answered.
static enum status run_follow(struct db *tx, void *arg) {
    struct opening_list *o = arg;
    enum status st = check_owner(o->s, tx, o->problem);
    if (st) return st;
    st = erase_listed(o->s, tx, &o->s->erased_again);
    if (st == STATUS_CORRUPT) (void)problem(o->problem, "deleted", "list", "problem.privacy.list");
    return st ? st : service_keys_check(o->s, tx, o->problem);
}

static enum status follow_list(struct privacy *s, struct problem *p) {
    struct opening_list o = {s, p};
    enum status st = store_write(s->store, run_follow, &o);
    if (!st && s->erased_again)
        log_line(LOG_WARNING, "privacy.erased_again", "mappings=%zu", s->erased_again);
    return st;
}

static void make_public_key(struct privacy *s) {
    uint8_t secret[crypto_sign_SECRETKEYBYTES];
    crypto_sign_seed_keypair(s->public_key, secret, s->keys.signing_seed.b);
    sodium_memzero(secret, sizeof secret);
}

static enum status open_inside(struct privacy *s, const struct privacy_options *o, struct problem *p) {
    enum status st = privacy_store_open(s->env, o, &s->store, p);
    if (st) return st;
    s->dir = file_path(o->dir, NULL, NULL);
    s->key_file = o->key_file ? file_path(o->key_file, NULL, NULL) : file_path(o->dir, "privacy.key", NULL);
    // A key file is made for a new service only: another one would open nothing, and hide that one is
    // missing.
    bool are_empty = false;
    st = tables_are_empty(s->store, &are_empty);
    if (!st) st = key_file_load(s->env, s->key_file.c, o->create && are_empty, &s->keys, p);
    if (st) return st;
    make_public_key(s);
    return follow_list(s, p);
}

enum status privacy_open(const struct env *env, const struct privacy_options *o, struct privacy **out,
                         struct problem *p) {
    *out = NULL;
    struct privacy *s = calloc(1, sizeof *s);
    if (!s) abort();
    s->env = env;
    s->authority = o->authority;
    pthread_mutex_init(&s->mutex, NULL);
    enum status st = zone_find(o->zone, &s->zone);
    if (st) st = problem(p, "zone", "zone_unknown", "problem.zone");
    if (!st) st = open_inside(s, o, p);
    if (st)
        privacy_close(s);
    else
        *out = s;
    return st;
}

void privacy_close(struct privacy *s) {
    if (!s) return;
    store_close(s->store);
    pthread_mutex_destroy(&s->mutex);
    sodium_memzero(s, sizeof *s);
    free(s);
}

size_t privacy_erased_again(const struct privacy *s) {
    return s->erased_again;
}

uint32_t privacy_authority(const struct privacy *s) {
    return s->authority;
}

void privacy_public_key(const struct privacy *s, uint8_t key[PRIVACY_PUBLIC_KEY_BYTES]) {
    memcpy(key, s->public_key, PRIVACY_PUBLIC_KEY_BYTES);
}

struct date today(const struct privacy *s) {
    return zone_date(s->zone, env_now(s->env));
}

// ---- who may ask

static const struct {
    unsigned powers; // any of them is enough
    bool goes_on;    // while a case is restricted (GDPR Art. 18(2))
    bool needs_ground;
} PURPOSES[] = {
    [PRIVACY_FOR_EXCHANGE] = {PRIVACY_MAY_MAP, false, false},
    [PRIVACY_FOR_ACCESS] = {PRIVACY_MAY_MAP, true, true},
    [PRIVACY_FOR_CORRECTION] = {PRIVACY_MAY_MAP, true, true},
    [PRIVACY_FOR_COURT] = {PRIVACY_MAY_MAP | PRIVACY_MAY_HOLD | PRIVACY_MAY_ERASE, true, true},
    [PRIVACY_FOR_SUPERVISION] = {PRIVACY_MAY_MAP | PRIVACY_MAY_AUDIT, true, true},
    [PRIVACY_FOR_OPERATION] = {PRIVACY_MAY_KEEP, true, false},
};
static const size_t PURPOSE_COUNT = sizeof PURPOSES / sizeof *PURPOSES;

static bool is_purpose(enum privacy_purpose purpose) {
    return purpose > 0 && purpose < PURPOSE_COUNT;
}

bool purpose_goes_on(enum privacy_purpose purpose) {
    return is_purpose(purpose) && PURPOSES[purpose].goes_on;
}

static bool is_sentence(struct text t, size_t least, size_t most) {
    return t.n >= least && t.n <= most && text_is_utf8(t);
}

static enum status check(const struct privacy_reader *by, unsigned power, struct problem *p) {
    if (!is_sentence(by->who, 1, PRIVACY_WHO_MAX)) return problem(p, "who", "who", "problem.privacy.who");
    if (!is_purpose(by->purpose)) return problem(p, "purpose", "purpose", "problem.privacy.purpose");
    if (!is_sentence(by->ground, PURPOSES[by->purpose].needs_ground, PRIVACY_GROUND_MAX))
        return problem(p, "ground", "ground", "problem.privacy.ground");
    // Separation of duties (ledger.md section 5, 9): nobody sees events and whose they are.
    if ((by->powers & PRIVACY_READS_LEDGER) && (by->powers & ~(unsigned)PRIVACY_READS_LEDGER)) {
        (void)problem(p, "powers", "powers_together", "problem.privacy.powers_together");
        return STATUS_REFUSED;
    }
    if (!(by->powers & power)) {
        (void)problem(p, "powers", "power_missing", "problem.privacy.power_missing");
        return STATUS_REFUSED;
    }
    return STATUS_OK;
}

struct refusal {
    struct privacy *s;
    const struct privacy_reader *by;
};

static enum status write_refusal(struct db *tx, void *arg) {
    struct refusal *r = arg;
    return evidence_add(r->s, tx, r->by, EVIDENCE_REFUSED, NULL, NULL);
}

enum status reader_check(struct privacy *s, const struct privacy_reader *by, unsigned power,
                         struct problem *p) {
    struct refusal r = {s, by};
    enum status st = check(by, power, p);
    if (st != STATUS_REFUSED) return st;
    enum status written = store_write_repeatable(s->store, write_refusal, &r);
    if (written) log_line(LOG_WARNING, "privacy.refusal", "status=\"%s\"", status_name(written));
    return st;
}
