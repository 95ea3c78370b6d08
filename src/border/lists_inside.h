// lists_inside.h - inside border/: what the files of lists share.
#pragma once
#include "border/fields.h"
#include "border/inside.h"
#include "border/lists.h"

extern const struct event_type CARRIER_LIST_RECEIVED, CARRIER_LIST_MATCHED, CARRIER_HIT_DECIDED,
    CARRIER_LIST_ERASED, TRAVELLER_CONFIRMED;

// One person of a list as a line of JSON, and back.
struct text person_said(struct arena *a, const struct list_person *p);
bool person_read(struct arena *a, struct text said, struct carrier_person *out);

// May the actor work with lists? A refusal is recorded.
enum status lists_may(struct border *b, const struct actor *actor, enum register_action action,
                      struct text id, struct problem *p);

// ---- lists_read.c

// All people of lists that are still kept. For who asked for its own right before.
typedef void (*carrier_each)(void *context, const struct carrier_list *l, const struct carrier_person *x);
enum status carrier_people_each(struct db *db, carrier_each each, void *context);

// ---- compare.c

// What is compared of a traveller; texts are the traveller's.
void traveller_record(const struct traveller *t, struct identity_record *r);
// Somebody compared this traveller with the entry before, as both still are, and it was not the same.
bool was_released(struct border *b, struct db *db, const struct traveller *who, int64_t entry,
                  struct arena *a, struct natural_pair *out);
enum status reason_wanted(struct text reason, struct problem *p);

// ---- watch.c: entries that people on lists are held against

struct watch_hit {
    int64_t entry;
    int score;
    bool by_number;
};
// The candidates for one person, the most alike first; returns how many. The watch is brought up to date when
// `refresh` is called.
enum status watch_refresh(struct border *b, struct db *db);
size_t watch_search(struct border *b, const struct traveller *who, struct arena *a, struct watch_hit *hits,
                    size_t max);
