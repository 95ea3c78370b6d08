// factor.c - one factor of somebody known, looked at: a code of the app, a sent or printed one, a passkey.
// What fits is written into the `struct opening`, whose command uses it up.
#include <sodium.h>

#include "access/internal.h"

#include "base/encode.h"

// ---- codes ----

static enum status check_totp(struct opening *o, const struct account_row *account, struct text code,
                              struct arena *a) {
    struct bytes secret;
    if (!account->totp.n) return STATUS_INVALID;
    enum status st = unseal(a, &o->x->contact_key, account->totp, bytes_of(T("totp")), &secret);
    if (st) return st;
    o->totp_step = totp_fits(secret, code, env_now(o->x->env), account->totp_step);
    sodium_memzero((void *)secret.p, secret.n);
    o->factor = "totp";
    return o->totp_step ? STATUS_OK : STATUS_INVALID;
}

static enum status check_printed(struct opening *o, const struct account_row *account, struct text code,
                                 struct arena *a) {
    struct db *db;
    bool is_invitation = false;
    enum status st = reading_begin(o->x, &db);
    if (st) return st;
    o->recovery = secret_hash(o->x, account->id, code_normal(a, code));
    bool found = account_has_recovery(db, account->id, &o->recovery, env_now(o->x->env), &is_invitation, &st);
    reading_end(o->x, db);
    o->uses_recovery = found && !is_invitation;
    o->factor = "recovery";
    return st ? st : o->uses_recovery ? STATUS_OK : STATUS_INVALID;
}

static enum status check_sent(struct opening *o, const struct account_row *account, struct text challenge,
                              struct text code, struct arena *a) {
    struct challenge c;
    bool fits;
    enum status st = challenge_try(o->x, CHALLENGE_SECOND_FACTOR, challenge, code, a, &c, &fits);
    if (st) return st;
    if (!fits || c.account != account->id) return STATUS_INVALID;
    door_passed(o->x, "code", door_account_key(a, account->id));
    o->challenge = challenge;
    o->factor = "sent_code";
    return STATUS_OK;
}

enum status factor_check(struct opening *o, const struct holder *h, unsigned factor, struct text challenge,
                         struct text code, struct arena *a, struct problem *p) {
    enum status st = factor == FACTOR_TOTP        ? check_totp(o, &h->account, code, a)
                     : factor == FACTOR_RECOVERY  ? check_printed(o, &h->account, code, a)
                     : factor == FACTOR_SENT_CODE ? check_sent(o, &h->account, challenge, code, a)
                                                  : STATUS_INVALID;
    if (st == STATUS_EXPIRED) return problem_code_expired(p);
    if (st == STATUS_INVALID) {
        door_failed(o->x, o->from, "second", h->limit_key, h->account.id);
        return problem_code_wrong(p);
    }
    if (st) return st;
    door_passed(o->x, "second", h->limit_key);
    o->second_factor = true;
    return STATUS_OK;
}

// ---- passkeys ----

static enum status record_refused_passkey(struct write *w, void *argument, struct problem *p) {
    (void)p;
    struct events *list = events_new(w->arena);
    struct event_draft *d = events_add(list, &PASSKEY_REFUSED, *(int64_t *)argument, 0);
    draft_text(d, "rule", T("passkey_counter"));
    return write_events(w, 0, list);
}

static enum status passkey_failed(struct opening *o, int64_t account, struct arena *a, struct problem *p) {
    door_failed_source(o->x, o->from);
    bool is_copy = account && p->rule && text_eq(text_of(p->rule), T("passkey_counter"));
    if (!is_copy) return STATUS_INVALID;
    struct problem kept = *p;
    enum status st = journal_write(o->x->journal, record_refused_passkey, &account, a, NULL);
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

enum status passkey_check(struct opening *o, struct text ceremony, struct text credential, bool must_verify,
                          struct arena *a, struct problem *p) {
    struct problem mine = {0};
    struct challenge c;
    struct passkey_assertion given;
    struct passkey_row key = {0};
    struct bytes challenge;
    bool verified;
    if (!p) p = &mine;
    enum status st = door_ask_source(o->x, o->from, a, p);
    if (!st) st = challenge_get(o->x, CHALLENGE_PASSKEY_SIGN_IN, ceremony, a, &c);
    if (st == STATUS_EXPIRED) return problem(p, "passkey", "passkey_over", "problem.passkey.over");
    if (st || base64url_decode(a, ceremony, &challenge) != STATUS_OK) return st ? st : STATUS_INVALID;
    st = passkey_read_assertion(a, credential, &given, p);
    if (!st) st = find_passkey(o->x, &given, a, &key, p);
    if (!st && ((c.account && c.account != key.account) || (o->account && o->account != key.account)))
        st = problem(p, "passkey", "passkey_owner", "problem.passkey.refused");
    if (!st)
        st = passkey_verify(a, &o->x->passkeys, challenge, &given, &key.key, &o->sign_count, &verified, p);
    if (st == STATUS_INVALID) return passkey_failed(o, key.account, a, p);
    if (st) return st;
    if (must_verify && !verified)
        return problem(p, "passkey", "passkey_unverified", "problem.passkey.unverified");
    o->account = key.account;
    o->second_factor = true;
    o->factor = "passkey";
    o->challenge = ceremony;
    o->credential = key.key.credential;
    return STATUS_OK;
}
