// invitation.h - what one authority tells another so that both can write about the same case: the channel
// with its key and terms, and the data by which the other side finds its own case.
#pragma once
#include "exchange/missive.h"
#include "privacy/privacy.h"

enum {
    INVITATION_TEXT_MAX = 400,   // bytes of one value: the longest names have some 200
    INVITATION_VALUES_MAX = 40,  // names, nationalities and document numbers of one person
    INVITATION_NAME_MAX = 40,    // bytes of the name of an attribute, ground or purpose
    INVITATION_REASON_MAX = 500, // bytes of what is said with an answer
};

// "family_name" and its value; an attribute with several values is there several times.
struct invitation_value {
    struct text name, value;
};
struct invitation {
    struct channel_id channel;
    struct key key;
    uint32_t epoch, coordinator;
    uint32_t members[PRIVACY_MEMBERS_MAX]; // ascending
    size_t member_count;
    struct date delete_after;
    struct text ground, article, purpose; // "take_charge", "2024/1351:39", "responsibility"
    struct text reference;                // of the sender's case, for questions; may be empty
    struct invitation_value values[INVITATION_VALUES_MAX]; // none: a new key of a channel that is known
    size_t value_count;
};
// To this channel: without ground, purpose and values. Wipe it.
struct invitation invitation_to(const struct privacy_mapping *m);
void invitation_wipe(struct invitation *i); // its key

struct bytes invitation_print(const struct invitation *i, struct arena *a);
// Texts point into `in`. STATUS_INVALID: no such thing, of other members than `from` (who must be its
// coordinator) and `us`, or with text that is none.
enum status invitation_read(struct bytes in, uint32_t from, uint32_t us, struct invitation *out);
struct text invitation_value(const struct invitation *i, struct text name); // the first; empty: none

// The answer to an invitation.
struct invitation_answer {
    struct hash invitation; // name of the missive
    bool is_accepted;
    struct text reason; // code of the pack when it is not
};
struct bytes invitation_answer_print(const struct invitation_answer *x, struct arena *a);
enum status invitation_answer_read(struct bytes in, struct invitation_answer *out);
