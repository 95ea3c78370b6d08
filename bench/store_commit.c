// store_commit - durable commands per second through the writer (group commit) against one transaction per
// command.
//
//     store_commit [FOLDER [SECONDS]]      the folder decides the file system; default ., 1 second a
//     measurement
//
// Both sides run the same statements on connections opened the same way. The other side is one connection
// behind a mutex: begin, statements, commit, in the client's own thread. Five interleaved rounds, medians.
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "store/sqlite.h"

enum { ROUNDS = 5, SIZES = 3, CLIENTS_MAX = 256, CASES = 10000 };
static const int CLIENTS[SIZES] = {1, 16, 256};

static const struct migration STEPS[] = {
    {"bench", 1,
     "create table event (id integer not null primary key, case_id bigint not null, body blob not null);"
     "create index event_by_case on event (case_id, id);"
     "create table leaf (id integer not null primary key, hash blob not null);"
     "create table file (case_id integer not null primary key, state text not null, events bigint not null, "
     "due bigint);"
     "create index file_by_due on file (state, due);"
     "create table task (id integer not null primary key, case_id bigint not null, title text not null, due "
     "bigint);"
     "create index task_by_due on task (due, id);"},
};
static const struct migrations LIST = {STEPS, 1};

static const struct sql FILE_GET =
    SQL("file_get", "select state, events, due from file where case_id = :case");
static const struct sql EVENT_ADD =
    SQL("event_add", "insert into event (id, case_id, body) values (:id, :case, :body)");
static const struct sql LEAF_ADD = SQL("leaf_add", "insert into leaf (id, hash) values (:id, :hash)");
static const struct sql FILE_PUT =
    SQL("file_put", "insert into file (case_id, state, events, due) values (:case, :state, 1, :due)"
                    " on conflict (case_id) do update set state = excluded.state, events = file.events + 1,"
                    " due = excluded.due");
static const struct sql TASK_ADD =
    SQL("task_add", "insert into task (id, case_id, title, due) values (:id, :case, :title, :due)");
static const struct sql TASK_DONE = SQL("task_done", "delete from task where id = :id");

static _Atomic int64_t next_id = 1;

// What a small command does: read the case, add an event and its leaf, update two projections.
static enum status command(struct db *db, void *arg) {
    static const uint8_t body[400], hash[32];
    (void)arg;
    int64_t id = atomic_fetch_add(&next_id, 1), file = id * 7919 % CASES;
    struct rows r;
    enum status st = DB_ONE(db, &r, &FILE_GET, V_INT(file));
    (void)rows_end(&r);
    if (st && st != STATUS_NOT_FOUND) return st;
    st = DB_RUN(db, &EVENT_ADD, V_INT(id), V_INT(file), V_BYTES(((struct bytes){body, sizeof body})));
    if (!st) st = DB_RUN(db, &LEAF_ADD, V_INT(id), V_BYTES(((struct bytes){hash, sizeof hash})));
    if (!st)
        st = DB_RUN(db, &FILE_PUT, V_INT(file), V_TEXT(id % 3 ? T("open") : T("waiting")), V_INT(id + 1000));
    if (!st)
        st = DB_RUN(db, &TASK_ADD, V_INT(id), V_INT(file), V_TEXT(T("Check the documents")), V_INT(id + 500));
    return st ? st : DB_RUN(db, &TASK_DONE, V_INT(id - 300));
}

struct run {
    struct store *store;
    struct db *alone; // one transaction per command when set
    pthread_mutex_t mutex;
    atomic_bool is_over;
    _Atomic int64_t done;
};

static void must(enum status st, const char *what) {
    if (!st) return;
    fprintf(stderr, "store_commit: %s: %s\n", what, status_name(st));
    exit(1);
}

static void command_alone(struct run *r) {
    pthread_mutex_lock(&r->mutex);
    must(sqlite_script(r->alone, "begin immediate", "begin"), "begin");
    must(command(r->alone, NULL), "command");
    must(sqlite_script(r->alone, "commit", "commit"), "commit");
    pthread_mutex_unlock(&r->mutex);
}

static void *client(void *arg) {
    struct run *r = arg;
    while (!r->is_over) {
        if (r->alone)
            command_alone(r);
        else
            must(store_write(r->store, command, NULL), "store_write");
        atomic_fetch_add(&r->done, 1);
    }
    return NULL;
}

static double commands_per_second(struct store *s, struct db *alone, int clients, double seconds) {
    struct run r = {.store = s, .alone = alone};
    pthread_t threads[CLIENTS_MAX];
    pthread_mutex_init(&r.mutex, NULL);
    for (int i = 0; i < clients; i++) pthread_create(&threads[i], NULL, client, &r);
    usleep(50000); // warm
    int64_t before = r.done;
    uint64_t began = env_monotonic_us(env_real());
    usleep((useconds_t)(seconds * 1e6));
    double rate = (double)(r.done - before) / ((double)(env_monotonic_us(env_real()) - began) / 1e6);
    r.is_over = true;
    for (int i = 0; i < clients; i++) pthread_join(threads[i], NULL);
    return rate;
}

