// contact.c - e-mail addresses, phone numbers and printed sign-in names: recognised, normalised, hashed,
// sealed, proved.
#include <string.h>

#include "access/internal.h"

enum {
    PHONE_DIGITS_MIN = 8,
    PHONE_DIGITS_MAX = 15,
    NAME_GROUPS_CHARS = 14,
    LOCAL_MAX = 64
}; // E.164; "ABCD-EFGH-JKMN"

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
    for (size_t i = 0; i < t.n; i++)
        p[i] = t.p[i] >= 'A' && t.p[i] <= 'Z' ? (char)(t.p[i] - 'A' + 'a') : t.p[i];
    return (struct text){p, t.n};
}

// "+48 22 555-01-23" and "0048 ..." become "+48225550123".
static bool read_phone(struct arena *a, struct text t, struct text *normal) {
    struct out o = {.arena = a};
    if (text_starts(t, T("00")))
        t = text_slice(t, 2, t.n);
    else if (text_starts(t, T("+")))
        t = text_slice(t, 1, t.n);
    else
        return false;
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

enum status contact_unseal(const struct access *x, struct arena *a, struct bytes sealed,
                           struct text *normal) {
    struct bytes plain;
    enum status st = unseal(a, &x->contact_key, sealed, bytes_of(T("contact")), &plain);
    if (!st) *normal = text_of_bytes(plain);
    return st;
}

// ---- proving a contact ----

static const enum challenge_purpose PURPOSES[] = {
    [CODE_SIGN_UP] = CHALLENGE_SIGN_UP,
    [CODE_ADD_CONTACT] = CHALLENGE_ADD_CONTACT,
    [CODE_RESET_PASSWORD] = CHALLENGE_RESET,
};

// The account that has this contact (0 = none), and whether it may reset its password by a sent code.
static enum status contact_owner(struct access *x, const struct hash *lookup, struct arena *a,
                                 int64_t *account, bool *may_reset) {
    struct db *db;
    struct account_row row;
    enum status st = reading_begin(x, &db);
    if (st) return st;
    st = account_by_lookup(db, lookup, account);
    if (!st) st = account_load(db, *account, a, &row);
    reading_end(x, db);
    *may_reset = !st && !row.is_closed && row.kind != ACTOR_STAFF && row.kind != ACTOR_PARTNER;
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static enum status ask_for_code(struct access *x, const struct source *from, const struct hash *lookup,
                                struct arena *a, struct problem *p) {
    struct text key = text_of_bytes(bytes_copy(a, hash_bytes(lookup)));
    int64_t wait;
    enum status st = limits_take(x, "code_source", from->address, &wait);
    if (!st && !wait) st = limits_take(x, "code", key, &wait);
    return st ? st : wait ? problem_wait(p, "contact", a, wait) : STATUS_OK;
}

enum status access_contact_code(struct access *x, const struct source *from, enum code_use use,
                                struct text typed, struct arena *a, struct contact_code *out,
                                struct problem *p) {
    enum contact_kind kind;
    struct text normal;
    int64_t owner = 0;
    bool may_reset = false;
    enum status st = contact_read(a, typed, "contact", &kind, &normal, p);
    if (!st && kind == CONTACT_NAME) st = problem(p, "contact", "contact_invalid", "problem.contact.invalid");
    if (st) return st;
    struct hash lookup = contact_lookup(x, kind, normal);
    st = ask_for_code(x, from, &lookup, a, p);
    if (!st) st = contact_owner(x, &lookup, a, &owner, &may_reset);
    if (st) return st;
    bool is_useful = use == CODE_RESET_PASSWORD ? may_reset : owner == 0;
    struct challenge c = {.purpose = PURPOSES[use],
                          .account = use == CODE_RESET_PASSWORD ? owner : 0,
                          .contact_kind = kind,
                          .lookup = lookup,
                          .sealed = contact_seal(x, a, normal),
                          .ends_at = {env_now(x->env).ms + CODE_MS}};
    struct text code = challenge_digits(x, a);
    *out = (struct contact_code){.kind = kind, .to = normal, .code = is_useful ? code : T("")};
    return challenge_make(x, &c, out->code, a, &out->challenge);
}
