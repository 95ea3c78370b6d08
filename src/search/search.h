// search.h - one search over cases, registers and remote sources, and the index of natural persons
// (natural.h).
//
//     search_run(s, &actor, &ask, arena, &answer, &problem)
//
// tells first whether there is a hit, and of each only what the actor may see: what it says is read by the
// rooms that have it, with a purpose and a trace. Each search is an event: who, for which purpose, what kinds
// of things were asked, and a keyed hash instead of the words.
#pragma once
#include "cases/identities.h"
#include "identity/compare.h"
#include "registers/registers.h"
#include "search/natural.h"
#include "search/source.h"

struct search; // the room; shared by all threads

// The event types (ended by NULL) and tables of this room, for journal_open and store_open.
extern const struct event_type *const search_event_types[];
extern const struct migrations SEARCH_MIGRATIONS;

struct search_options {
    struct registers *registers;   // NULL: cases alone
    const struct sources *sources; // remote ones; NULL: none. Must outlive the room.
    struct text zone;              // IANA name of the authority's clock
    bool by_hand;                  // nothing follows by itself: search_step does. For tests and tools.
};
enum status search_open(struct cases *c, const struct search_options *o, struct search **out,
                        struct problem *p);
void search_close(struct search *s); // harmless on NULL
// What the room's thread does: takes in what was committed, offers pairs, forgets what is gone.
enum status search_step(struct search *s);

struct search_ask {
    struct text typed;
    struct look look; // purpose; reason for what needs one
};

enum search_kind { SEARCH_CASE, SEARCH_ENTRY };
// A name and what it says, of an entry: as its register shows it.
struct search_column {
    const struct form_field *field;
    struct text value;
};
struct search_hit {
    int64_t record, mark;
    enum search_kind kind;
    int score;         // of 1000; of an exact number 1000
    const char *level; // "number", "likely", "possible", "begins"; NULL: of no search
    bool is_told;      // the actor may know that it is there
    bool is_seen;      // and something of it
    bool shows_who;    // and who is meant: `record_seen` has what they are known by
    bool may_read;     // and may open all of it
    struct identity_record record_seen;
    struct person_shown who;        // of a case
    const struct pack_register *of; // of an entry
    const struct pack *pack;        // that the register is of
    struct text reference, hidden;
    bool is_over;      // the entry does not count today: never so of a hit
    bool is_watched;   // the entry is on a list that people are held against
    bool is_contested; // somebody says that it is wrong, and that is not answered
    struct date expires, review;
    struct {
        struct search_column *items;
        size_t count, capacity;
    } columns;
    struct text natural; // number of the natural person; empty: none yet
    bool is_compared;    // `how` says how it agrees with what was asked
    struct comparison how;
    bool is_said;    // somebody looked at it before, and said whether this is who was asked for
    bool is_cleared; // it is not: a false hit
    bool is_begin;   // no hit: only its name or number begins with what was typed
    struct natural_said said;
};
struct search_answer {
    struct search_query query;
    struct text asked; // keyed hash, for NATURAL_RELEASE
    bool is_loading;   // the index is not complete yet: names were looked up by their keys
    bool is_cut;       // there are more than are shown
    struct {
        struct search_hit *items;
        size_t count, capacity;
    } hits;      // those that were cleared before come behind, those that only begin so last
    size_t open; // hits that were not cleared
    struct {
        struct work_row *items;
        size_t count, capacity;
    } files; // cases with that number that are about nobody yet
    struct source_results sources;
};
enum { SEARCH_HITS_MAX = 20 };
// STATUS_INVALID: nothing that can be searched. STATUS_REFUSED: no right to search (recorded).
enum status search_run(struct search *s, const struct actor *actor, const struct search_ask *ask,
                       struct arena *a, struct search_answer *out, struct problem *p);

// What was typed, sealed for an address: only this account can open it, for half a day.
struct text search_seal(struct search *s, const struct actor *actor, struct text typed, struct arena *a);
enum status search_unseal(struct search *s, const struct actor *actor, struct text sealed, struct arena *a,
                          struct text *typed); // STATUS_NOT_FOUND
// One hit beside what was asked, for whoever says whether it is that person. STATUS_NOT_FOUND: there is none,
// or it may not be told.
struct search_beside {
    struct search_query query;
    struct text asked; // keyed hash, for NATURAL_RELEASE
    struct search_hit hit;
};
enum status search_beside(struct search *s, const struct actor *actor, const struct search_ask *ask,
                          int64_t record, struct arena *a, struct search_beside *out, struct problem *p);
// Searches, newest first, before `before` (0: from the newest), of one account (0: all). Needs the action
// read_search_log; leaves a trace.
enum { SEARCH_NOTES_SHOWN = 100 };
struct search_note {
    int64_t seq, account, sources;
    struct moment at;
    struct text name, unit, purpose, kinds;
};
struct search_notes {
    struct search_note *items;
    size_t count, capacity;
};
enum status search_log(struct search *s, const struct actor *actor, struct text purpose, int64_t before,
                       int64_t account, struct arena *a, struct search_notes *out, struct problem *p);

// Two records side by side, as far as the actor may see both, and how they agree. For the work list of pairs.
struct search_pair {
    struct search_hit left, right;
    struct comparison how;
    bool is_compared;
};
enum status search_compare(struct search *s, const struct actor *actor, const struct look *look, int64_t left,
                           int64_t right, struct arena *a, struct search_pair *out);
// Records as far as the actor may see them, in this order. Each leaves a trace that its person can read, of
// `what` it was seen for ("search_hit", "same_person"); where that is empty (a list), one is left for all.
struct search_hits {
    struct search_hit *items;
    size_t count, capacity;
};
enum status search_show(struct search *s, const struct actor *actor, const struct look *look,
                        const int64_t *records, size_t count, struct text what, struct arena *a,
                        struct search_hits *out);
// For pages: may the actor see the work list of pairs and proposals? A refusal is recorded.
enum status search_may(struct search *s, const struct actor *actor, struct text purpose, struct text action,
                       struct problem *p);
struct store *search_store(struct search *s);
size_t search_count(struct search *s); // records in memory
const struct compare_rules *search_level_rules(struct search *s);
