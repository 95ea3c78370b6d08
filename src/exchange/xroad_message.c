// xroad_message.c - X-Road headers of REST, and the error model.
#include "exchange/xroad_message.h"

#include "base/encode.h"
#include "base/json.h"

enum { HASH_512_BYTES = 64 };

// ---- errors

enum status xroad_bad(struct xroad_error *e, const char *type, struct text message) {
    *e = (struct xroad_error){.status = 400, .type = text_of(type), .message = message};
    return STATUS_INVALID;
}

struct text xroad_error_print(struct arena *a, const struct xroad_error *e) {
    struct out o = {.arena = a};
    struct json_out j = {.out = &o};
    json_begin_object(&j);
    json_key(&j, "type");
    json_put_text(&j, e->type);
    json_key(&j, "message");
    json_put_text(&j, e->message);
    json_key(&j, "detail");
    json_put_text(&j, e->detail);
    json_end_object(&j);
    return out_done(&o);
}

enum status xroad_error_read(struct arena *a, struct text json, struct xroad_error *out) {
    struct problem p;
    json_t *o;
    *out = (struct xroad_error){0};
    enum status st = json_read(json, XROAD_ERROR_MAX, &o, &p);
    if (st) return STATUS_INVALID;
    out->type = text_copy(a, json_text(o, "type", T("")));
    out->message = text_copy(a, json_text(o, "message", T("")));
    out->detail = text_copy(a, json_text(o, "detail", T("")));
    json_decref(o);
    return out->type.n ? STATUS_OK : STATUS_INVALID;
}

// ---- headers

enum header {
    HEADER_CLIENT,
    HEADER_SERVICE,
    HEADER_SERVER,
    HEADER_PARTY,
    HEADER_ID,
    HEADER_USER,
    HEADER_ISSUE,
    HEADER_REQUEST_ID,
    HEADER_REQUEST_HASH,
    HEADER_ERROR,
    HEADER_COUNT
};
static const char *const NAMES[HEADER_COUNT] = {
    [HEADER_CLIENT] = "X-Road-Client",
    [HEADER_SERVICE] = "X-Road-Service",
    [HEADER_SERVER] = "X-Road-Security-Server",
    [HEADER_PARTY] = "X-Road-Represented-Party",
    [HEADER_ID] = "X-Road-Id",
    [HEADER_USER] = "X-Road-UserId",
    [HEADER_ISSUE] = "X-Road-Issue",
    [HEADER_REQUEST_ID] = "X-Road-Request-Id",
    [HEADER_REQUEST_HASH] = "X-Road-Request-Hash",
    [HEADER_ERROR] = "X-Road-Error",
};

static enum status bad_header(struct arena *a, struct xroad_error *e, enum header h, const char *why) {
    return xroad_bad(e, "Client.BadRequest",
                     TEXT_JOIN(a, T("The header "), text_of(NAMES[h]), T(" "), text_of(why),
                               T(". The request must follow the X-Road Message Protocol for REST (r1).")));
}

static const char *word_wrong(struct text t) {
    if (!t.n) return "is empty";
    if (t.n > XROAD_WORD_MAX) return "is longer than 255 bytes";
    if (!text_is_utf8(t)) return "is not UTF-8";
    for (size_t i = 0; i < t.n; i++)
        if ((unsigned char)t.p[i] < 0x20 || t.p[i] == 0x7f) return "has control characters";
    return NULL;
}

static const char *hash_wrong(struct arena *a, struct text t) {
    struct bytes b;
    return base64_decode(a, t, &b) || b.n != HASH_512_BYTES ? "is not base64 of 64 bytes" : NULL;
}

static enum status read_header(struct arena *a, enum header h, struct text value, struct xroad_message *m,
                               struct xroad_error *e) {
    struct text *const words[HEADER_COUNT] = {[HEADER_ID] = &m->id,
                                              [HEADER_USER] = &m->user_id,
                                              [HEADER_ISSUE] = &m->issue,
                                              [HEADER_REQUEST_ID] = &m->request_id,
                                              [HEADER_REQUEST_HASH] = &m->request_hash,
                                              [HEADER_ERROR] = &m->error};
    struct xroad_id *const ids[HEADER_COUNT] = {[HEADER_CLIENT] = &m->client,
                                                [HEADER_SERVICE] = &m->service,
                                                [HEADER_SERVER] = &m->server,
                                                [HEADER_PARTY] = &m->represented};
    static const enum xroad_kind KINDS[HEADER_COUNT] = {[HEADER_CLIENT] = XROAD_CLIENT,
                                                        [HEADER_SERVICE] = XROAD_SERVICE,
                                                        [HEADER_SERVER] = XROAD_SERVER,
                                                        [HEADER_PARTY] = XROAD_PARTY};
    const char *why = NULL;
    if (ids[h]) {
        if (xroad_id_read(a, value, KINDS[h], ids[h], &why)) return bad_header(a, e, h, why);
        m->has_service |= h == HEADER_SERVICE;
        return STATUS_OK;
    }
    why = word_wrong(value);
    if (!why && h == HEADER_REQUEST_HASH) why = hash_wrong(a, value);
    if (why) return bad_header(a, e, h, why);
    *words[h] = text_copy(a, value);
    return STATUS_OK;
}

static enum status read_headers(struct arena *a, const struct xroad_header *headers, size_t count,
                                struct xroad_message *out, struct xroad_error *error,
                                bool has[HEADER_COUNT]) {
    *out = (struct xroad_message){0};
    *error = (struct xroad_error){0};
    for (size_t i = 0; i < count; i++) {
        size_t h = 0;
        while (h < HEADER_COUNT && !text_eq_nocase(headers[i].name, text_of(NAMES[h]))) h++;
        if (h == HEADER_COUNT) continue; // of somebody else
        if (has[h]) return bad_header(a, error, h, "is there more than once");
        has[h] = true;
        enum status st = read_header(a, h, text_trim(headers[i].value), out, error);
        if (st) return st;
    }
    return STATUS_OK;
}

enum status xroad_request_read(struct arena *a, const struct xroad_header *headers, size_t count,
                               struct xroad_message *out, struct xroad_error *error) {
    bool has[HEADER_COUNT] = {0};
    enum status st = read_headers(a, headers, count, out, error, has);
    if (st) return st;
    if (!has[HEADER_CLIENT]) return bad_header(a, error, HEADER_CLIENT, "is missing");
    if (!has[HEADER_ID]) return bad_header(a, error, HEADER_ID, "is missing");
    if (has[HEADER_REQUEST_HASH])
        return bad_header(a, error, HEADER_REQUEST_HASH, "has no place in a request");
    if (has[HEADER_ERROR]) return bad_header(a, error, HEADER_ERROR, "has no place in a request");
    return STATUS_OK;
}

enum status xroad_answer_read(struct arena *a, const struct xroad_header *headers, size_t count,
                              struct xroad_message *out, struct xroad_error *error) {
    bool has[HEADER_COUNT] = {0};
    return read_headers(a, headers, count, out, error, has);
}
