// Bytes that say they are rows of a backup: they are read to their end or refused, and what was read is
// written as the same rows again.
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "store/row_code.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_same(const struct value *a, const struct value *b) {
    return a->kind == b->kind && (a->kind == VALUE_INT ? a->i == b->i : !table_compare_value(a, b));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct cbor_reader r = cbor_reader((struct bytes){data, size});
    struct value row[STORE_ARGS_MAX], again[STORE_ARGS_MAX];
    size_t count, second;
    enum status st;
    while (!(st = row_decode(&r, row, STORE_ARGS_MAX, &count))) {
        struct out o = {.arena = &a};
        row_encode(&o, row, count);
        struct cbor_reader copy = cbor_reader(bytes_of(out_done(&o)));
        st = row_decode(&copy, again, STORE_ARGS_MAX, &second);
        assert(!st && second == count && copy.at == copy.end);
        for (size_t i = 0; i < count; i++) assert(is_same(&row[i], &again[i]));
        arena_reset(&a);
    }
    assert(st == STATUS_NOT_FOUND || st == STATUS_CORRUPT);
    arena_free(&a);
    return 0;
}
