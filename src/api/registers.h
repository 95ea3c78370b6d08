// registers.h - inside api/: registers, of which there is one set of addresses for all.
#pragma once
#include "api/table.h"
#include "registers/registers.h"

// One register, and what this token may do in it for its purpose.
struct api_register {
    struct text id, prefix, title, about, law;
    bool may_find, may_read, may_record, may_end, may_confirm, may_import, may_export, may_review;
};
struct api_registers {
    struct api_register *items;
    size_t count, capacity;
};
struct api_entry_row {
    int64_t entry, version;
    struct text register_id, reference, state, unit, hidden;
    struct moment recorded, changed;
    struct date ended;
    struct bytes answers;
    bool is_hit_only;
};
struct api_entries {
    struct api_entry_row *items;
    size_t count, capacity;
    struct text next;
    int64_t total;
    bool total_is_capped;
};
struct api_entry_version {
    int64_t version;
    struct text kind, state, by, confirmed_by, unit, purpose, reason, law, authority, method, evidence,
        confidence;
    struct date from, until;
    struct moment recorded, known;
    bool is_mistake;
    struct bytes answers;
};
struct api_entry {
    struct api_entry_row head;
    struct text relation, hidden, case_no, due_then;
    struct date due, review;
    int64_t waiting, case_id, person;
    bool holds;
    struct {
        struct entry_value *items;
        size_t count, capacity;
    } values;
    struct {
        struct api_entry_version *items;
        size_t count, capacity;
    } versions;
    struct {
        struct entry_fault *items;
        size_t count, capacity;
    } faults;
};
struct api_entry_question {
    struct text q, state, number, name, birth, nationality, plate, after, reason;
    size_t limit;
    struct date day;
    struct moment known;
    bool history;
};
struct api_entry_act {
    struct bytes answers;
    struct date from, until;
    bool is_mistake;
    struct text authority, method, evidence, confidence, reason, outcome;
    int64_t seen, version;
};
extern const struct api_shape SHAPE_REGISTERS, SHAPE_ENTRIES, SHAPE_ENTRY, SHAPE_REGISTER_DONE;

enum status api_registers(struct api_call *c), api_register_form(struct api_call *c),
    api_entries(struct api_call *c), api_entry(struct api_call *c), api_entry_act(struct api_call *c);

// ---- register_files.c: imports, counts, rows
extern const struct api_shape SHAPE_IMPORT, SHAPE_IMPORTS, SHAPE_STATISTIC;
extern const struct api_field API_IMPORT_QUERY[], API_EXPORT_QUERY[], API_STATISTIC_QUERY[];
extern const struct upload_sink API_IMPORT_SINK;
struct import_question {
    struct text name, format, source, authority, evidence;
    bool replaces, only_check;
};
struct export_question {
    struct text format, fields, reason;
    struct date from, to;
};
enum status api_import_take(struct api_call *c), api_import(struct api_call *c),
    api_imports(struct api_call *c), api_import_errors(struct api_call *c),
    api_import_act(struct api_call *c), api_register_export(struct api_call *c),
    api_register_statistic(struct api_call *c);
void api_import_leave(struct request *q);
