#include <dirent.h>
#include <fcntl.h>

#include "base/encode.h"
#include "fixture.h"
#include "store/blob.h"
#include "store/keys.h"

static struct key key_of(uint8_t n) {
    struct key k = {{n, 7, 3}};
    return k;
}

static uint8_t *pattern(size_t n) {
    uint8_t *p = malloc(n + 1);
    uint32_t x = 12345;
    for (size_t i = 0; i < n; i++) p[i] = (uint8_t)((x = x * 1664525 + 1013904223) >> 24);
    return p;
}

// Written in odd pieces, as a network gives them.
static struct blob_info store_document(struct fixture *f, const struct key *key, const uint8_t *p, size_t n) {
    struct blob_writer *w;
    struct blob_info info;
    assert_ok(blob_create(f->store, key, BLOB_BYTES_MAX, &w));
    for (size_t at = 0, piece = 1; at < n; at += piece, piece = piece * 3 + 1) {
        if (piece > n - at) piece = n - at;
        assert_ok(blob_write(w, (struct bytes){p + at, piece}));
    }
    assert_ok(blob_finish(&w, &info));
    return info;
}

static void path_of(struct fixture *f, const struct hash *name, char into[512]) {
    struct arena a = {0};
    struct text hex = hex_encode(&a, (struct bytes){name->b, HASH_BYTES});
    snprintf(into, 512, "%s/blobs/%.2s/" TEXT_FMT, f->dir, hex.p, TEXT_ARG(hex));
    arena_free(&a);
}

static void documents_of_every_size_come_back(void **state) {
    struct fixture *f = *state;
    static const size_t SIZES[] = {0,
                                   1,
                                   96,
                                   4095,
                                   BLOB_CHUNK_BYTES - 1,
                                   BLOB_CHUNK_BYTES,
                                   BLOB_CHUNK_BYTES + 1,
                                   2 * BLOB_CHUNK_BYTES,
                                   1000003,
                                   2 * 1024 * 1024 + 5}; // three pieces, where they are in the database
    struct key key = key_of(1);
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        uint8_t *p = pattern(SIZES[i]);
        struct blob_info info = store_document(f, &key, p, SIZES[i]);
        struct hash plain = hash_of((struct bytes){p, SIZES[i]});
        struct arena a = {0};
        struct bytes back;
        assert_int_equal(info.size, SIZES[i]);
        assert_true(hash_eq(&info.plain_hash, &plain));
        assert_ok(blob_verify(f->store, &info.name));
        assert_ok(blob_read_all(f->store, &info.name, &key, BLOB_BYTES_MAX, &a, &back));
        assert_int_equal(back.n, SIZES[i]);
        if (back.n) assert_memory_equal(back.p, p, back.n);
        if (!is_on_postgresql()) {
            struct stat s;
            char path[512];
            path_of(f, &info.name, path);
            assert_int_equal(stat(path, &s), 0);
            assert_int_equal(s.st_size, info.stored_size);
        }
        if (SIZES[i])
            assert_status(blob_read_all(f->store, &info.name, &key, SIZES[i] - 1, &a, &back),
                          STATUS_TOO_LARGE);
        arena_free(&a);
        free(p);
    }
}

static enum status read_through(struct fixture *f, const struct hash *name, const struct key *key) {
    struct arena a = {0};
    struct bytes back;
    enum status st = blob_read_all(f->store, name, key, BLOB_BYTES_MAX, &a, &back);
    arena_free(&a);
    return st;
}

static void a_flipped_byte_anywhere_is_found(void **state) {
    struct fixture *f = *state;
    only_on_sqlite();
    struct key key = key_of(1);
    size_t n = 2 * BLOB_CHUNK_BYTES + 500;
    uint8_t *p = pattern(n);
    struct blob_info info = store_document(f, &key, p, n);
    char path[512];
    path_of(f, &info.name, path);
    int fd = open(path, O_RDWR);
    for (off_t at = 0; at < info.stored_size; at += 97) {
        uint8_t byte;
        assert_int_equal(pread(fd, &byte, 1, at), 1);
        byte ^= (uint8_t)(1 << at % 8);
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
        assert_status(blob_verify(f->store, &info.name), STATUS_CORRUPT);
        assert_status(read_through(f, &info.name, &key), STATUS_CORRUPT);
        byte ^= (uint8_t)(1 << at % 8);
        assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    }
    assert_ok(blob_verify(f->store, &info.name));
    assert_ok(read_through(f, &info.name, &key));
    close(fd);
    free(p);
}

