// fixture.h - a store in a folder of its own, with one table, that is gone when the test is over.
#pragma once
#include <ftw.h>
#include <pthread.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "engine.h"
#include "store/store.h"

static const struct migration NOTE_STEPS[] = {
    {"note", 1,
     "create table note (id integer not null primary key, body text, extra blob);"
     "create index note_by_body on note (body);"},
};
static const struct migrations NOTES = {NOTE_STEPS, 1};
static const struct migrations *const NOTE_ROOMS[] = {&NOTES};

static const struct sql NOTE_ADD = SQL("note_add", "insert into note (id, body) values (:id, :body)");
static const struct sql NOTE_COUNT = SQL("note_count", "select count(*) from note");
static const struct sql NOTE_HAS = SQL("note_has", "select count(*) from note where id = :id");

struct fixture {
    char dir[256];
    struct env *env;
    struct store_options options;
    struct store *store;
    struct problem problem;
};

static inline int remove_one(const char *path, const struct stat *s, int type, struct FTW *walk) {
    (void)s;
    (void)type;
    (void)walk;
    return remove(path);
}

static inline void folder_make(struct fixture *f) {
    const char *root = getenv("TMPDIR");
    snprintf(f->dir, sizeof f->dir, "%s/ostia-store-XXXXXX", root ? root : "/tmp");
    assert_non_null(mkdtemp(f->dir));
    f->env = env_real();
    f->options = (struct store_options){
        .dir = f->dir, .create = true, .readers = 2, .rooms = NOTE_ROOMS, .room_count = 1};
    choose_engine(&f->options);
}

static inline void folder_remove(struct fixture *f) {
    nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static inline void store_again(struct fixture *f) {
    store_close(f->store);
    f->store = NULL;
    enum status st = store_open(f->env, &f->options, &f->store, &f->problem);
    if (st) fail_msg("store_open: %s, %s", status_name(st), f->problem.rule ? f->problem.rule : "");
}

static inline int setup(void **state) {
    struct fixture *f = calloc(1, sizeof *f);
    folder_make(f);
    store_again(f);
    *state = f;
    return 0;
}

static inline int teardown(void **state) {
    struct fixture *f = *state;
    store_close(f->store);
    folder_remove(f);
    free(f);
    return 0;
}

struct note {
    int64_t id;
    enum status answer; // what the job says after it has written
};

static inline enum status add_note(struct db *tx, void *arg) {
    struct note *n = arg;
    enum status st = DB_RUN(tx, &NOTE_ADD, V_INT(n->id), V_TEXT(T("a note")));
    return st ? st : n->answer;
}

static inline enum status note_write(struct fixture *f, int64_t id) {
    struct note n = {.id = id};
    return store_write(f->store, add_note, &n);
}

static inline int64_t ask(struct fixture *f, const struct sql *sql, int64_t arg, bool has_arg) {
    struct db *db;
    int64_t n = -1;
    assert_ok(store_reader(f->store, &db));
    struct value v = V_INT(arg);
    assert_ok(db_int(db, &n, sql, &v, has_arg));
    store_reader_release(f->store, db);
    return n;
}

static inline int64_t notes_count(struct fixture *f) {
    return ask(f, &NOTE_COUNT, 0, false);
}

static inline bool note_is_there(struct fixture *f, int64_t id) {
    return ask(f, &NOTE_HAS, id, true) == 1;
}
