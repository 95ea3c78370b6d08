// leaf.h - what an entry of Ostia's log says, as far as a proof needs it.
#pragma once
#include "base/crypto.h"
#include "base/moment.h"

// An event: CBOR [1, number, time, type, stream, subject, actor, open fields, sealed fields or null].
struct leaf {
    int64_t number; // from 1; the index in the log is one less
    struct moment at;
    struct text type;
    struct bytes open, sealed; // maps; `sealed` is as it lies in the log
};
// STATUS_UNSUPPORTED: the entry is of another program.
enum status leaf_read(struct bytes b, struct leaf *out);

// Is this hash the value of one of the fields, as bytes or in hexadecimal? *field is its name. The sealed
// fields are read when `opening` (KEY_BYTES, else empty) opens them. STATUS_NOT_FOUND. STATUS_CORRUPT: the
// opening does not fit.
enum status leaf_find(struct arena *a, const struct leaf *l, struct bytes opening, const struct hash *wanted,
                      struct text *field);

// A message between authorities (exchange_sent, exchange_received) is sealed in the open field "message".
struct leaf_message {
    int64_t type, code, sender; // numbers of the law; code 0: none
    struct moment at, due;      // due.ms 0: none
};
// Is `file` what the message says, opened by `opening`, byte for byte? STATUS_NOT_FOUND: it is another one,
// or the entry is none. STATUS_CORRUPT: the opening does not fit.
enum status leaf_message(struct arena *a, const struct leaf *l, struct bytes opening, struct bytes file,
                         struct leaf_message *out);
