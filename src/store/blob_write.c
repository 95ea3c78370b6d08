#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/blob_format.h"
#include "store/internal.h"

struct blob_writer {
    struct store *store;
    int fd;
    enum status failed;
    int64_t bytes_max, size, stored_size;
    crypto_secretstream_xchacha20poly1305_state stream;
    crypto_hash_sha256_state plain_hash, stored_hash;
    bool is_first;
    size_t filled;
    struct file_path temp;
    uint8_t plain[BLOB_CHUNK_BYTES], sealed[BLOB_SEALED_BYTES];
};

struct file_path blob_path(struct store *s, const struct hash *name, struct file_path *shard) {
    char hex[2 * HASH_BYTES + 1], two[3];
    sodium_bin2hex(hex, sizeof hex, name->b, HASH_BYTES);
    snprintf(two, sizeof two, "%.2s", hex);
    struct file_path blobs = file_path(s->dir, "blobs", two);
    if (shard) *shard = blobs;
    return file_path(blobs.c, hex, NULL);
}

// Temporary files of a program that was stopped are of no use: their keys were only in its memory. A file
// that is taken is being written by another server that shares the folder.
static enum status remove_temporary(void *arg, const char *name) {
    struct store *s = arg;
    struct file_path folder = file_path(s->dir, "blobs", "temporary"), path = file_path(folder.c, name, NULL);
    int fd;
    enum status st = file_open(&s->env, path.c, O_WRONLY, &fd);
    if (st) return st == STATUS_NOT_FOUND ? STATUS_OK : st;
    if (file_take(&s->env, fd)) st = s->env.file_remove(s->env.context, path.c);
    file_close(&s->env, fd);
    return st;
}

enum status blobs_open(struct store *s) {
    struct file_path blobs = file_path(s->dir, "blobs", NULL);
    struct file_path temporary = file_path(s->dir, "blobs", "temporary");
    struct file_path uploads = file_path(s->dir, "blobs", "uploads");
    uint64_t first; // names of other servers' files begin elsewhere
    env_random(&s->env, &first, sizeof first);
    atomic_store(&s->temp_files, first);
    enum status st = file_make_folder(&s->env, blobs.c);
    if (!st) st = file_make_folder(&s->env, temporary.c);
    if (!st) st = file_make_folder(&s->env, uploads.c);
    return st ? st : file_each(&s->env, temporary.c, remove_temporary, s);
}

static enum status put(struct blob_writer *w, const uint8_t *p, size_t n) {
    crypto_hash_sha256_update(&w->stored_hash, p, n);
    enum status st = file_write_at(&w->store->env, w->fd, p, n, w->stored_size);
    w->stored_size += (int64_t)n;
    return st;
}

static enum status open_temporary(struct blob_writer *w) {
    struct store *s = w->store;
    char name[32];
    snprintf(name, sizeof name, "%llu", (unsigned long long)atomic_fetch_add(&s->temp_files, 1));
    struct file_path folder = file_path(s->dir, "blobs", "temporary");
    w->temp = file_path(folder.c, name, NULL);
    enum status st = file_open(&s->env, w->temp.c, O_RDWR | O_CREAT | O_EXCL, &w->fd);
    if (st) return st;
    return file_take(&s->env, w->fd) ? STATUS_OK
                                     : STATUS_BUSY; // a server that starts took it for a dead one's
}

enum status blob_create(struct store *s, const struct key *key, int64_t bytes_max, struct blob_writer **out) {
    assert(bytes_max > 0 && bytes_max <= BLOB_BYTES_MAX && !s->is_read_only);
    *out = NULL;
    struct blob_writer *w = calloc(1, sizeof *w);
    if (!w) abort();
    w->store = s;
    w->bytes_max = bytes_max;
    w->is_first = true;
    crypto_hash_sha256_init(&w->plain_hash);
    crypto_hash_sha256_init(&w->stored_hash);
    uint8_t header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
    // init_push would draw the header by itself; init_pull makes the same state from one drawn by our env.
    env_random(&s->env, header, sizeof header);
    crypto_secretstream_xchacha20poly1305_init_pull(&w->stream, header, key->b);
    enum status st = open_temporary(w);
    if (!st) st = put(w, BLOB_MAGIC, sizeof BLOB_MAGIC);
    if (!st) st = put(w, header, sizeof header);
    if (st) blob_abort(&w);
    *out = w;
    return st;
}

