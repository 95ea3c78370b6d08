#include "ledger/fork.h"

struct side {
    struct note note;
    bool *by;
};

static enum status open_side(struct arena *a, struct text signed_note, const struct note_key *keys,
                             size_t count, struct side *side, struct checkpoint *c) {
    side->by = ARENA_ARRAY(a, bool, count);
    enum status st = note_read(a, signed_note, &side->note);
    if (!st) st = note_verify(&side->note, keys, count, side->by);
    return st ? st : checkpoint_read(a, side->note.text, c);
}

static enum status differ(const struct checkpoint *small, const struct checkpoint *large,
                          const struct proof *proof, const struct hash *root, bool *is_fork) {
    *is_fork = false;
    if (small->size == large->size) {
        *is_fork = !hash_eq(&small->root, &large->root);
        return STATUS_OK;
    }
    if (small->size == 0) return STATUS_OK; // every log goes on from nothing
    if (!proof || !root) return STATUS_INVALID;
    // What the larger tree says about the smaller size: there can be one such root only.
    enum status st = proof_check_consistency(proof, small->size, large->size, root, &large->root);
    if (!st) *is_fork = !hash_eq(root, &small->root);
    return st;
}

enum status fork_check(struct arena *a, struct text one, struct text other, const struct note_key *keys,
                       size_t count, const struct proof *proof, const struct hash *root,
                       struct fork_report *out) {
    struct side x, y;
    *out = (struct fork_report){.signed_both = ARENA_ARRAY(a, bool, count)};
    enum status st = open_side(a, one, keys, count, &x, &out->one);
    if (!st) st = open_side(a, other, keys, count, &y, &out->other);
    if (st) return st;
    if (!text_eq(out->one.origin, out->other.origin)) return STATUS_CONFLICT;
    bool in_order = out->one.size <= out->other.size;
    st = differ(in_order ? &out->one : &out->other, in_order ? &out->other : &out->one, proof, root,
                &out->is_fork);
    for (size_t i = 0; i < count; i++) out->signed_both[i] = !st && out->is_fork && x.by[i] && y.by[i];
    return st;
}
