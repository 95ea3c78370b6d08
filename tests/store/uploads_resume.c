#include <dirent.h>
#include <fcntl.h>

#include "fixture.h"
#include "store/blob.h"

static const struct text TOKEN = {"a-token-of-24-characters", 24};
static const struct key KEY = {{9, 9, 9}};
enum { DOCUMENT = 300000, MAX = 1000000 };

static uint8_t *document(void) {
    uint8_t *p = malloc(DOCUMENT);
    for (int i = 0; i < DOCUMENT; i++) p[i] = (uint8_t)(i * 7 + i / 251);
    return p;
}

static void file_of_upload(struct fixture *f, char into[512]) {
    char folder[400];
    snprintf(folder, sizeof folder, "%s/blobs/uploads", f->dir);
    DIR *d = opendir(folder);
    into[0] = 0;
    for (struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.') snprintf(into, 512, "%s/%.100s", folder, e->d_name);
    closedir(d);
}

static void append(struct upload *u, const uint8_t *p, int64_t from, int64_t to) {
    assert_ok(upload_append(u, from, (struct bytes){p + from, (size_t)(to - from)}));
}

static void finish_and_compare(struct fixture *f, struct upload *u, const uint8_t *p) {
    struct blob_info info;
    assert_ok(upload_finish(u, &KEY, &info));
    struct hash plain = hash_of((struct bytes){p, DOCUMENT});
    assert_int_equal(info.size, DOCUMENT);
    assert_true(hash_eq(&plain, &info.plain_hash));
    struct arena a = {0};
    struct bytes back;
    assert_ok(blob_read_all(f->store, &info.name, &KEY, MAX, &a, &back));
    assert_memory_equal(back.p, p, DOCUMENT);
    arena_free(&a);
    char path[512];
    file_of_upload(f, path);
    assert_string_equal(path, "");
}

static void an_upload_goes_on_after_a_restart(void **state) {
    struct fixture *f = *state;
    uint8_t *p = document();
    struct upload u;
    assert_ok(upload_open(f->store, TOKEN, MAX, &u));
    assert_int_equal(u.offset, 0);
    append(&u, p, 0, 100000);
    append(&u, p, 100000, 100001);
    assert_status(upload_append(&u, 100000, (struct bytes){p, 10}), STATUS_CONFLICT);
    assert_int_equal(u.offset, 100001);
    upload_close(&u);
    store_again(f);
    assert_ok(upload_open(f->store, TOKEN, MAX, &u));
    assert_int_equal(u.offset, 100001);
    append(&u, p, 100001, DOCUMENT);
    finish_and_compare(f, &u, p);
    free(p);
}

// The power went while the last piece was written: whatever is left of it, the sender is told where to go on.
static void a_torn_piece_is_cut_off(void **state) {
    struct fixture *f = *state;
    uint8_t *p = document();
    struct upload u;
    char path[512];
    assert_ok(upload_open(f->store, TOKEN, MAX, &u));
    append(&u, p, 0, 70000);
    upload_close(&u);
    file_of_upload(f, path);
    static const char *const TORN[] = {"\0", "\0\1\0", "\0\0\0\5garbage", "\377\377\377\377",
                                       "\0\0\0\0\0\0\0\0"};
    static const int LENGTHS[] = {1, 3, 11, 4, 8};
    for (int i = 0; i < 5; i++) {
        int fd = open(path, O_WRONLY | O_APPEND);
        assert_int_equal(write(fd, TORN[i], (size_t)LENGTHS[i]), LENGTHS[i]);
        close(fd);
        assert_ok(upload_open(f->store, TOKEN, MAX, &u));
        assert_int_equal(u.offset, 70000);
        upload_close(&u);
    }
    int fd = open(path, O_WRONLY | O_APPEND); // a whole record of zeros
    uint8_t zeros[4 + 5 + 40] = {0, 0, 0, 5};
    assert_int_equal(write(fd, zeros, sizeof zeros), sizeof zeros);
    close(fd);
    assert_ok(upload_open(f->store, TOKEN, MAX, &u));
    assert_int_equal(u.offset, 70000);
    append(&u, p, 70000, DOCUMENT);
    finish_and_compare(f, &u, p);
    free(p);
}

static void bytes_that_were_changed_are_not_accepted(void **state) {
    struct fixture *f = *state;
    uint8_t *p = document(), byte;
    struct upload u;
    char path[512];
    assert_ok(upload_open(f->store, TOKEN, MAX, &u));
    append(&u, p, 0, DOCUMENT);
    file_of_upload(f, path);
    int fd = open(path, O_RDWR);
    assert_int_equal(pread(fd, &byte, 1, 5000), 1);
    byte ^= 4;
    assert_int_equal(pwrite(fd, &byte, 1, 5000), 1);
    struct blob_info info;
    assert_status(upload_finish(&u, &KEY, &info), STATUS_CORRUPT);
    assert_ok(upload_open(f->store, TOKEN, MAX, &u));
    assert_int_equal(u.offset, 0); // the first record was hit: start again
    assert_ok(upload_drop(&u));
    close(fd);
    free(p);
}

static void nothing_readable_lies_on_the_disk(void **state) {
    struct fixture *f = *state;
    struct upload u;
    char path[512], bytes[4096];
    struct text secret = T("Surname: Sesame-Street-Resident");
    assert_ok(upload_open(f->store, TOKEN, MAX, &u));
    assert_ok(upload_append(&u, 0, bytes_of(secret)));
    file_of_upload(f, path);
    int fd = open(path, O_RDONLY);
    ssize_t n = read(fd, bytes, sizeof bytes);
    close(fd);
    size_t at;
    assert_true(n > 50);
    assert_false(text_find((struct text){bytes, (size_t)n}, T("Sesame"), &at));
    assert_null(strstr(path, "token"));
    upload_close(&u);
}

static void bounds_are_kept(void **state) {
    struct fixture *f = *state;
    struct upload u, second;
    uint8_t *p = document();
    assert_status(upload_open(f->store, T("short"), MAX, &u), STATUS_INVALID);
    assert_ok(upload_open(f->store, TOKEN, 100000, &u));
    assert_status(upload_append(&u, 0, (struct bytes){p, 100001}), STATUS_TOO_LARGE);
    append(&u, p, 0, 100000);
    assert_status(upload_append(&u, 100000, (struct bytes){p, 1}), STATUS_TOO_LARGE);
    assert_status(upload_open(f->store, TOKEN, MAX, &second), STATUS_BUSY);
    upload_close(&u);
    assert_ok(upload_open(f->store, TOKEN, MAX, &second));
    assert_int_equal(second.offset, 100000);
    upload_close(&second);
    free(p);
}

static void old_uploads_are_swept(void **state) {
    struct fixture *f = *state;
    struct env_fixed clock;
    f->env = env_fixed(&clock, (struct moment){1000000000}, 1);
    store_again(f);
    struct upload old, busy, new;
    int64_t removed;
    assert_ok(upload_open(f->store, T("the-old-upload-token"), MAX, &old));
    upload_close(&old);
    assert_ok(upload_open(f->store, T("the-busy-upload-token"), MAX, &busy));
    clock.at.ms += 10000;
    assert_ok(upload_open(f->store, T("the-new-upload-token"), MAX, &new));
    assert_ok(upload_append(&new, 0, bytes_of(T("abc"))));
    upload_close(&new);
    assert_ok(upload_sweep(f->store, 5000, &removed));
    assert_int_equal(removed, 1);
    upload_close(&busy);
    assert_ok(upload_sweep(f->store, 5000, &removed));
    assert_int_equal(removed, 1);
    assert_ok(upload_open(f->store, T("the-new-upload-token"), MAX, &new));
    assert_int_equal(new.offset, 3);
    upload_close(&new);
    store_close(f->store);
    f->store = NULL;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_upload_goes_on_after_a_restart, setup, teardown),
        cmocka_unit_test_setup_teardown(a_torn_piece_is_cut_off, setup, teardown),
        cmocka_unit_test_setup_teardown(bytes_that_were_changed_are_not_accepted, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_readable_lies_on_the_disk, setup, teardown),
        cmocka_unit_test_setup_teardown(bounds_are_kept, setup, teardown),
        cmocka_unit_test_setup_teardown(old_uploads_are_swept, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