// 4 KiB overwritten in place and synced: the least that a commit can cost here.
static double syncs_per_second(const char *folder, double seconds) {
    static const char page[4096];
    struct file_path path = file_path(folder, "sync", NULL);
    int fd = open(path.c, O_CREAT | O_RDWR, 0600), n = 0;
    uint64_t began = env_monotonic_us(env_real()), now = began;
    for (; (double)(now - began) < seconds * 1e6; n++, now = env_monotonic_us(env_real()))
        if (pwrite(fd, page, sizeof page, n % 1024 * 4096) != sizeof page || fdatasync(fd) != 0)
            must(STATUS_IO, "sync");
    close(fd);
    return n / ((double)(now - began) / 1e6);
}

// What the facade adds to a statement: the same cheap query through it and through SQLite itself.
static void print_overhead(struct store *s) {
    enum { TIMES = 400000 };
    struct db *db;
    struct rows r;
    sqlite3_stmt *plain;
    must(store_reader(s, &db), "reader");
    must(db_begin_read(db), "snapshot");
    sqlite3_prepare_v2(sqlite_of(db)->sqlite, FILE_GET.text, -1, &plain, NULL);
    uint64_t t0 = env_monotonic_us(env_real());
    for (int i = 0; i < TIMES; i++) {
        sqlite3_bind_int64(plain, 1, i % CASES);
        sqlite3_step(plain);
        sqlite3_reset(plain);
    }
    uint64_t t1 = env_monotonic_us(env_real());
    for (int i = 0; i < TIMES; i++) {
        (void)DB_ONE(db, &r, &FILE_GET, V_INT(i % CASES));
        (void)rows_end(&r);
    }
    uint64_t t2 = env_monotonic_us(env_real());
    sqlite3_finalize(plain);
    db_end_read(db);
    store_reader_release(s, db);
    double direct = (double)(t1 - t0) / TIMES, facade = (double)(t2 - t1) / TIMES;
    printf("one-row query: %.3f us direct, %.3f us through the facade (+%.3f us)\n", direct, facade,
           facade - direct);
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v) {
    qsort(v, ROUNDS, sizeof *v, ascending);
    return v[ROUNDS / 2];
}

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *walk) {
    (void)s;
    (void)type;
    (void)walk;
    return remove(path);
}

static struct store *open_in(const char *folder, const char *name) {
    static const struct migrations *const rooms[] = {&LIST};
    struct file_path path = file_path(folder, name, NULL);
    struct store_options o = {.dir = path.c, .create = true, .rooms = rooms, .room_count = 1};
    struct store *s = NULL;
    must(store_open(env_real(), &o, &s, NULL), "store_open");
    return s;
}

int main(int argc, char **argv) {
    char folder[1024];
    snprintf(folder, sizeof folder, "%s/store-commit-XXXXXX", argc > 1 ? argv[1] : ".");
    double seconds = argc > 2 ? atof(argv[2]) : 1.0, group[SIZES][ROUNDS], alone[SIZES][ROUNDS], sync[ROUNDS];
    if (!mkdtemp(folder) || seconds <= 0) must(STATUS_IO, folder);
    log_level_set(LOG_WARNING);
    struct store *grouped = open_in(folder, "group"), *single = open_in(folder, "single");
    struct db *db = NULL;
    must(db_open(single, DB_WRITER, &db, NULL), "connection");
    must(sqlite_script(db, "pragma wal_autocheckpoint = 4096", "pragma"), "pragma");
    db->is_in_job = true; // statements outside a job are an assertion otherwise
    for (int round = 0; round < ROUNDS; round++) {
        sync[round] = syncs_per_second(folder, seconds / 2);
        for (int i = 0; i < SIZES; i++) {
            alone[i][round] = commands_per_second(single, db, CLIENTS[i], seconds);
            group[i][round] = commands_per_second(grouped, NULL, CLIENTS[i], seconds);
        }
    }
    db->is_in_job = false;
    printf("durable commands per second (6 statements each), medians of %d interleaved rounds\n", ROUNDS);
    printf("%8s %14s %22s %7s\n", "clients", "group commit", "one transaction each", "ratio");
    for (int i = 0; i < SIZES; i++) {
        double g = median(group[i]), a = median(alone[i]);
        printf("%8d %14.0f %22.0f %6.1fx\n", CLIENTS[i], g, a, g / a);
    }
    struct store_stats stats = store_stats(grouped);
    printf("jobs per batch: %.1f; checkpoints: %lld\n", (double)stats.jobs_kept / (double)stats.batches,
           (long long)stats.checkpoints);
    printf("fdatasync of 4 KiB: %.0f per second\n", median(sync));
    print_overhead(grouped);
    db_close(db);
    store_close(grouped);
    store_close(single);
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}
