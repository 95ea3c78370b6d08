// policy.h - what the pages on the law share: versions, drafts, what is wrong with a pack, what it changes.
#pragma once
#include "cases/draft.h"
#include "pack/pack_diff.h"
#include "web/app.h"

// Both checks of a page of this family: may the person edit drafts? The room below decides again.
enum status policy_enter(struct request *q, struct response *r);
// A problem of the room below at its field, for a page that is shown again; false: it has a page of its own.
bool policy_mistake(struct request *q, struct response *r, enum status st, const struct problem *p);

// ---- one draft, at the head of each of its pages (policy_draft.c)

struct policy_draft {
    int64_t id, version;
    struct text title, pack, made_from, made_from_href, author, asked_by, number, past_reason, href,
        release_href;
    struct text became_href; // of the version that it became
    const char *state_key, *colour;
    struct moment made, changed, asked;
    struct date valid_from;
    bool is_open, is_asked, is_released, is_over, is_behind;
};
extern const struct view POLICY_DRAFT_VIEW;
struct policy_draft policy_draft_of(struct request *q, const struct draft_view *d);
// The draft of the address ":id".
enum status policy_draft_read(struct request *q, struct draft_view *d);

struct policy_step {
    const char *event_key;
    struct text file, by, reason;
    struct moment at;
};
struct policy_log {
    struct policy_step *items;
    size_t count, capacity;
};
extern const struct view POLICY_STEP_VIEW;
enum status policy_log_of(struct request *q, int64_t draft, struct policy_log *out);
// Does it with the reason in the form's field `reason` (a page has several forms); then goes to the page `to`
// of the draft ("/release") and says `notice`, or shows `again` with the mistake.
enum status policy_act(struct request *q, struct response *r, struct draft_command *command,
                       const char *reason, struct text to, const char *notice, handler *again);

// ---- what is wrong with a pack (policy_report.c)

struct policy_finding {
    struct text where, sentence, rule;
    int64_t line;
    const char *section_key;
    bool is_here; // of the file that is being edited
};
struct policy_findings {
    struct policy_finding *items;
    size_t count, capacity;
};
struct policy_report {
    struct policy_findings broken, unknown;
    int64_t holds, mistakes;
    bool is_read; // all files could be read
    bool is_good;
};
extern const struct view POLICY_REPORT_VIEW;
// `here`: name of the file that is looked at, or empty.
struct policy_report policy_report_of(struct request *q, const struct pack_files *files, struct text here);

// ---- what a pack changes

struct policy_difference {
    const char *change_key, *colour, *section_key;
    struct text id, name, property, before, now, note;
    bool is_changed, is_first; // of its section
};
struct policy_differences {
    struct {
        struct policy_difference *items;
        size_t count, capacity;
    } items;
    int64_t left_out;
    struct text for_whom;
    bool is_known; // false: one of both cannot be read
};
extern const struct view POLICY_DIFFERENCES_VIEW;
struct policy_differences policy_differences_of(struct request *q, const struct pack_files *old,
                                                const struct pack_files *now);

// ---- files by kind

struct policy_file {
    struct text name, href;
    const char *kind_key, *change_key, *colour;
    int64_t size, revision;
    bool is_first; // of its kind
    bool is_changed, is_removed, is_added;
};
struct policy_file_list {
    struct policy_file *items;
    size_t count, capacity;
};
extern const struct view POLICY_FILE_VIEW;
const char *policy_kind_key(struct text name); // "policy.kind.forms"
// By kind, then by name; says which is the first of its kind.
void policy_files_sort(struct policy_file_list *files);
// The packs that this one needs: "eu-common, eu-letters".
struct text policy_needs(struct request *q, const struct pack_files *files);
// "/policy/drafts/7/file?name=forms%2Fx.form"
struct text policy_file_href(struct request *q, struct text before, struct text name);

// A ustar archive of the files, each in the folder `folder`.
void policy_archive(struct out *o, struct text folder, const struct pack_files *files, struct moment at);