static enum status seal_chunk(struct blob_writer *w, bool is_last) {
    unsigned char tag = is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;
    unsigned long long n = 0;
    crypto_secretstream_xchacha20poly1305_push(&w->stream, w->sealed, &n, w->plain, w->filled,
                                               w->is_first ? BLOB_MAGIC : NULL,
                                               w->is_first ? sizeof BLOB_MAGIC : 0, tag);
    w->is_first = false;
    w->filled = 0;
    return put(w, w->sealed, (size_t)n);
}

enum status blob_write(struct blob_writer *w, struct bytes b) {
    if (w->failed) return w->failed;
    if ((int64_t)b.n < 0 || (int64_t)b.n > w->bytes_max - w->size) return w->failed = STATUS_TOO_LARGE;
    if (b.n) crypto_hash_sha256_update(&w->plain_hash, b.p, b.n);
    w->size += (int64_t)b.n;
    while (b.n && !w->failed) {
        // A full chunk waits until it is known not to be the last one.
        if (w->filled == BLOB_CHUNK_BYTES) w->failed = seal_chunk(w, false);
        size_t n = BLOB_CHUNK_BYTES - w->filled < b.n ? BLOB_CHUNK_BYTES - w->filled : b.n;
        memcpy(w->plain + w->filled, b.p, n);
        w->filled += n;
        b.p += n;
        b.n -= n;
    }
    return w->failed;
}

static enum status move_into_place(struct blob_writer *w, const struct hash *name) {
    struct store *s = w->store;
    struct file_path shard, path = blob_path(s, name, &shard);
    atomic_bool *is_durable = &s->shard_is_durable[name->b[0]];
    enum status st = atomic_load(is_durable) ? STATUS_OK : file_make_folder(&s->env, shard.c);
    if (!st) atomic_store(is_durable, true);
    if (!st) st = s->env.file_sync(s->env.context, w->fd);
    return st ? st : s->env.file_rename(s->env.context, w->temp.c, path.c);
}

static enum status move_into_table(struct blob_writer *w, const struct hash *name) {
    struct store *s = w->store;
    enum status st = blob_table_put(s, name, w->fd, w->stored_size);
    return st ? st : s->env.file_remove(s->env.context, w->temp.c);
}

static void writer_free(struct blob_writer **at) {
    struct blob_writer *w = *at;
    file_close(&w->store->env, w->fd);
    sodium_memzero(w, sizeof *w);
    free(w);
    *at = NULL;
}

enum status blob_finish(struct blob_writer **at, struct blob_info *out) {
    struct blob_writer *w = *at;
    enum status st = w->failed ? w->failed : seal_chunk(w, true);
    *out = (struct blob_info){.size = w->size, .stored_size = w->stored_size};
    crypto_hash_sha256_final(&w->plain_hash, out->plain_hash.b);
    crypto_hash_sha256_final(&w->stored_hash, out->name.b);
    if (!st)
        st = w->store->engine->is_shared ? move_into_table(w, &out->name) : move_into_place(w, &out->name);
    if (st) {
        *out = (struct blob_info){0};
        blob_abort(at);
        return st;
    }
    writer_free(at);
    return STATUS_OK;
}

void blob_abort(struct blob_writer **at) {
    struct blob_writer *w = *at;
    if (!w) return;
    if (w->fd >= 0) (void)w->store->env.file_remove(w->store->env.context, w->temp.c);
    writer_free(at);
}
