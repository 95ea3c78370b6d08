// account.h - accounts and their credentials: e-mail, phone, password, one-time codes, recovery codes,
// passkeys.
//
// Every change is an event sealed with the account's own key; passwords are hashed in the caller's thread,
// never in the writer's. No answer tells whether somebody has an account.
#pragma once
#include "access/access.h"

struct access; // the room: sessions, limits, keys; shared by all threads

struct access_options {
    struct text origin;        // "https://asylum.example": what browsers see; for passkeys
    struct text relying_party; // domain of passkeys: "asylum.example"; empty takes the host of `origin`
    struct text name;          // of the authority, shown by authenticator apps
    // Sessions (R-AC-03: the page warns before the end and extends). 0 takes the value in brackets.
    int64_t idle_ms;       // [2 h] without a request, for applicants
    int64_t idle_staff_ms; // [30 min]
    int64_t absolute_ms;   // [12 h] from sign-in, for everybody; cannot be extended
    int64_t half_ms;       // [10 min] to give the second factor
    // [15 min] after a factor in which the ways into the account may be changed. As long as a sent code
    // lives, so that who begins in time can end; too short for who finds a screen that was left open.
    int64_t fresh_ms;
    // argon2id; 0 takes libsodium's INTERACTIVE (2 passes, 64 MiB). Tests take less.
    int password_passes;
    size_t password_bytes;
    int password_threads; // hashed at once, [4]; the next caller waits up to 5 s, then STATUS_BUSY
};
// Texts of the options are copied.
enum status access_open(struct journal *j, const struct access_options *o, struct access **out,
                        struct problem *p);
void access_close(struct access *x);

enum {
    PASSWORD_CHARS_MIN = 12, // NIST SP 800-63B: length is what counts, no composition rules
    PASSWORD_BYTES_MAX = 512,
    CONTACT_BYTES_MAX = 254, // RFC 5321
    PASSKEYS_MAX = 10,       // of one account
    PASSKEY_LABEL_MAX = 60,
    PASSKEY_JSON_MAX = 16 * 1024, // what a browser sends
    RECOVERY_CODES = 8,
    CODE_TRIES_MAX = 5,                       // for one code sent by e-mail or phone
    CODE_MS = 15 * 60 * 1000,                 // its life
    INVITATION_MS = 14 * 24 * 60 * 60 * 1000, // of staff: two weeks to use it, then a new one
    CEREMONY_MS = 10 * 60 * 1000,             // of a passkey challenge or a TOTP enrolment
};

// Where a request comes from: for limits and the list of own sessions.
enum { KNOWN_MAX = 4, KNOWN_CHARS_MAX = KNOWN_MAX * 41 }; // a family with one telephone
struct source {
    struct text address; // client address as text
    struct text agent;   // user agent header, kept to 200 bytes
    struct text known;   // cookie that says which accounts signed in here before; may be empty, or made up
};

// ---- contacts: e-mail and phone, proved by a code ----

enum contact_kind { CONTACT_NONE, CONTACT_EMAIL, CONTACT_PHONE, CONTACT_NAME };

// Recognises and normalises what a person typed: an e-mail address, a phone number in international form, or
// the sign-in name on the printed sheet. STATUS_INVALID: problem.contact.invalid on `field`.
enum status contact_read(struct arena *a, struct text typed, const char *field, enum contact_kind *kind,
                         struct text *normal, struct problem *p);

enum code_use {
    CODE_SIGN_UP,     // prove a contact before making an account
    CODE_ADD_CONTACT, // prove one more contact of an account
    CODE_RESET_PASSWORD,
};
// What the caller must send. The page shows the same whether `is_known` or not.
struct contact_code {
    struct text challenge; // goes into the form; not secret
    enum contact_kind kind;
    struct text to;   // where to send
    struct text code; // 6 digits; EMPTY when there is nothing to use it for: then the message says that
                      // this address already has (SIGN_UP, ADD_CONTACT) or has no (RESET) account
};
// Starts the proof of a contact. STATUS_BUSY with problem.sign_in.wait {minutes} when asked too often.
enum status access_contact_code(struct access *x, const struct source *from, enum code_use use,
                                struct text typed, struct arena *a, struct contact_code *out,
                                struct problem *p);

// ---- accounts ----

struct new_account {
    struct text challenge, code; // of CODE_SIGN_UP; both empty for an account without e-mail and phone
    struct text password;        // empty: signs in by passkey or recovery code
    struct text language;
    enum actor_kind kind; // ACTOR_APPLICANT or ACTOR_REPRESENTATIVE; 0 = applicant
};
struct account_made {
    int64_t account;
    struct text sign_in_name;                   // "ABCD-EFGH-JKMN": printed; signs in like an e-mail address
    struct text recovery_codes[RECOVERY_CODES]; // printed; shown once
};
// STATUS_INVALID on "code" (problem.code.wrong) or "password". Roles of the account: its kind's word.
enum status access_create_account(struct access *x, const struct source *from, const struct new_account *n,
                                  struct arena *a, struct account_made *out, struct problem *p);

