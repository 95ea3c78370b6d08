// reading.h - how every reading function of this room begins and ends: access, trace, snapshot.
#pragma once
#include "cases/internal.h"

// What the actor sees of cases that run on one version: its policy says so.
struct seen_of_pack {
    const struct pack_entry *entry;
    class_set visible;   // in the relation of the reading
    class_set elsewhere; // in lists: of cases that are another unit's
    bool is_known;       // a reason would show something, when nothing else does
};

struct reading {
    struct cases *cases;
    const struct actor *actor;
    const struct pack_entry *entry;
    struct arena *arena;
    struct db *db;
    struct text relation;
    class_set visible;
    class_set elsewhere; // in lists: of cases that are another unit's
    struct {
        struct seen_of_pack *items;
        size_t count, capacity;
    } seen; // in lists: by version, as rows came
    struct look look;
    int64_t case_id, person, account;
    bool is_erased, is_list, is_draft;
    bool is_closed_to_others; // somebody's draft
    struct {
        struct staff_row *items;
        size_t count, capacity;
    } staff; // names already looked up
};

// Asks access for reading `what` of a case, leaves the durable trace (or the refusal), and opens a snapshot.
// Always followed by case_reading_end when it answers STATUS_OK.
enum status case_reading_begin(struct cases *c, const struct actor *actor, const struct look *look,
                               int64_t case_id, struct text what, struct arena *a, struct reading *out,
                               struct problem *p);
// The same for something that is not one case: lists over cases of many people, for staff only. The pack in
// force says who may, for cases of the own unit (`visible`) and of others (`elsewhere`).
enum status case_reading_begin_list(struct cases *c, const struct actor *actor, const struct look *look,
                                    struct text what, struct arena *a, struct reading *out,
                                    struct problem *p);
// The signed-in person's own cases.
enum status case_reading_begin_own(struct cases *c, const struct actor *actor, struct arena *a,
                                   struct reading *out, struct problem *p);
void case_reading_end(struct reading *r);

// In lists: what the actor sees of cases on that version.
const struct seen_of_pack *case_reading_seen(struct reading *r, int64_t pack_version);
// In lists: ids of the procedures of which the actor sees something (of that class, NULL: anything), as
// ",id,id,", or "*" for all there are: of cases anywhere, and of cases of the own unit.
struct procedure_scope {
    struct text wide, near;
    struct text only; // the one id in both, when there is one alone; else empty
};
struct procedure_scope case_reading_scope(struct reading *r, const char *attribute_class);

// Key of a person's documents and letters; STATUS_NOT_FOUND after erasure. Wipe it after use.
enum status document_key(struct db *db, int64_t person, struct key *out);

bool case_reading_shows(const struct reading *r, const char *attribute_class);
// What class of data a document of that kind is: property "class" in codes/document.json, else "identity".
const char *document_class(const struct pack *pack, struct text kind);
// Name of a staff member; empty for applicants and the system.
struct text case_reading_name(struct reading *r, int64_t account);
struct text row_copy(struct reading *r, struct rows *rows, int column);

// The columns of one line about a case, in every list and at the head of the file; head_read reads them.
#define CASE_HEAD                                                                                           \
    "c.case_id, c.version, coalesce(c.case_no, ''), c.family_name, c.given_names, c.nationality, c.birth, " \
    "c.status,"                                                                                             \
    " c.task, c.track, c.language, c.officer_id, c.made_at, c.changed_at, c.due_at, c.due_kind, "           \
    "c.is_vulnerable,"                                                                                      \
    " c.is_minor, c.channel, c.unread, c.unit,"                                                             \
    " (select p.latin_name from person p where p.case_id = c.case_id order by p.position limit 1),"         \
    " c.pack_version, c.procedure"
enum { CASE_HEAD_COLUMNS = 24 };
// read_process.c: after the clocks.
enum status file_read_process(struct reading *r, struct case_file *f);
void case_head_read(struct reading *r, struct rows *q, struct work_row *h, bool with_person);
// "overdue", "soon" (3 days), "watch" (14 days), "ok", "none".
struct text case_light(struct moment due, struct moment now);
