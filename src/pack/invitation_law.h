// invitation_law.h - on which legal grounds other authorities may be invited to a case, and what they may be
// told to find their own file: invitations.json.
#pragma once
#include "pack/exchange_law.h"
#include "pack/reading.h"

enum {
    INVITATION_GROUNDS_MAX = 60,
    INVITATION_TELLS_MAX = 20,
    INVITATION_REFUSALS_MAX = 20,
    INVITATION_DAYS_MAX = 366,
    INVITATION_DAYS = 30, // when the file does not say
    INVITATION_KEEP_YEARS_MAX = 30,
};

struct invitation_ground {
    struct text id, article, purpose; // "take_charge", "AMMR:39", word of access.json
    uint32_t to;                      // roles of authorities that may be invited
    const struct text *tells;         // "family_name", "birth_date": of INVITATION_TELLABLE
    size_t tell_count;
    int64_t keep_years; // how long the link is kept at most
};
struct invitation_law {
    struct {
        struct invitation_ground *items;
        size_t count, capacity;
    } grounds;
    const struct text *refusals; // codes of answers: "not_found"
    size_t refusal_count;
    int64_t answer_days; // what nobody answers is erased then
};
// What may be told of a person, ended by NULL. A pack chooses among these.
extern const char *const INVITATION_TELLABLE[];

// Parses a file. Problem: rule, field = JSON path.
enum status invitation_law_read(struct arena *a, struct text in, struct invitation_law *out,
                                struct problem *p);

struct pack;
const struct invitation_law *pack_invitations(const struct pack *pack); // NULL: none
const struct invitation_ground *invitation_ground_of(const struct invitation_law *law, struct text id);
bool invitation_tells(const struct invitation_ground *g, struct text name);
bool invitation_has_refusal(const struct invitation_law *law, struct text code);