enum { HEAD = 8 + 24, SEALED = BLOB_CHUNK_BYTES + 17 };

static void cut_longer_and_reordered_documents_are_found(void **state) {
    struct fixture *f = *state;
    only_on_sqlite();
    struct key key = key_of(1), wrong = key_of(2);
    size_t n = 3 * BLOB_CHUNK_BYTES;
    uint8_t *p = pattern(n), *file = malloc(HEAD + 3 * SEALED + 1);
    struct blob_info info = store_document(f, &key, p, n);
    char path[512];
    path_of(f, &info.name, path);
    assert_status(read_through(f, &info.name, &wrong), STATUS_CORRUPT);
    int fd = open(path, O_RDWR);
    assert_int_equal(read(fd, file, HEAD + 3 * SEALED + 1), HEAD + 3 * SEALED);
    static const size_t CUTS[] = {
        0, 7, 8, 31, HEAD, HEAD + 1, HEAD + SEALED, HEAD + 2 * SEALED, HEAD + 3 * SEALED - 1};
    for (size_t i = 0; i < sizeof CUTS / sizeof *CUTS; i++) {
        assert_int_equal(ftruncate(fd, (off_t)CUTS[i]), 0);
        assert_status(read_through(f, &info.name, &key), STATUS_CORRUPT);
        assert_int_equal(pwrite(fd, file, HEAD + 3 * SEALED, 0), HEAD + 3 * SEALED);
    }
    assert_ok(read_through(f, &info.name, &key));
    assert_int_equal(pwrite(fd, "x", 1, HEAD + 3 * SEALED), 1);
    assert_status(read_through(f, &info.name, &key), STATUS_CORRUPT);
    assert_int_equal(ftruncate(fd, HEAD + 3 * SEALED), 0);
    assert_int_equal(pwrite(fd, file + HEAD, SEALED, HEAD + SEALED), SEALED);
    assert_int_equal(pwrite(fd, file + HEAD + SEALED, SEALED, HEAD), SEALED);
    assert_status(read_through(f, &info.name, &key), STATUS_CORRUPT);
    close(fd);
    free(p);
    free(file);
}

// ---- in a database that several servers share

static const struct sql CUT = SQL("cut", "delete from document_piece where name = :name and number = 2");
static const struct sql FLIP = SQL("flip", "update document_piece set bytes = set_byte(bytes, 7000, 255 -"
                                           " get_byte(bytes, 7000)) where name = :name and number = 1");
static const struct sql MOVE =
    SQL("move", "update document_piece set number = number + 2 where name = :name and number = 1");

struct change {
    const struct sql *sql;
    const struct hash *name;
};

static enum status change(struct db *tx, void *arg) {
    struct change *c = arg;
    return DB_RUN(tx, c->sql, V_BYTES(hash_bytes(c->name)));
}

static void pieces_that_are_missing_changed_or_moved_are_found(void **state) {
    struct fixture *f = *state;
    only_on_postgresql();
    struct key key = key_of(1);
    static const struct sql *const CHANGES[] = {&CUT, &FLIP, &MOVE};
    size_t n = 2 * 1024 * 1024 + 5;
    uint8_t *p = pattern(n);
    for (size_t i = 0; i < sizeof CHANGES / sizeof *CHANGES; i++) {
        struct blob_info info = store_document(f, &key, p, n);
        assert_ok(read_through(f, &info.name, &key));
        assert_ok(store_write(f->store, change, &(struct change){CHANGES[i], &info.name}));
        assert_status(blob_verify(f->store, &info.name), STATUS_CORRUPT);
        assert_status(read_through(f, &info.name, &key), STATUS_CORRUPT);
    }
    free(p);
}

