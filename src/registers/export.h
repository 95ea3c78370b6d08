// export.h - what registers give to statistics: counts by the definitions of each register, and rows that
// name nobody.
#pragma once
#include "registers/registers.h"

enum {
    STATISTIC_SMALL = 5,          // fewer people are not told apart
    STATISTIC_CELLS_MAX = 100000, // of one table: 200 nationalities, sexes, age groups, and 20 periods
    EXPORT_PIECE_ROWS = 200,
};

struct statistic_order {
    struct look look;
    struct text register_id, statistic;
    struct date from, to; // of the statistic's date, both included; of a stock `to` alone. year 0: open
};
struct statistic_cell {
    struct text period; // "2026-11", "2026-Q4", "2026"; of a stock the day
    struct text values[REGISTER_DIMENSIONS_MAX];
    int64_t count; // 0 where it is few
    bool is_few;   // 1 to STATISTIC_SMALL - 1
};
struct statistic_table {
    const struct register_statistic *of;
    struct {
        struct statistic_cell *items;
        size_t count, capacity;
    } cells; // in order of period and values
};
// Who may export the class of each field that it counts by. It is traced. Erased entries count no more, those
// that are pseudonymised do. STATUS_REFUSED, STATUS_NOT_FOUND, STATUS_TOO_LARGE.
enum status registers_statistic(struct registers *r, const struct actor *actor,
                                const struct statistic_order *order, struct arena *a,
                                struct statistic_table *out, struct problem *p);
// The same as text; few is "<5".
struct text statistic_csv(struct arena *a, const struct statistic_table *t);
struct text statistic_json(struct arena *a, const struct statistic_table *t);

// Rows of a register, a piece at a time: coded fields of the classes "statistics" and "public" that the actor
// may export, days as years, and a pseudonym that is good for one file.
struct export_fields {
    const struct form_field **items;
    size_t count, capacity;
};
// Which fields there are to choose from; none when the actor may export nothing. Leaves no trace: the fields
// are law.
void registers_export_fields(struct registers *r, const struct actor *actor, const struct look *look,
                             struct text register_id, struct arena *a, struct export_fields *out);

struct register_export;
enum export_format { EXPORT_CSV, EXPORT_JSON_LINES };
enum { EXPORT_FIELDS_MAX = 400 }; // FORM_FIELDS_MAX: all that a form may have
struct export_order {
    struct look look;
    struct text register_id;
    enum export_format format;
    struct date from, to;      // day of the recording, both included; year 0: open
    const struct text *fields; // paths; none: all that there are
    size_t field_count;
};
// It is traced. STATUS_REFUSED, STATUS_NOT_FOUND; STATUS_INVALID with the field: a period that ends before it
// begins, a field that may not be exported.
enum status registers_export_begin(struct registers *r, const struct actor *actor,
                                   const struct export_order *order, struct register_export **out,
                                   struct problem *p);
// Valid until the next call; empty at the end. Memory is that of one piece, however many rows there are.
enum status registers_export_next(struct register_export *x, struct text *piece);
void registers_export_end(struct register_export *x); // harmless on NULL
