// Filling a response.
#include <assert.h>
#include <string.h>

#include "web/server.h"

void response_header(struct request *q, struct response *r, const char *name, struct text value) {
    assert(r->header_count < RESPONSE_HEADERS_MAX);
    for (size_t i = 0; i < value.n; i++) assert(value.p[i] >= ' ' && value.p[i] < 0x7f);
    r->headers[r->header_count++] = (struct field){text_of(name), {text_c(q->arena, value), value.n}};
}

bool path_is_local(struct text path) {
    if (!path.n || path.n > URL_BYTES_MAX || path.p[0] != '/') return false;
    if (path.n > 1 && (path.p[1] == '/' || path.p[1] == '\\')) return false;
    for (size_t i = 0; i < path.n; i++)
        if (path.p[i] <= ' ' || path.p[i] >= 0x7f || path.p[i] == '\\') return false;
    return true;
}

enum status response_redirect(struct request *q, struct response *r, struct text path) {
    assert(path_is_local(path));
    r->status = 303;
    r->body.n = 0;
    response_header(q, r, "Location", path);
    return STATUS_OK;
}

void response_session(struct request *q, struct response *r, struct text token) {
    guard_cookie(q, r, "session", token, -1);
}

void response_session_end(struct request *q, struct response *r) {
    guard_cookie(q, r, "session", T(""), 0);
}

void response_notice(struct request *q, struct response *r, const char *key) {
    assert(strncmp(key, "notice.", 7) == 0);
    guard_cookie(q, r, "notice", text_of(key), 60);
}

enum status response_json(struct response *r, struct text json) {
    r->media = T("application/json");
    out_text(&r->body, json);
    return STATUS_OK;
}

// RFC 6266 with RFC 8187: an ASCII name for old programs, the real one beside it.
static struct text disposition(struct arena *a, struct text name, bool is_inline) {
    struct out o = {.arena = a};
    out_c(&o, is_inline ? "inline; filename=\"" : "attachment; filename=\"");
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        out_byte(&o, c > ' ' && c < 0x7f && !strchr("\"\\/%", c) ? c : '_');
    }
    out_c(&o, "\"; filename*=UTF-8''");
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        bool is_plain =
            (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || (c && strchr("-._", c));
        if (is_plain)
            out_byte(&o, (char)c);
        else
            out_printf(&o, "%%%02X", c);
    }
    return out_done(&o);
}

void response_download(struct request *q, struct response *r, struct text file_name, struct text media,
                       bool is_inline) {
    r->media = text_copy(q->arena, media);
    r->cache = CACHE_NEVER;
    response_header(q, r, "Content-Disposition",
                    disposition(q->arena, text_slice(file_name, 0, FILE_NAME_BYTES_MAX), is_inline));
    // What strangers uploaded must not run as ours, and only our own pages may frame it.
    bool is_pdf = text_eq(media, T("application/pdf")); // browsers' own viewer does not start in a sandbox
    response_header(
        q, r, "Content-Security-Policy",
        is_pdf ? T("default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'")
               : T("default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox; frame-ancestors "
                   "'self'"));
}
