// Two words of names.
#include <math.h>
#include <string.h>

#include "identity/alike.h"
#include "identity/distance.h"
#include "identity/graphemes.h"

enum {
    LEAST = 45, // below it two words are said to differ
    INITIAL = 80,
    ABBREVIATED = 85,
    NICKNAME = 75,
    NUMBER_NEAR = 50, // one character differs: as likely a slip as another number
    ARTICLE = 94,     // "alhassan", "hassan"
    SERVANT = 90,     // "abdaziz", "aziz"
    SAME_SOUND = 72   // same consonants, vowels at will
};

// Alef and lam, as letters of a prepared token.
#define ARABIC_ARTICLE T("\x27\x44")

int runs_alike(struct letter_run x, struct letter_run y, int least) {
    if (y.no_vowels && !x.no_vowels) {
        struct letter_run z = x;
        x = y, y = z;
    }
    size_t longer = x.letters.n > y.letters.n ? x.letters.n : y.letters.n;
    unsigned bound = letters_bound((unsigned)least, longer);
    unsigned d = letters_distance(x.letters, y.letters, x.no_vowels && !y.no_vowels, bound);
    if (d > bound) return 0;
    return (int)(100 * letters_likeness(d, longer));
}

// Too many letters that only one of them has.
static bool is_hopeless(const struct word_view *x, const struct word_view *y) {
    size_t longer = x->letters.n > y->letters.n ? x->letters.n : y->letters.n;
    size_t shorter = x->letters.n > y->letters.n ? y->letters.n : x->letters.n;
    if ((x->token->flags | y->token->flags) & TOKEN_NO_VOWELS) return shorter * 3 < longer;
    return shorter * 5 < longer * 3 ||
           letters_least_distance(x->counts, y->counts) > letters_bound(LEAST, longer);
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

static bool is_han(const struct prepared_token *t) {
    return t->script == SCRIPT_HAN && t->word;
}

static bool share_nickname(const struct prepared_token *x, const struct prepared_token *y) {
    return x->kind == TOKEN_NAME && y->kind == TOKEN_NAME && x->word && x->word == y->word && !is_han(x) &&
           !is_han(y);
}

// "intl", "dept": letters of a common word in their order, with its first one.
static bool is_short_for(const struct word_view *x, const struct word_view *y) {
    if (x->letters.n > y->letters.n) {
        const struct word_view *z = x;
        x = y, y = z;
    }
    if (y->token->kind != TOKEN_TRADE || x->letters.n < 3 || x->letters.n > 6 ||
        y->letters.n < x->letters.n + 3)
        return false;
    if (x->letters.p[0] != y->letters.p[0]) return false;
    size_t k = 0;
    for (size_t i = 0; i < y->letters.n && k < x->letters.n; i++) k += y->letters.p[i] == x->letters.p[k];
    return k == x->letters.n;
}

static int spelling_alike(const struct word_view *x, const struct word_view *y, unsigned *how) {
    struct letter_run a = {x->letters, x->token->flags & TOKEN_NO_VOWELS},
                      b = {y->letters, y->token->flags & TOKEN_NO_VOWELS};
    int alike = is_hopeless(x, y) ? 0 : runs_alike(a, b, LEAST);
    *how |= HOW_SPELLING;
    size_t more = x->letters.n > y->letters.n ? x->letters.n - y->letters.n : y->letters.n - x->letters.n;
    if (alike < ARTICLE && (more == 2 || more == 3)) {
        int prefixed = prefixed_alike(x->letters, y->letters, how);
        if (prefixed > alike) alike = prefixed;
    }
    if (alike < SAME_SOUND && alike >= LEAST && x->token->sound && x->token->sound == y->token->sound)
        alike = SAME_SOUND;
    if (alike < ABBREVIATED && is_short_for(x, y)) return ABBREVIATED;
    return alike < LEAST ? 0 : alike;
}

bool token_graphemes(const struct prepared_token *t, enum graphemes_script *s) {
    if (!t->native_length) return false;
    switch (t->script) {
    case SCRIPT_ARABIC: return *s = GRAPHEMES_ARABIC, true;
    case SCRIPT_HEBREW: return *s = GRAPHEMES_HEBREW, true;
    case SCRIPT_CYRILLIC: return *s = GRAPHEMES_CYRILLIC, true;
    default: return false;
    }
}

bool letters_only(struct text w) {
    for (size_t i = 0; i < w.n; i++)
        if (w.p[i] < 'a') return false;
    return w.n > 0;
}

struct text without_article(enum graphemes_script s, struct text native) {
    if (s != GRAPHEMES_ARABIC || native.n <= 4 || !text_starts(native, ARABIC_ARTICLE)) return native;
    return text_slice(native, ARABIC_ARTICLE.n, native.n);
}

// What is known of a word from its writing in another script.
struct writing {
    double bits; // more than chance; negative: less
    double most; // what there is to know
};
static struct writing weigh(enum graphemes_script s, struct text native, struct text latin) {
    int native_cost = graphemes_native_cost(s, native), latin_cost = graphemes_latin_cost(s, latin);
    int both = native_cost + latin_cost, cost = graphemes_cost(s, native, latin, both);
    return (struct writing){(double)(both - cost) / GRAPHEMES_BIT,
                            sqrt((double)native_cost * latin_cost) / GRAPHEMES_BIT};
}

static struct writing weigh_writing(const struct word_view *x, const struct word_view *y) {
    enum graphemes_script s;
    if (token_graphemes(y->token, &s)) {
        const struct word_view *z = x;
        x = y, y = z;
    }
    if (!token_graphemes(x->token, &s) || y->token->script != SCRIPT_LATIN || !letters_only(y->letters))
        return (struct writing){-1, 1};
    struct writing w = weigh(s, x->native, y->letters);
    struct text rest = without_article(s, x->native);
    if (rest.n == x->native.n) return w;
    struct writing bare = weigh(s, rest, y->letters);
    return bare.bits * w.most > w.bits * bare.most ? bare : w;
}

double writing_bits(const struct word_view *x, const struct word_view *y) {
    return weigh_writing(x, y).bits;
}

// Measured: nine of ten true pairs have r above 0.36, one of a hundred of false ones above -0.4.
static int writing_alike(const struct word_view *x, const struct word_view *y) {
    struct writing w = weigh_writing(x, y);
    double r = w.bits / w.most, alike = 0.45 + 1.15 * r - 0.56 * r * r;
    return r <= 0 ? 0 : alike > 1 ? 100 : (int)(100 * alike);
}

int words_alike(const struct word_view *x, const struct word_view *y, unsigned *how) {
    const struct prepared_token *s = x->token, *t = y->token;
    if (is_han(s) && is_han(t)) return s->word == t->word ? 100 : 0;
    if (s->script != t->script) *how |= HOW_SCRIPT;
    bool number = s->kind == TOKEN_NUMBER, other_number = t->kind == TOKEN_NUMBER;
    if (number || other_number)
        return number && other_number ? numbers_alike(x->letters, s, y->letters, t) : 0;
    if (text_eq(x->letters, y->letters)) return 100;
    if ((s->flags & t->flags & TOKEN_ACRONYM) && s->length <= 4 && t->length <= 4)
        return 0; // each letter is a word
    if (s->kind == TOKEN_INITIAL || t->kind == TOKEN_INITIAL) {
        *how |= HOW_INITIAL;
        return initial_alike(x->letters, s, y->letters, t);
    }
    int alike = spelling_alike(x, y, how), writing = s->script != t->script ? writing_alike(x, y) : 0;
    if (writing > alike) alike = writing;
    if (alike >= NICKNAME || !share_nickname(s, t)) return alike;
    *how = (*how & ~(unsigned)HOW_SPELLING) | HOW_NICKNAME;
    return NICKNAME;
}

static struct word_view word_view_of(const uint8_t *letters, const struct prepared_token *t) {
    const char *p = (const char *)letters + t->at;
    struct text latin = {p, t->length};
    return (struct word_view){t, latin, {p + t->length, t->native_length}, letters_count(latin)};
}

int tokens_alike(const uint8_t *x_letters, const struct prepared_token *x, const uint8_t *y_letters,
                 const struct prepared_token *y, unsigned *how) {
    struct word_view a = word_view_of(x_letters, x), b = word_view_of(y_letters, y);
    return words_alike(&a, &b, how);
}
