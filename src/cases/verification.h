// verification.h - documents that were checked before: when, where, with which result. Nothing tells whose
// they are: a document is known by a keyed hash of its state, type, number and expiry, and no name is kept
// with it.
#pragma once
#include "cases/cases.h"

enum {
    DOCUMENT_WORDS_MAX = 12, // checks, or anomalies, of one verification
    DOCUMENT_NUMBER_MAX = 40,
    DOCUMENT_CHECKS_SHOWN_MAX = 20,
};

// What a check came to. Only people decide what follows.
enum document_result {
    DOCUMENT_GENUINE,   // a signature of its state proves the data
    DOCUMENT_PLAUSIBLE, // nothing is wrong, and nothing was proved
    DOCUMENT_DOUBTFUL,  // something does not fit
    DOCUMENT_FALSE,     // a signature proves that it was altered, or its signer was revoked
    DOCUMENT_RESULT_COUNT
};
const char *document_result_word(enum document_result r); // "genuine"

struct document_reference {
    struct text state, type, number; // as in the zone
    struct date expiry;              // year 0: none
};
struct document_check {
    struct document_reference document;
    enum document_result result;
    const char
        *checks[DOCUMENT_WORDS_MAX]; // what was looked at: "zone", "seal", "chip"; ended by NULL or full
    const char *anomalies[DOCUMENT_WORDS_MAX]; // what did not fit, stable words: "number.check_digit"
};

struct earlier_check {
    struct moment at;
    struct text place;                     // unit that checked
    struct text result, checks, anomalies; // words, parted by commas
    bool is_own;                           // by the same account
};
struct earlier_checks {
    struct earlier_check *items; // newest first
    size_t count, capacity;
    int64_t all; // also those that are not shown
};

// Records a check and says which there were before it (action check_document). The recording is the trace of
// the reading. STATUS_INVALID: without state or number a document cannot be known again.
enum status cases_check_document(struct cases *c, const struct actor *actor, const struct look *look,
                                 const struct document_check *check, struct arena *a,
                                 struct earlier_checks *out, struct problem *p);
// Whether they may, for what is done before a document is known: reading its photo. A refusal is recorded.
enum status cases_may_check_document(struct cases *c, const struct actor *actor, const struct look *look,
                                     struct problem *p);
// Erases checks whose time is over by the retention of the register `verif` of the law under which they were
// made; a try only counts. For the retention job.
enum status cases_forget_documents(struct cases *c, bool is_try, int64_t *count);
