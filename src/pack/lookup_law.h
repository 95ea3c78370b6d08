// lookup_law.h - what other authorities may ask of a register, once for all: lookups.json.
//
// Each lookup names the register that answers, for which purposes and on which legal grounds it may be asked,
// and the few attributes that are then told. Who may ask is said by the access rows of the register.
#pragma once
#include "pack/register.h"

enum {
    LOOKUPS_MAX = 200,          // of one pack: a register has two or three
    LOOKUP_WORDS_MAX = 40,      // purposes, grounds, attributes of one
    LOOKUP_A_DAY_MAX = 1000000, // questions of one authority
    LOOKUP_A_DAY = 1000,        // when the file does not say
};

struct pack_lookup {
    struct text id;          // "work_permission"
    struct text register_id; // that answers
    const struct text *purposes, *grounds,
        *attributes; // grounds: "SPD:6"; attributes: paths of fields ("names[].family")
    size_t purpose_count, ground_count, attribute_count;
    int64_t a_day; // questions that one authority may ask in a day
    bool by_name;  // else by number alone
    bool changes;  // who has asked may be told that the entry has changed
};

// Parses a file. Problem: rule, field = JSON path.
struct lookup_list {
    struct pack_lookup *items;
    size_t count, capacity;
};
enum status lookups_read(struct arena *a, struct text in, struct lookup_list *out, struct problem *p);

size_t pack_lookups(const struct pack *pack, const struct pack_lookup **out);
const struct pack_lookup *pack_lookup(const struct pack *pack, struct text id); // NULL: none
bool lookup_has(const struct text *words, size_t count, struct text word);
