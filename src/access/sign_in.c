// sign_in.c - the steps of signing in. Secrets are looked at in the caller's thread; the writer's thread only
// checks that nothing changed since, and opens the session.
#include <sodium.h>

#include "access/internal.h"

// ---- finding somebody by what they typed; nobody looks the same ----

struct claimed {
    struct hash lookup;
    struct text limit_key;
    struct account_row account; // id 0: nobody, or closed
};

static enum status find_claimed(struct access *x, struct text typed, struct arena *a, struct claimed *out) {
    enum contact_kind kind;
    struct text normal;
    *out = (struct claimed){0};
    if (contact_read(a, typed, "name", &kind, &normal, NULL) != STATUS_OK)
        normal = text_slice(text_trim(typed), 0, CONTACT_BYTES_MAX);
    out->lookup = contact_lookup(x, kind, normal);
    out->limit_key = text_of_bytes(bytes_copy(a, hash_bytes(&out->lookup)));
    struct db *db;
    int64_t account;
    enum status st = reading_begin(x, &db);
    if (st) return st;
    st = account_by_lookup(db, &out->lookup, &account);
    if (!st) st = account_load(db, account, a, &out->account);
    reading_end(x, db);
    if (st == STATUS_NOT_FOUND || out->account.is_closed) {
        out->account = (struct account_row){0};
        return STATUS_OK;
    }
    return st;
}

static bool is_staff(const struct account_row *account) {
    return account->kind == ACTOR_STAFF || account->kind == ACTOR_PARTNER;
}

// Where a right password leads.
static enum session_state state_after_password(const struct account_row *account) {
    unsigned strong = account_factors(account) & (FACTOR_TOTP | FACTOR_PASSKEY);
    if (strong) return SESSION_HALF;
    if (is_staff(account)) return SESSION_ENROL;
    return account_factors(account) ? SESSION_HALF : SESSION_OPEN;
}

static enum status open_session(struct opening *o, struct arena *a, unsigned factors, struct sign_in *out,
                                struct problem *p) {
    struct access *x = o->x;
    o->token = random_token(x, a);
    enum status st = journal_write(x->journal, session_open, o, a, p);
    if (st) return st;
    if (o->old_token.n) {
        struct hash old = session_hash(o->old_token);
        session_cache_forget_token(x->sessions, &old);
    }
    if (o->has_pruned) session_cache_forget_account(x->sessions, o->account);
    *out = (struct sign_in){.state = o->state,
                            .token = o->token,
                            .account = o->account,
                            .factors = o->state == SESSION_HALF ? factors : 0};
    return STATUS_OK;
}

// ---- first step ----

enum status sign_in_password(struct access *x, const struct source *from, struct text name,
                             struct text password, struct arena *a, struct sign_in *out, struct problem *p) {
    struct claimed who;
    bool fits = false;
    enum status st = find_claimed(x, name, a, &who);
    if (!st) st = door_ask(x, from, "name", who.limit_key, a, p);
    if (!st) st = hasher_verify(x->hasher, x->store, who.account.password, password, &fits);
    if (st) return st;
    if (!fits) {
        door_failed(x, from, "name", who.limit_key, who.account.id);
        return problem_sign_in(p);
    }
    door_passed(x, "name", who.limit_key);
    struct opening o = {.x = x,
                        .from = from,
                        .account = who.account.id,
                        .way = WAY_PASSWORD,
                        .state = state_after_password(&who.account),
                        .password = who.account.password};
    return open_session(&o, a, account_factors(&who.account), out, p);
}

