// The 15-entry log that ships with transparency-dev/tessera: its tiles, entries and signed checkpoints.
#include "../check.h"
#include "ledger/checkpoint.h"
#include "ledger/ledger.h"

enum { SAMPLE_SIZE = 15 };
// The public half of the key that the upstream project publishes with its test data.
static const char VKEY[] = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

static struct bytes file_read(struct arena *a, const char *name) {
    const char *path = data_path(name);
    if (!path) return (struct bytes){0};
    FILE *f = fopen(path, "rb");
    if (!f) return (struct bytes){0};
    uint8_t *b = arena_alloc(a, 1 << 16);
    size_t n = fread(b, 1, 1 << 16, f);
    fclose(f);
    return (struct bytes){b, n};
}

// The sample keeps a tile for each size; `context` says which.
static enum status sample_tile(void *context, int level, uint64_t index, struct arena *a,
                               struct bytes *hashes) {
    char name[128];
    if (level != 0 || index != 0) return STATUS_NOT_FOUND;
    snprintf(name, sizeof name, "transparency/tessera-log/tile/0/000.p/%d", *(int *)context);
    *hashes = file_read(a, name);
    return hashes->n ? STATUS_OK : STATUS_NOT_FOUND;
}

static struct checkpoint sample_checkpoint(struct arena *a, int size) {
    char name[128];
    struct note_key key;
    struct checkpoint c;
    assert_ok(note_key_read(
        a, T("example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"), &key));
    assert_text(note_key_print(a, &key), VKEY);
    snprintf(name, sizeof name, "transparency/tessera-log/checkpoint.%d", size);
    struct text signed_note = text_of_bytes(file_read(a, name));
    assert_ok(checkpoint_open(a, signed_note, T("example.com/log/testdata"), &key, 1, &c));
    return c;
}

static void every_size_has_a_valid_checkpoint(void **state) {
    (void)state;
    if (!data_path("transparency/tessera-log/checkpoint.0")) skip_no_data();
    for (int size = 0; size <= SAMPLE_SIZE; size++) {
        struct arena a = {0};
        struct ledger_storage s = {&size, sample_tile, NULL};
        struct checkpoint c = sample_checkpoint(&a, size);
        struct hash root;
        assert_int_equal(c.size, size);
        assert_ok(ledger_root_at(&s, c.size, &a, &root));
        assert_memory_equal(root.b, c.root.b, HASH_BYTES);
        arena_free(&a);
    }
}

static void its_entries_are_its_leaves(void **state) {
    (void)state;
    if (!data_path("transparency/tessera-log/checkpoint.0")) skip_no_data();
    struct arena a = {0};
    struct bytes entries = file_read(&a, "transparency/tessera-log/tile/entries/000.p/15");
    struct ledger_storage none = {NULL, sample_tile, NULL};
    struct ledger *l;
    assert_ok(ledger_open(&none, 0, &l));
    for (size_t at = 0; at + 2 <= entries.n;) { // each with its length in two bytes before it
        size_t n = (size_t)entries.p[at] << 8 | entries.p[at + 1];
        assert_true(at + 2 + n <= entries.n);
        assert_ok(ledger_append(l, (struct bytes){entries.p + at + 2, n}, NULL));
        at += 2 + n;
        struct checkpoint c = sample_checkpoint(&a, (int)ledger_size(l));
        struct hash root = ledger_root(l);
        assert_memory_equal(root.b, c.root.b, HASH_BYTES);
    }
    assert_int_equal(ledger_size(l), SAMPLE_SIZE);
    ledger_close(l);
    arena_free(&a);
}

static void its_checkpoints_are_consistent(void **state) {
    (void)state;
    if (!data_path("transparency/tessera-log/checkpoint.0")) skip_no_data();
    for (int size1 = 1; size1 <= SAMPLE_SIZE; size1++)
        for (int size2 = size1; size2 <= SAMPLE_SIZE; size2++) {
            struct arena a = {0};
            struct ledger_storage s = {&size2, sample_tile, NULL};
            struct checkpoint c1 = sample_checkpoint(&a, size1), c2 = sample_checkpoint(&a, size2);
            struct proof p;
            assert_ok(ledger_consistency(&s, c1.size, c2.size, &a, &p));
            assert_ok(proof_check_consistency(&p, c1.size, c2.size, &c1.root, &c2.root));
            arena_free(&a);
        }
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_has_a_valid_checkpoint),
        cmocka_unit_test(its_entries_are_its_leaves),
        cmocka_unit_test(its_checkpoints_are_consistent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
