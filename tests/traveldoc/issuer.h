// issuer.h - a state that never was: keys, certificates, lists of revoked ones and signed data, made in
// memory.
#pragma once
#include <openssl/cms.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "check.h"

struct issued {
    X509 *x509;
    EVP_PKEY *key;
};

static inline EVP_PKEY *new_ec_key(const char *curve, bool explicit_parameters) {
    EVP_PKEY_CTX *c = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    EVP_PKEY *key = NULL;
    assert_true(EVP_PKEY_keygen_init(c) == 1 && EVP_PKEY_CTX_set_group_name(c, curve) == 1);
    if (explicit_parameters) assert_true(EVP_PKEY_CTX_set_ec_param_enc(c, OPENSSL_EC_EXPLICIT_CURVE) == 1);
    assert_true(EVP_PKEY_keygen(c, &key) == 1);
    EVP_PKEY_CTX_free(c);
    return key;
}

static inline void name_it(X509_NAME *n, const char *country, const char *common_name) {
    X509_NAME_add_entry_by_txt(n, "C", MBSTRING_UTF8, (const uint8_t *)country, -1, -1, 0);
    X509_NAME_add_entry_by_txt(n, "CN", MBSTRING_UTF8, (const uint8_t *)common_name, -1, -1, 0);
}

static inline void add_extension(X509 *x, X509 *issuer, int nid, const char *value) {
    X509V3_CTX c;
    X509V3_set_ctx(&c, issuer, x, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &c, nid, value);
    assert_non_null(e);
    X509_add_ext(x, e, -1);
    X509_EXTENSION_free(e);
}

// `by` NULL: signed by itself. Days count from now.
struct certificate_wish {
    const char *country, *common_name;
    long serial;
    int from_days, to_days;
    bool is_ca, pss;
};

static inline void sign_certificate(X509 *x, EVP_PKEY *key, bool pss) {
    EVP_MD_CTX *m = EVP_MD_CTX_new();
    EVP_PKEY_CTX *k = NULL;
    assert_true(EVP_DigestSignInit(m, &k, EVP_sha256(), NULL, key) == 1);
    if (pss)
        assert_true(EVP_PKEY_CTX_set_rsa_padding(k, RSA_PKCS1_PSS_PADDING) == 1 &&
                    EVP_PKEY_CTX_set_rsa_pss_saltlen(k, RSA_PSS_SALTLEN_DIGEST) == 1);
    assert_true(X509_sign_ctx(x, m) > 0);
    EVP_MD_CTX_free(m);
}

static inline struct issued issue(const struct certificate_wish *w, EVP_PKEY *key, const struct issued *by) {
    X509 *x = X509_new();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), w->serial);
    X509_gmtime_adj(X509_getm_notBefore(x), (long)w->from_days * 86400);
    X509_gmtime_adj(X509_getm_notAfter(x), (long)w->to_days * 86400);
    X509_set_pubkey(x, key);
    name_it(X509_get_subject_name(x), w->country, w->common_name);
    X509 *issuer = by ? by->x509 : x;
    X509_set_issuer_name(x, X509_get_subject_name(issuer));
    add_extension(x, issuer, NID_basic_constraints,
                  w->is_ca ? "critical,CA:TRUE,pathlen:0" : "critical,CA:FALSE");
    add_extension(x, issuer, NID_subject_key_identifier, "hash");
    add_extension(x, issuer, NID_authority_key_identifier, "keyid");
    sign_certificate(x, by ? by->key : key, w->pss);
    return (struct issued){x, key};
}

static inline void issued_free(struct issued *i) {
    X509_free(i->x509);
    EVP_PKEY_free(i->key);
}

static inline struct bytes der_of(struct arena *a, X509 *x) {
    uint8_t *der = NULL;
    int n = i2d_X509(x, &der);
    struct bytes b = bytes_copy(a, (struct bytes){der, (size_t)n});
    OPENSSL_free(der);
    return b;
}

