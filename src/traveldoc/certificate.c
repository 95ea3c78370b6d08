#include "traveldoc/certificate.h"

#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <time.h>

static struct text entry(struct arena *a, const X509_NAME *n, int nid) {
    uint8_t *utf8 = NULL;
    int at = X509_NAME_get_index_by_NID(n, nid, -1);
    int length =
        at < 0 ? -1 : ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(n, at)));
    struct text t = length < 0 ? T("") : text_copy(a, (struct text){(const char *)utf8, (size_t)length});
    OPENSSL_free(utf8);
    return t;
}

static struct text upper(struct arena *a, struct text t) {
    char *p = arena_copy(a, t.p ? t.p : "", t.n + (t.p == NULL));
    for (size_t i = 0; i < t.n; i++)
        if (p[i] >= 'a' && p[i] <= 'z') p[i] = (char)(p[i] - 32);
    return (struct text){p, t.n};
}

static struct text line_of(struct arena *a, const X509_NAME *n) {
    BIO *b = BIO_new(BIO_s_mem());
    char *p = NULL;
    long length = 0;
    if (b && X509_NAME_print_ex(b, n, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) >= 0)
        length = BIO_get_mem_data(b, &p);
    struct text t = text_copy(a, (struct text){p, length > 0 ? (size_t)length : 0});
    BIO_free(b);
    return text_is_utf8(t) ? t : T("");
}

static struct date day_of(const ASN1_TIME *t) {
    struct tm tm;
    if (!t || ASN1_TIME_to_tm(t, &tm) != 1) return (struct date){0};
    return (struct date){tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday};
}

static struct text serial_of(struct arena *a, X509 *x) {
    BIGNUM *n = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x), NULL);
    char *hex = n ? BN_bn2hex(n) : NULL;
    struct text t = text_copy(a, text_of(hex));
    OPENSSL_free(hex);
    BN_free(n);
    return t;
}

enum status certificate_of(struct arena *a, X509 *x, struct certificate *out) {
    const X509_NAME *subject = X509_get_subject_name(x), *issuer = X509_get_issuer_name(x);
    *out = (struct certificate){
        .x509 = x,
        .key = X509_get0_pubkey(x),
        .country = upper(a, entry(a, subject, NID_countryName)),
        .common_name = entry(a, subject, NID_commonName),
        .subject = line_of(a, subject),
        .issuer = line_of(a, issuer),
        .serial = serial_of(a, x),
        .from = day_of(X509_get0_notBefore(x)),
        .to = day_of(X509_get0_notAfter(x)),
        .is_self_issued = X509_NAME_cmp(subject, issuer) == 0,
    };
    ERR_clear_error();
    if (out->key && out->from.year && out->to.year) return STATUS_OK;
    certificate_free(out);
    return STATUS_CORRUPT;
}

enum status certificate_read(struct arena *a, struct bytes der, struct certificate *out) {
    const uint8_t *p = der.p;
    X509 *x = der.n && der.n <= CERTIFICATE_BYTES_MAX ? d2i_X509(NULL, &p, (long)der.n) : NULL;
    *out = (struct certificate){0};
    if (!x || p != der.p + der.n) return X509_free(x), ERR_clear_error(), STATUS_CORRUPT;
    enum status st = certificate_of(a, x, out);
    out->der = der;
    return st;
}

void certificate_free(struct certificate *c) {
    X509_free(c->x509);
    c->x509 = NULL;
    c->key = NULL;
}

// Some states changed the writing of their name between certificates, so the identifier of the key counts too
// (9303-12, 7.1.1).
bool certificate_names(const struct certificate *c, const struct certificate *issuer) {
    if (X509_NAME_cmp(X509_get_issuer_name(c->x509), X509_get_subject_name(issuer->x509)) == 0) return true;
    const ASN1_OCTET_STRING *wanted = X509_get0_authority_key_id(c->x509),
                            *is = X509_get0_subject_key_id(issuer->x509);
    return wanted && is && ASN1_OCTET_STRING_cmp(wanted, is) == 0;
}

bool certificate_signed_by(const struct certificate *c, const struct certificate *issuer) {
    bool ok = certificate_names(c, issuer) && X509_verify(c->x509, issuer->key) == 1;
    ERR_clear_error();
    return ok;
}
