// throughput.h - how many cases wait at which step, for how long, and how long finished stays took. Counts
// and times only: nobody's case can be told from them.
#pragma once
#include "cases/cases.h"

enum {
    THROUGHPUT_SMALL = 5,              // of fewer finished stays no number is told, as in replay.h
    THROUGHPUT_STEPS_MAX = 8000,       // of all versions of a procedure together; a model has 4,000 at most
    THROUGHPUT_KEPT = 16,              // answers that are kept
    THROUGHPUT_FRESH_MS = 60 * 1000,   // ... for so long
    THROUGHPUT_STALE_MS = 3600 * 1000, // ... and shown for so long while newer numbers are counted
    THROUGHPUT_WAIT_S = 2,             // who asks waits so long for a count: most houses need less
};

struct throughput_question {
    struct text procedure; // id of its pack
    int64_t pack_version;  // 0: all versions
    struct text unit;      // empty: all
    struct date from, to;  // days in which a stay ended, both included
};

// Times are in whole hours, rounded down: the middle one, and the one that 90 of 100 do not exceed, are exact
// to that (the smallest with at least half, or 90 %, at or below it).
struct throughput_step {
    struct text process; // id
    struct text element;
    int64_t waiting, late; // now; late: a deadline of the case has passed
    int64_t longest_hours, median_hours;
    int64_t finished; // 0 when is_few
    int64_t finished_median_hours, finished_90_hours;
    bool is_few; // some, but fewer than THROUGHPUT_SMALL: how many, and their times, are not told
};
struct throughput {
    struct throughput_step *items; // in no order
    size_t count, capacity;
    struct moment counted_at;
};

// Action "see_throughput" for the class of statistics; a refusal is recorded. Counted in a read snapshot and
// kept for a minute; one count at a time. STATUS_BUSY: another is under way and nothing older is known: ask
// again soon.
enum status cases_throughput(struct cases *c, const struct actor *actor, const struct look *look,
                             const struct throughput_question *q, struct arena *a, struct throughput *out,
                             struct problem *p);
// May this actor see it? The same question, for the export (xes.h).
enum status throughput_may(struct cases *c, const struct actor *actor, const struct look *look,
                           struct text procedure, struct problem *p);
// That the ways of cases left as an event log stays in the log of the house.
enum status throughput_note_export(struct cases *c, const struct actor *actor, const struct look *look);
