// restore.c - a backup back into a new folder: proved whole before it is used, and whoever was erased since
// is erased again.
#include "ostia/restore.h"

#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "ostia/snapshot.h"
#include "store/keys.h"

// ---- the base

static enum status count_events(struct restore *r, int64_t *events) {
    struct db *db;
    enum status st = store_reader(r->house.store, &db);
    if (st) return st;
    st = journal_size(db, events);
    store_reader_release(r->house.store, db);
    return st;
}

// Settings and keys came before the first table. Only now it is known what the log is called.
static enum status open_house(struct restore *r, struct problem *p) {
    struct file_path building = file_path(r->settings.data, RESTORE_BUILDING, NULL);
    struct file_path master = file_path(r->settings.data, "keys", "master.key");
    int64_t events = 0;
    if (access(master.c, F_OK) != 0) return STATUS_CORRUPT; // it would be made anew
    if (!settings_read(r->call, &r->arena, &r->settings, stderr))
        return problem(p, "data", "settings", "problem.restore.settings");
    r->built = r->settings;
    r->built.data = text_c(&r->arena, text_of(building.c));
    enum status st = house_open(env_real(), &r->built, HOUSE_CREATE_LOG, &r->house, p);
    if (!st) st = count_events(r, &events);
    return !st && events ? problem(p, "db", "in_place", "problem.restore.in_place") : st;
}

static enum status take_table(struct restore *r, struct text table, int64_t size, struct problem *p) {
    struct arena a = {0};
    if (size > SNAPSHOT_ENTRY_MAX) return STATUS_CORRUPT;
    enum status st = r->house.store ? STATUS_OK : open_house(r, p);
    if (st) return st;
    uint8_t *entry = arena_alloc(&a, (size_t)size + 1);
    st = archive_read(r->in, entry, (size_t)size);
    if (!st) st = snapshot_take(r->house.store, table, (struct bytes){entry, (size_t)size}, &r->rows);
    arena_free(&a);
    return st;
}

static enum status take_manifest(struct restore *r, int64_t size) {
    if (r->manifest_n || size >= (int64_t)sizeof r->manifest) return STATUS_CORRUPT;
    r->manifest_n = (size_t)size;
    return archive_read(r->in, r->manifest, (size_t)size);
}

static enum status take_entry(struct restore *r, struct text name, int64_t size, struct problem *p) {
    if (text_eq(name, T("manifest"))) return take_manifest(r, size);
    if (text_starts(name, T("rows/"))) return take_table(r, text_slice(name, 5, name.n), size, p);
    // No document is touched before the database was found to be empty.
    if (text_starts(name, T("blobs/")) && !r->house.store) return STATUS_CORRUPT;
    return restore_file(r, name, size);
}

