#include "base/cbor.h"

#include <string.h>

static void head(struct out *o, unsigned major, uint64_t n) {
    uint8_t b[9];
    size_t size;
    if (n < 24) {
        b[0] = (uint8_t)n;
        size = 1;
    } else {
        unsigned width = n <= UINT8_MAX ? 0 : n <= UINT16_MAX ? 1 : n <= UINT32_MAX ? 2 : 3;
        b[0] = (uint8_t)(24 + width);
        size = 1 + ((size_t)1 << width);
        for (size_t i = size - 1; i > 0; i--, n >>= 8) b[i] = (uint8_t)n;
    }
    b[0] |= (uint8_t)(major << 5);
    out_text(o, (struct text){(char *)b, size});
}

void cbor_int(struct out *o, int64_t v) {
    if (v >= 0)
        head(o, 0, (uint64_t)v);
    else
        head(o, 1, (uint64_t)(-(v + 1)));
}

void cbor_bytes(struct out *o, struct bytes b) {
    head(o, 2, b.n);
    out_text(o, text_of_bytes(b));
}

void cbor_text(struct out *o, struct text t) {
    head(o, 3, t.n);
    out_text(o, t);
}

void cbor_bool(struct out *o, bool b) {
    out_byte(o, (char)(b ? 0xF5 : 0xF4));
}

void cbor_null(struct out *o) {
    out_byte(o, (char)0xF6);
}

void cbor_array(struct out *o, size_t items) {
    head(o, 4, items);
}

void cbor_map(struct out *o, size_t pairs) {
    head(o, 5, pairs);
}

struct cbor_reader cbor_reader(struct bytes b) {
    return (struct cbor_reader){b.p, b.n ? b.p + b.n : b.p}; // null may not be added to
}

// Reads the argument of a head and checks that it is the shortest form.
static enum status read_argument(struct cbor_reader *r, unsigned low, uint64_t *n) {
    if (low < 24) return *n = low, STATUS_OK;
    if (low > 27) return STATUS_CORRUPT;
    size_t width = (size_t)1 << (low - 24);
    if ((size_t)(r->end - r->at) < width) return STATUS_CORRUPT;
    *n = 0;
    for (size_t i = 0; i < width; i++) *n = *n << 8 | *r->at++;
    static const uint64_t SMALLEST[] = {24, UINT8_MAX + 1ull, UINT16_MAX + 1ull, UINT32_MAX + 1ull};
    return *n < SMALLEST[low - 24] ? STATUS_CORRUPT : STATUS_OK;
}

static enum status read_string(struct cbor_reader *r, unsigned major, uint64_t n, struct cbor_item *item) {
    if (n > (uint64_t)(r->end - r->at)) return STATUS_CORRUPT;
    struct bytes b = {r->at, (size_t)n};
    r->at += n;
    item->kind = major == 2 ? CBOR_BYTES : CBOR_TEXT;
    if (major == 2)
        item->bytes = b;
    else
        item->text = text_of_bytes(b);
    return STATUS_OK;
}

static enum status read_simple(unsigned low, struct cbor_item *item) {
    if (low != 20 && low != 21 && low != 22) return STATUS_CORRUPT;
    item->kind = low == 22 ? CBOR_NULL : CBOR_BOOL;
    item->integer = low == 21;
    return STATUS_OK;
}

enum status cbor_next(struct cbor_reader *r, struct cbor_item *item) {
    *item = (struct cbor_item){.kind = CBOR_END};
    if (r->at == r->end) return STATUS_OK;
    const uint8_t *start = r->at;
    unsigned major = *r->at >> 5, low = *r->at & 31;
    r->at++;
    enum status st;
    uint64_t n = 0;
    if (major == 7) {
        st = read_simple(low, item);
    } else {
        st = read_argument(r, low, &n);
        if (st) return st;
        switch (major) {
        case 0:
        case 1:
            if (n > INT64_MAX) return STATUS_CORRUPT;
            item->kind = CBOR_INT;
            item->integer = major == 0 ? (int64_t)n : -1 - (int64_t)n;
            break;
        case 2:
        case 3: st = read_string(r, major, n, item); break;
        case 4:
        case 5:
            if (n > (uint64_t)(r->end - r->at)) return STATUS_CORRUPT; // each child takes a byte at least
            item->kind = major == 4 ? CBOR_ARRAY : CBOR_MAP;
            item->integer = (int64_t)n;
            break;
        default: return STATUS_CORRUPT;
        }
    }
    item->raw = (struct bytes){start, (size_t)(r->at - start)};
    return st;
}

static enum status skip(struct cbor_reader *r, struct cbor_item *item, int depth) {
    if (depth > CBOR_DEPTH_MAX) return STATUS_CORRUPT;
    const uint8_t *start = r->at;
    enum status st = cbor_next(r, item);
    if (st) return st;
    int64_t children = item->kind == CBOR_ARRAY ? item->integer
                       : item->kind == CBOR_MAP ? item->integer * 2
                                                : 0;
    for (int64_t i = 0; i < children; i++) {
        struct cbor_item child;
        st = skip(r, &child, depth + 1);
        if (st) return st;
        if (child.kind == CBOR_END) return STATUS_CORRUPT;
    }
    item->raw = (struct bytes){start, (size_t)(r->at - start)};
    return STATUS_OK;
}

enum status cbor_skip(struct cbor_reader *r, struct cbor_item *item) {
    return skip(r, item, 0);
}

enum status cbor_get(struct bytes map, struct text key, struct cbor_item *value) {
    struct cbor_reader r = cbor_reader(map);
    struct cbor_item head_item, name;
    enum status st = cbor_next(&r, &head_item);
    if (st) return st;
    if (head_item.kind != CBOR_MAP) return STATUS_CORRUPT;
    for (int64_t i = 0; i < head_item.integer; i++) {
        st = cbor_next(&r, &name);
        if (!st && name.kind != CBOR_TEXT) st = STATUS_CORRUPT;
        if (!st) st = cbor_skip(&r, value);
        if (st) return st;
        if (value->kind == CBOR_END) return STATUS_CORRUPT;
        if (text_eq(name.text, key)) return STATUS_OK;
    }
    return STATUS_NOT_FOUND;
}

static int compare_encoded(struct bytes a, struct bytes b) {
    return text_cmp(text_of_bytes(a), text_of_bytes(b));
}

static bool check(struct cbor_reader *r, int depth) {
    struct cbor_item item, key = {0};
    if (depth > CBOR_DEPTH_MAX || cbor_next(r, &item) != STATUS_OK) return false;
    struct bytes previous = {0};
    switch (item.kind) {
    case CBOR_END: return false;
    case CBOR_TEXT: return text_is_utf8(item.text);
    case CBOR_ARRAY:
        for (int64_t i = 0; i < item.integer; i++)
            if (!check(r, depth + 1)) return false;
        return true;
    case CBOR_MAP:
        for (int64_t i = 0; i < item.integer; i++) {
            if (cbor_next(r, &key) != STATUS_OK || key.kind != CBOR_TEXT || !text_is_utf8(key.text))
                return false;
            if (i > 0 && compare_encoded(previous, key.raw) >= 0) return false;
            previous = key.raw;
            if (!check(r, depth + 1)) return false;
        }
        return true;
    default: return true;
    }
}

bool cbor_check(struct bytes b) {
    struct cbor_reader r = cbor_reader(b);
    return check(&r, 0) && r.at == r.end;
}
