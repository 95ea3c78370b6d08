// index_memory.h - memory of the index that outlives an arena, inside this room. Like arenas it stops the
// process when the machine has none left.
#pragma once
#include <stddef.h>

void *memory_zeroed(size_t count, size_t size);
// Room for at least `need` items of `size` bytes; *capacity is in items.
void *memory_grow(void *items, size_t need, size_t *capacity, size_t size);
