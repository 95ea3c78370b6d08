// letter.h - a letter from one authority to another that is no event: sealed to its reader, signed over the
// sealed bytes.
//
// Letters carry what may never be in an event: a channel and its key with the data by which the other side
// finds its own case, answers, and notices of privacy services. CBOR [signed part, number of the signing key,
// signature]; the signed part is [1, suite, from, to, number of the sealing key, kind, time, sealed]. Sealed
// is [from, to, kind, body], padded, so that nobody can send on another's letter as an own one.
#pragma once
#include "exchange/sealed.h"

enum {
    LETTER_BODY_MAX = 8 * 1024,   // an invitation with all that may be told of a person has 2 kB
    LETTER_BYTES_MAX = 10 * 1024, // sealed and signed; two dozen fit into a parcel
};
enum letter_kind { LETTER_INVITATION = 1, LETTER_ANSWER = 2, LETTER_NOTICE = 3 };

struct letter {
    const struct seal_suite *suite; // NULL: its name is not known here
    uint32_t from, to, to_key;
    enum letter_kind kind;
    struct moment at; // its sender's word
    struct bytes sealed, signed_part;
    struct hash hash; // of the signed part: the letter's name, whoever signs it anew
    uint32_t key;     // that signed
    struct bytes signature;
};

struct letter_making {
    const struct env *env;
    const struct own *own;
    const struct members *members;
    uint32_t to;
    enum letter_kind kind;
    struct bytes body;
    struct moment now;
};
// STATUS_NOT_FOUND: one of the two has no key that is good now. STATUS_TOO_LARGE.
enum status letter_make(const struct letter_making *m, struct arena *a, struct bytes *out);
// The same letter signed by another key of ours, after a rotation.
enum status letter_sign_again(const struct letter *l, const struct own_key *key, struct arena *a,
                              struct bytes *out);

// Takes a letter apart; nobody may believe it before letter_verify. Points into `in`. STATUS_INVALID (a
// message and a receipt are none), STATUS_TOO_LARGE.
enum status letter_read(struct bytes in, struct letter *out);
// The statuses of sealed_verify.
enum status letter_verify(const struct letter *l, const struct members *members, struct moment at);
// STATUS_NOT_FOUND: it is not for us. STATUS_CORRUPT: our key does not open it, or it says something else
// inside. The caller wipes what held a secret.
enum status letter_open(const struct letter *l, const struct own *own, struct arena *a, struct bytes *body);
