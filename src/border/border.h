// border.h - the room of the border: who stands there, what is known, and what the officer records.
//
//     border_control(b, actor, who, today, arena, &control)    what one glance shows; decides nothing
//     border_record(b, actor, &act, arena, &reference, &p)     an officer records entry, exit or refusal
//
// It reads registers by their ids and the paths of their fields (fields.h), with the officer's own rights:
// what the officer may not see is not shown, and a register that gives no answer is named, never taken for
// "no hit".
#pragma once
#include "border/stay.h"
#include "identity/mrz.h"
#include "registers/registers.h"
#include "search/search.h"

struct border; // the room; shared by all threads

struct border_options {
    struct text zone; // IANA name of the authority's clock
};
// `r` must outlive it.
enum status border_open(struct journal *j, struct registers *r, const struct border_options *o,
                        struct border **out, struct problem *p);
void border_close(struct border *b); // harmless on NULL
// The law of short stays of the packs in force; NULL when none has one.
const struct stay_law *border_law(struct border *b);

// ---- who stands there ----

struct traveller {
    struct text family, given, nationality, doc_type, issuer, number;
    struct date birth, expiry;
    char sex;          // 'F', 'M', 'X'; 0: not known
    struct text zone;  // as it was read, its lines joined by line breaks; empty when typed
    bool checks_wrong; // a check digit of the zone is wrong
    size_t fixes;      // characters that a check digit corrected
};
// From a zone as a scanner gives it. STATUS_INVALID with the way out when it is none.
enum status traveller_of_zone(struct arena *a, struct text zone, struct date today, struct traveller *out,
                              struct problem *p);

// ---- what one glance shows ----

enum control_document {
    DOCUMENT_GOOD,
    DOCUMENT_ENDS_SOON,
    DOCUMENT_ENDED,
    DOCUMENT_WRONG,
    DOCUMENT_REPORTED,
    DOCUMENT_UNKNOWN,
    DOCUMENT_STATE_COUNT
};
const char *control_document_word(enum control_document d); // "good", "ends_soon"

struct control_entry {                               // of a register
    struct text register_id, reference, kind, state; // kind and state: codes of that register
    struct text action;                              // of an alert: what to do
    struct text name;
    int64_t entry;
    struct date until;
    bool by_number;  // else by name and birth date: only a candidate
    bool may_open;   // the actor may see the whole of it
    bool is_valid;   // a title: today
    bool is_cleared; // an alert: compared before, and not the same; who, when and why
    struct natural_pair cleared;
};
struct control_entries {
    struct control_entry *items;
    size_t count, capacity;
};
struct control_crossing {
    struct text reference, event, point, traveller_class;
    struct text at; // local
};
struct control_crossings { // the newest first
    struct control_crossing *items;
    size_t count, capacity;
};
enum { CONTROL_CROSSINGS_MAX = 200, CONTROL_SILENT_MAX = 8, CONTROL_REFUSALS_MAX = 8 };

struct glance {
    struct traveller who;
    enum control_document document;
    struct control_entries alerts, titles, reports; // reports: entries on the document itself
    struct control_crossings crossings;
    const struct stay_law *law; // NULL: no pack has one
    struct stay_answer stay;    // only when is_counted
    bool is_counted;            // the document's number is known, and the register of crossings answered
    bool is_free;               // of a nationality with free movement: the count is not for them
    bool has_title;             // a permit or long-stay visa that is valid today
    struct text traveller_class;
    struct text refusals[CONTROL_REFUSALS_MAX]; // reasons that the findings speak for
    size_t refusal_count;
    bool stop;                              // something must be looked at before anything is recorded
    struct text silent[CONTROL_SILENT_MAX]; // registers that gave no answer, by id
    size_t silent_count;
};
// STATUS_INVALID: nothing to look for. Purpose "border_check".
enum status border_control(struct border *b, const struct actor *actor, const struct traveller *who,
                           struct text state, struct date today, struct arena *a, struct glance *out,
                           struct problem *p);

// ---- is it the same person? ----

struct border_comparison {
    struct comparison how; // left: the traveller, right: the entry
    bool is_current;       // the entry counts today
    bool is_cleared;       // compared before, and not the same
    struct natural_pair cleared;
    struct text asked; // keyed hash of the traveller
    int64_t mark;      // of what the entry says
};
// The traveller beside an alert, feature by feature. Needs to read alerts; leaves a trace. STATUS_NOT_FOUND.
enum status border_compare(struct border *b, const struct actor *actor, const struct traveller *who,
                           int64_t entry, struct arena *a, struct border_comparison *out, struct problem *p);
// Not the same: remembered with the reason, until the traveller's data or the entry's change.
enum status border_release(struct border *b, struct search *s, const struct actor *actor,
                           const struct traveller *who, int64_t entry, struct text reason, struct arena *a,
                           struct problem *p);
// The same: in the log of the entry, with the reason. What follows is what the entry asks for.
enum status border_confirm(struct border *b, const struct actor *actor, const struct traveller *who,
                           int64_t entry, struct text reason, struct arena *a, struct problem *p);

// ---- recording ----

struct border_act {
    struct traveller who;
    struct text event; // "entry", "exit", "refusal"
    struct text at;    // local time, "2026-11-26T14:30"
    struct text point, means, plate, flight, traveller_class;
    const struct text *reasons; // of a refusal: codes A to J
    size_t reason_count;
    struct date stay_until;
    int64_t days_used;
    struct text officer; // code of the officer
    // Of an exit that nobody stamped: what proves it, in the officer's words. Else empty: the document
    // itself.
    struct text evidence;
};
enum status border_record(struct border *b, const struct actor *actor, const struct border_act *act,
                          struct arena *a, struct register_done *done, struct problem *p);

// ---- who stayed too long ----

// What may explain that nobody was seen leaving. A stamp that is missing accuses nobody: a person looks at
// these first.
enum stay_sign {
    SIGN_CROSSING, // left later with another document, by the same name and birth date
    SIGN_LIST,     // a carrier announced them after the entry: they were elsewhere, or left
    SIGN_ENTRY,    // a register of the law's list knows them: a permit, a case
};
struct stay_evidence {
    enum stay_sign sign;
    struct text register_id, reference, words; // words: number and route of a list, document of a crossing
    struct date day;                           // of the crossing or departure; until when an entry holds
    int64_t entry;
    bool by_number; // else by name and birth date: a candidate
};
struct stay_evidences {
    struct stay_evidence *items;
    size_t count, capacity;
};
struct overstay {
    struct traveller who;
    struct stay_answer stay;
    struct text reference, point, traveller_class; // of the entry
    struct date entered;
    int64_t entry;                  // crossing
    struct stay_evidences evidence; // in the list: crossings and carriers alone
};
struct overstays {
    struct overstay *items;
    size_t count, capacity;
    bool is_cut; // there are more crossings than were looked at
};
enum { OVERSTAY_CROSSINGS_MAX = 5000 };
// One of them, by the number of the document, with all evidence; registers that gave no answer are named.
// STATUS_NOT_FOUND: there is no such stay (any more).
enum { OVERSTAY_EVIDENCE_MAX = 50 };
struct overstay_look {
    struct overstay of;
    struct text silent[CONTROL_SILENT_MAX];
    size_t silent_count;
};
enum status border_overstay(struct border *b, const struct actor *actor, struct text number,
                            struct date today, struct arena *a, struct overstay_look *out, struct problem *p);
// Everybody with an open stay that is too long on that day, by document; the longest first.
enum status border_overstays(struct border *b, const struct actor *actor, struct date today, struct arena *a,
                             struct overstays *out, struct problem *p);
