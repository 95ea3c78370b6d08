// From the bytes of a bar code to header and features.
#include "traveldoc/seal.h"

#include <string.h>

#include "base/encode.h"
#include "identity/mrz.h"
#include "traveldoc/c40.h"
#include "traveldoc/seal_profile.h"
#include "traveldoc/tlv.h"

enum {
    HEXADECIMAL = 16,
    DECIMAL = 10,
    FIXED = 0
}; // how the length of the certificate's reference is written
enum { MAGIC = 0xDC, SIGNATURE_TAG = 0xFF, SIGNER_CHARS = 4, LENGTH_CHARS = 2, FIXED_CHARS = 9 };

struct taking {
    struct bytes rest;
    bool is_short; // something was not there
};

static struct bytes take(struct taking *t, size_t n) {
    if (n > t->rest.n) t->is_short = true;
    if (t->is_short) return (struct bytes){0};
    struct bytes b = {t->rest.p, n};
    t->rest = (struct bytes){t->rest.p + n, t->rest.n - n};
    return b;
}

static int take_byte(struct taking *t) {
    struct bytes b = take(t, 1);
    return b.n ? b.p[0] : -1;
}

// 9303-13, 2.2: MMDDYYYY as a number of three bytes; all zero or all ones is no date.
static bool take_date(struct taking *t, struct date *out) {
    struct bytes b = take(t, 3);
    *out = (struct date){0};
    if (!b.n) return false;
    int n = b.p[0] << 16 | b.p[1] << 8 | b.p[2];
    if (n == 0 || n == 0xFFFFFF) return true;
    struct date d = {n % 10000, n / 1000000, n / 10000 % 100};
    if (!date_is_full(d) || !date_is_valid(d)) return false;
    *out = d;
    return true;
}

static bool take_c40(struct arena *a, struct taking *t, size_t chars, struct text *out) {
    struct bytes b = take(t, (chars + 2) / 3 * 2);
    return b.n && c40_decode(a, b, out);
}

static struct text no_spaces(struct text t) {
    while (t.n && t.p[t.n - 1] == ' ') t.n--;
    return t;
}

static bool number_of(struct text digits, int base, size_t *n) {
    *n = 0;
    for (size_t i = 0; i < digits.n; i++) {
        const char *at = strchr("0123456789ABCDEF", digits.p[i]);
        if (!at || !digits.p[i] || at - "0123456789ABCDEF" >= base) return false;
        *n = *n * (size_t)base + (size_t)(at - "0123456789ABCDEF");
    }
    return true;
}

// Version 4 says how long the reference is, in two digits; version 3 always has five characters.
static bool take_signer(struct arena *a, struct taking *t, int base, struct seal *s) {
    struct text head, reference;
    if (s->version == 3 || base == FIXED) {
        if (!take_c40(a, t, FIXED_CHARS, &head) || head.n < FIXED_CHARS) return false;
        s->signer = text_slice(head, 0, SIGNER_CHARS);
        s->certificate = no_spaces(text_slice(head, SIGNER_CHARS, FIXED_CHARS));
        return true;
    }
    size_t length;
    if (!take_c40(a, t, SIGNER_CHARS + LENGTH_CHARS, &head) || head.n < SIGNER_CHARS + LENGTH_CHARS)
        return false;
    if (!number_of(text_slice(head, SIGNER_CHARS, SIGNER_CHARS + LENGTH_CHARS), base, &length)) return false;
    s->signer = text_slice(head, 0, SIGNER_CHARS);
    if (!length) return true;
    if (!take_c40(a, t, length, &reference) || reference.n < length) return false;
    s->certificate = text_slice(reference, 0, length);
    return true;
}

// Header (9303-13, 2.2). The length of the reference is hexadecimal. Two German signers write otherwise: that
// of administrative documents in decimal, that of arrival attestations once none at all, as in version 3.
static bool take_header(struct arena *a, struct taking *t, int base, struct seal *s) {
    if (take_byte(t) != MAGIC) return false;
    int version = take_byte(t);
    if (version != 2 && version != 3) return false;
    s->version = version + 1;
    if (!take_c40(a, t, 3, &s->country) || !take_signer(a, t, base, s)) return false;
    s->country = no_spaces(s->country);
    if (!take_date(t, &s->issued) || !take_date(t, &s->signed_on)) return false;
    s->definition = take_byte(t);
    s->type = take_byte(t);
    return !t->is_short;
}

// On failure *t says how the standard's own way ended.
static bool find_header(struct arena *a, struct bytes raw, struct taking *t, struct seal *s) {
    static const int BASES[] = {HEXADECIMAL, DECIMAL, FIXED};
    for (size_t i = 0; i < sizeof BASES / sizeof *BASES; i++) {
        struct taking now = {.rest = raw};
        struct seal found = {.profile = ""};
        bool ok = take_header(a, &now, BASES[i], &found);
        if (i == 0 || ok) *t = now, *s = found;
        if (ok) return true;
    }
    return false;
}

// ---- features

// The zone's lines; fillers at its end, which the seal leaves out, are put back.
static bool zone(struct arena *a, struct bytes b, size_t columns, struct text *out) {
    struct text t;
    if (!c40_decode(a, b, &t)) return false;
    char *p = arena_alloc(a, 2 * columns + 1);
    memset(p, '<', 2 * columns + 1);
    t = text_slice(t, 0, 2 * columns);
    for (size_t i = 0; i < t.n; i++) p[i + (i >= columns)] = t.p[i] == ' ' ? '<' : t.p[i];
    p[columns] = '\n';
    *out = (struct text){p, 2 * columns + 1};
    return true;
}

