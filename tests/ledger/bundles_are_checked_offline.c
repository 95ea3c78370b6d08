// A bundle proves its leaf with nothing but the keys that the reader trusts; no changed byte is believed.
#include <time.h>

#include "../check.h"
#include "ledger/bundle.h"
#include "ledger/tile_path.h"
#include "memory_tiles.h"

static const struct text ORIGIN = {"ostia.example/log", 17};
enum { SIZE = 1000, LEAF = 777 };

struct scene {
    struct arena arena;
    struct ledger_storage storage;
    struct note_signer log, witness;
    struct bytes leaf;
    struct text file; // the bundle
};

static struct note_signer log_signer(uint8_t seed) {
    struct key secret = {.b = {seed}};
    struct note_signer s;
    assert_ok(note_signer_make(ORIGIN, &secret, &s));
    return s;
}

static void begin(struct scene *s) {
    struct key secret = {.b = {2}};
    struct ledger *l;
    uint8_t *b = arena_alloc((*s = (struct scene){0}, &s->arena), 8);
    memory_tiles_new(&s->storage);
    s->log = log_signer(1);
    assert_ok(cosigner_make(T("witness.example/w1"), &secret, &s->witness));
    assert_ok(ledger_open(&s->storage, 0, &l));
    append_upto(l, SIZE);
    assert_ok(ledger_flush(l));
    struct checkpoint c = {ORIGIN, SIZE, ledger_root(l), T("")};
    ledger_close(l);
    struct proof_bundle bundle = {.leaf = s->leaf = test_leaf(LEAF, b), .index = LEAF};
    bundle.signed_note = checkpoint_sign(&s->arena, &c, &s->log, 1);
    struct text line = cosign(&s->arena, checkpoint_print(&s->arena, &c), &s->witness, 1700000000);
    bundle.signed_note = note_add_lines(&s->arena, bundle.signed_note, line);
    assert_ok(ledger_inclusion(&s->storage, LEAF, SIZE, &s->arena, &bundle.proof));
    s->file = bundle_print(&s->arena, &bundle);
}

static void end(struct scene *s) {
    free(s->storage.context);
    arena_free(&s->arena);
}

static enum status check(struct arena *a, struct text file, struct bytes leaf, const struct note_key *log,
                         struct bundle_witness *w) {
    struct proof_bundle b;
    struct hash h = ledger_leaf_hash(leaf);
    enum status st = bundle_read(a, file, &b);
    return st ? st : bundle_check(a, &b, &h, log, w, 1);
}

static void a_bundle_proves_its_leaf(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    struct bundle_witness w = {.key = s.witness.key};
    assert_ok(check(&s.arena, s.file, s.leaf, &s.log.key, &w));
    assert_ok(w.status);
    assert_int_equal(w.time_s, 1700000000);
    struct proof_bundle b;
    assert_ok(bundle_read(&s.arena, s.file, &b));
    assert_true(text_eq(bundle_print(&s.arena, &b), s.file));
    assert_memory_equal(b.leaf.p, s.leaf.p, s.leaf.n);
    assert_status(check(&s.arena, s.file, bytes_of(T("another leaf")), &s.log.key, &w), STATUS_CORRUPT);
    struct note_key other = log_signer(2).key;
    assert_status(check(&s.arena, s.file, s.leaf, &other, &w), STATUS_NOT_FOUND);
    end(&s);
}

// Attack: one byte edited anywhere. In the extra it may only change what is not proved by it.
static void no_changed_byte_of_a_bundle_is_believed(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    size_t extra_from, extra_to;
    assert_true(text_find(s.file, T("extra "), &extra_from));
    assert_true(text_find(s.file, T("\nindex "), &extra_to));
    char *copy = arena_alloc(&s.arena, s.file.n);
    for (size_t i = 0; i < s.file.n; i++)
        for (int bit = 0; bit < 8; bit += 3) {
            if (i >= extra_from && i <= extra_to) continue;
            struct arena a = {0};
            struct bundle_witness w = {.key = s.witness.key};
            memcpy(copy, s.file.p, s.file.n);
            copy[i] = (char)(copy[i] ^ 1 << bit);
            enum status st = check(&a, (struct text){copy, s.file.n}, s.leaf, &s.log.key, &w);
            if (!st && !w.status) fail_msg("byte %zu bit %d: believed", i, bit);
            arena_free(&a);
        }
    end(&s);
}

static void malformed_bundles_are_refused(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    static const char *const BAD[] = {"",
                                      "c2sp.org/tlog-proof@v1\n",
                                      "c2sp.org/tlog-proof@v2\nindex 1\n\n",
                                      "c2sp.org/tlog-proof@v1\nextra ?\nindex 1\n\n",
                                      "c2sp.org/tlog-proof@v1\nindex 01\n\n",
                                      "c2sp.org/tlog-proof@v1\nindex 1\nAAAA\n\n",
                                      "c2sp.org/tlog-proof@v1\nindex 1\n",
                                      "c2sp.org/tlog-proof@v1\nindex 1\n\n"};
    struct proof_bundle b;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        assert_status(bundle_read(&s.arena, text_of(BAD[i]), &b), STATUS_INVALID);
    // An extra of another program is no mistake.
    struct text rest = text_slice(s.file, 23, s.file.n), line;
    text_cut(&rest, '\n', &line);
    struct text foreign = TEXT_JOIN(&s.arena, T("c2sp.org/tlog-proof@v1\nextra YWdl\n"), rest);
    assert_ok(bundle_read(&s.arena, foreign, &b));
    assert_int_equal(b.leaf.n, 0);
    end(&s);
}

