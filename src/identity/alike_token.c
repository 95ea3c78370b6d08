// Two words of names.
#include <string.h>

#include "identity/alike.h"
#include "identity/distance.h"

enum {
    LEAST = 45, // below it two words are said to differ
    INITIAL = 80,
    NICKNAME = 75,
    NUMBER_NEAR = 50, // one character differs: as likely a slip as another number
    ARTICLE = 94,     // "alhassan", "hassan"
    SERVANT = 90,     // "abdaziz", "aziz"
    SAME_SOUND = 78   // same consonants, vowels at will
};

int runs_alike(struct text x, struct text y, bool x_no_vowels, bool y_no_vowels) {
    if (y_no_vowels && !x_no_vowels) {
        struct text z = x;
        x = y, y = z;
        x_no_vowels = true, y_no_vowels = false;
    }
    bool one_sided = x_no_vowels && !y_no_vowels;
    size_t longer = x.n > y.n ? x.n : y.n;
    unsigned bound = (unsigned)(longer * DISTANCE_ONE) * 42 / 100;
    unsigned d = letters_distance(x, y, one_sided, bound);
    if (d > bound) return 0;
    return (int)(100 * letters_likeness(d, longer));
}

// Letters that only one of them has cost at least half a letter each; so many cannot be made good.
static bool is_hopeless(const struct prepared_token *x, const struct prepared_token *y) {
    unsigned longer = x->length > y->length ? x->length : y->length;
    unsigned shorter = x->length > y->length ? y->length : x->length;
    if ((x->flags | y->flags) & TOKEN_NO_VOWELS) return shorter * 3 < longer;
    unsigned mine = (unsigned)__builtin_popcount(x->letters & ~y->letters);
    unsigned yours = (unsigned)__builtin_popcount(y->letters & ~x->letters);
    unsigned most = mine > yours ? mine : yours;
    return shorter * 5 < longer * 3 || most * 5 > longer * 4;
}

static bool starts_with(struct text w, const char *prefix, struct text *rest) {
    struct text p = text_of(prefix);
    if (!text_starts(w, p) || w.n < p.n + 3) return false;
    *rest = text_slice(w, p.n, w.n);
    return true;
}

// One with what is left of the other without article or "abd".
static int prefixed_alike(struct text x, struct text y, unsigned *how) {
    struct text rest;
    if (x.n < y.n) {
        struct text z = x;
        x = y, y = z;
    }
    if (x.n > y.n + 3) return 0;
    if ((starts_with(x, "al", &rest) || starts_with(x, "el", &rest)) && text_eq(rest, y)) return ARTICLE;
    if (starts_with(x, "abd", &rest) && text_eq(rest, y)) return *how |= HOW_SERVANT, SERVANT;
    return 0;
}

static int numbers_alike(struct text a, const struct prepared_token *x, struct text b,
                         const struct prepared_token *y) {
    if (x->word == y->word) return 100;
    size_t differ = a.n > b.n ? a.n - b.n : b.n - a.n;
    for (size_t i = 0; i < a.n && i < b.n; i++) differ += a.p[i] != b.p[i];
    return differ == 1 ? NUMBER_NEAR : 0;
}

static int initial_alike(struct text a, const struct prepared_token *x, struct text b,
                         const struct prepared_token *y) {
    if (x->kind == TOKEN_NUMBER || y->kind == TOKEN_NUMBER || !a.n || !b.n || a.p[0] != b.p[0]) return 0;
    return x->kind == y->kind ? 100 : INITIAL;
}

int tokens_alike(const uint8_t *x_letters, const struct prepared_token *x, const uint8_t *y_letters,
                 const struct prepared_token *y, unsigned *how) {
    struct text a = {(const char *)x_letters + x->at, x->length},
                b = {(const char *)y_letters + y->at, y->length};
    if (x->script == SCRIPT_HAN && y->script == SCRIPT_HAN && x->word && y->word)
        return x->word == y->word ? 100 : 0;
    if (x->script != y->script) *how |= HOW_SCRIPT;
    bool number = x->kind == TOKEN_NUMBER, other_number = y->kind == TOKEN_NUMBER;
    if (number || other_number) return number && other_number ? numbers_alike(a, x, b, y) : 0;
    if (text_eq(a, b)) return 100;
    if ((x->flags & y->flags & TOKEN_ACRONYM) && a.n <= 4 && b.n <= 4) return 0; // each letter is a word
    if (x->kind == TOKEN_INITIAL || y->kind == TOKEN_INITIAL) {
        *how |= HOW_INITIAL;
        return initial_alike(a, x, b, y);
    }
    int alike =
        is_hopeless(x, y) ? 0 : runs_alike(a, b, x->flags & TOKEN_NO_VOWELS, y->flags & TOKEN_NO_VOWELS);
    *how |= HOW_SPELLING;
    if (alike < ARTICLE && (a.n > b.n ? a.n - b.n : b.n - a.n) <= 3) {
        int prefixed = prefixed_alike(a, b, how);
        if (prefixed > alike) alike = prefixed;
    }
    if (alike < SAME_SOUND && alike >= LEAST && x->sound && x->sound == y->sound) alike = SAME_SOUND;
    bool names = x->kind == TOKEN_NAME && y->kind == TOKEN_NAME;
    if (alike < NICKNAME && names && x->word && x->word == y->word && x->script != SCRIPT_HAN &&
        y->script != SCRIPT_HAN) {
        *how = (*how & ~(unsigned)HOW_SPELLING) | HOW_NICKNAME;
        return NICKNAME;
    }
    return alike < LEAST ? 0 : alike;
}
