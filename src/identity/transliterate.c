// A name in Latin letters: by the tables of 9303-3 where they reach, by ICU elsewhere.
#include "identity/identity.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include "identity/letters.h"
#include "identity/unicode.h"

enum {
    ALEF_MADDA = 0x0622,
    SHADDA = 0x0651,
    TATWEEL = 0x0640,
    TEH_MARBUTA = 0x0629,
    ALEF = 0x0627,
    WAW = 0x0648
};

static UScriptCode script_of(uint32_t c) {
    UErrorCode e = U_ZERO_ERROR;
    UScriptCode s = uscript_getScript((UChar32)c, &e);
    return U_SUCCESS(e) ? s : USCRIPT_COMMON;
}

struct text identity_script(struct text t) {
    struct {
        UScriptCode script;
        size_t count;
    } seen[8] = {0};
    size_t kinds = 0, best = 0;
    for (size_t at = 0; at < t.n;) {
        uint32_t c = text_codepoint(t, &at);
        UScriptCode s = script_of(c);
        if (!u_isalpha((UChar32)c) || s == USCRIPT_COMMON || s == USCRIPT_INHERITED || s == USCRIPT_UNKNOWN)
            continue;
        size_t i = 0;
        while (i < kinds && seen[i].script != s) i++;
        if (i == sizeof seen / sizeof *seen) continue;
        if (i == kinds) seen[kinds++].script = s;
        seen[i].count++;
    }
    if (kinds == 0) return T("Zyyy");
    for (size_t i = 1; i < kinds; i++)
        if (seen[i].count > seen[best].count) best = i;
    return text_of(uscript_getShortName(seen[best].script));
}

// What is being written. Letters arrive one by one; `latin` gets the case, `mrz` the fillers.
struct writing {
    struct out latin, mrz;
    bool word;                              // inside a word
    bool doubled;                           // the last letter had its shadda
    size_t last_latin, latin_end, last_mrz; // what the last letter (not mark) wrote, for shadda
    size_t word_latin, word_mrz;
};

static void end_word(struct writing *w, uint32_t separator) {
    w->word = false;
    if (separator) out_codepoint(&w->latin, separator);
    if (w->mrz.n && w->mrz.p[w->mrz.n - 1] != '<') out_byte(&w->mrz, '<');
}

static void begin_letter(struct writing *w, bool mark) {
    if (!mark) {
        w->last_latin = w->latin_end = w->latin.n;
        w->last_mrz = w->mrz.n;
        w->doubled = false;
    }
    if (w->word) return;
    w->word = true;
    w->word_latin = w->latin.n;
    w->word_mrz = w->mrz.n;
}

// 9303-3, C: shadda doubles what stands for the letter before it. For reading, single letters are doubled
// ("mm"), pairs are not ("sh"). A vowel mark may stand between the letter and its shadda.
static void double_letter(struct writing *w) {
    if (w->doubled) return; // one is enough; a thousand would double a thousand times
    w->doubled = true;
    size_t n = w->mrz.n - w->last_mrz;
    for (size_t i = 0; i < n; i++) out_byte(&w->mrz, w->mrz.p[w->last_mrz + i]);
    if (w->latin_end - w->last_latin != 1) return;
    char *p = w->latin.p + w->latin_end, letter = (char)(p[-1] | 0x20);
    for (size_t i = w->latin_end; i < w->latin.n; i++, p++) {
        char next = *p;
        *p = letter;
        letter = next;
    }
    out_byte(&w->latin, letter);
}

// Reading form of one letter: upper case throughout when a neighbour is upper case too (ЩУКА), else only its
// first.
static void put_latin(struct writing *w, struct text lower, bool upper, bool neighbour_upper) {
    for (size_t at = 0; at < lower.n;) {
        uint32_t c = text_codepoint(lower, &at);
        out_codepoint(&w->latin, upper ? (uint32_t)u_toupper((UChar32)c) : c);
        upper = upper && neighbour_upper;
    }
}

static struct text lower_ascii(char *buffer, size_t size, const char *upper) {
    size_t n = 0;
    for (; upper[n] && n < size; n++)
        buffer[n] = upper[n] >= 'A' && upper[n] <= 'Z' ? (char)(upper[n] + 32) : upper[n];
    return (struct text){buffer, n};
}

