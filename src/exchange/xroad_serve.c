// xroad_serve.c - Ostia as a service: what our security server hands us, and what we say.
#include <sodium.h>

#include "base/json.h"
#include "exchange/xroad.h"

bool xroad_gate_opens(const struct xroad_options *o, struct text shown) {
    return o->gate.n >= XROAD_GATE_MIN && shown.n == o->gate.n &&
           sodium_memcmp(shown.p, o->gate.p, shown.n) == 0;
}

void xroad_reply_error(struct arena *a, unsigned status, const char *type, struct text message,
                       struct xroad_reply *reply) {
    struct xroad_error e = {.status = status, .type = text_of(type), .message = message};
    *reply = (struct xroad_reply){.status = status,
                                  .media = T("application/json; charset=utf-8"),
                                  .body = bytes_of(xroad_error_print(a, &e))};
}

static enum status refuse(struct arena *a, unsigned status, const char *type, struct text message,
                          struct xroad_reply *reply) {
    xroad_reply_error(a, status, type, message, reply);
    return STATUS_REFUSED;
}

enum status xroad_admit(const struct xroad_options *o, struct text gate, const struct xroad_header *headers,
                        size_t count, struct arena *a, struct xroad_message *m,
                        const struct xroad_peer **peer, struct xroad_reply *reply) {
    struct xroad_error e;
    *peer = NULL;
    if (!xroad_gate_opens(o, gate))
        return refuse(a, 403, "Client.AccessDenied", T("This way is for our security server alone"), reply);
    if (xroad_request_read(a, headers, count, m, &e))
        return refuse(a, e.status, text_c(a, e.type), e.message, reply);
    struct xroad_id provider = xroad_provider(&m->service);
    if (m->has_service && !xroad_id_eq(&provider, &o->client))
        return refuse(a, 400, "Client.BadRequest", T("The header X-Road-Service names another provider"),
                      reply);
    *peer = xroad_peer_named(o, &m->client);
    if (!*peer) return refuse(a, 403, "Client.AccessDenied", T("This client is not in our directory"), reply);
    return STATUS_OK;
}

void xroad_serve_parcel(const struct xroad_options *o, struct text gate, const struct xroad_header *headers,
                        size_t count, struct bytes parcel, parcel_receive_fn *receive, void *context,
                        struct arena *a, struct xroad_reply *reply) {
    struct xroad_message m;
    const struct xroad_peer *peer;
    struct bytes answer = {0};
    if (xroad_admit(o, gate, headers, count, a, &m, &peer, reply)) return;
    if (parcel.n > PARCEL_BYTES_MAX) {
        xroad_reply_error(a, 413, "Client.BadRequest", T("The parcel is too long"), reply);
        return;
    }
    enum status st = receive(context, peer->code, parcel, a, &answer);
    if (st == STATUS_OK)
        *reply = (struct xroad_reply){.status = 200, .media = T("application/octet-stream"), .body = answer};
    else if (st == STATUS_BUSY || st == STATUS_FULL)
        xroad_reply_error(a, 503, "Server.Busy", T("Too much at once. Send it again later"), reply);
    else if (st == STATUS_INVALID || st == STATUS_CORRUPT || st == STATUS_UNSUPPORTED || st == STATUS_REFUSED)
        xroad_reply_error(a, 400, "Client.BadRequest", T("This is no parcel that we can read"), reply);
    else
        xroad_reply_error(a, 500, "Server.Failed", T("It was not kept. Send it again later"), reply);
    if (reply->status == 503) reply->retry_after_s = 1;
}

// ---- the description

static void member_text(struct json_out *j, const char *key, struct text value) {
    json_key(j, key);
    json_put_text(j, value);
}
static void begin(struct json_out *j, const char *key) {
    json_key(j, key);
    json_begin_object(j);
}

static void bytes_content(struct json_out *j) {
    begin(j, "content");
    begin(j, "application/octet-stream");
    begin(j, "schema");
    member_text(j, "type", T("string"));
    member_text(j, "format", T("binary"));
    json_end_object(j);
    json_end_object(j);
    json_end_object(j);
}

static void answer(struct json_out *j, const char *status, struct text about, bool is_error) {
    begin(j, status);
    member_text(j, "description", about);
    if (!is_error) {
        bytes_content(j);
    } else {
        begin(j, "content");
        begin(j, "application/json");
        begin(j, "schema");
        member_text(j, "$ref", T("#/components/schemas/Error"));
        json_end_object(j);
        json_end_object(j);
        json_end_object(j);
    }
    json_end_object(j);
}

static void describe_parcels(struct json_out *j) {
    begin(j, "/parcels");
    begin(j, "post");
    member_text(j, "operationId", T("sendParcel"));
    member_text(j, "summary", T("Hand over sealed events of shared cases"));
    begin(j, "requestBody");
    json_key(j, "required");
    json_put_bool(j, true);
    bytes_content(j);
    json_end_object(j);
    begin(j, "responses");
    answer(j, "200", T("Kept. One answer for each message"), false);
    answer(j, "400", T("Headers or parcel are wrong"), true);
    answer(j, "403", T("The client is not known here"), true);
    answer(j, "413", T("Too long"), true);
    answer(j, "503", T("Too much at once, send it again"), true);
    json_end_object(j);
    json_end_object(j);
    json_end_object(j);
}

static void json_content(struct json_out *j) {
    begin(j, "content");
    begin(j, "application/json");
    begin(j, "schema");
    member_text(j, "type", T("object"));
    json_end_object(j);
    json_end_object(j);
    json_end_object(j);
}

static void describe_lookups(struct json_out *j) {
    begin(j, "/lookups");
    begin(j, "post");
    member_text(j, "operationId", T("lookup"));
    member_text(j, "summary", T("Ask once: a few data of a register, with purpose and legal ground"));
    begin(j, "requestBody");
    json_key(j, "required");
    json_put_bool(j, true);
    json_content(j);
    json_end_object(j);
    begin(j, "responses");
    begin(j, "200");
    member_text(j, "description", T("found, not_found or several"));
    json_content(j);
    json_end_object(j);
    answer(j, "400", T("Headers or question cannot be read"), true);
    answer(j, "403", T("The client may not ask this"), true);
    answer(j, "422", T("Request, ground or key are wrong"), true);
    answer(j, "429", T("More than the law's questions a day"), true);
    json_end_object(j);
    json_end_object(j);
    json_end_object(j);
}

static void describe_error(struct json_out *j) {
    static const char *const MEMBERS[] = {"type", "message", "detail"};
    begin(j, "components");
    begin(j, "schemas");
    begin(j, "Error");
    member_text(j, "type", T("object"));
    begin(j, "properties");
    for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++) {
        begin(j, MEMBERS[i]);
        member_text(j, "type", T("string"));
        json_end_object(j);
    }
    for (int i = 0; i < 4; i++) json_end_object(j);
}

struct text xroad_openapi(struct arena *a) {
    struct out o = {.arena = a};
    struct json_out j = {.out = &o};
    json_begin_object(&j);
    member_text(&j, "openapi", T("3.0.0"));
    begin(&j, "info");
    member_text(&j, "title", T("Ostia: exchange between authorities"));
    member_text(&j, "version", T("1"));
    json_end_object(&j);
    begin(&j, "paths");
    describe_parcels(&j);
    describe_lookups(&j);
    json_end_object(&j);
    describe_error(&j);
    json_end_object(&j);
    return out_done(&o);
}
