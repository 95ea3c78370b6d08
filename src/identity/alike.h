// alike.h - two names, token by token, inside this room.
#pragma once
#include "identity/compare.h"

// One name of a prepared record.
struct name_view {
    const struct prepared_token *token;
    const uint8_t *letters;
    size_t count;
    bool is_person, is_organisation;
};
// 0 to 1; *how is a word of the closed list in compare.h.
double names_alike(const struct name_view *x, const struct name_view *y, const char **how);
// At most that, known by weights alone: of words that are matched, of what they lack, of words left over on
// both sides, and on one.
double names_alike_most(double matched, double missed, double clash, double spare);

// Two words of names: 0 to 100, 0 when they have too little in common. *how gets what was needed.
enum alike_how {
    HOW_SCRIPT = 1,
    HOW_SPELLING = 2,
    HOW_NICKNAME = 4,
    HOW_INITIAL = 8,
    HOW_JOINED = 16,
    HOW_PART = 32,
    HOW_ORDER = 64,
    HOW_SERVANT = 128 // one of them without "abd"
};
int tokens_alike(const uint8_t *x_letters, const struct prepared_token *x, const uint8_t *y_letters,
                 const struct prepared_token *y, unsigned *how);
// Two runs of letters as one word each.
int runs_alike(struct text x, struct text y, bool x_no_vowels, bool y_no_vowels);
