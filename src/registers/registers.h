// registers.h - the registers of an authority: what is recorded, corrected, ended, found and read.
//
// Which registers there are, what their entries say and who may do what is in the packs in force
// (pack/register.h). An entry has two axes of time: what was true from when (legal time), and what we knew
// when (system time). Nothing is overwritten: each recording is a layer over the ones before it.
//
//     registers_do(r, &actor, &act, arena, &done, &problem)                 the only way to change an entry
//     registers_open_entry(r, &actor, &look, entry, &at, arena, &view, &p)  one of the few ways to read one
//
// Every reading asks access (role, purpose, relation, class of each field), waits until its trace is durable,
// and only then returns. What the actor may not see is left out, and the classes are named in `hidden`.
#pragma once
#include "cases/cases.h"
#include "identity/record.h"
#include "pack/register.h"

struct registers; // the room; shared by all threads

struct registers_options {
    struct text zone; // IANA name of the authority's clock
};
extern const struct event_type *const registers_event_types[];
extern const struct migrations REGISTERS_MIGRATIONS;

// `c` must outlive it.
enum status registers_open(struct journal *j, struct cases *c, const struct registers_options *o,
                           struct registers **out, struct problem *p);
void registers_close(struct registers *r); // harmless on NULL
// How a problem is said as a sentence in files of mistakes; without, their text keys. Before the first work.
typedef struct text registers_say_fn(void *context, struct arena *a, const struct problem *p);
void registers_say(struct registers *r, registers_say_fn *say, void *context);
void registers_stop(struct registers *r); // what works in another thread ends soon
struct cases *registers_cases(struct registers *r);

// ---- which there are ----

// Of all packs in force today, each id once (a procedure that was loaded first goes before the others).
struct register_list {
    const struct pack_register **items;
    size_t count, capacity;
};
void registers_all(struct registers *r, struct arena *a, struct register_list *out);
// NULL when there is none. Both live as long as the room of cases.
const struct pack_register *registers_named(struct registers *r, struct text id);
const struct pack *registers_pack(struct registers *r, struct text id); // that it is taken from: texts, codes

// Whether any relation to an entry would let the actor do it for that purpose: for menus and buttons, decides
// nothing.
bool registers_might(struct registers *r, const struct actor *actor, struct text register_id,
                     struct text purpose, enum register_action action);
// The purposes for which the actor might do it, as the access rows name them.
struct purpose_list {
    struct text *items;
    size_t count, capacity;
};
void registers_purposes(struct registers *r, const struct actor *actor, struct text register_id,
                        enum register_action action, struct arena *a, struct purpose_list *out);

// ---- changing ----

enum {
    REGISTER_REASON_MAX = 4000,        // bytes of a reason or report
    REGISTER_SOURCE_MAX = 200,         // bytes of an authority, a method, a piece of evidence
    REGISTER_REFERENCE_MAX = 24,       // "ALR-2026-0000012-C" has 18
    REGISTER_ANSWERS_MAX = 256 * 1024, // bytes of one version, encoded
    REGISTER_VERSIONS_MAX = 2000,      // of one entry: a daily change for five years
};

// Where what is said comes from.
struct provenance {
    struct text authority;  // that says so; empty: our own
    struct text method;     // of the code list "provenance_method": document, declared, register, import ...
    struct text evidence;   // number of a document, file or letter
    struct text confidence; // "high", "medium", "low"; empty: not said
};

enum register_act_kind {
    ACT_RECORD,  // a new entry
    ACT_CORRECT, // what it says, from a day on (and until another): a change or a mistake, `is_mistake` says
    ACT_END,     // it holds no longer from a day on
    ACT_CONFIRM, // what another person asked for (four eyes) counts now
    ACT_REFUSE,  // it does not, with a reason
    ACT_REVIEW,  // looked at, still needed: `from` is the day of the next review
    ACT_ERASE,   // before its time, with a reason; what is left is that there was one
    ACT_REPORT_FAULT, // somebody says that it is wrong: a ticket with a reply clock
    ACT_ANSWER_FAULT, // what came of it
    ACT_COUNT
};
const char *register_act_name(enum register_act_kind kind); // "record"

struct register_act {
    enum register_act_kind kind;
    struct look look;              // purpose, and the reason where access wants one
    struct text register_id;       // of a new entry
    int64_t entry;                 // of all others
    int64_t version;               // ACT_CONFIRM, ACT_REFUSE: what waits; 0: the one that waits
    int64_t fault;                 // ACT_ANSWER_FAULT
    int64_t seen;                  // version of the entry that the actor looked at; 0: does not matter
    const struct answers *answers; // all fields, by the paths of the form; of ACT_CORRECT too
    struct date from, until;       // legal time; `from` year 0: today; `until` year 0: open
    bool is_mistake;               // ACT_CORRECT: it never was so; else it changed
    struct provenance source;
    struct text reason;  // why; what is wrong; the answer
    struct text outcome; // ACT_ANSWER_FAULT: "corrected", "not_wrong", "erased", "passed_on"
};