static bool day(struct arena *a, struct bytes b, struct text *out) {
    struct text t = text_of_bytes(b);
    struct date d;
    if (t.n != 8) return false;
    t = TEXT_JOIN(a, text_slice(t, 0, 4), T("-"), text_slice(t, 4, 6), T("-"), text_slice(t, 6, 8));
    *out = t;
    return date_parse(t, &d) == STATUS_OK && date_is_valid(d);
}

static bool number(struct arena *a, struct bytes b, struct text *out) {
    uint32_t n = 0;
    for (size_t i = 0; i < b.n && i < 4; i++) n = n << 8 | b.p[i];
    *out = text_printf(a, "%u", n);
    return b.n >= 1 && b.n <= 4;
}

static bool decode(struct arena *a, enum seal_coding coding, struct bytes b, struct text *out) {
    switch (coding) {
    case CODING_C40:
        if (!c40_decode(a, b, out)) return false;
        *out = no_spaces(*out);
        return true;
    case CODING_ZONE_72: return zone(a, b, 36, out);
    case CODING_ZONE_88: return zone(a, b, 44, out);
    case CODING_TEXT: *out = text_copy(a, text_of_bytes(b)); return !out->n || text_is_readable(*out);
    case CODING_NUMBER: return number(a, b, out);
    case CODING_ENTRIES:
        if (b.n == 1) *out = b.p[0] ? text_printf(a, "%d", b.p[0]) : T("*");
        return b.n == 1;
    case CODING_STAY: // 9303-13, appendix A: three times FF is "as the law says"
        if (b.n == 3) *out = text_printf(a, "P%dY%dM%dD", b.p[2], b.p[1], b.p[0]);
        return b.n == 3;
    case CODING_DAY: return day(a, b, out);
    case CODING_RAW: break;
    }
    *out = bytes_shown(a, b);
    return true;
}

// In a document that the table does not know: a zone whose check digits are all right is one.
static bool proves_itself(struct arena *a, const struct seal *s, struct bytes b, struct text *out) {
    struct mrz m;
    struct date today = date_is_full(s->issued) ? s->issued : s->signed_on;
    for (size_t columns = 36; b.n >= 44 && b.n <= 60 && date_is_full(today) && columns <= 44; columns += 8)
        if (zone(a, b, columns, out) && !mrz_read(a, *out, today, &m, NULL) && m.checks_ok && !m.fix_count)
            return true;
    return false;
}

// What cannot be decoded as its profile says is still shown, as it is.
static void add_feature(struct arena *a, struct seal *s, int tag, struct bytes b,
                        const struct seal_part *part) {
    struct seal_feature *f = ARENA_PUSH(a, s);
    *f = (struct seal_feature){.tag = tag, .word = "", .raw = b};
    if (part && decode(a, part->coding, b, &f->value))
        f->word = part->word;
    else if (!part && proves_itself(a, s, b, &f->value))
        f->word = "mrz";
    else
        f->value = bytes_shown(a, b);
    if (!strcmp(f->word, "mrz")) s->zone = f->value;
}

static const struct seal_part *part_of(const struct seal *s, const struct seal_profile *numbered, int tag) {
    const struct seal_part *part = seal_part_of(numbered, tag);
    return part ? part : seal_part_of(seal_profile_of(s->definition, s->type), tag);
}

// Tag, length (one byte), value; the signature last (9303-13, 2.3 and 2.5).
static bool take_features(struct arena *a, struct taking *t, struct bytes all, struct seal *s) {
    const struct seal_profile *profile = seal_profile_of(s->definition, s->type), *numbered = NULL;
    s->signed_part = all;
    while (t->rest.n && !s->signature.n) {
        size_t before = t->rest.n;
        int tag = take_byte(t), length = take_byte(t);
        struct bytes value = take(t, length < 0 ? 0 : (size_t)length);
        if (t->is_short || s->count == SEAL_FEATURES_MAX) return false;
        if (tag == SIGNATURE_TAG) {
            s->signed_part.n = all.n - before;
            s->signature = value;
            if (!value.n || t->rest.n) return false;
            break;
        }
        if (tag == 0 && profile && !numbered) numbered = seal_profile_numbered(value);
        add_feature(a, s, tag, value, part_of(s, numbered, tag));
    }
    s->profile = numbered ? numbered->word : profile ? profile->word : "";
    return true;
}

enum status seal_read(struct arena *a, struct bytes raw, struct seal *out, struct problem *p) {
    struct taking t = {.rest = raw};
    *out = (struct seal){.profile = ""};
    if (raw.n > SEAL_BYTES_MAX) return problem(p, "seal", "seal_too_long", "problem.seal.too_long");
    if (!raw.n || raw.p[0] != MAGIC) return problem(p, "seal", "seal_none", "problem.seal.none");
    if (!find_header(a, raw, &t, out))
        return problem(p, "seal", t.is_short ? "seal_cut" : "seal_header",
                       t.is_short ? "problem.seal.cut" : "problem.seal.header");
    if (!take_features(a, &t, raw, out)) return problem(p, "seal", "seal_cut", "problem.seal.cut");
    return STATUS_OK;
}
