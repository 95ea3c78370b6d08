// sign_in.c - the steps of signing in. Secrets are looked at in the caller's thread; the writer's thread only
// checks that nothing changed since, and opens the session.
#include "access/internal.h"

enum { HALF = 1u << SESSION_HALF, OPEN = 1u << SESSION_OPEN };

// ---- finding somebody by what they typed; nobody looks the same ----

struct claimed {
    struct hash lookup;
    bool is_known;    // this browser has signed in to the account before
    const char *door; // "name"; "known" when it has
    struct text limit_key;
    struct account_row account; // id 0: nobody, or closed
};

static enum status find_claimed(struct access *x, const struct source *from, struct text typed,
                                struct arena *a, struct claimed *out) {
    enum contact_kind kind;
    struct text normal;
    *out = (struct claimed){.door = "name"};
    if (contact_read(a, typed, "name", &kind, &normal, NULL) != STATUS_OK)
        normal = text_slice(text_trim(typed), 0, CONTACT_BYTES_MAX);
    out->lookup = contact_lookup(x, kind, normal);
    out->limit_key = text_of_bytes(bytes_copy(a, hash_bytes(&out->lookup)));
    struct db *db;
    int64_t account = 0;
    enum status st = reading_begin(x, &db);
    if (st) return st;
    st = account_by_lookup(db, &out->lookup, &account);
    // Of nobody, too: a database far away must not tell by the time of its answer who is known.
    if (!st || st == STATUS_NOT_FOUND) st = account_load(db, account, a, &out->account);
    reading_end(x, db);
    if (st == STATUS_NOT_FOUND || out->account.is_closed) {
        out->account = (struct account_row){0};
        st = STATUS_OK;
    }
    out->is_known = !st && known_find(x, from, out->account.id, a, &out->limit_key);
    if (out->is_known) out->door = "known";
    return st;
}

// Where a right password leads.
static enum session_state state_after_password(const struct account_row *account) {
    unsigned strong = account_factors(account) & (FACTOR_TOTP | FACTOR_PASSKEY);
    if (strong) return SESSION_HALF;
    if (account_is_staff(account)) return SESSION_ENROL;
    return account_factors(account) ? SESSION_HALF : SESSION_OPEN;
}

static enum status open_session(struct opening *o, struct arena *a, unsigned factors, struct sign_in *out,
                                struct problem *p) {
    struct access *x = o->x;
    o->token = random_token(x, a);
    enum status st = journal_write(x->journal, session_open, o, a, p);
    if (st) return st;
    *out = (struct sign_in){.state = o->state,
                            .token = o->token,
                            .account = o->account,
                            .factors = o->state == SESSION_HALF ? factors : 0};
    if (o->state == SESSION_OPEN) out->known = known_add(x, o->from, o->account, a);
    return STATUS_OK;
}

// ---- first step ----

