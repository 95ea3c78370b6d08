// Pictures from strangers, and the EXIF directory inside them. The first byte says which.
#include <stdlib.h>

#include "worker/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    if (size < 1) return 0;
    struct bytes file = {data + 1, size - 1}, answer = {0};
    const int32_t args[2] = {64, 0};
    int orientation = exif_orientation(file);
    if (orientation < 1 || orientation > 8) abort();
    enum status st = data[0] & 1 ? job_jpeg(WORKER_THUMBNAIL_JPEG, args, file, &a, &answer)
                                 : job_png(WORKER_THUMBNAIL_PNG, args, file, &a, &answer);
    if (!st && answer.n == 0) abort();
    arena_free(&a);
    return 0;
}
