// client.c - clients of the API and their tokens. A client is made by an operator; its secret is random, so
// that no slow hash is needed, and only a keyed hash of it is kept. Tokens are rows of a door, like sessions.
#include "access/client.h"

#include <sodium.h>
#include <string.h>

#include "access/internal.h"

enum { NAME_MAX_BYTES = 200, UNIT_MAX_BYTES = 64 };

static const struct sql CLIENT_PUT =
    SQL("client_put",
        "insert into account_client (account_id, secret, purposes) values (:account, :secret, :purposes)"
        " on conflict (account_id) do update set secret = excluded.secret, purposes = excluded.purposes");
// Served by account_by_public_code.
static const struct sql CLIENT_BY_ID =
    SQL("client_by_id",
        "select a.account_id, c.secret, c.purposes from account a join account_client c on"
        " c.account_id = a.account_id where a.public_code = :id and a.kind = 6 and a.is_closed = 0");
static const struct sql ID_OWNER =
    SQL("client_id_owner", "select account_id from account where public_code = :id");
static const struct sql TOKEN_ADD =
    SQL("token_add",
        "insert into access_token (token_hash, account_id, purpose, has_second_factor, made_at, ends_at)"
        " values (:token, :account, :purpose, :second, :at, :ends)");
static const struct sql TOKEN_FIND =
    SQL("token_find",
        "select account_id, purpose, has_second_factor, ends_at from access_token where token_hash = :token");
static const struct sql TOKEN_DROP =
    SQL("token_drop", "delete from access_token where token_hash = :token and account_id = :account");
// The next two are served by access_token_by_account.
static const struct sql TOKENS_DROP =
    SQL("tokens_drop", "delete from access_token where account_id = :account");
static const struct sql TOKENS_PRUNE = SQL(
    "tokens_prune", "delete from access_token where account_id = :account and token_hash not in"
                    " (select token_hash from access_token where account_id = :owner order by made_at desc,"
                    " token_hash limit :most)");
// Served by access_token_by_end.
static const struct sql TOKENS_SWEEP = SQL("tokens_sweep", "delete from access_token where ends_at <= :now");

static enum status apply_client(struct db *db, const struct event *e) {
    if (!event_has(e, "secret")) return STATUS_OK; // erased
    return DB_RUN(db, &CLIENT_PUT, V_INT(e->stream), V_BYTES(event_bytes(e, "secret")),
                  V_TEXT(event_text(e, "purposes")));
}
const struct event_type CLIENT_SET = {"client_set", apply_client};
const struct event_type TOKEN_GIVEN = {"token_given", NULL};
const struct event_type TOKEN_REVOKED = {"token_revoked", NULL};

enum status client_token_sweep(struct db *db, struct moment now) {
    return DB_RUN(db, &TOKENS_SWEEP, V_INT(now.ms));
}

enum status client_tokens_drop(struct db *db, int64_t account) {
    return DB_RUN(db, &TOKENS_DROP, V_INT(account));
}

// With a prefix, so that a search for secrets that got into the wrong place finds them.
static struct text new_secret(struct access *x, struct arena *a, struct text prefix) {
    return TEXT_JOIN(a, prefix, random_token(x, a));
}

// ---- making ----

struct client_job {
    struct access *x;
    int64_t by, account;
    const struct new_client *n;
    struct text id, secret, purposes, roles;
};

static enum status read_words(const struct text *words, size_t count, size_t max, struct arena *a,
                              const char *field, struct text *joined, struct problem *p) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < count; i++) {
        if (!word_ok(words[i])) return problem(p, field, "word", "problem.client.words");
        if (i) out_byte(&o, ',');
        out_text(&o, words[i]);
    }
    *joined = out_done(&o);
    return count && count <= max ? STATUS_OK : problem(p, field, "required", "problem.client.words");
}

static bool id_ok(struct text id) {
    for (size_t i = 0; i < id.n; i++)
        if (!((id.p[i] >= 'a' && id.p[i] <= 'z') || (id.p[i] >= '0' && id.p[i] <= '9') ||
              (i && id.p[i] == '-')))
            return false;
    return id.n >= 3 && id.n <= CLIENT_ID_MAX;
}

static bool acts_for_people(struct text role) {
    return text_eq(role, T("representative")) || text_eq(role, T("applicant"));
}

