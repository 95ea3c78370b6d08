// Any bytes as a content stream: refused, or given back with marked content that closes.
#include "paper/content.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct text out;
    enum status st = content_with_artifacts(&a, (struct text){(const char *)data, size}, &out);
    if (!st && out.n < size) __builtin_trap(); // nothing of the stream is dropped
    arena_free(&a);
    return 0;
}
