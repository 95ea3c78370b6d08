// envelope.h - one event between authorities: what happened, in at most 512 bytes, and nothing of the person.
//
// Every field is from a closed list, a time that is rounded, or bytes that only who knows the channel can
// have made. So no byte of a text can get in: not by a mistake, and not from a pack (pack/exchange_law.h).
#pragma once
#include "exchange/member.h"
#include "pack/exchange_law.h"
#include "privacy/privacy.h" // struct channel_id

enum {
    ENVELOPE_BYTES_MAX = 512,
    ENVELOPE_VERSION = 1,
    ENVELOPE_TO_MAX = 32, // readers of one event
    EVENT_ID_BYTES = 16,
    COMMITMENT_BYTES = HASH_BYTES + 16,
};

struct event_id { // the first bytes of the SHA-256 of its canonical bytes
    uint8_t b[EVENT_ID_BYTES];
};
// HMAC(case key, digest of a document), and 16 bytes that show that it was made so.
struct commitment {
    uint8_t b[COMMITMENT_BYTES];
};
struct commitment commitment_make(const struct key *case_key, const struct hash *digest);
// Whether it is the commitment to this document.
bool commitment_is_of(const struct commitment *c, const struct key *case_key, const struct hash *digest);

struct envelope {
    struct channel_id channel;
    uint32_t seq; // per channel and sender, from 1
    const struct exchange_type *type;
    const struct exchange_code *code; // NULL: none
    struct moment at;                 // a multiple of type->at_ms
    struct moment due;                // a day, its first moment in UTC; 0: none
    uint32_t actor;                   // authority, never an officer
    uint32_t to[ENVELOPE_TO_MAX];     // ascending
    size_t to_count;
    bool has_ref, has_commit;
    struct event_id ref; // the event that is answered or corrected
    struct commitment commit;
};

// What an envelope is held against.
struct envelope_ground {
    const struct exchange_law *law;
    const struct members *members;
    struct channel_id channel;
    const struct key *case_key;
    // Whether the channel has an event of that id: STATUS_NOT_FOUND when not. NULL: is not asked.
    enum status (*knows)(void *context, const struct event_id *id);
    void *context;
};

// The canonical bytes: deterministic CBOR, a map of v, at, to, due, ref, seq, code, type, actor, commit,
// channel. Checked as envelope_read checks them. Times are rounded down here, `due` too.
enum status envelope_print(const struct envelope_ground *g, struct envelope *e, struct arena *a,
                           struct bytes *out, struct problem *p);
// STATUS_TOO_LARGE, or STATUS_INVALID with field and rule: "malformed", "version", "field_unknown",
// "field_missing", "field_kind", "channel", "type_unknown", "code_unknown", "code_missing", "time_rounding",
// "time_range", "sender_unknown", "sender_role", "reader_unknown", "reader_role", "reader_order",
// "not_of_type", "commit_form", "ref_unknown". Text key: "problem.exchange.RULE".
enum status envelope_read(const struct envelope_ground *g, struct bytes in, struct envelope *out,
                          struct problem *p);
struct event_id envelope_id(struct bytes canonical);
