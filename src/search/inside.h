// inside.h - what the files of search/ share; nobody else includes it.
#pragma once
#include "search/memory.h"
#include "search/search.h"

struct search {
    struct cases *cases;
    struct registers *registers;
    struct journal *journal;
    struct memory *memory;
    const struct sources *sources;
    const struct zone *zone;
    struct key key; // of what was asked, in the trace
};

// records.c: is there such a record? STATUS_NOT_FOUND.
enum status record_there(struct db *db, int64_t record);
// An entry's register and reference, and whether it counts that day. STATUS_NOT_FOUND: it is no entry.
struct entry_place {
    struct text register_id, reference, state;
    bool is_watched, is_over;
    struct date expires, review;
};
enum status entry_place(struct search *s, struct db *db, int64_t entry, struct date today, struct arena *a,
                        struct entry_place *out);
struct date search_today(struct search *s);
extern const struct event_type EVENT_searched;
