// seal.h - visible digital seals: the signed bar code on a visa, residence permit or arrival attestation
// (ICAO Doc 9303-13; BSI TR-03137).
#pragma once
#include "base/date.h"
#include "base/problem.h"
#include "base/text.h"

enum {
    SEAL_BYTES_MAX = 3000, // a DataMatrix holds 1,556 bytes, a QR code 2,953
    SEAL_FEATURES_MAX = 64,
};

struct seal_feature {
    int tag;
    const char *word;  // stable name, "mrz", "passport_number"; "" where the profile does not know the tag
    struct text value; // to be read; of an unknown feature its text if it is one, else hexadecimal
    struct bytes raw;
};

struct seal {
    int version;                   // 3 or 4 (9303-13: raw value 2 or 3)
    struct text country;           // as in a zone, "D" for Germany
    struct text signer;            // country and two letters, "DETS"
    struct text certificate;       // reference of the signer's certificate, "32"
    struct date issued, signed_on; // of the document, of the seal
    int definition, type;          // who defines the features and which document it is: 0xFB06
    const char *profile; // "residence_permit"; "" when the table has none: features come as they are
    struct text zone;    // the machine-readable zone in it, lines joined by '\n'; empty when it has none
    struct seal_feature *items; // its features
    size_t count, capacity;
    struct bytes signed_part; // header and features
    struct bytes signature;   // r and s, each half; empty when it has none
};

// Reads the bytes of the bar code. Texts are in `a`, bytes point into `raw`. STATUS_INVALID with a problem:
// not a seal, cut off, or written wrongly.
enum status seal_read(struct arena *a, struct bytes raw, struct seal *out, struct problem *p);

// What a signature says. Only SEAL_GENUINE proves anything.
enum seal_result {
    SEAL_GENUINE,
    SEAL_NOT_SIGNED,
    SEAL_NO_CERTIFICATE, // none was given that the seal names
    SEAL_CERTIFICATE_UNREADABLE,
    SEAL_CERTIFICATE_EXPIRED, // not valid on the day of signing
    SEAL_SIGNATURE_WRONG,
    SEAL_RESULT_COUNT
};
const char *seal_result_word(enum seal_result r); // "genuine"

// Checks with the signer's certificate (X.509, DER). 9303-13: ECDSA, SHA-2 of the size of the key; the
// certificate must be the one that the seal names (country, signer, serial number).
enum seal_result seal_check(const struct seal *s, struct bytes certificate);
