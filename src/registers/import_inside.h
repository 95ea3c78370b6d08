// import_inside.h - inside registers/: what the files of an import share.
#pragma once
#include "base/csv.h"
#include "registers/decide.h"
#include "registers/import.h"
#include "store/blob.h"

struct import {
    int64_t import, by, rows, wrong, confirmed_by, size;
    struct text register_id, name, format, source, state, unit, purpose, authority, evidence, classes, reason;
    bool replaces, is_try;
    struct moment received, ended;
    struct bytes blob, errors; // hashes; empty: none
};
#define IMPORT_COLUMNS                                                                                     \
    "import_id, register, name, format, replaces, is_try, source, state, by_id, unit, purpose, authority," \
    " evidence, received_at, ended_at, blob, size, rows_all, wrong, errors, classes, confirmed_by, reason"
void import_row_read(struct rows *q, struct arena *a, struct import *out);
enum status import_load(struct db *db, int64_t import, struct arena *a, struct import *out);
// The key of its files; STATUS_NOT_FOUND when they are no longer kept. Wipe it.
enum status import_key(struct db *db, int64_t import, struct key *out);

// ---- rows of a file (import_rows.c)
struct import_rows {
    struct csv csv;
    struct blob_reader *blob;
    bool is_json;
    struct arena head_arena;
    struct csv_row head; // of CSV
};
struct import_line {
    int64_t line;
    struct answers answers;
    struct csv_row cells; // of CSV
    struct text json;
    struct problem problem; // rule set: it cannot be read
};
enum status import_rows_open(struct registers *r, const struct import *m, const struct key *k,
                             struct import_rows *out, struct problem *p);
// In `a`; STATUS_NOT_FOUND at the end.
enum status import_rows_next(struct import_rows *s, struct arena *a, struct import_line *out);
void import_rows_close(struct import_rows *s);

// ---- the check (import_check.c): reads all rows; writes the file of mistakes when there are some, and takes
// back what was written of it.
enum status import_check(struct registers *r, const struct import *m, struct problem *p);
// An entry that is not of this import, nor of one that it replaces, with that key; STATUS_NOT_FOUND: none.
enum status import_key_taken(struct db *db, const struct import *m, struct text key, struct arena *a,
                             struct text *reference);
// ---- writing (import_write.c): the next rows, or the last step. *done: something was.
enum status import_write(struct registers *r, const struct import *m, bool *done);
// Adds events by which rows of an import go from one state to another: `by` took their place, or, negative,
// gives it back; with `due` they are erased then.
void import_move(struct events *out, int64_t import, int64_t rows, const char *before, const char *after,
                 int64_t by, struct text due);
void import_forget_file(struct registers *r, struct bytes name);
// One step of the oldest import that is under way.
enum status import_step(struct registers *r, bool *done);
