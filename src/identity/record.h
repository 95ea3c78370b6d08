// record.h - what is known of one identity, in the form in which two are compared. It says nothing of who is
// who: people decide that.
#pragma once
#include "base/date.h"
#include "base/text.h"

enum {
    RECORD_NAMES_MAX = 16, // names of one person: at birth, married, aliases, other scripts
    RECORD_DATES_MAX = 4,  // birth dates that were claimed
    RECORD_CODES_MAX = 8,  // nationalities
    RECORD_NUMBERS_MAX = 16,
};

// A name as written. `whole` when family and given are not told apart; then those two are empty.
struct record_name {
    struct text family, given, patronymic, whole;
    struct text language; // BCP 47, may be empty
};
// A number with who gave it and what it numbers: {"P", "UTO", "L898902C3"}. Kind and issuer may be empty.
struct record_number {
    struct text kind, issuer, number;
};

// Zeros and empty texts are "not known": they lower certainty and never speak against.
struct identity_record {
    uint64_t id; // the caller's
    struct record_name names[RECORD_NAMES_MAX];
    size_t name_count;
    struct date births[RECORD_DATES_MAX]; // partial ones included
    size_t birth_count;
    struct text sex;                             // "M", "F", "X"
    struct text nationalities[RECORD_CODES_MAX]; // alpha-3
    size_t nationality_count;
    struct text birth_place;
    struct record_number numbers[RECORD_NUMBERS_MAX];
    size_t number_count;
};
