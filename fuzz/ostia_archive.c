// A backup that anybody sealed, for the public key is no secret: what is within is read to its end or
// refused, and never more than is there.
#include <assert.h>
#include <ftw.h>
#include <sodium.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ostia/archive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/tmp/ostia-fuzz-archive-XXXXXX";
static char key[100], file[100];
static uint8_t recipient[crypto_box_PUBLICKEYBYTES];

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where) {
    (void)info, (void)kind, (void)where;
    return remove(path);
}

static void clean(void) {
    nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void prepare(void) {
    char hex[2 * sizeof recipient + 1], open[110];
    if (key[0]) return;
    crypto_start();
    if (!mkdtemp(folder) || atexit(clean)) abort();
    snprintf(key, sizeof key, "%s/key", folder);
    snprintf(file, sizeof file, "%s/file", folder);
    snprintf(open, sizeof open, "%s.pub", key);
    if (archive_make_key(key)) abort();
    FILE *f = fopen(open, "re");
    if (!f || fscanf(f, "%64s", hex) != 1) abort();
    fclose(f);
    if (sodium_hex2bin(recipient, sizeof recipient, hex, 64, NULL, NULL, NULL) != 0) abort();
}

// As archive.c says: magic, kind of lock, flags, sealed key, header, chunks.
static void write_sealed(const uint8_t *data, size_t size) {
    uint8_t head[8 + 2 + KEY_BYTES + crypto_box_SEALBYTES +
                 crypto_secretstream_xchacha20poly1305_HEADERBYTES] = "OSTIAK01\x02";
    uint8_t k[KEY_BYTES], sealed[ARCHIVE_CHUNK_BYTES + crypto_secretstream_xchacha20poly1305_ABYTES];
    crypto_secretstream_xchacha20poly1305_state stream;
    FILE *f = fopen(file, "we");
    if (!f) abort();
    randombytes_buf(k, sizeof k);
    if (crypto_box_seal(head + 10, k, sizeof k, recipient) != 0) abort();
    crypto_secretstream_xchacha20poly1305_init_push(&stream, head + 10 + KEY_BYTES + crypto_box_SEALBYTES, k);
    fwrite(head, 1, sizeof head, f);
    for (size_t at = 0, n; at <= size; at += n) {
        bool is_last = size - at < ARCHIVE_CHUNK_BYTES;
        unsigned long long out;
        n = is_last ? size - at : ARCHIVE_CHUNK_BYTES;
        crypto_secretstream_xchacha20poly1305_push(
            &stream, sealed, &out, data + at, n, at ? NULL : head, at ? 0 : sizeof head,
            is_last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
        fwrite(sealed, 1, (size_t)out, f);
        if (is_last) break;
    }
    fclose(f);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct archive_lock lock = {.key_file = key};
    struct archive_reader *r;
    char name[ARCHIVE_NAME_MAX + 1];
    int64_t bytes;
    size_t read = 0;
    prepare();
    write_sealed(data, size);
    enum status st = archive_open(file, &lock, &r);
    assert(!st);
    while (!st && !(st = archive_next(r, name, &bytes))) {
        uint8_t block[1000];
        assert(strlen(name) <= ARCHIVE_NAME_MAX && bytes >= 0);
        for (; bytes > 0 && !st; bytes -= (int64_t)sizeof block) {
            size_t n = bytes < (int64_t)sizeof block ? (size_t)bytes : sizeof block;
            st = archive_read(r, block, n);
            read += st ? 0 : n;
        }
    }
    assert(st == STATUS_NOT_FOUND || st == STATUS_CORRUPT);
    assert(read <= size);
    archive_close(r);
    return 0;
}
