// nats_carrier.h - parcels through NATS JetStream, between authorities of one trust domain.
//
// A broker belongs to one organisation that all of them trust with their traffic: it sees who writes to whom
// and how much, never what. Between organisations that do not share such trust, HTTPS or X-Road is the way.
#pragma once
#include "exchange/carrier.h"

struct env;

enum {
    NATS_MS = 5 * 1000, // for one answer of the broker, when timeout_ms is 0
    NATS_BATCH = 16,    // parcels that are fetched at once: 4 MB
    NATS_DUPLICATES_MS =
        60 * 60 * 1000,           // how long the broker remembers ids: longer than any pause of the outbox
    NATS_ACK_WAIT_MS = 60 * 1000, // a parcel that is not confirmed comes again, when ack_wait_ms is 0
    NATS_RETRY_MS = 1000,         // after "too much at once", when retry_ms is 0
    NATS_BYTES_MAX = 1024 * 1024 * 1024, // in the stream; beyond it the broker refuses, and the outbox waits
};

struct nats_options {
    struct text url; // "nats://127.0.0.1:4222", "tls://..."; several with commas
    struct text ca, certificate, key, credentials; // files; empty: none
    struct text stream;                            // A-Z a-z 0-9 _ -; empty: "OSTIA"
    uint32_t self;                                 // our code in the directory
    int timeout_ms, retry_ms, ack_wait_ms;         // 0: as above
};

struct nats;
// Whether this build has libnats.
bool nats_is_built(void);
// Copies the options and connects at the first use, so that nothing waits for a broker that is down.
// STATUS_UNSUPPORTED: this build has no libnats. STATUS_INVALID: url or stream.
enum status nats_open(const struct nats_options *o, struct nats **out);
void nats_close(struct nats *n); // ends nats_listen; harmless on NULL

// STATUS_OK: the broker has confirmed that it keeps the parcel. The same parcel sent again is one message for
// the hour that the broker remembers its id. `n` must outlive it.
struct carrier nats_carrier(struct nats *n);

// One round: fetches what waits for us (at most NATS_BATCH parcels, waiting wait_ms when there is nothing),
// hands each on, and confirms it only after `receive` said that it is kept. An answer goes to the sender as a
// parcel of its own, before that. What cannot be read is put away for ever and logged: its sender gets no
// receipt and will send it again. *count: how many were kept. One thread at a time.
enum status nats_receive(struct nats *n, int wait_ms, parcel_receive_fn *receive, void *context,
                         size_t *count);
// The same for ever in a thread of its own, until nats_close.
enum status nats_listen(struct nats *n, parcel_receive_fn *receive, void *context);
