// key_list.h - the keys of one log over time: from when to when each signed, and which was revoked.
//
//     ostia log keys v1
//     ostia.example/log
//     key 1 FROM TO REVOKED VKEY       (seconds since 1970; - where it has not come to that)
//     key 2 ...
//
// A note with this text is signed by all keys of the log that are not revoked: who trusts one of them can
// follow it to the newest.
#pragma once
#include "ledger/checkpoint.h"

enum { KEY_LIST_MAX = 64 }; // one a year for a working life

struct listed_key {
    struct note_key key;
    uint64_t from_s, to_s, revoked_s; // to_s, revoked_s: 0 when it has not come to that
};
struct key_list {
    struct text origin;
    struct listed_key *items;
    size_t count;
};

struct text key_list_print(struct arena *a, const struct key_list *l);
// STATUS_INVALID, STATUS_TOO_LARGE. Times and numbers must be in order, each key of the origin's name,
// Ed25519.
enum status key_list_read(struct arena *a, struct text text, struct key_list *out);

// A signed list, for who trusts one key of it. STATUS_NOT_FOUND: it is not signed by that key and by the
// newest one, or does not name it. STATUS_CORRUPT, STATUS_INVALID. A stolen key can sign a list of its own:
// that a key was revoked must be made known on the way on which it was made known itself.
enum status key_list_open(struct arena *a, struct text signed_note, const struct note_key *trusted,
                          struct key_list *out);

// May a checkpoint that `key` signed be believed? `confirmed_s` is the earliest time at which somebody else
// had seen it, a witness or a time-stamping authority; 0: nobody. STATUS_OK; STATUS_NOT_FOUND: the key is not
// of this log. STATUS_REFUSED: it was revoked, and nobody had seen the checkpoint before that.
// STATUS_EXPIRED: it was not yet in use when somebody saw it, give or take KEY_SKEW_S.
enum { KEY_SKEW_S = 3600 }; // clocks of two authorities differ less
enum status key_list_judge(const struct key_list *l, const struct note_key *key, uint64_t confirmed_s);
