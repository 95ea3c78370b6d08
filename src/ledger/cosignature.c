#include "ledger/cosignature.h"

#include <assert.h>
#include <inttypes.h>
#include <sodium.h>

#include "ledger/algorithm.h"

enum status cosigner_make(struct text name, const struct key *seed, struct note_signer *out) {
    return signer_make(name, NOTE_COSIGNATURE, seed, out);
}

bool cosignature_time(struct bytes signature, uint64_t *time_s) {
    if (signature.n != COSIGNATURE_BYTES) return false;
    *time_s = 0;
    for (int i = 0; i < 8; i++) *time_s = *time_s << 8 | signature.p[i];
    return *time_s <= INT64_MAX;
}

struct text cosignature_message(struct arena *a, struct text text, uint64_t time_s) {
    struct out o = {.arena = a};
    out_printf(&o, "cosignature/v1\ntime %" PRIu64 "\n", time_s);
    out_text(&o, text);
    return out_done(&o);
}

struct text cosign(struct arena *a, struct text text, const struct note_signer *cosigner, uint64_t time_s) {
    uint8_t b[COSIGNATURE_BYTES];
    assert(cosigner->key.type == NOTE_COSIGNATURE && time_s <= INT64_MAX);
    for (int i = 0; i < 8; i++) b[i] = (uint8_t)(time_s >> (56 - 8 * i));
    struct text message = cosignature_message(a, text, time_s);
    crypto_sign_detached(b + 8, NULL, (const uint8_t *)message.p, message.n, cosigner->secret);
    struct out line = {.arena = a};
    note_line(&line, &cosigner->key, (struct bytes){b, sizeof b});
    return out_done(&line);
}

enum status cosignature_check(const struct note *n, const struct note_key *key, uint64_t *time_s) {
    bool is_signed = false;
    enum status st = note_verify(n, key, 1, NULL);
    for (size_t i = 0; i < n->signature_count; i++) {
        uint64_t at;
        if (!note_is_by(&n->signatures[i], key)) continue;
        if (st == STATUS_NOT_FOUND) return STATUS_UNSUPPORTED;
        if (st || !cosignature_time(n->signatures[i].signature, &at)) return STATUS_CORRUPT;
        if (!is_signed || at < *time_s) *time_s = at;
        is_signed = true;
    }
    return is_signed ? STATUS_OK : STATUS_NOT_FOUND;
}

static bool has_line(struct text lines, struct text wanted) {
    struct text line;
    while (text_cut(&lines, '\n', &line))
        if (text_eq(line, wanted)) return true;
    return false;
}

struct text note_add_lines(struct arena *a, struct text signed_note, struct text lines) {
    struct out o = {.arena = a};
    struct text line;
    out_text(&o, signed_note);
    while (text_cut(&lines, '\n', &line)) {
        if (!line.n || has_line(out_done(&o), line)) continue;
        out_text(&o, line);
        out_byte(&o, '\n');
    }
    return out_done(&o);
}

struct text note_lines_by(struct arena *a, const struct note *n, const struct note_key *keys, size_t count) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < n->signature_count; i++)
        for (size_t k = 0; k < count; k++)
            if (note_is_by(&n->signatures[i], &keys[k]) &&
                n->signatures[i].signature.n <= COSIGNATURE_BYTES) {
                note_line(&o, &keys[k], n->signatures[i].signature);
                break;
            }
    return out_done(&o);
}
