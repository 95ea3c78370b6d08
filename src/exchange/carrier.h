// carrier.h - ways for a parcel of sealed messages to reach another authority: HTTPS, X-Road, a broker.
//
// A carrier knows neither channels nor keys of theirs: it moves bytes that are sealed and signed already, and
// brings the answer back. It may deliver twice, late, or in another order; channels.h stands all of that.
#pragma once
#include "exchange/member.h"

enum {
    PARCEL_BYTES_MAX = 256 * 1024,   // some 100 messages
    PARCEL_ANSWER_MAX = 256 * 1024,  // an answer for each of them
    CARRIER_SEND_MS_MAX = 30 * 1000, // nobody waits longer for one parcel
};

// STATUS_OK: the other side (or the broker) has it durably. `answer` is what it said, in `a`; empty where a
// broker stands between: then the answer comes as a parcel of its own. STATUS_BUSY, STATUS_IO and all others:
// not there, or nobody knows; it is sent again later. One thread at a time for one member.
struct carrier {
    void *context;
    enum status (*send)(void *context, const struct member *to, struct bytes message, struct arena *a,
                        struct bytes *answer);
    void (*close)(void *context); // may be NULL
};

// Whatever arrives, on any way, is handed to one function (channels_receive in channels.h is one). `from` is
// the authority that the carrier has authenticated (its TLS certificate, its X-Road client), 0 when it cannot
// tell: then only the signature counts. `answer` goes back the same way. STATUS_BUSY: too much at once,
// later.
typedef enum status parcel_receive_fn(void *context, uint32_t from, struct bytes parcel, struct arena *a,
                                      struct bytes *answer);
