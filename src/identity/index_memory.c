// Memory for as long as an index lives.
#include "identity/index_memory.h"

#include <stdio.h>
#include <stdlib.h>

static void *must(void *p) {
    if (p) return p;
    fputs("ostia: no memory left for the index of identities\n", stderr);
    abort();
}

void *memory_zeroed(size_t count, size_t size) {
    return must(calloc(count ? count : 1, size));
}

void *memory_grow(void *items, size_t need, size_t *capacity, size_t size) {
    if (need <= *capacity) return items;
    size_t more = *capacity + *capacity / 2 + 16;
    if (more < need) more = need;
    *capacity = more;
    return must(realloc(items, more * size));
}
