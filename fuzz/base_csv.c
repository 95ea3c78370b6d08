// Rows of a file of entries; what is read is written again and must be read as the same.
#include <assert.h>
#include <string.h>

#include "base/csv.h"

struct piece {
    const uint8_t *p;
    size_t n;
};

static enum status give(void *context, uint8_t *into, size_t room, size_t *n) {
    struct piece *k = context;
    *n = k->n < room ? k->n : room;
    memcpy(into, k->p, *n);
    k->p += *n, k->n -= *n;
    return STATUS_OK;
}

static void again(struct arena *a, const struct csv_row *row) {
    struct out o = {.arena = a};
    struct csv *c = ARENA_NEW(a, struct csv);
    struct csv_row read;
    if (row->count && text_starts(row->items[0], T("\xEF\xBB\xBF"))) return; // a mark that no reader keeps
    for (size_t i = 0; i < row->count; i++) csv_cell(&o, row->items[i], i == 0);
    out_c(&o, "\r\n");
    struct text line = out_done(&o);
    struct piece k = {(const uint8_t *)line.p, line.n};
    c->fill = give;
    c->context = &k;
    c->separator = ',';
    enum status st = csv_next(c, a, &read, NULL);
    assert(st == STATUS_OK || row->count == 1 ||
           line.n > CSV_ROW_BYTES_MAX); // one empty cell is an empty line
    if (st) return;
    assert(read.count == row->count);
    for (size_t i = 0; i < row->count; i++)
        assert(text_eq(read.items[i], row->items[i]) || (read.items[i].n && read.items[i].p[0] == '\''));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena a = {0};
    struct problem p = {0};
    struct piece k = {data, size};
    struct csv *c = ARENA_NEW(&a, struct csv);
    struct csv_row row;
    struct text line;
    c->fill = give;
    c->context = &k;
    bool is_lines = size && data[0] == '{';
    while (is_lines ? !csv_line(c, &a, &line, &p) : !csv_next(c, &a, &row, &p))
        if (!is_lines) again(&a, &row);
    arena_free(&a);
    return 0;
}
