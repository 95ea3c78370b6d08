// webauthn.c - what a browser says about a passkey (WebAuthn Level 3, 7.1 and 7.2), checked with libfido2.
//
// Pure: no database, no clock. Everything here comes from outside and is bounded.
#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>
#include <sodium.h>
#include <string.h>

#include "access/internal.h"
#include "base/cbor.h"
#include "base/encode.h"
#include "base/json.h"

enum {
    AUTHDATA_FLAGS_AT = 32, // after the hash of the relying party's id
    AUTHDATA_BYTES_MIN = 37,
    FLAG_USER_PRESENT = 0x01,
    FLAG_USER_VERIFIED = 0x04,
    FLAG_HAS_CREDENTIAL = 0x40,
    FLAG_HAS_EXTENSIONS = 0x80,
    CREDENTIAL_HEAD_BYTES = 18, // AAGUID and the length of the id
    SIGNATURE_MAX = 1024,
    USER_HANDLE_MAX = 64,
};

static enum status bad_form(struct problem *p) {
    return problem(p, "passkey", "passkey_form", "problem.passkey.form");
}
static enum status bad_key(struct problem *p, const char *rule) {
    return problem(p, "passkey", rule, "problem.passkey.refused");
}

// ---- JSON ----

static enum status decode_member(struct arena *a, const json_t *object, const char *name, size_t max,
                                 struct bytes *out, struct problem *p) {
    struct text encoded = json_text(object, name, T(""));
    while (encoded.n && encoded.p[encoded.n - 1] == '=') encoded.n--;
    if (base64url_decode(a, encoded, out) != STATUS_OK || out->n > max) return bad_form(p);
    return STATUS_OK;
}

static enum status read_credential(struct text in, json_t **document, const json_t **response,
                                   struct problem *p) {
    if (json_read(in, PASSKEY_JSON_MAX, document, NULL) != STATUS_OK) return bad_form(p);
    *response = json_object_get(*document, "response");
    if (!json_is_object(*response) || !text_eq(json_text(*document, "type", T("")), T("public-key")))
        return bad_form(p);
    return STATUS_OK;
}

// ---- client data (WebAuthn 5.8.1) ----

static bool fits_challenge(struct arena *a, const json_t *client, struct bytes challenge) {
    struct bytes given;
    if (base64url_decode(a, json_text(client, "challenge", T("")), &given) != STATUS_OK) return false;
    return given.n == challenge.n && sodium_memcmp(given.p, challenge.p, given.n) == 0;
}

static enum status check_client_data(struct arena *a, const struct passkey_rules *rules, struct text type,
                                     struct bytes challenge, struct bytes client_data, struct problem *p) {
    json_t *client;
    if (json_read(text_of_bytes(client_data), PASSKEY_CLIENT_DATA_MAX, &client, NULL) != STATUS_OK)
        return bad_form(p);
    enum status st = STATUS_OK;
    if (!text_eq(json_text(client, "type", T("")), type))
        st = bad_key(p, "passkey_type");
    else if (!fits_challenge(a, client, challenge))
        st = bad_key(p, "passkey_challenge");
    else if (!text_eq(json_text(client, "origin", T("")), rules->origin))
        st = bad_key(p, "passkey_origin");
    else if (json_flag(client, "crossOrigin", false))
        st = bad_key(p, "passkey_origin");
    json_decref(client);
    return st;
}

// ---- authenticator data (WebAuthn 6.1) ----

// Walks over the CBOR with our own bounded reader first: libcbor reserves memory for as many pairs as a head
// claims.
static bool has_good_shape(struct bytes authdata) {
    uint8_t flags = authdata.p[AUTHDATA_FLAGS_AT];
    struct bytes rest = {authdata.p + AUTHDATA_BYTES_MIN, authdata.n - AUTHDATA_BYTES_MIN};
    struct cbor_item item;
    if (flags & FLAG_HAS_CREDENTIAL) {
        if (rest.n < CREDENTIAL_HEAD_BYTES) return false;
        size_t id = (size_t)rest.p[16] << 8 | rest.p[17];
        if (rest.n - CREDENTIAL_HEAD_BYTES < id) return false;
        rest = (struct bytes){rest.p + CREDENTIAL_HEAD_BYTES + id, rest.n - CREDENTIAL_HEAD_BYTES - id};
    }
    struct cbor_reader r = cbor_reader(rest);
    if ((flags & FLAG_HAS_CREDENTIAL) && (cbor_skip(&r, &item) != STATUS_OK || item.kind != CBOR_MAP))
        return false;
    if ((flags & FLAG_HAS_EXTENSIONS) && (cbor_skip(&r, &item) != STATUS_OK || item.kind != CBOR_MAP))
        return false;
    return r.at == r.end;
}

