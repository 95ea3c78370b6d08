#include "web/body.h"

#include "web/parse.h"

enum status body_new(struct arena *a, struct text content_type, bool is_api, const struct body_files *files,
                     struct body **out) {
    struct body *b = *out = ARENA_NEW(a, struct body);
    struct text media = parse_media(a, content_type), boundary;
    b->arena = a;
    b->out.arena = a;
    b->files = files && files->begin ? files : NULL;
    if (text_eq(media, T("application/json"))) {
        b->kind = BODY_JSON;
        return is_api ? STATUS_OK : STATUS_UNSUPPORTED;
    }
    if (text_eq(media, T("multipart/form-data"))) {
        b->kind = BODY_MULTIPART;
        if (!parse_parameter(a, content_type, T("boundary"), &boundary)) return STATUS_INVALID;
        return multipart_start(b, boundary);
    }
    if (text_eq(media, T("application/x-www-form-urlencoded")) || (!media.n && !b->files)) {
        b->kind = BODY_FORM;
        return STATUS_OK;
    }
    b->kind = BODY_RAW;
    return b->files ? STATUS_OK : STATUS_UNSUPPORTED;
}

enum status body_add_field(struct body *b, struct text name, struct text value) {
    if (b->fields.count == BODY_FIELDS_MAX || name.n > FORM_NAME_BYTES_MAX) return STATUS_TOO_LARGE;
    if (!text_is_utf8(name) || !text_is_utf8(value)) return STATUS_INVALID;
    struct field *f = ARENA_PUSH(b->arena, &b->fields);
    f->name = name;
    f->value = value;
    return STATUS_OK;
}

enum status body_file_begin(struct body *b, struct text field, struct text name, struct text media) {
    if (!b->files) return STATUS_UNSUPPORTED;
    if (++b->file_count > FILES_MAX) return STATUS_TOO_LARGE;
    if (!text_is_utf8(field) || !text_is_utf8(name) || !text_is_utf8(media)) return STATUS_INVALID;
    if (name.n > FILE_NAME_BYTES_MAX) return STATUS_TOO_LARGE;
    b->file_bytes = 0;
    enum status st = b->files->allow ? b->files->allow(b->files->context) : STATUS_OK;
    if (!st) st = b->files->begin(b->files->context, field, name, media, &b->file);
    b->is_file_open = !st;
    return st;
}

enum status body_file_bytes(struct body *b, const char *p, size_t n) {
    int64_t max = b->files->file_bytes_max ? b->files->file_bytes_max : FILE_BYTES_MAX;
    b->file_bytes += (int64_t)n;
    if (b->file_bytes > max) return STATUS_TOO_LARGE;
    return n ? b->files->bytes(b->files->context, b->file, (struct bytes){(const uint8_t *)p, n}) : STATUS_OK;
}

enum status body_file_end(struct body *b, bool is_complete) {
    if (!b->is_file_open) return STATUS_OK;
    b->is_file_open = false;
    return b->files->end(b->files->context, b->file, is_complete);
}

// ---- application/x-www-form-urlencoded (URL standard, 5.1), one byte at a time

static enum status form_byte(struct body *b, char c) {
    size_t max = b->has_name ? FORM_VALUE_BYTES_MAX : FORM_NAME_BYTES_MAX;
    if (b->out.n >= max || ++b->fields_bytes > FORM_BODY_BYTES_MAX) return STATUS_TOO_LARGE;
    out_byte(&b->out, c);
    return STATUS_OK;
}

static struct text take(struct body *b) {
    struct text t = out_done(&b->out);
    b->out = (struct out){.arena = b->arena};
    return t;
}

static enum status form_field_end(struct body *b) {
    if (b->escape_digits) return STATUS_INVALID;
    struct text last = take(b);
    struct text name = b->has_name ? b->name : last, value = b->has_name ? last : (struct text){0};
    bool is_empty = !b->has_bytes;
    b->has_name = b->has_bytes = false;
    return is_empty ? STATUS_OK : body_add_field(b, name, value);
}

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if ((c | 32) >= 'a' && (c | 32) <= 'f') return (c | 32) - 'a' + 10;
    return -1;
}

static enum status form_take(struct body *b, char c) {
    if (b->escape_digits) {
        int digit = hex_digit(c);
        if (digit < 0) return STATUS_INVALID;
        b->escape_value = b->escape_value * 16 + digit;
        return --b->escape_digits ? STATUS_OK : form_byte(b, (char)b->escape_value);
    }
    if (c == '&') return form_field_end(b);
    b->has_bytes = true;
    if (c == '=' && !b->has_name) {
        b->name = take(b);
        b->has_name = true;
        return STATUS_OK;
    }
    if (c == '%') {
        b->escape_digits = 2;
        b->escape_value = 0;
        return STATUS_OK;
    }
    return form_byte(b, c == '+' ? ' ' : c);
}

// ---- all kinds

static enum status json_take(struct body *b, struct bytes piece) {
    if (b->out.n + piece.n > FORM_BODY_BYTES_MAX) return STATUS_TOO_LARGE;
    out_text(&b->out, text_of_bytes(piece));
    return STATUS_OK;
}

static enum status raw_take(struct body *b, struct bytes piece) {
    enum status st = STATUS_OK;
    if (!b->is_file_open) st = body_file_begin(b, T(""), T(""), T(""));
    return st ? st : body_file_bytes(b, (const char *)piece.p, piece.n);
}

enum status body_feed(struct body *b, struct bytes piece) {
    for (size_t i = 0; b->kind == BODY_FORM && !b->status && i < piece.n; i++)
        b->status = form_take(b, (char)piece.p[i]);
    if (b->status) return b->status;
    if (b->kind == BODY_MULTIPART) b->status = multipart_feed(b, (const char *)piece.p, piece.n);
    if (b->kind == BODY_JSON) b->status = json_take(b, piece);
    if (b->kind == BODY_RAW) b->status = raw_take(b, piece);
    return b->status;
}

enum status body_end(struct body *b) {
    enum status st = b->status;
    if (!st && b->kind == BODY_FORM) st = form_field_end(b);
    if (!st && b->kind == BODY_MULTIPART) st = multipart_end(b);
    if (!st && b->kind == BODY_JSON && !text_is_utf8(out_done(&b->out))) st = STATUS_INVALID;
    if (!st && b->kind == BODY_RAW) st = raw_take(b, (struct bytes){0}); // an empty body is an empty file
    enum status end = body_file_end(b, !st && b->kind == BODY_RAW);
    return b->status = st ? st : end;
}

void body_abort(struct body *b) {
    enum status ignored = body_file_end(b, false);
    (void)ignored;
    if (!b->status) b->status = STATUS_IO;
}

const struct fields *body_fields(const struct body *b) {
    return &b->fields;
}

struct text body_json(const struct body *b) {
    return b->kind == BODY_JSON ? out_done(&b->out) : (struct text){0};
}
