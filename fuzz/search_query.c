// What somebody types into the search: it is one kind of question or several, and never overruns a record.
#include <assert.h>

#include "search/query.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    struct arena a = {0};
    struct search_query q;
    struct problem p = {0};
    enum status st =
        query_read(&a, (struct text){(const char *)data, n}, (struct date){2026, 11, 26}, &q, &p);
    if (st) {
        assert(st == STATUS_INVALID && p.rule);
    } else {
        assert(q.kinds && query_kinds(&a, q.kinds).n);
        assert(q.record.name_count <= RECORD_NAMES_MAX && q.record.number_count <= RECORD_NUMBERS_MAX);
        assert(!(q.kinds & QUERY_PERSON) || q.person.n);
        assert(!(q.kinds & QUERY_NUMBER) || q.number.n);
        assert(!q.birth.year || (q.birth.year >= 1850 && q.birth.year <= 2200) || q.kinds & QUERY_ZONE);
    }
    arena_free(&a);
    return 0;
}
