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
// Of an entry, whether it counts that day. STATUS_NOT_FOUND: it is no entry.
struct entry_place {
    bool is_watched, is_over, is_contested;
    struct date expires, review;
};
enum status entry_place(struct search *s, struct db *db, int64_t entry, struct date today, struct arena *a,
                        struct entry_place *out);
// show.c: as search_show, with a reader at hand; `only_hits`: without those on a list that do not count
// today.
enum status show_records(struct search *s, const struct actor *actor, const struct look *look, struct db *db,
                         const int64_t *records, size_t count, bool only_hits, struct text what,
                         struct arena *a, struct search_hits *out);
// natural_may.c: STATUS_REFUSED (recorded) unless the actor sees who is meant by the records that the command
// is about.
enum status natural_sees(struct search *s, const struct actor *actor, const struct natural_command *c,
                         struct arena *a, struct problem *p);
struct date search_today(struct search *s);
// What was said of a hit for this question, and how it agrees with it.
void hit_against(struct search *s, struct db *db, const struct search_query *query, struct text asked,
                 struct arena *a, struct search_hit *h);
// ask.c: keyed hash of what was asked.
struct text ask_hash(struct search *s, const struct search_query *query, struct arena *a);
// note.c
enum status note_write(struct search *s, const struct actor *actor, const struct search_ask *ask,
                       const struct search_answer *answer, size_t sources, struct arena *a,
                       struct problem *p);
extern const struct event_type EVENT_searched;
