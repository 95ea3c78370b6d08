// xroad_door.c - /xroad: what our security server of X-Road calls. Nobody else comes in: the way from it, and
// only that, adds the gate's secret (docs/exchange-xroad.md).
#include "access/client.h"
#include "api/table.h"
#include "lookup/ways.h"
#include "web/pages/kept_file.h"

enum { HEADERS_READ = 8, HEADERS_KEPT = 2 * HEADERS_READ }; // one that is there twice is told as such

static size_t read_headers(const struct request *q, struct xroad_header out[HEADERS_KEPT]) {
    static const char *const NAMES[HEADERS_READ] = {
        "X-Road-Client", "X-Road-Service",    "X-Road-Id",           "X-Road-UserId",
        "X-Road-Issue",  "X-Road-Request-Id", "X-Road-Request-Hash", "X-Road-Represented-Party"};
    size_t count = 0;
    for (size_t i = 0; i < HEADERS_READ; i++) {
        struct text value = request_header(q, NAMES[i]);
        for (size_t k = request_header_count(q, NAMES[i]), n = 0; n < k && n < 2; n++)
            out[count++] = (struct xroad_header){text_of(NAMES[i]), value};
    }
    return count;
}

static enum status say(struct request *q, struct response *r, const struct xroad_reply *reply) {
    r->status = reply->status;
    r->media = reply->media;
    r->body.arena = q->arena;
    out_text(&r->body, text_of_bytes(reply->body));
    if (reply->retry_after_s)
        response_header(q, r, "Retry-After", text_printf(q->arena, "%d", reply->retry_after_s));
    return STATUS_OK;
}

static enum status parcels(struct request *q, struct response *r) {
    const struct xroad_door *door = page_app(q)->xroad;
    struct kept_file *kept = q->upload;
    struct xroad_header headers[HEADERS_KEPT];
    struct xroad_reply reply = {0};
    if (!door || !door->receive) return STATUS_NOT_FOUND;
    if (!kept || !kept->is_whole) return STATUS_UNSUPPORTED;
    xroad_serve_parcel(door->options, request_header(q, "X-Ostia-Gate"), headers, read_headers(q, headers),
                       bytes_of(out_done(&kept->bytes)), door->receive, door->context, q->arena, &reply);
    return say(q, r, &reply);
}

static enum status actor_of(void *context, const struct xroad_peer *peer, struct text purpose,
                            struct arena *a, struct actor *out) {
    return access_client_actor(context, peer->acts_as, purpose, a, out);
}

static enum status lookups(struct request *q, struct response *r) {
    const struct app *app = page_app(q);
    struct xroad_header headers[HEADERS_KEPT];
    struct xroad_reply reply = {0};
    if (!app->xroad || !app->lookup) return STATUS_NOT_FOUND;
    lookup_serve_xroad(app->lookup, app->xroad->options, request_header(q, "X-Ostia-Gate"), headers,
                       read_headers(q, headers), q->body, actor_of, app->access, q->arena, &reply);
    return say(q, r, &reply);
}

static enum status openapi(struct request *q, struct response *r) {
    if (!page_app(q)->xroad) return STATUS_NOT_FOUND;
    return response_json(r, xroad_openapi(q->arena));
}

static const struct upload_sink PARCEL = {kept_file_begin, kept_file_bytes, kept_file_end, PARCEL_BYTES_MAX};
static const struct route ROUTES[] = {
    {POST, "/xroad/parcels", parcels, .rate = RATE_API, .upload = &PARCEL, .is_api = true, .by_token = true},
    {POST, "/xroad/lookups", lookups, .rate = RATE_API, .is_api = true, .by_token = true},
    {GET, "/xroad/openapi.json", openapi, .rate = RATE_API, .is_api = true, .by_token = true},
    {0},
};
const struct page_module API_XROAD_DOOR = {.routes = ROUTES};
