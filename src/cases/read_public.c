// read_public.c - what anybody may learn: is a letter genuine, and where does a case stand.
//
// Neither asks who it is, so neither gives anything personal: validity and kind of a letter for its code, the
// status word for tracking code and birth date. The doors above limit how often one may ask.
#include <sodium.h>
#include <string.h>

#include "cases/internal.h"

#include "base/encode.h"

static const struct sql LETTER_BY_CODE = SQL(
    "letter_by_code", "select kind, issued_at, replaced_at, valid_until from letter where code_hash = :hash");
static const struct sql TRACKED =
    SQL("tracked_case", "select status, changed_at, due_at from case_file where case_id = :case");

// Both halves of the key that signs letters; the caller wipes the secret.
static void letter_keys(struct cases *c, uint8_t public_key[crypto_sign_PUBLICKEYBYTES],
                        uint8_t secret[crypto_sign_SECRETKEYBYTES]) {
    struct key seed = key_derive(&c->letter_key, T("letter signature"));
    crypto_sign_seed_keypair(public_key, secret, seed.b);
    key_wipe(&seed);
}

struct bytes cases_letter_key(struct cases *c, struct arena *a) {
    uint8_t public_key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    letter_keys(c, public_key, secret);
    sodium_memzero(secret, sizeof secret);
    return bytes_copy(a, (struct bytes){public_key, sizeof public_key});
}

// The token in a letter's QR: CODE.YYYY-MM-DD.kind.signature. Whoever has the authority's public key can
// check it without the network; the page checks the code as well, which knows whether the letter still holds.
struct text letter_token(struct cases *c, struct arena *a, struct text code, struct date issued,
                         struct text kind) {
    uint8_t public_key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES],
        signature[crypto_sign_BYTES];
    letter_keys(c, public_key, secret);
    struct text body = TEXT_JOIN(a, code, T("."), date_print(a, issued), T("."), kind);
    crypto_sign_detached(signature, NULL, (const uint8_t *)body.p, body.n, secret);
    sodium_memzero(secret, sizeof secret);
    return TEXT_JOIN(a, c->site, T("/verify?t="), body, T("."),
                     base64url_encode(a, (struct bytes){signature, sizeof signature}));
}

// The code inside a token whose signature is right; the text itself when it is a bare code.
static struct text code_of(struct cases *c, struct arena *a, struct text t) {
    struct text parts[4], rest = t;
    size_t n = 0;
    while (n < 4 && text_cut(&rest, '.', &parts[n])) n++;
    if (n < 4) return code_normal(a, t);
    struct bytes signature;
    uint8_t public_key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    struct text body = text_slice(t, 0, t.n - parts[3].n - 1);
    if (rest.p || base64url_decode(a, parts[3], &signature) || signature.n != crypto_sign_BYTES)
        return (struct text){0};
    letter_keys(c, public_key, secret);
    sodium_memzero(secret, sizeof secret);
    bool genuine = crypto_sign_verify_detached(signature.p, (const uint8_t *)body.p, body.n, public_key) == 0;
    return genuine ? code_normal(a, parts[0]) : (struct text){0};
}

enum status cases_verify_letter(struct cases *c, struct text code, struct arena *a,
                                struct letter_check *out) {
    struct db *db;
    struct rows q;
    enum { TOKEN_MAX = 400 };
    *out = (struct letter_check){.validity = LETTER_UNKNOWN};
    struct text bare = code.n <= TOKEN_MAX ? code_of(c, a, text_trim(code)) : (struct text){0};
    if (!bare.n) return STATUS_OK;
    enum status st = store_reader(journal_store(c->journal), &db);
    if (st) return st;
    st = DB_ONE(db, &q, &LETTER_BY_CODE, V_TEXT(letter_code_hash(c, a, bare)));
    if (!st) {
        int64_t until = row_int(&q, 3);
        bool expired = until && until <= env_now(journal_env(c->journal)).ms;
        out->validity = row_int(&q, 2) ? LETTER_REPLACED : expired ? LETTER_EXPIRED : LETTER_VALID;
        out->kind = text_copy(a, row_text(&q, 0));
        out->issued = zone_date(c->zone, (struct moment){row_int(&q, 1)});
    }
    enum status end = rows_end(&q);
    store_reader_release(journal_store(c->journal), db);
    return st == STATUS_NOT_FOUND ? end : st ? st : end;
}

enum status cases_track(struct cases *c, struct text code, struct date birth, struct arena *a,
                        struct tracked_case *out) {
    struct db *db;
    struct rows q;
    int64_t case_id;
    *out = (struct tracked_case){0};
    enum status st = store_reader(journal_store(c->journal), &db);
    if (st) return st;
    st = tracking_find(db, code, birth, &case_id);
    if (!st) {
        st = DB_ONE(db, &q, &TRACKED, V_INT(case_id));
        if (!st) {
            out->status = text_copy(a, row_text(&q, 0));
            out->since.ms = row_int(&q, 1);
            out->due.ms = row_int(&q, 2) == DUE_NONE ? 0 : row_int(&q, 2);
        }
        enum status end = rows_end(&q);
        if (!st) st = end;
    }
    store_reader_release(journal_store(c->journal), db);
    return st;
}