enum status sign_in_recovery(struct access *x, const struct source *from, struct text name, struct text code,
                             struct arena *a, struct sign_in *out, struct problem *p) {
    struct claimed who;
    struct db *db;
    bool is_invitation = false;
    enum status st = find_claimed(x, name, a, &who);
    if (!st) st = door_ask(x, from, "name", who.limit_key, a, p);
    if (!st) st = reading_begin(x, &db);
    if (st) return st;
    struct hash hash = secret_hash(x, who.account.id, code_normal(a, code));
    bool found = account_has_recovery(db, who.account.id, &hash, env_now(x->env), &is_invitation, &st);
    reading_end(x, db);
    if (st) return st;
    // Staff come in by their invitation only: a printed code alone is not two factors.
    if (!found || (is_staff(&who.account) && !is_invitation)) {
        door_failed(x, from, "name", who.limit_key, who.account.id);
        return problem_sign_in(p);
    }
    door_passed(x, "name", who.limit_key);
    struct opening o = {.x = x,
                        .from = from,
                        .account = who.account.id,
                        .recovery = hash,
                        .uses_recovery = true,
                        .way = is_invitation ? WAY_INVITATION : WAY_RECOVERY,
                        .state = is_invitation ? SESSION_ENROL : SESSION_OPEN};
    return open_session(&o, a, 0, out, p);
}

enum status sign_in_new_account(struct access *x, const struct source *from, int64_t account, struct arena *a,
                                struct sign_in *out) {
    struct opening o = {.x = x, .from = from, .account = account, .way = WAY_NEW, .state = SESSION_OPEN};
    return open_session(&o, a, 0, out, NULL);
}

// ---- second step ----

struct half {
    struct session_row session;
    struct account_row account;
    struct text limit_key;
};

// The account behind a session that waits for its second factor; with `from` a try is counted.
// STATUS_EXPIRED.
static enum status find_half(struct access *x, const struct source *from, struct text token, struct arena *a,
                             struct half *out, struct problem *p) {
    struct db *db;
    struct hash hash = session_hash(token);
    enum status st = reading_begin(x, &db);
    if (st) return st;
    st = session_row_load(x, db, &hash, a, &out->session);
    if (!st) st = account_load(db, out->session.account, a, &out->account);
    reading_end(x, db);
    if (st == STATUS_NOT_FOUND) st = STATUS_EXPIRED;
    if (!st && (out->session.state != SESSION_HALF || env_now(x->env).ms >= out->session.ends_at.ms))
        st = STATUS_EXPIRED;
    if (st == STATUS_EXPIRED) return problem_sign_in_over(p);
    if (st) return st;
    out->limit_key = door_account_key(a, out->account.id);
    return from ? door_ask(x, from, "second", out->limit_key, a, p) : STATUS_OK;
}

static enum status second_failed(struct access *x, const struct source *from, const struct half *h,
                                 struct problem *p) {
    door_failed(x, from, "second", h->limit_key, h->account.id);
    return problem_code_wrong(p);
}

static struct opening second_step(struct access *x, const struct source *from, const struct half *h,
                                  struct text token, const char *factor) {
    door_passed(x, "second", h->limit_key);
    return (struct opening){.x = x,
                            .from = from,
                            .account = h->account.id,
                            .way = WAY_PASSWORD,
                            .state = SESSION_OPEN,
                            .second_factor = true,
                            .factor = factor,
                            .old_token = token};
}

enum status sign_in_totp(struct access *x, const struct source *from, struct text token, struct text code,
                         struct arena *a, struct sign_in *out, struct problem *p) {
    struct half h;
    struct bytes secret;
    enum status st = find_half(x, from, token, a, &h, p);
    if (st) return st;
    if (!h.account.totp.n) return second_failed(x, from, &h, p);
    st = unseal(a, &x->contact_key, h.account.totp, bytes_of(T("totp")), &secret);
    if (st) return st;
    int64_t step = totp_fits(secret, code, env_now(x->env), h.account.totp_step);
    sodium_memzero((void *)secret.p, secret.n);
    if (!step) return second_failed(x, from, &h, p);
    struct opening o = second_step(x, from, &h, token, "totp");
    o.totp_step = step;
    return open_session(&o, a, 0, out, p);
}

