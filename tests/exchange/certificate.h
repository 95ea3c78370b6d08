// certificate.h - a key and a certificate that it signed itself, as an authority may use for TLS.
#pragma once
#include <assert.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>

#include "base/text.h"

struct certificate {
    char certificate_file[200], key_file[200]; // PEM, in the folder given
    struct bytes certificate, key;             // the same
    struct bytes public_key;                   // SubjectPublicKeyInfo, DER
};

static inline struct bytes certificate_bytes(BIO *b, struct arena *a) {
    char *p;
    long n = BIO_get_mem_data(b, &p);
    struct bytes copy = bytes_copy(a, (struct bytes){(uint8_t *)p, (size_t)n});
    BIO_free(b);
    return copy;
}

static inline void certificate_write(const char *path, struct bytes b) {
    FILE *f = fopen(path, "w");
    assert(f);
    fwrite(b.p, 1, b.n, f);
    fclose(f);
}

static inline void certificate_make(struct certificate *out, const char *dir, unsigned number,
                                    struct arena *a) {
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    BIO *certificate = BIO_new(BIO_s_mem()), *private = BIO_new(BIO_s_mem());
    assert(key && x && certificate && private);
    ASN1_INTEGER_set(X509_get_serialNumber(x), (long)number);
    X509_gmtime_adj(X509_getm_notBefore(x), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x), 24 * 3600);
    X509_set_pubkey(x, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC, (const uint8_t *)"localhost", -1,
                               -1, 0);
    X509_set_issuer_name(x, X509_get_subject_name(x));
    X509_sign(x, key, EVP_sha256());
    PEM_write_bio_X509(certificate, x);
    PEM_write_bio_PrivateKey(private, key, NULL, NULL, 0, NULL, NULL);
    out->certificate = certificate_bytes(certificate, a);
    out->key = certificate_bytes(private, a);
    uint8_t *der = NULL;
    int n = i2d_PUBKEY(key, &der);
    out->public_key = bytes_copy(a, (struct bytes){der, (size_t)n});
    OPENSSL_free(der);
    X509_free(x);
    EVP_PKEY_free(key);
    snprintf(out->certificate_file, sizeof out->certificate_file, "%s/tls-%u.crt", dir, number);
    snprintf(out->key_file, sizeof out->key_file, "%s/tls-%u.key", dir, number);
    certificate_write(out->certificate_file, out->certificate);
    certificate_write(out->key_file, out->key);
}
