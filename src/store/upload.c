#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "store/blob_format.h"
#include "store/internal.h"
#include "store/keys.h"

// An upload in progress, DIR/blobs/uploads/<hex of SHA-256 of the token>:
//
//     8 bytes   "OSTIAU01"
//     8 bytes   when it was started, ms, big-endian
//     records   4 bytes length n (big-endian, 1 to BLOB_CHUNK_BYTES), then n + 40 bytes sealed with the
//     upload's key;
//               id and offset are authenticated, so records cannot be moved.
//
// A program that dies in upload_append leaves a torn tail: upload_open cuts it off, the sender continues from
// there.

enum { HEAD_BYTES = 16, RECORD_HEAD_BYTES = 4, TOKEN_MIN = 16, TOKEN_MAX = 128 };
static const uint8_t MAGIC[8] = {'O', 'S', 'T', 'I', 'A', 'U', '0', '1'};

struct record {
    int64_t at, offset; // in the file; of its first byte in the document
    size_t n;
};

static void put_be(uint8_t *into, int bytes, uint64_t v) {
    for (int i = 0; i < bytes; i++) into[i] = (uint8_t)(v >> (8 * (bytes - 1 - i)));
}

static uint64_t get_be(const uint8_t *from, int bytes) {
    uint64_t v = 0;
    for (int i = 0; i < bytes; i++) v = v << 8 | from[i];
    return v;
}

static struct file_path upload_path(struct store *s, const struct hash *id) {
    char hex[2 * HASH_BYTES + 1];
    sodium_bin2hex(hex, sizeof hex, id->b, HASH_BYTES);
    struct file_path folder = file_path(s->dir, "blobs", "uploads");
    return file_path(folder.c, hex, NULL);
}

static struct bytes context_of(const struct upload *u, int64_t offset, uint8_t into[HASH_BYTES + 8]) {
    memcpy(into, u->id.b, HASH_BYTES);
    put_be(into + HASH_BYTES, 8, (uint64_t)offset);
    return (struct bytes){into, HASH_BYTES + 8};
}

// STATUS_NOT_FOUND when the file ends before.
static enum status read_at(const struct env *env, int fd, void *p, size_t n, int64_t at) {
    size_t got;
    enum status st = file_read_at(env, fd, p, n, at, &got);
    return st ? st : got == n ? STATUS_OK : STATUS_NOT_FOUND;
}

// The record after *r (start with {HEAD_BYTES, 0, 0}: the one at the head). STATUS_NOT_FOUND when none is
// complete.
static enum status record_next(const struct upload *u, struct record *r) {
    uint8_t head[RECORD_HEAD_BYTES];
    struct record next = {r->at, r->offset + (int64_t)r->n, 0};
    if (r->n) next.at += (int64_t)(RECORD_HEAD_BYTES + r->n + SEAL_EXTRA_BYTES);
    enum status st = read_at(&u->store->env, u->fd, head, sizeof head, next.at);
    if (st) return st;
    next.n = (size_t)get_be(head, RECORD_HEAD_BYTES);
    if (next.n == 0 || next.n > BLOB_CHUNK_BYTES) return STATUS_NOT_FOUND;
    if (next.at + (int64_t)(RECORD_HEAD_BYTES + next.n + SEAL_EXTRA_BYTES) > u->end) return STATUS_NOT_FOUND;
    *r = next;
    return STATUS_OK;
}

static enum status record_open(const struct upload *u, const struct record *r, struct arena *a,
                               struct bytes *plain) {
    size_t n = r->n + SEAL_EXTRA_BYTES;
    uint8_t *sealed = arena_alloc(a, n), context[HASH_BYTES + 8];
    enum status st = read_at(&u->store->env, u->fd, sealed, n, r->at + RECORD_HEAD_BYTES);
    if (st) return st == STATUS_NOT_FOUND ? STATUS_CORRUPT : st;
    return unseal(a, &u->key, (struct bytes){sealed, n}, context_of(u, r->offset, context), plain);
}

