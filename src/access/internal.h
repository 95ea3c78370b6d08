// internal.h - what the files of access/ share; nobody else includes it.
#pragma once
#include <pthread.h>

#include "access/session.h"

// ---- limit.c: mistakes are counted, and each makes the next wait longer ----

// Milliseconds to wait before the next try, 0 = none.
enum status limits_wait(struct access *x, const char *space, struct text key, int64_t *wait_ms);
// The same; with 0 the try counts as a mistake, durably, until limits_passed: many tries sent together, also
// to several servers, cannot all slip through before the first one is counted.
enum status limits_take(struct access *x, const char *space, struct text key, int64_t *wait_ms);
enum status limits_failed(struct access *x, const char *space, struct text key);
enum status limits_failures(struct access *x, const char *space, struct text key, int64_t *failures);
enum status limits_passed(struct access *x, const char *space, struct text key);
// The same inside a job: one more mistake; of a try only when it need not wait.
enum status limits_count(struct access *x, struct db *tx, const char *space, struct text key, bool is_try,
                         int64_t *wait_ms);
// Forgets those of whom nothing would be left.
enum status limits_sweep(struct db *tx, struct moment now);

// ---- password.c ----

struct hasher; // argon2id, a few at once
struct hasher *hasher_new(int passes, size_t bytes, int threads);
void hasher_free(struct hasher *h);
int64_t hasher_done(struct hasher *h); // how many were computed
enum { PASSWORD_HASH_MAX = 128 }; // crypto_pwhash_STRBYTES
// STATUS_BUSY when too many wait. Asserts that this is not the writer thread of `s`.
enum status hasher_hash(struct hasher *h, struct store *s, struct text password, char out[PASSWORD_HASH_MAX]);
// Compares with `stored`, or with a password of nobody when `stored` is empty: the same work, never a match.
enum status hasher_verify(struct hasher *h, struct store *s, struct text stored, struct text password,
                          bool *fits);

// ---- totp.c ----

enum { TOTP_SECRET_BYTES = 20, TOTP_STEP_S = 30 };
// The step (moment / 30 s) of a fitting code later than `after_step`; 0 when there is none.
int64_t totp_fits(struct bytes secret, struct text code, struct moment now, int64_t after_step);
struct text totp_uri(struct arena *a, struct text issuer, struct text label, struct bytes secret);
struct text totp_base32(struct arena *a, struct bytes secret);

// ---- webauthn.c: what a browser says about a passkey, checked; no database ----

enum {
    PASSKEY_CREDENTIAL_MAX = 1023, // WebAuthn 4: credential ids are at most 1023 bytes
    PASSKEY_CHALLENGE_BYTES = 32,
    PASSKEY_AUTHDATA_MAX = 4096,
    PASSKEY_CLIENT_DATA_MAX = 4096,
};
struct passkey_rules {
    struct text origin, relying_party;
};
struct passkey_key {
    struct bytes credential;
    int algorithm;           // COSE: -7 ES256, -8 EdDSA, -257 RS256
    struct bytes public_key; // libfido2's form for that algorithm
    int64_t sign_count;
    bool user_verified;
};
struct passkey_assertion {
    struct bytes credential, client_data, authenticator_data, signature, user_handle;
};
enum status passkey_read_registration(struct arena *a, const struct passkey_rules *rules,
                                      struct bytes challenge, struct text json, struct passkey_key *out,
                                      struct problem *p);
enum status passkey_read_assertion(struct arena *a, struct text json, struct passkey_assertion *out,
                                   struct problem *p);
enum status passkey_verify(struct arena *a, const struct passkey_rules *rules, struct bytes challenge,
                           const struct passkey_assertion *assertion, const struct passkey_key *key,
                           int64_t *sign_count, bool *user_verified, struct problem *p);

// ---- the room ----

// A session as the database has it, with its actor.
struct session_row {
    struct hash token;
    int64_t id, account;
    enum session_state state;
    int way; // enum sign_in_way
    bool has_second_factor;
    struct moment created_at, ends_at;
    struct moment seen_at;   // up to a minute before its last request
    struct moment factor_at; // when a factor was last given
    int64_t idle_ms;         // how long it may rest
    unsigned factors;
    struct actor actor;
};

enum { LANGUAGE_BYTES_MAX = 35 }; // BCP 47 tags of the registry
enum sign_in_way { WAY_PASSWORD = 1, WAY_RECOVERY, WAY_PASSKEY, WAY_NEW, WAY_INVITATION };

struct access {
    struct journal *journal;
    struct store *store;
    const struct env *env;
    struct access_options options; // with defaults filled in
    struct passkey_rules passkeys;
    struct arena names;
    struct key lookup_key, contact_key, code_key, csrf_key, handle_key, known_key, limit_key;
    struct hasher *hasher;
};

// A word as access.json has it; one line of text that is not empty.
bool word_ok(struct text t);
bool line_ok(struct text t, size_t max);

extern const struct embedded_list ACCESS_DATA; // common_passwords.txt

// A reader for the length of one call. rows must be ended before reading_end.
enum status reading_begin(struct access *x, struct db **db);
void reading_end(struct access *x, struct db *db);

