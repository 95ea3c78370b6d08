#include "verify/leaf.h"

#include <string.h>

#include "base/cbor.h"
#include "base/encode.h"

enum { LEAF_ITEMS = 9 };

enum status leaf_read(struct bytes b, struct leaf *out) {
    struct cbor_reader r = cbor_reader(b);
    struct cbor_item items[LEAF_ITEMS], head;
    *out = (struct leaf){0};
    if (!cbor_check(b) || cbor_next(&r, &head) || head.kind != CBOR_ARRAY || head.integer != LEAF_ITEMS)
        return STATUS_UNSUPPORTED;
    for (int i = 0; i < LEAF_ITEMS; i++)
        if (cbor_skip(&r, &items[i])) return STATUS_UNSUPPORTED;
    bool fits = items[0].kind == CBOR_INT && items[0].integer == 1 && items[1].kind == CBOR_INT &&
                items[2].kind == CBOR_INT && items[3].kind == CBOR_TEXT && items[7].kind == CBOR_MAP;
    if (!fits) return STATUS_UNSUPPORTED;
    out->number = items[1].integer;
    out->at.ms = items[2].integer;
    out->type = items[3].text;
    out->open = items[7].raw;
    if (items[8].kind == CBOR_BYTES) out->sealed = items[8].bytes;
    return STATUS_OK;
}

static bool find_in(struct bytes map, struct bytes wanted, struct text hex, struct text *field) {
    struct cbor_reader r = cbor_reader(map);
    struct cbor_item head, name, value;
    if (cbor_next(&r, &head) || head.kind != CBOR_MAP) return false;
    for (int64_t i = 0; i < head.integer; i++) {
        if (cbor_next(&r, &name) || cbor_skip(&r, &value)) return false;
        bool same = (value.kind == CBOR_TEXT && text_eq_nocase(value.text, hex)) ||
                    (value.kind == CBOR_BYTES && text_eq(text_of_bytes(value.bytes), text_of_bytes(wanted)));
        if (!same || name.kind != CBOR_TEXT) continue;
        *field = name.text;
        return true;
    }
    return false;
}

enum status leaf_find(struct arena *a, const struct leaf *l, struct bytes opening, const struct hash *wanted,
                      struct text *field) {
    struct text hex = hex_encode(a, hash_bytes(wanted));
    struct bytes personal;
    struct key k;
    uint8_t context[8];
    if (find_in(l->open, hash_bytes(wanted), hex, field)) return STATUS_OK;
    if (opening.n != KEY_BYTES || !l->sealed.n) return STATUS_NOT_FOUND;
    memcpy(k.b, opening.p, KEY_BYTES);
    for (int i = 0; i < 8; i++)
        context[i] = (uint8_t)((uint64_t)l->number >> (56 - 8 * i)); // as journal/ seals
    enum status st = unseal_opened(a, &k, l->sealed, (struct bytes){context, sizeof context}, &personal);
    if (st || !cbor_check(personal)) return STATUS_CORRUPT;
    return find_in(personal, hash_bytes(wanted), hex, field) ? STATUS_OK : STATUS_NOT_FOUND;
}