static enum status check_client(const struct new_client *n, struct problem *p) {
    if (!id_ok(n->id)) return problem(p, "id", "id", "problem.client.id");
    if (!line_ok(n->name, NAME_MAX_BYTES)) return problem(p, "name", "required", "problem.staff.name");
    if (n->unit.n && !line_ok(n->unit, UNIT_MAX_BYTES))
        return problem(p, "unit", "unit_long", "problem.staff.unit");
    for (size_t i = 0; i < n->role_count; i++)
        if (n->role_count > 1 &&
            acts_for_people(n->roles[i])) // whose case it is, and who examines it, stay apart
            return problem(p, "roles", "roles_apart", "problem.client.roles_apart");
    return STATUS_OK;
}

static void draft_secret(const struct client_job *j, struct events *list, struct arena *a) {
    struct event_draft *d = events_add(list, &CLIENT_SET, j->account, j->account);
    struct hash h = secret_hash(j->x, j->account, j->secret);
    draft_personal_bytes(d, "secret", bytes_copy(a, hash_bytes(&h)));
    draft_text(d, "purposes", j->purposes);
}

static enum status make_client(struct write *w, void *argument, struct problem *p) {
    struct client_job *j = argument;
    int64_t owner;
    enum status st = DB_INT(w->db, &owner, &ID_OWNER, V_TEXT(j->id));
    if (st != STATUS_NOT_FOUND) return st ? st : problem(p, "id", "id_taken", "problem.client.id_taken");
    j->account = write_id(w);
    st = write_subject(w, j->account);
    if (st) return st;
    struct events *list = events_new(w->arena);
    struct event_draft *d = events_add(list, &ACCOUNT_CREATED, j->account, j->account);
    draft_int(d, "kind", ACTOR_CLIENT);
    draft_text(d, "language", T("en"));
    draft_text(d, "unit", text_trim(j->n->unit));
    draft_text(d, "code", j->id);
    draft_text(d, "roles", j->roles);
    draft_personal_text(d, "name", text_trim(j->n->name));
    draft_secret(j, list, w->arena);
    return write_events(w, j->by ? j->by : j->account, list);
}

enum status access_create_client(struct access *x, int64_t by, const struct new_client *n, struct arena *a,
                                 struct client_made *out, struct problem *p) {
    struct client_job j = {.x = x, .by = by, .n = n, .id = n->id};
    enum status st = check_client(n, p);
    if (!st) st = read_words(n->roles, n->role_count, ACTOR_ROLES_MAX, a, "roles", &j.roles, p);
    if (!st)
        st = read_words(n->purposes, n->purpose_count, CLIENT_PURPOSES_MAX, a, "purposes", &j.purposes, p);
    if (st) return st;
    j.secret = new_secret(x, a, T("ocs_"));
    st = journal_write(x->journal, make_client, &j, a, p);
    if (!st) *out = (struct client_made){j.account, j.secret};
    return st;
}

// ---- a new secret, or the end ----

struct client_row {
    int64_t account;
    struct hash secret;
    struct text purposes;
};

static enum status load_client(struct db *db, struct text id, struct arena *a, struct client_row *out) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &CLIENT_BY_ID, V_TEXT(id));
    *out = (struct client_row){0};
    if (!st) {
        struct bytes secret = row_bytes(&r, 1);
        out->account = row_int(&r, 0);
        if (secret.n == HASH_BYTES) memcpy(out->secret.b, secret.p, HASH_BYTES);
        out->purposes = text_copy(a, row_text(&r, 2));
    }
    enum status end = rows_end(&r);
    return st ? st : end;
}

static enum status set_secret(struct write *w, void *argument, struct problem *p) {
    struct client_job *j = argument;
    struct client_row row;
    (void)p;
    enum status st = load_client(w->db, j->id, w->arena, &row);
    if (st) return st;
    j->account = row.account;
    j->purposes = row.purposes;
    struct events *list = events_new(w->arena);
    draft_secret(j, list, w->arena);
    st = write_events(w, j->by ? j->by : j->account, list);
    return st ? st : DB_RUN(w->db, &TOKENS_DROP, V_INT(j->account));
}

enum status access_client_secret(struct access *x, int64_t by, struct text id, struct arena *a,
                                 struct text *secret) {
    struct client_job j = {.x = x, .by = by, .id = id, .secret = new_secret(x, a, T("ocs_"))};
    enum status st = journal_write(x->journal, set_secret, &j, a, NULL);
    *secret = st ? T("") : j.secret;
    return st;
}

