// A command or batch that fails is rolled back, and the log goes on as if it had never been; so after a
// restart.
#include <time.h>

#include "../check.h"
#include "memory_tiles.h"

static void assert_is_naive(const struct ledger *l) {
    struct hash got = ledger_root(l), want = naive_root(0, ledger_size(l));
    assert_memory_equal(got.b, want.b, HASH_BYTES);
}

static void spoil(struct ledger *l, int count) {
    for (int i = 0; i < count; i++) assert_ok(ledger_append(l, bytes_of(T("refused")), NULL));
}

static void a_failed_command_is_taken_back(void **state) {
    (void)state;
    struct ledger_storage s;
    struct memory_tiles *m = memory_tiles_new(&s);
    struct ledger *l;
    assert_ok(ledger_open(&s, 0, &l));
    for (uint64_t n = 1; n < 1400; n += 1 + n % 5) {
        append_upto(l, n);
        spoil(l, (int)(1 + n % 300));
        assert_ok(ledger_rollback_to(l, n));
        assert_int_equal(ledger_size(l), n);
        assert_is_naive(l);
        if (n % 3 == 0) assert_ok(ledger_flush(l));
    }
    assert_ok(ledger_flush(l));
    struct arena a = {0};
    struct hash stored, want = naive_root(0, ledger_size(l));
    assert_ok(ledger_root_at(&s, ledger_size(l), &a, &stored));
    assert_memory_equal(stored.b, want.b, HASH_BYTES);
    arena_free(&a);
    ledger_close(l);
    free(m);
}

static void a_batch_whose_commit_fails_is_taken_back(void **state) {
    (void)state;
    struct ledger_storage s;
    struct memory_tiles *m = memory_tiles_new(&s), *before = malloc(sizeof *before);
    struct ledger *l;
    assert_non_null(before);
    assert_ok(ledger_open(&s, 0, &l));
    for (uint64_t n = 100; n < 1500; n += 173) {
        append_upto(l, n);
        assert_ok(ledger_flush(l));
        memcpy(before, m, sizeof *m);
        spoil(l, 400);
        assert_ok(ledger_flush(l));   // the tiles were written ...
        memcpy(m, before, sizeof *m); // ... and the transaction was lost
        assert_ok(ledger_rollback_to(l, n));
        assert_is_naive(l);
        append_upto(l, n + 50);
        assert_is_naive(l);
    }
    ledger_close(l);
    free(before);
    free(m);
}

static void a_full_disk_is_reported_and_survived(void **state) {
    (void)state;
    struct ledger_storage s;
    struct memory_tiles *m = memory_tiles_new(&s);
    struct ledger *l;
    assert_ok(ledger_open(&s, 0, &l));
    append_upto(l, 1000);
    m->fail_write = 3;
    assert_status(ledger_flush(l), STATUS_FULL);
    memset(m->tiles, 0, sizeof m->tiles);
    assert_ok(ledger_flush(l)); // the next batch may try again
    struct ledger *again;
    assert_ok(ledger_open(&s, 1000, &again));
    assert_is_naive(again);
    ledger_close(again);
    ledger_close(l);
    free(m);
}

static void a_reopened_log_goes_on(void **state) {
    (void)state;
    struct ledger_storage s;
    struct memory_tiles *m = memory_tiles_new(&s);
    uint64_t stored = 0;
    for (uint64_t size = 0; size < 1300; size += 1 + size % 37) {
        struct ledger *l;
        assert_ok(ledger_open(&s, stored, &l));
        append_upto(l, size);
        assert_is_naive(l);
        assert_ok(ledger_flush(l));
        stored = size;
        ledger_close(l);
    }
    free(m);
}

static void a_missing_tile_is_noticed(void **state) {
    (void)state;
    struct ledger_storage s;
    struct memory_tiles *m = memory_tiles_new(&s);
    struct ledger *l;
    assert_ok(ledger_open(&s, 0, &l));
    append_upto(l, 300);
    assert_ok(ledger_flush(l));
    ledger_close(l);
    m->tiles[0][1].n -= HASH_BYTES;
    assert_status(ledger_open(&s, 300, &l), STATUS_CORRUPT);
    m->tiles[0][1].n = 0;
    assert_status(ledger_open(&s, 300, &l), STATUS_CORRUPT);
    free(m);
}

static void storage_costs_a_row_for_256_leaves(void **state) {
    (void)state;
    struct ledger_storage s;
    struct memory_tiles *m = memory_tiles_new(&s);
    struct ledger *l;
    assert_ok(ledger_open(&s, 0, &l));
    append_upto(l, 65536);
    struct timespec from, to;
    enum { MORE = 60000 };
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (int i = 0; i < MORE; i++) {
        struct hash h = {.b = {(uint8_t)i}};
        assert_ok(ledger_append_hash(l, &h, NULL));
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    double ns = (double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec);
    print_message("# append: %.0f ns a leaf beside its own hash\n", ns / MORE);
    assert_ok(ledger_rollback_to(l, 65536));
    assert_ok(ledger_flush(l));
    assert_int_equal(m->writes, 256 + 1 + 1);
    m->writes = 0;
    append_upto(l, 65537);
    assert_ok(ledger_flush(l));
    assert_int_equal(m->writes, 1);
    ledger_close(l);
    free(m);
}

int main(void) {
    crypto_start();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_command_is_taken_back),
        cmocka_unit_test(a_batch_whose_commit_fails_is_taken_back),
        cmocka_unit_test(a_full_disk_is_reported_and_survived),
        cmocka_unit_test(a_reopened_log_goes_on),
        cmocka_unit_test(a_missing_tile_is_noticed),
        cmocka_unit_test(storage_costs_a_row_for_256_leaves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