// Waw and yeh are consonants before another vowel letter, vowels elsewhere; the zone does not care.
static const char *arabic_reading(const struct letter *l, uint32_t code, uint32_t next) {
    bool vowel_next =
        next == ALEF || next == ALEF_MADDA || (next >= 0x064E && next <= 0x0650) || next == TEH_MARBUTA;
    if (code == WAW && vowel_next) return "w";
    if ((code == 0x064A || code == 0x06CC) && (vowel_next || next == WAW)) return "y";
    return l->latin;
}

// A vowel mark before its long letter is one vowel to the reader: "Musa", not "Muusa".
static bool repeats_vowel(const struct writing *w, struct text lower) {
    if (lower.n != 1 || w->latin.n == w->word_latin) return false;
    char last = w->latin.p[w->latin.n - 1];
    return (lower.p[0] == 'a' || lower.p[0] == 'i' || lower.p[0] == 'u') && (last | 0x20) == lower.p[0];
}

static void put_letter(struct writing *w, const struct letter *l, uint32_t c, uint32_t next, bool caps) {
    bool first = !w->word;
    bool mark = unicode_is_mark(l->code);
    begin_letter(w, mark);
    bool arabic = l->code >= 0x0600 && l->code <= 0x06FF;
    // 9303-3, C: XAH at the end of a name component, XTA elsewhere. The reading form ends in a as it is
    // spoken.
    bool at_end = !(u_isalpha((UChar32)next) || unicode_is_mark(next));
    const char *mrz = first && l->first_mrz ? l->first_mrz : l->mrz;
    if (l->code == TEH_MARBUTA && at_end) mrz = "XAH";
    out_c(&w->mrz, mrz);
    const char *latin = first && l->first_latin ? l->first_latin
                        : arabic                ? arabic_reading(l, l->code, next)
                                                : l->latin;
    char buffer[8];
    struct text lower = latin ? text_of(latin) : lower_ascii(buffer, sizeof buffer, mrz);
    if (arabic && repeats_vowel(w, lower)) return;
    put_latin(w, lower, arabic ? w->latin.n == w->word_latin : u_isupper((UChar32)c), caps);
    if (!mark) w->latin_end = w->latin.n;
}

// A Latin letter outside the table: itself for reading, its base letters for the zone.
static void put_latin_letter(struct arena *a, struct writing *w, uint32_t c) {
    begin_letter(w, false);
    out_codepoint(&w->latin, c);
    struct out one = {.arena = a};
    out_codepoint(&one, c);
    struct text base = unicode_without_marks(a, out_done(&one));
    for (size_t i = 0; i < base.n; i++) {
        char b = base.p[i];
        if (b >= 'a' && b <= 'z') b = (char)(b - 32);
        if (b >= 'A' && b <= 'Z') out_byte(&w->mrz, b);
    }
}

// A run of letters in a script without a table.
static void put_foreign(struct arena *a, struct writing *w, struct text run, UScriptCode script, bool cased) {
    struct text latin = unicode_without_marks(a, unicode_any_latin(a, run, script));
    for (size_t at = 0; at < latin.n;) {
        uint32_t c = text_codepoint(latin, &at);
        if (!u_isalpha((UChar32)c)) {
            if (u_isspace((UChar32)c) && w->word) end_word(w, ' ');
            continue;
        }
        const struct letter *l = icao_letter((uint32_t)u_toupper((UChar32)c), RULES_PLAIN_VOWELS);
        if (!cased) c = w->word ? (uint32_t)u_tolower((UChar32)c) : (uint32_t)u_toupper((UChar32)c);
        if (script_of(c) != USCRIPT_LATIN) continue;
        if (l)
            put_letter(w, l, c, 'x', false);
        else
            put_latin_letter(a, w, c);
    }
}

static bool has_table(UScriptCode s) {
    return s == USCRIPT_LATIN || s == USCRIPT_CYRILLIC || s == USCRIPT_ARABIC;
}

static uint32_t peek(struct text t, size_t at) {
    return at < t.n ? text_codepoint(t, &at) : 0;
}

