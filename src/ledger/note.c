#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "ledger/algorithm.h"

#include "base/encode.h"

#define DASH "\xE2\x80\x94 " // U+2014 and a space begin a signature line

// Unicode White_Space (PropList.txt); control characters are refused anyway.
static bool is_unicode_space(uint32_t c) {
    return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
           c == 0x3000;
}

static bool is_key_name(struct text t) {
    if (t.n == 0 || t.n > NOTE_NAME_MAX || !text_is_utf8(t)) return false;
    for (size_t at = 0; at < t.n;) {
        uint32_t c = text_codepoint(t, &at);
        if (c < 0x20 || c == 0x7F || c == '+' || is_unicode_space(c)) return false;
    }
    return true;
}

static bool is_note_text(struct text t) {
    if (!text_is_utf8(t)) return false;
    for (size_t i = 0; i < t.n; i++)
        if ((uint8_t)t.p[i] < 0x20 && t.p[i] != '\n') return false;
    return true;
}

static uint32_t big_endian(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint32_t key_id(struct text name, uint8_t type, struct bytes public_key) {
    uint8_t typed[] = {'\n', type};
    crypto_hash_sha256_state state;
    struct hash h;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *)name.p, name.n);
    crypto_hash_sha256_update(&state, typed, sizeof typed);
    crypto_hash_sha256_update(&state, public_key.p, public_key.n);
    crypto_hash_sha256_final(&state, h.b);
    return big_endian(h.b);
}

static struct bytes key_bytes(const struct note_key *key) {
    return key->unchecked.n ? key->unchecked : (struct bytes){key->public_key, NOTE_KEY_BYTES};
}

_Static_assert(NOTE_SECRET_BYTES == crypto_sign_SECRETKEYBYTES, "libsodium's form of a secret key");

enum status signer_make(struct text name, uint8_t type, const struct key *seed, struct note_signer *out) {
    if (!is_key_name(name)) return STATUS_INVALID;
    *out = (struct note_signer){.key = {.name = name, .type = type}};
    crypto_sign_seed_keypair(out->key.public_key, out->secret, seed->b);
    out->key.id = key_id(name, type, key_bytes(&out->key));
    return STATUS_OK;
}

enum status note_signer_make(struct text name, const struct key *seed, struct note_signer *out) {
    return signer_make(name, NOTE_ED25519, seed, out);
}

void note_signer_wipe(struct note_signer *s) {
    sodium_memzero(s, sizeof *s);
}

struct text note_key_print(struct arena *a, const struct note_key *key) {
    struct bytes public_key = key_bytes(key);
    uint8_t *typed = arena_alloc(a, 1 + public_key.n);
    typed[0] = key->type;
    memcpy(typed + 1, public_key.p, public_key.n);
    struct text base64 = base64_encode(a, (struct bytes){typed, 1 + public_key.n});
    return text_printf(a, TEXT_FMT "+%08x+" TEXT_FMT, TEXT_ARG(key->name), key->id, TEXT_ARG(base64));
}