struct new_staff {
    struct text name;        // for colleagues
    struct text email;       // signs in with it
    struct text public_code; // what applicants see: "K-204"; unique
    struct text unit;
    struct text roles[ACTOR_ROLES_MAX]; // "officer", "supervisor", "administrator" ...
    size_t role_count;
    enum actor_kind kind; // ACTOR_STAFF or ACTOR_PARTNER; 0 = staff
    struct text language;
    struct text password;     // empty: the person sets it with the invitation
    struct bytes totp_secret; // empty: enrolled at the first sign-in
};
struct staff_made {
    int64_t account;
    struct text sign_in_name;
    struct text
        invitation; // single use within INVITATION_MS: signs in once, to set up password and second factor
};
// Done by an operator or administrator (0 = the system). STATUS_INVALID: field and rule in `p`.
enum status access_create_staff(struct access *x, int64_t by, const struct new_staff *n, struct arena *a,
                                struct staff_made *out, struct problem *p);
// A new invitation for staff or partners who did not use theirs, or lost every way in. Their printed codes
// end, their sessions too. STATUS_NOT_FOUND: no such account, or closed.
enum status access_invite_staff(struct access *x, int64_t by, int64_t account, struct arena *a,
                                struct text *invitation);
// Roles, unit and name anew; sessions of the account see it at once.
enum status access_change_staff(struct access *x, int64_t by, int64_t account, const struct new_staff *n,
                                struct arena *a, struct problem *p);
// No more sign-in; ends all sessions. What the account did stays.
enum status access_close_account(struct access *x, int64_t by, int64_t account, struct text reason);
// Also deletes the account's key: contacts and credentials are gone for ever.
enum status access_erase_account(struct access *x, int64_t by, int64_t account);
enum status access_set_language(struct access *x, int64_t account, struct text language);

struct account_view {
    int64_t account;
    enum actor_kind kind;
    struct text name, language, unit, public_code;
    struct text email, phone, sign_in_name; // empty when there is none
    bool has_password, has_totp, is_closed;
    size_t passkeys, recovery_codes_left;
    struct moment created_at;
};
// The account's own data, for its own page and for messages to it (outbox). STATUS_NOT_FOUND.
enum status access_account(struct access *x, int64_t account, struct arena *a, struct account_view *out);
// The account with this contact; for operators and tests, never for a public answer. STATUS_NOT_FOUND.
enum status access_account_find(struct access *x, struct text typed, int64_t *account);

// ---- credentials of the signed-in account ----
//
// All of these, and access_add_contact, ask for a factor that is fresh in the actor's session: else
// STATUS_EXPIRED, rule factor_stale, problem.factor.stale; session_confirm makes it fresh.

// Checks a new password: length, not common, not the sign-in name or e-mail. STATUS_INVALID on "password":
// problem.password.short {min}, .long, .common, .like_name.
enum status password_check(struct text password, struct text like, struct problem *p);

// `current` must be right unless the account has no password yet. Ends the account's other sessions.
enum status access_set_password(struct access *x, const struct source *from, const struct actor *actor,
                                struct text current, struct text password, struct arena *a,
                                struct problem *p);
// After CODE_RESET_PASSWORD: sets it and ends all sessions. Staff: STATUS_INVALID, like a wrong code. `known`
// is as in struct sign_in.
enum status access_reset_password(struct access *x, const struct source *from, struct text challenge,
                                  struct text code, struct text password, struct arena *a, struct text *known,
                                  struct problem *p);
// After CODE_ADD_CONTACT: replaces the account's e-mail or phone.
enum status access_add_contact(struct access *x, const struct source *from, const struct actor *actor,
                               struct text challenge, struct text code, struct arena *a, struct problem *p);

// One-time codes of an authenticator app (TOTP, RFC 6238: SHA-1, 6 digits, 30 s; one step of drift each way).
struct totp_offer {
    struct text enrolment; // goes into the form
    struct text uri;       // otpauth://... for the QR code
    struct text secret;    // base32 in groups of four, to type
};
enum status access_totp_offer(struct access *x, const struct actor *actor, struct arena *a,
                              struct totp_offer *out, struct problem *p);
// The first code proves that the app has it. STATUS_INVALID on "code": problem.code.wrong.
enum status access_totp_enrol(struct access *x, const struct source *from, const struct actor *actor,
                              struct text enrolment, struct text code, struct arena *a, struct problem *p);
// Staff must have a passkey before they can do without it (problem.factor.last).
enum status access_totp_remove(struct access *x, const struct actor *actor, struct arena *a,
                               struct problem *p);
// The code of a moment, for tests and demo pages.
enum status totp_code(struct bytes secret, struct moment at, char code[7]);

// New recovery codes; the old ones end.
enum status access_recovery_codes(struct access *x, const struct actor *actor, struct arena *a,
                                  struct text codes[RECOVERY_CODES], struct problem *p);

// Passkeys (WebAuthn). `options` is the JSON for navigator.credentials.create
// (PublicKeyCredentialCreationOptionsJSON).
struct passkey_ceremony {
    struct text ceremony; // goes back with the answer
    struct text options;  // JSON
};
enum status access_passkey_offer(struct access *x, const struct actor *actor, struct arena *a,
                                 struct passkey_ceremony *out, struct problem *p);
// `credential`: RegistrationResponseJSON. STATUS_INVALID: problem.passkey.*
enum status access_passkey_register(struct access *x, const struct actor *actor, struct text ceremony,
                                    struct text credential, struct text label, struct arena *a,
                                    struct problem *p);
struct passkey_view {
    struct text id; // base64url
    struct text label;
    struct moment created_at, used_at;
};
enum status access_passkeys(struct access *x, int64_t account, struct arena *a, struct passkey_view **out,
                            size_t *count);
enum status access_passkey_remove(struct access *x, const struct actor *actor, struct text id,
                                  struct arena *a, struct problem *p);
