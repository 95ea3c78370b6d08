// index_row.h - a row of costs, one for each beginning of a word, eight cells at once; inside this room.
#pragma once
#include <stdint.h>
#include <string.h>

enum { ROW_CELLS = 48, ROW_BEFORE = 8, ROW_NEVER = 15000 }; // two of them still fit a cell

// cell[-k] of a row is ROW_NEVER for k up to ROW_BEFORE, and so are cells behind its last.
struct row {
    int16_t before[ROW_BEFORE];
    int16_t cell[ROW_CELLS];
};
typedef int16_t row_lanes __attribute__((vector_size(16)));

static inline row_lanes row_load(const int16_t *p) {
    row_lanes v;
    memcpy(&v, p, sizeof v);
    return v;
}
static inline row_lanes row_all(int value) {
    int16_t v = (int16_t)value;
    return (row_lanes){v, v, v, v, v, v, v, v};
}
static inline row_lanes row_least(row_lanes a, row_lanes b) {
    row_lanes less = a < b;
    return (a & less) | (b & ~less);
}
static inline int row_any(row_lanes mask) {
    uint64_t half[2];
    memcpy(half, &mask, sizeof half);
    return (half[0] | half[1]) != 0;
}
static inline void row_fill(struct row *r) {
    for (size_t i = 0; i < ROW_BEFORE; i++) r->before[i] = ROW_NEVER;
    for (size_t i = 0; i < ROW_CELLS; i++) r->cell[i] = ROW_NEVER;
}
// In each cell what it costs to come from the one before, when that is less. Cells 1 to n.
static inline void row_along(int16_t *cell, const int16_t *step, size_t n) {
    int last = cell[0];
    for (size_t j = 1; j <= n; j++) {
        int c = last + step[j];
        last = cell[j] < c ? cell[j] : c;
        cell[j] = (int16_t)last;
    }
}
