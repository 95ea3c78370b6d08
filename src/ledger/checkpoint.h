// checkpoint.h - what a log says about itself at one size, signed: C2SP tlog-checkpoint in a C2SP
// signed-note.
#pragma once
#include "base/arena.h"
#include "base/crypto.h"
#include "base/text.h"

enum {
    NOTE_BYTES_MAX = 128 * 1024, // 16 post-quantum signatures of 5 kB fit
    NOTE_SIGNATURES_MAX = 64,
    NOTE_NAME_MAX = 255,
    NOTE_KEY_BYTES = 32,
    NOTE_SIGNATURE_BYTES = 64,
    NOTE_SECRET_BYTES = 64,
    // Signature types of C2SP signed-note. Another one is a line of the table in algorithm.c.
    NOTE_ED25519 = 0x01,            // written and verified
    NOTE_COSIGNATURE = 0x04,        // Ed25519 with a time (tlog-cosignature): written and verified
    NOTE_COSIGNATURE_ML_DSA = 0x06, // ML-DSA-44: known by name only, for OpenSSL 3.0 cannot check it
};

// A public key with its name. The id is the first 4 bytes of SHA-256(name, newline, type, key).
struct note_key {
    struct text name;
    uint32_t id;
    uint8_t public_key[NOTE_KEY_BYTES];
    uint8_t type;
    struct bytes unchecked; // the key of a type that this program knows, but cannot check; else empty
};
struct text note_key_algorithm(const struct note_key *key); // "Ed25519"
bool note_key_is_checked(const struct note_key *key);       // false: its signatures count for nothing here

// A key that signs. `secret` is the Ed25519 seed and the public key, as libsodium wants them.
struct note_signer {
    struct note_key key;
    uint8_t secret[NOTE_SECRET_BYTES];
};

// Makes the signing key of that name from a seed (32 random bytes, key_random makes one). STATUS_INVALID when
// the name is empty, longer than NOTE_NAME_MAX, not UTF-8, or has a space, control character or plus. The
// name is not copied.
enum status note_signer_make(struct text name, const struct key *seed, struct note_signer *out);
void note_signer_wipe(struct note_signer *s);

// The verifier key as text, "example.com/log+1a2b3c4d+AQ...=", to publish; and back. STATUS_UNSUPPORTED for
// types that are not above, STATUS_INVALID otherwise (a wrong id included). The name is copied to `a`.
struct text note_key_print(struct arena *a, const struct note_key *key);
enum status note_key_read(struct arena *a, struct text vkey, struct note_key *out);

struct note_signature {
    struct text name;
    uint32_t key_id;
    struct bytes signature;
};
struct note {
    struct text text; // with its last newline; nobody may believe it before note_verify
    struct note_signature *signatures;
    size_t signature_count;
};

// `text` ends with a newline, is UTF-8 without control characters; both are asserted.
struct text note_sign(struct arena *a, struct text text, const struct note_signer *signers, size_t count);

// Takes the note apart; `text` points into `in`. STATUS_TOO_LARGE or STATUS_INVALID when malformed.
enum status note_read(struct arena *a, struct text in, struct note *out);

// STATUS_OK when at least one of `keys` signed the note and no signature of a known key is wrong. Signatures
// by unknown keys do not count, nor those that cannot be checked here. STATUS_CORRUPT for a wrong signature,
// STATUS_NOT_FOUND when none is by a known key. `signed_by` (NULL when not wanted) has one flag for each key.
enum status note_verify(const struct note *n, const struct note_key *keys, size_t count, bool *signed_by);

struct checkpoint {
    struct text origin; // name of the log: one line, not empty
    uint64_t size;
    struct hash root;
    struct text extensions; // further lines with their newlines; usually empty
};

// The text of the checkpoint, ready for note_sign.
struct text checkpoint_print(struct arena *a, const struct checkpoint *c);
// Reads the text of a note. Fields point into `text`. STATUS_INVALID.
enum status checkpoint_read(struct arena *a, struct text text, struct checkpoint *out);

// Sign and open in one step. Opening checks the note, the signatures and that the origin is `origin`
// (STATUS_CONFLICT: another log's checkpoint).
struct text checkpoint_sign(struct arena *a, const struct checkpoint *c, const struct note_signer *signers,
                            size_t count);
enum status checkpoint_open(struct arena *a, struct text signed_note, struct text origin,
                            const struct note_key *keys, size_t count, struct checkpoint *out);
