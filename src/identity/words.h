// words.h - words of names that are not names themselves, inside this room: articles, titles, legal forms,
// numbers; and short forms of given names. All in folded letters (tokens.h).
#pragma once
#include "base/text.h"

enum word_kind {
    WORD_NAME,
    WORD_PARTICLE, // "al", "von", "of"
    WORD_CHILD,    // "bin", "ibn", "binti": the father's name follows
    WORD_TITLE,    // "dr", "haji"
    WORD_TRADE,    // "bank", "holding": common in names of organisations
    WORD_NUMBER    // "forty"; `value` is the number
};
struct word {
    enum word_kind kind;
    uint16_t value;
};
// What the word is; WORD_NAME when it is in no list.
struct word identity_word(struct text letters);

// Legal forms ("ltd", "joint stock company"): how many of `words` one of them takes up, 0 for none.
size_t identity_legal_form(const struct text *words, size_t count, uint16_t *form);

// 1 to 20 written in Roman numbers, 0 for anything else.
unsigned identity_roman(struct text letters);

// Group of given names that are used for one another ("bob", "robert"), 0 for none.
uint16_t identity_nickname(struct text letters);
