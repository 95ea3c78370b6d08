#include "fixture.h"

static const struct sql ALL = SQL("all", "select id from note order by id");

static void a_snapshot_does_not_move(void **state) {
    struct fixture *f = *state;
    struct db *db;
    int64_t n = 0;
    assert_ok(note_write(f, 1));
    assert_ok(store_reader(f->store, &db));
    assert_ok(db_begin_read(db));
    assert_ok(note_write(f, 2)); // does not wait for the reader, nor the reader for it
    assert_ok(DB_INT(db, &n, &NOTE_COUNT));
    assert_int_equal(n, 1);
    assert_ok(note_write(f, 3));
    assert_ok(DB_INT(db, &n, &NOTE_COUNT));
    assert_int_equal(n, 1);
    db_end_read(db);
    assert_ok(DB_INT(db, &n, &NOTE_COUNT));
    assert_int_equal(n, 3);
    store_reader_release(f->store, db);
}

// Inside a job one reads what the job has written, and what was there before.
static enum status write_then_read(struct db *tx, void *arg) {
    struct rows r;
    enum status st = db_begin_read(tx);
    if (!st) st = DB_RUN(tx, &NOTE_ADD, V_INT(2), V_NULL);
    if (!st) st = DB_QUERY(tx, &r, &ALL);
    if (st) return st;
    while (rows_next(&r)) *(int64_t *)arg = *(int64_t *)arg * 10 + row_int(&r, 0);
    st = rows_end(&r);
    db_end_read(tx);
    return st;
}

static void a_job_reads_its_own_writes(void **state) {
    struct fixture *f = *state;
    int64_t read = 0;
    assert_ok(note_write(f, 1));
    assert_ok(store_write(f->store, write_then_read, &read));
    assert_int_equal(read, 12);
}

struct borrower {
    struct fixture *fixture;
    enum status status;
};

static void *borrow(void *arg) {
    struct borrower *b = arg;
    struct db *db;
    b->status = store_reader(b->fixture->store, &db);
    if (!b->status) store_reader_release(b->fixture->store, db);
    return NULL;
}

static void who_finds_all_readers_taken_waits_for_one(void **state) {
    struct fixture *f = *state;
    struct db *one, *two;
    assert_ok(store_reader(f->store, &one));
    assert_ok(store_reader(f->store, &two));
    assert_ptr_not_equal(one, two);
    struct borrower b = {f, STATUS_STORE};
    pthread_t t;
    pthread_create(&t, NULL, borrow, &b);
    usleep(20000);
    store_reader_release(f->store, one);
    pthread_join(t, NULL);
    assert_ok(b.status);
    store_reader_release(f->store, two);
}

static int64_t wal_bytes(struct fixture *f) {
    char path[300];
    struct stat s;
    snprintf(path, sizeof path, "%s/ostia.db-wal", f->dir);
    return stat(path, &s) == 0 ? s.st_size : 0;
}

static const struct sql BIG_ADD = SQL("big_add", "insert into note (id, extra) values (:id, :extra)");
static const struct sql BIG_CHANGE = SQL("big_change", "update note set extra = :extra where id = :id");

static enum status change_big(struct db *tx, void *arg) {
    static uint8_t big[1 << 20];
    int64_t id = *(int64_t *)arg;
    memset(big, (int)id, sizeof big);
    struct value extra = V_BYTES(((struct bytes){big, sizeof big}));
    return id == 0 ? DB_RUN(tx, &BIG_ADD, V_INT(1), extra) : DB_RUN(tx, &BIG_CHANGE, extra, V_INT(1));
}

// 200 MB of changes to one row, while readers come and go: the log starts over again and again.
static void the_log_does_not_grow_without_bound(void **state) {
    struct fixture *f = *state;
    only_on_sqlite();
    for (int64_t i = 0; i < 200; i++) {
        assert_ok(store_write(f->store, change_big, &i));
        struct db *db;
        int64_t n;
        assert_ok(store_reader(f->store, &db));
        assert_ok(db_begin_read(db));
        assert_ok(DB_INT(db, &n, &NOTE_COUNT));
        db_end_read(db);
        store_reader_release(f->store, db);
    }
    assert_true(store_stats(f->store).checkpoints >= 5);
    assert_true(wal_bytes(f) < 40 << 20);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_snapshot_does_not_move, setup, teardown),
        cmocka_unit_test_setup_teardown(a_job_reads_its_own_writes, setup, teardown),
        cmocka_unit_test_setup_teardown(who_finds_all_readers_taken_waits_for_one, setup, teardown),
        cmocka_unit_test_setup_teardown(the_log_does_not_grow_without_bound, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
