// watch.h - inside border/: the alerts in memory.
#pragma once
#include <pthread.h>

#include "identity/index.h"

struct watch {
    struct identity_index *index;
    pthread_mutex_t lock; // of refreshing
    int64_t version;      // of the registers, up to which it was read
};
enum status watch_open(struct watch *w);
void watch_close(struct watch *w);
