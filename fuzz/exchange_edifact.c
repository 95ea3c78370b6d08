// Whatever a carrier's system or the network makes of a list: it is read or refused without harm, and a
// telegram that was taken off once stays as it is.
#include <assert.h>

#include "exchange/edifact_list.h"

// Writing and reading JSON takes ten times as long as reading the lists: a few of them show all that it can
// do.
enum { JSON_LISTS_MAX = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void clean_is_stable(struct arena *a, struct text in) {
    struct text once, twice;
    struct problem p;
    if (edifact_clean(a, in, &once, &p)) return;
    assert(once.n > 0);
    if (!edifact_clean(a, once, &twice, &p)) assert(twice.n <= once.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct text in = {(const char *)data, size};
    struct passenger_lists lists = {0};
    struct problem p;
    if (!passenger_lists_read(&a, in, &lists, &p)) {
        assert(lists.interchanges > 0 && lists.count <= LIST_MESSAGES_MAX);
    }
    if (lists.count && lists.count <= JSON_LISTS_MAX) {
        struct out o = {.arena = &a};
        struct json_out j = {.out = &o};
        passenger_lists_json(&j, &lists, NULL, NULL);
        json_t *read;
        assert(!json_read(out_done(&o), 256 * 1024 * 1024, &read, &p));
        json_decref(read);
    }
    clean_is_stable(&a, in);
    arena_free(&a);
    return 0;
}
