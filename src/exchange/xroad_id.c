// xroad_id.c - identifiers of X-Road, read and written.
#include "exchange/xroad_id.h"

enum { PARTS_MAX = 5 };

static const struct {
    size_t least, most;
} PARTS[] = {
    [XROAD_CLIENT] = {3, 4}, [XROAD_SERVICE] = {4, 5}, [XROAD_SERVER] = {4, 4}, [XROAD_PARTY] = {1, 2}};

// ---- one part

static bool is_forbidden(unsigned char c) {
    return c < 0x20 || c == 0x7f || c == ':' || c == ';' || c == '/' || c == '\\' || c == '%';
}

const char *xroad_part_wrong(struct text part) {
    if (!part.n) return "has an empty part";
    if (part.n > XROAD_PART_MAX) return "has a part of more than 255 bytes";
    if (!text_is_utf8(part)) return "is not UTF-8";
    if (text_eq(part, T(".")) || text_eq(part, T(".."))) return "has a part that is a way through folders";
    for (size_t i = 0; i < part.n; i++)
        if (is_forbidden((unsigned char)part.p[i])) return "has a character that identifiers must not have";
    return NULL;
}

static int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool percent_decode(struct arena *a, struct text t, struct text *out) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < t.n; i++) {
        if (t.p[i] != '%') {
            out_byte(&o, t.p[i]);
            continue;
        }
        int high = i + 2 < t.n ? hex_value(t.p[i + 1]) : -1, low = i + 2 < t.n ? hex_value(t.p[i + 2]) : -1;
        if (high < 0 || low < 0) return false;
        out_byte(&o, (char)(high * 16 + low));
        i += 2;
    }
    *out = out_done(&o);
    return true;
}

// ---- the whole

static enum status read_parts(struct arena *a, struct text rest, struct text parts[PARTS_MAX], size_t *count,
                              const char **why) {
    struct text part;
    while (text_cut(&rest, '/', &part)) {
        if (*count == PARTS_MAX) return *why = "has too many parts", STATUS_INVALID;
        if (!percent_decode(a, part, &parts[*count]))
            return *why = "is not percent-encoded as it must be", STATUS_INVALID;
        *why = xroad_part_wrong(parts[(*count)++]);
        if (*why) return STATUS_INVALID;
    }
    return STATUS_OK;
}

static void place(struct xroad_id *id, const struct text *parts, size_t count) {
    if (id->kind == XROAD_PARTY) {
        if (count == 2) id->member_class = parts[0];
        id->member = parts[count - 1];
        return;
    }
    id->instance = parts[0];
    id->member_class = parts[1];
    id->member = parts[2];
    if (id->kind != XROAD_CLIENT) id->code = parts[count - 1];
    bool has_subsystem = count == PARTS[id->kind].most && id->kind != XROAD_SERVER;
    if (has_subsystem) id->subsystem = parts[3];
}

enum status xroad_id_read(struct arena *a, struct text written, enum xroad_kind kind, struct xroad_id *out,
                          const char **why) {
    struct text parts[PARTS_MAX];
    size_t count = 0;
    *out = (struct xroad_id){.kind = kind};
    if (written.n > XROAD_ID_MAX) return *why = "is too long", STATUS_INVALID;
    enum status st = read_parts(a, written, parts, &count, why);
    if (st) return st;
    if (count < PARTS[kind].least || count > PARTS[kind].most)
        return *why = count < PARTS[kind].least ? "has too few parts" : "has too many parts", STATUS_INVALID;
    place(out, parts, count);
    return STATUS_OK;
}

static void write_part(struct out *o, struct text part) {
    static const char HEX[] = "0123456789ABCDEF";
    if (o->n) out_byte(o, '/');
    for (size_t i = 0; i < part.n; i++) {
        unsigned char c = (unsigned char)part.p[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                        c == '-' || c == '.' || c == '_' || c == '~';
        if (is_plain) {
            out_byte(o, (char)c);
            continue;
        }
        out_byte(o, '%');
        out_byte(o, HEX[c >> 4]);
        out_byte(o, HEX[c & 15]);
    }
}

struct text xroad_id_print(struct arena *a, const struct xroad_id *id) {
    const struct text parts[] = {id->instance, id->member_class, id->member, id->subsystem, id->code};
    struct out o = {.arena = a};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (parts[i].n) write_part(&o, parts[i]);
    return out_done(&o);
}

bool xroad_id_eq(const struct xroad_id *a, const struct xroad_id *b) {
    return a->kind == b->kind && text_eq(a->instance, b->instance) &&
           text_eq(a->member_class, b->member_class) && text_eq(a->member, b->member) &&
           text_eq(a->subsystem, b->subsystem) && text_eq(a->code, b->code) &&
           text_eq(a->version, b->version);
}

struct xroad_id xroad_provider(const struct xroad_id *service) {
    struct xroad_id id = *service;
    id.kind = XROAD_CLIENT;
    id.code = id.version = T("");
    return id;
}
