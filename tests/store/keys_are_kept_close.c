#include "fixture.h"
#include "store/keys.h"

static void path_in(struct fixture *f, const char *name, char into[512]) {
    snprintf(into, 512, "%s/%s", f->dir, name);
}

static void close_store(struct fixture *f) {
    store_close(f->store);
    f->store = NULL;
}

static void refused(struct fixture *f, const char *rule) {
    struct store *s = NULL;
    struct problem p = {0};
    assert_true(store_open(f->env, &f->options, &s, &p) != STATUS_OK);
    assert_null(s);
    assert_string_equal(p.rule, rule);
}

static void a_key_that_others_can_read_is_refused(void **state) {
    struct fixture *f = *state;
    char path[512];
    struct stat s;
    path_in(f, "keys/master.key", path);
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0600);
    close_store(f);
    static const mode_t BAD[] = {0640, 0604, 0660, 0610};
    for (int i = 0; i < 4; i++) {
        chmod(path, BAD[i]);
        refused(f, "key_permission");
    }
    chmod(path, 0400);
    store_again(f);
}

static void nobody_else_can_read_the_files(void **state) {
    struct fixture *f = *state;
    only_on_sqlite();
    static const char *const FILES[] = {"ostia.db", "ostia.db-wal", "ostia.db-shm", "keys", "blobs"};
    chmod(f->dir, 0755);
    store_again(f);
    assert_ok(note_write(f, 1));
    for (int i = 0; i < 5; i++) {
        char path[512];
        struct stat s;
        path_in(f, FILES[i], path);
        assert_int_equal(stat(path, &s), 0);
        assert_int_equal(s.st_mode & 077, 0);
    }
}

static void a_lost_key_is_not_replaced_by_a_new_one(void **state) {
    struct fixture *f = *state;
    char path[512];
    path_in(f, "keys/master.key", path);
    close_store(f);
    assert_int_equal(remove(path), 0);
    refused(f, "key_missing");
    FILE *file = fopen(path, "w");
    fputs("too short", file);
    fclose(file);
    chmod(path, 0600);
    refused(f, "key_corrupt");
}

static void named_keys_stay_the_same(void **state) {
    struct fixture *f = *state;
    struct key first, again, other;
    assert_ok(keys_named(f->store, "log-signing", &first));
    assert_ok(keys_named(f->store, "cookies", &other));
    assert_memory_not_equal(first.b, other.b, KEY_BYTES);
    store_again(f);
    assert_ok(keys_named(f->store, "log-signing", &again));
    assert_memory_equal(first.b, again.b, KEY_BYTES);
    if (is_on_postgresql()) return; // there they follow from the master key
    char one[512], two[512];
    path_in(f, "keys/log-signing.key", one);
    path_in(f, "keys/cookies.key", two);
    assert_int_equal(rename(two, one), 0); // the name is sealed with the key
    assert_status(keys_named(f->store, "log-signing", &again), STATUS_CORRUPT);
}

// ---- keys of persons ----

struct request {
    int64_t subject;
    struct key key;
    enum status answer;
};

static enum status create(struct db *tx, void *arg) {
    struct request *r = arg;
    enum status st = subject_key_create(tx, r->subject, &r->key);
    return st ? st : r->answer;
}

static enum status erase(struct db *tx, void *arg) {
    struct request *r = arg;
    enum status st = subject_key_delete(tx, r->subject);
    return st ? st : r->answer;
}

static enum status get(struct fixture *f, int64_t subject, struct key *out) {
    struct db *db;
    assert_ok(store_reader(f->store, &db));
    enum status st = subject_key_get(db, subject, out);
    store_reader_release(f->store, db);
    return st;
}

static void a_persons_key_is_kept_until_it_is_erased(void **state) {
    struct fixture *f = *state;
    struct request r = {.subject = 42}, other = {.subject = 43};
    struct key key;
    assert_ok(store_write(f->store, create, &r));
    assert_ok(store_write(f->store, create, &other));
    assert_status(store_write(f->store, create, &(struct request){.subject = 42}), STATUS_CONFLICT);
    assert_ok(get(f, 42, &key));
    assert_memory_equal(key.b, r.key.b, KEY_BYTES);
    store_again(f); // not from the cache
    assert_ok(get(f, 42, &key));
    assert_memory_equal(key.b, r.key.b, KEY_BYTES);
    assert_ok(store_write(f->store, erase, &r));
    assert_status(get(f, 42, &key), STATUS_NOT_FOUND);
    assert_status(store_write(f->store, erase, &r), STATUS_NOT_FOUND);
    assert_ok(get(f, 43, &key));
    assert_memory_equal(key.b, other.key.b, KEY_BYTES);
}

