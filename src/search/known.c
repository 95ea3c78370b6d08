#include "search/known.h"

#include <stdlib.h>

// Two chained hash tables over the same rows, by record and by file.
struct row {
    int64_t record, file, mark;
    uint32_t next_record, next_file; // row + 1; 0: the last
};
struct known {
    struct row *rows;
    uint32_t count, capacity, free; // free: chain of rows that were removed, row + 1
    uint32_t *by_record, *by_file;  // row + 1
};

enum { CAPACITY_FIRST = 1024 };

static uint32_t bucket(const struct known *k, int64_t id) {
    return (uint32_t)(((uint64_t)id * 0x9e3779b97f4a7c15u) >> 32) & (k->capacity - 1);
}

static void chain(struct known *k, uint32_t i) {
    struct row *r = &k->rows[i];
    uint32_t *a = &k->by_record[bucket(k, r->record)], *b = &k->by_file[bucket(k, r->file)];
    r->next_record = *a;
    r->next_file = *b;
    *a = *b = i + 1;
}

static enum status grow(struct known *k) {
    uint32_t capacity = k->capacity ? k->capacity * 2 : CAPACITY_FIRST;
    struct row *rows = realloc(k->rows, capacity * sizeof *rows);
    if (!rows) return STATUS_FULL;
    k->rows = rows;
    uint32_t *a = calloc(capacity, sizeof *a), *b = calloc(capacity, sizeof *b);
    if (!a || !b) {
        free(a);
        free(b);
        return STATUS_FULL;
    }
    free(k->by_record);
    free(k->by_file);
    k->by_record = a;
    k->by_file = b;
    k->capacity = capacity;
    for (uint32_t i = 0; i < k->count; i++) chain(k, i); // only called when no row is free
    return STATUS_OK;
}

enum status known_new(struct known **out) {
    *out = calloc(1, sizeof **out);
    return *out ? grow(*out) : STATUS_FULL;
}

void known_free(struct known *k) {
    if (!k) return;
    free(k->rows);
    free(k->by_record);
    free(k->by_file);
    free(k);
}

static struct row *find(const struct known *k, int64_t record) {
    for (uint32_t i = k->by_record[bucket(k, record)]; i; i = k->rows[i - 1].next_record)
        if (k->rows[i - 1].record == record) return &k->rows[i - 1];
    return NULL;
}

enum status known_put(struct known *k, int64_t file, int64_t record, int64_t mark) {
    struct row *r = find(k, record);
    if (r) return r->mark = mark, STATUS_OK;
    uint32_t i = k->free;
    if (i) {
        k->free = k->rows[--i].next_record;
    } else {
        enum status st = k->count == k->capacity ? grow(k) : STATUS_OK;
        if (st) return st;
        i = k->count++;
    }
    k->rows[i] = (struct row){.record = record, .file = file, .mark = mark};
    chain(k, i);
    return STATUS_OK;
}

void known_remove(struct known *k, int64_t record) {
    struct row *r = find(k, record);
    if (!r) return;
    uint32_t own = (uint32_t)(r - k->rows) + 1, *at = &k->by_record[bucket(k, record)];
    while (*at != own) at = &k->rows[*at - 1].next_record;
    *at = r->next_record;
    at = &k->by_file[bucket(k, r->file)];
    while (*at != own) at = &k->rows[*at - 1].next_file;
    *at = r->next_file;
    *r = (struct row){.next_record = k->free};
    k->free = own;
}

int64_t known_mark(const struct known *k, int64_t record) {
    const struct row *r = find(k, record);
    return r ? r->mark : 0;
}

int64_t known_file(const struct known *k, int64_t record) {
    const struct row *r = find(k, record);
    return r ? r->file : 0;
}

size_t known_of(const struct known *k, int64_t file, int64_t *records, size_t max) {
    size_t n = 0;
    for (uint32_t i = k->by_file[bucket(k, file)]; i && n < max; i = k->rows[i - 1].next_file)
        if (k->rows[i - 1].file == file) records[n++] = k->rows[i - 1].record;
    return n;
}
