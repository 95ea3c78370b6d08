// receipt.h - what the receiver says of a message: it is in my log, or I refuse it, and why; always signed.
#pragma once
#include "exchange/carrier.h"
#include "exchange/sealed.h"

enum {
    RECEIPT_BYTES_MAX = 400,
    PARCEL_MESSAGES_MAX = 64, // of one parcel, and answers of one answer
};

// Why a message was not taken. Numbers are for ever.
enum refusal {
    REFUSED_NOT = 0,        // it is in the log
    REFUSED_FORM = 1,       // no message at all
    REFUSED_SUITE = 2,      // algorithms that are not known here
    REFUSED_SENDER = 3,     // no member, or not the one whose certificate brought it
    REFUSED_KEY = 4,        // unknown, ended or revoked
    REFUSED_SIGNATURE = 5,  // forged, or changed on the way
    REFUSED_NOT_FOR_US = 6, // no slot opens
    REFUSED_CHANNEL = 7,    // not known (yet)
    REFUSED_MEMBERS = 8,    // the sender has no part in the channel, or others than its members read it
    REFUSED_CLOCK = 9,      // of a time that has not come
    REFUSED_GAP = 10,       // one before it is missing: `expected` says which
    REFUSED_FORK = 11,      // another one with the same number is in the log
    REFUSED_BUSY = 12,      // too many at once
    REFUSED_EVENT = 13, // the law does not allow it: only its hash is in the log, the next ones may follow
    REFUSED_COUNT
};
const char *refusal_name(enum refusal r);
// What the sender does: it is over (false), or it is sent again later.
bool refusal_may_pass(enum refusal r);

struct receipt {
    uint32_t by, key;    // who says so, with which key
    struct hash message; // hash of the message's signed part
    enum refusal refusal;
    int64_t leaf;      // index in the log of `by`, with REFUSED_NOT and REFUSED_EVENT; else 0
    struct moment at;  // when it was logged
    uint32_t expected; // with REFUSED_GAP: the seq that is missing; else 0
};

// What a signature is over: what it is of, so that a receipt is never taken for something else, and the
// number of its key.
struct bytes signed_input(struct arena *a, struct text what, uint32_t key, struct bytes signed_part);
// CBOR [signed part, number of the key, signature].
struct bytes receipt_make(const struct receipt *r, const struct own_key *key, struct arena *a);
// The statuses of sealed_verify; STATUS_INVALID when it is none.
enum status receipt_read(struct bytes in, const struct members *members, struct moment at,
                         struct receipt *out);

// The leaf that a receipt of our own table names, without checking it again; -1: none.
int64_t receipt_leaf(struct bytes in);

// Parcels and answers: CBOR arrays of byte strings. *count at most PARCEL_MESSAGES_MAX.
struct bytes parcel_make(const struct bytes *items, size_t count, struct arena *a);
enum status parcel_read(struct bytes in, struct bytes items[PARCEL_MESSAGES_MAX], size_t *count);