enum status sign_in_recovery_code(struct access *x, const struct source *from, struct text token,
                                  struct text code, struct arena *a, struct sign_in *out, struct problem *p) {
    struct half h;
    struct db *db;
    bool is_invitation;
    enum status st = find_half(x, from, token, a, &h, p);
    if (!st) st = reading_begin(x, &db);
    if (st) return st;
    struct hash hash = secret_hash(x, h.account.id, code_normal(a, code));
    bool found = account_has_recovery(db, h.account.id, &hash, env_now(x->env), &is_invitation, &st);
    reading_end(x, db);
    if (st) return st;
    if (!found || is_invitation) return second_failed(x, from, &h, p);
    struct opening o = second_step(x, from, &h, token, "recovery");
    o.recovery = hash;
    o.uses_recovery = true;
    return open_session(&o, a, 0, out, p);
}

enum status sign_in_send_code(struct access *x, const struct source *from, struct text token, struct arena *a,
                              struct contact_code *out, struct problem *p) {
    struct half h;
    struct db *db;
    enum status st = find_half(x, NULL, token, a, &h, p);
    if (!st) st = door_ask_source(x, from, a, p);
    if (st) return st;
    if (!(account_factors(&h.account) & FACTOR_SENT_CODE)) return problem_code_wrong(p);
    int64_t wait = limits_take(x->limits, "code", h.limit_key);
    if (wait) return problem_wait(p, "", a, wait);
    *out = (struct contact_code){.kind = CONTACT_EMAIL};
    st = reading_begin(x, &db);
    if (st) return st;
    st = account_contact(x, db, h.account.id, CONTACT_EMAIL, a, &out->to);
    if (st == STATUS_NOT_FOUND) {
        out->kind = CONTACT_PHONE;
        st = account_contact(x, db, h.account.id, CONTACT_PHONE, a, &out->to);
    }
    reading_end(x, db);
    if (st) return st;
    out->code = challenge_digits(x, a);
    struct challenge c = {.purpose = CHALLENGE_SECOND_FACTOR,
                          .account = h.account.id,
                          .contact_kind = out->kind,
                          .ends_at = {env_now(x->env).ms + CODE_MS}};
    return challenge_make(x, &c, out->code, a, &out->challenge);
}

enum status sign_in_sent_code(struct access *x, const struct source *from, struct text token,
                              struct text challenge, struct text code, struct arena *a, struct sign_in *out,
                              struct problem *p) {
    struct half h;
    struct challenge c;
    bool fits;
    enum status st = find_half(x, from, token, a, &h, p);
    if (st) return st;
    st = challenge_try(x, CHALLENGE_SECOND_FACTOR, challenge, code, a, &c, &fits);
    if (st == STATUS_EXPIRED) return problem_code_expired(p);
    if (st) return st;
    if (!fits || c.account != h.account.id) return second_failed(x, from, &h, p);
    door_passed(x, "code", h.limit_key);
    struct opening o = second_step(x, from, &h, token, "sent_code");
    o.challenge = challenge;
    return open_session(&o, a, 0, out, p);
}

// ---- passkey: alone or as second step ----

enum status sign_in_passkey_offer(struct access *x, struct text token, struct arena *a,
                                  struct passkey_ceremony *out) {
    struct half h = {0};
    struct passkey_rows keys = {0};
    struct db *db;
    if (token.n && find_half(x, NULL, token, a, &h, NULL) == STATUS_OK) {
        enum status st = reading_begin(x, &db);
        if (st) return st;
        st = passkeys_of(db, h.account.id, a, &keys);
        reading_end(x, db);
        if (st) return st;
    }
    struct challenge c = {.purpose = CHALLENGE_PASSKEY_SIGN_IN,
                          .account = h.account.id,
                          .ends_at = {env_now(x->env).ms + CEREMONY_MS}};
    enum status st = challenge_make(x, &c, T(""), a, &out->ceremony);
    if (!st) out->options = passkey_request_options(x, a, out->ceremony, &keys);
    return st;
}

