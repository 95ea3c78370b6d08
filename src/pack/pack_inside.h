// pack_inside.h - inside pack/: what struct pack holds while it is read, checked and used.
#pragma once
#include <stdatomic.h>

#include "flow/flow.h"
#include "pack/codes.h"
#include "pack/pack.h"
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
    } kept; // JSON that codes point into
};

// Reads pack.json and every file that it lists.
enum status pack_load(struct pack *pack, struct problem *p);
// What only shows when all files are there: references between them, and texts in every language.
enum status pack_check(struct pack *pack, struct problem *p);
// Puts the file's name in front of a problem found inside it.
enum status pack_problem_in(struct pack *pack, struct text file, enum status st, struct problem *p);
