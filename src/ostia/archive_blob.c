#include "ostia/archive_blob.h"

#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#include "store/blob.h"

enum status archive_add_blob(struct archive_writer *w, struct house *h, const struct hash *name,
                             struct file_path *inside, int64_t *size) {
    char hex[2 * HASH_BYTES + 1], two[3], scratch[40];
    struct hash hash;
    const char *data = h->settings->data;
    bool is_scratch = blobs_are_in_database(h->store);
    sodium_bin2hex(hex, sizeof hex, name->b, HASH_BYTES);
    snprintf(two, sizeof two, "%.2s", hex);
    snprintf(scratch, sizeof scratch, "document.%d", (int)getpid()); // of this program alone
    *inside = file_path("blobs", two, hex);
    *size = 0;
    struct file_path path = file_path(data, is_scratch ? scratch : inside->c, NULL);
    enum status st = is_scratch                  ? blob_export(h->store, name, path.c)
                     : access(path.c, F_OK) != 0 ? STATUS_NOT_FOUND
                                                 : STATUS_OK;
    if (!st) st = archive_add(w, inside->c, path.c, &hash, size);
    if (is_scratch) unlink(path.c);
    if (st) return st;
    return hash_eq(&hash, name) ? STATUS_OK : STATUS_CORRUPT;
}
