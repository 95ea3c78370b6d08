// bundle.h - the offline proof of one leaf, in one file: C2SP tlog-proof.
//
//     c2sp.org/tlog-proof@v1
//     extra BASE64                 (what belongs to the leaf: see below)
//     index 73894
//     BASE64 ...                   (the inclusion proof, from the leaf up)
//
//     the checkpoint, with the signatures of the log and of its witnesses
//
// Our extra is a map in deterministic CBOR; each part may be missing, and other programs may skip it all.
#pragma once
#include "ledger/cosignature.h"
#include "ledger/ledger.h"

enum {
    BUNDLE_LEAF_MAX = 256 * 1024, // the largest event of a journal
    BUNDLE_STAMP_MAX = 16 * 1024, // a stamp with the certificates of its authority
    BUNDLE_EXTRA_MAX = BUNDLE_LEAF_MAX + BUNDLE_STAMP_MAX + 1024,
    BUNDLE_BYTES_MAX = BUNDLE_EXTRA_MAX * 4 / 3 + NOTE_BYTES_MAX + 16 * 1024,
};

struct proof_bundle {
    struct bytes leaf;    // "leaf": its bytes, when the file that is proved is named in them
    struct bytes opening; // "opening": the key of this leaf's sealed part alone (seal_opening)
    struct bytes stamp;   // "stamp": RFC 3161 time-stamp token over the checkpoint
    uint64_t index;
    struct proof proof;
    struct text signed_note;
    struct note note;
    struct checkpoint checkpoint; // nobody may believe it before bundle_check
};

struct text bundle_print(struct arena *a, const struct proof_bundle *b); // note and checkpoint are not read
// Everything is in `a` or points into `in`. An extra that is not ours is skipped. STATUS_INVALID,
// STATUS_TOO_LARGE.
enum status bundle_read(struct arena *a, struct text in, struct proof_bundle *out);

// One witness that the reader trusts, and what its cosignature says.
struct bundle_witness {
    struct note_key key;
    enum status status; // as cosignature_check
    uint64_t time_s;
};
// Does the bundle prove that `leaf_hash` is in the log of `key`? STATUS_OK: yes. STATUS_NOT_FOUND: the log
// did not sign. STATUS_CONFLICT: it is of another log. STATUS_CORRUPT: a signature or the proof is wrong.
// The witnesses are filled in on STATUS_OK, for the caller to count.
enum status bundle_check(struct arena *a, const struct proof_bundle *b, const struct hash *leaf_hash,
                         const struct note_key *key, struct bundle_witness *witnesses, size_t count);
