// watch.c - entries of the register of alerts in memory, for lists of carriers: names in any spelling,
// numbers.
#include <stdlib.h>
#include <string.h>

#include "border/lists_inside.h"
#include "border/watch.h"
#include "search/rules.h"

enum { WATCH_STEP = 500 };

enum status watch_open(struct watch *w) {
    pthread_mutex_init(&w->lock, NULL);
    return identity_index_new(&w->index);
}

void watch_close(struct watch *w) {
    free(w->numbers);
    identity_index_free(w->index);
    pthread_mutex_destroy(&w->lock);
}

// False when nothing is left of it, or too much.
static bool fold(struct text number, char out[WATCH_NUMBER_MAX]) {
    size_t n = 0;
    for (size_t i = 0; i < number.n; i++) {
        char c = number.p[i] >= 'a' && number.p[i] <= 'z' ? (char)(number.p[i] - 'a' + 'A') : number.p[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))) continue;
        if (n + 1 == WATCH_NUMBER_MAX) return false;
        out[n++] = c;
    }
    out[n] = 0;
    return n > 0;
}

static void forget_numbers(struct watch *w, int64_t entry) {
    for (size_t i = 0; i < w->number_count; i++)
        if (w->numbers[i].entry == entry) w->numbers[i].entry = 0;
}

static enum status take_numbers(struct watch *w, const struct entry_identity *e) {
    for (size_t i = 0; i < e->record.number_count; i++) {
        struct watch_number n = {.entry = e->entry};
        if (!fold(e->record.numbers[i].number, n.number)) continue;
        if (w->number_count == w->number_capacity) {
            size_t capacity = w->number_capacity ? w->number_capacity * 2 : 256;
            struct watch_number *more = realloc(w->numbers, capacity * sizeof *more);
            if (!more) return STATUS_BUSY;
            w->numbers = more, w->number_capacity = capacity;
        }
        w->numbers[w->number_count++] = n;
    }
    return STATUS_OK;
}

static enum status take(struct watch *w, const struct entry_identity *e) {
    w->version = e->version;
    if (!text_eq(e->register_id, BORDER_ALERT)) return STATUS_OK;
    bool counts = text_eq(e->state, T("current")) && (e->record.name_count || e->record.number_count);
    if (w->is_loaded) forget_numbers(w, e->entry);
    if (!counts) {
        identity_index_remove(w->index, (uint64_t)e->entry);
        return STATUS_OK;
    }
    enum status st = take_numbers(w, e);
    return st ? st : identity_index_put(w->index, &e->record);
}

enum status watch_refresh(struct border *b, struct db *db) {
    struct watch *w = &b->watch;
    enum status st = STATUS_OK;
    size_t count = WATCH_STEP;
    pthread_mutex_lock(&w->lock);
    while (!st && count == WATCH_STEP) {
        struct arena a = {0};
        struct entry_identity *list;
        st = registers_identities(b->registers, db, w->version, WATCH_STEP, &a, &list, &count);
        for (size_t i = 0; i < count && !st; i++) st = take(w, &list[i]);
        arena_free(&a);
    }
    w->is_loaded = w->is_loaded || !st;
    pthread_mutex_unlock(&w->lock);
    return st;
}

static bool has_hit(const struct watch_hit *hits, size_t count, int64_t entry) {
    for (size_t i = 0; i < count; i++)
        if (hits[i].entry == entry) return true;
    return false;
}

// Names in any spelling, with what else is known.
static size_t add_alike(struct border *b, const struct traveller *who, struct arena *a,
                        struct watch_hit *hits, size_t count, size_t max) {
    struct identity_record *query = ARENA_NEW(a, struct identity_record);
    struct index_hits found = {0};
    traveller_record(who, query);
    const struct compare_rules *rules = search_rules(registers_cases(b->registers));
    if (identity_index_search(b->watch.index, query, rules, max, rules->possible, a, &found)) return count;
    for (size_t i = 0; i < found.count && count < max; i++) {
        int64_t entry = (int64_t)found.items[i].id;
        if (!has_hit(hits, count, entry))
            hits[count++] = (struct watch_hit){entry, (int)(found.items[i].score * 1000), false};
    }
    return count;
}

// The number of a document that an alert names is a candidate whatever name stands beside it.
size_t watch_search(struct border *b, const struct traveller *who, struct arena *a, struct watch_hit *hits,
                    size_t max) {
    struct watch *w = &b->watch;
    char number[WATCH_NUMBER_MAX];
    size_t count = 0;
    if (fold(who->number, number)) {
        pthread_mutex_lock(&w->lock);
        for (size_t i = 0; i < w->number_count && count < max; i++)
            if (w->numbers[i].entry && !strcmp(w->numbers[i].number, number) &&
                !has_hit(hits, count, w->numbers[i].entry))
                hits[count++] = (struct watch_hit){w->numbers[i].entry, 1000, true};
        pthread_mutex_unlock(&w->lock);
    }
    return add_alike(b, who, a, hits, count, max);
}
