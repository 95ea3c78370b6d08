// cosignature.h - what a witness signs below the checkpoint of another log: C2SP tlog-cosignature.
//
// It says: at this time, this was the largest tree of that log that I had seen, and it held all that I had
// seen before.
#pragma once
#include "ledger/checkpoint.h"

enum { COSIGNATURE_BYTES = 8 + NOTE_SIGNATURE_BYTES }; // the time, big-endian, then Ed25519

// The key of a witness, like note_signer_make. It must serve for nothing else.
enum status cosigner_make(struct text name, const struct key *seed, struct note_signer *out);

// One signature line with its newline, for the text of a checkpoint. `time_s`: seconds since 1970, below
// 2^63.
struct text cosign(struct arena *a, struct text text, const struct note_signer *cosigner, uint64_t time_s);

// Did the witness of `key` cosign the note? *time_s is the earliest of its times: that is when it had seen
// it. STATUS_NOT_FOUND: not. STATUS_CORRUPT: a cosignature of it is wrong, and the note is not to be
// believed. STATUS_UNSUPPORTED: it signed in a way that cannot be checked here.
enum status cosignature_check(const struct note *n, const struct note_key *key, uint64_t *time_s);

// The signed note with further signature lines below. Lines that it has already are not added again.
struct text note_add_lines(struct arena *a, struct text signed_note, struct text lines);
// Only the lines by `keys`, whether right or wrong: to take what one trusts out of an answer.
struct text note_lines_by(struct arena *a, const struct note *n, const struct note_key *keys, size_t count);
// Is the line by that key? By name and id only.
bool note_is_by(const struct note_signature *s, const struct note_key *key);

// The time of a cosignature's bytes; false when they cannot be one. What is signed for that time.
bool cosignature_time(struct bytes signature, uint64_t *time_s);
struct text cosignature_message(struct arena *a, struct text text, uint64_t time_s);