// A tree of 10 million leaves, of which only the hashes on the way are made: the size of the file is exact.
static void a_bundle_of_ten_million_leaves_is_small(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    uint64_t size = 10 * 1000 * 1000, index = 8 * 1000 * 1000 + 1;
    struct proof_bundle b = {.leaf = {arena_alloc(&s.arena, 512), 512}, .index = index};
    memset((uint8_t *)b.leaf.p, 7, 512);
    struct hash path[PROOF_HASHES_MAX], r = ledger_leaf_hash(b.leaf);
    size_t n = 0;
    for (uint64_t fn = index, sn = size - 1; sn; fn >>= 1, sn >>= 1) { // RFC 9162, 2.1.3.2, with any siblings
        path[n] = hash_of((struct bytes){(uint8_t *)&n, sizeof n});
        if ((fn & 1) || fn == sn) {
            r = ledger_node_hash(&path[n], &r);
            while (!(fn & 1) && fn) fn >>= 1, sn >>= 1;
        } else {
            r = ledger_node_hash(&r, &path[n]);
        }
        n++;
    }
    b.proof = (struct proof){path, n};
    struct checkpoint c = {ORIGIN, size, r, T("")};
    b.signed_note = checkpoint_sign(&s.arena, &c, &s.log, 1);
    for (uint64_t i = 0; i < 3; i++)
        b.signed_note = note_add_lines(&s.arena, b.signed_note,
                                       cosign(&s.arena, checkpoint_print(&s.arena, &c), &s.witness, i));
    struct text file = bundle_print(&s.arena, &b);
    struct bundle_witness w = {.key = s.witness.key};
    struct timespec from, to;
    clock_gettime(CLOCK_MONOTONIC, &from);
    assert_ok(check(&s.arena, file, b.leaf, &s.log.key, &w));
    clock_gettime(CLOCK_MONOTONIC, &to);
    long long us = (to.tv_sec - from.tv_sec) * 1000000LL + (to.tv_nsec - from.tv_nsec) / 1000;
    print_message("# bundle of 10,000,000 leaves, leaf of 512 bytes, 3 cosignatures: %zu bytes, read and "
                  "checked in %lld us\n",
                  file.n, us);
    assert_true(file.n <= 4096);
    end(&s);
}

static void a_sealed_part_is_opened_alone(void **state) {
    (void)state;
    struct arena a = {0};
    struct env_fixed storage;
    const struct env *env = env_fixed(&storage, (struct moment){0}, 3);
    struct key k = key_random(env);
    struct bytes one = seal(&a, env, &k, bytes_of(T("one")), bytes_of(T("c"))), plain;
    struct bytes two = seal(&a, env, &k, bytes_of(T("two")), bytes_of(T("c")));
    struct key opening = seal_opening(&k, one);
    assert_ok(unseal_opened(&a, &opening, one, bytes_of(T("c")), &plain));
    assert_text(text_of_bytes(plain), "one");
    assert_status(unseal_opened(&a, &opening, two, bytes_of(T("c")), &plain), STATUS_CORRUPT);
    assert_status(unseal_opened(&a, &opening, one, bytes_of(T("d")), &plain), STATUS_CORRUPT);
    arena_free(&a);
}

static void tiles_have_one_address(void **state) {
    (void)state;
    struct scene s;
    begin(&s);
    static const char *const GOOD[] = {"tile/0/000", "tile/0/003.p/232", "tile/63/x001/x234/067",
                                       "tile/entries/x001/000.p/1",
                                       "tile/2/x018/x446/x744/x073/x709/x551/615"};
    static const char *const BAD[] = {
        "tile/0/",          "tile/0/1",        "tile/00/000",      "tile/64/000",
        "tile/0/x000/001",  "tile/0/001/002",  "tile/0/000.p",     "tile/0/000.p/0",
        "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/1/2", "tile/2/x018/x446/x744/x073/x709/x551/616",
        "tile/0/x001",      "tiles/0/000",     "tile/0/000/"};
    struct tile_path p;
    struct bytes hashes;
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++) {
        assert_ok(tile_path_read(text_of(GOOD[i]), &p));
        assert_text(tile_path_print(&s.arena, &p), GOOD[i]);
    }
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++)
        if (tile_path_read(text_of(BAD[i]), &p) != STATUS_INVALID) fail_msg("%s was read", BAD[i]);
    assert_ok(tile_path_read(T("tile/0/003.p/232"), &p));
    assert_ok(tile_path_hashes(&s.storage, &p, &s.arena, &hashes));
    struct hash last = test_leaf_hash(999);
    assert_int_equal(hashes.n, 232 * HASH_BYTES);
    assert_memory_equal(hashes.p + 231 * HASH_BYTES, last.b, HASH_BYTES);
    assert_ok(tile_path_read(T("tile/0/003"), &p)); // not full yet
    assert_status(tile_path_hashes(&s.storage, &p, &s.arena, &hashes), STATUS_NOT_FOUND);
    assert_ok(tile_path_read(T("tile/entries/000"), &p)); // leaves are sealed: their hashes must do
    assert_status(tile_path_hashes(&s.storage, &p, &s.arena, &hashes), STATUS_NOT_FOUND);
    end(&s);
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bundle_proves_its_leaf),
        cmocka_unit_test(no_changed_byte_of_a_bundle_is_believed),
        cmocka_unit_test(malformed_bundles_are_refused),
        cmocka_unit_test(a_bundle_of_ten_million_leaves_is_small),
        cmocka_unit_test(a_sealed_part_is_opened_alone),
        cmocka_unit_test(tiles_have_one_address),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
