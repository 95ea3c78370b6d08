#include "ledger/ledger.h"

// RFC 9162, 2.1.3.2.
enum status proof_check_inclusion(const struct proof *p, uint64_t index, uint64_t size,
                                  const struct hash *leaf_hash, const struct hash *root) {
    if (index >= size) return STATUS_CORRUPT;
    uint64_t fn = index, sn = size - 1;
    struct hash r = *leaf_hash;
    for (size_t i = 0; i < p->count; i++) {
        if (sn == 0) return STATUS_CORRUPT;
        if ((fn & 1) || fn == sn) {
            r = ledger_node_hash(&p->hashes[i], &r);
            while (!(fn & 1) && fn != 0) fn >>= 1, sn >>= 1;
        } else {
            r = ledger_node_hash(&r, &p->hashes[i]);
        }
        fn >>= 1, sn >>= 1;
    }
    return sn == 0 && hash_eq(&r, root) ? STATUS_OK : STATUS_CORRUPT;
}

static bool is_subtree(uint64_t start, uint64_t end) {
    if (end <= start) return false;
    uint64_t n = end - start;
    if (n == 1) return true;
    if (n - 1 >= UINT64_C(1) << 63) return start == 0;
    uint64_t ceiling = UINT64_C(1) << (64 - __builtin_clzll(n - 1));
    return (start & (ceiling - 1)) == 0;
}

enum status proof_check_subtree_inclusion(const struct proof *p, uint64_t index, uint64_t start, uint64_t end,
                                          const struct hash *leaf_hash, const struct hash *subtree_root) {
    if (!is_subtree(start, end) || index < start) return STATUS_CORRUPT;
    return proof_check_inclusion(p, index - start, end - start, leaf_hash, subtree_root);
}

// The consistency proof of a subtree (draft-ietf-plants-merkle-tree-certs, 4.4.3): fn, sn and tn are the
// positions of the subtree's first and last leaf and of the tree's last leaf, seen from the present height.
enum status proof_check_subtree_consistency(const struct proof *p, uint64_t start, uint64_t end,
                                            uint64_t size, const struct hash *subtree_root,
                                            const struct hash *root) {
    if (end > size || start > end) return STATUS_CORRUPT;
    if (start == end) {
        struct hash empty = ledger_empty_root();
        return p->count == 0 && hash_eq(subtree_root, &empty) ? STATUS_OK : STATUS_CORRUPT;
    }
    if (!is_subtree(start, end)) return STATUS_CORRUPT;
    uint64_t fn = start, sn = end - 1, tn = size - 1;
    if (sn == tn) // the subtree ends where the tree ends
        while (fn != sn) fn >>= 1, sn >>= 1, tn >>= 1;
    else
        while (fn != sn && (sn & 1)) fn >>= 1, sn >>= 1, tn >>= 1;
    size_t i = 0;
    if (fn != sn && p->count == 0) return STATUS_CORRUPT;
    struct hash fr = fn == sn ? *subtree_root : p->hashes[i++], sr = fr;
    for (; i < p->count; i++) {
        const struct hash *c = &p->hashes[i];
        if (tn == 0) return STATUS_CORRUPT;
        if ((sn & 1) || sn == tn) {
            if (fn < sn) fr = ledger_node_hash(c, &fr);
            sr = ledger_node_hash(c, &sr);
            while (!(sn & 1) && sn != 0) fn >>= 1, sn >>= 1, tn >>= 1;
        } else {
            sr = ledger_node_hash(&sr, c);
        }
        fn >>= 1, sn >>= 1, tn >>= 1;
    }
    return tn == 0 && hash_eq(&fr, subtree_root) && hash_eq(&sr, root) ? STATUS_OK : STATUS_CORRUPT;
}

enum status proof_check_consistency(const struct proof *p, uint64_t size1, uint64_t size2,
                                    const struct hash *root1, const struct hash *root2) {
    if (size1 == 0 && (size2 != 0 || !hash_eq(root1, root2))) return STATUS_CORRUPT;
    return proof_check_subtree_consistency(p, 0, size1, size2, root1, root2);
}
