// draft.h - a changed copy of a version of the law: edited by policy officers, released by two of them.
//
// A draft keeps the files that differ from its version, each with the seq of the event that last changed it:
// who saves says which revision was looked at, so that of two authors none loses a word. Every act is an
// event with its author and a reason. Only an asked draft can be released, by somebody else than who asked,
// and not before its pack holds: then it is loaded as a new version, in the same transaction.
#pragma once
#include "cases/cases.h"

enum {
    DRAFT_FILE_BYTES_MAX = 1024 * 1024, // the longest of ours, a language of texts, has 80 kB
    DRAFT_BYTES_MAX = 7 * 1024 * 1024,  // of the whole pack: its release is one event (EVENT_BYTES_MAX)
    DRAFT_TITLE_MAX = 120,              // bytes: a line of a list
    DRAFT_REASON_MAX = 2000,            // bytes: half a page
    DRAFT_NUMBER_MAX = 20,              // bytes of "1.2.0"
    DRAFTS_OPEN_MAX = 200,              // not yet released or dropped
    DRAFT_LOG_MAX = 500,                // lines that are shown, the newest
    DRAFTS_SHOWN_MAX = 200,             // in the list; those that go on come first
};

enum draft_act {
    DRAFT_MAKE,    // of `pack_version`, with `title`
    DRAFT_SAVE,    // `content` as the new `file`
    DRAFT_ADD,     // a new `file`; pack.json names it from then on
    DRAFT_REMOVE,  // `file`, also from the list in pack.json
    DRAFT_RESTORE, // `file` as it is in the version that the draft is made from
    DRAFT_FOLLOW,  // goes on from the newest version of its pack
    DRAFT_DROP,
    DRAFT_ASK,    // for the release as `number`, valid from a day; nothing can be changed meanwhile
    DRAFT_SIGN,   // `content` is pack.sig for what was asked
    DRAFT_RETURN, // back to its authors, by anybody who may edit it
    DRAFT_RELEASE,
    DRAFT_ACT_COUNT
};

struct draft_command {
    enum draft_act act;
    int64_t draft;
    struct text reason; // of every act; never names a person: the log keeps it for ever
    int64_t pack_version;
    struct text title;
    struct text file;
    struct bytes content;
    int64_t based_on; // revision of `file` that was looked at; 0: as in the version
    struct date valid_from;
    struct text number;
    struct text past_reason; // needed when valid_from is past
    int64_t seen;            // of a release: version of the draft that was looked at
    struct text name;        // of a release: who signs writes the own name
};
struct draft_result {
    int64_t draft;
    int64_t revision;     // of the file, or version of the draft
    int64_t pack_version; // of a release
};

// Who acts needs the action draft_pack, for a release release_pack; a refusal is recorded. STATUS_CONFLICT:
// the file, or the draft, is no longer what was looked at. STATUS_INVALID, STATUS_NOT_FOUND, STATUS_REFUSED.
enum status cases_draft_do(struct cases *c, const struct actor *actor, const struct draft_command *command,
                           struct arena *a, struct draft_result *result, struct problem *p);

// ---- looking ----

struct draft_view {
    int64_t draft, made_from, version, author, asked_by, pack_version;
    struct text pack, title, state, valid_from, number, past_reason;
    struct text author_name, asked_name, made_from_number;
    struct moment made, changed, asked;
    bool is_behind; // a newer version of its pack was loaded since
};
struct draft_list {
    struct draft_view *items;
    size_t count, capacity;
};
enum draft_change { DRAFT_SAME, DRAFT_CHANGED, DRAFT_ADDED, DRAFT_REMOVED };
struct draft_file_view {
    struct text name;
    enum draft_change change;
    int64_t revision; // 0: as in the version
    size_t size;
};
struct draft_files_view {
    struct draft_file_view *items;
    size_t count, capacity;
};
struct draft_step {
    struct text kind; // "pack_draft_asked": its label is text key "event.<kind>"
    struct text file, by, reason;
    struct moment at;
};
struct draft_log {
    struct draft_step *items;
    size_t count, capacity;
};

// May the actor edit drafts, or release them ("draft_pack", "release_pack")? Refusals are recorded.
enum status cases_draft_may(struct cases *c, const struct actor *actor, struct text action,
                            struct problem *p);
// Those that go on first, then the newest.
enum status cases_drafts(struct cases *c, struct arena *a, struct draft_list *out);
enum status cases_draft(struct cases *c, int64_t draft, struct arena *a, struct draft_view *out);
// Every file of the draft and of its version, in order of name. Not those of packs that it needs.
enum status cases_draft_names(struct cases *c, int64_t draft, struct arena *a, struct draft_files_view *out);
// One file as it is in the draft. STATUS_NOT_FOUND also when it was removed.
enum status cases_draft_file(struct cases *c, int64_t draft, struct text name, struct arena *a,
                             struct bytes *content, int64_t *revision);
enum status cases_draft_log(struct cases *c, int64_t draft, struct arena *a, struct draft_log *out);
// The whole pack of a draft, with those that it needs.
enum status cases_draft_files(struct cases *c, int64_t draft, struct arena *a, struct pack_files *out);
// The files of a version that was loaded.
enum status cases_pack_files(struct cases *c, int64_t pack_version, struct arena *a, struct pack_files *out);

// ---- versions ----

struct pack_version_view {
    int64_t pack_version, open_cases;
    struct text id, number, signed_by, loaded_by;
    struct date valid_from, valid_to;
    struct moment loaded;
    bool is_now; // cases that are made today get it
};
struct pack_version_list {
    struct pack_version_view *items;
    size_t count, capacity;
};
// By pack, the newest first.
enum status cases_pack_versions(struct cases *c, struct arena *a, struct pack_version_list *out);
// Does a pack need the signature of a key that the operator named?
bool cases_wants_signature(const struct cases *c);
