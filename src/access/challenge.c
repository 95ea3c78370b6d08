// challenge.c - something sent or shown that must come back, once: codes by e-mail and phone, new TOTP
// secrets, passkey challenges. Rows of a door, not events; what follows from them is one.
#include <string.h>

#include "access/internal.h"

static const struct sql CHALLENGE_ADD =
    SQL("challenge_add", "insert into challenge (id_hash, purpose, account_id, contact_kind, lookup, sealed, "
                         "code_hash, tries, ends_at)"
                         " values (:id, :purpose, :account, :kind, :lookup, :sealed, :code, 0, :ends)");
// Served by the primary key of challenge.
static const struct sql CHALLENGE_FIND =
    SQL("challenge_find",
        "select purpose, account_id, contact_kind, lookup, sealed, code_hash, tries, ends_at from challenge"
        " where id_hash = :id");
static const struct sql CHALLENGE_TRIED =
    SQL("challenge_tried", "update challenge set tries = tries + 1 where id_hash = :id");
static const struct sql CHALLENGE_DROP = SQL("challenge_drop", "delete from challenge where id_hash = :id");
// Served by challenge_by_end.
static const struct sql CHALLENGE_SWEEP =
    SQL("challenge_sweep", "delete from challenge where ends_at <= :now");

enum { TOKEN_MAX = 64 };

static struct hash id_of(struct text token) {
    return hash_of(bytes_of(token));
}

static struct hash code_hash(const struct access *x, struct text token, struct text code) {
    struct arena a = {0};
    struct text both = TEXT_JOIN(&a, T("challenge:"), token, T(":"), code);
    struct hash h = hash_keyed(&x->code_key, bytes_of(both));
    arena_free(&a);
    return h;
}

struct text challenge_digits(const struct access *x, struct arena *a) {
    uint64_t n; // the remainder of 64 bits by a million is even enough
    env_random(x->env, &n, sizeof n);
    return text_printf(a, "%06u", (unsigned)(n % 1000000));
}

// ---- making ----

struct making {
    const struct challenge *c;
    struct hash id, code;
    struct moment now;
};

static enum status make(struct db *tx, void *arg) {
    struct making *m = arg;
    const struct challenge *c = m->c;
    enum status st = DB_RUN(tx, &CHALLENGE_SWEEP, V_INT(m->now.ms));
    if (st) return st;
    return DB_RUN(tx, &CHALLENGE_ADD, V_BYTES(hash_bytes(&m->id)), V_INT(c->purpose), V_INT(c->account),
                  V_INT(c->contact_kind), V_BYTES(hash_bytes(&c->lookup)), V_BYTES(c->sealed),
                  V_BYTES(hash_bytes(&m->code)), V_INT(c->ends_at.ms));
}

enum status challenge_make(struct access *x, const struct challenge *c, struct text code, struct arena *a,
                           struct text *token) {
    *token = random_token(x, a);
    struct text must = code.n ? code : random_token(x, a);
    struct making m = {c, id_of(*token), code_hash(x, *token, must), env_now(x->env)};
    return store_write(x->store, make, &m);
}

// ---- coming back ----

struct trying {
    struct access *x;
    enum challenge_purpose purpose;
    struct hash id, code;
    struct moment now;
    struct arena *arena; // of the thread that waits
    struct challenge *out;
    enum status found;
    bool fits;
};

static enum status load(struct db *db, struct trying *t) {
    struct rows r;
    struct challenge *c = t->out;
    enum status st = DB_ONE(db, &r, &CHALLENGE_FIND, V_BYTES(hash_bytes(&t->id)));
    if (!st) {
        struct hash wanted = {0};
        *c = (struct challenge){.purpose = (enum challenge_purpose)row_int(&r, 0),
                                .account = row_int(&r, 1),
                                .contact_kind = (enum contact_kind)row_int(&r, 2),
                                .sealed = bytes_copy(t->arena, row_bytes(&r, 4)),
                                .tries = (int)row_int(&r, 6),
                                .ends_at = {row_int(&r, 7)}};
        struct bytes lookup = row_bytes(&r, 3), code = row_bytes(&r, 5);
        if (lookup.n == HASH_BYTES) memcpy(c->lookup.b, lookup.p, HASH_BYTES);
        if (code.n == HASH_BYTES) memcpy(wanted.b, code.p, HASH_BYTES);
        t->fits = hash_eq(&wanted, &t->code);
    }
    enum status end = rows_end(&r);
    if (end) return end;
    bool is_good = !st && c->purpose == t->purpose && c->ends_at.ms > t->now.ms && c->tries < CODE_TRIES_MAX;
    t->found = is_good ? STATUS_OK : STATUS_EXPIRED;
    if (!is_good) t->fits = false;
    return STATUS_OK;
}

static enum status try(struct db *tx, void *arg) {
    struct trying *t = arg;
    enum status st = load(tx, t);
    // Counted also for one that is not there, so that both take the same time.
    return st ? st : DB_RUN(tx, &CHALLENGE_TRIED, V_BYTES(hash_bytes(&t->id)));
}

enum status challenge_try(struct access *x, enum challenge_purpose purpose, struct text token,
                          struct text code, struct arena *a, struct challenge *out, bool *fits) {
    *fits = false;
    if (token.n > TOKEN_MAX || code.n > TOKEN_MAX) return STATUS_EXPIRED;
    struct trying t = {.x = x,
                       .purpose = purpose,
                       .id = id_of(token),
                       .code = code_hash(x, token, text_trim(code)),
                       .now = env_now(x->env),
                       .arena = a,
                       .out = out};
    enum status st = store_write(x->store, try, &t);
    if (st) return st;
    *fits = t.fits;
    return t.found;
}

enum status challenge_get(struct access *x, enum challenge_purpose purpose, struct text token,
                          struct arena *a, struct challenge *out) {
    struct db *db;
    if (token.n > TOKEN_MAX) return STATUS_EXPIRED;
    struct trying t = {
        .x = x, .purpose = purpose, .id = id_of(token), .now = env_now(x->env), .arena = a, .out = out};
    enum status st = reading_begin(x, &db);
    if (st) return st;
    st = load(db, &t);
    reading_end(x, db);
    return st ? st : t.found;
}

enum status challenge_use(struct write *w, struct text token) {
    struct hash id = id_of(token);
    enum status st = DB_RUN(w->db, &CHALLENGE_DROP, V_BYTES(hash_bytes(&id)));
    if (st) return st;
    return db_changed(w->db) == 1 ? STATUS_OK : STATUS_EXPIRED;
}

enum status challenge_sweep(struct db *db, struct moment now) {
    return DB_RUN(db, &CHALLENGE_SWEEP, V_INT(now.ms));
}
