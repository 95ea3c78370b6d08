#include "ledger/checkpoint.h"

#include "base/encode.h"
#include "ledger/number.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

struct text checkpoint_print(struct arena *a, const struct checkpoint *c) {
    assert(c->origin.n > 0 && !memchr(c->origin.p, '\n', c->origin.n));
    struct out o = {.arena = a};
    out_text(&o, c->origin);
    out_printf(&o, "\n%" PRIu64 "\n", c->size);
    out_text(&o, base64_encode(a, (struct bytes){c->root.b, HASH_BYTES}));
    out_byte(&o, '\n');
    out_text(&o, c->extensions);
    return out_done(&o);
}

static bool has_empty_line(struct text lines) {
    size_t at;
    return text_starts(lines, T("\n")) || text_find(lines, T("\n\n"), &at);
}

enum status checkpoint_read(struct arena *a, struct text text, struct checkpoint *out) {
    struct text rest = text, size, root;
    struct checkpoint c = {0};
    struct bytes hash;
    if (!text_ends(text, T("\n"))) return STATUS_INVALID;
    if (!text_cut(&rest, '\n', &c.origin) || c.origin.n == 0) return STATUS_INVALID;
    if (!text_cut(&rest, '\n', &size) || !number_read(size, &c.size)) return STATUS_INVALID;
    if (!text_cut(&rest, '\n', &root) || !rest.p) return STATUS_INVALID;
    if (base64_decode(a, root, &hash) || hash.n != HASH_BYTES) return STATUS_INVALID;
    if (has_empty_line(rest)) return STATUS_INVALID;
    memcpy(c.root.b, hash.p, HASH_BYTES);
    c.extensions = rest;
    *out = c;
    return STATUS_OK;
}

struct text checkpoint_sign(struct arena *a, const struct checkpoint *c, const struct note_signer *signers,
                            size_t count) {
    return note_sign(a, checkpoint_print(a, c), signers, count);
}

enum status checkpoint_open(struct arena *a, struct text signed_note, struct text origin,
                            const struct note_key *keys, size_t count, struct checkpoint *out) {
    struct note n;
    struct checkpoint c;
    enum status st = note_read(a, signed_note, &n);
    if (!st) st = note_verify(&n, keys, count, NULL);
    if (!st) st = checkpoint_read(a, n.text, &c);
    if (st) return st;
    if (!text_eq(c.origin, origin)) return STATUS_CONFLICT;
    *out = c;
    return STATUS_OK;
}