static bool is_caps(struct text t, size_t before, size_t after) {
    uint32_t next = peek(t, after);
    if (u_isalpha((UChar32)next)) return u_isupper((UChar32)next);
    uint32_t previous = 0; // at the end of a word the letter before decides
    for (size_t at = 0; at < before;) previous = text_codepoint(t, &at);
    return u_isupper((UChar32)previous);
}

// Where the run of letters and marks of the script of the letter at `from` ends.
static size_t run_end(struct text t, size_t from, UScriptCode script) {
    size_t at = from;
    while (at < t.n) {
        size_t next = at;
        uint32_t c = text_codepoint(t, &next);
        UScriptCode s = script_of(c);
        if (s != script && !(unicode_is_mark(c) && s == USCRIPT_INHERITED)) break;
        at = next;
    }
    return at;
}

static void put_other(struct writing *w, uint32_t c) {
    bool quote =
        c == '\'' || c == 0x2019 || c == 0x02BC || c == 0x02BB || c == '`' || c == 0x2018 || c == 0x02BF;
    if (quote && w->word) {
        out_codepoint(&w->latin, c); // 9303-3, 4.6: apostrophes are left out, the parts are not separated
    } else if (u_isspace((UChar32)c) || c == '<' || c == ',') {
        if (w->word)
            end_word(w, c == ',' ? ',' : ' ');
        else if (w->latin.n && w->latin.p[w->latin.n - 1] == ',')
            out_byte(&w->latin, ' ');
    } else if (c == '-' || c == 0x2010 || c == 0x2011 || c == 0x2013 || c == '/') {
        if (w->word) end_word(w, '-');
    } else if (c == '.' && w->word) {
        out_byte(&w->latin, '.');
    }
}

static void write_all(struct arena *a, struct writing *w, struct text t, enum letter_rules rules) {
    for (size_t at = 0; at < t.n;) {
        size_t begin = at;
        uint32_t c = text_codepoint(t, &at);
        UScriptCode s = script_of(c);
        const struct letter *l = icao_letter(c, rules);
        if (!l) l = icao_letter((uint32_t)u_toupper((UChar32)c), rules);
        if (c == SHADDA) {
            if (w->word) double_letter(w);
        } else if (l) {
            uint32_t next = peek(t, at);
            size_t after = at;
            if (next == SHADDA) (void)text_codepoint(t, &after), next = peek(t, after);
            put_letter(w, l, c, next, is_caps(t, begin, at));
        } else if (c == TATWEEL || unicode_is_mark(c) || u_charType((UChar32)c) == U_FORMAT_CHAR) {
            // 200C parts letters on screen only; it is not a space between names
        } else if (u_isalpha((UChar32)c) && s == USCRIPT_LATIN) {
            put_latin_letter(a, w, c);
        } else if (u_isalpha((UChar32)c) && s == USCRIPT_CYRILLIC) {
            put_foreign(a, w, text_slice(t, begin, at), s, true);
        } else if (u_isalpha((UChar32)c)) {
            at = has_table(s) ? at : run_end(t, at, s);
            bool cased = u_hasBinaryProperty((UChar32)c, UCHAR_CASED) && s != USCRIPT_GEORGIAN;
            put_foreign(a, w, text_slice(t, begin, at), s, cased);
        } else {
            put_other(w, c);
        }
    }
}

static struct text trimmed(struct text t, char also) {
    while (t.n && (t.p[t.n - 1] == also || t.p[t.n - 1] == ' ' || t.p[t.n - 1] == ',')) t.n--;
    return t;
}

enum status identity_transliterate(struct arena *a, struct text t, struct text language, struct text *latin,
                                   struct text *mrz) {
    if (t.n > IDENTITY_TEXT_MAX) return STATUS_TOO_LARGE;
    if (!text_is_utf8(t)) return STATUS_INVALID;
    struct writing w = {.latin = {.arena = a}, .mrz = {.arena = a}};
    write_all(a, &w, unicode_normal(a, t, UNICODE_NFC), icao_rules_of(language));
    if (latin) *latin = trimmed(out_done(&w.latin), '-');
    if (mrz) *mrz = trimmed(out_done(&w.mrz), '<');
    return STATUS_OK;
}
