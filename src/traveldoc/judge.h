// judge.h - what a zone and the proofs beside it come to, in one word and in what does not fit.
#pragma once
#include "identity/mrz.h"
#include "traveldoc/chip.h"
#include "traveldoc/seal.h"

enum { ANOMALIES_MAX = 12 };

// A person decides what follows; a machine only says what it saw.
enum verdict {
    VERDICT_GENUINE,   // a signature of its state proves the data, and the zone agrees with it
    VERDICT_PLAUSIBLE, // nothing is wrong, and nothing was proved
    VERDICT_DOUBTFUL,  // something does not fit
    VERDICT_FALSE      // a signature proves that something was altered, or its signer was revoked
};
const char *verdict_word(enum verdict v); // "genuine"

struct judged {
    enum verdict verdict;
    bool is_expired;
    const char *anomalies[ANOMALIES_MAX]; // stable words, each once: "mrz_check_digit", "seal_zone_differs"
    size_t count;
};

// What was looked at; NULL: was not. `seal_result` belongs to `seal`.
struct evidence {
    const struct mrz *zone;
    const struct seal *seal;
    enum seal_result seal_result;
    const struct chip *chip;
};
void document_judge(const struct evidence *e, struct date today, struct judged *out);
