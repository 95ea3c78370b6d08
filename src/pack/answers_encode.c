// Answers as bytes (CBOR, canonical) and as nested JSON.
#include <stdlib.h>
#include <string.h>

#include "base/cbor.h"
#include "pack/form.h"

// Deterministic CBOR wants shorter keys first, then bytewise (RFC 8949, 4.2.1; heads grow with length).
static int by_encoding(const void *a, const void *b) {
    const struct answer *const *x = a, *const *y = b;
    if ((*x)->path.n != (*y)->path.n) return (*x)->path.n < (*y)->path.n ? -1 : 1;
    return text_cmp((*x)->path, (*y)->path);
}

struct bytes answers_encode(struct arena *a, const struct answers *s) {
    const struct answer **order = ARENA_ARRAY(a, const struct answer *, s->count + 1);
    for (size_t i = 0; i < s->count; i++) order[i] = &s->items[i];
    qsort(order, s->count, sizeof *order, by_encoding);
    struct out o = {.arena = a};
    cbor_map(&o, s->count);
    for (size_t i = 0; i < s->count; i++) {
        cbor_text(&o, order[i]->path);
        cbor_text(&o, order[i]->value);
    }
    return bytes_of(out_done(&o));
}

enum status answers_decode(struct arena *a, struct bytes b, struct answers *out) {
    struct cbor_reader r = cbor_reader(b);
    struct cbor_item map, key, value;
    *out = (struct answers){.arena = a};
    if (cbor_next(&r, &map) != STATUS_OK || map.kind != CBOR_MAP || map.integer > ANSWERS_MAX)
        return STATUS_CORRUPT;
    for (int64_t i = 0; i < map.integer; i++) {
        if (cbor_next(&r, &key) != STATUS_OK || cbor_next(&r, &value) != STATUS_OK) return STATUS_CORRUPT;
        if (key.kind != CBOR_TEXT || value.kind != CBOR_TEXT || value.text.n == 0) return STATUS_CORRUPT;
        if (answers_get(out, key.text).p || answers_set(out, key.text, value.text) != STATUS_OK)
            return STATUS_CORRUPT;
    }
    return r.at == r.end ? STATUS_OK : STATUS_CORRUPT;
}

// ---- JSON
// --------------------------------------------------------------------------------------------------

// Answers from..to share the first `depth` bytes of their paths; writes the value they make together.
static size_t write_value(struct json_out *j, const struct answers *s, size_t from, size_t depth);

// A path that is also the parent of others ("a" and "a.b", or "a.b" and "a[0]") has one value in JSON, the
// first.
static size_t skip_rest(const struct answers *s, size_t i, struct text path) {
    while (i < s->count && text_starts(s->items[i].path, path) &&
           (s->items[i].path.n == path.n || s->items[i].path.p[path.n] == '.' ||
            s->items[i].path.p[path.n] == '['))
        i++;
    return i;
}

static size_t write_object(struct json_out *j, const struct answers *s, size_t from, size_t depth) {
    struct text prefix = text_slice(s->items[from].path, 0, depth);
    size_t i = from;
    json_begin_object(j);
    while (i < s->count && text_starts(s->items[i].path, prefix)) {
        struct text path = s->items[i].path;
        size_t end = depth;
        while (end < path.n && path.p[end] != '.' && path.p[end] != '[') end++;
        json_key_text(j, text_slice(path, depth, end));
        i = skip_rest(s, write_value(j, s, i, end), text_slice(path, 0, end));
    }
    json_end_object(j);
    return i;
}

static size_t write_list(struct json_out *j, const struct answers *s, size_t from, size_t depth) {
    struct text prefix = text_slice(s->items[from].path, 0, depth + 1);
    size_t i = from;
    int64_t next = 0;
    json_begin_array(j);
    while (i < s->count && text_starts(s->items[i].path, prefix)) {
        struct text path = s->items[i].path;
        size_t end = depth + 1;
        while (path.p[end] != ']') end++;
        int64_t index = 0;
        if (!text_int(text_slice(path, depth + 1, end), &index)) index = next;
        for (; next < index; next++) json_put_null(j); // gaps keep later entries in place
        next++;
        i = skip_rest(s, write_value(j, s, i, end + 1), text_slice(path, 0, end + 1));
    }
    json_end_array(j);
    return i;
}

static size_t write_value(struct json_out *j, const struct answers *s, size_t from, size_t depth) {
    struct text path = s->items[from].path;
    if (path.n > depth && path.p[depth] == '.') return write_object(j, s, from, depth + 1);
    if (path.n > depth) return write_list(j, s, from, depth);
    json_put_text(j, s->items[from].value);
    return from + 1;
}

struct text answers_json(struct arena *a, const struct answers *s) {
    struct out o = {.arena = a};
    struct json_out j = {.out = &o};
    if (s->count) {
        write_object(&j, s, 0, 0);
    } else {
        json_begin_object(&j);
        json_end_object(&j);
    }
    return out_done(&o);
}

static enum status take(struct answers *s, const json_t *v, struct text path, struct problem *p);

static enum status wrong(const struct answers *s, struct text path, enum status st, struct problem *p) {
    enum status invalid =
        problem(p, text_c(s->arena, path), "answer_not_accepted", "problem.form.answer_not_accepted");
    return st == STATUS_OK ? invalid : st;
}

static enum status take_members(struct answers *s, const json_t *v, struct text path, struct problem *p) {
    const char *key;
    json_t *child;
    json_object_foreach((json_t *)v, key, child) {
        struct text deeper = path.n ? TEXT_JOIN(s->arena, path, T("."), text_of(key)) : text_of(key);
        enum status st = take(s, child, deeper, p);
        if (st) return st;
    }
    return STATUS_OK;
}

static enum status take_items(struct answers *s, const json_t *v, struct text path, struct problem *p) {
    json_t *child;
    size_t i;
    json_array_foreach((json_t *)v, i, child) {
        enum status st = take(s, child, text_printf(s->arena, TEXT_FMT "[%zu]", TEXT_ARG(path), i), p);
        if (st) return st;
    }
    return STATUS_OK;
}

static enum status take(struct answers *s, const json_t *v, struct text path, struct problem *p) {
    if (path.n > ANSWER_PATH_MAX) return wrong(s, text_slice(path, 0, ANSWER_PATH_MAX), STATUS_TOO_LARGE, p);
    if (json_is_object(v)) return take_members(s, v, path, p);
    if (json_is_array(v)) return take_items(s, v, path, p);
    if (json_is_null(v)) return STATUS_OK;
    struct text value = json_is_string(v)    ? (struct text){json_string_value(v), json_string_length(v)}
                        : json_is_true(v)    ? T("true")
                        : json_is_false(v)   ? T("false")
                        : json_is_integer(v) ? text_printf(s->arena, "%lld", (long long)json_integer_value(v))
                                             : text_printf(s->arena, "%.15g", json_real_value(v));
    enum status st = answers_set(s, path, value);
    return st ? wrong(s, path, st, p) : STATUS_OK;
}

enum status answers_from_json(struct arena *a, struct text json, struct answers *out, struct problem *p) {
    json_t *j;
    *out = (struct answers){.arena = a};
    enum status st = json_read(json, ANSWERS_BYTES_MAX * 2, &j, p);
    if (st) return st;
    st = json_is_object(j) ? take(out, j, T(""), p) : wrong(out, T(""), STATUS_OK, p);
    json_decref(j);
    return st;
}
