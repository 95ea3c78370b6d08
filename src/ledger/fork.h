// fork.h - two checkpoints of one log that cannot both be true, as evidence for others.
#pragma once
#include "ledger/cosignature.h"
#include "ledger/ledger.h"

// What two signed checkpoints of one origin show together.
struct fork_report {
    struct checkpoint one, other;
    bool is_fork;      // both cannot be of one log that only grows
    bool *signed_both; // one for each key: it signed, or cosigned, both sides of the fork
};
// `keys` are of the log and of witnesses; each may be of any type that can be checked. Of one size, two roots
// are a fork. Of two sizes, `proof` (NULL: none) and `root` must be a consistency proof of the larger tree
// for the smaller size: with another root there than the smaller checkpoint has, it is a fork. STATUS_OK:
// they were read, look at is_fork. STATUS_CONFLICT: of two logs. STATUS_CORRUPT: a signature or the proof is
// wrong, so nothing is shown. STATUS_NOT_FOUND: one of them is signed by none of the keys. STATUS_INVALID:
// no checkpoints, or no proof where one is needed.
enum status fork_check(struct arena *a, struct text one, struct text other, const struct note_key *keys,
                       size_t count, const struct proof *proof, const struct hash *root,
                       struct fork_report *out);