// The last record that is complete and, where it may be torn, opens. What cannot be read now is not taken for
// the end: it was acknowledged.
static enum status last_good(const struct upload *u, struct record *good) {
    struct record r = {.at = HEAD_BYTES};
    enum status st;
    *good = r;
    while (!(st = record_next(u, &r))) {
    }
    if (st != STATUS_NOT_FOUND) return st;
    int64_t total = r.offset + (int64_t)r.n;
    r = *good;
    struct arena a = {0};
    struct bytes plain;
    while (!(st = record_next(u, &r))) {
        bool is_doubtful =
            r.offset + (int64_t)r.n > total - UPLOAD_PIECE_MAX; // only the last piece can be torn
        st = is_doubtful ? record_open(u, &r, &a, &plain) : STATUS_OK;
        if (st) break;
        arena_reset(&a);
        *good = r;
    }
    arena_free(&a);
    return st == STATUS_NOT_FOUND || st == STATUS_CORRUPT ? STATUS_OK : st;
}

static enum status find_end(struct upload *u) {
    struct record good;
    enum status st = last_good(u, &good);
    if (st) return st;
    u->offset = good.offset + (int64_t)good.n;
    int64_t end = good.at + (good.n ? (int64_t)(RECORD_HEAD_BYTES + good.n + SEAL_EXTRA_BYTES) : 0);
    if (end == u->end) return STATUS_OK;
    u->end = end;
    return file_resize(&u->store->env, u->fd, end);
}

static enum status start_new(struct upload *u) {
    const struct env *env = &u->store->env;
    uint8_t head[HEAD_BYTES];
    memcpy(head, MAGIC, sizeof MAGIC);
    put_be(head + sizeof MAGIC, 8, (uint64_t)env_now(env).ms);
    enum status st = file_resize(env, u->fd, 0);
    if (!st) st = file_write_at(env, u->fd, head, sizeof head, 0);
    if (!st) st = env->file_sync(env->context, u->fd);
    u->end = HEAD_BYTES;
    struct file_path folder = file_path(u->store->dir, "blobs", "uploads");
    return st ? st : file_sync_folder(env, folder.c);
}

static enum status open_inside(struct upload *u) {
    const struct env *env = &u->store->env;
    struct stat info;
    uint8_t magic[sizeof MAGIC];
    if (!file_take(env, u->fd)) return STATUS_BUSY;
    enum status st = file_stat(env, u->fd, &info);
    if (st) return st;
    if (info.st_size <= HEAD_BYTES)
        return start_new(u); // a power cut may have torn the head, never what follows
    st = read_at(env, u->fd, magic, sizeof magic, 0);
    if (st) return st;
    if (memcmp(magic, MAGIC, sizeof magic) != 0) return STATUS_CORRUPT;
    u->end = info.st_size;
    return find_end(u);
}

enum status upload_open(struct store *s, struct text token, int64_t bytes_max, struct upload *out) {
    assert(bytes_max > 0 && bytes_max <= BLOB_BYTES_MAX && !s->is_read_only);
    *out = (struct upload){.store = s, .fd = -1, .bytes_max = bytes_max};
    if (token.n < TOKEN_MIN || token.n > TOKEN_MAX) return STATUS_INVALID;
    struct key uploads = keys_derived(s, T("uploads"));
    struct hash key = hash_keyed(&uploads, bytes_of(token));
    memcpy(out->key.b, key.b, KEY_BYTES);
    out->id = hash_of(bytes_of(token));
    struct file_path path = upload_path(s, &out->id);
    enum status st = file_open(&s->env, path.c, O_RDWR | O_CREAT, &out->fd);
    if (!st) st = open_inside(out);
    if (st) upload_close(out);
    return st;
}

void upload_close(struct upload *u) {
    file_close(&u->store->env, u->fd);
    u->fd = -1;
    key_wipe(&u->key);
}

// At `end` of the file, which it moves.
static enum status append_record(struct upload *u, struct arena *a, int64_t offset, struct bytes piece,
                                 int64_t *end) {
    const struct env *env = &u->store->env;
    uint8_t head[RECORD_HEAD_BYTES], context[HASH_BYTES + 8];
    put_be(head, RECORD_HEAD_BYTES, piece.n);
    struct bytes sealed = seal(a, env, &u->key, piece, context_of(u, offset, context));
    enum status st = file_write_at(env, u->fd, head, sizeof head, *end);
    if (!st) st = file_write_at(env, u->fd, sealed.p, sealed.n, *end + RECORD_HEAD_BYTES);
    *end += (int64_t)(RECORD_HEAD_BYTES + sealed.n);
    return st;
}

