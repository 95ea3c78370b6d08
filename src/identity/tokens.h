// tokens.h - a name taken apart into tokens of folded letters, inside this room.
#pragma once
#include "identity/compare.h"

enum { NAME_TOKENS_MAX = 24, NAME_LETTERS_MAX = 512, TOKEN_LETTERS_MAX = 40 };

// Being built: tokens and the letters that they point into.
struct tokens_of_name {
    struct prepared_token token[NAME_TOKENS_MAX];
    uint8_t letters[NAME_LETTERS_MAX]; // per token: folded Latin, then the letters of its own script
    size_t count, n;
    bool is_person, is_organisation;
    struct arena *arena;
};

// Adds the words of `t`. Never fails: what is beyond the limits is left out.
void tokens_add(struct tokens_of_name *t, struct text words, struct text language);
// Says of each token what it is, once all parts of the name are added.
void tokens_finish(struct tokens_of_name *t);

static inline struct text token_text(const uint8_t *letters, const struct prepared_token *t) {
    return (struct text){(const char *)letters + t->at, t->length};
}
