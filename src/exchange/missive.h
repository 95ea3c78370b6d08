// missive.h - a letter from one authority to another that is no event: sealed to its reader, signed over the
// sealed bytes.
//
// Missives carry what may never be in an event: a channel and its key with the data by which the other side
// finds its own case, answers, and notices of privacy services. CBOR [signed part, number of the signing key,
// signature]; the signed part is [1, suite, from, to, number of the sealing key, kind, time, sealed]. Sealed
// is [from, to, kind, body], padded, so that nobody can send on another's missive as an own one.
#pragma once
#include "exchange/sealed.h"

enum {
    MISSIVE_BODY_MAX = 8 * 1024,   // an invitation with all that may be told of a person has 2 kB
    MISSIVE_BYTES_MAX = 10 * 1024, // sealed and signed; two dozen fit into a parcel
};
enum missive_kind { MISSIVE_INVITATION = 1, MISSIVE_ANSWER = 2, MISSIVE_NOTICE = 3 };

struct missive {
    const struct seal_suite *suite; // NULL: its name is not known here
    uint32_t from, to, to_key;
    enum missive_kind kind;
    struct moment at; // its sender's word
    struct bytes sealed, signed_part;
    struct hash hash; // of the signed part: the missive's name, whoever signs it anew
    uint32_t key;     // that signed
    struct bytes signature;
};

struct missive_making {
    const struct env *env;
    const struct own *own;
    const struct members *members;
    uint32_t to;
    enum missive_kind kind;
    struct bytes body;
    struct moment now;
};
// STATUS_NOT_FOUND: one of the two has no key that is good now. STATUS_TOO_LARGE.
enum status missive_make(const struct missive_making *m, struct arena *a, struct bytes *out);
// The same missive signed by another key of ours, after a rotation.
enum status missive_sign_again(const struct missive *l, const struct own_key *key, struct arena *a,
                              struct bytes *out);

// Takes a missive apart; nobody may believe it before missive_verify. Points into `in`. STATUS_INVALID (a
// message and a receipt are none), STATUS_TOO_LARGE.
enum status missive_read(struct bytes in, struct missive *out);
// The statuses of sealed_verify.
enum status missive_verify(const struct missive *l, const struct members *members, struct moment at);
// STATUS_NOT_FOUND: it is not for us. STATUS_CORRUPT: our key does not open it, or it says something else
// inside. The caller wipes what held a secret.
enum status missive_open(const struct missive *l, const struct own *own, struct arena *a, struct bytes *body);
