// codes.h - inside pack/: reading codes/*.json.
//
//     {"id": "country", "names": "region", "codes": ["AFG", {"code": "XXA", "label": "code.country.xxa"}]}
//
// "names": "text" (each code has a text key, "code.LIST.CODE" unless given), or "region" / "language": what
// has no label of its own gets its name from ICU, in every language of the pack; a code without a name there
// is an error.
#pragma once
#include "base/json.h"
#include "pack/pack.h"
#include "pack/reading.h"

struct code_list {
    struct text id;
    struct code *items; // in the file's order
    size_t count, capacity;
    size_t *sorted; // indexes by code
    size_t language_count;
    struct text *languages;
    struct text **names;    // [language][index]
    size_t **order;         // [language][rank] = index
    const char *names_from; // "text", "region", "language"
};

// `json` is kept (reference counted) as long as the pack, for code_text and code_flag.
enum status codes_read(const struct reading *r, const json_t *json, struct code_list *out);
// Fills names and orders in all languages, once the catalogue is there.
enum status codes_name(const struct reading *r, struct code_list *l, const struct catalog *catalog);