static enum status check_authdata(const struct passkey_rules *rules, struct bytes authdata,
                                  struct problem *p) {
    if (authdata.n < AUTHDATA_BYTES_MIN || !has_good_shape(authdata)) return bad_form(p);
    struct hash id = hash_of(bytes_of(rules->relying_party));
    if (memcmp(authdata.p, id.b, HASH_BYTES) != 0) return bad_key(p, "passkey_relying_party");
    if (!(authdata.p[AUTHDATA_FLAGS_AT] & FLAG_USER_PRESENT)) return bad_key(p, "passkey_presence");
    return STATUS_OK;
}

// libfido2 wants the algorithm before it reads; there are three.
static bool read_key(struct arena *a, int algorithm, struct bytes authdata, struct passkey_key *out) {
    fido_cred_t *cred = fido_cred_new();
    if (!cred) return false;
    bool ok = fido_cred_set_type(cred, algorithm) == FIDO_OK &&
              fido_cred_set_authdata_raw(cred, authdata.p, authdata.n) == FIDO_OK &&
              fido_cred_id_len(cred) > 0 && fido_cred_id_len(cred) <= PASSKEY_CREDENTIAL_MAX &&
              fido_cred_pubkey_len(cred) > 0;
    if (ok) {
        struct bytes id = {fido_cred_id_ptr(cred), fido_cred_id_len(cred)};
        struct bytes key = {fido_cred_pubkey_ptr(cred), fido_cred_pubkey_len(cred)};
        *out = (struct passkey_key){.credential = bytes_copy(a, id),
                                    .algorithm = algorithm,
                                    .public_key = bytes_copy(a, key),
                                    .sign_count = fido_cred_sigcount(cred),
                                    .user_verified = fido_cred_flags(cred) & FLAG_USER_VERIFIED};
    }
    fido_cred_free(&cred);
    return ok;
}

static enum status read_attested(struct arena *a, const struct passkey_rules *rules, struct bytes attestation,
                                 struct passkey_key *out, struct problem *p) {
    static const int ALGORITHMS[] = {COSE_ES256, COSE_EDDSA, COSE_RS256};
    struct cbor_item item;
    // The attestation statement is not looked at: any make of authenticator may be used (conveyance "none").
    if (cbor_get(attestation, T("authData"), &item) != STATUS_OK || item.kind != CBOR_BYTES ||
        item.bytes.n > PASSKEY_AUTHDATA_MAX)
        return bad_form(p);
    enum status st = check_authdata(rules, item.bytes, p);
    if (st) return st;
    if (!(item.bytes.p[AUTHDATA_FLAGS_AT] & FLAG_HAS_CREDENTIAL)) return bad_form(p);
    for (size_t i = 0; i < sizeof ALGORITHMS / sizeof *ALGORITHMS; i++)
        if (read_key(a, ALGORITHMS[i], item.bytes, out)) return STATUS_OK;
    return bad_key(p, "passkey_algorithm");
}

enum status passkey_read_registration(struct arena *a, const struct passkey_rules *rules,
                                      struct bytes challenge, struct text json, struct passkey_key *out,
                                      struct problem *p) {
    json_t *document = NULL;
    const json_t *response;
    struct bytes id, client_data, attestation;
    enum status st = read_credential(json, &document, &response, p);
    if (!st) st = decode_member(a, document, "id", PASSKEY_CREDENTIAL_MAX, &id, p);
    if (!st) st = decode_member(a, response, "clientDataJSON", PASSKEY_CLIENT_DATA_MAX, &client_data, p);
    if (!st) st = decode_member(a, response, "attestationObject", PASSKEY_JSON_MAX, &attestation, p);
    json_decref(document);
    if (!st) st = check_client_data(a, rules, T("webauthn.create"), challenge, client_data, p);
    if (!st) st = read_attested(a, rules, attestation, out, p);
    if (!st && (id.n != out->credential.n || memcmp(id.p, out->credential.p, id.n) != 0)) st = bad_form(p);
    return st;
}

