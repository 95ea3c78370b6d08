// session.c - sessions: opening, finding, ending. Rows of a door; that somebody signed in or out is an event.
#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "access/internal.h"

#include "base/encode.h"

enum {
    AGENT_MAX = 200,
    ADDRESS_MAX = 64,
    SAVE_SEEN_MS = 60 * 1000, // a request writes nothing, but one a minute
};

static const struct sql SESSION_ADD =
    SQL("session_add",
        "insert into session (token_hash, session_id, account_id, state, way, has_second_factor, created_at, "
        "seen_at, factor_at, ends_at, agent, address)"
        " values (:token, :session, :account, :state, :way, :second, :at, :at, :at, :ends, :agent, "
        ":address)");
// Served by the primary key of session.
static const struct sql SESSION_FIND = SQL(
    "session_find",
    "select session_id, account_id, state, way, has_second_factor, created_at, seen_at, ends_at, factor_at"
    " from session where token_hash = :token");
static const struct sql SESSION_REFRESH =
    SQL("session_refresh", "update session set factor_at = :at where token_hash = :token and state = 3");
static const struct sql SESSION_SEEN =
    SQL("session_seen", "update session set seen_at = :at where token_hash = :token and seen_at < :least");
static const struct sql SESSION_DROP = SQL("session_drop", "delete from session where token_hash = :token");
// The next five are served by session_by_account.
static const struct sql SESSION_OWN =
    SQL("session_own", "select way, state, factor_at from session"
                       " where account_id = :account and session_id = :session");
static const struct sql SESSION_DROP_ALL =
    SQL("session_drop_all", "delete from session where account_id = :account and session_id <> :except");
static const struct sql SESSION_DROP_ONE =
    SQL("session_drop_one", "delete from session where account_id = :account and session_id = :session");
static const struct sql SESSION_PRUNE =
    SQL("session_prune", "delete from session where account_id = :account and session_id not in"
                         " (select session_id from session where account_id = :owner order by created_at "
                         "desc, session_id limit :most)");
static const struct sql SESSION_LIST =
    SQL("session_list",
        "select session_id, agent, address, created_at, seen_at, has_second_factor from session"
        " where account_id = :account and state = 3 and ends_at > :now order by seen_at desc, session_id");
// Served by session_by_end; idle ones go with their end.
static const struct sql SESSION_SWEEP = SQL("session_sweep", "delete from session where ends_at <= :now");

static_assert(SESSION_OPEN == 3, "a number in session_list and session_refresh");

struct hash session_hash(struct text token) {
    return hash_of(bytes_of(token));
}

// ---- opening ----

static int64_t life_ms(const struct opening *o) {
    if (o->state == SESSION_HALF) return o->x->options.half_ms;
    if (o->state == SESSION_ENROL) return o->x->options.idle_staff_ms;
    return o->x->options.absolute_ms;
}

static struct text clip(struct text t, size_t max) {
    if (!text_is_utf8(t)) return T("");
    if (t.n <= max) return t;
    while (max && ((unsigned char)t.p[max] & 0xC0) == 0x80) max--; // not within a character
    return text_slice(t, 0, max);
}

static enum status insert(struct write *w, struct opening *o) {
    struct hash token = session_hash(o->token);
    uint64_t id;
    env_random(w->env, &id, sizeof id);
    id = (id >> 1) + 1 > INT64_MAX ? 1 : (id >> 1) + 1;
    enum status st =
        DB_RUN(w->db, &SESSION_ADD, V_BYTES(hash_bytes(&token)), V_INT((int64_t)id), V_INT(o->account),
               V_INT(o->state), V_INT(o->way), V_INT(o->second_factor), V_INT(w->now.ms),
               V_INT(w->now.ms + life_ms(o)), V_TEXT(clip(o->from->agent, AGENT_MAX)),
               V_TEXT(clip(o->from->address, ADDRESS_MAX)));
    return st ? st
              : DB_RUN(w->db, &SESSION_PRUNE, V_INT(o->account), V_INT(o->account),
                       V_INT(SESSIONS_PER_ACCOUNT_MAX));
}

