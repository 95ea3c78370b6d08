// passkey.c - passkeys of accounts: offered, registered, listed, removed. The checking is in webauthn.c.
#include <string.h>

#include "access/internal.h"
#include "base/encode.h"
#include "base/json.h"

enum { USER_HANDLE_BYTES = 16 };

// What an authenticator keeps as the account: tells nothing to who reads it.
struct bytes passkey_user_handle(const struct access *x, struct arena *a, int64_t account) {
    struct hash h = hash_keyed(&x->handle_key, (struct bytes){(const uint8_t *)&account, sizeof account});
    return bytes_copy(a, (struct bytes){h.b, USER_HANDLE_BYTES});
}

// ---- JSON for the browser ----

static void put(struct json_out *j, const char *key, struct text value) {
    json_key(j, key);
    json_put_text(j, value);
}

static void put_keys(struct json_out *j, struct arena *a, const char *key, const struct passkey_rows *keys) {
    json_key(j, key);
    json_begin_array(j);
    for (size_t i = 0; i < keys->count; i++) {
        json_begin_object(j);
        put(j, "type", T("public-key"));
        put(j, "id", base64url_encode(a, keys->items[i].key.credential));
        json_end_object(j);
    }
    json_end_array(j);
}

static void put_algorithms(struct json_out *j) {
    static const int ALGORITHMS[] = {-7, -8, -257}; // ES256, EdDSA, RS256
    json_key(j, "pubKeyCredParams");
    json_begin_array(j);
    for (size_t i = 0; i < sizeof ALGORITHMS / sizeof *ALGORITHMS; i++) {
        json_begin_object(j);
        put(j, "type", T("public-key"));
        json_key(j, "alg");
        json_put_int(j, ALGORITHMS[i]);
        json_end_object(j);
    }
    json_end_array(j);
}

static void put_parties(struct json_out *j, const struct access *x, struct arena *a, int64_t account,
                        struct text label) {
    json_key(j, "rp");
    json_begin_object(j);
    put(j, "id", x->options.relying_party);
    put(j, "name", x->options.name);
    json_end_object(j);
    json_key(j, "user");
    json_begin_object(j);
    put(j, "id", base64url_encode(a, passkey_user_handle(x, a, account)));
    put(j, "name", label);
    put(j, "displayName", label);
    json_end_object(j);
}

static struct text creation_options(const struct access *x, struct arena *a, struct text challenge,
                                    int64_t account, struct text label, const struct passkey_rows *have) {
    struct out o = {.arena = a};
    struct json_out j = {.out = &o};
    json_begin_object(&j);
    put(&j, "challenge", challenge);
    put_parties(&j, x, a, account, label);
    put_algorithms(&j);
    put_keys(&j, a, "excludeCredentials", have);
    json_key(&j, "authenticatorSelection");
    json_begin_object(&j);
    put(&j, "residentKey", T("preferred"));
    put(&j, "userVerification", T("preferred"));
    json_end_object(&j);
    put(&j, "attestation", T("none"));
    json_key(&j, "timeout");
    json_put_int(&j, CEREMONY_MS);
    json_end_object(&j);
    return out_done(&o);
}

struct text passkey_request_options(const struct access *x, struct arena *a, struct text challenge,
                                    const struct passkey_rows *keys, bool must_verify) {
    struct out o = {.arena = a};
    struct json_out j = {.out = &o};
    json_begin_object(&j);
    put(&j, "challenge", challenge);
    put(&j, "rpId", x->options.relying_party);
    if (keys->count) put_keys(&j, a, "allowCredentials", keys);
    put(&j, "userVerification", must_verify ? T("required") : T("preferred"));
    json_key(&j, "timeout");
    json_put_int(&j, CEREMONY_MS);
    json_end_object(&j);
    return out_done(&o);
}

// ---- registering ----

enum status access_passkey_offer(struct access *x, const struct actor *actor, struct arena *a,
                                 struct passkey_ceremony *out, struct problem *p) {
    struct db *db;
    struct passkey_rows have = {0};
    struct text label = T("");
    enum status st = factor_is_fresh(x, actor, p);
    if (!st) st = reading_begin(x, &db);
    if (st) return st;
    st = passkeys_of(db, actor->account, a, &have);
    enum status contact = st ? st : account_contact(x, db, actor->account, CONTACT_EMAIL, a, &label);
    if (contact == STATUS_NOT_FOUND)
        contact = account_contact(x, db, actor->account, CONTACT_NAME, a, &label);
    reading_end(x, db);
    if (st || contact) return st ? st : contact;
    if (have.count >= PASSKEYS_MAX) return problem(p, "passkey", "passkey_count", "problem.passkey.count");
    struct challenge c = {.purpose = CHALLENGE_PASSKEY_NEW,
                          .account = actor->account,
                          .ends_at = {env_now(x->env).ms + CEREMONY_MS}};
    st = challenge_make(x, &c, T(""), a, &out->ceremony);
    if (!st) out->options = creation_options(x, a, out->ceremony, actor->account, label, &have);
    return st;
}

