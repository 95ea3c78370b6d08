// Notices of other authorities, as they come: read, and what was read is printed the same.
#include <stdlib.h>
#include <string.h>

#include "privacy/privacy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct privacy_notice n;
    static const uint8_t key[PRIVACY_PUBLIC_KEY_BYTES] = {1};
    if (privacy_notice_read((struct bytes){data, size}, &n) == STATUS_OK) {
        struct bytes again = privacy_notice_print(&a, &n);
        if (again.n != size || memcmp(again.p, data, size) != 0) abort();
        if (privacy_notice_check(&n, key) == STATUS_OK) abort(); // nobody has signed it
    }
    arena_free(&a);
    return 0;
}