enum status passkey_read_assertion(struct arena *a, struct text json, struct passkey_assertion *out,
                                   struct problem *p) {
    json_t *document = NULL;
    const json_t *response;
    *out = (struct passkey_assertion){0};
    enum status st = read_credential(json, &document, &response, p);
    if (!st) st = decode_member(a, document, "id", PASSKEY_CREDENTIAL_MAX, &out->credential, p);
    if (!st) st = decode_member(a, response, "clientDataJSON", PASSKEY_CLIENT_DATA_MAX, &out->client_data, p);
    if (!st)
        st = decode_member(a, response, "authenticatorData", PASSKEY_AUTHDATA_MAX, &out->authenticator_data,
                           p);
    if (!st) st = decode_member(a, response, "signature", SIGNATURE_MAX, &out->signature, p);
    if (!st && json_is_string(json_object_get(response, "userHandle")))
        st = decode_member(a, response, "userHandle", USER_HANDLE_MAX, &out->user_handle, p);
    json_decref(document);
    if (!st && (!out->credential.n || !out->signature.n)) st = bad_form(p);
    return st;
}

// ---- the signature ----

static int verify_with_key(const fido_assert_t *assertion, const struct passkey_key *key) {
    int rc = FIDO_ERR_INTERNAL;
    if (key->algorithm == COSE_ES256) {
        es256_pk_t *pk = es256_pk_new();
        if (pk && (rc = es256_pk_from_ptr(pk, key->public_key.p, key->public_key.n)) == FIDO_OK)
            rc = fido_assert_verify(assertion, 0, key->algorithm, pk);
        es256_pk_free(&pk);
    } else if (key->algorithm == COSE_EDDSA) {
        eddsa_pk_t *pk = eddsa_pk_new();
        if (pk && (rc = eddsa_pk_from_ptr(pk, key->public_key.p, key->public_key.n)) == FIDO_OK)
            rc = fido_assert_verify(assertion, 0, key->algorithm, pk);
        eddsa_pk_free(&pk);
    } else if (key->algorithm == COSE_RS256) {
        rs256_pk_t *pk = rs256_pk_new();
        if (pk && (rc = rs256_pk_from_ptr(pk, key->public_key.p, key->public_key.n)) == FIDO_OK)
            rc = fido_assert_verify(assertion, 0, key->algorithm, pk);
        rs256_pk_free(&pk);
    }
    return rc;
}

static bool signature_fits(struct arena *a, const struct passkey_rules *rules,
                           const struct passkey_assertion *given, const struct passkey_key *key) {
    struct hash client = hash_of(given->client_data);
    fido_assert_t *assertion = fido_assert_new();
    if (!assertion) return false;
    bool ok = fido_assert_set_rp(assertion, text_c(a, rules->relying_party)) == FIDO_OK &&
              fido_assert_set_clientdata_hash(assertion, client.b, HASH_BYTES) == FIDO_OK &&
              fido_assert_set_count(assertion, 1) == FIDO_OK &&
              fido_assert_set_up(assertion, FIDO_OPT_TRUE) == FIDO_OK &&
              fido_assert_set_authdata_raw(assertion, 0, given->authenticator_data.p,
                                           given->authenticator_data.n) == FIDO_OK &&
              fido_assert_set_sig(assertion, 0, given->signature.p, given->signature.n) == FIDO_OK &&
              verify_with_key(assertion, key) == FIDO_OK;
    fido_assert_free(&assertion);
    return ok;
}

static int64_t sign_count_of(struct bytes authdata) {
    const uint8_t *p = authdata.p + AUTHDATA_FLAGS_AT + 1;
    return (int64_t)p[0] << 24 | (int64_t)p[1] << 16 | (int64_t)p[2] << 8 | p[3];
}

enum status passkey_verify(struct arena *a, const struct passkey_rules *rules, struct bytes challenge,
                           const struct passkey_assertion *given, const struct passkey_key *key,
                           int64_t *sign_count, bool *user_verified, struct problem *p) {
    enum status st = check_client_data(a, rules, T("webauthn.get"), challenge, given->client_data, p);
    if (!st) st = check_authdata(rules, given->authenticator_data, p);
    if (st) return st;
    if (!signature_fits(a, rules, given, key)) return bad_key(p, "passkey_signature");
    *sign_count = sign_count_of(given->authenticator_data);
    *user_verified = given->authenticator_data.p[AUTHDATA_FLAGS_AT] & FLAG_USER_VERIFIED;
    // 7.2 step 22: a counter that does not grow may mean a copied authenticator. Zero means it has none.
    if ((*sign_count || key->sign_count) && *sign_count <= key->sign_count)
        return bad_key(p, "passkey_counter");
    return STATUS_OK;
}
