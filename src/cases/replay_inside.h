// replay_inside.h - what the files of the back-test share.
#pragma once
#include "cases/caseload.h"
#include "cases/replay.h"

enum { REPLAY_CASE_REASONS = 8, REPLAY_CASE_CODES = 64 };
// What finds no place of its own, or may have none, is counted under this.
static const struct text THE_REST = {"…", sizeof "…" - 1};

// Both versions of the decision, and what they read. Immutable while a run goes on, shared by its threads.
struct replay_plan {
    const struct replay_question *q;
    const struct dmn_model *before, *after;
    struct dmn_reads reads_before, reads_after;
    struct caseload_want want;
    const struct zone *zone;
    int64_t *pack_versions; // of this pack: cases on others are left out
    size_t pack_version_count;
};
// `p` as replay_run says.
enum status replay_plan_make(struct db *db, const struct replay_question *q, struct arena *a,
                             struct replay_plan *out, struct problem *p);
bool replay_plan_knows(const struct replay_plan *plan, int64_t pack_version);
// When the case is looked at.
struct moment replay_moment_of(const struct replay_plan *plan, const struct case_state *s);

// ---- replay_verdict.c: one case, both ways ----

struct replay_reasons {
    struct replay_reason items[REPLAY_CASE_REASONS];
    size_t count;
};
// What came out for one set of facts. In the arena that was given.
struct verdict {
    struct text before, after; // as shown
    bool is_change, null_before, null_after, failed_before, failed_after, is_list;
    struct {
        struct text code;
        bool before, after;
    } codes[REPLAY_CASE_CODES];
    size_t code_count;
    struct replay_reasons reasons;
};
enum status verdict_of(const struct replay_plan *plan, struct case_state *s, struct moment at,
                       struct arena *a, struct verdict *out);
// The same with both traces, which live in `a`.
enum status verdict_traced(const struct replay_plan *plan, struct case_state *s, struct moment at,
                           struct arena *a, struct verdict *out, struct dmn_trace *before,
                           struct dmn_trace *after);

// ---- replay_tally.c: counting ----

struct code_mark {
    uint32_t index; // of the tally's codes
    bool before, after;
};
// A verdict as places in a tally, so that counting a case looks nothing up.
struct counted {
    uint32_t change;
    uint32_t reasons[REPLAY_CASE_REASONS];
    size_t reason_count;
    const struct code_mark *codes;
    size_t code_count;
    bool is_change, null_before, null_after, failed_before, failed_after;
};
struct group_index {
    uint16_t slots[1024]; // place + 1
};
struct tally {
    struct arena arena;
    struct replay_result sum;
    struct group_index index[REPLAY_PROPERTIES];
};
void tally_place(struct tally *t, const struct verdict *v, struct arena *a, struct counted *out);
void tally_add(struct tally *t, const struct counted *c, const struct case_state *s);
// Adds what another thread counted; sorts at the end.
void tally_merge(struct arena *a, struct replay_result *into, const struct replay_result *from);
void tally_sort(struct replay_result *r);

// ---- replay_small.c: few people are not told apart ----

// Results and reasons that few cases have become one line, without their words and without samples.
void replay_fold_small(struct replay_result *r);
// Small groups become one line, and another with them when it would be one alone.
void tally_hide_small(struct replay_groups *g);

// ---- replay_memo.c: equal facts, equal result ----

struct memo;
// NULL when the facts that are read differ from case to case anyway.
struct memo *memo_new(const struct replay_plan *plan);
void memo_free(struct memo *m);
// The place for these facts: *is_new when it must be filled (in memo_arena) before the next call. NULL when
// the memo has given up: hardly any facts were equal.
struct counted *memo_find(struct memo *m, struct case_state *s, struct moment at, bool *is_new);
struct arena *memo_arena(struct memo *m);
int64_t memo_size(const struct memo *m); // different facts so far
