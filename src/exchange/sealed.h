// sealed.h - an event on its way: sealed to the authorities of its channel, signed over the sealed bytes.
//
// A message is CBOR [signed part, number of the signing key, signature]. The signed part names its suite of
// algorithms, the tag, seq and sender, the hash of the message before it, and has a slot for each member of
// the channel. A slot is sealed to the member's key and says which channel this is, and to readers the
// content key. Who has no slot sees a tag that looks random, and a hash. The body needs the content key and
// the case key: when the case key is erased, the member's own keys do not open it any more.
#pragma once
#include "exchange/envelope.h"

enum {
    SEALED_BYTES_MAX = 8 * 1024, // 32 slots of 120 bytes, and a body
    SEALED_BODY_STEP = 256,      // bodies are padded to a multiple: a length says little
    CHANNEL_MEMBERS_MAX = ENVELOPE_TO_MAX + 1,
    SLOT_PLAIN_BYTES = CHANNEL_BYTES + 4 + 1 + KEY_BYTES,
    SIGNATURE_BYTES = 64,
};

// The secret keys of our own authority.
struct own_key {
    uint32_t number;
    uint8_t signing[64];              // Ed25519: seed and public key
    uint8_t sealing[32], opening[32]; // X25519: public, secret
};
struct own {
    uint32_t code;
    struct own_key *keys;  // by number
    _Atomic size_t count; // grows after a rotation, while others read
};
// Key `number` of this house, made at the first call and kept among its keys (store/keys.h).
struct store;
enum status own_key_load(struct store *s, uint32_t number, struct own_key *out);
void own_key_make(const struct key *seed, uint32_t number, struct own_key *out);
const struct own_key *own_key_of(const struct own *o, uint32_t number); // NULL: none

// What the privacy service knows of a channel in one epoch of its key. Members and key change with the epoch
// only.
struct channel_ground {
    struct channel_id channel;
    uint32_t epoch;                        // from 1
    struct key key;                        // of the case
    uint32_t members[CHANNEL_MEMBERS_MAX]; // ascending, ourselves among them
    size_t member_count;
};
bool channel_has_member(const struct channel_ground *g, uint32_t code);

// The name of one sender's row of messages in one epoch: SHA-256 of what only members know.
struct channel_tag {
    uint8_t b[16];
};
struct channel_tag channel_tag(const struct channel_id *channel, uint32_t epoch, uint32_t sender);

struct slot_key {
    uint8_t public_key[32], secret[32];
};
// Algorithms that belong together, by the name that a message carries. The first is used for new ones.
struct seal_suite {
    const char *name;
    // One throw-away key seals all slots of a message. `sealed` has room for plain.n + slot_extra.
    size_t slot_extra;
    void (*slots_begin)(const struct env *e, struct slot_key *once);
    void (*slot_seal)(const struct slot_key *once, const uint8_t to[32], struct bytes plain, uint8_t *sealed);
    bool (*slot_open)(const struct own_key *own, struct bytes sealed, uint8_t *plain);
    struct bytes (*body_seal)(struct arena *a, const struct env *e, const struct key *k, struct bytes plain,
                              struct bytes context);
    enum status (*body_open)(struct arena *a, const struct key *k, struct bytes sealed, struct bytes context,
                             struct bytes *plain);
    void (*sign)(const struct own_key *own, struct bytes what, uint8_t signature[SIGNATURE_BYTES]);
    bool (*verify)(const uint8_t signing[32], struct bytes what, const uint8_t *signature);
};
const struct seal_suite *seal_suite_named(struct text name); // NULL: not known here
const struct seal_suite *seal_suite_usual(void);

struct sealed_slot {
    uint32_t code, key; // member, and number of its key
    struct bytes sealed;
};
struct sealed {
    const struct seal_suite *suite; // NULL: its name is not known here
    struct channel_tag tag;
    uint32_t seq, sender;
    struct hash before; // of the message before it with this tag; zeros: the first
    struct sealed_slot slots[CHANNEL_MEMBERS_MAX];
    size_t slot_count;
    struct bytes body;
    struct bytes signed_part;
    struct hash hash; // of the signed part: the message's name, whoever signs it anew
    uint32_t key;     // that signed
    struct bytes signature;
};

// Seals and signs `event` (canonical bytes) for all members of the channel; those in `to`, and ourselves, can
// read it. STATUS_NOT_FOUND when a member has no key that is good now.
struct sealing {
    const struct env *env;
    const struct own *own;
    const struct members *members;
    const struct channel_ground *ground;
    const uint32_t *to;
    size_t to_count;
    uint32_t seq;
    struct hash before;
    struct moment now;
};
enum status sealed_make(const struct sealing *s, struct bytes event, struct arena *a, struct bytes *message);
// The same message signed by another key of ours, after a rotation.
enum status sealed_sign_again(const struct sealed *s, const struct own_key *key, struct arena *a,
                              struct bytes *message);

// Takes a message apart; nobody may believe it before sealed_verify. Points into `in`. STATUS_INVALID,
// STATUS_TOO_LARGE.
enum status sealed_read(struct bytes in, struct sealed *out);
// STATUS_UNSUPPORTED: suite. STATUS_NOT_FOUND: sender or key unknown. STATUS_EXPIRED: the key is not good at
// that moment (when it arrived, or was logged). STATUS_CORRUPT: signature.
enum status sealed_verify(const struct sealed *s, const struct members *members, struct moment at);

struct slot_content {
    struct channel_id channel;
    uint32_t epoch;
    bool is_reader;
    struct key content_key; // of a reader
};
// Our slot. STATUS_NOT_FOUND: there is none. STATUS_CORRUPT.
enum status sealed_slot_open(const struct sealed *s, const struct own *own, struct slot_content *out);
// The key that opens this body alone (seal_opening), for a proof that shows what the message says.
// STATUS_CORRUPT: the slot is not of a reader.
enum status sealed_opening(const struct sealed *s, const struct slot_content *slot,
                           const struct key *case_key, struct key *out);
// The canonical bytes of the event. STATUS_CORRUPT.
enum status sealed_open(const struct sealed *s, const struct slot_content *slot, const struct key *case_key,
                        struct arena *a, struct bytes *event);
