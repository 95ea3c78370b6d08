// access_passkey.c - what a browser says about a passkey: JSON, client data, CBOR, COSE keys, signatures.
//
// First byte: 0 a registration as JSON, 1 an assertion as JSON, 2 bytes as attestation object, 3 bytes after
// a good head of authenticator data, 4 bytes as signature. 2 to 4 reach the inner parsers without guessing
// base64.
#include "access/internal.h"
#include "base/cbor.h"
#include "base/encode.h"

static const struct passkey_rules RULES = {{"https://asylum.example", 22}, {"asylum.example", 14}};
static const uint8_t CHALLENGE[PASSKEY_CHALLENGE_BYTES] = {1, 2, 3};
static const uint8_t CREDENTIAL[4] = {9, 9, 9, 9};

static struct text client_data(struct arena *a, const char *type) {
    struct text challenge = base64url_encode(a, (struct bytes){CHALLENGE, sizeof CHALLENGE});
    struct text json = text_printf(
        a, "{\"type\":\"%s\",\"challenge\":\"" TEXT_FMT "\",\"origin\":\"https://asylum.example\"}", type,
        TEXT_ARG(challenge));
    return base64url_encode(a, bytes_of(json));
}

static struct bytes head(struct arena *a, uint8_t flags, struct bytes rest) {
    struct hash id = hash_of(bytes_of(RULES.relying_party));
    struct out o = {.arena = a};
    out_text(&o, text_of_bytes((struct bytes){id.b, HASH_BYTES}));
    out_byte(&o, (char)flags);
    out_text(&o, text_of_bytes(rest));
    return bytes_of(out_done(&o));
}

static struct text with_attestation(struct arena *a, struct bytes object) {
    return text_printf(
        a,
        "{\"id\":\"CQkJCQ\",\"type\":\"public-key\",\"response\":{\"clientDataJSON\":\"" TEXT_FMT
        "\",\"attestationObject\":\"" TEXT_FMT "\"}}",
        TEXT_ARG(client_data(a, "webauthn.create")), TEXT_ARG(base64url_encode(a, object)));
}

static struct bytes attestation_of(struct arena *a, struct bytes authdata) {
    struct out o = {.arena = a};
    cbor_map(&o, 1);
    cbor_text(&o, T("authData"));
    cbor_bytes(&o, authdata);
    return bytes_of(out_done(&o));
}

static void register_it(struct arena *a, struct text json) {
    struct passkey_key key;
    struct problem p;
    if (passkey_read_registration(a, &RULES, (struct bytes){CHALLENGE, sizeof CHALLENGE}, json, &key, &p))
        return;
    if (!key.credential.n || !key.public_key.n) __builtin_trap();
}

static void assert_it(struct arena *a, struct text json) {
    static const uint8_t KEY[64] = {4};
    struct passkey_key key = {{CREDENTIAL, sizeof CREDENTIAL}, -7, {KEY, sizeof KEY}, 0, false};
    struct passkey_assertion given;
    struct problem p;
    int64_t count;
    bool verified;
    if (passkey_read_assertion(a, json, &given, &p)) return;
    // Nobody has the private key: nothing may verify.
    if (!passkey_verify(a, &RULES, (struct bytes){CHALLENGE, sizeof CHALLENGE}, &given, &key, &count,
                        &verified, &p))
        __builtin_trap();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!size) return 0;
    struct arena a = {0};
    struct bytes rest = {data + 1, size - 1};
    if (data[0] == 0) register_it(&a, text_of_bytes(rest));
    if (data[0] == 1) assert_it(&a, text_of_bytes(rest));
    if (data[0] == 2) register_it(&a, with_attestation(&a, rest));
    if (data[0] == 3) register_it(&a, with_attestation(&a, attestation_of(&a, head(&a, 0x45, rest))));
    if (data[0] == 4) {
        static const uint8_t COUNT[4] = {0, 0, 0, 1};
        struct bytes authdata = head(&a, 0x05, (struct bytes){COUNT, sizeof COUNT});
        assert_it(
            &a, text_printf(
                    &a,
                    "{\"id\":\"CQkJCQ\",\"type\":\"public-key\",\"response\":{\"clientDataJSON\":\"" TEXT_FMT
                    "\",\"authenticatorData\":\"" TEXT_FMT "\",\"signature\":\"" TEXT_FMT "\"}}",
                    TEXT_ARG(client_data(&a, "webauthn.get")), TEXT_ARG(base64url_encode(&a, authdata)),
                    TEXT_ARG(base64url_encode(&a, rest))));
    }
    arena_free(&a);
    return 0;
}