static enum status find_client(struct access *x, struct text id, struct arena *a, struct client_row *out) {
    struct db *db;
    enum status st = reading_begin(x, &db);
    if (st) return st;
    st = load_client(db, id, a, out);
    reading_end(x, db);
    return st;
}

enum status access_close_client(struct access *x, int64_t by, struct text id) {
    struct arena a = {0};
    struct client_row row;
    enum status st = find_client(x, id, &a, &row);
    arena_free(&a);
    return st ? st : access_close_account(x, by, row.account, T(""));
}

// ---- tokens ----

static enum status wrong_client(struct problem *p) {
    return problem(p, "client_id", "invalid_client", "problem.client.wrong");
}

// The same work and answer for an unknown client as for a wrong secret. Tries are not counted by client:
// nobody guesses 256 bits, and whoever knows an id could lock its owner out. RATE_SIGN_IN counts them by
// address.
static enum status prove(struct access *x, struct text id, struct text secret, struct arena *a,
                         struct client_row *row, struct problem *p) {
    if (!id_ok(id) || !secret.n || secret.n > 2 * TOKEN_CHARS_MAX) return wrong_client(p);
    enum status st = find_client(x, id, a, row);
    if (st && st != STATUS_NOT_FOUND) return st;
    struct hash given = secret_hash(x, row->account, secret);
    return st || sodium_memcmp(given.b, row->secret.b, HASH_BYTES) != 0 ? wrong_client(p) : STATUS_OK;
}

static enum status choose_purpose(struct text purposes, struct text asked, struct text *out,
                                  struct problem *p) {
    struct text rest = purposes, one;
    size_t count = 0;
    *out = (struct text){0};
    while (text_cut(&rest, ',', &one)) {
        count++;
        if (!asked.n || text_eq(asked, one)) *out = one;
    }
    return out->n && (asked.n || count == 1) ? STATUS_OK
                                             : problem(p, "scope", "invalid_scope", "problem.client.scope");
}

struct token_job {
    struct hash token;
    int64_t account;
    struct text purpose;
    bool has_second_factor;
};

static enum status add_event(struct write *w, const struct event_type *type, int64_t account,
                             struct text purpose) {
    struct event_draft *d;
    struct events *list = account_event(w, type, account, &d);
    if (purpose.n) draft_text(d, "purpose", purpose);
    return write_events(w, account, list);
}

static enum status give_token(struct write *w, void *argument, struct problem *p) {
    struct token_job *j = argument;
    (void)p;
    enum status st = add_event(w, &TOKEN_GIVEN, j->account, j->purpose);
    if (!st)
        st = DB_RUN(w->db, &TOKEN_ADD, V_BYTES(hash_bytes(&j->token)), V_INT(j->account), V_TEXT(j->purpose),
                    V_INT(j->has_second_factor), V_INT(w->now.ms), V_INT(w->now.ms + TOKEN_MS));
    return st ? st
              : DB_RUN(w->db, &TOKENS_PRUNE, V_INT(j->account), V_INT(j->account),
                       V_INT(TOKENS_PER_CLIENT_MAX));
}

enum status access_client_token(struct access *x, struct text id, struct text secret, struct text purpose,
                                struct arena *a, struct client_token *out, struct problem *p) {
    struct client_row row;
    *out = (struct client_token){.life_ms = TOKEN_MS};
    enum status st = prove(x, id, secret, a, &row, p);
    if (!st) st = choose_purpose(row.purposes, purpose, &out->purpose, p);
    if (st) return st;
    out->token = new_secret(x, a, T("oat_"));
    struct token_job j = {hash_of(bytes_of(out->token)), row.account, out->purpose};
    return journal_write(x->journal, give_token, &j, a, p);
}

enum status access_token_own(struct access *x, const struct actor *actor, struct text purpose,
                             struct arena *a, struct client_token *out, struct problem *p) {
    *out = (struct client_token){.life_ms = TOKEN_MS, .purpose = purpose};
    if (actor->kind != ACTOR_STAFF || !actor->second_factor || actor->is_client || actor->purpose.n) {
        enum status ignored = problem(p, "", "access_second_factor", "problem.access.second_factor");
        (void)ignored;
        return STATUS_REFUSED;
    }
    if (!word_ok(purpose)) return problem(p, "purpose", "access_purpose", "problem.access.purpose");
    enum status st = factor_is_fresh(x, actor, p);
    if (st) return st;
    out->token = new_secret(x, a, T("oat_"));
    struct token_job j = {hash_of(bytes_of(out->token)), actor->account, purpose, true};
    return journal_write(x->journal, give_token, &j, a, p);
}

