// lists.h - lists of carriers: received, held against the registers, looked at by people, erased in time.
//
// Who is on a list is sealed with the list's own key. A hit is a candidate: people say whether it is the same
// person, and nothing follows from a list by itself.
#pragma once
#include "border/border.h"
#include "exchange/edifact_list.h"

extern const struct event_type *const border_event_types[];
extern const struct migrations BORDER_MIGRATIONS;

enum {
    CARRIER_FILE_MAX = 6 * 1024 * 1024, // one event holds all people of a list: a ship with 10,000 has 3 MB
    CARRIER_LISTS_SHOWN = 200,          // arrivals of two days at a large airport
    CARRIER_LISTS_MAX = 64,             // of one file: a list of a large ship comes in 20 parts
    CARRIER_HITS_MAX = 20,              // candidates for one person
    CARRIER_MATCH_STEP = 200,           // people of one event
};

struct carrier_received {
    struct passenger_lists lists;   // as they were read, with their faults
    int64_t ids[CARRIER_LISTS_MAX]; // of each of them; 0: of another kind, not kept
    size_t count;                   // that were kept
};
struct carrier_around { // as cases_around, for a request that may come twice
    void *context;
    enum status (*before)(struct write *w, void *context, bool *is_done, struct problem *p);
    enum status (*after)(struct write *w, void *context, const struct carrier_received *received);
};
// Reads a telegram and keeps its lists, all or none; their people are matched at once, in steps. Lists with
// faults are kept too: the carrier must send again, the officers need the names today. Needs the action
// send_carrier_list for border_check; `around` may be NULL. STATUS_INVALID: there is no list in it, or too
// many.
enum status carrier_lists_receive(struct border *b, const struct actor *actor, struct text file,
                                  const struct carrier_around *around, struct arena *a,
                                  struct carrier_received *out, struct problem *p);
// May the actor hand in lists? For pages; a refusal is recorded.
enum status carrier_lists_may_send(struct border *b, const struct actor *actor, struct problem *p);
// Goes on with the people of a list that were not matched yet.
enum status carrier_list_match(struct border *b, int64_t list, struct problem *p);

struct carrier_list {
    int64_t id, people, matched, open, hits, errors, warnings, received_by;
    struct text kind, sender, number, carrier, port_from, port_to, departs, arrives;
    struct moment received, erased; // erased: ms 0 when not yet
};
struct carrier_lists {
    struct carrier_list *items;
    size_t count, capacity;
};
// Those that arrive on that day (local, as sent) or later, the next first.
enum status carrier_lists_of(struct border *b, const struct actor *actor, struct date day, struct arena *a,
                             struct carrier_lists *out, struct problem *p);

struct carrier_hit {
    int64_t entry;
    int score;
    bool by_number;
    struct text state, reason;
};
struct carrier_person {
    int64_t line;
    struct traveller who;
    struct text role, seat, booking;
    struct carrier_hit hits[CARRIER_HITS_MAX];
    size_t hit_count;
};
struct carrier_people {
    struct carrier_person *items;
    size_t count, capacity;
};
// The list with its people; the look leaves a trace. Faults as JSON lines.
enum status carrier_list_open(struct border *b, const struct actor *actor, int64_t list, struct arena *a,
                              struct carrier_list *head, struct carrier_people *people, struct text *faults,
                              struct problem *p);

// One person of a list alone; STATUS_NOT_FOUND. Leaves a trace.
enum status carrier_person_open(struct border *b, const struct actor *actor, int64_t list, int64_t line,
                                struct arena *a, struct carrier_person *out, struct problem *p);

struct carrier_decision {
    int64_t list, line, entry;
    bool is_same;
    struct text reason;
};
// Somebody compared them (border_compare). Only who may read the entry's register. That it is not the same is
// remembered by `s` for later lists and checks. STATUS_CONFLICT: it was decided already.
enum status carrier_hit_decide(struct border *b, struct search *s, const struct actor *actor,
                               const struct carrier_decision *d, struct arena *a, struct problem *p);

// Erases the people of lists whose time is over; *count: how many lists. For the clock.
struct date border_day_now(struct border *b, struct moment now); // in the zone of the authority
enum status carrier_lists_erase(struct border *b, struct date today, int64_t *count, struct problem *p);
