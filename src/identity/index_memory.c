// Memory for as long as an index lives.
#include "identity/index_memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

static void *must(void *p) {
    if (p) return p;
    fputs("ostia: no memory left for the index of identities\n", stderr);
    abort();
}

// Large pages for what is large: it is read here and there, and each small page costs a walk through tables.
static void *spread(void *p, size_t bytes) {
    enum { LARGE = 2 * 1024 * 1024, PAGE = 4096 };
#ifdef MADV_HUGEPAGE
    uintptr_t from = ((uintptr_t)p + PAGE - 1) & ~(uintptr_t)(PAGE - 1), to = (uintptr_t)p + bytes;
    if (bytes >= 2 * LARGE)
        madvise((void *)from, to - from, MADV_HUGEPAGE); // where there are none, small ones do
#endif
    return p;
}

void *memory_zeroed(size_t count, size_t size) {
    return spread(must(calloc(count ? count : 1, size)), count * size);
}

void *memory_grow(void *items, size_t need, size_t *capacity, size_t size) {
    if (need <= *capacity) return items;
    size_t more = *capacity + *capacity / 2 + 16;
    if (more < need) more = need;
    *capacity = more;
    return spread(must(realloc(items, more * size)), more * size);
}
