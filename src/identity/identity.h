// identity.h - names in every script: which script, how ICAO writes it, how a clerk searches for it.
#pragma once
#include "base/text.h"

enum { IDENTITY_TEXT_MAX = 1024 }; // bytes of one name; the longest real ones are near 200
enum { IDENTITY_KEYS_MAX = 12 };   // search keys of one name

// ISO 15924 code of the first script that most letters of `t` are written in ("Latn", "Arab", "Cyrl"); "Zyyy"
// when it has no letter of any script.
struct text identity_script(struct text t);

// Writes a name in Latin letters as ICAO Doc 9303-3 (8th ed. 2021, section 6) recommends.
// `language` is BCP 47 ("uk", "fa-AF") or empty; it picks national rules (Ukrainian, Belarusian, Bulgarian,
// Serbian, Macedonian, Russian; German, Spanish, Swedish letters; Persian, Urdu, Pashto). Scripts outside the
// tables (Greek, Hebrew, Georgian, Armenian, Han and all others) go through ICU's Any-Latin. *latin is for
// reading: Latin letters with the case of a name ("Hryhorii", "Müller" stays as it is). *mrz is for machines:
// A to Z and < only, words parted by one <, never truncated. Either may be NULL. STATUS_TOO_LARGE beyond
// IDENTITY_TEXT_MAX, STATUS_INVALID for bytes that are not UTF-8.
enum status identity_transliterate(struct arena *a, struct text t, struct text language, struct text *latin,
                                   struct text *mrz);

// The text as the search compares it: NFKD, case folded, marks stripped, Arabic letter variants unified,
// everything that is no letter or digit turned into single spaces. Same script as `t`. Never fails: malformed
// bytes are dropped and text beyond IDENTITY_TEXT_MAX is cut.
struct text identity_search_key(struct arena *a, struct text t);

// Several keys for one name, first the plainest. Two spellings of one name are meant to share a key:
// al-Hassan / Hassan / Alhassan, Abd al-Rahman / Abdulrahman / Abdel Rahman, Müller / Mueller / Muller. Keys
// that begin with '~' hold only the consonants by sound (Mohammed / Muhammad / محمد): a match there is a
// candidate, to be shown after the others. Store all keys of a name; look up each key of what was typed.
// Order of words is kept.
struct identity_keys {
    struct text key[IDENTITY_KEYS_MAX];
    size_t count;
};
struct identity_keys identity_name_keys(struct arena *a, struct text t, struct text language);
