#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/blob_format.h"
#include "store/internal.h"

struct blob_reader {
    const struct env *env;
    int fd;
    int64_t offset; // of what is read next from the file
    bool is_first, is_over;
    enum status failed;
    crypto_secretstream_xchacha20poly1305_state stream;
    size_t at, filled; // of plain
    uint8_t plain[BLOB_CHUNK_BYTES], sealed[BLOB_SEALED_BYTES];
};

static enum status open_head(const struct env *env, int fd, const struct key *key, struct blob_reader **out) {
    struct blob_reader *r = calloc(1, sizeof *r);
    if (!r) abort();
    r->env = env;
    r->fd = fd;
    r->is_first = true;
    uint8_t head[BLOB_HEAD_BYTES];
    size_t n = 0;
    enum status st = file_read_at(env, fd, head, sizeof head, 0, &n);
    if (!st && (n != sizeof head || memcmp(head, BLOB_MAGIC, sizeof BLOB_MAGIC) != 0)) st = STATUS_CORRUPT;
    if (!st &&
        crypto_secretstream_xchacha20poly1305_init_pull(&r->stream, head + BLOB_MAGIC_BYTES, key->b) != 0)
        st = STATUS_CORRUPT;
    r->offset = sizeof head;
    if (st) blob_close_read(&r);
    *out = r;
    return st;
}

enum status blob_open_fd(int fd, const struct key *key, struct blob_reader **out) {
    return open_head(env_real(), fd, key, out);
}

static enum status open_named(struct store *s, const struct hash *name, int *fd) {
    struct file_path path = blob_path(s, name, NULL);
    return file_open(&s->env, path.c, O_RDONLY, fd);
}

enum status blob_open_read(struct store *s, const struct hash *name, const struct key *key,
                           struct blob_reader **out) {
    *out = NULL;
    int fd = -1;
    enum status st = open_named(s, name, &fd);
    return st ? st : open_head(&s->env, fd, key, out);
}

static enum status next_bytes(struct blob_reader *r, size_t most, size_t *n) {
    enum status st = file_read_at(r->env, r->fd, r->sealed, most, r->offset, n);
    r->offset += (int64_t)*n;
    return st;
}

static enum status next_chunk(struct blob_reader *r) {
    size_t n = 0;
    enum status st = next_bytes(r, sizeof r->sealed, &n);
    if (st) return st;
    unsigned long long plain = 0;
    unsigned char tag = 0;
    // A file cut between two chunks gives n == 0 here: too short for a tag, so it does not open.
    if (crypto_secretstream_xchacha20poly1305_pull(&r->stream, r->plain, &plain, &tag, r->sealed, n,
                                                   r->is_first ? BLOB_MAGIC : NULL,
                                                   r->is_first ? sizeof BLOB_MAGIC : 0) != 0)
        return STATUS_CORRUPT;
    r->is_first = false;
    r->at = 0;
    r->filled = (size_t)plain;
    r->is_over = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    if (!r->is_over) return STATUS_OK;
    st = next_bytes(r, 1, &n); // nothing may follow the last chunk
    return st ? st : n ? STATUS_CORRUPT : STATUS_OK;
}

enum status blob_read(struct blob_reader *r, uint8_t *into, size_t room, size_t *n) {
    assert(room > 0);
    *n = 0;
    while (!r->failed && r->at == r->filled && !r->is_over) {
        r->failed = next_chunk(r);
        if (r->failed) r->filled = r->at = 0;
    }
    if (r->failed) return r->failed;
    *n = r->filled - r->at < room ? r->filled - r->at : room;
    memcpy(into, r->plain + r->at, *n);
    r->at += *n;
    return STATUS_OK;
}

void blob_close_read(struct blob_reader **at) {
    struct blob_reader *r = *at;
    if (!r) return;
    file_close(r->env, r->fd);
    sodium_memzero(r, sizeof *r);
    free(r);
    *at = NULL;
}

enum status blob_read_all(struct store *s, const struct hash *name, const struct key *key, size_t bytes_max,
                          struct arena *a, struct bytes *out) {
    struct blob_reader *r = NULL;
    enum status st = blob_open_read(s, name, key, &r);
    struct out all = {.arena = a};
    uint8_t part[4096];
    size_t n = 0;
    while (!st) {
        st = blob_read(r, part, sizeof part, &n);
        if (st || n == 0) break;
        if (n > bytes_max - all.n)
            st = STATUS_TOO_LARGE;
        else
            out_text(&all, text_of_bytes((struct bytes){part, n}));
    }
    blob_close_read(&r);
    if (!st) *out = bytes_of(out_done(&all));
    return st;
}

enum status blob_verify(struct store *s, const struct hash *name) {
    int fd = -1;
    enum status st = open_named(s, name, &fd);
    if (st) return st;
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    uint8_t part[BLOB_CHUNK_BYTES];
    size_t n = 0;
    int64_t at = 0;
    do {
        st = file_read_at(&s->env, fd, part, sizeof part, at, &n);
        if (!st) crypto_hash_sha256_update(&state, part, n);
        at += (int64_t)n;
    } while (!st && n == sizeof part);
    file_close(&s->env, fd);
    struct hash found;
    crypto_hash_sha256_final(&state, found.b);
    return st ? st : hash_eq(&found, name) ? STATUS_OK : STATUS_CORRUPT;
}

enum status blob_remove(struct store *s, const struct hash *name) {
    struct file_path shard, path = blob_path(s, name, &shard);
    enum status st = s->env.file_remove(s->env.context, path.c);
    return st ? st : file_sync_folder(&s->env, shard.c);
}

// ---- every document ----

struct each_blob {
    enum status (*fn)(void *arg, const struct hash *name);
    void *arg;
    enum status said; // by fn
};

static enum status each_name(void *arg, const char *hex) {
    struct each_blob *each = arg;
    struct hash name;
    size_t n = strlen(hex), bytes = 0;
    if (n != 2 * HASH_BYTES || strspn(hex, "0123456789abcdef") != n) return STATUS_OK;
    sodium_hex2bin(name.b, HASH_BYTES, hex, n, NULL, &bytes, NULL);
    return each->said = each->fn(each->arg, &name);
}

enum status blob_each(struct store *s, enum status (*fn)(void *arg, const struct hash *name), void *arg) {
    struct each_blob each = {fn, arg, STATUS_OK};
    for (int i = 0; i < 256; i++) {
        char two[3];
        snprintf(two, sizeof two, "%02x", (unsigned)i);
        struct file_path folder = file_path(s->dir, "blobs", two);
        enum status st = file_each(&s->env, folder.c, each_name, &each);
        if (st && (st != STATUS_NOT_FOUND || each.said)) return st; // folders are made when first needed
    }
    return STATUS_OK;
}
