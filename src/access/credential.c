// credential.c - what an account signs in with: password, authenticator app, recovery codes, one more
// contact.
#include <sodium.h>
#include <string.h>

#include "access/internal.h"

// One change of one's own credentials, carried into the writer's thread.
struct change {
    struct access *x;
    int64_t account, keep_session;
    char password[PASSWORD_HASH_MAX];
    struct text was; // the hash that was verified: must still be the account's
    struct text challenge;
    struct bytes totp;
    int64_t step;
    struct arena *arena;
    struct text *codes;
    struct challenge contact;
    struct text contact_normal;
};

static enum status load_account(struct access *x, int64_t account, struct arena *a, struct account_row *row,
                                struct text *email) {
    struct db *db;
    enum status st = reading_begin(x, &db);
    if (st) return st;
    st = account_load(db, account, a, row);
    *email = T("");
    if (!st) {
        enum status contact = account_contact(x, db, account, CONTACT_EMAIL, a, email);
        if (contact && contact != STATUS_NOT_FOUND) st = contact;
    }
    reading_end(x, db);
    return st;
}

static enum status run(struct access *x, write_fn *fn, struct change *c, struct arena *a, struct problem *p) {
    c->x = x;
    return journal_write(x->journal, fn, c, a, p);
}

// ---- password ----

static enum status set_password(struct write *w, void *argument, struct problem *p) {
    struct change *c = argument;
    struct account_row row;
    struct event_draft *d;
    enum status st = account_load(w->db, c->account, w->arena, &row);
    if (!st && c->challenge.n) st = challenge_use(w, c->challenge);
    if (st == STATUS_EXPIRED) return problem_code_expired(p);
    if (st) return st;
    if (row.is_closed) return problem_code_wrong(p);
    if (c->was.n && !text_eq(c->was, row.password))
        return problem(p, "current", "password_wrong", "problem.password.current");
    struct events *list = account_event(w, &PASSWORD_SET, c->account, &d);
    draft_personal_text(d, "hash", text_of(c->password));
    st = write_events(w, c->account, list);
    return st ? st : account_delete_session_rows(w->db, c->account, c->keep_session);
}

// Somebody who came in by a printed code or an invitation has forgotten, or never had, the current one.
static enum status needs_current(struct access *x, const struct actor *actor, bool *needed) {
    struct db *db;
    struct session_own own;
    enum status st = reading_begin(x, &db);
    if (st) return st;
    st = session_own(db, actor->account, actor->session, &own);
    reading_end(x, db);
    *needed = own.way != WAY_RECOVERY && own.way != WAY_INVITATION;
    return st;
}

static enum status check_current(struct access *x, const struct source *from, const struct actor *actor,
                                 const struct account_row *row, struct text current, struct arena *a,
                                 struct problem *p) {
    bool needed, fits;
    enum status st = needs_current(x, actor, &needed);
    if (st || !needed || !row->password.n) return st;
    struct text key = door_account_key(a, row->id);
    st = door_ask(x, from, "second", key, a, p);
    if (!st) st = hasher_verify(x->hasher, x->store, row->password, current, &fits);
    if (st) return st;
    if (fits) {
        door_passed(x, "second", key);
        return STATUS_OK;
    }
    door_failed(x, from, "second", key, row->id);
    return problem(p, "current", "password_wrong", "problem.password.current");
}

enum status access_set_password(struct access *x, const struct source *from, const struct actor *actor,
                                struct text current, struct text password, struct arena *a,
                                struct problem *p) {
    struct account_row row;
    struct text email;
    struct change c = {.account = actor->account, .keep_session = actor->session};
    enum status st = factor_is_fresh(x, actor, p);
    if (!st) st = load_account(x, actor->account, a, &row, &email);
    if (!st) st = check_current(x, from, actor, &row, current, a, p);
    if (!st) st = password_check(password, email, p);
    if (!st) st = hasher_hash(x->hasher, x->store, password, c.password);
    c.was = row.password;
    if (!st) st = run(x, set_password, &c, a, p);
    return st;
}

enum status access_reset_password(struct access *x, const struct source *from, struct text challenge,
                                  struct text code, struct text password, struct arena *a, struct text *known,
                                  struct problem *p) {
    struct challenge proof;
    struct account_row row;
    struct text email;
    struct change c = {.challenge = challenge};
    enum status st = password_check(password, T(""), p);
    if (!st) st = door_try_code(x, from, CHALLENGE_RESET, challenge, code, a, &proof, p);
    if (!st) st = load_account(x, proof.account, a, &row, &email);
    if (!st && account_is_staff(&row)) st = problem_code_wrong(p);
    if (!st) st = password_check(password, email, p);
    if (!st) st = hasher_hash(x->hasher, x->store, password, c.password);
    c.account = proof.account;
    if (!st) st = run(x, set_password, &c, a, p);
    *known = st ? T("") : known_add(x, from, proof.account, a);
    return st;
}

// ---- one more contact ----

static enum status set_contact(struct write *w, void *argument, struct problem *p) {
    struct change *c = argument;
    int64_t owner;
    enum status st = challenge_use(w, c->challenge);
    if (st == STATUS_EXPIRED) return problem_code_expired(p);
    if (!st) st = account_by_lookup(w->db, &c->contact.lookup, &owner);
    if (!st) return problem_code_wrong(p); // somebody else proved it meanwhile
    if (st != STATUS_NOT_FOUND) return st;
    struct events *list = events_new(w->arena);
    draft_contact(c->x, w, list, c->account, c->contact.contact_kind, c->contact_normal);
    return write_events(w, c->account, list);
}