static inline struct bytes crl_of(struct arena *a, const struct issued *ca, long serial, int next_days) {
    X509_CRL *crl = X509_CRL_new();
    ASN1_TIME *t = X509_gmtime_adj(NULL, -86400L);
    X509_CRL_set_version(crl, 1);
    X509_CRL_set_issuer_name(crl, X509_get_subject_name(ca->x509));
    X509_CRL_set1_lastUpdate(crl, t);
    X509_gmtime_adj(t, (long)next_days * 86400);
    X509_CRL_set1_nextUpdate(crl, t);
    if (serial) {
        X509_REVOKED *r = X509_REVOKED_new();
        ASN1_INTEGER *n = ASN1_INTEGER_new();
        ASN1_INTEGER_set(n, serial);
        X509_gmtime_adj(t, -3600);
        X509_REVOKED_set_serialNumber(r, n);
        X509_REVOKED_set_revocationDate(r, t);
        X509_CRL_add0_revoked(crl, r);
        ASN1_INTEGER_free(n);
    }
    ASN1_TIME_free(t);
    assert_true(X509_CRL_sign(crl, ca->key, EVP_sha256()) > 0);
    uint8_t *der = NULL;
    int n = i2d_X509_CRL(crl, &der);
    struct bytes b = bytes_copy(a, (struct bytes){der, (size_t)n});
    OPENSSL_free(der);
    X509_CRL_free(crl);
    return b;
}

// One element of DER.
static inline struct bytes der(struct arena *a, uint8_t tag, struct bytes value) {
    struct out o = {.arena = a};
    out_byte(&o, (char)tag);
    if (value.n > 0xFF)
        out_byte(&o, (char)0x82), out_byte(&o, (char)(value.n >> 8));
    else if (value.n > 0x7F)
        out_byte(&o, (char)0x81);
    out_byte(&o, (char)value.n);
    out_text(&o, text_of_bytes(value));
    return bytes_of(out_done(&o));
}

static inline struct bytes join(struct arena *a, struct bytes x, struct bytes y) {
    return bytes_of(TEXT_JOIN(a, text_of_bytes(x), text_of_bytes(y)));
}

// SignedData over `content` with the type `oid`. `more` (may be NULL) goes into its certificates too.
static inline struct bytes signed_data(struct arena *a, const char *oid, struct bytes content,
                                       const struct issued *signer, X509 *more, bool pss) {
    BIO *in = BIO_new_mem_buf(content.p, (int)content.n);
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, CMS_PARTIAL | CMS_BINARY | CMS_NOSMIMECAP);
    ASN1_OBJECT *type = OBJ_txt2obj(oid, 1);
    CMS_set1_eContentType(cms, type);
    CMS_SignerInfo *s = CMS_add1_signer(cms, signer->x509, signer->key, EVP_sha256(),
                                        CMS_BINARY | CMS_NOSMIMECAP | (pss ? CMS_KEY_PARAM : 0));
    assert_non_null(s);
    if (pss) {
        EVP_PKEY_CTX *k = CMS_SignerInfo_get0_pkey_ctx(s);
        assert_true(EVP_PKEY_CTX_set_rsa_padding(k, RSA_PKCS1_PSS_PADDING) == 1);
    }
    if (more) assert_true(CMS_add1_cert(cms, more) == 1);
    assert_true(CMS_final(cms, in, NULL, CMS_BINARY) == 1);
    uint8_t *out = NULL;
    int n = i2d_CMS_ContentInfo(cms, &out);
    struct bytes b = bytes_copy(a, (struct bytes){out, (size_t)n});
    OPENSSL_free(out);
    ASN1_OBJECT_free(type);
    CMS_ContentInfo_free(cms);
    BIO_free(in);
    return b;
}

// Seeds for a fuzzer are made here: OSTIA_SEEDS=DIR writes them there.
static inline void seed(const char *name, struct bytes b) {
    const char *dir = getenv("OSTIA_SEEDS");
    char path[4096];
    if (!dir) return;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(b.p, 1, b.n, f), b.n);
    fclose(f);
}