static enum status end_tokens(struct write *w, void *argument, struct problem *p) {
    int64_t account = *(int64_t *)argument;
    (void)p;
    enum status st = DB_RUN(w->db, &TOKENS_DROP, V_INT(account));
    return st || !db_changed(w->db) ? st : add_event(w, &TOKEN_REVOKED, account, T(""));
}

enum status access_tokens_end(struct access *x, int64_t account) {
    struct arena a = {0};
    enum status st = journal_write(x->journal, end_tokens, &account, &a, NULL);
    arena_free(&a);
    return st;
}

static enum status revoke(struct write *w, void *argument, struct problem *p) {
    struct token_job *j = argument;
    (void)p;
    enum status st = DB_RUN(w->db, &TOKEN_DROP, V_BYTES(hash_bytes(&j->token)), V_INT(j->account));
    return st || !db_changed(w->db) ? st : add_event(w, &TOKEN_REVOKED, j->account, T(""));
}

enum status access_client_revoke(struct access *x, struct text id, struct text secret, struct text token,
                                 struct arena *a, struct problem *p) {
    struct client_row row;
    enum status st = prove(x, id, secret, a, &row, p);
    if (st || token.n > TOKEN_CHARS_MAX) return st;
    struct token_job j = {.token = hash_of(bytes_of(token)), .account = row.account};
    return journal_write(x->journal, revoke, &j, a, p);
}

// ---- who holds it ----

static enum status load_actor(struct db *db, int64_t id, bool has_second_factor, struct text purpose,
                              struct arena *a, struct actor *out) {
    struct account_row account;
    enum status st = account_load(db, id, a, &account);
    if (st || account.is_closed) return st ? st : STATUS_NOT_FOUND;
    *out = account_actor(&account);
    out->second_factor = has_second_factor;
    out->purpose = purpose;
    if (account.kind != ACTOR_CLIENT) return STATUS_OK;
    out->is_client = true;
    out->kind = out->role_count && acts_for_people(out->roles[0]) ? ACTOR_REPRESENTATIVE : ACTOR_STAFF;
    return STATUS_OK;
}

enum status access_client_actor(struct access *x, struct text id, struct text purpose, struct arena *a,
                                struct actor *out) {
    struct client_row row = {0};
    struct text chosen;
    struct db *db;
    enum status st = reading_begin(x, &db);
    *out = (struct actor){0};
    if (st) return st;
    st = load_client(db, id, a, &row);
    bool is_its = !st && purpose.n && !choose_purpose(row.purposes, purpose, &chosen, NULL);
    if (!st) st = is_its ? load_actor(db, row.account, false, chosen, a, out) : STATUS_REFUSED;
    reading_end(x, db);
    return st;
}

static enum status load_token(struct db *db, const struct hash *token, struct moment now, struct arena *a,
                              struct actor *out) {
    struct rows r;
    int64_t id = 0, ends_at = 0;
    bool has_second_factor = false;
    struct text purpose = {0};
    enum status st = DB_ONE(db, &r, &TOKEN_FIND, V_BYTES(hash_bytes(token)));
    if (!st) {
        id = row_int(&r, 0);
        purpose = text_copy(a, row_text(&r, 1));
        has_second_factor = row_int(&r, 2) != 0;
        ends_at = row_int(&r, 3);
    }
    enum status end = rows_end(&r);
    if (st || end) return st ? st : end;
    if (now.ms >= ends_at) return STATUS_NOT_FOUND;
    return load_actor(db, id, has_second_factor, purpose, a, out);
}

enum status access_token_find(struct access *x, struct arena *a, struct text token, struct moment now,
                              struct actor *out) {
    struct db *db;
    *out = (struct actor){0};
    if (!token.n || token.n > TOKEN_CHARS_MAX) return STATUS_NOT_FOUND;
    struct hash h = hash_of(bytes_of(token));
    enum status st = reading_begin(x, &db);
    if (st) return st;
    st = load_token(db, &h, now, a, out);
    reading_end(x, db);
    return st;
}
