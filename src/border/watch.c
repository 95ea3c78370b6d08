// watch.c - entries of the register of alerts in memory, for lists of carriers: names in any spelling,
// numbers.
#include <stdlib.h>

#include "border/lists_inside.h"
#include "border/watch.h"

enum { WATCH_STEP = 500 };

enum status watch_open(struct watch *w) {
    pthread_mutex_init(&w->lock, NULL);
    return identity_index_new(&w->index);
}

void watch_close(struct watch *w) {
    identity_index_free(w->index);
    pthread_mutex_destroy(&w->lock);
}

static enum status take(struct watch *w, const struct entry_identity *e) {
    w->version = e->version;
    if (!text_eq(e->register_id, BORDER_ALERT)) return STATUS_OK;
    bool counts = text_eq(e->state, T("current")) && (e->record.name_count || e->record.number_count);
    if (counts) return identity_index_put(w->index, &e->record);
    identity_index_remove(w->index, (uint64_t)e->entry);
    return STATUS_OK;
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
    pthread_mutex_unlock(&w->lock);
    return st;
}

static void record_of(const struct traveller *t, struct identity_record *r) {
    *r = (struct identity_record){0};
    if (t->family.n || t->given.n)
        r->names[r->name_count++] = (struct record_name){.family = t->family, .given = t->given};
    if (t->birth.year) r->births[r->birth_count++] = t->birth;
    if (t->nationality.n) r->nationalities[r->nationality_count++] = t->nationality;
    if (t->number.n)
        r->numbers[r->number_count++] = (struct record_number){.issuer = t->issuer, .number = t->number};
    if (t->sex) r->sex = (struct text){&t->sex, 1};
}

size_t watch_search(struct border *b, const struct traveller *who, struct arena *a, struct watch_hit *hits,
                    size_t max) {
    struct identity_record *query = ARENA_NEW(a, struct identity_record);
    struct index_hits found = {0};
    record_of(who, query);
    if (identity_index_search(b->watch.index, query, &COMPARE_RULES, max, COMPARE_RULES.possible, a, &found))
        return 0;
    size_t n = 0;
    for (size_t i = 0; i < found.count && n < max; i++)
        hits[n++] = (struct watch_hit){(int64_t)found.items[i].id, (int)(found.items[i].score * 1000), false};
    return n;
}
