#include "traveldoc/trust_inside.h"

#include <openssl/err.h>
#include <stdlib.h>

struct trust *trust_new(void) {
    struct trust *t = calloc(1, sizeof *t);
    if (!t) abort(); // as the arena does
    return t;
}

void trust_free(struct trust *t) {
    if (!t) return;
    for (size_t i = 0; i < t->count; i++) certificate_free(&t->items[i]);
    for (size_t i = 0; i < t->crls.count; i++) X509_CRL_free(t->crls.items[i].crl);
    arena_free(&t->arena);
    free(t);
}

size_t trust_count(const struct trust *t) {
    return t->count;
}

enum status trust_take(struct trust *t, X509 *x509) {
    struct certificate c;
    for (size_t i = 0; i < t->count; i++)
        if (X509_cmp(t->items[i].x509, x509) == 0) return X509_free(x509), STATUS_OK;
    if (t->count == TRUST_CERTIFICATES_MAX) return X509_free(x509), STATUS_TOO_LARGE;
    enum status st = certificate_of(&t->arena, x509, &c);
    if (!st) *ARENA_PUSH(&t->arena, t) = c;
    return st;
}

enum status trust_add(struct trust *t, struct bytes der) {
    const uint8_t *p = der.p;
    X509 *x = der.n && der.n <= CERTIFICATE_BYTES_MAX ? d2i_X509(NULL, &p, (long)der.n) : NULL;
    ERR_clear_error();
    return x ? trust_take(t, x) : STATUS_CORRUPT;
}

const struct certificate *trust_issuer(const struct trust *t, const struct certificate *c, bool *named) {
    *named = false;
    for (size_t i = 0; i < t->count; i++) {
        if (!certificate_names(c, &t->items[i])) continue;
        *named = true;
        if (certificate_signed_by(c, &t->items[i])) return &t->items[i];
    }
    return NULL;
}

static bool signed_list(const struct certificate *c, X509_CRL *crl) {
    bool ok = X509_NAME_cmp(X509_CRL_get_issuer(crl), X509_get_subject_name(c->x509)) == 0 &&
              X509_CRL_verify(crl, c->key) == 1;
    ERR_clear_error();
    return ok;
}

enum status trust_add_crl(struct trust *t, struct bytes der) {
    const uint8_t *p = der.p;
    if (der.n > CRL_BYTES_MAX || t->crls.count == TRUST_CRLS_MAX) return STATUS_TOO_LARGE;
    X509_CRL *crl = der.n ? d2i_X509_CRL(NULL, &p, (long)der.n) : NULL;
    ERR_clear_error();
    if (!crl) return STATUS_CORRUPT;
    for (size_t i = 0; i < t->count; i++) {
        if (!signed_list(&t->items[i], crl)) continue;
        *ARENA_PUSH(&t->arena, &t->crls) = (struct trust_crl){crl, i};
        return STATUS_OK;
    }
    X509_CRL_free(crl);
    return STATUS_NOT_FOUND;
}

X509 *cms_signer(CMS_ContentInfo *cms) {
    STACK_OF(CMS_SignerInfo) *infos = CMS_get0_SignerInfos(cms);
    STACK_OF(X509) *given = CMS_get1_certs(cms);
    X509 *found = NULL;
    for (int i = 0; infos && sk_CMS_SignerInfo_num(infos) == 1 && i < sk_X509_num(given) && !found; i++)
        if (CMS_SignerInfo_cert_cmp(sk_CMS_SignerInfo_value(infos, 0), sk_X509_value(given, i)) == 0)
            found = sk_X509_value(given, i);
    if (found) X509_up_ref(found);
    sk_X509_pop_free(given, X509_free);
    return found;
}

bool cms_is_signed(CMS_ContentInfo *cms, X509 *signer, struct bytes *content) {
    STACK_OF(X509) *only = sk_X509_new_null();
    bool ok =
        only && sk_X509_push(only, signer) &&
        CMS_verify(cms, only, NULL, NULL, NULL, CMS_NO_SIGNER_CERT_VERIFY | CMS_NOINTERN | CMS_BINARY) == 1;
    ASN1_OCTET_STRING **body = CMS_get0_content(cms);
    *content = body && *body ? (struct bytes){ASN1_STRING_get0_data(*body), (size_t)ASN1_STRING_length(*body)}
                             : (struct bytes){0};
    sk_X509_free(only);
    ERR_clear_error();
    return ok && content->n;
}