struct hash contact_lookup(const struct access *x, enum contact_kind kind, struct text normal);
struct hash secret_hash(const struct access *x, int64_t account, struct text secret);
struct bytes contact_seal(const struct access *x, struct arena *a, struct text normal);
enum status contact_unseal(const struct access *x, struct arena *a, struct bytes sealed, struct text *normal);
struct text random_token(const struct access *x, struct arena *a);

// ---- account_sql.c: reading accounts ----

struct account_row {
    int64_t id;
    enum actor_kind kind;
    struct text name, language, unit, public_code, password;
    struct bytes totp; // sealed
    int64_t totp_step;
    struct moment created_at;
    bool is_closed;
    struct text roles[ACTOR_ROLES_MAX];
    size_t role_count;
    size_t passkeys, recovery_codes, sendable; // sendable: e-mail and phone
};
enum status account_load(struct db *db, int64_t account, struct arena *a, struct account_row *out);
// STATUS_NOT_FOUND when there is none.
enum status account_by_lookup(struct db *db, const struct hash *lookup, int64_t *account);
unsigned account_factors(const struct account_row *row);
static inline bool
account_is_staff(const struct account_row *row) { // staff and partners: two factors, always
    return row->kind == ACTOR_STAFF || row->kind == ACTOR_PARTNER;
}
struct actor account_actor(const struct account_row *row);
enum status account_contact(const struct access *x, struct db *db, int64_t account, enum contact_kind kind,
                            struct arena *a, struct text *normal);
bool account_has_recovery(struct db *db, int64_t account, const struct hash *code, struct moment now,
                          bool *is_invitation, enum status *st);
enum status account_delete_session_rows(struct db *db, int64_t account, int64_t except);

struct passkey_row {
    struct passkey_key key;
    int64_t account;
    struct text label;
    struct moment created_at, used_at;
};
struct passkey_rows {
    struct passkey_row *items;
    size_t count, capacity;
};
enum status passkey_by_credential(struct db *db, struct bytes credential, struct arena *a,
                                  struct passkey_row *out);
enum status passkeys_of(struct db *db, int64_t account, struct arena *a, struct passkey_rows *out);
// JSON for navigator.credentials.get; with keys only those may answer. `must_verify`: the authenticator asks
// who it is (a finger, a PIN), so that it is two factors.
struct text passkey_request_options(const struct access *x, struct arena *a, struct text challenge,
                                    const struct passkey_rows *keys, bool must_verify);
struct bytes passkey_user_handle(const struct access *x, struct arena *a, int64_t account);

// ---- account_events.c ----

extern const struct event_type ACCOUNT_CREATED, ACCOUNT_CHANGED, ACCOUNT_LANGUAGE_SET, ACCOUNT_CLOSED,
    ACCOUNT_ERASED, CONTACT_SET, PASSWORD_SET, TOTP_ENROLLED, TOTP_REMOVED, RECOVERY_CODES_MADE,
    PASSKEY_ADDED, PASSKEY_REMOVED, SIGNED_IN, SIGNED_OUT, FACTOR_CONFIRMED, SIGN_IN_DELAYED, PASSKEY_REFUSED;
extern const struct event_type CLIENT_SET, TOKEN_GIVEN, TOKEN_REVOKED; // client.c
enum status client_token_sweep(struct db *db, struct moment now);
enum status client_tokens_drop(struct db *db, int64_t account);

// A list with one draft about the account, sealed with its key.
struct events *account_event(struct write *w, const struct event_type *type, int64_t account,
                             struct event_draft **draft);

// Recovery codes for printing (in `a`), and their hashes one after the other.
struct bytes recovery_make(const struct access *x, struct arena *a, int64_t account, size_t count,
                           struct text *codes);
void draft_contact(struct access *x, struct write *w, struct events *list, int64_t account,
                   enum contact_kind kind, struct text normal);

// ---- challenge.c: something sent or shown that must come back, once ----

enum challenge_purpose {
    CHALLENGE_SIGN_UP = 1,
    CHALLENGE_ADD_CONTACT,
    CHALLENGE_RESET,
    CHALLENGE_SECOND_FACTOR,
    CHALLENGE_TOTP,
    CHALLENGE_PASSKEY_NEW,
    CHALLENGE_PASSKEY_SIGN_IN,
};
struct challenge {
    enum challenge_purpose purpose;
    int64_t account; // 0: not of one account
    enum contact_kind contact_kind;
    struct hash lookup;
    struct bytes sealed; // contact or TOTP secret
    int tries;
    struct moment ends_at;
};
// Stores it and gives its token: 32 random bytes as base64url. With an empty `code` no code will ever fit.
enum status challenge_make(struct access *x, const struct challenge *c, struct text code, struct arena *a,
                           struct text *token);
// Counts one try and answers whether the code was right. STATUS_EXPIRED: unknown, over, used up, or of
// another purpose.
enum status challenge_try(struct access *x, enum challenge_purpose purpose, struct text token,
                          struct text code, struct arena *a, struct challenge *out, bool *fits);
