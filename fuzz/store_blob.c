// A document's file as an attacker with the disk might leave it: whatever the bytes, blob_read answers and
// stays within bounds. A file that opens must be exactly one that this key sealed, which the fuzzer cannot
// make: so any bytes read after damage would be a forgery.
#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "store/blob.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct key KEY = {{1, 2, 3}};
    int fd = memfd_create("blob", MFD_CLOEXEC);
    if (fd < 0 || size > 4 * BLOB_CHUNK_BYTES || write(fd, data, size) != (ssize_t)size ||
        lseek(fd, 0, SEEK_SET)) {
        if (fd >= 0) close(fd);
        return 0;
    }
    struct blob_reader *r = NULL;
    enum status st = blob_open_fd(fd, &KEY, &r);
    assert((st == STATUS_OK) == (r != NULL));
    uint8_t part[1000];
    size_t n = 1, total = 0;
    while (!st && n) {
        st = blob_read(r, part, sizeof part, &n);
        assert(n <= sizeof part);
        total += n;
    }
    assert(total == 0 && st == STATUS_CORRUPT);
    blob_close_read(&r);
    return 0;
}
