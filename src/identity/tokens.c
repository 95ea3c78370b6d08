// From a name in any script to tokens: words in folded Latin letters (a to z, 0 to 9), and in the letters of
// their own script where two writings of that script are compared.
#include "identity/tokens.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include "identity/distance.h"
#include "identity/identity.h"
#include "identity/search.h"
#include "identity/unicode.h"
#include "identity/words.h"

enum { LEGAL_WORDS_MAX = 4 }; // of the longest legal form

static bool is_apostrophe(uint32_t c) {
    return c == '\'' || c == '`' || c == 0x2019 || c == 0x2018 || c == 0x02BC || c == 0x02BB || c == 0x02BF ||
           c == 0x02BE || c == 0xB4;
}

static bool is_word_letter(uint32_t c) {
    if (c < 0x80) return (c | 0x20) - 'a' < 26 || c - '0' < 10;
    return u_isalnum((UChar32)c) || unicode_is_mark(c) || c == 0x0640 ||
           u_charType((UChar32)c) == U_FORMAT_CHAR;
}

// Letters that stay when marks are gone.
static const char *base_letters(uint32_t c) {
    switch (c) {
    case 0xC6:
    case 0xE6: return "ae";
    case 0x152:
    case 0x153: return "oe";
    case 0xD8:
    case 0xF8: return "o";
    case 0xDF:
    case 0x1E9E: return "ss";
    case 0xDE:
    case 0xFE: return "th";
    case 0x110:
    case 0x111:
    case 0xD0:
    case 0xF0: return "d";
    case 0x141:
    case 0x142: return "l";
    case 0x131: return "i";
    case 0x18F:
    case 0x259: return "e";
    case 0x14A:
    case 0x14B: return "n";
    default: return NULL;
    }
}

static enum prepared_script script_code(uint32_t c) {
    UErrorCode e = U_ZERO_ERROR;
    switch (uscript_getScript((UChar32)c, &e)) {
    case USCRIPT_LATIN: return SCRIPT_LATIN;
    case USCRIPT_CYRILLIC: return SCRIPT_CYRILLIC;
    case USCRIPT_ARABIC: return SCRIPT_ARABIC;
    case USCRIPT_HEBREW: return SCRIPT_HEBREW;
    case USCRIPT_HAN: return SCRIPT_HAN;
    default: return SCRIPT_OTHER;
    }
}

static struct prepared_token *token_open(struct tokens_of_name *t) {
    if (t->count == NAME_TOKENS_MAX || t->n + 2 * TOKEN_LETTERS_MAX > NAME_LETTERS_MAX) return NULL;
    struct prepared_token *k = &t->token[t->count++];
    *k = (struct prepared_token){.at = (uint16_t)t->n};
    return k;
}

static void token_letter(struct tokens_of_name *t, struct prepared_token *k, char c) {
    if (c >= 'A' && c <= 'Z') c = (char)(c + 32);
    bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (!fits || k->length == TOKEN_LETTERS_MAX) return;
    t->letters[t->n++] = (uint8_t)c;
    k->length++;
}

// Folded letters of a Latin text; a new token at each space.
static void add_latin(struct tokens_of_name *t, struct text latin, enum prepared_script script) {
    struct prepared_token *k = NULL;
    struct text d = unicode_normal(t->arena, latin, UNICODE_NFKD);
    for (size_t at = 0; at < d.n;) {
        uint32_t c = text_codepoint(d, &at);
        if (c == ' ' || c == '-') k = NULL;
        if (!u_isalnum((UChar32)c)) continue;
        if (!k && !(k = token_open(t))) return;
        k->script = (uint8_t)script;
        const char *base = base_letters(c);
        for (; base && *base; base++) token_letter(t, k, *base);
        if (c < 0x80) token_letter(t, k, (char)c);
    }
}