// Each server has a folder of its own; the master key is the same in all.
static void another_server_has_the_documents_and_the_keys(void **state) {
    struct fixture *f = *state;
    only_on_postgresql();
    struct fixture other = {.env = f->env, .options = f->options};
    char command[2048];
    struct key key = key_of(1), one, two;
    snprintf(other.dir, sizeof other.dir, "%.240s-other", f->dir);
    snprintf(command, sizeof command, "mkdir -m 700 %s %s/keys && cp -p %s/keys/master.key %s/keys/",
             other.dir, other.dir, f->dir, other.dir);
    assert_int_equal(system(command), 0);
    other.options.dir = other.dir;
    store_again(&other);
    struct blob_info info = store_document(f, &key, (const uint8_t *)"passport", 8);
    assert_ok(read_through(&other, &info.name, &key));
    assert_ok(keys_named(f->store, "letters", &one));
    assert_ok(keys_named(other.store, "letters", &two));
    assert_memory_equal(one.b, two.b, KEY_BYTES);
    assert_ok(blob_remove(other.store, &info.name));
    assert_status(read_through(f, &info.name, &key), STATUS_NOT_FOUND);
    store_close(other.store);
    folder_remove(&other);
}

static enum status count_one(void *arg, const struct hash *name) {
    (void)name;
    ++*(int *)arg;
    return STATUS_OK;
}

static enum status stop_with_not_found(void *arg, const struct hash *name) {
    (void)arg;
    (void)name;
    return STATUS_NOT_FOUND;
}

static void documents_can_be_listed_and_removed(void **state) {
    struct fixture *f = *state;
    struct key key = key_of(1);
    struct blob_info infos[20];
    int count = 0;
    for (int i = 0; i < 20; i++) infos[i] = store_document(f, &key, (const uint8_t *)"passport", 8);
    assert_ok(blob_each(f->store, count_one, &count));
    assert_int_equal(count, 20); // same content, yet each is sealed anew: nobody can tell that they are equal
    assert_status(blob_each(f->store, stop_with_not_found, NULL), STATUS_NOT_FOUND);
    assert_ok(blob_remove(f->store, &infos[3].name));
    assert_status(blob_remove(f->store, &infos[3].name), STATUS_NOT_FOUND);
    assert_status(blob_verify(f->store, &infos[3].name), STATUS_NOT_FOUND);
    assert_status(read_through(f, &infos[3].name, &key), STATUS_NOT_FOUND);
    count = 0;
    assert_ok(blob_each(f->store, count_one, &count));
    assert_int_equal(count, 19);
}

static int files_in(struct fixture *f, const char *folder) {
    char path[512];
    snprintf(path, sizeof path, "%s/%s", f->dir, folder);
    DIR *d = opendir(path);
    int n = 0;
    for (struct dirent *e; (e = readdir(d));) n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void what_is_too_large_or_given_up_leaves_nothing(void **state) {
    struct fixture *f = *state;
    struct key key = key_of(1);
    struct blob_writer *w;
    struct blob_info info;
    assert_ok(blob_create(f->store, &key, 10, &w));
    assert_ok(blob_write(w, (struct bytes){(const uint8_t *)"0123456789", 10}));
    assert_status(blob_write(w, (struct bytes){(const uint8_t *)"x", 1}), STATUS_TOO_LARGE);
    assert_int_equal(files_in(f, "blobs/temporary"), 1);
    blob_abort(&w);
    blob_abort(&w);
    assert_int_equal(files_in(f, "blobs/temporary"), 0);
    assert_ok(blob_create(f->store, &key, 10, &w));
    assert_status(blob_write(w, (struct bytes){(const uint8_t *)"0123456789x", 11}), STATUS_TOO_LARGE);
    assert_status(blob_finish(&w, &info), STATUS_TOO_LARGE);
    assert_int_equal(files_in(f, "blobs/temporary"), 0);
    char path[512];
    snprintf(path, sizeof path, "%s/blobs/temporary/7", f->dir); // as a killed program leaves it
    fclose(fopen(path, "w"));
    store_again(f);
    assert_int_equal(files_in(f, "blobs/temporary"), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(documents_of_every_size_come_back, setup, teardown),
        cmocka_unit_test_setup_teardown(a_flipped_byte_anywhere_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(cut_longer_and_reordered_documents_are_found, setup, teardown),
        cmocka_unit_test_setup_teardown(documents_can_be_listed_and_removed, setup, teardown),
        cmocka_unit_test_setup_teardown(pieces_that_are_missing_changed_or_moved_are_found, setup, teardown),
        cmocka_unit_test_setup_teardown(another_server_has_the_documents_and_the_keys, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_too_large_or_given_up_leaves_nothing, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