static enum status record_refused_passkey(struct write *w, void *argument, struct problem *p) {
    (void)p;
    struct events *list = events_new(w->arena);
    struct event_draft *d = events_add(list, &PASSKEY_REFUSED, *(int64_t *)argument, 0);
    draft_text(d, "rule", T("passkey_counter"));
    return write_events(w, 0, list);
}

static enum status passkey_failed(struct access *x, const struct source *from, int64_t account,
                                  struct arena *a, struct problem *p) {
    limits_failed(x->limits, "source", from->address);
    bool is_copy = p && account && p->rule && text_eq(text_of(p->rule), T("passkey_counter"));
    if (!is_copy) return STATUS_INVALID;
    struct problem kept = *p;
    enum status st = journal_write(x->journal, record_refused_passkey, &account, a, NULL);
    *p = kept;
    return st ? st : STATUS_INVALID;
}

static enum status find_passkey(struct access *x, const struct passkey_assertion *given, struct arena *a,
                                struct passkey_row *out, struct problem *p) {
    struct db *db;
    enum status st = reading_begin(x, &db);
    if (st) return st;
    st = passkey_by_credential(db, given->credential, a, out);
    reading_end(x, db);
    if (st == STATUS_NOT_FOUND) return problem(p, "passkey", "passkey_unknown", "problem.passkey.refused");
    if (st) return st;
    struct bytes handle = passkey_user_handle(x, a, out->account);
    if (given->user_handle.n && !text_eq(text_of_bytes(given->user_handle), text_of_bytes(handle)))
        return problem(p, "passkey", "passkey_owner", "problem.passkey.refused");
    return STATUS_OK;
}

enum status sign_in_passkey(struct access *x, const struct source *from, struct text token,
                            struct text ceremony, struct text credential, struct arena *a,
                            struct sign_in *out, struct problem *p) {
    struct problem mine = {0};
    struct half h = {0};
    struct challenge c;
    struct passkey_assertion given;
    struct passkey_row key = {0};
    struct bytes challenge;
    int64_t count;
    bool verified;
    if (!p) p = &mine;
    enum status st = door_ask_source(x, from, a, p);
    bool is_second = token.n && find_half(x, NULL, token, a, &h, NULL) == STATUS_OK;
    if (!st) st = challenge_get(x, CHALLENGE_PASSKEY_SIGN_IN, ceremony, a, &c);
    if (st == STATUS_EXPIRED) return problem(p, "passkey", "passkey_over", "problem.passkey.over");
    if (st || base64url_decode(a, ceremony, &challenge) != STATUS_OK) return st ? st : STATUS_INVALID;
    st = passkey_read_assertion(a, credential, &given, p);
    if (!st) st = find_passkey(x, &given, a, &key, p);
    if (!st && ((c.account && c.account != key.account) || (is_second && h.account.id != key.account)))
        st = problem(p, "passkey", "passkey_owner", "problem.passkey.refused");
    if (!st) st = passkey_verify(a, &x->passkeys, challenge, &given, &key.key, &count, &verified, p);
    if (st == STATUS_INVALID) return passkey_failed(x, from, key.account, a, p);
    if (st) return st;
    if (!verified && !is_second)
        return problem(p, "passkey", "passkey_unverified", "problem.passkey.unverified");
    struct opening o = {.x = x,
                        .from = from,
                        .account = key.account,
                        .way = is_second ? WAY_PASSWORD : WAY_PASSKEY,
                        .state = SESSION_OPEN,
                        .second_factor = true,
                        .factor = "passkey",
                        .old_token = is_second ? token : T(""),
                        .challenge = ceremony,
                        .credential = key.key.credential,
                        .sign_count = count};
    return open_session(&o, a, 0, out, p);
}
