// replay.h - a changed rule tried on the whole caseload before it goes live: two versions of a decision,
// evaluated for every stored case, and who would be affected, why. Reads only; decides nothing about anybody.
//
// An officer's run (for_statistics) gives counts, numbers of some cases, and results in words only when they
// are short and at least REPLAY_SMALL cases have them: a table may return what it reads. Counts are exact:
// two runs whose tables differ by one person differ by one. Who may ask, and who may open one of those cases,
// is said by replay_start and replay_open_sample below.
#pragma once
#include "cases/cases.h"

enum {
    REPLAY_THREADS_MAX = 16,
    REPLAY_SAMPLES = 5,       // cases named beside each change
    REPLAY_CODES_MAX = 200,   // different results that are counted one by one; the rest is one line together
    REPLAY_CHANGES_MAX = 500, // pairs of results before and after
    REPLAY_REASONS_MAX = 500, // rules
    REPLAY_GROUPS_MAX = 400,  // values of one property of cases: there are 250 nationalities
    REPLAY_UNKNOWN_MAX = 20,  // members read that no case has
    REPLAY_SMALL = 5,         // fewer people are not told apart
    REPLAY_CODE_BYTES = 40,   // longer results are sentences of somebody rather than codes
    REPLAY_WORDS_MAX = 120,   // bytes of a result that is shown
};

// The day on which a case is looked at. Its facts are those of now: what is stored is what was last said.
enum replay_moment {
    REPLAY_AS_DECIDED, // decided cases as of their decision, others today: what the rule would have said then
    REPLAY_TODAY,      // all today: what an officer would be told now
};
enum replay_stock { REPLAY_ALL, REPLAY_OPEN, REPLAY_CLOSED };

struct replay_question {
    const struct pack *before, *after; // versions of the same pack
    struct text decision;              // its id in both
    enum replay_moment moment;
    enum replay_stock stock;
    struct moment now;
    struct text zone;   // IANA name of the authority's clock
    int threads;        // 0: as many as there are processors
    bool in_background; // gives way to everything else on the machine
    // For who may see statistics only: what few cases have is one line, and no version may read case.number.
    // Without it, for who holds the keys of the house anyway, each result is told as it is.
    bool for_statistics;
};

// ---- what comes out ----

// One result, or one code of a result that is a list: how many cases have it.
struct replay_code {
    struct text code;
    int64_t before, after, gained, lost;
};
// The number of a case that the rule change concerns, for who may open it.
struct replay_sample {
    int64_t case_id;
    struct text case_no;
    uint64_t place; // the lowest are kept: the same ones each time, spread over the years
};
// Cases that had `before` and would have `after`. Both look the same when only a detail differs.
struct replay_change {
    struct text before, after;
    bool is_change;
    int64_t cases;
    struct replay_sample samples[REPLAY_SAMPLES];
    size_t sample_count;
};
enum replay_cause {
    REPLAY_RULE_CAME,    // a row applies that did not, or that was not there
    REPLAY_RULE_WENT,    // a row no longer applies, or is gone
    REPLAY_RULE_CHANGED, // the same row says something else
    REPLAY_LOGIC,        // an expression, a default, a hit policy
};
const char *replay_cause_name(enum replay_cause cause); // "came", "went", "changed", "logic"
// The first thing on the way to the result that came out differently, and in how many of the changed cases.
struct replay_reason {
    enum replay_cause cause;
    struct text table; // name of the decision that holds the row
    int64_t rule; // its number, as the editors show it: in the old version when it went, else in the new one
    struct text note; // its annotation
    int64_t cases;
};
// Groups of fewer than REPLAY_SMALL cases are one, "…", and a change of fewer is not told exactly. Where one
// number alone would be left out, so that the sum tells it, another group joins.
struct replay_group {
    struct text value; // "AFG", "regular"; empty: not known
    int64_t cases, changed;
    bool is_few; // changed is 1 to REPLAY_SMALL - 1, and shown as 0 here
};
enum replay_property { REPLAY_BY_NATIONALITY, REPLAY_BY_STATUS, REPLAY_BY_TRACK, REPLAY_PROPERTIES };

struct replay_result {
    int64_t cases, changed;                            // looked at; with another result
    int64_t null_before, null_after, newly_null;       // without a result
    int64_t failed_before, failed_after;               // too costly, see rules/
    int64_t drafts, erased, other_pack, outside_stock; // left out
    int64_t evaluated;                                 // different facts; equal ones are evaluated once
    double seconds;
    // All sorted, the most cases first.
    struct {
        struct replay_code *items;
        size_t count, capacity;
    } codes;
    struct {
        struct replay_change *items;
        size_t count, capacity;
    } changes; // with those that stay
    struct {
        struct replay_reason *items;
        size_t count, capacity;
    } reasons;
    struct replay_groups {
        struct replay_group *items;
        size_t count, capacity;
    } groups[REPLAY_PROPERTIES];
    // "case.colour": read by the new version and not by the old one, but no case has it, so it is always
    // null.
    struct {
        struct text *items;
        size_t count, capacity;
    } unknown;
    bool is_list; // the decision answers with a list, so codes count by entry
};

// A case, as it comes by: for lists of all of them.
struct replay_line {
    int64_t case_id;
    struct text case_no, before, after, why;
    bool is_change;
};

