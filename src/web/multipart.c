// multipart/form-data (RFC 7578) as a stream. A delimiter is CR LF "--" boundary; CR can only be its first
// byte, so a partial match that fails is simply content, and nothing but the number of matched bytes has to
// be remembered.
#include <string.h>

#include "web/body.h"
#include "web/parse.h"

enum state { PREAMBLE, AFTER_DELIMITER, HEADERS, CONTENT, EPILOGUE };

static bool is_boundary_char(char c) {
    if ((c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z')) return true;
    return c && strchr("'()+_,-./:=? ", c) != NULL; // RFC 2046, 5.1.1
}

enum status multipart_start(struct body *b, struct text boundary) {
    if (!boundary.n || boundary.n > MULTIPART_BOUNDARY_MAX) return STATUS_INVALID;
    for (size_t i = 0; i < boundary.n; i++)
        if (!is_boundary_char(boundary.p[i])) return STATUS_INVALID;
    memcpy(b->delimiter, "\r\n--", 4);
    memcpy(b->delimiter + 4, boundary.p, boundary.n);
    b->delimiter_bytes = boundary.n + 4;
    b->matched = 2; // the first delimiter may open the body
    b->state = PREAMBLE;
    return STATUS_OK;
}

// A route may take longer values than forms have, such as a file as text.
static size_t value_max(const struct body *b) {
    int64_t more = b->files ? b->files->value_bytes_max : 0;
    return more ? (size_t)more : FORM_VALUE_BYTES_MAX;
}

// Bytes that turned out to belong to a part.
static enum status content(struct body *b, const char *p, size_t n) {
    if (b->state == PREAMBLE || !n) return STATUS_OK;
    if (b->is_no_file) return STATUS_INVALID; // content, but no file name
    if (b->is_file) return body_file_bytes(b, p, n);
    b->fields_bytes += n;
    size_t body_max = FORM_BODY_BYTES_MAX + value_max(b) - FORM_VALUE_BYTES_MAX;
    if (b->out.n + n > value_max(b) || b->fields_bytes > body_max) return STATUS_TOO_LARGE;
    out_text(&b->out, (struct text){p, n});
    return STATUS_OK;
}

static enum status part_end(struct body *b) {
    if (b->state == PREAMBLE || b->is_no_file) return STATUS_OK;
    if (b->is_file) return body_file_end(b, true);
    struct text value = out_done(&b->out);
    b->out = (struct out){.arena = b->arena};
    return body_add_field(b, b->name, value);
}

static bool header_line(struct text line, struct text name, struct text *value) {
    struct text key;
    *value = line;
    if (!text_cut(value, ':', &key) || !value->p || !text_eq_nocase(text_trim(key), name)) return false;
    *value = text_trim(*value);
    return true;
}

// The header block of a part is complete, its last line's CR LF included.
static enum status part_begin(struct body *b, struct text block) {
    struct text line, value, disposition = {0}, media = T("text/plain"), file_name;
    while (text_cut(&block, '\n', &line)) {
        line = text_trim(line);
        if (header_line(line, T("content-disposition"), &value)) disposition = value;
        if (header_line(line, T("content-type"), &value)) media = value;
    }
    if (!text_eq(parse_media(b->arena, disposition), T("form-data"))) return STATUS_INVALID;
    if (!parse_parameter(b->arena, disposition, T("name"), &b->name) || !b->name.n) return STATUS_INVALID;
    b->name = text_copy(b->arena, b->name);
    b->fields_bytes += b->name.n;
    b->is_file = parse_parameter(b->arena, disposition, T("filename"), &file_name);
    b->is_no_file = b->is_file && !file_name.n; // a file input left empty
    b->out = (struct out){.arena = b->arena};
    b->state = CONTENT;
    b->matched = 0;
    if (!b->is_file || b->is_no_file) return STATUS_OK;
    return body_file_begin(b, b->name, text_copy(b->arena, file_name), text_copy(b->arena, media));
}

static enum status header_byte(struct body *b, char c) {
    if (b->out.n >= MULTIPART_HEADER_BYTES_MAX) return STATUS_TOO_LARGE;
    out_byte(&b->out, c);
    struct text block = out_done(&b->out);
    if (c != '\n') return STATUS_OK;
    if (text_eq(block, T("\r\n")) || text_ends(block, T("\r\n\r\n"))) return part_begin(b, block);
    return STATUS_OK;
}

static enum status after_delimiter(struct body *b, char c) {
    out_byte(&b->out, c);
    struct text seen = out_done(&b->out);
    if (text_eq(seen, T("-")) || text_eq(seen, T("\r"))) return STATUS_OK;
    if (c == ' ' || c == '\t') return b->out.n > MULTIPART_HEADER_BYTES_MAX ? STATUS_TOO_LARGE : STATUS_OK;
    if (text_eq(seen, T("--")))
        b->state = EPILOGUE;
    else if (text_ends(seen, T("\r\n")) && text_trim(seen).n == 0)
        b->state = HEADERS;
    else if (c != '\r' || text_trim(seen).n)
        return STATUS_INVALID;
    if (b->state != AFTER_DELIMITER) b->out = (struct out){.arena = b->arena};
    return STATUS_OK;
}

// Content up to a delimiter; *used says how much of the piece was taken.
static enum status content_feed(struct body *b, const char *p, size_t n, size_t *used) {
    size_t i = 0;
    while (i < n) {
        if (b->matched == 0) {
            const char *cr = memchr(p + i, '\r', n - i);
            size_t plain = cr ? (size_t)(cr - p) - i : n - i;
            enum status st = content(b, p + i, plain);
            if (st) return st;
            i += plain;
            if (!cr) break;
            b->matched = 1;
            i++;
            continue;
        }
        if (p[i] == b->delimiter[b->matched]) {
            i++;
            if (++b->matched < b->delimiter_bytes) continue;
            enum status st = part_end(b);
            b->state = AFTER_DELIMITER;
            b->out = (struct out){.arena = b->arena};
            *used = i;
            return st;
        }
        size_t had = b->matched;
        b->matched = 0;
        enum status st = content(b, b->delimiter, had);
        if (st) return st;
    }
    *used = n;
    return STATUS_OK;
}

enum status multipart_feed(struct body *b, const char *p, size_t n) {
    enum status st = STATUS_OK;
    for (size_t i = 0; i < n && !st;) {
        if (b->state == PREAMBLE || b->state == CONTENT) {
            size_t used = 0;
            st = content_feed(b, p + i, n - i, &used);
            i += used;
        } else if (b->state == AFTER_DELIMITER) {
            st = after_delimiter(b, p[i++]);
        } else if (b->state == HEADERS) {
            st = header_byte(b, p[i++]);
        } else {
            return STATUS_OK; // what follows the last delimiter is ignored (RFC 2046, 5.1.1)
        }
    }
    return st;
}

enum status multipart_end(struct body *b) {
    return b->state == EPILOGUE ? STATUS_OK : STATUS_INVALID;
}
