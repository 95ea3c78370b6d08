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
    TAIL_MAX = 512,     // records that a search looks at one by one: some twenty microseconds
    SEGMENTS_MAX = 40,  // each is twice as large as the next
    COMPARED_MAX = 4000 // of one search: some milliseconds
};

struct identity_index {
    pthread_mutex_t writing;
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
