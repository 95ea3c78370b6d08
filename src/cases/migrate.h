// migrate.h - running cases go over to another version of their pack, by a stated mapping: tried first, then
// for real, in batches that share commits.
//
// The mapping says where elements of the old processes are in the new ones; those not named keep their id:
//     {"elements": {"check_papers": "check_completeness", "reminder_timer": ""}}
// An empty name gives up what waits at that event. What cannot go stays with its version, and the report says
// why.
#pragma once
#include "cases/cases.h"

enum {
    MAPPING_BYTES_MAX = 64 * 1024, // about 1,000 elements; the largest process here has 60
    MAPPING_MOVES_MAX = 1000,
    MIGRATION_SAMPLES_MAX = 20, // case numbers a reason
    MIGRATION_REASONS_MAX = 200,
    MIGRATION_BATCH = 500, // cases that share commits, and what a stop waits for
};

struct migration_order {
    int64_t from, to;    // versions of one pack
    struct text mapping; // JSON as above; empty: every element keeps its id
    bool is_try;         // nothing is changed
};
// Why cases stay.
struct migration_reason {
    struct text element; // of the old version, or the deadline that the new one does not have
    struct text rule;    // "flow_element_unknown", "clock_unknown" ...
    int64_t count;
    struct text samples[MIGRATION_SAMPLES_MAX]; // case numbers; none for deadlines, which tell of the person
    size_t sample_count;
};
struct migration_report {
    int64_t cases, went, stayed;
    struct {
        struct migration_reason *items;
        size_t count, capacity;
    } reasons; // the most frequent first
    bool is_stopped;
    int64_t ms;
};
struct migration_watch {
    void *context;
    bool (*goes_on)(void *context, int64_t done, int64_t all); // false: stop after this batch
};

// Reads a mapping. STATUS_INVALID names what is wrong with it.
enum status migration_read(struct text json, struct arena *a, struct migrate_case *out, struct problem *p);
// All running cases of the old version, each by its own command of `actor`. Stopped or killed, it goes on
// where it was when it is called again, for who went is not of the old version any more. STATUS_INVALID: not
// two versions of one pack, a wrong mapping, or one that names no element.
enum status migration_run(struct cases *c, const struct actor *actor, const struct migration_order *order,
                          const struct migration_watch *watch, struct arena *a,
                          struct migration_report *report, struct problem *p);
// The version that is called so ("2026.2", or its number as in `pack versions`). STATUS_NOT_FOUND.
enum status migration_version(struct cases *c, struct text name, int64_t *version);

// ---- in the server: one at a time, kept until the next ----

struct migration_view {
    bool is_known, is_running, is_try;
    struct text pack, from, to;
    struct moment started;
    int64_t done, all;
    struct problem problem; // when it ended badly
    bool has_failed;
    struct migration_report report; // when it has ended
};
// STATUS_REFUSED (recorded): no right to; STATUS_INVALID: as above, or one is running.
enum status migration_start(struct cases *c, const struct actor *actor, const struct migration_order *order,
                            struct arena *a, struct problem *p);
enum status migration_look(struct cases *c, const struct actor *actor, struct arena *a,
                           struct migration_view *out, struct problem *p);
enum status migration_stop(struct cases *c, const struct actor *actor, struct problem *p);