// The letters of the word's own script, one byte each, after those that are Latin.
static void add_native(struct tokens_of_name *t, struct prepared_token *k, struct text word) {
    struct text key = identity_search_key(t->arena, word);
    for (size_t at = 0; at < key.n && k->native_length < TOKEN_LETTERS_MAX;) {
        uint32_t c = text_codepoint(key, &at);
        if (c < 0x80 || !u_isalpha((UChar32)c)) continue;
        t->letters[t->n++] = (uint8_t)(c & 0xFF);
        k->native_length++;
    }
}

// A word of Han is a name of one or two letters each; what they say is in their signs, not in their sound.
static void mark_han(struct tokens_of_name *t, size_t from, struct text word) {
    size_t at = 0;
    for (size_t i = from; i < t->count && at < word.n; i++)
        t->token[i].word = (uint16_t)text_codepoint(word, &at);
}

static void add_foreign(struct tokens_of_name *t, struct text word, struct text language,
                        enum prepared_script script) {
    // in Arabic script the article is one word with its noun
    struct text latin, apart = word;
    if (script == SCRIPT_ARABIC) apart = identity_arabic_apart(t->arena, identity_search_key(t->arena, word));
    if (identity_transliterate(t->arena, apart, language, &latin, NULL)) return;
    size_t from = t->count;
    add_latin(t, latin, script);
    if (script == SCRIPT_HAN) mark_han(t, from, word);
    bool has_table = script == SCRIPT_ARABIC || script == SCRIPT_HEBREW || script == SCRIPT_CYRILLIC;
    if (has_table && t->count == from + 1) add_native(t, &t->token[from], word);
}

static void add_word(struct tokens_of_name *t, struct text word, struct text language, bool ascii) {
    if (!ascii) {
        size_t at = 0;
        enum prepared_script script = script_code(text_codepoint(word, &at));
        if (script == SCRIPT_LATIN)
            add_latin(t, word, script);
        else
            add_foreign(t, word, language, script);
        return;
    }
    struct prepared_token *k = token_open(t);
    for (size_t i = 0; k && i < word.n; i++) token_letter(t, k, word.p[i]);
}

// "S.C.", "A/S": letters that stand alone and close together are one word.
static bool is_joined(struct text words, size_t begin, size_t end, size_t last_end) {
    if (end - begin != 1 || !last_end || begin != last_end + 1) return false;
    return words.p[last_end] == '.' || words.p[last_end] == '/';
}

static void join_last(struct tokens_of_name *t, char letter) {
    struct prepared_token *k = &t->token[t->count - 1];
    token_letter(t, k, letter);
    k->flags |= TOKEN_ACRONYM;
}

static void add_words(struct tokens_of_name *t, struct text words, struct text language) {
    size_t single_end = 0; // where the last single letter ended
    bool mixed = false;    // where all is in capitals, capitals say nothing
    for (size_t i = 0; i < words.n; i++) mixed |= words.p[i] >= 'a' && words.p[i] <= 'z';
    for (size_t at = 0; at < words.n;) {
        size_t begin = at, end = at;
        bool ascii = true, capitals = true;
        while (at < words.n) {
            uint32_t c = text_codepoint(words, &at);
            if (!is_word_letter(c) && !(is_apostrophe(c) && end > begin)) break;
            if (c >= 0x80) ascii = false;
            if (c >= 'a' && c <= 'z') capitals = false;
            end = at;
        }
        if (end == begin) {
            if (begin < words.n && words.p[begin] == '&') add_word(t, T("and"), language, true);
            continue;
        }
        size_t before = t->count;
        if (before && is_joined(words, begin, end, single_end))
            join_last(t, words.p[begin]);
        else
            add_word(t, text_slice(words, begin, end), language, ascii);
        single_end = end - begin == 1 && ascii ? end : 0;
        if (t->count == before + 1 && ascii && mixed && capitals && end - begin > 1 && end - begin <= 3)
            t->token[before].flags |= TOKEN_ACRONYM;
    }
}

void tokens_add(struct tokens_of_name *t, struct text words, struct text language) {
    add_words(t, text_head(words, IDENTITY_TEXT_MAX), language);
}

