// internal.h - what the files of registers/ share; nobody else includes it.
#pragma once
#include <pthread.h>
#include <stdatomic.h>

#include "registers/registers.h"

// ---- rights.c: who may do what, by the rows of a register ----

enum { RIGHTS_AGES_MAX = 8, RIGHTS_MAX = 2048 /* registers of all packs that are in force while we run */ };

struct rights {
    const struct pack *pack;
    const struct pack_register *of;
    struct arena arena;
    struct access_rules rules[RIGHTS_AGES_MAX];
    struct access_policy *policies[RIGHTS_AGES_MAX]; // of entries younger than years[i]
    int64_t years[RIGHTS_AGES_MAX];                  // ascending; the last is for ever
    size_t count;
};

struct registers {
    struct journal *journal;
    struct cases *cases;
    const struct zone *zone;
    struct text zone_name;
    struct arena arena;
    registers_say_fn *say;
    void *say_context;
    atomic_llong import_now, import_percent; // which one is being checked, and how far it is
    atomic_bool is_stopping;
    struct date kept_on;  // day of the last retention run of this server; the working thread's only
    pthread_mutex_t lock; // guards what follows
    struct rights *rights[RIGHTS_MAX];
    size_t rights_count;
};

// The register of today's packs with its rights; STATUS_NOT_FOUND when there is none of that id.
enum status rights_find(struct registers *r, struct text register_id, const struct rights **out,
                        struct problem *p);
const struct access_policy *rights_policy(const struct rights *g, int64_t age_years);
struct text rights_purpose_word(const struct rights *g, struct text purpose);
// The classes that some field of the register has.
class_set rights_classes(const struct rights *g, const struct access_policy *policy);
bool rights_shows(const struct rights *g, const struct access_policy *policy, class_set visible,
                  struct text path);
// What of `from` may be seen, into `to`.
void rights_keep(const struct rights *g, const struct access_policy *policy, class_set visible,
                 const struct answers *from, struct arena *a, struct answers *to);

// ---- one entry as it stands (entry.c) ----

struct layer {
    int64_t version, by, confirmed_by, known_seq;
    struct text kind, state, unit, purpose, law, reason, refusal;
    struct date from, until;
    struct moment recorded, known;
    bool is_mistake;
    struct provenance source;
    struct answers answers;
};
struct entry {
    int64_t entry, version, person, person_case, case_id, waiting, waits_of, faults, import, import_row;
    struct text register_id, reference, state, unit, due_rule, due_then;
    struct moment recorded, changed;
    struct date ended, due, review;
    struct answers answers; // the head
    struct {
        struct layer *items; // in the order in which they became known; then those that are not
        size_t count, capacity;
    } layers; // only after entry_load_layers
};
// It is current, or ends on a later day.
bool entry_counts(const struct registers *r, const struct entry *e);
// identities.c: what it says of an identity; nothing when it does not count.
struct entry_identity;
void identity_of(struct registers *r, const struct entry *e, struct arena *a, struct entry_identity *out);
// The columns that entry_row_read reads, of register_entry e.
#define ENTRY_COLUMNS                                                                                        \
    "e.entry_id, e.version, e.register, e.reference, e.state, e.unit, e.recorded_at, e.changed_at, e.ended," \
    " e.answers, e.person_id, e.person_case, e.case_id, e.due_on, e.due_rule, e.due_then, e.review_on,"      \
    " e.waiting, e.waits_of, e.faults, e.import_id, e.import_row"
enum status entry_row_read(struct rows *q, struct arena *a, struct entry *out);
enum status entry_load(struct db *db, int64_t entry, struct arena *a, struct entry *out); // STATUS_NOT_FOUND
enum status entry_load_layers(struct db *db, struct arena *a, struct entry *e);
// What counts on a day as known at a moment; NULL: nothing.
const struct layer *entry_as_of(const struct entry *e, struct date day, struct moment known);
bool layer_covers(const struct layer *l, struct date day);
// The relation of an actor to it: "self", "assigned", "unit", "none".
enum status entry_relation(struct db *db, const struct entry *e, const struct actor *actor, struct text *out);
int64_t entry_age_years(const struct registers *r, const struct entry *e, struct moment now);