static enum status add_signed_in(struct write *w, const struct opening *o, const struct event_type *type) {
    static const char *const WAYS[] = {"", "password", "recovery", "passkey", "new_account", "invitation"};
    struct event_draft *d;
    struct events *list = account_event(w, type, o->account, &d);
    draft_text(d, "way", text_of(WAYS[o->way]));
    draft_bool(d, "second_factor", o->second_factor);
    if (o->factor) draft_text(d, "factor", text_of(o->factor));
    if (o->totp_step) draft_int(d, "totp_step", o->totp_step);
    if (o->uses_recovery) draft_personal_bytes(d, "recovery", hash_bytes(&o->recovery));
    if (o->credential.n) {
        draft_personal_bytes(d, "credential", o->credential);
        draft_personal_int(d, "sign_count", o->sign_count);
    }
    return write_events(w, o->account, list);
}

// What was true when the secret was looked at must still be true now, in the one thread that changes things.
static enum status check_again(struct write *w, const struct opening *o, struct problem *p) {
    struct account_row row;
    enum status st = account_load(w->db, o->account, w->arena, &row);
    if (st && st != STATUS_NOT_FOUND) return st;
    if (st || row.is_closed) return problem_sign_in(p);
    if (o->password.n && !text_eq(row.password, o->password)) return problem_sign_in(p);
    if (o->totp_step && o->totp_step <= row.totp_step) return problem_code_wrong(p); // used a moment ago
    bool is_invitation;
    if (o->uses_recovery &&
        !account_has_recovery(w->db, o->account, &o->recovery, w->now, &is_invitation, &st))
        return st ? st : problem_code_wrong(p);
    if (o->credential.n) {
        struct passkey_row key;
        st = passkey_by_credential(w->db, o->credential, w->arena, &key);
        if (st || (o->sign_count && o->sign_count <= key.key.sign_count))
            return st && st != STATUS_NOT_FOUND
                       ? st
                       : problem(p, "passkey", "passkey_counter", "problem.passkey.refused");
    }
    return STATUS_OK;
}

enum status session_open(struct write *w, void *argument, struct problem *p) {
    struct opening *o = argument;
    enum status st = check_again(w, o, p);
    if (st) return st;
    if (o->challenge.n) st = challenge_use(w, o->challenge);
    if (st == STATUS_EXPIRED) return problem_code_expired(p);
    if (!st && o->old_token.n) {
        struct hash old = session_hash(o->old_token);
        st = DB_RUN(w->db, &SESSION_DROP, V_BYTES(hash_bytes(&old)));
        if (!st && !db_changed(w->db)) return problem_sign_in_over(p);
    }
    if (!st && (o->state == SESSION_OPEN || o->uses_recovery)) st = add_signed_in(w, o, &SIGNED_IN);
    return st ? st : insert(w, o);
}

enum status session_refresh(struct write *w, void *argument, struct problem *p) {
    struct opening *o = argument;
    struct hash token = session_hash(o->token);
    enum status st = check_again(w, o, p);
    if (st) return st;
    if (o->challenge.n) st = challenge_use(w, o->challenge);
    if (st == STATUS_EXPIRED) return problem_code_expired(p);
    if (!st) st = DB_RUN(w->db, &SESSION_REFRESH, V_INT(w->now.ms), V_BYTES(hash_bytes(&token)));
    if (!st && !db_changed(w->db)) return problem_sign_in_over(p);
    return st ? st : add_signed_in(w, o, &FACTOR_CONFIRMED);
}

// ---- finding ----

static void fill_actor(const struct account_row *account, struct session_row *row) {
    if (row->state == SESSION_HALF) return; // nobody yet
    row->actor = account_actor(account);
    row->actor.session = row->id;
    row->actor.second_factor = row->has_second_factor && row->state == SESSION_OPEN;
    if (row->state != SESSION_OPEN) row->actor.role_count = 0;
}

