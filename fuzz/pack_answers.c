// Answers as CBOR or JSON: what is accepted must come back the same.
#include <assert.h>

#include "pack/pack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct answers s, again;
    struct pack_files files;
    struct bytes b = {data, size};
    if (answers_decode(&a, b, &s) == STATUS_OK) {
        enum status st = answers_decode(&a, answers_encode(&a, &s), &again);
        assert(!st && answers_eq(&s, &again));
        st = answers_from_json(&a, answers_json(&a, &s), &again, NULL);
        assert(st != STATUS_INVALID);
        form_feel(&a, NULL, &s);
    }
    if (answers_from_json(&a, text_of_bytes(b), &s, NULL) == STATUS_OK) {
        enum status st = answers_decode(&a, answers_encode(&a, &s), &again);
        assert(!st && answers_eq(&s, &again));
    }
    if (pack_files_decode(&a, b, &files) == STATUS_OK) {
        struct pack_files back;
        enum status st = pack_files_decode(&a, pack_files_encode(&a, &files), &back);
        assert(!st && back.count == files.count);
    }
    arena_free(&a);
    return 0;
}
