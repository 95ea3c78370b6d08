// alike.h - two names, token by token, inside this room.
#pragma once
#include "identity/compare.h"
#include "identity/distance.h"
#include "identity/graphemes.h"

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
struct word_view {
    const struct prepared_token *token;
    struct text letters, native;
    letter_counts counts;
};
int words_alike(const struct word_view *x, const struct word_view *y, unsigned *how);
// The same of two tokens whose letters, and after them those of their own script, stand at `at`.
int tokens_alike(const uint8_t *x_letters, const struct prepared_token *x, const uint8_t *y_letters,
                 const struct prepared_token *y, unsigned *how);

// Whether learnt writings speak of this word, and of which script; a word of it without its article; whether
// they know all letters of a Latin word.
bool token_graphemes(const struct prepared_token *t, enum graphemes_script *s);
struct text without_article(enum graphemes_script s, struct text native);
bool letters_only(struct text latin);

// How many bits more than chance the word of one script says of the word of the other; negative: less.
double writing_bits(const struct word_view *x, const struct word_view *y);
double names_writing_bits(const struct name_view *x, const struct name_view *y);

// Two runs of letters as one word each; 0 when it would be below `least`.
struct letter_run {
    struct text letters;
    bool no_vowels;
};
int runs_alike(struct letter_run x, struct letter_run y, int least);
