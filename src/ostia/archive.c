#include "ostia/archive.h"

#include "base/encode.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    MAGIC_BYTES = 8,
    HEAD_BYTES_MAX = MAGIC_BYTES + 2 + KEY_BYTES + crypto_box_SEALBYTES +
                     crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    SEALED_BYTES = ARCHIVE_CHUNK_BYTES + crypto_secretstream_xchacha20poly1305_ABYTES,
    BY_PASSPHRASE = 1,
    BY_KEY = 2,
    PASSPHRASE_BYTES_MIN = 16, // whoever has the file can try for years
};
static const uint8_t MAGIC[MAGIC_BYTES] = {'O', 'S', 'T', 'I', 'A', 'K', '0', '1'};

struct head {
    uint8_t bytes[HEAD_BYTES_MAX];
    size_t n;
};

// ---- streams

enum status stream_write(int fd, const void *p, size_t n) {
    for (const uint8_t *at = p; n;) {
        ssize_t done = write(fd, at, n);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return file_status(done < 0 ? errno : EIO);
        at += done;
        n -= (size_t)done;
    }
    return STATUS_OK;
}

enum status stream_read(int fd, void *p, size_t n, size_t *got) {
    for (*got = 0; *got < n;) {
        ssize_t done = read(fd, (uint8_t *)p + *got, n - *got);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return file_status(errno);
        if (done == 0) break;
        *got += (size_t)done;
    }
    return STATUS_OK;
}

// ---- keys

static void head_add(struct head *h, const void *p, size_t n) {
    memcpy(h->bytes + h->n, p, n);
    h->n += n;
}

static enum status read_key(const char *path, uint8_t key[KEY_BYTES]) {
    struct arena a = {0};
    struct bytes all, raw = {0};
    enum status st = file_read_small(env_real(), &a, path, &all);
    if (!st && (hex_decode(&a, text_trim(text_of_bytes(all)), &raw) || raw.n != KEY_BYTES))
        st = STATUS_INVALID;
    if (!st) memcpy(key, raw.p, KEY_BYTES);
    if (raw.n) sodium_memzero((void *)(uintptr_t)raw.p, raw.n);
    arena_free(&a);
    return st;
}

static enum status key_of_passphrase(const char *path, const uint8_t salt[crypto_pwhash_SALTBYTES],
                                     struct key *out) {
    struct arena a = {0};
    struct bytes all;
    enum status st = file_read_small(env_real(), &a, path, &all);
    struct text words = st ? T("") : text_trim(text_of_bytes(all));
    if (!st && words.n < PASSPHRASE_BYTES_MIN) st = STATUS_INVALID;
    if (!st && crypto_pwhash(out->b, KEY_BYTES, words.p, words.n, salt, crypto_pwhash_OPSLIMIT_MODERATE,
                             crypto_pwhash_MEMLIMIT_MODERATE, crypto_pwhash_ALG_ARGON2ID13) != 0)
        st = STATUS_BUSY; // no memory for it
    arena_free(&a);
    return st;
}

static enum status new_key(const struct archive_lock *lock, struct head *h, uint8_t flags, struct key *out) {
    uint8_t salt[crypto_pwhash_SALTBYTES], recipient[KEY_BYTES], sealed[KEY_BYTES + crypto_box_SEALBYTES];
    enum status st;
    head_add(h, MAGIC, sizeof MAGIC);
    head_add(h, (uint8_t[]){lock->key_file ? BY_KEY : BY_PASSPHRASE, flags}, 2);
    if (!lock->key_file) {
        randombytes_buf(salt, sizeof salt);
        head_add(h, salt, sizeof salt);
        return key_of_passphrase(lock->passphrase_file, salt, out);
    }
    st = read_key(lock->key_file, recipient);
    if (st) return st;
    randombytes_buf(out->b, KEY_BYTES);
    if (crypto_box_seal(sealed, out->b, KEY_BYTES, recipient) != 0) return STATUS_INVALID;
    head_add(h, sealed, sizeof sealed);
    return STATUS_OK;
}