// Eight lower-case hexadecimal digits.
static bool read_key_id(struct text t, uint32_t *id) {
    if (t.n != 8) return false;
    *id = 0;
    for (size_t i = 0; i < t.n; i++) {
        char c = t.p[i];
        if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) return false;
        *id = *id << 4 | (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    return true;
}

enum status note_key_read(struct arena *a, struct text vkey, struct note_key *out) {
    enum { VKEY_MAX = NOTE_NAME_MAX + 2048 }; // a key of ML-DSA-44 has 1752 characters
    struct text rest = vkey, name, id;
    struct bytes typed;
    struct note_key key = {0};
    if (vkey.n > VKEY_MAX || !text_cut(&rest, '+', &name) || !text_cut(&rest, '+', &id) || !rest.p)
        return STATUS_INVALID;
    if (!is_key_name(name) || !read_key_id(id, &key.id) || base64_decode(a, rest, &typed))
        return STATUS_INVALID;
    if (typed.n < 1) return STATUS_INVALID;
    const struct note_algorithm *algorithm = note_algorithm(typed.p[0]);
    if (!algorithm) return STATUS_UNSUPPORTED;
    if (typed.n != 1 + algorithm->key_bytes) return STATUS_INVALID;
    key.type = typed.p[0];
    if (algorithm->verify)
        memcpy(key.public_key, typed.p + 1, NOTE_KEY_BYTES);
    else
        key.unchecked = (struct bytes){typed.p + 1, typed.n - 1};
    if (key.id != key_id(name, key.type, key_bytes(&key))) return STATUS_INVALID;
    key.name = text_copy(a, name);
    *out = key;
    return STATUS_OK;
}

void note_line(struct out *o, const struct note_key *key, struct bytes signature) {
    uint8_t b[4 + COSIGNATURE_BYTES] = {(uint8_t)(key->id >> 24), (uint8_t)(key->id >> 16),
                                        (uint8_t)(key->id >> 8), (uint8_t)key->id};
    assert(signature.n <= COSIGNATURE_BYTES);
    memcpy(b + 4, signature.p, signature.n);
    out_c(o, DASH);
    out_text(o, key->name);
    out_byte(o, ' ');
    out_text(o, base64_encode(o->arena, (struct bytes){b, 4 + signature.n}));
    out_byte(o, '\n');
}

static void sign_line(struct out *o, struct text text, const struct note_signer *s) {
    uint8_t b[NOTE_SIGNATURE_BYTES];
    assert(s->key.type == NOTE_ED25519);
    crypto_sign_detached(b, NULL, (const uint8_t *)text.p, text.n, s->secret);
    note_line(o, &s->key, (struct bytes){b, sizeof b});
}

struct text note_sign(struct arena *a, struct text text, const struct note_signer *signers, size_t count) {
    assert(text_ends(text, T("\n")) && is_note_text(text));
    assert(count > 0 && count <= NOTE_SIGNATURES_MAX);
    struct out o = {.arena = a};
    out_text(&o, text);
    out_byte(&o, '\n');
    for (size_t i = 0; i < count; i++) sign_line(&o, text, &signers[i]);
    return out_done(&o);
}

// One signature line without its newline.
static enum status read_signature(struct arena *a, struct text line, struct note_signature *out) {
    struct text rest = line, name, dash;
    struct bytes b;
    if (!text_cut(&rest, ' ', &dash) || !text_eq(dash, T("\xE2\x80\x94"))) return STATUS_INVALID;
    if (!text_cut(&rest, ' ', &name) || !rest.p || !is_key_name(name)) return STATUS_INVALID;
    if (base64_decode(a, rest, &b) || b.n < 5) return STATUS_INVALID;
    *out = (struct note_signature){name, big_endian(b.p), {b.p + 4, b.n - 4}};
    return STATUS_OK;
}

// Where the signatures begin: after the last empty line.
static bool find_signatures(struct text in, size_t *text_end) {
    for (size_t i = in.n; i >= 2; i--)
        if (in.p[i - 1] == '\n' && in.p[i - 2] == '\n') return *text_end = i - 1, true;
    return false;
}

enum status note_read(struct arena *a, struct text in, struct note *out) {
    if (in.n > NOTE_BYTES_MAX) return STATUS_TOO_LARGE;
    size_t text_end;
    if (!text_ends(in, T("\n")) || !is_note_text(in) || !find_signatures(in, &text_end))
        return STATUS_INVALID;
    struct text lines = text_slice(in, text_end + 1, in.n - 1), line;
    struct note n = {.text = text_slice(in, 0, text_end)};
    if (in.n <= text_end + 1) return STATUS_INVALID;
    n.signatures = ARENA_ARRAY(a, struct note_signature, NOTE_SIGNATURES_MAX);
    while (text_cut(&lines, '\n', &line)) {
        if (n.signature_count == NOTE_SIGNATURES_MAX) return STATUS_TOO_LARGE;
        enum status st = read_signature(a, line, &n.signatures[n.signature_count++]);
        if (st) return st;
    }
    *out = n;
    return STATUS_OK;
}

bool note_is_by(const struct note_signature *s, const struct note_key *key) {
    return s->key_id == key->id && text_eq(s->name, key->name);
}

enum status note_verify(const struct note *n, const struct note_key *keys, size_t count, bool *signed_by) {
    bool any = false;
    for (size_t k = 0; k < count; k++) {
        const struct note_algorithm *algorithm = note_algorithm(keys[k].type);
        bool good = false;
        for (size_t i = 0; i < n->signature_count; i++) {
            const struct note_signature *s = &n->signatures[i];
            if (!note_is_by(s, &keys[k])) continue;
            if (algorithm && !algorithm->verify) continue;
            if (!algorithm || !algorithm->verify(n->text, s->signature, keys[k].public_key))
                return STATUS_CORRUPT;
            good = any = true;
        }
        if (signed_by) signed_by[k] = good;
    }
    return any ? STATUS_OK : STATUS_NOT_FOUND;
}