// The challenge by its token, whatever comes with it. STATUS_EXPIRED.
enum status challenge_get(struct access *x, enum challenge_purpose purpose, struct text token,
                          struct arena *a, struct challenge *out);
// In the command that uses it: STATUS_EXPIRED when somebody was faster.
enum status challenge_use(struct write *w, struct text token);
struct text challenge_digits(const struct access *x, struct arena *a);
enum status challenge_sweep(struct db *db, struct moment now);

// ---- session.c ----

// A session to be opened inside a command. `token` is made before, with random_token.
struct opening {
    struct access *x;
    const struct source *from;
    int64_t account;
    enum sign_in_way way;
    enum session_state state;
    bool second_factor;
    const char *factor;    // how the second one was given: "totp"; NULL
    struct text old_token; // ends; in a second step it must still be there
    struct text token;
    struct text challenge;   // used up with it; may be empty
    struct text password;    // hash that was verified: must still be the account's; may be empty
    struct bytes credential; // of a passkey; may be empty
    int64_t sign_count;
    int64_t totp_step;    // 0: no TOTP
    struct hash recovery; // the code that was used
    bool uses_recovery;
};
// write_fn with a struct opening: checks again what may have changed since, adds SIGNED_IN, inserts the
// session.
enum status session_open(struct write *w, void *opening, struct problem *p);
// write_fn with a struct opening whose `token` is an open session: checks the same again, adds
// FACTOR_CONFIRMED, and the session's factor is fresh.
enum status session_refresh(struct write *w, void *opening, struct problem *p);
enum status session_row_load(struct access *x, struct db *db, const struct hash *token, struct arena *a,
                             struct session_row *out);
// What the table knows of an actor's own session. STATUS_NOT_FOUND.
struct session_own {
    int way;
    enum session_state state;
    struct moment factor_at;
};
enum status session_own(struct db *db, int64_t account, int64_t session, struct session_own *out);
struct hash session_hash(struct text token);

// ---- sign_in.c: who holds a token ----

struct holder {
    struct session_row session;
    struct account_row account;
    struct text limit_key; // of the door "second"
};
// The account behind a session in one of `states` (bits 1 << SESSION_HALF ...); with `from` a try at the door
// "second" is counted. STATUS_EXPIRED.
enum status holder_find(struct access *x, const struct source *from, struct text token, unsigned states,
                        struct arena *a, struct holder *out, struct problem *p);

// ---- factor.c: one factor, looked at ----

// A code: FACTOR_TOTP, FACTOR_RECOVERY or FACTOR_SENT_CODE (with its challenge). STATUS_INVALID on "code".
enum status factor_check(struct opening *o, const struct holder *h, unsigned factor, struct text challenge,
                         struct text code, struct arena *a, struct problem *p);
// A passkey of o->account, or of anybody (0): then its owner is in o->account. STATUS_INVALID on "passkey".
enum status passkey_check(struct opening *o, struct text ceremony, struct text credential, bool must_verify,
                          struct arena *a, struct problem *p);

// ---- confirm.c ----

// Whether the actor's session gave a factor within options.fresh_ms. STATUS_EXPIRED with
// problem.factor.stale; STATUS_REFUSED: nobody.
enum status factor_is_fresh(struct access *x, const struct actor *actor, struct problem *p);

// ---- known.c: browsers that have signed in to an account before ----

// The token of this account in from->known; false when there is none.
bool known_find(const struct access *x, const struct source *from, int64_t account, struct arena *a,
                struct text *token);
// from->known with a new token for the account: what the cookie shall hold from now on.
struct text known_add(const struct access *x, const struct source *from, int64_t account, struct arena *a);

// ---- door.c: asking the limits and reporting to them ----

// STATUS_BUSY with problem.sign_in.wait when this name (or account) or this source has to wait. The try
// counts against `key` until door_passed. `from` NULL: a known browser, which does not wait for its network.
enum status door_ask(struct access *x, const struct source *from, const char *space, struct text key,
                     struct arena *a, struct problem *p);
enum status door_ask_source(struct access *x, const struct source *from, struct arena *a, struct problem *p);
// It was a mistake; now and then one leaves a SIGN_IN_DELAYED event. `account` 0: unknown.
void door_failed(struct access *x, const struct source *from, const char *space, struct text key,
                 int64_t account);
void door_failed_source(struct access *x, const struct source *from); // of nobody in particular
void door_passed(struct access *x, const char *space, struct text key);
struct text door_account_key(struct arena *a, int64_t account);
// A code that came by e-mail or phone, tried once: STATUS_INVALID with a problem on "code" unless it fits.
enum status door_try_code(struct access *x, const struct source *from, enum challenge_purpose purpose,
                          struct text challenge, struct text code, struct arena *a, struct challenge *out,
                          struct problem *p);

// ---- problems with one wording ----
enum status problem_wait(struct problem *p, const char *field, struct arena *a, int64_t wait_ms);
enum status problem_code_wrong(struct problem *p);
enum status problem_code_expired(struct problem *p);
enum status problem_sign_in(struct problem *p);
enum status problem_sign_in_over(struct problem *p); // STATUS_EXPIRED