struct register_done {
    int64_t entry, version, fault;
    struct text reference;
    bool is_waiting;               // for a second person
    struct form_problems problems; // STATUS_INVALID: everything that is wrong with the fields
};

// STATUS_INVALID (p is the first mistake, `problems` all), STATUS_REFUSED (recorded), STATUS_CONFLICT
// (changed since `seen`: rule "entry_changed"; or another current entry has that key: rule "key_taken", args
// "reference" and "fields"), STATUS_NOT_FOUND. Durable when it returns. Texts live in `a`. `around` may be
// NULL.
struct register_around { // as cases_around, for a request that may come twice
    void *context;
    enum status (*before)(struct write *w, void *context, bool *is_done, struct problem *p);
    enum status (*after)(struct write *w, void *context, const struct register_done *done);
};
enum status registers_do(struct registers *r, const struct actor *actor, const struct register_act *act,
                         const struct register_around *around, struct arena *a, struct register_done *done,
                         struct problem *p);

// ---- reading ----

// State of an entry: "waiting" (for the second person), "refused", "current", "ended", "replaced" (a newer
// import of its list does not have it), "undone" (its import was), "erased".
struct entry_row {
    int64_t entry, version;
    struct text register_id, reference, state, unit;
    struct moment recorded, changed;
    struct date ended;      // year 0: not
    struct answers answers; // the columns of the register that may be seen
    struct text hidden;     // classes of columns that are left out, comma-separated
    bool is_hit_only;       // nothing of it may be seen but that it is there
};
struct entry_list {
    struct entry_row *items;
    size_t count, capacity;
    struct text next;    // cursor of the next page; empty: this was the last
    int64_t count_known; // of all that match, at most REGISTER_COUNT_MAX; -1: not counted
};
enum { REGISTER_PAGE_MAX = 200, REGISTER_PAGE = 50, REGISTER_COUNT_MAX = 1000, REGISTER_FILTERS_MAX = 8 };

// What is looked for; what is empty does not count. All that is given must hold.
struct entry_filter {
    struct text register_id; // needed
    struct text text;        // a reference, a number, or parts of a name or word
    struct text number, plate;
    struct text name, birth, nationality; // birth: ISO, also partial: finds those that may be it
    struct {
        struct text path, value; // of a column, exactly
    } columns[REGISTER_FILTERS_MAX];
    size_t column_count;
    struct text state; // empty: "current"; "any"
    struct text after; // cursor
    size_t limit;      // 0: REGISTER_PAGE
};
// Newest first.
enum status registers_find(struct registers *r, const struct actor *actor, const struct look *look,
                           const struct entry_filter *filter, struct arena *a, struct entry_list *out,
                           struct problem *p);

// What was true on a day as we knew it at a moment. Zeros: today, now.
struct entry_at {
    struct date day;
    struct moment known;
};

struct entry_value { // an attribute and where it comes from
    struct text path, value;
    int64_t version; // that said it so last
};
struct entry_version {
    int64_t version;         // counts over all entries, in the order of recording
    struct text kind;        // "said", "ended", "reviewed"
    struct text state;       // "known", "waiting", "refused"
    struct date from, until; // legal time; until year 0: open
    struct moment recorded;  // when it was asked for; `known`: from when it counted (confirmed)
    struct moment known;
    bool is_mistake;
    struct text by_name, confirmed_by_name, unit, purpose, reason, law; // law: pack and version
    struct provenance source;
    struct answers answers; // what may be seen; empty of "ended"
};
struct entry_fault {
    int64_t fault;
    struct text state; // "open", "answered"
    struct text body, answer, outcome, by_name, answered_by_name;
    struct moment reported, due, answered;
};
struct entry_view {
    struct entry_row head; // `answers`: all that may be seen, as of `at`
    struct entry_at at;
    bool holds; // on that day: recorded and not ended
    const struct pack_register *of;
    struct text relation, hidden;
    struct {
        struct entry_value *items;
        size_t count, capacity;
    } values; // of head.answers, with provenance
    struct {
        struct entry_version *items;
        size_t count, capacity;
    } versions; // newest first; filled by registers_history
    struct {
        struct entry_fault *items;
        size_t count, capacity;
    } faults;
    int64_t waiting;         // version that waits for a second person; 0: none
    bool is_own_wait;        // the actor asked for it: somebody else confirms
    struct date due, review; // what its retention rule brings, and when it is reviewed; year 0: nothing
    struct text due_rule, due_then; // id of the rule; "erase", "review", "pseudonymise"
    int64_t person, case_id, import;
    struct text case_no;
    bool may[REGISTER_ACTION_COUNT]; // what the actor may do with this entry for this purpose
};
enum status registers_open_entry(struct registers *r, const struct actor *actor, const struct look *look,
                                 int64_t entry, const struct entry_at *at, struct arena *a,
                                 struct entry_view *out, struct problem *p);
