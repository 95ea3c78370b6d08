// arena.h - memory that is freed all at once: one arena per request, per batch, per model.
#pragma once
#include <stddef.h>
#include <stdint.h>

struct arena_block;

// A growing chain of blocks. Zero-initialise it ({0}) and use it; free it with arena_free.
// Not thread-safe: an arena belongs to one thread at a time.
struct arena {
    struct arena_block *block;
    size_t used; // bytes handed out since the last reset
};

// `size` zeroed bytes, aligned for any type, valid until the arena is reset or freed. Never NULL:
// when the machine has no memory left the process says so and stops; nothing acknowledged is lost.
void *arena_alloc(struct arena *a, size_t size);

// A copy of `size` bytes in the arena.
void *arena_copy(struct arena *a, const void *p, size_t size);

// Grows an array kept in the arena: returns `items`, or a larger copy with room for at least
// `count` + 1 items of `item_size`; *capacity is updated. The old copy stays until reset.
void *arena_grow(struct arena *a, void *items, size_t count, size_t *capacity, size_t item_size);

// Forgets everything but keeps one block for reuse.
void arena_reset(struct arena *a);

// Returns all memory to the system. The arena may be used again afterwards.
void arena_free(struct arena *a);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, type, count) ((type *)arena_alloc((a), sizeof(type) * (size_t)(count)))

// Appends one zeroed item to list->items / ->count / ->capacity and gives its address.
#define ARENA_PUSH(a, list)                                                                       \
    ((list)->items =                                                                              \
         arena_grow((a), (list)->items, (list)->count, &(list)->capacity, sizeof *(list)->items), \
     &(list)->items[(list)->count++])