enum status upload_append(struct upload *u, int64_t offset, struct bytes b) {
    assert(u->fd >= 0);
    if (offset != u->offset) return STATUS_CONFLICT;
    if (b.n > UPLOAD_PIECE_MAX || (int64_t)b.n > u->bytes_max - offset) return STATUS_TOO_LARGE;
    struct arena a = {0};
    enum status st = STATUS_OK;
    int64_t end = u->end;
    for (size_t done = 0; !st && done < b.n;) {
        size_t n = b.n - done < BLOB_CHUNK_BYTES ? b.n - done : BLOB_CHUNK_BYTES;
        st = append_record(u, &a, offset + (int64_t)done, (struct bytes){b.p + done, n}, &end);
        done += n;
        arena_reset(&a);
    }
    arena_free(&a);
    if (!st) st = u->store->env.file_sync(u->store->env.context, u->fd);
    if (st) {
        enum status ignored = file_resize(&u->store->env, u->fd, u->end); // else upload_open finds the end
        (void)ignored;
        return st;
    }
    u->offset = offset + (int64_t)b.n;
    u->end = end;
    return STATUS_OK;
}

static enum status copy_into_blob(struct upload *u, struct blob_writer *w) {
    struct record r = {.at = HEAD_BYTES};
    struct arena a = {0};
    enum status st = STATUS_OK;
    while (!st && !(st = record_next(u, &r))) {
        struct bytes plain;
        st = record_open(u, &r, &a, &plain);
        if (!st) st = blob_write(w, plain);
        arena_reset(&a);
    }
    arena_free(&a);
    if (st != STATUS_NOT_FOUND) return st; // which means that there is no further record
    return r.offset + (int64_t)r.n == u->offset ? STATUS_OK : STATUS_CORRUPT;
}

enum status upload_finish(struct upload *u, const struct key *key, struct blob_info *out) {
    assert(u->fd >= 0);
    struct blob_writer *w = NULL;
    enum status st = blob_create(u->store, key, u->bytes_max, &w);
    if (!st) st = copy_into_blob(u, w);
    if (!st)
        st = blob_finish(&w, out);
    else
        blob_abort(&w);
    if (!st) return upload_drop(u);
    upload_close(u);
    return st;
}

enum status upload_drop(struct upload *u) {
    const struct env *env = &u->store->env;
    struct file_path path = upload_path(u->store, &u->id);
    enum status st = env->file_remove(env->context, path.c);
    upload_close(u);
    return st;
}

struct sweep {
    struct store *store;
    int64_t before_ms, removed;
};

static enum status sweep_one(void *arg, const char *name) {
    struct sweep *sweep = arg;
    struct store *s = sweep->store;
    struct file_path folder = file_path(s->dir, "blobs", "uploads"), path = file_path(folder.c, name, NULL);
    uint8_t head[HEAD_BYTES];
    int fd;
    enum status st = file_open(&s->env, path.c, O_RDWR, &fd);
    if (st) return st == STATUS_NOT_FOUND ? STATUS_OK : st;
    if (file_take(&s->env, fd) && !read_at(&s->env, fd, head, sizeof head, 0) &&
        (int64_t)get_be(head + sizeof MAGIC, 8) < sweep->before_ms) {
        st = s->env.file_remove(s->env.context, path.c);
        sweep->removed += !st;
    }
    file_close(&s->env, fd);
    return st;
}

enum status upload_sweep(struct store *s, int64_t age_ms, int64_t *removed) {
    struct sweep sweep = {s, env_now(&s->env).ms - age_ms, 0};
    struct file_path folder = file_path(s->dir, "blobs", "uploads");
    enum status st = file_each(&s->env, folder.c, sweep_one, &sweep);
    *removed = sweep.removed;
    return st;
}