// The same with every version that may be seen.
enum status registers_history(struct registers *r, const struct actor *actor, const struct look *look,
                              int64_t entry, struct arena *a, struct entry_view *out, struct problem *p);
// The entry of a reference, STATUS_NOT_FOUND; tells nothing else.
enum status registers_entry_of(struct registers *r, struct text reference, int64_t *entry);
// The entries of all registers that are about the signed-in person, as far as the person may see them.
enum status registers_own(struct registers *r, const struct actor *actor, struct arena *a,
                          struct entry_list *out, struct problem *p);
// Who looked at an own entry (access_seen of the entry's stream), for the person and for who may read it.
enum status registers_seen(struct registers *r, const struct actor *actor, const struct look *look,
                           int64_t entry, int64_t before, size_t limit, struct arena *a,
                           struct access_seen_list *out, struct problem *p);
// What registers say of the people of a case, as far as the actor may find it, and why it is kept: each
// register has its own time and law, whatever becomes of the case. Leaves a trace of the case when there is
// something. Without a rule: the law of the entry is no longer in force. At most REGISTER_PAGE_MAX.
struct case_entry {
    int64_t entry;
    struct text reference;
    const struct pack_register *of;
    const struct pack *pack;
    const struct register_retention *rule;
    struct date due, review; // year 0: not yet known, for ever
    struct text then;        // what comes on that day
    bool may_read;
};
struct case_entries {
    struct case_entry *items;
    size_t count, capacity;
};
enum status registers_of_case(struct registers *r, const struct actor *actor, const struct look *look,
                              int64_t case_id, struct arena *a, struct case_entries *out);
// What is to be done in a register: entries that wait for a second person (not the actor's own), reviews that
// are due, faults that are open. Columns as in registers_find.
enum register_todo { TODO_CONFIRM, TODO_REVIEW, TODO_FAULT, TODO_COUNT };
enum status registers_todo(struct registers *r, const struct actor *actor, const struct look *look,
                           struct text register_id, enum register_todo what, struct arena *a,
                           struct entry_list *out, struct problem *p);

// ---- for the search ----

// An entry that a search found, as far as the actor may see it.
struct entry_shown {
    const struct pack_register *of;
    const struct pack *pack;       // that the register is of
    struct entry_row row;          // its columns; `is_hit_only`: it is there, and nothing more may be told
    bool may_read;                 // the whole entry may be opened
    bool shows_who;                // who or what is meant may be seen: `record` has what they are known by
    struct identity_record record; // of what may be read; plates are numbers
};
struct entries_shown {
    struct entry_shown *items;
    size_t count, capacity;
};
// These entries, in this order; those that do not count today, and those of registers that are closed to the
// actor, are left out. Each that is told leaves a durable trace in its own stream, which says `what` it was
// seen for; where that is empty (a list), one trace is left for all of them.
enum status registers_show(struct registers *r, const struct actor *actor, const struct look *look,
                           const int64_t *entries, size_t count, struct text what, struct arena *a,
                           struct entries_shown *out);

// ---- for the index of the search ----

// What an entry says of an identity, by the fields that its register marks for search. Leaves no trace and
// asks nobody: only for the index in memory. What people are shown of an entry goes through
// registers_open_entry.
struct entry_identity {
    int64_t entry, version; // version: the last change, to go on from
    struct text register_id, state;
    int64_t person, case_id;       // 0: not linked
    struct identity_record record; // id is the entry
    struct text plates[RECORD_NUMBERS_MAX];
    size_t plate_count;
};
// Entries that changed after `after` (a version; 0: all), in order of version, about `limit`: a page ends
// behind all entries of one version, so that the last one's version is where to go on. Those that no longer
// count have an empty record; one that ends on a later day still counts.
enum status registers_identities(struct registers *r, struct db *db, int64_t after, size_t limit,
                                 struct arena *a, struct entry_identity **out, size_t *count);
// The plates of an entry as numbers of its record, of the kind "plate".
void identity_add_plates(struct identity_record *r, const struct entry_identity *e);
// Of one entry; STATUS_NOT_FOUND.
enum status registers_identity(struct registers *r, struct db *db, int64_t entry, struct arena *a,
                               struct entry_identity *out);
