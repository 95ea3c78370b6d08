// message.c - a message between authorities inside an entry, as exchange/sealed.h and envelope.h write it.
#include <string.h>

#include "base/cbor.h"
#include "verify/leaf.h"

enum { SIGNED_ITEMS = 8, TAG_BYTES = 16 };

static bool next(struct cbor_reader *r, enum cbor_kind kind, struct cbor_item *item) {
    return !cbor_next(r, item) && item->kind == kind;
}

static bool open_field(struct bytes map, struct text wanted, struct bytes *out) {
    struct cbor_reader r = cbor_reader(map);
    struct cbor_item head, name, value;
    if (!next(&r, CBOR_MAP, &head)) return false;
    for (int64_t i = 0; i < head.integer; i++) {
        if (cbor_next(&r, &name) || cbor_skip(&r, &value)) return false;
        if (name.kind != CBOR_TEXT || !text_eq(name.text, wanted) || value.kind != CBOR_BYTES) continue;
        *out = value.bytes;
        return true;
    }
    return false;
}

static void put_4(uint8_t *p, int64_t n) {
    for (int i = 0; i < 4; i++) p[i] = (uint8_t)((uint64_t)n >> (24 - 8 * i));
}

// [signed part, key, signature]; signed part: [1, suite, tag, seq, sender, before, slots, body]. The body is
// bound to tag, seq and sender.
static bool take_apart(struct bytes message, uint8_t context[TAG_BYTES + 8], struct bytes *body) {
    struct cbor_item item, items[SIGNED_ITEMS];
    struct cbor_reader r = cbor_reader(message);
    if (!cbor_check(message) || !next(&r, CBOR_ARRAY, &item) || item.integer != 3) return false;
    if (!next(&r, CBOR_BYTES, &item) || !cbor_check(item.bytes)) return false;
    r = cbor_reader(item.bytes);
    if (!next(&r, CBOR_ARRAY, &item) || item.integer != SIGNED_ITEMS) return false;
    for (int i = 0; i < SIGNED_ITEMS; i++)
        if (cbor_skip(&r, &items[i])) return false;
    bool fits = items[2].kind == CBOR_BYTES && items[2].bytes.n == TAG_BYTES && items[3].kind == CBOR_INT &&
                items[4].kind == CBOR_INT && items[7].kind == CBOR_BYTES;
    if (!fits || items[7].bytes.n < SEAL_EXTRA_BYTES) return false;
    memcpy(context, items[2].bytes.p, TAG_BYTES);
    put_4(context + TAG_BYTES, items[3].integer);
    put_4(context + TAG_BYTES + 4, items[4].integer);
    *body = items[7].bytes;
    return true;
}

// ISO/IEC 7816-4: 0x80 and zeros behind what is said.
static struct bytes without_padding(struct bytes b) {
    while (b.n && !b.p[b.n - 1]) b.n--;
    return b.n && b.p[b.n - 1] == 0x80 ? (struct bytes){b.p, b.n - 1} : (struct bytes){0};
}

static void read_said(struct bytes event, struct leaf_message *out) {
    const struct {
        const char *name;
        int64_t *value;
    } FIELDS[] = {{"type", &out->type},
                  {"code", &out->code},
                  {"actor", &out->sender},
                  {"at", &out->at.ms},
                  {"due", &out->due.ms}};
    struct cbor_reader r = cbor_reader(event);
    struct cbor_item head, name, value;
    if (!cbor_check(event) || !next(&r, CBOR_MAP, &head)) return;
    for (int64_t i = 0; i < head.integer; i++) {
        if (cbor_next(&r, &name) || cbor_skip(&r, &value)) return;
        for (size_t k = 0; k < sizeof FIELDS / sizeof *FIELDS; k++)
            if (name.kind == CBOR_TEXT && value.kind == CBOR_INT &&
                text_eq(name.text, text_of(FIELDS[k].name)))
                *FIELDS[k].value = value.integer;
    }
}

enum status leaf_message(struct arena *a, const struct leaf *l, struct bytes opening, struct bytes file,
                         struct leaf_message *out) {
    struct bytes message, body, plain;
    uint8_t context[TAG_BYTES + 8];
    struct key k;
    *out = (struct leaf_message){0};
    if (!text_eq(l->type, T("exchange_sent")) && !text_eq(l->type, T("exchange_received")))
        return STATUS_NOT_FOUND;
    if (opening.n != KEY_BYTES || !open_field(l->open, T("message"), &message)) return STATUS_NOT_FOUND;
    memcpy(k.b, opening.p, KEY_BYTES);
    if (!take_apart(message, context, &body) ||
        unseal_opened(a, &k, body, (struct bytes){context, sizeof context}, &plain))
        return STATUS_CORRUPT;
    plain = without_padding(plain);
    if (!plain.n || !text_eq(text_of_bytes(plain), text_of_bytes(file))) return STATUS_NOT_FOUND;
    read_said(plain, out);
    return STATUS_OK;
}
