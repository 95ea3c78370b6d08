// Putting records into the index and taking them out. See index_inside.h for how it is kept.
#include "identity/index.h"

#include <stdlib.h>
#include <string.h>

#include "identity/index_inside.h"
#include "identity/index_memory.h"

enum status identity_index_new(struct identity_index **out) {
    struct identity_index *x = memory_zeroed(1, sizeof *x);
    pthread_rwlock_init(&x->lock, NULL);
    pthread_mutex_init(&x->turn, NULL);
    pthread_mutex_init(&x->writing, NULL);
    x->words = index_words_new();
    x->tail = segment_new();
    x->id_size = 1024;
    x->ids = memory_zeroed(x->id_size, sizeof *x->ids);
    *out = x;
    return STATUS_OK;
}

void identity_index_free(struct identity_index *x) {
    if (!x) return;
    for (size_t i = 0; i < x->segment_count; i++) segment_free(x->segments[i]);
    segment_free(x->tail);
    index_words_free(x->words);
    for (size_t i = 0; i < x->slot_count; i++) free((void *)x->records[i]);
    free(x->records);
    free(x->free_slots);
    free(x->ids);
    pthread_rwlock_destroy(&x->lock);
    pthread_mutex_destroy(&x->turn);
    pthread_mutex_destroy(&x->writing);
    free(x);
}

size_t identity_index_count(const struct identity_index *x) {
    index_lock_to_read(x);
    size_t n = x->id_count;
    index_unlock(x);
    return n;
}

size_t identity_index_bytes(const struct identity_index *x) {
    index_lock_to_read(x);
    size_t n = sizeof *x + index_words_bytes(x->words) + x->record_bytes + segment_bytes(x->tail);
    n += x->slot_capacity * sizeof *x->records + x->free_capacity * sizeof *x->free_slots +
         x->id_size * sizeof *x->ids;
    for (size_t i = 0; i < x->segment_count; i++) n += segment_bytes(x->segments[i]);
    index_unlock(x);
    return n;
}

// ---- ids

static size_t id_home(const struct identity_index *x, uint64_t id) {
    return (size_t)(id * 0x9E3779B97F4A7C15u >> 20) & (x->id_size - 1);
}

static struct index_id *id_place(const struct identity_index *x, uint64_t id) {
    size_t i = id_home(x, id);
    while (x->ids[i].slot && x->ids[i].id != id) i = (i + 1) & (x->id_size - 1);
    return &x->ids[i];
}

static void grow_ids(struct identity_index *x) {
    if (x->id_count * 10 < x->id_size * 7) return;
    struct index_id *old = x->ids;
    size_t size = x->id_size;
    x->id_size *= 2;
    x->ids = memory_zeroed(x->id_size, sizeof *x->ids);
    for (size_t i = 0; i < size; i++)
        if (old[i].slot) *id_place(x, old[i].id) = old[i];
    free(old);
}

// Closes the gap: what stood behind it because its place was taken moves up.
static void remove_id(struct identity_index *x, struct index_id *gone) {
    size_t mask = x->id_size - 1, gap = (size_t)(gone - x->ids);
    for (size_t i = (gap + 1) & mask; x->ids[i].slot; i = (i + 1) & mask) {
        size_t home = id_home(x, x->ids[i].id);
        if (((i - home) & mask) < ((i - gap) & mask)) continue;
        x->ids[gap] = x->ids[i];
        gap = i;
    }
    x->ids[gap] = (struct index_id){0};
    x->id_count--;
}

// ---- segments

static bool is_there(void *context, uint32_t slot) {
    return ((struct identity_index *)context)->records[slot] != NULL;
}

