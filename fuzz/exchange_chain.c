// Hash chains of X-Road from strangers: one byte 0 parts the result from the chain. Whatever they say, no
// message is covered that the chain does not name.
#include <stdlib.h>

#include "exchange/xroad_chain.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct text rest = {(const char *)data, size}, result, detail;
    const char *error;
    size_t at;
    if (text_cut(&rest, 0, &result)) {
        const struct xroad_part parts[] = {
            {.uri = T("/hashchain.xml"), .content = bytes_of(rest)},
            {.uri = T("/message.xml"), .content = bytes_of(T("<a>two</a>")), .must_be_covered = true},
            {.uri = T("/attachment1"), .is_left_out = true}};
        enum status st = xroad_chain_verify(&a, result, parts, 3, &error, &detail);
        if ((st == STATUS_OK) != (error[0] == 0)) abort();
        if (!st && !text_find(rest, T("message.xml"), &at)) { // may be written with character references
            if (!text_find(rest, T("&#"), &at)) abort();
        }
    }
    arena_free(&a);
    return 0;
}
