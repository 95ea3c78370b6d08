// import.h - many entries as one file, CSV or JSON lines: checked wholly first, then all of it or nothing,
// and one act takes it back.
//
//     registers_import_begin(r, &actor, &order, &w, &p); registers_import_write(w, bytes) ...;
//     registers_import_end(&w, &import, &p);             the file is kept, sealed; a thread of the server
//     does the rest registers_import(r, &actor, &look, import, a, &view, &p)         how far it is
//
// After a kill it goes on where it was. Nothing of it is found before all of it is there.
#pragma once
#include "registers/registers.h"

enum {
    IMPORT_BYTES_MAX = 256 * 1024 * 1024,
    IMPORT_ROWS_MAX = 2000 * 1000,
    IMPORT_KEPT_DAYS = 30, // the file of mistakes, and what was taken back
    IMPORTS_SHOWN_MAX = 100,
};

enum import_format { IMPORT_CSV, IMPORT_JSON_LINES };
struct import_order {
    struct look look;
    struct text register_id, name; // name of the file, for people
    enum import_format format;
    bool replaces;          // the file is the whole list `source`: what came with it before is replaced
    bool is_try;            // only checked
    struct text source;     // of the register's `source` field; needed when it replaces
    struct provenance from; // of every entry
};

// Asks access (REGISTER_IMPORT). STATUS_REFUSED (recorded), STATUS_INVALID.
struct import_writer;
enum status registers_import_begin(struct registers *r, const struct actor *actor,
                                   const struct import_order *order, struct import_writer **out,
                                   struct problem *p);
enum status registers_import_write(struct import_writer *w, struct bytes b); // STATUS_TOO_LARGE
// Frees *w also on failure. The same file once more, while the first is under way or in force:
// STATUS_CONFLICT, rule "import_known", and *import is that one.
enum status registers_import_end(struct import_writer **w, int64_t *import, struct problem *p);
void registers_import_abort(struct import_writer **w); // harmless when *w is NULL

// State: "received" (being checked), "checked" (being written, or waiting for a second person where the
// register wants one), "failed" (has mistakes, nothing was written), "tried" (no mistakes, it was only a
// try), "done", "undone", "dropped".
struct import_view {
    int64_t import;
    struct text register_id, name, source, state, by_name, reason;
    bool replaces, is_try, is_waiting, is_own, has_errors;
    struct moment received, ended; // ms 0: not yet
    int64_t rows, wrong;           // known after the check
    int64_t done;                  // rows written so far
    int percent;                   // of the check while "received", of writing while "checked"
};
struct import_list {
    struct import_view *items;
    size_t count, capacity;
};
enum status registers_imports(struct registers *r, const struct actor *actor, const struct look *look,
                              struct text register_id, struct arena *a, struct import_list *out,
                              struct problem *p);
enum status registers_import(struct registers *r, const struct actor *actor, const struct look *look,
                             int64_t import, struct arena *a, struct import_view *out, struct problem *p);
// The file again with what is wrong in each row: the same columns, and before them _line, _field, _rule,
// _way_out, which are passed over when it is sent again. Read with blob_read, closed by the caller.
// STATUS_NOT_FOUND.
enum status registers_import_errors(struct registers *r, const struct actor *actor, const struct look *look,
                                    int64_t import, struct blob_reader **out, struct problem *p);

enum import_act {
    IMPORT_CONFIRM, // by a second person
    IMPORT_UNDO,    // one that is done: its entries go, those that it replaced are back
    IMPORT_DROP,    // one that is not done
};
enum status registers_import_act(struct registers *r, const struct actor *actor, const struct look *look,
                                 int64_t import, enum import_act act, struct text reason, struct arena *a,
                                 struct problem *p);
