// inside.h - what the files of demo/ share.
#pragma once
#include "demo/demo.h"
#include "demo/people.h"

enum {
    UNITS = 3,
    OFFICERS = 4 /* of one unit */,
    COUNSELLORS = 12,
    APPLICANTS_MAX = 60,
    SLOTS_A_DAY = 8,
    WAVE_CASES = 1500,
};

// ---- cast.c: who acts

struct unit {
    struct actor officers[OFFICERS], second, registrar, supervisor;
};
struct register_staff {
    struct actor border_guard, second_line, keeper, security, other_security, data_protection, specialist;
};
struct cast {
    struct register_staff registers;
    struct unit units[UNITS];
    struct actor counsellors[COUNSELLORS], applicants[APPLICANTS_MAX]; // applicants[0] is the demo applicant
    int applicant_count;
};
// Makes the accounts and writes the file with the sign-ins.
enum status cast_make(struct access *x, struct cases *c, int64_t cases, struct arena *a, struct cast *out,
                      struct problem *p);

// ---- plan.c: what happens to one case

enum stage {
    STAGE_START,
    STAGE_FILL,
    STAGE_REGISTER,
    STAGE_CHECK,
    STAGE_ANSWER,
    STAGE_BOOK,
    STAGE_HOLD,
    STAGE_READ_BACK,
    STAGE_PROPOSE,
    STAGE_SIGN,
    STAGE_NOTIFY,
    STAGE_APPEAL,
    STAGE_OUTCOME,
    STAGE_END,
};
struct demo_case {
    struct dice dice;
    int64_t case_id, request, appointment, decision;
    const char *language, *tag;
    uint32_t number;
    int next_slot;
    uint8_t stage, stall; // nothing happens from stage `stall` on
    uint8_t unit, officer;
    bool is_paper, is_adverse, was_returned, had_appeal, is_second_check;
    const struct actor
        *person; // who acts for the person: the applicant, a counsellor, a registrar at the counter
};

// The commands of one moment, and whose they are.
struct wave {
    struct arena arena;
    struct {
        struct cases_request *items;
        size_t count, capacity;
    } requests;
    struct {
        struct demo_case **items;
        size_t count, capacity;
    } owners;
};

struct play {
    struct cases *cases;
    const struct pack *pack;
    struct env_fixed *world;
    struct cast cast;
    uint64_t seed;
    int slot, last_slot;
    struct date first_day;
    int64_t documents_left;
    struct demo_case *list;
    size_t count;
    struct wave wave;
};
struct date play_day(const struct play *p, int slot);
struct moment play_moment(const struct play *p, int slot);

void case_begin(struct play *p, struct demo_case *c, size_t index, size_t all);
// Adds what happens to the case at this moment and says when it goes on. STATUS_OK, or what reading or a
// document gave.
enum status case_step(struct play *p, struct demo_case *c);
// Takes over what a command gave: ids. After a failure the case stops.
void case_after(struct demo_case *c, const struct cases_request *r);

struct command *wave_add(struct play *p, struct demo_case *c, const struct actor *who,
                         enum command_kind kind);
// Counts what was refused and keeps the first one; its texts are copied to `a`.
void note_failure(struct demo_report *r, enum command_kind kind, enum status st, const struct problem *p,
                  struct arena *a);
void wave_send(struct play *p, struct demo_report *r, struct arena *a);

// ---- former.c: closed files of the former system
void former_make(struct play *p, const struct demo_options *o, struct demo_report *r, struct arena *a);

// ---- entries.c: what the registers hold
// Some entries in each register that is in force, on the last day.
void entries_make(struct play *p, const struct demo_options *o, struct demo_report *r, struct arena *a);

// ---- application.c: the form, filled in
// Adds a COMMAND_SAVE_ANSWERS for each section, the first `sections` of them.
void application_fill(struct play *p, struct demo_case *c, int sections);

// ---- papers.c: small files
enum status papers_add(struct play *p, struct demo_case *c);