// "abdul aziz", "abd al aziz" and "abdulaziz" are one name: "abdaziz".
static void join_servants(struct tokens_of_name *t) {
    size_t to = 0;
    for (size_t i = 0; i < t->count; i++) {
        struct prepared_token k = t->token[i];
        struct text w = token_text(t->letters, &k), rest = identity_servant_rest(w);
        bool alone = identity_is_servant(w) && i + 1 < t->count;
        if (alone) {
            if (i + 2 < t->count && identity_is_article(token_text(t->letters, &t->token[i + 1]))) i++;
            rest = token_text(t->letters, &t->token[++i]);
            k.script = t->token[i].script;
            if (text_eq(rest, T("allah"))) rest = T("lah");
        }
        if (rest.n && rest.n + 3 <= TOKEN_LETTERS_MAX && t->n + rest.n + 3 <= NAME_LETTERS_MAX) {
            k.at = (uint16_t)t->n;
            memcpy(t->letters + t->n, "abd", 3);
            memmove(t->letters + t->n + 3, rest.p, rest.n);
            t->n += rest.n + 3;
            k.length = (uint8_t)(rest.n + 3);
            k.native_length = 0;
        }
        t->token[to++] = k;
    }
    t->count = to;
}

static size_t digits_in(struct text w) {
    size_t n = 0;
    for (size_t i = 0; i < w.n; i++) n += w.p[i] >= '0' && w.p[i] <= '9';
    return n;
}

// "ig0r": digits inside of a word are letters that somebody disguised or a scanner misread.
static void undisguise(uint8_t *p, size_t n) {
    static const char LOOKS[] = "oizeasbtbg"; // 0 to 9
    for (size_t i = 0; i < n; i++)
        if (p[i] >= '0' && p[i] <= '9') p[i] = (uint8_t)LOOKS[p[i] - '0'];
}

// "1st" is 1.
static struct text without_ordinal(struct text w) {
    static const char *const ENDS[] = {"st", "nd", "rd", "th"};
    for (size_t i = 0; i < 4; i++)
        if (w.n > 2 && text_ends(w, text_of(ENDS[i])) && digits_in(w) == w.n - 2)
            return text_slice(w, 0, w.n - 2);
    return w;
}

static uint16_t number_value(struct text w) {
    w = without_ordinal(w);
    uint32_t h = 0;
    for (size_t i = 0; i < w.n; i++)
        h = w.p[i] >= '0' && w.p[i] <= '9' ? h * 10 + (uint32_t)(w.p[i] - '0') : h * 31 + (uint8_t)w.p[i];
    return (uint16_t)(h % 65521 ? h % 65521 : 1);
}

static uint8_t weight_of(const struct prepared_token *k) {
    switch (k->kind) {
    case TOKEN_PARTICLE: return 8;
    case TOKEN_CHILD: return 8;
    case TOKEN_TITLE: return 15;
    case TOKEN_LEGAL: return 20;
    case TOKEN_TRADE: return 75;
    case TOKEN_INITIAL: return 40;
    case TOKEN_NUMBER: return 70;
    default: return k->length <= 2 ? 70 : k->length == 3 ? 85 : 100;
    }
}

