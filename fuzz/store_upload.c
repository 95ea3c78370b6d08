// A half-done upload's file with damage: upload_open finds an end that is not behind the file, a piece can be
// added there, and finishing gives a document or STATUS_CORRUPT. Nothing else.
#include <assert.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "store/blob.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int remove_one(const char *path, const struct stat *s, int type, struct FTW *walk) {
    (void)s;
    (void)type;
    (void)walk;
    return remove(path);
}

static void damage(const char *dir, const struct hash *id, const uint8_t *data, size_t size) {
    char path[300];
    int n = snprintf(path, sizeof path, "%s/blobs/uploads/", dir);
    for (int i = 0; i < HASH_BYTES; i++) n += snprintf(path + n, sizeof path - (size_t)n, "%02x", id->b[i]);
    int fd = open(path, O_WRONLY);
    assert(fd >= 0 && size >= 2);
    off_t at = data[0] | data[1] << 8; // where the bytes go; behind the end leaves a hole of zeros
    ssize_t written = pwrite(fd, data + 2, size - 2, at);
    assert(written == (ssize_t)size - 2);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct key KEY = {{1, 2, 3}};
    static const uint8_t DOCUMENT[3000] = {42};
    const struct text token = T("a-token-for-the-fuzzer");
    if (size < 2 || size > 64 * 1024) return 0;
    char dir[] = "/tmp/ostia-fuzz-XXXXXX";
    if (!mkdtemp(dir)) return 0;
    log_level_set(LOG_ERROR);
    struct store_options o = {.dir = dir, .create = true, .readers = 1};
    struct store *s = NULL;
    enum status st = store_open(env_real(), &o, &s, NULL);
    assert(st == STATUS_OK);
    struct upload u;
    st = upload_open(s, token, 100000, &u);
    for (int i = 0; i < 3 && !st; i++) st = upload_append(&u, u.offset, (struct bytes){DOCUMENT, 1000});
    assert(st == STATUS_OK);
    struct hash id = u.id;
    upload_close(&u);
    damage(dir, &id, data, size);
    st = upload_open(s, token, 100000, &u);
    assert(st == STATUS_OK || st == STATUS_CORRUPT);
    if (!st) {
        assert(u.offset <= 3000 && u.offset % 1000 == 0); // only pieces that were sealed are kept
        st = upload_append(&u, u.offset, (struct bytes){DOCUMENT, 7});
        assert(st == STATUS_OK);
        struct blob_info info;
        st = upload_finish(&u, &KEY, &info);
        assert(st == STATUS_OK);
    }
    store_close(s);
    nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return 0;
}
