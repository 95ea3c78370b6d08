#include "ostia/increment.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

uint64_t increment_root(const struct hash *root) {
    uint64_t n = 0;
    for (int i = 0; i < 8; i++) n = n << 8 | root->b[i];
    return n;
}

void increment_print(const struct increment *i, char name[INCREMENT_NAME_MAX]) {
    snprintf(name, INCREMENT_NAME_MAX,
             "events-%012" PRId64 "-%012" PRId64 "-%013" PRId64 "-%013" PRId64 "-%016" PRIx64 ".ostia",
             i->first, i->last, i->since.ms, i->at.ms, i->root);
}

static bool cut_number(struct text *rest, int64_t *n) {
    struct text part;
    return text_cut(rest, '-', &part) && part.n >= 12 && part.p[0] != '-' && text_int(part, n) && *n >= 0;
}

// Read, and right when it prints as the same again.
bool increment_parse(struct text name, struct increment *i) {
    char again[INCREMENT_NAME_MAX], hex[17] = "";
    *i = (struct increment){0};
    if (!text_starts(name, T("events-")) || !text_ends(name, T(".ostia"))) return false;
    struct text rest = text_slice(name, 7, name.n - 6);
    if (!cut_number(&rest, &i->first) || !cut_number(&rest, &i->last) || !cut_number(&rest, &i->since.ms) ||
        !cut_number(&rest, &i->at.ms))
        return false;
    if (rest.n != 16) return false;
    memcpy(hex, rest.p, 16);
    i->root = strtoull(hex, NULL, 16);
    increment_print(i, again);
    return text_eq(text_of(again), name) && i->first >= 1 && i->last >= i->first - 1;
}

struct listing {
    struct arena *arena;
    struct increment_list *list;
};

static enum status add_name(void *argument, const char *name) {
    struct listing *l = argument;
    struct increment i;
    if (increment_parse(text_of(name), &i)) *ARENA_PUSH(l->arena, l->list) = i;
    return STATUS_OK;
}

static int by_place(const void *a, const void *b) {
    const struct increment *x = a, *y = b;
    if (x->first != y->first) return x->first < y->first ? -1 : 1;
    return (x->at.ms > y->at.ms) - (x->at.ms < y->at.ms);
}

enum status increment_list(const char *folder, struct arena *a, struct increment_list *out) {
    struct listing l = {a, out};
    enum status st = file_each(env_real(), folder, add_name, &l);
    if (!st && out->count) qsort(out->items, out->count, sizeof *out->items, by_place);
    return st;
}

enum status increment_hash(const char *folder, const struct increment *i, struct hash *out) {
    char name[INCREMENT_NAME_MAX];
    uint8_t block[ARCHIVE_CHUNK_BYTES];
    crypto_hash_sha256_state sum;
    size_t got = sizeof block;
    increment_print(i, name);
    struct file_path path = file_path(folder, name, NULL);
    int fd = open(path.c, O_RDONLY | O_CLOEXEC);
    enum status st = fd < 0 ? STATUS_IO : STATUS_OK;
    crypto_hash_sha256_init(&sum);
    while (!st && got == sizeof block) {
        st = stream_read(fd, block, sizeof block, &got);
        crypto_hash_sha256_update(&sum, block, st ? 0 : got);
    }
    crypto_hash_sha256_final(&sum, out->b);
    if (fd >= 0) close(fd);
    return st;
}
