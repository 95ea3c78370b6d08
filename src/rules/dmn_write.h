// dmn_write.h - changes to a model's file. All that is not changed stays byte for byte: diagrams, comments,
// extension elements, white space.
#pragma once
#include "rules/dmn.h"

// A cell of a decision table.
struct dmn_cell {
    struct text element; // decision or knowledge model that holds the table, or the table: name or id
    size_t rule;         // from 1
    struct text column;  // of an input its label, else its expression; of an output its label or name,
                         // without both the element's
};

// The cell's text as it stands in the file, without the white space around it. STATUS_NOT_FOUND with field
// "cell" and rule "dmn_cell_element", "dmn_cell_rule" or "dmn_cell_column"; other statuses as dmn_read.
enum status dmn_read_cell(struct arena *a, struct text xml, const struct dmn_cell *cell, struct text *out,
                          struct problem *p);

// The file with another text in one cell. It is read again before it is given back, with `options` as in
// dmn_read_with, so that a cell that does not parse is refused; the same text gives the same bytes.
// STATUS_UNSUPPORTED for other encodings than UTF-8 and for cells that hold no text.
enum status dmn_write_cell(struct arena *a, struct text xml, const struct dmn_read_options *options,
                           const struct dmn_cell *cell, struct text source, struct text *out,
                           struct problem *p);
