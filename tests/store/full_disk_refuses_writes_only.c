#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

#include "fixture.h"
#include "store/blob.h"

// A disk of 4 MB in memory, seen only by this process.
static int setup_small_disk(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    *state = f;
    folder_make(f);
    if (unshare(CLONE_NEWNS) != 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
        mount("tmpfs", f->dir, "tmpfs", 0, "size=4m,mode=0700") != 0)
        return 0; // the tests say that they are skipped
    store_again(f);
    return 0;
}

static int teardown_small_disk(void **state) {
    struct fixture *f = *state;
    store_close(f->store);
    if (f->store) umount(f->dir);
    folder_remove(f);
    free(f);
    return 0;
}

#define skip_without_disk(f)                                              \
    do {                                                                  \
        if (!(f)->store) {                                                \
            print_message("# skipped: no right to mount a small disk\n"); \
            return;                                                       \
        }                                                                 \
    } while (0)

static const struct sql BIG_ADD = SQL("big_add", "insert into note (id, extra) values (:id, :extra)");

static enum status add_big(struct db *tx, void *arg) {
    static const uint8_t big[100 * 1024];
    return DB_RUN(tx, &BIG_ADD, V_INT(*(int64_t *)arg), V_BYTES(((struct bytes){big, sizeof big})));
}

static int64_t write_until_full(struct fixture *f, int64_t id) {
    enum status st = STATUS_OK;
    while (!st) {
        st = store_write(f->store, add_big, &id);
        if (st)
            assert_status(st, STATUS_FULL);
        else
            id++;
        assert_true(id < 100);
    }
    return id;
}

static void reads_go_on_and_writes_come_back(void **state) {
    struct fixture *f = *state;
    only_on_sqlite(); // a server has a disk of its own
    skip_without_disk(f);
    char ballast[300];
    snprintf(ballast, sizeof ballast, "%s/ballast", f->dir);
    int fd = open(ballast, O_CREAT | O_WRONLY, 0600);
    assert_int_equal(posix_fallocate(fd, 0, 1 << 20), 0);
    close(fd);
    int64_t next = write_until_full(f, 1);
    assert_true(next > 5);
    assert_status(store_write(f->store, add_big, &next), STATUS_FULL);
    assert_int_equal(notes_count(f), next - 1);
    assert_int_equal(remove(ballast), 0);
    assert_ok(store_write(f->store, add_big, &next));
    assert_int_equal(notes_count(f), next);
    store_again(f);
    assert_int_equal(notes_count(f), next);
    for (int64_t i = 1; i <= next; i++) assert_true(note_is_there(f, i));
}

struct many {
    struct fixture *fixture;
    struct note note;
    enum status answer;
    pthread_t thread;
};

static void *write_big(void *arg) {
    struct many *m = arg;
    m->answer = store_write(m->fixture->store, add_big, &m->note.id);
    return NULL;
}

// Sixty-four people press the button while the disk fills: each is told the truth.
static void every_answer_on_a_filling_disk_is_true(void **state) {
    struct fixture *f = *state;
    only_on_sqlite(); // a server has a disk of its own
    skip_without_disk(f);
    struct many all[64];
    for (int i = 0; i < 64; i++) {
        all[i] = (struct many){.fixture = f, .note = {.id = 100 + i}};
        pthread_create(&all[i].thread, NULL, write_big, &all[i]);
    }
    int kept = 0;
    for (int i = 0; i < 64; i++) {
        pthread_join(all[i].thread, NULL);
        bool is_there = note_is_there(f, all[i].note.id);
        assert_int_equal(is_there, all[i].answer == STATUS_OK);
        kept += is_there;
    }
    write_until_full(f, 1);
    assert_true(kept < 64);
}

static void a_document_that_does_not_fit_leaves_nothing(void **state) {
    struct fixture *f = *state;
    only_on_sqlite(); // a server has a disk of its own
    skip_without_disk(f);
    struct key key = key_random(f->env);
    struct blob_writer *w;
    static uint8_t part[100 * 1024];
    enum status st = blob_create(f->store, &key, BLOB_BYTES_MAX, &w);
    for (int i = 0; i < 100 && !st; i++) st = blob_write(w, (struct bytes){part, sizeof part});
    assert_status(st, STATUS_FULL);
    struct blob_info info;
    assert_status(blob_finish(&w, &info), STATUS_FULL);
    assert_null(w);
    assert_ok(note_write(f, 1)); // its space is free again
    assert_ok(blob_create(f->store, &key, 1000, &w));
    assert_ok(blob_finish(&w, &info));
    assert_ok(blob_verify(f->store, &info.name));
}

static void fill(struct fixture *f, const char *name) {
    static uint8_t block[4096];
    char path[300];
    snprintf(path, sizeof path, "%s/%s", f->dir, name);
    int fd = open(path, O_CREAT | O_WRONLY, 0600);
    while (write(fd, block, sizeof block) > 0) {
    }
    close(fd);
}

// The machine was restarted because the disk was full: what is known can be read again at once.
static void a_store_opens_on_a_full_disk_for_reading(void **state) {
    struct fixture *f = *state;
    only_on_sqlite(); // a server has a disk of its own
    skip_without_disk(f);
    assert_ok(note_write(f, 1));
    store_close(f->store);
    f->store = NULL;
    fill(f, "ballast");
    store_again(f);
    assert_true(note_is_there(f, 1));
    int64_t id = 50;
    while (id < 70 && store_write(f->store, add_big, &id) == STATUS_OK) id++;
    assert_true(id < 70); // refused, and nothing is broken
    store_close(f->store);
    f->store = NULL;
    fill(f, "more");
    store_again(f); // the reserve is spent, but what it made room for is still there
    assert_true(note_is_there(f, 1));
    store_close(f->store);
    f->store = NULL;
    char path[300];
    snprintf(path, sizeof path, "%s/more", f->dir);
    assert_int_equal(remove(path), 0);
    snprintf(path, sizeof path, "%s/ballast", f->dir);
    assert_int_equal(remove(path), 0);
    store_again(f);
    assert_true(note_is_there(f, 1));
    assert_ok(note_write(f, 2));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_go_on_and_writes_come_back, setup_small_disk,
                                        teardown_small_disk),
        cmocka_unit_test_setup_teardown(every_answer_on_a_filling_disk_is_true, setup_small_disk,
                                        teardown_small_disk),
        cmocka_unit_test_setup_teardown(a_document_that_does_not_fit_leaves_nothing, setup_small_disk,
                                        teardown_small_disk),
        cmocka_unit_test_setup_teardown(a_store_opens_on_a_full_disk_for_reading, setup_small_disk,
                                        teardown_small_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
