#include "ledger/bundle.h"

#include <inttypes.h>
#include <string.h>

#include "base/cbor.h"
#include "base/encode.h"
#include "ledger/number.h"

static const struct text FIRST = {"c2sp.org/tlog-proof@v1", 22};

// ---- extra

static void print_part(struct out *o, const char *name, struct bytes part) {
    if (!part.n) return;
    cbor_text(o, text_of(name));
    cbor_bytes(o, part);
}

static struct bytes print_extra(struct arena *a, const struct proof_bundle *b) {
    struct out o = {.arena = a};
    cbor_map(&o, (b->leaf.n > 0) + (b->opening.n > 0) + (b->stamp.n > 0));
    print_part(&o, "leaf", b->leaf); // in the order of deterministic CBOR: by length, then by letter
    print_part(&o, "stamp", b->stamp);
    print_part(&o, "opening", b->opening);
    return bytes_of(out_done(&o));
}

static void read_part(struct bytes map, const char *name, struct bytes *part) {
    struct cbor_item value;
    if (!cbor_get(map, text_of(name), &value) && value.kind == CBOR_BYTES) *part = value.bytes;
}

// What is not ours is left out: its meaning is another program's.
static void read_extra(struct bytes extra, struct proof_bundle *b) {
    if (!cbor_check(extra)) return;
    read_part(extra, "leaf", &b->leaf);
    read_part(extra, "opening", &b->opening);
    read_part(extra, "stamp", &b->stamp);
}

// ---- the file

struct text bundle_print(struct arena *a, const struct proof_bundle *b) {
    struct out o = {.arena = a};
    out_text(&o, FIRST);
    if (b->leaf.n || b->opening.n || b->stamp.n) {
        out_c(&o, "\nextra ");
        out_text(&o, base64_encode(a, print_extra(a, b)));
    }
    out_printf(&o, "\nindex %" PRIu64 "\n", b->index);
    for (size_t i = 0; i < b->proof.count; i++) {
        out_text(&o, base64_encode(a, hash_bytes(&b->proof.hashes[i])));
        out_byte(&o, '\n');
    }
    out_byte(&o, '\n');
    out_text(&o, b->signed_note);
    return out_done(&o);
}

static enum status read_head(struct arena *a, struct text *rest, struct proof_bundle *b) {
    struct text line;
    struct bytes extra;
    if (!text_cut(rest, '\n', &line) || !text_eq(line, FIRST)) return STATUS_INVALID;
    if (!text_cut(rest, '\n', &line)) return STATUS_INVALID;
    if (text_starts(line, T("extra "))) {
        if (base64_decode(a, text_slice(line, 6, line.n), &extra)) return STATUS_INVALID;
        if (extra.n > BUNDLE_EXTRA_MAX) return STATUS_TOO_LARGE;
        read_extra(extra, b);
        if (b->leaf.n > BUNDLE_LEAF_MAX || b->stamp.n > BUNDLE_STAMP_MAX) return STATUS_TOO_LARGE;
        if (!text_cut(rest, '\n', &line)) return STATUS_INVALID;
    }
    if (!text_starts(line, T("index "))) return STATUS_INVALID;
    return number_read(text_slice(line, 6, line.n), &b->index) ? STATUS_OK : STATUS_INVALID;
}

static enum status read_hashes(struct arena *a, struct text *rest, struct proof *out) {
    struct text line;
    struct bytes b;
    out->hashes = ARENA_ARRAY(a, struct hash, PROOF_HASHES_MAX);
    while (text_cut(rest, '\n', &line)) {
        if (!line.n) return rest->p ? STATUS_OK : STATUS_INVALID;
        if (out->count == PROOF_HASHES_MAX) return STATUS_TOO_LARGE;
        if (base64_decode(a, line, &b) || b.n != HASH_BYTES) return STATUS_INVALID;
        memcpy(out->hashes[out->count++].b, b.p, HASH_BYTES);
    }
    return STATUS_INVALID;
}

enum status bundle_read(struct arena *a, struct text in, struct proof_bundle *out) {
    struct text rest = in;
    *out = (struct proof_bundle){0};
    if (in.n > BUNDLE_BYTES_MAX) return STATUS_TOO_LARGE;
    enum status st = read_head(a, &rest, out);
    if (!st) st = read_hashes(a, &rest, &out->proof);
    if (st) return st;
    out->signed_note = rest;
    st = note_read(a, rest, &out->note);
    return st ? st : checkpoint_read(a, out->note.text, &out->checkpoint);
}

enum status bundle_check(struct arena *a, const struct proof_bundle *b, const struct hash *leaf_hash,
                         const struct note_key *key, struct bundle_witness *witnesses, size_t count) {
    struct checkpoint c;
    enum status st = checkpoint_open(a, b->signed_note, key->name, key, 1, &c);
    if (!st) st = proof_check_inclusion(&b->proof, b->index, c.size, leaf_hash, &c.root);
    for (size_t i = 0; i < count && !st; i++)
        witnesses[i].status = cosignature_check(&b->note, &witnesses[i].key, &witnesses[i].time_s);
    return st;
}