// ---- what follows from what an entry says (derive.c) ----

struct derived {
    struct text terms, keys; // as the events carry them
    struct date due, review;
    struct text due_rule, due_then;
    int64_t person, person_case, case_id;
};
#define TERM_END '\x1e'
#define TERM_PART '\x1f'
// Where the links lead to; STATUS_INVALID with the field when a number is not that of a case.
enum status derive_links(struct db *db, const struct pack_register *g, const struct answers *answers,
                         struct arena *a, struct derived *out, struct problem *p);
void derive_terms(const struct pack_register *g, const struct answers *answers, struct arena *a,
                  struct derived *out);
// The rule that counts for an entry that says this, and its day. `ended` year 0: not ended.
void derive_due(struct registers *r, const struct pack_register *g, const struct answers *answers,
                struct date recorded, struct date ended, struct arena *a, struct derived *out);
struct date day_of(struct text value); // a date or date and time; of a partial date its last day
// A number, plate or word as it is compared.
struct text number_term(struct arena *a, struct text value);
// Another current entry with one of these keys; STATUS_NOT_FOUND: none.
enum status key_taken(struct db *db, const struct pack_register *g, struct text keys, int64_t but_entry,
                      struct arena *a, struct text *reference, struct text *fields);
struct text key_fields(const struct pack_register *g, struct text key, struct arena *a); // "state, number"

// ---- events (events.c, apply.c) ----

// clang-format off
#define REGISTER_EVENTS(X)                                                                              \
    X(entry_recorded) X(entry_corrected) X(entry_ended) X(entry_reviewed) X(entry_confirmed)            \
    X(entry_refused) X(entry_erased) X(entry_rescheduled) X(fault_reported) X(fault_answered)           \
    X(retention_done) X(import_received) X(import_checked) X(import_failed) X(entries_imported) X(import_done)  \
    X(import_dropped) X(import_undone) X(import_confirmed)
// clang-format on
#define DECLARE_EVENT(name)                      \
    extern const struct event_type EVENT_##name; \
    event_apply_fn apply_##name;
REGISTER_EVENTS(DECLARE_EVENT)
#undef DECLARE_EVENT

// The state of the entry after an event, as its fields.
struct head {
    struct text state;
    const struct answers *answers;
    struct date ended;
    struct derived derived;
};
void draft_head(struct event_draft *d, struct arena *a, const struct head *h);
void draft_date(struct event_draft *d, struct arena *a, const char *name, struct date day); // personal

// ---- reading (reading.c) ----

struct looking {
    struct registers *r;
    const struct actor *actor;
    const struct look *look;
    struct arena *arena;
    const struct rights *g;
    const struct access_policy *policy;
    struct db *db;
    struct moment now;
    struct text relation;
    class_set visible;
    struct {
        struct staff_row *items;
        size_t count, capacity;
    } staff;
};
// Asks access, leaves the trace, opens a snapshot. Ended by looking_end when it answers STATUS_OK.
enum status looking_begin_entry(struct looking *k, int64_t entry, enum register_action action,
                                struct text what, struct entry *e, struct problem *p);
enum status looking_begin_list(struct looking *k, struct text register_id, enum register_action action,
                               class_set *unit, class_set *elsewhere, struct problem *p);
void looking_end(struct looking *k);
struct text looking_name(struct looking *k, int64_t account);
class_set classes_of(const struct looking *k, const struct access_policy *policy, enum register_action action,
                     struct text relation, bool *is_reasoned);
void row_of(const struct looking *k, const struct entry *e, class_set visible, bool all,
            struct entry_row *out);
enum status refused(struct registers *r, const struct rights *g, const struct access_policy *policy,
                    const struct actor *actor, const struct look *look, enum register_action action,
                    struct text relation, int64_t entry, int64_t subject, struct text what,
                    struct problem *p);