// What a run tells while it goes on; each member may be NULL. Called by one thread at a time.
struct replay_watch {
    void *context;
    // False ends the run with STATUS_EXPIRED. `done` of `all`: places in the order of cases, not cases.
    bool (*goes_on)(void *context, int64_t done, int64_t all, int64_t cases);
    // Every case in order of its id; with `only_changes`, only those with another result. False ends it:
    // STATUS_IO.
    bool (*line)(void *context, const struct replay_line *line);
    bool only_changes;
};

// Runs to the end. Each case is seen as it is in one moment, not all in the same one: the server goes on
// beside it. STATUS_INVALID with `p`, rule:
//   replay_pack       the versions are of different packs
//   replay_decision   a version has no such decision; arguments "decision", "version", "others"
//   replay_input      the new version reads an input that cases do not have; "input", "others"
//   replay_number     for statistics, a version reads case.number
enum status replay_run(struct store *s, const struct replay_question *q, const struct replay_watch *w,
                       struct arena *a, struct replay_result *out, struct problem *p);

// What would be said against the question, without running it.
enum status replay_check(struct store *s, const struct replay_question *q, struct arena *a,
                         struct problem *p);

// Both ways of one case side by side.
struct replay_ways {
    struct text case_no, before, after;
    bool is_change;
    struct dmn_trace trace_before, trace_after;
    struct replay_reason reasons[8];
    size_t reason_count;
    bool is_without_values; // left out of the traces, and words that the result does not show
};
// Whether all that is said here is among the codes of the result.
bool replay_shows_words(const struct replay_result *r, struct text words);
// A value as results are shown: of a list of findings their codes.
struct text replay_words(struct arena *a, const struct feel_value *v);
// STATUS_NOT_FOUND: no such case, or it is left out. No access is asked: for who holds the keys of the house.
enum status replay_one(struct store *s, const struct replay_question *q, int64_t case_id, struct arena *a,
                       struct replay_ways *out, struct problem *p);

// The files of a version of the law that was loaded, by its number or its name "1.0.0" (the newest of that
// name); empty: the one in force. For who has no open `struct cases`. STATUS_NOT_FOUND.
enum status replay_stored_files(struct store *s, struct text version, struct arena *a,
                                struct pack_files *out);

// ---- runs of officers, which go on while nobody waits (replay_jobs.c) ----
//
// They belong to this server and end with it. Each function asks access: action "replay_rules" for the
// purpose, class "statistics". That a run was started is in the log; so is each case that is opened from its
// result.

enum {
    REPLAY_RUNNING_MAX = 1, // at a time, so that the pages of others stay quick
    REPLAY_KEPT_MAX = 20,   // results; the oldest goes first
    REPLAY_FILE_MAX = PACK_FILE_BYTES_MAX,
};

// What an officer asks for: two versions that were loaded, or one of them with a changed file.
struct replay_order {
    struct text decision;
    int64_t before, after; // pack versions; after 0: `before` with this file in place of its own
    struct text file_name; // "suggest_track.dmn"
    struct bytes file;
    enum replay_moment moment;
    enum replay_stock stock;
};
enum replay_state { REPLAY_RUNNING, REPLAY_DONE, REPLAY_STOPPED, REPLAY_FAILED };
struct replay_view {
    int64_t run;
    enum replay_state state;
    struct text decision, before, after; // names of the versions
    struct text file_name;               // of the changed file; empty: none
    struct moment started;
    int64_t percent, cases; // so far
    enum replay_moment moment;
    enum replay_stock stock;
    const struct replay_result *result; // when done; lives until replay_leave
    struct problem problem;             // when failed
};
struct replay_views {
    struct replay_view *items;
    size_t count, capacity;
};

// STATUS_REFUSED; STATUS_INVALID with `p`: as replay_run and pack_read, or rule
//   replay_busy      another run is under way
//   replay_version   there is no such version
//   replay_file      no file of that name is in the old version; arguments "file", "others"
//   replay_same      nothing is different
enum status replay_start(struct cases *c, const struct actor *actor, const struct look *look,
                         const struct replay_order *order, struct arena *a, int64_t *run, struct problem *p);
// The newest first. Without results.
enum status replay_list(struct cases *c, const struct actor *actor, const struct look *look, struct arena *a,
                        struct replay_views *out, struct problem *p);
// How it goes. Followed by replay_leave when it succeeded.
enum status replay_enter(struct cases *c, const struct actor *actor, const struct look *look, int64_t run,
                         struct arena *a, struct replay_view *out, struct problem *p);
void replay_leave(struct cases *c, int64_t run);
enum status replay_cancel(struct cases *c, const struct actor *actor, const struct look *look, int64_t run,
                          struct problem *p);
// For which purpose the actor could open cases of a result at all; empty: never.
struct text replay_sample_purpose(struct cases *c, const struct actor *actor);
// One of the cases that a result names, both ways: a reading of that case, by `look`, with its trace. Who may
// not see the class "claim" is told which rows matched, and no value.
enum status replay_open_sample(struct cases *c, const struct actor *actor, const struct look *power,
                               const struct look *look, int64_t run, int64_t case_id, struct arena *a,
                               struct replay_ways *out, struct problem *p);
