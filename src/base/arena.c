#include "base/arena.h"

#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_MIN = 16 * 1024, BLOCK_MAX = 1024 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t size, used;
    alignas(max_align_t) unsigned char bytes[];
};

static void out_of_memory(size_t size) {
    fprintf(stderr, "ostia: out of memory (%zu bytes wanted)\n", size);
    abort();
}

static struct arena_block *block_new(struct arena *a, size_t need) {
    size_t size = a->block ? a->block->size * 2 : BLOCK_MIN;
    if (size > BLOCK_MAX) size = BLOCK_MAX;
    if (size < need) size = need;
    struct arena_block *b = malloc(sizeof *b + size);
    if (!b) out_of_memory(size);
    b->next = a->block;
    b->size = size;
    b->used = 0;
    a->block = b;
    return b;
}

void *arena_alloc(struct arena *a, size_t size) {
    if (size > SIZE_MAX - 64) out_of_memory(size);
    size_t need = (size + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct arena_block *b = a->block;
    if (!b || b->size - b->used < need) b = block_new(a, need);
    void *p = b->bytes + b->used;
    b->used += need;
    a->used += need;
    return memset(p, 0, need);
}

void *arena_copy(struct arena *a, const void *p, size_t size) {
    void *copy = arena_alloc(a, size);
    if (size) memcpy(copy, p, size);
    return copy;
}

void *arena_grow(struct arena *a, void *items, size_t count, size_t *capacity, size_t item_size) {
    if (count < *capacity) {
        memset((char *)items + count * item_size, 0, item_size);
        return items;
    }
    size_t wider = *capacity ? *capacity * 2 : 8;
    if (wider > SIZE_MAX / 2 / item_size) out_of_memory(SIZE_MAX);
    void *larger = arena_alloc(a, wider * item_size);
    if (count) memcpy(larger, items, count * item_size);
    *capacity = wider;
    return larger;
}

void arena_reset(struct arena *a) {
    struct arena_block *keep = a->block;
    if (!keep) return;
    for (struct arena_block *b = keep->next, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    keep->next = NULL;
    keep->used = 0;
    a->used = 0;
}

void arena_free(struct arena *a) {
    for (struct arena_block *b = a->block, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    *a = (struct arena){0};
}
