// linkage_table.h - a CSV file as linkage compares it: the columns that say who somebody is, and where each
// row is.
#pragma once
#include "base/problem.h"
#include "identity/linkage.h"

enum { LINKAGE_BYTES_MAX_MB = 8192 }; // of cells; what a usual server has to spare

struct linkage_column {
    struct text name;
    enum linkage_kind kind;
};
struct linkage_columns {
    struct linkage_column items[LINKAGE_FIELDS_MAX];
    size_t count;
};
struct linkage_table {
    const char *path;
    struct arena arena; // of cells
    struct arena head_arena;
    struct text *head; // all columns
    size_t columns;
    size_t at[LINKAGE_FIELDS_MAX]; // where the compared ones are
    size_t id;                     // the one that names a row; `columns` when there is none
    struct linkage_file file;
    struct text *ids;
    int64_t *lines;
};

// "given_name=name,born=date". False when it is written otherwise; that is said to standard error.
bool linkage_columns_typed(struct text typed, struct linkage_columns *out);
// The columns of the head whose names say what they hold ("surname", "date_of_birth"); the others are told.
void linkage_columns_known(const struct linkage_table *t, struct linkage_columns *out);
// Those that the other file has too.
void linkage_columns_common(struct linkage_columns *c, const struct linkage_table *other);

// The first row. Then the rest: `c` says what is compared, `id` may be NULL. `tell` gets the share of bytes.
bool linkage_table_head(struct linkage_table *t, const char *path);
bool linkage_table_rows(struct linkage_table *t, const struct linkage_columns *c, const char *id,
                        void (*tell)(void *context, const char *stage, double share), void *context);
// Each row again, as it stands in the file: the row's number, or -1 for the head.
bool linkage_table_again(const struct linkage_table *t,
                         void (*see)(void *context, int64_t row, const struct text *cells), void *context);
void linkage_table_free(struct linkage_table *t);
