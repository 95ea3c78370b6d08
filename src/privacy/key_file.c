// key_file.c - the file with the service keys: lines of words, the newest key last.
//
//     ostia privacy keys 1
//     sign SEED
//     key NUMBER MADE_AT ERASE_AT ROOT
//
// A backup of the database is of no use without it. When a key was replaced and backups under it have run
// out, it is taken out of the file, and nothing that it ever sealed can be read again.
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>

#include "base/encode.h"
#include "base/log.h"
#include "privacy/inside.h"

#define HEAD "ostia privacy keys 1"

static enum status say(struct problem *p, const char *path, const char *rule, const char *text_key,
                       enum status st) {
    (void)problem(p, "key_file", rule, text_key);
    if (p) problem_arg(p, "file", text_of(path));
    return st;
}

static bool read_key(struct arena *a, struct text hex, struct key *out) {
    struct bytes b;
    if (hex_decode(a, hex, &b) || b.n != KEY_BYTES) return false;
    memcpy(out->b, b.p, KEY_BYTES);
    sodium_memzero((void *)(uintptr_t)b.p, b.n);
    return true;
}

static bool read_service_key(struct arena *a, struct text rest, struct service_keys *k) {
    struct text number, made_at, erase_at;
    struct service_key *to = &k->items[k->count];
    if (k->count == SERVICE_KEYS_MAX || !text_cut(&rest, ' ', &number) || !text_cut(&rest, ' ', &made_at) ||
        !text_cut(&rest, ' ', &erase_at))
        return false;
    if (!text_int(number, &to->number) || !text_int(made_at, &to->made_at.ms) ||
        !text_int(erase_at, &to->erase_at.ms) || !read_key(a, rest, &to->root))
        return false;
    if (to->number <= (k->count ? to[-1].number : 0)) return false;
    to->wrapping = key_derive(&to->root, T("row keys"));
    k->count++;
    return true;
}

static bool read_line(struct arena *a, struct text line, struct service_keys *k) {
    if (text_starts(line, T("sign "))) return read_key(a, text_slice(line, 5, line.n), &k->signing_seed);
    return text_starts(line, T("key ")) && read_service_key(a, text_slice(line, 4, line.n), k);
}

static bool read_lines(struct arena *a, struct text rest, struct service_keys *k) {
    struct text line;
    if (!text_cut(&rest, '\n', &line) || !text_eq(line, T(HEAD))) return false;
    bool has_seed = false;
    while (text_cut(&rest, '\n', &line)) {
        if (!line.n) continue;
        if (!read_line(a, line, k)) return false;
        has_seed |= text_starts(line, T("sign "));
    }
    return has_seed && k->count > 0;
}

static enum status make(const struct env *env, const char *path, struct service_keys *k, struct problem *p) {
    struct service_key *first = &k->items[0];
    *first = (struct service_key){.number = 1, .made_at = env_now(env), .root = key_random(env)};
    first->wrapping = key_derive(&first->root, T("row keys"));
    k->signing_seed = key_random(env);
    k->count = 1;
    enum status st = key_file_write(env, path, k);
    return st ? say(p, path, "key_not_written", "problem.privacy.key_not_written", st) : STATUS_OK;
}

enum status key_file_load(const struct env *env, const char *path, bool may_create, struct service_keys *out,
                          struct problem *p) {
    struct stat info;
    struct arena a = {0};
    struct bytes all = {0};
    *out = (struct service_keys){0};
    if (env->disk->stat_path(env->context, path, &info) != 0) {
        if (errno != ENOENT)
            return say(p, path, "key_corrupt", "problem.privacy.key_corrupt", file_status(errno));
        if (!may_create) return say(p, path, "key_missing", "problem.privacy.key_missing", STATUS_NOT_FOUND);
        return make(env, path, out, p);
    }
    if (info.st_mode & (S_IRWXG | S_IRWXO))
        return say(p, path, "key_permission", "problem.privacy.key_permission", STATUS_REFUSED);
    enum status st = file_read_small(env, &a, path, &all);
    if (!st && !read_lines(&a, text_of_bytes(all), out)) st = STATUS_CORRUPT;
    if (all.n) sodium_memzero((void *)(uintptr_t)all.p, all.n);
    arena_free(&a);
    return st ? say(p, path, "key_corrupt", "problem.privacy.key_corrupt", st) : STATUS_OK;
}

static void print_key(struct out *o, const struct key *k) {
    char hex[2 * KEY_BYTES + 1];
    sodium_bin2hex(hex, sizeof hex, k->b, KEY_BYTES);
    out_c(o, hex);
    out_byte(o, '\n');
    sodium_memzero(hex, sizeof hex);
}

// The file that was there keeps its bytes on the disk when another takes its name: they are overwritten.
// Where a disk writes elsewhere each time, that is up to the disk (docs/operations.md).
static void overwrite(const struct env *env, int fd) {
    static const uint8_t nothing[FILE_SMALL_MAX];
    struct stat info;
    if (fd < 0) return;
    enum status st = file_stat(env, fd, &info);
    if (!st) st = file_write_at(env, fd, nothing, (size_t)info.st_size % sizeof nothing, 0);
    if (!st) st = env->file_sync(env->context, fd);
    if (st) log_line(LOG_WARNING, "privacy.key_file", "overwrite=\"%s\"", status_name(st));
    file_close(env, fd);
}

enum status key_file_write(const struct env *env, const char *path, const struct service_keys *k) {
    enum {
        FILE_BYTES = 4096
    }; // eight keys are 900 bytes: it never grows, so no copy of it is left in memory
    struct arena a = {0};
    struct out o = {.arena = &a, .p = arena_alloc(&a, FILE_BYTES), .capacity = FILE_BYTES};
    int old;
    out_c(&o, HEAD "\nsign ");
    print_key(&o, &k->signing_seed);
    for (size_t i = 0; i < k->count; i++) {
        out_printf(&o, "key %lld %lld %lld ", (long long)k->items[i].number,
                   (long long)k->items[i].made_at.ms, (long long)k->items[i].erase_at.ms);
        print_key(&o, &k->items[i].root);
    }
    if (file_open(env, path, O_RDWR, &old)) old = -1;
    enum status st = file_write_small(env, path, bytes_of(out_done(&o)));
    if (st)
        file_close(env, old);
    else
        overwrite(env, old);
    sodium_memzero(o.p, o.n);
    arena_free(&a);
    return st;
}
