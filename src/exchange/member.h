// member.h - the authorities that exchange events: code, roles, address and keys, and since when.
//
// A directory is made of events of our own log (member added, key rotated, key revoked), so that it can be
// proved later which key was good at a moment. It holds authorities only, never an officer.
#pragma once
#include "base/crypto.h"
#include "base/problem.h"
#include "journal/journal.h"

enum {
    MEMBERS_MAX = 1000,       // authorities of one federation
    MEMBER_KEYS_MAX = 100,    // of one authority, over all years
    MEMBER_NAME_MAX = 200,    // bytes
    MEMBER_ADDRESS_MAX = 300, // bytes
    MEMBER_FILE_MAX = 4 * 1024 * 1024,
    MEMBER_KEY_BYTES = 32, // Ed25519 and X25519 public keys
};

// One set of keys of an authority. They change together, and are never changed afterwards: a new set is
// added.
struct member_key {
    uint32_t number; // from 1
    uint8_t signing[MEMBER_KEY_BYTES], sealing[MEMBER_KEY_BYTES];
    bool has_privacy;          // `privacy` is there
    uint8_t privacy[MEMBER_KEY_BYTES]; // Ed25519, of its privacy service: signs notices and receipts
    struct hash tls;           // SHA-256 of the public key (SPKI) of its TLS certificate, as in RFC 7469
    struct moment from, until; // until: 0 = no end; a key is good in from <= t < until
    struct moment revoked;     // 0 = not: what arrives from then on is refused, whatever it says of its time
};
struct member {
    uint32_t code; // registered; never 0
    struct text name;
    uint32_t roles; // a bit for each letter A to Z; pack/exchange_law.h says what they are
    struct text address;
    struct moment from, until;
    struct member_key *keys; // by number
    size_t key_count;
};
struct members {
    struct member *items; // by code
    size_t count, capacity;
};

struct text member_roles_print(struct arena *a, uint32_t roles);

// Reads a directory: {"members": [{"code": 12, "name": "...", "roles": "DP", "address": "https://...",
// "from": "2026-01-01", "until": "...", "keys": [{"number": 1, "signing", "sealing", "tls", "privacy" (may be missing): 64 hex digits,
// "from", "until", "revoked": a day or a moment}]}]}. Unknown members are refused. Problem: field = JSON
// path.
enum status members_read(struct arena *a, struct text json, struct members *out, struct problem *p);

const struct member *member_of(const struct members *list, uint32_t code); // NULL: none
const struct member *member_of_tls(const struct members *list, const struct hash *tls, struct moment now);
bool member_is_active(const struct member *m, struct moment now);

enum member_key_state { MEMBER_KEY_GOOD, MEMBER_KEY_EARLY, MEMBER_KEY_ENDED, MEMBER_KEY_REVOKED };
enum member_key_state member_key_state(const struct member_key *k, struct moment at);
const struct member_key *member_key_of(const struct member *m, uint32_t number); // NULL: none
// The newest key that is good at that moment; NULL: none.
const struct member_key *member_key_at(const struct member *m, struct moment at);

// ---- the directory of this house (member_do.c)

extern const struct migrations EXCHANGE_MIGRATIONS;
extern const struct event_type *const exchange_event_types[]; // ended by NULL

// All members, copied to `a`.
enum status members_load(struct db *db, struct arena *a, struct members *out);

// Moves on whenever the directory has changed.
enum status members_version(struct db *db, int64_t *out);

// MEMBER_ADDED: an authority, or what is new about it but for keys (its code stays). KEY_ROTATED: a key whose
// number follows the last one. KEY_REVOKED from a moment on, for ever; a second time is refused.
// Problems name field and rule ("member.key_number").
enum status member_add(struct write *w, int64_t actor, const struct member *m, struct problem *p);
enum status member_key_add(struct write *w, int64_t actor, uint32_t code, const struct member_key *k,
                           struct problem *p);
enum status member_key_revoke(struct write *w, int64_t actor, uint32_t code, uint32_t number,
                              struct moment from, struct problem *p);
// All of a directory that is not there yet or differs: each as above, in one transaction.
enum status members_take(struct write *w, int64_t actor, const struct members *list, struct problem *p);
