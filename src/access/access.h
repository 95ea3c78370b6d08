// access.h - who may see and do what, for which purpose; the trace that each look at a file leaves; public
// tracking.
//
// What cases/ and everything above it need. Accounts and credentials are in account.h, sign-in and sessions
// in session.h.
#pragma once
#include "base/date.h"
#include "journal/journal.h"
#include "pack/pack.h"

// The event types (ended by NULL) and tables of this room, for journal_open and store_open.
extern const struct event_type *const access_event_types[];
extern const struct migrations ACCESS_MIGRATIONS;

// ---- who ----

enum {
    ACTOR_ROLES_MAX = 8,
    ACCESS_CLASSES_MAX = 64,  // attribute classes of one pack: one bit each
    ACCESS_WORD_MAX = 64,     // bytes of a role, purpose, relation, class or action
    ACCESS_REASON_MAX = 2000, // bytes of the reason for reading outside one's cases
    ACCESS_TRACES_MAX = 500,  // rows of one page of the trace
};

enum actor_kind {
    ACTOR_NOBODY,
    ACTOR_SYSTEM, // the clock, the worker: no person
    ACTOR_APPLICANT,
    ACTOR_REPRESENTATIVE, // lawyer, guardian, counsellor
    ACTOR_STAFF,          // officer, supervisor, administrator: the roles say which
    ACTOR_PARTNER,        // another authority
    ACTOR_CLIENT,         // only in tables: a system; as an actor it is of its roles' kind and is_client
    ACTOR_KIND_COUNT
};

// Somebody who asks. Plain data; texts live as long as the request that it came with.
struct actor {
    int64_t account; // 0: nobody or the system
    enum actor_kind kind;
    struct text roles[ACTOR_ROLES_MAX]; // of the pack's access.json: "applicant", "officer", ...
    size_t role_count;
    struct text name;        // of staff, for colleagues; empty for applicants
    struct text public_code; // of staff: what applicants see in place of the name
    struct text unit;        // of staff and partners; may be empty
    struct text language;    // BCP 47; may be empty
    bool second_factor;      // this session was opened with two factors
    int64_t session;         // 0: not from a session
    bool is_client;          // a system: may not do what only a named human may (client.h)
    struct text purpose;     // of a token: the only one that it is good for; empty: any
};
struct actor actor_system(void);
bool actor_has_role(const struct actor *actor, struct text role);

// ---- may they ----

struct access_policy; // compiled rows of one pack; immutable, shared by threads

// Compiles the rows; words point into `rules`, which must live as long as `a`. STATUS_TOO_LARGE: more than
// ACCESS_CLASSES_MAX classes. STATUS_INVALID: a row uses a word that is not declared.
enum status access_policy_compile(struct arena *a, const struct access_rules *rules,
                                  struct access_policy **out, struct problem *p);

// One question. `purpose` may never be empty.
struct access_question {
    struct text action; // "read", "assign_case" ...: words of access.json
    struct text purpose;
    struct text relation;        // of the actor to the case: "self", "assigned", "unit", "none"
    struct text attribute_class; // "identity", "contact", "reasons" ...
    struct text reason;          // what the actor wrote; empty when nothing
};

// STATUS_OK when one row for one of the actor's roles allows it. *is_flagged (may be NULL): allowed only
// because a reason was given (break-glass); the trace must say so. STATUS_REFUSED with the reason and the way
// out in `p`:
//   access_token_purpose     the token is for another purpose        problem.access.token_purpose
//   access_purpose           no purpose, or not one of the pack      problem.access.purpose
//   access_second_factor     staff without second factor             problem.access.second_factor
//   access_reason            a reason would open it                  problem.access.reason
//   access_relation          another relation would do (be assigned) problem.access.relation
//   access_other_purpose     another purpose would do                problem.access.other_purpose
//   access_role              none of the roles may do this           problem.access.role
// Nobody (account 0, kind not ACTOR_SYSTEM) is always refused; ACTOR_SYSTEM needs rows too, for role
// "system".
enum status access_check(const struct access_policy *policy, const struct actor *actor,
                         const struct access_question *question, bool *is_flagged, struct problem *p);