struct change {
    int64_t account;
    struct text ceremony, label;
    struct passkey_key key;
};

static enum status add_passkey(struct write *w, void *argument, struct problem *p) {
    struct change *c = argument;
    struct passkey_row other;
    struct account_row row;
    struct event_draft *d;
    enum status st = challenge_use(w, c->ceremony);
    if (st == STATUS_EXPIRED) return problem(p, "passkey", "passkey_over", "problem.passkey.over");
    if (!st) st = account_load(w->db, c->account, w->arena, &row);
    if (st) return st;
    if (row.passkeys >= PASSKEYS_MAX) return problem(p, "passkey", "passkey_count", "problem.passkey.count");
    st = passkey_by_credential(w->db, c->key.credential, w->arena, &other);
    if (!st) return problem(p, "passkey", "passkey_known", "problem.passkey.known");
    if (st != STATUS_NOT_FOUND) return st;
    struct events *list = account_event(w, &PASSKEY_ADDED, c->account, &d);
    draft_int(d, "algorithm", c->key.algorithm);
    draft_personal_bytes(d, "credential", c->key.credential);
    draft_personal_bytes(d, "key", c->key.public_key);
    draft_personal_int(d, "count", c->key.sign_count);
    draft_personal_text(d, "label", c->label);
    return write_events(w, c->account, list);
}

static struct text clean_label(struct text label) {
    label = text_trim(label);
    if (!text_is_utf8(label)) return T("");
    size_t at = 0;
    while (at < label.n && at < PASSKEY_LABEL_MAX) {
        size_t before = at;
        text_codepoint(label, &at);
        if (at > PASSKEY_LABEL_MAX) return text_slice(label, 0, before);
    }
    return text_slice(label, 0, at);
}

enum status access_passkey_register(struct access *x, const struct actor *actor, struct text ceremony,
                                    struct text credential, struct text label, struct arena *a,
                                    struct problem *p) {
    struct challenge offered;
    struct bytes challenge;
    struct change c = {.account = actor->account, .ceremony = ceremony, .label = clean_label(label)};
    enum status st = factor_is_fresh(x, actor, p);
    if (st) return st;
    st = challenge_get(x, CHALLENGE_PASSKEY_NEW, ceremony, a, &offered);
    if (st == STATUS_EXPIRED || (!st && offered.account != actor->account))
        return problem(p, "passkey", "passkey_over", "problem.passkey.over");
    if (!st) st = base64url_decode(a, ceremony, &challenge);
    if (!st) st = passkey_read_registration(a, &x->passkeys, challenge, credential, &c.key, p);
    return st ? st : journal_write(x->journal, add_passkey, &c, a, p);
}

// ---- list and removal ----

enum status access_passkeys(struct access *x, int64_t account, struct arena *a, struct passkey_view **out,
                            size_t *count) {
    struct db *db;
    struct passkey_rows rows;
    enum status st = reading_begin(x, &db);
    if (st) return st;
    st = passkeys_of(db, account, a, &rows);
    reading_end(x, db);
    if (st) return st;
    *out = ARENA_ARRAY(a, struct passkey_view, rows.count + 1);
    *count = rows.count;
    for (size_t i = 0; i < rows.count; i++)
        (*out)[i] =
            (struct passkey_view){base64url_encode(a, rows.items[i].key.credential), rows.items[i].label,
                                  rows.items[i].created_at, rows.items[i].used_at};
    return STATUS_OK;
}

static enum status remove_passkey(struct write *w, void *argument, struct problem *p) {
    struct change *c = argument;
    struct passkey_row key;
    struct account_row row;
    struct event_draft *d;
    enum status st = passkey_by_credential(w->db, c->key.credential, w->arena, &key);
    if (!st && key.account != c->account) st = STATUS_NOT_FOUND;
    if (!st) st = account_load(w->db, c->account, w->arena, &row);
    if (st) return st;
    bool is_last = row.passkeys == 1 && (account_is_staff(&row) ? !row.totp.n : !row.password.n);
    if (is_last) return problem(p, "", "factor_last", "problem.factor.last");
    struct events *list = account_event(w, &PASSKEY_REMOVED, c->account, &d);
    draft_personal_bytes(d, "credential", c->key.credential);
    return write_events(w, c->account, list);
}

enum status access_passkey_remove(struct access *x, const struct actor *actor, struct text id,
                                  struct arena *a, struct problem *p) {
    struct change c = {.account = actor->account};
    enum status st = factor_is_fresh(x, actor, p);
    if (!st && base64url_decode(a, id, &c.key.credential) != STATUS_OK) st = STATUS_NOT_FOUND;
    return st ? st : journal_write(x->journal, remove_passkey, &c, a, p);
}
