#include "store/store.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "store/internal.h"

enum { DIR_BYTES_MAX = 2048 };

static enum status say(struct store *s, struct problem *p, const char *rule, const char *text_key,
                       enum status st) {
    static _Thread_local char dir[DIR_BYTES_MAX];
    memcpy(dir, s->dir, strlen(s->dir) + 1);
    (void)problem(p, "", rule, text_key);
    problem_arg(p, "folder", text_of(dir));
    return st;
}

static enum status make_folders(struct store *s) {
    enum status st = file_make_folder(&s->env, s->dir);
    struct file_path keys = file_path(s->dir, "keys", NULL);
    return st || s->only_tables ? st : file_make_folder(&s->env, keys.c);
}

// Whoever may write into the folder can put a link in the place of keys/ or of the database.
static enum status check_folder(struct store *s, struct problem *p) {
    struct stat info;
    if (s->env.disk->stat_path(s->env.context, s->dir, &info) != 0)
        return say(s, p, "folder", "problem.store.folder", file_status(errno));
    if (info.st_mode & S_IWOTH)
        return say(s, p, "folder_permission", "problem.store.folder_open", STATUS_REFUSED);
    return STATUS_OK;
}

// Two servers on one folder would each believe to be the only writer, and the Merkle log would fork.
static enum status take_lock(struct store *s, struct problem *p) {
    struct file_path path = file_path(s->dir, "lock", NULL);
    enum status st = file_open(&s->env, path.c, O_RDWR | O_CREAT, &s->lock_fd);
    if (st) return say(s, p, "folder", "problem.store.folder", st);
    if (s->env.disk->lock(s->env.context, s->lock_fd) != 0)
        return say(s, p, "in_use", "problem.store.in_use", STATUS_BUSY);
    return STATUS_OK;
}

// ---- a little room for a bad day
//
// Opening needs space for SQLite's shared memory and log: a server that stopped on a full disk could not come
// back even to be read. So some is kept aside, and given up for that.

enum { RESERVE_BYTES = 1024 * 1024 };

static void reserve_make(struct store *s) {
    struct file_path path = file_path(s->dir, "reserve", NULL);
    const struct env *env = &s->env;
    int fd;
    if (env->disk->room(env->context, s->dir) < 2 * RESERVE_BYTES) return;
    if (file_open(env, path.c, O_WRONLY | O_CREAT | O_EXCL, &fd)) return; // it is there already
    if (env->disk->allocate(env->context, fd, RESERVE_BYTES) != 0)
        (void)env->file_remove(env->context, path.c);
    file_close(env, fd);
}

static bool reserve_spend(struct store *s) {
    struct file_path path = file_path(s->dir, "reserve", NULL);
    bool spent = s->env.file_remove(s->env.context, path.c) == STATUS_OK;
    if (spent) log_line(LOG_WARNING, "store.reserve", "spent=%d", (int)RESERVE_BYTES);
    return spent;
}

static enum status open_database(struct store *s, const struct store_options *o, struct problem *p) {
    struct db *db = NULL;
    (void)problem(p, "", "", "");
    enum status st = db_open(s, o->read_only ? DB_READER : DB_WRITER, &db, p);
    if (!st) st = migrate(db, o, p);
    if (st && p && p->rule[0]) { // the engine or a migration said what is wrong
        db_close(db);
        return st;
    }
    if (!st && !o->read_only) st = batch_prepare(db);
    if (!st && !o->read_only)
        s->writer.db = db;
    else
        db_close(db);
    if (!st) st = readers_open(s, o->readers);
    // The log is there until we close. SQLite syncs its name, but goes on when that fails.
    if (!st && !o->read_only) st = file_sync_folder(&s->env, s->dir);
    bool is_ours = !s->engine->is_shared; // else it is on another machine, and not in our folder
    if (st == STATUS_FULL)
        return say(s, p, "disk_full", is_ours ? "problem.store.disk_full" : "problem.store.db_full", st);
    return st ? say(s, p, "database", is_ours ? "problem.store.database" : "problem.store.db_database", st)
              : STATUS_OK;
}

static enum status open_inside(struct store *s, const struct store_options *o, struct problem *p) {
    bool exists = false;
    enum status st = s->engine->exists(s, &exists, p);
    if (st) return st;
    if (!exists && (!o->create || o->read_only))
        return say(s, p, "no_database", "problem.store.no_database", STATUS_NOT_FOUND);
    if (!o->read_only) st = make_folders(s);
    if (st) return say(s, p, "folder", "problem.store.folder", st);
    if (!o->read_only) st = check_folder(s, p);
    if (!st && !o->read_only && !s->engine->is_shared) st = take_lock(s, p);
    if (!st && !o->only_tables) st = keys_open(s, !exists && o->create, p);
    if (st) return st;
    if (!exists) st = s->engine->make(s);
    if (!st && !o->read_only && !o->only_tables) st = blobs_open(s);
    if (st) return say(s, p, "folder", "problem.store.folder", st);
    st = open_database(s, o, p);
    if (st == STATUS_FULL && !s->writer.db && s->lock_fd >= 0 && reserve_spend(s))
        st = open_database(s, o, p);
    if (st || o->read_only) return st;
    reserve_make(s);
    st = writer_start(s, o);
    return st ? say(s, p, "thread", "problem.store.database", st) : STATUS_OK;
}

enum status store_open(const struct env *env, const struct store_options *o, struct store **out,
                       struct problem *p) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, crypto_start);
    *out = NULL;
    assert(o->dir && o->dir[0] && o->readers <= STORE_READERS_MAX);
    if (strlen(o->dir) >= DIR_BYTES_MAX) {
        (void)problem(p, "dir", "too_long", "problem.store.folder");
        problem_arg(p, "folder", text_of(o->dir));
        return STATUS_TOO_LARGE;
    }
    struct store *s = calloc(1, sizeof *s);
    if (!s) abort();
    s->env = *env;
    s->dir = strdup(o->dir);
    s->engine = o->url ? &POSTGRESQL_ENGINE : &SQLITE_ENGINE;
    s->url = o->url ? strdup(o->url) : NULL;
    s->schema = o->schema ? strdup(o->schema) : NULL;
    s->file = strdup(o->file ? o->file : "ostia.db");
    s->only_tables = o->only_tables;
    if (!s->dir || !s->file || (o->url && !s->url) || (o->schema && !s->schema)) abort();
    s->is_read_only = o->read_only;
    s->is_fleeting = o->fleeting;
    s->lock_fd = -1;
    pthread_mutex_init(&s->tables_mutex, NULL);
    enum status st = open_inside(s, o, p);
    if (st) {
        store_close(s);
        return st;
    }
    if (p) *p = (struct problem){0};
    *out = s;
    return STATUS_OK;
}

void store_close(struct store *s) {
    if (!s) return;
    writer_stop(s);
    if (s->readers.count) readers_close(s);
    db_close(s->writer.db);
    keys_close(s);
    file_close(&s->env, s->lock_fd);
    arena_free(&s->tables_arena);
    pthread_mutex_destroy(&s->tables_mutex);
    free(s->writer.erased.items);
    free(s->dir);
    free(s->file);
    free(s->url);
    free(s->schema);
    free(s);
}

bool store_is_shared(const struct store *s) {
    return s->url != NULL;
}

const struct env *store_env(const struct store *s) {
    return &s->env;
}

const char *store_dir(const struct store *s) {
    return s->dir;
}
