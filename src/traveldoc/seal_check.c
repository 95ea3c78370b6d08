// The signature of a seal, with the certificate that the seal names.
#include <openssl/bn.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string.h>

#include "traveldoc/certificate.h"
#include "traveldoc/seal.h"

const char *seal_result_word(enum seal_result r) {
    static const char *const WORDS[SEAL_RESULT_COUNT] = {
        "genuine",         "not_signed", "no_certificate", "certificate_unreadable", "certificate_expired",
        "signature_wrong",
    };
    return r < SEAL_RESULT_COUNT ? WORDS[r] : "";
}

// 9303-13, 3: the country of the subject, its common name of two letters, and the serial number in
// hexadecimal without leading zeros.
static bool is_named(const struct seal *s, const struct certificate *c) {
    struct text country = text_slice(s->signer, 0, 2), name = text_slice(s->signer, 2, s->signer.n);
    struct text reference = s->certificate, serial = c->serial;
    while (reference.n > 1 && reference.p[0] == '0') reference = text_slice(reference, 1, reference.n);
    while (serial.n > 1 && serial.p[0] == '0') serial = text_slice(serial, 1, serial.n);
    return text_eq_nocase(country, c->country) && text_eq_nocase(name, c->common_name) &&
           text_eq_nocase(reference, serial);
}

// 9303-13, 2.5: r and s one after the other, each as long as the key.
static bool signature_der(struct bytes raw, uint8_t **der, int *n) {
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(raw.p, (int)raw.n / 2, NULL),
           *s = BN_bin2bn(raw.p + raw.n / 2, (int)raw.n / 2, NULL);
    bool ok = sig && r && s && raw.n % 2 == 0 && ECDSA_SIG_set0(sig, r, s);
    if (!ok) BN_free(r), BN_free(s);
    *der = NULL;
    *n = ok ? i2d_ECDSA_SIG(sig, der) : 0;
    ECDSA_SIG_free(sig);
    return *n > 0;
}

// 9303-12, 4.1.6: the hash is as strong as the key.
static const EVP_MD *hash_for(EVP_PKEY *key) {
    int bits = EVP_PKEY_get_bits(key);
    return bits <= 224   ? EVP_sha224()
           : bits <= 256 ? EVP_sha256()
           : bits <= 384 ? EVP_sha384()
                         : EVP_sha512();
}

static bool is_signed_by(const struct seal *s, EVP_PKEY *key) {
    uint8_t *der;
    int n;
    if (!EVP_PKEY_is_a(key, "EC") || !signature_der(s->signature, &der, &n)) return false;
    EVP_MD_CTX *c = EVP_MD_CTX_new();
    bool ok = c && EVP_DigestVerifyInit(c, NULL, hash_for(key), NULL, key) == 1 &&
              EVP_DigestVerify(c, der, (size_t)n, s->signed_part.p, s->signed_part.n) == 1;
    EVP_MD_CTX_free(c);
    OPENSSL_free(der);
    return ok;
}

enum seal_result seal_check(const struct seal *s, struct bytes certificate) {
    struct arena a = {0};
    struct certificate c;
    enum seal_result result = SEAL_GENUINE;
    if (!s->signature.n) return SEAL_NOT_SIGNED;
    if (!certificate.n) return SEAL_NO_CERTIFICATE;
    if (certificate_read(&a, certificate, &c)) return arena_free(&a), SEAL_CERTIFICATE_UNREADABLE;
    if (!is_named(s, &c))
        result = SEAL_NO_CERTIFICATE;
    else if (!is_signed_by(s, c.key))
        result = SEAL_SIGNATURE_WRONG;
    else if (s->signed_on.year && (date_cmp(s->signed_on, c.from) < 0 || date_cmp(s->signed_on, c.to) > 0))
        result = SEAL_CERTIFICATE_EXPIRED;
    certificate_free(&c);
    arena_free(&a);
    return result;
}
