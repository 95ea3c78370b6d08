// Filling a response.
#include <assert.h>
#include <string.h>

#include "base/log.h"
#include "web/server.h"

// What a header may hold. A handler that lets a person's words in here makes a page without that header and a
// line in the log, never a server that stops: whoever typed them could stop it again and again.
static bool is_header_value(struct text value) {
    for (size_t i = 0; i < value.n; i++)
        if (value.p[i] < ' ' || value.p[i] >= 0x7f) return false;
    return true;
}

void response_header(struct request *q, struct response *r, const char *name, struct text value) {
    if (r->header_count == RESPONSE_HEADERS_MAX || !is_header_value(value)) {
        log_line(LOG_ERROR, "web.header", "name=%s count=%zu", name, r->header_count);
        return;
    }
    r->headers[r->header_count++] = (struct field){text_of(name), {text_c(q->arena, value), value.n}};
}

static bool is_local(struct text path, size_t bytes_max) {
    if (!path.n || path.n > bytes_max || path.p[0] != '/') return false;
    if (path.n > 1 && (path.p[1] == '/' || path.p[1] == '\\')) return false;
    for (size_t i = 0; i < path.n; i++)
        if (path.p[i] <= ' ' || path.p[i] >= 0x7f || path.p[i] == '\\') return false;
    return true;
}

bool path_is_local(struct text path) {
    return is_local(path, NEXT_BYTES_MAX);
}

enum status response_redirect(struct request *q, struct response *r, struct text path) {
    if (!is_local(path, LOCATION_BYTES_MAX)) {
        log_line(LOG_ERROR, "web.redirect", "from=%s", q->inside->route ? q->inside->route->path : "-");
        path = T("/");
    }
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

void response_cookie(struct request *q, struct response *r, const char *name, struct text value,
                     int max_age_s) {
    guard_cookie(q, r, name, value, max_age_s);
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

// "text/csv; charset=utf-8": visible ASCII with one slash, so that no stored word can end the header.
static bool is_media(struct text media) {
    size_t slashes = 0;
    for (size_t i = 0; i < media.n; i++) slashes += media.p[i] == '/';
    return media.n > 2 && media.n < 100 && slashes == 1 && is_header_value(media);
}

// What browsers show by their own careful viewers. Everything else, and above all HTML and SVG, is kept as a
// file.
static bool may_be_inline(struct text media) {
    return text_eq(media, T("image/png")) || text_eq(media, T("image/jpeg")) ||
           text_eq(media, T("application/pdf"));
}

void response_download(struct request *q, struct response *r, struct text file_name, struct text media,
                       bool is_inline) {
    r->media = is_media(media) ? text_copy(q->arena, media) : T("application/octet-stream");
    r->cache = CACHE_NEVER;
    response_header(q, r, "Content-Disposition",
                    disposition(q->arena, text_slice(file_name, 0, FILE_NAME_BYTES_MAX),
                                is_inline && may_be_inline(r->media)));
    // What strangers uploaded must not run as ours, and only our own pages may frame it.
    bool is_pdf = text_eq(r->media, T("application/pdf")); // browsers' own viewer does not start in a sandbox
    response_header(
        q, r, "Content-Security-Policy",
        is_pdf ? T("default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'")
               : T("default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox; frame-ancestors "
                   "'self'"));
}
