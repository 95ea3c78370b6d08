// contact.c - e-mail addresses, phone numbers and printed sign-in names: recognised, normalised, hashed, sealed.
#include <string.h>

#include "access/internal.h"

enum { PHONE_DIGITS_MIN = 8, PHONE_DIGITS_MAX = 15, NAME_GROUPS_CHARS = 14, LOCAL_MAX = 64 };  // E.164; "ABCD-EFGH-JKMN"

static bool is_email(struct text t) {
    struct text rest = t, local, domain;
    if (!text_cut(&rest, '@', &local) || !text_cut(&rest, '@', &domain) || rest.p) return false;
    size_t dot;
    if (!local.n || local.n > LOCAL_MAX || !domain.n || !text_find(domain, T("."), &dot)) return false;
    if (domain.p[0] == '.' || domain.p[domain.n - 1] == '.' || domain.p[0] == '-') return false;
    if (text_find(domain, T(".."), &dot)) return false;
    for (size_t i = 0; i < t.n; i++) {
        unsigned char c = (unsigned char)t.p[i];
        if (c <= ' ' || c == 0x7F || strchr("<>()[],;:\\\"", c)) return false;
    }
    return text_is_utf8(t);
}

static struct text lower(struct arena *a, struct text t) {
    char *p = arena_alloc(a, t.n + 1);
    for (size_t i = 0; i < t.n; i++) p[i] = t.p[i] >= 'A' && t.p[i] <= 'Z' ? (char)(t.p[i] - 'A' + 'a') : t.p[i];
    return (struct text){p, t.n};
}

// "+48 22 555-01-23" and "0048 ..." become "+48225550123".
static bool read_phone(struct arena *a, struct text t, struct text *normal) {
    struct out o = {.arena = a};
    if (text_starts(t, T("00"))) t = text_slice(t, 2, t.n);
    else if (text_starts(t, T("+"))) t = text_slice(t, 1, t.n);
    else return false;
    out_byte(&o, '+');
    for (size_t i = 0; i < t.n; i++) {
        char c = t.p[i];
        if (strchr(" -.()/", c) && c) continue;
        if (c < '0' || c > '9' || (o.n == 1 && c == '0')) return false;
        out_byte(&o, c);
    }
    *normal = out_done(&o);
    return normal->n - 1 >= PHONE_DIGITS_MIN && normal->n - 1 <= PHONE_DIGITS_MAX;
}

enum status contact_read(struct arena *a, struct text typed, const char *field, enum contact_kind *kind,
                         struct text *normal, struct problem *p) {
    struct text t = text_trim(typed);
    *kind = CONTACT_NONE;
    *normal = T("");
    if (t.n && t.n <= CONTACT_BYTES_MAX) {
        size_t at;
        struct text name;
        if (text_find(t, T("@"), &at)) {
            if (is_email(t)) *kind = CONTACT_EMAIL;
            *normal = lower(a, t);
        } else if (t.p[0] == '+' || text_starts(t, T("00"))) {
            if (read_phone(a, t, normal)) *kind = CONTACT_PHONE;
        } else if ((name = code_normal(a, t)).n == NAME_GROUPS_CHARS) {
            *kind = CONTACT_NAME;
            *normal = name;
        }
    }
    if (*kind != CONTACT_NONE) return STATUS_OK;
    *normal = T("");
    return problem(p, field, "contact_invalid", "problem.contact.invalid");
}

struct hash contact_lookup(const struct access *x, enum contact_kind kind, struct text normal) {
    struct arena a = {0};
    struct text both = text_printf(&a, "%d:" TEXT_FMT, (int)kind, TEXT_ARG(normal));
    struct hash h = hash_keyed(&x->lookup_key, bytes_of(both));
    arena_free(&a);
    return h;
}

struct bytes contact_seal(const struct access *x, struct arena *a, struct text normal) {
    return seal(a, x->env, &x->contact_key, bytes_of(normal), bytes_of(T("contact")));
}

enum status contact_unseal(const struct access *x, struct arena *a, struct bytes sealed, struct text *normal) {
    struct bytes plain;
    enum status st = unseal(a, &x->contact_key, sealed, bytes_of(T("contact")), &plain);
    if (!st) *normal = text_of_bytes(plain);
    return st;
}
