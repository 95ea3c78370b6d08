// throughput_inside.h - what both files of the throughput share.
#pragma once
#include <stdatomic.h>

#include "cases/internal.h"
#include "cases/throughput.h"

// Counts, however long it takes; STATUS_EXPIRED when `stop` is set meanwhile.
enum status throughput_count(struct cases *c, const struct throughput_question *q, const atomic_bool *stop,
                             struct arena *a, struct throughput *out);
