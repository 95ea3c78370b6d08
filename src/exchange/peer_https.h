// peer_https.h - parcels over HTTPS between two authorities, each of which knows the other's certificate.
//
// Both ends show a certificate, and what counts is its public key: the directory names it (member.h, `tls`).
// So no certificate authority can make another one good, and a certificate may be renewed with the same key.
// POST /exchange/v1/messages: a parcel (receipt.h), answered by another.
#pragma once
#include "exchange/carrier.h"

#define PEER_PATH "/exchange/v1/messages"

enum { PEER_THREADS = 8, PEER_CONNECTIONS_MAX = 1000, PEER_IDLE_S = 60 };

// SHA-256 of the public key of a certificate (PEM, or DER). STATUS_INVALID.
enum status peer_certificate_pin(struct bytes certificate, struct hash *out);

// ---- sending

struct peer_client_options {
    const char *certificate_file, *key_file; // ours, PEM
    const char *ca_file; // then the other's certificate must also be good by these; NULL: only its key counts
    int timeout_ms;      // of one parcel; 0 means CARRIER_SEND_MS_MAX
};
// Texts are copied. Connections are kept for the next parcel. close frees it.
enum status peer_client(const struct peer_client_options *o, struct carrier *out);

// ---- receiving

struct peer_server_options {
    const char *address;           // "0.0.0.0", "::1"; NULL: every one
    int port;                      // 0: a free one
    struct bytes certificate, key; // ours, PEM
    // The member whose TLS key this is; STATUS_NOT_FOUND: nobody's, who gets 403.
    enum status (*who)(void *context, const struct hash *tls, uint32_t *code);
    parcel_receive_fn *receive;
    void *context;
};
struct peer_server;
// STATUS_IO: the port is taken. STATUS_INVALID: certificate or key.
enum status peer_server_start(const struct peer_server_options *o, struct peer_server **out);
int peer_server_port(const struct peer_server *s);
void peer_server_stop(struct peer_server *s); // waits for parcels that are being answered; NULL is fine
