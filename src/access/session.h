// session.h - signing in, step by step, and the sessions that come of it.
//
//     password -> [second factor] -> open session            passkey -> open session
//
// The token is 32 random bytes as base64url, for the cookie; only its hash is stored. It changes at each
// step.
#pragma once
#include "access/account.h"

enum { SESSION_TOKEN_CHARS = 43, SESSIONS_PER_ACCOUNT_MAX = 20 };

enum session_state {
    SESSION_NONE,
    SESSION_HALF,  // password given; second factor missing
    SESSION_ENROL, // may only set up password and second factor (staff, first sign-in), then sign in again
    SESSION_OPEN,
};

// Second factors that an account can give, as bits.
enum {
    FACTOR_TOTP = 1,
    FACTOR_PASSKEY = 2,
    FACTOR_RECOVERY = 4,
    FACTOR_SENT_CODE = 8, // a code to the proved e-mail or phone; not for staff
};

// What a step of signing in gives. `token` replaces the cookie, whatever the state.
struct sign_in {
    enum session_state state;
    struct text token;
    int64_t account;
    unsigned factors;  // in SESSION_HALF: what may come next
    struct text known; // in SESSION_OPEN: value of the cookie that comes back as struct source.known
};

// Each answers STATUS_INVALID with one and the same problem for unknown name and wrong secret
// ("problem.sign_in.wrong"), after the same work; STATUS_BUSY with problem.sign_in.wait {minutes} after too
// many mistakes of this name or from this source.

// Name: e-mail, phone or the printed sign-in name. SESSION_HALF when a second factor is set up (always for
// staff: SESSION_ENROL when they have none yet).
enum status sign_in_password(struct access *x, const struct source *from, struct text name,
                             struct text password, struct arena *a, struct sign_in *out, struct problem *p);
// The printed code (or a staff invitation) instead of the password; the code is used up. Opens the session of
// an applicant to set a new password; staff get SESSION_ENROL.
enum status sign_in_recovery(struct access *x, const struct source *from, struct text name, struct text code,
                             struct arena *a, struct sign_in *out, struct problem *p);
// The second step; `token` is that of the SESSION_HALF. STATUS_EXPIRED when it is over: begin again.
enum status sign_in_totp(struct access *x, const struct source *from, struct text token, struct text code,
                         struct arena *a, struct sign_in *out, struct problem *p);
enum status sign_in_recovery_code(struct access *x, const struct source *from, struct text token,
                                  struct text code, struct arena *a, struct sign_in *out, struct problem *p);
// Also for session_confirm: `token` may be of an open session.
enum status sign_in_send_code(struct access *x, const struct source *from, struct text token, struct arena *a,
                              struct contact_code *out, struct problem *p);
enum status sign_in_sent_code(struct access *x, const struct source *from, struct text token,
                              struct text challenge, struct text code, struct arena *a, struct sign_in *out,
                              struct problem *p);
// Passkey: alone (with user verification it is two factors), or as second step when `token` is a SESSION_HALF
// (empty otherwise; of an open session for session_confirm_passkey). `out->options` is a
// PublicKeyCredentialRequestOptionsJSON.
enum status sign_in_passkey_offer(struct access *x, struct text token, struct arena *a,
                                  struct passkey_ceremony *out);
enum status sign_in_passkey(struct access *x, const struct source *from, struct text token,
                            struct text ceremony, struct text credential, struct arena *a,
                            struct sign_in *out, struct problem *p);
// Opens a session right after access_create_account, without signing in again.
enum status sign_in_new_account(struct access *x, const struct source *from, int64_t account, struct arena *a,
                                struct sign_in *out);

struct session {
    int64_t id;
    enum session_state state;
    struct actor actor;       // texts in the caller's arena
    struct text display_name; // staff name; empty for applicants
    struct moment created_at;
    struct moment idle_until;  // moves with the requests, a minute at a time
    struct moment ends_at;     // does not
    struct moment fresh_until; // till then the ways into the account may be changed without session_confirm
    struct text csrf;          // 43 characters, belongs to this token alone
    unsigned factors;          // as in struct sign_in, for SESSION_HALF
};
// Who holds this token? Counts as a request: moves idle_until. Read from the database each time, so what
// ended or changed on any server holds at the next request; writes once a minute, and nobody waits for that.
// STATUS_NOT_FOUND, STATUS_EXPIRED. `now` is the request's. This is what web_sessions.find calls.
enum status session_find(struct access *x, struct arena *a, struct text token, struct moment now,
                         struct session *out);
bool session_csrf_ok(const struct session *s, struct text given); // constant time

// ---- confirming who one is, inside an open session, before the ways into the account are changed ----

// What the account can confirm with: a passkey alone; or the password, with a code where it has second
// factors; or, for applicants, a printed code alone. As at the sign-in. STATUS_EXPIRED: no open session.
struct confirm_ways {
    bool has_password, needs_second, printed_code_is_enough;
    unsigned factors;
};
enum status session_confirm_ways(struct access *x, struct text token, struct arena *a,
                                 struct confirm_ways *out);
struct confirmation {
    struct text password;
    unsigned factor;       // FACTOR_TOTP, FACTOR_RECOVERY or FACTOR_SENT_CODE; 0: none
    struct text code;      // of that factor
    struct text challenge; // of a sent code: sign_in_send_code
};
// The session's token stays: what was typed on other pages can still be sent. STATUS_INVALID on "password" or
// "code"; STATUS_BUSY after too many mistakes; STATUS_EXPIRED: the session is over.
enum status session_confirm(struct access *x, const struct source *from, struct text token,
                            const struct confirmation *given, struct arena *a, struct problem *p);
// `ceremony` is of sign_in_passkey_offer with the same token.
enum status session_confirm_passkey(struct access *x, const struct source *from, struct text token,
                                    struct text ceremony, struct text credential, struct arena *a,
                                    struct problem *p);

enum status session_end(struct access *x, struct text token); // sign out
// All sessions of the account but `except` (0 = none excepted).
enum status session_end_all(struct access *x, int64_t account, int64_t except);
// One of one's own. STATUS_NOT_FOUND.
enum status session_end_one(struct access *x, int64_t account, int64_t session);

struct session_view {
    int64_t id;
    struct text agent, address;
    struct moment created_at, seen_at;
    bool has_second_factor;
};
enum status session_list(struct access *x, int64_t account, struct arena *a, struct session_view **out,
                         size_t *count);

// Removes what is over: sessions, challenges, mistakes. The server calls it every few minutes.
enum status access_sweep(struct access *x);

// ---- limits with growing delay, for other rooms' doors too (tracking, letter check) ----

// STATUS_BUSY and the wait (0: the queue of writes is full) while `key` in `space` ("tracking", or a name of
// the caller's) has to wait. Otherwise the try counts as a mistake, on all servers, until access_limit_passed
// says that it was none. What cannot be counted may not be tried: any other status.
enum status access_limit_ask(struct access *x, const char *space, struct text key, int64_t *wait_ms);
void access_limit_passed(struct access *x, const char *space, struct text key);