enum status session_row_load(struct access *x, struct db *db, const struct hash *token, struct arena *a,
                             struct session_row *out) {
    struct rows r;
    enum status st = DB_ONE(db, &r, &SESSION_FIND, V_BYTES(hash_bytes(token)));
    *out = (struct session_row){.token = *token};
    if (!st) {
        out->id = row_int(&r, 0);
        out->account = row_int(&r, 1);
        out->state = (enum session_state)row_int(&r, 2);
        out->way = (int)row_int(&r, 3);
        out->has_second_factor = row_int(&r, 4);
        out->created_at.ms = row_int(&r, 5);
        out->seen_at.ms = row_int(&r, 6);
        out->ends_at.ms = row_int(&r, 7);
        out->factor_at.ms = row_int(&r, 8);
    }
    enum status end = rows_end(&r);
    struct account_row account;
    if (st || end) return st ? st : end;
    st = account_load(db, out->account, a, &account);
    if (st || account.is_closed) return st ? st : STATUS_NOT_FOUND;
    out->factors = account_factors(&account);
    out->idle_ms = account.kind == ACTOR_STAFF ? x->options.idle_staff_ms : x->options.idle_ms;
    fill_actor(&account, out);
    return STATUS_OK;
}

struct seen {
    struct hash token;
    int64_t at_ms;
};

static enum status save_seen(struct db *tx, void *arg) {
    struct seen *s = arg;
    return DB_RUN(tx, &SESSION_SEEN, V_INT(s->at_ms), V_BYTES(hash_bytes(&s->token)), V_INT(s->at_ms));
}

static void seen_done(void *arg, enum status status) {
    (void)status; // a lost minute of "last seen" ends a session a minute early
    free(arg);
}

static void save_seen_later(struct access *x, const struct hash *token, struct moment now) {
    struct seen *s = malloc(sizeof *s);
    if (!s) return;
    *s = (struct seen){*token, now.ms};
    if (store_write_async(x->store, save_seen, s, seen_done) != STATUS_OK) free(s);
}

static struct text csrf_of(struct access *x, struct arena *a, struct text token) {
    struct hash h = hash_keyed(&x->csrf_key, bytes_of(token));
    return base64url_encode(a, hash_bytes(&h));
}

enum status session_find(struct access *x, struct arena *a, struct text token, struct moment now,
                         struct session *out) {
    struct session_row row;
    struct db *db;
    *out = (struct session){0};
    if (token.n != SESSION_TOKEN_CHARS) return STATUS_NOT_FOUND;
    struct hash hash = session_hash(token);
    enum status st = reading_begin(x, &db);
    if (st) return st;
    st = session_row_load(x, db, &hash, a, &row);
    reading_end(x, db);
    if (st) return st;
    if (now.ms - row.seen_at.ms > row.idle_ms || now.ms >= row.ends_at.ms) return STATUS_EXPIRED;
    if (now.ms - row.seen_at.ms >= SAVE_SEEN_MS) {
        row.seen_at = now;
        save_seen_later(x, &hash, now);
    }
    *out = (struct session){.id = row.id,
                            .state = row.state,
                            .actor = row.actor,
                            .display_name = row.actor.name,
                            .created_at = row.created_at,
                            .idle_until = {row.seen_at.ms + row.idle_ms},
                            .ends_at = row.ends_at,
                            .fresh_until = {row.factor_at.ms + x->options.fresh_ms},
                            .csrf = csrf_of(x, a, token),
                            .factors = row.factors};
    if (out->idle_until.ms > out->ends_at.ms) out->idle_until = out->ends_at;
    return STATUS_OK;
}

bool session_csrf_ok(const struct session *s, struct text given) {
    return s->csrf.n && given.n == s->csrf.n && sodium_memcmp(s->csrf.p, given.p, given.n) == 0;
}

enum status session_own(struct db *db, int64_t account, int64_t session, struct session_own *out) {
    struct rows r;
    *out = (struct session_own){0};
    enum status st = DB_ONE(db, &r, &SESSION_OWN, V_INT(account), V_INT(session));
    if (!st)
        *out =
            (struct session_own){(int)row_int(&r, 0), (enum session_state)row_int(&r, 1), {row_int(&r, 2)}};
    enum status end = rows_end(&r);
    return st ? st : end;
}

