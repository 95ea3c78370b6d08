// xroad.h - Ostia behind a security server of X-Road: as a client of services, and as a service itself.
//
// The security server is our own: it signs, stamps, logs and transports. We speak HTTP to it, over TLS with
// certificates on both sides. It calls us by a gate (see xroad_gate_opens), so that nobody else can say in
// X-Road's headers who they are.
#pragma once
#include "exchange/carrier.h"
#include "exchange/xroad_message.h"

enum {
    XROAD_PEERS_MAX = 1000,             // authorities that are reached by X-Road
    XROAD_URL_MAX = 2000,               // bytes of an address: what PR-REST 4.2 lets servers refuse
    XROAD_ANSWER_MAX = 1024 * 1024,     // bytes of an answer, where the caller wants no less
    XROAD_MS_MAX = CARRIER_SEND_MS_MAX, // for one call
    XROAD_GATE_MIN = 32,                // characters of the gate's secret
    XROAD_LIST_MAX = 20000,             // entries of a list of clients or services
};

// An authority of the directory, as X-Road knows it.
struct xroad_peer {
    uint32_t code;                   // of struct member
    struct xroad_id client, service; // who calls us; where its parcels and questions go
    struct text
        acts_as; // id of the client (access/client.h) whose rights its questions have; empty: it has none
};
struct xroad_options {
    struct text server;               // "https://ss.example:8443": our security server, as our client sees it
    struct text ca, certificate, key; // files; ca empty: what the machine trusts; the others empty: none
    struct xroad_id client;           // ours: member or subsystem
    struct text gate;                 // secret
    int timeout_ms;
    struct xroad_peer *peers;
    size_t peer_count;
};
// Reads the file of --xroad: {"server", "ca", "certificate", "key", "client": "EE/GOV/70000001/asylum",
// "gate_file", "timeout_ms", "members": [{"code", "client", "service", "acts_as"}]}. Unknown members are
// refused.
enum status xroad_options_read(struct arena *a, const struct env *env, struct text json,
                               struct xroad_options *out, struct problem *p);
const struct xroad_peer *xroad_peer_of(const struct xroad_options *o, uint32_t code);
const struct xroad_peer *xroad_peer_named(const struct xroad_options *o, const struct xroad_id *client);

// ---- client (xroad_client.c)

struct xroad; // any number of threads may call at the same time
// Both are used as long as it lives.
enum status xroad_open(const struct xroad_options *o, const struct env *env, struct xroad **out);
void xroad_close(struct xroad *x); // harmless on NULL
const struct xroad_options *xroad_settings(const struct xroad *x);

struct xroad_call {
    const struct xroad_id *service;
    struct text rest;  // behind the service: "/parcels?x=1", percent-encoded; may be empty
    bool is_post;      // with media and body
    struct text media; // empty: application/json
    struct bytes body;
    struct text user_id, issue;         // who asks and in which matter; may be empty
    const struct xroad_id *represented; // in whose name; NULL: our own
    size_t answer_max;                  // 0: XROAD_ANSWER_MAX
};
struct xroad_answer {
    unsigned status; // HTTP, as the service said it
    struct text media;
    struct bytes body;
    struct text id;                       // ours, X-Road-Id: both security servers keep the message under it
    struct text request_id, request_hash; // evidence that this answers that request; of the security server
    struct xroad_error error;             // when it failed
};
// STATUS_OK: the service has answered, with whatever status. STATUS_IO: no whole answer came
// (error.type "Ostia.Timeout", "Ostia.Unreachable", "Ostia.Cut"). STATUS_TOO_LARGE. STATUS_BUSY: a security
// server failed, later may do. STATUS_REFUSED: X-Road will not have it: our request, or we may not.
// STATUS_CORRUPT: it answers something else than was asked. STATUS_INVALID: what was to be sent is no
// message.
enum status xroad_ask(struct xroad *x, const struct xroad_call *call, struct arena *a,
                      struct xroad_answer *out);

// A way for parcels: to the service of the authority, by POST .../parcels. `x` must outlive it.
// STATUS_NOT_FOUND: the authority is not reached by X-Road.
struct carrier xroad_carrier(struct xroad *x);

// ---- meta services (xroad_meta.c; PR-META, PR-MREST)

struct xroad_ids {
    struct xroad_id *items;
    size_t count, capacity;
};
struct xroad_endpoint {
    struct text method, path; // "GET", "/parcels/*"
};
struct xroad_offer {
    struct xroad_id service;
    struct text type; // "OPENAPI", "REST", "WSDL"
    struct {
        struct xroad_endpoint *items;
        size_t count, capacity;
    } endpoints;
};
struct xroad_offers {
    struct xroad_offer *items;
    size_t count, capacity;
};
// Members and subsystems of an instance (empty: our own). Statuses as xroad_ask, with `why`.
enum status xroad_list_clients(struct xroad *x, struct text instance, struct arena *a, struct xroad_ids *out,
                               struct xroad_error *why);
// What a provider offers at all, or with only_allowed to us.
enum status xroad_list_methods(struct xroad *x, const struct xroad_id *provider, bool only_allowed,
                               struct arena *a, struct xroad_offers *out, struct xroad_error *why);
enum status xroad_get_openapi(struct xroad *x, const struct xroad_id *service, struct arena *a,
                              struct text *out, struct xroad_error *why);
// The bodies of their answers, for these and for a fuzzer. STATUS_CORRUPT.
enum status xroad_clients_read(struct arena *a, struct text json, struct xroad_ids *out);
enum status xroad_offers_read(struct arena *a, struct text json, struct xroad_offers *out);

// ---- service (xroad_serve.c)

// True when the caller has shown the secret that only the way from our security server knows.
bool xroad_gate_opens(const struct xroad_options *o, struct text shown);

// What the service says to our security server.
struct xroad_reply {
    unsigned status;
    struct text media;
    struct bytes body;
    int retry_after_s; // 0: not said
};
// Who asks: gate, headers and directory. STATUS_OK with message and peer; else the reply is the error of the
// protocol: 403 for a shut gate or an unknown client, 400 for headers.
enum status xroad_admit(const struct xroad_options *o, struct text gate, const struct xroad_header *headers,
                        size_t count, struct arena *a, struct xroad_message *m,
                        const struct xroad_peer **peer, struct xroad_reply *reply);
// POST /parcels: a parcel is handed on, with the authority that X-Road has authenticated.
void xroad_serve_parcel(const struct xroad_options *o, struct text gate, const struct xroad_header *headers,
                        size_t count, struct bytes parcel, parcel_receive_fn *receive, void *context,
                        struct arena *a, struct xroad_reply *reply);
// What the door for our security server needs (api/xroad_door.c).
struct xroad_door {
    const struct xroad_options *options;
    parcel_receive_fn *receive; // of parcels; NULL: none are taken here
    void *context;
};
// An error of ours in the words of the protocol.
void xroad_reply_error(struct arena *a, unsigned status, const char *type, struct text message,
                       struct xroad_reply *reply);
// What we offer, as OpenAPI 3.0: the security server reads it when the service is registered, and hands it
// out as getOpenAPI.
struct text xroad_openapi(struct arena *a);
