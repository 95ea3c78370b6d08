// certificate.h - an X.509 certificate as the other files of this room see it.
#pragma once
#include <openssl/x509.h>

#include "base/date.h"
#include "base/text.h"

enum { CERTIFICATE_BYTES_MAX = 16 * 1024 }; // the largest of a state has 3 kB

struct certificate {
    X509 *x509;
    EVP_PKEY *key;                            // of x509; NULL where OpenSSL does not know its kind
    struct bytes der;                         // where it was read from, or NULL
    struct text country;                      // upper case, of the subject; empty when it has none
    struct text common_name, subject, issuer; // one line each
    struct text serial;                       // hexadecimal, upper case
    struct date from, to;
    bool is_self_issued; // subject and issuer are the same name
};

// Texts are in `a`; free the rest with certificate_free. STATUS_CORRUPT.
enum status certificate_read(struct arena *a, struct bytes der, struct certificate *out);
enum status certificate_of(struct arena *a, X509 *x509, struct certificate *out); // takes x509 over
void certificate_free(struct certificate *c);

// Was `c` signed with the key of `issuer`, and does it name that issuer (by name, or by the key's
// identifier)?
bool certificate_names(const struct certificate *c, const struct certificate *issuer);
bool certificate_signed_by(const struct certificate *c, const struct certificate *issuer);
