// csv.h - rows of a CSV file (RFC 4180), a piece at a time: a file of any size needs the memory of its
// longest row.
#pragma once
#include "base/problem.h"
#include "base/text.h"

enum {
    CSV_CELLS_MAX = 1000,            // columns; the longest register has 60
    CSV_ROW_BYTES_MAX = 1024 * 1024, // of one row, its quotes included
    CSV_PIECE = 64 * 1024,
};

// Fills at most `room` bytes; *n = 0 at the end.
typedef enum status csv_fill(void *context, uint8_t *into, size_t room, size_t *n);

// Caller's storage; zero-initialise, then set `fill` and `context`.
struct csv {
    csv_fill *fill;
    void *context;
    uint8_t piece[CSV_PIECE];
    size_t at, n;
    int64_t line;      // on which the last row began, from 1
    int64_t next_line; // of the next one
    int64_t read;      // bytes
    char separator;    // found in the first row: comma, semicolon or tab
    bool is_begun, is_over;
};
struct csv_row {
    struct text *items;
    size_t count, capacity;
};

// The next row in `a`; empty lines are passed over. STATUS_NOT_FOUND at the end. STATUS_INVALID: csv_quote
// (text behind a closing quote, or a quote that is never closed), csv_utf8, csv_too_long, csv_columns.
enum status csv_next(struct csv *c, struct arena *a, struct csv_row *out, struct problem *p);
// The next line as it is, without its end; for JSON lines. The same answers.
enum status csv_line(struct csv *c, struct arena *a, struct text *out, struct problem *p);
// Appends a cell, in quotes where it needs them. A cell that a spreadsheet would take for a formula gets an
// apostrophe.
void csv_cell(struct out *o, struct text cell, bool is_first);
