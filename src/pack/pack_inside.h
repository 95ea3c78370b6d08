// pack_inside.h - inside pack/: what struct pack holds while it is read, checked and used.
#pragma once
#include <stdatomic.h>

#include "flow/flow.h"
#include "pack/codes.h"
#include "pack/exchange_law.h"
#include "pack/invitation_law.h"
#include "pack/exchange_steps.h"
#include "pack/lookup_law.h"
#include "pack/pack.h"
#include "pack/pack_report.h"
#include "pack/reading.h"
#include "pack/register.h"
#include "pack/stay_law.h"
#include "pack/walk.h"
#include "rules/dmn.h"

struct pack_process {
    struct text file;
    const struct flow_model *model;
};
struct pack_decision {
    struct text file;
    const struct dmn_model *model;
};
struct pack_references {
    struct legal_reference *items;
    size_t count, capacity;
};

// Another pack from which this one takes what it does not say itself.
struct pack_need {
    struct text id, from, below; // versions: from <= version < below; empty = no limit
    struct pack *pack;           // one reference
};

struct pack {
    atomic_int references;
    struct arena arena;      // of everything below
    struct pack_files files; // its own
    struct pack_files given; // with those of the packs it needs
    struct hash hash;        // of `given`
    struct text id, version, title_key, procedure, official_language, calendar_id, number, purpose;
    bool is_opened_by_person, is_opened_by_staff;
    struct date valid_from, valid_to;
    enum pack_choice chosen_by;
    struct pack_need needs[PACK_NEEDS_MAX];
    size_t need_count;
    const struct pack *needed_by; // while it is read: to find circles
    struct answers letter_values;
    struct pack_references legal;
    const struct catalog *catalog;
    struct access_rules access;
    struct deadlines deadlines;
    const struct stay_law *stay; // NULL: none
    const struct identity_law *identity;
    struct lookup_list lookups;
    struct exchange_law exchange_own;    // what its own files say
    const struct exchange_law *exchange; // NULL: none
    const struct invitation_law *invitations;
    struct exchange_steps steps;
    struct {
        struct form **items;
        size_t count, capacity;
    } forms;
    struct {
        struct pack_register **items; // those of needed packs too, which these hold
        size_t count, capacity, own;
    } registers;
    struct {
        struct letter_template **items;
        size_t count, capacity;
    } letters;
    struct {
        struct letter_template **items; // parts/*.json, for letters to take in
        size_t count, capacity;
    } parts;
    struct {
        struct calendar **items;
        size_t count, capacity;
    } calendars;
    struct {
        struct code_list *items;
        size_t count, capacity;
    } codes;
    struct {
        struct pack_process *items;
        size_t count, capacity;
    } processes;
    struct {
        struct pack_decision *items;
        size_t count, capacity;
    } decisions;
    struct {
        struct walk *items;
        size_t count, capacity;
    } walks;
    struct {
        json_t **items;
        size_t count, capacity;
    } kept;                         // JSON that codes and walks point into
    struct pack_findings *findings; // of pack_examine: mistakes go there, and reading goes on; else NULL
};

// An empty pack over a copy of the files; pack_free, also after a failure.
struct pack *pack_new(const struct pack_files *files);
void pack_free(struct pack *pack);
bool pack_within_limits(const struct pack_files *files);

// pack_needs.c: reads "needs" of pack.json; reads the packs; joins what they share to what is there already.
enum status needs_read(struct pack *pack, const struct reading *r, const json_t *manifest);
enum status needs_load(struct pack *pack, struct problem *p);
enum status needs_join_texts(struct pack *pack, struct problem *p);
enum status needs_join(struct pack *pack);
// The ids that a pack.json names, at most PACK_NEEDS_MAX; 0 when it cannot be read.
size_t pack_needs_of(struct arena *a, struct bytes manifest, struct text ids[PACK_NEEDS_MAX]);
bool pack_is_base(const struct pack *pack);
// The parts that letters take in, of this pack or of one that it needs.
const struct letter_template *pack_part(const struct pack *pack, struct text id);

// Adds what was found to a report; all texts are copied. The section of a mistake follows from its file.
struct problem *findings_add(struct pack_findings *f, enum pack_section section, enum pack_verdict verdict,
                             const char *where, const char *rule, const char *text_key);
void findings_add_mistake(struct pack_findings *f, const struct problem *p);
void findings_arg(struct pack_findings *f, struct problem *p, const char *name, struct text value);

// With findings, takes the mistake there and answers STATUS_OK, so that the caller goes on.
enum status pack_mistake(const struct pack *pack, enum status st, const struct problem *p);

// Parts of pack_examine, for a pack that could be read as a whole.
void report_adverse_ends(const struct pack *pack, struct pack_findings *f);
void report_safeguards(const struct pack *pack, struct pack_findings *f);
void report_permissions(const struct pack *pack, struct pack_findings *f);
void report_references(const struct pack *pack, struct pack_findings *f);

// Reads pack.json and every file that it lists.
enum status pack_load(struct pack *pack, struct problem *p);
// What only shows when all files are there: references between them, and texts in every language.
enum status pack_check(struct pack *pack, struct problem *p);
// What pack_check and its parts in other files share: which file is being checked.
struct checking {
    struct pack *pack;
    struct reading r;
    struct text file;
};
enum status pack_check_wrong(const struct checking *c, const char *rule, struct text where, struct text what);
enum status pack_check_text(const struct checking *c, struct text where, struct text key);
enum status pack_check_form(const struct checking *c, const struct form *f);
// register_check.c: what registers say of access, texts, law and time.
enum status pack_check_registers(struct checking *c);
bool pack_has_article(const struct pack *pack, struct text article); // "SIS1861:39"
enum status pack_check_lookups(struct checking *c);                  // lookup_law.c
enum status pack_check_exchange(struct checking *c);                 // exchange_check.c
enum status pack_check_invitations(struct checking *c);              // invitation_law.c
enum status pack_check_steps(struct checking *c);                    // exchange_steps.c
// Puts the file's name in front of a problem found inside it.
enum status pack_problem_in(struct pack *pack, struct text file, enum status st, struct problem *p);