static void an_undone_job_leaves_no_key_behind(void **state) {
    struct fixture *f = *state;
    struct request r = {.subject = 42, .answer = STATUS_REFUSED}, kept = {.subject = 42};
    struct key key;
    assert_status(store_write(f->store, create, &r), STATUS_REFUSED);
    assert_status(get(f, 42, &key), STATUS_NOT_FOUND);
    assert_ok(store_write(f->store, create, &kept));
    assert_ok(get(f, 42, &key));
    assert_memory_equal(key.b, kept.key.b, KEY_BYTES);
    r.answer = STATUS_REFUSED;
    assert_status(store_write(f->store, erase, &r), STATUS_REFUSED);
    assert_ok(get(f, 42, &key));
    assert_memory_equal(key.b, kept.key.b, KEY_BYTES);
}

// A page that began before the erasure may still read; it must not bring the key back for those after it.
static void an_old_snapshot_does_not_bring_an_erased_key_back(void **state) {
    struct fixture *f = *state;
    struct request r = {.subject = 42};
    struct key key;
    struct db *old;
    assert_ok(store_write(f->store, create, &r));
    assert_ok(store_reader(f->store, &old));
    assert_ok(db_begin_read(old));
    assert_ok(store_write(f->store, erase, &r));
    assert_ok(subject_key_get(old, 42, &key));
    assert_status(get(f, 42, &key), STATUS_NOT_FOUND);
    db_end_read(old);
    store_reader_release(f->store, old);
    assert_status(get(f, 42, &key), STATUS_NOT_FOUND);
}

static bool file_holds(const char *path, const uint8_t *needle, size_t n) {
    FILE *file = fopen(path, "r");
    if (!file) return false;
    static uint8_t all[8 << 20];
    size_t size = fread(all, 1, sizeof all, file);
    fclose(file);
    return memmem(all, size, needle, n) != NULL;
}

static const struct sql WRAPPED = SQL("wrapped", "select wrapped from subject_key where subject = :subject");

static void an_erased_key_is_gone_from_the_files(void **state) {
    struct fixture *f = *state;
    only_on_sqlite();
    struct request r = {.subject = 42};
    uint8_t wrapped[72];
    char database[512], log[512];
    path_in(f, "ostia.db", database);
    path_in(f, "ostia.db-wal", log);
    assert_ok(store_write(f->store, create, &r));
    struct db *db;
    struct rows rows;
    assert_ok(store_reader(f->store, &db));
    assert_ok(DB_ONE(db, &rows, &WRAPPED, V_INT(42)));
    assert_int_equal(row_bytes(&rows, 0).n, sizeof wrapped);
    memcpy(wrapped, row_bytes(&rows, 0).p, sizeof wrapped);
    assert_ok(rows_end(&rows));
    store_reader_release(f->store, db);
    assert_true(file_holds(database, wrapped, 72) || file_holds(log, wrapped, 72));
    assert_ok(store_write(f->store, erase, &r));
    bool is_there = true;
    for (int i = 0; i < 300 && is_there; i++) { // the log is emptied right after the answer
        is_there = file_holds(database, wrapped, 72) || file_holds(log, wrapped, 72);
        if (is_there) usleep(10000);
    }
    assert_false(is_there);
}

static void a_folder_that_anybody_may_write_is_refused(void **state) {
    struct fixture *f = *state;
    store_close(f->store);
    f->store = NULL;
    assert_int_equal(chmod(f->dir, 0777), 0);
    assert_status(store_open(f->env, &f->options, &f->store, &f->problem), STATUS_REFUSED);
    assert_string_equal(f->problem.text_key, "problem.store.folder_open");
    assert_int_equal(chmod(f->dir, 0755), 0);
    store_again(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_key_that_others_can_read_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(nobody_else_can_read_the_files, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lost_key_is_not_replaced_by_a_new_one, setup, teardown),
        cmocka_unit_test_setup_teardown(named_keys_stay_the_same, setup, teardown),
        cmocka_unit_test_setup_teardown(a_persons_key_is_kept_until_it_is_erased, setup, teardown),
        cmocka_unit_test_setup_teardown(an_undone_job_leaves_no_key_behind, setup, teardown),
        cmocka_unit_test_setup_teardown(an_old_snapshot_does_not_bring_an_erased_key_back, setup, teardown),
        cmocka_unit_test_setup_teardown(an_erased_key_is_gone_from_the_files, setup, teardown),
        cmocka_unit_test_setup_teardown(a_folder_that_anybody_may_write_is_refused, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
