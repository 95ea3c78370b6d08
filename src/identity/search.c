// What a clerk types finds what a person is called, in spite of marks, articles, spellings and scripts.
#include "identity/search.h"

#include <unicode/uchar.h>

#include "identity/identity.h"
#include "identity/unicode.h"

enum { TOKENS_MAX = 32 };

struct tokens {
    struct text token[TOKENS_MAX];
    size_t count;
};

// Letters that writers of Arabic script use for one another.
static uint32_t unified(uint32_t c) {
    switch (c) {
    case 0x0671: return 0x0627; // alef wasla
    case 0x0649:
    case 0x06CC:
    case 0x06D2: return 0x064A; // alef maksura, Persian yeh, Urdu yeh
    case 0x06A9: return 0x0643; // Persian keheh
    case 0x0629:
    case 0x06C1:
    case 0x06C3:
    case 0x06BE:
    case 0x06D5: return 0x0647; // teh marbuta, Urdu heh
    case 0x06BA: return 0x0646;
    case 0x0131: return 'i'; // dotless i
    case 0x0142: return 'l';
    case 0x00F8: return 'o';
    case 0x0111:
    case 0x00F0: return 'd';
    case 0x0259: return 'e'; // Azerbaijani schwa
    default: return c;
    }
}

static bool is_dropped(uint32_t c) {
    return unicode_is_mark(c) || c == 0x0640 || c == 0x0621 || u_charType((UChar32)c) == U_FORMAT_CHAR ||
           c == '\'' || c == '`' || c == 0x2019 || c == 0x2018 || c == 0x02BC || c == 0x02BB || c == 0xFFFD;
}

// At most IDENTITY_TEXT_MAX bytes, not cut inside a character.
static struct text bounded(struct text t) {
    if (t.n <= IDENTITY_TEXT_MAX) return t;
    size_t n = IDENTITY_TEXT_MAX;
    while (n && ((uint8_t)t.p[n] & 0xC0) == 0x80) n--;
    return text_slice(t, 0, n);
}

struct text identity_search_key(struct arena *a, struct text t) {
    struct text d = unicode_normal(a, unicode_normal(a, bounded(t), UNICODE_NFKC_FOLD), UNICODE_NFKD);
    struct out o = {.arena = a};
    bool space = false;
    for (size_t at = 0; at < d.n;) {
        uint32_t c = text_codepoint(d, &at);
        if (is_dropped(c)) continue;
        if (!u_isalnum((UChar32)c)) {
            space = o.n > 0;
            continue;
        }
        if (space) out_byte(&o, ' ');
        space = false;
        if (u_isdigit((UChar32)c))
            out_byte(&o, (char)('0' + u_charDigitValue((UChar32)c)));
        else
            out_codepoint(&o, unified(c));
    }
    return out_done(&o);
}

static void key_add(struct identity_keys *k, struct text key) {
    if (!key.n || k->count == IDENTITY_KEYS_MAX) return;
    for (size_t i = 0; i < k->count; i++)
        if (text_eq(k->key[i], key)) return;
    k->key[k->count++] = key;
}

static struct tokens tokens_of(struct text key) {
    struct tokens t = {0};
    struct text part;
    while (t.count < TOKENS_MAX && text_cut(&key, ' ', &part))
        if (part.n) t.token[t.count++] = part;
    return t;
}

static bool is_one_of(struct text t, const char *const *words) {
    for (; *words; words++)
        if (text_eq(t, text_of(*words))) return true;
    return false;
}

// The Arabic article as it is written in Latin letters, with the consonants it takes on before others.
static const char *const ARTICLES[] = {"al", "el", "ul",  "il",  "ol", "l",  "ar", "er", "ur",
                                       "as", "es", "ash", "esh", "an", "en", "ad", "ed", "at",
                                       "et", "az", "ez",  "ud",  "us", "un", NULL};
static const char *const SERVANT[] = {"abd",    "abdel", "abdul", "abdal", "abdol",
                                      "abdoul", "abdu",  "abdo",  NULL};

bool identity_is_servant(struct text latin) {
    return is_one_of(latin, SERVANT);
}

bool identity_is_article(struct text latin) {
    return is_one_of(latin, ARTICLES);
}

static bool is_vowel(char c) {
    return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

// "rahman" of "abdulrahman", "abdurrahman", "abdelrahman"; "lah" of "abdullah"; empty when it is no such
// name.
struct text identity_servant_rest(struct text t) {
    if (!text_starts(t, T("abd")) || t.n < 7) return (struct text){0};
    size_t i = 3;
    while (i < t.n && is_vowel(t.p[i])) i++;
    if (i == 3) return (struct text){0};
    if (t.p[i] == 'l' && i + 2 < t.n) return text_slice(t, i + 1, t.n);
    if (i + 2 < t.n && t.p[i] == t.p[i + 1]) return text_slice(t, i + 1, t.n);
    return (struct text){0};
}

static struct text without_article(struct text t) {
    bool article = (text_starts(t, T("al")) || text_starts(t, T("el"))) && t.n >= 5 && !is_vowel(t.p[2]);
    return article ? text_slice(t, 2, t.n) : t;
}

// Articles away, the two halves of Abd al-X together: "abd al rahman", "abdulrahman" and "abdel rahman" are
// one.
static struct text without_articles(struct arena *a, const struct tokens *in, bool glued_too) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < in->count; i++) {
        struct text t = in->token[i];
        if (i + 1 < in->count && identity_is_article(t)) continue;
        if (o.n) out_byte(&o, ' ');
        struct text rest = identity_servant_rest(t);
        if (identity_is_servant(t) && i + 1 < in->count) {
            i++;
            if (i + 1 < in->count && identity_is_article(in->token[i])) i++;
            rest = in->token[i];
            if (text_eq(rest, T("allah"))) rest = T("lah");
        }
        if (rest.n) out_c(&o, "abd");
        out_text(&o, rest.n ? rest : glued_too ? without_article(t) : t);
    }
    return out_done(&o);
}

