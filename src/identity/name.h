// name.h - a person's name as it was given: its parts, its script, and how Latin and machines write it.
#pragma once
#include <stdbool.h>

#include "base/problem.h"
#include "base/text.h"

// What a name is in a person's life.
enum name_kind { NAME_CURRENT, NAME_BIRTH, NAME_FORMER, NAME_ALIAS, NAME_RELIGIOUS, NAME_KIND_COUNT };

// Where it was learned; decides whose spelling wins.
enum name_source { NAME_SAID, NAME_WRITTEN, NAME_DOCUMENT, NAME_MRZ, NAME_AUTHORITY, NAME_SOURCE_COUNT };

// All texts belong to whoever made the name. `family` or `given` may be empty (single names), never both.
struct name {
    struct text family, given, patronymic; // in the original script
    struct text script;                    // ISO 15924 of the parts, "Latn"
    struct text language;                  // BCP 47, may be empty
    struct text latin_family, latin_given; // for reading; patronymic is part of latin_given's end
    struct text mrz_family, mrz_given;     // A to Z and <
    enum name_kind kind;
    enum name_source source;
};

// Stable words for storage and code lists: "current", "document".
struct text name_kind_word(enum name_kind kind);
struct text name_source_word(enum name_source source);
bool name_kind_parse(struct text word, enum name_kind *out);
bool name_source_parse(struct text word, enum name_source *out);

// Fills script, latin_* and mrz_* from the parts, keeping those that are already filled (a passport's own
// spelling). STATUS_INVALID when all parts are empty, too long, or hold digits or control characters.
enum status name_complete(struct arena *a, struct name *n, struct problem *p);

// "given patronymic family" in the order of the script (family first for Han, Hangul, Kana).
struct text name_print(struct arena *a, const struct name *n);
struct text name_print_latin(struct arena *a, const struct name *n);