// A set of attribute classes, one bit each in the order of access_rules.classes.
typedef uint64_t class_set;
// The bit of a class; 0 when the pack does not know it.
class_set access_class(const struct access_policy *policy, struct text attribute_class);
// The classes that access_check would allow for `action` ("read"): what a query must leave out is the rest.
// With `has_reason`, rows that need a reason count too.
class_set access_visible_classes(const struct access_policy *policy, const struct actor *actor,
                                 struct text action, struct text purpose, struct text relation,
                                 bool has_reason);
// All classes of the pack, and the names of those in a set, comma-separated (for "hidden").
class_set access_all_classes(const struct access_policy *policy);
struct text access_class_names(const struct access_policy *policy, class_set set, struct arena *a);

// ---- what stays behind: the trace (R-GD-18) ----

extern const struct event_type ACCESS_READ;    // stream = case
extern const struct event_type ACCESS_REFUSED; // stream = case

struct access_trace {
    int64_t case_id; // stream of the event; 0 for lists over many cases
    int64_t subject; // whose key seals the reason: the case's main person; 0 takes the actor's own
    const struct actor *actor;
    struct text purpose, relation;
    struct text what;   // "file", "work_list", "document", or the command that was refused
    struct text reason; // what the actor wrote; sealed, not shown to the person
    const char *rule;   // of a refusal: problem.rule; else NULL
};
// Adds ACCESS_READ or (with a rule) ACCESS_REFUSED. Only inside a write_fn.
enum status access_record(struct write *w, const struct access_trace *trace);
// The same in a write of its own; returns when durable. For refusals (the refused command itself leaves
// nothing).
enum status access_record_now(struct journal *j, const struct access_trace *trace);
// Many in one write, such as of all that a search showed; none: nothing is written.
struct trace_list {
    struct access_trace *items;
    size_t count, capacity;
};
enum status access_record_all(struct journal *j, const struct trace_list *traces);

// One line of "who has looked at this file". The officer is shown by public code, role and unit only.
struct access_seen {
    int64_t seq;     // cursor
    int64_t account; // for the authority's own pages; never shown to applicants
    struct moment at;
    struct text public_code, role, unit, purpose, relation, what;
    bool was_refused, was_reasoned;
};
struct access_seen_list {
    struct access_seen *items;
    size_t count, capacity;
};
// Newest first, before `before_seq` (0 = from the newest), at most `limit`; without what `except_account` did
// itself (0 = everybody). Served by the primary key of access_trace.
enum status access_seen(struct db *db, int64_t case_id, int64_t before_seq, int64_t except_account,
                        size_t limit, struct arena *a, struct access_seen_list *out);

// ---- public tracking: a code and the birth date show the status word, nothing else ----

extern const struct event_type TRACKING_ISSUED; // stream = case, subject = the person

// Makes a tracking code for the case (12 letters and digits, 58 bits) and adds its event; the code is in `a`
// and nowhere else: only keyed hashes are stored. A later code replaces the earlier one.
enum status tracking_issue(struct write *w, int64_t actor, int64_t case_id, int64_t subject,
                           struct date birth, struct arena *a, struct text *code);
// STATUS_NOT_FOUND for any mismatch, with the same work done for each kind of it.
enum status tracking_find(struct db *db, struct text code, struct date birth, int64_t *case_id);
// For the apply function of an erasure: forgets the code of a case.
enum status tracking_forget(struct db *db, int64_t case_id);
// A number for rate limits by code: the same for all spellings of one code; tells nothing about it.
uint64_t tracking_limit_key(struct store *s, struct text code);

// ---- staff, for lists and names beside cases ----

struct staff_row {
    int64_t account;
    struct text name, public_code, unit;
    struct text roles[ACTOR_ROLES_MAX];
    size_t role_count;
    bool is_closed;
};
struct staff_list {
    struct staff_row *items;
    size_t count, capacity;
};
// All staff by name; `role` and `unit` empty = any. At most 2000. Closed accounts only with `with_closed`.
enum status access_staff(struct db *db, struct text role, struct text unit, bool with_closed, struct arena *a,
                         struct staff_list *out);
// STATUS_NOT_FOUND when it is no staff account. SQL of other rooms may also join account(account_id, name,
// unit).
enum status access_staff_one(struct db *db, int64_t account, struct arena *a, struct staff_row *out);
// The same for names beside what was done: systems of partners (client.h) too.
enum status access_colleague(struct db *db, int64_t account, struct arena *a, struct staff_row *out);
