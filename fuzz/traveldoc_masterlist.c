// A master list as it was found somewhere.
#include <assert.h>

#include "traveldoc/trust.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct masterlist m;
    struct trust *t = trust_new();
    struct bytes in = {data, size};
    masterlist_read(&a, in, NULL, (struct date){2026, 11, 26}, t, &m);
    assert(m.result != MASTERLIST_GENUINE);
    assert(trust_count(t) <= m.count);
    enum status added = trust_add(t, in), revoked = trust_add_crl(t, in);
    (void)added, (void)revoked;
    trust_free(t);
    arena_free(&a);
    return 0;
}
