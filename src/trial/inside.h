// inside.h - what the files of trial/ share.
#pragma once
#include "access/account.h"
#include "flow/flow.h"
#include "trial/trial.h"

// The world of one house: the real one, but for the clock.
struct trial_world {
    struct env env; // first: `env.context` points here
    struct moment at;
};

struct cast_member {
    struct text name; // "officer", "officer#2"
    struct actor actor;
};

// What happened in processes: an element was entered, a sequence flow taken.
struct trial_seen {
    struct text process, id;
    bool is_way;
};
struct trial_seen_list {
    struct trial_seen *items;
    size_t count, capacity;
};

// What other authorities would be told.
struct trial_told {
    struct text what; // "TCH_SENT visa 2026-07-28": type, code, last day
    bool is_short;    // it lacks what its type needs
};
struct trial_told_list {
    struct trial_told *items;
    size_t count, capacity;
};

// What was done, to be done again: an act, or the clock that went on.
struct trial_step {
    bool is_time;
    struct moment until;
    enum trial_act_kind kind;
    struct text name, key, as, with; // with: JSON, empty: none
};

struct trial {
    struct trial_world world;
    struct arena arena;
    char dir[256];
    struct store *store;
    struct journal *journal;
    struct access *access;
    struct cases *cases;
    const struct pack *pack; // one reference
    const struct zone *zone;
    int64_t case_id; // 0: not begun
    size_t acts;
    struct moment began;
    struct text zone_name;
    struct trial_beginning beginning; // copied
    struct {
        struct trial_step *items;
        size_t count, capacity;
    } steps;
    struct {
        struct cast_member *items;
        size_t count, capacity;
    } cast;
    struct trial_seen_list maybe, seen; // of the command that runs; of those that stayed
    struct trial_told_list maybe_told, told;
};

// Trouble that is said in words: rule "trial_RULE", text "problem.trial.RULE".
enum status trial_problem(struct trial *t, struct problem *p, const char *rule, struct text what);
// Its house on disk is smaller than TRIAL_BYTES_MAX.
bool trial_is_within_bounds(const struct trial *t);
// The command, by this actor; what was seen counts only when it was done.
enum status trial_command(struct trial *t, const struct actor *actor, const struct command *c,
                          struct command_result *result, struct problem *p);

// house.c: a command is about to run; it stayed, and what was seen and told counts.
void trial_forget_maybe(struct trial *t);
void trial_keep_maybe(struct trial *t);

// again.c: keeps what was done.
void step_keep_beginning(struct trial *t, const struct trial_beginning *b);
void step_keep_act(struct trial *t, const struct trial_act *act);
void step_keep_time(struct trial *t, struct moment before); // nothing when the clock stands where it stood

// cast.c: who acts. "person" and "applicant" are the person.
enum status cast_find(struct trial *t, struct text name, const struct actor **out, struct problem *p);
bool cast_is_person(struct text name);

// commands.c, fill.c: fills `out` from the JSON fields, or with what usually stands there.
enum status command_fill(struct trial *t, const struct trial_field *fields, const json_t *with,
                         struct command *out, struct problem *p);
bool command_kind_of(struct text name, enum command_kind *kind);
enum status answers_of_json(struct trial *t, const json_t *j, struct bytes *out, struct problem *p);

// time.c: the next thing that is due after everything up to now has happened; STATUS_NOT_FOUND.
enum status time_next(struct trial *t, struct db *db, struct moment *at);
enum status time_settle(struct trial *t, struct problem *p); // what is due now
