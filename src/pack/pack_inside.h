// pack_inside.h - inside pack/: what struct pack holds while it is read, checked and used.
#pragma once
#include <stdatomic.h>

#include "flow/flow.h"
#include "pack/codes.h"
#include "pack/pack.h"
#include "pack/pack_report.h"
#include "pack/reading.h"
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

struct pack {
    atomic_int references;
    struct arena arena; // of everything below
    struct pack_files files;
    struct hash hash;
    struct text id, version, title_key, procedure, official_language, calendar_id;
    struct date valid_from;
    struct answers letter_values;
    struct pack_references legal;
    struct catalog *catalog;
    struct access_rules access;
    struct deadlines deadlines;
    struct {
        struct form **items;
        size_t count, capacity;
    } forms;
    struct {
        struct letter_template **items;
        size_t count, capacity;
    } letters;
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
        json_t **items;
        size_t count, capacity;
    } kept;                         // JSON that codes point into
    struct pack_findings *findings; // of pack_examine: mistakes go there, and reading goes on; else NULL
};

// An empty pack over a copy of the files; pack_free, also after a failure.
struct pack *pack_new(const struct pack_files *files);
void pack_free(struct pack *pack);
bool pack_within_limits(const struct pack_files *files);

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
void report_references(const struct pack *pack, struct pack_findings *f);

// Reads pack.json and every file that it lists.
enum status pack_load(struct pack *pack, struct problem *p);
// What only shows when all files are there: references between them, and texts in every language.
enum status pack_check(struct pack *pack, struct problem *p);
// Puts the file's name in front of a problem found inside it.
enum status pack_problem_in(struct pack *pack, struct text file, enum status st, struct problem *p);