enum status sign_in_password(struct access *x, const struct source *from, struct text name,
                             struct text password, struct arena *a, struct sign_in *out, struct problem *p) {
    struct claimed who;
    bool fits = false;
    enum status st = find_claimed(x, from, name, a, &who);
    if (!st) st = door_ask(x, who.is_known ? NULL : from, who.door, who.limit_key, a, p);
    if (!st) st = hasher_verify(x->hasher, x->store, who.account.password, password, &fits);
    if (st) return st;
    if (!fits) {
        door_failed(x, from, who.door, who.limit_key, who.account.id);
        return problem_sign_in(p);
    }
    door_passed(x, who.door, who.limit_key);
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
    enum status st = find_claimed(x, from, name, a, &who);
    who.limit_key = text_of_bytes(hash_bytes(&who.lookup));
    if (!st) st = door_ask(x, from, "printed", who.limit_key, a, p);
    if (!st) st = reading_begin(x, &db);
    if (st) return st;
    struct hash hash = secret_hash(x, who.account.id, code_normal(a, code));
    bool found = account_has_recovery(db, who.account.id, &hash, env_now(x->env), &is_invitation, &st);
    reading_end(x, db);
    if (st) return st;
    // Staff come in by their invitation only: a printed code alone is not two factors.
    if (!found || (account_is_staff(&who.account) && !is_invitation)) {
        door_failed(x, from, "printed", who.limit_key, who.account.id);
        return problem_sign_in(p);
    }
    door_passed(x, "printed", who.limit_key);
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

enum status holder_find(struct access *x, const struct source *from, struct text token, unsigned states,
                        struct arena *a, struct holder *out, struct problem *p) {
    struct db *db;
    struct hash hash = session_hash(token);
    struct moment now = env_now(x->env);
    enum status st = reading_begin(x, &db);
    if (st) return st;
    st = session_row_load(x, db, &hash, a, &out->session);
    if (!st) st = account_load(db, out->session.account, a, &out->account);
    reading_end(x, db);
    if (st == STATUS_NOT_FOUND) st = STATUS_EXPIRED;
    if (!st && (!(states & 1u << out->session.state) || now.ms >= out->session.ends_at.ms))
        st = STATUS_EXPIRED;
    if (st == STATUS_EXPIRED) return problem_sign_in_over(p);
    if (st) return st;
    out->limit_key = door_account_key(a, out->account.id);
    if (!from) return STATUS_OK;
    struct text known;
    if (known_find(x, from, out->account.id, a, &known)) from = NULL;
    return door_ask(x, from, "second", out->limit_key, a, p);
}

static enum status second_step(struct access *x, const struct source *from, struct text token,
                               unsigned factor, struct text challenge, struct text code, struct arena *a,
                               struct sign_in *out, struct problem *p) {
    struct holder h;
    enum status st = holder_find(x, from, token, HALF, a, &h, p);
    if (st) return st;
    struct opening o = {.x = x,
                        .from = from,
                        .account = h.account.id,
                        .way = WAY_PASSWORD,
                        .state = SESSION_OPEN,
                        .old_token = token};
    st = factor_check(&o, &h, factor, challenge, code, a, p);
    return st ? st : open_session(&o, a, 0, out, p);
}

enum status sign_in_totp(struct access *x, const struct source *from, struct text token, struct text code,
                         struct arena *a, struct sign_in *out, struct problem *p) {
    return second_step(x, from, token, FACTOR_TOTP, T(""), code, a, out, p);
}

enum status sign_in_recovery_code(struct access *x, const struct source *from, struct text token,
                                  struct text code, struct arena *a, struct sign_in *out, struct problem *p) {
    return second_step(x, from, token, FACTOR_RECOVERY, T(""), code, a, out, p);
}

enum status sign_in_sent_code(struct access *x, const struct source *from, struct text token,
                              struct text challenge, struct text code, struct arena *a, struct sign_in *out,
                              struct problem *p) {
    return second_step(x, from, token, FACTOR_SENT_CODE, challenge, code, a, out, p);
}

enum status sign_in_send_code(struct access *x, const struct source *from, struct text token, struct arena *a,
                              struct contact_code *out, struct problem *p) {
    struct holder h;
    struct db *db;
    enum status st = holder_find(x, NULL, token, HALF | OPEN, a, &h, p);
    if (!st) st = door_ask_source(x, from, a, p);
    if (st) return st;
    if (!(account_factors(&h.account) & FACTOR_SENT_CODE)) return problem_code_wrong(p);
    int64_t wait;
    st = limits_take(x, "code", h.limit_key, &wait);
    if (st) return st;
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

// ---- passkey: alone or as second step ----

enum status sign_in_passkey_offer(struct access *x, struct text token, struct arena *a,
                                  struct passkey_ceremony *out) {
    struct holder h = {0};
    struct passkey_rows keys = {0};
    struct db *db;
    if (token.n && holder_find(x, NULL, token, HALF | OPEN, a, &h, NULL) == STATUS_OK) {
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
    bool is_second = h.session.state == SESSION_HALF;
    if (!st) out->options = passkey_request_options(x, a, out->ceremony, &keys, !is_second);
    return st;
}

enum status sign_in_passkey(struct access *x, const struct source *from, struct text token,
                            struct text ceremony, struct text credential, struct arena *a,
                            struct sign_in *out, struct problem *p) {
    struct holder h = {0};
    bool is_second = token.n && holder_find(x, NULL, token, HALF, a, &h, NULL) == STATUS_OK;
    struct opening o = {.x = x,
                        .from = from,
                        .account = h.account.id,
                        .way = is_second ? WAY_PASSWORD : WAY_PASSKEY,
                        .state = SESSION_OPEN,
                        .old_token = is_second ? token : T("")};
    enum status st = passkey_check(&o, ceremony, credential, !is_second, a, p);
    return st ? st : open_session(&o, a, 0, out, p);
}