static enum status take_all(struct restore *r, struct problem *p) {
    char name[ARCHIVE_NAME_MAX + 1];
    int64_t size;
    enum status st;
    while (!(st = archive_next(r->in, name, &size))) {
        st = take_entry(r, text_of(name), size, p);
        if (st) return st;
    }
    return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static struct text manifest_line(const struct restore *r, struct text name) {
    struct text rest = {r->manifest, r->manifest_n}, line;
    while (text_cut(&rest, '\n', &line) && !text_eq(line, T("checkpoint")))
        if (text_starts(line, name)) return text_slice(line, name.n, line.n);
    return (struct text){0};
}

static enum status check_manifest(struct restore *r) {
    int64_t files, rows;
    bool fits = text_int(manifest_line(r, T("files ")), &files) && files == r->files &&
                text_int(manifest_line(r, T("rows ")), &rows) && rows == r->rows && r->house.store;
    return fits ? STATUS_OK : STATUS_CORRUPT;
}

static enum status take_base(struct restore *r, const char *file, struct problem *p) {
    enum status st = archive_open(file, &r->lock, &r->in);
    if (st == STATUS_INVALID || st == STATUS_UNSUPPORTED)
        return problem(p, "passphrase", "lock", "problem.backup.lock");
    if (!st) st = restore_prepare(r, p);
    if (!st) st = take_all(r, p);
    if (!st) st = check_manifest(r);
    if (p->text_key) return st;
    if (st == STATUS_UNSUPPORTED) return problem(p, "file", "version", "problem.restore.version");
    return st == STATUS_CORRUPT ? problem(p, "file", "damaged", "problem.restore.damaged") : st;
}

// ---- whoever was erased since

struct erasing {
    struct restore *restore;
    int64_t subject;
};

static enum status erase(struct write *w, void *argument, struct problem *p) {
    struct erasing *e = argument;
    struct key k;
    (void)p;
    enum status st = subject_key_get(w->db, e->subject, &k);
    if (st == STATUS_NOT_FOUND) return STATUS_OK; // erased before the backup, or came after it
    key_wipe(&k);
    if (!st) st = write_subject_erase(w, 0, e->subject);
    e->restore->erased += !st;
    return st;
}

static enum status erase_one(void *argument, int64_t subject) {
    struct erasing e = {argument, subject};
    return journal_write(e.restore->house.journal, erase, &e, &e.restore->arena, NULL);
}

static enum status read_one(void *argument, int64_t subject) {
    (void)argument, (void)subject;
    return STATUS_OK;
}

// The list is read to its end before anything is believed. It is kept in the new folder: the next restore
// needs it too.
static enum status keep_list(struct restore *r, const char *list) {
    struct file_path kept = file_path(r->built.data, "erased", NULL);
    if (!list) return STATUS_OK;
    enum status st = erased_each(r->house.store, list, read_one, NULL);
    return st ? st : restore_copy_file(list, kept.c);
}

// Whom the list names, and whom events name that are left out.
static enum status erase_again(struct restore *r, const char *list) {
    enum status st = list ? erased_each(r->house.store, list, erase_one, r) : STATUS_OK;
    for (size_t i = 0; i < r->log.erased.count && !st; i++) st = erase_one(r, r->log.erased.items[i]);
    return st;
}

static enum status say_list(enum status st, const char *list, struct problem *p) {
    if (!st || !list) return st;
    st = problem(p, "erased", "erased", "problem.restore.erased");
    problem_arg(p, "file", text_of(list));
    return st;
}

// ---- the whole

// Another subcommand on the same folder; its first option is --data.
static int then(const char *name, const char *data) {
    const struct subcommand *s = SUBCOMMANDS;
    while (strcmp(s->name, name) != 0) s++;
    struct call c = {.command = s, .values = {data}};
    return s->run(&c);
}

static enum status restore(struct restore *r, struct problem *p) {
    const char *list = call_option(r->call, "erased");
    enum status st = take_base(r, r->call->arguments[0], p);
    if (!st) st = say_list(keep_list(r, list), list, p);
    if (!st) st = restore_log(r, p);
    if (!st) st = say_list(erase_again(r, list), list, p);
    if (r->house.store) house_close(&r->house);
    return st ? st : restore_put_in_place(r);
}

// The positions behind the end will be given again, to other events: that must not pass in silence.
static void say_end(struct restore *r) {
    const struct restore_log *l = &r->log;
    printf("%lld rows and %lld files are back, %lld people are erased again\n", (long long)r->rows,
           (long long)r->files, (long long)r->erased);
    printf("the log ends with event %lld of " TEXT_FMT "\n", (long long)l->seq,
           TEXT_ARG(moment_print(&r->arena, l->at)));
    if (l->left_out)
        printf("events %lld to %lld, up to " TEXT_FMT ", are left out\n", (long long)l->seq + 1,
               (long long)l->left_out, TEXT_ARG(moment_print(&r->arena, l->left_out_at)));
    printf("WARNING: places behind event %lld in the log will be given again.\n"
           "Tell witnesses and partners who hold a checkpoint of more events (runbook, \"The log after a "
           "restore\").\n",
           (long long)l->seq);
    fflush(stdout);
}

int restore_run(const struct call *c) {
    static struct restore r; // its manifest is large for a stack
    struct problem p = {0};
    int exit_code = EXIT_USAGE;
    r.call = c;
    if (!backup_lock(c, &r.lock) || !restore_read_until(&r, stderr) ||
        !settings_read(c, &r.arena, &r.settings, stderr))
        goto done;
    crypto_start();
    enum status st = restore(&r, &p);
    exit_code = st ? say_problem(stderr, st, &p) : EXIT_DONE;
    if (r.in) restore_clean(&r);
    if (!st) say_end(&r);
    // Tables may still tell what the log has forgotten.
    if (!exit_code && r.erased) exit_code = then("rebuild", r.settings.data);
    if (!exit_code) exit_code = then("verify", r.settings.data);
    archive_close(r.in);
done:
    arena_free(&r.arena);
    return exit_code;
}
