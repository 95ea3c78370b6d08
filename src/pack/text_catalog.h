// text_catalog.h - every sentence a person reads: gettext .po files, keyed, one a language.
//
//     #: optional comments          `#, fuzzy` = made by a machine, until a speaker has checked it
//     msgid "form.birth_date.label"
//     msgstr "Date of birth"
//
// The key is the msgid ("context|key" when msgctxt is given). English is the source language: it says which
// keys and which {placeholders} there are. Nothing here is global; a catalogue is immutable once read.
#pragma once
#include <stdbool.h>
#include <stdint.h>

#include "base/date.h"
#include "base/problem.h"
#include "base/text.h"

enum {
    PO_BYTES_MAX = 4 * 1024 * 1024, // the largest file we ship is below 200 kB
    PO_ENTRIES_MAX = 20000,
    PO_KEY_MAX = 200,
    PO_TEXT_MAX = 16 * 1024, // one paragraph of a leaflet
    PLURAL_FORMS_MAX = 6,    // Arabic
    PLURAL_DEPTH_MAX = 32,   // nesting of the Plural-Forms expression
    TEXT_LANGUAGES_MAX = 32,
    TEXT_LAYERS_MAX = 4,
    TEXT_PLACEHOLDERS_MAX = 32, // in one text
};

#define SOURCE_LANGUAGE T("en")

struct language {
    struct text tag;  // BCP 47: "ar"
    struct text name; // in its own words: "العربية"
    bool is_rtl;
};

struct catalog; // texts of one origin (a pack, the pages) in all its languages

// One .po file as handed in: language and content.
struct po_input {
    struct text language;
    struct text name; // for messages: "texts/ar.po"
    struct text content;
};

// Parses all files; everything is copied to `a`, which must outlive the catalogue. Checks: well-formed UTF-8
// and .po syntax; a key only once; the Plural-Forms expression; every key of English is there in every
// language and no other; each text has the same {placeholders} as in English; no empty text. STATUS_INVALID
// with `p`: field = file name, line, rule, args "key", "language".
enum status catalog_read(struct arena *a, const struct po_input *files, size_t count, struct catalog **out,
                         struct problem *p);

// One catalogue of two: the languages of `upper`, its texts, and those of `lower` whose keys it lacks. NULL
// when `lower` lacks a language, which is then in *missing. Both must outlive it.
const struct catalog *catalog_join(struct arena *a, const struct catalog *upper, const struct catalog *lower,
                                   struct text *missing);

size_t catalog_languages(const struct catalog *c);
const struct language *catalog_language(const struct catalog *c, size_t index);
bool catalog_has(const struct catalog *c, struct text key);
size_t catalog_keys(const struct catalog *c);
struct text catalog_key(const struct catalog *c, size_t index); // in ascending order

// What a page or letter looks its texts up in: the first layer that has the key answers. Plain, copyable;
// the catalogues must outlive it.
struct texts {
    const struct catalog *layer[TEXT_LAYERS_MAX];
    size_t count;
};
void texts_add(struct texts *t, const struct catalog *c); // below those already there

// The text in that language, else in English, else (unknown key) the key itself, so that a mistake is seen.
// *is_machine_made (may be NULL): no speaker has checked it yet.
struct text texts_get(const struct texts *t, struct text language, struct text key, bool *is_machine_made);
// The plural form for `n`. A key without plural forms gives its only text.
struct text texts_count(const struct texts *t, struct text language, struct text key, int64_t n,
                        bool *is_machine_made);
bool texts_has(const struct texts *t, struct text key);
// The shipped language that fits best: exact tag, else its primary subtag, else English.
struct text texts_language(const struct texts *t, struct text wanted);

// Values for {placeholders}.
struct text_value {
    struct text name, value;
};
// Replaces each {name}; "{{" is a brace. Unknown names stay as they are. Does not escape for HTML.
struct text text_fill(struct arena *a, struct text pattern, const struct text_value *values, size_t count);

// True for languages written from right to left, known by script (ICU): "ar", "fa", "ckb", "ps", "he" ...
bool language_is_rtl(struct text tag);
// Its name in its own words, empty when ICU has none.
struct text language_own_name(struct arena *a, struct text tag);

// A day as people write it in that language, in the Gregorian calendar and with the digits 0-9, so that both
// columns of a letter can be compared: "21 November 2026"; partial dates as "November 2026" or "2026".
struct text text_date(struct arena *a, struct text language, struct date d);
// Hours and minutes of the day as people write them in that language: "14:30".
struct text text_time(struct arena *a, struct text language, int minute_of_day);
