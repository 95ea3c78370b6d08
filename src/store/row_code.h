// row_code.h - rows as bytes, for backups: one deterministic CBOR array a row (base/cbor.h). The same for
// both engines.
#pragma once
#include "base/cbor.h"
#include "store/tables.h"

void row_encode(struct out *o, const struct value *values, size_t count);
// The next row, at most `room` values; text and bytes point into the input. STATUS_NOT_FOUND at its end,
// STATUS_CORRUPT for anything else than such rows.
enum status row_decode(struct cbor_reader *r, struct value *values, size_t room, size_t *count);

// Are these the values of one row of the table? Of its kinds, each, or null.
bool table_takes(const struct table *t, const struct value *values, size_t count);
