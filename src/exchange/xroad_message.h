// xroad_message.h - what a message of X-Road says about itself: the headers of REST, those of SOAP, errors.
//
// PR-REST: X-Road message protocol for REST; PR-MESS: X-Road message protocol 4.0 (SOAP). Ostia stands behind
// a security server, which signs, stamps, logs and transports; both sides talk to their own one by these.
#pragma once
#include "exchange/xroad_id.h"

enum {
    XROAD_WORD_MAX = 255,        // bytes of a message id, user, issue: X-Road's own bound
    XROAD_SOAP_MAX = 512 * 1024, // bytes of a SOAP message: its body is not read, and ours are small
    XROAD_ERROR_MAX = 16 * 1024, // bytes of an error body
};

// What went wrong, in the words of the protocol: {"type", "message", "detail"}.
struct xroad_error {
    unsigned status;     // HTTP
    struct text type;    // "Client.BadRequest", "Server.ServerProxy.NetworkError"
    struct text message; // English, for whoever looks after the systems
    struct text detail;  // an id to find it in a log by; may be empty
};
struct text xroad_error_print(struct arena *a, const struct xroad_error *e);
// Reads the body of an error. STATUS_INVALID when it is none; texts live in `a`.
enum status xroad_error_read(struct arena *a, struct text json, struct xroad_error *out);

struct xroad_header {
    struct text name, value;
};
struct xroad_message {
    struct xroad_id client, service;
    bool has_service;
    struct xroad_id represented; // member empty: nobody
    struct xroad_id server;      // member empty: any
    struct text id;              // of the message; empty: none was given
    struct text user_id, issue;  // who acts, and in which matter: of the asking side
    struct text request_id;      // given by the security server
    struct text request_hash;    // of answers: base64 of 64 bytes
    struct text error;           // X-Road-Error: it came from a security server, not from the service
    struct text protocol;        // "4.0" of SOAP, else empty
};
// The X-Road headers among those of a request that a security server hands to a service. A missing
// X-Road-Client or X-Road-Id, a header that is there twice, that is malformed or has no place in a request
// gives the protocol's own error: STATUS_INVALID, status 400.
enum status xroad_request_read(struct arena *a, const struct xroad_header *headers, size_t count,
                               struct xroad_message *out, struct xroad_error *error);
// The same for an answer: nothing need be there; what is there must be well formed and there once.
enum status xroad_answer_read(struct arena *a, const struct xroad_header *headers, size_t count,
                              struct xroad_message *out, struct xroad_error *error);

// The header of a SOAP message: client, service, id, userId, issue, protocolVersion, representedParty. The
// body is looked at for one thing: its element must be named as the service. STATUS_INVALID with the error
// of the protocol: Client.InvalidSoap, .MissingHeader, .MissingHeaderField, .DuplicateHeaderField,
// .InvalidProtocolVersion, .InvalidClientIdentifier, .InvalidServiceIdentifier, .MissingBody, .InvalidBody.
enum status xroad_soap_read(struct arena *a, struct text xml, struct xroad_message *out,
                            struct xroad_error *error);

// For the files of the room: fills the error, answers STATUS_INVALID.
enum status xroad_bad(struct xroad_error *e, const char *type, struct text message);
