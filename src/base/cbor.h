// cbor.h - deterministic CBOR (RFC 8949, 4.2.1): the canonical bytes of events, and small stored records.
//
// The subset: integers, byte strings, UTF-8 text, arrays, maps with text keys, true, false, null.
// Floating point, tags and indefinite lengths are refused on reading.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"

enum { CBOR_DEPTH_MAX = 16 }; // nesting of what we read; our own records use 5

// Writing. The caller writes map keys in ascending bytewise order of their encoding (shorter first,
// then by bytes), which cbor_check verifies in tests; counts must be right.
void cbor_int(struct out *o, int64_t value);
void cbor_bytes(struct out *o, struct bytes b);
void cbor_text(struct out *o, struct text t);
void cbor_bool(struct out *o, bool b);
void cbor_null(struct out *o);
void cbor_array(struct out *o, size_t items);
void cbor_map(struct out *o, size_t pairs);

enum cbor_kind { CBOR_END, CBOR_INT, CBOR_BYTES, CBOR_TEXT, CBOR_ARRAY, CBOR_MAP, CBOR_BOOL, CBOR_NULL };

// One item read. `bytes`/`text` point into the input.
struct cbor_item {
    enum cbor_kind kind;
    int64_t integer;    // CBOR_INT; number of items or pairs of CBOR_ARRAY and CBOR_MAP; 0 or 1 of CBOR_BOOL
    struct bytes bytes; // CBOR_BYTES
    struct text text;   // CBOR_TEXT
    struct bytes raw;   // the whole encoding of this item, children included
};

struct cbor_reader {
    const uint8_t *at, *end;
};

struct cbor_reader cbor_reader(struct bytes b);
// The next item, its head only for arrays and maps (their children follow). kind CBOR_END at the end of
// the input. STATUS_CORRUPT for anything outside the subset.
enum status cbor_next(struct cbor_reader *r, struct cbor_item *item);
// The next item with all its children skipped.
enum status cbor_skip(struct cbor_reader *r, struct cbor_item *item);

// Value of `key` in the map encoded in `map`. STATUS_NOT_FOUND when absent.
enum status cbor_get(struct bytes map, struct text key, struct cbor_item *value);

// True when `b` is exactly one item in deterministic encoding (sorted unique keys, shortest heads, UTF-8).
bool cbor_check(struct bytes b);