static enum status unseal_key(const char *path, const uint8_t *sealed, struct key *out) {
    uint8_t secret[KEY_BYTES], open[KEY_BYTES];
    enum status st = read_key(path, secret);
    if (!st && crypto_scalarmult_base(open, secret) != 0) st = STATUS_INVALID;
    if (!st && crypto_box_seal_open(out->b, sealed, KEY_BYTES + crypto_box_SEALBYTES, open, secret) != 0)
        st = STATUS_CORRUPT;
    sodium_memzero(secret, sizeof secret);
    return st;
}

enum status archive_check_lock(const struct archive_lock *lock) {
    uint8_t key[KEY_BYTES];
    enum status st = lock->key_file ? read_key(lock->key_file, key) : STATUS_INVALID;
    sodium_memzero(key, sizeof key);
    return st;
}

enum status archive_make_key(const char *path) {
    uint8_t open[KEY_BYTES], secret[KEY_BYTES];
    char hex[2 * KEY_BYTES + 2];
    struct file_path public;
    struct stat info;
    if (strlen(path) + 5 > sizeof public.c) return STATUS_TOO_LARGE;
    snprintf(public.c, sizeof public.c, "%.4090s.pub", path);
    if (stat(path, &info) == 0 || stat(public.c, &info) == 0) return STATUS_CONFLICT;
    crypto_box_keypair(open, secret);
    sodium_bin2hex(hex, sizeof hex, secret, sizeof secret);
    strcat(hex, "\n");
    enum status st = file_write_small(env_real(), path, (struct bytes){(uint8_t *)hex, strlen(hex)});
    sodium_bin2hex(hex, sizeof hex, open, sizeof open);
    strcat(hex, "\n");
    if (!st) st = file_write_small(env_real(), public.c, (struct bytes){(uint8_t *)hex, strlen(hex)});
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(hex, sizeof hex);
    return st;
}

// ---- writing

struct archive_writer {
    struct file_path path, temp;
    int fd;
    crypto_secretstream_xchacha20poly1305_state stream;
    struct head head;
    bool is_first;
    size_t filled;
    crypto_hash_sha256_state sum; // of the file
    uint8_t plain[ARCHIVE_CHUNK_BYTES], sealed[SEALED_BYTES];
};

static enum status emit(struct archive_writer *w, const void *p, size_t n) {
    crypto_hash_sha256_update(&w->sum, p, n);
    return stream_write(w->fd, p, n);
}

