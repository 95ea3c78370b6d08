// client.h - systems of partners: accounts without a person behind them, and tokens for one purpose each.
//
//     access_create_client -> id and secret       access_client_token(id, secret, purpose) -> token
//     access_token_find(token) -> struct actor, bound to that purpose
//
// OAuth 2.0 client credentials (RFC 6749, 4.4) and revocation (RFC 7009). A client acts with its roles
// through the same policy as people and leaves the same traces, but whatever only a named human may do is
// closed to it.
#pragma once
#include "access/account.h"

enum {
    CLIENT_PURPOSES_MAX = 8,     // of one client; the pack has nine in all
    CLIENT_ID_MAX = 32,          // like every public code
    TOKEN_MS = 30 * 60 * 1000,   // short: who finds a token in a log has little of it
    TOKENS_PER_CLIENT_MAX = 200, // a fleet of machines that each ask anew; the oldest end first
    TOKEN_CHARS_MAX = 64,        // "oat_" and 43 characters
};

struct new_client {
    struct text id;                     // "harbour-registry": a-z, 0-9 and dashes; also its public code
    struct text name;                   // for people who read who looked at a file
    struct text unit;                   // may be empty: then no case of a unit is near to it
    struct text roles[ACTOR_ROLES_MAX]; // "registrar" ...; "representative" stands alone: it acts for people
    size_t role_count;
    struct text purposes[CLIENT_PURPOSES_MAX]; // that it may ask tokens for
    size_t purpose_count;
};
struct client_made {
    int64_t account;
    struct text secret; // shown once; only its keyed hash is stored
};
// Done by an operator (0 = the system). STATUS_INVALID: field and rule in `p`.
enum status access_create_client(struct access *x, int64_t by, const struct new_client *n, struct arena *a,
                                 struct client_made *out, struct problem *p);
// A new secret; the old one and all tokens end. STATUS_NOT_FOUND.
enum status access_client_secret(struct access *x, int64_t by, struct text id, struct arena *a,
                                 struct text *secret);
// No more tokens; those there are end at once. STATUS_NOT_FOUND.
enum status access_close_client(struct access *x, int64_t by, struct text id);

struct client_token {
    struct text token, purpose;
    int64_t life_ms;
};
// `purpose` empty: the client's only one. STATUS_INVALID with rule "invalid_client", after the same work for
// an unknown id as for a wrong secret, or "invalid_scope".
enum status access_client_token(struct access *x, struct text id, struct text secret, struct text purpose,
                                struct arena *a, struct client_token *out, struct problem *p);
// Ends a token of this client. Unknown ones and those of others are nothing to it (RFC 7009, 2.2): STATUS_OK.
enum status access_client_revoke(struct access *x, struct text id, struct text secret, struct text token,
                                 struct arena *a, struct problem *p);
// A token of one's own, for a program that one uses: staff with two factors, one of them fresh.
// STATUS_REFUSED or STATUS_EXPIRED (confirm.c) with `p`.
enum status access_token_own(struct access *x, const struct actor *actor, struct text purpose,
                             struct arena *a, struct client_token *out, struct problem *p);
// Ends all tokens of an account.
enum status access_tokens_end(struct access *x, int64_t account);
// The actor that a token for that purpose would be of. For doors where somebody else has proved who the client
// is (a security server of X-Road). STATUS_NOT_FOUND: nobody, or closed; STATUS_REFUSED: not a purpose of it.
enum status access_client_actor(struct access *x, struct text id, struct text purpose, struct arena *a,
                                struct actor *out);
// Who holds this token? The actor is bound to its purpose. STATUS_NOT_FOUND: nobody, or over.
enum status access_token_find(struct access *x, struct arena *a, struct text token, struct moment now,
                              struct actor *out);
