// authenticator.h - a passkey made of software: makes what a browser sends after create() and get().
#pragma once
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "access/internal.h"
#include "base/cbor.h"
#include "base/encode.h"
#include "base/json.h"
#include "check.h"

struct authenticator {
    EVP_PKEY *key;
    int algorithm;
    uint8_t credential[32];
    uint32_t count;
    uint8_t flags; // user present 1, verified 4
    const char *origin, *relying_party;
    const char *type; // NULL: the right one
    bool cross_origin;
    struct bytes user_handle;
};

static inline void authenticator_make(struct authenticator *t, int algorithm) {
    *t = (struct authenticator){.algorithm = algorithm,
                                .flags = 5,
                                .origin = "https://asylum.example",
                                .relying_party = "asylum.example",
                                .count = 1};
    if (algorithm == -7) t->key = EVP_EC_gen("P-256");
    if (algorithm == -8) t->key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    if (algorithm == -257) t->key = EVP_RSA_gen(2048);
    assert_non_null(t->key);
    env_random(env_real(), t->credential, sizeof t->credential);
}

static inline struct bytes der_param(struct arena *a, const EVP_PKEY *key, const char *name) {
    BIGNUM *n = NULL;
    assert_int_equal(EVP_PKEY_get_bn_param(key, name, &n), 1);
    uint8_t *p = arena_alloc(a, 512);
    struct bytes b = {p, (size_t)BN_num_bytes(n)};
    if (text_eq(text_of(name), T("e"))) b.n = 3;
    if (text_eq(text_of(name), T("qx")) || text_eq(text_of(name), T("qy"))) b.n = 32;
    assert_int_equal(BN_bn2binpad(n, p, (int)b.n), (int)b.n);
    BN_free(n);
    return b;
}

// COSE_Key (RFC 9052); our CBOR writer has no maps with number keys, so items are written one by one.
static inline void out_cose(struct out *o, struct arena *a, const struct authenticator *t) {
    uint8_t raw[32];
    size_t n = sizeof raw;
    if (t->algorithm == -7) {
        cbor_map(o, 5);
        cbor_int(o, 1), cbor_int(o, 2), cbor_int(o, 3), cbor_int(o, -7), cbor_int(o, -1), cbor_int(o, 1);
        cbor_int(o, -2), cbor_bytes(o, der_param(a, t->key, "qx"));
        cbor_int(o, -3), cbor_bytes(o, der_param(a, t->key, "qy"));
    } else if (t->algorithm == -8) {
        assert_int_equal(EVP_PKEY_get_raw_public_key(t->key, raw, &n), 1);
        cbor_map(o, 4);
        cbor_int(o, 1), cbor_int(o, 1), cbor_int(o, 3), cbor_int(o, -8), cbor_int(o, -1), cbor_int(o, 6);
        cbor_int(o, -2), cbor_bytes(o, (struct bytes){raw, n});
    } else {
        cbor_map(o, 4);
        cbor_int(o, 1), cbor_int(o, 3), cbor_int(o, 3), cbor_int(o, -257);
        cbor_int(o, -1), cbor_bytes(o, der_param(a, t->key, "n"));
        cbor_int(o, -2), cbor_bytes(o, der_param(a, t->key, "e"));
    }
}

static inline struct bytes auth_data(struct arena *a, const struct authenticator *t, bool with_key) {
    struct out o = {.arena = a};
    struct hash id = hash_of(bytes_of(text_of(t->relying_party)));
    out_text(&o, text_of_bytes(hash_bytes(&id)));
    out_byte(&o, (char)(t->flags | (with_key ? 0x40 : 0)));
    for (int shift = 24; shift >= 0; shift -= 8) out_byte(&o, (char)(t->count >> shift & 0xFF));
    if (with_key) {
        for (int i = 0; i < 16; i++) out_byte(&o, 0); // AAGUID
        out_byte(&o, 0), out_byte(&o, sizeof t->credential);
        out_text(&o, (struct text){(const char *)t->credential, sizeof t->credential});
        out_cose(&o, a, t);
    }
    return bytes_of(out_done(&o));
}

static inline struct bytes client_data(struct arena *a, const struct authenticator *t, const char *type,
                                       struct text challenge) {
    return bytes_of(text_printf(
        a, "{\"type\":\"%s\",\"challenge\":\"" TEXT_FMT "\",\"origin\":\"%s\",\"crossOrigin\":%s}",
        t->type ? t->type : type, TEXT_ARG(challenge), t->origin, t->cross_origin ? "true" : "false"));
}

static inline struct text credential_json(struct arena *a, const struct authenticator *t,
                                          struct text response) {
    struct bytes id = {t->credential, sizeof t->credential};
    struct text encoded = base64url_encode(a, id);
    return text_printf(a,
                       "{\"id\":\"" TEXT_FMT "\",\"rawId\":\"" TEXT_FMT
                       "\",\"type\":\"public-key\",\"response\":{" TEXT_FMT
                       "},\"clientExtensionResults\":{}}",
                       TEXT_ARG(encoded), TEXT_ARG(encoded), TEXT_ARG(response));
}

static inline struct text authenticator_create(struct arena *a, const struct authenticator *t,
                                               struct text challenge) {
    struct out o = {.arena = a};
    cbor_map(&o, 3);
    cbor_text(&o, T("fmt")), cbor_text(&o, T("none"));
    cbor_text(&o, T("attStmt")), cbor_map(&o, 0);
    cbor_text(&o, T("authData")), cbor_bytes(&o, auth_data(a, t, true));
    struct text client = base64url_encode(a, client_data(a, t, "webauthn.create", challenge));
    struct text object = base64url_encode(a, bytes_of(out_done(&o)));
    return credential_json(
        a, t,
        text_printf(a, "\"clientDataJSON\":\"" TEXT_FMT "\",\"attestationObject\":\"" TEXT_FMT "\"",
                    TEXT_ARG(client), TEXT_ARG(object)));
}

static inline struct bytes sign(struct arena *a, const struct authenticator *t, struct bytes data) {
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    size_t n = 512;
    uint8_t *p = arena_alloc(a, n);
    assert_int_equal(EVP_DigestSignInit(c, NULL, t->algorithm == -8 ? NULL : EVP_sha256(), NULL, t->key), 1);
    assert_int_equal(EVP_DigestSign(c, p, &n, data.p, data.n), 1);
    EVP_MD_CTX_free(c);
    return (struct bytes){p, n};
}

static inline struct text authenticator_get(struct arena *a, struct authenticator *t, struct text challenge) {
    t->count++;
    struct bytes auth = auth_data(a, t, false), client = client_data(a, t, "webauthn.get", challenge);
    struct hash hash = hash_of(client);
    struct text both = TEXT_JOIN(a, text_of_bytes(auth), text_of_bytes(hash_bytes(&hash)));
    struct bytes signature = sign(a, t, bytes_of(both));
    return credential_json(
        a, t,
        text_printf(a,
                    "\"clientDataJSON\":\"" TEXT_FMT "\",\"authenticatorData\":\"" TEXT_FMT
                    "\",\"signature\":\"" TEXT_FMT "\",\"userHandle\":\"" TEXT_FMT "\"",
                    TEXT_ARG(base64url_encode(a, client)), TEXT_ARG(base64url_encode(a, auth)),
                    TEXT_ARG(base64url_encode(a, signature)), TEXT_ARG(base64url_encode(a, t->user_handle))));
}

static inline void authenticator_free(struct authenticator *t) {
    EVP_PKEY_free(t->key);
}
