// exchange_law.h - which events authorities may tell each other, as a pack says it (exchange/*.json).
//
// A pack chooses among closed fields: it can name types, codes and readers, but no file can let a text, a
// number or a name into an event.
#pragma once
#include <stdint.h>

#include "base/problem.h"
#include "base/text.h"

enum {
    EXCHANGE_EVENTS_MAX = 400, // there are some 140
    EXCHANGE_CODES_MAX = 40,   // of one type
    EXCHANGE_LISTS_MAX = 20,   // of codes in one file
    EXCHANGE_MET_BY_MAX = 12,  // types that meet one deadline
    EXCHANGE_NAME_MAX = 40,    // bytes of a type or code
    EXCHANGE_FILE_BYTES_MAX = 256 * 1024,
};

// B border and police, C court, D determining authority, E examiner, F foreign-state unit, G guardian office,
// L labour, M municipality and registry, N nationality authority, O oversight, P permit authority,
// R reception, S security check, V visa and consulate, X return.
#define EXCHANGE_ROLES "BCDEFGLMNOPRSVX"
// A bit for each letter from A. False: empty, a letter twice, or one that is no role. "*": all of them.
bool exchange_roles_read(struct text letters, uint32_t *roles);

enum exchange_need { EXCHANGE_NEVER, EXCHANGE_MAY, EXCHANGE_MUST };

struct exchange_code {
    struct text name; // "accepted"
    uint16_t number;  // from 1
};
struct exchange_type {
    struct text name;      // "TCH_SENT"
    struct text procedure; // "responsibility"
    uint16_t number;
    uint32_t from, to;           // roles that write and read it
    struct text attribute_class; // who may see it in the file of a case: access.json; empty is "public"
    struct text code_list;       // name of its list of codes in the procedure
    const struct exchange_code *codes;
    size_t code_count; // 0: it has no code; else it needs one
    // Types of which one meets its deadline; empty: the day is for information. And what silence until then
    // makes; empty: nothing.
    struct text *met_by;
    size_t met_by_count;
    struct text silence;
    enum exchange_need due, ref, commit;
    int64_t at_ms; // its time is a multiple of this: minute, hour or day
};
struct exchange_law {
    struct exchange_type *items; // by number, once exchange_law_done has been called
    size_t count, capacity;
    const struct dmn_model *plausibility; // exchange/plausibility.dmn; NULL: none
};

// Adds the types of one file. Problem: field = JSON path.
enum status exchange_law_read(struct arena *a, struct text in, struct exchange_law *law, struct problem *p);
// After the last file: sorts, and refuses names and numbers that are there twice, and names that are of no
// type.
enum status exchange_law_done(struct arena *a, struct exchange_law *law, struct problem *p);

const struct exchange_type *exchange_type_of(const struct exchange_law *law, uint16_t number); // NULL: none
const struct exchange_type *exchange_type_named(const struct exchange_law *law, struct text name);
const struct exchange_code *exchange_code_of(const struct exchange_type *t, uint16_t number);
const struct exchange_code *exchange_code_named(const struct exchange_type *t, struct text name);
// Does an event of type `by` meet the deadline of one of type `t`?
bool exchange_is_met_by(const struct exchange_type *t, const struct exchange_type *by);

// Texts of the pack that say it to people: "exchange.TCH_SENT", "exchange.responsibility.ground.family",
// "exchange.TCH_SENT.silence" (empty when silence makes nothing). Besides, a pack may have
// "exchange.own.TCH_SENT": how the person reads it.
struct text exchange_type_key(struct arena *a, const struct exchange_type *t);
struct text exchange_code_key(struct arena *a, const struct exchange_type *t, const struct exchange_code *c);
struct text exchange_silence_key(struct arena *a, const struct exchange_type *t);
