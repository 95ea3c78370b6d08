// trust_inside.h - inside traveldoc/: the certificates themselves.
#pragma once
#include <openssl/cms.h>
#include <openssl/x509.h>

#include "traveldoc/certificate.h"
#include "traveldoc/trust.h"

struct trust_crl {
    X509_CRL *crl;
    size_t issuer; // index of the certificate that signed it
};

struct trust {
    struct arena arena;
    struct certificate *items;
    size_t count, capacity;
    struct {
        struct trust_crl *items;
        size_t count, capacity;
    } crls;
};

// Takes x509 over. A certificate that is there already is not added twice.
enum status trust_take(struct trust *t, X509 *x509);

// Who issued `c`. *named tells whether any known certificate has the name that it gives as its issuer's.
const struct certificate *trust_issuer(const struct trust *t, const struct certificate *c, bool *named);

// The certificate of the only signer, among those that came with it. NULL when it is not there.
X509 *cms_signer(CMS_ContentInfo *cms);
// True when the content is signed by that signer; `content` points into cms.
bool cms_is_signed(CMS_ContentInfo *cms, X509 *signer, struct bytes *content);
