// Questions and answers of other authorities: what is read is printed and read again as the same, and an
// answer that says more than it may (values without an entry) is none.
#include <stdlib.h>
#include <string.h>

#include "lookup/lookup.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_question(struct arena *a, const struct lookup_question *q) {
    struct lookup_question again;
    if (lookup_question_read(a, lookup_question_print(a, q, q->purpose), &again)) abort();
    if (!text_eq(again.lookup, q->lookup) || !text_eq(again.ground, q->ground) ||
        !text_eq(again.number, q->number) || !text_eq(again.name, q->name) ||
        !text_eq(again.purpose, q->purpose) || date_cmp(again.watch_until, q->watch_until) != 0)
        abort();
}

static void check_result(struct arena *a, const struct lookup_result *r) {
    struct lookup_result again;
    if (r->values.count > LOOKUP_VALUES_MAX || (r->class != LOOKUP_FOUND && r->values.count)) abort();
    if ((r->class == LOOKUP_FOUND) != (r->reference.n > 0)) abort();
    struct text printed = lookup_result_print(a, r);
    if (printed.n > LOOKUP_BYTES_MAX) return; // escapes may be longer than what they stand for
    if (lookup_result_read(a, printed, &again)) abort();
    if (again.class != r->class || again.values.count != r->values.count || again.entry != r->entry) abort();
    for (size_t i = 0; i < r->values.count; i++)
        if (!text_eq(again.values.items[i].path, r->values.items[i].path) ||
            !text_eq(again.values.items[i].value, r->values.items[i].value))
            abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct text in = {(const char *)data, size};
    struct lookup_question q;
    struct lookup_result r;
    if (!lookup_question_read(&a, in, &q)) check_question(&a, &q);
    if (!lookup_result_read(&a, in, &r)) check_result(&a, &r);
    arena_free(&a);
    return 0;
}
