// Roots and proofs made from tiles agree with the recursive definition, and a proof with one bit changed is
// refused.
#include "../check.h"
#include "memory_tiles.h"

static const uint64_t SIZES[] = {1,   2,   3,    4,    5,    7,     8,     15,    16,
                                 17,  255, 256,  257,  300,  511,   512,   513,   767,
                                 768, 769, 1000, 1023, 1025, 65535, 65536, 65537, 70000};
enum { SIZE_COUNT = sizeof SIZES / sizeof *SIZES, LARGEST = 70000 };

static struct ledger_storage storage;

static int grow_tree(void **state) {
    (void)state;
    memory_tiles_new(&storage);
    struct ledger *l;
    if (ledger_open(&storage, 0, &l)) return -1;
    append_upto(l, LARGEST);
    enum status st = ledger_flush(l);
    ledger_close(l);
    return st == STATUS_OK ? 0 : -1;
}

static int free_tree(void **state) {
    (void)state;
    free(storage.context);
    return 0;
}

static uint64_t seed = 1;
static uint64_t next_random(uint64_t below) {
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (seed >> 33) % below;
}

static void roots_of_every_size_agree(void **state) {
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        struct arena a = {0};
        struct hash root, want = naive_root(0, SIZES[i]);
        assert_ok(ledger_root_at(&storage, SIZES[i], &a, &root));
        assert_memory_equal(root.b, want.b, HASH_BYTES);
        arena_free(&a);
    }
}

static void the_memory_root_agrees_at_every_size(void **state) {
    (void)state;
    struct ledger_storage own;
    struct memory_tiles *m = memory_tiles_new(&own);
    struct ledger *l;
    assert_ok(ledger_open(&own, 0, &l));
    struct hash root = ledger_root(l), empty = ledger_empty_root();
    assert_memory_equal(root.b, empty.b, HASH_BYTES);
    for (uint64_t n = 1; n <= 1100; n++) {
        append_upto(l, n);
        if (n % 7 == 0) assert_ok(ledger_flush(l));
        struct hash got = ledger_root(l), want = naive_root(0, n);
        assert_memory_equal(got.b, want.b, HASH_BYTES);
    }
    ledger_close(l);
    free(m);
}

static void inclusion_of(uint64_t index, uint64_t size) {
    struct arena a = {0};
    struct proof p;
    struct hash leaf = test_leaf_hash(index), root;
    assert_ok(ledger_root_at(&storage, size, &a, &root));
    assert_ok(ledger_inclusion(&storage, index, size, &a, &p));
    assert_ok(proof_check_inclusion(&p, index, size, &leaf, &root));
    if (size > 1)
        assert_status(proof_check_inclusion(&p, (index + 1) % size, size, &leaf, &root), STATUS_CORRUPT);
    arena_free(&a);
}

static void consistency_of(uint64_t size1, uint64_t size2) {
    struct arena a = {0};
    struct proof p;
    struct hash root1, root2;
    assert_ok(ledger_root_at(&storage, size1, &a, &root1));
    assert_ok(ledger_root_at(&storage, size2, &a, &root2));
    assert_ok(ledger_consistency(&storage, size1, size2, &a, &p));
    assert_ok(proof_check_consistency(&p, size1, size2, &root1, &root2));
    if (size1 != size2)
        assert_status(proof_check_consistency(&p, size1, size2, &root2, &root1), STATUS_CORRUPT);
    arena_free(&a);
}

static void every_leaf_of_small_trees_is_proved(void **state) {
    (void)state;
    for (uint64_t size = 1; size <= 40; size++)
        for (uint64_t index = 0; index < size; index++) inclusion_of(index, size);
    for (uint64_t size2 = 1; size2 <= 40; size2++)
        for (uint64_t size1 = 1; size1 <= size2; size1++) consistency_of(size1, size2);
}

static void leaves_of_large_trees_are_proved(void **state) {
    (void)state;
    for (size_t i = 0; i < SIZE_COUNT; i++) {
        inclusion_of(0, SIZES[i]);
        inclusion_of(SIZES[i] - 1, SIZES[i]);
        for (int k = 0; k < 6; k++) inclusion_of(next_random(SIZES[i]), SIZES[i]);
        for (size_t j = 0; j <= i; j++) consistency_of(SIZES[j], SIZES[i]);
    }
    for (int k = 0; k < 200; k++) {
        uint64_t size2 = 1 + next_random(LARGEST);
        consistency_of(1 + next_random(size2), size2);
    }
}

static void every_changed_bit_is_refused(void **state) {
    (void)state;
    static const uint64_t CASES[][2] = {{5, 8}, {6, 7}, {300, 769}, {65536, 70000}, {69999, 70000}};
    for (size_t c = 0; c < sizeof CASES / sizeof *CASES; c++) {
        struct arena a = {0};
        uint64_t m = CASES[c][0], n = CASES[c][1];
        struct proof in, con;
        struct hash leaf = test_leaf_hash(m), root1, root2;
        assert_ok(ledger_root_at(&storage, m, &a, &root1));
        assert_ok(ledger_root_at(&storage, n, &a, &root2));
        assert_ok(ledger_inclusion(&storage, m, n, &a, &in));
        assert_ok(ledger_consistency(&storage, m, n, &a, &con));
        for (size_t bit = 0; bit < in.count * HASH_BYTES * 8; bit++) {
            uint8_t *byte = &in.hashes[bit / 256].b[bit / 8 % 32], flip = (uint8_t)(1 << bit % 8);
            *byte ^= flip;
            assert_status(proof_check_inclusion(&in, m, n, &leaf, &root2), STATUS_CORRUPT);
            *byte ^= flip;
        }
        for (size_t bit = 0; bit < con.count * HASH_BYTES * 8; bit++) {
            uint8_t *byte = &con.hashes[bit / 256].b[bit / 8 % 32], flip = (uint8_t)(1 << bit % 8);
            *byte ^= flip;
            assert_status(proof_check_consistency(&con, m, n, &root1, &root2), STATUS_CORRUPT);
            *byte ^= flip;
        }
        assert_ok(proof_check_inclusion(&in, m, n, &leaf, &root2));
        assert_ok(proof_check_consistency(&con, m, n, &root1, &root2));
        in.count--; // a shorter proof is no proof either
        assert_status(proof_check_inclusion(&in, m, n, &leaf, &root2), STATUS_CORRUPT);
        arena_free(&a);
    }
}

static void what_is_not_there_is_not_proved(void **state) {
    (void)state;
    struct arena a = {0};
    struct proof p;
    assert_status(ledger_inclusion(&storage, 8, 8, &a, &p), STATUS_NOT_FOUND);
    assert_status(ledger_consistency(&storage, 9, 8, &a, &p), STATUS_NOT_FOUND);
    assert_status(ledger_consistency(&storage, 0, 8, &a, &p), STATUS_NOT_FOUND);
    assert_status(ledger_inclusion(&storage, 5, LARGEST + 1, &a, &p), STATUS_CORRUPT); // never stored
    arena_free(&a);
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roots_of_every_size_agree),
        cmocka_unit_test(the_memory_root_agrees_at_every_size),
        cmocka_unit_test(every_leaf_of_small_trees_is_proved),
        cmocka_unit_test(leaves_of_large_trees_are_proved),
        cmocka_unit_test(every_changed_bit_is_refused),
        cmocka_unit_test(what_is_not_there_is_not_proved),
    };
    return cmocka_run_group_tests(tests, grow_tree, free_tree);
}