// Slots that only the parts named, free from now on.
static void free_slots(struct identity_index *x, const struct index_segment *part) {
    for (size_t e = 0; e < part->count; e++) {
        uint32_t slot = part->known[e].slot;
        if (x->records[slot] || (e && part->known[e - 1].slot == slot)) continue;
        bool again = false; // a record with several births has several entries
        for (size_t i = x->free_count; i > 0 && i + RECORD_DATES_MAX > x->free_count && !again; i--)
            again = x->free_slots[i - 1] == slot;
        if (again) continue;
        x->free_slots =
            memory_grow(x->free_slots, x->free_count + 1, &x->free_capacity, sizeof *x->free_slots);
        x->free_slots[x->free_count++] = slot;
        x->gone--;
    }
}

// The tail and every segment that is not larger than what they come to become one. When much is gone, all do.
static void make_segment(struct identity_index *x) {
    size_t from = x->segment_count, entries = x->tail->count;
    bool all = x->gone > x->id_count / 4 + TAIL_MAX || x->segment_count == SEGMENTS_MAX - 1;
    while (from && (all || x->segments[from - 1]->count <= entries * SEGMENT_RATIO))
        entries += x->segments[--from]->count;
    struct index_segment *parts[SEGMENTS_MAX + 1];
    size_t count = 0;
    for (size_t i = from; i < x->segment_count; i++) parts[count++] = x->segments[i];
    parts[count++] = x->tail;
    struct index_segment *merged = segment_merge(parts, count, x->words, is_there, x);
    struct index_segment *tail = segment_new();
    struct trie_node *packed = trie_pack(&x->words->trie);
    index_lock_to_write(x);
    x->segments[from] = merged;
    x->segment_count = from + 1;
    x->tail = tail;
    trie_take_packed(&x->words->trie, packed);
    index_unlock(x);
    for (size_t i = 0; i < count; i++) {
        free_slots(x, parts[i]);
        segment_free(parts[i]);
    }
}

// ---- records

static void drop(struct identity_index *x, struct index_id *i) {
    const struct prepared_record *r = x->records[i->slot - 1];
    x->record_bytes -= r->bytes;
    x->records[i->slot - 1] = NULL;
    x->gone++;
    remove_id(x, i);
    free((void *)r);
}

static uint32_t take_slot(struct identity_index *x) {
    if (x->free_count) return x->free_slots[--x->free_count];
    x->records = memory_grow(x->records, x->slot_count + 1, &x->slot_capacity, sizeof *x->records);
    return (uint32_t)x->slot_count++;
}

// A copy of `r`, in the place of an earlier record with the same id.
static void put(struct identity_index *x, const struct prepared_record *r) {
    struct prepared_record *own = memory_zeroed(1, r->bytes);
    memcpy(own, r, r->bytes);
    index_lock_to_write(x);
    struct index_id *i = id_place(x, own->id);
    if (i->slot) drop(x, i);
    grow_ids(x);
    uint32_t slot = take_slot(x);
    x->records[slot] = own;
    x->record_bytes += own->bytes;
    *id_place(x, own->id) = (struct index_id){own->id, slot + 1};
    x->id_count++;
    segment_add(x->tail, x->words, own, slot);
    index_unlock(x);
    if (x->tail->count >= TAIL_MAX) make_segment(x);
}

enum status identity_index_put(struct identity_index *x, const struct identity_record *record) {
    struct arena a = {0};
    const struct prepared_record *r = identity_prepare(record, &a);
    pthread_mutex_lock(&x->writing);
    bool is_full = x->id_count >= SEGMENT_RECORDS_MAX || x->words->count + r->token_count > SEGMENT_WORDS_MAX;
    if (!is_full) put(x, r);
    pthread_mutex_unlock(&x->writing);
    arena_free(&a);
    return is_full ? STATUS_TOO_LARGE : STATUS_OK;
}

void identity_index_remove(struct identity_index *x, uint64_t id) {
    pthread_mutex_lock(&x->writing);
    index_lock_to_write(x);
    struct index_id *i = id_place(x, id);
    if (i->slot) drop(x, i);
    index_unlock(x);
    pthread_mutex_unlock(&x->writing);
}
