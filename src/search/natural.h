// natural.h - one natural person, many records: said by people, two for each change, and undone exactly.
//
// A record is a person of a case or an entry of a register, known by its id alone. It is linked to a natural
// person; two natural persons that are one are merged, and a merge that was wrong is taken back: whoever had
// what before has it again. What was linked after the merge goes where a person says. The system offers pairs
// and never links any itself.
#pragma once
#include "base/date.h"
#include "cases/cases.h"
#include "search/number.h"

struct search;

enum {
    NATURAL_REASON_MAX = 2000, // bytes: half a page
    NATURAL_MOVES_MAX = 100,   // records that came after one merge; more are moved by linking them anew
    NATURAL_RECORDS_MAX = 500, // of one person: no life has more files than the longest list shows
    NATURAL_MERGES_MAX = 64,   // numbers of one person
    NATURAL_SHOWN_MAX = 200,   // lines of a list
};

enum natural_act {
    NATURAL_OPEN, // `record` gets a natural person of its own, with a number
    NATURAL_SAME, // `record` and `other_record` are one person: proposes to link or to merge, whichever it is
    NATURAL_LINK, // proposes that `record` is about `person`
    NATURAL_MERGE,   // proposes that `other` and `person` are one; the number of `person` is the one used on
    NATURAL_UNLINK,  // proposes that `record` is not about its person
    NATURAL_UNMERGE, // proposes that `other` is taken out again of what it was merged into
    NATURAL_CONFIRM, // `proposal`, by somebody else than who proposed
    NATURAL_REFUSE,
    NATURAL_CLEAR,   // `record` and `other_record` are not the same person: not shown again
    NATURAL_RELEASE, // whether who was asked for (`asked`) is who `record` is about: `verdict`
    NATURAL_ACT_COUNT
};

// What somebody who looked at a hit says: a false one comes last from then on, until the day or until the
// record changes.
enum natural_verdict { VERDICT_NOT_SAME, VERDICT_SAME, VERDICT_UNCLEAR, VERDICT_COUNT };
extern const char *const NATURAL_VERDICTS[VERDICT_COUNT]; // "not_same", "same", "unclear"
enum { VERDICT_DAYS_MAX = 365 };                          // a year later somebody looks again

// A record that came after a merge, and whether it goes with the person who is taken out.
struct natural_move {
    int64_t record;
    bool goes;
};
struct natural_command {
    enum natural_act act;
    struct text reason; // of every act; sealed
    struct text purpose;
    struct text look_reason; // why the actor looks at the records, where access wants one
    int64_t record, other_record, person, other, proposal;
    int64_t left_mark, right_mark; // of a clearing: of `record` and `other_record`, as they were compared
    struct text asked;             // of a release: keyed hash of what was asked
    enum natural_verdict verdict;  // of a release
    struct date
        until; // of VERDICT_NOT_SAME: the last day on which it counts; year 0: the most that is allowed
    const struct natural_move *moves;
    size_t move_count;
};
struct natural_result {
    int64_t person, proposal;
};

// Needs the action propose_same, of a decision confirm_same, of NATURAL_CLEAR clear_same; a refusal is
// recorded. The actor must see who is meant by each record that is named, and by one record of each natural
// person that is: else STATUS_REFUSED, natural_not_seen. STATUS_CONFLICT: what was proposed is no longer as
// it was. STATUS_INVALID, STATUS_NOT_FOUND, STATUS_REFUSED.
enum status natural_do(struct search *s, const struct actor *actor, const struct natural_command *command,
                       struct arena *a, struct natural_result *result, struct problem *p);

// ---- looking: ids and numbers; who is behind a record is told by the room that has it ----

struct natural_number_view {
    int64_t natural;
    struct text number;
    int64_t merged_by; // proposal; 0: the number that is used
};
struct natural_record_view {
    int64_t record, natural, linked_seq;
};
// A natural person as it stands: the number in use, all earlier ones, all records.
struct natural_view {
    int64_t natural, version;
    struct text number;
    struct {
        struct natural_number_view *items;
        size_t count, capacity;
    } numbers;
    struct {
        struct natural_record_view *items;
        size_t count, capacity;
    } records;
};
// By any id that it ever had. STATUS_NOT_FOUND.
enum status natural_read(struct db *db, int64_t natural, struct arena *a, struct natural_view *out);
// Its id by any number that it ever had, or by a record. STATUS_NOT_FOUND.
enum status natural_by_number(struct db *db, struct text number, int64_t *natural);
enum status natural_by_record(struct db *db, int64_t record, int64_t *natural);

struct natural_proposal {
    int64_t proposal, natural, other, record, merge;
    struct text act, state, reason, answer; // reasons are empty after an erasure
    int64_t proposed_by, decided_by;
    struct text proposed_name, decided_name;
    struct moment proposed, decided;
    bool is_moved_on; // what it was made on is no longer so: it can only be refused
    struct {
        struct natural_move *items;
        size_t count, capacity;
    } moves;
};
struct natural_proposals {
    struct natural_proposal *items;
    size_t count, capacity;
};
enum status natural_proposal_read(struct db *db, int64_t proposal, struct arena *a,
                                  struct natural_proposal *out);
// Those that wait for a second person, oldest first.
enum status natural_asked(struct db *db, struct arena *a, struct natural_proposals *out);
// All that was said about one person, newest first.
enum status natural_history(struct db *db, const struct natural_view *v, struct arena *a,
                            struct natural_proposals *out);
// What came after the merge of `other`: records that a proposal to undo it must place.
enum status natural_came_after(struct db *db, int64_t other, struct arena *a, struct natural_view *out);

struct natural_pair {
    int64_t left, right;
    int score; // of 1000
    int64_t left_mark, right_mark;
    struct text state, reason;
    int64_t decided_by;
    struct text decided_name;
    struct moment offered, decided;
};
struct natural_pairs {
    struct natural_pair *items;
    size_t count, capacity;
};
// "Could these be the same person?": the most alike first, `limit` at most.
enum status natural_offered(struct db *db, size_t limit, struct arena *a, struct natural_pairs *out);
// What is known of two records; STATUS_NOT_FOUND.
enum status natural_pair_read(struct db *db, int64_t one, int64_t other, struct arena *a,
                              struct natural_pair *out);

// What somebody said of a hit on `record` for what was asked, when the record still is what it was then and
// the day is not over. STATUS_NOT_FOUND.
struct natural_said {
    enum natural_verdict verdict;
    struct text reason, by_name;
    int64_t by;
    struct moment at;
    struct date until; // of VERDICT_NOT_SAME
};
enum status natural_said_of_hit(struct db *db, struct text asked, int64_t record, int64_t mark,
                                struct date today, struct arena *a, struct natural_said *out);
// The same for those who only need to know of a false hit: who, when and why.
enum status natural_released(struct db *db, struct text asked, int64_t record, int64_t mark,
                             struct date today, struct arena *a, struct natural_pair *out);

// ---- what the comparison of records brings (natural_system.c) ----

struct natural_offer {
    int64_t left, right;
    int score;
    int64_t left_mark, right_mark;
};
// How far records were compared: the last change of a case, and the last version of an entry.
struct natural_through {
    struct moment at;
    int64_t seq, entry;
};
// Offers pairs that nobody has decided on, or that changed since, and notes how far the records were
// compared.
enum status natural_offer(struct journal *j, const struct natural_offer *offers, size_t count,
                          const struct natural_through *through);
// These records are no more: erased, or not in their file any longer. Nothing that was said of them stays.
enum status natural_forget(struct journal *j, const int64_t *records, size_t count);
