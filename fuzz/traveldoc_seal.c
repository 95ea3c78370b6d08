// The bytes of a bar code are read without harm, and what was read stays within them.
#include <assert.h>

#include "traveldoc/seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct seal s;
    struct problem p;
    struct bytes in = {data, size};
    if (!seal_read(&a, in, &s, &p)) {
        assert(s.count <= SEAL_FEATURES_MAX && s.signed_part.n <= size);
        for (size_t i = 0; i < s.count; i++) assert(text_is_utf8(s.items[i].value));
        assert(seal_check(&s, in) != SEAL_GENUINE); // it is no certificate
    } else {
        assert(p.text_key);
    }
    arena_free(&a);
    return 0;
}