static void classify(struct tokens_of_name *t, struct prepared_token *k) {
    struct text w = token_text(t->letters, k);
    size_t digits = digits_in(w);
    if (digits && digits * 3 <= w.n && digits_in(text_slice(w, 0, 1)) == 0 &&
        digits_in(text_slice(w, w.n - 1, w.n)) == 0)
        undisguise(t->letters + k->at, k->length), digits = 0;
    struct word word = identity_word(w);
    unsigned roman = t->is_organisation ? identity_roman(w) : 0;
    k->kind = TOKEN_NAME;
    if (digits) {
        k->kind = TOKEN_NUMBER, k->word = number_value(w);
    } else if (roman) {
        k->kind = TOKEN_NUMBER, k->word = (uint16_t)roman;
    } else if (w.n == 1 && k->script != SCRIPT_HAN) {
        k->kind = TOKEN_INITIAL;
    } else if (word.kind == WORD_NUMBER && !t->is_person) {
        k->kind = TOKEN_NUMBER, k->word = word.value;
    } else if (word.kind == WORD_PARTICLE) {
        k->kind = TOKEN_PARTICLE;
    } else if (word.kind == WORD_CHILD) {
        k->kind = TOKEN_CHILD;
    } else if (word.kind == WORD_TITLE) {
        k->kind = TOKEN_TITLE;
    } else if (word.kind == WORD_TRADE && !t->is_person) {
        k->kind = TOKEN_TRADE;
    }
    if (k->kind == TOKEN_NAME && k->script != SCRIPT_HAN) k->word = identity_nickname(w);
}

// How many of the last words are legal forms.
static size_t legal_tail(const struct text *word, size_t count) {
    size_t tail = count;
    for (bool more = true; more;) {
        more = false;
        for (size_t n = tail - 1 < LEGAL_WORDS_MAX ? tail - 1 : LEGAL_WORDS_MAX; n && tail > 1 && !more;
             n--) {
            uint16_t form;
            more = identity_legal_form(word + tail - n, n, &form) == n;
            if (more) tail -= n;
        }
    }
    return count - tail;
}

// Legal forms stand at one of the two ends; elsewhere the same letters are a name ("Co", "Sa").
static void find_legal(struct tokens_of_name *t) {
    struct text word[NAME_TOKENS_MAX];
    for (size_t i = 0; i < t->count; i++) word[i] = token_text(t->letters, &t->token[i]);
    size_t to = 0, tail = t->count - legal_tail(word, t->count);
    for (size_t i = 0; i < t->count;) {
        uint16_t form = 0;
        size_t n = i == 0 || i >= tail ? identity_legal_form(word + i, t->count - i, &form) : 0;
        struct prepared_token k = t->token[i];
        bool only = n == t->count;
        if (n && !only) {
            k.kind = TOKEN_LEGAL, k.word = form;
            t->is_organisation = true;
        }
        t->token[to++] = k;
        i += n && !only ? n : 1;
    }
    t->count = to;
}

// Two words of a number are one: "forty four".
static void join_numbers(struct tokens_of_name *t) {
    size_t to = 0;
    for (size_t i = 0; i < t->count; i++) {
        struct prepared_token *k = &t->token[i], *last = to ? &t->token[to - 1] : NULL;
        bool words = last && last->kind == TOKEN_NUMBER && k->kind == TOKEN_NUMBER &&
                     digits_in(token_text(t->letters, last)) == 0;
        if (words && last->word >= 20 && last->word < 100 && last->word % 10 == 0 && k->word < 10)
            last->word = (uint16_t)(last->word + k->word);
        else
            t->token[to++] = *k;
    }
    t->count = to;
}

void tokens_finish(struct tokens_of_name *t) {
    join_servants(t);
    if (!t->is_person) find_legal(t);
    for (size_t i = 0; i < t->count && !t->is_person; i++)
        if (identity_word(token_text(t->letters, &t->token[i])).kind == WORD_TRADE) t->is_organisation = true;
    bool child = false;
    for (size_t i = 0; i < t->count; i++) {
        struct prepared_token *k = &t->token[i];
        if (k->kind != TOKEN_LEGAL) classify(t, k);
        k->weight = weight_of(k);
        if (child && k->kind != TOKEN_PARTICLE) k->flags |= TOKEN_FATHER;
        if (k->kind != TOKEN_PARTICLE) child = k->kind == TOKEN_CHILD;
        if (k->script == SCRIPT_ARABIC || k->script == SCRIPT_HEBREW) k->flags |= TOKEN_NO_VOWELS;
        k->letters = letters_seen(token_text(t->letters, k));
        k->sound = letters_sound(token_text(t->letters, k));
    }
    if (!t->is_person) join_numbers(t);
}
