#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/blob_format.h"
#include "store/internal.h"

// The bytes as they are stored: a file, or pieces in the database.
struct source {
    const struct env *env;
    int fd;              // -1: pieces
    struct store *store; // of the pieces
    struct hash name;
    int64_t number; // of the piece that is here; -1: none
    size_t n;
    uint8_t *piece;
};

static enum status source_open(struct store *s, const struct hash *name, struct source *out) {
    *out = (struct source){.env = &s->env, .fd = -1, .store = s, .name = *name, .number = -1};
    if (!s->engine->is_shared) {
        struct file_path path = blob_path(s, name, NULL);
        return file_open(&s->env, path.c, O_RDONLY, &out->fd);
    }
    out->piece = malloc(BLOB_PIECE_BYTES);
    if (!out->piece) abort();
    enum status st = blob_table_get(s, name, 0, out->piece, &out->n);
    if (!st) out->number = 0;
    if (st) free(out->piece);
    return st;
}

static void source_close(struct source *f) {
    file_close(f->env, f->fd);
    free(f->piece);
}

// Up to `n` bytes until the end.
static enum status source_read_at(struct source *f, uint8_t *p, size_t n, int64_t at, size_t *got) {
    if (f->fd >= 0) return file_read_at(f->env, f->fd, p, n, at, got);
    for (*got = 0; *got < n;) {
        int64_t number = (at + (int64_t)*got) / BLOB_PIECE_BYTES;
        size_t from = (size_t)((at + (int64_t)*got) % BLOB_PIECE_BYTES);
        if (number != f->number) {
            enum status st = blob_table_get(f->store, &f->name, number, f->piece, &f->n);
            if (st) return f->number = -1, st == STATUS_NOT_FOUND ? STATUS_OK : st; // the end
            f->number = number;
        }
        if (from >= f->n) return STATUS_OK;
        size_t more = f->n - from < n - *got ? f->n - from : n - *got;
        memcpy(p + *got, f->piece + from, more);
        *got += more;
    }
    return STATUS_OK;
}

struct blob_reader {
    struct source from;
    int64_t offset; // of what is read next from the source
    bool is_first, is_over;
    enum status failed;
    crypto_secretstream_xchacha20poly1305_state stream;
    size_t at, filled; // of plain
    uint8_t plain[BLOB_CHUNK_BYTES], sealed[BLOB_SEALED_BYTES];
};

static enum status open_head(const struct source *from, const struct key *key, struct blob_reader **out) {
    struct blob_reader *r = calloc(1, sizeof *r);
    if (!r) abort();
    r->from = *from;
    r->is_first = true;
    uint8_t head[BLOB_HEAD_BYTES];
    size_t n = 0;
    enum status st = source_read_at(&r->from, head, sizeof head, 0, &n);
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
    struct source from = {.env = env_real(), .fd = fd};
    return open_head(&from, key, out);
}

enum status blob_open_read(struct store *s, const struct hash *name, const struct key *key,
                           struct blob_reader **out) {
    *out = NULL;
    struct source from;
    enum status st = source_open(s, name, &from);
    return st ? st : open_head(&from, key, out);
}

static enum status next_bytes(struct blob_reader *r, size_t most, size_t *n) {
    enum status st = source_read_at(&r->from, r->sealed, most, r->offset, n);
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
    source_close(&r->from);
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
    struct source from;
    enum status st = source_open(s, name, &from);
    if (st) return st;
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    uint8_t part[BLOB_CHUNK_BYTES];
    size_t n = 0;
    int64_t at = 0;
    do {
        st = source_read_at(&from, part, sizeof part, at, &n);
        if (!st) crypto_hash_sha256_update(&state, part, n);
        at += (int64_t)n;
    } while (!st && n == sizeof part);
    source_close(&from);
    struct hash found;
    crypto_hash_sha256_final(&state, found.b);
    return st ? st : hash_eq(&found, name) ? STATUS_OK : STATUS_CORRUPT;
}

enum status blob_copy(struct store *from, struct store *to, const struct hash *name) {
    struct source source;
    struct stat info;
    assert(!from->engine->is_shared && to->engine->is_shared);
    if (blob_verify(to, name) == STATUS_OK) return STATUS_OK;
    enum status st = source_open(from, name, &source);
    if (st) return st;
    st = file_stat(&from->env, source.fd, &info);
    if (!st) st = blob_table_put(to, name, source.fd, info.st_size);
    source_close(&source);
    return st;
}

bool blobs_are_in_database(const struct store *s) {
    return s->engine->is_shared;
}

enum status blob_export(struct store *s, const struct hash *name, const char *path) {
    struct source source;
    uint8_t part[BLOB_CHUNK_BYTES];
    size_t n = sizeof part;
    int fd = -1;
    enum status st = source_open(s, name, &source);
    if (st) return st;
    st = file_open(&s->env, path, O_WRONLY | O_CREAT | O_TRUNC, &fd);
    for (int64_t at = 0; !st && n == sizeof part; at += (int64_t)n) {
        st = source_read_at(&source, part, sizeof part, at, &n);
        if (!st) st = file_write_at(&s->env, fd, part, n, at);
    }
    file_close(&s->env, fd);
    source_close(&source);
    return st;
}

enum status blob_import(struct store *s, const struct hash *name, const char *path) {
    struct stat info;
    int fd = -1;
    assert(s->engine->is_shared);
    enum status st = file_open(&s->env, path, O_RDONLY, &fd);
    if (!st) st = file_stat(&s->env, fd, &info);
    if (!st) st = blob_table_put(s, name, fd, info.st_size);
    file_close(&s->env, fd);
    return st;
}

enum status blob_remove(struct store *s, const struct hash *name) {
    if (s->engine->is_shared) return blob_table_remove(s, name);
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
    if (s->engine->is_shared) return blob_table_each(s, fn, arg);
    for (int i = 0; i < 256; i++) {
        char two[3];
        snprintf(two, sizeof two, "%02x", (unsigned)i);
        struct file_path folder = file_path(s->dir, "blobs", two);
        enum status st = file_each(&s->env, folder.c, each_name, &each);
        if (st && (st != STATUS_NOT_FOUND || each.said)) return st; // folders are made when first needed
    }
    return STATUS_OK;
}