enum status archive_create(const char *path, const struct archive_lock *lock, bool has_master,
                           struct archive_writer **out) {
    struct archive_writer *w = *out = calloc(1, sizeof *w);
    uint8_t header[crypto_secretstream_xchacha20poly1305_HEADERBYTES];
    struct key key;
    if (!w) abort();
    w->fd = -1;
    if (strlen(path) + 5 > sizeof w->path.c) return STATUS_TOO_LARGE;
    w->path = file_path(path, NULL, NULL);
    w->is_first = true;
    enum status st = new_key(lock, &w->head, has_master, &key);
    if (st) return st;
    crypto_secretstream_xchacha20poly1305_init_push(&w->stream, header, key.b);
    key_wipe(&key);
    head_add(&w->head, header, sizeof header);
    snprintf(w->temp.c, sizeof w->temp.c, "%.4090s.new", path);
    w->fd = open(w->temp.c, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    crypto_hash_sha256_init(&w->sum);
    return w->fd < 0 ? file_status(errno) : emit(w, w->head.bytes, w->head.n);
}

static enum status push(struct archive_writer *w, bool is_last) {
    unsigned long long n = 0;
    unsigned char tag = is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0;
    crypto_secretstream_xchacha20poly1305_push(&w->stream, w->sealed, &n, w->plain, w->filled,
                                               w->is_first ? w->head.bytes : NULL,
                                               w->is_first ? w->head.n : 0, tag);
    w->is_first = false;
    w->filled = 0;
    return emit(w, w->sealed, (size_t)n);
}

static enum status put(struct archive_writer *w, const void *p, size_t n) {
    enum status st = STATUS_OK;
    for (const uint8_t *at = p; n && !st;) {
        size_t part = ARCHIVE_CHUNK_BYTES - w->filled < n ? ARCHIVE_CHUNK_BYTES - w->filled : n;
        memcpy(w->plain + w->filled, at, part);
        w->filled += part, at += part, n -= part;
        if (w->filled == ARCHIVE_CHUNK_BYTES) st = push(w, false);
    }
    return st;
}

static enum status put_name(struct archive_writer *w, const char *name, int64_t size) {
    uint8_t n = (uint8_t)strlen(name), be[8];
    for (int b = 0; b < 8; b++) be[b] = (uint8_t)((uint64_t)size >> (56 - 8 * b));
    enum status st = put(w, &n, 1);
    if (!st) st = put(w, name, n);
    return st ? st : put(w, be, 8);
}

enum status archive_add_bytes(struct archive_writer *w, const char *name, struct bytes b) {
    enum status st = put_name(w, name, (int64_t)b.n);
    return st ? st : put(w, b.p, b.n);
}

enum status archive_add(struct archive_writer *w, const char *name, const char *path, struct hash *hash,
                        int64_t *size) {
    uint8_t block[ARCHIVE_CHUNK_BYTES];
    crypto_hash_sha256_state sum;
    struct stat info;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return file_status(errno);
    enum status st = fstat(fd, &info) == 0 ? put_name(w, name, info.st_size) : STATUS_IO;
    crypto_hash_sha256_init(&sum);
    for (int64_t left = st ? 0 : info.st_size; left > 0 && !st;) {
        size_t got = 0, wanted = left < (int64_t)sizeof block ? (size_t)left : sizeof block;
        st = stream_read(fd, block, wanted, &got);
        if (!st && got < wanted) st = STATUS_CORRUPT; // it became shorter
        if (!st) st = put(w, block, got);
        crypto_hash_sha256_update(&sum, block, got);
        left -= (int64_t)got;
    }
    crypto_hash_sha256_final(&sum, hash->b);
    *size = info.st_size;
    close(fd);
    return st;
}

enum status archive_finish(struct archive_writer **at, struct hash *hash) {
    struct archive_writer *w = *at;
    enum status st = put(w, &(uint8_t){0}, 1);
    if (!st) st = push(w, true);
    if (!st && fsync(w->fd) != 0) st = file_status(errno);
    if (!st) st = env_real()->file_rename(NULL, w->temp.c, w->path.c);
    if (!st) w->temp.c[0] = 0;
    if (!st && hash) crypto_hash_sha256_final(&w->sum, hash->b);
    archive_abandon(at);
    return st;
}

void archive_abandon(struct archive_writer **at) {
    struct archive_writer *w = *at;
    if (!w) return;
    if (w->fd >= 0) close(w->fd);
    if (w->temp.c[0]) (void)unlink(w->temp.c);
    sodium_memzero(w, sizeof *w);
    free(w);
    *at = NULL;
}

// ---- reading

struct archive_reader {
    int fd;
    crypto_secretstream_xchacha20poly1305_state stream;
    struct head head;
    bool is_first, is_final;
    size_t at, n;
    uint8_t plain[ARCHIVE_CHUNK_BYTES], sealed[SEALED_BYTES];
};

static enum status head_read(struct archive_reader *r, size_t n, const uint8_t **p) {
    size_t got;
    enum status st = stream_read(r->fd, r->head.bytes + r->head.n, n, &got);
    *p = r->head.bytes + r->head.n;
    r->head.n += got;
    return st || got == n ? st : STATUS_CORRUPT;
}

enum status archive_open(const char *path, const struct archive_lock *lock, struct archive_reader **out) {
    struct archive_reader *r = *out = calloc(1, sizeof *r);
    const uint8_t *p, *lock_bytes, *header;
    struct key key;
    if (!r) abort();
    r->is_first = true;
    r->fd = open(path, O_RDONLY | O_CLOEXEC);
    if (r->fd < 0) return file_status(errno);
    enum status st = head_read(r, MAGIC_BYTES + 2, &p);
    if (st) return st;
    bool by_key = p[MAGIC_BYTES] == BY_KEY;
    if (memcmp(p, MAGIC, MAGIC_BYTES) != 0 || (!by_key && p[MAGIC_BYTES] != BY_PASSPHRASE))
        return STATUS_CORRUPT;
    if (by_key != (lock->key_file != NULL)) return STATUS_UNSUPPORTED; // it was locked the other way
    st = head_read(r, by_key ? KEY_BYTES + crypto_box_SEALBYTES : crypto_pwhash_SALTBYTES, &lock_bytes);
    if (!st) st = head_read(r, crypto_secretstream_xchacha20poly1305_HEADERBYTES, &header);
    if (!st)
        st = by_key ? unseal_key(lock->key_file, lock_bytes, &key)
                    : key_of_passphrase(lock->passphrase_file, lock_bytes, &key);
    if (!st && crypto_secretstream_xchacha20poly1305_init_pull(&r->stream, header, key.b) != 0)
        st = STATUS_CORRUPT;
    key_wipe(&key);
    return st;
}

bool archive_has_master(const struct archive_reader *r) {
    return r->head.bytes[MAGIC_BYTES + 1];
}

static enum status pull(struct archive_reader *r) {
    size_t got;
    unsigned long long n;
    unsigned char tag;
    if (r->is_final) return STATUS_CORRUPT;
    enum status st = stream_read(r->fd, r->sealed, sizeof r->sealed, &got);
    if (st) return st;
    if (got < crypto_secretstream_xchacha20poly1305_ABYTES ||
        crypto_secretstream_xchacha20poly1305_pull(&r->stream, r->plain, &n, &tag, r->sealed, got,
                                                   r->is_first ? r->head.bytes : NULL,
                                                   r->is_first ? r->head.n : 0) != 0)
        return STATUS_CORRUPT;
    r->is_first = false;
    r->is_final = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
    r->at = 0;
    r->n = (size_t)n;
    return STATUS_OK;
}

static enum status take(struct archive_reader *r, void *to, size_t n) {
    for (uint8_t *p = to; n;) {
        enum status st = r->at == r->n ? pull(r) : STATUS_OK;
        if (st) return st;
        size_t part = r->n - r->at < n ? r->n - r->at : n;
        memcpy(p, r->plain + r->at, part);
        r->at += part, p += part, n -= part;
    }
    return STATUS_OK;
}

// After the last name there is the final chunk and nothing behind it.
static enum status check_end(struct archive_reader *r) {
    uint8_t more;
    size_t got = 0;
    enum status st = STATUS_OK;
    while (!st && !r->is_final) st = r->at == r->n ? pull(r) : STATUS_CORRUPT;
    if (!st) st = stream_read(r->fd, &more, 1, &got);
    return st ? st : r->at != r->n || got ? STATUS_CORRUPT : STATUS_NOT_FOUND;
}

enum status archive_next(struct archive_reader *r, char name[ARCHIVE_NAME_MAX + 1], int64_t *size) {
    uint8_t n, be[8];
    uint64_t number = 0;
    enum status st = take(r, &n, 1);
    if (!st && !n) return check_end(r);
    if (!st && n > ARCHIVE_NAME_MAX) st = STATUS_CORRUPT;
    if (!st) st = take(r, name, n);
    if (!st) st = take(r, be, 8);
    if (st) return st;
    name[n] = 0;
    for (int b = 0; b < 8; b++) number = number << 8 | be[b];
    if (number > INT64_MAX) return STATUS_CORRUPT;
    *size = (int64_t)number;
    return STATUS_OK;
}

enum status archive_read(struct archive_reader *r, void *to, size_t n) {
    return take(r, to, n);
}

void archive_close(struct archive_reader *r) {
    if (!r) return;
    if (r->fd >= 0) close(r->fd);
    sodium_memzero(r, sizeof *r);
    free(r);
}
