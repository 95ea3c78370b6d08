// letters.h - the letter tables of 9303-3, section 6, inside this room.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

// One letter in upper case (or caseless). `mrz` is what 9303 recommends, "" = not encoded. `latin` is the
// reading form in lower case where it differs from `mrz`; NULL = the same.
struct letter {
    uint16_t code;
    const char *mrz;
    const char *latin;
    const char *first_mrz, *first_latin; // at the beginning of a word, NULL = as elsewhere
};

enum letter_rules {
    RULES_NONE,
    RULES_UKRAINIAN,
    RULES_BELARUSIAN,
    RULES_BULGARIAN,
    RULES_SERBIAN,
    RULES_MACEDONIAN,
    RULES_PERSIAN,     // Persian, Dari, Urdu, Pashto: reading forms differ from Arabic
    RULES_PLAIN_VOWELS // languages that write Ä Ö Ü Å without E in the zone (9303 allows both)
};

enum letter_rules icao_rules_of(struct text language);

// The letter's entry under these rules, NULL when the tables do not have it. `code` in upper case.
const struct letter *icao_letter(uint32_t code, enum letter_rules rules);
