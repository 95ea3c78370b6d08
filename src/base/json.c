#include "base/json.h"

#include <assert.h>
#include <string.h>

// jansson limits depth to 2048 at build time; ours is stricter and checked before the tree is used.
static bool too_deep(const json_t *j, int depth) {
    if (depth > JSON_DEPTH_MAX) return true;
    const char *key;
    json_t *child;
    size_t i;
    if (json_is_object(j)) {
        json_object_foreach((json_t *)j, key, child) {
            if (too_deep(child, depth + 1)) return true;
        }
    }
    if (json_is_array(j)) {
        json_array_foreach(j, i, child) {
            if (too_deep(child, depth + 1)) return true;
        }
    }
    return false;
}

enum status json_read(struct text in, size_t max, json_t **out, struct problem *p) {
    *out = NULL;
    if (in.n > max) {
        if (p) *p = (struct problem){.field = "", .rule = "json_size", .text_key = "problem.json.size"};
        return STATUS_TOO_LARGE;
    }
    json_error_t error;
    json_t *j = json_loadb(in.p ? in.p : "", in.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (!j) {
        enum status st = problem(p, "", "json_syntax", "problem.json.syntax");
        if (p) p->line = error.line;
        return st;
    }
    if (too_deep(j, 0)) {
        json_decref(j);
        return problem(p, "", "json_depth", "problem.json.depth");
    }
    *out = j;
    return STATUS_OK;
}

struct text json_text(const json_t *object, const char *key, struct text otherwise) {
    const json_t *v = json_object_get(object, key);
    return json_is_string(v) ? (struct text){json_string_value(v), json_string_length(v)} : otherwise;
}

int64_t json_number(const json_t *object, const char *key, int64_t otherwise) {
    const json_t *v = json_object_get(object, key);
    return json_is_integer(v) ? (int64_t)json_integer_value(v) : otherwise;
}

bool json_flag(const json_t *object, const char *key, bool otherwise) {
    const json_t *v = json_object_get(object, key);
    return json_is_boolean(v) ? json_is_true(v) : otherwise;
}

static void before_value(struct json_out *j) {
    uint64_t bit = 1ull << j->depth;
    if (j->depth && (j->nested & bit)) out_byte(j->out, ',');
    j->nested |= bit;
}

static void open_level(struct json_out *j, char c) {
    before_value(j);
    out_byte(j->out, c);
    j->depth++;
    assert(j->depth < JSON_DEPTH_MAX);
    j->nested &= ~(1ull << j->depth);
}

static void close_level(struct json_out *j, char c) {
    assert(j->depth > 0);
    j->depth--;
    out_byte(j->out, c);
}

void json_begin_object(struct json_out *j) {
    open_level(j, '{');
}
void json_end_object(struct json_out *j) {
    close_level(j, '}');
}
void json_begin_array(struct json_out *j) {
    open_level(j, '[');
}
void json_end_array(struct json_out *j) {
    close_level(j, ']');
}

static void quoted(struct out *o, struct text t) {
    out_byte(o, '"');
    size_t from = 0;
    for (size_t i = 0; i < t.n; i++) {
        unsigned char c = (unsigned char)t.p[i];
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out_text(o, text_slice(t, from, i));
        from = i + 1;
        if (c == '"' || c == '\\')
            out_printf(o, "\\%c", c);
        else
            out_printf(o, "\\u%04x", c);
    }
    out_text(o, text_slice(t, from, t.n));
    out_byte(o, '"');
}

void json_key_text(struct json_out *j, struct text key) {
    before_value(j);
    quoted(j->out, key);
    out_byte(j->out, ':');
    j->nested &= ~(1ull << j->depth); // its value brings no comma
}

void json_key(struct json_out *j, const char *key) {
    json_key_text(j, text_of(key));
}

void json_put_text(struct json_out *j, struct text value) {
    before_value(j);
    quoted(j->out, value);
}
void json_put_int(struct json_out *j, int64_t value) {
    before_value(j);
    out_int(j->out, value);
}
void json_put_bool(struct json_out *j, bool value) {
    before_value(j);
    out_c(j->out, value ? "true" : "false");
}
void json_put_null(struct json_out *j) {
    before_value(j);
    out_c(j->out, "null");
}
void json_put_raw(struct json_out *j, struct text json) {
    before_value(j);
    out_text(j->out, json);
}
