// Form bodies of every kind, cut into pieces: two ways of cutting give the same fields, and each begun file
// is ended once.
#include <stdlib.h>
#include <string.h>

#include "web/body.h"

static int begun, ended;
static enum status file_begin(void *c, struct text field, struct text name, struct text media, void **file) {
    (void)c, (void)field, (void)name, (void)media, (void)file;
    begun++;
    return STATUS_OK;
}
static enum status file_bytes(void *c, void *file, struct bytes chunk) {
    (void)c, (void)file, (void)chunk;
    return STATUS_OK;
}
static enum status file_end(void *c, void *file, bool is_complete) {
    (void)c, (void)file, (void)is_complete;
    ended++;
    return STATUS_OK;
}
static const struct body_files FILES = {NULL, NULL, file_begin, file_bytes, file_end, 1000};

static enum status read_all(struct arena *a, struct text type, const uint8_t *p, size_t n, size_t cut,
                            struct body **b) {
    begun = ended = 0;
    enum status st = body_new(a, type, true, &FILES, b);
    for (size_t i = 0; i < n && !st; i += cut)
        st = body_feed(*b, (struct bytes){p + i, n - i < cut ? n - i : cut});
    if (st)
        body_abort(*b);
    else
        st = body_end(*b);
    if (begun != ended) abort();
    return st;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct text TYPES[] = {{"multipart/form-data; boundary=b", 31},
                                        {"application/x-www-form-urlencoded", 33},
                                        {"application/json", 16},
                                        {"application/octet-stream", 24}};
    struct arena a = {0};
    struct body *whole, *cut;
    if (size < 2) return 0;
    struct text type = TYPES[data[0] % 4];
    enum status st = read_all(&a, type, data + 2, size - 2, size, &whole);
    if (read_all(&a, type, data + 2, size - 2, 1 + data[1] % 16, &cut) != st) abort();
    if (!st && body_fields(whole)->count != body_fields(cut)->count) abort();
    for (size_t i = 0; !st && i < body_fields(whole)->count; i++)
        if (!text_eq(body_fields(whole)->items[i].value, body_fields(cut)->items[i].value)) abort();
    arena_free(&a);
    return 0;
}
