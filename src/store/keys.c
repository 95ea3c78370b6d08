#include "store/keys.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "store/internal.h"

static enum status say(struct problem *p, const char *rule, const char *text_key, enum status st) {
    (void)problem(p, "", rule, text_key);
    problem_arg(p, "file", T("keys/master.key"));
    return st;
}

static enum status master_make(struct store *s, const char *path) {
    s->keys.master = key_random(&s->env);
    return file_write_small(&s->env, path, (struct bytes){s->keys.master.b, KEY_BYTES});
}

static enum status master_load(struct store *s, bool may_create, struct problem *p) {
    struct file_path path = file_path(s->dir, "keys", "master.key");
    struct stat info;
    if (s->env.disk->stat_path(s->env.context, path.c, &info) != 0) {
        if (errno != ENOENT) return say(p, "key_corrupt", "problem.store.key_corrupt", file_status(errno));
        if (!may_create) return say(p, "key_missing", "problem.store.key_missing", STATUS_NOT_FOUND);
        enum status st = master_make(s, path.c);
        return st ? say(p, "key_not_written", "problem.store.key_not_written", st) : STATUS_OK;
    }
    if (info.st_mode & (S_IRWXG | S_IRWXO))
        return say(p, "key_permission", "problem.store.key_permission", STATUS_REFUSED);
    struct arena a = {0};
    struct bytes b = {0};
    enum status st = file_read_small(&s->env, &a, path.c, &b);
    if (!st && b.n != KEY_BYTES) st = STATUS_CORRUPT;
    if (!st) memcpy(s->keys.master.b, b.p, KEY_BYTES);
    arena_free(&a);
    return st ? say(p, "key_corrupt", "problem.store.key_corrupt", st) : STATUS_OK;
}

// A key file that is there may be the work of somebody whose last sync failed: nothing may be sealed or
// signed with a key that a power cut can still take away.
static enum status keys_settle(struct store *s) {
    struct file_path folder = file_path(s->dir, "keys", NULL);
    return s->is_read_only ? STATUS_OK : file_sync_folder(&s->env, folder.c);
}

enum status keys_open(struct store *s, bool may_create, struct problem *p) {
    pthread_mutex_init(&s->keys.named, NULL);
    pthread_mutex_init(&s->keys.mutex, NULL);
    s->keys.cache = calloc(SUBJECT_CACHE_MAX, sizeof *s->keys.cache);
    if (!s->keys.cache) abort();
    enum status st = master_load(s, may_create, p);
    if (!st) {
        st = keys_settle(s);
        if (st) st = say(p, "key_not_written", "problem.store.key_not_written", st);
    }
    if (!st) s->keys.wrapping = key_derive(&s->keys.master, T("subject keys"));
    return st;
}

void keys_close(struct store *s) {
    if (!s->keys.cache) return;
    subject_keys_forget(s);
    free(s->keys.cache);
    key_wipe(&s->keys.master);
    key_wipe(&s->keys.wrapping);
    pthread_mutex_destroy(&s->keys.named);
    pthread_mutex_destroy(&s->keys.mutex);
}

struct key keys_derived(struct store *s, struct text purpose) {
    return key_derive(&s->keys.master, purpose);
}

static bool name_is_good(const char *name) {
    size_t n = strlen(name);
    return n > 0 && n <= KEY_NAME_MAX && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-") == n &&
           strcmp(name, "master") != 0;
}

static enum status named_load(const struct env *env, struct arena *a, const struct key *sealing,
                              const char *path, struct text name, struct key *out) {
    struct bytes sealed = {0}, plain = {0};
    enum status st = file_read_small(env, a, path, &sealed);
    if (!st) st = unseal(a, sealing, sealed, bytes_of(name), &plain);
    if (!st && plain.n != KEY_BYTES) st = STATUS_CORRUPT;
    if (!st) memcpy(out->b, plain.p, KEY_BYTES);
    return st;
}

static enum status named_make(struct store *s, struct arena *a, const struct key *sealing, const char *path,
                              struct text name, struct key *out) {
    *out =
        key_derive(sealing, name); // the same where there are no files: a backup goes from one to the other
    struct bytes sealed = seal(a, &s->env, sealing, (struct bytes){out->b, KEY_BYTES}, bytes_of(name));
    return file_write_small(&s->env, path, sealed);
}

enum status keys_named(struct store *s, const char *name, struct key *out) {
    assert(name_is_good(name));
    char file[KEY_NAME_MAX + 8];
    snprintf(file, sizeof file, "%s.key", name);
    struct file_path path = file_path(s->dir, "keys", file);
    struct key sealing = key_derive(&s->keys.master, T("named keys"));
    struct arena a = {0};
    pthread_mutex_lock(&s->keys.named);
    enum status st = named_load(&s->env, &a, &sealing, path.c, text_of(name), out);
    if (st == STATUS_NOT_FOUND && s->engine->is_shared)
        *out = key_derive(&sealing, text_of(name)), st = STATUS_OK; // the same in each server's folder
    else if (st == STATUS_NOT_FOUND && !s->is_read_only)
        st = named_make(s, &a, &sealing, path.c, text_of(name), out);
    else if (!st)
        st = keys_settle(s);
    pthread_mutex_unlock(&s->keys.named);
    arena_free(&a);
    key_wipe(&sealing);
    return st;
}
