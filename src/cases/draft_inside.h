// draft_inside.h - what the files on drafts share.
#pragma once
#include "cases/draft.h"
#include "cases/internal.h"

enum status draft_row(struct db *db, int64_t draft, struct arena *a, struct draft_view *out);
// What a draft has otherwise than its version, in order of name.
struct draft_changed_file {
    struct pack_file file;
    int64_t revision;
    bool is_removed;
};
struct draft_changed_files {
    struct draft_changed_file *items;
    size_t count, capacity;
};
enum status draft_changed(struct db *db, int64_t draft, struct arena *a, struct draft_changed_files *out);
const struct draft_changed_file *draft_changed_named(const struct draft_changed_files *c, struct text name);
enum status draft_pack_files(struct db *db, int64_t pack_version, struct arena *a, struct pack_files *out);
enum status draft_whole(struct db *db, const struct draft_view *d, struct arena *a, struct pack_files *out);
// The newest version of a pack.
enum status draft_newest(struct db *db, struct text pack, int64_t *pack_version);

// draft_manifest.c: pack.json with other members, all else as it was. STATUS_INVALID: it cannot be read.
struct manifest_change {
    struct text add, remove;        // names of the list of files; empty: none
    struct text number, valid_from; // empty: as they are
};
enum status manifest_change(struct arena *a, struct bytes content, const struct manifest_change *change,
                            struct bytes *out, struct problem *p);
// Do two differ in more than the list of files, version and first day?
bool manifest_differs(struct bytes x, struct bytes y);

// One act in the writer thread.
struct draft_act_job {
    struct cases *cases;
    const struct actor *actor;
    const struct draft_command *command;
    struct draft_result *result;
    struct bytes manifest; // of what is asked for, which was examined with it
    int64_t examined;      // version of the draft then
};
// What an act sees; it reads nothing else, and adds its events to `out`.
struct draft_decide {
    const struct draft_act_job *job;
    const struct draft_command *command;
    struct draft_view d; // nothing of it for a new one
    struct pack_files base;
    struct draft_changed_files changed;
    int64_t newest; // version of its pack
    struct text newest_number;
    struct write *write;
    struct arena *arena;
    struct events *out;
    struct problem *problem;
};
enum status draft_load(struct draft_decide *k);
// A new event about the draft, with the reason of the act.
struct event_draft *draft_emit(struct draft_decide *k, const struct event_type *type);
enum status draft_want_state(struct draft_decide *k, const char *state);
enum status draft_not_behind(struct draft_decide *k);
// The file as the draft has it now; NULL: it has none.
const struct pack_file *draft_now(const struct draft_decide *k, struct text name);
enum status draft_conflict(struct problem *p);

// draft_release.c
enum status draft_ask(struct draft_decide *k), draft_sign(struct draft_decide *k),
    draft_return(struct draft_decide *k);
// Before the writer thread: examines the whole pack with the number and day that it is to have.
enum status draft_prepare_ask(struct draft_act_job *job, struct arena *a, struct problem *p);
enum status draft_release(struct draft_act_job *job, struct arena *a, struct problem *p);