// Ae, oe, ue as German and Nordic zones write them, back to one letter.
static struct text without_umlaut_e(struct arena *a, struct text key) {
    struct out o = {.arena = a};
    for (size_t i = 0; i < key.n; i++) {
        char c = key.p[i];
        out_byte(&o, c);
        if ((c == 'a' || c == 'o' || c == 'u') && i + 1 < key.n && key.p[i + 1] == 'e')
            i++;
        else if (c == 'a' && i + 1 < key.n && key.p[i + 1] == 'a')
            i++;
    }
    return out_done(&o);
}

// Consonants by sound, one letter each; longest spelling first.
static const struct {
    const char *spelling;
    char sound;
} SOUNDS[] = {
    {"shch", 's'}, {"tsch", 's'}, {"sch", 's'}, {"tch", 's'}, {"kh", 'h'}, {"gh", 'g'}, {"sh", 's'},
    {"ch", 's'},   {"th", 't'},   {"dh", 'd'},  {"ph", 'f'},  {"dj", 'j'}, {"dz", 'z'}, {"zh", 'j'},
    {"ts", 's'},   {"ck", 'k'},   {"q", 'k'},   {"c", 'k'},   {"v", 'f'},  {"x", 'h'},  {"p", 'p'},
};

static char sound_at(struct text t, size_t *at) {
    for (size_t i = 0; i < sizeof SOUNDS / sizeof *SOUNDS; i++) {
        struct text s = text_of(SOUNDS[i].spelling);
        if (text_starts(text_slice(t, *at, t.n), s)) {
            *at += s.n;
            return SOUNDS[i].sound;
        }
    }
    return t.p[(*at)++];
}

// The consonants of one word, doubles once, with an 'a' for a vowel in front: vowels are what spellings
// differ in.
static void out_sounds(struct out *o, struct text t) {
    size_t begin = o->n;
    if (t.n > 3 && text_starts(t, T("ou")) && is_vowel(t.p[2])) t = text_slice(t, 2, t.n), out_byte(o, 'w');
    for (size_t at = 0; at < t.n;) {
        bool first = o->n == begin && at == 0;
        char c = sound_at(t, &at);
        if (first && is_vowel(c))
            out_byte(o, 'a');
        else if (first && (c == 'y' || c == 'j'))
            out_byte(o, 'y');
        else if (is_vowel(c) || c == 'y' || c == 'w') {
            if (first) out_byte(o, c);
        } else if (c == 'h' && at == t.n && o->n > begin)
            break; // Fatima, Fatimah
        else if (c & 0x80 || o->n == begin || o->p[o->n - 1] != c)
            out_byte(o, c); // bytes of one letter may repeat
    }
}

static struct text sounds(struct arena *a, struct text key) {
    struct tokens t = tokens_of(key);
    if (!t.count) return (struct text){0};
    struct out o = {.arena = a};
    out_byte(&o, '~');
    for (size_t i = 0; i < t.count; i++) {
        if (i) out_byte(&o, ' ');
        out_sounds(&o, t.token[i]);
    }
    return out_done(&o);
}

// In Arabic script the article is one word with its noun, and Abd al-X may be one or two.
struct text identity_arabic_apart(struct arena *a, struct text key) {
    struct tokens t = tokens_of(key);
    struct out o = {.arena = a};
    for (size_t i = 0; i < t.count; i++) {
        struct text w = t.token[i];
        if (i) out_byte(&o, ' ');
        if (text_starts(w, T("عبدال")) && w.n > T("عبدال").n)
            out_c(&o, "عبد "), w = text_slice(w, T("عبد").n, w.n);
        bool servant = o.n && text_ends(text_trim(out_done(&o)), T("عبد"));
        bool article = text_starts(w, T("ال")) && w.n > T("الله").n;
        if (servant && text_eq(w, T("الله")))
            w = T("لاه");
        else if (article)
            w = text_slice(w, T("ال").n, w.n);
        out_text(&o, w);
    }
    return out_done(&o);
}

struct identity_keys identity_name_keys(struct arena *a, struct text t, struct text language) {
    struct identity_keys k = {0};
    struct text own = identity_search_key(a, t), latin, mrz;
    bool arabic = text_eq(identity_script(own), T("Arab"));
    struct text source = arabic ? identity_arabic_apart(a, own) : unicode_normal(a, bounded(t), UNICODE_NFC);
    if (identity_transliterate(a, source, language, &latin, &mrz)) {
        key_add(&k, own);
        return k;
    }
    struct text plain = identity_search_key(a, latin);
    struct tokens words = tokens_of(plain);
    struct text short_form = without_articles(a, &words, false), shortest = without_articles(a, &words, true);
    key_add(&k, plain);
    key_add(&k, own);
    key_add(&k, short_form);
    key_add(&k, shortest);
    key_add(&k, without_umlaut_e(a, plain));
    if (!arabic) key_add(&k, identity_search_key(a, mrz));
    key_add(&k, sounds(a, without_umlaut_e(a, short_form)));
    key_add(&k, sounds(a, without_umlaut_e(a, shortest)));
    return k;
}
