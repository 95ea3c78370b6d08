// trust.h - the certificates of states (CSCA) that a document's signature is traced back to, and what they
// revoked. Filled from single certificates and from master lists (9303-12).
#pragma once
#include "base/date.h"
#include "base/problem.h"
#include "base/text.h"

enum {
    TRUST_CERTIFICATES_MAX = 4000, // the German list has 500 to 700; all states together issued near 1,500
    TRUST_CRLS_MAX = 400,          // one a state; there are 195
    MASTERLIST_BYTES_MAX = 8 * 1024 * 1024,
    CRL_BYTES_MAX = 4 * 1024 * 1024,
};

// What a certificate of a list is.
enum csca_kind {
    CSCA_ROOT, // signed by itself
    CSCA_LINK, // a state's new key, signed with its old one: the bridge from one to the next (9303-12, 4.1.4)
    CSCA_LOOSE // neither: whoever signed it is not in the list
};
const char *csca_kind_word(enum csca_kind k); // "root"

struct csca {
    enum csca_kind kind;
    struct text country, subject, issuer, serial;
    struct date from, to;
    struct text fingerprint; // SHA-256, hexadecimal
};

// How much a master list itself is worth.
enum masterlist_result {
    MASTERLIST_GENUINE,        // signed by a signer of a state that was trusted before
    MASTERLIST_UNKNOWN_SIGNER, // rightly signed, but its own state's certificate came with it: compare the
                               // fingerprint on another way before it is trusted
    MASTERLIST_SIGNER_WRONG,   // the signer's certificate is not of the state that it names, or not valid
    MASTERLIST_SIGNATURE_WRONG,
    MASTERLIST_UNREADABLE,
    MASTERLIST_RESULT_COUNT
};
const char *masterlist_result_word(enum masterlist_result r);

struct masterlist {
    enum masterlist_result result;
    struct text signer;      // subject of its certificate
    struct text signer_root; // subject and fingerprint of the CSCA certificate that leads to it
    struct text signer_root_fingerprint;
    struct csca *items;
    size_t count, capacity;
    size_t unreadable; // certificates of a kind that OpenSSL does not know: counted, left out
};

struct trust;
struct trust *trust_new(void);
void trust_free(struct trust *t); // NULL is fine
size_t trust_count(const struct trust *t);

// Reads a CSCA master list (CMS SignedData, content 2.23.136.1.1.2). With `into` its certificates are added
// there, unless its signature is wrong; `trusted` (may be the same, may be NULL) says who is known already.
// Always fills *out: a result is no failure.
void masterlist_read(struct arena *a, struct bytes der, const struct trust *trusted, struct date today,
                     struct trust *into, struct masterlist *out);

// One certificate, DER. STATUS_CORRUPT, STATUS_TOO_LARGE.
enum status trust_add(struct trust *t, struct bytes certificate);
// A list of revoked certificates, DER; its issuer must be known. STATUS_NOT_FOUND: it is not, or did not sign
// it. STATUS_CORRUPT, STATUS_TOO_LARGE.
enum status trust_add_crl(struct trust *t, struct bytes crl);