// ---- ending ----

struct ending {
    struct hash token; // one by token
    int64_t account;   // or one or all of an account
    int64_t session, except;
    bool all;
};

static enum status end_rows(struct write *w, struct ending *e) {
    if (e->all) return DB_RUN(w->db, &SESSION_DROP_ALL, V_INT(e->account), V_INT(e->except));
    if (e->session) return DB_RUN(w->db, &SESSION_DROP_ONE, V_INT(e->account), V_INT(e->session));
    return DB_RUN(w->db, &SESSION_DROP, V_BYTES(hash_bytes(&e->token)));
}

static enum status end_sessions(struct write *w, void *argument, struct problem *p) {
    (void)p;
    struct ending *e = argument;
    enum status st = end_rows(w, e);
    if (st) return st;
    if (!db_changed(w->db)) return e->session ? STATUS_NOT_FOUND : STATUS_OK;
    struct events *list = events_new(w->arena);
    struct event_draft *d = events_add(list, &SIGNED_OUT, e->account, 0);
    draft_bool(d, "everywhere", e->all);
    return write_events(w, e->account, list);
}

static enum status end(struct access *x, struct ending *e) {
    struct arena a = {0};
    enum status st = journal_write(x->journal, end_sessions, e, &a, NULL);
    arena_free(&a);
    return st;
}

enum status session_end(struct access *x, struct text token) {
    struct arena a = {0};
    struct db *db;
    struct session_row row;
    struct ending e = {.token = session_hash(token)};
    enum status st = reading_begin(x, &db);
    if (!st) {
        st = session_row_load(x, db, &e.token, &a, &row);
        reading_end(x, db);
    }
    arena_free(&a);
    if (st == STATUS_NOT_FOUND) return STATUS_OK; // over already
    if (st) return st;
    e.account = row.account;
    return end(x, &e);
}

enum status session_end_all(struct access *x, int64_t account, int64_t except) {
    struct ending e = {.account = account, .except = except, .all = true};
    return end(x, &e);
}

enum status session_end_one(struct access *x, int64_t account, int64_t session) {
    struct ending e = {.account = account, .session = session};
    return session ? end(x, &e) : STATUS_NOT_FOUND;
}

enum status account_delete_session_rows(struct db *db, int64_t account, int64_t except) {
    enum status st = DB_RUN(db, &SESSION_DROP_ALL, V_INT(account), V_INT(except));
    return st ? st : client_tokens_drop(db, account); // what ends sessions ends tokens
}

// ---- one's own list ----

enum status session_list(struct access *x, int64_t account, struct arena *a, struct session_view **out,
                         size_t *count) {
    struct {
        struct session_view *items;
        size_t count, capacity;
    } list = {0};
    struct db *db;
    struct rows r;
    enum status st = reading_begin(x, &db);
    if (st) return st;
    st = DB_QUERY(db, &r, &SESSION_LIST, V_INT(account), V_INT(env_now(x->env).ms));
    while (!st && rows_next(&r)) {
        struct session_view *v = ARENA_PUSH(a, &list);
        *v = (struct session_view){.id = row_int(&r, 0),
                                   .agent = text_copy(a, row_text(&r, 1)),
                                   .address = text_copy(a, row_text(&r, 2)),
                                   .created_at = {row_int(&r, 3)},
                                   .seen_at = {row_int(&r, 4)},
                                   .has_second_factor = row_int(&r, 5)};
    }
    enum status end = rows_end(&r);
    reading_end(x, db);
    *out = list.items;
    *count = list.count;
    return st ? st : end;
}

static enum status sweep(struct db *tx, void *arg) {
    struct moment now = *(struct moment *)arg;
    enum status st = DB_RUN(tx, &SESSION_SWEEP, V_INT(now.ms));
    if (!st) st = challenge_sweep(tx, now);
    if (!st) st = limits_sweep(tx, now);
    return st ? st : client_token_sweep(tx, now);
}

enum status access_sweep(struct access *x) {
    struct moment now = env_now(x->env);
    return store_write(x->store, sweep, &now);
}
