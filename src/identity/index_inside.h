// index_inside.h - what an index is made of, inside this room.
//
// Records arrive in the tail. When it is full it becomes a segment in order of birth, together with all
// segments that are not larger: so there are few of them, and each record is sorted a dozen times at most. A
// search holds the lock for reading from its first look to its last; the one who writes holds it for an
// instant, to add a record or to put a new segment, which was built beside, in the place of old ones.
#pragma once
#include <pthread.h>

#include "identity/index.h"
#include "identity/index_segment.h"

enum {
    TAIL_MAX = 512,    // records that a search looks at one by one: some twenty microseconds
    SEGMENT_RATIO = 3, // a segment is more than so many times as large as all that are newer
    SEGMENTS_MAX = 40,
    COMPARED_MAX = 4000 // of one search: some milliseconds
};

struct identity_index {
    pthread_mutex_t writing;
    pthread_mutex_t
        turn; // held while waiting for the lock: so neither many readers nor one writer keep others out
    pthread_rwlock_t lock;
    struct index_words *words;
    struct index_segment *segments[SEGMENTS_MAX], *tail;
    size_t segment_count;
    // Records by slot. A slot whose record is gone is used again once no segment names it.
    const struct prepared_record **records;
    size_t slot_count, slot_capacity, record_bytes;
    uint32_t *free_slots;
    size_t free_count, free_capacity;
    size_t gone; // slots without a record that a segment still names
    // id to slot + 1, open addressing
    struct index_id {
        uint64_t id;
        uint32_t slot;
    } * ids;
    size_t id_count, id_size;
};

static inline void index_lock_to_read(const struct identity_index *x) {
    struct identity_index *own = (struct identity_index *)x;
    pthread_mutex_lock(&own->turn);
    pthread_rwlock_rdlock(&own->lock);
    pthread_mutex_unlock(&own->turn);
}
static inline void index_lock_to_write(struct identity_index *x) {
    pthread_mutex_lock(&x->turn);
    pthread_rwlock_wrlock(&x->lock);
    pthread_mutex_unlock(&x->turn);
}
static inline void index_unlock(const struct identity_index *x) {
    pthread_rwlock_unlock((pthread_rwlock_t *)&x->lock);
}
