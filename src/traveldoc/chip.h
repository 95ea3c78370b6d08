// chip.h - what a passport's chip holds (ICAO Doc 9303-10), and whether its state signed it: passive
// authentication (9303-11, 5.1).
#pragma once
#include "traveldoc/trust.h"

enum {
    CHIP_FILES_MAX = 20,               // COM, SOD and 16 groups
    CHIP_FILE_BYTES_MAX = 1024 * 1024, // faces have 20 to 100 kB
    CHIP_GROUPS = 16,
    CHIP_VALUES_MAX = 100,
};

enum chip_file_kind { CHIP_UNKNOWN, CHIP_COM, CHIP_SOD, CHIP_DG }; // of a file, by its first tag
struct chip_file {
    enum chip_file_kind kind;
    int group; // CHIP_DG: 1 to 16
    struct bytes bytes;
};
// What a file is; cuts what follows its element (chips fill up the last block).
struct chip_file chip_file_of(struct bytes bytes);

// Something that a group says. `group` and `word` are stable ("full_name", "place_of_birth").
struct chip_value {
    int group;
    const char *word;
    int of; // counts what comes several times: faces, persons to be told; from 0
    struct text value;
};

// What happened to one group, against the hash that its state signed.
enum chip_group {
    CHIP_GROUP_NONE,    // neither read nor signed
    CHIP_GROUP_OK,      // as it was signed
    CHIP_GROUP_CHANGED, // another hash
    CHIP_GROUP_MISSING, // signed, but not given here
    CHIP_GROUP_UNSIGNED // given, but its state signed none
};
const char *chip_group_word(enum chip_group g);

// Of the whole. Only CHIP_GENUINE proves the data; the others come in this order, the first that fits.
enum chip_result {
    CHIP_GENUINE,
    CHIP_NO_SOD,          // nothing signed was given
    CHIP_SOD_UNREADABLE,  // or of an algorithm that is not known here
    CHIP_SIGNATURE_WRONG, // altered, or signed with another key than the certificate's
    CHIP_DATA_CHANGED,    // a group is not what was signed
    CHIP_DATA_UNSIGNED,   // a group was added
    CHIP_UNKNOWN_CSCA,    // the state's certificate is not in the lists that were given
    CHIP_SIGNER_WRONG,    // its state's certificate does not prove the signer
    CHIP_SIGNER_REVOKED,
    CHIP_SIGNER_EXPIRED, // or not yet valid, or its state's certificate is
    CHIP_DATA_MISSING,   // all is right, but a group was not given, so it was not compared
    CHIP_RESULT_COUNT
};
const char *chip_result_word(enum chip_result r);

struct chip {
    enum chip_result result;
    struct text zone;                       // of DG1, lines joined by '\n'
    struct text lds_version;                // "1.7"
    enum chip_group group[CHIP_GROUPS + 1]; // by number
    bool com_differs;      // EF.COM, which nobody signs, lists other groups than the signed list
    struct text hash;      // "SHA256"
    struct text algorithm; // of the signer's key: "RSA-PSS 2048", "EC brainpoolP256r1"
    struct text signer, signer_country, csca;
    struct date signer_from, signer_to;
    bool crl_known;  // a list of revoked ones of that state was given ...
    bool crl_is_old; // ... and should have been followed by a newer one
    struct chip_value *items;
    size_t count, capacity;
};

// Reads and checks what was read from a chip. `trust` may be NULL. Always fills *out; what cannot be read is
// left out and shows in `result`. Texts in `a`.
void chip_check(struct arena *a, const struct chip_file *files, size_t count, const struct trust *trust,
                struct date today, struct chip *out);
