#include <assert.h>
#include <stdlib.h>

#include "store/internal.h"

// The statements that one connection has prepared.

static size_t slot_of(const struct prepared_list *l, const struct sql *sql) {
    uint64_t mixed = ((uint64_t)(uintptr_t)sql >> 3) * 0x9E3779B97F4A7C15u; // Fibonacci hashing
    size_t mask = l->slot_count - 1;
    size_t i = (size_t)(mixed >> 32) & mask;
    while (l->slots[i].sql && l->slots[i].sql != sql) i = (i + 1) & mask;
    return i;
}

static void grow(struct prepared_list *l) {
    struct prepared_list old = *l;
    l->slot_count = old.slot_count ? old.slot_count * 2 : 256;
    l->slots = calloc(l->slot_count, sizeof *l->slots);
    if (!l->slots) abort();
    for (size_t i = 0; i < old.slot_count; i++)
        if (old.slots[i].sql) l->slots[slot_of(l, old.slots[i].sql)] = old.slots[i];
    free(old.slots);
}

struct prepared *prepared_find(struct prepared_list *l, const struct sql *sql) {
    if ((l->count + 1) * 2 > l->slot_count) grow(l);
    struct prepared *p = &l->slots[slot_of(l, sql)];
    if (!p->sql) {
        assert(l->count < STATEMENTS_MAX);
        *p = (struct prepared){.sql = sql, .text = sql->text};
        l->count++;
    }
    assert(p->text == sql->text); // a sql that is not in static storage was changed
    return p;
}
