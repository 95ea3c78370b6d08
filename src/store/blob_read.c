#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/blob_format.h"
#include "store/internal.h"

struct blob_reader {
    int fd;
    bool is_first, is_over;
    enum status failed;
    crypto_secretstream_xchacha20poly1305_state stream;
    size_t at, filled; // of plain
    uint8_t plain[BLOB_CHUNK_BYTES], sealed[BLOB_SEALED_BYTES];
};

enum status blob_open_fd(int fd, const struct key *key, struct blob_reader **out) {
    struct blob_reader *r = calloc(1, sizeof *r);
    if (!r) abort();
    r->fd = fd;
    r->is_first = true;
    uint8_t head[BLOB_HEAD_BYTES];
    size_t n = 0;
    enum status st = file_read_all(fd, head, sizeof head, &n);
    if (!st && (n != sizeof head || memcmp(head, BLOB_MAGIC, sizeof BLOB_MAGIC) != 0)) st = STATUS_CORRUPT;
    if (!st &&
        crypto_secretstream_xchacha20poly1305_init_pull(&r->stream, head + BLOB_MAGIC_BYTES, key->b) != 0)
        st = STATUS_CORRUPT;
    if (st) blob_close_read(&r);
    *out = r;
    return st;
}

static enum status open_named(struct store *s, const struct hash *name, int *fd) {
    struct file_path path = blob_path(s, name, NULL);
    *fd = open(path.c, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    return *fd < 0 ? file_status(errno) : STATUS_OK;
}

enum status blob_open_read(struct store *s, const struct hash *name, const struct key *key,
                           struct blob_reader **out) {
    *out = NULL;
    int fd = -1;
    enum status st = open_named(s, name, &fd);
    return st ? st : blob_open_fd(fd, key, out);
}

static enum status next_chunk(struct blob_reader *r) {
    size_t n = 0;
    enum status st = file_read_all(r->fd, r->sealed, sizeof r->sealed, &n);
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
    st = file_read_all(r->fd, r->sealed, 1, &n); // nothing may follow the last chunk
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
    close(r->fd);
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
    do {
        st = file_read_all(fd, part, sizeof part, &n);
        if (!st) crypto_hash_sha256_update(&state, part, n);
    } while (!st && n == sizeof part);
    close(fd);
    struct hash found;
    crypto_hash_sha256_final(&state, found.b);
    return st ? st : hash_eq(&found, name) ? STATUS_OK : STATUS_CORRUPT;
}

enum status blob_remove(struct store *s, const struct hash *name) {
    struct file_path shard, path = blob_path(s, name, &shard);
    enum status st = s->env.file_remove(s->env.context, path.c);
    return st ? st : file_sync_folder(shard.c);
}

// ---- every document ----

static int is_hex_name(const struct dirent *e) {
    size_t n = strlen(e->d_name);
    return (n == 2 || n == 2 * HASH_BYTES) && strspn(e->d_name, "0123456789abcdef") == n;
}

static enum status each_of_shard(const char *folder, enum status (*fn)(void *, const struct hash *),
                                 void *arg) {
    struct dirent **names = NULL;
    int count = scandir(folder, &names, is_hex_name, alphasort);
    enum status st = count < 0 ? file_status(errno) : STATUS_OK;
    for (int i = 0; i < count; i++) {
        struct hash name;
        size_t n = 0;
        sodium_hex2bin(name.b, HASH_BYTES, names[i]->d_name, strlen(names[i]->d_name), NULL, &n, NULL);
        if (!st && n == HASH_BYTES) st = fn(arg, &name);
        free(names[i]);
    }
    free(names);
    return st;
}

enum status blob_each(struct store *s, enum status (*fn)(void *arg, const struct hash *name), void *arg) {
    for (int i = 0; i < 256; i++) {
        char two[3];
        snprintf(two, sizeof two, "%02x", (unsigned)i);
        struct file_path folder = file_path(s->dir, "blobs", two);
        enum status st = each_of_shard(folder.c, fn, arg);
        if (st && st != STATUS_NOT_FOUND) return st;
        if (st == STATUS_NOT_FOUND && access(folder.c, F_OK) == 0) return st; // said by fn
    }
    return STATUS_OK;
}
