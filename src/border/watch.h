// watch.h - inside border/: the alerts in memory.
#pragma once
#include <pthread.h>
#include <stdbool.h>

#include "identity/index.h"

enum { WATCH_NUMBER_MAX = 40 }; // bytes; document numbers have 9, with personal numbers 24

struct watch_number { // as it is compared: letters and digits, upper case
    char number[WATCH_NUMBER_MAX];
    int64_t entry;
};
struct watch {
    struct identity_index *index;
    struct watch_number *numbers; // of all entries, in no order; an entry of 0 is free
    size_t number_count, number_capacity;
    pthread_mutex_t lock; // of refreshing, and of the numbers
    bool is_loaded;       // all that was there at first has been read: later ones may be known already
    int64_t version;      // of the registers, up to which it was read
};
enum status watch_open(struct watch *w);
void watch_close(struct watch *w);
