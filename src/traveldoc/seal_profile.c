// 9303-13 appendix and BSI TR-03137 part 1 and 2. A new document is a row.
#include "traveldoc/seal_profile.h"

#include <string.h>

#define PARTS(...) ((const struct seal_part[]){__VA_ARGS__, {0, NULL, CODING_RAW}})

enum { ADMINISTRATIVE = 0x01, NUMBER_BYTES = 16 };

static const uint8_t REGISTRATION[NUMBER_BYTES] = {0x9A, 0x42, 0x23, 0x40, 0x6D, 0x37, 0x4E, 0xF9,
                                                   0x9E, 0x2C, 0xF9, 0x5E, 0x31, 0xA2, 0x38, 0x46};

static const struct seal_profile PROFILES[] = {
    {"visa", 0x5D, 0x01, NULL,
     PARTS({1, "mrz", CODING_ZONE_88}, {2, "mrz", CODING_ZONE_72}, {3, "entries", CODING_ENTRIES},
           {4, "stay", CODING_STAY}, {5, "passport_number", CODING_C40}, {6, "visa_type", CODING_RAW},
           {7, "additional", CODING_RAW})},
    {"emergency_travel_document", 0x5E, 0x03, NULL, PARTS({2, "mrz", CODING_ZONE_72})},
    {"arrival_attestation", 0xFD, 0x02, NULL,
     PARTS({2, "mrz", CODING_ZONE_72}, {3, "register_number", CODING_C40})},
    {"residence_permit", 0xFB, 0x06, NULL,
     PARTS({2, "mrz", CODING_ZONE_72}, {3, "passport_number", CODING_C40})},
    {"supplementary_sheet", 0xFA, 0x06, NULL,
     PARTS({4, "mrz", CODING_ZONE_72}, {5, "sheet_number", CODING_C40})},
    {"address_sticker_card", 0xF9, 0x08, NULL,
     PARTS({1, "document_number", CODING_C40}, {2, "municipality", CODING_C40}, {3, "address", CODING_C40})},
    {"address_sticker_permit", 0xF9, 0x0C, NULL,
     PARTS({1, "document_number", CODING_C40}, {2, "municipality", CODING_C40}, {3, "address", CODING_C40})},
    {"address_sticker_passport", 0xF8, 0x0A, NULL,
     PARTS({1, "document_number", CODING_C40}, {2, "municipality", CODING_C40},
           {3, "postal_code", CODING_C40})},
    {"social_insurance_card", 0xFC, 0x04, NULL,
     PARTS({1, "insurance_number", CODING_C40}, {2, "family_name", CODING_TEXT},
           {3, "given_name", CODING_TEXT}, {4, "birth_name", CODING_TEXT})},
    {"administrative_document", ADMINISTRATIVE, 0xC8, NULL,
     PARTS({0, "profile_number", CODING_RAW}, {1, "valid_from", CODING_DAY}, {2, "valid_to", CODING_DAY},
           {3, "profile_address", CODING_TEXT})},
    {"administrative_document", ADMINISTRATIVE, 0xC9, NULL,
     PARTS({0, "profile_number", CODING_RAW}, {1, "valid_from", CODING_DAY}, {2, "valid_to", CODING_DAY},
           {3, "profile_address", CODING_TEXT}, {4, "certificate_address", CODING_TEXT},
           {5, "status_address", CODING_TEXT}, {6, "status_index", CODING_NUMBER})},
    {"registration_certificate", ADMINISTRATIVE, 0xC8, REGISTRATION,
     PARTS({4, "family_name", CODING_TEXT}, {5, "degree", CODING_TEXT}, {6, "given_name", CODING_TEXT},
           {7, "usual_name", CODING_TEXT}, {8, "birth_date", CODING_TEXT}, {9, "street", CODING_TEXT},
           {10, "house_number", CODING_TEXT}, {11, "postal_code", CODING_TEXT}, {12, "town", CODING_TEXT},
           {13, "moved_in", CODING_DAY}, {14, "housing", CODING_NUMBER}, {15, "notified", CODING_DAY})},
};

const struct seal_profile *seal_profile_of(int definition, int type) {
    for (size_t i = 0; i < sizeof PROFILES / sizeof *PROFILES; i++)
        if (PROFILES[i].definition == definition && PROFILES[i].type == type && !PROFILES[i].number)
            return &PROFILES[i];
    return NULL;
}

const struct seal_profile *seal_profile_numbered(struct bytes number) {
    for (size_t i = 0; i < sizeof PROFILES / sizeof *PROFILES && number.n == NUMBER_BYTES; i++)
        if (PROFILES[i].number && !memcmp(PROFILES[i].number, number.p, NUMBER_BYTES)) return &PROFILES[i];
    return NULL;
}

const struct seal_part *seal_part_of(const struct seal_profile *p, int tag) {
    for (const struct seal_part *s = p ? p->parts : NULL; s && s->word; s++)
        if (s->tag == tag) return s;
    return NULL;
}
