// throughput_inside.h - what both files of the throughput share.
#pragma once
#include "cases/internal.h"
#include "cases/throughput.h"

// Counts, however long it takes.
enum status throughput_count(struct cases *c, const struct throughput_question *q, struct arena *a,
                             struct throughput *out);