enum status access_add_contact(struct access *x, const struct source *from, const struct actor *actor,
                               struct text challenge, struct text code, struct arena *a, struct problem *p) {
    struct change c = {.account = actor->account, .challenge = challenge};
    enum status st = factor_is_fresh(x, actor, p);
    if (!st) st = door_try_code(x, from, CHALLENGE_ADD_CONTACT, challenge, code, a, &c.contact, p);
    if (!st) st = contact_unseal(x, a, c.contact.sealed, &c.contact_normal);
    if (!st) st = run(x, set_contact, &c, a, p);
    return st;
}

// ---- authenticator app ----

enum status access_totp_offer(struct access *x, const struct actor *actor, struct arena *a,
                              struct totp_offer *out, struct problem *p) {
    uint8_t raw[TOTP_SECRET_BYTES];
    struct account_row row;
    struct text label;
    enum status st = factor_is_fresh(x, actor, p);
    if (!st) st = load_account(x, actor->account, a, &row, &label);
    if (st) return st;
    env_random(x->env, raw, sizeof raw);
    struct bytes secret = {raw, sizeof raw};
    struct challenge c = {.purpose = CHALLENGE_TOTP,
                          .account = actor->account,
                          .sealed = seal(a, x->env, &x->contact_key, secret, bytes_of(T("totp"))),
                          .ends_at = {env_now(x->env).ms + CEREMONY_MS}};
    if (!label.n) label = text_printf(a, "%lld", (long long)actor->account);
    out->uri = totp_uri(a, x->options.name, label, secret);
    struct text flat = totp_base32(a, secret);
    struct out groups = {.arena = a};
    for (size_t i = 0; i < flat.n; i++) {
        if (i && i % 4 == 0) out_byte(&groups, ' ');
        out_byte(&groups, flat.p[i]);
    }
    out->secret = out_done(&groups);
    sodium_memzero(raw, sizeof raw);
    return challenge_make(x, &c, T(""), a, &out->enrolment);
}

static enum status enrol(struct write *w, void *argument, struct problem *p) {
    struct change *c = argument;
    struct event_draft *d;
    enum status st = challenge_use(w, c->challenge);
    if (st == STATUS_EXPIRED) return problem_code_expired(p);
    if (st) return st;
    struct events *list = account_event(w, &TOTP_ENROLLED, c->account, &d);
    draft_personal_bytes(d, "secret", c->totp);
    draft_int(d, "step", c->step);
    return write_events(w, c->account, list);
}

enum status access_totp_enrol(struct access *x, const struct source *from, const struct actor *actor,
                              struct text enrolment, struct text code, struct arena *a, struct problem *p) {
    struct challenge offered;
    struct bytes secret = {0};
    struct change c = {.account = actor->account, .challenge = enrolment};
    struct text key = door_account_key(a, actor->account);
    enum status st = factor_is_fresh(x, actor, p);
    if (!st) st = door_ask(x, from, "second", key, a, p);
    if (st) return st;
    st = challenge_get(x, CHALLENGE_TOTP, enrolment, a, &offered);
    if (!st && offered.account != actor->account) st = STATUS_EXPIRED;
    if (st == STATUS_EXPIRED) st = problem_code_expired(p);
    if (!st) st = unseal(a, &x->contact_key, offered.sealed, bytes_of(T("totp")), &secret);
    if (!st && !(c.step = totp_fits(secret, code, env_now(x->env), 0))) {
        door_failed(x, from, "second", key, actor->account);
        st = problem_code_wrong(p);
    }
    if (!st) door_passed(x, "second", key);
    c.totp = offered.sealed;
    if (!st) st = run(x, enrol, &c, a, p);
    return st;
}

static enum status remove_totp(struct write *w, void *argument, struct problem *p) {
    struct change *c = argument;
    struct account_row row;
    struct event_draft *d;
    enum status st = account_load(w->db, c->account, w->arena, &row);
    if (st || !row.totp.n) return st;
    if (account_is_staff(&row) && !row.passkeys) return problem(p, "", "factor_last", "problem.factor.last");
    struct events *list = account_event(w, &TOTP_REMOVED, c->account, &d);
    return write_events(w, c->account, list);
}

enum status access_totp_remove(struct access *x, const struct actor *actor, struct arena *a,
                               struct problem *p) {
    struct change c = {.account = actor->account};
    enum status st = factor_is_fresh(x, actor, p);
    return st ? st : run(x, remove_totp, &c, a, p);
}

// ---- recovery codes ----

static enum status new_codes(struct write *w, void *argument, struct problem *p) {
    (void)p;
    struct change *c = argument;
    struct event_draft *d;
    struct events *list = account_event(w, &RECOVERY_CODES_MADE, c->account, &d);
    draft_personal_bytes(d, "hashes", recovery_make(c->x, c->arena, c->account, RECOVERY_CODES, c->codes));
    return write_events(w, c->account, list);
}

enum status access_recovery_codes(struct access *x, const struct actor *actor, struct arena *a,
                                  struct text codes[RECOVERY_CODES], struct problem *p) {
    struct change c = {.account = actor->account, .arena = a, .codes = codes};
    enum status st = factor_is_fresh(x, actor, p);
    return st ? st : run(x, new_codes, &c, a, p);
}
